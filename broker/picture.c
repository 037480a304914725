/*
 * The viewer's picture; runs in the broker. Distrusts the painter: rectangles are held against the
 * target's size, its memory is sealed and never mapped here.
 */
#include "broker/picture.h"

#include "ch_screen.h"
#include "lib/chan.h"
#include "lib/loop.h"
#include <errno.h>
#include <string.h>

#define PICTURE_BLACK 0xff0b1013u /* around the picture, ui.md mock-up viewer */
#define NO_MEMORY_MS 500          /* until memory for it is asked for again */

void picture_create(struct picture *p, struct window *parent)
{
    struct display *d = parent->d;
    *p = (struct picture){.parent = parent, .target.fd = -1, .at = {0, 0, 1, 1}};
    p->id = xcb_generate_id(d->x);
    const uint32_t values[] = {PICTURE_BLACK, PICTURE_BLACK, XCB_EVENT_MASK_EXPOSURE, d->colormap};
    xcb_create_window(
        d->x, d->depth, p->id, parent->id, 0, 0, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, d->visual,
        XCB_CW_BACK_PIXEL | XCB_CW_BORDER_PIXEL | XCB_CW_EVENT_MASK | XCB_CW_COLORMAP, values);
    p->gc = xcb_generate_id(d->x);
    const uint32_t no_exposures = 0;
    xcb_create_gc(d->x, p->gc, p->id, XCB_GC_GRAPHICS_EXPOSURES, &no_exposures);
    if (!d->format)
        return;
    p->paint = xcb_generate_id(d->x);
    xcb_render_create_picture(d->x, p->paint, p->id, d->format, 0, NULL);
}

static void new_target(struct picture *p);

static void on_no_memory(void *ctx)
{
    struct picture *p = ctx;
    new_target(p);
    display_flush(p->parent->d);
}

void picture_destroy(struct picture *p)
{
    if (!p->parent)
        return;
    shared_destroy(&p->target, p->parent->d);
    loop_clear_timer(p->parent->d->loop, on_no_memory, p);
    if (!p->parent->d->lost) {
        if (p->paint)
            xcb_render_free_picture(p->parent->d->x, p->paint);
        xcb_free_gc(p->parent->d->x, p->gc);
        xcb_destroy_window(p->parent->d->x, p->id);
    }
    memset(p, 0, sizeof *p);
    p->target.fd = -1;
}

static int tell_shown(struct picture *p, uint32_t serial)
{
    struct msg_screen_shown m = {.serial = serial};
    return p->view ? msg_screen_shown_send(p->view, &m) : 0;
}

static void report_first(struct picture *p)
{
    uint32_t serial = p->pending[p->pending_first];
    p->pending_first = (p->pending_first + 1) % PICTURE_PENDING;
    p->pending_n--;
    tell_shown(p, serial);
}

/* A new file for every size or mode: what the painter still draws into the old one is nobody's.
   Without memory for one the window shows nothing new, so it is tried again. */
static void new_target(struct picture *p)
{
    shared_destroy(&p->target, p->parent->d);
    loop_clear_timer(p->parent->d->loop, on_no_memory, p);
    while (p->pending_n > 0)
        report_first(p);
    p->awaited = false;
    if (!p->view || p->at.w <= 1 || p->at.h <= 1)
        return;
    if (!shared_create(&p->target, p->parent->d, (uint32_t)p->at.w, (uint32_t)p->at.h)) {
        if (errno != EINVAL) /* larger than any: not later either */
            loop_set_timer(p->parent->d->loop, NO_MEMORY_MS, on_no_memory, p);
        return;
    }
    p->serial++;
    p->ordered = p->wish;
    p->awaited = true;
    struct msg_screen_target m = {.serial = p->serial,
                                  .width = p->target.width,
                                  .height = p->target.height,
                                  .stride = p->target.stride,
                                  .mode = p->wish.mode == PICTURE_ONE_TO_ONE,
                                  .pan_x = p->wish.pan_x,
                                  .pan_y = p->wish.pan_y,
                                  .memory = p->target.fd};
    if (msg_screen_target_send(p->view, &m) != 0)
        p->view = NULL; /* full or gone: its owner hears of it on the channel */
}

