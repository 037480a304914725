/* What the relay says, for seal. Run by vitrine-net. The frame has been decoded strictly; here it
   is judged whether it may come now, and nothing of its content is understood. */
#include "ch_link.h"
#include "ch_net.h"
#include "net/wire/wire.h"
#include <string.h>

/* seal does not read: one message may wait (wire.c reads no further then); more is a broken
 * invariant. */
static bool sent(struct wire *w, int result)
{
    if (result != 0 && w->phase != WIRE_CLOSING)
        wire_end(w, NET_END_OURS, 0);
    return true;
}

static void keep_token(struct wire *w, const uint8_t token[FRAME_TOKEN])
{
    memcpy(w->token, token, FRAME_TOKEN);
    w->has_token = true;
}

static bool on_opened(struct wire *w, const struct frame *f)
{
    struct msg_link_opened m = {
        .sid = {f->u.opened.sid, FRAME_SID},
        .handle = f->u.opened.handle,
        .params = f->u.opened.params,
    };
    if (w->creates != (f->u.opened.params.len == 0))
        return false;
    if ((!w->creates || w->returns) && memcmp(f->u.opened.sid, w->sid, FRAME_SID) != 0)
        return false;
    memcpy(w->sid, f->u.opened.sid, FRAME_SID);
    w->bound = w->creates;
    if (w->creates)
        keep_token(w, f->u.opened.token);
    w->phase = WIRE_OPEN;
    w->link.state = LINK_STATE_OPEN;
    if (msg_net_opened_send(&w->control) != 0)
        wire_end(w, NET_END_OURS, 0);
    return sent(w, msg_link_opened_send(&w->link, &m));
}

static bool on_bound(struct wire *w, const struct frame *f)
{
    struct msg_link_bound m = {.mid = f->u.bound.mid};
    if (w->creates)
        return false;
    w->bound = true;
    keep_token(w, f->u.bound.token);
    return sent(w, msg_link_bound_send(&w->link, &m));
}

static bool on_peer(struct wire *w, const struct frame *f)
{
    struct msg_link_peer m = {.handle = f->u.peer.handle, .state = f->u.peer.state};
    return w->creates && sent(w, msg_link_peer_send(&w->link, &m));
}

static bool on_away(struct wire *w, const struct frame *f)
{
    struct msg_link_away m = {.on = f->u.away.on};
    if (w->creates)
        return false;
    if (f->u.away.on && w->draining && w->has_token) {
        wire_end(w, NET_END_CLEAN, FRAME_ERR_DRAINING);
        return true;
    }
    return sent(w, msg_link_away_send(&w->link, &m));
}

/* relay.md 8: the organizer goes on elsewhere at once, the members when it has gone. */
static bool on_drain(struct wire *w)
{
    w->draining = true;
    if (w->creates && w->phase == WIRE_OPEN)
        wire_end(w, NET_END_CLEAN, FRAME_ERR_DRAINING);
    return true;
}

static bool on_msg(struct wire *w, const struct frame *f)
{
    struct msg_link_msg m = {.peer = f->u.msg.peer, .body = f->u.msg.bytes};
    return sent(w, msg_link_msg_send(&w->link, &m));
}

static bool on_unit(struct wire *w, const struct frame *f)
{
    struct msg_link_unit m = {.unit = f->u.unit.sealed};
    return sent(w, msg_link_unit_send(&w->link, &m));
}

static bool on_keep(struct wire *w, const struct frame *f)
{
    struct frame answer = *f;
    uint64_t now = loop_now_ms();
    if (!f->u.keep.answer) {
        if (w->outbox.lists[FRAME_RANK_OWN].frames >= NET_KEEPS)
            return false; /* it asks for more than it takes, and all of it would wait here */
        answer.u.keep.answer = 1;
        wire_queue(w, &answer);
    } else if (f->u.keep.stamp <= now && now - f->u.keep.stamp < SILENCE_MS) {
        w->rtt_ms = (uint32_t)(now - f->u.keep.stamp);
    }
    return true;
}

static bool on_err(struct wire *w, const struct frame *f)
{
    wire_end(w, NET_END_CLEAN, f->u.err.code);
    return true;
}

static bool take_open(struct wire *w, const struct frame *f)
{
    switch (f->type) {
    case FRAME_BOUND:
        return on_bound(w, f);
    case FRAME_PEER:
        return on_peer(w, f);
    case FRAME_AWAY:
        return on_away(w, f);
    case FRAME_MSG:
        return on_msg(w, f);
    case FRAME_UNIT:
        return on_unit(w, f);
    case FRAME_NEED:
        return sent(w, msg_link_need_send(&w->link));
    case FRAME_REPORT:
        return pace_report(&w->pace, f->u.report.taken, f->u.report.median_ms);
    default:
        return false;
    }
}

bool inward_take(struct wire *w, const struct frame *f)
{
    switch (f->type) {
    case FRAME_KEEP:
        return on_keep(w, f);
    case FRAME_ERR:
        return on_err(w, f);
    case FRAME_DRAIN:
        return on_drain(w);
    case FRAME_OPENED:
        return w->phase == WIRE_OPENING && on_opened(w, f);
    default:
        break;
    }
    if (w->phase == WIRE_CLOSING)
        return true; /* nobody is left to hear it */
    return w->phase == WIRE_OPEN && take_open(w, f);
}
