/* See watch.h. Runs in vitrine-seal; distrusts every byte of a unit. */
#include "net/seal/watch.h"
#include "net/seal/crypto.h"
#include "net/seal/due.h"
#include "net/seal/kdf.h"

/* What was asked for may be lost with somebody's line, and nobody told: it is asked for again. */
#define NEED_AGAIN_MS 6000
#define NEED_FIRST_MS 1000

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
    w->held_streams = 0;
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

/* Nothing is shown of it yet. */
static void forget_picture(struct watch *w)
{
    w->shown = w->holed = false;
    w->wanted_ms = 0;
    lag_forget(&w->lag);
}

/* The line, the organizer's or ours, is what is waited for. */
static void forget_times(struct watch *w)
{
    w->gap_ms = w->wanted_ms = 0;
    lag_forget(&w->lag);
}

/* What is shown has all that the newest STATUS names. */
static bool is_whole(const struct watch *w)
{
    return !w->shown || (!w->holed && w->sealed <= seam_have(&w->seam));
}

/* Nothing of what the one before said is told of the one now. */
static void change_hands(struct watch *w, uint16_t now)
{
    int stood = w->picture.newest;
    if (now)
        standing_forget(&w->picture);
    else if (stood >= 0 && stood != PICTURE_INCOMPLETE)
        standing_now(&w->picture, is_whole(w) ? PICTURE_STOPPED : PICTURE_INCOMPLETE);
    forget_picture(w);
    seam_forget(&w->seam);
}

void watch_presenter(struct watch *w, uint16_t before, uint64_t now_ms)
{
    uint16_t now = group_presenter(w->group);
    if (now == before)
        return;
    w->now_ms = now_ms;
    w->key_wanted = true;
    w->gap_ms = 0;
    w->status_ms = w->now_ms;
    w->port->presenter(w->port->ctx, now);
    change_hands(w, now);
}

void watch_away(struct watch *w)
{
    forget_times(w);
    if (watches(w))
        standing_now(&w->picture, PICTURE_STALE);
}

void watch_back(struct watch *w, uint64_t now_ms)
{
    w->now_ms = now_ms;
    group_allow_jump(w->group);
    w->key_wanted = true;
    forget_times(w);
    w->status_ms = w->now_ms;
    if (watches(w))
        need(w);
    else
        standing_now(&w->picture, PICTURE_STOPPED);
}

/* Is what is shown all that was sent before the presenter stopped? Counters begin anew with each
   epoch: nothing may have been sealed in the newest one. */
static bool complete(const struct watch *w, uint16_t mid)
{
    for (uint8_t s = 1; s <= STREAM_LAST; s++)
        if (w->last_ctr[s] > group_heard_ctr(w->group, mid, s, w->last_epoch))
            return false;
    return is_whole(w);
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
    w->holed = w->shown;
    watch_need_key(w);
}

static void miss_screen(struct watch *w)
{
    w->holed = w->shown;
    if (!w->key_wanted)
        ask_anew(w);
}

/* One of the presenter's was lost here. The pointer's shape is said again with a KEY unit, but no
   part of the screen has to wait for that; STATUS comes again by itself. */
static void miss(struct watch *w, uint8_t stream)
{
    if (stream == STREAM_SCREEN)
        miss_screen(w);
    else if (stream == STREAM_CURSOR)
        watch_need_key(w);
}

/* --- is it as old as the presenter says? --- */

static uint64_t behind_due(const struct watch *w)
{
    return due_sooner(lag_due(&w->lag), w->wanted_ms ? w->wanted_ms + LAG_MS : UINT64_MAX);
}

static bool is_behind(const struct watch *w)
{
    return w->now_ms >= behind_due(w);
}

/* What was stale is live again where it stays so to the next STATUS, or about so long: on a line as
   slow as the bound it would be now this, now that. */
static bool is_live(const struct watch *w)
{
    uint64_t margin_ms = w->picture.newest == PICTURE_STALE ? STATUS_MS / 2 : 0;
    return w->now_ms + margin_ms < behind_due(w);
}

/* Of a slow line something comes all the time; here nothing does. */
static bool is_kept_back(const struct watch *w)
{
    return w->now_ms >= lag_due(&w->lag) && w->screen_ms <= lag_since(&w->lag);
}

static void look_how_far(struct watch *w, uint8_t state)
{
    uint64_t have = seam_have(&w->seam);
    bool waits = w->shown && w->key_wanted && state == PICTURE_RUNNING;
    if (!waits)
        w->wanted_ms = 0;
    else if (!w->wanted_ms)
        w->wanted_ms = w->now_ms;
    lag_came(&w->lag, have);
    if (!w->shown || state == PICTURE_STOPPED)
        lag_forget(&w->lag);
    else if (have < w->sealed)
        lag_owed(&w->lag, w->sealed, w->now_ms);
}

