/* Slots of one tile each; see the header. In vitrine-render (view) hostile bytes choose them: the
 * decoder checks the numbers of what is put away, shelf_fits those of what is brought back. */
#include "lib/tile/shelf.h"
#include "lib/tile/pixels.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SHELF_BYTES ((size_t)MAX_SHELF * TILE_PIXELS * 4)

struct shelf {
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
    shelf_forget(s);
    munmap(s->pixels, SHELF_BYTES);
    free(s);
}

void shelf_forget(struct shelf *s)
{
    for (uint32_t i = 0; i < MAX_SHELF; i++) {
        if (s->width[i] > 0) /* else its pixels may have no memory yet */
            explicit_bzero(s->pixels[i], sizeof s->pixels[i]);
        s->width[i] = 0;
    }
}

void shelf_put(struct shelf *s, uint32_t slot, const struct tile_picture *p, uint32_t tile)
{
    struct tile_rect t = tile_place(p->width, p->height, tile);
    assert(slot < MAX_SHELF);
    for (uint32_t y = 0; y < t.h; y++)
        pixels_take(s->pixels[slot] + (size_t)y * TILE_SIDE,
                    p->pixels + (t.y + y) * p->stride + t.x, t.w, tile_mask(p->depth));
    s->width[slot] = (uint8_t)t.w;
    s->height[slot] = (uint8_t)t.h;
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
