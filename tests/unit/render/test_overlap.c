/*
 * Where words and icons come to stand: in every sample, in every language and from right to left,
 * no words on other words or on an icon, none outside the window, no sentence of ours cut short.
 * text_draw and icon_draw are wrapped to see each place. Runs also with the tables of build/pseudo.
 */
#include "render/icon.h"
#include "render/painter.h"
#include "tests/unit/render/samples.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MARKS_MAX 256
/* Of Inter, in ems: how high capitals are, how far letters hang down. */
#define CAPITAL 0.73
#define HANGING 0.21
#define ELLIPSIS "\xe2\x80\xa6"
#define WIDEST                                                                                     \
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW" /* MAX_PASSWORD             \
                                                                        */
#define ISOLATE_END "\xe2\x81\xa9"
#define QUOTE_LEFT "\xe2\x80\x9c"
#define QUOTE_RIGHT "\xe2\x80\x9d"
#define QUOTE (sizeof QUOTE_LEFT - 1)

/* What was drawn, in device pixels, as far as the clip let it. */
struct mark {
    double x1, y1, x2, y2;
    bool words;
    char what[64];
    double size; /* of the type */
};

static struct text text;
static struct scene scene;
static struct mark marks[MARKS_MAX];
static unsigned n_marks;
static const char *shown;
static unsigned language;

void __real_text_draw(struct text *t, cairo_t *cr, double x, double y, const char *utf8, size_t len,
                      const struct text_type *type);
void __wrap_text_draw(struct text *t, cairo_t *cr, double x, double y, const char *utf8, size_t len,
                      const struct text_type *type);
bool __real_icon_draw(cairo_t *cr, enum ui_icon icon, double size, double width);
bool __wrap_icon_draw(cairo_t *cr, enum ui_icon icon, double size, double width);

static double least(double a, double b)
{
    return a < b ? a : b;
}

static double most(double a, double b)
{
    return a > b ? a : b;
}

static void keep(cairo_t *cr, struct mark m, const char *what, size_t len)
{
    double x1, y1, x2, y2;

    cairo_clip_extents(cr, &x1, &y1, &x2, &y2);
    m = (struct mark){most(m.x1, x1), most(m.y1, y1), least(m.x2, x2), least(m.y2, y2), m.words, "",
                      m.size};
    snprintf(m.what, sizeof m.what, "%.*s", (int)len, what);
    if (m.x1 >= m.x2 || m.y1 >= m.y2)
        return;
    assert_true(n_marks < MARKS_MAX);
    marks[n_marks++] = m;
}

/* A claimed name, most likely. */
static bool is_quoted(const char *utf8, size_t len)
{
    return len >= 2 * QUOTE &&
           (memcmp(utf8, QUOTE_LEFT, QUOTE) == 0 || memcmp(utf8, QUOTE_RIGHT, QUOTE) == 0);
}

/* No font turns quotation marks: the one on the left is the left one, whichever is said first. */
static bool quotes_face_away(const char *utf8, size_t len, bool mirrored)
{
    return memcmp(utf8, mirrored ? QUOTE_RIGHT : QUOTE_LEFT, QUOTE) != 0 ||
           memcmp(utf8 + len - QUOTE, mirrored ? QUOTE_LEFT : QUOTE_RIGHT, QUOTE) != 0;
}

/* One of our sentences, which the painter has shortened. */
static bool is_cut(const char *utf8, size_t len)
{
    size_t end = sizeof ELLIPSIS - 1;

    if (len <= end || memcmp(utf8 + len - end, ELLIPSIS, end) != 0 || scene.window == UI_CHAT ||
        is_quoted(utf8, len))
        return false;
    for (unsigned s = 1; s < UI_STRINGS; s++) {
        const char *ours = ui_string_text(s, language, 2);

        if (strlen(ours) == len && memcmp(ours, utf8, len) == 0)
            return false;
    }
    return true;
}

/* Digits stand on their line. */
static double hanging(const char *utf8, size_t len)
{
    return strspn(utf8, "0123456789 ") >= len ? 0 : HANGING;
}

