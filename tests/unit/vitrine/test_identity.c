/*
 * Who is remembered, and what is said of it: a name that is not on the disk is in no line of the
 * trail either, and the owner is told. The disk is the test, which answers when it likes. Each of
 * these edits was seen to fail: pins_add writes its line at once; it does not count; known_refresh
 * takes the file's line whatever the owner said; on_seal_member judges whoever is named; settle
 * takes the last one first, or all that wait; drop_others lets everybody pass; drop does not look
 * for a later yes, or for the end of the session; pins_add has no bound, or looks at it last.
 */
#include "broker/app.h"
#include "broker/identity.h"
#include "broker/route.h"
#include "ch_audit.h"
#include "ch_seal.h"
#include "policy_tables.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char home[] = "/tmp/vitrine-identity-XXXXXX";
static struct app *a;
static struct worker audit;
static struct chan writer;
static unsigned lines[256], toasts, others;
static uint16_t mid;
static char pinned[KNOWN_MAX + 1][MAX_NAME + 1]; /* by the trail, in its order */
static struct {
    launcher_synced_fn done;
    void *ctx;
} asked;

bool __wrap_launcher_sync(struct launcher *l, int fd, launcher_synced_fn done, void *ctx);
bool __wrap_launcher_sync(struct launcher *l, int fd, launcher_synced_fn done, void *ctx)
{
    assert_ptr_equal(l, &a->launcher);
    assert_true(fd >= 0);
    asked.done = done;
    asked.ctx = ctx;
    return true;
}

static void stop(void *ctx)
{
    loop_stop(ctx);
}

static void turn(unsigned ms)
{
    assert_true(loop_set_timer(&a->loop, ms, stop, &a->loop));
    assert_int_equal(loop_run(&a->loop), 0);
}

/* All that is due, and what is due after that. */
static void disk(int error)
{
    for (turn(1); asked.done; turn(1)) {
        launcher_synced_fn done = asked.done;
        asked.done = NULL;
        done(asked.ctx, error);
    }
}

void __wrap_windows_toast(struct windows *w, enum ui_toast toast, const char *name);
void __wrap_windows_toast(struct windows *w, enum ui_toast toast, const char *name)
{
    (void)w;
    assert_true(*name);
    toasts += toast == UI_TOAST_NOT_KEPT;
}

void __wrap_app_event(struct app *app, struct session_event ev);
void __wrap_app_event(struct app *app, struct session_event ev)
{
    assert_ptr_equal(app, a);
    others += ev.kind == EV_KEY_OTHER;
}

static uint8_t pinned_member; /* the first figure of the last one's number */

static int on_event(void *ctx, struct msg_audit_event *m)
{
    (void)ctx;
    if (m->event == AUDIT_KEY_PINNED && lines[m->event] <= KNOWN_MAX)
        snprintf(pinned[lines[m->event]], sizeof pinned[0], "%.*s", (int)m->fields[1].value.len,
                 (const char *)m->fields[1].value.data);
    if (m->event == AUDIT_KEY_PINNED)
        pinned_member = m->fields[0].value.data[0];
    lines[m->event]++;
    return 0;
}

static unsigned count(enum audit_event event)
{
    assert_int_equal(chan_receive(&writer, 4096), CHAN_OK);
    return lines[event];
}

static int set_up(void **state)
{
    static const struct audit_at_broker broker_end;
    static const struct audit_at_audit writer_end = {.on_audit_event = on_event};
    int ends[2];
    (void)state;
    strcpy(home + strlen(home) - 6, "XXXXXX");
    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    loop_init(&a->loop);
    pins_init(a);
    memset(&asked, 0, sizeof asked);
    assert_int_equal(chan_pair(ends), 0);
    audit_init_broker(&audit.control, ends[0], &broker_end, NULL);
    audit_init_audit(&writer, ends[1], &writer_end, NULL);
    audit.control.state = writer.state = AUDIT_STATE_READY;
    audit.state = WORKER_VERIFIED;
    a->crew[SW_AUDIT] = &audit;
    a->session.intent = INTENT_HOST;
    memset(lines, 0, sizeof lines);
    toasts = others = mid = 0;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"vitrine/known", "vitrine/known.lock", "vitrine/known.new",
                                        "vitrine", ""};
    (void)state;
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", home, names[i]);
        remove(path);
    }
    pins_finish(a);
    chan_finish(&audit.control);
    chan_finish(&writer);
    free(a);
    return 0;
}

