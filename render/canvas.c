/* Shapes on a window's picture. vitrine-render ui. */
#include "render/canvas.h"
#include "lib/ui/layout.h"
#include "render/icon.h"
#include <math.h>
#include <string.h>

int canvas_begin(struct canvas *c, uint8_t *pixels, int width, int height, int stride)
{
    cairo_surface_t *s =
        cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_RGB24, width, height, stride);

    c->cr = cairo_create(s);
    cairo_surface_destroy(s); /* the context holds it */
    c->device_w = width;
    c->device_h = height;
    if (cairo_status(c->cr) != CAIRO_STATUS_SUCCESS) {
        cairo_destroy(c->cr);
        c->cr = NULL;
        return -1;
    }
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(c->cr, o);
    cairo_font_options_destroy(o);
    return 0;
}

int canvas_end(struct canvas *c)
{
    cairo_status_t status = cairo_status(c->cr);

    cairo_surface_flush(cairo_get_target(c->cr));
    cairo_destroy(c->cr);
    c->cr = NULL;
    return status == CAIRO_STATUS_SUCCESS ? 0 : -1;
}

static double px(const struct canvas *c, double logical)
{
    return logical * c->scale / 256;
}

static double edge(const struct canvas *c, double logical)
{
    return floor(px(c, logical) + 0.5);
}

/* The window's own far edges are the last device pixel, also where that is no whole logical one. */
static double edge_x(const struct canvas *c, double x)
{
    return x >= c->w ? fmax(c->device_w, edge(c, x)) : edge(c, x);
}

static double edge_y(const struct canvas *c, double y)
{
    return y >= c->h ? fmax(c->device_h, edge(c, y)) : edge(c, y);
}

static double stroke_px(const struct canvas *c, double width)
{
    return fmax(1, floor(px(c, width)));
}

/* Device pixels of a rectangle, mirrored where the window is. */
static struct place device(const struct canvas *c, struct place p)
{
    double x = c->mirrored ? c->w - p.x - p.w : p.x;
    struct place d = {edge(c, x), edge(c, p.y), 0, 0};

    d.w = edge_x(c, x + p.w) - d.x;
    d.h = edge_y(c, p.y + p.h) - d.y;
    return d;
}

static void use(const struct canvas *c, enum colour colour, double strength)
{
    uint32_t v = c->theme->rgb[colour];

    cairo_set_source_rgba(c->cr, (v >> 16 & 255) / 255.0, (v >> 8 & 255) / 255.0, (v & 255) / 255.0,
                          strength);
}

static void outline(cairo_t *cr, struct place d, double r)
{
    cairo_new_path(cr);
    if (r <= 0) {
        cairo_rectangle(cr, d.x, d.y, d.w, d.h);
        return;
    }
    r = fmin(r, fmin(d.w, d.h) / 2);
    cairo_arc(cr, d.x + d.w - r, d.y + r, r, -M_PI / 2, 0);
    cairo_arc(cr, d.x + d.w - r, d.y + d.h - r, r, 0, M_PI / 2);
    cairo_arc(cr, d.x + r, d.y + d.h - r, r, M_PI / 2, M_PI);
    cairo_arc(cr, d.x + r, d.y + r, r, M_PI, 3 * M_PI / 2);
    cairo_close_path(cr);
}

void canvas_fill(struct canvas *c, struct place p, double radius, enum colour colour)
{
    canvas_shade(c, p, radius, colour, 1);
}

void canvas_shade(struct canvas *c, struct place p, double radius, enum colour colour,
                  double strength)
{
    outline(c->cr, device(c, p), px(c, radius));
    use(c, colour, strength);
    cairo_fill(c->cr);
}

static void outline_inside(struct canvas *c, struct place p, double radius, double sw)
{
    struct place d = device(c, p);

    d.x += sw / 2;
    d.y += sw / 2;
    d.w -= sw;
    d.h -= sw;
    outline(c->cr, d, px(c, radius) - sw / 2);
    cairo_set_line_width(c->cr, sw);
}

void canvas_stroke(struct canvas *c, struct place p, double radius, enum colour colour,
                   double width)
{
    outline_inside(c, p, radius, stroke_px(c, width));
    use(c, colour, 1);
    cairo_stroke(c->cr);
}

void canvas_dash(struct canvas *c, struct place p, enum colour colour, double width, double on,
                 double off)
{
    double dashes[2] = {px(c, on), px(c, off)};

    cairo_set_dash(c->cr, dashes, 2, 0);
    canvas_stroke(c, p, 0, colour, width);
    cairo_set_dash(c->cr, NULL, 0, 0);
}

void canvas_line_across(struct canvas *c, double x, double y, double w, enum colour colour)
{
    struct place d = device(c, (struct place){x, y, w, 1});

    d.h = stroke_px(c, 1);
    outline(c->cr, d, 0);
    use(c, colour, 1);
    cairo_fill(c->cr);
}

void canvas_line_down(struct canvas *c, double x, double y, double h, enum colour colour)
{
    struct place d = device(c, (struct place){x, y, 1, h});

    d.w = stroke_px(c, 1);
    outline(c->cr, d, 0);
    use(c, colour, 1);
    cairo_fill(c->cr);
}

void canvas_icon(struct canvas *c, enum ui_icon icon, double x, double y, double size,
                 enum colour colour, double stroke)
{
    bool turn = c->mirrored && icon_mirrors(icon);
    double left = c->mirrored ? c->w - x - size : x;

    cairo_save(c->cr);
    cairo_translate(c->cr, px(c, left + (turn ? size : 0)), px(c, y));
    if (turn)
        cairo_scale(c->cr, -1, 1);
    use(c, colour, 1);
    icon_draw(c->cr, icon, px(c, size), stroke);
    cairo_restore(c->cr);
}

void canvas_clip(struct canvas *c, struct place p)
{
    struct place d = device(c, p);

    cairo_save(c->cr);
    cairo_new_path(c->cr);
    cairo_rectangle(c->cr, d.x, d.y, d.w, d.h);
    cairo_clip(c->cr);
}

void canvas_unclip(struct canvas *c)
{
    cairo_restore(c->cr);
}
