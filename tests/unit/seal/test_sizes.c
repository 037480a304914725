/* e2e.md 14: what is sealed under one key, and sizes: each limit, and one more. */
#include "net/seal/group_state.h"
#include "net/seal/joiner_state.h"
#include "net/seal/organizer_state.h"
#include "tests/unit/seal/world.h"

static struct world w;

static struct group *limited(struct world *world)
{
    world_init(world, WORLD_PASSWORD, false);
    assert_true(organizer_share(world->o, world->now));
    return world->o->group;
}

/* Units of one key: a new epoch at 2^31 or 32 GiB, none at all at 2^32 or 64 GiB. */
static void frames_under_one_key(void **state)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    struct group *g = limited(&w);
    struct group_sender *s = &g->senders[STREAM_SCREEN];
    (void)state;
    assert_true(group_seal(g, STREAM_SCREEN, UNIT_KEY, world_text("x"), wire) > 0);
    s->ctr = (1ull << 31) - 1;
    assert_false(group_wants_rekey(g));
    s->ctr++;
    assert_true(group_wants_rekey(g));
    s->ctr = (1ull << 32) - 1;
    assert_true(group_seal(g, STREAM_SCREEN, UNIT_KEY, world_text("x"), wire) > 0);
    assert_int_equal(group_seal(g, STREAM_SCREEN, UNIT_KEY, world_text("x"), wire), 0);
    s->ctr = 0;
    s->bytes = (32ull << 30) - 1;
    assert_false(group_wants_rekey(g));
    s->bytes++;
    assert_true(group_wants_rekey(g));
    s->bytes = (64ull << 30) - 1;
    assert_true(group_seal(g, STREAM_SCREEN, UNIT_KEY, world_text("x"), wire) > 0);
    assert_true(s->bytes >= 64ull << 30);
    assert_int_equal(group_seal(g, STREAM_SCREEN, UNIT_KEY, world_text("x"), wire), 0);
    uint32_t before = group_now_epoch(g);
    world_pass(&w, STATUS_MS + 100); /* the organizer makes the new epoch itself */
    assert_int_equal(group_now_epoch(g), before + 1);
    assert_true(group_seal(g, STREAM_SCREEN, UNIT_KEY, world_text("x"), wire) > 0);
    world_finish(&w);
}

/* Messages inside the channel, names, content of a unit. (Lines: test_chat. Members: test_session
   and the relay.) */
static void sizes(void **state)
{
    static uint8_t wire[UNIT_WIRE_MAX], content[UNIT_CONTENT_MAX + 1];
    struct group *g = limited(&w);
    (void)state;
    assert_int_equal(inner_check(INNER_EPOCH, false, INNER_AT_MEMBER, MAX_CONTROL), E_NONE);
    assert_int_equal(inner_check(INNER_EPOCH, false, INNER_AT_MEMBER, MAX_CONTROL + 1), E_PARSE);
    size_t len = group_seal(g, STREAM_SCREEN, UNIT_KEY, span_of(content, UNIT_CONTENT_MAX), wire);
    struct unit_head h;
    assert_true(len && unit_parse(span_of(wire, len), &h));
    assert_int_equal(unit_pad(4 + UNIT_CONTENT_MAX) + SIG_LEN, UNIT_PLAIN_MAX);
    world_finish(&w);
    for (size_t n = MAX_NAME; n <= MAX_NAME + 1; n++) {
        char name[MAX_NAME + 2];
        memset(name, 'n', sizeof name);
        struct port port = world_joiner_port;
        struct world_peer p = {.picture = -1};
        port.ctx = &p;
        const struct joiner_config config = {.password = world_text(WORLD_PASSWORD),
                                             .name = span_of(name, n)};
        struct joiner *j = joiner_create(&port, &config, 1);
        assert_int_equal(j != NULL, n == MAX_NAME);
        joiner_destroy(j);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_under_one_key),
        cmocka_unit_test(sizes),
    };
    return cmocka_run_group_tests_name("sizes", tests, world_group_setup, world_group_teardown);
}
