/* The encoder's side of the shelf; see the header. */
#include "lib/tile/recall.h"
#include "lib/tile/looks.h"
#include "lib/tile/pixels.h"
#include <string.h>

#define HASH_ROWS 4 /* every so many rows: what is found is compared wholly */

bool recall_init(struct recall *r)
{
    r->shelf = shelf_create();
    return r->shelf != NULL;
}

void recall_finish(struct recall *r)
{
    shelf_destroy(r->shelf);
    r->shelf = NULL;
}

void recall_forget(struct recall *r)
{
    shelf_forget(r->shelf);
    memset(r->first, 0, sizeof r->first);
    memset(r->after, 0, sizeof r->after);
    memset(r->hash, 0, sizeof r->hash);
    r->next = 0;
    r->filled = false;
}

void recall_note(struct recall *r, const struct tile_set *changed, uint32_t now_ms)
{
    for (uint32_t i = tile_set_next(changed, 0); i < TILES_MAX; i = tile_set_next(changed, i + 1))
        r->changed_ms[i] = now_ms;
}

/* Pixels at places of their own, so that rows that change places are other ones. */
static uint32_t hash_tile(const struct tile_picture *p, uint32_t tile)
{
    struct tile_rect t = tile_place(p->width, p->height, tile);
    uint32_t mask = tile_mask(p->depth), sum[4] = {0};
    for (uint32_t y = 0; y < t.h; y += HASH_ROWS) {
        const uint32_t *row = p->pixels + (t.y + y) * p->stride + t.x;
        for (uint32_t x = 0; x + 4 <= t.w; x += 4)
            for (uint32_t k = 0; k < 4; k++) /* four that do not wait for each other */
                sum[k] = (sum[k] ^ (row[x + k] & mask)) * 0x9e3779b1u;
    }
    uint32_t h = sum[0];
    for (uint32_t k = 1; k < 4; k++)
        h = (h ^ h >> 15 ^ sum[k]) * 0x85ebca6bu;
    return h ^ h >> 16;
}

static uint16_t *place_of(struct recall *r, uint32_t hash)
{
    return &r->first[hash % RECALL_PLACES];
}

static void unlink_slot(struct recall *r, uint32_t slot)
{
    for (uint16_t *at = place_of(r, r->hash[slot]); *at != 0; at = &r->after[*at - 1])
        if (*at == slot + 1) {
            *at = r->after[slot];
            return;
        }
}

static void link_slot(struct recall *r, uint32_t slot, uint32_t hash)
{
    uint16_t *at = place_of(r, hash);
    r->hash[slot] = hash;
    r->after[slot] = *at;
    *at = (uint16_t)(slot + 1);
}

/* Not all that are alike are compared, only the newest: a page can fill the shelf with tiles of one
   hash, and show more of them in each picture. */
static uint32_t find(const struct recall *r, const struct tile_picture *p, uint32_t tile,
                     uint32_t hash)
{
    uint32_t alike = 0;
    for (uint32_t at = r->first[hash % RECALL_PLACES]; at != 0; at = r->after[at - 1]) {
        if (r->hash[at - 1] != hash)
            continue;
        if (shelf_shows(r->shelf, at - 1, p, tile))
            return at - 1;
        if (++alike == RECALL_ALIKE)
            break;
    }
    return RECALL_NONE;
}

uint32_t recall_find(const struct recall *r, const struct tile_picture *p, uint32_t tile)
{
    return r->filled ? find(r, p, tile, hash_tile(p, tile)) : RECALL_NONE;
}

/* Enough of it becomes something else, and it is not a tile of one colour. */
static bool is_worth_it(const struct tile_picture *was, const struct tile_picture *now,
                        struct tile_rect t)
{
    size_t same = 0;
    for (uint32_t y = 0; y < t.h; y++)
        same += pixels_equal(was->pixels + (t.y + y) * was->stride + t.x,
                             now->pixels + (t.y + y) * now->stride + t.x, t.w);
    return t.w * t.h - same >= RECALL_LEAST && !looks_flat(was, t);
}

static bool is_another(const struct tile_picture *p, const struct tile_set *changed)
{
    uint32_t n = tile_set_size(changed);
    return n > RECALL_MOST || n * 4 > tile_count(p->width, p->height) * 3;
}

size_t recall_put_away(struct recall *r, const struct tile_picture *was,
                       const struct tile_picture *now, const struct tile_set *changed,
                       const struct tile_set *owed, uint32_t now_ms, struct recall_put *out)
{
    size_t n = 0;
    if (is_another(was, changed))
        return 0;
    for (uint32_t i = tile_set_next(changed, 0); i < TILES_MAX; i = tile_set_next(changed, i + 1)) {
        bool rested = now_ms - r->changed_ms[i] >= RECALL_REST_MS;
        if (!rested || tile_set_has(owed, i) ||
            !is_worth_it(was, now, tile_place(was->width, was->height, i)))
            continue;
        uint32_t hash = hash_tile(was, i);
        if (find(r, was, i, hash) != RECALL_NONE)
            continue;
        unlink_slot(r, r->next);
        shelf_put(r->shelf, r->next, was, i);
        link_slot(r, r->next, hash);
        out[n++] = (struct recall_put){(uint16_t)i, (uint16_t)r->next};
        r->next = (r->next + 1) % MAX_SHELF;
        r->filled = true;
    }
    return n;
}
