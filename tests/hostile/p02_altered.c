/*
 * Property 2 of e2e.md 15: a relay cannot forge or alter. It flips bytes of each kind of message in
 * turn: nothing is shown, nobody comes in, each outcome has its code.
 */
#include "policy/limits.h"
#include "tests/unit/seal/stage.h"

struct flip {
    unsigned message; /* counted among those that pass */
    size_t at;
    bool from_end;
    uint8_t mask;
    bool done;
    uint8_t type;
};

static bool flip_byte(struct world *w, struct world_item *i)
{
    struct flip *f = w->touch_ctx;
    if (i->kind != WORLD_TO_ORGANIZER && i->kind != WORLD_TO_JOINER)
        return true;
    if (w->msgs != f->message || f->done || f->at >= i->len)
        return true;
    f->done = true;
    f->type = i->bytes[1];
    i->bytes[f->from_end ? i->len - 1 - f->at : f->at] ^= f->mask;
    return true;
}

/* Message numbers of a join: 0 M1, 1 M2, 2 M3, then CHAN until the roster is there. Every outcome
   is a refusal with a code that fits the message, at the joiner or at the organizer, and nobody
   came in. */
static void try_flip(struct world *w, struct flip f, unsigned *accepted)
{
    w->touch = flip_byte;
    w->touch_ctx = &f;
    w->msgs = 0;
    unsigned members = w->members, wrong = w->wrong;
    struct world_peer *p = world_join_with(w, WORLD_PASSWORD, NULL);
    world_pass(w, 31000); /* whatever waits runs out of time */
    if (!f.done) {
        assert_false(p->ended);
    } else {
        assert_true(p->ended && p->cut);
        assert_int_not_equal(p->code, E_NONE);
        assert_int_equal(p->screens, 0);
        if (f.message < 2)
            assert_in_range(p->code, E_PARSE, E_AUTH);
    }
    if (!p->ended)
        (*accepted)++, joiner_leave(p->j, w->now), world_run(w);
    world_pass(w, RESUME_MEMBER_MS + 1000);
    assert_int_equal(w->members, members);
    assert_true(w->wrong >= wrong);
    world_part(w, p);
    w->touch = NULL;
    if (w->wrong > GUESS_MAX - 5) {
        assert_true(organizer_password(w->o, world_text(WORLD_PASSWORD), w->now));
        w->wrong = 0;
    }
}

/* Seen to fail: joiner.c run_pake takes confirmV for right, and organizer_join.c join_m3 confirmP:
   a joiner whose message was changed goes on. */
static void p02_flipped_handshake(void **state)
{
    static const size_t lengths[] = {105, 169, 72};
    struct world w;
    unsigned accepted = 0;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    for (unsigned m = 0; m < 3; m++)
        for (size_t at = 0; at < lengths[m]; at += at < 9 ? 1 : 13)
            try_flip(&w, (struct flip){.message = m, .at = at, .mask = (uint8_t)(1u << (at % 8))},
                     &accepted);
    assert_int_equal(accepted, 0);
    world_finish(&w);
}

/* Seen to fail: joiner_channel.c on_bad takes a broken record for the end: the joiner says that
   the session ended properly. */
static void p02_flipped_channel(void **state)
{
    struct world w;
    unsigned accepted = 0, flips = 0;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    for (unsigned m = 3; m < 8; m++)
        for (size_t at = 0; at < 5; at++) {
            try_flip(&w, (struct flip){.message = m, .at = 9 + at * 7, .mask = 0x10}, &accepted);
            try_flip(&w, (struct flip){.message = m, .at = at, .from_end = true, .mask = 1},
                     &accepted);
            flips += 2;
        }
    assert_true(accepted < flips / 4); /* only those beyond the last message of the join */
    world_finish(&w);
}

/* Seen to fail: sframe.c sframe_open without its tag and unit.c unit_open without its signature,
   both (each alone is caught by the other): one changed picture is shown. */
static void p02_flipped_unit(void **state)
{
    struct stage s;
    (void)state;
    for (size_t at = 0; at < 345; at += at < 12 ? 1 : 37) {
        stage_init(&s);
        struct world_item *i = seal_next(&s, true, "picture");
        assert_int_equal(i->len, 2 + 5 + 256 + SIG_LEN + 16);
        if (at >= i->len) {
            world_finish(&s.w);
            continue;
        }
        i->bytes[at] ^= 1;
        carry(&s, i);
        world_run(&s.w);
        assert_int_equal(s.p->screens, 0);
        i->bytes[at] ^= 1;
        if (s.p->ended) {
            assert_true(s.p->code == E_PARSE || s.p->code == E_FRAME || s.p->code == E_FORGED);
        } else { /* another epoch or another member's stream: dropped, the right one is still good
                  */
            carry(&s, i);
            assert_int_equal(s.p->screens, 1);
        }
        world_finish(&s.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p02_flipped_handshake),
        cmocka_unit_test(p02_flipped_channel),
        cmocka_unit_test(p02_flipped_unit),
    };
    return cmocka_run_group_tests_name("p02_altered", tests, world_group_setup,
                                       world_group_teardown);
}
