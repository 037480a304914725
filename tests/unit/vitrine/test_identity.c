/*
 * Who is remembered, and what is said of it: a name that is not in the file is in no line of the
 * trail either, and the owner is told. Each of these edits was seen to fail: identity_member writes
 * its line whatever became of it; remember_some without its count; identity_answered writes its
 * line first; known_refresh takes the file's line whatever the owner said; on_seal_member
 * judges whoever is named.
 */
#include "broker/app.h"
#include "broker/identity.h"
#include "broker/route.h"
#include "ch_audit.h"
#include "ch_seal.h"
#include "policy_tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char home[] = "/tmp/vitrine-identity-XXXXXX";
static struct app *a;
static struct worker audit;
static struct chan writer;
static unsigned lines[256], toasts, others;
static uint16_t mid;

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

static int on_event(void *ctx, struct msg_audit_event *m)
{
    (void)ctx;
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
    static const char *const names[] = {"vitrine/known", "vitrine/known.lock", "vitrine", ""};
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", home, names[i]);
        remove(path);
    }
    chan_finish(&audit.control);
    chan_finish(&writer);
    free(a);
    return 0;
}

/* A guest with a name and a key that nobody has met. */
static void comes_in(void)
{
    char name[MAX_NAME + 1];
    struct msg_seal_member m = {.mid = ++mid, .role = 2, .alg = 1};
    snprintf(name, sizeof name, "guest %u", mid);
    m.name = span_text(name);
    memcpy(m.fp, &mid, sizeof mid);
    assert_true(identity_member(a, &m));
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
    static struct known elsewhere;
    static struct worker seal;
    struct chan by;
    int ends[2];
    char error[KEYFILE_ERROR];
    (void)state;
    assert_int_equal(chan_pair(ends), 0);
    seal.ctx = a;
    route_open_seal(&seal, ends[0]);
    seal_init_seal(&by, ends[1], &seal_end, NULL);
    seal.control.state = by.state = SEAL_STATE_HOSTING;
    said_by_seal(&seal, &by, 0, LEVEL_CLAIMED);
    assert_true(known_load(&elsewhere, error));
    assert_int_equal(known_remember(&elsewhere, "Vera", (const uint8_t[32]){6}, true, error),
                     KNOWN_KEPT);
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
    assert_int_equal(count(AUDIT_KEY_PINNED), 0);
    assert_int_equal(count(AUDIT_KEY_REPLACED), 0);
    assert_int_equal(count(AUDIT_ERROR), 2);
    assert_int_equal(toasts, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_session, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(yes_unwritten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(judged_at_entry_only, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