void __wrap_text_draw(struct text *t, cairo_t *cr, double x, double y, const char *utf8, size_t len,
                      const struct text_type *type)
{
    double size = (double)type->size, below = hanging(utf8, len) * size;
    struct mark m = {
        x, y - CAPITAL * size, x + text_width(t, utf8, len, type), y + below, true, "", size};

    if (is_cut(utf8, len))
        fail_msg("%s: cut: %.*s", shown, (int)len, utf8);
    /* what is cut goes on where its own direction says, not the window's */
    if (memmem(utf8, len, ISOLATE_END ELLIPSIS, sizeof ISOLATE_END ELLIPSIS - 1))
        fail_msg("%s: ellipsis beside the name: %.*s", shown, (int)len, utf8);
    if (is_quoted(utf8, len) && quotes_face_away(utf8, len, type->mirrored))
        fail_msg("%s: quotation marks face away: %.*s", shown, (int)len, utf8);
    if (type->fleeting == 0 && (m.x1 < 0 || m.x2 > scene.width || m.y1 < 0 || m.y2 > scene.height))
        fail_msg("%s: outside: %.*s", shown, (int)len, utf8);
    keep(cr, m, utf8, len);
    __real_text_draw(t, cr, x, y, utf8, len, type);
}

bool __wrap_icon_draw(cairo_t *cr, enum ui_icon icon, double size, double width)
{
    cairo_matrix_t at;

    cairo_get_matrix(cr, &at);
    cairo_save(cr);
    cairo_identity_matrix(cr);
    keep(cr,
         (struct mark){least(at.x0, at.x0 + at.xx * size), at.y0, most(at.x0, at.x0 + at.xx * size),
                       at.y0 + size, false, "", 0},
         "icon", 4);
    cairo_restore(cr);
    return __real_icon_draw(cr, icon, size, width);
}

static bool on_each_other(const struct mark *a, const struct mark *b)
{
    return (a->words || b->words) && least(a->x2, b->x2) - most(a->x1, b->x1) > 1 &&
           least(a->y2, b->y2) - most(a->y1, b->y1) > 1;
}

static void look_at(const char *name)
{
    uint8_t *pixels = malloc((size_t)scene.width * scene.height * 4);

    assert_non_null(pixels);
    shown = name;
    n_marks = 0;
    assert_int_equal(painter_paint(&text, &scene, pixels, (int)scene.width * 4), 0);
    free(pixels);
    for (unsigned i = 0; i < n_marks; i++)
        for (unsigned k = 0; k < i; k++)
            if (on_each_other(&marks[i], &marks[k]))
                fail_msg("%s, language %u: \"%s\" on \"%s\"", name, language, marks[i].what,
                         marks[k].what);
}

static void look_at_samples(bool mirrored)
{
    for (unsigned i = 0; i < n_samples; i++) {
        sample_scene(&samples[i], &scene, 256, 0, language, mirrored);
        look_at(samples[i].name);
    }
}

static void nothing_stands_on_anything(void **state)
{
    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++)
        look_at_samples(ui_language_table[language].right_to_left);
}

static void nor_from_right_to_left(void **state)
{
    (void)state;
    language = UI_LANGUAGE_EN;
    look_at_samples(true);
}

/* Of the words that begin like these; 0: there are none. */
static double size_of(const char *words)
{
    for (unsigned i = 0; i < n_marks; i++)
        if (strncmp(marks[i].what, words, 9) == 0)
            return marks[i].size;
    return 0;
}

static void sample_named(const char *name)
{
    unsigned i = 0;

    while (strcmp(samples[i].name, name) != 0)
        i++;
    sample_scene(&samples[i], &scene, 256, 0, language, ui_language_table[language].right_to_left);
}

static void every_toast_keeps_its_lines(void **state)
{
    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++)
        for (unsigned i = 0; i <= UI_TOAST_REACH; i++) {
            sample_named("toast-joined");
            scene.number[UI_SLOT_TOAST] = i;
            look_at("toast");
        }
}

static void every_error_keeps_its_places(void **state)
{
    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++)
        for (unsigned i = 1; i < UI_ERRORS; i++)
            for (unsigned details = 0; details < 2; details++) {
                sample_named("error-none");
                scene.number[UI_SLOT_ERROR] = i;
                scene.number[UI_SLOT_DETAIL] = details;
                scene.variant = ui_error_get(i)->variant;
                look_at(ui_error_get(i)->code);
                for (unsigned v = 1; i == UI_ERROR_V_OLD && v <= UI_VERSIONS_RELAY; v++) {
                    scene.number[UI_SLOT_VERSIONS] = v;
                    scene.number[UI_SLOT_HERE] = scene.number[UI_SLOT_THERE] = UINT16_MAX;
                    look_at("V-OLD with versions");
                }
            }
}

/* Its footer is fullest while this person has control and updates were skipped. */
static void a_viewer_of_any_width_keeps_its_places(void **state)
{
    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++)
        for (unsigned width = 640; width <= 1000; width += 20) {
            sample_named("viewer-control");
            scene.width = width;
            look_at("viewer-control");
        }
}

/* How many letters of a text were drawn, line by line. */
static size_t drawn_of(const char *whole)
{
    size_t at = 0;

    for (unsigned i = 0; i < n_marks; i++)
        if (strncmp(whole + at, marks[i].what, strlen(marks[i].what)) == 0)
            at += strlen(marks[i].what);
    return at;
}

