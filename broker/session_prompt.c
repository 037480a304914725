/*
 * The heart: consent prompts, one at a time. A prompt is mapped only after its fresh painter has
 * painted it and, where capture runs, after capture has confirmed the mask for it. Only a physical
 * press and release after the guard is a yes; everything else that can happen is a no, or nothing.
 */
#include "broker/session_parts.h"
#include "lib/serial.h"
#include <string.h>

static void open_prompt(struct session *s, struct session_effects *out,
                        enum session_prompt_kind kind, uint32_t person);

/* Not while capture starts or dies: it would not be masked. */
static bool settled(const struct session *s)
{
    return s->share == SHARE_OFF || s->share == SHARE_ASKING || s->share == SHARE_RUNNING ||
           s->share == SHARE_PAUSED;
}

static void ask_at_door(struct session *s, struct session_effects *out)
{
    const struct session_waiting *first = &s->waiting[0];
    if (s->panel && s->worker[SW_UI] != WS_READY)
        return;
    if (first->level >= s->rules.admission) {
        open_prompt(s, out, PROMPT_ADMIT, first->knock);
    } else {
        words_ask_at_door(s, first->knock);
        open_prompt(s, out, PROMPT_WORDS, first->knock);
    }
}

/* What this owner wants comes first, then what others ask of them. */
void prompt_next(struct session *s, struct session_effects *out)
{
    bool in = heart_admitted(s) || s->phase == PHASE_LOBBY;
    if (!in || s->prompt.kind != PROMPT_NONE || s->screen_locked || !settled(s))
        return;
    enum session_prompt_kind control = asking_prompt_due(s);
    if (s->end_asked)
        open_prompt(s, out, PROMPT_END, 0);
    else if (s->share == SHARE_ASKING)
        open_prompt(s, out, PROMPT_SHARE, 0);
    else if (s->key_ask)
        open_prompt(s, out, PROMPT_KEY, s->key_ask);
    else if (s->words_with)
        open_prompt(s, out, PROMPT_WORDS, s->words_with);
    else if (s->offer == OFFER_ASKING)
        open_prompt(s, out, PROMPT_PRESENT, s->offer_to);
    else if (s->asked == ASKED_PROMPT)
        open_prompt(s, out, PROMPT_BECOME, 1);
    else if (s->second_about)
        open_prompt(s, out, PROMPT_SECOND, s->second_about);
    else if (s->still && s->worker[SW_UI] == WS_READY)
        open_prompt(s, out, PROMPT_STILL, 0);
    else if (control != PROMPT_NONE)
        open_prompt(s, out, control, s->asking[0].mid);
    else if (s->n_waiting && s->phase == PHASE_HOST)
        ask_at_door(s, out);
}

void prompt_make_room(struct session *s, struct session_effects *out)
{
    if (s->prompt.kind == PROMPT_ADMIT || s->prompt.kind == PROMPT_STILL)
        prompt_drop(s, out, WHY_GONE); /* comes again */
    if (s->prompt.kind == PROMPT_WORDS && s->words_door) {
        prompt_drop(s, out, WHY_GONE);
        words_over(s); /* asked again when it is that person's turn */
    }
}

void prompt_panel_gone(struct session *s, struct session_effects *out)
{
    if (s->prompt.in_panel && s->prompt.kind == PROMPT_ADMIT)
        prompt_drop(s, out, WHY_GONE);
}

static void prepare(struct session *s, struct session_effects *out)
{
    struct session_prompt *p = &s->prompt;
    p->step = PS_PREPARE;
    struct session_effect *e = heart_effect(out, EF_PREPARE_PROMPT);
    e->serial = p->serial;
    e->code = p->kind;
    e->person = p->person;
    e->flag = p->in_panel;
    if (p->in_panel || !share_capturing(s))
        return;
    p->hold = 1;
    heart_effect(out, EF_MASK)->serial = p->serial;
    heart_timer_set(s, out, ST_MASK, MASK_MS);
}

