/* vitrine-render view: see the header. */
#include "render/view.h"
#include "ch_screen.h"
#include "ch_view.h"
#include "lib/loop.h"
#include "lib/pace.h"
#include "lib/serial.h"
#include "lib/tile/cursor.h"
#include "lib/tile/decode.h"
#include "lib/worker.h"
#include "render/changes.h"
#include "render/compose.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

struct view {
    struct chan control, picture_way; /* channels "screen" and "view" */
    struct loop loop;
    struct tile_decoder *decoder;
    struct tile_picture picture; /* pixels: our own memory, nobody else maps it */
    size_t picture_len;
    bool whole; /* the picture is complete: between updates */
    bool asked; /* a KEY unit has been asked for */
    struct pace keys;
    uint32_t update;
    struct tile_cursor cursor;
    enum tile_cursor_kind shape; /* SHAPE or ARROW; HIDDEN: none known yet */
    struct pointer pointer;
    struct target target;
    struct geometry geometry;
    struct msg_screen_target wish; /* the last SCREEN_TARGET, without its descriptor */
    struct tile_set dirty;
    bool all;      /* the whole target has to be drawn */
    uint32_t told; /* serial of the last SCREEN_CHANGED */
    bool waiting;  /* for SCREEN_SHOWN of it */
};

static struct view view;

/* --- drawing --- */

static void wipe_picture(struct view *v)
{
    if (!v->picture.pixels)
        return;
    explicit_bzero(v->picture.pixels, v->picture_len);
    munmap(v->picture.pixels, v->picture_len);
    v->picture.pixels = NULL;
}

/* With the decoder goes whatever it keeps of earlier pictures. */
static void wipe(struct view *v)
{
    wipe_picture(v);
    if (v->target.pixels)
        explicit_bzero(v->target.pixels, v->target.len);
    explicit_bzero(&v->cursor, sizeof v->cursor);
    tile_decoder_destroy(v->decoder);
    v->decoder = NULL;
}

static void finish(struct view *v)
{
    wipe(v);
    target_unmap(&v->target);
}

_Noreturn static void give_up(struct view *v, enum fail code, uint32_t detail)
{
    finish(v);
    worker_fail(&v->control, code, detail);
}

static void set_geometry(struct view *v)
{
    if (!v->target.pixels || !v->picture.pixels)
        return;
    v->geometry =
        compose_geometry(v->picture.width, v->picture.height, v->target.width, v->target.height,
                         v->wish.mode == 1, (uint32_t)v->wish.pan_x, (uint32_t)v->wish.pan_y);
    v->all = true;
}

static void draw_all(struct view *v, struct msg_screen_changed *m)
{
    struct tile_rect all = {v->geometry.x, v->geometry.y, v->geometry.w, v->geometry.h};

    compose_around(&v->geometry, &v->target);
    compose_draw(&v->geometry, &v->picture, &v->pointer, &v->target, all);
    m->n_rects = 1;
    m->rects[0] = (struct rect){0, 0, v->target.width, v->target.height};
}

static void draw_changes(struct view *v, struct msg_screen_changed *m)
{
    struct tile_rect rects[MAX_RECTS];
    unsigned n = changes_rects(&v->dirty, v->picture.width, v->picture.height, rects);

    for (unsigned i = 0; i < n; i++) {
        struct tile_rect r = compose_touched(&v->geometry, rects[i]);

        if (r.w == 0)
            continue;
        compose_draw(&v->geometry, &v->picture, &v->pointer, &v->target, r);
        m->rects[m->n_rects++] = (struct rect){(int32_t)r.x, (int32_t)r.y, r.w, r.h};
    }
}

/* Draws what has changed and tells the broker, unless the X server is still reading the last
   rectangles: then changes add up, and the next drawing shows the newest state. */
static void present(struct view *v)
{
    static struct msg_screen_changed m;

    if (!v->target.pixels || !v->whole || v->waiting || (!v->all && tile_set_empty(&v->dirty)))
        return;
    m.n_rects = 0;
    if (v->all)
        draw_all(v, &m);
    else
        draw_changes(v, &m);
    tile_set_clear(&v->dirty);
    v->all = false;
    if (m.n_rects == 0)
        return; /* changed outside of what is shown */
    m.target = v->wish.serial;
    m.serial = v->told = serial_next(v->told);
    m.update = v->update;
    if (msg_screen_changed_send(&v->control, &m))
        loop_stop(&v->loop);
    v->waiting = true;
}

