/* Each limit of relay.md 7 and 8 that is not shown by test_hub.c, test_traffic.c, test_parts.c or
 * test_server.c: ROWS.md says which is where. */
#include "tests/unit/relay/cast.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the above first */
#include <cmocka.h>

static void ask_in(struct cast *c, int index)
{
    struct frame f = {.type = FRAME_ATTACH};
    memcpy(f.u.attach.sid, c->sid, FRAME_SID);
    cast_connect(c, index, index);
    cast_say(c, index, &f);
}

/* Everybody stays alive while hours pass; member 1 also talks where `chats` says so. */
static void live(struct cast *c, uint64_t ms, bool chats)
{
    for (uint64_t t = 0; t < ms && c->hub.n_sessions > 0; t += 60000) {
        cast_pass(c, 60000);
        c->now.unix_s += 60;
        if (chats && c->hub.n_sessions > 0)
            cast_say_msg(c, 1, 1, "x");
        for (int i = 0; i < CAST_CLIENTS; i++)
            if (c->is_in[i])
                cast_ignore(c, i);
    }
}

/* --- room ----------------------------------------------------------------------------------------
 */

static void a_hundred_newcomers_wait(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    c->hub.sessions->newcomers = RELAY_NEWCOMERS_MAX - 1;
    ask_in(c, 1);
    cast_expect(c, 1, FRAME_OPENED);
    ask_in(c, 2);
    cast_expect_err(c, 2, FRAME_ERR_BUSY);
    c->hub.sessions->newcomers = 1;
}

static void a_thousand_members_are_in(void **state)
{
    struct cast *c = *state;
    struct frame bind = {.type = FRAME_BIND};
    cast_create(c);
    bind.u.bind.handle = cast_attach(c, 1);
    bind.u.bind.mid = 2;
    c->hub.sessions->members = MAX_MEMBERS;
    cast_say(c, 0, &bind);
    cast_expect_err(c, 1, FRAME_ERR_BUSY);
    c->hub.sessions->members = 0;
}

static void sessions_are_limited_in_number(void **state)
{
    struct cast *c = *state;
    cast_connect(c, 0, 0);
    c->hub.n_sessions = RELAY_SESSIONS_MAX;
    cast_say(c, 0, &(struct frame){.type = FRAME_CREATE});
    cast_expect_err(c, 0, FRAME_ERR_BUSY);
    c->hub.n_sessions = 0;
}

/* So many sessions of one address, and no more until one of them has ended. Those that are away
   count. Fails without source_take_place, and where a place is not given back. */
static void sessions_of_a_source_are_limited(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    c->clients[0].source->sessions = RELAY_SOURCE_SESSIONS; /* as if it had made the others, too */
    cast_leave(c, 0);
    cast_connect(c, 0, 0);
    cast_say(c, 0, &(struct frame){.type = FRAME_CREATE});
    cast_expect_err(c, 0, FRAME_ERR_BUSY);
    assert_int_equal(c->last_event, INTRUSION_NO_PLACE);
    assert_int_equal(c->clients[0].source->sessions, RELAY_SOURCE_SESSIONS);
    cast_connect(c, 1, 1); /* another address is not concerned */
    cast_say(c, 1, &(struct frame){.type = FRAME_CREATE});
    cast_expect(c, 1, FRAME_OPENED);
    cast_pass(c, RELAY_AWAY_MS + 1000);
    assert_int_equal(c->clients[0].source->sessions, RELAY_SOURCE_SESSIONS - 1);
    cast_connect(c, 2, 0);
    cast_say(c, 2, &(struct frame){.type = FRAME_CREATE});
    cast_expect(c, 2, FRAME_OPENED);
    assert_int_equal(c->clients[0].source->sessions, RELAY_SOURCE_SESSIONS);
}

static bool may_create(struct cast *c, int index, int host)
{
    struct frame f;
    cast_connect(c, index, host);
    cast_say(c, index, &(struct frame){.type = FRAME_CREATE});
    assert_true(cast_hear(c, index, &f));
    if (f.type == FRAME_OPENED)
        cast_say(c, index, &(struct frame){.type = FRAME_END});
    cast_leave(c, index);
    return f.type == FRAME_OPENED;
}