/* A guest with a name and a key that nobody has met; not on the disk yet. */
static void enters(void)
{
    char name[MAX_NAME + 1];
    struct msg_seal_member m = {.mid = ++mid, .role = 2, .alg = 1};
    snprintf(name, sizeof name, "guest %u", mid);
    m.name = span_text(name);
    memcpy(m.fp, &mid, sizeof mid);
    assert_true(identity_member(a, &m));
}

static void comes_in(void)
{
    enters();
    disk(0);
    (void)count(AUDIT_KEY_PINNED);
}

/* However many come in one session, others find room in the next. */
static void one_session(void **state)
{
    (void)state;
    for (unsigned i = 0; i < KNOWN_MAX; i++)
        comes_in();
    assert_int_equal(count(AUDIT_KEY_PINNED), PINNED_MAX);
    assert_int_equal(count(AUDIT_ERROR), KNOWN_MAX - PINNED_MAX);
    assert_int_equal(toasts, 1);
    assert_int_equal(a->identities.known.n, PINNED_MAX);
    identity_over(a);
    comes_in();
    assert_int_equal(count(AUDIT_KEY_PINNED), PINNED_MAX + 1);
}

/* No room at all: said, not written down as done. */
static void no_room(void **state)
{
    (void)state;
    while (a->identities.known.n < KNOWN_MAX) {
        comes_in();
        identity_over(a);
    }
    assert_int_equal(count(AUDIT_KEY_PINNED), KNOWN_MAX);
    comes_in();
    assert_int_equal(count(AUDIT_KEY_PINNED), KNOWN_MAX);
    assert_int_equal(count(AUDIT_ERROR), 1);
    assert_int_equal(toasts, 1);
}

static void says_yes(const char *name, uint8_t key)
{
    struct identity_ask *q = &a->identities.asks[0];
    *q = (struct identity_ask){.ask = 7, .alg = 1, .changed = true, .fp = {key}};
    strcpy(q->name, name);
    a->identities.at_heart = 7;
    identity_answered(a, 7, true);
}

static void write_known(const void *ctx, FILE *f)
{
    known_write(ctx, f);
}

/* Another program of this user has met somebody. */
static void met_elsewhere(const char *name, uint8_t key)
{
    static struct known theirs;
    char error[KEYFILE_ERROR], path[512];
    assert_true(known_load(&theirs, error));
    assert_true(known_set(&theirs, name, (const uint8_t[KNOWN_FP]){key}));
    assert_true(settings_path(false, KNOWN_FILE, true, path));
    int fd = keyfile_write(path, write_known, &theirs);
    assert_true(fd >= 0);
    close(fd);
}

static bool in_file(const char *name)
{
    static struct known file;
    char error[KEYFILE_ERROR];
    assert_true(known_load(&file, error));
    return known_find(&file, name) != NULL;
}

/* Whom the owner let in with another key stays in, also when that cannot be written down. */
static void yes_unwritten(void **state)
{
    struct msg_seal_member m = {.mid = 2, .role = 2, .alg = 1, .fp = {9}};
    char path[512];
    (void)state;
    comes_in();
    assert_true(settings_path(false, "known.new", true, path));
    assert_int_equal(mkdir(path, 0700), 0);
    says_yes("guest 1", 9);
    disk(0);
    m.name = span_text("guest 1");
    assert_true(identity_member(a, &m));
    m.fp[0] = 8;
    assert_false(identity_member(a, &m)); /* nobody said yes to that one */
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(count(AUDIT_KEY_REPLACED), 0);
    assert_int_equal(count(AUDIT_IDENTITY_REFUSED), 1);
}

