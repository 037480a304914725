/* vitrine-capture's loop: messages in, units out; see the header. */
#include "capture/worker.h"
#include "capture/x11.h"
#include "ch_capture.h"
#include "ch_share.h"
#include "lib/worker.h"
#include <errno.h>

static void on_wake(void *ctx);
static void on_look(void *ctx);

_Noreturn static void give_up(struct capture_worker *w, enum fail code, uint32_t detail)
{
    sender_finish(&w->sender);
    worker_fail(&w->control, code, detail);
}

/* --- the sender's way out --- */

static enum sender_out sent(int result)
{
    if (result == 0)
        return SENDER_SENT;
    return errno == EAGAIN ? SENDER_FULL : SENDER_LOST;
}

static enum sender_out send_screen(void *ctx, bool key, const uint8_t *unit, size_t len)
{
    struct capture_worker *w = ctx;
    return sent(msg_share_screen_send(
        &w->share, &(struct msg_share_screen){.key = key, .content = {unit, len}}));
}

static enum sender_out send_cursor(void *ctx, bool key, const uint8_t *unit, size_t len)
{
    struct capture_worker *w = ctx;
    return sent(msg_share_cursor_send(
        &w->share, &(struct msg_share_cursor){.key = key, .content = {unit, len}}));
}

static void say_running(void *ctx, uint32_t width, uint32_t height)
{
    struct capture_worker *w = ctx;
    struct msg_capture_running m = {.width = width, .height = height};
    if (msg_capture_running_send(&w->control, &m) != 0)
        loop_stop(&w->loop);
    on_look(w); /* the pointer goes with the first picture */
}

static void ask_broker(void *ctx, uint32_t serial)
{
    struct capture_worker *w = ctx;
    if (msg_capture_ask_send(&w->control, &(struct msg_capture_ask){.serial = serial}) != 0)
        loop_stop(&w->loop);
}

/* --- work --- */

static void work(struct capture_worker *w)
{
    enum sender_next next = sender_step(&w->sender, loop_now_ms());
    uint64_t now = loop_now_ms();
    w->blocked = next == SENDER_BLOCKED;
    if (next == SENDER_FAILED)
        give_up(w, w->sender.failure, w->sender.failure_detail);
    if (next == SENDER_AGAIN)
        loop_set_timer(&w->loop, 0, on_wake, w);
    else if (next == SENDER_LATER)
        loop_set_timer(&w->loop, w->sender.wake_ms > now ? w->sender.wake_ms - now : 0, on_wake, w);
}

static void on_wake(void *ctx)
{
    work(ctx);
}

static void on_look(void *ctx)
{
    struct capture_worker *w = ctx;
    loop_set_timer(&w->loop, sender_look_at_pointer(&w->sender, loop_now_ms()), on_look, w);
    /* Events may have come with the answer: the descriptor would not tell of them. */
    loop_set_timer(&w->loop, 0, on_wake, w);
}

static void on_display(void *ctx, short revents)
{
    (void)revents; /* a closed connection shows when it is read */
    work(ctx);
}

/* --- seal --- */

static int on_share_need_key(void *ctx)
{
    struct capture_worker *w = ctx;
    sender_need_key(&w->sender);
    on_look(w);
    return 0;
}

static const struct share_at_capture share_handlers = {.on_share_need_key = on_share_need_key};

static short want_share(void *ctx)
{
    const struct capture_worker *w = ctx;
    return (short)(chan_events(&w->share) | (w->blocked ? chan_room_events(&w->share) : 0));
}

static void on_share(void *ctx, short revents)
{
    struct capture_worker *w = ctx;
    enum chan_result r = chan_receive(&w->share, 16);
    if (r == CHAN_BAD)
        give_up(w, FAIL_PEER_MESSAGE, w->share.bad_type);
    if (r == CHAN_ENDED)
        give_up(w, FAIL_PEER_GONE, 0);
    if (w->blocked && (revents & POLLOUT) != 0)
        work(w);
}

/* --- broker --- */

static size_t list_windows(const struct window_id *from, size_t n, uint32_t *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = from[i].id;
    return n;
}

