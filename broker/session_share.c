/*
 * The heart: sharing. The order that matters, every time:
 *   physical yes -> gate and capture start -> both verified -> bar and border mapped -> picture
 * path handed out stop or pause -> SIGKILL first -> both dead -> seal drops what was queued -> said
 * so, bar taken away
 */
#include "broker/session_parts.h"

bool share_is_whole(const struct session *s)
{
    return s->share_what == SHARE_WHOLE || s->share_what == SHARE_MONITOR;
}

bool share_capturing(const struct session *s)
{
    return s->given && s->worker[SW_CAPTURE] == WS_READY;
}

static void tell(struct session *s, struct session_effects *out, uint8_t state)
{
    static const enum audit_event line[] = {AUDIT_SHARE_OFF, AUDIT_SHARE_ON, AUDIT_SHARE_PAUSED};
    struct session_effect *e = heart_effect(out, EF_TELL_SHARE);
    e->code = state;
    e->number = s->share_why;
    heart_effect_audit(out, line[state], 0, s->share_why);
}

void share_ask(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (!heart_admitted(s) || s->share != SHARE_OFF || s->screen_locked || s->line != LINE_UP)
        return;
    if (s->rules.share_cannot) {
        heart_effect_code(out, EF_CANNOT_SHARE, FAULT_D_WAY);
        return;
    }
    if (end_refuses(s, out, TOAST_NO_RECORD))
        return;
    if (s->offer == OFFER_ASKING || s->offer == OFFER_STOPPING || s->asked != ASKED_NO)
        return;
    if (!heart_allowed(s, RIGHT_PRESENT) && !heart_allowed(s, RIGHT_HAND_OVER))
        return; /* the organizer may name the presenter: this one */
    s->share = SHARE_ASKING;
    s->share_then = SHARE_OFF;
    prompt_make_room(s, out);
}

bool session_presents(const struct session *s)
{
    return s->share > SHARE_ASKING;
}

/* Gate and capture are both gone here: SHARE_OFF and SHARE_PAUSED mean it. */
static void start(struct session *s, struct session_effects *out)
{
    s->share_why = WHY_NONE;
    s->share_again = 0;
    roles_not_asked(s);
    s->presenter = s->me;
    s->presented = 1;
    s->share = SHARE_STARTING;
    heart_worker_start(s, out, SW_GATE);
    heart_worker_start(s, out, SW_CAPTURE);
}

void share_agreed(struct session *s, struct session_effects *out, uint8_t choice)
{
    bool whole = choice == SHARE_WHOLE || choice == SHARE_MONITOR || choice == SHARE_MOST;
    if (choice > SHARE_MOST || (whole && !s->rules.share_whole)) {
        share_declined(s, out, WHY_RULE);
        heart_effect_code(out, EF_TOAST, TOAST_RULE);
        return;
    }
    s->consent = 1;
    s->consent_short = 0;
    s->share_then = SHARE_OFF; /* chosen out of a pause: it is over */
    s->share_what = choice == SHARE_MOST ? SHARE_PART : choice;
    heart_effect_audit(out, AUDIT_CONSENT_GIVEN, 0, choice);
    if (s->phase == PHASE_HOST)
        roles_take_back(s, out);
    else if (s->asked == ASKED_CHOICE)
        roles_say_yes(s, out);
    s->share = SHARE_WAITING;
    heart_timer_set(s, out, ST_TURN, TURN_MS);
    share_turn(s, out);
}

/* One presenter at a time: the organizer waits until nobody does, a member until the roster says
   that it is them. */
void share_turn(struct session *s, struct session_effects *out)
{
    bool turn = s->presenter == s->me || (s->phase == PHASE_HOST && s->presenter == 0);
    if (s->share != SHARE_WAITING || !turn || !heart_admitted(s) || s->line != LINE_UP)
        return;
    heart_timer_clear(s, out, ST_TURN);
    start(s, out);
}

/* A member pauses: who stops gives the presentation back, and what people have asked for ends with
   it. */
