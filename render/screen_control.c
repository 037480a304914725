/* The consent to control, and the bar while somebody has it. vitrine-render ui. */
#include "lib/ui/say.h"
#include "render/parts.h"
#include "render/screens.h"

static double keycap(struct painter *p, double x, double y, const char *text)
{
    struct canvas *c = &p->c;
    double w = canvas_text_width(c, UI_STYLE_HEAD, 0, text) + 18;

    canvas_fill(c, (struct place){x, y, w, 26}, 5, COLOUR_SURFACE);
    canvas_stroke(c, (struct place){x, y, w, 26}, 5, COLOUR_CTL, 1);
    canvas_fill(c, (struct place){x + 3, y + 26, w - 6, 2}, 1, COLOUR_CTL);
    canvas_text(c, x + 9, y + 17.7, UI_STYLE_HEAD, COLOUR_TEXT, CANVAS_LTR, text);
    return w;
}

/* Key names stay as they are engraved; German keyboards say Strg. Their order stays too, also where
   the sentence before them runs from right to left. */
static void keys(struct painter *p)
{
    struct canvas *c = &p->c;
    const char *key[] = {c->language == UI_LANGUAGE_DE ? "Strg" : "Ctrl", "F12"};
    const char *words = ui_string_text(UI_STR_CONTROL_KEYS, c->language, 0);
    double x = 52 + canvas_text_width(c, UI_STYLE_BODY5, 0, words);

    canvas_fill(c, (struct place){24, 328, 512, 48}, 8, COLOUR_SUNKEN);
    if (c->theme->high_contrast)
        canvas_stroke(c, (struct place){24, 328, 512, 48}, 8, COLOUR_CTL, 1);
    canvas_string(c, 40, 357, UI_STR_CONTROL_KEYS, COLOUR_TEXT, 0, NULL);
    x += keycap(p, x, 338, key[c->mirrored]) + 8;
    canvas_text(c, x, 357, UI_STYLE_BODY5, COLOUR_TEXT, CANVAS_LTR, "+");
    keycap(p, x + 17, 338, key[!c->mirrored]);
}

void screen_consent_control(struct painter *p)
{
    struct canvas *c = &p->c;

    part_case(p);
    canvas_string(c, 24, 92, UI_STR_CONTROL_TITLE, COLOUR_TEXT, 0, NULL);
    part_person(p, 112, UI_ICON_HAND, UI_STR_CONTROL_TYPED);
    canvas_string(c, 24, 204, UI_STR_CONTROL_TEXT, COLOUR_TEXT, 0, NULL);
    canvas_string(c, 24, 260, UI_STR_CONTROL_TIME, COLOUR_TEXT2, 0, NULL);
    part_why(p, 536, 260);
    keys(p);
    canvas_icon(c, UI_ICON_ALERT, 24, 391, 20, COLOUR_WARN, 1.75);
    canvas_string(c, 52, 406, UI_STR_CONTROL_SCAM, COLOUR_TEXT, 0, NULL);
    part_controls(p);
}

void screen_control_whole(struct painter *p)
{
    part_case(p);
    canvas_string(&p->c, 24, 92, UI_STR_CONTROL_WHOLE, COLOUR_TEXT, 0, NULL);
    part_person(p, 152, UI_ICON_HAND, UI_STR_CONTROL_TYPED);
    part_controls(p);
}

void screen_control_bar(struct painter *p)
{
    struct canvas *c = &p->c;
    char time[16];
    double x = 52;

    canvas_fill(c, (struct place){0, 0, c->w, c->h}, 0, COLOUR_LIVE);
    canvas_fill(c, (struct place){12, 10, 28, 28}, 14, COLOUR_ONLIVE);
    canvas_icon(c, UI_ICON_HAND, 17, 14, 19, COLOUR_LIVE, 1.75);
    x += part_live_chip(p, x, 6, 210, p->s->words[UI_SLOT_NAME]) + 8;
    canvas_text_cut(c, x, 21, 392 - x, UI_STYLE_TITLE15, COLOUR_ONLIVE, 0,
                    ui_string_text(UI_STR_BAR_CONTROL, c->language, 0));
    ui_time(p->s->number[UI_SLOT_SECONDS], time);
    canvas_string(c, 52, 40,
                  p->s->number[UI_SLOT_HELD] ? UI_STR_BAR_CONTROL_HELD : UI_STR_BAR_CONTROL_LEFT,
                  COLOUR_ONLIVE, CANVAS_TABULAR, &(struct ui_args){.s = time});
    part_controls(p);
}
