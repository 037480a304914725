/*
 * Picking on the screen what to share: one window, or a part. Runs in the broker. It gives nothing
 * away: the dialog comes back with what was picked, and only its grant shares it. Distrusts other
 * X clients: where their windows are is taken as they say, and checked when it is shared.
 */
#include "broker/windows_parts.h"

#include "broker/place.h"
#include "broker/reply.h"
#include "lib/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/shape.h>

#define STEP 16      /* logical pixels an arrow key moves or sizes */
#define LEAST 64     /* device pixels: smaller ones are a slip of the hand */
#define CROSSHAIR 34 /* XC_crosshair of the cursor font */
#define DRAG 4       /* device pixels: less is a click */

static int whole(xcb_input_fp1616_t v)
{
    return v >> 16;
}

static struct ui_rect screen_of(const struct windows *w)
{
    return (struct ui_rect){0, 0, w->d->width, w->d->height};
}

/* --- life --- */

static xcb_cursor_t crosshair(xcb_connection_t *x)
{
    xcb_font_t font = xcb_generate_id(x);
    xcb_cursor_t cursor = xcb_generate_id(x);
    xcb_open_font(x, font, 6, "cursor");
    xcb_create_glyph_cursor(x, cursor, font, font, CROSSHAIR, CROSSHAIR + 1, 0, 0, 0, 0xffff,
                            0xffff, 0xffff);
    xcb_close_font(x, font);
    return cursor;
}

static void select_input(struct windows *w)
{
    struct {
        xcb_input_event_mask_t head;
        uint32_t mask;
    } own = {{XCB_INPUT_DEVICE_ALL_MASTER, 1},
             XCB_INPUT_XI_EVENT_MASK_KEY_PRESS | XCB_INPUT_XI_EVENT_MASK_BUTTON_PRESS |
                 XCB_INPUT_XI_EVENT_MASK_BUTTON_RELEASE | XCB_INPUT_XI_EVENT_MASK_MOTION};
    xcb_input_xi_select_events(w->d->x, w->pick.veil, 1, &own.head);
}

void pick_create(struct windows *w)
{
    struct display *d = w->d;
    xcb_cursor_t cursor = crosshair(d->x);
    const uint32_t values[] = {1, XCB_EVENT_MASK_STRUCTURE_NOTIFY, cursor};
    border_create(&w->pick.outline, d);
    w->pick.veil = xcb_generate_id(d->x);
    xcb_create_window(d->x, 0, w->pick.veil, d->root, 0, 0, d->width, d->height, 0,
                      XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT,
                      XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK | XCB_CW_CURSOR, values);
    xcb_free_cursor(d->x, cursor);
    window_class(d, w->pick.veil);
    select_input(w);
}

void pick_destroy(struct windows *w)
{
    border_destroy(&w->pick.outline);
    if (!w->d->lost)
        xcb_destroy_window(w->d->x, w->pick.veil);
}

/* --- showing --- */

static void tell(struct windows *w, bool on)
{
    struct windows_window_line line = {.name = "pick", .rect = w->pick.now.area, .mapped = on};
    if (w->calls.tell_window)
        w->calls.tell_window(w->calls.ctx, &line);
}

static void outline(struct windows *w)
{
    struct ui_rect a = w->pick.now.area;
    int width = ui_px(BORDER_WIDTH, w->scale);
    bool inside = w->pick.what == UI_WHAT_PART; /* it may reach to the edge of the screen */
    if (!inside)
        a = (struct ui_rect){a.x - width, a.y - width, a.w + 2 * width, a.h + 2 * width};
    border_map(&w->pick.outline, a, width, BORDER_PICK, theme_get(w->model->theme));
    border_raise(&w->pick.outline);
    tell(w, true);
    display_flush(w->d);
}

static void show_choice(struct windows *w, struct share_choice c)
{
    if (memcmp(&c, &w->pick.now, sizeof c) == 0)
        return;
    w->pick.now = c;
    outline(w);
}

/* --- the list of windows: those a window manager names, else the children of the root --- */

static void ask_next(struct windows *w);

static void choose_window(struct windows *w, unsigned i)
{
    struct share_choice c = {.what = UI_WHAT_WINDOW};
    w->pick.at = i;
    c.window = w->pick.ids[i];
    c.born = w->pick.born[i];
    c.area = w->pick.rects[i];
    show_choice(w, c);
}

/* The one on top at the pointer; without one, what is outlined stays. */
static void choose_at(struct windows *w, int x, int y)
{
    for (unsigned i = w->pick.n; i-- > 0;)
        if (place_inside(w->pick.rects[i], x, y)) {
            choose_window(w, i);
            return;
        }
}