/* A password is read out: the whole of it is there, and none steps to a smaller type where a larger
   one fits. */
static void passwords_are_as_large_as_they_can_be(void **state)
{
    static const struct {
        const char *words;
        double size;
    } cases[] = {{"amber canal violet orbit", 19},
                 {"button process impress behind", 17},
                 {"aSafe!password?of-ones#own", 17},
                 {"correct9horse8battery7staple6pen", 15},
                 {"correct9horse8battery7staple6penny5ante4tide", 15},
                 {WIDEST, 13}};

    (void)state;
    language = UI_LANGUAGE_EN;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sample_named("host-start");
        assert_true(scene_set_value(&scene, UI_SLOT_PASSWORD, 0, (const uint8_t *)cases[i].words,
                                    strlen(cases[i].words)));
        look_at("password");
        assert_int_equal(drawn_of(cases[i].words), strlen(cases[i].words));
        if (size_of(cases[i].words) != cases[i].size)
            fail_msg("%s: %g", cases[i].words, size_of(cases[i].words));
    }
}

static const struct mark *drawn(const char *words)
{
    for (unsigned i = 0; i < n_marks; i++)
        if (strcmp(marks[i].what, words) == 0)
            return &marks[i];
    fail_msg("%s: not drawn: %s", shown, words);
    return NULL;
}

static unsigned drawn_times(const char *words)
{
    unsigned n = 0;

    for (unsigned i = 0; i < n_marks; i++)
        n += strncmp(marks[i].what, words, sizeof marks[i].what - 1) == 0;
    return n;
}

/* At the door, in every list and in every dialog that names somebody, also where the name leaves
   little room. */
static void names_that_look_alike_are_marked(void **state)
{
    static const struct {
        const char *sample;
        unsigned badges;
    } cases[] = {{"host-alike", 2},    {"admit-alike", 1}, {"consent-alike", 2},
                 {"control-alike", 1}, {"words-alike", 1}, {"people-alike", 2}};

    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++)
        for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            const char *badge = ui_string_text(UI_STR_BADGE_SAME, language, 0);

            sample_named(cases[i].sample);
            look_at(cases[i].sample);
            if (drawn_times(badge) != cases[i].badges)
                fail_msg("%s: %u", cases[i].sample, drawn_times(badge));
            scene.crowd = NULL; /* nobody else is there */
            look_at(cases[i].sample);
            assert_int_equal(drawn_times(badge), 0);
        }
}

/* What else there is to know of somebody stays beside it. */
static void and_nothing_else_is_lost(void **state)
{
    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++) {
        sample_named("control-alike");
        look_at("control-alike");
        assert_int_equal(drawn_times(ui_string_text(UI_STR_BADGE_UNCHECKED, language, 0)), 1);
    }
}

static unsigned with_badge(enum ui_string badge)
{
    return drawn_times(ui_string_text(badge, language, 0));
}

/* How many others stand in the list of the host panel whose words match, or do not. */
static unsigned others(uint16_t match)
{
    unsigned n = 0;

    for (unsigned i = 0; i < scene.n_rows; i++)
        n += scene.rows[i].kind == 1 && !(scene.rows[i].badges & UI_BADGE_YOU) &&
             (scene.rows[i].badges & UI_BADGE_WORDS_MATCH) == match;
    return n;
}

/* Nor in a row of the host panel: what has no room beside the name stands under it. */
static void a_row_keeps_its_badges(void **state)
{
    static const char *const open[] = {"host-panel", "host-back", "host-names", "host-alike",
                                       "host-paused"};

    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++)
        for (unsigned i = 0; i < sizeof open / sizeof open[0]; i++) {
            sample_named(open[i]);
            look_at(open[i]);
            if (with_badge(UI_STR_BADGE_MATCH) != others(UI_BADGE_WORDS_MATCH) ||
                with_badge(UI_STR_BADGE_UNCHECKED) != others(0))
                fail_msg("%s, language %u", open[i], language);
        }
}

/* A row that goes on with the one above stands on its next line; then comes the usual room. */
static void what_was_written_is_one_text(void **state)
{
    double first, second, next;

    (void)state;
    language = UI_LANGUAGE_EN;
    sample_named("chat");
    look_at("chat");
    second = drawn("last column.")->y1;
    next = drawn("Better now? \xe2\x80\x9cWider\xe2\x80\x9d is a setting.")->y1;
    first = drawn("Yes.")->y1 + 44;
    assert_true(second - first > 18.5 && second - first < 19.5);
    assert_true(next - second > 43.5 && next - second < 44.5);
}

