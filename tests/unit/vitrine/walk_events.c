/* Every event that can be thought of in the small world of the walk. */
#include "lib/fail.h"
#include "tests/unit/vitrine/walk.h"
#include <string.h>

#define STALE 1000

struct session_event walk_events[WALK_EVENTS_MAX];
unsigned walk_n_events, walk_n_plain;

static struct session_event *add(enum session_event_kind kind)
{
    must(walk_n_events < WALK_EVENTS_MAX, "more events than WALK_EVENTS_MAX");
    struct session_event *ev = &walk_events[walk_n_events++];
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

void walk_make_events(void)
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
    walk_n_plain = walk_n_events;
    add_control();
}
