/*
 * Windows and their pictures; runs in the broker. Distrusts painters (shared.h) and other X clients
 * (events made by them count for nothing but a question to the server).
 */
#include "broker/window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/shape.h>
#include <xcb/xfixes.h>
#include <xcb/xinput.h>

#define MOVED_MOST 5 /* times */

/* ------------------------------------------------------------------------------------ creating */
static void select_input(struct window *w)
{
    struct {
        xcb_input_event_mask_t head;
        uint32_t mask;
    } own = {{XCB_INPUT_DEVICE_ALL_MASTER, 1},
             XCB_INPUT_XI_EVENT_MASK_KEY_PRESS | XCB_INPUT_XI_EVENT_MASK_KEY_RELEASE |
                 XCB_INPUT_XI_EVENT_MASK_BUTTON_PRESS | XCB_INPUT_XI_EVENT_MASK_BUTTON_RELEASE |
                 XCB_INPUT_XI_EVENT_MASK_MOTION | XCB_INPUT_XI_EVENT_MASK_ENTER |
                 XCB_INPUT_XI_EVENT_MASK_LEAVE | XCB_INPUT_XI_EVENT_MASK_FOCUS_IN |
                 XCB_INPUT_XI_EVENT_MASK_FOCUS_OUT};
    xcb_input_xi_select_events(w->d->x, w->id, 1, &own.head);
}

static void set_managed(struct window *w)
{
    struct display *d = w->d;
    static const uint32_t no_frame[5] = {2, 0, 0, 0, 0}; /* decorations given: none */
    xcb_change_property(d->x, XCB_PROP_MODE_REPLACE, w->id, d->atom[ATOM_MOTIF_WM_HINTS],
                        d->atom[ATOM_MOTIF_WM_HINTS], 32, 5, no_frame);
    xcb_change_property(d->x, XCB_PROP_MODE_REPLACE, w->id, d->atom[ATOM_WM_PROTOCOLS],
                        XCB_ATOM_ATOM, 32, 1, &d->atom[ATOM_WM_DELETE_WINDOW]);
    xcb_change_property(d->x, XCB_PROP_MODE_REPLACE, w->id, d->atom[ATOM_NET_WM_WINDOW_TYPE],
                        XCB_ATOM_ATOM, 32, 1, &d->atom[ATOM_NET_WM_WINDOW_TYPE_NORMAL]);
    static const uint32_t takes_input[9] = {1, 1}; /* WM_HINTS: input */
    xcb_change_property(d->x, XCB_PROP_MODE_REPLACE, w->id, XCB_ATOM_WM_HINTS, XCB_ATOM_WM_HINTS,
                        32, 9, takes_input);
}

void window_class(const struct display *d, xcb_window_t id)
{
    static const char class[] = "vitrine\0Vitrine";
    xcb_change_property(d->x, XCB_PROP_MODE_REPLACE, id, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, 8,
                        sizeof class, class);
}

static void set_names(struct window *w)
{
    window_class(w->d, w->id);
    uint32_t pid = (uint32_t)getpid();
    xcb_change_property(w->d->x, XCB_PROP_MODE_REPLACE, w->id, w->d->atom[ATOM_NET_WM_PID],
                        XCB_ATOM_CARDINAL, 32, 1, &pid);
    window_title(w, "vitrine");
}

