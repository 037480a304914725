/*
 * The heart: our own control of the presenter's computer: asked for, refused, held, given back. It
 * gives nobody any power over this computer; what it does is decide whether keys and clicks in the
 * viewer's picture leave it.
 */
#include "broker/session_parts.h"

static void set(struct session *s, struct session_effects *out, enum session_mine mine, uint32_t ms)
{
    s->mine = (uint8_t)mine;
    s->mine_more = MORE_NONE;
    heart_timer_clear(s, out, ST_MINE);
    if (ms)
        heart_timer_set(s, out, ST_MINE, ms);
    heart_effect(out, EF_PAINT);
}

static void set_more(struct session *s, struct session_effects *out, enum session_more more,
                     uint32_t ms)
{
    s->mine_more = (uint8_t)more;
    heart_timer_clear(s, out, ST_MINE);
    if (ms)
        heart_timer_set(s, out, ST_MINE, ms);
    heart_effect(out, EF_PAINT);
}

static void tell(struct session *s, struct session_effects *out, uint8_t state,
                 enum session_why why)
{
    struct session_effect *e = heart_effect(out, EF_TELL_CONTROL);
    e->flag = 1;
    e->code = state;
    e->number = why;
    e->person = s->presenter;
    heart_effect_audit(out, AUDIT_CONTROL_MINE, s->presenter, (uint32_t)why << 8 | state);
}

static bool looking_on(const struct session *s)
{
    return (s->phase == PHASE_HOST || s->phase == PHASE_MEMBER) && s->presenter &&
           s->presenter != s->me && s->line == LINE_UP;
}

void mine_ask(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (!looking_on(s) || !heart_allowed(s, RIGHT_CONTROL) || s->mine == MINE_ASKED ||
        s->mine == MINE_REFUSED || s->mine_more)
        return;
    if (end_refuses(s, out, TOAST_MINE_UNRECORDED))
        return;
    heart_effect(out, EF_ASK);
    if (s->mine == MINE_ON) /* stays as it is until the answer */
        set_more(s, out, MORE_ASKED, ASK_MS);
    else
        set(s, out, MINE_ASKED, ASK_MS);
}

/* Nothing but an ask comes of it: no key of ours leaves before this person wants it. */
void mine_invited(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    bool idle = s->mine == MINE_NONE || s->mine == MINE_REFUSED || s->mine == MINE_UNANSWERED ||
                s->mine == MINE_ENDED;
    if (!looking_on(s) || !heart_allowed(s, RIGHT_CONTROL) || s->presenter != ev->person || !idle ||
        session_unrecorded(s))
        return;
    set(s, out, MINE_INVITED, PROMPT_MS);
    heart_toast_about(out, TOAST_MINE_INVITED, ev->person);
}

static void gone(struct session *s, struct session_effects *out)
{
    set(s, out, MINE_ENDED, TOAST_MS);
    if (heart_in_session(s))
        heart_effect_code(out, EF_TOAST, TOAST_MINE_GONE);
}

void mine_denied(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (s->mine == MINE_ASKED && s->mine_more == MORE_LOST) {
        gone(s, out);
        return;
    }
    if (s->mine == MINE_ASKED)
        set(s, out, MINE_REFUSED, REFUSED_WAIT_MS);
    else if (s->mine == MINE_ON && s->mine_more == MORE_ASKED)
        set_more(s, out, MORE_REFUSED, REFUSED_WAIT_MS);
    else
        return;
    heart_effect_code(out, EF_TOAST, TOAST_MINE_NO);
}

void mine_granted(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    /* a yes to a question that was taken back, or given up, is none */
    if (!looking_on(s) || s->presenter != ev->person || s->mine != MINE_ASKED) {
        struct session_effect *e = heart_effect(out, EF_REVOKE);
        e->flag = 2;
        e->code = WHY_CONTROLLER;
        return;
    }
    set(s, out, MINE_ON, 0);
    heart_effect(out, EF_GRANT_HELD)->flag = 1;
    tell(s, out, 1, WHY_NONE);
    heart_effect_code(out, EF_TOAST, TOAST_MINE_YES);
}

static void ended(struct session *s, struct session_effects *out, enum session_why why)
{
    tell(s, out, 0, why);
    gone(s, out);
}

void mine_over(struct session *s, struct session_effects *out, enum session_why why)
{
    if (s->mine == MINE_ASKED || s->mine == MINE_INVITED)
        set(s, out, MINE_NONE, 0);
    if (s->mine != MINE_ON)
        return;
    if (heart_in_session(s) && s->worker[SW_SEAL] == WS_READY) {
        struct session_effect *e = heart_effect(out, EF_REVOKE);
        e->flag = 1;
        e->code = WHY_CONTROLLER;
    }
    ended(s, out, why);
}

void mine_unrecorded(struct session *s, struct session_effects *out)
{
    if (s->mine != MINE_ON && s->mine != MINE_ASKED)
        return;
    mine_over(s, out, WHY_AUDIT);
    heart_effect_code(out, EF_TOAST, TOAST_MINE_UNRECORDED);
}

void mine_release(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    mine_over(s, out, WHY_CONTROLLER);
}

void mine_revoked(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    enum session_why why = ev->code < WHY_COUNT ? (enum session_why)ev->code : WHY_LINE;
    if (s->mine != MINE_ON)
        return;
    if (s->mine_more != MORE_ASKED) {
        ended(s, out, why);
        return;
    }
    tell(s, out, 0, why); /* the new grant may be on its way */
    set(s, out, MINE_ASKED, ASK_MS);
    s->mine_more = MORE_LOST;
}

void mine_timer(struct session *s, struct session_effects *out)
{
    bool more = s->mine_more == MORE_ASKED;
    if (s->mine == MINE_ASKED && s->mine_more == MORE_LOST) {
        gone(s, out);
    } else if (s->mine == MINE_ASKED) {
        set(s, out, MINE_UNANSWERED, TOAST_MS);
        heart_effect_code(out, EF_TOAST, TOAST_MINE_LATE);
    } else if (s->mine == MINE_ON) {
        set_more(s, out, MORE_NONE, 0);
        if (more)
            heart_effect_code(out, EF_TOAST, TOAST_MINE_LATE);
    } else {
        set(s, out, MINE_NONE, 0);
    }
}
