/*
 * e2e.md 13, the last column (tests/unit/failures.h): seal tells the code, the person reads the
 * window of ui.md 10 that belongs to it, in every language, with the code where the details are.
 */
#include "broker/session.h"
#include "lib/fail.h"
#include "lib/ui/layout.h"
#include "lib/ui/strings.h"
#include "tests/unit/failures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The codes of net/seal/code.h, which no other process includes: the numbers are the protocol's. */
enum {
    E_PARSE = 1,
    E_VERSION,
    E_SUITE,
    E_POINT,
    E_AUTH,
    E_BUSY,
    E_LIMIT,
    E_LOCKED,
    E_CHANNEL,
    E_STATE,
    E_CONTROL,
    E_EPOCH,
    E_FRAME,
    E_FORGED,
    E_REPLAY,
    E_GAP,
    E_GRANT,
    E_IDENTITY,
    E_CUT
};

static struct session s;
static struct session_effects out;

static void step(struct session_event ev)
{
    session_step(&s, &ev, &out);
    assert_null(session_check(&s));
}

#define STEP(...) step((struct session_event){__VA_ARGS__})

static void join(bool admitted)
{
    static const enum session_worker first[] = {SW_LAUNCHER, SW_AUDIT, SW_UI,
                                                SW_SEAL,     SW_NET,   SW_DIAL};
    const struct session_rules rules = {.share_whole = 1};
    session_init(&s, &rules);
    STEP(.kind = EV_BOOT, .intent = INTENT_JOIN);
    for (unsigned i = 0; i < 6; i++)
        STEP(.kind = EV_READY, .worker = (uint8_t)first[i]);
    STEP(.kind = EV_DIALLED);
    STEP(.kind = EV_ENDED, .worker = SW_DIAL);
    if (!admitted)
        return;
    STEP(.kind = EV_WELCOMED);
    STEP(.kind = EV_MEMBER, .person = 9, .flag = 1);
    STEP(.kind = EV_MEMBER, .person = 1);
}

/* Everything dies as it is told to. */
static void until_over(void)
{
    static const enum session_worker all[] = {SW_SEAL, SW_NET, SW_VIEW, SW_DIAL, SW_RELAY};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        if (s.worker[all[i]] != WS_NONE)
            STEP(.kind = EV_ENDED, .worker = (uint8_t)all[i]);
    STEP(.kind = EV_AUDIT_SYNCED);
    assert_int_equal(s.phase, PHASE_OVER);
}

/* Title and what to do are there, in every language. */
static void has_words(const char *fault)
{
    const struct ui_error_row *r = NULL;
    for (unsigned i = 1; i < UI_ERRORS && !r; i++)
        if (strcmp(ui_error_get(i)->code, fault) == 0)
            r = ui_error_get(i);
    assert_non_null(r);
    for (unsigned language = 0; language < UI_LANGUAGES; language++)
        assert_true(*ui_string_text(r->title, language, 0) || strcmp(fault, "J-PASS") == 0);
}

static void what_is_read(void **state)
{
    static const struct {
        const char *name;
        int code;
        bool admitted;
        const char *reads;
    } rows[] = {
#define ROW(function, what, number, in, fault)                                                     \
    {.name = #function, .code = number, .admitted = in, .reads = fault},
        FAILURES(ROW)};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].reads, KEEPS) == 0)
            continue;
        join(rows[i].admitted);
        STEP(.kind = EV_SEAL_ENDED, .flag = 1, .code = (uint8_t)rows[i].code,
             .number = END_WHY_FAILED);
        until_over();
        const char *fault = session_fault_name((enum session_fault)s.fault);
        if (strcmp(fault, rows[i].reads) != 0)
            fail_msg("%s: reads %s, not %s", rows[i].name, fault, rows[i].reads);
        assert_int_equal(s.code, rows[i].code);
        assert_int_equal(s.how, HOW_CUT); /* "the session was not ended properly" */
        if (*fault)
            has_words(fault);
    }
}

static void what_is_read_of_identities(void **state)
{
    static const struct {
        const char *name;
        enum end_why why;
        const char *reads;
    } rows[] = {
#define IDENTITY_ROW(function, what, whose, fault) {#function, whose, fault},
        IDENTITY_FAILURES(IDENTITY_ROW)};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        join(false);
        STEP(.kind = EV_SEAL_ENDED, .flag = 1, .code = E_IDENTITY, .number = rows[i].why);
        until_over();
        const char *fault = session_fault_name((enum session_fault)s.fault);
        if (strcmp(fault, rows[i].reads) != 0)
            fail_msg("%s: reads %s, not %s", rows[i].name, fault, rows[i].reads);
        assert_int_equal(s.code, E_IDENTITY);
        has_words(fault);
    }
}

/* What a report of a session that was cut needs: whose word it was, and which. */
static void who_said_it_is_told(void **state)
{
    static const struct {
        struct session_event last;
        uint32_t told;
    } rows[] = {
        {{.kind = EV_SEAL_ENDED, .flag = 1, .code = E_EPOCH, .number = END_WHY_FAILED}, E_EPOCH},
        {{.kind = EV_NET_CLOSED, .code = NET_END_CLEAN, .number = 9}, SAID_RELAY + 9},
        {{.kind = EV_NET_CLOSED, .code = NET_END_CLEAN, .number = 300}, SAID_RELAY + 63},
        {{.kind = EV_NET_CLOSED, .code = NET_END_LOST}, SAID_NET + NET_END_LOST},
        {{.kind = EV_NET_CLOSED, .code = NET_END_PROTOCOL}, SAID_NET + NET_END_PROTOCOL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        join(true);
        step(rows[i].last);
        s.seal_over = 1; /* where net was first, seal has no more to say */
        until_over();
        const struct session_effect *told = NULL;
        for (unsigned e = 0; e < out.n; e++)
            if (out.list[e].kind == EF_TELL_ENDED)
                told = &out.list[e];
        assert_non_null(told);
        assert_int_equal(told->flag, HOW_CUT);
        assert_int_equal(told->number, rows[i].told);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read),
        cmocka_unit_test(what_is_read_of_identities),
        cmocka_unit_test(who_said_it_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