/* An address that makes one session after the other uses up the numbers of a day. Fails without
   source_may_create: a thousand of them in a minute. They are refused and no more: a school that
   begins together is one address. Fails where too many are a try. */
static void an_address_does_not_use_up_the_numbers(void **state)
{
    struct cast *c = *state;
    int made = 0;
    for (int s = 0; s < 1000; s++) {
        made += may_create(c, 1, 1);
        c->now.ms += 60;
    }
    assert_in_range(made, RELAY_CREATES, RELAY_CREATES + 60000 / RELAY_CREATES_MS);
    assert_int_equal(c->last_event, INTRUSION_NO_PLACE);
    assert_int_equal(c->hub.sources.counted[INTRUSION_LOCKED], 0);
    assert_int_equal(c->hub.numbers.used, made);
    assert_true(may_create(c, 2, 2));
}

static void attach_back(struct cast *c, int index, enum frame_as as, const uint8_t *token)
{
    struct frame f = {.type = FRAME_ATTACH};
    memcpy(f.u.attach.sid, c->sid, FRAME_SID);
    memcpy(f.u.attach.token, token, FRAME_TOKEN);
    f.u.attach.as = (uint8_t)as;
    cast_connect(c, index, index);
    cast_say(c, index, &f);
}

/* The last places are for members who come back: strangers are refused before. */
static void the_last_places_are_for_members(void **state)
{
    struct cast *c = *state;
    uint8_t token[FRAME_TOKEN];
    cast_create(c);
    cast_join_for_token(c, 1, 2, token);
    cast_leave(c, 1);
    c->hub.max_clients = 8;
    for (int i = 2; i < 9; i++)
        cast_connect(c, i, i);
    cast_say(c, 2, &(struct frame){.type = FRAME_CREATE});
    cast_expect_err(c, 2, FRAME_ERR_BUSY);
    ask_in(c, 9);
    cast_expect_err(c, 9, FRAME_ERR_BUSY);
    attach_back(c, 10, FRAME_AS_MEMBER, token);
    cast_expect(c, 10, FRAME_OPENED);
}

/* Two lines are lost together; the member is back first. It is answered when the organizer is
   there, and not told of an absence in between: it resumes once. */
static void a_member_back_first_waits_for_the_organizer(void **state)
{
    struct cast *c = *state;
    uint8_t token[FRAME_TOKEN];
    cast_create(c);
    cast_join_for_token(c, 1, 2, token);
    cast_leave(c, 1);
    cast_leave(c, 0);
    attach_back(c, 2, FRAME_AS_MEMBER, token);
    cast_expect_nothing(c, 2);
    attach_back(c, 3, FRAME_AS_ORGANIZER, c->token);
    cast_expect(c, 3, FRAME_OPENED);
    assert_int_equal(cast_expect(c, 3, FRAME_PEER).u.peer.state, FRAME_PEER_ATTACHED);
    cast_expect(c, 2, FRAME_OPENED);
    cast_expect_nothing(c, 2);
}

/* --- memory --------------------------------------------------------------------------------------
 */

/* Two sessions; what waits in the first is too much for the whole relay. The second is not asked
   to pay. */
