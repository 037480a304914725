/*
 * Control: what both sides share, the pair channel's life. Runs in vitrine-seal; distrusts
 * everybody else in the session, the organizer too.
 */
#include "net/seal/control.h"
#include "net/seal/control_state.h"
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/kdf.h"

/* --- life --- */

struct control *control_create(const struct control_ties *ties, struct group *group,
                               const uint8_t sess_id[SESS_ID_LEN], EVP_PKEY *sig)
{
    struct control *c = crypto_zalloc(sizeof *c);
    c->ties = *ties;
    c->group = group;
    c->sig = sig;
    memcpy(c->sess_id, sess_id, SESS_ID_LEN);
    return c;
}

void control_destroy(struct control *c)
{
    if (!c)
        return;
    pair_destroy(c->hold.pair);
    crypto_release(c);
}

void control_set_mid(struct control *c, uint16_t mid)
{
    c->mid = mid;
}

/* --- the grant --- */

bool control_open(struct control *c, const struct control_hold *how, uint32_t epoch)
{
    uint8_t secret[SECRET_LEN], psk[PSK_LEN];
    const struct group_person *peer = group_find(c->group, how->peer);
    if (!peer || !group_secret_of(c->group, epoch, c->now_ms, secret))
        return false;
    struct pair_opening opening = {.presenter = !how->mine,
                                   .mid_c = how->mine ? c->mid : how->peer,
                                   .mid_p = how->mine ? how->peer : c->mid,
                                   .terms = how->terms,
                                   .sess_id = c->sess_id,
                                   .psk = psk,
                                   .own = c->sig,
                                   .peer = peer->key};
    memcpy(opening.grant, how->grant, GRANT_ID_LEN);
    const struct derive_pair d = {.secret = secret,
                                  .sess_id = c->sess_id,
                                  .grant_id = opening.grant,
                                  .mid_c = opening.mid_c,
                                  .mid_p = opening.mid_p};
    derive_pair_psk(&d, psk);
    c->hold = *how;
    c->hold.epoch = epoch;
    c->hold.since_ms = c->now_ms;
    c->hold.pair = pair_create(&opening);
    crypto_wipe(secret, sizeof secret);
    crypto_wipe(psk, sizeof psk);
    return true;
}

void control_flush(struct control *c)
{
    uint8_t out[PAIR_HEAD + OUTER_CHAN_MAX];
    for (size_t n; c->hold.pair && (n = pair_take(c->hold.pair, out));)
        c->ties.send(c->ties.ctx, c->hold.peer, span_of(out, n));
}

/* The other side's line may be as good as ever: without a word it would look like control there
   until the grant's time is over. The channel's own last record says it, and needs no key later. */
static void keep_farewell(struct control *c)
{
    uint8_t out[PAIR_HEAD + OUTER_CHAN_MAX];
    size_t n = pair_take(c->hold.pair, out);
    if (n > sizeof c->farewell)
        return;
    memcpy(c->farewell, out, n);
    c->farewell_len = n;
    c->farewell_to = c->hold.peer;
}

/* In this order: the keys are gone and the grant is forgotten before anybody hears of it, so that
   no event of it can follow. */
void control_over(struct control *c, enum grant_end why, enum e2e_code code)
{
    struct control_hold was = c->hold;
    const struct port *port = c->ties.port;
    if (!was.pair)
        return;
    pair_close(was.pair);
    if (c->is_cut)
        keep_farewell(c);
    else
        control_flush(c);
    pair_destroy(was.pair);
    crypto_wipe(&c->hold, sizeof c->hold);
    input_pace_reset(&c->pace, c->even, c->now_ms);
    if (was.up && !was.mine)
        c->ties.notice(c->ties.ctx, was.grant, was.peer, false);
    if (was.up)
        port->revoked(port->ctx, was.grant, why, code);
    else
        port->denied(port->ctx, was.request, code);
}

/* For the receipt: both signatures, what they are about, and the records that name both keys. */
static void tell_proof(struct control *c)
{
    const struct control_hold *h = &c->hold;
    const struct port *port = c->ties.port;
    const struct group_person *me = group_find(c->group, c->mid), *peer;
    peer = group_find(c->group, h->peer);
    if (!port->proved || !me || !peer)
        return;
    const struct pair_proof p = pair_proof(h->pair);
    const struct group_person *people[] = {h->mine ? me : peer, h->mine ? peer : me};
    struct port_proof out = {.grant = h->grant,
                             .sess_id = c->sess_id,
                             .bind = p.bind,
                             .organizer = group_organizer_key(c->group),
                             .epoch = h->epoch,
                             .caps = h->terms.caps,
                             .idle_s = h->terms.idle_s,
                             .ttl_s = h->terms.ttl_s};
    for (unsigned i = 0; i < 2; i++)
        out.side[i] = (struct port_side){.mid = people[i]->mid,
                                         .key = people[i]->sig_pub,
                                         .sig = people[i] == me ? p.own : p.peer,
                                         .naming = group_naming(people[i])};
    port->proved(port->ctx, &out);
}

