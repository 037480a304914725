/* Slots of one tile each; see the header. In vitrine-render (view) hostile bytes choose them: every
 * number is checked by shelf_fits before it is used. */
#include "lib/tile/shelf.h"
#include "lib/tile/pixels.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SHELF_BYTES ((size_t)MAX_SHELF * TILE_PIXELS * 4)

struct shelf {
    uint32_t used;                               /* slots that were ever filled are below it */
    uint8_t width[MAX_SHELF], height[MAX_SHELF]; /* 0: empty */
    uint32_t (*pixels)[TILE_PIXELS];             /* of each slot, rows of TILE_SIDE */
};

struct shelf *shelf_create(void)
{
    struct shelf *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    void *p = mmap(NULL, SHELF_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        free(s);
        return NULL;
    }
    (void)madvise(p, SHELF_BYTES, MADV_DONTDUMP);
    s->pixels = p;
    return s;
}

void shelf_destroy(struct shelf *s)
{
    if (s == NULL)
        return;
    explicit_bzero(s->pixels, s->used * sizeof s->pixels[0]);
    munmap(s->pixels, SHELF_BYTES);
    free(s);
}

void shelf_forget(struct shelf *s)
{
    memset(s->width, 0, sizeof s->width);
}

void shelf_put(struct shelf *s, uint32_t slot, const struct tile_picture *p, uint32_t tile)
{
    struct tile_rect t = tile_place(p->width, p->height, tile);
    for (uint32_t y = 0; y < t.h; y++)
        pixels_take(s->pixels[slot] + (size_t)y * TILE_SIDE,
                    p->pixels + (t.y + y) * p->stride + t.x, t.w, tile_mask(p->depth));
    s->width[slot] = (uint8_t)t.w;
    s->height[slot] = (uint8_t)t.h;
    s->used = slot < s->used ? s->used : slot + 1;
}

bool shelf_fits(const struct shelf *s, uint32_t slot, const struct tile_picture *p, uint32_t tile)
{
    struct tile_rect t = tile_place(p->width, p->height, tile);
    return slot < MAX_SHELF && s->width[slot] == t.w && s->height[slot] == t.h;
}

void shelf_get(const struct shelf *s, uint32_t slot, const struct tile_picture *p, uint32_t tile)
{
    struct tile_rect t = tile_place(p->width, p->height, tile);
    for (uint32_t y = 0; y < t.h; y++)
        memcpy(p->pixels + (t.y + y) * p->stride + t.x, s->pixels[slot] + (size_t)y * TILE_SIDE,
               t.w * sizeof *p->pixels);
}

bool shelf_shows(const struct shelf *s, uint32_t slot, const struct tile_picture *p, uint32_t tile)
{
    struct tile_rect t = tile_place(p->width, p->height, tile);
    if (!shelf_fits(s, slot, p, tile))
        return false;
    for (uint32_t y = 0; y < t.h; y++)
        if (pixels_differ(s->pixels[slot] + (size_t)y * TILE_SIDE,
                          p->pixels + (t.y + y) * p->stride + t.x, t.w, tile_mask(p->depth)))
            return false;
    return true;
}
