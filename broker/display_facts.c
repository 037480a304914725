/*
 * What can change under us: size of the screen, monitors, input devices, keyboard mapping. Learned
 * once with waiting, then refreshed in the background. Part of display.c.
 */
#include "broker/display.h"
#include "broker/reply.h"
#include "lib/x11_reply.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/randr.h>
#include <xcb/render.h>
#include <xcb/xinput.h>

/* ------------------------------------------------------------------------------------ monitors */
static void no_monitors(struct display *d)
{
    d->n_monitors = 1;
    d->monitor[0] = (struct ui_rect){0, 0, d->width, d->height};
}

static void take_monitors(struct display *d, const xcb_randr_get_monitors_reply_t *r)
{
    d->n_monitors = 0;
    xcb_randr_monitor_info_iterator_t i = {0};
    if (reply_monitors_fit(r))
        i = xcb_randr_get_monitors_monitors_iterator(r);
    for (; i.rem && d->n_monitors < DISPLAY_MONITORS; xcb_randr_monitor_info_next(&i))
        if (i.data->width > 0 && i.data->height > 0)
            d->monitor[d->n_monitors++] =
                (struct ui_rect){i.data->x, i.data->y, i.data->width, i.data->height};
    if (d->n_monitors == 0)
        no_monitors(d);
}

static void tell(struct display *d)
{
    if (d->calls.changed)
        d->calls.changed(d->calls.ctx);
}

static void on_monitors(void *ctx, uint32_t tag, const void *reply)
{
    (void)tag;
    take_monitors(ctx, reply);
    tell(ctx);
}

static void on_geometry(void *ctx, uint32_t tag, const void *reply)
{
    (void)tag;
    struct display *d = ctx;
    const xcb_get_geometry_reply_t *r = reply;
    if (!r)
        return;
    d->width = r->width;
    d->height = r->height;
}

static void refresh_monitors(struct display *d)
{
    display_later(d, xcb_get_geometry(d->x, d->root).sequence, on_geometry, d, 0);
    display_later(d, xcb_randr_get_monitors(d->x, d->root, 1).sequence, on_monitors, d, 0);
}

/* ------------------------------------------------------------------------------------- devices */
/* A device is physical only when the server says that it has no property "XTEST Device" that is
 * set. */
static void take_property(struct display *d, uint16_t id,
                          const xcb_input_xi_get_property_reply_t *r)
{
    if (!r)
        return; /* stays unknown, which counts as synthetic */
    uint8_t value;
    bool synthetic = r->type != XCB_NONE && !(reply_byte(r, &value) && value == 0);
    origin_device_set(&d->devices, id,
                      synthetic ? ORIGIN_DEVICE_SYNTHETIC : ORIGIN_DEVICE_PHYSICAL);
}

static void on_property(void *ctx, uint32_t tag, const void *reply)
{
    take_property(ctx, (uint16_t)tag, reply);
    tell(ctx);
}

static xcb_input_xi_get_property_cookie_t ask_property(struct display *d, uint16_t id)
{
    return xcb_input_xi_get_property(d->x, id, 0, d->atom[ATOM_XTEST_DEVICE], XCB_ATOM_ANY, 0, 1);
}

static bool is_slave(const xcb_input_xi_device_info_t *i)
{
    return i->type == XCB_INPUT_DEVICE_TYPE_SLAVE_POINTER ||
           i->type == XCB_INPUT_DEVICE_TYPE_SLAVE_KEYBOARD ||
           i->type == XCB_INPUT_DEVICE_TYPE_FLOATING_SLAVE;
}

static void take_device(struct display *d, const xcb_input_xi_device_info_t *i)
{
    if (i->type == XCB_INPUT_DEVICE_TYPE_MASTER_POINTER && d->pointer_device == 0)
        d->pointer_device = i->deviceid;
    if (i->type == XCB_INPUT_DEVICE_TYPE_MASTER_KEYBOARD &&
        d->n_keyboards < sizeof d->keyboard / sizeof *d->keyboard)
        d->keyboard[d->n_keyboards++] = i->deviceid;
}

static void on_devices(void *ctx, uint32_t tag, const void *reply)
{
    (void)tag;
    struct display *d = ctx;
    struct reply_devices all;
    if (!reply_devices(reply, &all))
        return;
    unsigned physical = 0, enabled = 0;
    d->n_keyboards = 0;
    for (unsigned i = 0; i < all.n; i++) {
        const xcb_input_xi_device_info_t *info = all.device[i];
        take_device(d, info);
        if (!is_slave(info))
            continue;
        if (origin_device_kind(&d->devices, info->deviceid) == ORIGIN_DEVICE_PHYSICAL) {
            physical++;
            enabled += info->enabled != 0;
        }
        display_later(d, ask_property(d, info->deviceid).sequence, on_property, d, info->deviceid);
    }
    display_lock_devices(d, physical, enabled);
}

