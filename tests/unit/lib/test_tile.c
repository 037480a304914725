/* The tile format: what the encoder writes the decoder reads back exactly; what nobody may write it
 * refuses. */
#include "lib/tile/decode.h"
#include "lib/tile/encode.h"
#include "tests/unit/lib/chance.h"
#include "tests/unit/sanitized.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after the three headers it needs */
#include <cmocka.h>

static struct tile_picture picture_create(uint32_t w, uint32_t h, uint8_t depth)
{
    struct tile_picture p = {NULL, w + 3, w, h, depth};
    p.pixels = calloc(p.stride * h, 4);
    assert_non_null(p.pixels);
    return p;
}

/* A bit of everything: flat, few colours, many colours, smooth, noise; x bits set on purpose. */
static uint32_t pixel(uint32_t x, uint32_t y, uint32_t salt)
{
    switch ((x / 100 + y / 80 + salt) % 6) {
    case 0:
        return 0xff204060u;
    case 1:
        return x * y % 7 == 0 ? 0xff000000u : 0xffffffffu;
    case 2:
        return 0x01010101u * ((x * 3 + y) % 90);
    case 3:
        return ((x * 2) & 0xff) << 16 | ((y * 3) & 0xff) << 8 | ((x + y) & 0xff) | x << 30;
    case 4:
        return x / 4 * 0x35791bu ^ y / 5 * 0x1234567u;
    default:
        return draw();
    }
}

static void paint(const struct tile_picture *p, uint32_t salt)
{
    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++)
            p->pixels[y * p->stride + x] = pixel(x, y, salt);
}

static void assert_same(const struct tile_picture *a, const struct tile_picture *b)
{
    uint32_t mask = tile_mask(a->depth);
    for (uint32_t y = 0; y < a->height; y++)
        for (uint32_t x = 0; x < a->width; x++)
            if ((a->pixels[y * a->stride + x] & mask) != b->pixels[y * b->stride + x])
                fail_msg("pixel %u,%u of %ux%u depth %u", x, y, a->width, a->height, a->depth);
}

struct fixture {
    struct tile_encoder *e;
    struct tile_decoder *d;
    struct tile_set written;
    uint32_t width, height, units;
    uint8_t unit[MAX_UNIT];
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->e = tile_encoder_create(true);
    f->d = tile_decoder_create();
    *state = f;
    return f->e == NULL || f->d == NULL;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    tile_encoder_destroy(f->e);
    tile_decoder_destroy(f->d);
    free(f);
    return 0;
}

static void on_written(void *ctx, struct tile_rect r)
{
    struct fixture *f = ctx;
    tile_set_add_rect(&f->written, f->width, f->height, r.x, r.y, r.w, r.h);
}

/* Sends the update that was begun; the decoder must accept each unit. */
static size_t transfer(struct fixture *f, const struct tile_picture *to)
{
    size_t len, sum = 0;
    f->width = to->width;
    f->height = to->height;
    f->units = 0;
    tile_set_clear(&f->written);
    while ((len = tile_encoder_unit(f->e, f->unit)) > 0) {
        struct tile_head h;
        assert_true(len <= MAX_UNIT);
        assert_true(tile_head_read(f->unit, len, &h));
        assert_int_equal(h.last, !tile_encoder_busy(f->e));
        assert_int_equal(tile_decode(f->d, f->unit, len, to, on_written, f), TILE_OK);
        sum += len;
        f->units++;
    }
    return sum;
}

static struct tile_changes changes; /* large */

static void begin_whole(struct fixture *f, const struct tile_picture *p, uint32_t update)
{
    const struct tile_update u = {.changes = &changes, .key = true};
    tile_changes_fill(&changes, p->width, p->height);
    tile_encoder_begin(f->e, p, &u, update, 1000);
}

static void begin_some(struct fixture *f, const struct tile_picture *p, const struct tile_set *some,
                       uint32_t update)
{
    const struct tile_update u = {.changes = &changes};
    tile_changes_from(&changes, p->width, p->height, some);
    tile_encoder_begin(f->e, p, &u, update, 1001);
}

