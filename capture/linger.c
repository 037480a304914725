/* See linger.h. Runs in vitrine-capture. */
#include "capture/linger.h"
#include <string.h>

static bool is_same(const struct source_rect *a, const struct source_rect *b)
{
    return a->x == b->x && a->y == b->y && a->w == b->w && a->h == b->h;
}

static bool has(const struct source_rect *list, size_t n, const struct source_rect *r)
{
    for (size_t i = 0; i < n; i++)
        if (is_same(&list[i], r))
            return true;
    return false;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static struct source_rect both(const struct source_rect *a, const struct source_rect *b)
{
    int64_t x = least(a->x, b->x), y = least(a->y, b->y);
    int64_t right = -least(-((int64_t)a->x + a->w), -((int64_t)b->x + b->w));
    int64_t below = -least(-((int64_t)a->y + a->h), -((int64_t)b->y + b->h));
    return (struct source_rect){(int32_t)x, (int32_t)y, (uint32_t)(right - x),
                                (uint32_t)(below - y)};
}

static void add(struct source_rect *list, size_t *n, const struct source_rect *r)
{
    if (has(list, *n, r))
        return;
    if (*n == MAX_SHADES)
        list[MAX_SHADES - 1] = both(&list[MAX_SHADES - 1], r);
    else
        list[(*n)++] = *r;
}

void linger_hear(struct linger *l, const struct source_rect *places, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(l->named, &l->n_named, &places[i]);
}

static void leave(struct linger *l, const struct source_rect *r, uint64_t until_ms)
{
    struct linger_place *last = &l->left[MAX_SHADES - 1];
    if (l->n_left < MAX_SHADES) {
        l->left[l->n_left++] = (struct linger_place){*r, until_ms};
    } else {
        last->at = both(&last->at, r);
        last->until_ms = until_ms;
    }
}

/* Those whose time is over, or that are named again. */
static void drop_some(struct linger *l, const struct source_rect *places, size_t n, uint64_t now_ms)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->n_left; i++)
        if (l->left[i].until_ms > now_ms && !has(places, n, &l->left[i].at))
            l->left[kept++] = l->left[i];
    l->n_left = kept;
}

size_t linger_join(struct linger *l, const struct source_rect *places, size_t n, uint64_t now_ms,
                   struct source_rect out[MAX_SHADES])
{
    size_t n_out = 0;
    drop_some(l, places, n, now_ms);
    for (size_t i = 0; i < l->n_named; i++)
        if (!has(places, n, &l->named[i]))
            leave(l, &l->named[i], now_ms + LINGER_MS);
    l->n_named = 0;
    linger_hear(l, places, n);
    for (size_t i = 0; i < n; i++)
        add(out, &n_out, &places[i]);
    for (size_t i = 0; i < l->n_left; i++)
        add(out, &n_out, &l->left[i].at);
    return n_out;
}

void linger_drop(struct linger *l, uint64_t now_ms)
{
    drop_some(l, NULL, 0, now_ms);
}

uint64_t linger_due(const struct linger *l)
{
    uint64_t due = UINT64_MAX;
    for (size_t i = 0; i < l->n_left; i++)
        if (l->left[i].until_ms < due)
            due = l->left[i].until_ms;
    return due;
}