static void refresh_devices(struct display *d)
{
    display_later(d, xcb_input_xi_query_device(d->x, XCB_INPUT_DEVICE_ALL).sequence, on_devices, d,
                  0);
}

/* A number may be used again for another device: what is named here is unknown until asked. */
static void on_hierarchy(struct display *d, const xcb_input_hierarchy_event_t *e)
{
    xcb_input_hierarchy_info_iterator_t i = xcb_input_hierarchy_infos_iterator(e);
    for (; i.rem; xcb_input_hierarchy_info_next(&i))
        if (i.data->flags &
            (XCB_INPUT_HIERARCHY_MASK_SLAVE_ADDED | XCB_INPUT_HIERARCHY_MASK_SLAVE_REMOVED))
            origin_device_set(&d->devices, i.data->deviceid, ORIGIN_DEVICE_UNKNOWN);
    refresh_devices(d);
}

static bool learn_devices(struct display *d)
{
    xcb_input_xi_query_device_reply_t *r = xcb_input_xi_query_device_reply(
        d->x, xcb_input_xi_query_device(d->x, XCB_INPUT_DEVICE_ALL), NULL);
    struct reply_devices all;
    bool known = reply_devices(r, &all);
    for (unsigned i = 0; known && i < all.n; i++) {
        uint16_t id = all.device[i]->deviceid;
        take_device(d, all.device[i]);
        if (!is_slave(all.device[i]))
            continue;
        xcb_input_xi_get_property_reply_t *p =
            xcb_input_xi_get_property_reply(d->x, ask_property(d, id), NULL);
        take_property(d, id, p);
        free(p);
    }
    free(r);
    return known;
}

/* ---------------------------------------------------------------------------------------- keys */
static void take_keymap(struct display *d, const xcb_get_keyboard_mapping_reply_t *r)
{
    const xcb_setup_t *setup = xcb_get_setup(d->x);
    if (r && r->keysyms_per_keycode > 0)
        keymap_set(&d->keys, setup->min_keycode, setup->max_keycode, r->keysyms_per_keycode,
                   xcb_get_keyboard_mapping_keysyms(r),
                   (size_t)xcb_get_keyboard_mapping_keysyms_length(r));
}

static void take_modifiers(struct display *d, const xcb_get_modifier_mapping_reply_t *r)
{
    if (r)
        keymap_find_modifiers(&d->keys, xcb_get_modifier_mapping_keycodes(r), x11_reply_behind(r),
                              r->keycodes_per_modifier);
}

static void on_keymap(void *ctx, uint32_t tag, const void *reply)
{
    (void)tag;
    take_keymap(ctx, reply);
}

static void on_modifiers(void *ctx, uint32_t tag, const void *reply)
{
    (void)tag;
    take_modifiers(ctx, reply);
}

static xcb_get_keyboard_mapping_cookie_t ask_keymap(struct display *d)
{
    const xcb_setup_t *setup = xcb_get_setup(d->x);
    return xcb_get_keyboard_mapping(d->x, setup->min_keycode,
                                    (uint8_t)(setup->max_keycode - setup->min_keycode + 1));
}

static void refresh_keys(struct display *d)
{
    display_later(d, ask_keymap(d).sequence, on_keymap, d, 0);
    display_later(d, xcb_get_modifier_mapping(d->x).sequence, on_modifiers, d, 0);
}

static void learn_keys(struct display *d)
{
    xcb_get_keyboard_mapping_reply_t *k = xcb_get_keyboard_mapping_reply(d->x, ask_keymap(d), NULL);
    take_keymap(d, k);
    free(k);
    xcb_get_modifier_mapping_reply_t *m =
        xcb_get_modifier_mapping_reply(d->x, xcb_get_modifier_mapping(d->x), NULL);
    take_modifiers(d, m);
    free(m);
}

void display_query_state(struct display *d, display_reply_fn done, void *ctx)
{
    if (d->pointer_device)
        display_later(d, xcb_input_xi_query_pointer(d->x, d->root, d->pointer_device).sequence,
                      done, ctx, 0);
    else
        done(ctx, 0, NULL);
}

bool display_take_state(const struct display *d, const void *reply, struct display_state *out)
{
    const xcb_input_xi_query_pointer_reply_t *r = reply;
    if (!x11_reply_holds(r, sizeof *r))
        return false;
    out->group = r->group.effective & 3;
    out->locks = (uint8_t)(((r->mods.locked & KEYS_LOCK) ? 1 : 0) |
                           ((r->mods.locked & d->keys.num) ? 2 : 0));
    return true;
}

/* ------------------------------------------------------------------------------------- formats */
static xcb_render_pictformat_t format_of(const xcb_render_query_pict_formats_reply_t *r,
                                         xcb_visualid_t visual)
{
    xcb_render_pictscreen_iterator_t s = xcb_render_query_pict_formats_screens_iterator(r);
    for (; s.rem; xcb_render_pictscreen_next(&s)) {
        xcb_render_pictdepth_iterator_t d = xcb_render_pictscreen_depths_iterator(s.data);
        for (; d.rem; xcb_render_pictdepth_next(&d)) {
            xcb_render_pictvisual_iterator_t v = xcb_render_pictdepth_visuals_iterator(d.data);
            for (; v.rem; xcb_render_pictvisual_next(&v))
                if (v.data->visual == visual)
                    return v.data->format;
        }
    }
    return XCB_NONE;
}