static void the_heaviest_session_pays(void **state)
{
    struct cast *c = *state;
    struct session *light;
    uint64_t pretended = RELAY_BUFFERS_MAX - 600000;
    cast_create(c);
    cast_join(c, 1, 2);
    cast_present(c, 1);
    for (int i = 0; i < 4; i++)
        cast_say_unit(c, 0, 1, UNIT_SCREEN, i == 0, 100000);
    cast_connect(c, 4, 4);
    cast_say(c, 4, &(struct frame){.type = FRAME_CREATE});
    light = c->clients[4].session;
    cast_ignore(c, 4);
    memcpy(c->sid, light->sid, FRAME_SID);
    cast_say(c, 4,
             &(struct frame){.type = FRAME_PARAMS, .u.params.m0 = {(const uint8_t *)"M0", 2}});
    ask_in(c, 5);
    cast_ignore(c, 5);
    struct frame bind = {.type = FRAME_BIND};
    bind.u.bind.handle = c->clients[5].handle;
    bind.u.bind.mid = 2;
    cast_say(c, 4, &bind);
    cast_say(c, 4, &(struct frame){.type = FRAME_PRESENT, .u.present.mid = 1});
    c->hub.account.held += pretended;
    for (int i = 0; i < 3; i++)
        cast_say_unit(c, 4, 1, UNIT_SCREEN, i == 0, 100000);
    assert_true(c->hub.account.held <= RELAY_BUFFERS_MAX);
    assert_true(c->clients[1].queue.skips > 0);
    assert_int_equal(c->clients[5].queue.skips, 0);
    assert_true(c->clients[5].queue.bytes > 300000);
    c->hub.account.held -= pretended;
}

/* Where no picture waits that could be skipped, whoever lets messages pile up goes. */
static void messages_are_bounded_together(void **state)
{
    struct cast *c = *state;
    uint64_t pretended = RELAY_SESSION_BUFFERS - 50000;
    uint32_t one, other;
    cast_create(c);
    one = cast_attach(c, 1);
    other = cast_attach(c, 2);
    cast_ignore(c, 0);
    c->hub.sessions->account->held += pretended;
    for (int i = 0; i < 100; i++)
        cast_say_1000(c, 0, i % 4 == 0 ? other : one);
    c->hub.sessions->account->held -= pretended;
    cast_expect_err(c, 1, FRAME_ERR_SLOW);
    assert_true(c->clients[2].state == CLIENT_ATTACHED);
    assert_int_equal(cast_ignore(c, 2), 25);
}

/* --- rates ---------------------------------------------------------------------------------------
 */

static void units_of_others_are_limited(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 1, 2);
    cast_join(c, 2, 3);
    cast_present(c, 1);
    for (int i = 0; i < RELAY_UNIT_COUNT; i++)
        cast_say_unit(c, 1, 2, UNIT_SIGNAL, false, 10);
    assert_true(hub_may_read(&c->clients[1], c->now.ms));
    cast_say_unit(c, 1, 2, UNIT_SIGNAL, false, 10);
    assert_false(hub_may_read(&c->clients[1], c->now.ms));
    cast_say_unit(c, 2, 3, UNIT_CHAT, false, RELAY_UNIT_BYTES + 1000);
    assert_false(hub_may_read(&c->clients[2], c->now.ms));
    for (int i = 0; i < 200; i++)
        cast_say_unit(c, 0, 1, UNIT_SCREEN, true, 10000);
    assert_true(hub_may_read(&c->clients[0], c->now.ms)); /* who presents is always read */
    assert_true(hub_may_read(&c->clients[1], c->now.ms + 1000));
    assert_true(hub_may_read(&c->clients[2], c->now.ms + 1000));
}

static void members_say_a_mebibyte_a_second(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 1, 2);
    for (int i = 0; i < RELAY_MSG_MEMBER / 1010; i++)
        cast_say_1000(c, 1, 1);
    cast_ignore(c, 0);
    assert_true(hub_may_read(&c->clients[1], c->now.ms));
    for (int i = 0; i < 20; i++)
        cast_say_1000(c, 1, 1);
    cast_ignore(c, 0);
    assert_false(hub_may_read(&c->clients[1], c->now.ms));
}

/* Who answers a thousand members that come back at once is read as who presents is. */
static void the_organizer_answers_all(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 1, 2);
    cast_join(c, 2, 3);
    cast_present(c, 2);
    for (int i = 0; i < 2 * RELAY_MSG_MEMBER / 1010; i++) {
        cast_say_1000(c, 0, c->clients[1].handle);
        cast_ignore(c, 1);
    }
    assert_true(hub_may_read(&c->clients[0], c->now.ms));
}

