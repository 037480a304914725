/* Cover and border; runs in the broker. Distrusts nothing: what it shows, the X server draws. */
#include "broker/overlay.h"

#include <stdlib.h>
#include <string.h>
#include <xcb/render.h>

#define DARK 0xff14191du /* ui.md: the screen behind a dialog, where it cannot be copied */
#define OPAQUE 0xff000000u
#define PAUSED 0xff74818bu /* beside white, in all colours: high contrast has no grey */
#define WHITE 0xffffffffu
#define DASH 12

/* --------------------------------------------------------------------------------------- cover */
void cover_create(struct cover *c, struct display *d)
{
    window_create(&c->win, d, WINDOW_ON_TOP, (struct ui_rect){0, 0, d->width, d->height}, DARK);
    window_title(&c->win, "vitrine cover");
}

void cover_destroy(struct cover *c)
{
    window_destroy(&c->win);
}

static void darken(struct cover *c, xcb_render_pictformat_t from, xcb_render_pictformat_t to)
{
    struct display *d = c->win.d;
    xcb_pixmap_t copy = xcb_generate_id(d->x);
    xcb_render_picture_t screen = xcb_generate_id(d->x), picture = xcb_generate_id(d->x);
    const uint32_t inferiors = XCB_SUBWINDOW_MODE_INCLUDE_INFERIORS;
    const xcb_rectangle_t all = {0, 0, d->width, d->height};
    const xcb_render_color_t black = {0, 0, 0, 0xa600}; /* 65 % */
    xcb_create_pixmap(d->x, d->depth, copy, c->win.id, d->width, d->height);
    xcb_render_create_picture(d->x, screen, d->root, from, XCB_RENDER_CP_SUBWINDOW_MODE,
                              &inferiors);
    xcb_render_create_picture(d->x, picture, copy, to, 0, NULL);
    xcb_render_composite(d->x, XCB_RENDER_PICT_OP_SRC, screen, XCB_NONE, picture, 0, 0, 0, 0, 0, 0,
                         d->width, d->height);
    xcb_render_fill_rectangles(d->x, XCB_RENDER_PICT_OP_OVER, picture, black, 1, &all);
    xcb_change_window_attributes(d->x, c->win.id, XCB_CW_BACK_PIXMAP, &copy);
    xcb_render_free_picture(d->x, screen);
    xcb_render_free_picture(d->x, picture);
    xcb_free_pixmap(d->x, copy); /* the window keeps it */
}

void cover_map(struct cover *c)
{
    struct display *d = c->win.d;
    const uint32_t dark = DARK;
    xcb_change_window_attributes(d->x, c->win.id, XCB_CW_BACK_PIXEL, &dark);
    if (d->root_format && d->format)
        darken(c, d->root_format, d->format);
    window_place(&c->win, (struct ui_rect){0, 0, d->width, d->height});
    window_map(&c->win);
}

void cover_unmap(struct cover *c)
{
    const uint32_t dark = DARK;
    window_unmap(&c->win);
    xcb_change_window_attributes(c->win.d->x, c->win.id, XCB_CW_BACK_PIXEL,
                                 &dark); /* drops the copy */
}

/* -------------------------------------------------------------------------------------- border */
void border_create(struct border *b, struct display *d)
{
    memset(b, 0, sizeof *b);
    for (unsigned i = 0; i < 4; i++) {
        window_create(&b->side[i], d, WINDOW_ON_TOP, (struct ui_rect){0, 0, 1, 1}, PAUSED);
        window_title(&b->side[i], "vitrine border");
        window_let_input_through(&b->side[i]); /* the edge of the screen stays usable */
    }
}

void border_destroy(struct border *b)
{
    for (unsigned i = 0; i < 4; i++)
        window_destroy(&b->side[i]);
}