/* All of it, for a line that is not slow. */
static void begin_quick(struct fixture *f, const struct tile_picture *p, uint32_t update)
{
    const struct tile_update u = {.changes = &changes, .quick = true};
    tile_changes_fill(&changes, p->width, p->height);
    tile_encoder_begin(f->e, p, &u, update, 1002);
}

static void round_trip(struct fixture *f, uint32_t w, uint32_t h, uint8_t depth)
{
    struct tile_picture from = picture_create(w, h, depth), to = picture_create(w, h, depth);
    paint(&from, w + h);
    begin_whole(f, &from, 7);
    transfer(f, &to);
    assert_same(&from, &to);
    assert_int_equal(tile_set_size(&f->written), tile_count(w, h));

    struct tile_set some;
    tile_set_clear(&some);
    tile_set_add_rect(&some, w, h, w / 3, h / 3, 70, 1);
    for (uint32_t x = w / 3; x < w && x < w / 3 + 70; x++)
        from.pixels[h / 3 * from.stride + x] ^= 0x10101u;
    begin_some(f, &from, &some, 8);
    transfer(f, &to);
    assert_same(&from, &to);
    assert_memory_equal(&f->written, &some, sizeof some);

    paint(&from, w + h + 1);
    begin_quick(f, &from, 9);
    transfer(f, &to);
    assert_same(&from, &to);
    assert_int_equal(tile_set_size(&f->written), tile_count(w, h));
    free(from.pixels);
    free(to.pixels);
}

static void test_sizes(void **state)
{
    static const uint32_t sizes[][2] = {{1, 1},     {2, 3},      {63, 64},   {64, 64},
                                        {65, 63},   {1, 4320},   {7680, 1},  {127, 129},
                                        {640, 480}, {1280, 800}, {1366, 768}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        round_trip(*state, sizes[i][0], sizes[i][1], 24);
        round_trip(*state, sizes[i][0], sizes[i][1], 30);
    }
}

static void test_largest(void **state)
{
    if (!PROGRAMS_SANITIZED) /* there one depth shows what the size can do; test_sizes has both */
        round_trip(*state, MAX_SCREEN_W, MAX_SCREEN_H, 24);
    round_trip(*state, MAX_SCREEN_W, MAX_SCREEN_H, 30);
}

/* Noise does not compress: the worst case still fits its units. */
static void test_noise(void **state)
{
    struct fixture *f = *state;
    for (uint8_t depth = 24; depth <= 30; depth += 6) {
        struct tile_picture from = picture_create(1280, 800, depth);
        struct tile_picture to = picture_create(1280, 800, depth);
        for (size_t i = 0; i < from.stride * 800; i++)
            from.pixels[i] = draw();
        begin_whole(f, &from, 1);
        size_t bytes = transfer(f, &to);
        assert_true(bytes > 1280 * 800 * 3);
        assert_same(&from, &to);
        for (size_t i = 0; i < from.stride * 800; i++)
            from.pixels[i] = draw() % 3 ? draw() : 0; /* too much of it for a unit, as symbols */
        begin_quick(f, &from, 2);
        transfer(f, &to);
        assert_same(&from, &to);
        free(from.pixels);
        free(to.pixels);
    }
}

static void test_flat_is_tiny(void **state)
{
    struct fixture *f = *state;
    struct tile_picture from = picture_create(1920, 1080, 24), to = picture_create(1920, 1080, 24);
    begin_whole(f, &from, 1);
    assert_int_equal(transfer(f, &to), TILE_HEAD_BYTES + 9);
    free(from.pixels);
    free(to.pixels);
}

/* Tiles that change while they wait leave in their newest state. */
static void test_newest_state_wins(void **state)
{
    struct fixture *f = *state;
    struct tile_picture from = picture_create(1280, 800, 24), to = picture_create(1280, 800, 24);
    paint(&from, 5);
    for (size_t i = 0; i < from.stride * 800; i++)
        from.pixels[i] ^= draw() & 0x070707u;
    begin_whole(f, &from, 1);
    size_t len = tile_encoder_unit(f->e, f->unit);
    assert_true(tile_encoder_busy(f->e));
    assert_int_equal(tile_decode(f->d, f->unit, len, &to, NULL, NULL), TILE_OK);
    from.pixels[799 * from.stride + 1279] = 0x123456;
    transfer(f, &to);
    assert_same(&from, &to);
    free(from.pixels);
    free(to.pixels);
}