/* --- units --- */

static void dirty_pointer(struct view *v)
{
    if (v->pointer.shown && v->picture.pixels)
        tile_set_add_rect(&v->dirty, v->picture.width, v->picture.height, v->pointer.x,
                          v->pointer.y, v->pointer.width, v->pointer.height);
}

static void place_pointer(struct view *v)
{
    const struct tile_cursor *c = &v->cursor;

    v->pointer.shown = false;
    if (c->kind == TILE_CURSOR_HIDDEN || v->shape == TILE_CURSOR_HIDDEN)
        return;
    if (v->shape == TILE_CURSOR_ARROW)
        compose_arrow(&v->pointer, c->x, c->y);
    else
        v->pointer =
            (struct pointer){true, c->x - c->hot_x, c->y - c->hot_y, c->width, c->height, c->argb};
}

static int on_view_cursor(void *ctx, struct msg_view_cursor *m)
{
    struct view *v = ctx;

    dirty_pointer(v); /* where it was */
    if (!tile_cursor_decode(m->content.data, m->content.len, &v->cursor))
        give_up(v, FAIL_PICTURE, 1);
    if (v->cursor.kind == TILE_CURSOR_SHAPE || v->cursor.kind == TILE_CURSOR_ARROW)
        v->shape = v->cursor.kind;
    place_pointer(v);
    dirty_pointer(v);
    return 0;
}

static void new_picture(struct view *v, const struct tile_head *h)
{
    size_t len = (size_t)h->width * h->height * 4;
    void *pixels;

    wipe_picture(v);
    pixels = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pixels == MAP_FAILED)
        give_up(v, FAIL_MEMORY, h->width);
    madvise(pixels, len, MADV_DONTDUMP);
    v->picture = (struct tile_picture){pixels, h->width, h->width, h->height, h->depth};
    v->picture_len = len;
    tile_set_clear(&v->dirty);
    set_geometry(v);
}

static void tell_picture(struct view *v, const struct tile_head *h, uint32_t missed)
{
    const struct msg_screen_picture m = {h->width, h->height, h->what, missed};

    if (msg_screen_picture_send(&v->control, &m))
        loop_stop(&v->loop);
}

static bool other_shape(const struct view *v, const struct tile_head *h)
{
    return !v->picture.pixels || v->picture.width != h->width || v->picture.height != h->height ||
           v->picture.depth != h->depth;
}

static void on_tile(void *ctx, struct tile_rect r)
{
    struct view *v = ctx;

    tile_set_add_rect(&v->dirty, v->picture.width, v->picture.height, r.x, r.y, r.w, r.h);
}

static void ask_key(struct view *v)
{
    if (!v->asked && msg_view_need_key_send(&v->picture_way) == 0)
        v->asked = true; /* where the way is full it is asked again with the next unit */
}

static int on_view_screen(void *ctx, struct msg_view_screen *m)
{
    struct view *v = ctx;
    struct tile_head head;

    if (!tile_head_read(m->content.data, m->content.len, &head) || head.key != (m->key != 0))
        give_up(v, FAIL_PICTURE, 2);
    if (head.key && !pace_take(&v->keys, KEYS_TAKEN, KEYS_TAKEN_MS, loop_now_ms()))
        give_up(v, FAIL_PICTURE, 4);
    if (head.key && other_shape(v, &head)) {
        new_picture(v, &head);
        tell_picture(v, &head, m->missed);
    } else if (head.key) { /* also where it is the same: it may be another presenter's */
        tell_picture(v, &head, m->missed);
    }
    if (!v->picture.pixels) {
        ask_key(v);
        return 0;
    }
    switch (tile_decode(v->decoder, m->content.data, m->content.len, &v->picture, on_tile, v)) {
    case TILE_OK:
        break;
    case TILE_NEED_KEY:
        ask_key(v);
        return 0;
    case TILE_BAD:
    default:
        give_up(v, FAIL_PICTURE, 3);
    }
    if (head.key)
        v->asked = false;
    v->whole = head.last;
    v->update = head.update;
    return 0;
}

