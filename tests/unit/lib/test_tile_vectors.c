/* The known answers of tests/vectors/tile.txt, which a decoder written from FORMAT.md alone gives
 * as well (tests/vectors/tile.py); and the bytes our encoder makes of some pictures, which are to
 * change only when somebody means them to. */
#include "lib/hex.h"
#include "lib/tile/cursor.h"
#include "lib/tile/decode.h"
#include "lib/tile/encode.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* after the three headers it needs */
#include <cmocka.h>

#define FILE_NAME "tests/vectors/tile.txt"

static const char *file_name = FILE_NAME;

static uint32_t crc_more(uint32_t crc, uint8_t byte)
{
    crc ^= byte;
    for (int i = 0; i < 8; i++)
        crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
    return crc;
}

static uint32_t crc_bytes(const uint8_t *bytes, size_t n)
{
    uint32_t crc = ~0u;

    for (size_t i = 0; i < n; i++)
        crc = crc_more(crc, bytes[i]);
    return ~crc;
}

/* Of four bytes each, the highest first. */
static uint32_t crc_pixels(const struct tile_picture *p)
{
    uint32_t crc = ~0u;

    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++)
            for (int shift = 24; shift >= 0; shift -= 8)
                crc = crc_more(crc, (uint8_t)(p->pixels[y * p->stride + x] >> shift));
    return ~crc;
}

/* --- the file --- */

struct vector {
    char name[64];
    bool cursor;
    struct tile_decoder *decoder;
    struct tile_picture picture;
    unsigned units;
};

static void begin_vector(struct vector *v, const char *kind, const char *name)
{
    tile_decoder_destroy(v->decoder);
    free(v->picture.pixels);
    *v = (struct vector){.cursor = strcmp(kind, "cursor") == 0, .units = v->units};
    snprintf(v->name, sizeof v->name, "%s", name);
    v->decoder = tile_decoder_create();
    assert_non_null(v->decoder);
}

/* A block of exactly the picture's size. */
static void provide(struct vector *v, const struct tile_head *h)
{
    struct tile_picture *p = &v->picture;

    if (h->key && (p->width != h->width || p->height != h->height)) {
        free(p->pixels);
        *p = (struct tile_picture){.stride = h->width, .width = h->width, .height = h->height};
        p->pixels = calloc((size_t)h->width * h->height, sizeof *p->pixels);
        assert_non_null(p->pixels);
    }
    if (h->key)
        p->depth = h->depth;
}

static void say_screen(struct vector *v, const uint8_t *unit, size_t len, char out[160])
{
    static uint32_t none[1];
    struct tile_head h;
    enum tile_result r = TILE_BAD;

    if (tile_head_read(unit, len, &h)) {
        struct tile_picture other = {none, h.width, h.width, h.height, h.depth};

        provide(v, &h);
        r = tile_decode(v->decoder, unit, len, v->picture.pixels == NULL ? &other : &v->picture,
                        NULL, NULL);
    }
    if (r == TILE_OK)
        snprintf(out, 160, "%08" PRIx32, crc_pixels(&v->picture));
    else
        strcpy(out, r == TILE_BAD ? "bad" : "ignored");
}

static void say_cursor(const uint8_t *unit, size_t len, char out[160])
{
    static struct tile_cursor c;
    static uint8_t argb[sizeof c.argb];
    size_t n = 0;

    if (!tile_cursor_decode(unit, len, &c)) {
        strcpy(out, "bad");
        return;
    }
    int at = snprintf(out, 160, "%d:%" PRId32 ":%" PRId32, (int)c.kind, c.x, c.y);
    if (c.kind != TILE_CURSOR_SHAPE)
        return;
    for (size_t i = 0; i < (size_t)c.width * c.height; i++, n += 4)
        tile_put_u32(argb + n, c.argb[i]);
    snprintf(out + at, 160 - (size_t)at, ":%u:%u:%u:%u:%08" PRIx32, c.width, c.height, c.hot_x,
             c.hot_y, crc_bytes(argb, n));
}

static void take_line(struct vector *v, char *line)
{
    static uint8_t unit[MAX_UNIT];
    char *first = strtok(line, " \n"), *second = strtok(NULL, " \n"), got[160];

    assert_non_null(second);
    if (strcmp(first, "screen") == 0 || strcmp(first, "cursor") == 0) {
        begin_vector(v, first, second);
        return;
    }
    assert_true(strlen(second) <= 2 * sizeof unit);
    size_t len = strlen(second) / 2;
    assert_true(hex_parse(second, len, unit));
    uint8_t *exact = malloc(len > 0 ? len : 1); /* a sanitizer sees one byte too many */
    assert_non_null(exact);
    memcpy(exact, unit, len);
    if (v->cursor)
        say_cursor(exact, len, got);
    else
        say_screen(v, exact, len, got);
    free(exact);
    v->units++;
    if (strcmp(got, first) != 0)
        fail_msg("%s: %s in place of %s", v->name, got, first);
}

