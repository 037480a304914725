/* Geometry of windows; runs in the broker. Distrusts nothing: the numbers are its own and the X
 * server's. */
#include "broker/place.h"

#include <stdlib.h>

static unsigned floor_step(unsigned scale)
{
    return scale / 64 * 64; /* 0.25 */
}

unsigned place_scale(unsigned dpi, unsigned wanted, int32_t screen_w, int32_t screen_h)
{
    unsigned w = screen_w > 0 ? (unsigned)screen_w : 1, h = screen_h > 0 ? (unsigned)screen_h : 1;
    unsigned fit_w = w * PLACE_ONE / 760, fit_h = h * PLACE_ONE / 568;
    unsigned scale = wanted ? wanted : dpi ? dpi * PLACE_ONE / 96 : PLACE_ONE;
    if (scale > fit_w)
        scale = fit_w;
    if (scale > fit_h)
        scale = fit_h;
    scale = floor_step(scale);
    return scale < PLACE_ONE ? PLACE_ONE : scale > PLACE_MOST ? PLACE_MOST : scale;
}

bool place_inside(struct ui_rect b, int32_t x, int32_t y)
{
    return x >= b.x && y >= b.y && x < b.x + b.w && y < b.y + b.h;
}

struct ui_rect place_centre(struct ui_rect m, int32_t w, int32_t h)
{
    return (struct ui_rect){m.x + (m.w - w) / 2, m.y + (m.h - h) / 2, w, h};
}

static int32_t clamp(int32_t v, int32_t low, int32_t high)
{
    return v > high ? (high < low ? low : high) : v < low ? low : v;
}

struct ui_rect place_inset(struct ui_rect b, int32_t edge)
{
    return (struct ui_rect){b.x + edge, b.y + edge, b.w - 2 * edge, b.h - 2 * edge};
}

struct ui_rect place_keep_on(struct ui_rect m, struct ui_rect b)
{
    b.x = clamp(b.x, m.x, m.x + m.w - b.w);
    b.y = clamp(b.y, m.y, m.y + m.h - b.h);
    return b;
}

struct ui_rect place_below(struct ui_rect m, int32_t w, int32_t h, int32_t bar)
{
    struct ui_rect b = place_centre(m, w, h);
    if (b.y < m.y + bar)
        b.y = m.y + bar;
    return place_keep_on(m, b);
}

struct ui_rect place_under(struct ui_rect m, int32_t h, int32_t bar)
{
    if (m.h - bar < h)
        return m;
    return (struct ui_rect){m.x, m.y + bar, m.w, m.h - bar};
}

int64_t place_overlap(const struct ui_rect *a, const struct ui_rect *b)
{
    int x = a->x > b->x ? a->x : b->x, y = a->y > b->y ? a->y : b->y;
    int right = a->x + a->w < b->x + b->w ? a->x + a->w : b->x + b->w;
    int below = a->y + a->h < b->y + b->h ? a->y + a->h : b->y + b->h;
    return right > x && below > y ? (int64_t)(right - x) * (below - y) : 0;
}

static bool is_left_of(const struct ui_rect *a, const struct ui_rect *b)
{
    return a->x + a->w <= b->x;
}

static bool is_above(const struct ui_rect *a, const struct ui_rect *b)
{
    return a->y + a->h <= b->y;
}

enum ui_monitor place_monitor(const struct ui_rect *m, unsigned n, unsigned which)
{
    unsigned left = 0, right = 0, above = 0, below = 0;
    for (unsigned i = 0; i < n; i++) {
        left += is_left_of(&m[i], &m[which]);
        right += is_left_of(&m[which], &m[i]);
        above += is_above(&m[i], &m[which]);
        below += is_above(&m[which], &m[i]);
    }
    if (n < 2)
        return UI_MONITOR_NONE;
    if (n == 2 && left + right == 0 && above + below == 1)
        return above ? UI_MONITOR_LOWER : UI_MONITOR_UPPER;
    if (n > 3 || left + right != n - 1)
        return UI_MONITOR_FRAMED;
    return left == 0 ? UI_MONITOR_LEFT : right == 0 ? UI_MONITOR_RIGHT : UI_MONITOR_MIDDLE;
}

static int64_t hidden(struct ui_rect box, const struct ui_rect *own, unsigned n)
{
    int64_t area = 0;
    for (unsigned i = 0; i < n; i++)
        area += place_overlap(&box, &own[i]);
    return area;
}

struct ui_rect place_toast(struct ui_rect m, int32_t w, int32_t h, int32_t bar, int32_t gap,
                           const struct ui_rect *own, unsigned n_own)
{
    struct ui_rect best = {m.x + (m.w - w) / 2, m.y + bar + gap, w, h};
    const int32_t tries[] = {m.y + bar, m.y + m.h - h - gap};
    for (unsigned i = 0; i < sizeof tries / sizeof *tries; i++) {
        struct ui_rect other = {best.x, tries[i], w, h};
        if (hidden(other, own, n_own) < hidden(best, own, n_own))
            best = other;
    }
    return best;
}

static bool is_clear(struct ui_rect dialog, struct ui_rect grant, int32_t px, int32_t py,
                     int32_t clear)
{
    struct ui_rect around = {dialog.x + grant.x - clear, dialog.y + grant.y - clear,
                             grant.w + 2 * clear, grant.h + 2 * clear};
    return !place_inside(around, px, py);
}

struct ui_rect place_dialog(struct ui_rect m, int32_t w, int32_t h, struct ui_rect g, int32_t px,
                            int32_t py, int32_t clear)
{
    struct ui_rect middle = place_keep_on(m, place_centre(m, w, h)), best = middle;
    if (is_clear(middle, g, px, py, clear))
        return middle;
    /* the grant wholly left of, right of, above or below the pointer's surroundings */
    const struct ui_rect tries[] = {{px - clear - g.x - g.w, middle.y, w, h},
                                    {px + clear + 1 - g.x, middle.y, w, h},
                                    {middle.x, py - clear - g.y - g.h, w, h},
                                    {middle.x, py + clear + 1 - g.y, w, h}};
    int32_t least = INT32_MAX;
    for (unsigned i = 0; i < sizeof tries / sizeof *tries; i++) {
        struct ui_rect b = place_keep_on(m, tries[i]);
        int32_t moved = abs(b.x - middle.x) + abs(b.y - middle.y);
        if (is_clear(b, g, px, py, clear) && moved < least) {
            best = b;
            least = moved;
        }
    }
    return best;
}
