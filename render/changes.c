/* Tiles to rectangles. vitrine-render view. */
#include "render/changes.h"

/* Makes r longer by t when t continues it to the right. */
static bool grow_right(struct tile_rect *r, const struct tile_rect *t)
{
    if (r->y != t->y || r->h != t->h || r->x + r->w != t->x)
        return false;
    r->w += t->w;
    return true;
}

/* A finished run joins the rectangle right above it. */
static bool grow_down(struct tile_rect *rects, unsigned n, const struct tile_rect *run)
{
    for (unsigned i = n; i-- > 0;)
        if (rects[i].x == run->x && rects[i].w == run->w && rects[i].y + rects[i].h == run->y) {
            rects[i].h += run->h;
            return true;
        }
    return false;
}

static struct tile_rect around(const struct tile_set *s, uint32_t width, uint32_t height)
{
    struct tile_rect all = {0, 0, 0, 0};

    for (uint32_t i = tile_set_next(s, 0); i < tile_count(width, height);
         i = tile_set_next(s, i + 1)) {
        struct tile_rect t = tile_place(width, height, i);
        uint32_t right = t.x + t.w, bottom = t.y + t.h;

        if (all.w == 0) {
            all = t;
            continue;
        }
        right = right > all.x + all.w ? right : all.x + all.w;
        bottom = bottom > all.y + all.h ? bottom : all.y + all.h;
        all.x = t.x < all.x ? t.x : all.x;
        all.y = t.y < all.y ? t.y : all.y;
        all.w = right - all.x;
        all.h = bottom - all.y;
    }
    return all;
}

static bool add_run(struct tile_rect rects[MAX_RECTS], unsigned *n, const struct tile_rect *run)
{
    if (run->w == 0 || grow_down(rects, *n, run))
        return true;
    if (*n == MAX_RECTS)
        return false;
    rects[(*n)++] = *run;
    return true;
}

unsigned changes_rects(const struct tile_set *s, uint32_t width, uint32_t height,
                       struct tile_rect rects[MAX_RECTS])
{
    struct tile_rect run = {0, 0, 0, 0};
    unsigned n = 0;
    bool room = true;

    for (uint32_t i = tile_set_next(s, 0); room && i < tile_count(width, height);
         i = tile_set_next(s, i + 1)) {
        struct tile_rect t = tile_place(width, height, i);

        if (run.w > 0 && grow_right(&run, &t))
            continue;
        room = add_run(rects, &n, &run);
        run = t;
    }
    if (room && add_run(rects, &n, &run))
        return n;
    rects[0] = around(s, width, height);
    return 1;
}
