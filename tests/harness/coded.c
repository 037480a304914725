/*
 * What the product's own coder and painter make of a canary (canary.py), in hexadecimal:
 *
 *     coded units < PIXELS                       lines `KIND BYTES`, of tile operations
 *     coded fit W H X Y ROOM_W ROOM_H < PIXELS   a row of the drawing, scaled: `fit BYTES`
 *
 * PIXELS have 32 bits each: two tiles of a photograph with edges, below them two of a drawing whose
 * rows are equal, below them two of a soft photograph. fit: they stand at x, y of a picture of w by
 * h that is shown in that room.
 */
#include "lib/tile/ink.h"
#include "lib/tile/photo.h"
#include "lib/tile/rough.h"
#include "policy/limits.h"
#include "render/compose.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH (2 * TILE_SIDE)
#define HEIGHT (3 * TILE_SIDE)
#define STEP 28         /* of encode.c, depth 24 */
#define CODES_FROM 129  /* of a coded plane: kind and lengths stand before (FORMAT.md 6) */
#define CODES_SAID 4096 /* fewer than the first plane of a soft photograph has */
#define AROUND 0x808080 /* what the canary stands on */

static uint32_t pixels[WIDTH * HEIGHT];
static const struct tile_picture canary = {pixels, WIDTH, WIDTH, HEIGHT, 24};
static const struct tile_rect photograph = {0, 0, WIDTH, TILE_SIDE},
                              drawing = {0, TILE_SIDE, WIDTH, TILE_SIDE},
                              soft = {0, 2 * TILE_SIDE, WIDTH, TILE_SIDE};
static uint8_t bytes[MAX_UNIT + CODER_END_BYTES];

static void say(const char *name, const void *data, size_t n)
{
    const uint8_t *at = data;
    printf("%s ", name);
    for (size_t i = 0; i < n; i++)
        printf("%02x", at[i]);
    putchar('\n');
}

/* Plain planes, but for the first row, which other rectangles would begin otherwise; or codes, of
 * one that is a rectangle by itself. */
static void say_photo(const char *name, struct tile_rect r)
{
    static struct photo k;
    const uint8_t *at = bytes, *end;
    uint32_t n = r.w * r.h;
    photo_plan(&k, &canary, r);
    end = bytes + photo_write(&k, &canary, r, bytes);
    if (at[0] == 0)
        say(name, at + CODES_FROM, CODES_SAID);
    else
        for (; at + 1 + n <= end; at += 1 + n)
            say(name, at + 1 + r.w, n - r.w);
}

static void say_units(void)
{
    static struct ink ink;
    static struct rough rough;
    say_photo("photo", photograph);
    say_photo("exact", soft);
    ink_pack_start(&ink, canary.depth, bytes, MAX_UNIT);
    if (!ink_pack(&ink, &canary, drawing, NULL, 0))
        exit(3);
    say("ink", bytes, ink_pack_end(&ink));
    rough_pack_start(&rough, canary.depth, STEP, bytes, MAX_UNIT);
    if (!rough_pack(&rough, &canary, soft))
        exit(3);
    say("rough", bytes, rough_pack_end(&rough));
}

static uint32_t number(const char *text, uint32_t most)
{
    unsigned long v = strtoul(text, NULL, 10);
    if (v > most)
        exit(2);
    return (uint32_t)v;
}

/* The middle row, and of it the columns that show nothing but the drawing. */
static void say_scaled(const struct geometry *g, const struct target *t, uint32_t x, uint32_t y)
{
    struct tile_rect r =
        compose_touched(g, (struct tile_rect){x + drawing.x, y + drawing.y, drawing.w, drawing.h});
    if (r.w < 3)
        exit(3);
    say("fit", t->pixels + (r.y + r.h / 2) * t->stride + (r.x + 1) * 4, (r.w - 2) * 4);
}

static void scale(char **n)
{
    uint32_t w = number(n[0], MAX_SCREEN_W), h = number(n[1], MAX_SCREEN_H);
    uint32_t x = number(n[2], w - WIDTH), y = number(n[3], h - HEIGHT);
    struct target t = {.width = number(n[4], MAX_SCREEN_W), .height = number(n[5], MAX_SCREEN_H)};
    struct geometry g = compose_geometry(w, h, t.width, t.height, false, 0, 0);
    struct tile_picture p = {malloc((size_t)w * h * 4), w, w, h, canary.depth};
    t.stride = t.width * 4;
    t.pixels = calloc(t.height, t.stride);
    if (!p.pixels || !t.pixels)
        exit(3);
    for (size_t i = 0; i < (size_t)w * h; i++)
        p.pixels[i] = AROUND;
    for (size_t i = 0; i < HEIGHT; i++)
        memcpy(p.pixels + (y + i) * w + x, pixels + i * WIDTH, WIDTH * 4);
    compose_draw(&g, &p, &(struct pointer){0}, &t, (struct tile_rect){g.x, g.y, g.w, g.h});
    say_scaled(&g, &t, x, y);
    free(p.pixels);
    free(t.pixels);
}

int main(int argc, char **argv)
{
    if (fread(pixels, sizeof pixels, 1, stdin) != 1)
        return 2;
    if (argc == 2 && strcmp(argv[1], "units") == 0)
        say_units();
    else if (argc == 8 && strcmp(argv[1], "fit") == 0)
        scale(argv + 2);
    else
        return 2;
    return 0;
}
