/* Buttons, links, choices and fields: the controls of layout.tsv in all their states.
 * vitrine-render ui. */
#include "render/controls.h"
#include "lib/ui/say.h"
#include "render/parts.h"
#include <stddef.h>
#include <string.h>

struct place part_place(const struct painter *p, unsigned control)
{
    struct ui_rect r =
        ui_box_place(p->layout, &p->layout->controls[control], p->c.w, p->c.h, false);

    return (struct place){r.x, r.y, r.w, r.h};
}

/* Not in this variant, or hidden by the broker. */
static bool is_hidden(const struct painter *p, unsigned control)
{
    return p->layout->controls[control].kind == UI_KIND_NONE ||
           (p->s->look[control] & UI_LOOK_HIDDEN);
}

/* On windows with sealed labels the broker draws ring, guard bar and labels once more, over these
 * (broker/labels_draw.c). */
static void focus_ring(struct painter *p, struct place at, enum ui_kind kind)
{
    double out = kind == UI_KIND_FIELD                                                    ? 3
                 : kind == UI_KIND_ICON || kind == UI_KIND_LINK                           ? 0
                 : kind == UI_KIND_ROW || kind == UI_KIND_TOGGLE || kind == UI_KIND_CHECK ? -1
                                                                                          : 4;
    struct place ring = {at.x - out, at.y - out, at.w + 2 * out, at.h + 2 * out};

    canvas_stroke(&p->c, ring, 8 + (out > 0 ? out : 0), COLOUR_TEXT, 2);
}

static void guard_bar(struct painter *p, struct place at)
{
    double part = p->s->number[UI_SLOT_GUARD] / (double)UI_GUARD_WHOLE;
    struct place bar = {at.x + 8, at.y + at.h - 8, at.w - 16, 3};

    if (p->s->still) { /* nothing moves: one of two dots is filled, then none of this is shown any
                          more */
        double x = at.x + at.w / 2;

        canvas_fill(&p->c, (struct place){x - 10, at.y + at.h - 10, 6, 6}, 3, COLOUR_CTL);
        canvas_stroke(&p->c, (struct place){x + 4, at.y + at.h - 10, 6, 6}, 3, COLOUR_CTL, 1);
        return;
    }
    canvas_fill(&p->c, bar, 1.5, COLOUR_SUNKEN);
    bar.w *= part;
    if (bar.w >= 3)
        canvas_fill(&p->c, bar, 1.5, COLOUR_CTL);
}

static bool guarded(const struct painter *p, enum ui_kind kind)
{
    return kind == UI_KIND_GRANT && p->s->told[UI_SLOT_GUARD] &&
           p->s->number[UI_SLOT_GUARD] < UI_GUARD_WHOLE;
}

void control_touch(struct painter *p, struct place at, double radius, uint16_t look,
                   enum colour colour)
{
    if (look & UI_LOOK_OFF)
        return;
    if (look & UI_LOOK_PRESSED)
        canvas_shade(&p->c, at, radius, colour, 0.16);
    else if (look & UI_LOOK_HOVER)
        canvas_shade(&p->c, at, radius, colour, 0.08);
}

static void draw_body(struct painter *p, struct place at, struct look l, uint16_t look)
{
    if (l.fill != COLOUR_NONE)
        canvas_fill(&p->c, at, 8, l.fill);
    control_touch(p, at, 8, look, l.text);
    if (l.edge != COLOUR_NONE)
        canvas_stroke(&p->c, at, 8, l.edge, 1.5);
    else if (p->c.theme->high_contrast && l.fill == COLOUR_SUNKEN)
        canvas_dash(&p->c, at, COLOUR_CTL, 1, 4, 4);
}

