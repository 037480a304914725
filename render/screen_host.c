/* Host panel and the dialog that lets one person in. vitrine-render ui. */
#include "lib/ui/say.h"
#include "render/parts.h"
#include "render/screens.h"
#include <stdio.h>

#define ROWS_SHOWN 3
#define ROW_WIDE 360
#define ROW_END 688  /* right edge of what stands in a row */
#define ROW_ASKS 552 /* ... beside "Compare words" */
#define NAME_WIDE 150
#define BADGE_LOW 20
#define PASSWORD_WIDE 256
#define PASSWORD_END 196 /* last baseline of several lines: above the focus ring of the button */

/* The whole of it under its heading, as large as there is room for: it is read out on the
   telephone. Several lines end above the button and push the heading up. */
static void password(struct canvas *c, const char *words)
{
    static const struct {
        enum ui_style style;
        unsigned lines;
        double size, line; /* line: from baseline to baseline */
    } steps[] = {{UI_STYLE_CARD, 1, 19, 0},
                 {UI_STYLE_LEAD6, 1, 17, 0},
                 {UI_STYLE_TITLE15, 1, 15, 0},
                 {UI_STYLE_TITLE15, 2, 15, 18},
                 {UI_STYLE_HEAD, 3, 13, 16},
                 {UI_STYLE_HEAD, 4, 13, 13}}; /* MAX_PASSWORD of the widest letters */
    unsigned flags = CANVAS_LTR | CANVAS_SECRET, i = 0, n;
    double y, head;

    while ((n = canvas_broken_lines(c, PASSWORD_WIDE, steps[i].style, flags, words)) >
               steps[i].lines &&
           i < sizeof steps / sizeof *steps - 1)
        i++;
    y = n > 1 ? PASSWORD_END - (n - 1) * steps[i].line : 187;
    head = y - steps[i].size - 2;
    canvas_string(c, 36, head < 162 ? head : 162, UI_STR_HOST_PASSWORD, COLOUR_TEXT2, 0, NULL);
    canvas_broken(c, 36, y, PASSWORD_WIDE, steps[i].line, steps[i].style, COLOUR_TEXT, flags,
                  words);
}

static void no_password(struct canvas *c)
{
    canvas_string(c, 36, 162, UI_STR_HOST_PASSWORD, COLOUR_TEXT2, 0, NULL);
    canvas_string(c, 36, 187, UI_STR_HOST_PASSWORD_NONE, COLOUR_TEXT2, 0, NULL);
}

static void invitation(struct painter *p)
{
    const struct scene *s = p->s;
    struct canvas *c = &p->c;
    char number[32];

    part_card(p, (struct place){16, 64, 296, 352});
    canvas_string(c, 36, 90, UI_STR_HOST_NUMBER, COLOUR_TEXT2, 0, NULL);
    ui_number(s->words[UI_SLOT_SID], number);
    if (number[0])
        canvas_text(c, 36, 130, UI_STYLE_NUMBER, COLOUR_TEXT, CANVAS_LTR, number);
    else
        canvas_string(c, 36, 126, UI_STR_HOST_NUMBER_WAIT, COLOUR_TEXT2, 0, NULL);
    if (s->words[UI_SLOT_PASSWORD][0])
        password(c, s->words[UI_SLOT_PASSWORD]);
    else
        no_password(c);
    canvas_string(c, 36, 267, UI_STR_HOST_HINT, COLOUR_TEXT2, 0, NULL);
    canvas_line_across(c, 36, 302, 256, COLOUR_LINE);
}

static void protection(struct painter *p)
{
    const struct scene *s = p->s;
    struct canvas *c = &p->c;
    struct ui_args people = {.n = s->number[UI_SLOT_PEOPLE], .m = s->number[UI_SLOT_VERIFIED]};
    struct ui_args wrong = {.n = s->number[UI_SLOT_WRONG]};

    canvas_icon(c, UI_ICON_SHIELD, 36, 317, 20, COLOUR_OK, 1.75);
    canvas_string(c, 64, 325.5, UI_STR_HOST_AES, COLOUR_OK, 0, NULL);
    canvas_string(c, 64, 344.5, people.n > 0 ? UI_STR_HOST_VERIFIED : UI_STR_HOST_ALONE,
                  COLOUR_TEXT2, 0, &people);
    if (wrong.n == 0) {
        canvas_string(c, 36, 378, UI_STR_HOST_KEYS, COLOUR_TEXT2, 0, NULL);
        return;
    }
    part_banner(p, (struct place){28, 360, 272, 48}, BANNER_WARN);
    canvas_string(c, 72, 388.7, UI_STR_HOST_WRONG, COLOUR_TEXT, 0, &wrong);
}

/* Name and badges of a row. What has no room beside the name stands under it, so that no badge is
   left out. */
static void named(struct painter *p, const struct scene_row *r, double y, double end,
                  enum colour on)
{
    uint16_t badges = part_row_badges(p, r);
    double chip = part_named_chip_width(p, NAME_WIDE, r->untrusted_name, r->badges);
    double x = 388 + chip + 8;
    bool under = x + part_badges_width(p, badges) > end; /* two lines, inside the focus ring */
    double high = under ? BADGE_LOW : BADGE_HIGH;

    part_named_chip(p, (struct place){388, y + (under ? 4 : 13), NAME_WIDE, under ? 22 : 0},
                    r->untrusted_name, r->badges, on);
    part_badges(p, (struct place){x, y + (under ? 5 : 14), end - x, high},
                (struct place){388, y + 28, end - 388, high}, badges);
}

