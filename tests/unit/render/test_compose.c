/* Picture and pointer onto a target: exact where it fits, an area average where not; changes as
 * rectangles. */
#include "render/changes.h"
#include "render/compose.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct tile_picture picture_make(uint32_t w, uint32_t h, uint8_t depth)
{
    struct tile_picture p = {malloc((size_t)w * h * 4), w, w, h, depth};

    assert_non_null(p.pixels);
    for (uint32_t i = 0; i < w * h; i++)
        p.pixels[i] = (i * 2654435761u) >> 3 & tile_mask(depth);
    return p;
}

static struct target target_make(uint32_t w, uint32_t h)
{
    uint32_t stride = w * 4 + 8;
    struct target t = {malloc((size_t)stride * h), (size_t)stride * h, w, h, stride};

    assert_non_null(t.pixels);
    memset(t.pixels, 0xa5, t.len);
    return t;
}

static uint32_t at(const struct target *t, uint32_t x, uint32_t y)
{
    uint32_t v;

    memcpy(&v, t->pixels + (size_t)y * t->stride + (size_t)x * 4, 4);
    return v;
}

static void draw(const struct geometry *g, const struct tile_picture *p,
                 const struct pointer *pointer, const struct target *t)
{
    compose_around(g, t);
    compose_draw(g, p, pointer, t, (struct tile_rect){g->x, g->y, g->w, g->h});
}

static const struct pointer no_pointer;

static void what_fits_is_exact_and_in_the_middle(void **state)
{
    struct tile_picture p = picture_make(70, 50, 24);
    struct target t = target_make(101, 60);
    struct geometry g = compose_geometry(70, 50, 101, 60, false, 0, 0);

    (void)state;
    assert_int_equal(g.times, 1);
    draw(&g, &p, &no_pointer, &t);
    for (uint32_t y = 0; y < 60; y++) {
        for (uint32_t x = 0; x < 101; x++) {
            bool inside = x >= g.x && x < g.x + 70 && y >= g.y && y < g.y + 50;

            assert_int_equal(at(&t, x, y),
                             inside ? p.pixels[(y - g.y) * 70 + x - g.x] : COMPOSE_AROUND);
        }
        assert_int_equal(at(&t, 101, y), 0xa5a5a5a5);
    }
    free(p.pixels);
    free(t.pixels);
}

/* Whole squares of each pixel and nothing between them, whatever the room: so no letter is blurred.
 */
static void larger_is_whole_squares(void **state)
{
    static const uint32_t rooms[][3] = {{70, 50, 1},   {139, 100, 1}, {140, 99, 1}, {140, 100, 2},
                                        {145, 149, 2}, {211, 151, 3}, {999, 999, 4}};
    struct tile_picture p = picture_make(70, 50, 24);

    (void)state;
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        struct target t = target_make(rooms[i][0], rooms[i][1]);
        struct geometry g = compose_geometry(70, 50, t.width, t.height, false, 0, 0);

        assert_int_equal(g.times, rooms[i][2]);
        assert_int_equal(g.w, 70 * g.times);
        assert_int_equal(g.h, 50 * g.times);
        draw(&g, &p, &no_pointer, &t);
        for (uint32_t y = 0; y < t.height; y++)
            for (uint32_t x = 0; x < t.width; x++) {
                uint32_t px = (x - g.x) / g.times, py = (y - g.y) / g.times;
                bool inside = x >= g.x && y >= g.y && px < 70 && py < 50;

                assert_int_equal(at(&t, x, y), inside ? p.pixels[py * 70 + px] : COMPOSE_AROUND);
            }
        free(t.pixels);
    }
    free(p.pixels);
}

/* Any part of it may be drawn anew, not only whole squares. */
static void larger_in_parts(void **state)
{
    struct tile_picture p = picture_make(23, 17, 24);
    struct target a = target_make(75, 60), b = target_make(75, 60);
    struct geometry g = compose_geometry(23, 17, 75, 60, false, 0, 0);
    unsigned seed = 5;

    (void)state;
    assert_int_equal(g.times, 3);
    draw(&g, &p, &no_pointer, &a);
    draw(&g, &p, &no_pointer, &b);
    for (unsigned i = 0; i < 2000; i++) {
        struct tile_rect r;

        seed = seed * 1664525u + 1013904223u;
        r.x = (seed >> 4) % g.w;
        r.y = (seed >> 9) % g.h;
        r.w = 1 + (seed >> 14) % (g.w - r.x);
        r.h = 1 + (seed >> 19) % (g.h - r.y);
        r.x += g.x;
        r.y += g.y;
        for (uint32_t y = r.y; y < r.y + r.h; y++)
            memset(a.pixels + (size_t)y * a.stride + r.x * 4, 0, r.w * 4);
        compose_draw(&g, &p, &no_pointer, &a, r);
        assert_memory_equal(a.pixels, b.pixels, a.len);
    }
    free(p.pixels);
    free(a.pixels);
    free(b.pixels);
}

