/*
 * The heart: hand-over. The organizer offers, whoever presents stops, and then the new presenter's
 * own owner is asked twice: whether at all, and what to show. Their yes is said to the organizer,
 * whose roster names the presenter; only then their capture starts. A no, no answer or a screen
 * lock leaves nobody presenting.
 */
#include "broker/session_parts.h"

/* --- the organizer */

static void send_offer(struct session *s, struct session_effects *out, uint16_t mid)
{
    heart_effect(out, EF_OFFER)->person = mid;
    heart_effect_audit(out, mid == s->me ? AUDIT_TAKEN_BACK : AUDIT_OFFERED, mid, 0);
}

static void forget_offer(struct session *s, struct session_effects *out)
{
    s->offer = OFFER_NONE;
    s->offer_to = 0;
    heart_timer_clear(s, out, ST_OFFER);
    heart_effect(out, EF_PAINT);
}

/* Whoever presents stops, whoever was asked to need not answer any more. */
void roles_take_back(struct session *s, struct session_effects *out)
{
    bool other = s->presenter != 0 && s->presenter != s->me;
    if (s->prompt.kind == PROMPT_PRESENT)
        prompt_drop(s, out, WHY_GONE);
    if (s->phase == PHASE_HOST && (other || s->offer == OFFER_SENT))
        send_offer(s, out, s->me);
    if (s->offer != OFFER_NONE)
        forget_offer(s, out);
}

bool session_may_take_back(const struct session *s)
{
    return s->phase == PHASE_HOST && heart_allowed(s, RIGHT_HAND_OVER) && s->line == LINE_UP;
}

bool session_may_offer(const struct session *s)
{
    return session_may_take_back(s) && !s->screen_locked && s->offer == OFFER_NONE &&
           s->share != SHARE_ASKING && s->share != SHARE_WAITING;
}

void roles_offer(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!session_may_take_back(s))
        return;
    if (ev->person == s->me) {
        roles_take_back(s, out);
        return;
    }
    if (!people_has(s, ev->person) || ev->person == s->presenter || !session_may_offer(s))
        return;
    s->offer = OFFER_ASKING;
    s->offer_to = (uint16_t)ev->person;
    prompt_make_room(s, out);
}

void roles_offer_answered(struct session *s, struct session_effects *out, bool yes)
{
    if (s->offer != OFFER_ASKING)
        return;
    if (!yes || s->line != LINE_UP || !heart_allowed(s, RIGHT_HAND_OVER)) {
        forget_offer(s, out);
        return;
    }
    s->offer = OFFER_STOPPING;
    share_stop(s, out, SHARE_OFF, WHY_PRESENTER);
    if (s->presenter != 0 && s->presenter != s->me)
        send_offer(s, out, s->me);
}

void roles_advance(struct session *s, struct session_effects *out)
{
    if (s->phase != PHASE_HOST || s->offer != OFFER_STOPPING || s->share != SHARE_OFF ||
        s->presenter != 0 || s->line != LINE_UP)
        return;
    s->offer = OFFER_SENT;
    send_offer(s, out, s->offer_to);
    heart_timer_set(s, out, ST_OFFER, OFFER_MS);
    heart_effect(out, EF_PAINT);
}

static void toast_no(struct session_effects *out, uint16_t mid)
{
    struct session_effect *e = heart_effect(out, EF_TOAST);
    e->code = TOAST_NO_PRESENTER;
    e->person = mid;
}

void roles_answered(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (s->phase != PHASE_HOST || s->offer != OFFER_SENT || ev->person != s->offer_to)
        return;
    heart_effect_audit(out, AUDIT_OFFER_ANSWERED, ev->person, ev->flag);
    if (!ev->flag)
        toast_no(out, s->offer_to);
    forget_offer(s, out);
}

void roles_offer_over(struct session *s, struct session_effects *out)
{
    if (s->offer != OFFER_SENT)
        return;
    heart_effect_audit(out, AUDIT_OFFER_ANSWERED, s->offer_to, 0);
    toast_no(out, s->offer_to);
    roles_take_back(s, out);
}

/* --- the member who is asked to present */

static void say(struct session *s, struct session_effects *out, bool yes)
{
    if (s->line == LINE_UP)
        heart_effect(out, EF_SAY)->flag = yes;
    heart_effect_audit(out, yes ? AUDIT_BECOME_YES : AUDIT_BECOME_NO, 0, 0);
}

void roles_offered(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    const struct session_slot *slot = people_slot_of(s, ev->number);
    if (s->phase != PHASE_MEMBER || !slot || s->asked == ASKED_YES)
        return;
    if (s->asked != ASKED_NO) /* asked twice: the question is up already */
        return;
    if (s->rules.share_cannot)
        heart_effect_code(out, EF_CANNOT_SHARE, FAULT_D_WAY); /* its owner hears why */
    if (s->share != SHARE_OFF || s->screen_locked || s->rules.share_cannot ||
        slot->wait & SLOT_REFUSED || slot->refused >= REFUSED_MAX || session_unrecorded(s)) {
        say(s, out, false);
        return;
    }
    s->asked = ASKED_PROMPT;
    s->asked_slot = (uint8_t)ev->number;
}

void roles_not_asked(struct session *s)
{
    s->asked = ASKED_NO;
    s->asked_slot = 0;
}

void roles_declined(struct session *s, struct session_effects *out, enum session_why why)
{
    if (s->asked != ASKED_PROMPT && s->asked != ASKED_CHOICE)
        return;
    uint32_t slot = s->asked_slot;
    roles_not_asked(s);
    say(s, out, false);
    if (why == WHY_REFUSED || why == WHY_TIME)
        people_refuse_for_a_while(s, out, slot);
}

/* Next: what to show. */
void roles_agreed(struct session *s)
{
    if (s->asked != ASKED_PROMPT)
        return;
    s->asked = ASKED_CHOICE;
    s->share = SHARE_ASKING;
    s->share_then = SHARE_OFF;
}

void roles_say_yes(struct session *s, struct session_effects *out)
{
    s->asked = ASKED_YES;
    say(s, out, true);
}

void roles_line_lost(struct session *s, struct session_effects *out)
{
    if (s->prompt.kind == PROMPT_BECOME)
        prompt_drop(s, out, WHY_LINE);
    roles_not_asked(s); /* an answer would come too late: another offer may be under way */
}

void roles_over(struct session *s, struct session_effects *out)
{
    s->offer = OFFER_NONE;
    s->offer_to = 0;
    roles_not_asked(s);
    heart_timer_clear(s, out, ST_OFFER);
    heart_timer_clear(s, out, ST_TURN);
}

/* --- who is gone */

void roles_member_gone(struct session *s, struct session_effects *out, uint16_t mid)
{
    if (s->offer == OFFER_NONE || s->offer_to != mid)
        return;
    if (s->prompt.kind == PROMPT_PRESENT)
        prompt_drop(s, out, WHY_GONE);
    forget_offer(s, out);
}