void window_create(struct window *w, struct display *d, enum window_style style, struct ui_rect at,
                   uint32_t background)
{
    *w = (struct window){.d = d, .style = style, .at = at, .put = at, .shown = -1, .painting = -1};
    w->page[0].fd = w->page[1].fd = -1;
    w->id = xcb_generate_id(d->x);
    const uint32_t values[] = {background, background, style == WINDOW_ON_TOP,
                               XCB_EVENT_MASK_EXPOSURE | XCB_EVENT_MASK_STRUCTURE_NOTIFY |
                                   XCB_EVENT_MASK_VISIBILITY_CHANGE |
                                   XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY |
                                   XCB_EVENT_MASK_PROPERTY_CHANGE,
                               d->colormap};
    xcb_create_window(d->x, d->depth, w->id, d->root, (int16_t)at.x, (int16_t)at.y, (uint16_t)at.w,
                      (uint16_t)at.h, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, d->visual,
                      XCB_CW_BACK_PIXEL | XCB_CW_BORDER_PIXEL | XCB_CW_OVERRIDE_REDIRECT |
                          XCB_CW_EVENT_MASK | XCB_CW_COLORMAP,
                      values);
    w->gc = xcb_generate_id(d->x);
    const uint32_t no_exposures = 0;
    xcb_create_gc(d->x, w->gc, w->id, XCB_GC_GRAPHICS_EXPOSURES, &no_exposures);
    w->plain = xcb_generate_id(d->x);
    xcb_create_gc(d->x, w->plain, w->id, XCB_GC_GRAPHICS_EXPOSURES, &no_exposures);
    select_input(w);
    if (d->major.shape)
        xcb_shape_select_input(d->x, w->id, 1);
    set_names(w);
    if (style == WINDOW_MANAGED)
        set_managed(w);
}

void window_destroy(struct window *w)
{
    if (!w->d)
        return;
    shared_destroy(&w->page[0], w->d);
    shared_destroy(&w->page[1], w->d);
    if (w->id && !w->d->lost) {
        xcb_free_gc(w->d->x, w->gc);
        xcb_free_gc(w->d->x, w->plain);
        xcb_destroy_window(w->d->x, w->id);
    }
    memset(w, 0, sizeof *w);
}

void window_title(struct window *w, const char *title)
{
    xcb_change_property(w->d->x, XCB_PROP_MODE_REPLACE, w->id, w->d->atom[ATOM_NET_WM_NAME],
                        w->d->atom[ATOM_UTF8_STRING], 8, (uint32_t)strlen(title), title);
    xcb_change_property(w->d->x, XCB_PROP_MODE_REPLACE, w->id, XCB_ATOM_WM_NAME, XCB_ATOM_STRING, 8,
                        (uint32_t)strlen(title), title);
}

/* --- place and state */
void window_bounds(struct window *w, int least_w, int least_h, int most_w, int most_h,
                   bool at_place)
{
    enum { US_POSITION = 1, P_MIN = 16, P_MAX = 32 };
    uint32_t hints[18] = {0};
    hints[0] = P_MIN | (most_w ? P_MAX : 0) | (at_place ? US_POSITION : 0);
    hints[1] = (uint32_t)w->at.x;
    hints[2] = (uint32_t)w->at.y;
    hints[5] = (uint32_t)least_w;
    hints[6] = (uint32_t)least_h;
    hints[7] = (uint32_t)most_w;
    hints[8] = (uint32_t)most_h;
    xcb_change_property(w->d->x, XCB_PROP_MODE_REPLACE, w->id, XCB_ATOM_WM_NORMAL_HINTS,
                        XCB_ATOM_WM_SIZE_HINTS, 32, 18, hints);
}

static void put_at(struct window *w, struct ui_rect at)
{
    const uint32_t values[] = {(uint32_t)at.x, (uint32_t)at.y, (uint32_t)at.w, (uint32_t)at.h, 0};
    uint16_t what = XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH |
                    XCB_CONFIG_WINDOW_HEIGHT;
    if (w->style == WINDOW_ON_TOP) /* a manager may want one around what it has taken */
        what |= XCB_CONFIG_WINDOW_BORDER_WIDTH;
    w->put = at;
    w->put_asked = xcb_configure_window(w->d->x, w->id, what, values).sequence;
}

void window_place(struct window *w, struct ui_rect at)
{
    w->at = at;
    put_at(w, at);
}

