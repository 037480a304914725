/* Moves: found in any direction, at every size, several at once; and never at the cost of truth. */
#include "capture/picture.h"
#include "lib/tile/pixels.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after the three headers it needs */
#include <cmocka.h>

static uint32_t seed = 1;

static uint32_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed * 0x9e3779b1u >> 4;
}

struct stage {
    struct tile_picture screen, viewer; /* viewer: what was told, carried out */
    struct picture picture;
    struct picture_change change;
    uint32_t told; /* pixels beside the copies */
};

static struct stage stage;

static struct tile_picture blank(uint32_t w, uint32_t h)
{
    struct tile_picture p = {calloc((size_t)w * h, 4), w, w, h, 24};
    assert_non_null(p.pixels);
    return p;
}

/* Lines of something like letters on a ground of one colour. */
static void write_page(const struct tile_picture *p, struct tile_rect r, uint32_t ground)
{
    for (uint32_t y = r.y; y < r.y + r.h; y++)
        for (uint32_t x = r.x; x < r.x + r.w; x++)
            p->pixels[y * p->stride + x] = ground;
    for (uint32_t y = r.y + 4; y + 12 < r.y + r.h; y += 18)
        for (uint32_t x = r.x + 6; x + 10 < r.x + r.w; x += 9)
            for (uint32_t k = 0; k < 22; k++)
                p->pixels[(y + draw() % 11) * p->stride + x + draw() % 7] = draw() % 200 * 0x10101u;
}

/* Thirty words of eight letters, over and over: nothing small is found only once. */
static void write_words(const struct tile_picture *p)
{
    static uint8_t letters[8][11][7];
    uint8_t words[30][6];
    for (size_t i = 0; i < sizeof letters; i++)
        ((uint8_t *)letters)[i] = draw() % 3 == 0 ? (uint8_t)(draw() % 4 * 60) : 255;
    for (size_t i = 0; i < sizeof words; i++)
        ((uint8_t *)words)[i] = (uint8_t)(draw() % 8);
    memset(p->pixels, 0xff, (size_t)p->width * p->height * 4);
    for (size_t i = 0; i < (size_t)p->width * p->height; i++)
        p->pixels[i] = 0xffffff;
    for (uint32_t y = 4; y + 12 < p->height; y += 18)
        for (uint32_t x = 6; x + 60 < p->width; x += 8) {
            const uint8_t *word = words[draw() % 30];
            for (uint32_t k = 0, n = 3 + draw() % 4; k < n; k++, x += 8)
                for (uint32_t v = 0; v < 11; v++)
                    for (uint32_t u = 0; u < 7; u++)
                        p->pixels[(y + v) * p->stride + x + u] = letters[word[k]][v][u] * 0x10101u;
        }
}

static void grain(const struct tile_picture *p)
{
    for (size_t i = 0; i < (size_t)p->width * p->height; i++)
        p->pixels[i] = 0x406080u + draw() % 4 * 0x10101u;
}

static void tell(void)
{
    struct tile_set all, differs;
    static struct source_grab g = {.n_pieces = 1};
    g.pieces[0] =
        (struct source_piece){{0, 0, stage.screen.width, stage.screen.height}, stage.screen.pixels};
    tile_set_fill(&all, stage.picture.count);
    picture_take(&stage.picture, &g, &all, &differs);
    picture_settle(&stage.picture, &differs, true, &stage.change);
}

static void follow(void)
{
    const struct picture_change *c = &stage.change;
    uint32_t width = stage.screen.width, height = stage.screen.height;
    for (size_t i = 0; i < c->n_copies; i++)
        pixels_move(&stage.viewer, c->copies[i].to, c->copies[i].from_x, c->copies[i].from_y);
    stage.told = 0;
    for (uint32_t i = tile_set_next(&c->tiles.set, 0); i < TILES_MAX;
         i = tile_set_next(&c->tiles.set, i + 1)) {
        struct tile_rect t = tile_place(width, height, i);
        struct tile_box b = c->tiles.box[i];
        assert_true(b.x1 < b.x2 && b.y1 < b.y2 && b.x2 <= t.w && b.y2 <= t.h);
        stage.told += (b.x2 - (uint32_t)b.x1) * (b.y2 - (uint32_t)b.y1);
        for (uint32_t y = t.y + b.y1; y < t.y + b.y2; y++)
            memcpy(stage.viewer.pixels + y * width + t.x + b.x1,
                   stage.screen.pixels + y * width + t.x + b.x1, (b.x2 - (size_t)b.x1) * 4);
    }
    assert_memory_equal(stage.viewer.pixels, stage.screen.pixels, (size_t)width * height * 4);
}

static void step(void)
{
    tell();
    follow();
}

static void begin(uint32_t w, uint32_t h)
{
    stage.screen = blank(w, h);
    stage.viewer = blank(w, h);
    assert_true(picture_init(&stage.picture, (struct source_size){w, h, 24}));
}

static void end(void)
{
    free(stage.screen.pixels);
    free(stage.viewer.pixels);
    picture_finish(&stage.picture);
}

static const uint32_t sizes[][2] = {{640, 480}, {1280, 800}, {1920, 1080}, {3840, 2160}};

