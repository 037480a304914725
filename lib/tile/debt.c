/* Sets of tiles that viewers have only roughly; see the header. */
#include "lib/tile/debt.h"

void debt_start(struct debt *d, uint32_t count)
{
    tile_set_fill(&d->owed, count);
    tile_set_clear(&d->quiet);
    tile_set_clear(&d->due);
}

void debt_add(struct debt *d, const struct tile_picture *p, struct tile_rect r)
{
    struct tile_set touched;
    tile_set_clear(&touched);
    tile_set_add_rect(&touched, p->width, p->height, r.x, r.y, r.w, r.h);
    tile_set_add_all(&d->owed, &touched);
    tile_set_remove_all(&d->quiet, &touched);
    tile_set_remove_all(&d->due, &touched);
}

void debt_pay(struct debt *d, const struct tile_picture *p, struct tile_rect r)
{
    tile_set_remove_inside(&d->owed, p->width, p->height, r);
    tile_set_remove_inside(&d->quiet, p->width, p->height, r);
    tile_set_remove_inside(&d->due, p->width, p->height, r);
}

static bool touches(const struct tile_set *s, const struct tile_picture *p, struct tile_rect r)
{
    uint32_t columns = tile_columns(p->width);
    for (uint32_t y = r.y / TILE_SIDE; y <= (r.y + r.h - 1) / TILE_SIDE; y++)
        for (uint32_t x = r.x / TILE_SIDE; x <= (r.x + r.w - 1) / TILE_SIDE; x++)
            if (tile_set_has(s, y * columns + x))
                return true;
    return false;
}

void debt_copy(struct debt *d, const struct tile_picture *p, const struct tile_copy *c)
{
    if (touches(&d->owed, p, (struct tile_rect){c->from_x, c->from_y, c->to.w, c->to.h}))
        debt_add(d, p, c->to);
}

void debt_turn(struct debt *d)
{
    d->due = d->quiet;
    d->quiet = d->owed;
}