static void open_in(struct session *s, struct session_effects *out, enum session_prompt_kind kind,
                    uint32_t person, bool in_panel)
{
    struct session_prompt *p = &s->prompt;
    control_hold(s, out); /* first of all */
    p->kind = (uint8_t)kind;
    p->person = person;
    p->serial = serial_next(p->serial);
    p->in_panel = in_panel;
    if (kind == PROMPT_SHARE || kind == PROMPT_BECOME || kind == PROMPT_PRESENT ||
        kind == PROMPT_SECOND || kind == PROMPT_CONTROL) {
        heart_effect_audit(out, AUDIT_CONSENT_ASKED, kind, 0);
        out->list[out->n - 1].serial = person;
    }
    if (p->in_panel) {
        prepare(s, out);
        return;
    }
    p->step = PS_PAINTER;
    if (s->worker[SW_PROMPT] == WS_NONE) /* else the last one is still dying */
        heart_worker_start(s, out, SW_PROMPT);
}

static void open_prompt(struct session *s, struct session_effects *out,
                        enum session_prompt_kind kind, uint32_t person)
{
    bool panel = s->panel && !s->main_hidden;
    open_in(s, out, kind, person, (kind == PROMPT_ADMIT && panel) || kind == PROMPT_STILL);
}

void prompt_painter_ready(struct session *s, struct session_effects *out)
{
    if (s->prompt.step == PS_PAINTER)
        prepare(s, out);
}

void prompt_painter_dead(struct session *s, struct session_effects *out, bool expected)
{
    if (s->prompt.kind == PROMPT_NONE || s->prompt.in_panel)
        return;
    if (expected) {
        if (s->prompt.step == PS_PAINTER)
            heart_worker_start(s, out, SW_PROMPT);
        return;
    }
    prompt_no(s, out, WHY_WORKER);
    if (heart_in_session(s))
        heart_effect_code(out, EF_TOAST, TOAST_QUESTION);
}

void prompt_map_when_done(struct session *s, struct session_effects *out)
{
    struct session_prompt *p = &s->prompt;
    if (p->step != PS_PREPARE || !p->painted)
        return;
    if (!p->in_panel && share_capturing(s) && !p->masked)
        return;
    if (!control_out_of_the_way(s))
        return;
    p->step = PS_UP;
    heart_effect(out, EF_MAP_PROMPT)->serial = p->serial;
    heart_timer_set(s, out, ST_PROMPT, PROMPT_MS);
}

void prompt_painted(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (s->prompt.step != PS_PREPARE || ev->serial != s->prompt.serial)
        return;
    s->prompt.painted = 1;
    prompt_map_when_done(s, out);
}

void prompt_masked(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (s->prompt.step != PS_PREPARE || ev->serial != s->prompt.serial || !s->prompt.hold)
        return;
    s->prompt.masked = 1;
    heart_timer_clear(s, out, ST_MASK);
    prompt_map_when_done(s, out);
}

void prompt_armed(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)out;
    if (s->prompt.step == PS_UP && ev->serial == s->prompt.serial)
        s->prompt.armed = ev->flag != 0;
}

/* A consent to share that says of itself that it is for newcomers too is the same with one more:
   else whoever comes and goes would keep its owner from it. */
static bool covers_newcomers(const struct session *s)
{
    bool they_come_by_others = s->phase == PHASE_MEMBER || (s->phase == PHASE_HOST && !s->lobby);
    return they_come_by_others && !s->rules.newcomers_ask;
}

void prompt_people_changed(struct session *s, struct session_effects *out)
{
    if (covers_newcomers(s))
        return;
    if (s->prompt.kind != PROMPT_SHARE || s->prompt.step != PS_UP)
        return;
    s->prompt.armed = 0;
    heart_effect(out, EF_GUARD)->serial = s->prompt.serial;
}

void prompt_drop(struct session *s, struct session_effects *out, enum session_why why)
{
    struct session_prompt *p = &s->prompt;
    if (p->kind == PROMPT_NONE)
        return;
    struct session_effect *e = heart_effect(out, EF_CLOSE_PROMPT);
    e->serial = p->serial;
    e->code = why;
    heart_worker_kill(s, out, SW_PROMPT);
    heart_timer_clear(s, out, ST_PROMPT);
    heart_timer_clear(s, out, ST_MASK);
    if (p->hold && share_capturing(s))
        heart_effect(out, EF_UNMASK);
    uint32_t serial = p->serial;
    memset(p, 0, sizeof *p);
    p->serial = serial;
}