/* What changes is found a row of 16 tiles at a time; only in the first `rows` of 16 it is anything.
 */
struct finding {
    uint32_t row, rows;
};

static const struct tile_changes *find_row(void *ctx, uint32_t *ahead)
{
    struct finding *f = ctx;
    struct tile_set set = {0};
    for (uint32_t i = 0; i < 16 && f->row < f->rows; i++)
        tile_set_add(&set, f->row * 16 + i);
    tile_changes_from(&changes, 1024, 1024, &set);
    *ahead = 256 - 16 * ++f->row;
    return &changes;
}

/* Each unit but the last is followed by another, and none is empty, wherever a unit ends. The first
   ends with a row, when nobody knows yet that no other has changed. Fails when a unit is judged by
   what was found until it was full. */
static void test_found_meanwhile(void **state)
{
    struct fixture *f = *state;
    struct tile_picture from = picture_create(1024, 1024, 24), to = picture_create(1024, 1024, 24);
    paint(&from, 0);
    begin_whole(f, &from, 1);
    transfer(f, &to);
    for (uint32_t n = 0; n < 4; n++) {
        struct finding found = {.rows = 1 + 5 * n};
        const struct tile_update u = {
            .changes = &changes, .more = find_row, .ctx = &found, .ahead = 256};
        for (uint32_t i = 0; i < 1024 * 64 * found.rows; i++)
            from.pixels[i / 1024 * from.stride + i % 1024] = i / (40 + n) % 7 * 0x123456u;
        tile_set_clear(&changes.set);
        tile_encoder_begin(f->e, &from, &u, n + 2, 1000);
        assert_true(transfer(f, &to) > TILE_HEAD_BYTES * f->units);
        assert_same(&from, &to);
        assert_int_equal(found.row, 16);
        assert_true(n > 0 || f->units == 1);
    }
    free(from.pixels);
    free(to.pixels);
}

/* The first unit of a whole picture says what of the screen it is, and no other. */
static void test_what(void **state)
{
    struct fixture *f = *state;
    struct tile_picture from = picture_create(1280, 800, 24), to = picture_create(1280, 800, 24);
    struct tile_head h;
    for (size_t i = 0; i < from.stride * 800; i++)
        from.pixels[i] = draw();
    for (uint8_t what = TILE_WHOLE; what <= TILE_PART; what++) {
        const struct tile_update u = {.changes = &changes, .key = true, .what = what};
        tile_changes_fill(&changes, 1280, 800);
        tile_encoder_begin(f->e, &from, &u, what + 1u, 1000);
        size_t len = tile_encoder_unit(f->e, f->unit);
        assert_true(tile_head_read(f->unit, len, &h) && h.key && !h.last);
        assert_int_equal(h.what, what);
        assert_int_equal(tile_decode(f->d, f->unit, len, &to, NULL, NULL), TILE_OK);
        while ((len = tile_encoder_unit(f->e, f->unit)) > 0) {
            assert_true(tile_head_read(f->unit, len, &h));
            assert_int_equal(h.what, 0);
            assert_int_equal(tile_decode(f->d, f->unit, len, &to, NULL, NULL), TILE_OK);
        }
    }
    assert_same(&from, &to);
    free(from.pixels);
    free(to.pixels);
}

/* --- what the decoder refuses --- */

static void assert_refused(struct fixture *f, const struct tile_picture *p, size_t len)
{
    struct tile_decoder *d = tile_decoder_create();
    assert_int_equal(tile_decode(d, f->unit, len, p, NULL, NULL), TILE_BAD);
    tile_decoder_destroy(d);
}

static size_t key_unit(struct fixture *f, const struct tile_picture *p)
{
    begin_whole(f, p, 1);
    size_t len = tile_encoder_unit(f->e, f->unit);
    assert_false(tile_encoder_busy(f->e));
    return len;
}