void share_choose_anew(struct session *s, struct session_effects *out)
{
    bool keeps = s->phase == PHASE_MEMBER;
    share_stop(s, out, keeps ? SHARE_PAUSED : SHARE_OFF, WHY_OWNER);
    s->share_anew = s->share != SHARE_OFF;
    if (keeps)
        s->consent_short = 1;
}

void share_declined(struct session *s, struct session_effects *out, enum session_why why)
{
    s->share = s->share_then;
    heart_effect_audit(out, AUDIT_CONSENT_REFUSED, 0, why);
    if (s->asked == ASKED_CHOICE)
        roles_declined(s, out, why);
    heart_effect(out, EF_PAINT);
}

/* Out of a pause, which a no leads back to. */
static void ask_in_pause(struct session *s)
{
    s->share = SHARE_ASKING;
    s->share_then = SHARE_PAUSED;
}

/* Once: what was shown is not shown any more, and the owner wants to choose something else. */
static bool chooses_anew(struct session *s)
{
    bool anew = s->share_anew && !s->screen_locked && s->line == LINE_UP;
    s->share_anew = 0;
    return anew;
}

void share_continue(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!heart_admitted(s) || s->share != SHARE_PAUSED || s->screen_locked ||
        !heart_allowed(s, RIGHT_PRESENT) || !prompt_origin_may_say_yes(s, ev->origin))
        return;
    if (end_refuses(s, out, TOAST_NO_RECORD))
        return;
    if (s->line != LINE_UP) { /* as soon as it can */
        s->share_again = !s->consent_short;
        return;
    }
    prompt_make_room(s, out);
    if (s->prompt.kind != PROMPT_NONE)
        return; /* one question at a time */
    if (s->consent_short)
        ask_in_pause(s);
    else
        start(s, out);
}

static void finish(struct session *s, struct session_effects *out)
{
    s->share = s->share_then;
    s->share_then = SHARE_OFF;
    if (s->share == SHARE_PAUSED) {
        heart_effect(out, EF_MAP_BAR)->flag = 1;
        if (s->bar == BAR_NONE)
            s->bar = BAR_MAPPING;
        tell(s, out, 2);
        if (s->share_why == WHY_AUDIT)
            heart_effect_code(out, EF_TOAST, TOAST_NO_RECORD);
        if (chooses_anew(s))
            ask_in_pause(s);
        return;
    }
    if (s->presenter == s->me && s->phase != PHASE_MEMBER)
        s->presenter = 0; /* a member's roster says so later */
    roles_not_asked(s);
    if (s->bar != BAR_NONE)
        heart_effect(out, EF_UNMAP_BAR);
    s->bar = BAR_NONE;
    tell(s, out, 0);
    if (!heart_admitted(s))
        return;
    if (chooses_anew(s)) {
        s->share = SHARE_ASKING;
        asking_lapse(s);
        return;
    }
    heart_effect_code(out, EF_TOAST,
                      s->share_why == WHY_WORKER  ? TOAST_WORKER
                      : s->share_why == WHY_AUDIT ? TOAST_NO_RECORD
                                                  : TOAST_STOPPED);
    if (s->phase != PHASE_HOST)
        return;
    if (!s->panel)
        heart_effect_code(out, EF_SHOW, WIN_PANEL);
    s->panel = 1;
}

/* Capture and gate are dead; what has seal still to be told? On the way out it hears SEAL_END
 * instead. */
static void dead(struct session *s, struct session_effects *out)
{
    uint8_t wanted = s->share_then == SHARE_PAUSED ? 2 : 0;
    s->given = 0;
    if (!heart_admitted(s) || s->worker[SW_SEAL] != WS_READY || s->at_seal == 0 ||
        s->at_seal == wanted) {
        finish(s, out);
        return;
    }
    s->share = SHARE_UNSHARING;
    s->at_seal = wanted;
    heart_effect(out, EF_UNSHARE)->flag = wanted == 2;
    heart_timer_set(s, out, ST_UNSHARE, UNSHARE_MS);
}