static const struct view_at_view picture_handlers = {.on_view_screen = on_view_screen,
                                                     .on_view_cursor = on_view_cursor};

static short want_picture(void *ctx)
{
    const struct view *v = ctx;

    return chan_events(&v->picture_way);
}

/* It lives on without us: what stands there would be taken for the screen as it is now. */
static void on_cut_off(void *ctx)
{
    give_up(ctx, FAIL_PEER_GONE, 0);
}

/* A few units at a time: more would make the broker's word wait, fewer would draw states nobody
 * sees. */
static void on_picture(void *ctx, short revents)
{
    struct view *v = ctx;
    enum chan_result r;

    (void)revents;
    r = chan_receive(&v->picture_way, 8);
    if (r == CHAN_BAD)
        give_up(v, FAIL_PEER_MESSAGE, v->picture_way.bad_type);
    present(v);
    if (r == CHAN_ENDED) { /* seal is dead most often, and the broker ends us before long */
        loop_remove(&v->loop, v->picture_way.fd);
        chan_finish(&v->picture_way);
        loop_set_timer(&v->loop, WORKER_CUT_OFF_MS, on_cut_off, v);
    }
}

/* --- broker --- */

static int on_screen_start(void *ctx, struct msg_screen_start *m)
{
    struct view *v = ctx;

    view_init_view(&v->picture_way, m->view, &picture_handlers, v);
    m->view = -1;
    v->control.state = SCREEN_STATE_SHOWING;
    loop_add(&v->loop, v->picture_way.fd, want_picture, on_picture, v);
    return 0;
}

static int on_screen_target(void *ctx, struct msg_screen_target *m)
{
    struct view *v = ctx;

    target_unmap(&v->target);
    if (target_map(&v->target, m->memory, m->width, m->height, m->stride))
        give_up(v, FAIL_TARGET, m->serial);
    v->wish = *m;
    v->wish.memory = -1;
    v->waiting = false; /* what was told of the old memory is of no interest any more */
    set_geometry(v);
    present(v);
    return 0;
}

static int on_screen_shown(void *ctx, struct msg_screen_shown *m)
{
    struct view *v = ctx;

    if (m->serial == v->told)
        v->waiting = false;
    present(v);
    return 0;
}

static int on_screen_forget(void *ctx)
{
    struct view *v = ctx;

    wipe(v);
    v->pointer = (struct pointer){0};
    v->shape = TILE_CURSOR_HIDDEN;
    tile_set_clear(&v->dirty);
    v->whole = v->all = v->asked = false;
    v->decoder = tile_decoder_create();
    if (!v->decoder)
        give_up(v, FAIL_MEMORY, 0);
    return 0;
}

static const struct screen_at_view handlers = {.on_screen_start = on_screen_start,
                                               .on_screen_target = on_screen_target,
                                               .on_screen_shown = on_screen_shown,
                                               .on_screen_forget = on_screen_forget};

static short want_control(void *ctx)
{
    const struct view *v = ctx;

    return chan_events(&v->control);
}

static void on_control(void *ctx, short revents)
{
    struct view *v = ctx;
    enum chan_result r;

    (void)revents;
    if (chan_flush(&v->control) && errno != EAGAIN)
        loop_stop(&v->loop);
    r = chan_receive(&v->control, 16);
    if (r == CHAN_BAD)
        give_up(v, FAIL_MESSAGE, v->control.bad_type);
    if (r == CHAN_ENDED)
        loop_stop(&v->loop);
}

int view_run(void)
{
    int status;

    worker_begin(WORKER_VIEW);
    view.picture_way.fd = -1;
    screen_init_view(&view.control, WORKER_CONTROL_FD, &handlers, &view);
    view.control.queue_limit = MAX_DATAGRAM;
    view.decoder = tile_decoder_create();
    if (!view.decoder)
        worker_fail(&view.control, FAIL_MEMORY, 0);
    worker_confine(WORKER_VIEW, &policy_view, &view.control);
    loop_init(&view.loop);
    loop_add(&view.loop, view.control.fd, want_control, on_control, &view);
    status = loop_run(&view.loop) == 0 ? 0 : 1;
    finish(&view);
    chan_finish(&view.picture_way);
    chan_finish(&view.control);
    return status;
}
