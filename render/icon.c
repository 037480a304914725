/* The icons, on a grid of 24 by 24, drawn for this product (ui.md 3). vitrine-render ui. */
#include "render/icon.h"
#include "render/path.h"
#include <stddef.h>

struct stroke {
    const char *path;
    float width; /* in grid units; 0: the icon's own, -1: none */
    bool filled;
};

#define STROKES_MAX 4
static const struct stroke icons[UI_ICONS][STROKES_MAX] = {
    [UI_ICON_EYE] =
        {{"M2.5 12C4.6 8 8 5.8 12 5.8s7.4 2.2 9.5 6.2c-2.1 4-5.5 6.2-9.5 6.2S4.6 16 2.5 12Z", 0,
          false},
         {"M9 12a3 3 0 1 0 6 0a3 3 0 1 0 -6 0Z", 0, false}},
    [UI_ICON_EYE_OFF] =
        {{"M2.5 12C4.6 8 8 5.8 12 5.8s7.4 2.2 9.5 6.2c-2.1 4-5.5 6.2-9.5 6.2S4.6 16 2.5 12Z", 0,
          false},
         {"M9 12a3 3 0 1 0 6 0a3 3 0 1 0 -6 0Z", 0, false},
         {"M4 20 20 4", 0, false}},
    [UI_ICON_HAND] = {{"M8 13V7.2M11.2 12V4.9M14.4 12V5.4M17.5 13V8M8.2 16.4 4.9 12.9", 2.7f,
                       false},
                      {"M6.9 12h11.7v3.6c0 3.2-2.5 5.4-5.4 5.4h-1.5c-2.1 0-3.6-.9-4.8-2.6Z", 1,
                       true}},
    [UI_ICON_LOCK] =
        {{"M7 10.5h10a2 2 0 0 1 2 2v5.5a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-5.5a2 2 0 0 1 2 -2Z", 0,
          false},
         {"M8 10.5V8a4 4 0 0 1 8 0v2.5", 0, false}},
    [UI_ICON_SHIELD] = {{"M12 3.2 19 6v5.4c0 4.4-2.8 7.6-7 9.4-4.2-1.8-7-5-7-9.4V6Z", 0, false},
                        {"m8.8 11.9 2.3 2.3 4.2-4.4", 0, false}},
    [UI_ICON_SHIELD_PLAIN] = {{"M12 3.2 19 6v5.4c0 4.4-2.8 7.6-7 9.4-4.2-1.8-7-5-7-9.4V6Z", 0,
                               false}},
    [UI_ICON_COPY] = {{"M10.5 8.5h7.5a2 2 0 0 1 2 2v7.5a2 2 0 0 1 -2 2h-7.5a2 2 0 0 1 -2 -2v-7.5a2 "
                       "2 0 0 1 2 -2Z",
                       0, false},
                      {"M15.5 8.5V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.5a2 2 0 0 0 2 2h2.5", 0,
                       false}},
    [UI_ICON_PAUSE] = {{"M8.5 6v12M15.5 6v12", 2.6f, false}},
    [UI_ICON_PLAY] = {{"M8 5.6v12.8L18.4 12Z", 0, true}},
    [UI_ICON_STOP] = {{"M8 6.5h8a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1 -1.5 1.5h-8a1.5 1.5 0 0 1 "
                       "-1.5 -1.5v-8a1.5 1.5 0 0 1 1.5 -1.5Z",
                       0, true}},
    [UI_ICON_PERSON] = {{"M8.3 8.2a3.7 3.7 0 1 0 7.4 0a3.7 3.7 0 1 0 -7.4 0Z", 0, false},
                        {"M4.8 20c.6-3.9 3.4-6 7.2-6s6.6 2.1 7.2 6", 0, false}},
    [UI_ICON_PEOPLE] = {{"M5.9 8.5a3.3 3.3 0 1 0 6.6 0a3.3 3.3 0 1 0 -6.6 0Z", 0, false},
                        {"M3 19.5c.5-3.5 2.9-5.4 6.2-5.4s5.7 1.9 6.2 5.4M15.5 5.5a3.2 3.2 0 0 1 0 "
                         "6M17.8 14.5c1.9.8 3 2.5 3.3 5",
                         0, false}},
    [UI_ICON_CLOCK] = {{"M3.7 12a8.3 8.3 0 1 0 16.6 0a8.3 8.3 0 1 0 -16.6 0Z", 0, false},
                       {"M12 7.4V12l3.2 2", 0, false}},
    [UI_ICON_ALERT] = {{"M12 4 21 19.5H3Z", 0, false}, {"M12 10v4.4M12 17v.1", 2, false}},
    [UI_ICON_INFO] = {{"M3.7 12a8.3 8.3 0 1 0 16.6 0a8.3 8.3 0 1 0 -16.6 0Z", 0, false},
                      {"M12 11.3v4.7M12 8v.1", 2, false}},
    [UI_ICON_CHECK] = {{"m5.5 12.5 4.3 4.3 8.7-9.3", 2.2f, false}},
    [UI_ICON_X] = {{"M6.5 6.5l11 11M17.5 6.5l-11 11", 0, false}},
    [UI_ICON_MIN] = {{"M6.5 12h11", 0, false}},
    [UI_ICON_SCREEN] =
        {{"M5 4.5h14a2 2 0 0 1 2 2v8a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-8a2 2 0 0 1 2 -2Z", 0,
          false},
         {"M9 20h6M12 16.5V20", 0, false}},
    [UI_ICON_WINDOW] =
        {{"M5.5 5h13a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-13a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2Z", 0,
          false},
         {"M3.5 9.2h17", 0, false}},
    [UI_ICON_REGION] =
        {{"M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8M20 16v2.5a1.5 1.5 0 0 "
          "1-1.5 1.5H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16",
          0, false},
         {"M9.5 8.5h5a1 1 0 0 1 1 1v5a1 1 0 0 1 -1 1h-5a1 1 0 0 1 -1 -1v-5a1 1 0 0 1 1 -1Z", 0,
          false}},
    [UI_ICON_EXIT] = {{"M13.5 4.5H6.5a1.5 1.5 0 0 0-1.5 1.5v12a1.5 1.5 0 0 0 1.5 1.5h7M10.5 "
                       "12h9M16.3 8.6 19.7 12l-3.4 3.4",
                       0, false}},
    [UI_ICON_NET] = {{"M3.7 12a8.3 8.3 0 1 0 16.6 0a8.3 8.3 0 1 0 -16.6 0Z", 0, false},
                     {"M3.7 12h16.6M12 3.7c2.4 2.3 3.5 5 3.5 8.3s-1.1 6-3.5 "
                      "8.3c-2.4-2.3-3.5-5-3.5-8.3s1.1-6 3.5-8.3Z",
                      0, false}},
    [UI_ICON_REFRESH] = {{"M19.5 12a7.5 7.5 0 1 1-2.3-5.4L19.5 9M19.5 4.5V9H15", 0, false}},
    [UI_ICON_ARROW] = {{"M5 12h13.5M13 6.5 18.5 12 13 17.5", 0, false}},
    [UI_ICON_BACK] = {{"M14 6.5 8.5 12 14 17.5", 0, false}},
    [UI_ICON_FORWARD] = {{"M10 6.5 15.5 12 10 17.5", 0, false}},
    [UI_ICON_CERT] =
        {{"M5.5 4.5h13a2 2 0 0 1 2 2v8a2 2 0 0 1 -2 2h-13a2 2 0 0 1 -2 -2v-8a2 2 0 0 1 2 -2Z", 0,
          false},
         {"M7 8.5h6M7 12h4", 0, false},
         {"M13.8 12.5a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0 -4.4 0Z", 0, false},
         {"M14.7 14.5V20l1.3-1 1.3 1v-5.5", 0, false}},
    [UI_ICON_DOT] = {{"M7 12a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z", -1, true}},
    [UI_ICON_LOGO] = {{"M6.7 3.5h10.6a2.2 2.2 0 0 1 2.2 2.2v9.1a2.2 2.2 0 0 1 -2.2 2.2h-10.6a2.2 "
                       "2.2 0 0 1 -2.2 -2.2v-9.1a2.2 2.2 0 0 1 2.2 -2.2Z",
                       0, false},
                      {"M2.8 20.5h18.4", 2.2f, false},
                      {"M8.2 11.6 12.4 6.9M11.4 13.1l4.4-4.9", 1.5f, false}},
};

bool icon_mirrors(enum ui_icon icon)
{
    return icon == UI_ICON_ARROW || icon == UI_ICON_EXIT || icon == UI_ICON_PLAY ||
           icon == UI_ICON_BACK || icon == UI_ICON_FORWARD;
}

bool icon_draw(cairo_t *cr, enum ui_icon icon, double size, double width)
{
    bool drawn = true;

    if (icon <= UI_ICON_NONE || icon >= UI_ICONS)
        return false;
    cairo_save(cr);
    cairo_scale(cr, size / 24, size / 24);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    for (size_t i = 0; i < STROKES_MAX && icons[icon][i].path; i++) {
        const struct stroke *s = &icons[icon][i];

        cairo_new_path(cr);
        drawn = path_draw(cr, s->path) && drawn;
        if (s->filled)
            cairo_fill_preserve(cr);
        if (s->width >= 0) {
            cairo_set_line_width(cr, s->width > 0 ? (double)s->width : width);
            cairo_stroke(cr);
        }
        cairo_new_path(cr);
    }
    cairo_restore(cr);
    return drawn;
}
