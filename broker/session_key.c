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
    if (!ev->person || ev->person == s->key_ask)
        return;
    if (!may_ask(s) || s->key_ask) {
        tell(out, ev->person, false);
        return;
    }
    s->key_ask = ev->person;
    prompt_make_room(s, out);
}

void key_gone(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!ev->person || ev->person != s->key_ask)
        return;
    if (s->prompt.kind == PROMPT_KEY)
        prompt_drop(s, out, WHY_GONE);
    s->key_ask = 0;
}

void key_answered(struct session *s, struct session_effects *out, bool yes)
{
    uint32_t ask = s->key_ask;
    s->key_ask = 0;
    tell(out, ask, yes && may_ask(s));
}

void key_over(struct session *s)
{
    s->key_ask = 0;
}
