/*
 * Somebody else's hands on this computer: starts what the heart has allowed, checks every event of
 * the controller once more and passes it to the input worker, lets the owner go first. And the
 * other way round: what this person does over the presenter's picture. Decides nothing that the
 * heart decides (broker/session_control.c); knows the numbers seal gives to requests and grants.
 */
#ifndef BROKER_HANDS_H
#define BROKER_HANDS_H
#include "broker/session.h"
#include "lib/input_event.h"
#include "lib/ui/layout.h"

struct app;
struct msg_seal_asked;
struct msg_seal_denied;
struct msg_seal_events;
struct msg_seal_granted;
struct msg_seal_held;
struct msg_seal_revoked;

#define HANDS_ASKED (SESSION_ASKING * 2)
#define HANDS_KEPT 32768 /* events that wait: what a line that was held back brings at once */

/* What one grant has done so far, for the trail: how often, never which. */
struct hands_count {
    uint32_t keys, buttons, motions;
};

struct hands {
    struct {
        uint16_t mid; /* 0: free */
        uint8_t request[16], caps;
    } asked[HANDS_ASKED];
    uint8_t waiting[16];         /* the request whose channel is on its way */
    uint8_t here[16], there[16]; /* grants in force: on this computer, on the presenter's */
    uint8_t last[16];            /* named last by seal */
    uint8_t caps;                /* of the grant here */
    uint64_t since_ms, until_ms; /* of the grant here */
    uint64_t there_until_ms;     /* of the grant there */
    uint64_t owner_until_ms;     /* until then the owner goes first */
    struct ui_rect area;         /* as told to gate and worker */
    bool resized;                /* the screen, since gate and worker were told */
    uint64_t resized_until_ms;   /* until then places of the old size are no offence */
    uint64_t used_ms;            /* when EV_CONTROL_USED was told last */
    uint32_t armed, released;    /* serials */
    uint32_t let_go;             /* the last one of `released` that the worker has answered */
    bool late;                   /* ... and RELEASED_MS are over */
    bool gate_holds;             /* as told to the gate: the owner is at work */
    uint8_t spares[MAX_SPARES];  /* keys that may have been lent */
    uint8_t n_spares, rounds;    /* of hands_clean */
    uint8_t keys[32];            /* down by the input worker */
    uint16_t buttons;            /* bit n: button n */
    struct hands_place {
        bool known; /* it has moved its pointer under this pair ... */
        int32_t x, y;
    } at;                          /* ... to there, on the root; the worker keeps the same place */
    uint8_t group, locks;          /* as told to the worker; 255 nothing yet */
    bool state_asked, state_again; /* the X server about them; and once more when it has answered */
    struct hands_count count;
    uint32_t ahead; /* events given to the worker that it has not taken: at most INPUT_AHEAD */
    /* What waits for room, or for the X server to say whose window a press would meet, that press
       first: here it can still be dropped. */
    struct {
        struct input_event events[HANDS_KEPT]; /* a ring */
        unsigned first, n;
        uint8_t grant[16];
        bool asked, told, ours; /* about the first one */
    } kept;
    uint8_t held;       /* what the controller of this computer was told last: SEAL_HOLD */
    uint8_t there_held; /* ... and we, of the other */
    uint16_t seen;      /* who controls another presenter, as the organizer hears */
};

/* effects of the heart */
void hands_ask(struct app *a);
void hands_grant(struct app *a, uint16_t mid, uint32_t seconds);
void hands_deny(struct app *a, uint16_t mid);
void hands_held(struct app *a, bool mine);
void hands_revoke(struct app *a, uint8_t which, uint8_t why);
void hands_arm(struct app *a);
void hands_give(struct app *a);

/* what seal says: 0, or -1: end it */
int hands_on_asked(struct app *a, const struct msg_seal_asked *m);
int hands_on_granted(struct app *a, const struct msg_seal_granted *m);
int hands_on_denied(struct app *a, const struct msg_seal_denied *m);
int hands_on_revoked(struct app *a, const struct msg_seal_revoked *m);
int hands_on_events(struct app *a, struct msg_seal_events *m);
int hands_on_silent(struct app *a, const uint8_t grant[16]);
int hands_on_held(struct app *a, const struct msg_seal_held *m);
int hands_on_control(struct app *a, uint16_t mid, bool on);

/* what the input worker says: 0, or -1: end it */
void hands_on_running(struct app *a);
int hands_on_released(struct app *a, uint32_t serial);
int hands_on_taken(struct app *a, uint32_t events);

/* the watcher has answered that serial */
void hands_on_armed(struct app *a, uint32_t serial);

/* Control of this computer has begun, is held by a question, or goes on: its controller is told. */
void hands_told(struct app *a, const struct session_effect *e);
/* The watcher is gone: what the dead pair left down is released from here. */
void hands_clean(struct app *a);
/* What waits of a controller's events is dropped. */
void hands_drop(struct app *a);
/* ... and what that one has down goes up: the worker says so in time, or is killed. */
void hands_release(struct app *a);
/* Until it is taken back the gate lets nothing pass that presses or moves. */
void hands_hold_gate(struct app *a, bool on);
/* The owner moved or pressed something: nothing is injected for OWNER_FIRST_MS. */
void hands_owner(struct app *a);
/* A key or press of the controller's has met a window within its reach, or was left out. */
void hands_reach(struct app *a, bool within);
/* Layout group or a lock may have changed. */
void hands_look_at_state(struct app *a);
/* ... because something was injected: now, or when a program has answered to it. */
void hands_injected(struct app *a);
/* The screen may have another size: gate and worker know the old one. */
void hands_on_resized(struct app *a);
/* What this person did over the picture. */
void hands_steer(struct app *a, const struct input_event *events, unsigned n);
/* The organizer ends whatever control there is where somebody else presents. */
void hands_revoke_all(struct app *a);

#endif
