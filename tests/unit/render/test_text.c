/* Shaping, directions, missing characters, line breaking, the icon paths and the string table. */
#include "lib/ui/strings.h"
#include "render/canvas.h"
#include "render/icon.h"
#include "render/path.h"
#include "tests/unit/render/samples.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct text text;
static const struct text_type plain = {.size = 16, .weight = 400};

static const struct text_line *shape(const char *s)
{
    return text_shape(&text, s, strlen(s), &plain);
}

static void latin_advances(void **state)
{
    const struct text_line *l = shape("vitrine");

    (void)state;
    assert_int_equal(l->n, 7);
    for (unsigned i = 1; i < l->n; i++)
        assert_true(l->glyphs[i].x > l->glyphs[i - 1].x);
    assert_true(l->width > 2 && l->width < 5);
}

static void weights_differ(void **state)
{
    struct text_type bold = {.size = 16, .weight = 600};

    (void)state;
    assert_true(text_width(&text, "Share", 5, &bold) > text_width(&text, "Share", 5, &plain));
}

static void tabular_digits_are_equal(void **state)
{
    struct text_type tab = {.size = 16, .weight = 400, .tabular = 1};

    (void)state;
    assert_true(fabs(text_width(&text, "111", 3, &tab) - text_width(&text, "888", 3, &tab)) < 0.01);
    assert_true(fabs(text_width(&text, "111", 3, &plain) - text_width(&text, "888", 3, &plain)) >
                1);
}

/* In a left-to-right line Arabic runs from right to left, in the place where it stands. */
static void right_to_left_is_reordered(void **state)
{
    const struct text_line *l = shape("a\u05d0\u05d1b");
    uint32_t alef, bet;

    (void)state;
    assert_int_equal(l->n, 4);
    bet = l->glyphs[1].id;
    alef = l->glyphs[2].id;
    l = shape("\u05d0");
    assert_int_equal(l->glyphs[0].id, alef);
    l = shape("\u05d1");
    assert_int_equal(l->glyphs[0].id, bet);
}

/* Several runs: the words change places, the number between them is read as it is. */
static void runs_are_reordered(void **state)
{
    uint32_t alef = shape("\u05d0")->glyphs[0].id, bet = shape("\u05d1")->glyphs[0].id;
    uint32_t one = shape("1")->glyphs[0].id;
    const struct text_line *l = shape("\u05d0 12 \u05d1 x");

    (void)state;
    assert_int_equal(l->n, 8);
    assert_int_equal(l->glyphs[0].id, bet);
    assert_int_equal(l->glyphs[2].id, one);
    assert_int_equal(l->glyphs[5].id, alef);
}

/* The session number in a sentence that runs from right to left: its groups stay in their order. */
static void numbers_are_not_turned_round(void **state)
{
    static const struct text_type back = {.size = 16, .weight = 400, .mirrored = 1};
    static const char sentence[] = "\u05d0 \u2068482 915 306\u2069";
    uint32_t alef = shape("\u05d0")->glyphs[0].id, four = shape("4")->glyphs[0].id;
    uint32_t six = shape("6")->glyphs[0].id;
    const struct text_line *l = text_shape(&text, sentence, strlen(sentence), &back);

    (void)state;
    assert_int_equal(l->n, 13);
    assert_int_equal(l->glyphs[0].id, four);
    assert_int_equal(l->glyphs[10].id, six);
    assert_int_equal(l->glyphs[12].id, alef);
}

/* What somebody wrote runs as its first letter does, in a window of either direction. */
static void foreign_text_has_its_own_direction(void **state)
{
    static const struct text_type ours = {.size = 16, .weight = 400, .mirrored = 1};
    static const struct text_type back = {.size = 16, .weight = 400, .mirrored = 1, .foreign = 1};
    static const struct text_type forth = {.size = 16, .weight = 400, .foreign = 1};
    uint32_t mark = shape("!")->glyphs[0].id;

    (void)state;
    assert_int_equal(text_shape(&text, "ab!", 3, &ours)->glyphs[0].id, mark);
    assert_int_equal(text_shape(&text, "ab!", 3, &back)->glyphs[2].id, mark);
    assert_int_equal(text_shape(&text, "\u05d0!", 3, &forth)->glyphs[0].id, mark);
    assert_int_equal(text_shape(&text, "12!", 3, &back)->glyphs[0].id, mark);
    assert_int_equal(text_shape(&text, "12!", 3, &forth)->glyphs[2].id, mark);
}

