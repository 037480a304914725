/*
 * What of a receipt its people have signed (audit/verify/receipt.h): a grant or a picture for which
 * their lines are missing is told with its place, and lines of another session stand in for
 * nothing. Each line of of_session() and same_people() taken out was seen to fail here.
 */
#include "audit/verify/receipt.h"
#include "policy_tables.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants the ones above */
#include <cmocka.h>

#define OURS "0707070707070707070707070707070707070707070707070707070707070707"
#define THEIRS "0807070707070707070707070707070707070707070707070707070707070707"
#define NUMBER "123456789"
#define KEY                                                                                        \
    "04070707070707070707070707070707070707070707070707070707070707070707"                         \
    "0707070707070707070707070707070707070707070707070707070707070"

struct told {
    unsigned id;
    uint64_t run;
    const char *people; /* NULL: none in it */
};

static const char *end = NUMBER; /* what session_end says */
static size_t by_another;        /* the line in which that key is the organizer's; 0: none */
static size_t unnamed;           /* ... whose keys no record names */

/* Rules and session_start, the lines, session_end and its signature. false: one of the lines is of
   another session. */
static bool read_receipt(struct receipt *r, const struct told *lines, size_t n)
{
    static const char head[] = "{\"receipt\":1,\"session\":\"" NUMBER "\",\"line\":2}";
    uint64_t place = 1;
    assert_true(receipt_head(r, head, sizeof head - 1));
    const struct told rules = {AUDIT_RULES, 5, NULL}, signature = {AUDIT_SIGNED_HEAD, 5, NULL};
    for (size_t i = 0; i < n + 4; i++) {
        char fields[480];
        bool bound = i == 1 || i == n + 2;
        struct told t = i == 0 ? rules : i == n + 3 ? signature : (struct told){0};
        if (bound)
            t = (struct told){i == 1 ? AUDIT_SESSION_START : AUDIT_SESSION_END, 5,
                              i == 1 ? NUMBER : end};
        else if (i > 1 && i < n + 2)
            t = lines[i - 2];
        if (t.people)
            snprintf(fields, sizeof fields, "{\"organizer\":\"%s%c\",\"session\":\"%s\"}", KEY,
                     i == by_another ? '5' : '4', t.people);
        else
            snprintf(fields, sizeof fields, "{\"why\":\"x\"}");
        const struct line l = {
            .n = i + 1, .id = t.id, .run = t.run, .fields = fields, .fields_len = strlen(fields)};
        receipt_line(r, &l, ++place);
        if (!r->mine || (t.id != AUDIT_CONTROL_PROOF && t.id != AUDIT_SHARE_PROOF))
            continue;
        bool copy;
        enum verdict v = receipt_signed(r, &l, i != unnamed, &copy);
        assert_true(v == VERDICT_OK || v == VERDICT_PROOF);
        if (v == VERDICT_PROOF)
            return false;
    }
    return true;
}

static uint64_t receipt_unproved(const struct receipt *r)
{
    uint64_t line = 0;
    enum verdict v = receipt_lacks(r, 0, &line);
    assert_int_equal(v, line ? VERDICT_UNPROVED : VERDICT_RECEIPT);
    return line;
}

#define READ(r, ...)                                                                               \
    read_receipt(r, (const struct told[]){__VA_ARGS__},                                            \
                 sizeof(const struct told[]){__VA_ARGS__} / sizeof(struct told))
#define SHARED                                                                                     \
    {AUDIT_SHARE_PROOF, 5, OURS},                                                                  \
    {                                                                                              \
        AUDIT_SHARE_ON, 5, NULL                                                                    \
    }
#define PROOF                                                                                      \
    {                                                                                              \
        AUDIT_CONTROL_PROOF, 5, OURS                                                               \
    }
#define ON                                                                                         \
    {                                                                                              \
        AUDIT_CONTROL_ON, 5, NULL                                                                  \
    }
#define OFF                                                                                        \
    {                                                                                              \
        AUDIT_CONTROL_OFF, 5, NULL                                                                 \
    }

