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
#include "broker/session.h"
#include "lib/fail.h"
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE 2
#ifdef __SANITIZE_ADDRESS__
#define DEPTH 3 /* the same walk, an order of magnitude slower */
#else
#define DEPTH 4
#endif
#define STALE 1000

/* --- states seen: 128-bit fingerprints in an open table; the frontier keeps the states themselves,
 * packed --- */

#define HEAD offsetof(struct session, slot)
#define SLOTS (PEOPLE * sizeof(struct session_slot))
#define WAITING (PEOPLE * sizeof(struct session_waiting))
#define PACKED (HEAD + SLOTS + WAITING + PEOPLE * sizeof(uint16_t) + PEOPLE)

struct print {
    uint64_t a, b;
};

/* Of one walk, and of all together. */
struct set {
    struct print *prints;
    size_t size, n;
};

static struct set seen, seen_ever;
static size_t n_transitions, n_idle;
static unsigned most_effects;
static struct session_effects effects;

static void pack(const struct session *s, uint8_t *p)
{
    memcpy(p, s, HEAD);
    memcpy(p += HEAD, s->slot, SLOTS);
    memcpy(p += SLOTS, s->waiting, WAITING);
    memcpy(p += WAITING, s->member, PEOPLE * sizeof s->member[0]);
    memcpy(p + PEOPLE * sizeof s->member[0], s->level, PEOPLE);
}

static void unpack(const uint8_t *p, struct session *s)
{
    memcpy(s, p, HEAD);
    memcpy(s->slot, p += HEAD, SLOTS);
    memcpy(s->waiting, p += SLOTS, WAITING);
    memcpy(s->member, p += WAITING, PEOPLE * sizeof s->member[0]);
    memcpy(s->level, p + PEOPLE * sizeof s->member[0], PEOPLE);
}

static struct print print_of(const uint8_t *p)
{
    struct print h = {0x9e3779b97f4a7c15u, 0xc2b2ae3d27d4eb4fu};
    for (size_t i = 0; i < PACKED; i += 8) {
        uint64_t w = 0;
        memcpy(&w, p + i, PACKED - i < 8 ? PACKED - i : 8);
        h.a = (h.a ^ w) * 0xff51afd7ed558ccdu;
        h.a ^= h.a >> 32;
        h.b = (h.b + w) * 0xc4ceb9fe1a85ec53u;
        h.b ^= h.b >> 29;
    }
    return h;
}

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "walk: %s\n", what);
    exit(1);
}

static void set_grow(struct set *set)
{
    struct set old = *set;
    set->size = old.size ? old.size * 2 : 1 << 16;
    set->prints = calloc(set->size, sizeof *set->prints);
    must(set->prints != NULL, "out of memory");
    for (size_t i = 0; i < old.size; i++) {
        if (!old.prints[i].a && !old.prints[i].b)
            continue;
        size_t at = old.prints[i].a & (set->size - 1);
        while (set->prints[at].a || set->prints[at].b)
            at = (at + 1) & (set->size - 1);
        set->prints[at] = old.prints[i];
    }
    free(old.prints);
}

static bool set_add(struct set *set, struct print h)
{
    if (set->n * 2 >= set->size)
        set_grow(set);
    size_t at = h.a & (set->size - 1);
    for (; set->prints[at].a || set->prints[at].b; at = (at + 1) & (set->size - 1))
        if (set->prints[at].a == h.a && set->prints[at].b == h.b)
            return false;
    set->prints[at] = h;
    set->n++;
    return true;
}

static bool seen_add(const uint8_t *packed)
{
    struct print h = print_of(packed);
    set_add(&seen_ever, h);
    return set_add(&seen, h);
}

struct frontier {
    uint8_t *bytes;
    size_t n, room;
};

static void frontier_add(struct frontier *f, const uint8_t *packed)
{
    if (f->n == f->room) {
        f->room = f->room ? f->room * 2 : 1024;
        f->bytes = realloc(f->bytes, f->room * PACKED);
        must(f->bytes != NULL, "out of memory");
    }
    memcpy(f->bytes + f->n++ * PACKED, packed, PACKED);
}

