/* Rounded rectangles as trapezoids. Runs in the broker; distrusts nothing: no foreign number comes
 * here. */
#include "broker/labels_brush.h"

#define TRAPEZOIDS 200

xcb_render_color_t brush_ink(const struct brush *b, enum colour colour, unsigned percent)
{
    uint32_t v = b->theme->rgb[colour];
    uint32_t alpha = 0xffff * percent / 100;
    return (xcb_render_color_t){(uint16_t)((v >> 16 & 255) * alpha / 255),
                                (uint16_t)((v >> 8 & 255) * alpha / 255),
                                (uint16_t)((v & 255) * alpha / 255), (uint16_t)alpha};
}

void brush_fill(const struct brush *b, struct ui_rect r, enum colour colour)
{
    const xcb_rectangle_t at = {(int16_t)r.x, (int16_t)r.y, (uint16_t)r.w, (uint16_t)r.h};
    if (r.w > 0 && r.h > 0)
        xcb_render_fill_rectangles(b->x, XCB_RENDER_PICT_OP_SRC, b->to, brush_ink(b, colour, 100),
                                   1, &at);
}

int brush_stroke(const struct brush *b, double width)
{
    int px = (int)(width * b->scale / 256);
    return px > 1 ? px : 1;
}

struct ui_rect brush_inset(struct ui_rect r, int by)
{
    return (struct ui_rect){r.x + by, r.y + by, r.w - 2 * by, r.h - 2 * by};
}

static uint32_t root_of(uint32_t v)
{
    uint32_t root = 0;
    for (uint32_t bit = 1u << 15; bit; bit >>= 1)
        if ((root + bit) * (root + bit) <= v)
            root += bit;
    return root;
}

/* How far a corner of that radius keeps from the side at depth y; all in 256ths of a pixel. */
static int corner(int radius, int y)
{
    int up = radius - y;
    return up <= 0 ? 0 : radius - (int)root_of((uint32_t)(radius * radius - up * up));
}

/* A slice of the rounded rectangle from y0 to y1 below its top, 256ths. */
static xcb_render_trapezoid_t slice(struct ui_rect r, int radius, int y0, int y1)
{
    int whole = r.h * 256, top = r.y * 256 + y0, bottom = r.y * 256 + y1;
    int d0 = y0 < whole - y0 ? y0 : whole - y0, d1 = y1 < whole - y1 ? y1 : whole - y1;
    int left0 = r.x * 256 + corner(radius, d0), left1 = r.x * 256 + corner(radius, d1);
    int right0 = (2 * r.x + r.w) * 256 - left0, right1 = (2 * r.x + r.w) * 256 - left1;
    return (xcb_render_trapezoid_t){
        .top = top * 256,
        .bottom = bottom * 256,
        .left = {{left0 * 256, top * 256}, {left1 * 256, bottom * 256}},
        .right = {{right0 * 256, top * 256}, {right1 * 256, bottom * 256}}};
}

void brush_rounded(const struct brush *b, struct ui_rect r, int radius, enum colour colour,
                   unsigned percent)
{
    xcb_render_trapezoid_t t[TRAPEZOIDS];
    unsigned n = 0;
    int most = (r.w < r.h ? r.w : r.h) * 128, whole = r.h * 256;
    radius = radius < most ? radius : most;
    if (r.w <= 0 || r.h <= 0)
        return;
    for (int y = 0; y < radius && n + 3 < TRAPEZOIDS; y += 128) {
        int end = y + 128 < radius ? y + 128 : radius;
        t[n++] = slice(r, radius, y, end);
        t[n++] = slice(r, radius, whole - end, whole - y);
    }
    if (whole > 2 * radius)
        t[n++] = slice(r, radius, radius > 0 ? radius : 0, whole - (radius > 0 ? radius : 0));
    xcb_render_picture_t paint = xcb_generate_id(b->x);
    xcb_render_create_solid_fill(b->x, paint, brush_ink(b, colour, percent));
    xcb_render_trapezoids(b->x, XCB_RENDER_PICT_OP_OVER, paint, b->to, b->mask_format, 0, 0, n, t);
    xcb_render_free_picture(b->x, paint);
}

int brush_radius(const struct brush *b, double logical)
{
    return (int)(logical * b->scale);
}

void brush_framed(const struct brush *b, struct ui_rect r, double round, double width,
                  enum colour edge, enum colour inside)
{
    int sw = brush_stroke(b, width), in = brush_radius(b, round) - sw * 256;
    brush_rounded(b, r, brush_radius(b, round), edge, 100);
    brush_rounded(b, brush_inset(r, sw), in > 0 ? in : 0, inside, 100);
}

void brush_dashed(const struct brush *b, struct ui_rect r)
{
    int sw = brush_stroke(b, 1), on = ui_px(4, b->scale);
    for (int x = 0; x < r.w; x += 2 * on) {
        int w = x + on < r.w ? on : r.w - x;
        brush_fill(b, (struct ui_rect){r.x + x, r.y, w, sw}, COLOUR_CTL);
        brush_fill(b, (struct ui_rect){r.x + x, r.y + r.h - sw, w, sw}, COLOUR_CTL);
    }
    for (int y = 0; y < r.h; y += 2 * on) {
        int h = y + on < r.h ? on : r.h - y;
        brush_fill(b, (struct ui_rect){r.x, r.y + y, sw, h}, COLOUR_CTL);
        brush_fill(b, (struct ui_rect){r.x + r.w - sw, r.y + y, sw, h}, COLOUR_CTL);
    }
}
