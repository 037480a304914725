/* Who comes back with a token: how many connections and how much of an organizer's line that is
 * worth, and what it is worth to somebody who was sent away. */
#include "tests/unit/relay/cast.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the above first */
#include <cmocka.h>

static void attach_back(struct cast *c, int index, enum frame_as as, const uint8_t *token)
{
    struct frame f = {.type = FRAME_ATTACH};
    memcpy(f.u.attach.sid, c->sid, FRAME_SID);
    memcpy(f.u.attach.token, token, FRAME_TOKEN);
    f.u.attach.as = (uint8_t)as;
    cast_connect(c, index, index);
    cast_say(c, index, &f);
}

static void drop(struct cast *c, uint32_t handle, uint8_t why)
{
    struct frame f = {.type = FRAME_DROP};
    f.u.drop.handle = handle;
    f.u.drop.why = why;
    cast_say(c, 0, &f);
}

/* Whether it is a member the organizer says, not the token. Fails when a returner has a member's
   rate, or is read while the organizer's queue is half full. */
static void until_bound_it_is_a_stranger(void **state)
{
    struct cast *c = *state;
    uint8_t token[FRAME_TOKEN];
    cast_create(c);
    cast_join_for_token(c, 1, 2, token);
    cast_leave(c, 1);
    attach_back(c, 2, FRAME_AS_MEMBER, token);
    cast_expect(c, 2, FRAME_OPENED);
    for (int i = 0; i <= RELAY_MSG_NEWCOMER / 1000; i++)
        cast_say_1000(c, 2, 1);
    cast_ignore(c, 0);
    assert_false(hub_may_read(&c->clients[2], c->now.ms));
    cast_pass(c, 60000);
    assert_true(hub_may_read(&c->clients[2], c->now.ms));
    cast_ignore(c, 0);
    cast_join(c, 3, 3);
    for (int i = 0; i < RELAY_QUEUE_MSG_ORGANIZER / 2 / 1008 + 100; i++)
        cast_say_1000(c, 3, 1);
    cast_pass(c, 10000);
    assert_false(hub_may_read(&c->clients[2], c->now.ms));
    cast_ignore(c, 0);
    assert_true(hub_may_read(&c->clients[2], c->now.ms));
}

/* Fails when each that comes with the same token stays. */
static void a_token_is_worth_one_connection(void **state)
{
    struct cast *c = *state;
    uint8_t token[FRAME_TOKEN], other[FRAME_TOKEN];
    cast_create(c);
    cast_join_for_token(c, 1, 2, token);
    cast_join_for_token(c, 2, 3, other);
    cast_leave(c, 1);
    attach_back(c, 3, FRAME_AS_MEMBER, token);
    cast_expect(c, 3, FRAME_OPENED);
    attach_back(c, 4, FRAME_AS_MEMBER, other); /* of a member that is there: both stay */
    cast_expect(c, 4, FRAME_OPENED);
    cast_expect_nothing(c, 2);
    attach_back(c, 5, FRAME_AS_MEMBER, token);
    cast_expect(c, 5, FRAME_OPENED);
    cast_expect_err(c, 3, FRAME_ERR_REPLACED);
    cast_expect_nothing(c, 4);
    cast_say(
        c, 0,
        &(struct frame){.type = FRAME_BIND, .u.bind = {.handle = c->clients[5].handle, .mid = 2}});
    cast_expect(c, 5, FRAME_BOUND);
    attach_back(c, 6, FRAME_AS_MEMBER, token); /* bound, it is in nobody's place */
    cast_expect(c, 6, FRAME_OPENED);
    cast_expect_nothing(c, 5);
    assert_int_equal(c->clients[5].state, CLIENT_BOUND);
}

/* The same where it has to wait for the organizer. */
static void a_token_waits_once(void **state)
{
    struct cast *c = *state;
    uint8_t token[FRAME_TOKEN], other[FRAME_TOKEN];
    cast_create(c);
    cast_join_for_token(c, 1, 2, token);
    cast_join_for_token(c, 2, 3, other);
    cast_leave(c, 1);
    cast_leave(c, 2);
    cast_leave(c, 0);
    attach_back(c, 3, FRAME_AS_MEMBER, token);
    attach_back(c, 4, FRAME_AS_MEMBER, other);
    attach_back(c, 5, FRAME_AS_MEMBER, token);
    cast_expect_err(c, 3, FRAME_ERR_REPLACED);
    cast_expect_nothing(c, 4);
    attach_back(c, 0, FRAME_AS_ORGANIZER, c->token);
    cast_expect(c, 4, FRAME_OPENED);
    cast_expect(c, 5, FRAME_OPENED);
}

/* Fails when DROP says nothing about the token of whom it ends. */
static void removed_means_its_token_too(void **state)
{
    struct cast *c = *state;
    uint8_t token[FRAME_TOKEN], other[FRAME_TOKEN];
    cast_create(c);
    cast_join_for_token(c, 1, 2, token);
    cast_join_for_token(c, 2, 3, other);
    attach_back(c, 3, FRAME_AS_MEMBER, token); /* its second one, for later */
    cast_expect(c, 3, FRAME_OPENED);
    drop(c, c->clients[1].handle, FRAME_DROP_REMOVED);
    cast_expect_err(c, 1, FRAME_ERR_REMOVED);
    cast_expect_err(c, 3, FRAME_ERR_REMOVED);
    attach_back(c, 4, FRAME_AS_MEMBER, token);
    cast_expect_err(c, 4, FRAME_ERR_REMOVED);
    cast_leave(c, 4);
    drop(c, c->clients[2].handle, FRAME_DROP_PROTOCOL); /* may resume */
    cast_expect_err(c, 2, FRAME_ERR_REMOVED);
    attach_back(c, 4, FRAME_AS_MEMBER, other);
    cast_expect(c, 4, FRAME_OPENED);
    cast_leave(c, 0);
    attach_back(c, 5, FRAME_AS_MEMBER, token); /* nor does it wait */
    cast_expect_err(c, 5, FRAME_ERR_REMOVED);
}

/* Who was removed while it had no connection is found out when it comes back. */
static void removed_while_it_was_away(void **state)
{
    struct cast *c = *state;
    uint8_t token[FRAME_TOKEN];
    cast_create(c);
    cast_join_for_token(c, 1, 2, token);
    cast_leave(c, 1);
    attach_back(c, 1, FRAME_AS_MEMBER, token);
    cast_expect(c, 1, FRAME_OPENED);
    drop(c, c->clients[1].handle, FRAME_DROP_REMOVED);
    cast_expect_err(c, 1, FRAME_ERR_REMOVED);
    cast_leave(c, 1);
    attach_back(c, 1, FRAME_AS_MEMBER, token);
    cast_expect_err(c, 1, FRAME_ERR_REMOVED);
}

#define CAST(name) cmocka_unit_test_setup_teardown(name, cast_set_up, cast_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CAST(until_bound_it_is_a_stranger), CAST(a_token_is_worth_one_connection),
        CAST(a_token_waits_once),           CAST(removed_means_its_token_too),
        CAST(removed_while_it_was_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