static void arabic_joins(void **state)
{
    uint32_t alone, joined;

    (void)state;
    alone = shape("\u0628")->glyphs[0].id;
    joined = shape("\u0628\u0628\u0628")->glyphs[0].id;
    assert_int_not_equal(alone, joined);
}

static void missing_characters_are_boxes(void **state)
{
    const struct text_line *l = shape("x\u5c71\U0001f642");

    (void)state;
    assert_int_equal(l->n, 3);
    assert_int_equal(l->glyphs[1].font, FONT_NONE);
    assert_int_equal(l->glyphs[1].id, 0x5c71);
    assert_int_equal(l->glyphs[2].id, 0x1f642);
    assert_true(l->glyphs[2].x > l->glyphs[1].x);
}

static void marks_stay_with_their_letter(void **state)
{
    const struct text_line *l = shape("q\u0323\u0302");

    (void)state;
    for (unsigned i = 1; i < l->n; i++)
        assert_int_equal(l->glyphs[i].font, l->glyphs[0].font);
}

static void malformed_bytes_are_replaced(void **state)
{
    (void)state;
    assert_int_equal(shape("a\xff\xc3z")->n, 4);
    assert_int_equal(shape("")->n, 0);
    assert_int_equal(text_shape(&text, "\xe2\x82", 2, &plain)->n, 2);
}

static void long_texts_are_cut(void **state)
{
    char *longest = malloc(100000);

    (void)state;
    assert_non_null(longest);
    memset(longest, 'w', 100000);
    assert_true(text_shape(&text, longest, 100000, &plain)->n <= TEXT_POINTS_MAX);
    free(longest);
}

static void the_cache_gives_the_same(void **state)
{
    double first = text_width(&text, "Stop sharing", 12, &plain);
    char other[24];

    (void)state;
    for (int i = 0; i < 3 * TEXT_CACHE; i++) {
        snprintf(other, sizeof other, "line %d", i);
        text_width(&text, other, strlen(other), &plain);
    }
    assert_true(text_width(&text, "Stop sharing", 12, &plain) == first);
}

static void passwords_are_not_kept(void **state)
{
    struct text_type secret = plain;
    float width = shape("amber canal")->width;
    const struct text_line *kept = shape("amber canal");

    (void)state;
    secret.fleeting = 1;
    assert_ptr_equal(shape("amber canal"), kept); /* found again: the same line of the cache */
    assert_ptr_not_equal(text_shape(&text, "amber canal", 11, &secret), kept);
    assert_true(text_shape(&text, "amber canal", 11, &secret)->width == width);
}

static struct canvas canvas_make(uint8_t *pixels, int w, int h)
{
    struct canvas c = {.text = &text, .theme = theme_get(0), .scale = 256, .w = w, .h = h};

    assert_int_equal(canvas_begin(&c, pixels, w, h, w * 4), 0);
    return c;
}

static void paragraphs_break_at_words(void **state)
{
    static uint8_t pixels[400 * 100 * 4];
    struct canvas c = canvas_make(pixels, 400, 100);
    const char *words = "one two three four five six seven eight";
    double all = canvas_text_width(&c, UI_STYLE_BODY, 0, words);

    (void)state;
    assert_int_equal(canvas_paragraph(&c, 0, 20, all + 1, 8, UI_STYLE_BODY, COLOUR_TEXT, 0, words),
                     1);
    assert_int_equal(
        canvas_paragraph(&c, 0, 20, all * 0.6, 8, UI_STYLE_BODY, COLOUR_TEXT, 0, words), 2);
    assert_int_equal(
        canvas_paragraph(&c, 0, 20, all * 0.3, 2, UI_STYLE_BODY, COLOUR_TEXT, 0, words), 2);
    assert_int_equal(canvas_paragraph(&c, 0, 20, 1, 8, UI_STYLE_BODY, COLOUR_TEXT, 0, words), 8);
    assert_int_equal(canvas_paragraph(&c, 0, 20, 100, 8, UI_STYLE_BODY, COLOUR_TEXT, 0, ""), 0);
    assert_int_equal(canvas_end(&c), 0);
}

static void cut_texts_stay_in_their_room(void **state)
{
    static uint8_t pixels[400 * 40 * 4];
    struct canvas c = canvas_make(pixels, 400, 40);

    (void)state;
    for (double room = 20; room < 200; room += 7)
        assert_true(canvas_text_cut(&c, 0, 20, room, UI_STYLE_BODY, COLOUR_TEXT, 0,
                                    "a rather long line of text that does not fit") <= room);
    assert_int_equal(canvas_end(&c), 0);
}