static void one_to_one_pans(void **state)
{
    struct tile_picture p = picture_make(300, 200, 24);
    struct target t = target_make(100, 220);
    struct geometry g = compose_geometry(300, 200, 100, 220, true, 150, 900);

    (void)state;
    assert_int_equal(g.source_y, 0);
    draw(&g, &p, &no_pointer, &t);
    assert_int_equal(at(&t, 0, 10), p.pixels[150]);
    assert_int_equal(at(&t, 99, 209), p.pixels[199 * 300 + 249]);
    g = compose_geometry(300, 200, 100, 220, true, 9999, 0);
    assert_int_equal(g.source_x, 200);
    free(p.pixels);
    free(t.pixels);
}

/* Each target pixel against the definition of an area average, in floating point. */
static void assert_average(const struct tile_picture *p, const struct geometry *g,
                           const struct target *t)
{
    for (uint32_t y = 0; y < g->h; y++)
        for (uint32_t x = 0; x < g->w; x++) {
            double x0 = (double)x * p->width / g->w, x1 = (double)(x + 1) * p->width / g->w;
            double y0 = (double)y * p->height / g->h, y1 = (double)(y + 1) * p->height / g->h;
            double sum[3] = {0}, area = (x1 - x0) * (y1 - y0);

            for (uint32_t v = (uint32_t)y0; v < y1 && v < p->height; v++)
                for (uint32_t u = (uint32_t)x0; u < x1 && u < p->width; u++) {
                    double w = (fmin(u + 1, x1) - fmax(u, x0)) * (fmin(v + 1, y1) - fmax(v, y0));
                    uint32_t c = p->pixels[v * p->stride + u];

                    for (int k = 0; k < 3; k++)
                        sum[k] += w * (c >> (8 * k) & 255);
                }
            for (int k = 0; k < 3; k++) {
                double got = at(t, g->x + x, g->y + y) >> (8 * k) & 255;

                assert_true(fabs(got - sum[k] / area) < 0.52);
            }
        }
}

static void smaller_is_an_area_average(void **state)
{
    static const uint32_t sizes[][4] = {
        {97, 61, 50, 50}, {200, 31, 64, 64}, {31, 200, 64, 64}, {64, 64, 63, 63}, {500, 3, 40, 40}};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct tile_picture p = picture_make(sizes[i][0], sizes[i][1], 24);
        struct target t = target_make(sizes[i][2], sizes[i][3]);
        struct geometry g = compose_geometry(p.width, p.height, t.width, t.height, false, 0, 0);

        assert_int_equal(g.times, 0);
        assert_true(g.w <= t.width && g.h <= t.height && g.w > 0 && g.h > 0);
        draw(&g, &p, &no_pointer, &t);
        assert_average(&p, &g, &t);
        free(p.pixels);
        free(t.pixels);
    }
}

static void flat_colours_stay(void **state)
{
    struct tile_picture p = picture_make(333, 222, 24);
    struct target t = target_make(100, 100);
    struct geometry g = compose_geometry(333, 222, 100, 100, false, 0, 0);

    (void)state;
    for (uint32_t colour = 0; colour < 256; colour += 15) {
        for (uint32_t i = 0; i < 333 * 222; i++)
            p.pixels[i] = colour * 0x10101u;
        draw(&g, &p, &no_pointer, &t);
        for (uint32_t x = g.x; x < g.x + g.w; x++)
            assert_int_equal(at(&t, x, g.y + g.h / 2), colour * 0x10101u);
    }
    free(p.pixels);
    free(t.pixels);
}

/* Redrawing only what a changed tile touches must give the same as drawing all. */
static void assert_parts_equal(uint32_t width, uint32_t height)
{
    struct tile_picture p = picture_make(200, 150, 24);
    struct target a = target_make(width, height), b = target_make(width, height);
    struct geometry g = compose_geometry(200, 150, width, height, false, 0, 0);

    draw(&g, &p, &no_pointer, &a);
    for (uint32_t i = 0; i < tile_count(200, 150); i++) {
        struct tile_rect r = tile_place(200, 150, i);

        for (uint32_t y = r.y; y < r.y + r.h; y++)
            for (uint32_t x = r.x; x < r.x + r.w; x++)
                p.pixels[y * 200 + x] ^= 0x00ff33u * (i + 1) & 0xffffff;
        r = compose_touched(&g, r);
        assert_true(r.w > 0 && r.x >= g.x && r.x + r.w <= g.x + g.w);
        compose_draw(&g, &p, &no_pointer, &a, r);
        draw(&g, &p, &no_pointer, &b);
        assert_memory_equal(a.pixels, b.pixels, a.len);
    }
    free(p.pixels);
    free(a.pixels);
    free(b.pixels);
}

static void parts_equal_the_whole(void **state)
{
    (void)state;
    assert_parts_equal(77, 66);
    assert_parts_equal(250, 177);
    assert_parts_equal(407, 333);
    assert_parts_equal(1000, 477);
}