/* The first of the lines is line 4 of the file. */
static void test_unproved(void **state)
{
    (void)state;
    static struct receipt r;
    assert_true(READ(&r, SHARED, PROOF, ON, OFF, PROOF, ON, OFF));
    assert_int_equal(receipt_unproved(&r), 0);
    assert_true(READ(&r, SHARED, ON, PROOF, OFF)); /* whichever came first */
    assert_int_equal(receipt_unproved(&r), 0);
    assert_true(READ(&r, SHARED, ON, OFF));
    assert_int_equal(receipt_unproved(&r), 6);
    assert_true(READ(&r, SHARED, ON)); /* until the end of the session */
    assert_int_equal(receipt_unproved(&r), 6);
    assert_true(READ(&r, SHARED, PROOF, ON, OFF, ON, OFF)); /* one's proof is not the next one's */
    assert_int_equal(receipt_unproved(&r), 9);
    assert_true(READ(&r, SHARED, PROOF, OFF, ON, OFF)); /* nor that of one that never came on */
    assert_int_equal(receipt_unproved(&r), 8);
    assert_true(READ(&r, SHARED, ON, OFF, ON, OFF, PROOF, ON, OFF));
    assert_int_equal(receipt_unproved(&r), 6);
    assert_true(READ(&r, {AUDIT_SHARE_ON, 5, NULL}, PROOF, ON, OFF));
    assert_int_equal(receipt_unproved(&r), 4);
    assert_true(READ(&r, {AUDIT_SHARE_ON, 5, NULL}, ON, OFF)); /* the first of both */
    assert_int_equal(receipt_unproved(&r), 4);
    assert_true(READ(&r, ON, OFF, {AUDIT_SHARE_ON, 5, NULL}));
    assert_int_equal(receipt_unproved(&r), 4);
    assert_true(READ(&r, {AUDIT_SHARE_ON, 5, NULL}, {AUDIT_SHARE_PROOF, 5, OURS}));
    assert_int_equal(receipt_unproved(&r), 0);
}

/* A line of this run with one field more. */
#define TOLD(event, people, field, value)                                                          \
    {                                                                                              \
        event, 5, people "\",\"" field "\":\"" value                                               \
    }
#define SIGNED_BY(who) TOLD(AUDIT_CONTROL_PROOF, OURS, "controller", who)
#define OF_GRANT(which)                                                                            \
    TOLD(AUDIT_CONTROL_PROOF, OURS, "grant", "0000000000000000000000000000000" which)
#define GIVEN_TO(who) TOLD(AUDIT_CONTROL_ON, "", "member", who)

/* What is signed is for one grant, and for whom it names. Seen to fail while any of it counted for
   all until the next control_off, which whoever has the key file can leave out. */
static void test_one_grant(void **state)
{
    (void)state;
    static struct receipt r;
    assert_true(READ(&r, SHARED, PROOF, ON, ON, OFF));
    assert_int_equal(receipt_unproved(&r), 8);
    assert_true(READ(&r, SHARED, ON, ON, PROOF, OFF));
    assert_int_equal(receipt_unproved(&r), 6);
    assert_true(READ(&r, SHARED, ON, PROOF, PROOF, ON, OFF)); /* a control_off was lost */
    assert_int_equal(receipt_unproved(&r), 0);
    assert_true(
        READ(&r, SHARED, SIGNED_BY("3"), GIVEN_TO("3"), OFF, GIVEN_TO("4"), SIGNED_BY("4"), OFF));
    assert_int_equal(receipt_unproved(&r), 0);
    assert_true(READ(&r, SHARED, SIGNED_BY("3"), GIVEN_TO("4"), OFF));
    assert_int_equal(receipt_unproved(&r), 7);
    assert_true(READ(&r, SHARED, GIVEN_TO("4"), SIGNED_BY("3"), OFF));
    assert_int_equal(receipt_unproved(&r), 6);
    assert_true(READ(&r, SHARED, OF_GRANT("1"), ON, OFF, OF_GRANT("2"), ON, OFF));
    assert_int_equal(receipt_unproved(&r), 0);
    assert_true(READ(&r, SHARED, OF_GRANT("1"), ON, OFF, OF_GRANT("1"), ON, OFF)); /* copied */
    assert_int_equal(receipt_unproved(&r), 10);
}

#define SHARE_ON                                                                                   \
    {                                                                                              \
        AUDIT_SHARE_ON, 5, NULL                                                                    \
    }
#define SHARE_OFF                                                                                  \
    {                                                                                              \
        AUDIT_SHARE_OFF, 5, NULL                                                                   \
    }