static const struct sender_way way = {
    .screen = send_screen, .cursor = send_cursor, .running = say_running};

static int on_capture_start(void *ctx, struct msg_capture_start *m)
{
    struct capture_worker *w = ctx;
    struct x11_area area = {m->root, m->target, m->whole, m->x, m->y, m->w, m->h};
    struct sender_way out = way;
    enum fail failure = FAIL_NONE;
    uint32_t detail = 0, windows[MAX_OWN_WINDOWS];
    share_init_capture(&w->share, m->share, &share_handlers, w);
    m->share = -1;
    struct source *source = x11_create(m->display, &area, &failure, &detail);
    m->display = -1;
    if (source == NULL)
        give_up(w, failure, detail);
    out.ctx = w;
    out.ask = m->asks ? ask_broker : NULL;
    if (!sender_init(&w->sender, source, &out, m->lossless != 0))
        give_up(w, FAIL_MEMORY, 0);
    w->sender.what = m->target ? TILE_WINDOW : m->whole ? TILE_WHOLE : TILE_PART;
    source->ops->hide(source, windows, list_windows(m->windows, m->n_windows, windows));
    w->control.state = CAPTURE_STATE_SHARING;
    loop_add(&w->loop, source->fd, NULL, on_display, w);
    loop_add(&w->loop, w->share.fd, want_share, on_share, w);
    loop_set_timer(&w->loop, 0, on_wake, w);
    return 0;
}

static int on_capture_mask(void *ctx, struct msg_capture_mask *m)
{
    struct capture_worker *w = ctx;
    uint32_t windows[MAX_OWN_WINDOWS];
    w->sender.way.ask = m->asks ? ask_broker : NULL;
    sender_mask(&w->sender, windows, list_windows(m->windows, m->n_windows, windows), m->hold);
    w->blocked = false;
    loop_set_timer(&w->loop, 0, on_wake, w);
    return msg_capture_masked_send(&w->control, &(struct msg_capture_masked){.serial = m->serial});
}

static int on_capture_look(void *ctx)
{
    struct capture_worker *w = ctx;
    pointer_stir(&w->sender.pointer, loop_now_ms());
    on_look(w);
    return 0;
}

static int on_capture_hide(void *ctx, struct msg_capture_hide *m)
{
    struct capture_worker *w = ctx;
    struct source_rect places[MAX_SHADES];
    for (size_t i = 0; i < m->n_places; i++)
        places[i] =
            (struct source_rect){m->places[i].x, m->places[i].y, m->places[i].w, m->places[i].h};
    sender_shade(&w->sender, m->serial, (enum read_again)m->again, places, m->n_places);
    w->blocked = w->blocked && m->serial != 0;
    loop_set_timer(&w->loop, 0, on_wake, w);
    return 0;
}

static const struct capture_at_capture handlers = {
    .on_capture_start = on_capture_start,
    .on_capture_look = on_capture_look,
    .on_capture_mask = on_capture_mask,
    .on_capture_hide = on_capture_hide,
};

static short want_control(void *ctx)
{
    const struct capture_worker *w = ctx;
    return chan_events(&w->control);
}

static void on_control(void *ctx, short revents)
{
    struct capture_worker *w = ctx;
    (void)revents;
    enum chan_result r = chan_receive(&w->control, 16);
    if (r == CHAN_BAD)
        give_up(w, FAIL_MESSAGE, w->control.bad_type);
    if (r == CHAN_ENDED)
        loop_stop(&w->loop);
}

void capture_worker_init(struct capture_worker *w, int control_fd)
{
    *w = (struct capture_worker){.share = {.fd = -1}};
    loop_init(&w->loop);
    capture_init_capture(&w->control, control_fd, &handlers, w);
    loop_add(&w->loop, control_fd, want_control, on_control, w);
}

int capture_worker_run(struct capture_worker *w)
{
    int status = loop_run(&w->loop) == 0 ? 0 : 1;
    sender_finish(&w->sender);
    chan_finish(&w->share);
    chan_finish(&w->control);
    return status;
}
