/* See watch.h. Runs in vitrine-seal; distrusts every byte of a unit. */
#include "net/seal/watch.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"

#define GAP_MS 5000 /* screen without KEY after a gap: then E_GAP */
/* What was asked for may be lost with somebody's line, and nobody told: it is asked for again. */
#define NEED_AGAIN_MS 6000

/* Held units of members who do not present: enough for what they can have said in that time. */
#define HELD_OTHERS (EPOCH_HELD_BYTES / 32)

/* A unit of an epoch not known yet. */
struct watch_held {
    struct watch_held *next;
    size_t len;
    uint8_t wire[];
};

/* --- life --- */

void watch_init(struct watch *w, const struct port *port)
{
    w->port = port;
    standing_init(&w->picture, port);
    w->held_end = &w->held;
}

void watch_begin(struct watch *w, struct group *group, void *ctx)
{
    w->group = group;
    w->ctx = ctx;
}

static void forget_held(struct watch *w)
{
    while (w->held) {
        struct watch_held *next = w->held->next;
        crypto_release(w->held);
        w->held = next;
    }
    w->held_end = &w->held;
    w->held_bytes = 0;
    w->held_presenter = false;
}

void watch_finish(struct watch *w)
{
    forget_held(w);
    standing_forget(&w->picture);
    crypto_wipe(w->plain, sizeof w->plain);
    w->group = NULL;
    w->over = true;
}

static void fail(struct watch *w, enum e2e_code code)
{
    w->fail(w->ctx, code);
}

/* Somebody else's picture can be expected. */
static bool watches(const struct watch *w)
{
    return w->group && group_presenter(w->group) && !group_presents(w->group);
}

static void need(struct watch *w)
{
    w->need_ms = w->now_ms;
    w->port->need(w->port->ctx);
}

/* --- how the picture stands --- */

/* Nothing of what the one before said is told of the one now. */
static void change_hands(struct watch *w, uint16_t now)
{
    int stood = w->picture.newest;
    if (now)
        standing_forget(&w->picture);
    else if (stood >= 0 && stood != PICTURE_INCOMPLETE)
        standing_now(&w->picture, PICTURE_STOPPED);
}

void watch_presenter(struct watch *w, uint16_t before, uint64_t now_ms)
{
    uint16_t now = group_presenter(w->group);
    if (now == before)
        return;
    w->now_ms = now_ms;
    w->key_wanted = true;
    seam_forget(&w->seam);
    w->gap_ms = 0;
    w->status_ms = w->now_ms;
    w->port->presenter(w->port->ctx, now);
    change_hands(w, now);
}

void watch_away(struct watch *w)
{
    w->gap_ms = 0;
    if (watches(w))
        standing_now(&w->picture, PICTURE_STALE);
}

void watch_back(struct watch *w, uint64_t now_ms)
{
    w->now_ms = now_ms;
    group_allow_jump(w->group);
    w->key_wanted = true;
    seam_forget(&w->seam);
    w->gap_ms = 0;
    w->status_ms = w->now_ms;
    if (watches(w))
        need(w);
    else
        standing_now(&w->picture, PICTURE_STOPPED);
}

/* Has all come that was sent before the presenter stopped? */
static bool complete(const struct watch *w, uint16_t mid)
{
    for (uint8_t s = 1; s <= STREAM_LAST; s++)
        if (w->last_ctr[s] > group_heard_ctr(w->group, mid, s, w->last_epoch))
            return false;
    return true;
}

/* The relay may still have some of it: another queue, a slow line. */
static void look_whether_complete(struct watch *w, uint16_t mid)
{
    standing_heard(&w->picture, complete(w, mid) ? PICTURE_STOPPED : PICTURE_INCOMPLETE, w->now_ms);
}

/* Units that were good have been dropped, here or on their way: the picture begins anew. What was
   asked for before may be among them. */
static void ask_anew(struct watch *w)
{
    w->key_wanted = true;
    watch_need_key(w);
}

static void miss_screen(struct watch *w)
{
    if (!w->key_wanted)
        ask_anew(w);
}

