/*
 * A real vitrine-seal process opens its own units for the presenter: what others see, by a decoder
 * that talks nonsense, falls behind, or takes nothing.
 */
#include "tests/unit/sanitized.h"
#include "tests/unit/seal/party.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the above first */
#include <cmocka.h>

/* A decoder of our own units, as the presenter's broker opens one. */
static void look(struct party *o, struct party *eye)
{
    int ends[2];
    memset(eye, 0, sizeof *eye);
    eye->control.fd = eye->link.fd = -1;
    assert_int_equal(chan_pair(ends), 0);
    assert_int_equal(msg_seal_mirror_send(&o->control, &(struct msg_seal_mirror){.view = ends[1]}),
                     0);
    close(ends[1]);
    view_init_view(&eye->data, ends[0], &party_view, eye);
}

static bool closed(struct party *o, struct party *eye)
{
    struct party *both[] = {o, eye};
    enum chan_result r;
    PARTY_RUN_WHILE(both, 1, (r = chan_receive(&eye->data, 8)) == CHAN_OK);
    chan_finish(&eye->data);
    return r == CHAN_ENDED;
}

/* What has come for it; true. */
static bool sees(struct party *eye)
{
    assert_int_equal(chan_receive(&eye->data, 8), CHAN_OK);
    return true;
}

/* What others see, by the process; one that talks nonsense costs nothing but itself, and there is
   none where nothing is shared. */
static void what_others_see(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j), *eye = malloc(sizeof *eye);
    (void)state;
    party_host(o);
    party_join(j, o, "amber canoe fifty lemon");
    assert_true(party_wait(o, j, &j->me));
    look(o, eye);
    assert_true(closed(o, eye));
    party_share(o);
    look(o, eye);
    const struct msg_share_screen m = {.key = 1, .content = span_text("a picture")};
    assert_int_equal(msg_share_screen_send(&o->data, &m), 0);
    struct party *both[] = {o, j};
    PARTY_RUN_WHILE(both, 2, sees(eye) && (!j->screens || !eye->screens));
    assert_int_equal(eye->screen_len, 9);
    assert_memory_equal(eye->screen, j->screen, 9);
    const uint8_t bytes[] = {999 >> 8, 999 & 0xff, 9};
    assert_int_equal(chan_send_raw(&eye->data, bytes, sizeof bytes, NULL, 0), 0);
    assert_true(party_wait(o, j, &o->mirror_bad));
    assert_true(closed(o, eye));
    look(o, eye);
    assert_int_equal(msg_seal_unshare_send(&o->control, &(struct msg_seal_unshare){.pause = 0}), 0);
    assert_true(party_wait(o, j, &o->unshared));
    assert_true(closed(o, eye)); /* by seal itself, whatever the broker does */
    assert_false(o->failed || o->share_bad);
    party_stop(o), party_stop(j);
    free(o), free(j), free(eye);
}

/* A picture of `len` bytes, until the viewer has it: seal is done with it then. */
static void show(struct party *o, struct party *j, bool key, size_t len)
{
    static const uint8_t picture[MAX_UNIT];
    const struct msg_share_screen m = {.key = key, .content = {picture, len}};
    struct party *both[] = {o, j};
    const unsigned before = j->screens;
    assert_int_equal(msg_share_screen_send(&o->data, &m), 0);
    PARTY_RUN_WHILE(both, 2, j->screens == before);
    assert_int_equal(j->screens, before + 1);
}

/* A session that is shown and looked at, and a decoder that has room for nothing big. */
static void fill(struct party *o, struct party *j, struct party *eye)
{
    struct party *both[] = {o, j};
    party_host(o);
    party_join(j, o, "amber canoe fifty lemon");
    assert_true(party_wait(o, j, &j->me));
    party_share(o);
    look(o, eye);
    party_run(both, 2, NULL,
              1100); /* seal asks for a KEY unit once a second: the next one at once */
    for (int i = 0; i < 16; i++)
        show(o, j, i == 0, MAX_UNIT);
    o->need_keys = 0;
}

static void drain(struct party *o, struct party *j, struct party *eye, unsigned screens)
{
    struct party *both[] = {o, j};
    PARTY_RUN_WHILE(both, 2, sees(eye) && eye->screens < screens);
}