static void choose_next(struct windows *w, bool back)
{
    const struct pick *k = &w->pick;
    for (unsigned step = 1; step <= k->n; step++) {
        unsigned i = (k->at + (back ? step : k->n - step)) % k->n;
        if (k->rects[i].w > 0) {
            choose_window(w, i);
            return;
        }
    }
}

static void on_origin(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    struct pick *k = &w->pick;
    const xcb_translate_coordinates_reply_t *r = reply;
    if (tag != k->round || k->asked >= k->n)
        return;
    if (r) {
        k->rects[k->asked].x = r->dst_x;
        k->rects[k->asked].y = r->dst_y;
    } else {
        k->rects[k->asked].w = 0;
    }
    k->asked++;
    ask_next(w);
}

static void on_size(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    struct pick *k = &w->pick;
    const xcb_get_geometry_reply_t *r = reply;
    if (tag != k->round || k->asked >= k->n || !r || k->rects[k->asked].w == 0)
        return;
    bool fits = r->width >= LEAST / 4 && r->height >= LEAST / 4 && r->width <= MAX_SCREEN_W &&
                r->height <= MAX_SCREEN_H;
    k->rects[k->asked].w = fits ? r->width : 0;
    k->rects[k->asked].h = fits ? r->height : 0;
}

/* Menus and tips are gone before anybody has said yes. */
static void on_attributes(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    struct pick *k = &w->pick;
    const xcb_get_window_attributes_reply_t *r = reply;
    if (tag != k->round || k->asked >= k->n)
        return;
    bool good = r && r->map_state == XCB_MAP_STATE_VIEWABLE && !r->override_redirect &&
                r->_class == XCB_WINDOW_CLASS_INPUT_OUTPUT && !windows_own(w, k->ids[k->asked]) &&
                k->ids[k->asked] != w->d->root && /* a client list may name it */
                (k->born[k->asked] != 0 || k->program);
    k->rects[k->asked] = (struct ui_rect){.w = good};
}

/* Beside its shape a window's pixmap holds what is not its own. */
static void on_shape(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    struct pick *k = &w->pick;
    const xcb_shape_query_extents_reply_t *r = reply;
    if (tag == k->round && k->asked < k->n && (!r || r->bounding_shaped))
        k->rects[k->asked].w = 0;
}

static void ask_next(struct windows *w)
{
    struct pick *k = &w->pick;
    xcb_connection_t *x = w->d->x;
    if (k->asked == k->n) {
        k->listing = false;
        choose_at(w, w->d->pointer_x, w->d->pointer_y);
        if (k->now.window == 0 && k->n > 0)
            choose_next(w, false);
        return;
    }
    uint32_t id = k->ids[k->asked];
    k->born[k->asked] = never_born(w, id);
    display_later(w->d, xcb_get_window_attributes(x, id).sequence, on_attributes, w, k->round);
    display_later(w->d, xcb_get_geometry(x, id).sequence, on_size, w, k->round);
    if (w->d->major.shape)
        display_later(w->d, xcb_shape_query_extents(x, id).sequence, on_shape, w, k->round);
    display_later(w->d, xcb_translate_coordinates(x, id, w->d->root, 0, 0).sequence, on_origin, w,
                  k->round);
    display_flush(w->d);
}

static void take_list(struct windows *w, const uint32_t *ids, unsigned n)
{
    struct pick *k = &w->pick;
    unsigned skip = n > PICK_WINDOWS ? n - PICK_WINDOWS : 0;
    k->n = n - skip;
    k->asked = 0;
    for (unsigned i = 0; i < k->n; i++)
        k->ids[i] = ids[skip + i];
    memset(k->rects, 0, sizeof k->rects);
    ask_next(w);
}

static void on_tree(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    const xcb_query_tree_reply_t *r = reply;
    const uint32_t *ids;
    unsigned n = reply_children(r, &ids);
    if (tag == w->pick.round && r)
        take_list(w, ids, n);
}

static void on_list(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    const xcb_get_property_reply_t *r = reply;
    const uint32_t *ids;
    unsigned n = reply_numbers(r, &ids);
    if (tag != w->pick.round)
        return;
    if (r && r->type == XCB_ATOM_WINDOW && n > 0)
        take_list(w, ids, n);
    else
        display_later(w->d, xcb_query_tree(w->d->x, w->d->root).sequence, on_tree, w, tag);
    display_flush(w->d);
}

static void ask_list(struct windows *w)
{
    struct display *d = w->d;
    xcb_get_property_cookie_t c = xcb_get_property(
        d->x, 0, d->root, d->atom[ATOM_NET_CLIENT_LIST_STACKING], XCB_ATOM_WINDOW, 0, 1024);
    w->pick.listing = true;
    display_later(d, c.sequence, on_list, w, w->pick.round);
}

/* --- a part --- */

