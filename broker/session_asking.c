/*
 * The heart: who asks for control of this computer, who is offered it, and whom the owner is asked
 * about next. Nothing is given here (session_control.c).
 */
#include "broker/session_parts.h"
#include <string.h>

int asking_find(const struct session *s, uint32_t mid)
{
    for (int i = 0; i < s->n_asking; i++)
        if (s->asking[i].mid == mid)
            return i;
    return -1;
}

void asking_remove(struct session *s, int at)
{
    s->n_asking--;
    memmove(&s->asking[at], &s->asking[at + 1], (size_t)(s->n_asking - at) * sizeof s->asking[0]);
    memset(&s->asking[s->n_asking], 0, sizeof s->asking[0]);
}

void asking_deny(struct session_effects *out, uint32_t mid, enum session_why why)
{
    heart_effect(out, EF_DENY)->person = mid;
    heart_effect_audit(out, AUDIT_CONTROL_REFUSED, mid, why);
}

void asking_settled(struct session *s, int at)
{
    struct session_asking now = s->asking[at];
    for (now.second = 0; at > 0 && s->asking[at - 1].second; at--)
        s->asking[at] = s->asking[at - 1];
    s->asking[at] = now;
}

bool asking_known_enough(const struct session *s, uint32_t mid)
{
    return s->rules.control_for != LEVEL_CERTIFIED || session_level_of(s, mid) == LEVEL_CERTIFIED;
}

static bool may_be_given(const struct session *s, const struct session_event *ev)
{
    return s->rules.control && !s->control.watchless && heart_allowed(s, RIGHT_GRANT) &&
           s->consent && ev->code >= s->rules.control_for && !ev->flag &&
           asking_known_enough(s, ev->person) && !session_unrecorded(s);
}

/* Whoever asks again and again is denied each time, and noted once. */
static void ask_in_vain(struct session *s, const struct session_event *ev,
                        struct session_effects *out, enum session_why why)
{
    heart_effect(out, EF_DENY)->person = ev->person;
    if (!people_refusal_is_news(s, out, ev->number))
        return;
    heart_effect_audit(out, AUDIT_CONTROL_ASKED, ev->person, 0);
    heart_effect_audit(out, AUDIT_CONTROL_REFUSED, ev->person, why);
    if (why == WHY_DISPLAY && s->share == SHARE_RUNNING)
        heart_effect_code(out, EF_TOAST, TOAST_CANNOT);
    if (why == WHY_RULE && s->consent && !asking_known_enough(s, ev->person)) {
        struct session_effect *e = heart_effect(out, EF_TOAST);
        e->code = TOAST_NOT_CERTIFIED;
        e->person = ev->person;
    }
}

static void asking_add(struct session *s, struct session_effects *out,
                       const struct session_event *ev)
{
    heart_effect_audit(out, AUDIT_CONTROL_ASKED, ev->person, 0);
    s->asking[s->n_asking++] = (struct session_asking){.mid = (uint16_t)ev->person,
                                                       .slot = (uint8_t)ev->number,
                                                       .second = second_needed(s, ev->person)};
    if (!s->asking[s->n_asking - 1].second)
        asking_settled(s, s->n_asking - 1);
    if (!(s->timers & 1u << ST_ASKING))
        heart_timer_set(s, out, ST_ASKING, ASKING_TURN_MS);
    heart_effect(out, EF_PAINT);
}

void asking_begin(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    const struct session_slot *slot = people_slot_of(s, ev->number);
    if (!heart_in_session(s) || !slot || !people_has(s, ev->person))
        return;
    if (asking_find(s, ev->person) >= 0)
        return; /* once for each person */
    if (s->rules.control_cannot || (s->rules.control && s->control.watchless))
        ask_in_vain(s, ev, out, WHY_DISPLAY);
    else if (slot->wait & SLOT_REFUSED || slot->refused >= REFUSED_MAX)
        ask_in_vain(s, ev, out, WHY_REFUSED);
    else if (!may_be_given(s, ev) || s->n_asking == SESSION_ASKING)
        ask_in_vain(s, ev, out, WHY_RULE);
    else
        asking_add(s, out, ev);
}