/* Each costs a record: the smallest would outrun what is written to whoever they are for. */
static void messages_are_counted_too(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 1, 2);
    for (int i = 0; i < RELAY_MSG_COUNT; i++)
        cast_say_msg(c, 1, 1, "x");
    cast_ignore(c, 0);
    assert_true(hub_may_read(&c->clients[1], c->now.ms));
    cast_say_msg(c, 1, 1, "x");
    assert_false(hub_may_read(&c->clients[1], c->now.ms));
    assert_true(hub_may_read(&c->clients[1], c->now.ms + 10));
    for (int i = 0; i <= RELAY_MSG_COUNT; i++)
        cast_say_msg(c, 0, 2, "x");
    assert_true(hub_may_read(&c->clients[0], c->now.ms)); /* a thousand members at once */
}

/* Time passes in which whoever listens takes one frame now and then: slow, but not stuck. */
static void pass_with_one_taken(struct cast *c, uint64_t ms, int who)
{
    struct frame f;
    for (; ms > 0; ms -= 10000) {
        cast_pass(c, 10000);
        assert_true(cast_hear(c, who, &f));
    }
}

static void say_much(struct cast *c, int index, uint32_t peer, size_t bytes)
{
    for (size_t said = 0; said < bytes; said += 1008)
        cast_say_1000(c, index, peer);
}

/* An organizer who does not keep up hears its members, and who comes back, and no more strangers;
   but for the one whose messages fill its line. Fails when any member is read (it is the organizer
   who ends, ERR SLOW) or none is, when strangers wait at half of it, and when who comes back waits
   with them. */
static void strangers_wait_for_a_busy_organizer(void **state)
{
    struct cast *c = *state;
    uint8_t token[FRAME_TOKEN];
    cast_create(c);
    cast_join(c, 1, 2);
    cast_join_for_token(c, 4, 4, token);
    cast_leave(c, 4);
    cast_ignore(c, 0);
    cast_attach(c, 2);
    cast_join(c, 3, 3);
    say_much(c, 1, 1, RELAY_QUEUE_STRANGERS - 100000);
    assert_true(hub_may_read(&c->clients[2], c->now.ms));
    say_much(c, 1, 1, 200000);
    attach_back(c, 4, FRAME_AS_MEMBER, token);
    cast_expect(c, 4, FRAME_OPENED);
    pass_with_one_taken(c, 60000, 0);
    assert_false(hub_may_read(&c->clients[2], c->now.ms));
    assert_false(hub_may_read(&c->clients[1], c->now.ms));
    assert_true(hub_may_read(&c->clients[3], c->now.ms));
    assert_true(hub_may_read(&c->clients[4], c->now.ms));
    cast_ignore(c, 0);
    assert_true(hub_may_read(&c->clients[2], c->now.ms));
    assert_true(hub_may_read(&c->clients[1], c->now.ms));
}

/* The presenter's line is shorter. Who presents says as little to the organizer as anybody, but
   does not wait for others' messages there. Fails without count_mail, and with the presenter left
   out. */
static void nobody_fills_a_line(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 1, 2);
    cast_join(c, 2, 3);
    cast_present(c, 3);
    say_much(c, 1, 3, RELAY_QUEUE_MAIL + 2000);
    cast_pass(c, 2000);
    assert_false(hub_may_read(&c->clients[1], c->now.ms));
    assert_true(hub_may_read(&c->clients[2], c->now.ms));
    cast_ignore(c, 2);
    assert_true(hub_may_read(&c->clients[1], c->now.ms));
    say_much(c, 2, 1, RELAY_QUEUE_MAIL + 2000);
    cast_pass(c, 2000);
    assert_false(hub_may_read(&c->clients[2], c->now.ms));
    cast_ignore(c, 0);
    assert_true(hub_may_read(&c->clients[2], c->now.ms));
    say_much(c, 2, 2, 2 * RELAY_QUEUE_MAIL); /* to a viewer, who is no crowd's */
    cast_pass(c, 2000);
    assert_true(hub_may_read(&c->clients[2], c->now.ms));
}