/* A page that is moved and drawn anew, all of it. */
static void test_scroll(void **state)
{
    static const int32_t ways[][2] = {{0, -18}, {0, 18},  {0, -1},   {-25, 0},
                                      {40, 0},  {13, -7}, {0, -300}, {-3, 91}};
    (void)state;
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        uint32_t w = sizes[k][0], h = sizes[k][1];
        struct tile_picture page = blank(w + 700, h + 700);
        write_page(&page, (struct tile_rect){0, 0, w + 700, h + 700}, 0xffffff);
        begin(w, h);
        int32_t x = 350, y = 350;
        for (size_t i = 0; i <= sizeof ways / sizeof ways[0]; i++) {
            for (uint32_t row = 0; row < h; row++)
                memcpy(stage.screen.pixels + row * w,
                       page.pixels + ((uint32_t)y + row) * page.stride + (uint32_t)x, w * 4);
            step();
            if (i > 0) {
                uint32_t dx = (uint32_t)abs(ways[i - 1][0]), dy = (uint32_t)abs(ways[i - 1][1]);
                assert_true(stage.change.n_copies >= 1);
                assert_true(stage.told <= (w * dy + h * dx) * 5 / 4 + w * h / 100);
            }
            if (i < sizeof ways / sizeof ways[0]) {
                x -= ways[i][0];
                y -= ways[i][1];
            }
        }
        free(page.pixels);
        end();
    }
}

static void test_same_words(void **state)
{
    (void)state;
    struct tile_picture page = blank(1280, 2400);
    write_words(&page);
    begin(1280, 800);
    for (uint32_t i = 0; i < 12; i++) {
        memcpy(stage.screen.pixels, page.pixels + (size_t)i * i * 9 * 1280, 1280u * 800 * 4);
        step();
        if (i > 0) {
            assert_true(stage.change.n_copies >= 1);
            assert_true(stage.told <= 1280 * (2 * i - 1) * 9 * 5 / 4 + 10000);
        }
    }
    free(page.pixels);
    end();
}

static void place_window(const struct tile_picture *ground, const struct tile_picture *window,
                         uint32_t x, uint32_t y)
{
    for (uint32_t row = 0; row < window->height; row++)
        memcpy(stage.screen.pixels + (y + row) * ground->width + x,
               window->pixels + row * window->width, window->width * 4);
}

/* Two windows dragged their own ways over a ground of grain: only what they uncover is new. */
static void test_two_windows(void **state)
{
    (void)state;
    struct tile_picture ground = blank(1280, 800), a = blank(300, 200), b = blank(360, 260);
    grain(&ground);
    write_page(&a, (struct tile_rect){0, 0, 300, 200}, 0xf8f8f8);
    write_page(&b, (struct tile_rect){0, 0, 360, 260}, 0x202830);
    begin(1280, 800);
    for (uint32_t i = 0; i < 12; i++) {
        memcpy(stage.screen.pixels, ground.pixels, 1280u * 800 * 4);
        place_window(&ground, &a, 100 + 9 * i, 60 + 5 * i);
        place_window(&ground, &b, 800 - 7 * i, 450 - 4 * i);
        step();
        if (i > 0) {
            assert_true(stage.change.n_copies >= 2);
            assert_true(stage.told < 40000);
        }
    }
    free(ground.pixels);
    free(a.pixels);
    free(b.pixels);
    end();
}

static bool is_another(void)
{
    static struct source_grab g = {.n_pieces = 1};
    struct picture_parts parts;
    struct tile_set all;
    g.pieces[0] =
        (struct source_piece){{0, 0, stage.screen.width, stage.screen.height}, stage.screen.pixels};
    tile_set_fill(&all, stage.picture.count);
    stage.picture.moves.n_last = 0; /* as after a rest */
    bool another = picture_is_another(&stage.picture, &g, &all, &parts);
    picture_drop_parts(&stage.picture, &parts);
    assert_memory_equal(stage.picture.now.pixels, stage.picture.tiles.pixels,
                        (size_t)stage.screen.width * stage.screen.height * 4);
    return another;
}

/* From a few places: a page that has moved, whichever way, is no other one. */
static void test_another(void **state)
{
    static const int32_t ways[][2] = {{0, -18}, {0, 18},  {0, -1},  {-25, 0},
                                      {40, 0},  {13, -7}, {0, -300}};
    (void)state;
    struct tile_picture page = blank(1980, 1500);
    write_page(&page, (struct tile_rect){0, 0, 1980, 1500}, 0xffffff);
    begin(1280, 800);
    int32_t x = 350, y = 350;
    for (size_t i = 0; i <= sizeof ways / sizeof ways[0]; i++) {
        for (uint32_t row = 0; row < 800; row++)
            memcpy(stage.screen.pixels + row * 1280,
                   page.pixels + ((uint32_t)y + row) * page.stride + (uint32_t)x, 1280 * 4);
        assert_int_equal(is_another(), i == 0);
        step();
        if (i < sizeof ways / sizeof ways[0]) {
            x -= ways[i][0];
            y -= ways[i][1];
        }
    }
    write_page(&stage.screen, (struct tile_rect){0, 0, 1280, 800}, 0xffffff);
    assert_true(is_another());
    free(page.pixels);
    end();
}

/* Whatever comes: what is told makes the viewer's picture the screen's. */
static void test_anything(void **state)
{
    (void)state;
    begin(500, 300);
    write_page(&stage.screen, (struct tile_rect){0, 0, 500, 300}, 0xffffff);
    for (uint32_t i = 0; i < 400; i++) {
        for (uint32_t n = draw() % 4; n > 0; n--) {
            struct tile_rect to = {draw() % 499, draw() % 299, 0, 0};
            uint32_t x = draw() % 499, y = draw() % 299;
            to.w = draw() % (500 - (to.x > x ? to.x : x)) + 1;
            to.h = draw() % (300 - (to.y > y ? to.y : y)) + 1;
            pixels_move(&stage.screen, to, x, y);
        }
        if (i % 5 == 0)
            write_page(&stage.screen, (struct tile_rect){draw() % 200, draw() % 100, 250, 150},
                       draw() & 0xffffff);
        step();
    }
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scroll),      cmocka_unit_test(test_same_words),
        cmocka_unit_test(test_two_windows), cmocka_unit_test(test_another),
        cmocka_unit_test(test_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