void window_raise(struct window *w)
{
    const uint32_t above = XCB_STACK_MODE_ABOVE;
    xcb_configure_window(w->d->x, w->id, XCB_CONFIG_WINDOW_STACK_MODE, &above);
}

bool window_is_taken(const struct window *w)
{
    return w->stray || w->cut != 0 || w->moved > MOVED_MOST;
}

static void put_right(struct window *w)
{
    xcb_connection_t *x = w->d->x;
    if (w->stray) /* on top of what it is in means nothing */
        xcb_reparent_window(x, w->id, w->d->root, (int16_t)w->put.x, (int16_t)w->put.y);
    for (xcb_shape_kind_t kind = 0; kind < XCB_SHAPE_SK_INPUT; kind++)
        if (w->cut >> kind & 1)
            xcb_shape_mask(x, XCB_SHAPE_SO_SET, kind, w->id, 0, 0, XCB_NONE);
}

void window_map(struct window *w)
{
    w->wanted = true;
    w->moved = 0;
    put_right(w);
    if (w->style == WINDOW_ON_TOP) { /* whatever was done with it before */
        window_place(w, w->put);
        window_raise(w);
    }
    xcb_map_window(w->d->x, w->id);
}

void window_unmap(struct window *w)
{
    w->wanted = false;
    xcb_unmap_window(w->d->x, w->id);
    if (w->style != WINDOW_MANAGED)
        return;
    /* ICCCM 4.1.4: a window manager that has iconified it is told by this event only */
    xcb_unmap_notify_event_t e = {
        .response_type = XCB_UNMAP_NOTIFY, .event = w->d->root, .window = w->id};
    xcb_send_event(w->d->x, 0, w->d->root,
                   XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY,
                   (const char *)&e);
}

static void tell_manager(struct window *w, xcb_atom_t what, uint32_t a, uint32_t b, uint32_t c)
{
    xcb_client_message_event_t e = {.response_type = XCB_CLIENT_MESSAGE,
                                    .format = 32,
                                    .window = w->id,
                                    .type = what,
                                    .data.data32 = {a, b, c, 1}};
    xcb_send_event(w->d->x, 0, w->d->root,
                   XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY,
                   (const char *)&e);
}

void window_minimise(struct window *w)
{
    tell_manager(w, w->d->atom[ATOM_WM_CHANGE_STATE], 3, 0, 0); /* IconicState */
}

void window_full_screen(struct window *w, bool on)
{
    tell_manager(w, w->d->atom[ATOM_NET_WM_STATE], on, w->d->atom[ATOM_NET_WM_STATE_FULLSCREEN], 0);
}

void window_activate(struct window *w, xcb_timestamp_t time)
{
    window_raise(w);
    tell_manager(w, w->d->atom[ATOM_NET_ACTIVE_WINDOW], 1, time, 0);
}

/* ------------------------------------------------------------------------------------ pictures */
static bool fits(const struct shared *s, uint32_t width, uint32_t height)
{
    return s->fd >= 0 && s->width == width && s->height == height;
}

static bool is_free(const struct window *w, int page)
{
    return page != w->shown && page != w->painting && w->reading[page] == 0;
}

struct shared *window_page(struct window *w, uint32_t width, uint32_t height)
{
    errno = EAGAIN;
    if (w->painting >= 0)
        return NULL;
    for (int i = 0; i < 2; i++) {
        if (!is_free(w, i))
            continue;
        struct shared *s = &w->page[i];
        if (!fits(s, width, height)) {
            shared_destroy(s, w->d);
            if (!shared_create(s, w->d, width, height)) {
                errno = ENOMEM;
                return NULL;
            }
        }
        w->painting = i;
        return s;
    }
    return NULL;
}

void window_sent(struct window *w, uint32_t serial)
{
    w->serial = serial;
    w->stale = false;
}

