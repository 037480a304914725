/*
 * Entrance: answers of the X server, as far as they are looked into, and what it tells of other
 * programs' windows. The first byte of an input says which: a property (its bytes are another
 * program's), a list of windows, what windows do, two bytes a step, or one of the others that
 * `takes` lists.
 */
#include "broker/desktop.h"
#include "broker/display.h"
#include "broker/field.h"
#include "broker/never.h"
#include "broker/reply.h"
#include "broker/shade.h"
#include "capture/x11_parts.h"
#include "lib/text.h"
#include "lib/x11_reply.h"
#include "lib/x11_setup.h"
#include <stdlib.h>
#include <string.h>

#define ROOT 1
#define WINDOWS 24

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As libxcb hands it over: its length is right, all counts in it are the server's. */
static void *reply_of(const uint8_t *data, size_t size)
{
    size_t body = size > 32 ? (size - 32) / 4 : 0;
    uint8_t *reply = calloc(1, 32 + body * 4);
    if (!reply)
        abort();
    memcpy(reply, data, size < 32 + body * 4 ? size : 32 + body * 4);
    uint32_t length = (uint32_t)body;
    reply[0] = 1;
    memcpy(reply + 4, &length, sizeof length);
    return reply;
}

static void take_class(struct span value)
{
    static struct never list;
    char name[NEVER_NAME + 1];
    if (list.n == 0 && !never_parse("KeePassXC, A", &list))
        abort();
    (void)never_matches(&list, value.data, value.len);
    if (!never_class(value.data, value.len, name))
        return;
    struct never one = {0};
    if (!never_add(&one, name, strlen(name)) || !never_matches(&one, value.data, value.len))
        abort();
}

static void take_pasted(struct span value)
{
    struct field f;
    size_t len, caret;
    field_init(&f, FIELD_NAME);
    if (field_insert(&f, (const char *)value.data, value.len, true)) {
        const char *text = field_view(&f, MAX_NAME, &len, &caret);
        if (len > MAX_NAME || caret > len || !text_valid((const uint8_t *)text, len))
            abort();
    }
    field_finish(&f);
}

static void take_property(const uint8_t *data, size_t size)
{
    xcb_get_property_reply_t *r = reply_of(data, size);
    struct span value = reply_bytes(r);
    struct desktop d = {0};
    const uint32_t *numbers;
    uint32_t sum = 0;
    if (value.len > 0) {
        take_class(value);
        take_pasted(value);
        desktop_take_resources(&d, (const char *)value.data, value.len);
        desktop_take_xsettings(&d, value.data, value.len);
    }
    for (unsigned n = reply_numbers(r, &numbers); n > 0; n--)
        sum += numbers[n - 1];
    free(r);
    (void)sum;
}

/* What a window at the root counts is what is inside it; one with something listed inside is
 * hidden. */
static void check_top(const struct shade_tree *t, const struct shade_top *top)
{
    unsigned unknown = 0, listed = 0, own = 0;
    for (unsigned i = 0; i < t->n_nodes; i++) {
        const struct shade_node *n = &t->node[i];
        if (n->top != top->id)
            continue;
        unknown += n->state != SHADE_KNOWN;
        listed += n->listed;
        own += n->own;
    }
    if (unknown != top->unknown || listed != top->listed || own != top->own ||
        (listed && tree_verdict(t, top->id) != SHADE_HIDDEN) ||
        (unknown && tree_verdict(t, top->id) == SHADE_CLEAR))
        abort();
}

static void check_tree(struct shade_tree *t)
{
    struct ui_rect places[MAX_SHADES];
    if (tree_places(t, places) > MAX_SHADES || t->n_tops > SHADE_TOPS || t->n_nodes > SHADE_NODES)
        abort();
    for (unsigned i = 0; i < t->n_tops; i++)
        check_top(t, &t->top[i]);
}

static void take_windows(const uint8_t *data, size_t size)
{
    static struct shade_tree t;
    xcb_query_tree_reply_t *r = reply_of(data, size);
    const xcb_window_t *id;
    unsigned n = reply_children(r, &id);
    tree_init(&t, ROOT);
    for (unsigned i = 0; i < n; i++)
        if (i % 3 == 0)
            tree_add_top(&t, id[i]);
        else
            tree_add_inside(&t, id[i], id[i - 1], false);
    check_tree(&t);
    free(r);
}

static void step(struct shade_tree *t, unsigned what, uint32_t a, uint32_t b)
{
    struct shade_top *top = tree_top(t, a);
    struct shade_node *node = tree_node(t, a);
    if (what == 0)
        tree_add_top(t, a);
    else if (what == 1)
        tree_add_inside(t, a, b, false);
    else if (what == 2)
        tree_remove(t, a);
    else if (what == 3)
        tree_move(t, a, b, false);
    else if (what == 4 && top)
        tree_place(t, top, (struct ui_rect){(int)b * 7 - 60, (int)b, (int)b * 9, (int)a});
    else if (what == 5 && top)
        tree_map(t, top, b % 2 == 0);
    else if (what == 6 && node && node->state != SHADE_KNOWN) {
        tree_asked(t, node, 1);
        tree_known(t, node, b % 2 == 0);
    } else if (what == 7 && node)
        tree_ask_again(t, node);
}

static void take_events(const uint8_t *data, size_t size)
{
    static struct shade_tree t;
    tree_init(&t, ROOT);
    for (size_t i = 0; i + 1 < size && i < 2000; i += 2) {
        uint32_t a = ROOT + 1 + data[i + 1] % WINDOWS, b = ROOT + data[i + 1] / 11;
        step(&t, data[i] % 8, a, b);
        check_tree(&t);
    }
}

