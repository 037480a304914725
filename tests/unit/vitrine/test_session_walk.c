/*
 * Walks the heart (broker/session.h): breadth first from several starts, every event in every
 * state, right and wrong ones alike, to a fixed depth; the invariants of architecture 9 are asked
 * of every state and every step. Small world: two people at the door, two in the session, two
 * remembered names.
 *
 * That it can fail was tried; each of these edits alone makes it stop, to depth 3 already, with the
 * sentence named:
 *
 * session_share.c
 * share_agreed: no `s->consent = 1`: capture or its gate runs without a live view consent
 * share_ready: hand out, map no bar: the picture path was handed out before the bar was mapped
 * share_stop: do not kill the gate: capture or its gate lives after a stop, a pause, ...
 * share_stop: dead() at once: the bar goes before capture is dead
 * share_worker_dead: no share_stop: capture or its gate lives after a stop, a pause, ...
 * share_presenter: no share_stop: capture runs, but its owner is not the presenter
 * share_continue: no test of consent_short: capture or its gate started without a yes
 * share_advance: no test of the line: capture or its gate started without a yes
 * share_newcomer: share_again is kept: sharing would go on without a consent
 *
 * session_prompt.c
 * prompt_answer: no test of armed: somebody was let in without a yes
 * prompt_origin_may_say_yes: any origin: a grant out of nothing
 * prompt_map_when_done: no test of masked: a prompt is mapped before capture has confirmed ...
 * prompt_next: no test of screen_locked: a prompt while the screen is locked
 *
 * session.c
 * on_timer: ST_PROMPT calls share_agreed: a view consent out of nothing
 *
 * session_end.c
 * end_begin: something before share_stop: something else is done before capture is killed
 * session_workers: without SW_VIEW: a worker of a session outlived it
 * end_advance: wait for seal's death: a goodbye waits for nothing
 *
 * session_mirror.c
 * mirror_advance: never: what others see is shown without a live view consent
 * mirror_wanted: no test of share: what others see was opened by nobody, or without anything shared
 *
 * session_people.c
 * went: no ST_EMPTY: an empty session without a time to end, or a full one with it
 * came_in: no test of the level: somebody is in whom the rules do not let in
 *
 * session_life.c
 * begin: the waiting room as the setting says: a password opens the door, and the rules say whom
 * ...
 *
 * session_line.c
 * heal_lost: no share_line_lost: capture or its gate lives after a stop, a pause, ...
 * heal_back: ST_RETURN runs on: a lost line without an end of waiting, ...
 *
 * Found by it while hand-over and "Still sharing?" were written, before they were mended:
 *   share_running beginning the quarter of an hour anew: goes on sharing without a yes
 *   prompt_no closing "Still sharing?" before the pause: something else is done before capture ...
 *   prompt_yes closing PROMPT_PRESENT before the stop: the same
 *   share_stop making a pause of a share that waits for its turn: said yes to presenting, and ...
 *   share_ask while the organizer's question is up: asked to present by nobody
 *
 * And of control, each tried alone to depth 3:
 *
 * kill_pair killing the gate only: input or its gate lives after control was taken back
 * control_out_of_the_way without unclean: a prompt is mapped while keys may be down
 * may_run without the prompt: input or its gate runs beside a prompt
 * control_begin without armed: the way to the X server was handed out before the kill switch ...
 * end_on not waiting for deaths: control is said to be over before gate and input worker are dead
 * ST_CONTROL without control_end: input or its gate lives after control was taken back
 * on_screen_lock without control_end: the same
 * control_hold without kill_pair: the same
 * share_stop without control_end: the same
 * went without control_person_gone: somebody who is gone asks for control
 * asking_prompt_due without second: the owner is asked before the organizer has said yes
 * second_needed: never; second_answer_heard: any answer is a yes: control is to be given by one ...
 * second_advance keeping the prompt: the organizer is asked about control that nobody waits for
 * asking_add without asking_settled: somebody waits behind a question to the organizer
 */
#include "lib/fail.h"
#include "tests/unit/vitrine/walk.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#define DEPTH 3 /* the same walk, an order of magnitude slower */
#else
#define DEPTH 4
#endif

/* --- the main roads: where the walks start */