/* The presenter was not there either: what was asked of it may be lost. */
static void begin_gap_anew(struct watch *w)
{
    if (!w->gap_ms || w->now_ms < w->status_ms + STALE_MS)
        return;
    w->gap_ms = w->now_ms;
    need(w);
}

static void need_again(struct watch *w)
{
    bool wanted = w->key_wanted || w->gap_ms || is_kept_back(w);
    if (w->view && wanted && w->now_ms >= w->need_ms + NEED_AGAIN_MS)
        watch_need_key(w);
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
    if (u->epoch < w->last_epoch)
        return E_NONE; /* it says what was, and came behind a later one */
    begin_gap_anew(w);
    w->status_ms = w->now_ms;
    memcpy(w->last_ctr, next, sizeof next);
    w->last_epoch = u->epoch;
    w->sealed = sealed_before + next[STREAM_SCREEN];
    if (!seam_status(&w->seam, u->epoch, sealed_before))
        miss_screen(w);
    look_how_far(w, state);
    if (state == PICTURE_STOPPED)
        look_whether_complete(w, u->mid);
    else if (is_live(w))
        standing_heard(&w->picture, (enum port_picture)state, w->now_ms);
    if (state == PICTURE_RUNNING)
        need_again(w);
    return E_NONE;
}

/* --- one unit --- */

static void show(struct watch *w, const struct group_unit *u)
{
    if (!w->port->screen(w->port->ctx, u->key, u->key ? u->missed : 0, u->content)) {
        ask_anew(w);
        return;
    }
    w->key_wanted = false;
    if (!u->key)
        return;
    w->shown = true;
    w->holed = false;
    w->wanted_ms = 0;
}

static void on_screen(struct watch *w, const struct group_unit *u)
{
    uint64_t next = group_heard_ctr(w->group, u->mid, STREAM_SCREEN, u->epoch);
    w->gap_ms = 0;
    w->screen_ms = w->now_ms;
    if (!seam_unit(&w->seam, u->epoch, u->key, next)) {
        miss_screen(w);
        return;
    }
    lag_came(&w->lag, seam_have(&w->seam));
    w->unseen |= !w->view;
    if (w->view && w->key_wanted && !u->key)
        miss_screen(w);
    else if (w->view)
        show(w, u);
}

static void on_cursor(struct watch *w, const struct group_unit *u)
{
    if (w->view && !w->port->cursor(w->port->ctx, u->content))
        miss(w, STREAM_CURSOR);
}

static enum e2e_code deliver(struct watch *w, const struct group_unit *u)
{
    switch (u->stream) {
    case STREAM_SCREEN:
        on_screen(w, u);
        return E_NONE;
    case STREAM_CURSOR:
        on_cursor(w, u);
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
            miss(w, u->stream);
        return;
    }
    w->held_streams |= 1u << u->stream;
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
    if (u->mid != group_presenter(w->group))
        return;
    if (u->stream == STREAM_SCREEN && u->key)
        ask_anew(w);
    else
        miss(w, u->stream);
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
    w->held_streams = 0;
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
    forget_picture(w);
    if (on && w->unseen)
        watch_need_key(w);
    else if (on) /* the KEY unit is still to come; if it does not, it is asked for soon */
        w->need_ms = w->now_ms - (NEED_AGAIN_MS - NEED_FIRST_MS);
    w->unseen = false;
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
    if (w->held_streams & 1u << STREAM_SCREEN)
        ask_anew(w);
    else if (w->held_streams & 1u << STREAM_CURSOR)
        miss(w, STREAM_CURSOR);
    forget_held(w);
}

/* It runs while the presenter is there. */
static uint64_t gap_due(const struct watch *w)
{
    uint64_t due = w->gap_ms + GAP_MS;
    return w->gap_ms && due < w->status_ms + STALE_MS ? due : UINT64_MAX;
}

void watch_tick(struct watch *w, uint64_t now_ms)
{
    w->now_ms = now_ms;
    if (picture_expected(w) && (w->now_ms >= w->status_ms + STALE_MS || is_behind(w)))
        standing_now(&w->picture, PICTURE_STALE);
    standing_tick(&w->picture, w->now_ms);
    if (w->group)
        (void)group_forget(w->group, w->now_ms);
    if (w->now_ms >= gap_due(w))
        fail(w, E_GAP);
    else if (w->held && w->now_ms >= w->held_ms + EPOCH_HELD_MS)
        drop_held(w);
}

uint64_t watch_due(const struct watch *w)
{
    uint64_t due = standing_due(&w->picture);
    if (picture_expected(w))
        due = due_sooner(due, due_sooner(w->status_ms + STALE_MS, behind_due(w)));
    if (w->group)
        due = due_sooner(due, group_forget(w->group, 0));
    due = due_sooner(due, gap_due(w));
    if (w->held)
        due = due_sooner(due, w->held_ms + EPOCH_HELD_MS);
    return due;
}