/* The style at 13 of the same weight; the same where there is none. */
static enum ui_style smallest(enum ui_style style)
{
    return style == UI_STYLE_BODY                                ? UI_STYLE_CAPTION
           : style == UI_STYLE_BODY5                             ? UI_STYLE_LABEL5
           : style == UI_STYLE_CHIP || style == UI_STYLE_TITLE15 ? UI_STYLE_HEAD
                                                                 : style;
}

/* The build has measured every sentence without kerning and ligatures; this asks the shaper. One
   line of room is one line: there is no place for a second. */
static void every_sentence_fits_its_room(void **state)
{
    static uint8_t pixels[16 * 16 * 4];
    struct canvas c = canvas_make(pixels, 16, 16);

    (void)state;
    for (unsigned s = 1; s < UI_STRINGS; s++)
        for (unsigned language = 0; language < UI_LANGUAGES; language++) {
            const struct ui_string_row *r = ui_string_get(s);
            struct ui_args args = {128, 128, "482 915 306"};
            char out[1024];

            c.language = language;
            ui_string_format(out, sizeof out, s, language, &args);
            if (r->width == 0)
                continue;
            assert_true(canvas_string_lines(&c, s, &args) <= r->lines);
            if (r->lines == 1)
                assert_true(canvas_text_width(&c, smallest(r->style), 0, out) <= r->width);
        }
    assert_int_equal(canvas_end(&c), 0);
}

/* What does not fit after all is cut, and stays on its line. */
static void one_line_stays_one_line(void **state)
{
    static uint8_t pixels[16 * 16 * 4];
    struct canvas c = canvas_make(pixels, 16, 16);
    struct ui_args args = {.s =
                               "a path that is far too long for the one line that there is for it"};

    (void)state;
    assert_int_equal(canvas_string_lines(&c, UI_STR_FOOT_CODE, &args), 1);
    assert_int_equal(canvas_end(&c), 0);
}

static void sentences_are_filled(void **state)
{
    char out[64];

    (void)state;
    ui_string_format(out, sizeof out, UI_STR_SHARE_TITLE, UI_LANGUAGE_EN,
                     &(struct ui_args){.n = 1});
    assert_string_equal(out, "Share your screen with 1 person?");
    ui_string_format(out, sizeof out, UI_STR_SHARE_TITLE, UI_LANGUAGE_EN,
                     &(struct ui_args){.n = 0});
    assert_string_equal(out, "Share your screen with people you admit?");
    ui_string_format(out, sizeof out, UI_STR_HOST_VERIFIED, 0, &(struct ui_args){.n = 2, .m = 1});
    assert_string_equal(out, "Verified words: 1 of 2 people");
    ui_string_format(out, sizeof out, UI_STR_FOOT_CODE, UI_LANGUAGE_DE,
                     &(struct ui_args){.s = "{n}"});
    assert_string_equal(out, "Code \u2068{n}\u2069");
    assert_int_equal(ui_string_format(out, 5, UI_STR_GO_CLOSE, UI_LANGUAGE_DE, NULL), 4);
    assert_int_equal(ui_string_format(out, 7, UI_STR_GO_CLOSE, UI_LANGUAGE_DE, NULL), 6);
    ui_string_format(out, 8, UI_STR_GO_CLOSE, UI_LANGUAGE_DE,
                     NULL); /* Schlie, never half of the sharp s */
    assert_string_equal(out, "Schlie");
    assert_string_equal(ui_string_text(UI_STRINGS + 5, 9, 7), "");
}

static void edges_are_rounded(void **state)
{
    const struct ui_layout *l = ui_layout_get(UI_VIEWER, 0);
    struct ui_rect r;

    (void)state;
    assert_int_equal(ui_px(3, 320), 4); /* 3.75 */
    assert_int_equal(ui_px(1, 384), 2); /* 1.5 */
    assert_int_equal(ui_px(-1, 320), -1);
    r = ui_rect_px((struct ui_rect){1, 1, 1, 1}, 384);
    assert_int_equal(r.x + r.w, ui_px(2, 384)); /* neighbours never gap */
    r = ui_box_place(l, &l->controls[UI_VIEWER_LEAVE], 1200, 800, false);
    assert_int_equal(r.x, 848 + 240);
    r = ui_box_place(l, &l->controls[UI_VIEWER_PICTURE], 1200, 800, false);
    assert_int_equal(r.w, 958 + 240);
    assert_int_equal(r.h, 502 + 160);
    r = ui_box_place(l, &l->controls[UI_VIEWER_FIT], 960, 640, true);
    assert_int_equal(r.x, 960 - 12 - 66);
    assert_null(ui_layout_get(UI_WINDOWS, 0));
    assert_null(ui_layout_get(UI_HOME, 1));
}