#define PAUSED                                                                                     \
    {                                                                                              \
        AUDIT_SHARE_PAUSED, 5, NULL                                                                \
    }
#define R "\",\"sig\":\"00000000000000000000000000000000000000000000000000000000000000"
#define S "0000000000000000000000000000000000000000000000000000000000000000"
#define SHOWN(r, s)                                                                                \
    {                                                                                              \
        AUDIT_SHARE_PROOF, 5, OURS R r S s                                                         \
    }

/* So is what is signed for one share: after a pause, or of something else, it is another. Seen to
   fail while one counted for the whole session. */
static void test_one_share(void **state)
{
    (void)state;
    static struct receipt r;
    assert_true(READ(&r, SHARED, SHARE_OFF, SHARED, PAUSED, SHARED, SHARE_OFF));
    assert_int_equal(receipt_unproved(&r), 0);
    assert_true(READ(&r, SHARED, SHARE_OFF, SHARE_ON, SHARE_OFF));
    assert_int_equal(receipt_unproved(&r), 7);
    assert_true(READ(&r, SHARED, PAUSED, SHARE_ON)); /* until the end of the session */
    assert_int_equal(receipt_unproved(&r), 7);
    assert_true(READ(&r, SHARED, SHARE_ON)); /* a share_off left out */
    assert_int_equal(receipt_unproved(&r), 6);
    assert_true(READ(&r, SHARE_ON, SHARED)); /* whichever came first */
    assert_int_equal(receipt_unproved(&r), 6);
    assert_true(READ(&r, SHARE_ON, SHARE_OFF, SHARED));
    assert_int_equal(receipt_unproved(&r), 4);
    assert_true(READ(&r, SHOWN("1", "1"), PAUSED, SHARE_ON)); /* of one that never came on */
    assert_int_equal(receipt_unproved(&r), 6);
    assert_true(READ(&r, SHOWN("1", "1"), SHARE_ON, PAUSED, SHOWN("2", "1"), SHARE_ON));
    assert_int_equal(receipt_unproved(&r), 0);
    assert_true(
        READ(&r, SHOWN("1", "1"), SHARE_ON, PAUSED, SHOWN("1", "1"), SHARE_ON)); /* copied */
    assert_int_equal(receipt_unproved(&r), 8);
    assert_true(READ(&r, SHOWN("1", "1"), SHARE_ON, PAUSED, SHOWN("1", "2"), SHARE_ON)); /* -s */
    assert_int_equal(receipt_unproved(&r), 8);
}

#define FULL "{\"organizer\":\"" KEY "4\",\"session\":\"%s\",\"grant\":\"%032u\"}"

/* Of more than can be compared with all before it none is taken, and a receipt is none. Seen to
   fail while what came behind the last that was kept counted, copied or not. */
static void test_more_than_are_kept(void **state)
{
    (void)state;
    static struct receipt r;
    bool copy;
    char fields[480];
    struct line l = {.run = 5, .id = AUDIT_CONTROL_PROOF, .fields = fields};
    memset(&r, 0, sizeof r);
    r.at = RECEIPT_BEGUN;
    r.run = 5;
    for (unsigned i = 0; i <= RECEIPT_PROOFS; i++) {
        snprintf(fields, sizeof fields, FULL, OURS, i);
        l.fields_len = strlen(fields);
        assert_int_equal(receipt_signed(&r, &l, true, &copy),
                         i < RECEIPT_PROOFS ? VERDICT_OK : VERDICT_MANY);
        assert_false(copy);
    }
    snprintf(fields, sizeof fields, FULL, OURS, 0U);
    assert_int_equal(receipt_signed(&r, &l, true, &copy), VERDICT_OK);
    assert_true(copy); /* as ever */
}

/* What is lacking is named, and where. */
static void test_other_end(void **state)
{
    (void)state;
    static struct receipt r;
    uint64_t line;
    end = "123456780";
    assert_true(READ(&r, SHARED));
    end = NUMBER;
    assert_int_equal(receipt_lacks(&r, 7, &line), VERDICT_OTHER_END);
    assert_int_equal(line, 6);
}