void control_words(struct painter *p, struct place at, const struct ui_face *f, enum colour colour,
                   double raise)
{
    struct canvas *c = &p->c;
    enum ui_style style = at.h < 40 ? UI_STYLE_HEAD : UI_STYLE_TITLE15;
    const char *label = ui_string_text(f->label, c->language, 0);
    double size = at.h < 40 ? 13 : 15, icon = f->icon != UI_ICON_NONE ? 26 : 0, width, x;

    width = canvas_text_width(c, style, 0, label);
    if (width > at.w - 16 - icon)
        width = at.w - 16 - icon;
    x = at.x + (at.w - width - icon) / 2;
    if (icon > 0)
        canvas_icon(c, f->icon, x, at.y + (at.h - 20) / 2, 20, colour, 1.75);
    canvas_label(c, x + icon + width / 2, at.y + at.h / 2 + size * 0.36 - raise, at.w - 16 - icon,
                 style, colour, CANVAS_MIDDLE, label);
}

static void draw_button(struct painter *p, struct place at, const struct ui_face *f, uint16_t look)
{
    struct look l = control_look(f->kind, look);
    bool waits = guarded(p, f->kind);

    if (waits)
        l.text = COLOUR_TEXT2;
    draw_body(p, at, l, look);
    if (waits)
        guard_bar(p, at);
    control_words(p, at, f, l.text, waits ? 2 : 0);
}

/* A small one stands on the line of its heading, as a link there does. */
static void draw_icon_button(struct painter *p, struct place at, const struct ui_face *f,
                             uint16_t look)
{
    double down = at.h < 36 ? 9.25 : (at.h - 20) / 2;

    if (look & UI_LOOK_OFF)
        return; /* no page further that way: nothing stands there */
    if (look & UI_LOOK_CHOSEN) {
        canvas_fill(&p->c, at, 8, COLOUR_TINT);
        canvas_stroke(&p->c, at, 8, COLOUR_ACCENT, 1.5);
    }
    control_touch(p, at, 8, look, COLOUR_TEXT);
    canvas_icon(&p->c, f->icon, at.x + (at.w - 20) / 2, at.y + down, 20,
                control_look(UI_KIND_ICON, look).text, 1.75);
}

/* The link in a footer stands at its end, with the shield or its own icon; any other is a button
   without a body, a small one at the end of its heading. */
static void draw_link(struct painter *p, struct place at, const struct ui_face *f, uint16_t look)
{
    struct canvas *c = &p->c;
    bool off = look & UI_LOOK_OFF;
    enum colour foot = off ? COLOUR_CTL : COLOUR_TEXT2;
    char label[256];
    double end = at.x + at.w - 8;

    part_text(p, label, f->label, ui_everybody(p->s->window, p->s->number[UI_SLOT_PEOPLE]), NULL);

    control_touch(p, at, 8, look, COLOUR_TEXT);
    if (at.h >= 40) {
        canvas_label(c, at.x + 8, at.y + at.h / 2 + 5.4, at.w - 16, UI_STYLE_TITLE15,
                     control_look(UI_KIND_LINK, look).text, 0, label);
        return;
    }
    if (at.y + at.h < c->h - 40) {
        canvas_text(c, end, at.y + 24, UI_STYLE_HEAD, control_look(UI_KIND_LINK, look).text,
                    CANVAS_END, label);
        return;
    }
    canvas_text(c, end, at.y + 24, UI_STYLE_CAPTION, foot, CANVAS_END, label);
    canvas_icon(c, f->icon == UI_ICON_NONE ? UI_ICON_SHIELD : f->icon,
                end - canvas_text_width(c, UI_STYLE_CAPTION, 0, label) - 26, at.y + 10, 18, foot,
                1.75);
    if (off && c->theme->high_contrast)
        canvas_dash(c, at, COLOUR_CTL, 1, 4, 4);
}

static void draw_control(struct painter *p, unsigned control)
{
    const struct ui_face *f = ui_face_now(p->s->window, &p->layout->controls[control], &p->facts);
    struct place at = part_place(p, control);
    uint16_t look = p->s->look[control];

    switch (f->kind) {
    case UI_KIND_ICON:
        draw_icon_button(p, at, f, look);
        break;
    case UI_KIND_LINK:
        draw_link(p, at, f, look);
        break;
    case UI_KIND_RADIO:
    case UI_KIND_TOGGLE:
    case UI_KIND_CHECK:
        choice_draw(p, at, f, look);
        break;
    default:
        draw_button(p, at, f, look);
    }
    if (look & UI_LOOK_FOCUS)
        focus_ring(p, at, f->kind);
}

