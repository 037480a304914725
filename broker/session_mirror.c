/*
 * The heart: what others see. The presenter may look at what leaves this computer, in a decoder of
 * its own (SW_MIRROR) that is fed with the units that were sent. It lives inside of a consent to
 * share and ends with it; while sharing pauses it keeps the last picture, like the others do.
 */
#include "broker/session_parts.h"

void mirror_wanted(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!ev->flag)
        heart_worker_kill(s, out, SW_MIRROR);
    else if (s->share == SHARE_RUNNING && s->worker[SW_MIRROR] == WS_NONE)
        heart_worker_start(s, out, SW_MIRROR);
    heart_effect(out, EF_PAINT);
}

/* Sharing is nobody's to end because of a window that only looks at it. */
void mirror_dead(struct session *s, struct session_effects *out, bool expected)
{
    if (!expected && heart_admitted(s))
        heart_effect_code(out, EF_TOAST, TOAST_MIRROR);
    heart_effect(out, EF_PAINT);
}

void mirror_advance(struct session *s, struct session_effects *out)
{
    if (!s->consent)
        heart_worker_kill(s, out, SW_MIRROR);
}