void share_stop(struct session *s, struct session_effects *out, enum session_share then,
                enum session_why why)
{
    s->share_again = s->share_anew = 0;
    control_end(s, out, why); /* first of all */
    switch (s->share) {
    case SHARE_OFF:
        return;
    case SHARE_ASKING:
        if (then == SHARE_PAUSED)
            return;
        if (s->prompt.kind == PROMPT_SHARE)
            prompt_drop(s, out, why);
        share_declined(s, out, why);
        if (s->share == SHARE_PAUSED)
            share_stop(s, out, then, why);
        return;
    case SHARE_KILLING:
    case SHARE_UNSHARING: /* a stop during a pause makes it a stop, never the other way round */
        if (then == SHARE_PAUSED || s->share_then == SHARE_OFF)
            return;
        break;
    case SHARE_PAUSED:
        if (then == SHARE_PAUSED)
            return;
        break;
    case SHARE_WAITING: /* there is nothing to go on with later */
        then = SHARE_OFF;
        break;
    default:
        break;
    }
    bool waits_for_seal = s->share == SHARE_UNSHARING;
    heart_worker_kill(s, out, SW_CAPTURE);
    heart_worker_kill(s, out, SW_GATE);
    if (s->prompt.kind >= PROMPT_CONTROL)
        prompt_drop(s, out, why); /* who asks keeps waiting */
    away_share_over(s, out);
    heart_timer_clear(s, out, ST_TURN);
    s->share_then = (uint8_t)then;
    s->share_why = (uint8_t)why;
    if (then == SHARE_OFF)
        s->consent = s->consent_short = 0;
    heart_timer_clear(s, out, ST_MASK);
    if (waits_for_seal)
        return;
    s->share = SHARE_KILLING;
    if (s->worker[SW_CAPTURE] == WS_NONE && s->worker[SW_GATE] == WS_NONE)
        dead(s, out);
}

void share_unshared(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (s->share != SHARE_UNSHARING)
        return;
    heart_timer_clear(s, out, ST_UNSHARE);
    dead(s, out); /* it was a pause and became a stop: seal hears that too */
}

void share_ready(struct session *s, struct session_effects *out)
{
    if (s->share != SHARE_STARTING || s->worker[SW_GATE] != WS_READY ||
        s->worker[SW_CAPTURE] != WS_READY)
        return;
    s->share = SHARE_SHOWING;
    s->bar = BAR_MAPPING;
    heart_effect(out, EF_MAP_BAR);
}

void share_bar_mapped(struct session *s, const struct session_event *ev,
                      struct session_effects *out)
{
    (void)ev;
    if (s->bar == BAR_MAPPING)
        s->bar = BAR_MAPPED;
    if (s->share != SHARE_SHOWING || s->bar != BAR_MAPPED)
        return;
    s->share = SHARE_RUNNING;
    s->given = 1;
    s->at_seal = 1;
    heart_effect(out, EF_GIVE_SHARE);
    away_share_begins(s, out);
}

/* What was shared is not there any more: where something else is, the owner is asked again. */
void share_gone(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (!s->consent || s->share_what == SHARE_WHOLE)
        return;
    s->consent_short = 1;
    s->share_again = 0;
    share_stop(s, out, SHARE_PAUSED, WHY_TARGET);
}

/* Somebody took the bar or the border away: the screen is not shown without them. */
void share_bar_lost(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (s->bar == BAR_NONE)
        return;
    share_stop(s, out, SHARE_OFF, WHY_SCREEN);
    if (s->bar != BAR_NONE)
        heart_effect(out, EF_UNMAP_BAR);
    s->bar = BAR_NONE;
}

void share_running(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (s->share != SHARE_RUNNING || !s->given)
        return;
    if (s->given ==
        1) { /* said again after each resize, and by a bad worker as often as it likes */
        s->given = 2;
        s->share_why = WHY_NONE;
        tell(s, out, 1);
    }
    heart_effect(out, EF_PAINT);
}

void share_worker_dead(struct session *s, struct session_effects *out, bool expected)
{
    if (!expected)
        share_stop(s, out, SHARE_OFF, WHY_WORKER);
    if (s->worker[SW_CAPTURE] == WS_NONE)
        s->given = 0;
    prompt_map_when_done(s, out);
    if (s->share == SHARE_KILLING && s->worker[SW_CAPTURE] == WS_NONE &&
        s->worker[SW_GATE] == WS_NONE)
        dead(s, out);
}

