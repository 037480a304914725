/* The organisation's policy and the user's settings: defaults, tightening, refusals with file, line
   and key; and the file that is shipped. */
#include "broker/conf.h"
#include "broker/settings.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

#define PIN "00112233445566778899aabbccddeeff"
#define PIN2 "ffeeddccbbaa99887766554433221100"

static struct conf conf;
static char error[KEYFILE_ERROR];

static bool parse(const char *text)
{
    error[0] = '\0';
    return conf_parse(&conf, "F", text, strlen(text), error);
}

static void refused(const char *text, const char *want)
{
    conf_init(&conf);
    if (parse(text) || !strstr(error, want))
        fail_msg("%s: not \"%s\" but \"%s\"", text, want, error);
    if (!strstr(error, "; ") && !strstr(error, " takes "))
        fail_msg("what is to be done? %s", error);
}

static void test_defaults(void **state)
{
    (void)state;
    struct relay_name relay;
    conf_init(&conf);
    assert_true(conf.share_whole_screen && conf.control && conf.own_relay);
    assert_int_equal(conf.largest_session, MAX_MEMBERS);
    assert_int_equal(conf.control_longest, 240);
    assert_false(conf.audit_mandatory || conf.namespaces_required);
    assert_true(invite_parse_relay("anything", &relay));
    assert_true(conf_allows_relay(&conf, &relay));
}

static void test_values(void **state)
{
    (void)state;
    conf_init(&conf);
    assert_true(parse("# comment\n\n  largest_session = 12 \nadmission=verified\r\n"
                      "share_whole_screen = no\naudit_file = /var/log/v\nnewcomers_ask = yes"));
    assert_int_equal(conf.largest_session, 12);
    assert_int_equal(conf.admission, CONF_VERIFIED);
    assert_false(conf.share_whole_screen);
    assert_true(conf.newcomers_ask);
    assert_string_equal(conf.audit_file, "/var/log/v");
}

static void test_refused(void **state)
{
    (void)state;
    refused("\nsomething = 1\n", "F:2: something: no such key");
    refused("control = no\n#\ncontrol = no\n", "F:3: control: stands twice");
    refused("control\n", "F:1: a line reads KEY = VALUE");
    refused("control = maybe\n", "F:1: control: takes yes or no");
    refused("Control = no\n", "a key consists of");
    refused("= no\n", "a key is missing");
    refused("largest_session = 1\n", "takes 2 to 1000");
    refused("largest_session = 1001\n", "takes 2 to 1000");
    refused("largest_session = +9\n", "takes 2 to 1000");
    refused("largest_session = 9x\n", "takes 2 to 1000");
    refused("largest_session =\n", "takes 2 to 1000");
    refused("largest_session = 99999999999999999999\n", "takes 2 to 1000");
    refused("relays = a_b\n", "a relay is");
    refused("relays = \n", "names no relay");
    refused("relays = a b c d e f g h i j k l m n o p q\n", "takes at most 16");
    refused("\nrelays = any any\n", "F:2: relays: any stands alone; leave it out, or the relays");
    refused("relays = any a.example\n", "any stands alone");
    refused("relays = a.example any\n", "any stands alone");
    refused("audit_file = relative\n", "absolute path");
    refused("audit_warn_free = 63\n", "takes 64 to 1048576");
    refused("audit_warn_free = 1048577\n", "takes 64 to 1048576");
    refused("audit_sinks = mail\n", "takes none, or syslog journal");
    refused("audit_sinks =\n", "takes none, or syslog journal");
    refused("audit_sinks = none syslog\n", "takes none, or syslog journal");
    refused("control = no\x01\n", "not plain text");
    refused("control = \xff\n", "not plain text");
    char longer[2000];
    memset(longer, 'x', sizeof longer);
    longer[1999] = '\0';
    refused(longer, "longer than 1024");
}