static struct session road;

static void on_road(struct session_event ev)
{
    static struct session next;
    walk_step(&road, &ev, &next);
    memcpy(&road, &next, sizeof road);
}

#define ROAD(...) on_road((struct session_event){__VA_ARGS__})

static void road_boot(struct session_rules rules, uint8_t intent, uint8_t own_relay, uint8_t lobby)
{
    session_init(&road, &rules);
    ROAD(.kind = EV_BOOT, .intent = intent, .flag = own_relay, .flag2 = lobby);
}

static void road_ready(enum session_worker w)
{
    ROAD(.kind = EV_READY, .worker = (uint8_t)w);
}

static void road_connected(void)
{
    road_ready(SW_LAUNCHER);
    road_ready(SW_AUDIT);
    ROAD(.kind = EV_AUDIT_SYNCED);
    road_ready(SW_UI);
    road_ready(SW_SEAL);
    road_ready(SW_NET);
    if (road.own_relay) {
        road_ready(SW_RELAY);
        ROAD(.kind = EV_SERVING);
    }
    road_ready(SW_DIAL);
    ROAD(.kind = EV_DIALLED);
    ROAD(.kind = EV_ENDED, .worker = SW_DIAL);
}

static void road_member_in(uint32_t mid)
{
    ROAD(.kind = EV_MEMBER, .person = mid, .number = road.rules.admission);
}

static void road_dialog(void)
{
    road_ready(SW_PROMPT);
    ROAD(.kind = EV_PROMPT_PAINTED, .serial = 1);
    ROAD(.kind = EV_MASKED, .serial = 1);
    ROAD(.kind = EV_PROMPT_ARMED, .serial = 1, .flag = 1);
}

/* The dialog that is due, answered with yes. */
static void road_choose(uint8_t choice)
{
    road_dialog();
    ROAD(.kind = EV_ANSWER, .serial = 1, .flag = 1, .origin = ORIGIN_PHYSICAL, .code = choice);
    ROAD(.kind = EV_ENDED, .worker = SW_PROMPT);
}

static void road_yes(void)
{
    road_choose(0);
}

static void road_sharing(void)
{
    road_ready(SW_GATE);
    road_ready(SW_CAPTURE);
    ROAD(.kind = EV_BAR_MAPPED);
    must(road.share == SHARE_RUNNING, "the road to sharing is closed");
    ROAD(.kind = EV_CAPTURE_RUNNING);
}

static void road_pair(void)
{
    road_ready(SW_INPUT_GATE);
    road_ready(SW_INPUT);
    ROAD(.kind = EV_ARMED);
}

static void road_pair_dead(void)
{
    ROAD(.kind = EV_ENDED, .worker = SW_INPUT_GATE);
    ROAD(.kind = EV_ENDED, .worker = SW_INPUT);
    ROAD(.kind = EV_CLEAN);
}

/* Deaths that are heard of before the key that caused them. Leaves the road as it was. */
static void walk_killed_by_key(unsigned depth)
{
    struct session before = road;
    ROAD(.kind = EV_ENDED, .worker = SW_INPUT);
    ROAD(.kind = EV_ENDED, .worker = SW_INPUT_GATE);
    ROAD(.kind = EV_REVOKED);
    walk(&road, depth);
    must(road.control.step == CONTROL_ENDING, "control is over before it is known by what");
    ROAD(.kind = EV_HOTKEY);
    must(road.control.step == CONTROL_OFF, "control does not end");
    road = before;
    ROAD(.kind = EV_ENDED, .worker = SW_INPUT);
    ROAD(.kind = EV_ENDED, .worker = SW_INPUT_GATE);
    ROAD(.kind = EV_REVOKED);
    ROAD(.kind = EV_CLEAN);
    must(road.control.step == CONTROL_OFF, "control does not end where nobody pressed");
    road = before;
}

