/*
 * Speed of the tile format on one picture: tile FILE.ppm [rough] (P6, 8 bits). Prints encode and
 * decode CPU time of the whole picture, of all of it as a large update, of one changed tile and of
 * half of the picture that a window covered and now shows again, and bytes; with `rough`
 * photographs are sent as while they move, and the whole picture's PSNR is printed, too.
 */
#include "lib/tile/decode.h"
#include "lib/tile/encode.h"
#include "tests/bench/picture.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 50

struct run {
    double encode_ms, decode_ms;
    size_t bytes;
};

static struct run transfer(struct tile_encoder *e, struct tile_decoder *d,
                           const struct tile_picture *to)
{
    static uint8_t unit[MAX_UNIT];
    struct run r = {0};
    for (;;) {
        double t0 = now_ms();
        size_t len = tile_encoder_unit(e, unit);
        double t1 = now_ms();
        if (len == 0)
            return r;
        if (tile_decode(d, unit, len, to, NULL, NULL) != TILE_OK)
            exit(1);
        r.encode_ms += t1 - t0;
        r.decode_ms += now_ms() - t1;
        r.bytes += len;
    }
}

static int by_encode(const void *a, const void *b)
{
    const struct run *x = a, *y = b;
    return (x->encode_ms > y->encode_ms) - (x->encode_ms < y->encode_ms);
}

static void print(const char *what, struct run *runs)
{
    qsort(runs, ROUNDS, sizeof *runs, by_encode);
    struct run m = runs[ROUNDS / 2];
    printf("%-8s encode %.3f ms  decode %.3f ms  %zu bytes\n", what, m.encode_ms, m.decode_ms,
           m.bytes);
}

static void repeat(const struct tile_picture *p, const struct tile_picture *now)
{
    memcpy(p->pixels, now->pixels, p->stride * p->height * 4);
}

/* A window of one colour over half of the picture opens and closes; the closing is measured. */
static void uncover(struct tile_encoder *e, struct tile_decoder *d, const struct tile_picture *p,
                    const struct tile_picture *to, struct run *runs)
{
    struct tile_picture own = *p, covered = *p;
    static struct tile_changes some;
    struct tile_set set = {0};
    own.pixels = calloc(p->stride * p->height, 4);
    covered.pixels = calloc(p->stride * p->height, 4);
    if (own.pixels == NULL || covered.pixels == NULL)
        exit(2);
    repeat(&own, p);
    repeat(&covered, p);
    memset(covered.pixels, 0, p->stride * (p->height / 2) * 4);
    tile_set_add_rect(&set, p->width, p->height, 0, 0, p->width, p->height / 2);
    tile_changes_from(&some, p->width, p->height, &set);
    for (uint32_t i = 0; i < 2 * ROUNDS; i++) {
        const struct tile_picture *now = i % 2 == 0 ? &covered : p;
        tile_encoder_cover(e, &own, now, &set, 1000 * (i + 1));
        repeat(&own, now);
        tile_encoder_begin(e, &own, &(struct tile_update){.changes = &some}, 3 * ROUNDS + i,
                           1000 * (i + 1));
        runs[i / 2] = transfer(e, d, to);
    }
    free(own.pixels);
    free(covered.pixels);
}

static double psnr(const struct tile_picture *a, const struct tile_picture *b)
{
    double sum = 0;
    for (size_t i = 0; i < a->stride * a->height; i++)
        for (int c = 0; c < 24; c += 8) {
            double d = (double)(a->pixels[i] >> c & 255) - (double)(b->pixels[i] >> c & 255);
            sum += d * d;
        }
    return 10 * log10(255. * 255. * 3 * (double)(a->stride * a->height) / sum);
}

int main(int argc, char **argv)
{
    static struct run whole[ROUNDS], quick[ROUNDS], one[ROUNDS], back[ROUNDS];
    bool rough = argc == 3 && strcmp(argv[2], "rough") == 0;
    if (argc != 2 && !rough)
        return 2;
    struct tile_picture p = picture_read(argv[1]), to = p;
    to.pixels = calloc(p.stride * p.height, 4);
    struct tile_encoder *e = tile_encoder_create(!rough);
    struct tile_decoder *d = tile_decoder_create();
    static struct tile_changes all, some;
    struct tile_set middle = {0};
    tile_set_add(&middle, tile_count(p.width, p.height) / 2);
    tile_changes_fill(&all, p.width, p.height);
    tile_changes_from(&some, p.width, p.height, &middle);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        tile_encoder_begin(e, &p, &(struct tile_update){.changes = &all, .key = true}, 3 * i, 0);
        whole[i] = transfer(e, d, &to);
        tile_encoder_begin(e, &p, &(struct tile_update){.changes = &all, .quick = true}, 3 * i + 1,
                           0);
        quick[i] = transfer(e, d, &to);
        tile_encoder_begin(e, &p, &(struct tile_update){.changes = &some}, 3 * i + 2, 0);
        one[i] = transfer(e, d, &to);
    }
    if (rough)
        printf("whole    PSNR %.2f dB\n", psnr(&p, &to));
    else if (memcmp(p.pixels, to.pixels, p.stride * p.height * 4) != 0)
        return 1;
    print("whole", whole);
    print("update", quick);
    print("one tile", one);
    uncover(e, d, &p, &to, back);
    print("uncovered", back);
    tile_encoder_destroy(e);
    tile_decoder_destroy(d);
    return 0;
}