static void test_bad_head(void **state)
{
    static const struct {
        uint8_t at, value;
    } bad[] = {{0, 6},    {0, 8},  {1, 4}, {1, 6},     {1, 15},
               {1, 0x83}, {2, 32}, {2, 0}, {11, 0xff}, {13, 0xff}};
    struct fixture *f = *state;
    struct tile_picture p = picture_create(100, 70, 24);
    paint(&p, 1);
    size_t len = key_unit(f, &p);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t kept = f->unit[bad[i].at];
        f->unit[bad[i].at] = bad[i].value;
        assert_refused(f, &p, len);
        f->unit[bad[i].at] = kept;
    }
    assert_int_equal(tile_decode(f->d, f->unit, len, &p, NULL, NULL), TILE_OK);
    free(p.pixels);
}

/* As QUICK: each prefix is refused, and so is one byte more. */
static void test_quick_cut_and_longer(void **state)
{
    struct fixture *f = *state;
    struct tile_picture p = picture_create(100, 70, 24);
    paint(&p, 1);
    tile_decoder_destroy(f->d);
    size_t len = key_unit(f, &p), n = 0, quick;
    uint8_t key[MAX_UNIT];
    memcpy(key, f->unit, len);
    begin_quick(f, &p, 2);
    quick = tile_encoder_unit(f->e, f->unit);
    assert_false(tile_encoder_busy(f->e));
    assert_non_null(memchr(f->unit + TILE_HEAD_BYTES, TILE_OP_QUICK, quick - TILE_HEAD_BYTES));
    for (f->unit[quick] = 0; n <= quick + 1; n += n + 99 < quick ? 7 : 1) {
        f->d = tile_decoder_create();
        assert_int_equal(tile_decode(f->d, key, len, &p, NULL, NULL), TILE_OK);
        assert_int_equal(tile_decode(f->d, f->unit, n, &p, NULL, NULL),
                         n == quick ? TILE_OK : TILE_BAD);
        tile_decoder_destroy(f->d);
    }
    f->d = NULL;
    free(p.pixels);
}

/* Each prefix is refused, and so is one byte more. */
static void test_cut_and_longer(void **state)
{
    struct fixture *f = *state;
    struct tile_picture p = picture_create(100, 70, 24);
    paint(&p, 1);
    size_t len = key_unit(f, &p);
    for (size_t n = 0; n < len; n++)
        assert_refused(f, &p, n);
    f->unit[len] = 0;
    assert_refused(f, &p, len + 1);
    free(p.pixels);
}

static void head(uint8_t *u, uint8_t flags, uint32_t update, uint32_t w, uint32_t h)
{
    u[0] = TILE_VERSION;
    u[1] = flags;
    u[2] = 24;
    tile_put_u32(u + 3, update);
    tile_put_u32(u + 7, 0);
    tile_put_u16(u + 11, w);
    tile_put_u16(u + 13, h);
}

static size_t fill(uint8_t *u, size_t at, uint32_t first, uint32_t count, uint32_t colour)
{
    u[at] = TILE_OP_FILL;
    tile_put_u16(u + at + 1, first);
    tile_put_u16(u + at + 3, count);
    tile_put_u32(u + at + 5, colour);
    return at + 9;
}

static void test_bad_fill(void **state)
{
    static const struct {
        uint32_t first, count, colour;
    } bad[] = {{0, 5, 0}, {4, 1, 0}, {3, 2, 0}, {0, 0, 0}, {65535, 65535, 0}, {0, 4, 0x1000000}};
    struct fixture *f = *state;
    struct tile_picture p = picture_create(100, 70, 24); /* four tiles */
    head(f->unit, TILE_FLAG_KEY, 1, 100, 70);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(f, &p,
                       fill(f->unit, TILE_HEAD_BYTES, bad[i].first, bad[i].count, bad[i].colour));
    /* three times the same tiles: more work than two pictures */
    size_t len = fill(f->unit, fill(f->unit, TILE_HEAD_BYTES, 0, 4, 1), 0, 4, 1);
    assert_refused(f, &p, fill(f->unit, len, 0, 1, 1));
    free(p.pixels);
}