/* --- the owner begins it --- */

bool session_may_invite(const struct session *s, uint32_t mid)
{
    if (!heart_in_session(s) ||
        s->share != SHARE_RUNNING) /* first: everybody is asked about each time */
        return false;
    enum session_level level = session_level_of(s, mid);
    bool known = level >= s->rules.control_for &&
                 !(s->no_password && level == LEVEL_CLAIMED && s->phase == PHASE_HOST);
    return known && people_has(s, mid) && (s->rules.control || s->rules.control_cannot) &&
           !s->control.watchless && heart_allowed(s, RIGHT_GRANT) && s->control.person != mid &&
           asking_find(s, mid) < 0;
}

/* Nothing is given by it: that member still has to ask, and the owner still to answer. */
static void offer(struct session_effects *out, uint32_t mid)
{
    heart_effect(out, EF_INVITE)->person = mid;
    heart_effect_audit(out, AUDIT_CONTROL_OFFERED, mid, 0);
    heart_toast_about(out, TOAST_INVITED, mid);
}

static void invite(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!session_may_invite(s, ev->person) || !people_slot_of(s, ev->number))
        return;
    if (!s->rules.control) {
        heart_effect_code(out, EF_TOAST, TOAST_CANNOT);
        return;
    }
    people_forgive(s, out, ev->number);
    offer(out, ev->person);
}

/* The owner wants that one next: before everybody else who waits, but not before whom the owner is
   being asked about. */
void asking_allow(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    int at = asking_find(s, ev->person), to = s->prompt.kind >= PROMPT_CONTROL;
    if (at < 0)
        invite(s, ev, out);
    if (at <= to || s->asking[at].second)
        return;
    struct session_asking wanted = s->asking[at];
    memmove(&s->asking[to + 1], &s->asking[to], (size_t)(at - to) * sizeof s->asking[0]);
    s->asking[to] = wanted;
    heart_effect(out, EF_PAINT);
}

void asking_clear(struct session *s, struct session_effects *out, enum session_why why)
{
    while (s->n_asking) {
        asking_deny(out, s->asking[0].mid, why);
        asking_remove(s, 0);
    }
}

void asking_lapse(struct session *s)
{
    for (unsigned i = 0; i < s->n_asking; i++)
        s->asking[i].lapsed = 1;
}

void asking_lapsed(struct session *s, struct session_effects *out)
{
    for (int i = s->n_asking - 1; i >= 0; i--) {
        uint16_t mid = s->asking[i].mid;
        if (!s->asking[i].lapsed)
            continue;
        asking_remove(s, i);
        if (share_is_whole(s) && session_may_invite(s, mid))
            offer(out, mid);
    }
}

void asking_older(struct session *s, struct session_effects *out)
{
    for (int i = s->n_asking - 1; i >= 0; i--) {
        bool shown = i == 0 && s->prompt.kind >= PROMPT_CONTROL;
        if (shown || ++s->asking[i].age < ASKING_TURNS)
            continue;
        asking_deny(out, s->asking[i].mid, WHY_TIME);
        asking_remove(s, i);
    }
    if (s->n_asking)
        heart_timer_set(s, out, ST_ASKING, ASKING_TURN_MS);
}

enum session_prompt_kind asking_prompt_due(const struct session *s)
{
    const struct session_control *c = &s->control;
    if (!s->n_asking || s->asking[0].second || s->share != SHARE_RUNNING || !share_capturing(s))
        return PROMPT_NONE;
    if (!share_is_whole(s))
        return PROMPT_WHOLE;
    bool more = c->step == CONTROL_ON && c->granted && c->person == s->asking[0].mid;
    return c->step == CONTROL_OFF || more ? PROMPT_CONTROL : PROMPT_NONE;
}
