/*
 * Messages that are lost, or said where they may not be, by the relay or a member (e2e.md 6, 7, 8);
 * the properties of e2e.md 15 are in tests/hostile.
 */
#include "net/seal/joiner_state.h"
#include "policy/limits.h"
#include "tests/unit/seal/forger.h"

static bool lose_m2(struct world *w, struct world_item *i)
{
    (void)w;
    return i->kind != WORLD_TO_JOINER || i->bytes[1] != 0x03;
}

static void lost_m2(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    w.touch = lose_m2;
    struct world_peer *p = world_join_with(&w, WORLD_PASSWORD, w.fp);
    world_pass(&w, 71000);
    assert_true(p->ended);
    assert_int_equal(w.wrong, 1);
    world_finish(&w);
}

/* Which message may arrive where, written down a second time: side, stages, least and greatest
 * length. */
static void table_of_messages(void **state)
{
    enum {
        H = INNER_AT_HELLO,
        R = INNER_AT_REVEAL,
        W = INNER_AT_WAITING,
        A = INNER_AT_ADMITTED,
        M = INNER_AT_MEMBER
    };
    static const struct {
        unsigned at_organizer, stages, min, max;
    } want[256] = {
        [0x10] = {1, H, 170, 12750},  [0x11] = {0, H, 104, 12750},  [0x12] = {1, R, 32, 32},
        [0x14] = {0, W, 2, 2},        [0x15] = {0, W, 1, 1},        [0x16] = {0, M, 219, 262144},
        [0x17] = {0, A, 219, 262144}, [0x18] = {0, M, 187, 262144}, [0x19] = {1, M, 36, 36},
        [0x1a] = {1, M, 16, 16},      [0x1b] = {0, M, 56, 56},      [0x1c] = {1, R | W | M, 0, 0},
        [0x1d] = {0, A | M, 1, 1},    [0x1f] = {0, M, 0, 0},        [0x20] = {1, M, 1, 1},
        [0x21] = {1, M, 19, 19},      [0x22] = {0, M, 0, 0},        [0x23] = {1, M, 0, 0},
        [0x24] = {1, M, 2, 2},        [0x25] = {0, M, 3, 3},
    };
    (void)state;
    for (unsigned type = 0; type < 256; type++)
        for (unsigned side = 0; side < 2; side++)
            for (unsigned stage = H; stage <= M; stage <<= 1) {
                bool may = (want[type].stages & stage) && want[type].at_organizer == side;
                uint32_t least = want[type].min;
                enum e2e_code code =
                    inner_check((uint8_t)type, side, (enum inner_stage)stage, least);
                assert_int_equal(code, may ? E_NONE : E_STATE);
                if (!may)
                    continue;
                assert_int_equal(
                    inner_check((uint8_t)type, side, (enum inner_stage)stage, want[type].max + 1),
                    E_PARSE);
                if (least)
                    assert_int_equal(
                        inner_check((uint8_t)type, side, (enum inner_stage)stage, least - 1),
                        E_PARSE);
            }
}

/* A member with its own, authentic channel says what it may not: it is out, the others go on. */
static void wrong_message_of_a_member(void **state)
{
    static const uint8_t zeros[400];
    struct world w;
    unsigned thrown_out = 0;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *good = world_join(&w);
    for (unsigned type = 0x0f; type < 0x27; type++) {
        static const struct {
            uint8_t type;
            size_t len;
        } right[] = {{INNER_PING, 16}, {INNER_LEAVE, 0}, {INNER_REKEY_REQ, 0}};
        for (size_t len = 0; len < 3; len++) {
            size_t n = len == 0 ? 0 : len == 1 ? 16 : 219;
            bool allowed = false;
            for (size_t i = 0; i < sizeof right / sizeof *right; i++)
                allowed |= type == right[i].type && n == right[i].len;
            if (allowed)
                continue;
            if (w.n == WORLD_PEERS)
                world_part(&w, &w.peers[w.n - 1]);
            struct world_peer *p = world_join(&w);
            world_pass(&w, JOIN_STORM_MS); /* so many come and go */
            assert_int_equal(w.members, 3);
            assert_true(line_send(p->j->line, (enum inner_type)type, span_of(zeros, n)));
            joiner_flush(p->j);
            world_run(&w);
            assert_true(p->ended);
            assert_int_equal(w.members, 2);
            assert_false(good->ended);
            thrown_out++;
        }
    }
    assert_true(thrown_out > 60);
    assert_int_equal(good->gone[MEMBER_LOST], thrown_out);
    world_finish(&w);
}

static enum e2e_code nobody_named(struct forger *f, struct group *to, uint16_t presenter)
{
    uint8_t rec[RECORD_MIN_LEN];
    struct record_head h;
    struct put p = put_into(rec, sizeof rec);
    group_next_head(f->author, RECORD_SNAPSHOT, &h);
    h.presenter = presenter;
    record_begin(&p, &h);
    record_put_adds(&p, &h);
    record_finish(&p, 0, f->org);
    return group_snapshot(to, span_of(rec, p.len), f->secret);
}

/* A SNAPSHOT without a roster is for who has one, of that epoch; and nothing else changes by it. */
static void snapshot_of_nobody(void **state)
{
    struct forger f;
    uint8_t org_pub[POINT_LEN];
    (void)state;
    forger_init(&f);
    sig_public(f.org, org_pub);
    struct group *fresh = group_create(f.sess_id, org_pub, f.own, ignore, NULL);
    group_set_own_mid(fresh, 2);
    assert_int_equal(nobody_named(&f, fresh, 1), E_CONTROL);
    assert_int_equal(nobody_named(&f, f.reader, 1), E_NONE);
    assert_int_equal(nobody_named(&f, f.reader, 3), E_CONTROL);
    assert_int_equal(group_count(f.reader), 3);
    assert_int_equal(group_presenter(f.reader), 1);
    group_destroy(fresh);
    forger_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost_m2),
        cmocka_unit_test(table_of_messages),
        cmocka_unit_test(wrong_message_of_a_member),
        cmocka_unit_test(snapshot_of_nobody),
    };
    return cmocka_run_group_tests(tests, world_group_setup, world_group_teardown);
}
