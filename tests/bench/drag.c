/*
 * Where the time of a dragged window goes: drag SCREEN.ppm WINDOW.ppm (P6, 8 bits) moves the second
 * picture about over the first along a curve, as whoever captures and views it would see it, and
 * prints the CPU time of each stage for a frame. No process but this one: what reading, sealing and
 * the way cost is not in it.
 */
#include "capture/picture.h"
#include "lib/tile/decode.h"
#include "lib/tile/encode.h"
#include "tests/bench/picture.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES 300
#define FRAME_MS 17

enum stage { TAKE, COVER, SETTLE, CODE, DECODE, STAGES };
static const char *const names[STAGES] = {"take", "cover", "settle", "code", "decode"};
static double spent_ms[STAGES];
static size_t bytes, copies, tiles;

static struct tile_rect window_place(const struct tile_picture *screen,
                                     const struct tile_picture *window, int frame)
{
    double t = frame / 60.0;
    return (struct tile_rect){
        (uint32_t)((screen->width - window->width) * (.5 + .45 * sin(t * 1.7))),
        (uint32_t)((screen->height - window->height) * (.5 + .45 * sin(t * 2.3 + 1))),
        window->width, window->height};
}

/* A part of one picture over another. */
static void put(const struct tile_picture *to, struct tile_rect at, const struct tile_picture *from,
                uint32_t x, uint32_t y)
{
    for (uint32_t i = 0; i < at.h; i++)
        memcpy(to->pixels + (at.y + i) * to->stride + at.x,
               from->pixels + (y + i) * from->stride + x, at.w * 4);
}

static void damage(struct tile_set *s, const struct tile_picture *p, struct tile_rect r)
{
    tile_set_add_rect(s, p->width, p->height, r.x, r.y, r.w, r.h);
}

static void grab_all(const struct tile_picture *from, struct source_grab *out)
{
    out->n_pieces = 1;
    out->pieces[0] = (struct source_piece){{0, 0, from->width, from->height}, from->pixels};
}

static void lap(enum stage stage, double *since)
{
    double now = now_ms();
    spent_ms[stage] += now - *since;
    *since = now;
}

struct sides {
    struct picture here;
    struct tile_encoder *encoder;
    struct tile_decoder *decoder;
    struct tile_picture there;
};

static void transfer(struct sides *s, const struct tile_update *u, uint32_t update)
{
    static uint8_t unit[MAX_UNIT];
    double t = now_ms();
    tile_encoder_begin(s->encoder, &s->here.tiles, u, update, update * FRAME_MS);
    while (tile_encoder_busy(s->encoder)) {
        size_t len = tile_encoder_unit(s->encoder, unit);
        lap(CODE, &t);
        if (tile_decode(s->decoder, unit, len, &s->there, NULL, NULL) != TILE_OK)
            exit(1);
        lap(DECODE, &t);
        bytes += len;
    }
}

static void show(struct sides *s, const struct tile_picture *screen, const struct tile_set *want,
                 uint32_t update)
{
    static struct picture_change c;
    static struct source_grab grab;
    struct tile_set changed;
    struct picture *p = &s->here;
    double t = now_ms();
    grab_all(screen, &grab);
    picture_take(p, &grab, want, &changed);
    lap(TAKE, &t);
    tile_encoder_cover(s->encoder, &p->tiles, &p->now, &changed, update * FRAME_MS);
    lap(COVER, &t);
    picture_settle(p, &changed, true, &c);
    lap(SETTLE, &t);
    copies += c.n_copies;
    tiles += tile_set_size(&c.tiles.set);
    if (!tile_set_empty(&c.tiles.set) || c.n_copies > 0)
        transfer(
            s,
            &(struct tile_update){.changes = &c.tiles, .copies = c.copies, .n_copies = c.n_copies},
            update);
}

static void first(struct sides *s, const struct tile_picture *screen)
{
    static struct tile_changes all;
    static struct source_grab grab;
    struct tile_set want, changed;
    tile_set_fill(&want, s->here.count);
    tile_changes_fill(&all, screen->width, screen->height);
    grab_all(screen, &grab);
    picture_take(&s->here, &grab, &want, &changed);
    static struct picture_change c;
    picture_settle(&s->here, &changed, false, &c);
    transfer(s, &(struct tile_update){.changes = &all, .key = true}, 0);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    struct tile_picture under = picture_read(argv[1]), window = picture_read(argv[2]);
    struct tile_picture screen = under;
    struct sides s = {.encoder = tile_encoder_create(true), .decoder = tile_decoder_create()};
    size_t size = under.stride * under.height * 4;
    s.there = under;
    screen.pixels = malloc(size);
    s.there.pixels = calloc(1, size);
    if (!picture_init(&s.here, (struct source_size){under.width, under.height, 24}))
        return 2;
    struct tile_rect at = window_place(&under, &window, 0);
    memcpy(screen.pixels, under.pixels, size);
    put(&screen, at, &window, 0, 0);
    first(&s, &screen);
    memset(spent_ms, 0, sizeof spent_ms);
    bytes = 0;
    for (int i = 1; i <= FRAMES; i++) {
        struct tile_set want = {0};
        damage(&want, &under, at);
        put(&screen, at, &under, at.x, at.y);
        at = window_place(&under, &window, i);
        put(&screen, at, &window, 0, 0);
        damage(&want, &under, at);
        show(&s, &screen, &want, (uint32_t)i);
        if (memcmp(screen.pixels, s.there.pixels, size) != 0)
            return 1;
    }
    for (int i = 0; i < STAGES; i++)
        printf("%-7s %6.1f us a frame\n", names[i], spent_ms[i] * 1e3 / FRAMES);
    printf("%.0f bytes, %.2f copies, %.1f tiles a frame\n", (double)bytes / FRAMES,
           (double)copies / FRAMES, (double)tiles / FRAMES);
    return 0;
}
