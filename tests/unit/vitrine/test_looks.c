/* What the desktop says about looks, and what becomes of it together with the settings. */
#include "broker/looks.h"
#include "lib/ui/strings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct settings_blob {
    uint8_t bytes[256];
    size_t len;
    bool big;
};

static void put(struct settings_blob *b, uint32_t v, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        b->bytes[b->len++] = (uint8_t)(v >> 8 * (b->big ? n - 1 - i : i));
}

static void put_text(struct settings_blob *b, const char *text)
{
    size_t n = strlen(text);
    memcpy(b->bytes + b->len, text, n);
    b->len += n + (4 - n % 4) % 4;
}

static void put_head(struct settings_blob *b, unsigned type, const char *name)
{
    put(b, type, 1);
    put(b, 0, 1);
    put(b, (uint32_t)strlen(name), 2);
    put_text(b, name);
    put(b, 1, 4);
}

static struct settings_blob blob(bool big, const char *theme, uint32_t dpi)
{
    struct settings_blob b = {.big = big};
    put(&b, big, 1);
    b.len += 3;
    put(&b, 7, 4);
    put(&b, 4, 4);
    put_head(&b, 0, "Xft/DPI");
    put(&b, dpi * 1024, 4);
    put_head(&b, 2, "Some/Colour");
    put(&b, 0, 4);
    put(&b, 0, 4);
    put_head(&b, 1, "Net/ThemeName");
    put(&b, (uint32_t)strlen(theme), 4);
    put_text(&b, theme);
    put_head(&b, 0, "Gtk/EnableAnimations");
    put(&b, 0, 4);
    return b;
}

static void xsettings_are_read(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct settings_blob b = blob(big, "Adwaita-dark", 144);
        struct desktop d = {0};
        assert_true(desktop_take_xsettings(&d, b.bytes, b.len));
        assert_int_equal(d.dpi, 144);
        assert_int_equal(d.theme, DESKTOP_DARK);
        assert_true(d.still);
    }
}

/* Cut anywhere: refused, nothing read behind the end (the sanitizers watch), values possible. */
static void cut_xsettings_are_refused(void **state)
{
    struct settings_blob b = blob(false, "HighContrast", 100000);

    (void)state;
    for (size_t len = 0; len <= b.len; len++) {
        uint8_t *copy = malloc(len ? len : 1);
        struct desktop d = {0};
        memcpy(copy, b.bytes, len);
        assert_int_equal(desktop_take_xsettings(&d, copy, len), len == b.len);
        assert_int_equal(d.dpi, 0); /* no such size */
        free(copy);
    }
}

static void themes_have_names(void **state)
{
    static const struct {
        const char *name;
        enum desktop_theme theme;
    } cases[] = {{"Adwaita", DESKTOP_LIGHT},         {"Yaru-dark", DESKTOP_DARK},
                 {"HighContrast", DESKTOP_CONTRAST}, {"ContrastHighInverse", DESKTOP_CONTRAST},
                 {"Breeze-Dark", DESKTOP_DARK},      {"", DESKTOP_LIGHT}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(desktop_theme_of(cases[i].name, strlen(cases[i].name)), cases[i].theme);
}

static void resources_are_read(void **state)
{
    static const struct {
        const char *text;
        unsigned dpi;
    } cases[] = {{"Xft.dpi:\t120\n", 120}, {"*a: b\nXft.dpi: 192", 192},     {"xXft.dpi: 120\n", 0},
                 {"Xft.dpi: 1\n", 0},      {"Xft.dpi: 99999999999999\n", 0}, {"Xft.dpi:", 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct desktop d = {0};
        desktop_take_resources(&d, cases[i].text, strlen(cases[i].text));
        assert_int_equal(d.dpi, cases[i].dpi);
    }
}

static void locales_have_languages(void **state)
{
    (void)state;
    assert_int_equal(ui_language_of("de_DE.UTF-8"), UI_LANGUAGE_DE);
    assert_int_equal(ui_language_of("de"), UI_LANGUAGE_DE);
    assert_int_equal(ui_language_of("de@euro"), UI_LANGUAGE_DE);
    assert_int_equal(ui_language_of("del_XX"), UI_LANGUAGE_EN);
    assert_int_equal(ui_language_of("C"), UI_LANGUAGE_EN);
    assert_int_equal(ui_language_of(""), UI_LANGUAGE_EN);
    assert_int_equal(ui_language_of(NULL), UI_LANGUAGE_EN);
}

/* The owner's choice comes before the desktop's; without one the desktop's holds. */
static void settings_come_first(void **state)
{
    static struct settings s;
    struct ui_model m = {0};
    struct desktop d = {.theme = DESKTOP_CONTRAST, .still = true};

    (void)state;
    looks_apply(&m, &s, &d, "de_AT");
    assert_int_equal(m.theme, 2);
    assert_int_equal(m.flags, 2);
    assert_int_equal(m.language, UI_LANGUAGE_DE);
    s.theme = THEME_LIGHT;
    s.language = 1 + UI_LANGUAGE_EN;
    looks_apply(&m, &s, &d, "de_AT");
    assert_int_equal(m.theme, 0);
    assert_int_equal(m.language, UI_LANGUAGE_EN);
    s.reduced_motion = 1;
    looks_apply(&m, &s, &(struct desktop){0}, "");
    assert_int_equal(m.flags, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xsettings_are_read),     cmocka_unit_test(cut_xsettings_are_refused),
        cmocka_unit_test(themes_have_names),      cmocka_unit_test(resources_are_read),
        cmocka_unit_test(locales_have_languages), cmocka_unit_test(settings_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
