/*
 * The heart: the line to the relay, lost and taken up again (e2e.md 11, relay.md 8). Capture is
 * killed in the very step that hears of the loss; a fresh dial each time, after 0.2, 0.5, 1, 2, 4,
 * 4 ... s, as long as the resume window is open.
 */
#include "broker/session_parts.h"
#include "lib/fail.h"

#define TRIES_MAX 250

/* relay.md 8 */
enum { RELAY_BUSY = 4, RELAY_SLOW = 10, RELAY_DRAINING = 11 };

static bool is_in(const struct session *s)
{
    return s->phase == PHASE_HOST || s->phase == PHASE_MEMBER;
}

/* Ends that say nothing about us. A relay that shows another key, breaks the protocol or does not
   know our token is not one to come back to. */
static bool heals(const struct session *s, const struct session_event *ev)
{
    if (!is_in(s) || !ev->flag || (s->own_relay && s->worker[SW_RELAY] != WS_READY))
        return false;
    if (ev->code == NET_END_CLEAN)
        return ev->number == RELAY_BUSY || ev->number == RELAY_SLOW || ev->number == RELAY_DRAINING;
    return ev->code == NET_END_LOST || ev->code == NET_END_TLS;
}

static void try_later(struct session *s, struct session_effects *out)
{
    static const uint16_t waits_ms[] = {200, 500, 1000, 2000, 4000};
    unsigned last = sizeof waits_ms / sizeof waits_ms[0] - 1;
    s->line = LINE_WAITING;
    s->dialled = 0;
    heart_timer_set(s, out, ST_LINE, waits_ms[s->line_tries < last ? s->line_tries : last]);
    out->list[out->n - 1].flag = 1;
    if (s->line_tries < TRIES_MAX)
        s->line_tries++;
    heart_effect(out, EF_PAINT);
}

bool heal_lost(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!heals(s, ev))
        return false;
    share_line_lost(s, out); /* first of all */
    mine_over(s, out, WHY_LINE);
    roles_line_lost(s, out);
    if (s->line == LINE_UP) {
        uint32_t window = s->phase == PHASE_HOST ? RESUME_ORGANIZER_MS : RESUME_MEMBER_MS;
        heart_timer_set(s, out, ST_RETURN, window);
        heart_effect_audit(out, AUDIT_LINE_LOST, 0, ev->number);
        heart_effect(out, EF_TELL_LINE);
    }
    try_later(s, out);
    return true;
}

void heal_try(struct session *s, struct session_effects *out)
{
    if (s->line == LINE_UP) {
        s->line_tries = 0;
    } else if (s->line == LINE_WAITING && s->worker[SW_DIAL] != WS_NONE) {
        heart_timer_set(s, out, ST_LINE, LINE_AGAIN_MS); /* the last helper is not gone yet */
    } else if (s->line == LINE_WAITING) {
        s->line = LINE_DIALLING;
        heart_worker_start(s, out, SW_DIAL);
    }
}

bool heal_dialled(struct session *s, struct session_effects *out)
{
    if (s->line != LINE_DIALLING)
        return false;
    s->dialled = 1;
    s->line = LINE_OPENING;
    heart_effect(out, EF_REOPEN);
    return true;
}

bool heal_dial_failed(struct session *s, struct session_effects *out)
{
    if (!is_in(s))
        return false;
    if (s->line == LINE_DIALLING)
        try_later(s, out);
    return true;
}

void heal_back(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (s->line != LINE_OPENING)
        return;
    s->line = LINE_UP;
    heart_timer_clear(s, out, ST_RETURN);
    heart_timer_set(s, out, ST_LINE,
                    LINE_CALM_MS); /* one that breaks again and again is not hurried */
    heart_effect_audit(out, AUDIT_LINE_BACK, 0, s->line_tries);
    heart_effect(out, EF_TELL_LINE)->flag = 1;
    heart_effect(out, EF_PAINT);
}

void heal_given_up(struct session *s, struct session_effects *out)
{
    if (s->line != LINE_UP)
        end_begin(s, out, (struct ending){HOW_CUT, WHY_LINE, FAULT_NONE, 0, false});
}

void heal_over(struct session *s, struct session_effects *out)
{
    heart_timer_clear(s, out, ST_LINE);
    heart_timer_clear(s, out, ST_RETURN);
    s->line = LINE_UP;
    s->line_tries = 0;
}
