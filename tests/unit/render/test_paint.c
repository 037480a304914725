/*
 * Paints every sample in every theme, language, direction and several scales; nothing may fail and
 * nothing may be written beside the picture. `test_paint FOLDER [SCALE [THEME [LANGUAGE
 * [MIRRORED]]]]` writes the pictures as PNG instead, for the eye.
 */
#include "render/painter.h"
#include "tests/unit/render/samples.h"
#include "tests/unit/sanitized.h"
#include <cairo.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct text text;
static struct scene scene;

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Rows are a little longer than the picture; what is beside it must keep its pattern. */
static void paint_guarded(const struct scene *s)
{
    size_t stride = s->width * 4 + 16, size = stride * s->height + 64;
    uint8_t *pixels = malloc(size);

    assert_non_null(pixels);
    memset(pixels, 0xa5, size);
    assert_true(scene_check(s));
    assert_int_equal(painter_paint(&text, s, pixels, (int)stride), 0);
    for (uint32_t y = 0; y < s->height; y++)
        for (unsigned i = 0; i < 16; i++)
            assert_int_equal(pixels[y * stride + s->width * 4 + i], 0xa5);
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(pixels[stride * s->height + i], 0xa5);
    free(pixels);
}

static void every_window_paints(void **state)
{
    (void)state;
    for (unsigned i = 0; i < n_samples; i++)
        for (unsigned theme = 0; theme < 3; theme++)
            for (unsigned language = 0; language < 2; language++) {
                sample_scene(&samples[i], &scene, 256, theme, language, false);
                paint_guarded(&scene);
            }
}

static void every_scale_paints(void **state)
{
    (void)state;
    /* Under the sanitizers every third for each sample: each scale has its own of every theme. */
    const unsigned step = PROGRAMS_SANITIZED ? 3 * 64 : 64;
    for (unsigned i = 0; i < n_samples; i++)
        for (unsigned scale = 256 + i / 3 * 64 % step; scale <= 768; scale += step) {
            sample_scene(&samples[i], &scene, scale, i % 3, 0, scale % 128 != 0);
            paint_guarded(&scene);
        }
}

static void every_variant_paints_without_values(void **state)
{
    (void)state;
    for (unsigned w = 0; w < UI_WINDOWS; w++)
        for (unsigned v = 0; v < ui_layout_variants(w); v++) {
            const struct ui_layout *l = ui_layout_get(w, v);

            scene = (struct scene){.window = (uint8_t)w, .variant = (uint8_t)v, .scale = 256};
            scene.width = l->w;
            scene.height = l->h;
            paint_guarded(&scene);
        }
}

/* Every slot a large number and a long foreign text, every look at once. */
static void every_variant_paints_extremes(void **state)
{
    static const uint8_t noise[] =
        "\u202eabc \U0001f642\u0301\u0301 אבג \u0e01\u0e33\u0e34 %s%n {n}{s} "
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";

    (void)state;
    for (unsigned w = 0; w < UI_WINDOWS; w++)
        for (unsigned v = 0; v < ui_layout_variants(w); v++) {
            const struct ui_layout *l = ui_layout_get(w, v);

            scene = (struct scene){.window = (uint8_t)w, .variant = (uint8_t)v, .scale = 320};
            scene.width = (uint32_t)ui_px(l->w, 320);
            scene.height = (uint32_t)ui_px(l->h, 320);
            for (unsigned i = 0; i < UI_SLOTS; i++)
                assert_true(scene_set_value(&scene, i, 0xffffffff, noise, sizeof noise - 1));
            for (unsigned i = 0; i < l->n_controls; i++)
                assert_true(scene_set_look(&scene, i, 0xffff & ~UI_LOOK_HIDDEN));
            for (unsigned i = 0; i < SCENE_ROWS_MAX; i++)
                assert_true(scene_add_row(&scene, i & 1, 0xffff, noise, 60));
            paint_guarded(&scene);
        }
}