/* --- every event that can be thought of in this small world */

#define MAX_EVENTS 320
static struct session_event events[MAX_EVENTS];
static unsigned n_events, n_plain; /* the last ones are about control */

static struct session_event *add(enum session_event_kind kind)
{
    must(n_events < MAX_EVENTS, "more events than MAX_EVENTS");
    struct session_event *ev = &events[n_events++];
    memset(ev, 0, sizeof *ev);
    ev->kind = (uint8_t)kind;
    return ev;
}

static void add_flags(enum session_event_kind kind)
{
    for (uint8_t flag = 0; flag < 2; flag++)
        add(kind)->flag = flag;
}

static void add_codes(enum session_event_kind kind, uint8_t from, uint8_t to)
{
    for (uint8_t code = from; code <= to; code++)
        add(kind)->code = code;
}

static void add_beginnings(void)
{
    for (uint8_t i = 0; i < 4; i++) {
        struct session_event *ev = add(EV_HOST);
        ev->flag = i & 1;
        ev->flag2 = i >> 1;
    }
    for (uint8_t intent = INTENT_NONE; intent <= INTENT_JOIN; intent++)
        add(EV_BOOT)->intent = intent;
}

static void add_workers(void)
{
    for (uint8_t w = 0; w <= SW_COUNT; w++) { /* SW_COUNT: one that does not exist */
        add(EV_READY)->worker = w;
        for (uint8_t code = DEATH_EXIT; code <= DEATH_START; code++) {
            struct session_event *ev = add(EV_ENDED);
            ev->worker = w;
            ev->code = code;
        }
    }
}

static void add_control(void)
{
    static const enum session_event_kind plain[] = {
        EV_DENIED,        EV_CONTROL_BAD, EV_CONTROL_USED, EV_ARMED,        EV_CLEAN, EV_WATCH_LOST,
        EV_INPUT_RUNNING, EV_ASK,         EV_RELEASE,      EV_STOP_CONTROL, EV_CHAT,  EV_RESIZED};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        add(plain[i]);
    for (uint32_t mid = 2; mid <= 3; mid++) {
        struct session_event *ev = add(EV_ASKED);
        ev->person = mid;
        ev->number = mid - 2;
        ev->code = mid == 2 ? LEVEL_CERTIFIED : LEVEL_CLAIMED;
        ev = add(EV_ALLOW);
        ev->person = mid;
        ev->number = mid - 2;
        ev = add(EV_GRANTED);
        ev->person = mid;
        ev->number = 300;
        add(EV_REVOKE_ALL)->person = mid;
    }
    for (uint8_t flag = 0; flag < 2; flag++) {
        struct session_event *ev = add(EV_SECOND);
        ev->person = 3;
        ev->number = flag ? 2 : 9; /* who presents, or who does not */
        ev = add(EV_SECONDED);
        ev->person = 2;
        ev->flag = flag;
    }
    add(EV_INVITED)->person = 1;
    add(EV_DENIED)->flag = 1;
    add(EV_HOTKEY)->flag = 1;
    add(EV_HOTKEY)->code = 1;
    add(EV_ASKED)->person = 9; /* nobody */
    add(EV_ASKED)->person = 1; /* the organizer, of a presenting member */
    struct session_event *ev = add(EV_ASKED);
    ev->person = 2;
    ev->flag = 1; /* not without comparing words */
    ev = add(EV_GRANTED);
    ev->person = 2;
    ev->number = 900; /* of another question */
    ev = add(EV_GRANTED);
    ev->person = 1;
    ev->flag = 1;
    for (uint8_t flag = 0; flag < 2; flag++) {
        ev = add(EV_REVOKED);
        ev->flag = flag;
        ev->code = WHY_CONTROLLER;
    }
}

static void add_answered(uint32_t mid)
{
    for (uint8_t flag = 0; flag < 2; flag++) {
        struct session_event *ev = add(EV_ANSWERED);
        ev->person = mid;
        ev->flag = flag;
    }
}

