/*
 * The judge of physical input; runs in the broker, once per window. Distrusts every event: programs
 * of the same user can make most of them. Rules and their proofs: platform.md 5.
 */
#include "broker/origin.h"

#include "lib/ui/scene.h"
#include "policy/limits.h"
#include <string.h>

#define SOON_MS 20 /* the clocks' grain and the way of an event */

uint32_t origin_late_ms(struct origin_clock *c, uint64_t now_ms, uint32_t time)
{
    uint32_t apart = (uint32_t)now_ms - time;
    if (!c->known || apart - c->apart > UINT32_MAX / 2) /* sooner than any before */
        *c = (struct origin_clock){.known = true, .apart = apart};
    uint32_t late = apart - c->apart;
    return late > SOON_MS ? late : 0;
}

void origin_device_set(struct origin_devices *t, uint16_t id, enum origin_kind kind)
{
    uint16_t i = 0;
    while (i < t->n && t->device[i].id != id)
        i++;
    if (i == ORIGIN_DEVICES)
        return;
    if (i == t->n)
        t->n++;
    t->device[i].id = id;
    t->device[i].kind = (uint8_t)kind;
}

enum origin_kind origin_device_kind(const struct origin_devices *t, uint16_t id)
{
    for (uint16_t i = 0; i < t->n; i++)
        if (t->device[i].id == id)
            return t->device[i].kind;
    return ORIGIN_DEVICE_UNKNOWN;
}

void origin_init(struct origin *o, const struct origin_devices *devices, bool modal,
                 bool assistive_ok, uint64_t now_ms)
{
    memset(o, 0, sizeof *o);
    o->devices = devices;
    o->modal = modal;
    o->assistive_ok = assistive_ok;
    o->mapped_ms = o->quiet_ms = now_ms;
}

static bool physical(const struct origin *o, uint16_t source)
{
    return origin_device_kind(o->devices, source) == ORIGIN_DEVICE_PHYSICAL;
}

static bool accepted(const struct origin *o, uint16_t source)
{
    return physical(o, source) || o->assistive_ok;
}

void origin_wait(struct origin *o)
{
    o->done = false;
}

bool origin_able(const struct origin *o)
{
    return o->seen && !o->voided && !o->blocked && !o->unread && !o->done;
}

/* --------------------------------------------------------------------------------------- guard */
/* When the hand did it. Whoever stops us, or lets us wait, during a guard would else have it pass
   unseen: what was pressed in it would count as pressed after it. */
static uint64_t done_ms(const struct origin_event *e)
{
    return e->late_ms < e->now_ms ? e->now_ms - e->late_ms : 0;
}

static void restart(struct origin *o, uint64_t now_ms)
{
    o->quiet_ms = now_ms;
    o->held = false;
    o->moving = false;
}

bool origin_armed(const struct origin *o, uint64_t now_ms)
{
    return origin_able(o) && !o->raw_pending && now_ms >= o->quiet_ms + GUARD_MS;
}

unsigned origin_progress(const struct origin *o, uint64_t now_ms)
{
    if (!origin_able(o) || now_ms <= o->quiet_ms)
        return 0;
    uint64_t part = (now_ms - o->quiet_ms) * UI_GUARD_WHOLE / GUARD_MS;
    return part > UI_GUARD_WHOLE ? UI_GUARD_WHOLE : (unsigned)part;
}

uint64_t origin_next_ms(const struct origin *o, uint64_t now_ms)
{
    uint64_t next = 0;
    if (o->modal && !o->done)
        next = o->mapped_ms + PROMPT_MS;
    if (origin_able(o) && now_ms < o->quiet_ms + GUARD_MS)
        next = o->quiet_ms + GUARD_MS;
    if (next == 0)
        return 0;
    return next > now_ms ? next - now_ms : 1;
}

/* A synthetic event while it may not answer: a prompt has lost its innocence for good, a window
   that lives for hours begins its guard anew. */
static void taint(struct origin *o, uint64_t now_ms)
{
    if (o->modal)
        o->voided = true;
    o->motion_source = 0;
    restart(o, now_ms);
}

/* ------------------------------------------------------------------------------------- pointer */
static void on_raw_motion(struct origin *o, const struct origin_event *e)
{
    if (!accepted(o, e->source)) {
        taint(o, e->now_ms);
        return;
    }
    /* a second device took the pointer while a button was held: which of them aimed? */
    if (o->held && !o->held_key && e->source != o->held_source && physical(o, o->held_source))
        o->held = false;
    o->motion_source = e->source;
    o->motion_time = e->time;
    o->motion_fresh = true;
}

/* The server makes the raw event first, with the same source and time. A motion without one is a
 * warp. */