/* Asked for, agreed to, held for a prompt, extended. */
static void walk_control(unsigned depth)
{
    ROAD(.kind = EV_PANEL);
    ROAD(.kind = EV_ENDED, .worker = SW_PROMPT); /* of the knock before */
    ROAD(.kind = EV_ASKED, .person = 2);
    must(road.prompt.kind == PROMPT_CONTROL, "the owner is not asked about control");
    walk(&road, depth - 1);
    road_dialog();
    walk(&road, depth - 1);
    road_yes();
    must(road.control.step == CONTROL_ON, "the road to control is closed");
    walk(&road, depth - 1);
    road_ready(SW_INPUT_GATE);
    road_ready(SW_INPUT);
    ROAD(.kind = EV_GRANTED, .person = 2, .number = 300);
    must(!road.control.given, "the way to the X server does not wait for the kill switch");
    walk(&road, depth - 1);
    ROAD(.kind = EV_ARMED);
    must(road.control.given, "the way to the X server is not handed out");
    ROAD(.kind = EV_INPUT_RUNNING);
    walk(&road, depth);
    walk_killed_by_key(depth - 1);
    ROAD(.kind = EV_ASKED, .person = 2);
    must(road.prompt.kind == PROMPT_CONTROL, "no more time can be given");
    walk(&road, depth - 1);
    ROAD(.kind = EV_ENDED, .worker = SW_INPUT_GATE);
    ROAD(.kind = EV_ENDED, .worker = SW_INPUT);
    road_ready(SW_PROMPT);
    ROAD(.kind = EV_PROMPT_PAINTED, .serial = 1);
    ROAD(.kind = EV_MASKED, .serial = 1);
    must(road.prompt.step != PS_UP, "a prompt does not wait for the released keys");
    ROAD(.kind = EV_CLEAN);
    ROAD(.kind = EV_PROMPT_ARMED, .serial = 1, .flag = 1);
    road_yes();
    must(road.control.again, "more time is not given");
    walk(&road, depth - 1);
    ROAD(.kind = EV_REVOKED, .code = WHY_OWNER); /* as seal says it */
    must(road.control.step == CONTROL_ON, "control does not go on under a new grant");
    road_pair();
    ROAD(.kind = EV_GRANTED, .person = 2, .number = 300);
    ROAD(.kind = EV_INPUT_RUNNING);
    must(road.control.running, "control does not go on");
    ROAD(.kind = EV_HOTKEY);
    walk(&road, depth - 1);
    road_pair_dead();
    ROAD(.kind = EV_REVOKED);
    must(road.control.step == CONTROL_OFF, "control does not end");
}

static void road_share(void)
{
    ROAD(.kind = EV_SHARE);
    road_yes();
    road_sharing();
}

static void road_paused(void)
{
    ROAD(.kind = EV_PAUSE);
    ROAD(.kind = EV_ENDED, .worker = SW_CAPTURE);
    ROAD(.kind = EV_ENDED, .worker = SW_GATE);
    ROAD(.kind = EV_UNSHARED);
    must(road.share == SHARE_PAUSED, "the road to a pause is closed");
}

static void road_line_lost(void)
{
    ROAD(.kind = EV_NET_CLOSED, .code = NET_END_LOST, .flag = 1);
    must(road.line == LINE_WAITING, "the road out of the line is closed");
}

static void road_line_opening(void)
{
    ROAD(.kind = EV_TIMER, .code = ST_LINE);
    road_ready(SW_DIAL);
    ROAD(.kind = EV_DIALLED);
    ROAD(.kind = EV_ENDED, .worker = SW_DIAL);
    must(road.line == LINE_OPENING, "the road back to the relay is closed");
}

static void road_dead_capture(void)
{
    ROAD(.kind = EV_ENDED, .worker = SW_CAPTURE);
    ROAD(.kind = EV_ENDED, .worker = SW_GATE);
    ROAD(.kind = EV_UNSHARED);
}

/* Lost while sharing: it heals without anybody typing. */
static void walk_lost_line(unsigned depth)
{
    road_line_lost();
    walk(&road, depth);
    road_dead_capture();
    must(road.share == SHARE_PAUSED && road.share_again, "a lost line does not pause");
    walk(&road, depth);
    road_line_opening();
    walk(&road, depth);
    ROAD(.kind = EV_LINE_BACK);
    must(road.share == SHARE_STARTING, "sharing does not go on by itself");
    road_ready(SW_GATE);
    road_ready(SW_CAPTURE);
    ROAD(.kind = EV_BAR_MAPPED);
    must(road.share == SHARE_RUNNING, "sharing does not go on by itself to the end");
    ROAD(.kind = EV_CAPTURE_RUNNING);
    walk(&road, depth);
}