static void pointer_is_laid_over_and_cut(void **state)
{
    static const uint32_t argb[4] = {0xff112233, 0, 0x80404040, 0xffffffff};
    struct tile_picture p = picture_make(20, 20, 24);
    struct target t = target_make(20, 20);
    struct geometry g = compose_geometry(20, 20, 20, 20, false, 0, 0);
    struct pointer pointer = {true, 19, 19, 2, 2, argb};

    (void)state;
    draw(&g, &p, &pointer, &t);
    assert_int_equal(at(&t, 19, 19), 0x112233);
    pointer.x = pointer.y = 4;
    p.pixels[5 * 20 + 4] = 0x808080;
    draw(&g, &p, &pointer, &t);
    assert_int_equal(at(&t, 5, 4), p.pixels[4 * 20 + 5]);
    assert_int_equal(at(&t, 4, 5), 0x808080); /* half of it under a grey of half strength */
    pointer.x = pointer.y = -2000000000;
    draw(&g, &p, &pointer, &t);
    pointer.x = pointer.y = 2000000000;
    draw(&g, &p, &pointer, &t);
    compose_arrow(&pointer, -5, 3);
    draw(&g, &p, &pointer, &t);
    free(p.pixels);
    free(t.pixels);
}

static void deep_pictures_are_shown(void **state)
{
    struct tile_picture p = picture_make(8, 8, 30);
    struct target t = target_make(8, 8);
    struct geometry g = compose_geometry(8, 8, 8, 8, false, 0, 0);

    (void)state;
    p.pixels[0] = 0x3ffu << 20 | 0x200u << 10 | 0x004u;
    draw(&g, &p, &no_pointer, &t);
    assert_int_equal(at(&t, 0, 0), 0xff8001);
    free(p.pixels);
    free(t.pixels);
}

static bool covered(const struct tile_rect *rects, unsigned n, struct tile_rect t)
{
    for (unsigned i = 0; i < n; i++)
        if (rects[i].x <= t.x && rects[i].y <= t.y && rects[i].x + rects[i].w >= t.x + t.w &&
            rects[i].y + rects[i].h >= t.y + t.h)
            return true;
    return false;
}

static void changes_are_covered(void **state)
{
    struct tile_rect rects[MAX_RECTS];
    struct tile_set s;
    unsigned seed = 7;

    (void)state;
    tile_set_clear(&s);
    assert_int_equal(changes_rects(&s, 1000, 700, rects), 0);
    tile_set_fill(&s, tile_count(1000, 700));
    assert_int_equal(changes_rects(&s, 1000, 700, rects), 1);
    assert_int_equal(rects[0].w, 1000);
    assert_int_equal(rects[0].h, 700);
    for (unsigned density = 1; density < 120; density++) {
        unsigned n;

        tile_set_clear(&s);
        for (unsigned i = 0; i < density * 4; i++) {
            seed = seed * 1664525u + 1013904223u;
            tile_set_add(&s, (seed >> 8) % tile_count(1920, 1080));
        }
        n = changes_rects(&s, 1920, 1080, rects);
        assert_in_range(n, 1, MAX_RECTS);
        for (uint32_t i = tile_set_next(&s, 0); i < tile_count(1920, 1080);
             i = tile_set_next(&s, i + 1))
            assert_true(covered(rects, n, tile_place(1920, 1080, i)));
    }
}

static void tell_time(uint32_t width, uint32_t height)
{
    struct tile_picture p = picture_make(1920, 1080, 24);
    struct target t = target_make(width, height);
    struct geometry g = compose_geometry(1920, 1080, width, height, false, 0, 0);
    struct timespec a, b;

    draw(&g, &p, &no_pointer, &t); /* its memory is there then */
    clock_gettime(CLOCK_MONOTONIC, &a);
    draw(&g, &p, &no_pointer, &t);
    clock_gettime(CLOCK_MONOTONIC, &b);
    print_message("1920x1080 onto %ux%u: %.1f ms\n", width, height,
                  (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6);
    free(p.pixels);
    free(t.pixels);
}

static void scaling_is_quick(void **state)
{
    (void)state;
    tell_time(958, 502);
    tell_time(1920, 1080);
    tell_time(3840, 2160);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_is_exact_and_in_the_middle),
        cmocka_unit_test(larger_is_whole_squares),
        cmocka_unit_test(larger_in_parts),
        cmocka_unit_test(one_to_one_pans),
        cmocka_unit_test(smaller_is_an_area_average),
        cmocka_unit_test(flat_colours_stay),
        cmocka_unit_test(parts_equal_the_whole),
        cmocka_unit_test(pointer_is_laid_over_and_cut),
        cmocka_unit_test(deep_pictures_are_shown),
        cmocka_unit_test(changes_are_covered),
        cmocka_unit_test(scaling_is_quick),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
