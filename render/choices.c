/* Choices in all their states: tiles, pills, toggles, check boxes. vitrine-render ui. */
#include "render/controls.h"

#define PILL_MOST 44 /* a radio button up to this height is a pill, a higher one a tile */

bool choice_is_tile(double height)
{
    return height > PILL_MOST;
}

void choice_tick(struct painter *p, double x, double y, enum colour colour)
{
    canvas_icon(&p->c, UI_ICON_CHECK, x + 2.5, y + 2.5, 13, colour, 2.4);
}

void choice_icon(struct painter *p, struct place at, const struct ui_face *f, enum colour colour)
{
    canvas_icon(&p->c, f->icon, at.x + at.w / 2 - 14, at.y + 12, 28, colour, 1.5);
}

static void tile_words(struct painter *p, struct place at, const struct ui_face *f, bool chosen,
                       enum colour colour)
{
    canvas_label(&p->c, at.x + at.w / 2, at.y + 61, at.w - 8,
                 chosen ? UI_STYLE_HEAD : UI_STYLE_LABEL5, colour, CANVAS_MIDDLE,
                 ui_string_text(f->label, p->c.language, 0));
}

static void pill_words(struct painter *p, struct place at, const struct ui_face *f, bool chosen,
                       enum colour colour)
{
    double text = at.h < 40 ? 33 : 42;
    enum ui_style style = at.h < 40 ? (chosen ? UI_STYLE_HEAD : UI_STYLE_LABEL5)
                                    : (chosen ? UI_STYLE_TITLE15 : UI_STYLE_BODY);

    canvas_label(&p->c, at.x + text, at.y + at.h / 2 + (at.h < 40 ? 4.7 : 5.4), at.w - text - 5,
                 style, colour, 0, ui_string_text(f->label, p->c.language, 0));
}

void choice_words(struct painter *p, struct place at, const struct ui_face *f, bool chosen,
                  enum colour colour)
{
    if (choice_is_tile(at.h))
        tile_words(p, at, f, chosen, colour);
    else
        pill_words(p, at, f, chosen, colour);
}

static void draw_tile(struct painter *p, struct place at, const struct ui_face *f, uint16_t look)
{
    struct canvas *c = &p->c;
    bool chosen = look & UI_LOOK_CHOSEN, off = look & UI_LOOK_OFF;
    enum colour text = chosen ? COLOUR_ONTINT : off ? COLOUR_TEXT2 : COLOUR_TEXT;

    canvas_fill(c, at, 8, chosen ? COLOUR_TINT : off ? COLOUR_SUNKEN : COLOUR_SURFACE);
    control_touch(p, at, 8, look, COLOUR_TEXT);
    if (chosen)
        canvas_stroke(c, at, 8, COLOUR_ACCENT, 2);
    else if (!off)
        canvas_stroke(c, at, 8, COLOUR_CTL, 1);
    else if (c->theme->high_contrast)
        canvas_dash(c, at, COLOUR_CTL, 1, 4, 4);
    choice_icon(p, at, f, chosen ? COLOUR_ONTINT : COLOUR_TEXT2);
    tile_words(p, at, f, chosen, text);
    if (!chosen)
        return;
    canvas_fill(c, (struct place){at.x + at.w - 26, at.y + 8, 18, 18}, 9, COLOUR_ACCENT);
    choice_tick(p, at.x + at.w - 26, at.y + 8, COLOUR_ONACCENT);
}