static void take_shape(const uint8_t *data, size_t size)
{
    static struct tile_cursor shape;
    xcb_xfixes_get_cursor_image_reply_t *r = reply_of(data, size);
    if (x11_shape(r, &shape) && (shape.width > MAX_CURSOR || shape.height > MAX_CURSOR ||
                                 shape.hot_x >= shape.width || shape.hot_y >= shape.height))
        abort();
    free(r);
}

static void take_keys(const uint8_t *data, size_t size)
{
    static struct keymap map;
    xcb_get_keyboard_mapping_reply_t *r = reply_of(data, size);
    keymap_set(&map, 8, 255, r->keysyms_per_keycode, (const uint32_t *)(r + 1), r->length);
    keymap_find_modifiers(&map, (const uint8_t *)(r + 1), x11_reply_behind(r),
                          r->keysyms_per_keycode);
    free(r);
}

static void take_devices(const uint8_t *data, size_t size)
{
    xcb_input_xi_query_device_reply_t *r = reply_of(data, size);
    struct reply_devices all;
    uint32_t sum = 0;
    if (reply_devices(r, &all))
        for (unsigned i = 0; i < all.n; i++) {
            const char *name = xcb_input_xi_device_info_name(all.device[i]);
            for (unsigned k = 0; k < all.device[i]->name_len; k++)
                sum += (uint8_t)name[k];
        }
    free(r);
    (void)sum;
}

/* libxcb's iterators may go over what fits. */
static void take_monitors(const uint8_t *data, size_t size)
{
    xcb_randr_get_monitors_reply_t *r = reply_of(data, size);
    uint32_t sum = 0;
    if (reply_monitors_fit(r))
        for (xcb_randr_monitor_info_iterator_t i = xcb_randr_get_monitors_monitors_iterator(r);
             i.rem > 0; xcb_randr_monitor_info_next(&i))
            sum += i.data->width;
    free(r);
    (void)sum;
}

static void take_formats(const uint8_t *data, size_t size)
{
    xcb_render_query_pict_formats_reply_t *r = reply_of(data, size);
    uint32_t sum = 0;
    if (reply_formats_fit(r)) {
        xcb_render_pictscreen_iterator_t s = xcb_render_query_pict_formats_screens_iterator(r);
        for (; s.rem > 0; xcb_render_pictscreen_next(&s)) {
            xcb_render_pictdepth_iterator_t d = xcb_render_pictscreen_depths_iterator(s.data);
            for (; d.rem > 0; xcb_render_pictdepth_next(&d))
                for (int i = 0; i < xcb_render_pictdepth_visuals_length(d.data); i++)
                    sum += xcb_render_pictdepth_visuals(d.data)[i].format;
        }
    }
    free(r);
    (void)sum;
}

static void take_device_property(const uint8_t *data, size_t size)
{
    xcb_input_xi_get_property_reply_t *r = reply_of(data, size);
    uint8_t byte;
    (void)reply_byte(r, &byte);
    free(r);
}

static void take_state(const uint8_t *data, size_t size)
{
    static struct display d;
    void *r = reply_of(data, size);
    struct display_state s;
    if (display_take_state(&d, r, &s) && (s.group > 3 || s.locks > 3))
        abort();
    free(r);
}

/* An event of XInput: libxcb puts four bytes of its own behind the head. */
static void take_input(const uint8_t *data, size_t size)
{
    uint8_t *r = reply_of(data, size);
    size_t behind = x11_reply_behind(r);
    uint8_t *e = calloc(1, 36 + behind);
    uint32_t sum = 0;
    if (!e)
        abort();
    memcpy(e, r, 32);
    memcpy(e + 36, r + 32, behind);
    const xcb_ge_generic_event_t *g = (const void *)e;
    const xcb_input_button_press_event_t *b = (const void *)e;
    const xcb_input_hierarchy_event_t *h = (const void *)e;
    if (reply_event_fits(g) && g->event_type == XCB_INPUT_HIERARCHY)
        for (unsigned i = 0; i < h->num_infos; i++)
            sum += xcb_input_hierarchy_infos(h)[i].flags;
    else if (reply_event_fits(g) && g->event_type == XCB_INPUT_BUTTON_PRESS)
        for (unsigned i = 0; i < b->buttons_len; i++)
            sum += xcb_input_button_press_button_mask(b)[i] + (uint32_t)b->root_x;
    free(e);
    free(r);
    (void)sum;
}

static void take_setup(const uint8_t *data, size_t size)
{
    uint16_t words = (uint16_t)((size < 60000 ? size : 60000) / 4);
    uint8_t *setup = calloc(1, 8 + words * 4u);
    uint32_t sum = 0;
    if (!setup)
        abort();
    memcpy(setup + 8, data, words * 4u);
    memcpy(setup + 6, &words, sizeof words);
    if (x11_setup_fits(setup)) {
        xcb_screen_iterator_t s = xcb_setup_roots_iterator((const xcb_setup_t *)setup);
        for (; s.rem > 0; xcb_screen_next(&s)) {
            xcb_depth_iterator_t d = xcb_screen_allowed_depths_iterator(s.data);
            for (; d.rem > 0; xcb_depth_next(&d))
                for (int i = 0; i < xcb_depth_visuals_length(d.data); i++)
                    sum += xcb_depth_visuals(d.data)[i].red_mask;
        }
    }
    free(setup);
    (void)sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const takes[])(const uint8_t *, size_t) = {
        take_property, take_windows, take_events,          take_shape, take_keys,  take_devices,
        take_monitors, take_formats, take_device_property, take_state, take_input, take_setup};
    if (size > 0)
        takes[data[0] % (sizeof takes / sizeof *takes)](data + 1, size - 1);
    return 0;
}
