/*
 * What others see, for the presenter's own eyes: units that left, opened again
 * (net/seal/sharing.h), to a decoder of their own. Runs in vitrine-seal. A slow decoder holds
 * nobody up: what it does not take is lost to it alone, until the next KEY unit. One that talks
 * nonsense, takes nothing any more or closes and lives on ends, as it would show as live what is
 * over; nothing else does.
 */
#include "ch_seal.h"
#include "ch_view.h"
#include "lib/worker.h"
#include "net/seal/joiner.h"
#include "net/seal/organizer.h"
#include "net/seal/worker.h"
#include "policy/limits.h"

#define AT_ONCE 8     /* messages before the others have their turn */
#define TAKES_MS 5000 /* something waits, and has not been taken for as long: it is deaf */

static void on_deaf(void *ctx);

static bool mirror(struct seal_worker *w, bool on)
{
    uint64_t now = loop_now_ms();
    return w->organizer ? organizer_mirror(w->organizer, on, now)
                        : w->joiner && joiner_mirror(w->joiner, on, now);
}

static void need(struct seal_worker *w)
{
    if (w->organizer)
        organizer_mirror_need(w->organizer, loop_now_ms());
    else if (w->joiner)
        joiner_mirror_need(w->joiner, loop_now_ms());
}

void seal_worker_mirror_close(struct seal_worker *w)
{
    loop_clear_timer(&w->loop, on_deaf, w);
    w->mirror_waits = false;
    if (w->mirror.fd < 0)
        return;
    (void)mirror(w, false);
    loop_remove(&w->loop, w->mirror.fd);
    chan_finish(&w->mirror);
}

/* Type 0 is no message: what it has not done. */
static void give_up(struct seal_worker *w, uint16_t type)
{
    const struct msg_seal_mirror_bad bad = {.type = type};
    if (msg_seal_mirror_bad_send(&w->control, &bad) != 0)
        loop_stop(&w->loop); /* a broker that does not read is dead, and so are we */
    seal_worker_mirror_close(w);
}

static void on_deaf(void *ctx)
{
    give_up(ctx, 0);
    seal_worker_settle(ctx);
}

/* taken: bytes of what waits. All that waited when the time began has to go in that time: then what
   has come since has its own. One that takes a little now and then would be behind for ever. */
static void watch(struct seal_worker *w, size_t taken)
{
    bool waits = w->mirror.queued || w->mirror_behind;
    w->mirror_owed -= taken < w->mirror_owed ? taken : w->mirror_owed;
    if (!waits) {
        loop_clear_timer(&w->loop, on_deaf, w);
    } else if (!w->mirror_waits || (taken && !w->mirror_owed)) {
        w->mirror_owed = w->mirror.queued;
        loop_set_timer(&w->loop, TAKES_MS, on_deaf, w);
    }
    w->mirror_waits = waits;
}

/* --- to it --- */

static bool took(struct seal_worker *w, bool key, int result)
{
    w->mirror_behind = result != 0 || (w->mirror_behind && !key);
    watch(w, 0);
    return result == 0;
}

static bool screen(void *ctx, bool key, uint32_t missed, struct span content)
{
    struct seal_worker *w = ctx;
    const struct msg_view_screen m = {.key = key, .missed = missed, .content = content};
    return w->mirror.fd >= 0 && took(w, key, msg_view_screen_send(&w->mirror, &m));
}

static bool cursor(void *ctx, struct span content)
{
    struct seal_worker *w = ctx;
    const struct msg_view_cursor m = {.content = content};
    return w->mirror.fd >= 0 && took(w, false, msg_view_cursor_send(&w->mirror, &m));
}

void seal_worker_mirror_port(struct port *port)
{
    port->mirror_screen = screen;
    port->mirror_cursor = cursor;
}

/* --- from it --- */

static int on_view_need_key(void *ctx)
{
    need(ctx);
    return 0;
}

static const struct view_at_seal handlers = {.on_view_need_key = on_view_need_key};

static short want(void *ctx)
{
    const struct seal_worker *w = ctx;
    return chan_events(&w->mirror);
}

static void caught_up(struct seal_worker *w)
{
    if (!w->mirror_behind || w->mirror.queued)
        return;
    w->mirror_behind = false;
    need(w);
}

static void on_mirror(void *ctx, short revents)
{
    struct seal_worker *w = ctx;
    (void)revents;
    size_t waited = w->mirror.queued;
    (void)chan_flush(&w->mirror);
    caught_up(w);
    watch(w, waited - w->mirror.queued);
    enum chan_result r = chan_receive(&w->mirror, AT_ONCE);
    if (r == CHAN_BAD)
        give_up(w, w->mirror.bad_type);
    if (r == CHAN_ENDED) { /* most often it is dead, which the broker sees by itself */
        seal_worker_mirror_close(w);
        loop_set_timer(&w->loop, WORKER_CUT_OFF_MS, on_deaf, w);
    }
    seal_worker_settle(w);
}

/* --- from the broker --- */

/* Where nothing is shared any more the descriptor is closed for us: its decoder has nothing to do.
 */
static int on_seal_mirror(void *ctx, struct msg_seal_mirror *m)
{
    struct seal_worker *w = ctx;
    seal_worker_mirror_close(w);
    w->mirror_behind = false;
    if (w->control.state == SEAL_STATE_ENDED || !mirror(w, true))
        return 0;
    view_init_seal(&w->mirror, m->view, &handlers, w);
    m->view = -1;
    w->mirror.queue_limit = MIRROR_QUEUE;
    return loop_add(&w->loop, w->mirror.fd, want, on_mirror, w) ? 0 : -1;
}

void seal_worker_mirror_handlers(struct seal_at_seal *h)
{
    h->on_seal_mirror = on_seal_mirror;
}