static void add_people(void)
{
    for (uint32_t i = 1; i <= PEOPLE; i++) {
        struct session_event *ev = add(EV_KNOCK);
        ev->person = i;
        ev->number = i - 1;
        ev = add(EV_KNOCK);
        ev->person = i;
        ev->number = i - 1;
        ev->code = LEVEL_CERTIFIED;
        add(EV_KNOCK_GONE)->person = i;
        add(EV_PARDON)->number = i - 1;
        add(EV_SLOT)->number = i - 1;
        add(EV_REMOVE)->person = i + 1;
        add(EV_PRESENTER)->person = i;
        add(EV_OFFER)->person = i;
        add(EV_WORDS)->person = i;
        add_answered(i + 1);
        for (uint8_t code = 0; code < 4; code++) {
            ev = add(EV_MEMBER);
            ev->person = i + 1;
            ev->code = code;
        }
        ev = add(EV_TIMER);
        ev->code = ST_REFUSED;
        ev->number = i - 1;
    }
    add(EV_PRESENTER);
    add(EV_PRESENTER)->person = 9;
    struct session_event *compared = add(EV_MEMBER);
    compared->person = 2;
    compared->number = LEVEL_WORDS;
    compared = add(EV_MEMBER);
    compared->person = 3;
    compared->number = LEVEL_WORDS;
    compared = add(EV_MEMBER);
    compared->person = 2;
    compared->number = LEVEL_CERTIFIED;
    add(EV_KEY_CHANGED)->person = 5;
    add(EV_KEY_GONE)->person = 5;
    add(EV_KEY_OTHER)->person = 2;
    add(EV_KEY_OTHER)->person = 1;
    for (uint8_t code = 0; code < 3; code++) {
        struct session_event *ev = add(EV_MEMBER);
        ev->person = 9;
        ev->flag = 1;
        ev->code = code;
    }
}

static void add_endings(void)
{
    static const uint8_t relay_codes[] = {0, 1, 3, 4, 6, 7, 8};
    for (size_t i = 0; i < sizeof relay_codes; i++)
        add(EV_NET_CLOSED)->number = relay_codes[i];
    add_codes(EV_NET_CLOSED, NET_END_LOST, NET_END_OURS);
    add(EV_NET_CLOSED)->flag = 1; /* closed for no reason that heals */
    for (uint8_t code = NET_END_LOST; code <= NET_END_CERTIFICATE; code++) {
        struct session_event *ev = add(EV_NET_CLOSED);
        ev->code = code;
        ev->flag = 1;
    }
    struct session_event *draining = add(EV_NET_CLOSED);
    draining->number = 11;
    draining->flag = 1;
    for (uint32_t why = END_WHY_NONE; why <= END_WHY_FAILED; why++)
        for (uint8_t flag = 0; flag < 2; flag++) {
            struct session_event *ev = add(EV_SEAL_ENDED);
            ev->number = why;
            ev->flag = flag;
            ev->code = why == END_WHY_FAILED ? 5 : 0;
        }
}

static void add_answers(void)
{
    for (uint8_t i = 0; i < 8; i++) {
        struct session_event *ev = add(EV_ANSWER);
        ev->flag = i & 1;
        ev->origin = (uint8_t)(i >> 1 == 3 ? ORIGIN_PHYSICAL : i >> 1);
        ev->serial = i >> 1 == 3 ? STALE : 1; /* a physical yes to a prompt that is gone */
    }
    for (uint8_t origin = ORIGIN_NONE; origin <= ORIGIN_PHYSICAL; origin += 2) {
        struct session_event *ev = add(EV_ANSWER); /* a no, or: they differ */
        ev->serial = 1;
        ev->code = WORDS_DIFFER;
        ev->origin = origin;
    }
    for (uint8_t choice = SHARE_WINDOW; choice <= SHARE_MOST + 1; choice += SHARE_MOST) {
        struct session_event *ev = add(EV_ANSWER); /* one window; a choice that does not exist */
        *ev = (struct session_event){
            .kind = EV_ANSWER, .flag = 1, .origin = ORIGIN_PHYSICAL, .serial = 1, .code = choice};
    }
    static const enum session_event_kind serials[] = {EV_PROMPT_PAINTED, EV_MASKED, EV_PROMPT_ARMED,
                                                      EV_APART};
    for (size_t i = 0; i < 4; i++)
        for (uint8_t flag = 0; flag < 2; flag++) {
            struct session_event *ev = add(serials[i]);
            ev->serial = 1;
            ev->flag = flag;
        }
    for (uint8_t origin = ORIGIN_NONE; origin <= ORIGIN_PHYSICAL; origin++)
        add(EV_CONTINUE)->origin = origin;
}