void prompt_ask_apart(struct session *s, const struct session_event *ev,
                      struct session_effects *out)
{
    struct session_prompt *p = &s->prompt;
    uint32_t person = p->person;
    if (p->kind != PROMPT_ADMIT || !p->in_panel || p->step != PS_UP || ev->serial != p->serial ||
        !settled(s))
        return;
    prompt_drop(s, out, WHY_GONE);
    open_in(s, out, PROMPT_ADMIT, person, false);
}

void prompt_no(struct session *s, struct session_effects *out, enum session_why why)
{
    uint8_t kind = s->prompt.kind;
    uint32_t person = s->prompt.person;
    if (kind == PROMPT_STILL) { /* capture dies first, and takes the question along */
        away_still_answered(s, out, false, why);
        return;
    }
    prompt_drop(s, out, why);
    switch (kind) {
    case PROMPT_ADMIT:
        people_answer(s, out, person, false, why);
        break;
    case PROMPT_SHARE:
        share_declined(s, out, why);
        break;
    case PROMPT_PRESENT:
        roles_offer_answered(s, out, false);
        break;
    case PROMPT_BECOME:
        roles_declined(s, out, why);
        break;
    case PROMPT_WORDS:
        words_not_now(s, out, why);
        break;
    case PROMPT_END:
        away_end_answered(s, out, false);
        break;
    case PROMPT_SECOND:
        second_answered(s, out, false, why);
        break;
    case PROMPT_KEY:
        key_answered(s, out, false);
        break;
    case PROMPT_CONTROL:
    case PROMPT_WHOLE:
        control_declined(s, out, person, why);
        break;
    default:
        break;
    }
}

static void prompt_yes(struct session *s, struct session_effects *out, uint8_t choice)
{
    uint8_t kind = s->prompt.kind;
    uint32_t person = s->prompt.person;
    if (kind == PROMPT_END) { /* here too capture dies first */
        away_end_answered(s, out, true);
        return;
    }
    if (kind == PROMPT_WHOLE) { /* and here; the prompt goes with it */
        share_choose_anew(s, out);
        return;
    }
    if (kind == PROMPT_PRESENT)
        share_stop(s, out, SHARE_OFF, WHY_PRESENTER);
    prompt_drop(s, out, WHY_OWNER);
    switch (kind) {
    case PROMPT_ADMIT:
        people_answer(s, out, person, true, WHY_OWNER);
        break;
    case PROMPT_SHARE:
        share_agreed(s, out, choice);
        break;
    case PROMPT_PRESENT:
        roles_offer_answered(s, out, true);
        break;
    case PROMPT_BECOME:
        roles_agreed(s);
        break;
    case PROMPT_WORDS:
        words_same(s, out);
        break;
    case PROMPT_STILL:
        away_still_answered(s, out, true, WHY_OWNER);
        break;
    case PROMPT_SECOND:
        second_answered(s, out, true, WHY_OWNER);
        break;
    case PROMPT_KEY:
        key_answered(s, out, true);
        break;
    case PROMPT_CONTROL:
        control_agreed(s, out, person, choice);
        break;
    default:
        break;
    }
}

bool prompt_origin_may_say_yes(const struct session *s, uint8_t origin)
{
    if (origin == ORIGIN_PHYSICAL)
        return true;
    return origin == ORIGIN_SYNTHETIC && s->rules.assistive && !s->input_used;
}

void prompt_answer(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    struct session_prompt *p = &s->prompt;
    if (p->step != PS_UP || ev->serial != p->serial)
        return;
    bool hand = prompt_origin_may_say_yes(s, ev->origin);
    if (!ev->flag && p->kind == PROMPT_WORDS && ev->code == WORDS_DIFFER && hand) {
        words_differ(s, out);
    } else if (!ev->flag) {
        prompt_no(s, out, WHY_REFUSED);
    } else if (hand && (p->armed || p->kind == PROMPT_END)) {
        prompt_yes(s, out, ev->code); /* an end gives nothing away: it needs no guard */
    }
}
