/*
 * Did the person at this computer do that? The judge of every press on a vitrine window
 * (architecture 7, platform.md 5, ui.md 7). Pure: events in, verdict out; no X, no clock, no
 * allocation. One judge per window.
 *
 * It knows two sorts of controls. A *grant* says yes to something that gives power away; it is dead
 * until GUARD_MS of quiet have passed, and answers only to press and release inside it, from one
 * physical device, which also made the last raw motion. Everything else is *plain* (safe answers
 * included): no guard, but still physical devices only. Whatever is unclear is no answer.
 */
#ifndef BROKER_ORIGIN_H
#define BROKER_ORIGIN_H
#include <stdbool.h>
#include <stdint.h>

/* -------------------------------------------------------------------------------- device table */
#define ORIGIN_DEVICES 64

enum origin_kind {
    ORIGIN_DEVICE_UNKNOWN = 0, /* not in the table: counts as synthetic */
    ORIGIN_DEVICE_SYNTHETIC,   /* has the property "XTEST Device" */
    ORIGIN_DEVICE_PHYSICAL
};

struct origin_devices {
    uint16_t n;
    struct {
        uint16_t id;
        uint8_t kind;
    } device[ORIGIN_DEVICES];
};

/* Adds or changes one device; beyond ORIGIN_DEVICES it stays unknown, which is the safe side. */
void origin_device_set(struct origin_devices *t, uint16_t id, enum origin_kind kind);
enum origin_kind origin_device_kind(const struct origin_devices *t, uint16_t id);

/* --------------------------------------------------------------------------------------- clocks */
/* The X server's clock beside ours, as the event that came soonest has shown it. */
struct origin_clock {
    bool known;
    uint32_t apart; /* ours less the server's */
};

/* How long an event that the server gave `time` has been on its way to us, in ms; 0 for what comes
   as soon as events do, and for the first one. All zero at first. */
uint32_t origin_late_ms(struct origin_clock *c, uint64_t now_ms, uint32_t time);

/* -------------------------------------------------------------------------------------- events */
enum origin_what {
    ORIGIN_RAW_MOTION,  /* source, time: raw motion or touch, wherever the pointer is */
    ORIGIN_RAW_PRESS,   /* source, time: raw key or button went down, wherever it goes */
    ORIGIN_RAW_RELEASE, /* source */
    ORIGIN_MOTION,      /* source, time: the pointer moved on this window (or its cover) */
    ORIGIN_PRESS,       /* source, time, target, grant, detail = button */
    ORIGIN_RELEASE,     /* the same */
    ORIGIN_KEY, /* source, time, target = focused control, grant, key, detail = keycode, repeat */
    ORIGIN_KEY_UP,  /* the same, without repeat */
    ORIGIN_SEEN,    /* the window is on top and wholly visible */
    ORIGIN_COVERED, /* it is not */
    ORIGIN_FOCUS_LOST,
    ORIGIN_CHANGED,     /* title, people or choice on it changed */
    ORIGIN_SHOWN,       /* what it says is on the screen from now on (`unread` was) */
    ORIGIN_MOVED,       /* the window itself moved: the pointer's way to it says nothing any more */
    ORIGIN_TICK,        /* time only */
    ORIGIN_CLOSE,       /* WM_DELETE or any other client message: anyone can send those */
    ORIGIN_LOCKED,      /* screen lock, user switched */
    ORIGIN_PAINTER_GONE /* who drew it died: what is on the window is no longer known */
};

enum origin_key {
    ORIGIN_KEY_OTHER,
    ORIGIN_KEY_PRESSES, /* Enter or Space: press the focused control */
    ORIGIN_KEY_ESCAPE,
    ORIGIN_KEY_MOVES /* Tab, arrows, PageUp, PageDown: move the focus */
};

#define ORIGIN_NO_TARGET UINT32_MAX