static void you(struct painter *p, const struct scene_row *r, double y)
{
    const char *text = ui_string_text(UI_STR_HOST_YOU, p->c.language, 0);
    double width = canvas_text_width(&p->c, UI_STYLE_CHIP, 0, text);

    canvas_string(&p->c, 388, y + 31.5, UI_STR_HOST_YOU, COLOUR_TEXT, 0, NULL);
    part_badges(p, (struct place){388 + width + 9, y + 14, ROW_END - 388 - width - 9, BADGE_HIGH},
                NO_LINE, part_row_badges(p, r));
}

static void member(struct painter *p, const struct scene_row *r, unsigned control, bool selected)
{
    struct canvas *c = &p->c;
    struct place at = part_place(p, control);
    uint16_t look = p->s->look[control];
    enum colour on = selected ? COLOUR_SURFACE : COLOUR_SUNKEN;
    struct place whole = {at.x, at.y, ROW_WIDE, selected ? 104 : 52};
    bool asks = selected && !(r->badges & UI_BADGE_WORDS_MATCH); /* a button stands there */

    if (selected)
        canvas_fill(c, whole, 8, COLOUR_TINT);
    if (selected && c->theme->high_contrast)
        canvas_stroke(c, whole, 8, COLOUR_CTL, 1);
    if (look & (UI_LOOK_HOVER | UI_LOOK_PRESSED))
        canvas_shade(c, at, 8, COLOUR_TEXT, look & UI_LOOK_PRESSED ? 0.16 : 0.08);
    part_person_mark(p, 344, at.y + 10, on);
    if (r->badges & UI_BADGE_YOU)
        you(p, r, at.y);
    else
        named(p, r, at.y, asks ? ROW_ASKS : ROW_END, on);
}

static void members(struct painter *p)
{
    static const unsigned controls[ROWS_SHOWN] = {UI_HOST_PANEL_ROW_1, UI_HOST_PANEL_ROW_2,
                                                  UI_HOST_PANEL_ROW_3};
    unsigned shown = 0;

    for (unsigned i = 0; i < p->s->n_rows && shown < ROWS_SHOWN; i++)
        if (p->s->rows[i].kind == 1) {
            member(p, &p->s->rows[i], controls[shown], p->s->variant == shown + 1);
            shown++;
        }
}

static double heading(struct painter *p, double y, enum ui_string text)
{
    canvas_string(&p->c, 344, y, text, COLOUR_TEXT2, 0, NULL);
    return 344 + 12 +
           canvas_text_width(&p->c, UI_STYLE_HEAD, 0, ui_string_text(text, p->c.language, 0));
}

/* Under the name, so that a long one does not take the place of what is to be known of it. */
static void newcomer(struct painter *p, const struct scene_row *r)
{
    uint16_t same = part_row_badges(p, r) & UI_BADGE_SAME_NAME;

    part_person_mark(p, 344, 108, COLOUR_SUNKEN);
    part_named_chip(p, (struct place){388, same ? 101 : 111, 134, 0}, r->untrusted_name, r->badges,
                    COLOUR_SUNKEN);
    if (same)
        part_same_badge(p, 388, 130);
}

static void waiting(struct painter *p)
{
    double x = heading(p, 92, UI_STR_HOST_WAITING);
    char count[16];

    for (unsigned i = 0; i < p->s->n_rows; i++)
        if (p->s->rows[i].kind == 0) {
            snprintf(count, sizeof count, "%u", (unsigned)p->s->number[UI_SLOT_WAITING]);
            part_badge(p, x, 75, count, BADGE_WARN, UI_ICON_NONE);
            newcomer(p, &p->s->rows[i]);
            return;
        }
    canvas_string_in(&p->c, 344, 120, 344, 2, ui_waiting_none(p->s->number[UI_SLOT_DOOR]),
                     COLOUR_TEXT2, 0, NULL);
}

static void people(struct painter *p)
{
    char count[16];
    double x;

    part_card(p, (struct place){328, 64, 376, 352});
    waiting(p);
    canvas_line_across(&p->c, 344, 158, 344, COLOUR_LINE);
    x = heading(p, 182, UI_STR_HOST_MEMBERS);
    snprintf(count, sizeof count, "%u", (unsigned)p->s->number[UI_SLOT_PEOPLE] + 1);
    part_badge(p, x, 165, count, BADGE_PLAIN, UI_ICON_NONE);
    members(p);
}

void screen_host(struct painter *p)
{
    part_frame(p, UI_STR_HOST_TITLE);
    invitation(p);
    protection(p);
    people(p);
    part_footer_state(p, NULL);
    part_controls(p);
    part_count(p, UI_HOST_PANEL_CHAT, p->s->number[UI_SLOT_UNREAD]);
}

void screen_admit(struct painter *p)
{
    struct canvas *c = &p->c;

    part_case(p);
    canvas_string(c, 24, 92, UI_STR_ADMIT_TITLE, COLOUR_TEXT, 0, NULL);
    part_person(p, 112, UI_ICON_PERSON, UI_STR_ADMIT_TYPED);
    canvas_string(c, 24, 206, ui_admit_text(p->s->number[UI_SLOT_DOOR], p->facts.sharing),
                  COLOUR_TEXT, 0, NULL);
    part_controls(p);
}
