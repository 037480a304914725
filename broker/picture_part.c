/*
 * Which part of the picture is shown. Runs in the broker; sizes are the painter's word, at most
 * 65535 by the message's rules.
 */
#include "broker/picture_part.h"

#include "lib/fit.h"

static int within(int v, int64_t most)
{
    return v > most ? (most > 0 ? (int)most : 0) : v < 0 ? 0 : v;
}

struct picture_part picture_part_within(struct picture_part p)
{
    bool exact = p.mode == PICTURE_ONE_TO_ONE;
    p.pan_x = exact ? within(p.pan_x, (int64_t)p.full_w - p.w) : 0;
    p.pan_y = exact ? within(p.pan_y, (int64_t)p.full_h - p.h) : 0;
    return p;
}

bool picture_part_moves(const struct picture_part *p)
{
    return p->mode == PICTURE_ONE_TO_ONE && p->w > 0 && p->h > 0 &&
           ((int64_t)p->full_w > p->w || (int64_t)p->full_h > p->h);
}

/* One axis, as the painter lays it out (render/compose.h): `shown` of the target's `room` pixels,
   in the middle, from picture pixel `from` on where it is shown one to one. */
static bool axis(int at, int room, uint32_t full, uint32_t shown, bool exact, int from,
                 int32_t *out)
{
    int64_t t = at - (room - (int64_t)shown) / 2;
    int64_t p = exact ? t + from : (2 * t + 1) * full / (2 * (int64_t)shown);
    bool inside = t >= 0 && t < (int64_t)shown;
    *out = (int32_t)(p < 0 ? 0 : p >= (int64_t)full ? full - 1 : p);
    return inside;
}

bool picture_part_point(const struct picture_part *p, int x, int y, int32_t *px, int32_t *py)
{
    bool exact = p->mode == PICTURE_ONE_TO_ONE;
    if (p->full_w == 0 || p->full_h == 0 || p->w <= 0 || p->h <= 0)
        return false;
    uint32_t w = (uint32_t)p->w, h = (uint32_t)p->h;
    struct fit shown = fit_in(p->full_w, p->full_h, w, h);
    if (exact) {
        shown.w = p->full_w < w ? p->full_w : w;
        shown.h = p->full_h < h ? p->full_h : h;
    }
    bool in_x = axis(x, p->w, p->full_w, shown.w, exact, p->pan_x, px);
    bool in_y = axis(y, p->h, p->full_h, shown.h, exact, p->pan_y, py);
    return in_x && in_y;
}

void picture_part_next(const struct picture_part *p, int *pan_x, int *pan_y)
{
    int64_t most_x = (int64_t)p->full_w - p->w, most_y = (int64_t)p->full_h - p->h;
    *pan_x = p->pan_x;
    *pan_y = p->pan_y;
    if (p->pan_x < most_x) {
        *pan_x = within(p->pan_x + p->w * 9 / 10 + 1, most_x);
        return;
    }
    *pan_x = 0;
    *pan_y = p->pan_y < most_y ? within(p->pan_y + p->h * 9 / 10 + 1, most_y) : 0;
}

/* --------------------------------------------------------------------------- what is there by now
 */
static bool same(const struct picture_part *a, const struct picture_part *b)
{
    return a->w == b->w && a->h == b->h && a->mode == b->mode && a->pan_x == b->pan_x &&
           a->pan_y == b->pan_y && a->full_w == b->full_w && a->full_h == b->full_h;
}

void picture_seen_put(struct picture_seen *s, const struct picture_part *p, uint32_t segment)
{
    if (same(s->segment ? &s->coming : &s->shown, p) && (!s->segment || s->segment == segment))
        return;
    if (s->segment) /* either of the two may be there already: nobody knows which */
        s->shown = (struct picture_part){0};
    s->coming = *p;
    s->segment = segment;
}

bool picture_seen_there(struct picture_seen *s, uint32_t segment)
{
    if (!s->segment || segment != s->segment)
        return false;
    s->shown = s->coming;
    s->segment = 0;
    return true;
}

void picture_seen_gone(struct picture_seen *s)
{
    *s = (struct picture_seen){0};
}