/* A viewer of any size: every pixel is painted, and the right and lower edges are the frame's. */
static void resized_viewers_are_filled(void **state)
{
    static const uint32_t sizes[][2] = {
        {640, 480}, {961, 641}, {1003, 702}, {1920, 1080}, {2500, 700}};

    (void)state;
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (unsigned scale = 256; scale <= 384; scale += 64) {
            uint32_t w = sizes[i][0] * scale / 256 + 1, h = sizes[i][1] * scale / 256 + 1;
            uint32_t *pixels = malloc((size_t)w * h * 4);

            scene = (struct scene){.window = UI_VIEWER,
                                   .variant = (uint8_t)(i % 4),
                                   .scale = (uint16_t)scale,
                                   .width = w,
                                   .height = h};
            assert_non_null(pixels);
            memset(pixels, 0x5a, (size_t)w * h * 4);
            assert_true(scene_check(&scene));
            assert_int_equal(painter_paint(&text, &scene, (uint8_t *)pixels, (int)w * 4), 0);
            for (uint32_t k = 0; k < w * h; k++)
                assert_int_not_equal(pixels[k] & 0xffffff, 0x5a5a5a);
            assert_int_equal(pixels[w * (h / 2) + w - 1] & 0xffffff, 0x74818b);
            assert_int_equal(pixels[w * (h - 1) + w / 2] & 0xffffff, 0x74818b);
            free(pixels);
        }
}

/* Before anything has been measured, neither that all protections are there nor that some are
   missing is said. */
static void nothing_is_said_before_it_is_measured(void **state)
{
    static uint32_t said[2][720 * 528];
    unsigned i = 0;

    (void)state;
    while (strcmp(samples[i].name, "doctor-begin") != 0)
        i++;
    for (unsigned all = 0; all < 2; all++) {
        sample_scene(&samples[i], &scene, 256, 0, 0, false);
        scene.number[UI_SLOT_DOCTOR_ALL] = all;
        assert_int_equal(painter_paint(&text, &scene, (uint8_t *)said[all], 720 * 4), 0);
    }
    assert_memory_equal(said[0], said[1], sizeof said[0]);
}

static bool has_colour(const uint32_t *pixels, int width, const struct ui_box *b, uint32_t rgb)
{
    for (int y = b->y; y < b->y + b->h; y++)
        for (int x = b->x; x < b->x + b->w; x++)
            if ((pixels[y * width + x] & 0xffffff) == rgb)
                return true;
    return false;
}

static void paint_search(uint32_t *pixels, bool mirrored, uint32_t caret)
{
    const struct ui_layout *l = ui_layout_get(UI_PEOPLE, 0);

    scene = (struct scene){.window = UI_PEOPLE, .scale = 256, .mirrored = mirrored};
    scene.width = l->w;
    scene.height = l->h;
    scene.look[UI_PEOPLE_SEARCH] = UI_LOOK_FOCUS;
    assert_true(scene_set_value(&scene, UI_SLOT_FIELD_SEARCH, 0, (const uint8_t *)"zHz", 3));
    assert_true(scene_set_value(&scene, UI_SLOT_CARET, caret, (const uint8_t *)"", 0));
    assert_int_equal(painter_paint(&text, &scene, (uint8_t *)pixels, l->w * 4), 0);
}

/* The caret stands between letters, or before them: what is under it in one picture is empty in the
   other, where it is elsewhere. */
static void is_on_no_letter(const uint32_t *there, const uint32_t *elsewhere, bool mirrored)
{
    const struct ui_box *b = &ui_layout_get(UI_PEOPLE, 0)->controls[UI_PEOPLE_SEARCH];
    const uint32_t *rgb = theme_get(0)->rgb;
    int left = mirrored ? 720 - b->x - b->w : b->x, columns = 0;

    for (int x = left + 8; x < left + b->w - 8; x++) {
        if ((there[(b->y + 11) * 720 + x] & 0xffffff) == rgb[COLOUR_SURFACE])
            continue;
        columns++;
        for (int y = b->y + 8; y < b->y + b->h - 8; y++)
            assert_int_equal(elsewhere[y * 720 + x] & 0xffffff, rgb[COLOUR_SURFACE]);
    }
    assert_in_range(columns, 1, 3);
}

static void the_caret_is_on_no_letter(void **state)
{
    static uint32_t end[720 * 528], begin[720 * 528];

    (void)state;
    for (unsigned mirrored = 0; mirrored < 2; mirrored++) {
        paint_search(end, mirrored, 3);
        paint_search(begin, mirrored, 0);
        is_on_no_letter(end, begin, mirrored);
        is_on_no_letter(begin, end, mirrored);
    }
}

/* In high contrast, where all grounds are black, what is chosen bears the accent. */
static void what_is_chosen_shows(const struct ui_layout *l)
{
    uint32_t *pixels = malloc((size_t)l->w * l->h * 4), accent = theme_get(2)->rgb[COLOUR_ACCENT];

    assert_non_null(pixels);
    for (unsigned i = 0; i < l->n_controls; i++) {
        enum ui_kind kind = l->controls[i].kind;

        if (kind != UI_KIND_RADIO && kind != UI_KIND_TOGGLE && kind != UI_KIND_CHECK)
            continue;
        memset(scene.look, 0, sizeof scene.look);
        for (unsigned chosen = 0; chosen < 2; chosen++) {
            scene.look[i] = chosen ? UI_LOOK_CHOSEN : 0;
            assert_int_equal(painter_paint(&text, &scene, (uint8_t *)pixels, l->w * 4), 0);
            assert_int_equal(has_colour(pixels, l->w, &l->controls[i], accent), chosen);
        }
    }
    free(pixels);
}

