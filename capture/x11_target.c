/*
 * One window, and nothing else: what lies above it is not in the picture, and neither is what lies
 * beneath. Part of the X11 source of vitrine-capture.
 *
 * The window is redirected (Composite), so the server keeps its pixels apart from those of all
 * others; it is shown as before. But when the server makes such a pixmap, at first and at every new
 * size, it fills it with what is on the screen there: with pixels of others, until the window's
 * program has drawn over them. So each new pixmap is washed before it is read: a grey child is put
 * over all of the window and taken away again, which has the program draw everything anew. Reading
 * is one batch under a grab of the server; if an event says that the pixmap may be another one than
 * the one that was washed, what was read is thrown away.
 */
#include "capture/x11_parts.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/composite.h>

#define COVER_SIDE 16384 /* larger than any window that can be shared */
#define GREY 0x808080u

/* --- the beginning --- */

static bool check_composite(struct x11 *x)
{
    const xcb_query_extension_reply_t *e = xcb_get_extension_data(x->c, &xcb_composite_id);
    if (e == NULL)
        return x11_fail(x, FAIL_X_LOST, 0);
    if (!e->present)
        return x11_fail(x, FAIL_X_NO_COMPOSITE, 0);
    xcb_composite_query_version_reply_t *v =
        xcb_composite_query_version_reply(x->c, xcb_composite_query_version(x->c, 0, 2), NULL);
    bool good = v != NULL && (v->major_version > 0 || v->minor_version >= 2);
    uint32_t minor = v == NULL ? 0 : v->minor_version;
    free(v);
    return good || x11_fail(x, FAIL_X_NO_COMPOSITE, minor);
}

/* A window of another kind of pixels than the screen's is refused, not guessed at. */
static bool check_pixels(struct x11 *x)
{
    uint32_t id = x->area.target;
    xcb_get_window_attributes_cookie_t attributes = xcb_get_window_attributes(x->c, id);
    xcb_get_geometry_cookie_t geometry = xcb_get_geometry(x->c, id);
    xcb_get_window_attributes_reply_t *a = xcb_get_window_attributes_reply(x->c, attributes, NULL);
    xcb_get_geometry_reply_t *g = xcb_get_geometry_reply(x->c, geometry, NULL);
    bool there = a != NULL && g != NULL;
    uint8_t depth = g == NULL ? 0 : g->depth;
    bool good = there && (depth == 24 || depth == 30 || depth == 32) &&
                x11_visual_fits(x, a->visual, depth);
    free(a);
    free(g);
    if (!there)
        return x11_fail(x, FAIL_X_ERROR, XCB_WINDOW << 16 | XCB_GET_GEOMETRY);
    x->target.depth = depth;
    x->depth = depth == 32 ? 24 : depth;
    return good || x11_fail(x, FAIL_X_DEPTH, depth);
}

bool x11_target_open(struct x11 *x)
{
    const uint32_t events = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
    if (!check_composite(x) || !check_pixels(x))
        return false;
    xcb_change_window_attributes(x->c, x->area.target, XCB_CW_EVENT_MASK, &events);
    xcb_composite_redirect_window(x->c, x->area.target, XCB_COMPOSITE_REDIRECT_AUTOMATIC);
    x->target.dirty = true;
    return true;
}

/* --- place and events --- */

enum source_result x11_target_fit(struct x11 *x)
{
    xcb_get_geometry_reply_t *g =
        xcb_get_geometry_reply(x->c, xcb_get_geometry(x->c, x->area.target), NULL);
    if (g == NULL)
        return SOURCE_MOVING; /* it is gone: the broker hears so, too */
    x->place.w = g->width;
    x->place.h = g->height;
    x->target.border = g->border_width;
    free(g);
    return SOURCE_OK;
}

void x11_target_find(struct x11 *x)
{
    xcb_translate_coordinates_reply_t *o = xcb_translate_coordinates_reply(
        x->c, xcb_translate_coordinates(x->c, x->area.target, x->area.root, 0, 0), NULL);
    if (o == NULL)
        return;
    x->place.x = o->dst_x;
    x->place.y = o->dst_y;
    free(o);
}

static void note_size(struct x11_target *t, const xcb_configure_notify_event_t *e)
{
    if (e->width != t->w || e->height != t->h || e->border_width != t->border)
        t->dirty = true;
    t->w = e->width;
    t->h = e->height;
}

