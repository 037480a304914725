/* Whose turn it is: what one session says and copies does not keep another one waiting. */
#include "net/relay/service.h"
#include "tests/unit/relay/caller.h"
#include "tests/unit/relay/cast.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the above first */
#include <cmocka.h>

/* --- lanes ---------------------------------------------------------------------------------------
 */

static void lanes_take_turns(void **state)
{
    struct turns t = {0};
    struct turns_lane crowd, other;
    struct turns_place many[4] = {0}, one = {0};
    (void)state;
    turns_lane_init(&crowd, &t);
    turns_lane_init(&other, &t);
    for (int i = 0; i < 4; i++)
        turns_put(&crowd, &many[i]);
    turns_put(&other, &one);
    turns_put(&crowd, &one); /* it waits already */
    assert_ptr_equal(turns_take(&t), &many[0]);
    assert_ptr_equal(turns_take(&t), &one);
    assert_ptr_equal(turns_take(&t), &many[1]);
    assert_ptr_equal(turns_take(&t), &many[2]);
    assert_ptr_equal(turns_take(&t), &many[3]);
    assert_null(turns_take(&t));
    assert_true(turns_is_idle(&t));
}

static void a_place_can_be_left_and_changed(void **state)
{
    struct turns t = {0};
    struct turns_lane a, b, aside;
    struct turns_place p[3] = {0};
    (void)state;
    turns_lane_init(&a, &t);
    turns_lane_init(&b, &t);
    turns_lane_init(&aside, NULL);
    for (int i = 0; i < 3; i++)
        turns_put(&a, &p[i]);
    turns_leave(&p[1]);
    turns_leave(&p[1]);
    turns_move(&p[1], &b); /* it waits nowhere: nothing */
    turns_move(&p[0], &b);
    assert_ptr_equal(turns_take(&t), &p[2]);
    turns_move(&p[0], &aside);
    assert_true(turns_is_idle(&t));
    assert_ptr_equal(turns_take_from(&aside), &p[0]);
    assert_null(turns_take_from(&aside));
}

static void a_lane_may_change_its_line(void **state)
{
    struct turns t = {0}, other = {0};
    struct turns_lane a, b;
    struct turns_place p[3] = {0};
    (void)state;
    turns_lane_init(&a, &t);
    turns_lane_init(&b, &t);
    turns_put(&a, &p[0]);
    turns_put(&a, &p[1]);
    turns_put(&b, &p[2]);
    turns_lane_move(&a, &other);
    turns_lane_move(&a, &other);
    assert_ptr_equal(turns_take(&t), &p[2]);
    assert_true(turns_is_idle(&t));
    turns_lane_move(&b, &other); /* empty */
    assert_ptr_equal(turns_take(&other), &p[0]);
    turns_put(&b, &p[2]);
    turns_lane_move(&a, &t);
    assert_ptr_equal(turns_take(&t), &p[1]);
    assert_ptr_equal(turns_take(&other), &p[2]);
}

/* --- copies --------------------------------------------------------------------------------------
 */

static void fill_session(struct cast *c)
{
    cast_create(c);
    for (int i = 1; i < CAST_CLIENTS; i++)
        cast_join(c, i, (uint16_t)(i + 1));
    cast_present(c, 1);
    while (hub_next(&c->hub, HUB_WRITE) != NULL)
        ;
}

/* The presenter's units until no more are taken; how many those are. */
static int fill_queues(struct cast *c)
{
    int n = 0;
    for (; hub_may_take_unit(&c->clients[0], c->now.ms) == HUB_UNIT_TAKE; n++) {
        assert_true(n < RELAY_SESSION_COPIES);
        cast_say_unit(c, 0, 1, UNIT_SCREEN, true, 10);
    }
    return n;
}

