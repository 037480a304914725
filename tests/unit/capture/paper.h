/*
 * A sender with a source, a way out and a clock of paper, around one test: `paper` is what it
 * reads, `viewer` decodes what leaves. Included by the tests of the sender.
 */
#ifndef TESTS_UNIT_CAPTURE_PAPER_H
#define TESTS_UNIT_CAPTURE_PAPER_H
#include "capture/sender.h"
#include "lib/tile/decode.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

#ifndef PAPER_SIZE
#define PAPER_SIZE W = 300, H = 400
#endif
enum { PAPER_SIZE, SECRET = 0xff00fe };

/* --- the source: a picture in memory, a window that may be hidden --- */

struct paper {
    struct source base;
    uint32_t w, h;
    uint32_t pixels[W * H], read[W * H];
    struct source_news news;
    enum source_result next; /* of grab, once */
    uint32_t hidden[4];
    size_t n_hidden, grabs, asked;
    uint32_t question;
    struct tile_set wanted;
    bool broken, destroyed;
    struct tile_cursor pointer;
    uint32_t serial;
};

static struct paper paper;

static enum source_result paper_fit(struct source *s, struct source_size *size)
{
    (void)s;
    *size = (struct source_size){paper.w, paper.h, 24};
    return paper.broken ? SOURCE_FAILED : SOURCE_OK;
}

static bool paper_pump(struct source *s, struct source_news *news)
{
    (void)s;
    *news = paper.news;
    paper.news = (struct source_news){0};
    return !paper.broken;
}

static void paper_hide(struct source *s, const uint32_t *windows, size_t n)
{
    (void)s;
    if (n > 0)
        memcpy(paper.hidden, windows, n * sizeof *windows);
    paper.n_hidden = n;
}

/* Each hidden window n covers 10 x 10 at 10n,0. */
static enum source_result paper_grab(struct source *s, struct tile_set *want,
                                     struct source_grab *out)
{
    enum source_result r = paper.next;
    (void)s;
    paper.next = SOURCE_OK;
    paper.grabs++;
    paper.wanted = *want;
    if (r != SOURCE_OK)
        return r;
    memcpy(paper.read, paper.pixels, sizeof paper.read);
    out->n_pieces = 1;
    out->pieces[0] = (struct source_piece){{0, 0, paper.w, paper.h}, paper.read};
    out->n_hidden = paper.n_hidden;
    for (size_t i = 0; i < paper.n_hidden; i++)
        out->hidden[i] = (struct source_rect){(int32_t)paper.hidden[i] * 10, 0, 10, 10};
    return SOURCE_OK;
}

static void paper_shade(struct source *s, const struct source_rect *places, size_t n,
                        struct source_grab *in)
{
    (void)s;
    memcpy(in->hidden + in->n_hidden, places, n * sizeof *places);
    in->n_hidden += n;
}

static bool paper_cursor(struct source *s, struct tile_cursor *out, uint32_t *serial)
{
    (void)s;
    *out = paper.pointer;
    *serial = paper.serial;
    return true;
}

static void paper_destroy(struct source *s)
{
    (void)s;
    paper.destroyed = true;
}

static const struct source_ops paper_ops = {.fit = paper_fit,
                                            .pump = paper_pump,
                                            .hide = paper_hide,
                                            .grab = paper_grab,
                                            .shade = paper_shade,
                                            .cursor = paper_cursor,
                                            .destroy = paper_destroy};

static void paper_change(uint32_t x, uint32_t y, uint32_t colour)
{
    paper.pixels[y * paper.w + x] = colour;
    tile_set_add_rect(&paper.news.damaged, paper.w, paper.h, x, y, 1, 1);
}

/* Another picture in so many rows, which does not compress. */
static __attribute__((unused)) void paper_rows(uint32_t rows, uint32_t page)
{
    uint32_t noise = page;
    for (uint32_t i = 0; i < W * rows; i++) {
        noise = noise * 1664525u + 1013904223u;
        paper.pixels[i] = noise >> 8 & 0x7fffff;
    }
    tile_set_fill(&paper.news.damaged, tile_count(W, H));
}

/* --- the way out: a decoder --- */

static struct {
    bool full, lost;
    size_t bytes;
    uint32_t units, keys, updates, running, cursors, pixels[W * H];
    struct tile_picture picture;
    struct tile_decoder *decoder;
    enum tile_cursor_kind cursor;
} viewer;

static enum sender_out take_screen(void *ctx, bool key, const uint8_t *unit, size_t len)
{
    struct tile_head h;
    (void)ctx;
    if (viewer.full || viewer.lost)
        return viewer.lost ? SENDER_LOST : SENDER_FULL;
    assert_true(tile_head_read(unit, len, &h));
    assert_true(len > TILE_HEAD_BYTES); /* it says something */
    assert_int_equal(h.key, key);
    viewer.picture = (struct tile_picture){viewer.pixels, h.width, h.width, h.height, h.depth};
    assert_int_equal(tile_decode(viewer.decoder, unit, len, &viewer.picture, NULL, NULL), TILE_OK);
    viewer.units++;
    viewer.bytes += len;
    viewer.keys += key;
    viewer.updates += h.last;
    return SENDER_SENT;
}

static enum sender_out take_cursor(void *ctx, bool key, const uint8_t *unit, size_t len)
{
    static struct tile_cursor c;
    (void)ctx;
    if (viewer.full)
        return SENDER_FULL;
    assert_true(tile_cursor_decode(unit, len, &c));
    assert_int_equal(key, c.kind != TILE_CURSOR_MOVED);
    viewer.cursor = c.kind;
    viewer.cursors++;
    return SENDER_SENT;
}

static void take_running(void *ctx, uint32_t w, uint32_t h)
{
    (void)ctx;
    assert_int_equal(w, paper.w);
    assert_int_equal(h, paper.h);
    viewer.running++;
}

static const struct sender_way way = {
    .screen = take_screen, .cursor = take_cursor, .running = take_running};
static struct sender sender;

static int set_up_sender(bool lossless)
{
    memset(&paper, 0, sizeof paper);
    memset(&viewer, 0, sizeof viewer);
    viewer.decoder = tile_decoder_create();
    paper.base.ops = &paper_ops;
    paper.w = W;
    paper.h = H;
    for (uint32_t i = 0; i < W * H; i++)
        paper.pixels[i] = i * 2654435761u & 0xffffff;
    return !sender_init(&sender, &paper.base, &way, lossless);
}

static __attribute__((unused)) int set_up(void **state)
{
    (void)state;
    return set_up_sender(true);
}

static int tear_down(void **state)
{
    (void)state;
    sender_finish(&sender);
    tile_decoder_destroy(viewer.decoder);
    return !paper.destroyed;
}

/* Steps until there is nothing to do at once. */
static __attribute__((unused)) enum sender_next steps(uint64_t now_ms)
{
    for (int i = 0; i < 100; i++) {
        enum sender_next n = sender_step(&sender, now_ms);
        if (n != SENDER_AGAIN)
            return n;
    }
    fail_msg("never comes to rest");
    return SENDER_FAILED;
}

static __attribute__((unused)) void assert_exact(void)
{
    assert_memory_equal(viewer.pixels, paper.pixels, (size_t)paper.w * paper.h * 4);
}

#endif
