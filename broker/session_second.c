/*
 * The heart: control needs two people, where the organisation of the presenter says so. The
 * organizer is asked first and the owner last, so that control still begins with the owner's own
 * press; a no of either ends it. Where one of the two is the organizer nobody else is asked: as
 * presenter their own yes is both, and as the one who wants control they have said so by asking.
 */
#include "broker/session_parts.h"

#define ORGANIZER 1 /* their mid, in every session */

/* --- the presenter, a member --- */

bool second_needed(const struct session *s, uint32_t mid)
{
    return s->rules.two_people && s->phase == PHASE_MEMBER && mid != ORGANIZER;
}

/* One question at a time. */
static void ask_organizer(struct session *s, struct session_effects *out)
{
    if (s->second_sent)
        return;
    for (unsigned i = 0; i < s->n_asking; i++) {
        if (!s->asking[i].second)
            continue;
        s->second_sent = s->asking[i].mid;
        heart_effect(out, EF_SECOND)->person = s->second_sent;
        heart_effect_audit(out, AUDIT_SECOND_ASKED, s->second_sent, 0);
        return;
    }
}

void second_answer_heard(struct session *s, const struct session_event *ev,
                         struct session_effects *out)
{
    int at = asking_find(s, ev->person);
    if (s->phase != PHASE_MEMBER || !s->second_sent || ev->person != s->second_sent)
        return;
    s->second_sent = 0;
    heart_effect_audit(out, AUDIT_SECOND_ANSWERED, ev->person, ev->flag);
    if (at < 0 || !s->asking[at].second)
        return; /* they are gone, or it took too long */
    if (ev->flag)
        asking_settled(s, at);
    else
        control_declined(s, out, ev->person, WHY_ORGANIZER);
    heart_effect(out, EF_PAINT);
}

/* --- the organizer --- */

static void say(struct session_effects *out, uint32_t about, uint32_t from, bool yes)
{
    struct session_effect *e = heart_effect(out, EF_SECOND_SAY);
    e->person = about;
    e->number = from;
    e->flag = yes;
}

static bool can_be_asked(const struct session *s, uint32_t about, uint32_t from)
{
    return s->phase == PHASE_HOST && s->line == LINE_UP && !s->screen_locked &&
           s->presenter == from && from != s->me && about != from && people_has(s, about) &&
           !session_unrecorded(s);
}

void second_asked(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    const struct session_slot *slot = people_slot_of(s, ev->code);
    if (s->phase != PHASE_HOST || !slot)
        return;
    if (s->second_about == ev->person && s->second_from == ev->number)
        return; /* asked again after a lost line: the question is up already */
    if (s->second_about || !can_be_asked(s, ev->person, ev->number) ||
        slot->seconds_refused >= REFUSED_MAX) {
        say(out, ev->person, ev->number, false);
        return;
    }
    s->second_about = (uint16_t)ev->person;
    s->second_from = (uint16_t)ev->number;
    s->second_slot = ev->code;
}

static void forget(struct session *s)
{
    s->second_about = s->second_from = 0;
    s->second_slot = 0;
}

static void note(struct session_effects *out, enum audit_event line, uint32_t person, uint32_t why)
{
    heart_effect_audit(out, line, PROMPT_SECOND, why);
    out->list[out->n - 1].serial = person;
}

/* A no is held against the presenter, and only as to questions of this kind: what is asked about
   somebody need not be that person's doing. An honest presenter has an eye on who asks too often.
 */
static void keep_count(struct session_slot *presenter, bool yes, enum session_why why)
{
    if (yes)
        presenter->seconds_refused = 0;
    else if ((why == WHY_REFUSED || why == WHY_TIME) && presenter->seconds_refused < REFUSED_MAX)
        presenter->seconds_refused++;
}

void second_answered(struct session *s, struct session_effects *out, bool yes, enum session_why why)
{
    uint32_t about = s->second_about;
    if (!about)
        return;
    say(out, about, s->second_from, yes);
    note(out, yes ? AUDIT_CONSENT_GIVEN : AUDIT_CONSENT_REFUSED, about, yes ? 0 : why);
    keep_count(&s->slot[s->second_slot], yes, why);
    forget(s);
}

/* --- both --- */

void second_advance(struct session *s, struct session_effects *out)
{
    if (s->line != LINE_UP || s->phase != PHASE_MEMBER)
        s->second_sent = 0; /* no answer comes any more; asked again when the line is back */
    else
        ask_organizer(s, out);
    if (!s->second_about || can_be_asked(s, s->second_about, s->second_from))
        return;
    if (s->prompt.kind == PROMPT_SECOND)
        prompt_drop(s, out, WHY_GONE);
    second_answered(s, out, false, WHY_GONE);
}

void second_over(struct session *s)
{
    s->second_sent = 0;
    forget(s);
}
