/*
 * The X11 source: connecting, sizes, events. Runs in vitrine-capture, which speaks to the X server
 * through its gate only; counts in what the server says are held against what came, and sizes are
 * checked before they become memory.
 */
#include "capture/x11.h"
#include "capture/x11_parts.h"
#include "lib/x11_setup.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool x11_fail(struct x11 *x, enum fail code, uint32_t detail)
{
    if (x->base.failure == FAIL_NONE) {
        x->base.failure = code;
        x->base.failure_detail = detail;
    }
    return false;
}

bool x11_fail_reply(struct x11 *x, xcb_generic_error_t *error)
{
    if (error == NULL)
        return x11_fail(x, FAIL_X_LOST, 0);
    x11_fail(x, FAIL_X_ERROR, (uint32_t)error->error_code << 16 | error->major_code);
    free(error);
    return false;
}

/* --- connecting --- */

static const xcb_screen_t *find_screen(const struct x11 *x)
{
    xcb_screen_iterator_t i = xcb_setup_roots_iterator(xcb_get_setup(x->c));
    for (; i.rem > 0; xcb_screen_next(&i))
        if (i.data->root == x->area.root)
            return i.data;
    return NULL;
}

static const xcb_visualtype_t *find_visual(const xcb_screen_t *screen, xcb_visualid_t visual)
{
    xcb_depth_iterator_t d = xcb_screen_allowed_depths_iterator(screen);
    for (; d.rem > 0; xcb_depth_next(&d)) {
        xcb_visualtype_iterator_t v = xcb_depth_visuals_iterator(d.data);
        for (; v.rem > 0; xcb_visualtype_next(&v))
            if (v.data->visual_id == visual)
                return v.data;
    }
    return NULL;
}

static uint8_t bits_per_pixel(const struct x11 *x, uint8_t depth)
{
    xcb_format_iterator_t f = xcb_setup_pixmap_formats_iterator(xcb_get_setup(x->c));
    for (; f.rem > 0; xcb_format_next(&f))
        if (f.data->depth == depth)
            return f.data->bits_per_pixel;
    return 0;
}

bool x11_visual_fits(struct x11 *x, xcb_visualid_t visual, uint8_t depth)
{
    const xcb_screen_t *s = find_screen(x);
    const xcb_visualtype_t *v = s == NULL ? NULL : find_visual(s, visual);
    uint32_t red = depth == 30 ? 0x3ff00000u : 0xff0000u;
    bool same_order = xcb_get_setup(x->c)->image_byte_order ==
                      (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? XCB_IMAGE_ORDER_LSB_FIRST
                                                                 : XCB_IMAGE_ORDER_MSB_FIRST);
    return bits_per_pixel(x, depth) == 32 && v != NULL && v->red_mask == red && same_order;
}

static bool check_depth(struct x11 *x)
{
    const xcb_screen_t *s = find_screen(x);
    if (s == NULL)
        return x11_fail(x, FAIL_X_CONNECT, x->area.root);
    if ((s->root_depth != 24 && s->root_depth != 30) ||
        !x11_visual_fits(x, s->root_visual, s->root_depth))
        return x11_fail(x, FAIL_X_DEPTH, s->root_depth);
    x->depth = s->root_depth;
    return true;
}

/* First event of an extension, 0 with the failure noted when the server lacks it. */
static bool find_extension(struct x11 *x, xcb_extension_t *e, enum fail missing, uint8_t *event)
{
    const xcb_query_extension_reply_t *r = xcb_get_extension_data(x->c, e);
    if (r == NULL)
        return x11_fail(x, FAIL_X_LOST, 0);
    if (!r->present)
        return x11_fail(x, missing, 0);
    *event = r->first_event;
    return true;
}

static bool find_extensions(struct x11 *x)
{
    uint8_t event_shm;
    xcb_prefetch_extension_data(x->c, &xcb_shm_id);
    xcb_prefetch_extension_data(x->c, &xcb_damage_id);
    xcb_prefetch_extension_data(x->c, &xcb_xfixes_id);
    xcb_prefetch_extension_data(x->c, &xcb_randr_id);
    return find_extension(x, &xcb_shm_id, FAIL_X_NO_SHM, &event_shm) &&
           find_extension(x, &xcb_damage_id, FAIL_X_NO_DAMAGE, &x->event_damage) &&
           find_extension(x, &xcb_xfixes_id, FAIL_X_NO_FIXES, &x->event_fixes) &&
           find_extension(x, &xcb_randr_id, FAIL_X_NO_RANDR, &x->event_randr);
}