/* "Show all" and the arrows beside it are on the line of their heading. */
static void a_heading_is_one_line(void **state)
{
    const struct mark *all;
    unsigned arrows = 0;
    char words[256];

    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++, arrows = 0) {
        sample_named("host-paused");
        look_at("host-paused");
        ui_string_format(words, sizeof words, UI_STR_HOST_ALL, language,
                         &(struct ui_args){.n = scene.number[UI_SLOT_PEOPLE] + 1});
        all = drawn(words);
        for (unsigned i = 0; i < n_marks; i++) {
            double above = all->y1 - marks[i].y1, below = marks[i].y2 - (all->y1 + 9.5);

            if (marks[i].words || marks[i].y1 > all->y1 || marks[i].y2 < all->y2)
                continue;
            assert_true(above - below < 1 && below - above < 1);
            arrows++;
        }
        assert_int_equal(arrows, 1); /* there is no page before it */
    }
}

/* Before anything has been measured there is one line, and it stands in the middle. */
static void a_line_alone_is_centred(void **state)
{
    const struct mark *m;

    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++) {
        sample_named("doctor-begin");
        look_at("doctor-begin");
        m = drawn(ui_string_text(UI_STR_DOCTOR_UNREAD, language, 0));
        assert_true(m->y1 + CAPITAL * m->size / 2 > 93 && m->y1 + CAPITAL * m->size / 2 < 95);
    }
}

/* However long the line takes, its figure ends before the button beside it. */
static void a_slow_line_stays_off_the_buttons(void **state)
{
    char words[256];

    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++)
        for (unsigned ms = 1; ms < 10000; ms = ms * 10 + 9) {
            sample_named("viewer");
            scene.number[UI_SLOT_QUALITY] = ms;
            look_at("viewer");
            ui_string_format(words, sizeof words,
                             ms < 100   ? UI_STR_VIEW_GOOD
                             : ms < 250 ? UI_STR_VIEW_FAIR
                                        : UI_STR_VIEW_POOR,
                             language, &(struct ui_args){.n = ms});
            if (scene.mirrored)
                assert_true(drawn(words)->x1 >= 112 + 12);
            else
                assert_true(drawn(words)->x2 <= scene.width - 112 - 12);
        }
}

/* A name of usual length is whole at the door too. */
static void a_newcomer_is_named(void **state)
{
    (void)state;
    language = UI_LANGUAGE_EN;
    sample_named("host-waiting");
    look_at("host-waiting");
    for (unsigned i = 0; i < n_marks; i++)
        assert_null(strstr(marks[i].what, ELLIPSIS));
}

/* No window says less of what others see, or more. */
static void footers_say_what_is_shared(void **state)
{
    static const char *const open[] = {"host-panel", "people", "chat", "password-own"};
    static const enum ui_string said[] = {UI_STR_FOOT_SHARING, UI_STR_FOOT_SHARING_ONE,
                                          UI_STR_FOOT_SHARING_PART};
    char words[256];

    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++)
        for (unsigned i = 0; i < sizeof open / sizeof open[0]; i++)
            for (unsigned what = 0; what < 3; what++) {
                sample_named(open[i]);
                scene.number[UI_SLOT_SHARING] = 1;
                scene.number[UI_SLOT_WHAT] = what;
                scene.number[UI_SLOT_PEOPLE] = 2;
                look_at(open[i]);
                ui_string_format(words, sizeof words, said[what], language,
                                 &(struct ui_args){.n = 2});
                if (drawn_times(words) != 1)
                    fail_msg("%s: not said: %s", open[i], words);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_stands_on_anything),
        cmocka_unit_test(nor_from_right_to_left),
        cmocka_unit_test(every_toast_keeps_its_lines),
        cmocka_unit_test(every_error_keeps_its_places),
        cmocka_unit_test(a_viewer_of_any_width_keeps_its_places),
        cmocka_unit_test(names_that_look_alike_are_marked),
        cmocka_unit_test(and_nothing_else_is_lost),
        cmocka_unit_test(a_row_keeps_its_badges),
        cmocka_unit_test(what_was_written_is_one_text),
        cmocka_unit_test(footers_say_what_is_shared),
        cmocka_unit_test(a_heading_is_one_line),
        cmocka_unit_test(a_line_alone_is_centred),
        cmocka_unit_test(a_slow_line_stays_off_the_buttons),
        cmocka_unit_test(a_newcomer_is_named),
        cmocka_unit_test(passwords_are_as_large_as_they_can_be),
    };
    int result;

    sample_fonts(&text);
    result = cmocka_run_group_tests(tests, NULL, NULL);
    text_finish(&text);
    return result;
}
