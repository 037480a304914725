/*
 * The heart: may the person at this computer write to the others? What they write never comes here.
 */
#include "broker/session_parts.h"

bool session_may_chat(const struct session *s)
{
    return heart_admitted(s) && s->line == LINE_UP && heart_allowed(s, RIGHT_CHAT);
}

void talk_write(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (session_may_chat(s))
        heart_effect(out, EF_CHAT);
}
