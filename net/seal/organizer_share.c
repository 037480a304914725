/*
 * The organizer and pictures: its own presentation, and what somebody else presents (e2e.md 9, 11).
 * Runs in vitrine-seal of the organizer.
 */
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"

static bool idle(const struct organizer *o)
{
    return o->over || !o->open || o->end_by_ms;
}

void share_begin(struct organizer *o)
{
    o->sharing.port = o->port;
    o->sharing.group = o->group;
}

static void present(struct organizer *o, uint16_t mid)
{
    struct epoch_change change = epoch_same(o);
    change.presenter = mid;
    if (group_presenter(o->group) != mid)
        epoch_make(o, &change);
}

bool organizer_share(struct organizer *o, uint64_t now_ms)
{
    if (idle(o) || o->sharing.state == SHARING_RUNNING)
        return false;
    o->now_ms = now_ms;
    o->heir = o->offered = 0;
    present(o, 1);
    sharing_begin(&o->sharing, now_ms);
    sharing_tell(&o->sharing, group_find(o->group, 1), o->sess_id, o->sig);
    return true;
}

/* To whoever was handed the presentation while our capture still lived, or to nobody. */
static void pass_on(struct organizer *o)
{
    uint16_t heir = seat_find(o, o->heir) ? o->heir : 0;
    o->heir = 0;
    if (!o->end_by_ms)
        present(o, heir);
}

bool organizer_unshare(struct organizer *o, bool pause, uint64_t now_ms)
{
    if (o->over || !o->open || o->sharing.state == SHARING_NONE)
        return false;
    o->now_ms = now_ms;
    pause = pause && !o->heir;
    sharing_stop(&o->sharing, pause, now_ms);
    if (!pause)
        pass_on(o);
    o->port->unshared(o->port->ctx);
    return true;
}

void organizer_screen(struct organizer *o, bool key, struct span content, uint64_t now_ms)
{
    if (idle(o))
        return;
    o->now_ms = now_ms;
    sharing_screen(&o->sharing, key, content, now_ms);
}

void organizer_cursor(struct organizer *o, bool key, struct span content, uint64_t now_ms)
{
    if (idle(o))
        return;
    o->now_ms = now_ms;
    sharing_cursor(&o->sharing, key, content, now_ms);
}

void organizer_need(struct organizer *o, uint64_t now_ms)
{
    if (idle(o))
        return;
    o->now_ms = now_ms;
    sharing_need(&o->sharing, now_ms);
}

bool organizer_mirror(struct organizer *o, bool on, uint64_t now_ms)
{
    if (idle(o))
        return false;
    o->now_ms = now_ms;
    return sharing_mirror(&o->sharing, on, now_ms);
}

void organizer_mirror_need(struct organizer *o, uint64_t now_ms)
{
    if (idle(o))
        return;
    o->now_ms = now_ms;
    sharing_mirror_need(&o->sharing, now_ms);
}

/* --- hand-over --- */

/* The old capture is dead before the new presenter's epoch: ours is waited for, another one's units
   are refused from that epoch on. */
static void hand_over(struct organizer *o, uint16_t mid)
{
    if (o->sharing.state == SHARING_RUNNING) {
        o->heir = mid;
        return;
    }
    if (o->sharing.state == SHARING_PAUSED)
        sharing_stop(&o->sharing, false, o->now_ms);
    present(o, mid);
}

void organizer_offer(struct organizer *o, uint16_t mid, uint64_t now_ms)
{
    struct seat *s = idle(o) ? NULL : seat_find(o, mid);
    if (idle(o))
        return;
    o->now_ms = now_ms;
    o->offered = o->heir = 0;
    if (mid == 1) {
        if (group_presenter(o->group) != 1)
            present(o, 0);
    } else if (s && s->conn && line_send(s->conn->line, INNER_PRESENT_OFFER, span_of(NULL, 0))) {
        s->offers++;
        o->offered = mid;
        conn_flush(o, s->conn);
    } else {
        o->port->answered(o->port->ctx, mid, false); /* not there */
    }
}

/* Without an offer, no is what a presenter says that does not want to present any longer. */
enum e2e_code share_answer(struct organizer *o, struct seat *s, struct span body)
{
    bool yes = body.data[0];
    uint16_t mid = s->mid;
    if (body.data[0] > 1)
        return E_PARSE;
    if (!s->offers) {
        if (yes || !s->presented)
            return E_STATE;
        if (group_presenter(o->group) == mid)
            present(o, 0);
        return E_NONE;
    }
    s->offers--;
    if (o->offered != mid || s->offers)
        return E_NONE; /* taken back, or asked again, meanwhile */
    o->offered = 0;
    o->port->answered(o->port->ctx, mid, yes);
    if (yes)
        hand_over(o, mid);
    return E_NONE;
}

/* --- the verification words --- */

void organizer_verified(struct organizer *o, uint16_t mid, bool same, uint64_t now_ms)
{
    const struct group_person *p = idle(o) ? NULL : group_find(o->group, mid);
    if (idle(o))
        return;
    o->now_ms = now_ms;
    if (!same) { /* somebody stands in between: nothing more is said here */
        organizer_end(o, END_REASON_WORDS, now_ms);
        return;
    }
    if (!p || mid == 1 || p->role & ROLE_VERIFIED)
        return;
    struct epoch_change change = epoch_same(o);
    change.verified = mid;
    epoch_make(o, &change);
}