/* Of a crowd that fills the line together all wait, also who has said nothing: they are read in
   turn as it empties, and the one for whom they wait is not waited for for ever. Fails when members
   are read as long as their own messages are few, and without is_stuck. */
static void a_crowd_waits_in_turn(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    for (int i = 1; i < 4; i++)
        cast_join(c, i, (uint16_t)(i + 1));
    cast_present(c, 4);
    say_much(c, 1, 1, RELAY_QUEUE_MSG_ORGANIZER / 4 * 3 + 1100000);
    pass_with_one_taken(c, 40000, 0);
    assert_int_equal(c->clients[0].state, CLIENT_ORGANIZER);
    assert_false(hub_may_read(&c->clients[2], c->now.ms));
    assert_true(
        hub_may_read(&c->clients[3], c->now.ms)); /* the presenter's units are everybody's */
    for (int i = 0; i < 2000; i++) {
        struct frame f;
        assert_true(cast_hear(c, 0, &f));
    }
    assert_true(hub_may_read(&c->clients[2], c->now.ms));
    cast_pass(c, RELAY_STUCK_MS + 2000);
    assert_int_equal(c->clients[0].state, CLIENT_ENDING);
    cast_expect_err(c, 0, FRAME_ERR_SLOW);
}

/* The presenter asks the organizer for so many answers that nobody else is read, and takes one
   frame in 20 s. Fails where only who takes nothing is stuck. */
static void who_silences_all_ends(void **state)
{
    struct cast *c = *state;
    struct frame f;
    cast_create(c);
    cast_join(c, 1, 2);
    cast_join(c, 2, 3);
    cast_present(c, 2);
    cast_ignore(c, 1);
    say_much(c, 0, c->clients[1].handle, RELAY_QUEUE_MSG / 8 * 7);
    assert_false(hub_may_read(&c->clients[2], c->now.ms));
    for (int taken = 0; taken < 2; taken++) {
        assert_true(cast_hear(c, 1, &f));
        cast_pass(c, 20000);
    }
    assert_int_equal(c->clients[1].state, CLIENT_ENDING);
    cast_expect_err(c, 1, FRAME_ERR_SLOW);
    assert_true(hub_may_read(&c->clients[2], c->now.ms));
}

/* A controller whose input waits for a presenter that takes none is not read, for the organizer
   neither: until the presenter is ended, though its queue is far from full. Fails where only half
   a queue is one that is stuck. */
static void a_writer_waits_no_longer_than_its_receiver_lives(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 1, 2);
    cast_join(c, 2, 3);
    cast_present(c, 2);
    say_much(c, 2, 2, RELAY_QUEUE_MAIL + 2000);
    cast_pass(c, RELAY_STUCK_MS - 2000);
    assert_int_equal(c->clients[1].state, CLIENT_BOUND);
    assert_false(hub_may_read(&c->clients[2], c->now.ms));
    cast_pass(c, 4000);
    assert_int_equal(c->clients[1].state, CLIENT_ENDING);
    cast_expect_err(c, 1, FRAME_ERR_SLOW);
    assert_true(hub_may_read(&c->clients[2], c->now.ms));
}

/* --- time ----------------------------------------------------------------------------------------
 */

static void a_newcomer_has_ten_minutes(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_attach(c, 1);
    live(c, RELAY_NEWCOMER_MS - 60000, false);
    assert_int_equal(c->clients[1].state, CLIENT_ATTACHED);
    cast_pass(c, 62000);
    while (c->clients[1].queue.bytes > 0) {
        struct frame f;
        assert_true(cast_hear(c, 1, &f));
        if (f.type == FRAME_ERR)
            assert_int_equal(f.u.err.code, FRAME_ERR_ENDED);
    }
    assert_int_equal(c->clients[1].state, CLIENT_ENDING);
    assert_int_equal(c->hub.n_sessions, 1);
}

static void a_silent_session_ends(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 1, 2);
    live(c, RELAY_IDLE_MS - 120000, false);
    assert_int_equal(c->hub.n_sessions, 1);
    live(c, 240000, false);
    assert_int_equal(c->hub.n_sessions, 0);
    assert_int_equal(c->hub.counts.endings[FRAME_ERR_ENDED], 2);
}