static size_t copy(uint8_t *u, const uint16_t v[6])
{
    u[TILE_HEAD_BYTES] = TILE_OP_COPY;
    for (uint32_t i = 0; i < 6; i++)
        tile_put_u16(u + TILE_HEAD_BYTES + 1 + 2 * i, v[i]);
    return TILE_HEAD_BYTES + TILE_COPY_BYTES;
}

static void start_with_key(struct fixture *f, const struct tile_picture *p)
{
    tile_decoder_destroy(f->d);
    f->d = tile_decoder_create();
    size_t len = key_unit(f, p);
    assert_int_equal(tile_decode(f->d, f->unit, len, p, NULL, NULL), TILE_OK);
}

/* from x, y; to x, y, w, h: outside, empty, more than there is, and in a KEY picture */
static void test_bad_copy(void **state)
{
    static const uint16_t bad[][6] = {{1, 0, 0, 0, 100, 1}, {0, 1, 0, 0, 1, 70},
                                      {0, 0, 1, 0, 100, 1}, {0, 0, 0, 1, 1, 70},
                                      {0, 0, 0, 0, 0, 1},   {0, 0, 0, 0, 1, 0},
                                      {0, 0, 0, 0, 101, 1}, {65535, 65535, 1, 1, 1, 1},
                                      {0, 0, 99, 69, 2, 1}, {0, 0, 65535, 0, 65535, 1}};
    static const uint16_t good[6] = {0, 0, 1, 1, 99, 69};
    struct fixture *f = *state;
    struct tile_picture p = picture_create(100, 70, 24);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        start_with_key(f, &p);
        head(f->unit, TILE_FLAG_LAST, 2, 100, 70);
        size_t len = copy(f->unit, bad[i]);
        assert_int_equal(tile_decode(f->d, f->unit, len, &p, NULL, NULL), TILE_BAD);
    }
    start_with_key(f, &p);
    head(f->unit, TILE_FLAG_LAST, 2, 100, 70);
    size_t len = copy(f->unit, good);
    assert_int_equal(tile_decode(f->d, f->unit, len - 1, &p, NULL, NULL), TILE_BAD);
    start_with_key(f, &p);
    head(f->unit, TILE_FLAG_LAST, 2, 100, 70);
    len = copy(f->unit, good);
    assert_int_equal(tile_decode(f->d, f->unit, len, &p, NULL, NULL), TILE_OK);
    f->unit[1] = TILE_FLAG_KEY;
    assert_refused(f, &p, len);
    free(p.pixels);
}

/* Rectangles of one unit may have twice the picture's pixels, and no more. */
static void test_too_much_work(void **state)
{
    static const uint16_t whole[6] = {0, 0, 0, 0, 100, 70};
    struct fixture *f = *state;
    struct tile_picture p = picture_create(100, 70, 24);
    for (size_t n = 1; n <= 3; n++) {
        start_with_key(f, &p);
        head(f->unit, TILE_FLAG_LAST, 2, 100, 70);
        copy(f->unit, whole);
        for (size_t i = 1; i < n; i++)
            memcpy(f->unit + TILE_HEAD_BYTES + i * TILE_COPY_BYTES, f->unit + TILE_HEAD_BYTES,
                   TILE_COPY_BYTES);
        size_t len = TILE_HEAD_BYTES + n * TILE_COPY_BYTES;
        assert_int_equal(tile_decode(f->d, f->unit, len, &p, NULL, NULL),
                         n <= 2 ? TILE_OK : TILE_BAD);
    }
    free(p.pixels);
}

static enum tile_result decode_fill(struct fixture *f, const struct tile_picture *p, uint8_t flags,
                                    uint32_t update, uint32_t count)
{
    head(f->unit, flags, update, 100, 70);
    size_t len = fill(f->unit, TILE_HEAD_BYTES, 0, count, update & 0xff);
    return tile_decode(f->d, f->unit, len, p, NULL, NULL);
}

