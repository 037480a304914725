/*
 * Bounds of answers of the X server: see reply.h. Runs in the broker; fuzzed (tests/fuzz/
 * fuzz_xreply.c).
 */
#include "broker/reply.h"
#include "lib/x11_reply.h"
#include <stddef.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

struct span reply_bytes(const xcb_get_property_reply_t *r)
{
    if (r == NULL || r->format != 8)
        return (struct span){NULL, 0};
    return (struct span){(const uint8_t *)(r + 1), least(r->value_len, x11_reply_behind(r))};
}

unsigned reply_numbers(const xcb_get_property_reply_t *r, const uint32_t **out)
{
    *out = r == NULL ? NULL : (const uint32_t *)(r + 1);
    return r == NULL || r->format != 32 ? 0 : (unsigned)least(r->value_len, r->length);
}

unsigned reply_children(const xcb_query_tree_reply_t *r, const xcb_window_t **out)
{
    *out = r == NULL ? NULL : (const xcb_window_t *)(r + 1);
    return r == NULL ? 0 : (unsigned)least(r->children_len, r->length);
}

bool reply_byte(const xcb_input_xi_get_property_reply_t *r, uint8_t *out)
{
    if (r == NULL || r->type == XCB_NONE || r->format != 8 || r->num_items != 1 ||
        x11_reply_behind(r) < 1)
        return false;
    *out = *(const uint8_t *)(r + 1);
    return true;
}

/* --- lists of things of different length --- */

static struct span behind(const void *r)
{
    return (struct span){(const uint8_t *)r + X11_REPLY_HEAD, x11_reply_behind(r)};
}

/* The next `n` bytes, NULL when there are fewer. */
static const void *take(struct span *rest, size_t n)
{
    const void *taken = rest->data;
    if (n > rest->len)
        return NULL;
    rest->data += n;
    rest->len -= n;
    return taken;
}

static bool skip(struct span *rest, size_t count, size_t each)
{
    return count <= rest->len / each && take(rest, count * each) != NULL;
}

/* By the length each class has in itself: libxcb goes by its kind, and takes one of a kind it does
   not know for its head alone. */
static bool skip_class(struct span *rest)
{
    const xcb_input_device_class_t *c = (const void *)rest->data;
    return rest->len >= sizeof *c && c->len * 4u >= sizeof *c && take(rest, c->len * 4u) != NULL;
}

static const xcb_input_xi_device_info_t *take_device(struct span *rest)
{
    const xcb_input_xi_device_info_t *d = take(rest, sizeof *d);
    bool whole = d != NULL && take(rest, (d->name_len + 3u) & ~3u) != NULL;
    for (unsigned i = 0; whole && i < d->num_classes; i++)
        whole = skip_class(rest);
    return whole ? d : NULL;
}

bool reply_devices(const xcb_input_xi_query_device_reply_t *r, struct reply_devices *out)
{
    out->n = 0;
    if (r == NULL || r->num_infos > REPLY_DEVICES)
        return false;
    struct span rest = behind(r);
    while (out->n < r->num_infos) {
        if ((out->device[out->n] = take_device(&rest)) == NULL)
            return false;
        out->n++;
    }
    return true;
}

bool reply_monitors_fit(const xcb_randr_get_monitors_reply_t *r)
{
    if (r == NULL)
        return false;
    struct span rest = behind(r);
    for (uint32_t i = 0; i < r->nMonitors; i++) {
        const xcb_randr_monitor_info_t *m = take(&rest, sizeof *m);
        if (m == NULL || !skip(&rest, m->nOutput, sizeof(xcb_randr_output_t)))
            return false;
    }
    return true;
}

static bool skip_screen(struct span *rest)
{
    const xcb_render_pictscreen_t *s = take(rest, sizeof *s);
    for (uint32_t i = 0; s != NULL && i < s->num_depths; i++) {
        const xcb_render_pictdepth_t *d = take(rest, sizeof *d);
        if (d == NULL || !skip(rest, d->num_visuals, sizeof(xcb_render_pictvisual_t)))
            return false;
    }
    return s != NULL;
}

bool reply_formats_fit(const xcb_render_query_pict_formats_reply_t *r)
{
    if (r == NULL)
        return false;
    struct span rest = behind(r);
    bool fits = skip(&rest, r->num_formats, sizeof(xcb_render_pictforminfo_t));
    for (uint32_t i = 0; fits && i < r->num_screens; i++)
        fits = skip_screen(&rest);
    return fits;
}

/* --- events --- */

bool reply_event_fits(const xcb_ge_generic_event_t *g)
{
    /* libxcb puts four bytes of its own behind the head: the structures have them, too */
    size_t came = x11_reply_size(g) + sizeof g->full_sequence;
    const xcb_input_hierarchy_event_t *h = (const void *)g;
    const xcb_input_button_press_event_t *b = (const void *)g;
    switch (g->event_type) {
    case XCB_INPUT_HIERARCHY:
        return came >= sizeof *h + h->num_infos * sizeof(xcb_input_hierarchy_info_t);
    case XCB_INPUT_ENTER:
    case XCB_INPUT_LEAVE:
    case XCB_INPUT_FOCUS_IN:
    case XCB_INPUT_FOCUS_OUT:
        return came >= sizeof(xcb_input_enter_event_t);
    case XCB_INPUT_KEY_PRESS:
    case XCB_INPUT_KEY_RELEASE:
    case XCB_INPUT_BUTTON_PRESS:
    case XCB_INPUT_BUTTON_RELEASE:
    case XCB_INPUT_MOTION:
    case XCB_INPUT_TOUCH_BEGIN:
    case XCB_INPUT_TOUCH_UPDATE:
    case XCB_INPUT_TOUCH_END:
        return came >= sizeof *b && came >= sizeof *b + b->buttons_len * sizeof(uint32_t);
    default: /* the raw ones end with the head */
        return came >= sizeof(xcb_input_raw_key_press_event_t);
    }
}