static xcb_render_pictformat_t alpha_of(const xcb_render_query_pict_formats_reply_t *r)
{
    xcb_render_pictforminfo_iterator_t f = xcb_render_query_pict_formats_formats_iterator(r);
    for (; f.rem; xcb_render_pictforminfo_next(&f))
        if (f.data->depth == 8 && f.data->direct.alpha_mask == 0xff &&
            f.data->direct.alpha_shift == 0)
            return f.data->id;
    return XCB_NONE;
}

static bool learn_formats(struct display *d)
{
    xcb_render_query_pict_formats_reply_t *r =
        xcb_render_query_pict_formats_reply(d->x, xcb_render_query_pict_formats(d->x), NULL);
    if (reply_formats_fit(r)) {
        d->root_format = format_of(r, d->root_visual);
        d->format = format_of(r, d->visual);
        d->mask_format = alpha_of(r);
    }
    free(r);
    return d->format && d->mask_format;
}

/* ----------------------------------------------------------------------------------------- all */
/* A server that does not know touch takes no mask that names it. */
static void select_events(struct display *d)
{
    const uint32_t touch = XCB_INPUT_XI_EVENT_MASK_RAW_TOUCH_BEGIN |
                           XCB_INPUT_XI_EVENT_MASK_RAW_TOUCH_UPDATE |
                           XCB_INPUT_XI_EVENT_MASK_RAW_TOUCH_END;
    struct {
        xcb_input_event_mask_t head;
        uint32_t mask;
    } raw = {{XCB_INPUT_DEVICE_ALL_MASTER, 1},
             XCB_INPUT_XI_EVENT_MASK_RAW_MOTION | XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_PRESS |
                 XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_RELEASE |
                 XCB_INPUT_XI_EVENT_MASK_RAW_KEY_PRESS | XCB_INPUT_XI_EVENT_MASK_RAW_KEY_RELEASE |
                 (d->xinput_2_2 ? touch : 0)},
      all = {{XCB_INPUT_DEVICE_ALL, 1}, XCB_INPUT_XI_EVENT_MASK_HIERARCHY};
    xcb_input_xi_select_events(d->x, d->root, 1, &raw.head);
    xcb_input_xi_select_events(d->x, d->root, 1, &all.head);
    xcb_randr_select_input(d->x, d->root,
                           XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE | XCB_RANDR_NOTIFY_MASK_CRTC_CHANGE);
    /* who comes to lie above our dialogs and the bar; what a locker writes */
    uint32_t mask = XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY | XCB_EVENT_MASK_PROPERTY_CHANGE |
                    XCB_EVENT_MASK_STRUCTURE_NOTIFY; /* monitors that xrandr defined, too */
    xcb_change_window_attributes(d->x, d->root, XCB_CW_EVENT_MASK, &mask);
}

bool display_facts_learn(struct display *d)
{
    select_events(d); /* before asking, so that no change falls between */
    if (!learn_devices(d))
        return false;
    learn_keys(d);
    learn_formats(d);
    xcb_randr_get_monitors_reply_t *m =
        xcb_randr_get_monitors_reply(d->x, xcb_randr_get_monitors(d->x, d->root, 1), NULL);
    take_monitors(d, m);
    free(m);
    xcb_query_pointer_reply_t *p =
        xcb_query_pointer_reply(d->x, xcb_query_pointer(d->x, d->root), NULL);
    if (p) {
        d->pointer_x = p->root_x;
        d->pointer_y = p->root_y;
    }
    free(p);
    return xcb_connection_has_error(d->x) == 0;
}

bool display_facts_event(struct display *d, const xcb_generic_event_t *e)
{
    if (e->response_type & 0x80)
        return false; /* made by a client */
    uint8_t type = e->response_type;
    const xcb_configure_notify_event_t *c = (const xcb_configure_notify_event_t *)e;
    bool root = type == XCB_CONFIGURE_NOTIFY && c->window == d->root;
    if (type == d->randr_event || type == d->randr_event + 1 || root) {
        refresh_monitors(d);
        return true;
    }
    if (type == XCB_MAPPING_NOTIFY) {
        refresh_keys(d);
        return true;
    }
    display_desktop_event(d, e);
    if (display_others_event(d, e) || display_lock_event(d, e))
        return true;
    const xcb_ge_generic_event_t *g = (const xcb_ge_generic_event_t *)e;
    if (type != XCB_GE_GENERIC || g->extension != d->major.xinput ||
        g->event_type != XCB_INPUT_HIERARCHY || !reply_event_fits(g))
        return false;
    on_hierarchy(d, (const xcb_input_hierarchy_event_t *)e);
    return true;
}
