/* Whose turn it is to be read and written to (net/relay/turns.h), and what makes units wait. Run by
   vitrine-relay; distrusts how much a session says together: one small unit costs a copy for each
   of its members. */
#include "net/relay/hub.h"
#include <stddef.h>

static struct turns_lane *lane_of(struct hub *h, const struct client *c, enum hub_turn what)
{
    return c->session != NULL ? &c->session->lanes[what] : &h->lanes[what];
}

void hub_line_up(struct hub *h, struct client *c, enum hub_turn what)
{
    turns_put(lane_of(h, c, what), what == HUB_WRITE ? &c->writing : &c->reading);
}

void hub_mark(struct hub *h, struct client *c)
{
    if (!c->is_blocked)
        hub_line_up(h, c, HUB_WRITE);
}

struct client *hub_reader(struct turns_place *p)
{
    return (struct client *)(void *)((char *)p - offsetof(struct client, reading));
}

static struct client *writer(struct turns_place *p)
{
    return (struct client *)(void *)((char *)p - offsetof(struct client, writing));
}

enum hub_turn hub_reading_of(const struct client *c, uint64_t now_ms)
{
    bool light = session_presents(c) || !rate_in_debt(&c->said, RELAY_READ_LIGHT, now_ms);
    return light ? HUB_BEGIN : HUB_GO_ON;
}

void hub_read_on(struct hub *h, struct client *c)
{
    hub_line_up(h, c, session_presents(c) ? HUB_BEGIN : HUB_GO_ON);
}

/* What the session put into queues has been offered to every socket: who was held goes on. */
static void release_held(struct session *s)
{
    struct turns_place *p;
    if (s->lanes[HUB_WRITE].first != NULL)
        return;
    s->copies = 0;
    while ((p = turns_take_from(&s->held)) != NULL)
        hub_read_on(s->hub, hub_reader(p));
}

bool hub_is_sending(const struct hub *h)
{
    return !turns_is_idle(&h->turns[HUB_WRITE]) || !turns_is_idle(&h->much);
}

bool hub_is_wanted(const struct hub *h)
{
    return hub_is_sending(h) || !turns_is_idle(&h->turns[HUB_BEGIN]) ||
           !turns_is_idle(&h->turns[HUB_GO_ON]);
}

static bool is_sent_much(const struct session *s, uint64_t now_ms)
{
    if (rate_in_debt(&s->sent, RELAY_SENT_LIGHT, now_ms))
        return true;
    return s->is_sent_much && s->sent.left < RELAY_SENT_LIGHT / 2;
}

void hub_sent(struct hub *h, struct client *c, uint32_t records, uint64_t now_ms)
{
    struct session *s = c->session;
    if (s == NULL || records == 0)
        return;
    rate_take(&s->sent, RELAY_SENT_LIGHT, records, now_ms);
    s->is_sent_much = is_sent_much(s, now_ms);
    turns_lane_move(&s->lanes[HUB_WRITE], s->is_sent_much ? &h->much : &h->turns[HUB_WRITE]);
}

static struct turns_place *next_writer(struct hub *h)
{
    bool much = h->n_writers++ % RELAY_SENT_MUCH == 0;
    struct turns_place *p = turns_take(much ? &h->much : &h->turns[HUB_WRITE]);
    return p != NULL ? p : turns_take(much ? &h->turns[HUB_WRITE] : &h->much);
}

struct client *hub_next(struct hub *h, enum hub_turn what)
{
    struct turns_place *p = what == HUB_WRITE ? next_writer(h) : turns_take(&h->turns[what]);
    struct client *c;
    if (p == NULL)
        return NULL;
    if (what != HUB_WRITE)
        return hub_reader(p);
    c = writer(p);
    if (c->session != NULL)
        release_held(c->session);
    return c;
}

void hub_hold(struct client *c)
{
    turns_put(&c->session->held, &c->reading);
    release_held(c->session);
}

void lanes_leave(struct hub *h, struct client *c, struct session *s)
{
    turns_move(&c->writing, &h->lanes[HUB_WRITE]);
    if (c->reading.lane == &s->lanes[HUB_BEGIN])
        turns_move(&c->reading, &h->lanes[HUB_BEGIN]);
    if (c->reading.lane == &s->lanes[HUB_GO_ON] || c->reading.lane == &s->held)
        turns_move(&c->reading, &h->lanes[HUB_GO_ON]);
    release_held(s);
}

enum hub_unit hub_may_take_unit(const struct client *c, uint64_t now_ms)
{
    const struct session *s = c->session;
    if (s == NULL)
        return HUB_UNIT_TAKE;
    if (s->copies >= RELAY_SESSION_COPIES)
        return HUB_UNIT_HOLD;
    if (!session_presents(c) && c->state != CLIENT_ORGANIZER &&
        rate_in_debt(&s->others, RELAY_OTHERS_COPIES, now_ms))
        return HUB_UNIT_PAUSE;
    return HUB_UNIT_TAKE;
}