/* Until what it has put into queues has been offered to the sockets. */
static void a_session_waits_for_its_copies(void **state)
{
    struct cast *c = *state;
    fill_session(c);
    assert_int_equal(fill_queues(c),
                     (RELAY_SESSION_COPIES + CAST_CLIENTS - 2) / (CAST_CLIENTS - 1));
    assert_int_equal(hub_may_take_unit(&c->clients[0], c->now.ms), HUB_UNIT_HOLD);
    assert_true(hub_may_read(&c->clients[0], c->now.ms)); /* a message may come */
    hub_hold(&c->clients[0]);
    hub_hold(&c->clients[1]);
    for (int i = 1; i < CAST_CLIENTS; i++) {
        assert_null(hub_next(&c->hub, HUB_BEGIN));
        assert_non_null(hub_next(&c->hub, HUB_WRITE));
    }
    assert_ptr_equal(hub_next(&c->hub, HUB_BEGIN), &c->clients[0]);
    assert_ptr_equal(hub_next(&c->hub, HUB_GO_ON), &c->clients[1]);
    assert_int_equal(hub_may_take_unit(&c->clients[0], c->now.ms), HUB_UNIT_TAKE);
}

/* Nobody's socket takes anything: nothing waits that could release it later. */
static void nobody_is_held_for_the_blocked(void **state)
{
    struct cast *c = *state;
    fill_session(c);
    for (int i = 1; i < CAST_CLIENTS; i++)
        c->clients[i].is_blocked = true;
    fill_queues(c);
    hub_hold(&c->clients[0]);
    assert_ptr_equal(hub_next(&c->hub, HUB_BEGIN), &c->clients[0]);
    assert_null(hub_next(&c->hub, HUB_WRITE));
}

/* A session may end while one of its people waits in any of its lanes. */
static void who_is_held_when_its_session_ends_is_read_on(void **state)
{
    struct cast *c = *state;
    struct frame end = {.type = FRAME_END};
    fill_session(c);
    fill_queues(c);
    hub_hold(&c->clients[1]);
    hub_line_up(&c->hub, &c->clients[2], HUB_BEGIN);
    cast_say(c, 0, &end);
    assert_null(c->hub.sessions);
    assert_ptr_equal(hub_next(&c->hub, HUB_GO_ON), &c->clients[1]);
    assert_ptr_equal(hub_next(&c->hub, HUB_BEGIN), &c->clients[2]);
    for (int i = 0; i < CAST_CLIENTS; i++)
        assert_non_null(hub_next(&c->hub, HUB_WRITE));
    assert_null(hub_next(&c->hub, HUB_WRITE));
}

/* Members' units together; the presenter's and the organizer's go on. */
static void members_share_their_copies(void **state)
{
    struct cast *c = *state;
    int units = 0;
    fill_session(c);
    while (hub_may_take_unit(&c->clients[1], c->now.ms) != HUB_UNIT_PAUSE) {
        cast_say_unit(c, 1 + units % 14, (uint16_t)(2 + units % 14), UNIT_SIGNAL, false, 10);
        while (hub_next(&c->hub, HUB_WRITE) != NULL)
            ;
        assert_true(units++ < RELAY_OTHERS_COPIES);
    }
    assert_int_equal(units, RELAY_OTHERS_COPIES / (CAST_CLIENTS - 1) + 1);
    assert_int_equal(hub_may_take_unit(&c->clients[15], c->now.ms), HUB_UNIT_PAUSE);
    assert_int_equal(hub_may_take_unit(&c->clients[0], c->now.ms), HUB_UNIT_TAKE);
    cast_present(c, 16); /* behind the organizer's chat stand its orders */
    assert_int_equal(hub_may_take_unit(&c->clients[0], c->now.ms), HUB_UNIT_TAKE);
    cast_present(c, 1);
    assert_true(hub_may_read(&c->clients[15], c->now.ms));
    assert_int_equal(hub_may_take_unit(&c->clients[15], c->now.ms + 20), HUB_UNIT_TAKE);
}

