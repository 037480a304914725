/* Everybody in the session, seven a page; the end for everyone. vitrine-render ui. */
#include "render/parts.h"
#include "render/screens.h"

#define ROWS_SHOWN 7

static void newcomer(struct painter *p, const struct scene_row *r, double x, double y)
{
    x += part_badge(p, x, y, ui_string_text(UI_STR_BADGE_WAITING, p->c.language, 0), BADGE_WARN,
                    UI_ICON_CLOCK) +
         6;
    if (part_row_badges(p, r) & UI_BADGE_SAME_NAME)
        part_same_badge(p, x, y);
}

static void person(struct painter *p, const struct scene_row *r, unsigned control)
{
    struct canvas *c = &p->c;
    struct place at = part_place(p, control);
    bool selected = r->badges & UI_BADGE_SELECTED;
    uint16_t look = p->s->look[control];
    enum colour on = selected ? COLOUR_SURFACE : COLOUR_SUNKEN;
    double x = at.x + 52;

    if (selected)
        canvas_fill(c, at, 8, COLOUR_TINT);
    if (selected && c->theme->high_contrast)
        canvas_stroke(c, at, 8, COLOUR_CTL, 1);
    if (look & (UI_LOOK_HOVER | UI_LOOK_PRESSED))
        canvas_shade(c, at, 8, COLOUR_TEXT, look & UI_LOOK_PRESSED ? 0.16 : 0.08);
    part_person_mark(p, at.x + 8, at.y + 6, on);
    if (r->badges & UI_BADGE_YOU) {
        canvas_string(c, x, at.y + 27.5, UI_STR_HOST_YOU, COLOUR_TEXT, 0, NULL);
        x += canvas_text_width(c, UI_STYLE_CHIP, 0,
                               ui_string_text(UI_STR_HOST_YOU, c->language, 0)) +
             9;
    } else {
        x += part_named_chip(p, (struct place){x, at.y + 9, 280, 0}, r->untrusted_name, r->badges,
                             on) +
             8;
    }
    if (r->kind == 0)
        newcomer(p, r, x, at.y + 10);
    else
        part_badges(p, (struct place){x, at.y + 10, at.x + at.w - 8 - x, BADGE_HIGH}, NO_LINE,
                    part_row_badges(p, r));
}

void screen_people(struct painter *p)
{
    struct canvas *c = &p->c;

    part_frame(p, UI_STR_PEOPLE_TITLE);
    canvas_text(c, 16, 85, UI_STYLE_LABEL5, COLOUR_TEXT2, 0,
                ui_string_text(UI_STR_PEOPLE_SEARCH, c->language, 0));
    part_field(p, &(struct part_field){UI_PEOPLE_SEARCH, p->s->words[UI_SLOT_FIELD_SEARCH],
                                       UI_STR_PEOPLE_HINT, UI_STYLE_BODY, 0, false});
    part_range(p, 600, 85);
    for (unsigned i = 0; i < p->s->n_rows && i < ROWS_SHOWN; i++)
        person(p, &p->s->rows[i], UI_PEOPLE_ROW_1 + i);
    if (p->s->n_rows == 0)
        canvas_string(c, 24, 136, UI_STR_PEOPLE_NONE, COLOUR_TEXT2, 0, NULL);
    part_footer_state(p, "");
    part_controls(p);
}

void screen_end_ask(struct painter *p)
{
    struct canvas *c = &p->c;

    part_case(p);
    canvas_string(c, 24, 92, UI_STR_END_TITLE, COLOUR_TEXT, 0, NULL);
    canvas_string(c, 24, 124, UI_STR_END_TEXT, COLOUR_TEXT2, 0,
                  &(struct ui_args){.n = p->s->number[UI_SLOT_PEOPLE]});
    part_controls(p);
}