static void what_is_chosen_shows_in_high_contrast(void **state)
{
    (void)state;
    for (unsigned w = 0; w < UI_WINDOWS; w++)
        for (unsigned v = 0; v < ui_layout_variants(w); v++) {
            const struct ui_layout *l = ui_layout_get(w, v);

            scene = (struct scene){
                .window = (uint8_t)w, .variant = (uint8_t)v, .scale = 256, .theme = 2};
            scene.width = l->w;
            scene.height = l->h;
            what_is_chosen_shows(l);
        }
}

/* What is off looks otherwise, in high contrast as well, where all texts are white. */
static void what_is_off_shows(const struct ui_layout *l)
{
    size_t size = (size_t)l->w * l->h * 4;
    uint8_t *on = malloc(size), *off = malloc(size);

    assert_non_null(on);
    assert_non_null(off);
    for (unsigned i = 0; i < l->n_controls; i++) {
        enum ui_kind kind = l->controls[i].kind;

        if (kind == UI_KIND_NONE || kind == UI_KIND_FIELD || kind == UI_KIND_ROW ||
            kind == UI_KIND_AREA || kind == UI_KIND_TOGGLE) /* which are never off */
            continue;
        for (unsigned chosen = 0; chosen < (kind == UI_KIND_CHECK ? 2 : 1); chosen++) {
            memset(scene.look, 0, sizeof scene.look);
            scene.look[i] = chosen ? UI_LOOK_CHOSEN : 0;
            assert_int_equal(painter_paint(&text, &scene, on, l->w * 4), 0);
            scene.look[i] |= UI_LOOK_OFF;
            assert_int_equal(painter_paint(&text, &scene, off, l->w * 4), 0);
            if (memcmp(on, off, size) == 0)
                fail_msg("window %u, control %s", scene.window, l->controls[i].id);
        }
    }
    free(on);
    free(off);
}

static void what_is_off_shows_in_every_theme(void **state)
{
    (void)state;
    for (unsigned theme = 0; theme < 3; theme++)
        for (unsigned w = 0; w < UI_WINDOWS; w++)
            for (unsigned v = 0; v < ui_layout_variants(w); v++) {
                const struct ui_layout *l = ui_layout_get(w, v);

                scene = (struct scene){.window = (uint8_t)w, .variant = (uint8_t)v, .scale = 256};
                scene.theme = (uint8_t)theme;
                scene.width = l->w;
                scene.height = l->h;
                what_is_off_shows(l);
            }
}

/* No connection has no bars, whatever the colours: the last one's middle is empty or the
 * hairline's. */
static void no_signal_is_not_a_full_one(void **state)
{
    static uint32_t pixels[960 * 640];

    (void)state;
    for (unsigned theme = 0; theme < 3; theme++)
        for (unsigned variant = 0; variant <= UI_VIEWER_STALE; variant += UI_VIEWER_STALE) {
            const uint32_t *rgb = theme_get(theme)->rgb;

            scene = (struct scene){.window = UI_VIEWER, .scale = 256, .width = 960, .height = 640};
            scene.variant = (uint8_t)variant;
            scene.theme = (uint8_t)theme;
            assert_true(scene_set_value(&scene, UI_SLOT_QUALITY, 5, (const uint8_t *)"", 0));
            assert_int_equal(painter_paint(&text, &scene, (uint8_t *)pixels, 960 * 4), 0);
            assert_int_equal(pixels[72 * 960 + 960 - 244 + 18 + 2] & 0xffffff,
                             rgb[variant == 0 ? COLOUR_OK
                                 : theme == 2 ? COLOUR_SURFACE
                                              : COLOUR_LINE]);
        }
}

/* The chosen row is filled with the tint that the presenter's badge has elsewhere. */
static void a_badge_shows_on_the_chosen_row(void **state)
{
    static uint32_t pixels[720 * 528];
    const struct ui_box edge = {.x = 390, .y = 275, .w = 3, .h = 10}; /* of the lower line */
    unsigned i = 0;

    (void)state;
    while (strcmp(samples[i].name, "host-back") != 0)
        i++;
    for (unsigned theme = 0; theme < 2; theme++) {
        sample_scene(&samples[i], &scene, 256, theme, 0, false);
        assert_int_equal(painter_paint(&text, &scene, (uint8_t *)pixels, 720 * 4), 0);
        assert_true(has_colour(pixels, 720, &edge, theme_get(theme)->rgb[COLOUR_SURFACE]));
    }
}