void part_controls(struct painter *p)
{
    for (unsigned i = 0; i < p->layout->n_controls; i++) {
        enum ui_kind kind = p->layout->controls[i].kind;

        if (is_hidden(p, i) || kind == UI_KIND_FIELD || kind == UI_KIND_AREA)
            continue;
        if (kind == UI_KIND_ROW) {
            if (p->s->look[i] & UI_LOOK_FOCUS)
                focus_ring(p, part_place(p, i), kind);
            continue;
        }
        draw_control(p, i);
    }
}

/* --- fields */

/* Secret because one of them takes a password. */
#define FIELD_FLAGS (CANVAS_LTR | CANVAS_TABULAR | CANVAS_SECRET)

static size_t bytes_before(const char *text, uint32_t characters)
{
    size_t i = 0;

    for (; text[i] && characters > 0; characters--)
        for (i++; ((unsigned char)text[i] & 0xc0) == 0x80;)
            i++;
    return i;
}

/* Where the caret stands, from the start of the field: behind the letter before it, not on it;
   before the first one there is nothing to stand behind. */
static double caret_at(struct painter *p, const struct part_field *f)
{
    char before[SCENE_WORDS_MAX + 1];
    size_t n = bytes_before(f->text, p->s->number[UI_SLOT_CARET]);
    double width, whole;

    memcpy(before, f->text, n);
    before[n] = '\0';
    width = canvas_text_width(&p->c, f->style, FIELD_FLAGS, before);
    whole = canvas_text_width(&p->c, f->style, FIELD_FLAGS, f->text);
    if (p->c.mirrored)
        return (n > 0 ? 10 : 12.5) + whole - width;
    return n > 0 ? 12.5 + width : 10;
}

static void field_text(struct painter *p, const struct part_field *f, struct place at, bool focus)
{
    struct canvas *c = &p->c;
    double y = at.y + at.h / 2 + (f->style == UI_STYLE_BODY ? 5.4 : 6.1), caret, shift = 0;
    struct place inside = {at.x + 10, at.y + 2, at.w - 20, at.h - 4};

    canvas_clip(c, inside);
    if (f->text[0]) {
        caret = focus ? caret_at(p, f) : 0;
        if (caret > at.w - 13.5)
            shift = caret - (at.w - 13.5);
        canvas_text(c, at.x + 12 - shift, y, f->style, COLOUR_TEXT, FIELD_FLAGS, f->text);
    } else {
        caret = 10;
        if (f->hint != UI_STR_NONE)
            canvas_text_spaced(c, at.x + 12, y, f->style, COLOUR_TEXT2, CANVAS_LTR | CANVAS_TABULAR,
                               f->spacing, ui_string_text(f->hint, c->language, 0));
    }
    if (focus)
        canvas_fill(c, (struct place){at.x + caret - shift, at.y + (at.h - 22) / 2, 1.5, 22}, 0,
                    COLOUR_TEXT);
    canvas_unclip(c);
}

void part_field(struct painter *p, const struct part_field *f)
{
    struct canvas *c = &p->c;
    struct place at = part_place(p, f->control);
    uint16_t look = p->s->look[f->control];
    bool wrong = look & UI_LOOK_ERROR, focus = look & UI_LOOK_FOCUS;

    if (is_hidden(p, f->control))
        return;
    if (f->label)
        canvas_text(c, at.x, at.y - 7, UI_STYLE_LABEL5, COLOUR_TEXT2, 0,
                    ui_string_text(p->layout->controls[f->control].faces[0].label, c->language, 0));
    canvas_fill(c, at, 8, look & UI_LOOK_OFF ? COLOUR_SUNKEN : COLOUR_SURFACE);
    control_touch(p, at, 8, look & UI_LOOK_HOVER ? UI_LOOK_HOVER : 0, COLOUR_TEXT);
    canvas_stroke(c, at, 8, wrong ? COLOUR_DANGER : COLOUR_CTL, wrong ? 2 : 1);
    field_text(p, f, at, focus);
    if (focus)
        focus_ring(p, at, UI_KIND_FIELD);
}
