/*
 * policy/roles.def, backwards: whatever a role may not do is done all the same by somebody of that
 * role with a client of its own, which holds all the keys a member has and signs what it says.
 * Nothing comes of it, for nobody. What only the organizer may say ends whoever says it to the
 * organizer; a unit that the relay could have misdirected puts nobody out (e2e.md 13), and is not
 * listened to.
 *
 * Which rights a role has is asked of the compiled table: a right that is taken from a role is
 * tried here without another line. Each of these edits alone was seen to fail here: judge_sender:
 * without its last test; answers, wish_on_invite: without theirs of the sender. Not noticed:
 * inner_check without its rules, because one_message has no case for what only organizers say.
 */
/* Rosters name roles, too. */
#define ROLE_ORGANIZER POLICY_ORGANIZER
#define ROLE_PARTICIPANT POLICY_PARTICIPANT
#include "policy_tables.h"
#undef ROLE_ORGANIZER
#undef ROLE_PARTICIPANT

#include "net/seal/control_state.h"
#include "net/seal/group_state.h"
#include "net/seal/joiner_state.h"
#include "net/seal/organizer_state.h"
#include "tests/unit/seal/control_world.h"

static struct world w;
static struct world_peer *forger, *good, *presenter; /* forger: NULL when it is the organizer */

static struct group *group_of_forger(void)
{
    return forger ? forger->j->group : w.o->group;
}

/* --- sessions with somebody of that role, who is not the only member */

static void hand_to(struct world_peer *p)
{
    organizer_offer(w.o, p->mid, w.now);
    world_run(&w);
    joiner_answer(p->j, true, w.now);
    world_run(&w);
    assert_true(joiner_share(p->j, w.now));
    world_pass(&w, 100);
    assert_int_equal(w.presenter, p->mid);
}

static void begin(enum session_role role)
{
    world_init(&w, WORLD_PASSWORD, false);
    good = world_join(&w);
    forger = presenter = world_join(&w);
    if (role == POLICY_PARTICIPANT)
        presenter = world_join(&w);
    hand_to(presenter);
    if (role == POLICY_ORGANIZER)
        forger = NULL;
    organizer_view(w.o, true, w.now);
    joiner_screen(presenter->j, true, span_of("shown", 5), w.now);
    world_run(&w);
    assert_int_equal(good->screens, 1);
}

/* --- what only the organizer says, said to the organizer */

static void say(enum inner_type type, size_t len)
{
    static const uint8_t zeros[400];
    assert_true(line_send(forger->j->line, type, span_of(zeros, len)));
    joiner_flush(forger->j);
    world_run(&w);
}

static void admit(void)
{
    say(INNER_ADMIT, 2);
}

static void put_out(void)
{
    say(INNER_KICKED, 1);
}

static void change_roster(void)
{
    say(INNER_EPOCH, 219);
}

static void offer(void)
{
    say(INNER_PRESENT_OFFER, 0);
}

static void end(void)
{
    say(INNER_END, 187);
}

/* --- what only the presenter says, said to everybody */

static void unit(uint8_t stream, struct span content)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    struct group *g = group_of_forger();
    uint16_t known = g->presenter;
    g->presenter = g->own_mid; /* an honest client would not seal it */
    size_t len = group_seal(g, stream, UNIT_KEY, content, wire);
    g->presenter = known;
    assert_true(len > 0);
    joiner_unit(good->j, span_of(wire, len), w.now);
    if (forger)
        organizer_unit(w.o, span_of(wire, len), w.now);
    world_run(&w);
}

static void show(void)
{
    unit(STREAM_SCREEN, world_text("another picture"));
}

static void point(void)
{
    unit(STREAM_CURSOR, world_text("xy"));
}

