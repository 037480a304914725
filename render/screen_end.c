/* How things end: the ended window and every error. vitrine-render ui. */
#include "lib/fail.h"
#include "lib/ui/say.h"
#include "render/parts.h"
#include "render/screens.h"

#define FOOT_TEXT 44 /* where the words of a footer begin (render/parts.c) */
#define LOG_ROOM 12  /* the note about the log pushes up what is above it */

static void ended_facts(struct painter *p, double up)
{
    const struct scene *s = p->s;
    bool over = s->number[UI_SLOT_END_HOW] == 0 &&
                (s->number[UI_SLOT_HOSTED] || s->number[UI_SLOT_END_WHO] == END_WHY_ORGANIZER);
    const enum ui_string facts[] = {UI_STR_ENDED_NOBODY, UI_STR_ENDED_HANDS, UI_STR_ENDED_NUMBER};
    unsigned n = over ? 3 : 2; /* the number goes on working when only we have left */
    double y = (over ? 260 : 274) - up;

    part_card(p, (struct place){80, 248 - up, 400, 100});
    for (unsigned i = 0; i < n; i++) {
        canvas_icon(&p->c, UI_ICON_CHECK, 100, y + i * 28, 19, COLOUR_OK, 1.75);
        canvas_string(&p->c, 130, y + 14 + i * 28, facts[i], COLOUR_TEXT, 0, NULL);
    }
}

static void ended_footer(struct painter *p, bool cut)
{
    const char *who = p->s->words[UI_SLOT_END_WHO];
    enum ui_string what = ui_ended_foot(cut, p->s->number[UI_SLOT_END_WHO], who[0]);
    char text[256];
    double x;

    if (!p->s->told[UI_SLOT_SECONDS]) {
        part_footer_nobody(p, "");
        return;
    }
    part_text(p, text, what, p->s->number[UI_SLOT_SECONDS] / 60, NULL);
    part_footer(p, UI_ICON_CLOCK, COLOUR_TEXT2, text, "");
    if (what != UI_STR_ENDED_FOOT_NAME)
        return;
    x = FOOT_TEXT + canvas_text_width(&p->c, UI_STYLE_FOOT, 0, text) + 8;
    part_chip(p, x, p->c.h - 33, p->c.w - 16 - x, who, COLOUR_SUNKEN);
}

void screen_ended(struct painter *p)
{
    const struct scene *s = p->s;
    struct canvas *c = &p->c;
    bool cut = s->number[UI_SLOT_END_HOW] == 1;
    double up = s->words[UI_SLOT_LOG][0] ? LOG_ROOM : 0;
    char text[256];

    part_frame(p, UI_STR_NONE);
    part_medal(p, (struct place){244, 80 - up, 72, 72}, 36, COLOUR_TINT, UI_ICON_LOGO, 36,
               COLOUR_ONTINT, 1.6);
    canvas_string(c, 280, 192 - up,
                  ui_ended_title(cut, s->number[UI_SLOT_HOSTED], s->number[UI_SLOT_END_WHO]),
                  COLOUR_TEXT, CANVAS_MIDDLE, NULL);
    canvas_string(c, 280, 222 - up, cut ? UI_STR_ENDED_CUT : UI_STR_ENDED_KEPT, COLOUR_TEXT,
                  CANVAS_MIDDLE, NULL);
    ended_facts(p, up);
    if (s->words[UI_SLOT_LOG][0])
        canvas_text_cut(c, 280, 357, 512, UI_STYLE_CAPTION, COLOUR_TEXT2, CANVAS_MIDDLE,
                        part_text(p, text, UI_STR_ENDED_LOG, 0, s->words[UI_SLOT_LOG]));
    ended_footer(p, cut);
    part_controls(p);
}

/* Title and first sentence beside the medal; returns where the card may begin. */
static double error_head(struct painter *p, const struct ui_error_row *e)
{
    struct canvas *c = &p->c;
    char number[32], text[256];
    enum ui_string first = ui_error_lines(e, 0, p->s->number[UI_SLOT_LATER]).title;
    bool lead = first != UI_STR_NONE;
    double width = canvas_text_width(c, UI_STYLE_TITLE22, 0, part_text(p, text, e->title, 0, NULL));
    double y = width > 448 ? 84 : lead ? 98 : 108;
    unsigned lines;

    part_medal(p, (struct place){24, 76, 48, 48}, 24, COLOUR_DTINT, e->icon, 26, COLOUR_DANGER,
               1.75);
    y += canvas_string(c, 88, y, e->title, COLOUR_TEXT, 0, NULL) * 30 - 30 + 24;
    if (!lead)
        return 148;
    ui_number(p->s->words[UI_SLOT_SID], number);
    lines = canvas_string(c, 88, y, first, COLOUR_TEXT2, CANVAS_TABULAR,
                          &(struct ui_args){.s = number});
    y += 22 * lines - 22 + 16;
    return y > 148 ? y : 148;
}

static void error_details(struct painter *p, double top)
{
    part_card(p, (struct place){24, top, 512, 280 - top});
    canvas_string(&p->c, 44, top + 30, UI_STR_ERROR_DETAILS, COLOUR_TEXT2, 0, NULL);
    canvas_paragraph(&p->c, 44, top + 54, 364, 4, UI_STYLE_CAPTION, COLOUR_TEXT, CANVAS_LTR,
                     p->s->words[UI_SLOT_DETAIL]);
}

/* What it means, what can be done: the card is as high as its text. */
static void error_card(struct painter *p, const struct ui_error_row *e, double top)
{
    const uint32_t *number = p->s->number;
    enum ui_string what = ui_error_lines(e, number[UI_SLOT_VERSIONS], number[UI_SLOT_LATER]).text;
    const struct ui_args args = {.n = number[UI_SLOT_HERE], .m = number[UI_SLOT_THERE]};
    bool means = what != UI_STR_NONE, todo = e->todo != UI_STR_NONE;
    double y = top + 54, height = 54 + 22;
    struct canvas *c = &p->c;

    if (!means && !todo)
        return;
    height += means ? canvas_string_lines(c, what, &args) * 22 - 22 : 0;
    height += todo ? canvas_string_lines(c, e->todo, NULL) * 22 - 22 : 0;
    height += means && todo ? 34 : 0;
    part_card(p, (struct place){24, top, 512, height});
    canvas_string(c, 44, top + 30, means ? UI_STR_ERROR_MEANS : UI_STR_ERROR_TODO, COLOUR_TEXT2, 0,
                  NULL);
    if (means)
        y += canvas_string(c, 44, y, what, COLOUR_TEXT, 0, &args) * 22 - 22 + 34;
    if (todo)
        canvas_string(c, 44, y, e->todo, COLOUR_TEXT, 0, NULL);
}

void screen_error(struct painter *p)
{
    const struct ui_error_row *e = ui_error_get(p->s->number[UI_SLOT_ERROR]);
    char text[256];
    double top;

    if (!e)
        e = ui_error_get(UI_ERROR_R_NET); /* ui.md 10: every other code shows as this one */
    part_frame(p, UI_STR_NONE);
    top = error_head(p, e);
    if (p->facts.details)
        error_details(p, top);
    else
        error_card(p, e, top);
    part_footer_nobody(p, part_text(p, text, UI_STR_FOOT_CODE, 0, e->code));
    part_controls(p);
}
