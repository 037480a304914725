/* What the organizer tells the relay: BIND, DROP, PRESENT, END (relay.md 4). Run by vitrine-relay.
   Routing, never truth about people: no client believes any of it. */
#include "net/relay/hub.h"
#include <string.h>

static void send_bound(struct hub *h, struct client *c)
{
    struct frame f = {.type = FRAME_BOUND};
    struct session *s = c->session;
    struct token token = s->token;
    f.u.bound.mid = token.mid = c->mid;
    if (!token_write(&h->tokens, FRAME_AS_MEMBER, s->sid, &token, f.u.bound.token)) {
        hub_end(h, c, FRAME_ERR_BUSY, 0);
        return;
    }
    hub_send(h, c, &f);
}

static void bind_client(struct hub *h, struct session *s, struct client *c, uint16_t mid)
{
    bool ok;
    struct client *old;
    if (c->state == CLIENT_ATTACHED && s->members >= MAX_MEMBERS) {
        hub_end(h, c, FRAME_ERR_BUSY, 0);
        return;
    }
    old = session_bind(s, c, mid, &ok);
    if (!ok) {
        hub_end(h, c, FRAME_ERR_BUSY, 0);
        return;
    }
    if (old != NULL)
        hub_end(h, old, FRAME_ERR_REPLACED, 0);
    s->alone_ms = 0;
    send_bound(h, c);
    queue_start_viewing(&c->queue, h->now.ms);
}

static void on_bind(struct hub *h, struct client *from, const struct frame *f)
{
    struct session *s = from->session;
    struct client *c = session_by_handle(s, f->u.bind.handle);
    if (c == NULL)
        return; /* gone meanwhile; PEER is on its way */
    if (c == from || c->state == CLIENT_ORGANIZER || (c->mid != 0 && c->mid != f->u.bind.mid))
        hub_refuse(h, from);
    else
        bind_client(h, s, c, f->u.bind.mid);
}

/* Removed: its token opens nothing here any more, and no second connection that came with it stays.
   Without memory for that, it comes back to the organizer's next DROP. */
static void end_token(struct hub *h, struct session *s, const struct client *c)
{
    uint16_t mid = c->mid != 0 ? c->mid : c->returns_as;
    struct client *again;
    if (mid == 0)
        return;
    (void)map_set(&s->removed, mid, s); /* any pointer will do */
    if ((again = session_returner(s, mid)) != NULL)
        hub_end(h, again, FRAME_ERR_REMOVED, RELAY_FLUSH_MS);
}

/* What organizers say of strangers counts. A member may be late, or its line broken, and its
   organizer knows who it is. */
static void note_word(struct hub *h, struct client *c, uint8_t why)
{
    bool is_stranger = c->mid == 0 && c->returns_as == 0;
    if (why == FRAME_DROP_WRONG_PASSWORD)
        hub_note(h, c, INTRUSION_WRONG_PASSWORD);
    else if (is_stranger && (why == FRAME_DROP_PROTOCOL || why == FRAME_DROP_REMOVED))
        hub_note(h, c, INTRUSION_NONSENSE);
}

static void on_drop(struct hub *h, struct client *from, const struct frame *f)
{
    struct client *c = session_by_handle(from->session, f->u.drop.handle);
    if (c == NULL)
        return;
    if (c->state == CLIENT_ORGANIZER) {
        hub_refuse(h, from);
        return;
    }
    note_word(h, c, f->u.drop.why);
    if (f->u.drop.why == FRAME_DROP_REMOVED)
        end_token(h, from->session, c);
    hub_end(h, c, FRAME_ERR_REMOVED, RELAY_FLUSH_MS);
}

/* What the new presenter sends can be used from its first KEY unit only. */
static void on_present(struct hub *h, struct session *s, uint16_t mid)
{
    if (mid == s->presenter)
        return;
    s->presenter = mid;
    for (struct client *c = s->clients; c != NULL; c = c->session_after)
        if (session_is_member(c))
            queue_await_key(&c->queue, h->now.ms);
}

void orders_take(struct hub *h, struct client *c, const struct frame *f)
{
    switch (f->type) {
    case FRAME_BIND:
        on_bind(h, c, f);
        break;
    case FRAME_DROP:
        on_drop(h, c, f);
        break;
    case FRAME_PRESENT:
        on_present(h, c->session, f->u.present.mid);
        break;
    case FRAME_END:
        hub_end_session(h, c->session, FRAME_ERR_ENDED);
        break;
    default:
        hub_refuse(h, c);
    }
}