static bool check_versions(struct x11 *x)
{
    xcb_shm_query_version_cookie_t shm = xcb_shm_query_version(x->c);
    xcb_damage_query_version_cookie_t damage = xcb_damage_query_version(x->c, 1, 1);
    xcb_xfixes_query_version_cookie_t fixes = xcb_xfixes_query_version(x->c, 2, 0);
    xcb_randr_query_version_cookie_t randr = xcb_randr_query_version(x->c, 1, 2);
    xcb_shm_query_version_reply_t *s = xcb_shm_query_version_reply(x->c, shm, NULL);
    xcb_damage_query_version_reply_t *d = xcb_damage_query_version_reply(x->c, damage, NULL);
    xcb_xfixes_query_version_reply_t *f = xcb_xfixes_query_version_reply(x->c, fixes, NULL);
    xcb_randr_query_version_reply_t *r = xcb_randr_query_version_reply(x->c, randr, NULL);
    bool good = true;
    if (xcb_connection_has_error(x->c))
        good = x11_fail(x, FAIL_X_LOST, 0);
    else if (s == NULL || s->major_version < 1 || (s->major_version == 1 && s->minor_version < 2))
        good = x11_fail(x, FAIL_X_NO_SHM, s == NULL ? 0 : s->minor_version);
    else if (d == NULL || d->major_version < 1)
        good = x11_fail(x, FAIL_X_NO_DAMAGE, 0);
    else if (f == NULL || f->major_version < 2)
        good = x11_fail(x, FAIL_X_NO_FIXES, 0);
    else if (r == NULL || r->major_version < 1)
        good = x11_fail(x, FAIL_X_NO_RANDR, 0);
    free(s);
    free(d);
    free(f);
    free(r);
    return good;
}

/* DeltaRectangles: told once of each place that is newly damaged, so a busy screen is not a flood,
   and what to read is known without another round trip. */
static void select_events(struct x11 *x)
{
    xcb_randr_select_input(x->c, x->area.root, XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE);
    xcb_xfixes_select_cursor_input(x->c, x->area.root,
                                   XCB_XFIXES_CURSOR_NOTIFY_MASK_DISPLAY_CURSOR);
    x->damage = xcb_generate_id(x->c);
    xcb_damage_create(x->c, x->damage, x->area.target != 0 ? x->area.target : x->area.root,
                      XCB_DAMAGE_REPORT_LEVEL_DELTA_RECTANGLES);
}

static bool x11_open(struct x11 *x)
{
    if (xcb_connection_has_error(x->c))
        return x11_fail(x, FAIL_X_CONNECT, (uint32_t)xcb_connection_has_error(x->c));
    if (!x11_setup_fits(xcb_get_setup(x->c)))
        return x11_fail(x, FAIL_X_CONNECT, 0);
    if (!check_depth(x) || !find_extensions(x) || !check_versions(x))
        return false;
    if (x->area.target != 0 && !x11_target_open(x))
        return false;
    select_events(x);
    return true;
}

/* --- sizes --- */

static struct source_rect shared_part(const struct x11 *x)
{
    const struct x11_area *a = &x->area;
    if (a->whole)
        return (struct source_rect){0, 0, x->root_w, x->root_h};
    if (a->x >= x->root_w || a->y >= x->root_h)
        return (struct source_rect){0};
    uint32_t right = x->root_w - (uint32_t)a->x, below = x->root_h - (uint32_t)a->y;
    return (struct source_rect){a->x, a->y, a->w < right ? a->w : right,
                                a->h < below ? a->h : below};
}

static bool ask_root_size(struct x11 *x)
{
    xcb_generic_error_t *e = NULL;
    xcb_get_geometry_reply_t *g =
        xcb_get_geometry_reply(x->c, xcb_get_geometry(x->c, x->area.root), &e);
    if (g == NULL)
        return x11_fail_reply(x, e);
    x->root_w = g->width;
    x->root_h = g->height;
    free(g);
    return true;
}

static enum source_result find_place(struct x11 *x)
{
    if (x->area.target != 0)
        return x11_target_fit(x);
    if (!ask_root_size(x))
        return SOURCE_FAILED;
    x->place = shared_part(x);
    return SOURCE_OK;
}

