/* What a picture keeps: rectangles around the tiles that changed, and blanks where something is
 * hidden. */
#include "capture/picture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the headers it needs */
#include <cmocka.h>

enum { W = 300, H = 400 };

static uint32_t pixels[W * H];

static void test_cover(void **state)
{
    struct tile_rect r[4];
    struct tile_set s = {0};
    (void)state;
    tile_set_add_rect(&s, 640, 640, 0, 0, 128, 128);
    tile_set_add_rect(&s, 640, 640, 300, 300, 1, 1);
    assert_int_equal(picture_cover(&s, 640, 640, r, 4), 2);
    assert_memory_equal(&r[0], &((struct tile_rect){0, 0, 128, 128}), sizeof *r);
    assert_memory_equal(&r[1], &((struct tile_rect){256, 256, 64, 64}), sizeof *r);
    for (int i = 0; i < 10; i++)
        tile_set_add(&s, (uint32_t)(i * 11));
    assert_int_equal(picture_cover(&s, 640, 640, r, 4), 1);
    assert_memory_equal(&r[0], &((struct tile_rect){0, 0, 640, 640}), sizeof *r);
    tile_set_clear(&s);
    tile_set_add(&s, 99); /* the corner, cut off */
    assert_int_equal(picture_cover(&s, 600, 610, r, 4), 1);
    assert_memory_equal(&r[0], &((struct tile_rect){576, 576, 24, 34}), sizeof *r);
}

/* A hidden rectangle of any place and size: blanked exactly, across tiles and edges. */
static void test_blank_rects(void **state)
{
    static const struct source_rect rects[] = {
        {0, 0, 300, 200},   {-10, -10, 20, 20}, {63, 63, 2, 2},  {290, 190, 100, 100},
        {-50, 60, 400, 10}, {300, 0, 10, 10},   {10, 10, 0, 10}, {-32768, -32768, 65535, 65535}};
    struct source_grab g = {.n_pieces = 1, .n_hidden = 1};
    struct picture p;
    static struct picture_change changed;
    struct tile_set all, differs;
    (void)state;
    g.pieces[0] = (struct source_piece){{0, 0, W, H}, pixels};
    tile_set_fill(&all, tile_count(W, H));
    for (size_t i = 0; i < sizeof rects / sizeof rects[0]; i++) {
        const struct source_rect *r = &rects[i];
        assert_true(picture_init(&p, (struct source_size){W, H, 24}));
        g.hidden[0] = *r;
        picture_take(&p, &g, &all, &differs);
        picture_settle(&p, &differs, true, &changed);
        for (int64_t y = 0; y < H; y++)
            for (int64_t x = 0; x < W; x++) {
                bool in =
                    x >= r->x && y >= r->y && x < (int64_t)r->x + r->w && y < (int64_t)r->y + r->h;
                assert_int_equal(p.tiles.pixels[y * W + x],
                                 in ? picture_blank(24) : pixels[y * W + x]);
            }
        picture_finish(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cover),
        cmocka_unit_test(test_blank_rects),
    };
    for (uint32_t i = 0; i < W * H; i++)
        pixels[i] = i * 2654435761u & 0xffffff;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
