/* What seal says, for the relay. Run by vitrine-net. The messages are checked by the channel; a
   worker that breaks the protocol all the same ends the connection. */
#include "ch_link.h"
#include "net/wire/wire.h"

/* The organizer's words are for the organizer's seal only. */
static int queue_order(struct wire *w, const struct frame *f)
{
    if (!w->creates)
        return -1;
    wire_queue(w, f);
    return 0;
}

static int on_link_params(void *ctx, struct msg_link_params *m)
{
    struct frame f = {.type = FRAME_PARAMS};
    f.u.params.m0 = m->params;
    return queue_order(ctx, &f);
}

static int on_link_bind(void *ctx, struct msg_link_bind *m)
{
    struct frame f = {.type = FRAME_BIND};
    f.u.bind.handle = m->handle;
    f.u.bind.mid = m->mid;
    return m->mid > 1 ? queue_order(ctx, &f) : -1;
}

static int on_link_drop(void *ctx, struct msg_link_drop *m)
{
    struct frame f = {.type = FRAME_DROP};
    f.u.drop.handle = m->handle;
    f.u.drop.why = m->why;
    return queue_order(ctx, &f);
}

static int on_link_present(void *ctx, struct msg_link_present *m)
{
    struct frame f = {.type = FRAME_PRESENT};
    f.u.present.mid = m->mid;
    return queue_order(ctx, &f);
}

static int on_link_end(void *ctx)
{
    struct frame f = {.type = FRAME_END};
    return queue_order(ctx, &f);
}

/* Before BOUND the relay would not take it; with BOUND it asks by itself. */
static int on_link_need(void *ctx)
{
    struct wire *w = ctx;
    struct frame f = {.type = FRAME_NEED};
    if (w->bound)
        wire_queue(w, &f);
    return 0;
}

static int on_link_msg(void *ctx, struct msg_link_msg *m)
{
    struct wire *w = ctx;
    return outbox_add_msg(&w->outbox, m->peer, m->body) ? 0 : -1;
}

static int on_link_unit(void *ctx, struct msg_link_unit *m)
{
    struct wire *w = ctx;
    struct unit_peek unit;
    if (!frame_peek_unit(m->unit, &unit))
        return -1;
    return outbox_add_unit(&w->outbox, m->unit, unit.stream) ? 0 : -1;
}

const struct link_at_net outward_handlers = {
    .on_link_params = on_link_params,
    .on_link_msg = on_link_msg,
    .on_link_unit = on_link_unit,
    .on_link_bind = on_link_bind,
    .on_link_drop = on_link_drop,
    .on_link_present = on_link_present,
    .on_link_end = on_link_end,
    .on_link_need = on_link_need,
};