/* Another vitrine's lines between these say nothing about this session, and prove nothing in it. */
static void test_other_runs(void **state)
{
    (void)state;
    static struct receipt r;
    assert_true(READ(&r, SHARED, {AUDIT_CONTROL_ON, 6, NULL}, {AUDIT_SHARE_PROOF, 6, THEIRS}));
    assert_int_equal(receipt_unproved(&r), 0);
    assert_true(
        READ(&r, SHARED, {AUDIT_CONTROL_PROOF, 6, THEIRS}, ON, {AUDIT_CONTROL_OFF, 6, NULL}));
    assert_int_equal(receipt_unproved(&r), 7);
}

static void test_other_session(void **state)
{
    (void)state;
    static struct receipt r;
    assert_false(READ(&r, SHARED, {AUDIT_CONTROL_PROOF, 5, THEIRS}));
    assert_false(READ(&r, PROOF, ON, {AUDIT_SHARE_PROOF, 5, THEIRS}));
    assert_false(READ(&r, SHARED, {AUDIT_CONTROL_PROOF, 5, "07"}));
    assert_false(READ(&r, SHARED, {AUDIT_CONTROL_PROOF, 5, NULL}));
}

#define SHARED_BY(who) TOLD(AUDIT_SHARE_PROOF, OURS, "member", who)
#define SEEN_BY(who) TOLD(AUDIT_CONTROL_PROOF, OURS, "presenter", who)

/* What somebody else in that session has shown, or let be controlled, and what this computer has
   controlled there, is none of this screen. */
static void test_other_screens(void **state)
{
    (void)state;
    static struct receipt r;
    assert_true(READ(&r, SHARED_BY("3"), SHARE_ON, SEEN_BY("3"), ON, OFF));
    assert_int_equal(receipt_unproved(&r), 0);
    assert_true(READ(&r, SHARED_BY("3"), SHARE_ON, SEEN_BY("4"), ON, OFF));
    assert_int_equal(receipt_unproved(&r), 7);
    assert_true(READ(&r, SHARED_BY("3"), SHARE_ON, PAUSED, SHARED_BY("4"), SHARE_ON));
    assert_int_equal(receipt_unproved(&r), 8);
    assert_true(READ(&r, SEEN_BY("4"), SHARED_BY("3"), SHARE_ON, SEEN_BY("3"), ON, OFF));
    assert_int_equal(receipt_unproved(&r), 0);
}

/* Who signs with a key of his own, and says of himself whose it is, proves nothing; nor does a key
   that nobody says anything of. */
static void test_other_keys(void **state)
{
    (void)state;
    static struct receipt r;
    by_another = 4;
    assert_false(READ(&r, SHARED, PROOF, ON, OFF));
    by_another = 0;
    unnamed = 2;
    assert_true(READ(&r, SHARED));
    unnamed = 0;
    assert_int_equal(receipt_unproved(&r), 5);
}

/* The end of the next session is not that of one that never ended. */
static void test_next_session(void **state)
{
    (void)state;
    static struct receipt r;
    uint64_t line;
    assert_true(READ(&r, SHARED, {AUDIT_SESSION_START, 5, NULL}));
    assert_int_equal(receipt_lacks(&r, 9, &line), VERDICT_NOT_ENDED);
    assert_int_equal(line, 6);
    assert_true(READ(&r, SHARED, {AUDIT_SESSION_END, 5, NULL}));
    assert_int_equal(receipt_lacks(&r, 9, &line), VERDICT_OTHER_END);
    assert_int_equal(line, 6);
}

static void test_head_to_its_last_byte(void **state)
{
    (void)state;
    static struct receipt r;
    static const char head[] = "{\"receipt\":1,\"session\":\"" NUMBER "\",\"line\":2}\0any thing";
    assert_true(receipt_head(&r, head, strlen(head)));
    assert_false(receipt_head(&r, head, sizeof head - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unproved),
        cmocka_unit_test(test_one_grant),
        cmocka_unit_test(test_one_share),
        cmocka_unit_test(test_more_than_are_kept),
        cmocka_unit_test(test_other_end),
        cmocka_unit_test(test_other_runs),
        cmocka_unit_test(test_other_session),
        cmocka_unit_test(test_other_screens),
        cmocka_unit_test(test_other_keys),
        cmocka_unit_test(test_next_session),
        cmocka_unit_test(test_head_to_its_last_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