static void said_by_seal(struct worker *seal, struct chan *by, uint8_t state, uint8_t verified)
{
    struct msg_seal_member m = {.mid = 2,
                                .role = 2,
                                .state = state,
                                .verified = verified,
                                .alg = 1,
                                .fp = {5},
                                .name = span_text("Vera")};
    assert_int_equal(msg_seal_member_send(by, &m), 0);
    assert_int_equal(chan_receive(&seal->control, 8), CHAN_OK);
}

/* Decided at entry: that another program of this user has met somebody of that name since, puts
   nobody out whose words are compared now; whoever comes in after that is judged by it. */
static void judged_at_entry_only(void **state)
{
    static const struct seal_at_seal seal_end;
    static struct worker seal;
    struct chan by;
    int ends[2];
    (void)state;
    assert_int_equal(chan_pair(ends), 0);
    seal.ctx = a;
    route_open_seal(&seal, ends[0]);
    seal_init_seal(&by, ends[1], &seal_end, NULL);
    seal.control.state = by.state = SEAL_STATE_HOSTING;
    said_by_seal(&seal, &by, 0, LEVEL_CLAIMED);
    disk(0);
    met_elsewhere("Vera", 6);
    said_by_seal(&seal, &by, 0, LEVEL_WORDS);
    assert_int_equal(others, 0);
    said_by_seal(&seal, &by, 1, LEVEL_CLAIMED);
    said_by_seal(&seal, &by, 0, LEVEL_CLAIMED);
    assert_int_equal(others, 1);
    chan_finish(&seal.control);
    chan_finish(&by);
}

/* The same as no room where nothing can be written; what the owner says by hand, too. */
static void no_place(void **state)
{
    (void)state;
    setenv("XDG_CONFIG_HOME", "/proc", 1); /* nobody can make a folder there, root neither */
    comes_in();
    says_yes("guest 1", 9);
    disk(0);
    assert_int_equal(count(AUDIT_KEY_PINNED), 0);
    assert_int_equal(count(AUDIT_KEY_REPLACED), 0);
    assert_int_equal(count(AUDIT_ERROR), 2);
    assert_int_equal(toasts, 1);
}

/* Who comes while others are being written waits for a turn of their own; all are told in the order
   they came, and none before it is there. */
static void one_after_the_other(void **state)
{
    unsigned asked_folders = 0;
    (void)state;
    enters();
    turn(1);
    enters();
    enters();
    launcher_synced_fn file = asked.done;
    asked.done = NULL;
    file(asked.ctx, 0);
    assert_true(in_file("guest 1"));
    assert_int_equal(count(AUDIT_KEY_PINNED), 0);
    for (; count(AUDIT_KEY_PINNED) == 0; asked_folders++) { /* and those above it */
        launcher_synced_fn folder = asked.done;
        asked.done = NULL;
        assert_non_null(folder);
        folder(asked.ctx, 0);
    }
    assert_true(asked_folders > 1);
    assert_int_equal(count(AUDIT_KEY_PINNED), 1);
    assert_false(in_file("guest 2"));
    assert_int_equal(a->identities.pins.n, 2);
    disk(0);
    assert_int_equal(count(AUDIT_KEY_PINNED), 3);
    assert_int_equal(a->identities.pins.n, 0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(pinned[i][6], '1' + (int)i);
}

/* Told to trail and owner, and known as long as this program runs; it goes there with the next. */
static void disk_fails(void **state)
{
    (void)state;
    enters();
    disk(EIO);
    assert_int_equal(count(AUDIT_KEY_PINNED), 0);
    assert_int_equal(count(AUDIT_ERROR), 1);
    assert_int_equal(toasts, 1);
    assert_non_null(known_find(&a->identities.known, "guest 1"));
    assert_false(in_file("guest 1"));
    comes_in();
    assert_true(in_file("guest 1") && in_file("guest 2"));
    assert_int_equal(count(AUDIT_KEY_PINNED), 1);
}

/* What is refused is not written over: the names in it, that another program put there, would be
   gone. Who was met then is written with the next one. */
static void refused(void **state)
{
    char path[512];
    struct stat before, after;
    (void)state;
    comes_in();
    assert_true(settings_path(false, KNOWN_FILE, false, path));
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(stat(path, &before), 0);
    comes_in();
    says_yes("guest 1", 9);
    disk(0);
    assert_int_equal(count(AUDIT_ERROR), 2);
    assert_int_equal(count(AUDIT_KEY_PINNED) + count(AUDIT_KEY_REPLACED), 1);
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino == after.st_ino && before.st_size == after.st_size);
    assert_int_equal(chmod(path, 0600), 0);
    comes_in();
    assert_int_equal(count(AUDIT_KEY_PINNED), 2);
    assert_true(in_file("guest 1") && in_file("guest 2") && in_file("guest 3"));
}

