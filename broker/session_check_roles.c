/*
 * The invariants of hand-over, words, and of nobody being there, asked of every state and every
 * step. Written against session.h only, like session_check.c.
 */
#include "broker/session_check.h"
#include <stddef.h>

/* One presenter, and a hand-over that has an end. */
const char *session_check_roles(const struct session *s)
{
    bool in = s->phase == PHASE_HOST || s->phase == PHASE_MEMBER;
    if ((s->offer != OFFER_NONE || s->end_asked) && s->phase != PHASE_HOST)
        return "somebody else than the organizer hands over or ends";
    if (s->asked != ASKED_NO && s->phase != PHASE_MEMBER)
        return "asked to present outside a session";
    if ((s->offer == OFFER_SENT) != ((s->timers >> ST_OFFER & 1) != 0))
        return "an offer without an end, or an end without an offer";
    if (s->offer == OFFER_SENT && s->share != SHARE_OFF && s->share != SHARE_ASKING)
        return "this screen is shown while another owner is asked to show theirs";
    if ((s->offer != OFFER_NONE) != (s->offer_to != 0))
        return "an offer to nobody";
    if (s->asked == ASKED_CHOICE && s->share != SHARE_ASKING)
        return "agreed to present, and not asked what to show";
    if (s->asked == ASKED_YES && s->share != SHARE_WAITING)
        return "said yes to presenting, and does not wait for its turn";
    if (s->words_with && !in && s->phase != PHASE_LOBBY)
        return "words to compare outside a session";
    if (s->key_ask && s->phase != PHASE_HOST && s->phase != PHASE_LOBBY)
        return "a key to be asked about where nobody shows one";
    if (s->still && s->share != SHARE_RUNNING)
        return "asks whether we still share, and nothing is shared";
    if (s->still != (s->timers >> ST_STILL & 1))
        return "\"Still sharing?\" without an end";
    if (s->share == SHARE_RUNNING && s->rules.idle_min && !(s->timers >> ST_NOBODY & 1))
        return "a session that should end when nobody is there never does";
    return NULL;
}

/* Nobody is in, and nobody can come in, whom the owner may not let in. */
const char *session_check_admission(const struct session *s)
{
    bool ours = s->intent == INTENT_HOST && s->phase >= PHASE_CONNECT && s->phase <= PHASE_HOST;
    if (!ours || s->rules.admission == LEVEL_CLAIMED)
        return NULL;
    if (!s->lobby)
        return "a password opens the door, and the rules say whom the owner may let in";
    for (unsigned i = 0; i < s->n_members; i++)
        if (s->level[i] < s->rules.admission)
            return "somebody is in whom the rules do not let in";
    return NULL;
}

/* What comes of a yes, and of nothing else. */
const char *session_check_roles_step(const struct session *before, const struct session_event *ev,
                                     const struct session *after, const struct session_effects *out)
{
    bool yes = check_yes_said(before, ev);
    for (unsigned i = 0; i < out->n; i++) {
        const struct session_effect *e = &out->list[i];
        if (e->kind == EF_SAY && e->flag && !(yes && before->prompt.kind == PROMPT_SHARE))
            return "agreed to present without a yes";
        if (e->kind == EF_VERIFIED && e->flag &&
            !(yes && before->prompt.kind == PROMPT_WORDS && e->person == before->prompt.person))
            return "words called the same by nobody";
        if (e->kind == EF_IDENTIFY && e->flag &&
            !(yes && before->prompt.kind == PROMPT_KEY && e->person == before->prompt.person))
            return "another key accepted without a yes";
        if (e->kind == EF_GRANT && after->rules.control_for == LEVEL_CERTIFIED &&
            session_level_of(before, e->person) != LEVEL_CERTIFIED)
            return "control given to somebody without a certificate";
        if (e->kind == EF_OFFER && e->person != after->me && before->offer != OFFER_STOPPING &&
            !(yes && before->prompt.kind == PROMPT_PRESENT))
            return "offered to somebody without a yes";
        if (e->kind == EF_OFFER && e->person != after->me &&
            (after->worker[SW_CAPTURE] != WS_NONE || after->worker[SW_GATE] != WS_NONE ||
             after->presenter != 0))
            return "the next presenter is asked before the last one has stopped";
        if (e->kind == EF_CHAT && ((after->phase != PHASE_HOST && after->phase != PHASE_MEMBER) ||
                                   after->line != LINE_UP))
            return "writes to people of whom there are none, or to whom no line leads";
        if (e->kind == EF_ADMIT && e->flag && e->number < after->rules.admission)
            return "let in without compared words, where the rules demand them";
    }
    if (before->asked == ASKED_PROMPT && after->asked == ASKED_CHOICE &&
        !(yes && before->prompt.kind == PROMPT_BECOME))
        return "agreed to become presenter without a yes";
    if (before->still && !after->still && after->share == SHARE_RUNNING &&
        !(yes && before->prompt.kind == PROMPT_STILL))
        return "goes on sharing without a yes";
    return NULL;
}