static void on_motion(struct origin *o, const struct origin_event *e)
{
    bool earned = o->motion_fresh && e->source == o->motion_source && e->time == o->motion_time;
    o->motion_fresh = false;
    if (earned)
        return;
    o->motion_source = 0;
    restart(o, e->now_ms);
}

/* A synthetic button (dwell click, on-screen mouse) moves no device of its own; only where it may
 * answer. */
static bool aimed(const struct origin *o, uint16_t source)
{
    return physical(o, source) ? o->motion_source == source : o->assistive_ok;
}

/* Stop, in a bar or a panel, works wherever the pointer came from: a controller moves it all the
   time. */
static bool needs_aim(const struct origin *o, const struct origin_event *e)
{
    return e->grant || e->loosens || (e->danger && o->modal);
}

/* Pause becomes Continue under the pointer: the second half of a double click was not meant for it.
   Both times are those of what is known to have happened by then: nobody who stops us makes a press
   look later than it was, or what it met look older. */
static bool has_been_read(const struct origin_event *e)
{
    return !e->loosens || (e->face_ms != 0 && done_ms(e) >= e->face_ms + FACE_MS);
}

static struct origin_verdict nothing(void)
{
    return (struct origin_verdict){.target = ORIGIN_NO_TARGET};
}

/* A key that is held is one refusal, not one for each repeat. */
static struct origin_verdict ignored(struct origin *o, const struct origin_event *e)
{
    taint(o, e->now_ms);
    if (e->repeat)
        return nothing();
    return (struct origin_verdict){.result = ORIGIN_HINT, .target = ORIGIN_NO_TARGET};
}

static void hold(struct origin *o, const struct origin_event *e, bool key)
{
    o->held = true;
    o->held_key = key;
    o->held_grant = e->grant;
    o->held_loosens = e->loosens;
    o->held_source = e->source;
    o->held_target = e->target;
    o->held_person = e->person;
    o->held_detail = e->detail;
}

static struct origin_verdict on_press(struct origin *o, const struct origin_event *e)
{
    if (!accepted(o, e->source))
        return ignored(o, e);
    bool can = e->detail == 1 && e->target != ORIGIN_NO_TARGET && !o->held;
    if (can && e->grant)
        can = origin_armed(o, done_ms(e));
    can = can && has_been_read(e) && (!needs_aim(o, e) || aimed(o, e->source));
    if (!can || !e->grant)
        restart(o, e->now_ms); /* a click that is not the answer is noise */
    if (can)
        hold(o, e, false);
    return nothing();
}

/* What was meant when it went down: somebody else may stand in that row by now, and Pause may have
   become Continue. */
static bool means_the_same(const struct origin *o, const struct origin_event *e)
{
    return o->held_target == e->target && o->held_person == e->person &&
           o->held_grant == e->grant && o->held_loosens == e->loosens;
}

static bool completes(const struct origin *o, const struct origin_event *e, bool key)
{
    return o->held && o->held_key == key && o->held_detail == e->detail &&
           o->held_source == e->source && means_the_same(o, e);
}

static struct origin_verdict pressed(struct origin *o, const struct origin_event *e)
{
    o->held = false;
    if (e->grant && o->modal)
        o->done = true;
    return (struct origin_verdict){
        .result = ORIGIN_PRESSED, .target = e->target, .grant = e->grant};
}

static struct origin_verdict on_release(struct origin *o, const struct origin_event *e)
{
    if (!accepted(o, e->source))
        return ignored(o, e);
    bool counts = completes(o, e, false);
    if (counts && e->grant)
        counts = origin_armed(o, e->now_ms);
    if (counts && (!needs_aim(o, e) || aimed(o, e->source)))
        return pressed(o, e);
    if (o->held && !o->held_key && o->held_detail == e->detail)
        o->held = false;
    return nothing();
}

/* ---------------------------------------------------------------------------------------- keys */
static struct origin_verdict no(struct origin *o, enum origin_why why)
{
    if (o->modal)
        o->done = true;
    return (struct origin_verdict){.result = ORIGIN_NO, .why = why, .target = ORIGIN_NO_TARGET};
}

static struct origin_verdict key_for_window(void)
{
    return (struct origin_verdict){.result = ORIGIN_KEY_OURS, .target = ORIGIN_NO_TARGET};
}

