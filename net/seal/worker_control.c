/*
 * What the broker wants of control, handed on to the session. Runs in vitrine-seal; the schema has
 * judged the form, the session judges whether it makes sense.
 */
#include "ch_seal.h"
#include "net/seal/joiner.h"
#include "net/seal/organizer.h"
#include "net/seal/worker.h"

struct control *seal_worker_control(struct seal_worker *w)
{
    if (w->organizer)
        return organizer_control(w->organizer, loop_now_ms());
    return w->joiner ? joiner_control(w->joiner, loop_now_ms()) : NULL;
}

static int on_seal_ask(void *ctx, struct msg_seal_ask *m)
{
    struct control *c = seal_worker_control(ctx);
    if (c)
        control_ask(c, m->caps, m->even, loop_now_ms());
    return 0;
}

static int on_seal_grant(void *ctx, struct msg_seal_grant *m)
{
    struct control *c = seal_worker_control(ctx);
    const struct signal_terms terms = {.caps = m->caps, .ttl_s = m->ttl_s, .idle_s = m->idle_s};
    if (c)
        control_grant(c, m->mid, m->request, &terms, loop_now_ms());
    return 0;
}

static int on_seal_deny(void *ctx, struct msg_seal_deny *m)
{
    struct control *c = seal_worker_control(ctx);
    if (c)
        control_deny(c, m->mid, m->request, loop_now_ms());
    return 0;
}

static int on_seal_revoke(void *ctx, struct msg_seal_revoke *m)
{
    struct control *c = seal_worker_control(ctx);
    if (c)
        control_revoke(c, m->grant, (enum grant_end)m->why, loop_now_ms());
    return 0;
}

static int on_seal_hold(void *ctx, struct msg_seal_hold *m)
{
    struct control *c = seal_worker_control(ctx);
    if (c)
        control_hold(c, m->grant, m->held, loop_now_ms());
    return 0;
}

static int on_seal_invite(void *ctx, struct msg_seal_invite *m)
{
    struct control *c = seal_worker_control(ctx);
    if (c)
        control_invite(c, m->mid, loop_now_ms());
    return 0;
}

static int on_seal_revoke_all(void *ctx)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_revoke_all(w->organizer, loop_now_ms());
    return w->organizer ? 0 : -1;
}

static int on_seal_input(void *ctx, struct msg_seal_input *m)
{
    struct control *c = seal_worker_control(ctx);
    bool ok = !c || control_input(c, m->grant, m->events, m->n_events, loop_now_ms());
    return ok ? 0 : -1;
}

/* --- the second yes --- */

static int on_seal_second(void *ctx, struct msg_seal_second *m)
{
    struct seal_worker *w = ctx;
    if (w->joiner)
        joiner_second(w->joiner, m->mid, loop_now_ms());
    return w->joiner ? 0 : -1;
}

static int on_seal_second_say(void *ctx, struct msg_seal_second_say *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_second(w->organizer, m->presenter, m->mid, m->yes, loop_now_ms());
    return w->organizer ? 0 : -1;
}

/* --- who presents, and who is who --- */

static int on_seal_offer(void *ctx, struct msg_seal_offer *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_offer(w->organizer, m->mid, loop_now_ms());
    return w->organizer ? 0 : -1;
}

static int on_seal_answer(void *ctx, struct msg_seal_answer *m)
{
    struct seal_worker *w = ctx;
    if (w->joiner)
        joiner_answer(w->joiner, m->yes, loop_now_ms());
    return w->joiner ? 0 : -1;
}

static int on_seal_verified(void *ctx, struct msg_seal_verified *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_verified(w->organizer, m->mid, m->same, loop_now_ms());
    if (w->joiner)
        joiner_verified(w->joiner, m->mid, m->same, loop_now_ms());
    return 0;
}

/* --- what people write --- */

static int on_seal_chat(void *ctx, struct msg_seal_chat *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        return organizer_chat(w->organizer, m->text, loop_now_ms()) ? 0 : -1;
    return w->joiner && joiner_chat(w->joiner, m->text, loop_now_ms()) ? 0 : -1;
}

void seal_worker_control_handlers(struct seal_at_seal *h)
{
    h->on_seal_chat = on_seal_chat;
    h->on_seal_offer = on_seal_offer;
    h->on_seal_answer = on_seal_answer;
    h->on_seal_verified = on_seal_verified;
    h->on_seal_ask = on_seal_ask;
    h->on_seal_grant = on_seal_grant;
    h->on_seal_deny = on_seal_deny;
    h->on_seal_second = on_seal_second;
    h->on_seal_second_say = on_seal_second_say;
    h->on_seal_revoke = on_seal_revoke;
    h->on_seal_hold = on_seal_hold;
    h->on_seal_invite = on_seal_invite;
    h->on_seal_revoke_all = on_seal_revoke_all;
    h->on_seal_input = on_seal_input;
}
