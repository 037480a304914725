/*
 * vitrine-render ui as a process: what it puts into the memory file is what the same scene gives
 * here, and each kind of broken message ends it with the right last word.
 */
#include "lib/fail.h"
#include "render/painter.h"
#include "tests/unit/render/samples.h"
#include "tests/unit/render/world.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct text text;

static double ms_between(const struct timespec *a, const struct timespec *b)
{
    return (double)(b->tv_sec - a->tv_sec) * 1e3 + (double)(b->tv_nsec - a->tv_nsec) / 1e6;
}

static void start_ui(struct world *w)
{
    static const char *const files[] = {
        "/usr/share/fonts/opentype/inter/Inter-Regular.otf",
        "/usr/share/fonts/opentype/inter/Inter-Medium.otf",
        "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf",
        "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansHebrew-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf"};
    struct msg_ui_fonts m = {0};
    struct timespec from, to;

    ui_init_broker(&w->control, world_start(w, "ui"), &world_ui, w);
    for (unsigned i = 0; i < sizeof files / sizeof files[0]; i++) {
        int fd = open(files[i], O_RDONLY | O_CLOEXEC);

        if (fd >= 0)
            m.fonts[m.n_fonts++] = fd;
    }
    assert_int_equal(msg_ui_fonts_send(&w->control, &m), 0);
    for (unsigned i = 0; i < m.n_fonts; i++)
        close(m.fonts[i]);
    clock_gettime(CLOCK_MONOTONIC, &from);
    while (!w->ready)
        assert_true(world_take(&w->control));
    clock_gettime(CLOCK_MONOTONIC, &to);
    print_message("fonts to READY: %.1f ms\n", ms_between(&from, &to));
}

static struct span span_of(const char *s)
{
    return (struct span){(const uint8_t *)s, strlen(s)};
}

static struct msg_ui_paint paint_of(const struct scene *s, uint32_t serial, int fd)
{
    static struct msg_ui_paint m;

    m = (struct msg_ui_paint){.serial = serial,
                              .window = s->window,
                              .variant = s->variant,
                              .width = s->width,
                              .height = s->height,
                              .stride = s->width * 4,
                              .scale = s->scale,
                              .theme = s->theme,
                              .flags = (uint8_t)(s->mirrored | s->still << 1),
                              .language = s->language,
                              .memory = fd};
    for (unsigned i = 0; i < UI_SLOTS; i++)
        if (s->told[i])
            m.values[m.n_values++] =
                (struct ui_value){(uint8_t)i, s->number[i], span_of(s->words[i])};
    for (unsigned i = 0; i < ui_layout_get(s->window, s->variant)->n_controls; i++)
        m.controls[m.n_controls++] = (struct ui_control){(uint8_t)i, s->look[i]};
    for (unsigned i = 0; i < s->n_rows; i++)
        m.rows[m.n_rows++] =
            (struct ui_row){s->rows[i].kind, s->rows[i].badges, span_of(s->rows[i].untrusted_name)};
    return m;
}

/* Whom the next scene may be about, and be taken for. */
static void tell_crowd(struct world *w, const struct scene *s)
{
    static struct msg_ui_crowd m;

    m.n_names = 0;
    for (unsigned i = 0; s->crowd && i < 2; i++)
        m.names[m.n_names++].name = span_of(sample_crowd[i]);
    assert_int_equal(msg_ui_crowd_send(&w->control, &m), 0);
}