static void give_control(enum signal_kind kind)
{
    uint8_t content[SIGNAL_MAX];
    struct signal s = {.kind = kind,
                       .to = good->mid,
                       .terms = {.caps = CAP_POINTER, .ttl_s = 300, .idle_s = 60},
                       .epoch = group_now_epoch(w.o->group)};
    if (kind != SIGNAL_INVITE) /* the others are answers */
        control_ask(joiner_control(good->j, w.now), CAP_POINTER, false, w.now);
    memcpy(s.request, good->j->control->wish.id, sizeof s.request);
    crypto_random(s.grant, sizeof s.grant);
    unit(STREAM_SIGNAL, span_of(content, signal_build(&s, content)));
}

static void grant(void)
{
    give_control(SIGNAL_GRANT);
}

static void deny(void)
{
    give_control(SIGNAL_DENY);
}

static void invite(void)
{
    give_control(SIGNAL_INVITE);
}

/* --- the table: what does it, for each right that somebody lacks */

static const struct {
    const char *name;
    enum right right;
    void (*forge)(void);
    bool out; /* its sender is put out */
} forgeries[] = {
    {"admit", RIGHT_ADMIT, admit, true},
    {"remove", RIGHT_REMOVE, put_out, true},
    {"lock", RIGHT_LOCK, change_roster, true},
    {"hand over", RIGHT_HAND_OVER, offer, true},
    {"end", RIGHT_END, end, true},
    {"show", RIGHT_PRESENT, show, false},
    {"point", RIGHT_PRESENT, point, false},
    {"grant", RIGHT_GRANT, grant, false},
    {"deny", RIGHT_GRANT, deny, false},
    {"invite", RIGHT_GRANT, invite, false},
};
#define FORGERIES (sizeof forgeries / sizeof *forgeries)

/* A member who presents is a participant as well. */
static bool may(enum session_role role, enum right right)
{
    return role_may(role, right) || (role == ROLE_PRESENTER && role_may(POLICY_PARTICIPANT, right));
}

static bool nothing_came_of_it(unsigned members, bool out)
{
    bool all_in = !out || (forger->ended && w.members == members - 1);
    return all_in && good->screens == 1 && good->cursors == 0 && good->c.granted == 0 &&
           good->c.denied == 0 && good->c.invited == 0 && good->offered == 0 && w.screens <= 1 &&
           !w.ended;
}

static void every_right_somebody_lacks(void **state)
{
    unsigned tried = 0;
    (void)state;
    for (enum session_role role = 0; role < ROLES; role++)
        for (unsigned i = 0; i < FORGERIES; i++) {
            if (may(role, forgeries[i].right))
                continue;
            begin(role);
            unsigned members = w.members;
            forgeries[i].forge();
            if (!nothing_came_of_it(members, forgeries[i].out))
                fail_msg("role %u: %s", role, forgeries[i].name);
            world_finish(&w);
            tried++;
        }
    printf("    %u forgeries of %u roles\n", tried, ROLES);
}

/* A right that somebody lacks and no row forges would go untried. */
static void no_right_is_missing(void **state)
{
    (void)state;
    for (enum right right = 0; right < RIGHTS; right++) {
        bool lacked = false, forged = false;
        for (enum session_role role = 0; role < ROLES; role++)
            lacked |= !may(role, right);
        for (unsigned i = 0; i < FORGERIES; i++)
            forged |= forgeries[i].right == right;
        if (lacked && !forged)
            fail_msg("nothing forges right %u", right);
    }
}

/* The same from who may: the forgeries are well made. */
static void whoever_may_is_heard(void **state)
{
    (void)state;
    begin(ROLE_PRESENTER);
    show();
    assert_int_equal(good->screens, 2);
    point();
    assert_int_equal(good->cursors, 1);
    invite();
    assert_int_equal(good->c.invited, 1);
    deny();
    assert_int_equal(good->c.denied, 1);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_right_somebody_lacks),
        cmocka_unit_test(no_right_is_missing),
        cmocka_unit_test(whoever_may_is_heard),
    };
    return cmocka_run_group_tests_name("forged", tests, world_group_setup, world_group_teardown);
}
