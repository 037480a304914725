/*
 * One file of settings, two programs of one user. The disk is the test, which answers when it
 * likes. Each of these edits was seen to fail: prepare does not read the file; settings_merge takes
 * all of ours, or none of a part; merge_pins looks at ours alone; take_pins is left out; base is
 * taken over where the disk failed; prepare goes on with a file that cannot be read.
 */
#include "broker/launcher.h"
#include "broker/settings_keep.h"
#include "lib/loop.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char home[] = "/tmp/vitrine-settings-XXXXXX", path[512];
static struct loop loop;
static struct settings file;

static struct program {
    struct settings settings;
    struct settings_keep keep;
    unsigned told;
    char error[KEYFILE_ERROR]; /* of the last time */
} one, two;

/* --- the disk */

static struct {
    launcher_synced_fn done;
    void *ctx;
} asked;

bool __wrap_launcher_sync(struct launcher *l, int fd, launcher_synced_fn done, void *ctx);
bool __wrap_launcher_sync(struct launcher *l, int fd, launcher_synced_fn done, void *ctx)
{
    (void)l;
    assert_true(fd >= 0);
    assert_null(asked.done);
    asked.done = done;
    asked.ctx = ctx;
    return true;
}

static void disk(int error)
{
    while (asked.done) {
        launcher_synced_fn done = asked.done;
        asked.done = NULL;
        done(asked.ctx, error);
    }
}

/* --- programs */

static void told(void *ctx, const char *error)
{
    struct program *p = ctx;
    p->told++;
    snprintf(p->error, sizeof p->error, "%s", error ? error : "");
}

static void begin(struct program *p)
{
    char error[KEYFILE_ERROR];
    memset(p, 0, sizeof *p);
    settings_keep_init(&p->keep, &p->settings, &loop, NULL, told, p);
    assert_true(settings_load(&p->settings, error));
    settings_keep_read(&p->keep);
}

static void keep(struct program *p)
{
    settings_keep_start(&p->keep);
    disk(0);
    assert_string_equal(p->error, "");
}

static void meet(struct program *p, const char *relay)
{
    struct relay_name name;
    assert_true(invite_parse_relay(relay, &name));
    assert_true(settings_remember(&p->settings, &name));
}

/* Whether these settings hold exactly that key of that relay. */
static bool knows(const struct settings *s, const char *relay)
{
    struct relay_name name;
    assert_true(invite_parse_relay(relay, &name));
    const uint8_t *pin = settings_pin(s, &name);
    return pin && memcmp(pin, name.pin, sizeof name.pin) == 0;
}

static const struct settings *in_file(void)
{
    char error[KEYFILE_ERROR];
    assert_true(settings_load(&file, error));
    return &file;
}

static void put(const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(home + strlen(home) - 6, "XXXXXX");
    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    assert_true(settings_path(false, SETTINGS_FILE, true, path));
    memset(&asked, 0, sizeof asked);
    loop_init(&loop);
    begin(&one);
    begin(&two);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"vitrine/settings", "vitrine/settings.lock",
                                        "vitrine/settings.new", "vitrine", ""};
    (void)state;
    settings_keep_finish(&one.keep);
    settings_keep_finish(&two.keep);
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[600];
        snprintf(name, sizeof name, "%s/%s", home, names[i]);
        remove(name);
    }
    return 0;
}

/* --- keys of relays */

#define RELAY_A "a.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OTHER_A "a.example/cccccccccccccccccccccccccccccccc"
#define RELAY_B "b.example:8443/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* The later one keeps what the earlier one has met, and knows it too. */
static void both_keys(void **state)
{
    (void)state;
    meet(&one, RELAY_A);
    meet(&two, RELAY_B);
    keep(&one);
    keep(&two);
    assert_true(knows(in_file(), RELAY_A) && knows(in_file(), RELAY_B));
    assert_true(knows(&two.settings, RELAY_A));
    assert_int_equal(file.n_pins, 2);
}

/* While the first one waits for the disk: the second waits for it. */
static void at_the_same_time(void **state)
{
    (void)state;
    meet(&one, RELAY_A);
    meet(&two, RELAY_B);
    settings_keep_start(&one.keep);
    settings_keep_start(&two.keep);
    disk(0);
    assert_int_equal(one.told, 1);
    assert_true(settings_keep_busy(&two.keep));
    for (unsigned i = 0; i < LOOP_MAX; i++)
        if (loop.timers[i].at_ms) {
            loop.timers[i].at_ms = 0;
            loop.timers[i].fire(loop.timers[i].ctx);
            break;
        }
    disk(0);
    assert_int_equal(two.told, 1);
    assert_true(knows(in_file(), RELAY_A) && knows(in_file(), RELAY_B));
}

/* A key that another one has accepted since stays; one accepted here is the newer one. */
static void another_key(void **state)
{
    (void)state;
    meet(&one, RELAY_A);
    keep(&one);
    begin(&two);
    meet(&one, OTHER_A);
    keep(&one);
    meet(&two, RELAY_B);
    keep(&two);
    assert_true(knows(in_file(), OTHER_A) && knows(in_file(), RELAY_B));
    assert_true(knows(&two.settings, OTHER_A));
    meet(&two, RELAY_A);
    keep(&two);
    assert_true(knows(in_file(), RELAY_A));
}