/* Whoever presents asks for the organizer's yes to somebody's control. Leaves the road as it was.
 */
static void walk_second(unsigned depth)
{
    struct session before = road;
    road_member_in(3);
    ROAD(.kind = EV_SECOND, .person = 3, .number = 2);
    must(road.prompt.kind == PROMPT_SECOND, "the organizer is not asked");
    walk(&road, depth);
    road_dialog();
    walk(&road, depth);
    ROAD(.kind = EV_ANSWER, .serial = 1, .flag = 1, .origin = ORIGIN_PHYSICAL);
    must(road.second_about == 0 && road.prompt.kind != PROMPT_SECOND, "a second yes stays open");
    road = before;
}

/* From this screen to a member's, seen by the organizer, and back. */
static void walk_hand_over(unsigned depth)
{
    ROAD(.kind = EV_OFFER, .person = 2);
    road_yes();
    must(road.share == SHARE_KILLING && road.offer == OFFER_STOPPING, "the old presenter goes on");
    walk(&road, depth - 1);
    road_dead_capture();
    must(road.offer == OFFER_SENT && road.share == SHARE_OFF, "the offer is not sent");
    walk(&road, depth - 1);
    ROAD(.kind = EV_ANSWERED, .person = 2, .flag = 1);
    ROAD(.kind = EV_PRESENTER, .person = 2);
    road_ready(SW_VIEW);
    ROAD(.kind = EV_PICTURE);
    must(road.given_view && road.presenter == 2, "the organizer does not look on");
    walk(&road, depth);
    walk_second(depth - 1);
    ROAD(.kind = EV_SHARE);
    road_yes();
    must(road.share == SHARE_WAITING, "the organizer does not wait for the presenter to stop");
    walk(&road, depth - 1);
    ROAD(.kind = EV_PRESENTER);
    ROAD(.kind = EV_ENDED, .worker = SW_VIEW);
    road_sharing();
    walk(&road, depth - 1);
}

/* The organizer first, then this owner. Leaves the road as it was. */
static void walk_two_people(unsigned depth)
{
    struct session before = road;
    road.rules.two_people = 1;
    ROAD(.kind = EV_ASKED, .person = 2);
    must(road.second_sent == 2 && road.prompt.kind == PROMPT_NONE, "the owner is asked first");
    walk(&road, depth);
    ROAD(.kind = EV_SECONDED, .person = 2, .flag = 1);
    must(road.prompt.kind == PROMPT_CONTROL, "two people may, and the owner is not asked");
    walk(&road, depth);
    road = before;
}

/* Whoever presents one window gives it up for the whole screen, and goes on presenting. Leaves the
 * road as it was. */
static void walk_member_window(unsigned depth)
{
    struct session before = road;
    road.share_what = SHARE_WINDOW;
    ROAD(.kind = EV_ASKED, .person = 2);
    must(road.prompt.kind == PROMPT_WHOLE, "control of one window is thought possible");
    road_choose(0);
    must(road.share == SHARE_KILLING, "capture goes on while something else is chosen");
    walk(&road, depth);
    road_dead_capture();
    must(road.at_seal == 2, "a member who chooses anew gives the presentation back");
    must(road.prompt.kind == PROMPT_SHARE, "the presenter is not asked again what to show");
    walk(&road, depth);
    road_choose(SHARE_WHOLE);
    road_sharing();
    must(road.prompt.kind == PROMPT_CONTROL, "who asked for control has to ask again");
    road = before;
}