static xcb_xfixes_region_t region(struct window *w, const struct ui_rect *part, unsigned n)
{
    xcb_rectangle_t r[WINDOW_OVER];
    xcb_xfixes_region_t id = xcb_generate_id(w->d->x);
    for (unsigned i = 0; i < n; i++)
        r[i] = (xcb_rectangle_t){(int16_t)part[i].x, (int16_t)part[i].y, (uint16_t)part[i].w,
                                 (uint16_t)part[i].h};
    xcb_xfixes_create_region(w->d->x, id, n, r);
    return id;
}

void window_let_input_through(struct window *w)
{
    xcb_xfixes_region_t nothing = region(w, NULL, 0);
    xcb_xfixes_set_window_shape_region(w->d->x, w->id, XCB_SHAPE_SK_INPUT, 0, 0, nothing);
    xcb_xfixes_destroy_region(w->d->x, nothing);
}

static void clip_to_rest(struct window *w)
{
    const struct ui_rect all = {0, 0, INT16_MAX, INT16_MAX};
    xcb_xfixes_region_t rest = region(w, &all, 1), parts = region(w, w->part, w->n_parts);
    xcb_xfixes_subtract_region(w->d->x, rest, parts, rest);
    xcb_xfixes_set_gc_clip_region(w->d->x, w->gc, rest, 0, 0);
    xcb_xfixes_destroy_region(w->d->x, rest);
    xcb_xfixes_destroy_region(w->d->x, parts);
}

void window_over(struct window *w, xcb_pixmap_t over, const struct ui_rect *part, unsigned n)
{
    if (n == 0 && w->n_parts == 0)
        return;
    w->over = over;
    w->n_parts = n < WINDOW_OVER ? n : WINDOW_OVER;
    if (w->n_parts)
        memcpy(w->part, part, w->n_parts * sizeof *part);
    clip_to_rest(w);
}

static void copy_over(struct window *w, xcb_drawable_t to, xcb_gcontext_t gc)
{
    for (unsigned i = 0; i < w->n_parts; i++) {
        const struct ui_rect *r = &w->part[i];
        xcb_copy_area(w->d->x, w->over, to, gc, (int16_t)r->x, (int16_t)r->y, (int16_t)r->x,
                      (int16_t)r->y, (uint16_t)r->w, (uint16_t)r->h);
    }
}

void window_put_over(struct window *w)
{
    copy_over(w, w->id, w->plain);
}

bool window_awaits(const struct window *w, uint32_t serial)
{
    return w->painting >= 0 && serial == w->serial;
}

/* Asks for a completion event: the page may be painted over only when the server has read it. */
static void put(struct window *w, struct ui_rect part)
{
    if (w->shown < 0)
        return;
    const struct shared *s = &w->page[w->shown];
    if (part.x + part.w > (int)s->width)
        part.w = (int)s->width - part.x;
    if (part.y + part.h > (int)s->height)
        part.h = (int)s->height - part.y;
    if (part.w <= 0 || part.h <= 0)
        return;
    xcb_shm_put_image(w->d->x, w->id, w->gc, (uint16_t)(s->stride / 4), (uint16_t)s->height,
                      (uint16_t)part.x, (uint16_t)part.y, (uint16_t)part.w, (uint16_t)part.h,
                      (int16_t)part.x, (int16_t)part.y, w->d->depth, XCB_IMAGE_FORMAT_Z_PIXMAP, 1,
                      s->segment, 0);
    w->reading[w->shown]++;
    w->puts++;
    window_put_over(w);
}

void window_put_again(struct window *w)
{
    put(w, (struct ui_rect){0, 0, w->at.w, w->at.h});
}

static int32_t least(int32_t a, uint32_t b)
{
    return (uint32_t)a < b ? a : (int32_t)b;
}

struct ui_rect window_face(const struct window *w)
{
    const struct shared *s = &w->page[w->shown < 0 ? 0 : w->shown];
    if (w->shown < 0 || (w->style == WINDOW_ON_TOP &&
                         ((int32_t)s->width != w->at.w || (int32_t)s->height != w->at.h)))
        return (struct ui_rect){0};
    return (struct ui_rect){w->at.x, w->at.y, least(w->at.w, s->width), least(w->at.h, s->height)};
}

