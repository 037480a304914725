/*
 * The heart: a known name comes with another key (e2e.md 7). Nothing goes on with that person until
 * this owner has said, by hand and after the guard, that the other key counts from now on; anything
 * else is a no.
 */
#include "broker/session_parts.h"

static bool may_ask(const struct session *s)
{
    return s->phase == PHASE_HOST || s->phase == PHASE_LOBBY;
}

static void tell(struct session_effects *out, uint32_t ask, bool yes)
{
    struct session_effect *e = heart_effect(out, EF_IDENTIFY);
    e->person = ask;
    e->flag = yes;
}

void key_changed(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    const struct session_slot *slot = people_slot_of(s, ev->number);
    if (!ev->person || !slot || ev->person == s->key_ask)
        return;
    bool often = slot->wait & SLOT_KEY || slot->keys_refused >= REFUSED_MAX;
    if (!may_ask(s) || s->key_ask || often) {
        tell(out, ev->person, false);
        return;
    }
    s->key_ask = ev->person;
    s->key_slot = (uint8_t)ev->number;
    prompt_make_room(s, out);
}

void key_gone(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!ev->person || ev->person != s->key_ask)
        return;
    if (s->prompt.kind == PROMPT_KEY)
        prompt_drop(s, out, WHY_GONE);
    key_over(s);
}

void key_answered(struct session *s, struct session_effects *out, bool yes)
{
    uint32_t ask = s->key_ask;
    if (!yes && s->phase == PHASE_HOST) /* a member's session ends with the no */
        people_refuse_key(s, out, s->key_slot);
    key_over(s);
    tell(out, ask, yes && may_ask(s));
}

/* Two of one name were on their way in at once, or another program of this user has met that name
   meanwhile: who is known stays who is known. */
void key_other(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (s->phase == PHASE_HOST && people_has(s, ev->person))
        heart_effect(out, EF_REMOVE)->person = ev->person;
    else if (s->phase != PHASE_HOST && heart_in_session(s) && ev->person == 1)
        end_begin(s, out, (struct ending){HOW_CUT, WHY_LINE, FAULT_J_KEY, 0, false});
}

void key_over(struct session *s)
{
    s->key_ask = 0;
    s->key_slot = 0;
}