static void make_events(void)
{
    static const enum session_event_kind plain[] = {
        EV_NONE,         EV_JOIN,
        EV_BACK,         EV_RETRY,
        EV_CLOSE,        EV_QUIT,
        EV_SERVING,      EV_DISPLAY_LOST,
        EV_DIALLED,      EV_DIAL_FAILED,
        EV_SESSION,      EV_UNSHARED,
        EV_SHARE,        EV_CAPTURE_RUNNING,
        EV_AUDIT_FAILED, EV_AUDIT_SYNCED,
        EV_STOP,         EV_PAUSE,
        EV_END,          EV_BAR_MAPPED,
        EV_BAR_LOST,     EV_TARGET_GONE,
        EV_HOTKEY,       EV_STOP_ALL,
        EV_LINE_BACK,    EV_NEW_PASSWORD,
        EV_OFFERED,      EV_ACTIVE,
        EV_INPUT_USED,   EV_COUNT,
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        add(plain[i]);
    static const enum session_event_kind flagged[] = {
        EV_WELCOMED, EV_WRONG_TRY, EV_LOCK, EV_PANEL, EV_SCREEN_LOCK, EV_MIRROR, EV_SHOWN};
    for (size_t i = 0; i < sizeof flagged / sizeof flagged[0]; i++)
        add_flags(flagged[i]);
    add_codes(EV_PICTURE, 0, 2);
    add_codes(EV_TIMER, 0, ST_COUNT);
    add_beginnings();
    add_workers();
    add_people();
    add_endings();
    add_answers();
    n_plain = n_events;
    add_control();
}

/* --- the walk */

static void describe(const struct session *s)
{
    fprintf(stderr, "  phase %u share %u then %u bar %u consent %u given %u prompt %u step %u",
            s->phase, s->share, s->share_then, s->bar, s->consent, s->given, s->prompt.kind,
            s->prompt.step);
    fprintf(stderr, " offer %u asked %u words %u still %u presenter %u", s->offer, s->asked,
            s->words_with, s->still, s->presenter);
    fprintf(stderr, " workers");
    for (int w = 0; w < SW_COUNT; w++)
        fprintf(stderr, " %s=%u", session_worker_name((enum session_worker)w), s->worker[w]);
    fprintf(stderr, " closing %u timers %x line %u again %u\n", s->closing, s->timers, s->line,
            s->share_again);
}

static void complain(const char *broken, const struct session *before,
                     const struct session_event *ev, const struct session *after)
{
    fprintf(stderr, "walk: %s\n  event %u worker %u code %u flag %u origin %u\n", broken, ev->kind,
            ev->worker, ev->code, ev->flag, ev->origin);
    describe(before);
    describe(after);
    for (unsigned i = 0; i < effects.n; i++)
        fprintf(stderr, "  effect %u worker %u code %u flag %u\n", effects.list[i].kind,
                effects.list[i].worker, effects.list[i].code, effects.list[i].flag);
    exit(1);
}

/* Serials only ever name the open prompt: called 1, states that differ in nothing else are one. */
static void rename_serial(struct session *s)
{
    s->prompt.serial = s->prompt.kind == PROMPT_NONE ? 0 : 1;
}

static const struct session *going_from;
static const struct session_event *going_by;

/* The heart's own assertions: say where. */
static void on_abort(int sig)
{
    (void)sig;
    fflush(stdout);
    complain("an assertion of the heart failed", going_from, going_by, going_from);
}

static void go(const struct session *before, const struct session_event *ev, struct session *after)
{
    going_from = before;
    going_by = ev;
    memcpy(after, before, sizeof *after);
    session_step(after, ev, &effects);
    n_transitions++;
    if (effects.n > most_effects)
        most_effects = effects.n;
    const char *broken = session_check_step(before, ev, after, &effects);
    if (!broken)
        broken = session_check(after);
    if (broken)
        complain(broken, before, ev, after);
    if (after->prompt.serial != before->prompt.serial)
        rename_serial(after);
    if (memcmp(after, before, sizeof *after) == 0)
        n_idle++;
}

/* From everywhere the program can be left: asked to quit, with workers that die when killed and
   timers that fire when set, it exits, and nothing of a session is left. Answers it waits for need
   not come. */
static void must_end(const struct session *from)
{
    static struct session s, t;
    struct session_event ev = {.kind = EV_QUIT};
    go(from, &ev, &s);
    for (int turn = 0; turn < 12 && s.phase != PHASE_EXIT; turn++) {
        for (uint8_t w = 0; w < SW_COUNT; w++)
            if (s.worker[w] == WS_DYING) {
                ev = (struct session_event){.kind = EV_ENDED, .worker = w};
                go(&s, &ev, &t);
                memcpy(&s, &t, sizeof s);
            }
        ev = (struct session_event){.kind = EV_TIMER, .code = ST_CLOSE};
        go(&s, &ev, &t);
        memcpy(&s, &t, sizeof s);
    }
    if (s.phase != PHASE_EXIT)
        complain("asked to quit, it never does", from, &ev, &s);
}

static bool out_of_world(const struct session *s)
{
    return s->n_waiting > PEOPLE || s->n_members > PEOPLE;
}

static void walk_with(const struct session *start, unsigned depth, unsigned n)
{
    struct frontier now = {0}, next = {0};
    uint8_t packed[PACKED];
    if (seen.size)
        memset(seen.prints, 0, seen.size * sizeof *seen.prints);
    seen.n = 0;
    pack(start, packed);
    if (seen_add(packed))
        frontier_add(&now, packed);
    static struct session s, t;
    for (unsigned level = 0; level < depth && now.n; level++) {
        next.n = 0;
        for (size_t i = 0; i < now.n; i++) {
            unpack(now.bytes + i * PACKED, &s);
            if (s.phase != PHASE_EXIT)
                must_end(&s);
            for (unsigned e = 0; e < n; e++) {
                go(&s, &events[e], &t);
                if (out_of_world(&t))
                    continue;
                pack(&t, packed);
                if (seen_add(packed))
                    frontier_add(&next, packed);
            }
        }
        struct frontier swap = now;
        now = next;
        next = swap;
    }
    size_t left = now.n;
    free(now.bytes);
    free(next.bytes);
    printf("    %zu states%s\n", seen.n, left ? "" : " (nothing further is reachable)");
}

static void walk(const struct session *start, unsigned depth)
{
    walk_with(start, depth, n_events);
}

/* One step further without those about control: what there is to see, their own roads show. */
static void walk_far(const struct session *start, unsigned depth)
{
    walk_with(start, depth - 1, n_events);
    walk_with(start, depth, n_plain);
}

/* --- the main roads: where the walks start */

static struct session road;

static void on_road(struct session_event ev)
{
    static struct session next;
    go(&road, &ev, &next);
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
    signal(SIGABRT, on_abort);
    make_events();
    walk_host(usual, 0, 1, depth);
    walk_host(strict, 1, 0, depth);
    walk_member(usual, depth);
    walk_certified(certified, depth);
    printf(
        "# walk: %zu states, %zu transitions (%zu of them without consequence), %u events in each "
        "state, depth %u from each start, at most %u effects in a step\n",
        seen_ever.n, n_transitions, n_idle, n_events, depth, most_effects);
    must(most_effects < SESSION_EFFECTS, "a step has more effects than there is room for");
    return 0;
}