void window_copy_face(struct window *w, xcb_drawable_t to, xcb_gcontext_t gc)
{
    const struct ui_rect at = window_face(w);
    if (at.w <= 0 || at.h <= 0)
        return;
    const struct shared *s = &w->page[w->shown];
    xcb_shm_put_image(w->d->x, to, gc, (uint16_t)(s->stride / 4), (uint16_t)s->height, 0, 0,
                      (uint16_t)at.w, (uint16_t)at.h, 0, 0, w->d->depth, XCB_IMAGE_FORMAT_Z_PIXMAP,
                      0, s->segment, 0); /* a completion event does not come where it fails */
    w->reading[w->shown]++;
    copy_over(w, to, gc);
}

void window_copied(struct window *w, int page)
{
    if (w->reading[page] > 0)
        w->reading[page]--;
}

bool window_painted(struct window *w, uint32_t serial)
{
    if (!window_awaits(w, serial))
        return false;
    w->shown = w->painting;
    w->painting = -1;
    window_put_again(w);
    return true;
}

/* The server does what it was told in order: it has read a page before it lets go of it. */
static void give_back(struct window *w, int page)
{
    shared_destroy(&w->page[page], w->d);
    w->reading[page] = 0;
}

void window_painter_gone(struct window *w)
{
    if (w->painting < 0)
        return;
    give_back(w, w->painting); /* the dead may live on somewhere: never again that file */
    w->painting = -1;
    w->stale = true;
}

void window_forget_before(struct window *w)
{
    for (int i = 0; i < 2; i++)
        if (i != w->shown && i != w->painting)
            give_back(w, i);
}

void window_forget(struct window *w)
{
    w->shown = -1;
    window_forget_before(w);
}

void window_put_part(struct window *w, xcb_window_t to, struct ui_rect part)
{
    if (w->shown < 0)
        return;
    const struct shared *s = &w->page[w->shown];
    if (part.x < 0 || part.y < 0 || part.x + part.w > (int)s->width ||
        part.y + part.h > (int)s->height)
        return;
    xcb_shm_put_image(w->d->x, to, w->plain, (uint16_t)(s->stride / 4), (uint16_t)s->height,
                      (uint16_t)part.x, (uint16_t)part.y, (uint16_t)part.w, (uint16_t)part.h, 0, 0,
                      w->d->depth, XCB_IMAGE_FORMAT_Z_PIXMAP, 1, s->segment, 0);
    w->reading[w->shown]++;
}

/* -------------------------------------------------------------------------------------- events */
static bool on_completion(struct window *w, const xcb_shm_completion_event_t *e)
{
    for (int i = 0; i < 2; i++)
        if (w->page[i].fd >= 0 && w->page[i].segment == e->shmseg) {
            window_copied(w, i);
            return true;
        }
    return false;
}

static void on_place(void *ctx, uint32_t tag, const void *reply)
{
    struct window *w = ctx;
    const xcb_translate_coordinates_reply_t *r = reply;
    if (!r || tag != w->id)
        return;
    if (w->at.x == r->dst_x && w->at.y == r->dst_y)
        return;
    w->at.x = r->dst_x;
    w->at.y = r->dst_y;
    if (w->placed)
        w->placed(w->placed_ctx);
}

void window_ask_place(struct window *w)
{
    display_later(w->d, xcb_translate_coordinates(w->d->x, w->id, w->d->root, 0, 0).sequence,
                  on_place, w, w->id);
}

/* What the server tells of a place we had given it before is not somebody else's doing. `edge`: of
   a border, which ours have not. */
