/* Security status: the table of measured facts. vitrine-render ui. */
#include "lib/ui/say.h"
#include "render/parts.h"
#include "render/screens.h"
#include <stddef.h>

#define ROWS_A_PAGE 6

static const double columns[] = {436, 520, 602, 662};

static void now(struct painter *p)
{
    bool control = p->facts.controls;
    double x = 80;

    if (control)
        x += part_chip(p, x, 94, 170, p->s->words[UI_SLOT_NAME], COLOUR_SURFACE) + 8;
    canvas_string(&p->c, x, control ? 112.4 : 110.5,
                  ui_doctor_now(control, p->s->number[UI_SLOT_DOCTOR_ALL]), COLOUR_TEXT, 0, NULL);
}

/* Until something has been measured nothing is said of protections. */
static void summary(struct painter *p)
{
    struct canvas *c = &p->c;
    bool read = p->facts.sharing == 1, all = p->s->number[UI_SLOT_DOCTOR_ALL] == UI_DOCTOR_ALL;
    bool measured = p->s->number[UI_SLOT_DOCTOR_0] != 0, calm = !measured || all;
    enum colour fill = read || !calm ? COLOUR_WTINT : measured ? COLOUR_OTINT : COLOUR_TINT;
    enum colour sign = read || !calm ? COLOUR_WARN : measured ? COLOUR_OK : COLOUR_ONTINT;
    struct place at = {16, 64, 688, 60};
    double y = p->facts.controls ? 86 : 90;

    if (!measured)
        y = 100; /* nothing stands below it */
    canvas_fill(c, at, 12, fill);
    if (c->theme->high_contrast)
        canvas_stroke(c, at, 12, sign, 1);
    canvas_icon(c, calm ? UI_ICON_SHIELD : UI_ICON_ALERT, 36, 80, 28, sign, 1.75);
    canvas_string(c, 80, y, read ? UI_STR_DOCTOR_READ : UI_STR_DOCTOR_UNREAD, COLOUR_TEXT, 0,
                  &(struct ui_args){.n = p->s->number[UI_SLOT_PEOPLE]});
    if (measured)
        now(p);
}

static void headings(struct painter *p)
{
    static const enum ui_string heads[] = {UI_STR_DOCTOR_SCREEN, UI_STR_DOCTOR_HANDS,
                                           UI_STR_DOCTOR_NET, UI_STR_DOCTOR_FILES};
    struct canvas *c = &p->c;

    part_card(p, (struct place){16, 136, 688, 280});
    for (size_t i = 0; i < 4; i++)
        canvas_string(c, columns[i], 160, heads[i], COLOUR_TEXT2, CANVAS_MIDDLE, NULL);
    canvas_string(c, 36, 160, UI_STR_DOCTOR_PART, COLOUR_TEXT2, 0, NULL);
    canvas_string(c, 284, 160, UI_STR_DOCTOR_NOW, COLOUR_TEXT2, 0, NULL);
}

static void holds(struct painter *p, double y, uint32_t row)
{
    for (unsigned i = 0; i < 4; i++) {
        unsigned v = row >> (16 + 2 * i) & 3;

        canvas_string(&p->c, columns[i], y, ui_holds_word(v),
                      v == UI_HOLDS_NEVER ? COLOUR_TEXT2 : COLOUR_TEXT, CANVAS_MIDDLE, NULL);
    }
}

static void part_row(struct painter *p, double y, uint32_t row)
{
    struct ui_two_lines part = ui_doctor_lines(row & 0xff);
    bool running = row & 0x100;
    struct canvas *c = &p->c;

    if (part.title == UI_STR_NONE)
        return;
    canvas_line_across(c, 36, y, 648, COLOUR_LINE);
    canvas_string(c, 36, y + 17.5, part.title, COLOUR_TEXT, 0, NULL);
    canvas_string(c, 36, y + 33.5, part.text, COLOUR_TEXT2, 0, NULL);
    if (running)
        canvas_icon(c, UI_ICON_DOT, 280, y + 10.5, 20, COLOUR_OK, 1.75);
    else
        canvas_stroke(c, (struct place){285, y + 15.5, 10, 10}, 5, COLOUR_TEXT2, 1.75);
    canvas_string(c, 304, y + 25, running ? UI_STR_DOCTOR_RUNNING : UI_STR_DOCTOR_STOPPED,
                  running ? COLOUR_OK : COLOUR_TEXT2, 0, NULL);
    holds(p, y + 25, row);
}

void screen_doctor(struct painter *p)
{
    unsigned first = p->s->number[UI_SLOT_PAGE] > 0 ? ROWS_A_PAGE : 0, shown = 0;
    char text[256], checked[256];

    part_frame(p, UI_STR_DOCTOR_TITLE);
    summary(p);
    headings(p);
    for (unsigned i = UI_SLOT_DOCTOR_0 + first; i <= UI_SLOT_DOCTOR_9 && shown < ROWS_A_PAGE; i++)
        if (p->s->number[i] != 0)
            part_row(p, 172 + 40 * shown++, p->s->number[i]);
    canvas_string(&p->c, 324, 444, UI_STR_DOCTOR_KEYS, COLOUR_TEXT2, 0, NULL);
    part_text(p, checked, UI_STR_DOCTOR_CHECKED, 0, p->s->words[UI_SLOT_CHECKED]);
    part_footer(p, UI_ICON_INFO, COLOUR_TEXT2, part_text(p, text, UI_STR_DOCTOR_FOOT, 0, NULL),
                p->s->words[UI_SLOT_CHECKED][0] ? checked : "");
    part_controls(p);
}