static void gone(struct picture *p)
{
    p->moved = p->moved || p->seen.shown.w > 0;
    picture_seen_gone(&p->seen);
}

void picture_start(struct picture *p, struct chan *view)
{
    p->view = view;
    p->wish.full_w = p->wish.full_h = 0;
    p->forgotten = true;
    p->wish.pan_x = p->wish.pan_y = 0;
    gone(p);
    new_target(p);
    if (!view)
        xcb_clear_area(p->parent->d->x, 0, p->id, 0, 0, 0, 0);
}

void picture_forget(struct picture *p)
{
    if (p->forgotten || !p->view)
        return;
    p->forgotten = true;
    p->wish.full_w = p->wish.full_h = 0;
    gone(p);
    if (msg_screen_forget_send(p->view) != 0)
        p->view = NULL; /* as above */
}

void picture_place(struct picture *p, struct ui_rect at)
{
    bool resized = at.w != p->at.w || at.h != p->at.h;
    bool moved = at.x != p->at.x || at.y != p->at.y;
    if (at.w < 1 || at.h < 1 || (!resized && !moved))
        return;
    p->at = at;
    p->wish.w = at.w;
    p->wish.h = at.h;
    const uint32_t values[] = {(uint32_t)at.x, (uint32_t)at.y, (uint32_t)at.w, (uint32_t)at.h};
    xcb_configure_window(p->parent->d->x, p->id,
                         XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH |
                             XCB_CONFIG_WINDOW_HEIGHT,
                         values);
    if (!resized)
        return;
    gone(p); /* the server keeps nothing of it */
    if (p->wish.full_w > 0)
        p->wish = picture_part_within(p->wish);
    new_target(p);
}

void picture_show(struct picture *p, bool on)
{
    if (on == p->mapped)
        return;
    p->mapped = on;
    if (on)
        xcb_map_window(p->parent->d->x, p->id);
    else
        xcb_unmap_window(p->parent->d->x, p->id);
}

void picture_mode(struct picture *p, enum picture_mode mode)
{
    if (mode == p->wish.mode)
        return;
    p->wish.mode = mode;
    p->wish.pan_x = p->wish.pan_y = 0;
    new_target(p);
}

void picture_size(struct picture *p, uint32_t width, uint32_t height)
{
    p->wish.full_w = width;
    p->wish.full_h = height;
    picture_pan(p, 0, 0);
}

/* One move at a time: of those that come while the painter is at one, the last one counts. */
static void follow_wish(struct picture *p)
{
    if (!p->awaited && (p->wish.pan_x != p->ordered.pan_x || p->wish.pan_y != p->ordered.pan_y))
        new_target(p);
}

void picture_pan(struct picture *p, int dx, int dy)
{
    if (p->wish.mode != PICTURE_ONE_TO_ONE || p->wish.full_w == 0)
        return;
    p->wish.pan_x += dx;
    p->wish.pan_y += dy;
    p->wish = picture_part_within(p->wish);
    follow_wish(p);
}

void picture_pan_next(struct picture *p)
{
    if (!picture_part_moves(&p->wish))
        return;
    picture_part_next(&p->wish, &p->wish.pan_x, &p->wish.pan_y);
    follow_wish(p);
}

/* ------------------------------------------------------------------------------------- drawing */
static void darken(struct picture *p, struct ui_rect r)
{
    const xcb_render_color_t black = {0, 0, 0, 0xa600}; /* 65 %, as behind a dialog */
    const xcb_rectangle_t part = {(int16_t)r.x, (int16_t)r.y, (uint16_t)r.w, (uint16_t)r.h};
    xcb_render_fill_rectangles(p->parent->d->x, XCB_RENDER_PICT_OP_OVER, p->paint, black, 1, &part);
}