/* Has got a KEY unit since: it needs no other. */
static void behind_until_a_key(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j), *eye = malloc(sizeof *eye);
    (void)state;
    fill(o, j, eye);
    show(o, j, true, 9);
    while (eye->screen_len != 9)
        drain(o, j, eye, eye->screens + 1);
    assert_in_range(eye->screens, 2, 15); /* the others it had no room for */
    show(o, j, false, 8);
    drain(o, j, eye, eye->screens + 1);
    assert_int_equal(eye->screen_len, 8);
    assert_int_equal(o->need_keys, 0);
    party_stop(o), party_stop(j), chan_finish(&eye->data);
    free(o), free(j), free(eye);
}

/* A pointer's shape is said once: who had no room for it needs a KEY unit, after which capture says
   it again. */
static void behind_by_a_pointer(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j), *eye = malloc(sizeof *eye);
    static const uint8_t shape[65536];
    const struct msg_share_cursor m = {.key = 1, .content = {shape, sizeof shape}};
    (void)state;
    fill(o, j, eye);
    show(o, j, true, 120000); /* less is left than the shape needs */
    assert_int_equal(msg_share_cursor_send(&o->data, &m), 0);
    struct party *both[] = {o, j};
    PARTY_RUN_WHILE(both, 2, !j->cursors);
    while (eye->screen_len != 120000)
        drain(o, j, eye, eye->screens + 1);
    PARTY_RUN_WHILE(both, 2, !o->need_keys);
    assert_int_equal(o->need_keys, 1);
    assert_int_equal(eye->cursors, 0);
    party_stop(o), party_stop(j), chan_finish(&eye->data);
    free(o), free(j), free(eye);
}

/* One that takes nothing any more, or closes and lives on, would show as live what is over. */
static void deaf(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j), *eye = malloc(sizeof *eye);
    struct party *both[] = {o, j};
    (void)state;
    fill(o, j, eye);
    assert_false(o->mirror_deaf);
    assert_true(party_run(both, 2, &o->mirror_deaf, 4 * PARTY_PATIENCE_MS));
    assert_true(closed(o, eye));
    o->mirror_deaf = false;
    look(o, eye);
    show(o, j, true, 9);
    chan_finish(&eye->data);
    assert_true(party_run(both, 2, &o->mirror_deaf, 4 * PARTY_PATIENCE_MS));
    assert_false(o->failed || o->share_bad || o->mirror_bad);
    show(o, j, false, 9); /* sharing goes on */
    party_stop(o), party_stop(j);
    free(o), free(j), free(eye);
}

/* Many small pictures, until the viewer has them all. */
static void show_many(struct party *o, struct party *j, unsigned n)
{
    const struct msg_share_screen m = {.key = 1, .content = span_text("a picture")};
    struct party *both[] = {o, j};
    const unsigned all = j->screens + n;
    for (unsigned i = 0; i < n; i++) {
        assert_int_equal(msg_share_screen_send(&o->data, &m), 0);
        party_run(both, 2, NULL, 0);
    }
    PARTY_RUN_WHILE(both, 2, j->screens < all);
    assert_int_equal(j->screens, all);
}

/* Whoever takes a little now and then, and never all of it, is no better: what waits for it moves,
   and is never gone. */
static void slow_for_ever(void **state)
{
    enum { WAIT = 7500, BITE = 700, BITES = 10 }; /* its socket holds some 500 to 1700 */
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j), *eye = malloc(sizeof *eye);
    struct party *both[] = {o, j};
    (void)state;
    party_host(o);
    party_join(j, o, "amber canoe fifty lemon");
    assert_true(party_wait(o, j, &j->me));
    party_share(o);
    look(o, eye);
    show_many(o, j, WAIT);
    for (unsigned bites = 0; bites < BITES && !o->mirror_deaf; bites++) {
        party_run(both, 2, &o->mirror_deaf, 1000);
        (void)chan_receive(&eye->data, BITE);
    }
    assert_true(o->mirror_deaf);
    assert_false(o->failed || o->share_bad || o->mirror_bad);
    party_stop(o), party_stop(j), chan_finish(&eye->data);
    free(o), free(j), free(eye);
}

int main(void)
{
    if (sanitized_skips())
        return 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_see),     cmocka_unit_test(behind_until_a_key),
        cmocka_unit_test(behind_by_a_pointer), cmocka_unit_test(deaf),
        cmocka_unit_test(slow_for_ever),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