static void a_session_ends_after_a_day(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 1, 2);
    live(c, (RELAY_LIFE_S - 120) * 1000ull, true);
    assert_int_equal(c->hub.n_sessions, 1);
    live(c, 240000, true);
    assert_int_equal(c->hub.n_sessions, 0);
}

static void something_is_said_every_five_seconds(void **state)
{
    struct cast *c = *state;
    int asked = 0;
    struct frame f;
    cast_create(c);
    cast_join(c, 1, 2);
    cast_ignore(c, 1);
    for (int s = 0; s < 30; s++) {
        cast_pass(c, 1000);
        while (cast_hear(c, 1, &f))
            asked += f.type == FRAME_KEEP && !f.u.keep.answer;
    }
    assert_in_range(asked, 5, 6);
}

/* Thousands that nobody uses would take much of each tick. Fails when a session that is quiet is
   looked at as often as another, and when one stays quiet that is not. */
static void a_quiet_session_is_looked_at_seldom(void **state)
{
    struct cast *c = *state;
    const struct session *s;
    uint64_t then_ms;
    cast_create(c);
    cast_join(c, 1, 2);
    cast_present(c, 2);
    cast_say_unit(c, 1, 2, UNIT_SCREEN, true, 40); /* or it would be asked for one all the time */
    cast_ignore(c, 0);
    s = c->hub.sessions;
    cast_pass(c, 1500);
    cast_ignore(c, 1); /* REPORT */
    cast_pass(c, 500);
    assert_true(s->is_quiet);
    for (then_ms = s->ticked_ms; s->ticked_ms == then_ms;)
        cast_pass(c, 100);
    assert_int_equal(s->ticked_ms - then_ms, RELAY_REPORT_IDLE_MS);
    cast_say_msg(c, 1, 1, "hello");
    cast_ignore(c, 0);
    then_ms = s->ticked_ms;
    cast_pass(c, RELAY_REPORT_MS);
    assert_int_equal(s->ticked_ms - then_ms, RELAY_REPORT_MS);
}

/* However many are connected: what happens to each once a second happens to a few of them in a
   tick, and to all of them in turn. Fails when a tick looks at everybody. */
static void a_tick_looks_at_a_few(void **state)
{
    enum { MANY = 3 * HUB_SWEEP, GONE = MANY - 1 - HUB_SWEEP };
    static struct client crowd[MANY];
    struct cast *c = *state;
    size_t left = MANY, before;
    cast_create(c);
    for (int i = 0; i < MANY; i++)
        hub_welcome(&c->hub, &crowd[i], c->clients[0].source, c->now);
    c->now.ms += OPENING_MS;
    assert_int_equal(hub_tick(&c->hub, c->now), RELAY_TICK_MS); /* it wants to go on */
    assert_ptr_equal(c->hub.sweep_next, &crowd[GONE]);
    hub_gone(&c->hub, &crowd[GONE], c->now); /* whose turn is next may leave */
    memset(&crowd[GONE], 0, sizeof crowd[GONE]);
    for (int ticks = 1; left > 0; ticks++) {
        before = left;
        left = 0;
        for (int i = 0; i < MANY; i++)
            left += i != GONE && crowd[i].state == CLIENT_NEW;
        assert_in_range(before - left, 0, HUB_SWEEP + 1);
        assert_in_range(ticks, 1, MANY / HUB_SWEEP);
        hub_tick(&c->hub, c->now);
    }
    for (int i = 0; i < MANY; i++)
        if (i != GONE)
            hub_gone(&c->hub, &crowd[i], c->now);
}

static void draining_takes_nobody_new(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    hub_drain(&c->hub, 30, c->now);
    ask_in(c, 1);
    cast_expect_err(c, 1, FRAME_ERR_DRAINING);
    cast_leave(c, 0);
    attach_back(c, 0, FRAME_AS_ORGANIZER, c->token); /* the session is still here */
    cast_expect(c, 0, FRAME_OPENED);
}