static void painter_paints_the_scene(void **state)
{
    struct world w;
    double slowest = 0, took;

    (void)state;
    start_ui(&w);
    for (unsigned i = 0; i < n_samples; i++) {
        static struct scene scene;
        struct msg_ui_paint m;
        struct timespec from, to;
        uint8_t *there, *here;
        size_t size;
        int fd;

        if (strcmp(samples[i].name, "host-names") == 0)
            continue; /* its direction characters are refused on the way; other fonts, too */
        if (strcmp(samples[i].name, "consent-all") == 0)
            continue; /* a name in a script that takes other fonts, too */
        if (strcmp(samples[i].name, "control-alike") == 0)
            continue; /* another crowd */
        sample_scene(&samples[i], &scene, 256 + 64 * (i % 3), i % 3, i % 2, i % 5 == 0);
        size = (size_t)scene.width * 4 * scene.height;
        fd = world_memory(size, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
        there = world_map(fd, size);
        here = calloc(1, size);
        assert_int_equal(painter_paint(&text, &scene, here, (int)scene.width * 4), 0);
        tell_crowd(&w, &scene);
        m = paint_of(&scene, i + 1, fd);
        clock_gettime(CLOCK_MONOTONIC, &from);
        assert_int_equal(msg_ui_paint_send(&w.control, &m), 0);
        while (w.painted != i + 1)
            assert_true(world_take(&w.control));
        clock_gettime(CLOCK_MONOTONIC, &to);
        took = ms_between(&from, &to);
        slowest = took > slowest ? took : slowest;
        if (memcmp(there, here, size) != 0)
            print_message("%s differs\n", samples[i].name);
        assert_memory_equal(there, here, size);
        munmap(there, size);
        free(here);
        close(fd);
    }
    print_message("slowest window, message to answer: %.1f ms\n", slowest);
    assert_int_equal(world_end(&w), 0);
}

/* Sends one broken UI_PAINT to a fresh painter; the answer must be FAILED(code). */
static void assert_ui_fails(const struct msg_ui_paint *m, enum fail code)
{
    struct world w;

    start_ui(&w);
    assert_int_equal(msg_ui_paint_send(&w.control, m), 0);
    while (world_take(&w.control))
        ;
    assert_int_equal(w.failed.code, code);
    assert_int_equal(world_end(&w), 1);
}

static void broken_scenes_end_the_painter(void **state)
{
    static struct scene scene;
    struct msg_ui_paint m;
    size_t size;
    int fd;

    (void)state;
    sample_scene(&samples[0], &scene, 256, 0, 0, false);
    size = (size_t)scene.width * 4 * scene.height;
    fd = world_memory(size, F_SEAL_SHRINK);
    m = paint_of(&scene, 1, fd);
    m.window = 31;
    assert_ui_fails(&m, FAIL_SCENE);
    m = paint_of(&scene, 1, fd);
    m.variant = 15;
    assert_ui_fails(&m, FAIL_SCENE);
    m = paint_of(&scene, 1, fd);
    m.values[0].slot = UI_SLOTS;
    assert_ui_fails(&m, FAIL_SCENE);
    m = paint_of(&scene, 1, fd);
    m.controls[0].control = 63;
    assert_ui_fails(&m, FAIL_SCENE);
    m = paint_of(&scene, 1, fd);
    m.width++;
    assert_ui_fails(&m, FAIL_SCENE);
    m = paint_of(&scene, 1, fd);
    m.stride -= 4;
    assert_ui_fails(&m, FAIL_TARGET);
    close(fd);
    fd = world_memory(size, F_SEAL_GROW); /* the channel itself takes sealed memory only */
    m = paint_of(&scene, 1, fd);
    assert_ui_fails(&m, FAIL_MESSAGE);
    close(fd);
    fd = world_memory(size - 1, F_SEAL_SHRINK);
    m = paint_of(&scene, 1, fd);
    assert_ui_fails(&m, FAIL_TARGET);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(painter_paints_the_scene),
        cmocka_unit_test(broken_scenes_end_the_painter),
    };
    int result;

#ifdef WORLD_SANITIZED
    print_message("skipped: a sanitizer cannot run confined\n");
    (void)tests;
    return 0;
#endif
    sample_fonts(&text);
    result = cmocka_run_group_tests(tests, NULL, NULL);
    text_finish(&text);
    return result;
}