/* Asked, agreed twice, seen by others, paused by silence. */
static void walk_presenting_member(unsigned depth)
{
    ROAD(.kind = EV_MEMBER, .person = 2);
    ROAD(.kind = EV_PRESENTER);
    ROAD(.kind = EV_OFFERED);
    must(road.prompt.kind == PROMPT_BECOME, "asked, and no question comes");
    walk(&road, depth);
    road_yes();
    must(road.prompt.kind == PROMPT_SHARE, "agreed, and not asked what to show");
    walk(&road, depth - 1);
    road_yes();
    must(road.share == SHARE_WAITING && road.asked == ASKED_YES, "said yes, and does not wait");
    walk(&road, depth - 1);
    ROAD(.kind = EV_PRESENTER, .person = 9);
    road_sharing();
    walk(&road, depth);
    walk_two_people(depth - 1);
    walk_member_window(depth - 1);
    ROAD(.kind = EV_TIMER, .code = ST_AWAY);
    must(road.prompt.kind == PROMPT_STILL, "nobody is there, and nobody is asked");
    walk(&road, depth - 1);
    ROAD(.kind = EV_TIMER, .code = ST_STILL);
    road_dead_capture();
    must(road.share == SHARE_PAUSED, "silence does not pause");
    walk(&road, depth - 1);
    ROAD(.kind = EV_STOP);
    ROAD(.kind = EV_UNSHARED);
    ROAD(.kind = EV_PRESENTER);
    must(road.share == SHARE_OFF && road.presenter == 0, "a member cannot stop");
}

/* One window: closed, another chosen, then given up for the whole screen because somebody asks for
 * control. Leaves the road as it was. */
static void walk_window(unsigned depth)
{
    struct session before = road;
    ROAD(.kind = EV_SHARE);
    road_choose(SHARE_WINDOW);
    road_sharing();
    ROAD(.kind = EV_TARGET_GONE);
    road_dead_capture();
    must(road.share == SHARE_PAUSED && road.consent_short, "a closed window does not pause");
    ROAD(.kind = EV_CONTINUE, .origin = ORIGIN_PHYSICAL);
    must(road.prompt.kind == PROMPT_SHARE, "the owner is not asked what to show instead");
    road_choose(SHARE_WINDOW);
    road_sharing();
    walk(&road, depth);
    ROAD(.kind = EV_ASKED, .person = 2);
    must(road.prompt.kind == PROMPT_WHOLE, "control of one window is thought possible");
    walk(&road, depth - 1);
    road_choose(0);
    must(road.share == SHARE_KILLING, "capture goes on while something else is chosen");
    road_dead_capture();
    must(road.prompt.kind == PROMPT_SHARE, "the owner is not asked again what to show");
    road_choose(SHARE_WHOLE);
    road_sharing();
    must(road.n_asking == 0 && road.prompt.kind == PROMPT_NONE,
         "a request outlives the sharing it was made in");
    ROAD(.kind = EV_ASKED, .person = 2);
    must(road.prompt.kind == PROMPT_CONTROL, "who was told to ask again is not heard");
    walk(&road, depth - 1);
    road = before;
}

static void walk_host(struct session_rules rules, uint8_t own_relay, uint8_t lobby, unsigned depth)
{
    printf("  organizer, own relay %u, waiting room %u\n", own_relay, lobby);
    road_boot(rules, INTENT_HOST, own_relay, lobby);
    walk_far(&road, depth);
    road_connected();
    walk_far(&road, depth);
    ROAD(.kind = EV_SESSION);
    must(road.phase == PHASE_HOST, "the road to a session is closed");
    walk_far(&road, depth);
    road_member_in(2);
    if (rules.share_whole)
        walk_window(depth - 1);
    road_share();
    walk_far(&road, depth);
    ROAD(.kind = EV_KNOCK, .person = 1);
    ROAD(.kind = EV_PANEL);
    walk_far(&road, depth);
    ROAD(.kind = EV_KNOCK_GONE, .person = 1);
    road_ready(SW_PROMPT);
    ROAD(.kind = EV_ENDED, .worker = SW_PROMPT);
    walk_control(depth - 1);
    walk_lost_line(depth - 1); /* the roads before and behind are walked to the full */
    walk_hand_over(depth - 1);
    road_paused();
    walk_far(&road, depth);
}