/* Whose bulk may wait: neither a presenter's, nor what somebody says who says little. */
static void who_says_much_goes_on(void **state)
{
    struct cast *c = *state;
    fill_session(c);
    for (int i = 0; i < 2; i++)
        rate_take(&c->clients[i].said, RELAY_READ_LIGHT, 2 * RELAY_READ_LIGHT, c->now.ms);
    assert_int_equal(hub_reading_of(&c->clients[0], c->now.ms), HUB_BEGIN);
    assert_int_equal(hub_reading_of(&c->clients[1], c->now.ms), HUB_GO_ON);
    assert_int_equal(hub_reading_of(&c->clients[2], c->now.ms), HUB_BEGIN);
    cast_present(c, 2);
    assert_int_equal(hub_reading_of(&c->clients[0], c->now.ms), HUB_GO_ON);
    assert_int_equal(hub_reading_of(&c->clients[1], c->now.ms), HUB_BEGIN);
    assert_int_equal(hub_reading_of(&c->clients[0], c->now.ms + 1001), HUB_BEGIN);
}

/* --- over sockets --------------------------------------------------------------------------------
 */

enum { VIEWERS = 12, MOST_VIEWERS = RELAY_TURN_WRITES + 6, UNITS = 150 };

struct hall {
    struct caller *p, *viewers[MOST_VIEWERS];
    uint8_t sid[FRAME_SID];
};

static struct session *session_of(const struct hall *h)
{
    return session_find(&caller_server.hub, h->sid);
}

static void fill_hall(struct hall *h, size_t viewers)
{
    struct frame present = {.type = FRAME_PRESENT};
    *h = (struct hall){.p = caller_create()};
    caller_open(h->p, h->sid);
    for (size_t i = 0; i < viewers; i++) {
        h->viewers[i] = caller_create();
        caller_bind(h->viewers[i], h->p, caller_attach(h->viewers[i], h->p, h->sid),
                    (uint16_t)(i + 2));
    }
    present.u.present.mid = 1;
    caller_say(h->p, &present);
    for (int i = 0; i < 1000 && session_of(h)->presenter != 1; i++)
        caller_turn(1);
    assert_int_equal(session_of(h)->presenter, 1);
}

static void clear_hall(struct hall *h)
{
    for (size_t i = 0; i < MOST_VIEWERS; i++)
        if (h->viewers[i] != NULL)
            caller_destroy(h->viewers[i]);
    caller_destroy(h->p);
}

static void say_units(struct hall *h, int n)
{
    static uint8_t bytes[UNITS * 64];
    size_t len = 0;
    for (int i = 0; i < n; i++)
        len += caller_write_unit(bytes + len, 1, UNIT_SCREEN, true, 40);
    caller_write(h->p, bytes, len);
}

/* Fails when a turn sends everything there is: the large one has more viewers than a turn sends
   to. Who has to wait for its core may need more than one turn to read both. */
static void a_unit_does_not_wait_for_another_sessions_copies(void **state)
{
    struct hall large, small;
    bool seen = false;
    (void)state;
    fill_hall(&large, MOST_VIEWERS);
    fill_hall(&small, 1);
    for (int i = 0; i < 100 && !seen; i++) {
        uint64_t before = session_of(&small)->organizer->taken;
        say_units(&large, 1);
        say_units(&small, 1);
        caller_turn(1);
        seen = session_of(&small)->organizer->taken > before &&
               session_of(&small)->lanes[HUB_WRITE].first == NULL &&
               session_of(&large)->lanes[HUB_WRITE].first != NULL;
    }
    assert_true(seen);
    caller_expect(small.viewers[0], FRAME_UNIT);
    caller_expect(large.viewers[MOST_VIEWERS - 1], FRAME_UNIT);
    clear_hall(&small);
    clear_hall(&large);
}

static void mark_all(struct hall *h)
{
    for (struct client *c = session_of(h)->clients; c != NULL; c = c->session_after)
        hub_mark(&caller_server.hub, c);
}

/* How many of the session are among the next n that are sent to. */
static int count_next(const struct hall *h, int n)
{
    int count = 0;
    while (n-- > 0)
        count += hub_next(&caller_server.hub, HUB_WRITE)->session == session_of(h);
    return count;
}

/* A session that is sent much stands behind those that are sent little, and is not forgotten
   there; after half a second of quiet it is one of them again. */