/* Another program was faster: whoever is in already is put out, unless that session is over. */
static void late(bool over)
{
    enters();
    met_elsewhere("guest 1", 99);
    if (over)
        identity_over(a);
    disk(0);
    assert_int_equal(others, over ? 0 : 1);
    assert_int_equal(count(AUDIT_IDENTITY_REFUSED), 1);
    assert_int_equal(count(AUDIT_KEY_PINNED) + count(AUDIT_ERROR), 0);
    assert_int_equal(known_find(&a->identities.known, "guest 1")[0], 99);
}

static void another_was_faster(void **state)
{
    (void)state;
    late(false);
}

/* The number is somebody else's by the time the disk answers. */
static void kept_when_over(void **state)
{
    (void)state;
    comes_in();
    assert_int_equal(pinned_member, '1');
    enters();
    turn(1);
    identity_over(a);
    disk(0);
    assert_int_equal(count(AUDIT_KEY_PINNED), 2);
    assert_int_equal(pinned_member, '0');
}

static void faster_and_over(void **state)
{
    (void)state;
    late(true);
}

/* The owner's yes to another key overtakes one that waits for another program: that one is told
   neither as kept nor as somebody else's, and nobody is put out. */
static void yes_overtakes(void **state)
{
    char path[512];
    (void)state;
    assert_true(settings_path(false, "known.lock", true, path));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    enters();
    turn(1);
    says_yes("guest 1", 9);
    close(fd);
    turn(60); /* the next try is due */
    disk(0);
    assert_int_equal(count(AUDIT_KEY_REPLACED), 1);
    assert_int_equal(count(AUDIT_KEY_PINNED) + count(AUDIT_IDENTITY_REFUSED) + count(AUDIT_ERROR),
                     0);
    assert_int_equal(others, 0);
    assert_true(in_file("guest 1"));
}

/* A disk that does not answer: so many wait, in one session and the next; a further one is in, and
   trail and owner hear that nobody will know them. */
static void too_slow(void **state)
{
    char error[KEYFILE_ERROR];
    (void)state;
    for (unsigned i = 0; i < PINS_MAX; i++) {
        enters();
        if (i == PINNED_MAX / 2)
            identity_over(a);
    }
    turn(1);
    assert_int_equal(a->identities.pins.n, PINS_MAX);
    assert_int_equal(count(AUDIT_ERROR), 0);
    enters();
    assert_int_equal(a->identities.pins.n, PINS_MAX);
    assert_int_equal(count(AUDIT_ERROR), 1);
    assert_int_equal(toasts, 1);
    disk(0);
    assert_int_equal(count(AUDIT_KEY_PINNED), PINS_MAX);
    assert_true(known_load(&a->identities.known, error));
    assert_int_equal(a->identities.known.n, PINS_MAX); /* what was said of the last one is true */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_session, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(yes_unwritten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(judged_at_entry_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_after_the_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(disk_fails, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_was_faster, set_up, tear_down),
        cmocka_unit_test_setup_teardown(faster_and_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(kept_when_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(yes_overtakes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_slow, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