static enum source_result x11_fit(struct source *s, struct source_size *size)
{
    struct x11 *x = x11_of(s);
    enum source_result r = find_place(x);
    if (r != SOURCE_OK)
        return r;
    tile_set_clear(&x->missed.damaged); /* in the old size */
    tile_set_clear(&x->together);
    *size = (struct source_size){x->place.w, x->place.h, x->depth};
    if (!tile_size_fits(size->width, size->height, size->depth)) {
        x11_fail(x, FAIL_X_SIZE, x->place.w << 16 | (x->place.h & 0xffff));
        return SOURCE_FAILED;
    }
    x11_segment_destroy(x);
    return x11_segment_create(x, (size_t)size->width * size->height * 4) ? SOURCE_OK
                                                                         : SOURCE_FAILED;
}

/* --- events --- */

static void note_damage(struct x11 *x, const xcb_damage_notify_event_t *e, struct source_news *n)
{
    bool target = x->area.target != 0; /* its damage is told in its own coordinates */
    tile_set_add_rect(&n->damaged, x->place.w, x->place.h, e->area.x - (target ? 0 : x->place.x),
                      e->area.y - (target ? 0 : x->place.y), e->area.width, e->area.height);
}

void x11_note_event(struct x11 *x, const xcb_generic_event_t *e, struct source_news *n)
{
    uint8_t type = e->response_type & 0x7f;
    if (type == 0) {
        const xcb_generic_error_t *error = (const xcb_generic_error_t *)e;
        x11_fail(x, FAIL_X_ERROR, (uint32_t)error->error_code << 16 | error->major_code);
    } else if (type == x->event_damage + XCB_DAMAGE_NOTIFY) {
        note_damage(x, (const xcb_damage_notify_event_t *)e, n);
    } else if (type == x->event_fixes + XCB_XFIXES_CURSOR_NOTIFY) {
        n->cursor_changed = true;
    } else if (type == x->event_randr + XCB_RANDR_SCREEN_CHANGE_NOTIFY) {
        n->resized = true;
    } else if (x->area.target != 0) {
        x11_target_event(x, e);
    } else {
        x11_places_event(x, e, n);
    }
}

void x11_drain(struct x11 *x, struct source_news *news)
{
    xcb_generic_event_t *e;
    while ((e = xcb_poll_for_queued_event(x->c)) != NULL) {
        x11_note_event(x, e, news);
        free(e);
    }
}

void x11_add_news(struct source_news *to, const struct source_news *more)
{
    tile_set_add_all(&to->damaged, &more->damaged);
    to->resized = to->resized || more->resized;
    to->cursor_changed = to->cursor_changed || more->cursor_changed;
}

static bool x11_pump(struct source *s, struct source_news *news)
{
    struct x11 *x = x11_of(s);
    xcb_generic_event_t *e;
    x11_add_news(news, &x->missed);
    x->missed = (struct source_news){0};
    while ((e = xcb_poll_for_event(x->c)) != NULL) {
        x11_note_event(x, e, news);
        free(e);
    }
    if (xcb_connection_has_error(x->c))
        return x11_fail(x, FAIL_X_LOST, 0);
    return x->base.failure == FAIL_NONE;
}

/* --- life --- */

static void x11_hide(struct source *s, const uint32_t *windows, size_t n)
{
    x11_places_set(x11_of(s), windows, n);
}

static void x11_shade(struct source *s, const struct source_rect *places, size_t n,
                      struct source_grab *in)
{
    const struct x11 *x = x11_of(s);
    for (size_t i = 0; i < n && in->n_hidden < MAX_OWN_WINDOWS + MAX_SHADES; i++)
        in->hidden[in->n_hidden++] = (struct source_rect){
            places[i].x - x->place.x, places[i].y - x->place.y, places[i].w, places[i].h};
}

static void x11_destroy(struct source *s)
{
    struct x11 *x = x11_of(s);
    x11_segment_destroy(x);
    xcb_disconnect(x->c);
    free(x);
}

static const struct source_ops x11_ops = {
    .fit = x11_fit,
    .pump = x11_pump,
    .hide = x11_hide,
    .grab = x11_grab,
    .shade = x11_shade,
    .cursor = x11_cursor,
    .destroy = x11_destroy,
};

struct source *x11_create(int fd, const struct x11_area *area, enum fail *failure, uint32_t *detail)
{
    struct x11 *x = calloc(1, sizeof *x);
    if (x == NULL) {
        close(fd);
        *failure = FAIL_MEMORY;
        return NULL;
    }
    x->base = (struct source){.ops = &x11_ops, .fd = fd};
    x->area = *area;
    x->c = xcb_connect_to_fd(fd, NULL); /* the gate knows the cookie */
    if (x11_open(x))
        return &x->base;
    *failure = x->base.failure;
    *detail = x->base.failure_detail;
    x11_destroy(&x->base);
    return NULL;
}
