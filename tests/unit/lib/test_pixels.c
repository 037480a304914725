/* Rows of pixels: every way gives the same result; a move is as if taken out first. */
#include "lib/tile/pixels.h"
#include "lib/tile/run.h"
#include "tests/unit/lib/chance.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after the three headers it needs */
#include <cmocka.h>

struct result {
    bool differ;
    size_t equal;
    uint32_t taken[200], hashes[200];
};

static void run(enum pixels_way way, const uint32_t *a, const uint32_t *b, size_t n, uint32_t mask,
                struct result *out)
{
    memset(out, 0, sizeof *out);
    pixels_use(way);
    out->differ = pixels_differ(a, b, n, mask);
    out->equal = pixels_equal(a, b, n);
    pixels_take(out->taken, a, n, mask);
    pixels_hash(out->hashes, a, n);
}

static void test_same_result(void **state)
{
    uint32_t a[200], b[200];
    static struct result plain, other;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        size_t n = draw() % 130, at = draw() % 8;
        uint32_t mask = i % 2 ? 0xffffff : 0x3fffffff;
        for (size_t k = 0; k < 200; k++)
            b[k] = (a[k] = draw()) ^ (i % 3 ? 0 : draw() & ~mask);
        for (uint32_t k = draw() % 4; n > 0 && k > 0; k--)
            b[at + draw() % n] ^= 1u << draw() % 32;
        run(PIXELS_PLAIN, a + at, b + at, n, mask, &plain);
        for (enum pixels_way w = PIXELS_PLAIN; w <= pixels_best(); w++) {
            run(w, a + at, b + at, n, mask, &other);
            assert_memory_equal(&plain, &other, sizeof plain);
        }
        size_t same = 0;
        for (size_t k = 0; k < n; k++)
            same += a[at + k] == b[at + k];
        assert_int_equal(plain.equal, same);
    }
    pixels_use(pixels_best());
}

static void test_move(void **state)
{
    enum { W = 40, H = 30 };
    static uint32_t px[W * H], was[W * H];
    struct tile_picture p = {px, W, W, H, 24};
    (void)state;
    for (int i = 0; i < 5000; i++) {
        struct tile_rect to = {draw() % W, draw() % H, 0, 0};
        uint32_t x = draw() % W, y = draw() % H;
        to.w = draw() % (W - (to.x > x ? to.x : x)) + 1;
        to.h = draw() % (H - (to.y > y ? to.y : y)) + 1;
        for (int k = 0; k < W * H; k++)
            was[k] = px[k] = draw();
        pixels_move(&p, to, x, y);
        for (uint32_t v = 0; v < H; v++)
            for (uint32_t u = 0; u < W; u++) {
                bool in = u >= to.x && u < to.x + to.w && v >= to.y && v < to.y + to.h;
                uint32_t want = in ? was[(v - to.y + y) * W + u - to.x + x] : was[v * W + u];
                assert_int_equal(px[v * W + u], want);
            }
    }
}

/* Each length, each place where it ends, each misalignment. */
static void test_runs(void **state)
{
    uint32_t row[52 + RUN_SLACK];
    (void)state;
    for (uint32_t from = 0; from < 4; from++)
        for (uint32_t n = 0; n < 48; n++)
            for (uint32_t end = 0; end <= n; end++) {
                for (uint32_t i = 0; i < 52 + RUN_SLACK; i++)
                    row[i] = i < from + end ? 0x80ff01u : i == from + end ? 0x00ff01u : 0x80ff01u;
                assert_int_equal(run_of(row + from, 0x80ff01u, n), end);
            }
}

/* Not more than its slack behind. */
static void test_fill(void **state)
{
    uint32_t row[52 + RUN_SLACK];
    (void)state;
    for (uint32_t from = 1; from < 5; from++)
        for (uint32_t n = 0; n < 47; n++) {
            memset(row, 0xff, sizeof row);
            run_fill(row + from, 7, n);
            for (uint32_t i = 0; i < 52 + RUN_SLACK; i++)
                if (i < from || i >= from + n + RUN_SLACK)
                    assert_int_equal(row[i], UINT32_MAX);
                else if (i < from + n)
                    assert_int_equal(row[i], 7);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_fill),
        cmocka_unit_test(test_same_result),
        cmocka_unit_test(test_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