static void who_is_sent_much_goes_behind(void **state)
{
    struct hub *hub = &caller_server.hub;
    struct hall large, small;
    struct client *one;
    uint64_t now_ms = server_now().ms;
    (void)state;
    fill_hall(&large, VIEWERS);
    fill_hall(&small, 3);
    caller_turn(10);
    assert_false(hub_is_sending(hub));
    mark_all(&large);
    mark_all(&small);
    assert_int_equal(count_next(&small, 8), 4); /* as long as nobody is sent much: in turn */
    one = session_of(&large)->clients;
    hub_sent(hub, one, 2 * RELAY_SENT_LIGHT, now_ms);
    mark_all(&large);
    mark_all(&small);
    assert_int_equal(count_next(&small, 6), 4);
    assert_int_equal(count_next(&large, VIEWERS - 1), VIEWERS - 1);
    hub_sent(hub, one, 1, now_ms + 1400); /* the debt is paid, no more */
    assert_true(session_of(&large)->is_sent_much);
    hub_sent(hub, one, 1, now_ms + 1600);
    assert_false(session_of(&large)->is_sent_much);
    assert_false(hub_is_sending(hub));
    clear_hall(&small);
    clear_hall(&large);
}

/* Fails when a presenter is read faster than its session can be sent to. A turn's writes do not
   reach all of them. */
static void copies_wait_before_they_are_made(void **state)
{
    struct hall h;
    uint32_t most = 0;
    (void)state;
    fill_hall(&h, MOST_VIEWERS);
    say_units(&h, UNITS);
    for (int i = 0; i < 1000 && caller_server.hub.counts.units < UNITS; i++) {
        caller_turn(1);
        if (session_of(&h)->copies > most)
            most = session_of(&h)->copies;
    }
    assert_int_equal(caller_server.hub.counts.units, UNITS);
    assert_true(most >= RELAY_SESSION_COPIES && most < RELAY_SESSION_COPIES + MOST_VIEWERS);
    for (int i = 0; i < UNITS; i++)
        caller_expect(h.viewers[0], FRAME_UNIT);
    clear_hall(&h);
}

/* Each member one unit at a time, so that nobody is first again before all had their turn. */
static void members_units_take_turns(void **state)
{
    static uint8_t bytes[2][20 * 64];
    const struct hub_counts *counts = &caller_server.hub.counts;
    struct hall h;
    uint64_t before = 0;
    (void)state;
    fill_hall(&h, 2);
    for (uint16_t k = 0; k < 2; k++) {
        size_t len = 0;
        for (int i = 0; i < 20; i++)
            len += caller_write_unit(bytes[k] + len, (uint16_t)(k + 2), UNIT_SIGNAL, false, 40);
        caller_write(h.viewers[k], bytes[k], len);
    }
    for (; counts->units < 40; before = counts->units) {
        caller_turn(1);
        assert_true(counts->units - before <= RELAY_READ_SHARES + RELAY_READ_MORE);
    }
    clear_hall(&h);
}

static void write_unit_of(struct caller *c, uint16_t mid, uint8_t stream, size_t len)
{
    static uint8_t bytes[FRAME_HEAD + FRAME_UNIT_MAX];
    caller_write(c, bytes, caller_write_unit(bytes, mid, stream, true, len));
}

/* Fails when a presenter's second share waits behind its crowd's: at RELAY_READ_MORE a turn the
   unit would need two or three turns a share. */
static void a_unit_does_not_wait_for_its_own_crowd(void **state)
{
    static uint8_t message[FRAME_HEAD + FRAME_MSG_MAX];
    enum { UNIT = 4 * RELAY_READ_BURST + 1, SHARES = 5 + 1 };
    const struct hub_counts *counts = &caller_server.hub.counts;
    struct hall h;
    (void)state;
    fill_hall(&h, VIEWERS);
    frame_write_head(message, FRAME_MSG, FRAME_MSG_MAX);
    frame_put_u32(message + FRAME_HEAD, 77);
    for (uint16_t i = 0; i < VIEWERS; i++) {
        struct client *c = session_by_mid(session_of(&h), (uint16_t)(i + 2));
        c->said = (struct rate){-50 * RELAY_READ_LIGHT, server_now().ms};
        for (int k = 0; k < 8; k++)
            caller_write(h.viewers[i], message, sizeof message);
    }
    write_unit_of(h.p, 1, UNIT_SCREEN, UNIT);
    for (int i = 0; i < SHARES && counts->units == 0; i++)
        caller_turn(1);
    assert_int_equal(counts->units, 1);
    clear_hall(&h);
}

