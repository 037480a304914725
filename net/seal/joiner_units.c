/*
 * What a member does with units (e2e.md 9): opened ones go to view in order, STATUS tells how fresh
 * the picture is, units of an epoch still to come are held for a moment. Runs in vitrine-seal;
 * distrusts every byte of them.
 */
#include "net/seal/crypto.h"
#include "net/seal/joiner_state.h"
#include "net/seal/kdf.h"

#define GAP_MS 5000       /* screen without KEY after a gap: then E_GAP */
#define BAD_EPOCH_MS 2000 /* units of no usable epoch for so long: E_EPOCH */

/* --- how the picture stands --- */

static void tell_picture(struct joiner *j, enum port_picture state)
{
    if (j->picture == (int)state)
        return;
    j->picture = (int)state;
    j->port->picture(j->port->ctx, state);
}

void units_presenter(struct joiner *j, uint16_t before)
{
    uint16_t now = group_presenter(j->group);
    if (now == before)
        return;
    j->key_wanted = true;
    j->gap_ms = 0;
    j->status_ms = j->now_ms;
    j->port->presenter(j->port->ctx, now);
    if (!now)
        tell_picture(j, PICTURE_STOPPED);
}

void units_away(struct joiner *j)
{
    j->gap_ms = 0;
    j->bad_epoch_ms = 0;
    if (group_presenter(j->group))
        tell_picture(j, PICTURE_STALE);
}

void units_back(struct joiner *j)
{
    group_allow_jump(j->group);
    j->key_wanted = true;
    j->gap_ms = 0;
    j->bad_epoch_ms = 0;
    j->status_ms = j->now_ms;
    if (group_presenter(j->group))
        j->port->need(j->port->ctx);
    else
        tell_picture(j, PICTURE_STOPPED);
}

/* u64 presenter_ms | u8 state | u8 n { u8 stream | u64 next_ctr } */
static enum e2e_code on_status(struct joiner *j, struct span content)
{
    struct get g = get_from(content.data, content.len);
    (void)get_u64(&g);
    uint8_t state = get_u8(&g), n = get_u8(&g);
    for (uint8_t i = 0; i < n && g.ok; i++) {
        (void)get_u8(&g);
        (void)get_u64(&g);
    }
    if (!get_done(&g) || state > PICTURE_STOPPED)
        return E_PARSE;
    j->status_ms = j->now_ms;
    tell_picture(j, (enum port_picture)state);
    return E_NONE;
}

/* --- one unit --- */

/* A member whose client sends nonsense is not listened to any more; only the organizer can put it
   out. */
static enum e2e_code on_signal(struct joiner *j, const struct group_unit *u)
{
    if (!group_muted(j->group, u->mid) &&
        control_signal(j->control, u->mid, u->content, j->now_ms) != E_NONE)
        group_mute(j->group, u->mid);
    return E_NONE;
}

static void on_screen(struct joiner *j, const struct group_unit *u)
{
    j->gap_ms = 0;
    if (!j->view || (j->key_wanted && !u->key))
        return;
    j->key_wanted = false;
    j->port->screen(j->port->ctx, u->key, u->key ? u->missed : 0, u->content);
}

static enum e2e_code deliver(struct joiner *j, const struct group_unit *u)
{
    j->bad_epoch_ms = 0;
    switch (u->stream) {
    case STREAM_SCREEN:
        on_screen(j, u);
        return E_NONE;
    case STREAM_CURSOR:
        if (j->view)
            j->port->cursor(j->port->ctx, u->content);
        return E_NONE;
    case STREAM_STATUS:
        return on_status(j, u->content);
    case STREAM_SIGNAL:
        return on_signal(j, u);
    default: /* audio, chat: opened and checked; nobody here takes them yet */
        return E_NONE;
    }
}

static void on_bad_epoch(struct joiner *j)
{
    if (!j->bad_epoch_ms)
        j->bad_epoch_ms = j->now_ms ? j->now_ms : 1;
    else if (j->now_ms - j->bad_epoch_ms > BAD_EPOCH_MS)
        joiner_fail(j, E_EPOCH);
}