static void put(struct picture *p, struct ui_rect r, bool tell)
{
    const struct shared *s = &p->target;
    xcb_shm_put_image(p->parent->d->x, p->id, p->gc, (uint16_t)(s->stride / 4), (uint16_t)s->height,
                      (uint16_t)r.x, (uint16_t)r.y, (uint16_t)r.w, (uint16_t)r.h, (int16_t)r.x,
                      (int16_t)r.y, p->parent->d->depth, XCB_IMAGE_FORMAT_Z_PIXMAP, tell,
                      s->segment, 0);
    if (p->old && p->paint)
        darken(p, r);
}

void picture_grow_old(struct picture *p, bool old)
{
    if (old == p->old)
        return;
    p->old = old;
    if (p->target.fd >= 0 && !p->forgotten && !p->awaited)
        put(p, (struct ui_rect){0, 0, (int)p->target.width, (int)p->target.height}, false);
}

static bool inside(const struct shared *s, const struct rect *r)
{
    return r->x >= 0 && r->y >= 0 && r->w > 0 && r->h > 0 && (uint32_t)r->x < s->width &&
           (uint32_t)r->y < s->height && r->w <= s->width - (uint32_t)r->x &&
           r->h <= s->height - (uint32_t)r->y;
}

/* The painter knows the picture's size as it told it last, and goes no further than that. */
static struct picture_part drawn(const struct picture *p)
{
    struct picture_part part = p->ordered;
    part.full_w = p->wish.full_w;
    part.full_h = p->wish.full_h;
    return picture_part_within(part);
}

int picture_changed(struct picture *p, const struct msg_screen_changed *m)
{
    if (m->target > p->serial)
        return -1; /* a target that never was */
    if (m->target != p->serial || p->target.fd < 0 || m->n_rects == 0)
        return tell_shown(p, m->serial); /* drawn into a file we no longer have */
    for (unsigned i = 0; i < m->n_rects; i++)
        if (!inside(&p->target, &m->rects[i]))
            return -1;
    if (p->pending_n == PICTURE_PENDING)
        return -1;
    p->forgotten = false;
    struct picture_part part = drawn(p);
    picture_seen_put(&p->seen, &part, p->target.segment);
    p->pending[(p->pending_first + p->pending_n++) % PICTURE_PENDING] = m->serial;
    for (unsigned i = 0; i < m->n_rects; i++) {
        const struct rect *r = &m->rects[i];
        /* copies are made in order: the last one done, all are */
        put(p, (struct ui_rect){r->x, r->y, (int)r->w, (int)r->h}, i + 1 == m->n_rects);
    }
    display_flush(p->parent->d);
    return 0;
}

static void on_expose(struct picture *p, const xcb_expose_event_t *e)
{
    struct ui_rect r = {e->x, e->y, e->width, e->height};
    if (p->target.fd < 0 || p->awaited) /* in it is nothing yet, or half of something */
        return;
    if (r.x + r.w > (int)p->target.width)
        r.w = (int)p->target.width - r.x;
    if (r.y + r.h > (int)p->target.height)
        r.h = (int)p->target.height - r.y;
    if (r.w > 0 && r.h > 0)
        put(p, r, false);
}

static bool on_read(struct picture *p, xcb_shm_seg_t segment)
{
    bool there = picture_seen_there(&p->seen, segment);
    p->moved = p->moved || there;
    if (p->target.fd < 0 || segment != p->target.segment)
        return there;
    if (p->pending_n > 0)
        report_first(p);
    p->awaited = false;
    follow_wish(p);
    return true;
}

bool picture_event(struct picture *p, const xcb_generic_event_t *e)
{
    if (!p->parent)
        return false;
    if (e->response_type == p->parent->d->shm_event) {
        const xcb_shm_completion_event_t *c = (const xcb_shm_completion_event_t *)e;
        return on_read(p, c->shmseg);
    }
    const xcb_expose_event_t *x = (const xcb_expose_event_t *)e;
    if (e->response_type != XCB_EXPOSE || x->window != p->id)
        return false;
    on_expose(p, x);
    return true;
}

bool picture_point(const struct picture *p, int x, int y, int32_t *px, int32_t *py)
{
    return picture_part_point(&p->seen.shown, x - p->at.x, y - p->at.y, px, py);
}