/* The same for a thin stroke, whose pixels are hardly ever quite filled. */
static bool has_stroke(const uint32_t *pixels, int width, const struct ui_box *b, uint32_t rgb)
{
    for (int y = b->y; y < b->y + b->h; y++)
        for (int x = b->x; x < b->x + b->w; x++) {
            int far = 0;

            for (unsigned shift = 0; shift < 24; shift += 8)
                far +=
                    abs((int)(pixels[y * width + x] >> shift & 0xff) - (int)(rgb >> shift & 0xff));
            if (far < 60)
                return true;
        }
    return false;
}

/* The chip of whom a certificate names has another ground and colour, and something before the
   name: in high contrast as well, where colours are one. */
static void a_certified_chip_is_another(void **state)
{
    static uint32_t typed[720 * 528], certified[720 * 528];
    const struct ui_box *row = &ui_layout_get(UI_PEOPLE, 0)->controls[UI_PEOPLE_ROW_1];
    const struct ui_box chip = {.x = row->x + 52, .y = row->y + 9, .w = 40, .h = 26},
                        tick = {.x = row->x + 60, .y = row->y + 9, .w = 16, .h = 26};

    (void)state;
    for (unsigned theme = 0; theme < 3; theme++) {
        const uint32_t *rgb = theme_get(theme)->rgb;

        scene = (struct scene){.window = UI_PEOPLE, .scale = 256, .width = 720, .height = 528};
        scene.theme = (uint8_t)theme;
        assert_true(scene_add_row(&scene, 1, 0, (const uint8_t *)"Kim", 3));
        assert_int_equal(painter_paint(&text, &scene, (uint8_t *)typed, 720 * 4), 0);
        scene.rows[0].badges = UI_BADGE_CERTIFIED;
        assert_int_equal(painter_paint(&text, &scene, (uint8_t *)certified, 720 * 4), 0);
        assert_true(has_colour(typed, 720, &chip, rgb[COLOUR_SUNKEN]));
        assert_true(has_colour(certified, 720, &chip, rgb[COLOUR_OTINT]));
        assert_true(has_stroke(certified, 720, &tick, rgb[COLOUR_OK]));
        assert_false(has_stroke(typed, 720, &chip, rgb[COLOUR_OK]));
        if (theme == 2) /* all grounds are black */
            continue;
        assert_false(has_colour(certified, 720, &chip, rgb[COLOUR_SUNKEN]));
        assert_false(has_colour(typed, 720, &chip, rgb[COLOUR_OTINT]));
    }
}

/* The hint's stripe is red; its icon is not: live red on black is hard to see. */
static void no_icon_is_live_red(void **state)
{
    static uint32_t pixels[440 * 64];
    const struct ui_box stripe = {.x = 0, .y = 21, .w = 4, .h = 22},
                        icon = {.x = 20, .y = 21, .w = 22, .h = 22};

    (void)state;
    for (unsigned theme = 0; theme < 3; theme++) {
        const uint32_t *rgb = theme_get(theme)->rgb;

        scene = (struct scene){.window = UI_TOAST, .scale = 256, .width = 440, .height = 64};
        scene.theme = (uint8_t)theme;
        scene.number[UI_SLOT_TOAST] = UI_TOAST_HINT;
        assert_int_equal(painter_paint(&text, &scene, (uint8_t *)pixels, 440 * 4), 0);
        assert_true(has_colour(pixels, 440, &stripe, rgb[COLOUR_LIVE]));
        assert_false(has_colour(pixels, 440, &icon, rgb[COLOUR_LIVE]));
        assert_true(has_colour(pixels, 440, &icon, rgb[COLOUR_TEXT]));
    }
}

static void what_does_not_exist_is_refused(void **state)
{
    (void)state;
    sample_scene(&samples[0], &scene, 256, 0, 0, false);
    assert_true(scene_check(&scene));
    assert_false(scene_set_value(&scene, UI_SLOTS, 0, NULL, 0));
    assert_false(scene_set_value(&scene, 0, 0, (const uint8_t *)"a\0b", 3));
    assert_false(scene_set_look(&scene, UI_HOME_CONTROLS, 0));
    scene.width++;
    assert_false(scene_check(&scene));
    scene.width--;
    scene.window = UI_WINDOWS;
    assert_false(scene_check(&scene));
    scene.window = UI_HOME;
    scene.variant = 1;
    assert_false(scene_check(&scene));
    scene.variant = 0;
    scene.scale = 255;
    assert_false(scene_check(&scene));
}

