/*
 * Property 8 of e2e.md 15: who joins reads nothing from before, nor does who takes a member's
 * memory later.
 */
#include "tests/hostile/opens.h"
#include "tests/unit/seal/world.h"

/* Seen to fail: epoch_make uses one secret for all epochs, and judge_epoch takes any epoch: a
   picture from before is shown. */
static void p08_nothing_earlier(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    w.keep_units = true;
    assert_true(organizer_share(w.o, w.now));
    for (int i = 0; i < 10; i++)
        world_screen_unit(&w, i == 0, "early", 5);
    struct world_item *early = w.units;
    w.units = NULL;
    struct world_peer *b = world_join(&w);
    for (struct world_item *i = early, *next; i; i = next) {
        next = i->next;
        joiner_unit(b->j, span_of(i->bytes, i->len), w.now);
        free(i);
    }
    assert_int_equal(a->screens, 10);
    assert_int_equal(b->screens, 0);
    assert_int_equal(b->cursors, 0);
    world_finish(&w);
}

/* Seen to fail: epoch_make uses one secret for all epochs: the second opens what the first sealed.
 */
static void p08_secrets_are_independent(void **state)
{
    struct world w;
    uint8_t first[SECRET_LEN], second[SECRET_LEN];
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    assert_true(organizer_share(w.o, w.now));
    world_run(&w);
    w.keep_units = true;
    group_secret(a->j->group, first);
    world_screen_unit(&w, true, "of the first", 12);
    struct world_item *early = w.units;
    struct world_peer *b = world_join(&w);
    group_secret(b->j->group, second);
    world_screen_unit(&w, true, "of the second", 13);
    assert_true(opens_with(a, first, early) && opens_with(b, second, w.units)); /* control */
    assert_false(opens_with(b, second, early));
    world_finish(&w);
}

static struct {
    uint8_t before[SHARED_LEN], after[SHARED_LEN], in[SECRET_LEN], out[SECRET_LEN];
    uint32_t epoch;
} steps[64];
static unsigned n_steps;

void __real_derive_wrap_step(uint8_t wrap[SHARED_LEN], uint32_t epoch, const uint8_t in[SECRET_LEN],
                             uint8_t out[SECRET_LEN]);
void __wrap_derive_wrap_step(uint8_t wrap[SHARED_LEN], uint32_t epoch, const uint8_t in[SECRET_LEN],
                             uint8_t out[SECRET_LEN]);
void __wrap_derive_wrap_step(uint8_t wrap[SHARED_LEN], uint32_t epoch, const uint8_t in[SECRET_LEN],
                             uint8_t out[SECRET_LEN])
{
    unsigned n = n_steps < 64 ? n_steps++ : 63;
    memcpy(steps[n].before, wrap, SHARED_LEN);
    memcpy(steps[n].in, in, SECRET_LEN);
    steps[n].epoch = epoch;
    __real_derive_wrap_step(wrap, epoch, in, out);
    memcpy(steps[n].after, wrap, SHARED_LEN);
    memcpy(steps[n].out, out, SECRET_LEN);
}

static bool unmasks(const uint8_t state[SHARED_LEN], unsigned step)
{
    uint8_t wrap[SHARED_LEN], out[SECRET_LEN];
    memcpy(wrap, state, SHARED_LEN);
    __real_derive_wrap_step(wrap, steps[step].epoch, steps[step].in, out);
    return memcmp(out, steps[step].out, SECRET_LEN) == 0;
}

/* Who takes a member's memory later does not open what was recorded earlier. Seen to fail:
   derive_wrap_step leaves the state as it was: it unmasks the earlier secrets. */
static void p08_memory_does_not_open_the_past(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    n_steps = 0;
    struct world_peer *p = world_join(&w);
    for (unsigned i = 0; i < 5; i++) {
        organizer_lock(w.o, i % 2 == 0, w.now);
        world_run(&w);
    }
    assert_int_equal(group_now_epoch(p->j->group), 7);
    assert_int_equal(n_steps, 2 * 6); /* both ends of one channel: SNAPSHOT and five EPOCHs */
    const uint8_t *memory = steps[n_steps - 1].after;
    for (unsigned i = 0; i < n_steps; i++) {
        assert_true(unmasks(steps[i].before, i)); /* control */
        assert_false(unmasks(memory, i));
    }
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p08_nothing_earlier),
        cmocka_unit_test(p08_secrets_are_independent),
        cmocka_unit_test(p08_memory_does_not_open_the_past),
    };
    return cmocka_run_group_tests_name("p08_joined_later", tests, world_group_setup,
                                       world_group_teardown);
}