static void draw_toggle(struct painter *p, struct place at, const struct ui_face *f, uint16_t look)
{
    bool chosen = look & UI_LOOK_CHOSEN;
    struct place inside = {at.x + 1, at.y + 1, at.w - 1, at.h - 2};

    if (chosen)
        canvas_fill(&p->c, inside, 7, COLOUR_TINT);
    if (chosen && p->c.theme->high_contrast) /* where the tint is no colour of its own */
        canvas_stroke(&p->c, (struct place){at.x + 3, at.y + 3, at.w - 5, at.h - 6}, 6,
                      COLOUR_ACCENT, 2);
    control_touch(p, inside, 7, look, COLOUR_TEXT);
    canvas_label(&p->c, at.x + at.w / 2, at.y + 23, at.w - 8,
                 chosen ? UI_STYLE_HEAD : UI_STYLE_LABEL5,
                 chosen ? COLOUR_ONTINT : control_look(UI_KIND_TOGGLE, look).text, CANVAS_MIDDLE,
                 ui_string_text(f->label, p->c.language, 0));
}

static void draw_dot(struct painter *p, struct place at, bool chosen)
{
    struct place ring = {at.x + (at.h < 40 ? 9 : 14), at.y + (at.h - 18) / 2, 18, 18};

    canvas_fill(&p->c, ring, 9, COLOUR_SURFACE);
    canvas_stroke(&p->c, ring, 9, chosen ? COLOUR_ACCENT : COLOUR_CTL, chosen ? 2 : 1.5);
    if (chosen)
        canvas_fill(&p->c, (struct place){ring.x + 5, ring.y + 5, 8, 8}, 4, COLOUR_ACCENT);
}

static void draw_pill(struct painter *p, struct place at, const struct ui_face *f, uint16_t look)
{
    struct canvas *c = &p->c;
    bool chosen = look & UI_LOOK_CHOSEN, off = look & UI_LOOK_OFF;

    canvas_fill(c, at, 8, chosen ? COLOUR_TINT : off ? COLOUR_SUNKEN : COLOUR_SURFACE);
    control_touch(p, at, 8, look, COLOUR_TEXT);
    if (off && !chosen && c->theme->high_contrast)
        canvas_dash(c, at, COLOUR_CTL, 1, 4, 4);
    else if (!off || chosen)
        canvas_stroke(c, at, 8, chosen ? COLOUR_ACCENT : COLOUR_CTL, chosen ? 2 : 1);
    draw_dot(p, at, chosen);
    pill_words(p, at, f, chosen, chosen ? COLOUR_ONTINT : off ? COLOUR_TEXT2 : COLOUR_TEXT);
}

static void draw_check(struct painter *p, struct place at, const struct ui_face *f, uint16_t look)
{
    struct canvas *c = &p->c;
    bool chosen = look & UI_LOOK_CHOSEN, off = look & UI_LOOK_OFF, lit = chosen && !off;
    struct place box = {at.x + 4, at.y + (at.h - 20) / 2, 20, 20};

    control_touch(p, at, 8, look, COLOUR_TEXT);
    canvas_fill(c, box, 5, lit ? COLOUR_ACCENT : off ? COLOUR_SUNKEN : COLOUR_SURFACE);
    if (off && c->theme->high_contrast)
        canvas_dash(c, at, COLOUR_CTL, 1, 4, 4);
    canvas_stroke(c, box, 5, lit ? COLOUR_ACCENT : COLOUR_CTL, 1.5);
    if (chosen)
        canvas_icon(c, UI_ICON_CHECK, box.x + 2.5, box.y + 2.5, 15,
                    lit ? COLOUR_ONACCENT : COLOUR_TEXT2, 2.2);
    canvas_label(c, at.x + 34, at.y + at.h / 2 + 4.7, at.w - 36, UI_STYLE_LABEL5,
                 off ? COLOUR_TEXT2 : COLOUR_TEXT, 0, ui_string_text(f->label, c->language, 0));
}

void choice_draw(struct painter *p, struct place at, const struct ui_face *f, uint16_t look)
{
    if (f->kind == UI_KIND_CHECK)
        draw_check(p, at, f, look);
    else if (f->kind == UI_KIND_TOGGLE)
        draw_toggle(p, at, f, look);
    else if (!choice_is_tile(at.h))
        draw_pill(p, at, f, look);
    else
        draw_tile(p, at, f, look);
}