/* A window that only moves keeps its pixmap; so does one that others are put above. */
void x11_target_event(struct x11 *x, const xcb_generic_event_t *e)
{
    switch (e->response_type) {
    case XCB_CONFIGURE_NOTIFY:
        note_size(&x->target, (const xcb_configure_notify_event_t *)e);
        break;
    case XCB_MAP_NOTIFY:
    case XCB_UNMAP_NOTIFY:
    case XCB_REPARENT_NOTIFY:
        x->target.dirty = true;
        break;
    default:
        break;
    }
}

/* --- one grab --- */

#define CHECKED 6

/* Requests without an answer that fail when the window is gone: their errors are no news. */
struct checked {
    xcb_void_cookie_t sent[CHECKED];
    size_t n;
};

static void check_later(struct checked *k, xcb_void_cookie_t c)
{
    k->sent[k->n++] = c;
}

/* After an answer to a later request: waits for nothing. */
static bool all_went_well(struct x11 *x, const struct checked *k)
{
    bool good = true;
    for (size_t i = 0; i < k->n; i++) {
        xcb_generic_error_t *e = xcb_request_check(x->c, k->sent[i]);
        good = good && e == NULL;
        free(e);
    }
    return good;
}

static void wash(struct x11 *x, struct checked *k)
{
    const uint32_t grey = GREY;
    xcb_window_t cover = xcb_generate_id(x->c);
    check_later(k,
                xcb_create_window_checked(x->c, XCB_COPY_FROM_PARENT, cover, x->area.target, 0, 0,
                                          COVER_SIDE, COVER_SIDE, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
                                          XCB_COPY_FROM_PARENT, XCB_CW_BACK_PIXEL, &grey));
    check_later(k, xcb_map_window_checked(x->c, cover));
    check_later(k, xcb_destroy_window_checked(x->c, cover));
}

struct reading {
    struct checked checked;
    xcb_shm_get_image_cookie_t images[MAX_RECTS];
    xcb_get_window_attributes_cookie_t shown;
    xcb_get_geometry_cookie_t size;
};

static void ask(struct x11 *x, struct reading *r, const struct source_grab *g, bool dirty)
{
    xcb_pixmap_t pixels = xcb_generate_id(x->c);
    int32_t border = x->target.border; /* it is in the pixmap, and not in the picture */
    xcb_grab_server(x->c);
    if (dirty)
        wash(x, &r->checked);
    check_later(&r->checked, xcb_damage_subtract_checked(x->c, x->damage, XCB_NONE, XCB_NONE));
    check_later(&r->checked,
                xcb_composite_name_window_pixmap_checked(x->c, x->area.target, pixels));
    x11_ask_pixels(x, g, pixels, border, border, r->images);
    check_later(&r->checked, xcb_free_pixmap_checked(x->c, pixels));
    r->shown = xcb_get_window_attributes(x->c, x->area.target);
    r->size = xcb_get_geometry(x->c, x->area.target);
    xcb_ungrab_server(x->c);
}

static enum source_result verdict(struct x11 *x, const xcb_get_window_attributes_reply_t *a,
                                  const xcb_get_geometry_reply_t *g, bool good)
{
    if (xcb_connection_has_error(x->c)) {
        x11_fail(x, FAIL_X_LOST, 0);
        return SOURCE_FAILED;
    }
    if (a == NULL || g == NULL || a->map_state != XCB_MAP_STATE_VIEWABLE)
        return SOURCE_MOVING;
    if (g->width != x->place.w || g->height != x->place.h || g->border_width != x->target.border)
        return SOURCE_RESIZED;
    /* Washed and read, but is it still the pixmap that was washed? */
    return good && !x->target.dirty ? SOURCE_OK : SOURCE_MOVING;
}

enum source_result x11_target_grab(struct x11 *x, struct source_grab *out)
{
    struct reading r = {0};
    xcb_generic_error_t *error = NULL;
    x11_drain(x, &x->missed);
    bool dirty = x->target.dirty;
    x->target.dirty = false;
    ask(x, &r, out, dirty);
    bool good = x11_read_pixels(x, r.images, out->n_pieces, x->target.depth, &error);
    xcb_get_window_attributes_reply_t *a = xcb_get_window_attributes_reply(x->c, r.shown, NULL);
    xcb_get_geometry_reply_t *g = xcb_get_geometry_reply(x->c, r.size, NULL);
    good = all_went_well(x, &r.checked) && good;
    x11_drain(x, &x->missed);
    enum source_result result = verdict(x, a, g, good);
    if (result != SOURCE_OK)
        x->target.dirty = true;
    out->n_hidden = 0;
    free(a);
    free(g);
    free(error);
    return result;
}
