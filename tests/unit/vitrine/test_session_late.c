/*
 * "Nothing was sent", "nothing was shown": said by an error only where it is so (ui.md 10). Each
 * row was seen to fail with session_is_late looking at the fault alone, and with begun never set.
 */
#include "heart_rig.h"
#include "lib/fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void certificate(void)
{
    STEP(.kind = EV_NET_CLOSED, .code = NET_END_CERTIFICATE);
}

static void line_lost(void)
{
    STEP(.kind = EV_NET_CLOSED, .code = NET_END_LOST, .flag = 1);
    assert_int_equal(s.line, LINE_WAITING);
}

static void words_differ(uint32_t who)
{
    STEP(.kind = EV_WORDS, .person = who);
    put_up();
    STEP(.kind = EV_ANSWER, .serial = s.prompt.serial, .code = WORDS_DIFFER,
         .origin = ORIGIN_PHYSICAL);
}

static void first_certificate(void)
{
    connect_as(INTENT_JOIN);
    certificate();
}

static void hosts_first_certificate(void)
{
    connect_as(INTENT_HOST);
    certificate();
}

static void certificate_on_return(void)
{
    become(LOOKING);
    line_lost();
    certificate();
}

static void hosts_certificate_on_return(void)
{
    connect_as(INTENT_HOST);
    STEP(.kind = EV_SESSION);
    line_lost();
    certificate();
}

static void words_in_waiting_room(void)
{
    become(WAITING);
    words_differ(1);
}

static void words_while_sharing(void)
{
    become(ORGANIZER_PRESENTS);
    words_differ(2);
}

static void members_words(void)
{
    become(LOOKING);
    words_differ(1);
}

static void words_told_by_organizer(void)
{
    become(LOOKING);
    STEP(.kind = EV_SEAL_ENDED, .number = END_WHY_WORDS);
}

static void words_at_the_door(void)
{
    become(OUTSIDE);
    s.rules.admission = LEVEL_WORDS;
    STEP(.kind = EV_HOST, .flag2 = 1);
    ready(SW_SEAL);
    ready(SW_NET);
    ready(SW_DIAL);
    STEP(.kind = EV_DIALLED);
    STEP(.kind = EV_SESSION);
    STEP(.kind = EV_KNOCK, .person = 7);
    put_up();
    STEP(.kind = EV_ANSWER, .serial = s.prompt.serial, .code = WORDS_DIFFER,
         .origin = ORIGIN_PHYSICAL);
}

static void view_cannot_start(void)
{
    become(ORGANIZING);
    STEP(.kind = EV_PRESENTER, .person = 3);
    STEP(.kind = EV_ENDED, .worker = SW_VIEW, .code = DEATH_START);
}

static void seal_cannot_start(void)
{
    connect_as(INTENT_NONE);
    STEP(.kind = EV_JOIN);
    STEP(.kind = EV_ENDED, .worker = SW_SEAL, .code = DEATH_START);
}

static void what_may_be_said(void **state)
{
    static const struct {
        const char *what;
        void (*happens)(void);
        enum session_fault fault;
        bool late;
    } rows[] = {
        {"certificate, joining", first_certificate, FAULT_R_CERT, false},
        {"certificate, hosting", hosts_first_certificate, FAULT_R_CERT, false},
        {"certificate on a member's return", certificate_on_return, FAULT_R_CERT, true},
        {"certificate on the host's return", hosts_certificate_on_return, FAULT_R_CERT, true},
        {"words in the waiting room", words_in_waiting_room, FAULT_W_DIFF, false},
        {"words at the door", words_at_the_door, FAULT_W_DIFF, false},
        {"words while sharing", words_while_sharing, FAULT_W_DIFF, true},
        {"a member's words", members_words, FAULT_W_DIFF, true},
        {"words, told by the organizer", words_told_by_organizer, FAULT_W_DIFF, true},
        {"a decoder cannot be locked in", view_cannot_start, FAULT_S_BOX, true},
        {"seal cannot be locked in", seal_cannot_start, FAULT_S_BOX, false},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        rows[i].happens();
        if (s.fault != rows[i].fault || session_is_late(&s, s.fault) != rows[i].late)
            fail_msg("%s: fault %u, late %d", rows[i].what, s.fault, session_is_late(&s, s.fault));
    }
}

/* Put out: by the organizer's wish, or because of the record that its rules demand. */
static void put_out_and_told_why(void **state)
{
    static const struct {
        enum end_why said;
        enum session_fault fault;
        enum session_why why;
    } rows[] = {{END_WHY_REMOVED, FAULT_J_OUT, WHY_ORGANIZER},
                {END_WHY_UNRECORDED, FAULT_J_LOG, WHY_ORGANIZER}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        become(LOOKING);
        STEP(.kind = EV_SEAL_ENDED, .number = rows[i].said);
        assert_int_equal(s.fault, rows[i].fault);
        assert_int_equal(s.why, rows[i].why);
        assert_int_equal(s.how, HOW_PROPERLY);
        assert_int_equal(session_exit_status(&s), 3);
    }
}

/* Let in, and not in the roster yet. */
static void admitted_and_not_named(void **state)
{
    (void)state;
    connect_as(INTENT_HOST);
    STEP(.kind = EV_SESSION);
    STEP(.kind = EV_KNOCK, .person = 7);
    put_up();
    STEP(.kind = EV_ANSWER, .serial = s.prompt.serial, .flag = 1, .origin = ORIGIN_PHYSICAL);
    assert_int_equal(s.n_members, 0);
    assert_true(session_is_late(&s, FAULT_W_DIFF));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_be_said),
        cmocka_unit_test(put_out_and_told_why),
        cmocka_unit_test(admitted_and_not_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