/* Whoever comes back meanwhile has to go on elsewhere, too, and is not to find that out when the
   line ends. Fails when DRAIN is for those who were there. */
static void draining_is_told_to_who_comes_back(void **state)
{
    struct cast *c = *state;
    uint8_t token[FRAME_TOKEN];
    cast_create(c);
    cast_join_for_token(c, 1, 2, token);
    cast_leave(c, 1);
    hub_drain(&c->hub, 30, c->now);
    c->now.ms += 12000;
    attach_back(c, 1, FRAME_AS_MEMBER, token);
    cast_expect(c, 1, FRAME_OPENED);
    assert_int_equal(cast_expect(c, 1, FRAME_DRAIN).u.drain.seconds, 18);
    attach_back(c, 2, FRAME_AS_ORGANIZER, c->token);
    cast_expect(c, 2, FRAME_OPENED);
    cast_expect(c, 2, FRAME_DRAIN);
}

/* --- intruders -----------------------------------------------------------------------------------
 */

/* A hundred thousand numbers from ten thousand addresses, while a session goes on: each address is
   shut out after ten, each has two lines in the log and no more, and nobody in the session hears
   of it. */
static void a_hundred_thousand_numbers_are_tried(void **state)
{
    struct cast *c = *state;
    struct frame f = {.type = FRAME_ATTACH};
    uint32_t locked = 0;
    cast_create(c);
    cast_join(c, 1, 2);
    cast_ignore(c, 0);
    cast_ignore(c, 1);
    for (uint32_t i = 0; i < 100000; i++) {
        struct frame answer;
        memcpy(f.u.attach.sid, "123456789", FRAME_SID);
        f.u.attach.sid[8] = (uint8_t)('0' + i % 10);
        cast_connect(c, 2, 1000 + (int)(i / 12));
        cast_say(c, 2, &f);
        assert_true(cast_hear(c, 2, &answer));
        assert_int_equal(answer.type, FRAME_ERR);
        locked += answer.u.err.code == FRAME_ERR_LOCKED;
        cast_leave(c, 2);
    }
    assert_int_equal(locked, 100000 / 12 * 2); /* two of each twelve came too late */
    assert_true(c->lines <= 2 * (100000 / 12 + 1));
    assert_true(c->hub.sources.used <= 100000 / 12 + 10);
    assert_int_equal(c->hub.n_clients, 2);
    cast_expect_nothing(c, 0);
    cast_expect_nothing(c, 1);
}

#define CAST(name) cmocka_unit_test_setup_teardown(name, cast_set_up, cast_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CAST(a_hundred_newcomers_wait),
        CAST(a_thousand_members_are_in),
        CAST(sessions_are_limited_in_number),
        CAST(sessions_of_a_source_are_limited),
        CAST(an_address_does_not_use_up_the_numbers),
        CAST(the_last_places_are_for_members),
        CAST(a_member_back_first_waits_for_the_organizer),
        CAST(the_heaviest_session_pays),
        CAST(messages_are_bounded_together),
        CAST(units_of_others_are_limited),
        CAST(members_say_a_mebibyte_a_second),
        CAST(the_organizer_answers_all),
        CAST(messages_are_counted_too),
        CAST(strangers_wait_for_a_busy_organizer),
        CAST(nobody_fills_a_line),
        CAST(a_crowd_waits_in_turn),
        CAST(who_silences_all_ends),
        CAST(a_writer_waits_no_longer_than_its_receiver_lives),
        CAST(a_newcomer_has_ten_minutes),
        CAST(a_silent_session_ends),
        CAST(a_session_ends_after_a_day),
        CAST(something_is_said_every_five_seconds),
        CAST(a_quiet_session_is_looked_at_seldom),
        CAST(a_tick_looks_at_a_few),
        CAST(draining_takes_nobody_new),
        CAST(draining_is_told_to_who_comes_back),
        CAST(a_hundred_thousand_numbers_are_tried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
