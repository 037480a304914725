/* People on windows: marks, badges, the card of a consent dialog. vitrine-render ui; claimed names
 * go through part_chip. */
#include "render/name.h"
#include "render/parts.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

void part_person_mark(struct painter *p, double x, double y, enum colour on)
{
    struct place at = {x, y, 32, 32};

    canvas_fill(&p->c, at, 16, on);
    if (p->c.theme->high_contrast)
        canvas_stroke(&p->c, at, 16, COLOUR_CTL, 1);
    canvas_icon(&p->c, UI_ICON_PERSON, x + 6, y + 6, 20, COLOUR_TEXT2, 1.75);
}

struct told {
    bool yes;
    enum ui_string text;
    enum part_badge kind;
    enum ui_icon icon;
};

#define BADGES 7
#define BADGE_GAP 6

static void tell(struct told out[BADGES], uint16_t b)
{
    bool you = b & UI_BADGE_YOU, match = b & UI_BADGE_WORDS_MATCH;
    bool certified = b & UI_BADGE_CERTIFIED;
    enum part_badge presenter = b & UI_BADGE_SELECTED ? BADGE_RAISED : BADGE_TINT;
    const struct told all[BADGES] = {
        {b & UI_BADGE_SAME_NAME, UI_STR_BADGE_SAME, BADGE_WARN, UI_ICON_NONE},
        {b & UI_BADGE_CONTROL, UI_STR_BADGE_CONTROL, BADGE_DANGER, UI_ICON_HAND},
        {b & UI_BADGE_ORGANIZER, UI_STR_BADGE_ORGANIZER, BADGE_PLAIN, UI_ICON_NONE},
        {b & UI_BADGE_PRESENTER, UI_STR_BADGE_PRESENTER, presenter, UI_ICON_EYE},
        {!you && certified, UI_STR_BADGE_CERTIFIED, BADGE_OK, UI_ICON_CHECK},
        {!you && match && !certified, UI_STR_BADGE_MATCH, BADGE_OK, UI_ICON_CHECK},
        {!you && !match && !certified, UI_STR_BADGE_UNCHECKED, BADGE_WARN, UI_ICON_NONE},
    };

    memcpy(out, all, sizeof all);
}

/* False where that line has no room for it any more. */
static bool put(struct painter *p, struct place *line, const struct told *b)
{
    const char *text = ui_string_text(b->text, p->c.language, 0);
    double width = part_badge_width(p, text, b->icon);

    if (width > line->w)
        return false;
    part_badge_high(p, *line, text, b->kind, b->icon);
    line->x += width + BADGE_GAP;
    line->w -= width + BADGE_GAP;
    return true;
}

void part_badges(struct painter *p, struct place line, struct place under, uint16_t badges)
{
    struct told all[BADGES];

    tell(all, badges);
    for (size_t i = 0; i < BADGES; i++)
        if (all[i].yes && !put(p, &line, &all[i]))
            put(p, &under, &all[i]);
}

double part_badges_width(struct painter *p, uint16_t badges)
{
    struct told all[BADGES];
    double width = 0;

    tell(all, badges);
    for (size_t i = 0; i < BADGES; i++)
        if (all[i].yes)
            width +=
                (width > 0 ? BADGE_GAP : 0) +
                part_badge_width(p, ui_string_text(all[i].text, p->c.language, 0), all[i].icon);
    return width;
}

uint16_t part_same_name(const struct painter *p, const char *untrusted_name)
{
    return crowd_marks_name(p->s->crowd, p->s, untrusted_name) ? UI_BADGE_SAME_NAME : 0;
}

uint16_t part_row_badges(const struct painter *p, const struct scene_row *row)
{
    if (row->badges & UI_BADGE_YOU)
        return row->badges; /* it is the others who are to be told from us */
    return row->badges | part_same_name(p, row->untrusted_name);
}

double part_same_badge(struct painter *p, double x, double y)
{
    return part_badge(p, x, y, ui_string_text(UI_STR_BADGE_SAME, p->c.language, 0), BADGE_WARN,
                      UI_ICON_NONE);
}

double part_same_width(struct painter *p)
{
    return part_badge_width(p, ui_string_text(UI_STR_BADGE_SAME, p->c.language, 0), UI_ICON_NONE);
}

void part_person(struct painter *p, double y, enum ui_icon icon, enum ui_string typed)
{
    struct canvas *c = &p->c;
    static const uint16_t known_as[] = {0, UI_BADGE_WORDS_MATCH, UI_BADGE_CERTIFIED};
    struct place at = {24, y, 512, 64};
    uint32_t known = p->s->number[UI_SLOT_VERIFIED];
    uint16_t badges = known_as[known < 3 ? known : 0];
    double x = 84;
    uint16_t same = p->s->number[UI_SLOT_NAME] ? UI_BADGE_SAME_NAME
                                               : part_same_name(p, p->s->words[UI_SLOT_NAME]);
    double room = same ? 280 - 6 - part_same_width(p) : 280; /* it never lacks for a long name */

    canvas_fill(c, at, 8, COLOUR_SURFACE);
    canvas_stroke(c, at, 8, COLOUR_LINE, 1);
    canvas_icon(c, icon, 40, y + 18, 28, COLOUR_TEXT, 1.75);
    x += part_named_chip(p, (struct place){x, y + 7, room, 0}, p->s->words[UI_SLOT_NAME], badges,
                         COLOUR_SUNKEN) +
         8;
    if (p->s->told[UI_SLOT_VERIFIED]) /* of somebody in the session it is known */
        part_badges(p, (struct place){x, y + 8, 528 - x, BADGE_HIGH}, NO_LINE, badges | same);
    else if (same)
        part_same_badge(p, x, y + 8);
    if (badges & UI_BADGE_CERTIFIED)
        typed = UI_STR_PERSON_CERTIFIED;
    canvas_string(c, 84, y + 53, typed, COLOUR_TEXT2, 0, NULL);
}

void part_range(struct painter *p, double end, double y)
{
    const struct scene *s = p->s;
    uint32_t first = s->number[UI_SLOT_FIRST], found = s->number[UI_SLOT_FOUND];
    char rows[32], text[256];

    if (first == 0)
        return;
    snprintf(rows, sizeof rows, "%u–%u", (unsigned)first, (unsigned)(first + s->n_rows - 1));
    ui_string_format(text, sizeof text, UI_STR_PEOPLE_RANGE, p->c.language,
                     &(struct ui_args){.n = found, .s = rows});
    canvas_text(&p->c, end, y, UI_STYLE_CAPTION, COLOUR_TEXT2, CANVAS_END | CANVAS_TABULAR, text);
}