struct origin_event {
    enum origin_what what;
    uint64_t now_ms;  /* our clock */
    uint32_t late_ms; /* so long ago by then: what waited while we stood still (origin_late_ms) */
    uint32_t time;    /* the X server's, as the event says */
    uint16_t source;  /* the slave device that made it */
    uint32_t target;  /* control under pointer or focus; ORIGIN_NO_TARGET */
    uint32_t person;  /* whom it acts on, now; 0 nobody in particular */
    bool grant;       /* that control is a grant */
    bool danger;      /* it takes something away for good: in a prompt the hand that presses it has
                         to have brought the pointer there, too; no guard */
    bool loosens;     /* it takes a protection back: that hand has to have aimed everywhere, at what
                         was there to be read for FACE_MS when it went down; no guard */
    uint64_t face_ms; /* loosens: since when (our clock); 0: it is not */
    enum origin_key key;
    uint32_t detail; /* button or keycode */
    bool repeat;
};

/* ------------------------------------------------------------------------------------ verdicts */
enum origin_result {
    ORIGIN_NOTHING,  /* nothing to do (swallowed) */
    ORIGIN_PRESSED,  /* the person pressed `target` */
    ORIGIN_KEY_OURS, /* a key the window may use itself: move the focus, edit a field, leave full
                        screen */
    ORIGIN_NO,       /* the prompt is answered with no; `why` */
    ORIGIN_HINT      /* a synthetic press or key on this window was ignored: say so (ui.md 7) */
};

enum origin_why {
    ORIGIN_WHY_NONE,
    ORIGIN_WHY_ESCAPE,
    ORIGIN_WHY_CLOSED,
    ORIGIN_WHY_TIME,
    ORIGIN_WHY_LOCKED,
    ORIGIN_WHY_PAINTER,
    ORIGIN_WHY_COVERED /* again and again */
};

struct origin_verdict {
    enum origin_result result;
    enum origin_why why;
    uint32_t target;
    bool grant; /* ORIGIN_PRESSED: it was a grant, and it counts */
};

/* --------------------------------------------------------------------------------------- judge */
struct origin {
    const struct origin_devices *devices;
    bool modal; /* a prompt: swallows keys during the guard, times out, one answer in its life */
    bool assistive_ok; /* no input worker has existed on this display and policy allows: synthetic
                          may answer */
    bool blocked;      /* an input worker lives: no grant at all */
    bool unread; /* the screen does not say, or not for certain, what would be granted: none */

    bool seen, voided, done;
    bool moving; /* the last noise was a key that moved the focus, after the guard */
    uint64_t mapped_ms, quiet_ms;

    uint16_t motion_source; /* of the last raw motion; 0 none or not trusted */
    uint32_t motion_time;
    bool motion_fresh; /* its motion event has not been seen yet */

    bool raw_pending; /* a raw press whose own event, if it is ours, comes next */
    uint16_t raw_source;
    uint32_t raw_time;

    bool held, held_grant, held_key; /* a press that waits for its release */
    bool held_loosens;
    uint16_t held_source;
    uint32_t held_target, held_person, held_detail;
};

/* Begins when the window is mapped; it starts out not seen. `devices` must outlive it. */
void origin_init(struct origin *o, const struct origin_devices *devices, bool modal,
                 bool assistive_ok, uint64_t now_ms);
struct origin_verdict origin_feed(struct origin *o, const struct origin_event *e);
/* The answer it has found waits for something else (windows_seen.c): others may come first. */
void origin_wait(struct origin *o);
/* Nothing but time is between a grant and its press. */
bool origin_able(const struct origin *o);
/* Could a grant be pressed now? */
bool origin_armed(const struct origin *o, uint64_t now_ms);
/* How much of the guard has passed, 0..UI_GUARD_WHOLE; 0 while it cannot run. */
unsigned origin_progress(const struct origin *o, uint64_t now_ms);
/* Milliseconds until the guard or the prompt's time is over; 0: nothing runs. */
uint64_t origin_next_ms(const struct origin *o, uint64_t now_ms);

#endif
