/*
 * Sheets of sealed labels: ordered, kept, found again. Runs in the broker. Distrusts painters, and
 * takes a sheet only from one that has seen nothing yet.
 */
#include "broker/labels.h"

#include "broker/windows_parts.h"
#include "ch_ui.h"
#include <string.h>

void labels_init(struct labels *l, struct display *d, xcb_window_t like)
{
    *l = (struct labels){.d = d, .gc = xcb_generate_id(d->x), .next = 1};
    for (unsigned p = 0; p < PAINTERS; p++)
        for (unsigned i = 0; i < UI_LANGUAGES; i++)
            l->order[p][i].page.fd = -1;
    xcb_create_gc(d->x, l->gc, like, 0, NULL);
    l->n_labels = ui_labels(l->label);
}

static void drop_order(struct labels *l, struct label_order *o)
{
    shared_destroy(&o->page, l->d);
    o->serial = 0;
}

void labels_finish(struct labels *l)
{
    if (!l->d)
        return;
    for (unsigned p = 0; p < PAINTERS; p++)
        labels_painter_gone(l, p);
    if (!l->d->lost)
        xcb_free_gc(l->d->x, l->gc); /* the server drops the rest with the connection */
    memset(l, 0, sizeof *l);
}

xcb_render_picture_t labels_sheet(const struct labels *l, unsigned scale, unsigned language)
{
    for (unsigned i = 0; i < LABEL_SCALES && language < UI_LANGUAGES; i++)
        if (l->sheets[i].scale == scale)
            return l->sheets[i].picture[language];
    return XCB_NONE;
}

bool labels_have(const struct labels *l, unsigned scale)
{
    for (unsigned i = 0; i < UI_LANGUAGES; i++)
        if (labels_sheet(l, scale, i) == XCB_NONE)
            return false;
    return true;
}

struct ui_rect labels_find(const struct labels *l, const struct ui_label *wanted, unsigned scale,
                           bool mirrored)
{
    for (unsigned i = 0; i < l->n_labels; i++) {
        const struct ui_label *have = &l->label[i];
        if (have->part != wanted->part || have->window != wanted->window ||
            have->variant != wanted->variant || have->control != wanted->control ||
            have->face != wanted->face)
            continue;
        struct ui_rect r = have->at;
        if (mirrored)
            r.x = ui_layout_get(UI_LABELS, 0)->w - r.x - r.w;
        return ui_rect_px(r, scale);
    }
    return (struct ui_rect){0};
}

/* --- ordering */

static void forget(struct labels *l, struct label_sheets *s)
{
    for (unsigned i = 0; i < UI_LANGUAGES; i++)
        if (s->picture[i] != XCB_NONE)
            xcb_render_free_picture(l->d->x, s->picture[i]);
    *s = (struct label_sheets){0};
}

/* Where the sheets of that scale go: with others of it, or where there are none yet. */
static struct label_sheets *room_for(struct labels *l, unsigned scale)
{
    for (unsigned i = 0; i < LABEL_SCALES; i++)
        if (l->sheets[i].scale == scale || l->sheets[i].scale == 0)
            return &l->sheets[i];
    struct label_sheets *old = &l->sheets[l->next];
    l->next = l->next + 1 < LABEL_SCALES ? l->next + 1 : 1;
    forget(l, old);
    return old;
}

static bool order_sheet(struct windows *w, unsigned painter, unsigned scale, unsigned language)
{
    struct label_order *o = &w->labels.order[painter][language];
    struct view v;
    struct msg_ui_paint m;
    drop_order(&w->labels, o);
    view_init(&v, UI_LABELS);
    const struct ui_layout *layout = view_layout(&v, w->model);
    v.scale = scale;
    v.w = ui_px(layout->w, scale);
    v.h = ui_px(layout->h, scale);
    if (!shared_create(&o->page, w->d, (uint32_t)v.w, (uint32_t)v.h)) {
        w->fresh[painter] = true; /* no memory: without labels nothing is granted; tried again */
        return true;
    }
    view_paint(&v, w->model, &m);
    m.theme = 0;
    m.flags = ui_language_table[language].right_to_left;
    m.language = (uint8_t)language;
    m.serial = windows_next_serial(w);
    m.stride = o->page.stride;
    m.memory = o->page.fd;
    o->serial = m.serial;
    o->scale = scale;
    if (msg_ui_paint_send(w->painter[painter], &m) != 0)
        return false;
    windows_count_order(w, (enum windows_painter)painter);
    return true;
}

bool labels_order(struct windows *w, unsigned painter, unsigned scale)
{
    if (!w->fresh[painter])
        return true;
    w->fresh[painter] = false;
    for (unsigned i = 0; i < UI_LANGUAGES; i++) {
        if (labels_sheet(&w->labels, scale, i) != XCB_NONE)
            continue;
        if (!order_sheet(w, painter, scale, i))
            return false;
    }
    return true;
}

static void keep_sheet(struct labels *l, struct label_order *o, unsigned language)
{
    struct display *d = l->d;
    struct label_sheets *s = room_for(l, o->scale);
    const uint32_t each_colour = 1;
    xcb_pixmap_t copy = xcb_generate_id(d->x);
    xcb_create_pixmap(d->x, d->depth, copy, d->root, (uint16_t)o->page.width,
                      (uint16_t)o->page.height);
    xcb_shm_put_image(d->x, copy, l->gc, (uint16_t)(o->page.stride / 4), (uint16_t)o->page.height,
                      0, 0, (uint16_t)o->page.width, (uint16_t)o->page.height, 0, 0, d->depth,
                      XCB_IMAGE_FORMAT_Z_PIXMAP, 0, o->page.segment, 0);
    s->scale = o->scale;
    s->picture[language] = xcb_generate_id(d->x);
    xcb_render_create_picture(d->x, s->picture[language], copy, d->format,
                              XCB_RENDER_CP_COMPONENT_ALPHA, &each_colour);
    xcb_free_pixmap(d->x, copy); /* the picture keeps it */
}

bool labels_painted(struct labels *l, unsigned painter, uint32_t serial)
{
    for (unsigned i = 0; i < UI_LANGUAGES; i++) {
        struct label_order *o = &l->order[painter][i];
        if (o->serial != serial)
            continue;
        if (labels_sheet(l, o->scale, i) == XCB_NONE)
            keep_sheet(l, o, i);
        drop_order(l, o);
        return true;
    }
    return false;
}

void labels_painter_gone(struct labels *l, unsigned painter)
{
    for (unsigned i = 0; i < UI_LANGUAGES; i++)
        drop_order(l, &l->order[painter][i]);
}