/* A tile of half grey, half white, so that paused differs from sharing by more than its colour. */
static void dash(struct window *w)
{
    struct display *d = w->d;
    xcb_pixmap_t tile = xcb_generate_id(d->x);
    uint32_t colour = WHITE;
    xcb_create_pixmap(d->x, d->depth, tile, w->id, 2 * DASH, 2 * DASH);
    const xcb_rectangle_t all = {0, 0, 2 * DASH, 2 * DASH};
    const xcb_rectangle_t half[] = {{0, 0, DASH, DASH}, {DASH, DASH, DASH, DASH}};
    xcb_change_gc(d->x, w->gc, XCB_GC_FOREGROUND, &colour);
    xcb_poly_fill_rectangle(d->x, tile, w->gc, 1, &all);
    colour = PAUSED;
    xcb_change_gc(d->x, w->gc, XCB_GC_FOREGROUND, &colour);
    xcb_poly_fill_rectangle(d->x, tile, w->gc, 2, half);
    xcb_change_window_attributes(d->x, w->id, XCB_CW_BACK_PIXMAP, &tile);
    xcb_free_pixmap(d->x, tile);
}

/* Red outside, a fifth of it white inside: a picture as large as that side. */
static void band(struct window *w, unsigned side, int width, uint32_t colour)
{
    struct display *d = w->d;
    int white = width / 5 > 0 ? width / 5 : 1, red = width - white;
    const xcb_rectangle_t all = {0, 0, (uint16_t)w->at.w, (uint16_t)w->at.h};
    const xcb_rectangle_t inner[4] = {
        {(int16_t)red, (int16_t)red, (uint16_t)(w->at.w - 2 * red), (uint16_t)white},
        {(int16_t)red, 0, (uint16_t)(w->at.w - 2 * red), (uint16_t)white},
        {(int16_t)red, 0, (uint16_t)white, (uint16_t)w->at.h},
        {0, 0, (uint16_t)white, (uint16_t)w->at.h}};
    xcb_pixmap_t picture = xcb_generate_id(d->x);
    xcb_create_pixmap(d->x, d->depth, picture, w->id, all.width, all.height);
    xcb_change_gc(d->x, w->gc, XCB_GC_FOREGROUND, &colour);
    xcb_poly_fill_rectangle(d->x, picture, w->gc, 1, &all);
    colour = WHITE;
    xcb_change_gc(d->x, w->gc, XCB_GC_FOREGROUND, &colour);
    xcb_poly_fill_rectangle(d->x, picture, w->gc, 1, &inner[side]);
    xcb_change_window_attributes(d->x, w->id, XCB_CW_BACK_PIXMAP, &picture);
    xcb_free_pixmap(d->x, picture);
}

static void set_style(struct window *w, unsigned side, int width, enum border_style style,
                      const struct theme *t)
{
    const uint32_t colour = OPAQUE | t->rgb[style == BORDER_PICK ? COLOUR_ACCENT : COLOUR_LIVE];
    if (style == BORDER_PAUSED)
        dash(w);
    else if (style == BORDER_CONTROL)
        band(w, side, width, colour);
    else
        xcb_change_window_attributes(w->d->x, w->id, XCB_CW_BACK_PIXEL, &colour);
    xcb_clear_area(w->d->x, 0, w->id, 0, 0, 0, 0);
}

void border_sides(struct ui_rect r, int width, struct ui_rect out[4])
{
    int between = r.h - 2 * width;
    out[0] = (struct ui_rect){r.x, r.y, r.w, width};
    out[1] = (struct ui_rect){r.x, r.y + r.h - width, r.w, width};
    out[2] = (struct ui_rect){r.x, r.y + width, width, between};
    out[3] = (struct ui_rect){r.x + r.w - width, r.y + width, width, between};
}

void border_map(struct border *b, struct ui_rect area, int width, enum border_style style,
                const struct theme *t)
{
    struct ui_rect sides[4];
    border_sides(area, width, sides);
    b->area = area;
    b->style = style;
    for (unsigned i = 0; i < 4; i++) {
        window_place(&b->side[i], sides[i]);
        set_style(&b->side[i], i, width, style, t);
        window_map(&b->side[i]);
    }
}

void border_unmap(struct border *b)
{
    for (unsigned i = 0; i < 4; i++)
        window_unmap(&b->side[i]);
}

void border_raise(struct border *b)
{
    for (unsigned i = 0; i < 4; i++)
        window_raise(&b->side[i]);
}

bool border_is_mapped(const struct border *b)
{
    for (unsigned i = 0; i < 4; i++)
        if (!b->side[i].mapped)
            return false;
    return true;
}

bool border_is_taken(const struct border *b)
{
    for (unsigned i = 0; i < 4; i++)
        if (b->side[i].mapped && window_is_taken(&b->side[i]))
            return true;
    return false;
}