static struct origin_verdict on_key(struct origin *o, const struct origin_event *e)
{
    if (!accepted(o, e->source))
        return ignored(o, e);
    if (e->key == ORIGIN_KEY_ESCAPE && o->modal)
        return no(o, ORIGIN_WHY_ESCAPE);
    bool waits = o->modal && done_ms(e) < o->quiet_ms + GUARD_MS;
    if (e->repeat && o->held && o->held_key && o->held_detail == e->detail)
        return nothing(); /* Enter held down: one press, and it still waits for its release */
    bool presses = e->key == ORIGIN_KEY_PRESSES && e->target != ORIGIN_NO_TARGET;
    bool can = presses && !e->repeat && !waits && !o->held && has_been_read(e);
    if (can && (!e->grant || origin_armed(o, done_ms(e)))) {
        if (!e->grant)
            restart(o, e->now_ms);
        hold(o, e, true);
        return nothing();
    }
    /* who walks with Tab need not wait a second at each stop, only before pressing */
    bool moves = e->key == ORIGIN_KEY_MOVES && (!waits || o->moving);
    restart(o, e->now_ms);
    o->moving = moves;
    if ((waits && !moves) || presses)
        return nothing();
    return key_for_window();
}

static struct origin_verdict on_key_up(struct origin *o, const struct origin_event *e)
{
    if (!accepted(o, e->source))
        return ignored(o, e);
    bool counts = completes(o, e, true);
    if (counts && e->grant)
        counts = origin_armed(o, e->now_ms);
    if (counts)
        return pressed(o, e);
    if (o->held && o->held_key && o->held_detail == e->detail)
        o->held = false;
    return nothing();
}

/* ----------------------------------------------------------------------------------------- all */
/* Raw presses go everywhere; the one of our own press comes just before it and is not noise. */
static void settle_raw(struct origin *o, const struct origin_event *e)
{
    if (!o->raw_pending)
        return;
    o->raw_pending = false;
    bool ours = (e->what == ORIGIN_PRESS || e->what == ORIGIN_KEY) && e->source == o->raw_source &&
                e->time == o->raw_time;
    if (!ours && o->modal)
        restart(o, e->now_ms);
}

static void on_raw_press(struct origin *o, const struct origin_event *e)
{
    if (!accepted(o, e->source)) {
        taint(o, e->now_ms);
        return;
    }
    o->raw_pending = true;
    o->raw_source = e->source;
    o->raw_time = e->time;
}

static struct origin_verdict on_tick(struct origin *o, const struct origin_event *e)
{
    if (o->modal && e->now_ms >= o->mapped_ms + PROMPT_MS)
        return no(o, ORIGIN_WHY_TIME);
    return nothing();
}

static void on_state(struct origin *o, const struct origin_event *e)
{
    /* the guard runs from the moment it is seen; being told so again changes nothing */
    if (e->what == ORIGIN_SEEN && o->seen)
        return;
    if (e->what == ORIGIN_SEEN || e->what == ORIGIN_COVERED)
        o->seen = e->what == ORIGIN_SEEN;
    if (e->what == ORIGIN_MOVED)
        o->motion_source = 0;
    /* A click that grants nothing is for the control it began on, wherever that went meanwhile.
       Another question than the one it was about is another matter. */
    bool keep = o->held && !o->held_grant && !o->held_key && e->what != ORIGIN_CHANGED;
    restart(o, e->now_ms);
    o->held = keep;
}

struct origin_verdict origin_feed(struct origin *o, const struct origin_event *e)
{
    if (o->done)
        return nothing();
    settle_raw(o, e);
    switch (e->what) {
    case ORIGIN_RAW_MOTION:
        on_raw_motion(o, e);
        return nothing();
    case ORIGIN_RAW_PRESS:
        on_raw_press(o, e);
        return nothing();
    case ORIGIN_RAW_RELEASE:
        if (!accepted(o, e->source))
            taint(o, e->now_ms);
        return nothing();
    case ORIGIN_MOTION:
        on_motion(o, e);
        return nothing();
    case ORIGIN_PRESS:
        return on_press(o, e);
    case ORIGIN_RELEASE:
        return on_release(o, e);
    case ORIGIN_KEY:
        return on_key(o, e);
    case ORIGIN_KEY_UP:
        return on_key_up(o, e);
    case ORIGIN_SEEN:
    case ORIGIN_COVERED:
    case ORIGIN_FOCUS_LOST:
    case ORIGIN_CHANGED:
    case ORIGIN_SHOWN:
    case ORIGIN_MOVED:
        on_state(o, e);
        return nothing();
    case ORIGIN_TICK:
        return on_tick(o, e);
    case ORIGIN_CLOSE:
        return no(o, ORIGIN_WHY_CLOSED);
    case ORIGIN_LOCKED:
        return o->modal ? no(o, ORIGIN_WHY_LOCKED) : nothing();
    case ORIGIN_PAINTER_GONE:
        return o->modal ? no(o, ORIGIN_WHY_PAINTER) : nothing();
    }
    return nothing();
}