static void choose_part(struct windows *w, struct ui_rect r)
{
    struct share_choice c = {.what = UI_WHAT_PART};
    r.w = r.w < LEAST ? LEAST : r.w > w->d->width ? w->d->width : r.w;
    r.h = r.h < LEAST ? LEAST : r.h > w->d->height ? w->d->height : r.h;
    c.area = place_keep_on(screen_of(w), r);
    show_choice(w, c);
}

static void drag_to(struct windows *w, int x, int y)
{
    struct pick *k = &w->pick;
    int left = x < k->down_x ? x : k->down_x, top = y < k->down_y ? y : k->down_y;
    if (abs(x - k->down_x) < DRAG && abs(y - k->down_y) < DRAG && !k->dragged)
        return;
    k->dragged = true;
    choose_part(w, (struct ui_rect){left, top, abs(x - k->down_x), abs(y - k->down_y)});
}

static void step_part(struct windows *w, int dx, int dy, bool size)
{
    struct ui_rect r = w->pick.now.area;
    int step = ui_px(STEP, w->scale);
    if (size) {
        r.w += dx * step;
        r.h += dy * step;
    } else {
        r.x += dx * step;
        r.y += dy * step;
    }
    choose_part(w, r);
}

/* Tab goes round the monitors. */
static void next_monitor(struct windows *w, bool back)
{
    unsigned n = w->d->n_monitors, at = 0;
    for (unsigned i = 0; i < n; i++)
        if (memcmp(&w->d->monitor[i], &w->pick.now.area, sizeof w->pick.now.area) == 0)
            at = i + (back ? n - 1 : 1);
    choose_part(w, w->d->monitor[at % n]);
}

/* --- beginning and ending --- */

/* The veil is there and takes the keys: the first of them is not lost. */
static void look_around(struct windows *w)
{
    struct pick *k = &w->pick;
    if (k->listing || k->now.what != UI_WHAT_WHOLE)
        return;
    if (k->what == UI_WHAT_WINDOW)
        ask_list(w);
    else
        choose_part(w, display_monitor_at(w->d, w->d->pointer_x, w->d->pointer_y));
    display_flush(w->d);
}

static void begin(struct windows *w, enum ui_what what, bool program)
{
    struct pick *k = &w->pick;
    const uint32_t values[] = {w->d->width, w->d->height, XCB_STACK_MODE_ABOVE};
    k->what = what;
    k->program = program;
    k->round++;
    k->n = k->asked = k->at = 0;
    k->down = k->dragged = k->listing = false;
    k->now = (struct share_choice){0};
    xcb_configure_window(
        w->d->x, k->veil,
        XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT | XCB_CONFIG_WINDOW_STACK_MODE, values);
    xcb_map_window(w->d->x, k->veil);
    display_flush(w->d);
}

void pick_begin(struct windows *w, enum ui_what what)
{
    if (w->prompt.step != PROMPT_STEP_UP || w->prompt.in_panel)
        return;
    prompt_step_aside(w);
    begin(w, what, false);
}

void pick_begin_program(struct windows *w)
{
    if (w->prompt.step == PROMPT_STEP_NONE && w->pick.what == UI_WHAT_WHOLE)
        begin(w, UI_WHAT_WINDOW, true);
}

static void lift_veil(struct windows *w)
{
    if (w->pick.program)
        prompt_give_keyboard(w);
    w->pick.what = UI_WHAT_WHOLE;
    w->pick.program = false;
    w->pick.round++;
    xcb_unmap_window(w->d->x, w->pick.veil);
    tell(w, false);
}

void pick_stop(struct windows *w)
{
    if (w->pick.what != UI_WHAT_WHOLE)
        lift_veil(w);
    border_unmap(&w->pick.outline);
}

static void on_program(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    const xcb_get_property_reply_t *r = reply;
    char name[NEVER_NAME + 1], text[FIELD_ROOM + NEVER_NAME + 3];
    struct span value = reply_bytes(r);
    (void)tag;
    if (!never_class(value.data, value.len, name))
        return;
    const char *old = windows_text(w, UI_SETTINGS, UI_SETTINGS_NEVER);
    snprintf(text, sizeof text, "%s%s%s", old, *old ? ", " : "", name);
    windows_set_text(w, UI_SETTINGS, UI_SETTINGS_NEVER, text);
}

static void finish_program(struct windows *w, bool picked)
{
    uint32_t id = w->pick.now.window;
    pick_stop(w);
    if (picked && id != 0)
        display_later(
            w->d,
            xcb_get_property(w->d->x, 0, id, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, 0, 64).sequence,
            on_program, w, 0);
    display_flush(w->d);
}