/* u64 presenter_ms | u8 state | u64 sealed_before | u8 n { u8 stream | u64 next_ctr } */
static enum e2e_code on_status(struct watch *w, const struct group_unit *u)
{
    struct get g = get_from(u->content.data, u->content.len);
    uint64_t next[STREAM_LAST + 1] = {0};
    (void)get_u64(&g);
    uint8_t state = get_u8(&g);
    uint64_t sealed_before = get_u64(&g);
    uint8_t n = get_u8(&g);
    for (uint8_t i = 0; i < n && g.ok; i++) {
        uint8_t stream = get_u8(&g);
        if (!group_is_presenter_stream(stream))
            return E_PARSE;
        next[stream] = get_u64(&g);
    }
    if (!get_done(&g) || state > PICTURE_STOPPED)
        return E_PARSE;
    w->status_ms = w->now_ms;
    memcpy(w->last_ctr, next, sizeof next);
    w->last_epoch = u->epoch;
    if (!seam_status(&w->seam, u->epoch, sealed_before))
        miss_screen(w);
    if (state == PICTURE_STOPPED)
        look_whether_complete(w, u->mid);
    else
        standing_heard(&w->picture, (enum port_picture)state, w->now_ms);
    if (state == PICTURE_RUNNING && w->view && w->key_wanted &&
        w->now_ms >= w->need_ms + NEED_AGAIN_MS)
        watch_need_key(w);
    return E_NONE;
}

/* --- one unit --- */

static void on_screen(struct watch *w, const struct group_unit *u)
{
    uint64_t next = group_heard_ctr(w->group, u->mid, STREAM_SCREEN, u->epoch);
    w->gap_ms = 0;
    if (!seam_unit(&w->seam, u->epoch, u->key, next)) {
        miss_screen(w);
        return;
    }
    if (!w->view || (w->key_wanted && !u->key))
        return;
    w->key_wanted = false;
    w->port->screen(w->port->ctx, u->key, u->key ? u->missed : 0, u->content);
}

static enum e2e_code deliver(struct watch *w, const struct group_unit *u)
{
    switch (u->stream) {
    case STREAM_SCREEN:
        on_screen(w, u);
        return E_NONE;
    case STREAM_CURSOR:
        if (w->view)
            w->port->cursor(w->port->ctx, u->content);
        return E_NONE;
    case STREAM_STATUS:
        return on_status(w, u);
    case STREAM_SIGNAL:
    case STREAM_CHAT:
        if (!group_muted(w->group, u->mid))
            w->heard(w->ctx, u);
        return E_NONE;
    default: /* audio: opened and checked; nobody here takes it yet */
        return E_NONE;
    }
}

/* Is that epoch made up? A slow line of the organizer's is no proof of it, its word is. */
static void note_ahead(struct watch *w, uint32_t epoch)
{
    if (epoch <= w->ahead)
        return;
    w->ahead = epoch;
    w->ahead_ms = w->now_ms;
}

void watch_vouched(struct watch *w, uint32_t epoch, uint64_t asked_ms)
{
    if (w->over || w->ahead <= epoch || w->ahead_ms >= asked_ms)
        return;
    w->ahead = 0;
    fail(w, E_EPOCH);
}

/* What others than the presenter send decides about nothing but itself. */
static void hold(struct watch *w, struct span wire, const struct group_unit *u)
{
    bool presenter = group_is_presenter_stream(u->stream);
    size_t limit = presenter ? EPOCH_HELD_BYTES : HELD_OTHERS;
    if (presenter)
        note_ahead(w, u->epoch);
    if (w->held_bytes + wire.len > limit) {
        if (presenter)
            miss_screen(w);
        return;
    }
    w->held_presenter |= presenter;
    struct watch_held *h = crypto_zalloc(sizeof *h + wire.len);
    h->len = wire.len;
    memcpy(h->wire, wire.data, wire.len);
    if (!w->held)
        w->held_ms = w->now_ms;
    *w->held_end = h;
    w->held_end = &h->next;
    w->held_bytes += wire.len;
}