static void painting_is_quick(void **state)
{
    (void)state;
    for (unsigned scale = 256; scale <= 512; scale += 256) {
        double best = 1e9, from;
        unsigned i = 0;

        while (strcmp(samples[i].name, "host-panel") != 0)
            i++;
        sample_scene(&samples[i], &scene, scale, 0, 0, false);
        for (unsigned round = 0; round < 12; round++) {
            from = now_ms();
            paint_guarded(&scene);
            if (now_ms() - from < best)
                best = now_ms() - from;
        }
        print_message("host panel at scale %u: %.1f ms\n", scale / 256, best);
    }
}

static int write_picture(const char *folder, const char *name)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)scene.width, (int)scene.height);
    char path[512];
    int failed = 1;

    cairo_surface_flush(surface);
    if (scene_check(&scene) && !painter_paint(&text, &scene, cairo_image_surface_get_data(surface),
                                              cairo_image_surface_get_stride(surface))) {
        cairo_surface_mark_dirty(surface);
        snprintf(path, sizeof path, "%s/%s.png", folder, name);
        failed = cairo_surface_write_to_png(surface, path) != CAIRO_STATUS_SUCCESS;
    }
    cairo_surface_destroy(surface);
    return failed;
}

static const struct sample *sample_named(const char *name)
{
    const struct sample *s = samples;

    while (strcmp(s->name, name) != 0)
        s++;
    return s;
}

/* The samples, then every error and every toast that is not among them by a name of its own. */
static int write_pictures(int argc, char **argv)
{
    unsigned scale = argc > 2 ? (unsigned)(atof(argv[2]) * 256) : 256;
    unsigned theme = argc > 3 ? (unsigned)atoi(argv[3]) : 0;
    unsigned language = argc > 4 ? (unsigned)atoi(argv[4]) : 0;
    bool mirrored = argc > 5 && atoi(argv[5]);
    static const unsigned first[] = {UI_ERROR_BACK, UI_ERROR_RETRY, UI_ERROR_BACK, UI_ERROR_CLOSE2};
    char name[64];
    int failed = 0;

    for (unsigned i = 0; i < n_samples && !failed; i++) {
        sample_scene(&samples[i], &scene, scale, theme, language, mirrored);
        failed = write_picture(argv[1], samples[i].name);
    }
    for (unsigned i = UI_ERROR_NONE + 1; i < UI_ERRORS && !failed; i++) {
        sample_scene(sample_named("error-none"), &scene, scale, theme, language, mirrored);
        scene.number[UI_SLOT_ERROR] = i;
        scene.variant = ui_error_get(i)->variant;
        scene.look[UI_ERROR_RETRY] = 0;
        scene.look[first[scene.variant]] = UI_LOOK_FOCUS;
        snprintf(name, sizeof name, "error-%s", ui_error_get(i)->code);
        failed = write_picture(argv[1], name);
    }
    for (unsigned i = 0; i <= UI_TOAST_REACH && !failed; i++) {
        sample_scene(sample_named("toast-joined"), &scene, scale, theme, language, mirrored);
        scene.number[UI_SLOT_TOAST] = i;
        snprintf(name, sizeof name, "toast-%02u", i);
        failed = write_picture(argv[1], name);
    }
    return failed;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_window_paints),
        cmocka_unit_test(every_scale_paints),
        cmocka_unit_test(every_variant_paints_without_values),
        cmocka_unit_test(every_variant_paints_extremes),
        cmocka_unit_test(resized_viewers_are_filled),
        cmocka_unit_test(nothing_is_said_before_it_is_measured),
        cmocka_unit_test(what_is_chosen_shows_in_high_contrast),
        cmocka_unit_test(what_is_off_shows_in_every_theme),
        cmocka_unit_test(no_signal_is_not_a_full_one),
        cmocka_unit_test(a_badge_shows_on_the_chosen_row),
        cmocka_unit_test(a_certified_chip_is_another),
        cmocka_unit_test(no_icon_is_live_red),
        cmocka_unit_test(the_caret_is_on_no_letter),
        cmocka_unit_test(what_does_not_exist_is_refused),
        cmocka_unit_test(painting_is_quick),
    };
    int result;

    sample_fonts(&text);
    result = argc > 1 ? write_pictures(argc, argv) : cmocka_run_group_tests(tests, NULL, NULL);
    text_finish(&text);
    return result;
}