static void errors_have_their_buttons(void **state)
{
    (void)state;
    assert_null(ui_error_get(UI_ERROR_NONE));
    assert_null(ui_error_get(UI_ERRORS));
    for (unsigned i = 1; i < UI_ERRORS; i++) {
        const struct ui_error_row *e = ui_error_get(i);

        assert_non_null(ui_layout_get(UI_ERROR, e->variant));
        assert_int_not_equal(e->title, UI_STR_NONE);
    }
    assert_string_equal(ui_error_get(UI_ERROR_R_CERT)->code, "R-CERT");
}

static double extent(const char *path, bool *ok)
{
    cairo_surface_t *s = cairo_recording_surface_create(CAIRO_CONTENT_COLOR, NULL);
    cairo_t *cr = cairo_create(s);
    double x1, y1, x2, y2;

    cairo_set_tolerance(cr, 0.001);
    *ok = path_draw(cr, path);
    cairo_path_extents(cr, &x1, &y1, &x2, &y2);
    cairo_destroy(cr);
    cairo_surface_destroy(s);
    return x2 - x1 + 100 * (y2 - y1);
}

static void paths_are_drawn(void **state)
{
    static const struct {
        const char *path;
        double extent; /* width + 100 * height */
    } good[] = {{"M1 2L11 22", 10 + 2000},
                {"m1 2 10 20", 10 + 2000},
                {"M0 0H8V4H0Z", 8 + 400},
                {"m.5.5h-3v-2z", 3 + 200},
                {"M2 12a3 3 0 1 0 6 0a3 3 0 1 0-6 0Z", 6 + 600},
                {"M0 0A5 5 0 0 1 5 5", 5 + 500},
                {"M0 0A5 5 0 1 1 5 5", 10 + 1000},
                {"M0 0A5 5 0 1 0 5 5", 10 + 1000},
                {"M0 0C0 4 4 4 4 0S8-4 8 0", 8 + 600}};
    static const char *const bad[] = {"Q1 2 3 4",           "M1",    "M1 2L", "12",
                                      "M0 0A2 2 0 7 0 1 1", "M0 0Z5"};
    bool ok;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(fabs(extent(good[i].path, &ok) - good[i].extent) < 0.6);
        assert_true(ok);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        extent(bad[i], &ok);
        assert_false(ok);
    }
}

static void every_icon_draws(void **state)
{
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 24, 24);
    cairo_t *cr = cairo_create(s);

    (void)state;
    for (enum ui_icon i = UI_ICON_NONE + 1; i < UI_ICONS; i++)
        assert_true(icon_draw(cr, i, 24, 1.75));
    assert_false(icon_draw(cr, UI_ICON_NONE, 24, 1.75));
    assert_false(icon_draw(cr, UI_ICONS, 24, 1.75));
    assert_int_equal(cairo_status(cr), CAIRO_STATUS_SUCCESS);
    cairo_destroy(cr);
    cairo_surface_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latin_advances),
        cmocka_unit_test(weights_differ),
        cmocka_unit_test(tabular_digits_are_equal),
        cmocka_unit_test(right_to_left_is_reordered),
        cmocka_unit_test(runs_are_reordered),
        cmocka_unit_test(numbers_are_not_turned_round),
        cmocka_unit_test(foreign_text_has_its_own_direction),
        cmocka_unit_test(arabic_joins),
        cmocka_unit_test(missing_characters_are_boxes),
        cmocka_unit_test(marks_stay_with_their_letter),
        cmocka_unit_test(malformed_bytes_are_replaced),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(the_cache_gives_the_same),
        cmocka_unit_test(passwords_are_not_kept),
        cmocka_unit_test(paragraphs_break_at_words),
        cmocka_unit_test(cut_texts_stay_in_their_room),
        cmocka_unit_test(every_sentence_fits_its_room),
        cmocka_unit_test(one_line_stays_one_line),
        cmocka_unit_test(sentences_are_filled),
        cmocka_unit_test(edges_are_rounded),
        cmocka_unit_test(errors_have_their_buttons),
        cmocka_unit_test(paths_are_drawn),
        cmocka_unit_test(every_icon_draws),
    };
    int result;

    sample_fonts(&text);
    result = cmocka_run_group_tests(tests, NULL, NULL);
    text_finish(&text);
    return result;
}