static void test_order(void **state)
{
    enum { KEY = TILE_FLAG_KEY, LAST = TILE_FLAG_LAST };
    struct fixture *f = *state;
    struct tile_picture p = picture_create(100, 70, 24);
    assert_int_equal(decode_fill(f, &p, LAST, 5, 1), TILE_NEED_KEY);
    assert_int_equal(decode_fill(f, &p, KEY, 5, 4), TILE_OK);
    assert_int_equal(decode_fill(f, &p, LAST, 5, 1), TILE_OK);
    assert_int_equal(decode_fill(f, &p, 0, 6, 1), TILE_OK);
    assert_int_equal(decode_fill(f, &p, KEY, 90, 4), TILE_OK); /* a KEY may come at any time */
    assert_int_equal(decode_fill(f, &p, LAST, 91, 1), TILE_BAD);

    tile_decoder_destroy(f->d);
    f->d = tile_decoder_create();
    assert_int_equal(decode_fill(f, &p, KEY | LAST, 0xffffffff, 4), TILE_OK);
    assert_int_equal(decode_fill(f, &p, LAST, 0, 1), TILE_OK);
    assert_int_equal(decode_fill(f, &p, LAST, 0, 1), TILE_BAD);
    free(p.pixels);
}

/* A KEY picture that leaves a tile out would show what was there before. */
static void test_key_must_be_whole(void **state)
{
    struct fixture *f = *state;
    struct tile_picture p = picture_create(100, 70, 24);
    assert_int_equal(decode_fill(f, &p, TILE_FLAG_KEY | TILE_FLAG_LAST, 1, 3), TILE_BAD);
    free(p.pixels);
}

static void test_other_size(void **state)
{
    struct fixture *f = *state;
    struct tile_picture p = picture_create(100, 71, 24);
    assert_int_equal(decode_fill(f, &p, TILE_FLAG_KEY, 1, 4), TILE_BAD);
    free(p.pixels);
}

/* Any changed byte is either refused or decodes to something inside the picture. Under the
 * sanitizers, where a fresh decoder takes milliseconds, FUZZ_N more are tests/fuzz/fuzz_tile.c's.
 */
static void test_flipped_bytes(void **state)
{
    const int rounds = PROGRAMS_SANITIZED ? 2000 : 20000;
    struct fixture *f = *state;
    struct tile_picture p = picture_create(200, 100, 24);
    paint(&p, 2);
    size_t len = key_unit(f, &p);
    uint8_t good[MAX_UNIT];
    memcpy(good, f->unit, len);
    for (int i = 0; i < rounds; i++) {
        memcpy(f->unit, good, len);
        for (uint32_t n = draw() % 3 + 1; n > 0; n--)
            f->unit[draw() % len] = (uint8_t)draw();
        struct tile_decoder *d = tile_decoder_create();
        (void)tile_decode(d, f->unit, len, &p, NULL, NULL);
        tile_decoder_destroy(d);
    }
    free(p.pixels);
}

static void test_set(void **state)
{
    (void)state;
    struct tile_set s;
    tile_set_clear(&s);
    assert_true(tile_set_empty(&s));
    tile_set_add_rect(&s, 200, 200, -50, -50, 50, 500);
    assert_true(tile_set_empty(&s));
    tile_set_add_rect(&s, 200, 200, -50, 63, 51, 2);
    assert_int_equal(tile_set_size(&s), 2);
    assert_true(tile_set_has(&s, 0) && tile_set_has(&s, 4));
    tile_set_add_rect(&s, 200, 200, 199, 199, 9000000000, 1);
    assert_int_equal(tile_set_next(&s, 5), 15);
    tile_set_fill(&s, TILES_MAX);
    assert_int_equal(tile_set_size(&s), TILES_MAX);
    assert_int_equal(tile_set_next(&s, TILES_MAX - 1), TILES_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sizes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_largest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_noise, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_flat_is_tiny, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_newest_state_wins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_found_meanwhile, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_head, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cut_and_longer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_quick_cut_and_longer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_fill, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_copy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_too_much_work, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_key_must_be_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_flipped_bytes, set_up, tear_down),
        cmocka_unit_test(test_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
