/* What is put on the shelf and brought back: exactly, for few bytes, only what has rested, and
 * never anything that is not there. */
#include "lib/tile/decode.h"
#include "lib/tile/encode.h"
#include "lib/tile/pixels.h"
#include "lib/tile/recall.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* after the three headers it needs */
#include <cmocka.h>

static uint32_t seed = 1;

static uint32_t draw(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

struct fixture {
    struct tile_encoder *e;
    struct tile_decoder *d;
    struct tile_picture was, now, viewer;
    struct tile_changes changes;
    uint32_t update, now_ms;
    uint8_t unit[MAX_UNIT];
};

static struct tile_picture picture_create(uint32_t w, uint32_t h)
{
    struct tile_picture p = {calloc((size_t)w * h, 4), w, w, h, 24};
    assert_non_null(p.pixels);
    return p;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->e = tile_encoder_create(true);
    f->d = tile_decoder_create();
    f->now_ms = 10000;
    *state = f;
    return f->e == NULL || f->d == NULL;
}

static void drop_pictures(struct fixture *f)
{
    free(f->was.pixels);
    free(f->now.pixels);
    free(f->viewer.pixels);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    tile_encoder_destroy(f->e);
    tile_decoder_destroy(f->d);
    drop_pictures(f);
    free(f);
    return 0;
}

/* As the sender does it: the encoder reads `was`, which becomes `now` before. */
static size_t transfer(struct fixture *f)
{
    size_t len, sum = 0, bytes = (size_t)f->was.width * f->was.height * 4;
    while ((len = tile_encoder_unit(f->e, f->unit)) > 0) {
        assert_int_equal(tile_decode(f->d, f->unit, len, &f->viewer, NULL, NULL), TILE_OK);
        sum += len;
    }
    assert_memory_equal(f->viewer.pixels, f->now.pixels, bytes);
    return sum;
}

static size_t send_key(struct fixture *f)
{
    const struct tile_update u = {.changes = &f->changes, .key = true};
    memcpy(f->was.pixels, f->now.pixels, (size_t)f->was.width * f->was.height * 4);
    tile_changes_fill(&f->changes, f->was.width, f->was.height);
    tile_encoder_begin(f->e, &f->was, &u, ++f->update, f->now_ms);
    return transfer(f);
}

static bool box_of(const struct fixture *f, struct tile_rect t, struct tile_box *b)
{
    *b = (struct tile_box){TILE_SIDE, TILE_SIDE, 0, 0};
    for (uint32_t y = 0; y < t.h; y++)
        for (uint32_t x = 0; x < t.w; x++) {
            size_t at = (t.y + y) * f->was.stride + t.x + x;
            if (f->was.pixels[at] == f->now.pixels[at])
                continue;
            b->x1 = (uint8_t)(x < b->x1 ? x : b->x1);
            b->x2 = (uint8_t)(x >= b->x2 ? x + 1 : b->x2);
            b->y1 = (uint8_t)(y < b->y1 ? y : b->y1);
            b->y2 = (uint8_t)(y + 1);
        }
    return b->y2 > 0;
}

static void find_changes(struct fixture *f)
{
    tile_set_clear(&f->changes.set);
    for (uint32_t i = 0; i < tile_count(f->was.width, f->was.height); i++)
        if (box_of(f, tile_place(f->was.width, f->was.height, i), &f->changes.box[i]))
            tile_set_add(&f->changes.set, i);
}

/* What differs, after a rest of so long; returns the bytes. */
static size_t send(struct fixture *f, uint32_t rest_ms)
{
    const struct tile_update u = {.changes = &f->changes};
    find_changes(f);
    if (tile_set_empty(&f->changes.set))
        return 0;
    f->now_ms += rest_ms;
    tile_encoder_cover(f->e, &f->was, &f->now, &f->changes.set, f->now_ms);
    memcpy(f->was.pixels, f->now.pixels, (size_t)f->was.width * f->was.height * 4);
    tile_encoder_begin(f->e, &f->was, &u, ++f->update, f->now_ms);
    return transfer(f);
}

static void paint(struct fixture *f, struct tile_rect r, uint32_t page)
{
    for (uint32_t y = r.y; y < r.y + r.h; y++)
        for (uint32_t x = r.x; x < r.x + r.w; x++)
            f->now.pixels[y * f->now.stride + x] = (x * 7 + y * 13 + page * 977) * 0x9e3779b1u >> 8;
}

static void open_pictures(struct fixture *f, uint32_t w, uint32_t h)
{
    drop_pictures(f);
    f->was = picture_create(w, h);
    f->now = picture_create(w, h);
    f->viewer = picture_create(w, h);
    paint(f, (struct tile_rect){0, 0, w, h}, 0);
    send_key(f);
}

/* A window opens over something, and closes; edges of the picture have tiles of other sizes. */
static void test_comes_back(void **state)
{
    const struct tile_rect window = {150, 90, 300, 310};
    struct fixture *f = *state;
    open_pictures(f, 450, 400);
    paint(f, window, 1);
    size_t opened = send(f, 1000);
    paint(f, window, 0);
    size_t closed = send(f, 1000);
    paint(f, window, 1);
    size_t again = send(f, 1000);
    assert_true(opened > 20000);
    assert_true(closed < 3000 && again < 3000);
}

/* Nothing that moves is kept: it would drive out what rests. */
static void test_only_what_rested(void **state)
{
    const struct tile_rect window = {0, 0, 256, 256};
    struct fixture *f = *state;
    open_pictures(f, 450, 400);
    paint(f, window, 1);
    send(f, 1000);
    paint(f, window, 2);
    send(f, RECALL_REST_MS - 1); /* page 1 had not rested */
    paint(f, window, 0);
    assert_true(send(f, 1000) < 3000);
    paint(f, window, 1);
    assert_true(send(f, 1000) > 20000);
}

/* A copy moves all of the page up, and something new comes below. */
static void move_up(struct fixture *f, struct tile_rect page, uint32_t rest_ms)
{
    const struct tile_copy up = {{page.x, page.y, page.w, page.h - 8}, page.x, page.y + 8};
    const struct tile_update u = {.changes = &f->changes, .copies = &up, .n_copies = 1};
    pixels_move(&f->now, up.to, up.from_x, up.from_y);
    paint(f, (struct tile_rect){page.x, page.y + page.h - 8, page.w, 8}, f->update + 1);
    find_changes(f);
    f->now_ms += rest_ms;
    tile_encoder_cover(f->e, &f->was, &f->now, &f->changes.set, f->now_ms);
    pixels_move(&f->was, up.to, up.from_x, up.from_y);
    find_changes(f);
    memcpy(f->was.pixels, f->now.pixels, (size_t)f->was.width * f->was.height * 4);
    tile_encoder_begin(f->e, &f->was, &u, ++f->update, f->now_ms);
    (void)transfer(f);
}

/* What a copy changes has changed, too: a dragged window is not kept in each of its places. */
static void test_not_what_is_moved(void **state)
{
    struct fixture *f = *state;
    const struct tile_rect page = {0, 0, 450, 192}; /* three rows of seven: not most of it */
    open_pictures(f, 450, 400);
    for (uint32_t i = 0; i < 3; i++) {
        move_up(f, page, i == 0 ? 1000 : 16);
        assert_int_equal(f->unit[TILE_HEAD_BYTES], i == 0 ? TILE_OP_SHELVE : TILE_OP_COPY);
    }
}

/* A letter changes little of its tile: nothing is put away for it. */
static void test_not_for_little(void **state)
{
    struct fixture *f = *state;
    open_pictures(f, 450, 400);
    paint(f, (struct tile_rect){10, 10, 8, 16}, 1);
    (void)send(f, 1000);
    assert_int_not_equal(f->unit[TILE_HEAD_BYTES], TILE_OP_SHELVE);
    paint(f, (struct tile_rect){64, 64, 64, 64}, 1);
    (void)send(f, 1000);
    assert_int_equal(f->unit[TILE_HEAD_BYTES], TILE_OP_SHELVE);
}

/* Who begins with a KEY unit has an empty shelf, so nobody's is used after one. */
static void test_key_forgets(void **state)
{
    const struct tile_rect window = {64, 64, 128, 128};
    struct fixture *f = *state;
    open_pictures(f, 450, 400);
    paint(f, window, 1);
    send(f, 1000);
    tile_decoder_destroy(f->d);
    f->d = tile_decoder_create();
    send_key(f);
    paint(f, window, 0);
    assert_true(send(f, 1000) > 10000);
}

/* More than the shelf holds: the oldest goes, the newest comes back. */
static void test_bounded(void **state)
{
    struct fixture *f = *state;
    struct tile_rect window = {0, 0, 64 * 16, 64 * 16}; /* 256 tiles of 400 */
    open_pictures(f, 64 * 20, 64 * 20);
    for (uint32_t page = 1; page <= 5; page++) {
        paint(f, window, page);
        assert_true(send(f, 1000) > 500000);
    }
    paint(f, window, 2); /* 1 to 4 are on the shelf; 5, put there now, drives out 1 */
    assert_true(send(f, 1000) < 2000);
    paint(f, window, 1);
    assert_true(send(f, 1000) > 500000);
}

/* Another picture altogether is not made later by what it replaces. */
static void test_not_all(void **state)
{
    struct fixture *f = *state;
    open_pictures(f, 64 * 20, 64 * 20);
    for (uint32_t page = 2; page-- > 0;) { /* more than RECALL_MOST */
        paint(f, (struct tile_rect){0, 0, 64 * 17, 64 * 16}, page);
        assert_true(send(f, 1000) > 500000);
    }
    open_pictures(f, 64 * 4, 64 * 4);
    for (uint32_t page = 2; page-- > 0;) { /* more than three quarters */
        paint(f, (struct tile_rect){0, 0, 64 * 4, 64 * 3 + 60}, page);
        assert_true(send(f, 1000) > 50000);
    }
}

/* Anything over anything, at any time. */
static void test_any_order(void **state)
{
    struct fixture *f = *state;
    open_pictures(f, 333, 222);
    for (int i = 0; i < 3000; i++) {
        struct tile_rect r = {draw() % 300, draw() % 200, 0, 0};
        r.w = 1 + draw() % (333 - r.x);
        r.h = 1 + draw() % (222 - r.y);
        paint(f, r, draw() % 3);
        if (draw() % 50 == 0)
            send_key(f);
        else
            send(f, draw() % 3 * 150);
    }
}

/* Much that is alike, of one colour or not, over the whole picture. */
static void test_much_alike(void **state)
{
    struct fixture *f = *state;
    open_pictures(f, 1280, 800);
    for (int i = 0; i < 60 * 20; i++) {
        uint32_t x = draw() % 1200, y = draw() % 700, w = draw() % (1280 - x) / 3;
        uint32_t h = draw() % (800 - y) / 3, colour = draw() % 5 * 0x123456;
        for (uint32_t v = y; v < y + h; v++)
            for (uint32_t u = x; u < x + w; u++)
                f->now.pixels[v * 1280 + u] = colour;
        if (i % 20 == 0)
            send(f, 1000);
    }
}

/* Tile 0 of a page: only row 63, which the hash does not see, is another one. */
static void paint_alike(struct tile_picture *p, uint32_t page)
{
    for (uint32_t y = 0; y < TILE_SIDE; y++)
        for (uint32_t x = 0; x < TILE_SIDE; x++)
            p->pixels[y * p->stride + x] = y == 63 ? page : x * y;
}

/* What a page makes alike does not make the search long: few of those with one hash are compared.
 */
static void test_few_compared(void **state)
{
    struct fixture *f = *state;
    struct recall *r = calloc(1, sizeof *r);
    struct recall_put puts[RECALL_MOST];
    struct tile_set changed = {0}, owed = {0};
    assert_true(r != NULL && recall_init(r));
    open_pictures(f, 128, 128);
    tile_set_add(&changed, 0);
    for (uint32_t page = 0; page <= RECALL_ALIKE; page++) {
        paint_alike(&f->was, page);
        assert_int_equal(
            recall_put_away(r, &f->was, &f->now, &changed, &owed, RECALL_REST_MS, puts), 1);
    }
    for (uint32_t page = 0; page <= RECALL_ALIKE; page++) {
        paint_alike(&f->was, page);
        assert_int_equal(recall_find(r, &f->was, 0), page == 0 ? RECALL_NONE : page);
    }
    recall_finish(r);
    free(r);
}

/* A KEY unit wipes what was put away, whatever comes into those slots later. */
static void test_forgotten_is_wiped(void **state)
{
    static const uint32_t nothing[TILE_SIDE];
    struct fixture *f = *state;
    struct shelf *s = shelf_create();
    assert_non_null(s);
    open_pictures(f, 450, 400);
    shelf_put(s, 0, &f->was, 0);
    shelf_put(s, MAX_SHELF - 1, &f->was, 1);
    shelf_put(s, MAX_SHELF - 1, &f->was, 7); /* two pixels wide: most of tile 1 is there still */
    shelf_forget(s);
    assert_false(shelf_fits(s, 0, &f->was, 0));
    for (uint32_t i = 0; i < 2; i++) { /* read all the same */
        shelf_get(s, i * (MAX_SHELF - 1), &f->was, i);
        for (size_t y = 0; y < TILE_SIDE; y++)
            assert_memory_equal(f->was.pixels + y * f->was.stride + i * TILE_SIDE, nothing,
                                sizeof nothing);
    }
    shelf_destroy(s);
}

/* Viewers have to hear of what was put away before more is: else the shelves differ for good. */
static void test_cover_is_told(void **state)
{
    struct fixture *f = *state;
    struct tile_set changed = {0};
    int status;
    open_pictures(f, 450, 400);
    paint(f, (struct tile_rect){0, 0, 64, 64}, 1);
    tile_set_add(&changed, 0);
    tile_encoder_cover(f->e, &f->was, &f->now, &changed, f->now_ms + 1000);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        tile_encoder_cover(f->e, &f->was, &f->now, &changed, f->now_ms + 2000);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* --- what the decoder refuses --- */

static size_t put_head(struct fixture *f, uint8_t flags)
{
    uint8_t *u = f->unit;
    u[0] = TILE_VERSION;
    u[1] = flags;
    u[2] = 24;
    tile_put_u32(u + 3, f->update + 1);
    tile_put_u32(u + 7, 0);
    tile_put_u16(u + 11, 450);
    tile_put_u16(u + 13, 400);
    return TILE_HEAD_BYTES;
}

static size_t put(struct fixture *f, size_t at, enum tile_op op, uint32_t first, uint32_t count,
                  uint32_t slot)
{
    f->unit[at] = (uint8_t)op;
    tile_put_u16(f->unit + at + 1, first);
    tile_put_u16(f->unit + at + 3, count);
    tile_put_u16(f->unit + at + 5, slot);
    return at + TILE_SHELF_BYTES;
}

static void expect(struct fixture *f, size_t len, enum tile_result r)
{
    assert_int_equal(tile_decode(f->d, f->unit, len, &f->viewer, NULL, NULL), r);
    if (r == TILE_OK) {
        f->update++;
        return;
    }
    tile_decoder_destroy(f->d);
    f->d = tile_decoder_create();
    send_key(f);
}

/* 450 x 400 has 8 x 7 tiles: number 7 is two pixels wide, number 48 is 16 high. */
static void test_refused(void **state)
{
    static const struct {
        enum tile_op op;
        uint32_t first, count, slot;
    } bad[] = {{TILE_OP_SHELVE, 56, 1, 0},        {TILE_OP_SHELVE, 55, 2, 0},
               {TILE_OP_SHELVE, 0, 0, 0},         {TILE_OP_SHELVE, 0, 65535, 0},
               {TILE_OP_SHELVE, 0, 1, MAX_SHELF}, {TILE_OP_SHELVE, 0, 2, MAX_SHELF - 1},
               {TILE_OP_SHELVE, 0, 1, 65535},     {TILE_OP_RECALL, 0, 1, 0},
               {TILE_OP_RECALL, 0, 1, MAX_SHELF}, {TILE_OP_RECALL, 0, 1, 65535},
               {TILE_OP_RECALL, 0, 0, 0}};
    struct fixture *f = *state;
    open_pictures(f, 450, 400);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size_t at = put_head(f, TILE_FLAG_LAST);
        expect(f, put(f, at, bad[i].op, bad[i].first, bad[i].count, bad[i].slot), TILE_BAD);
    }
    size_t at = put_head(f, TILE_FLAG_LAST);
    expect(f, put(f, at, TILE_OP_SHELVE, 0, 8, MAX_SHELF - 8), TILE_OK);
    at = put_head(f, TILE_FLAG_LAST);
    expect(f, put(f, at, TILE_OP_RECALL, 8, 8, MAX_SHELF - 8), TILE_OK);
    for (size_t cut = 1; cut < TILE_SHELF_BYTES; cut++) {
        at = put_head(f, TILE_FLAG_LAST);
        expect(f, put(f, at, TILE_OP_SHELVE, 0, 1, 0) - cut, TILE_BAD);
    }
}

/* What was never put there, is of another size, or was there before a KEY unit. */
static void test_refused_slots(void **state)
{
    struct fixture *f = *state;
    open_pictures(f, 450, 400);
    for (uint32_t tile = 7; tile <= 48; tile += 41) {
        size_t at = put_head(f, TILE_FLAG_LAST);
        at = put(f, at, TILE_OP_SHELVE, 0, 1, 5);
        expect(f, put(f, at, TILE_OP_RECALL, tile, 1, 5), TILE_BAD);
        at = put_head(f, TILE_FLAG_LAST);
        at = put(f, at, TILE_OP_SHELVE, tile, 1, 5);
        expect(f, put(f, at, TILE_OP_RECALL, 0, 1, 5), TILE_BAD);
    }
    size_t at = put_head(f, TILE_FLAG_LAST);
    at = put(f, at, TILE_OP_SHELVE, 0, 1, 5);
    expect(f, put(f, at, TILE_OP_RECALL, 1, 2, 5), TILE_BAD); /* the second one is empty */
    at = put_head(f, TILE_FLAG_LAST);
    expect(f, put(f, at, TILE_OP_SHELVE, 0, 1, 5), TILE_OK);
    send_key(f);
    at = put_head(f, TILE_FLAG_LAST);
    expect(f, put(f, at, TILE_OP_RECALL, 0, 1, 5), TILE_BAD);
}

/* Neither while a KEY picture is incomplete: there may be what another one left. */
static void test_refused_in_key(void **state)
{
    struct fixture *f = *state;
    open_pictures(f, 450, 400);
    size_t at = put_head(f, TILE_FLAG_KEY);
    expect(f, put(f, at, TILE_OP_SHELVE, 0, 1, 0), TILE_BAD);
    at = put_head(f, TILE_FLAG_LAST);
    expect(f, put(f, at, TILE_OP_SHELVE, 0, 1, 0), TILE_OK);
    at = put_head(f, TILE_FLAG_KEY);
    expect(f, put(f, at, TILE_OP_RECALL, 0, 1, 0), TILE_BAD);
}

/* A unit names twice the picture's tiles, and no more. */
static void test_too_much_work(void **state)
{
    struct fixture *f = *state;
    open_pictures(f, 450, 400);
    for (uint32_t more = 0; more < 2; more++) {
        size_t at = put_head(f, TILE_FLAG_LAST);
        at = put(f, at, TILE_OP_SHELVE, 0, 56, 0);
        at = put(f, at, TILE_OP_RECALL, 0, 56, 0);
        expect(f, more ? put(f, at, TILE_OP_RECALL, 0, 1, 0) : at, more ? TILE_BAD : TILE_OK);
    }
}

int main(void)
{
#define WITH(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH(test_comes_back),     WITH(test_only_what_rested), WITH(test_not_what_is_moved),
        WITH(test_not_for_little), WITH(test_key_forgets),      WITH(test_bounded),
        WITH(test_not_all),        WITH(test_any_order),        WITH(test_refused),
        WITH(test_refused_slots),  WITH(test_refused_in_key),   WITH(test_too_much_work),
        WITH(test_much_alike),     WITH(test_few_compared),     WITH(test_forgotten_is_wiped),
        WITH(test_cover_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