static void hold(struct joiner *j, struct span wire)
{
    if (j->held_bytes + wire.len > EPOCH_HELD_BYTES) {
        on_bad_epoch(j);
        return;
    }
    struct held *h = crypto_zalloc(sizeof *h + wire.len);
    h->len = wire.len;
    memcpy(h->wire, wire.data, wire.len);
    if (!j->held)
        j->held_ms = j->now_ms;
    *j->held_end = h;
    j->held_end = &h->next;
    j->held_bytes += wire.len;
}

/* A jump without KEY: the rest of the picture is lost; one KEY unit heals it. */
static void on_gap(struct joiner *j)
{
    if (j->gap_ms)
        return;
    j->gap_ms = j->now_ms;
    j->port->need(j->port->ctx);
}

/* Presenter streams decide about the session; chat and signals of one member only about that unit.
 */
static void on_refused(struct joiner *j, const struct group_unit *u, enum e2e_code code)
{
    bool screen = u->stream == STREAM_SCREEN;
    if (code == E_EPOCH)
        on_bad_epoch(j);
    else if (code == E_GAP && screen)
        on_gap(j);
    else if (code == E_PARSE || group_is_presenter_stream(u->stream))
        joiner_fail(j, code);
    else if (code == E_FORGED)
        group_mute(j->group, u->mid);
}

static void take(struct joiner *j, struct span wire)
{
    struct group_unit u = {0};
    bool newer;
    enum e2e_code code = group_open(j->group, wire, j->now_ms, j->plain, &u, &newer);
    if (code == E_EPOCH && newer && !j->bad_epoch_ms) {
        hold(j, wire);
        return;
    }
    if (code) {
        on_refused(j, &u, code);
        return;
    }
    code = deliver(j, &u);
    if (j->stage == JOINER_OVER)
        return;
    crypto_wipe(j->plain, u.content.len + 4);
    if (code)
        joiner_fail(j, code);
}

void units_take(struct joiner *j, struct span wire)
{
    take(j, wire);
}

void units_release_held(struct joiner *j)
{
    struct held *h = j->held;
    j->held = NULL;
    j->held_end = &j->held;
    j->held_bytes = 0;
    while (h) {
        struct held *next = h->next;
        if (j->stage != JOINER_OVER)
            take(j, span_of(h->wire, h->len));
        crypto_release(h);
        h = next;
    }
}

void units_finish(struct joiner *j)
{
    while (j->held) {
        struct held *next = j->held->next;
        crypto_release(j->held);
        j->held = next;
    }
    j->held_end = &j->held;
}

/* --- view --- */

void joiner_view(struct joiner *j, bool on, uint64_t now_ms)
{
    if (j->stage == JOINER_OVER)
        return;
    j->view = on;
    j->key_wanted = true;
    if (on)
        joiner_need_key(j, now_ms);
}

void joiner_need_key(struct joiner *j, uint64_t now_ms)
{
    if (j->stage != JOINER_MEMBER || !j->group || !group_presenter(j->group))
        return;
    j->now_ms = now_ms;
    j->port->need(j->port->ctx);
}

/* --- time --- */

static bool picture_expected(const struct joiner *j)
{
    return j->group && group_presenter(j->group) && j->picture != PICTURE_STALE;
}

/* The record that would open them did not come in time; if such units go on coming, that is the
 * end. */
static void drop_held(struct joiner *j)
{
    units_finish(j);
    j->held_bytes = 0;
    j->bad_epoch_ms = j->held_ms ? j->held_ms : 1;
}

void units_tick(struct joiner *j)
{
    if (picture_expected(j) && j->now_ms >= j->status_ms + STALE_MS)
        tell_picture(j, PICTURE_STALE);
    if (j->group)
        (void)group_forget(j->group, j->now_ms);
    if (j->gap_ms && j->now_ms >= j->gap_ms + GAP_MS)
        joiner_fail(j, E_GAP);
    else if (j->held && j->now_ms >= j->held_ms + EPOCH_HELD_MS)
        drop_held(j);
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t units_due(const struct joiner *j)
{
    uint64_t due = UINT64_MAX;
    if (picture_expected(j))
        due = sooner(due, j->status_ms + STALE_MS);
    if (j->group)
        due = sooner(due, group_forget(j->group, 0));
    if (j->gap_ms)
        due = sooner(due, j->gap_ms + GAP_MS);
    if (j->held)
        due = sooner(due, j->held_ms + EPOCH_HELD_MS);
    return due;
}