static void put_back(struct window *w, const void *event, int x, int y, unsigned edge)
{
    const uint32_t told = ((const xcb_generic_event_t *)event)->full_sequence;
    w->at.x = x;
    w->at.y = y;
    if (w->stray || (int32_t)(told - w->put_asked) < 0 ||
        (edge == 0 && memcmp(&w->at, &w->put, sizeof w->at) == 0))
        return;
    if (++w->moved <= MOVED_MOST)
        put_at(w, w->put);
}

/* The place a window manager's frame gives it is only known by asking. */
static void on_configure(struct window *w, const xcb_configure_notify_event_t *e)
{
    if (!(e->response_type & 0x80) && ((int)e->width != w->at.w || (int)e->height != w->at.h)) {
        w->at.w = e->width;
        w->at.h = e->height;
        w->stale = true;
    }
    if (w->style == WINDOW_ON_TOP) {
        if (!(e->response_type & 0x80))
            put_back(w, e, e->x, e->y, e->border_width);
        return;
    }
    window_ask_place(w);
}

/* The server calls what is left of it unobscured. */
static bool on_shape(struct window *w, const xcb_shape_notify_event_t *e)
{
    if (e->affected_window != w->id)
        return false;
    if (e->shape_kind < XCB_SHAPE_SK_INPUT)
        w->cut =
            (uint8_t)((w->cut & ~(1u << e->shape_kind)) | (unsigned)!!e->shaped << e->shape_kind);
    return true;
}

bool window_event(struct window *w, const xcb_generic_event_t *e)
{
    if (w->id == XCB_NONE)
        return false;
    uint8_t type = e->response_type;
    if (type == w->d->shm_event)
        return on_completion(w, (const xcb_shm_completion_event_t *)e);
    if (w->d->major.shape && type == w->d->shape_event)
        return on_shape(w, (const xcb_shape_notify_event_t *)e);
    switch (type & 0x7f) {
    case XCB_EXPOSE: {
        const xcb_expose_event_t *x = (const xcb_expose_event_t *)e;
        if (type & 0x80 || x->window != w->id)
            return false;
        put(w, (struct ui_rect){x->x, x->y, x->width, x->height});
        return true;
    }
    case XCB_CONFIGURE_NOTIFY: {
        const xcb_configure_notify_event_t *c = (const xcb_configure_notify_event_t *)e;
        if (c->window != w->id || (c->event != w->id && !(type & 0x80)))
            return false;
        on_configure(w, c);
        return true;
    }
    case XCB_MAP_NOTIFY: {
        const xcb_map_notify_event_t *m = (const xcb_map_notify_event_t *)e;
        if (type & 0x80 || m->window != w->id || m->event != w->id)
            return false;
        w->mapped = true;
        if (w->style == WINDOW_MANAGED)
            window_ask_place(w);
        return true;
    }
    case XCB_UNMAP_NOTIFY: {
        const xcb_unmap_notify_event_t *u = (const xcb_unmap_notify_event_t *)e;
        if (type & 0x80 || u->window != w->id || u->event != w->id)
            return false;
        w->mapped = w->visible = w->covered = false;
        return true;
    }
    case XCB_REPARENT_NOTIFY: {
        const xcb_reparent_notify_event_t *r = (const xcb_reparent_notify_event_t *)e;
        if (type & 0x80 || r->window != w->id || r->event != w->id)
            return false;
        w->stray = w->style == WINDOW_ON_TOP && r->parent != w->d->root;
        if (w->style == WINDOW_ON_TOP)
            put_back(w, e, r->x, r->y, 0);
        return true;
    }
    case XCB_VISIBILITY_NOTIFY: {
        const xcb_visibility_notify_event_t *v = (const xcb_visibility_notify_event_t *)e;
        if (type & 0x80 || v->window != w->id)
            return false;
        w->visible = v->state == XCB_VISIBILITY_UNOBSCURED;
        w->covered = v->state == XCB_VISIBILITY_FULLY_OBSCURED;
        return true;
    }
    default:
        return false;
    }
}