void share_presenter(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!heart_in_session(s) || ev->person > UINT16_MAX)
        return;
    bool ours = s->share > SHARE_WAITING;
    /* The organizer's own share begins here, before the roster says so: "nobody" is old news then.
     */
    if (s->phase == PHASE_HOST && ours && (ev->person == 0 || ev->person == s->me))
        return;
    /* Who waits for their turn, or still chooses, hears that the one before has stopped. */
    bool hopes = s->share == SHARE_WAITING || s->share == SHARE_ASKING;
    if (ev->person != s->me && !(hopes && (s->phase == PHASE_HOST || ev->person == 0)))
        share_stop(s, out, SHARE_OFF, WHY_PRESENTER);
    if (ev->person != s->presenter)
        mine_over(s, out, WHY_PRESENTER);
    if (ev->person != s->presenter && ev->person != 0 && ev->person != s->me) {
        /* News only where somebody presented before: the first picture says it by itself, with the
           name above it, and nothing is to lie over that. */
        if (s->presented) {
            struct session_effect *e = heart_effect(out, EF_TOAST);
            e->code = TOAST_PRESENTING;
            e->person = ev->person;
        }
        s->presented = 1;
    }
    s->presenter = (uint16_t)ev->person;
    heart_effect(out, EF_PAINT);
}

void share_newcomer(struct session *s, struct session_effects *out)
{
    bool ours = s->phase == PHASE_HOST && s->lobby; /* it was this owner who let them in */
    if (!heart_admitted(s) || ours || !s->consent)
        return;
    bool paused = s->share == SHARE_PAUSED || s->share_then == SHARE_PAUSED;
    if (paused || s->rules.newcomers_ask)
        s->consent_short = 1;
    if (s->consent_short)
        s->share_again = 0;
    if (s->consent_short && !paused)
        share_stop(s, out, SHARE_PAUSED, WHY_NEWCOMER);
}

void share_hotkey(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!heart_in_session(s))
        return;
    enum session_why why = ev->flag ? WHY_DEVICE : WHY_HOTKEY;
    control_end(s, out, why); /* first of all */
    mine_over(s, out, why);
    if (s->share == SHARE_OFF || ev->flag)
        return;
    if (ev->code) {
        share_stop(s, out, SHARE_OFF, WHY_HOTKEY);
        return;
    }
    if (s->prompt.kind == PROMPT_SHARE || s->prompt.kind >= PROMPT_CONTROL)
        prompt_no(s, out, WHY_HOTKEY);
    heart_effect_audit(out, AUDIT_KILL_SWITCH, 0, 0);
}

void share_line_lost(struct session *s, struct session_effects *out)
{
    switch (s->share) {
    case SHARE_ASKING:
        if (s->prompt.kind == PROMPT_SHARE)
            prompt_no(s, out, WHY_LINE);
        else
            share_declined(s, out, WHY_LINE);
        break;
    case SHARE_WAITING:
        share_stop(s, out, SHARE_OFF, WHY_LINE);
        break;
    case SHARE_STARTING:
    case SHARE_SHOWING:
    case SHARE_RUNNING:
        share_stop(s, out, SHARE_PAUSED, WHY_LINE);
        s->share_again = !s->consent_short;
        break;
    default:
        break;
    }
}

/* The people are those whom the consent covers: it goes on without a question (ui.md 9). */
void share_advance(struct session *s, struct session_effects *out)
{
    if (!s->share_again || !heart_admitted(s) || s->share != SHARE_PAUSED || s->line != LINE_UP ||
        s->screen_locked)
        return;
    if (s->consent_short || session_unrecorded(s)) {
        s->share_again = 0; /* the owner's Continue asks again */
        return;
    }
    prompt_make_room(s, out);
    if (s->prompt.kind == PROMPT_NONE)
        start(s, out); /* else behind the answer to that */
}