static void decoder_gives_the_known_answers(void **state)
{
    static char line[2 * MAX_UNIT + 256];
    struct vector v = {0};
    FILE *f = fopen(file_name, "re");

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL)
        if (line[0] != '#' && line[0] != '\n')
            take_line(&v, line);
    fclose(f);
    print_message("%u units\n", v.units);
    assert_in_range(v.units, 300, 100000);
    tile_decoder_destroy(v.decoder);
    free(v.picture.pixels);
}

/* --- the encoder --- */

/* Flat, drawn, shaded, noisy places and a photograph, 100 x 100 each. */
static void paint(const struct tile_picture *p, uint32_t salt)
{
    uint32_t seed = salt;

    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++) {
            uint32_t grain = (x * 7919 + y * 104729 + salt * 15485863) * 2654435761u >> 29;
            uint32_t at = (x / 2 + y / 3 + salt * 5) % 160, v = at < 80 ? at : 160 - at;
            uint32_t noise = seed = seed * 1664525u + 1013904223u;
            uint32_t all[] = {0x204060u,
                              x * y % 7 == 0 ? 0u : 0xffffffu,
                              0x010101u * ((x * 3 + y) % 90),
                              (x * 2 & 255) << 16 | (y * 3 & 255) << 8 | ((x + y) & 255),
                              noise >> 3,
                              (v + 60 + grain) << 16 | (v / 2 + 90 + grain) << 8 |
                                  (140 - v + grain)};

            v = all[(x / 100 + y / 100 * 3 + salt) % 6] & 0xffffff;
            if (p->depth == 30)
                v = (v & 0xff0000) << 6 | (v & 0xff00) << 4 | (v & 0xff) << 2 | (x & 3);
            p->pixels[y * p->stride + x] = v;
        }
}

struct made {
    struct tile_encoder *e;
    struct tile_picture p;
    uint32_t update, crc;
    size_t bytes;
};

static void make_update(struct made *m, const struct tile_update *u)
{
    static uint8_t unit[MAX_UNIT];
    size_t n;

    m->update++;
    tile_encoder_begin(m->e, &m->p, u, m->update, 1000 * m->update);
    while ((n = tile_encoder_unit(m->e, unit)) > 0) {
        m->bytes += n;
        for (size_t i = 0; i < n; i++)
            m->crc = crc_more(m->crc, unit[i]);
    }
}

/* A whole picture, a moved part of it, another picture in two ways, a covered one that comes back;
   what was rough made exact. */
static void make_all(struct made *m)
{
    static struct tile_changes changes;
    static uint32_t was[300 * 200];
    struct tile_picture before = m->p;
    struct tile_set some = {0};
    const struct tile_copy copy = {{10, 20, 100, 90}, 30, 25};

    paint(&m->p, 1);
    tile_changes_fill(&changes, 300, 200);
    make_update(m, &(struct tile_update){.changes = &changes, .key = true, .what = TILE_PART});
    make_update(m, &(struct tile_update){.changes = &changes, .copies = &copy, .n_copies = 1});
    for (uint32_t salt = 2; salt < 5; salt++) {
        memcpy(was, m->p.pixels, sizeof was);
        before.pixels = was;
        paint(&m->p, salt == 4 ? 2 : salt);
        tile_set_fill(&some, tile_count(300, 200));
        tile_encoder_cover(m->e, &before, &m->p, &some, 100000 * salt);
        make_update(m, &(struct tile_update){.changes = &changes, .quick = salt == 3});
    }
    tile_encoder_turn(m->e);
    tile_encoder_turn(m->e);
    if (tile_set_empty(tile_encoder_due(m->e)))
        return;
    tile_changes_from(&changes, 300, 200, tile_encoder_due(m->e));
    make_update(m, &(struct tile_update){.changes = &changes, .exact = true});
}

static void encoder_makes_the_known_bytes(void **state)
{
    static const struct {
        uint8_t depth;
        bool lossless;
        size_t bytes;
        uint32_t crc;
    } known[] = {{24, true, 257711, 0xbb546398},
                 {24, false, 235868, 0xfa4bb535},
                 {30, true, 319435, 0xdc5657f2},
                 {30, false, 293353, 0x895a6958}};

    bool same = true;

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct made m = {.crc = ~0u, .p = {NULL, 300, 300, 200, known[i].depth}};

        m.p.pixels = calloc(300 * 200, sizeof *m.p.pixels);
        m.e = tile_encoder_create(known[i].lossless);
        assert_true(m.p.pixels != NULL && m.e != NULL);
        make_all(&m);
        tile_encoder_destroy(m.e);
        free(m.p.pixels);
        print_message("depth %u, %s: %zu bytes, %08" PRIx32 "\n", known[i].depth,
                      known[i].lossless ? "exact" : "rough", m.bytes, ~m.crc);
        same = same && m.bytes == known[i].bytes && ~m.crc == known[i].crc;
    }
    assert_true(same);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoder_gives_the_known_answers),
        cmocka_unit_test(encoder_makes_the_known_bytes),
    };

    if (argc > 1)
        file_name = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