/* What, where, and what to do about it: of each file that is refused. */
static void test_files(void **state)
{
    static const struct {
        const char *make, *what;
    } cases[] = {
        {"ln -s /etc/passwd", "is a link; "},
        {"mkdir", "is not a file; "},
        {"install -m 600 /dev/null file; truncate -s 65537", "is larger than 64 KiB; "},
        {"install -m 644 /dev/null", "can be read or written by others; "},
        {"mkfifo -m 600", "is not a file; "},
    };
    char folder[] = "/tmp/vitrine-test-XXXXXX", path[64], command[256], *text;
    size_t len;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    assert_int_equal(keyfile_read(path, KEYFILE_OURS, &text, &len, error), KEYFILE_MISSING);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(command, sizeof command, "cd %s; %s file", folder, cases[i].make);
        assert_int_equal(system(command), 0);
        assert_int_equal(keyfile_read(path, KEYFILE_OURS, &text, &len, error), KEYFILE_REFUSED);
        assert_null(text);
        assert_memory_equal(error, path, strlen(path));
        if (!strstr(error, cases[i].what))
            fail_msg("%s: %s", cases[i].make, error);
        assert_int_equal(remove(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void test_zero_byte(void **state)
{
    (void)state;
    conf_init(&conf);
    assert_false(conf_parse(&conf, "F", "control = no\0yes\n", 17, error));
}

/* A later file may say the same or less, never more. */
static void test_tightening(void **state)
{
    (void)state;
    static const char *const loosening[] = {
        "control = yes\n",           "audit_mandatory = no\n",
        "largest_session = 11\n",    "password_minimum = 11\n",
        "admission = anyone\n",      "relays = any\n",
        "relays = other.example\n",  "relays = a.example/" PIN2 "\n",
        "audit_file = /elsewhere\n", "relays = a.example\n",
        "control_longest = 20\n",    "audit_sinks = none\n",
        "audit_warn_free = 99\n",    "audit_sinks = journal\n",
        "control_two_people = no\n", "helper_certificates = /b\n",
    };
    for (size_t i = 0; i < sizeof loosening / sizeof loosening[0]; i++) {
        conf_init(&conf);
        assert_true(parse("control = no\naudit_mandatory = yes\nlargest_session = 10\n"
                          "password_minimum = 12\nadmission = verified\ncontrol_longest = 10\n"
                          "relays = a.example/" PIN " b.example:9\naudit_file = /var/log/v\n"
                          "audit_sinks = syslog\naudit_warn_free = 100\ncontrol_two_people = yes\n"
                          "helper_certificates = /a\n"));
        if (parse(loosening[i]))
            fail_msg("taken: %s", loosening[i]);
        assert_non_null(strstr(error, "an earlier file says: F:")); /* and which line of it */
    }
    assert_true(parse("control = no\nlargest_session = 2\nadmission = certified\n"
                      "relays = b.example:9\naudit_file = /var/log/v\n"));
    assert_int_equal(conf.n_relays, 1);
}

/* Each key there is: what tightens is taken behind what is looser, and not the other way round. */
static void test_every_key(void **state)
{
    static const struct {
        const char *key, *loose, *tight; /* loose NULL: whatever stands there stays */
    } rows[] = {
        {"relays", "any", "a.example"},
        {"own_relay", "yes", "no"},
        {"password_required", "no", "yes"},
        {"password_minimum", "11", "12"},
        {"admission", "verified", "certified"},
        {"identity_required", "no", "yes"},
        {"waiting_room_may_be_off", "yes", "no"},
        {"newcomers_ask", "no", "yes"},
        {"share_whole_screen", "yes", "no"},
        {"never_share", "KeePassXC", "KeePassXC, Mail"},
        {"control", "yes", "no"},
        {"control_longest", "11", "10"},
        {"control_for", "verified", "certified"},
        {"control_two_people", "no", "yes"},
        {"clipboard", "yes", "no"},
        {"file_transfer", "yes", "no"},
        {"largest_session", "11", "10"},
        {"idle_end", "31", "30"},
        {"assistive_may_answer", "yes", "no"},
        {"audit_mandatory", "no", "yes"},
        {"audit_file", NULL, "/a"},
        {"audit_warn_free", "100", "200"},
        {"audit_sinks", "syslog", "syslog journal"},
        {"helper_certificates", NULL, "/a"},
        {"namespaces_required", "no", "yes"},
        {"lossless_only", "no", "yes"},
        {"even_timing_only", "no", "yes"},
    };
    size_t n = 0;
    (void)state;
    for (; conf_key(n); n++) {
        char tight[96], loose[96], want[128];
        assert_true(n < sizeof rows / sizeof rows[0]);
        assert_string_equal(conf_key(n)->name, rows[n].key);
        snprintf(tight, sizeof tight, "%s = %s\n", rows[n].key, rows[n].tight);
        snprintf(loose, sizeof loose, "%s = %s\n", rows[n].key,
                 rows[n].loose ? rows[n].loose : "/b");
        conf_init(&conf);
        assert_true(parse(tight));
        assert_true(conf_parse(&conf, "G", tight, strlen(tight), error)); /* the same */
        if (conf_parse(&conf, "H", loose, strlen(loose), error))
            fail_msg("taken: %s behind %s", loose, tight);
        snprintf(want, sizeof want, "H:1: %s: %s what an earlier file says: G:1; leave it out%s",
                 rows[n].key, rows[n].loose ? "loosens" : "changes",
                 rows[n].loose ? " or tighten it" : "");
        assert_string_equal(error, want);
        conf_init(&conf);
        assert_true(parse(loose));
        assert_int_equal(conf_parse(&conf, "G", tight, strlen(tight), error),
                         rows[n].loose != NULL);
    }
    assert_int_equal(n, sizeof rows / sizeof rows[0]);
}

/* Who names an authority first makes some people certified: no later file may, where an earlier one
   wants people verified or certified. */
static void test_authorities(void **state)
{
    static const char *const wants[] = {"control_for = verified\n", "control_for = certified\n",
                                        "admission = verified\n", "admission = certified\n"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        conf_init(&conf);
        assert_true(parse(wants[i]));
        assert_false(conf_parse(&conf, "G", "helper_certificates = /a\n", 25, error));
        assert_string_equal(error, "G:1: helper_certificates: loosens what an earlier file says: "
                                   "F:1; put it into that one, or before it");
        char both[96];
        snprintf(both, sizeof both, "%shelper_certificates = /a\n", wants[i]);
        conf_init(&conf);
        assert_true(parse(both));
        assert_true(conf_parse(&conf, "G", both, strlen(both), error));
        conf_init(&conf);
        assert_true(parse("helper_certificates = /a\ncontrol_for = anyone\n"));
        assert_true(conf_parse(&conf, "G", wants[i], strlen(wants[i]), error));
    }
}

/* The name that explain and a refusal give is that of a file there is, however long. */
static void test_long_names(void **state)
{
    char name[300] = "/etc/vitrine/conf.d/", want[400], far[500];
    (void)state;
    memset(name + 20, 'n', 250);
    memcpy(name + 270, ".conf", 6);
    conf_init(&conf);
    assert_true(conf_parse(&conf, name, "\ncontrol = no\n", 14, error));
    snprintf(want, sizeof want, " (%s:2: control)", name);
    assert_string_equal(conf_cause(&conf, "control"), want);
    assert_string_equal(conf_cause(&conf, "relays"), "");
    assert_false(conf_parse(&conf, name, "control = yes\n", 14, error));
    snprintf(want, sizeof want, "says: %s:2", name);
    assert_non_null(strstr(error, want));
    memset(far, 'f', sizeof far); /* only of a folder that is judged: its end, and said so */
    memcpy(far + sizeof far - 6, "/x", 3);
    far[sizeof far - 1] = '\0';
    conf_init(&conf);
    assert_true(conf_parse(&conf, far, "control = no\n", 13, error));
    assert_non_null(strstr(conf_cause(&conf, "control"), " (...ffff"));
    assert_non_null(strstr(conf_cause(&conf, "control"), "f/x:1: control)"));
}

/* Where a key was set, and what it says now, for `policy explain`. */
static void test_places(void **state)
{
    (void)state;
    char value[256];
    size_t i = 0;
    conf_init(&conf);
    assert_true(parse("\ncontrol_for = verified\nrelays = a.example b.example:9\n"
                      "audit_sinks = journal syslog\n"));
    assert_true(conf_parse(&conf, "G", "control_for = certified\n", 24, error));
    for (; conf_key(i); i++) {
        conf_value(&conf, i, value, sizeof value);
        if (strcmp(conf_key(i)->name, "control_for") == 0) {
            assert_string_equal(conf.place[i], "G:1");
            assert_string_equal(value, "certified");
        } else if (strcmp(conf_key(i)->name, "relays") == 0) {
            assert_string_equal(conf.place[i], "F:3");
            assert_string_equal(value, "a.example b.example:9");
        } else if (strcmp(conf_key(i)->name, "audit_sinks") == 0) {
            assert_string_equal(value, "syslog journal");
        } else {
            assert_string_equal(conf.place[i], "");
        }
    }
}

static void test_relays(void **state)
{
    (void)state;
    struct relay_name r;
    conf_init(&conf);
    assert_true(parse("relays = a.example/" PIN " b.example:9\n"));
    assert_true(invite_parse_relay("a.example", &r));
    assert_true(conf_allows_relay(&conf, &r));
    assert_true(r.has_pin); /* the policy's */
    assert_true(invite_parse_relay("a.example/" PIN2, &r));
    assert_false(conf_allows_relay(&conf, &r));
    assert_true(invite_parse_relay("b.example:9/" PIN2, &r));
    assert_true(conf_allows_relay(&conf, &r));
    assert_true(invite_parse_relay("b.example", &r));
    assert_false(conf_allows_relay(&conf, &r));
}

/* Every key is in the shipped file, and taken as it stands there it says what holds without it. */
static void test_shipped(void **state)
{
    (void)state;
    struct conf defaults;
    char text[KEYFILE_MAX];
    FILE *f = fopen("policy/vitrine.conf", "re");
    if (!f)
        skip(); /* run from elsewhere */
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    conf_init(&conf);
    conf_init(&defaults);
    assert_true(parse(text));
    assert_memory_equal(&conf, &defaults, sizeof conf);
    for (size_t i = 0; conf_key(i); i++) {
        char commented[64];
        snprintf(commented, sizeof commented, "\n#%s = ", conf_key(i)->name);
        char *at = strstr(text, commented);
        if (!at)
            fail_msg("%s is not in the shipped file", conf_key(i)->name);
        if (strcmp(conf_key(i)->name, "audit_file") != 0 &&
            strcmp(conf_key(i)->name, "helper_certificates") != 0)
            at[1] = ' ';
    }
    if (!parse(text))
        fail_msg("%s", error);
    memset(conf.place, 0, sizeof conf.place);
    assert_memory_equal(&conf, &defaults, sizeof conf);
}

/* --- settings --- */

static char home[] = "/tmp/vitrine-test-XXXXXX";

static void put(const void *ctx, FILE *f)
{
    settings_write(ctx, f);
}

static bool save(const struct settings *s)
{
    char path[512];
    if (!settings_loadable(s, error) || !settings_path(false, SETTINGS_FILE, true, path))
        return false;
    int fd = keyfile_write(path, put, s);
    return fd >= 0 && close(fd) == 0;
}

static void test_settings(void **state)
{
    (void)state;
    struct settings s, back;
    struct relay_name r;
    char path[512];
    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    assert_true(settings_load(&s, error));
    assert_int_equal(s.waiting_room, 1);
    snprintf(s.name, sizeof s.name, "Ada = \"L\" #1");
    s.theme = THEME_DARK;
    s.keys = KEYS_POSITION;
    s.timing = TIMING_EVEN;
    s.language = 2;
    s.password = SETTINGS_OWN_PASSWORD;
    s.sound = s.ctrl_esc = 0;
    s.has_relay = invite_parse_relay("a.example:1/" PIN, &s.relay);
    s.has_proxy = invite_parse_relay("[2001:db8::1]:3128", &s.proxy);
    strcpy(s.proxy_user, "ada");
    strcpy(s.proxy_password, "a:b # = \"c\"");
    assert_true(invite_parse_relay("c.example:1", &s.create_at));
    strcpy(s.create_key, "correct = horse");
    assert_string_equal(settings_create_key(&s, &s.create_at), s.create_key);
    assert_string_equal(settings_create_key(&s, &s.relay), "");
    for (int i = 0; i < SETTINGS_PINS + 2; i++) {
        char name[64];
        snprintf(name, sizeof name, "h%d.example/" PIN, i);
        assert_true(invite_parse_relay(name, &r));
        assert_true(settings_remember(&s, &r));
        assert_false(settings_remember(&s, &r)); /* nothing new: nothing to write */
    }
    assert_null(settings_pin(&s, &s.relay));
    assert_non_null(settings_pin(&s, &r));
    assert_int_equal(s.n_pins, SETTINGS_PINS);
    if (!save(&s))
        fail_msg("%s", error);
    assert_true(settings_load(&back, error));
    assert_memory_equal(&s, &back, sizeof s);
    assert_true(settings_path(false, "settings", false, path));
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    rmdir(home);
}

/* "never_share=" and names of so many bytes altogether, as many as there may be. */
static void write_never(char *line, size_t len)
{
    size_t letters = len - (NEVER_NAMES - 1), at = (size_t)sprintf(line, "never_share=");
    for (unsigned i = 0; i < NEVER_NAMES; i++) {
        size_t name = letters / NEVER_NAMES + (i < letters % NEVER_NAMES);
        at += (size_t)sprintf(line + at, "%s%02u", i ? "," : "", i);
        memset(line + at, 'x', name - 2);
        at += name - 2;
    }
    strcpy(line + at, "\n");
}

/* What is accepted can be written, and what was written can be read: the next start needs it. */
static void test_longest_list(void **state)
{
    struct settings s, back;
    char path[512], line[KEYFILE_LINE + 64];
    size_t longest = 0;
    (void)state;
    strcpy(home + strlen(home) - 6, "XXXXXX");
    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    for (size_t len = 900; len < KEYFILE_LINE; len++) {
        write_never(line, len);
        if (!settings_parse(&s, "S", line, strlen(line), error))
            continue;
        longest = len;
        assert_int_equal(s.never_share.n, NEVER_NAMES);
        if (!save(&s) || !settings_load(&back, error))
            fail_msg("%zu bytes: %s", len, error);
        assert_memory_equal(&s, &back, sizeof s);
    }
    assert_true(longest > 1000); /* what can be typed */
    strcpy(s.name, "  ");
    assert_false(save(&s)); /* the file stays as it is */
    assert_true(settings_load(&back, error));
    assert_true(settings_path(false, "settings", false, path));
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    rmdir(home);
}

static void test_bad_settings(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "password = x\n",
        "name = \n",
        "theme = pink\n",
        "timing = never\n",
        "language = xx\n",
        "password_kind = amber canal violet orbit\n",
        "sound = loud\n",
        "ctrl_esc = yes\nctrl_esc = yes\n",
        "relay = :\n",
        "proxy = a.example\n",
        "proxy = [::1]\n",
        "proxy = a.example:80/" PIN "\n",
        "proxy_user = a:b\n",
        "proxy_password = \n",
        "create_key = a.example\n",
        "create_key = a.example/" PIN " x\n",
        "create_key = a.example "
        "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n",
        "pin = a\n",
        "name = a\nname = b\n",
        "pin = a/" PIN "\npin = a/" PIN2 "\n",
    };
    struct settings s;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(settings_parse(&s, "S", bad[i], strlen(bad[i]), error));
        assert_memory_equal(error, "S:", 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),     cmocka_unit_test(test_values),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_zero_byte),
        cmocka_unit_test(test_tightening),   cmocka_unit_test(test_every_key),
        cmocka_unit_test(test_authorities),  cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_relays),       cmocka_unit_test(test_places),
        cmocka_unit_test(test_shipped),      cmocka_unit_test(test_settings),
        cmocka_unit_test(test_bad_settings), cmocka_unit_test(test_longest_list),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