/* Whatever has become of the file, no relay is unknown for it. */
static void file_gone(void **state)
{
    (void)state;
    meet(&one, RELAY_A);
    keep(&one);
    assert_int_equal(remove(path), 0);
    one.settings.theme = THEME_DARK;
    keep(&one);
    assert_true(knows(in_file(), RELAY_A));
}

/* --- everything else */

static const struct {
    const char *as_it_was, *changed;
} lines[] = {
    {"", "name = Ada\n"},
    {"relay = r.example\n", "relay = s.example:1\n"},
    {"proxy = p.example:1\nproxy_user = u\nproxy_password = x\n",
     "proxy = q.example:1\nproxy_user = v\nproxy_password = y\n"},
    {"create_key = r.example x\n", "create_key = s.example:1 y z\n"},
    {"", "keys = position\n"},
    {"", "timing = even\n"},
    {"", "theme = dark\n"},
    {"", "waiting_room = no\n"},
    {"", "reduced_motion = yes\n"},
    {"", "language = de\n"},
    {"", "password_kind = own\n"},
    {"", "sound = no\n"},
    {"", "ctrl_esc = no\n"},
    {"never_share = A,B\n", "never_share = A\n"},
    {"", "identity = no\n"},
    {"", "lossless = yes\n"},
};
#define LINES (sizeof lines / sizeof lines[0])

static void read_with(struct settings *s, size_t a, size_t b)
{
    char text[2048] = "", error[KEYFILE_ERROR];
    for (size_t i = 0; i < LINES; i++)
        strcat(text, i == a || i == b ? lines[i].changed : lines[i].as_it_was);
    assert_true(settings_parse(s, "test", text, strlen(text), error));
}

static void written(const struct settings *s, char text[4096])
{
    FILE *f = fmemopen(text, 4096, "w");
    assert_non_null(f);
    settings_write(s, f);
    fclose(f);
}

static unsigned count(const char *text, char c)
{
    unsigned n = 0;
    for (; *text; text++)
        n += *text == c;
    return n;
}

/* One program has changed one of them, another one another: both, each with each. The lines are all
   that there are: a heading, two more of a proxy. */
static void each_with_each(void **state)
{
    static struct settings base, ours, theirs, both;
    char merged[4096], expected[4096];
    (void)state;
    read_with(&base, 0, 0);
    for (size_t i = 0; i < LINES; i++)
        for (size_t j = 0; j < LINES; j++) {
            read_with(&base, LINES, LINES);
            read_with(&theirs, i, LINES);
            read_with(&ours, j, LINES);
            read_with(&both, i, j);
            settings_merge(&theirs, &base, &ours);
            written(&theirs, merged);
            written(&both, expected);
            assert_string_equal(merged, expected);
        }
    read_with(&both, 0, 0);
    written(&both, expected);
    assert_int_equal(count(expected, '\n'), LINES + 3);
}

/* What another one has changed stays, also when it is not known here; ours, once written, is no
   change any more. */
static void not_changed_back(void **state)
{
    (void)state;
    one.settings.theme = THEME_DARK;
    keep(&one);
    begin(&two);
    two.settings.theme = THEME_LIGHT;
    keep(&two);
    one.settings.sound = 0;
    keep(&one);
    assert_int_equal(in_file()->theme, THEME_LIGHT);
    assert_int_equal(file.sound, 0);
}

static void disk_fails(void **state)
{
    (void)state;
    one.settings.theme = THEME_DARK;
    settings_keep_start(&one.keep);
    disk(EIO);
    assert_string_equal(one.error, "settings cannot be written: Input/output error");
    assert_int_equal(in_file()->theme, THEME_DESKTOP);
    keep(&one);
    assert_int_equal(in_file()->theme, THEME_DARK);
}

/* A file that has become unreadable is not written over, and is named. */
static void file_broken(void **state)
{
    char bytes[32] = "";
    (void)state;
    put("theme = pink\n");
    meet(&one, RELAY_A);
    settings_keep_start(&one.keep);
    assert_null(asked.done);
    assert_int_equal(one.told, 1);
    assert_non_null(strstr(one.error, "settings:1: theme: has no such value"));
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fread(bytes, 1, sizeof bytes - 1, f), 13);
    fclose(f);
    assert_string_equal(bytes, "theme = pink\n");
    put("theme = dark\n");
    keep(&one);
    assert_true(knows(in_file(), RELAY_A));
    assert_int_equal(file.theme, THEME_DARK);
}

int main(void)
{
#define ALONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ALONE(both_keys),   ALONE(at_the_same_time),          ALONE(another_key),
        ALONE(file_gone),   ALONE(not_changed_back),          ALONE(disk_fails),
        ALONE(file_broken), cmocka_unit_test(each_with_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