/* Back to the dialog; what was offered before stays when nothing was picked. */
static void finish(struct windows *w, bool picked)
{
    struct pane *p = &w->pane[PANE_DIALOG];
    if (w->pick.program) {
        finish_program(w, picked);
        return;
    }
    lift_veil(w);
    if (picked && w->pick.now.what != UI_WHAT_WHOLE) {
        w->offered = w->pick.now;
        p->view.what = (uint8_t)w->offered.what;
        p->view.monitor = (uint8_t)shared_monitor(w, &w->offered.area);
        snprintf(p->view.size, sizeof p->view.size, "%d × %d", w->offered.area.w,
                 w->offered.area.h);
    } else {
        border_unmap(&w->pick.outline);
    }
    prompt_step_back(w);
    display_flush(w->d);
}

/* --- the owner's hand --- */

static bool on_arrow(struct windows *w, uint32_t sym, bool size)
{
    static const struct {
        uint32_t sym;
        int dx, dy;
    } arrows[] = {{KEYS_LEFT, -1, 0}, {KEYS_RIGHT, 1, 0}, {KEYS_UP, 0, -1}, {KEYS_DOWN, 0, 1}};
    for (unsigned i = 0; i < 4; i++)
        if (arrows[i].sym == sym && w->pick.what == UI_WHAT_PART) {
            step_part(w, arrows[i].dx, arrows[i].dy, size);
            return true;
        }
    return false;
}

static void on_key(struct windows *w, const device_event *e)
{
    bool shift = e->mods.effective & KEYS_SHIFT;
    uint32_t sym = keymap_keysym(&w->d->keys, e->detail, e->mods.effective, e->group.effective);
    bool back = sym == KEYS_LEFT_TAB || (shift && sym == KEYS_TAB);
    if (sym != KEYS_LEFT_TAB)
        sym = keys_plain(sym);
    if (on_arrow(w, sym, shift))
        return;
    switch (sym) {
    case KEYS_ESCAPE:
        finish(w, false);
        break;
    case KEYS_RETURN:
        if (w->pick.now.what != UI_WHAT_WHOLE)
            finish(w, true);
        break;
    case KEYS_TAB:
    case KEYS_LEFT_TAB:
        if (w->pick.what == UI_WHAT_PART)
            next_monitor(w, back);
        else if (!w->pick.listing)
            choose_next(w, back);
        break;
    default:
        break;
    }
}

static void on_release(struct windows *w, int x, int y)
{
    struct pick *k = &w->pick;
    bool click = k->down && !k->dragged;
    k->down = k->dragged = false;
    /* A click on a window picks it, one on the part picks the part as it is outlined. */
    if (click && k->now.what != UI_WHAT_WHOLE && place_inside(k->now.area, x, y))
        finish(w, true);
}

static void on_motion(struct windows *w, int x, int y)
{
    if (w->pick.what == UI_WHAT_WINDOW && !w->pick.listing)
        choose_at(w, x, y);
    else if (w->pick.what == UI_WHAT_PART && w->pick.down)
        drag_to(w, x, y);
}

void pick_input(struct windows *w, const device_event *e)
{
    struct pick *k = &w->pick;
    int x = whole(e->root_x), y = whole(e->root_y);
    bool physical = origin_device_kind(&w->d->devices, e->sourceid) == ORIGIN_DEVICE_PHYSICAL;
    if (k->what == UI_WHAT_WHOLE || (!physical && !w->assistive))
        return;
    w->d->time = e->time;
    if (e->event_type != XCB_INPUT_KEY_PRESS) {
        w->d->pointer_x = x;
        w->d->pointer_y = y;
    }
    switch (e->event_type) {
    case XCB_INPUT_KEY_PRESS:
        on_key(w, e);
        break;
    case XCB_INPUT_BUTTON_PRESS:
        k->down = e->detail == 1;
        k->dragged = false;
        k->down_x = x;
        k->down_y = y;
        break;
    case XCB_INPUT_BUTTON_RELEASE:
        on_release(w, x, y);
        break;
    case XCB_INPUT_MOTION:
        on_motion(w, x, y);
        break;
    default:
        break;
    }
}

bool pick_event(struct windows *w, const xcb_generic_event_t *e)
{
    const xcb_map_notify_event_t *m = (const xcb_map_notify_event_t *)e;
    const xcb_unmap_notify_event_t *u = (const xcb_unmap_notify_event_t *)e;
    for (unsigned i = 0; i < 4; i++)
        if (window_event(&w->pick.outline.side[i], e))
            return true;
    if (e->response_type == XCB_MAP_NOTIFY && m->window == w->pick.veil) {
        /* Not before: a window can be grabbed for only once it is viewable. */
        if (w->pick.what != UI_WHAT_WHOLE) {
            prompt_take_keyboard(w, w->pick.veil);
            look_around(w);
        }
        return true;
    }
    if (e->response_type == XCB_UNMAP_NOTIFY && u->window == w->pick.veil) {
        if (w->pick.what != UI_WHAT_WHOLE)
            finish(w, false); /* somebody took it away */
        return true;
    }
    return false;
}
