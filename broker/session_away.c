/*
 * The heart: nobody at this computer. While sharing, 15 minutes without a physical hand make the
 * bar ask, and a minute of silence pauses. An organisation may end a session that way as well. And
 * the one question that is asked before an end: of the organizer, when others would be put out.
 */
#include "broker/session_parts.h"

static bool watched(const struct session *s)
{
    return s->share == SHARE_RUNNING;
}

void away_share_begins(struct session *s, struct session_effects *out)
{
    s->still = 0;
    heart_timer_set(s, out, ST_AWAY, OWNER_AWAY_MS);
}

/* Sharing has stopped or paused: nothing is left to ask. */
void away_share_over(struct session *s, struct session_effects *out)
{
    if (s->prompt.kind == PROMPT_STILL)
        prompt_drop(s, out, WHY_GONE);
    s->still = 0;
    heart_timer_clear(s, out, ST_AWAY);
    heart_timer_clear(s, out, ST_STILL);
}

void away_idle_begins(struct session *s, struct session_effects *out)
{
    if (s->rules.idle_min)
        heart_timer_set(s, out, ST_NOBODY, s->rules.idle_min * 60000u);
}

/* A hand, but no answer: once the bar asks, only its button counts. */
void away_active(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (s->phase != PHASE_HOST && s->phase != PHASE_MEMBER)
        return;
    away_idle_begins(s, out);
    if (watched(s) && !s->still)
        heart_timer_set(s, out, ST_AWAY, OWNER_AWAY_MS);
}

void away_long(struct session *s, struct session_effects *out)
{
    if (!watched(s))
        return;
    control_end(s, out, WHY_AWAY); /* whoever has it does what nobody sees */
    s->still = 1;
    heart_timer_set(s, out, ST_STILL, STILL_MS);
    heart_effect_audit(out, AUDIT_STILL_ASKED, 0, 0);
    heart_effect(out, EF_PAINT);
}

void away_too_long(struct session *s, struct session_effects *out)
{
    if (s->still)
        share_stop(s, out, SHARE_PAUSED, WHY_AWAY);
}

void away_idle_over(struct session *s, struct session_effects *out)
{
    if (s->phase == PHASE_HOST || s->phase == PHASE_MEMBER)
        end_begin(s, out, (struct ending){HOW_PROPERLY, WHY_AWAY, FAULT_NONE, 0, true});
}

void away_still_answered(struct session *s, struct session_effects *out, bool yes,
                         enum session_why why)
{
    if (!s->still)
        return;
    if (!yes) {
        share_stop(s, out, why == WHY_REFUSED ? SHARE_OFF : SHARE_PAUSED,
                   why == WHY_REFUSED ? WHY_OWNER : why);
        return;
    }
    heart_timer_clear(s, out, ST_STILL);
    away_share_begins(s, out);
    heart_effect_audit(out, AUDIT_STILL_KEPT, 0, 0);
    heart_effect(out, EF_PAINT);
}

/* --- the end for everyone */

void away_end_asked(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (s->phase != PHASE_HOST || s->n_members == 0 || s->screen_locked) {
        end_asked(s, ev, out);
        return;
    }
    if (s->end_asked)
        return;
    s->end_asked = 1;
    prompt_make_room(s, out);
}

void away_end_answered(struct session *s, struct session_effects *out, bool yes)
{
    s->end_asked = 0;
    if (yes)
        end_begin(s, out, (struct ending){HOW_PROPERLY, WHY_OWNER, FAULT_NONE, 0, true});
}

void away_over(struct session *s, struct session_effects *out)
{
    s->end_asked = 0;
    heart_timer_clear(s, out, ST_NOBODY);
}