/* Who said too much waits aside: it takes no turn and keeps nobody awake until it may be read. */
static void the_paused_sleep(void **state)
{
    static uint8_t message[FRAME_HEAD + FRAME_MSG_MAX];
    struct hall h;
    struct client *c;
    uint64_t heard;
    (void)state;
    fill_hall(&h, 1);
    c = session_by_mid(session_of(&h), 2);
    frame_write_head(message, FRAME_MSG, FRAME_MSG_MAX);
    frame_put_u32(message + FRAME_HEAD, 1);
    c->msg = (struct rate){-50 * RELAY_MSG_MEMBER, server_now().ms};
    for (int i = 0; i < 4; i++)
        caller_write(h.viewers[0], message, sizeof message);
    caller_turn(2);
    assert_ptr_equal(c->reading.lane, &caller_server.paused);
    heard = caller_server.hub.counts.messages;
    caller_server.woken_ms -= SERVICE_PAUSED_MS;
    caller_turn(1);
    assert_ptr_equal(c->reading.lane, &caller_server.paused);
    c->msg = (struct rate){0};
    for (int i = 0; i < 1000 && caller_server.hub.counts.messages < heard + 4; i++)
        caller_turn(1);
    assert_int_equal(caller_server.hub.counts.messages, heard + 4);
    assert_true(c->said.left < RELAY_READ_LIGHT - 4 * FRAME_MSG_MAX / 2);
    clear_hall(&h);
}

/* It was paused for the others' units; when that is over, its session's copies lie with blocked
   sockets and nothing is about to be written that would release anybody. */
static void who_was_paused_is_not_left_for_its_sessions_copies(void **state)
{
    const struct hub_counts *counts = &caller_server.hub.counts;
    struct hall h;
    struct session *s;
    struct client *c;
    (void)state;
    fill_hall(&h, 1);
    s = session_of(&h);
    c = session_by_mid(s, 2);
    s->others = (struct rate){-50 * RELAY_OTHERS_COPIES, server_now().ms};
    write_unit_of(h.viewers[0], 2, UNIT_SIGNAL, 40);
    for (int i = 0; i < 1000 && c->reading.lane != &caller_server.paused; i++)
        caller_turn(1);
    assert_ptr_equal(c->reading.lane, &caller_server.paused);
    s->others = (struct rate){0};
    s->copies = RELAY_SESSION_COPIES;
    caller_server.woken_ms -= SERVICE_PAUSED_MS;
    for (int i = 0; i < 5 && counts->units == 0; i++)
        caller_turn(1);
    assert_int_equal(counts->units, 1);
    clear_hall(&h);
}

#define CAST(name) cmocka_unit_test_setup_teardown(name, cast_set_up, cast_tear_down)
#define CALLER(name) cmocka_unit_test_setup_teardown(name, caller_set_up, caller_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_take_turns),
        cmocka_unit_test(a_place_can_be_left_and_changed),
        cmocka_unit_test(a_lane_may_change_its_line),
        CAST(a_session_waits_for_its_copies),
        CAST(nobody_is_held_for_the_blocked),
        CAST(who_is_held_when_its_session_ends_is_read_on),
        CAST(members_share_their_copies),
        CAST(who_says_much_goes_on),
        CALLER(a_unit_does_not_wait_for_another_sessions_copies),
        CALLER(who_is_sent_much_goes_behind),
        CALLER(copies_wait_before_they_are_made),
        CALLER(members_units_take_turns),
        CALLER(a_unit_does_not_wait_for_its_own_crowd),
        CALLER(the_paused_sleep),
        CALLER(who_was_paused_is_not_left_for_its_sessions_copies),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