static void walk_member(struct session_rules rules, unsigned depth)
{
    printf("  participant\n");
    road_boot(rules, INTENT_JOIN, 0, 0);
    walk_far(&road, depth);
    road_connected();
    ROAD(.kind = EV_WELCOMED, .flag = 1);
    must(road.phase == PHASE_LOBBY, "the road to the waiting room is closed");
    walk_far(&road, depth);
    ROAD(.kind = EV_MEMBER, .person = 9, .flag = 1);
    road_ready(SW_VIEW);
    must(road.phase == PHASE_MEMBER && road.given_view, "the road into a session is closed");
    walk_far(&road, depth);
    ROAD(.kind = EV_MEMBER, .person = 1);
    ROAD(.kind = EV_PRESENTER, .person = 1);
    ROAD(.kind = EV_ASK);
    ROAD(.kind = EV_GRANTED, .person = 1, .flag = 1);
    must(road.mine == MINE_ON, "the road to another's computer is closed");
    walk(&road, depth - 1);
    ROAD(.kind = EV_ASK);
    ROAD(.kind = EV_REVOKED, .flag = 1);
    must(road.mine == MINE_ASKED && road.mine_more == MORE_LOST, "the wish for more time is lost");
    walk(&road, depth - 1);
    ROAD(.kind = EV_GRANTED, .person = 1, .flag = 1);
    must(road.mine == MINE_ON, "more time does not arrive");
    walk_presenting_member(depth - 1);
    ROAD(.kind = EV_WORDS, .person = 1);
    road_yes();
    must(road.words_ok, "words cannot be compared");
    road_line_lost();
    walk(&road, depth - 1);
    road_line_opening();
    walk(&road, depth - 1);
    ROAD(.kind = EV_LINE_BACK);
    must(road.phase == PHASE_MEMBER && road.line == LINE_UP,
         "the road back into a session is closed");
    ROAD(.kind = EV_SEAL_ENDED, .number = END_WHY_ORGANIZER);
    must(road.phase == PHASE_CLOSING, "the road out of a session is closed");
    walk_far(&road, depth);
}

/* Only certified helpers are given control; and a known name comes with another key. */
static void walk_certified(struct session_rules rules, unsigned depth)
{
    printf("  organizer, control for certified helpers\n");
    road_boot(rules, INTENT_HOST, 0, 1);
    road_connected();
    ROAD(.kind = EV_SESSION);
    ROAD(.kind = EV_KEY_CHANGED, .person = 5);
    must(road.prompt.kind == PROMPT_KEY, "another key, and nobody is asked");
    walk(&road, depth - 1);
    road_dialog();
    walk(&road, depth - 1);
    road_yes();
    must(!road.key_ask, "the answer about a key is not the end of it");
    road_member_in(3);
    ROAD(.kind = EV_MEMBER, .person = 2, .number = LEVEL_CERTIFIED);
    road_share();
    ROAD(.kind = EV_ASKED, .person = 3);
    must(!road.n_asking, "somebody without a certificate is listened to");
    ROAD(.kind = EV_ASKED, .person = 2, .code = LEVEL_CERTIFIED);
    must(road.prompt.kind == PROMPT_CONTROL, "the owner is not asked about a certified helper");
    walk(&road, depth - 1);
    road_yes();
    must(road.control.step == CONTROL_ON, "a certified helper gets no control");
    walk(&road, depth - 1);
}

int main(int argc, char **argv)
{
    unsigned depth = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : DEPTH;
    struct session_rules usual = {
        .assistive = 1, .share_whole = 1, .control = 1, .control_longest = 240};
    struct session_rules strict = {.newcomers_ask = 1,
                                   .share_whole = 1,
                                   .audit_mandatory = 1,
                                   .largest = 3,
                                   .control = 1,
                                   .control_longest = 5,
                                   .idle_min = 30,
                                   .admission = LEVEL_WORDS};
    struct session_rules certified = {
        .share_whole = 1, .control = 1, .control_longest = 240, .control_for = LEVEL_CERTIFIED};
    signal(SIGABRT, walk_on_abort);
    walk_make_events();
    walk_host(usual, 0, 1, depth);
    walk_host(strict, 1, 0, depth);
    walk_member(usual, depth);
    walk_certified(certified, depth);
    struct walk_count n = walk_counted();
    printf(
        "# walk: %zu states, %zu transitions (%zu of them without consequence), %u events in each "
        "state, depth %u from each start, at most %u effects in a step\n",
        n.states, n.transitions, n.idle, walk_n_events, depth, n.most_effects);
    must(n.most_effects < SESSION_EFFECTS, "a step has more effects than there is room for");
    return 0;
}