/* A jump without KEY: the rest of the picture is lost; one KEY unit heals it. */
static void on_gap(struct watch *w)
{
    if (w->gap_ms || w->key_wanted)
        return;
    w->gap_ms = w->now_ms;
    need(w);
}

/* A slow line may bring what was sealed sixteen seconds ago. */
static void on_late(struct watch *w, const struct group_unit *u)
{
    if (u->stream != STREAM_SCREEN || u->mid != group_presenter(w->group))
        return;
    if (u->key)
        ask_anew(w);
    else
        miss_screen(w);
}

/* Presenter streams decide about the session; chat and signals of one member only about that unit.
 */
static void on_refused(struct watch *w, const struct group_unit *u, enum e2e_code code)
{
    bool presenter = !u->stream || group_is_presenter_stream(u->stream);
    if (code == E_EPOCH)
        on_late(w, u);
    else if (code == E_GAP && u->stream == STREAM_SCREEN)
        on_gap(w);
    else if (presenter)
        fail(w, code);
    else if (!group_muted(w->group, u->mid))
        w->forged(w->ctx, u->mid, code);
}

static void take(struct watch *w, struct span wire)
{
    struct group_unit u = {0};
    bool newer;
    enum e2e_code code = group_open(w->group, wire, w->now_ms, w->plain, &u, &newer);
    if (code == E_EPOCH && newer) {
        hold(w, wire, &u);
        return;
    }
    if (code) {
        on_refused(w, &u, code);
        return;
    }
    code = deliver(w, &u);
    if (!code && w->picture.newest == PICTURE_INCOMPLETE && group_is_presenter_stream(u.stream))
        look_whether_complete(w, u.mid);
    crypto_wipe(w->plain, u.content.len + 4);
    if (code && !w->over)
        fail(w, code);
}

void watch_take(struct watch *w, struct span wire, uint64_t now_ms)
{
    if (w->over || !w->group)
        return;
    w->now_ms = now_ms;
    take(w, wire);
}

void watch_release_held(struct watch *w)
{
    struct watch_held *h = w->held;
    w->held = NULL;
    w->held_end = &w->held;
    w->held_bytes = 0;
    w->held_presenter = false;
    while (h) {
        struct watch_held *next = h->next;
        if (!w->over)
            take(w, span_of(h->wire, h->len));
        crypto_release(h);
        h = next;
    }
}

/* --- view --- */

void watch_view(struct watch *w, bool on)
{
    if (w->over)
        return;
    w->view = on;
    w->key_wanted = true;
    if (on)
        watch_need_key(w);
}

void watch_need_key(struct watch *w)
{
    if (!w->over && watches(w))
        need(w);
}

/* --- time --- */

static bool picture_expected(const struct watch *w)
{
    return watches(w) && w->picture.newest != PICTURE_STALE;
}

/* The record that would open them did not come in time. */
static void drop_held(struct watch *w)
{
    if (w->held_presenter)
        ask_anew(w);
    forget_held(w);
}

void watch_tick(struct watch *w, uint64_t now_ms)
{
    w->now_ms = now_ms;
    if (picture_expected(w) && w->now_ms >= w->status_ms + STALE_MS)
        standing_now(&w->picture, PICTURE_STALE);
    standing_tick(&w->picture, w->now_ms);
    if (w->group)
        (void)group_forget(w->group, w->now_ms);
    if (w->gap_ms && w->now_ms >= w->gap_ms + GAP_MS)
        fail(w, E_GAP);
    else if (w->held && w->now_ms >= w->held_ms + EPOCH_HELD_MS)
        drop_held(w);
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t watch_due(const struct watch *w)
{
    uint64_t due = standing_due(&w->picture);
    if (picture_expected(w))
        due = sooner(due, w->status_ms + STALE_MS);
    if (w->group)
        due = sooner(due, group_forget(w->group, 0));
    if (w->gap_ms)
        due = sooner(due, w->gap_ms + GAP_MS);
    if (w->held)
        due = sooner(due, w->held_ms + EPOCH_HELD_MS);
    return due;
}