static void came_up(struct control *c)
{
    struct control_hold *h = &c->hold;
    const struct port *port = c->ties.port;
    h->up = true;
    h->since_ms = h->heard_ms = h->used_ms = c->now_ms;
    input_pace_reset(&c->pace, c->even, c->now_ms);
    const struct port_grant g = {.grant = h->grant,
                                 .request = h->request,
                                 .mid = h->peer,
                                 .mine = h->mine,
                                 .caps = h->terms.caps,
                                 .ttl_s = h->terms.ttl_s,
                                 .idle_s = h->terms.idle_s};
    port->granted(port->ctx, &g);
    tell_proof(c);
    if (!h->mine)
        c->ties.notice(c->ties.ctx, h->grant, h->peer, true);
}

/* One step; false: there is nothing more to read. */
static bool pump_once(struct control *c)
{
    struct input_event events[MAX_INPUT_EVENTS];
    unsigned n = 0;
    enum e2e_code code = E_NONE;
    switch (pair_next(c->hold.pair, events, &n, &code)) {
    case PAIR_NOTHING:
        return false;
    case PAIR_UP:
        came_up(c);
        break;
    case PAIR_INPUT:
        grant_input(c, events, n);
        crypto_wipe(events, sizeof events);
        break;
    case PAIR_HELD:
        if (pace_take(&c->hold.held_pace, HELD_HEARD_BURST, HELD_REFILL_MS, c->now_ms))
            c->ties.port->held(c->ties.port->ctx, c->hold.grant, n);
        else
            control_over(c, GRANT_END_FAULT, E_LIMIT);
        break;
    case PAIR_CLOSED:
        control_over(c, GRANT_END_PEER, E_NONE);
        break;
    case PAIR_BAD:
        control_over(c, GRANT_END_FAULT, code);
        break;
    }
    return c->hold.pair != NULL;
}

void control_pump(struct control *c)
{
    while (pump_once(c))
        ;
    control_flush(c);
}

/* --- from others --- */

void control_pair(struct control *c, uint16_t from, struct span body, uint64_t now_ms)
{
    const uint8_t *grant;
    struct span tls;
    struct control_hold *h = &c->hold;
    c->now_ms = now_ms;
    if (!pair_split(body, &grant, &tls) || !h->pair || from != h->peer ||
        memcmp(grant, h->grant, GRANT_ID_LEN) != 0)
        return;
    pair_feed(h->pair, tls);
    control_pump(c);
}

enum e2e_code control_signal(struct control *c, uint16_t from, struct span content, uint64_t now_ms)
{
    struct signal s;
    c->now_ms = now_ms;
    if (!signal_peek(content, &s))
        return E_PARSE;
    if (s.to != c->mid)
        return E_NONE;
    if (!signal_parse(content, &s))
        return E_PARSE;
    if (s.kind == SIGNAL_REQUEST)
        return grant_on_request(c, from, &s);
    if (s.kind == SIGNAL_GRANT)
        return wish_on_grant(c, from, &s);
    if (s.kind == SIGNAL_INVITE)
        wish_on_invite(c, from);
    else
        wish_on_deny(c, from, &s);
    return E_NONE;
}

/* --- from broker and session --- */

void control_revoke(struct control *c, const uint8_t grant[GRANT_ID_LEN], enum grant_end why,
                    uint64_t now_ms)
{
    c->now_ms = now_ms;
    if (c->hold.up && memcmp(grant, c->hold.grant, GRANT_ID_LEN) == 0)
        control_over(c, why, E_NONE);
}

void control_end(struct control *c, enum grant_end why, uint64_t now_ms)
{
    c->now_ms = now_ms;
    control_over(c, why, E_NONE);
}

void control_cut(struct control *c, enum grant_end why, uint64_t now_ms)
{
    c->is_cut = why == GRANT_END_LINE;
    control_end(c, why, now_ms);
    grant_withdraw(c, 0);
    wish_over(c, E_NONE);
    c->is_cut = false;
}

void control_bound(struct control *c, uint64_t now_ms)
{
    size_t n = c->farewell_len;
    c->now_ms = now_ms;
    c->farewell_len = 0;
    if (n)
        c->ties.send(c->ties.ctx, c->farewell_to, span_of(c->farewell, n));
}

void control_peer_gone(struct control *c, uint16_t mid, uint64_t now_ms)
{
    c->now_ms = now_ms;
    if (c->hold.pair && c->hold.peer == mid)
        control_over(c, GRANT_END_LINE, E_NONE);
    grant_withdraw(c, mid);
}

void control_roster(struct control *c, uint64_t now_ms)
{
    c->now_ms = now_ms;
    if (c->hold.pair && !group_find(c->group, c->hold.peer))
        control_over(c, GRANT_END_GONE, E_NONE);
    grant_roster(c);
    wish_roster(c);
}

/* --- time --- */

void control_tick(struct control *c, uint64_t now_ms)
{
    c->now_ms = now_ms;
    if (c->hold.pair && !c->hold.up && now_ms >= c->hold.since_ms + PAIR_OPEN_MS)
        control_over(c, GRANT_END_LINE, E_NONE);
    grant_tick(c);
    wish_tick(c);
}

uint64_t control_due(const struct control *c)
{
    uint64_t due = grant_due(c), wish = wish_due(c);
    if (wish < due)
        due = wish;
    if (c->hold.pair && !c->hold.up && c->hold.since_ms + PAIR_OPEN_MS < due)
        due = c->hold.since_ms + PAIR_OPEN_MS;
    return due;
}
