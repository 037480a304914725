/* Home, joining, and the wait in between. vitrine-render ui. */
#include "lib/ui/say.h"
#include "render/parts.h"
#include "render/screens.h"

static void home_card(struct painter *p, double x, enum ui_icon icon, enum ui_string title,
                      enum ui_string text)
{
    struct canvas *c = &p->c;

    part_card(p, (struct place){x, 108, 328, 228});
    part_medal(p, (struct place){x + 24, 128, 40, 40}, 10, COLOUR_TINT, icon, 22, COLOUR_ONTINT,
               1.75);
    canvas_string(c, x + 76, 154.5, title, COLOUR_TEXT, 0, NULL);
    canvas_string(c, x + 24, 196, text, COLOUR_TEXT2, 0, NULL);
}

void screen_home(struct painter *p)
{
    struct canvas *c = &p->c;

    part_frame(p, UI_STR_NONE);
    canvas_string(c, 24, 88, UI_STR_HOME_TITLE, COLOUR_TEXT, 0, NULL);
    home_card(p, 24, UI_ICON_EYE, UI_STR_HOME_HOST_TITLE, UI_STR_HOME_HOST_TEXT);
    home_card(p, 368, UI_ICON_ARROW, UI_STR_HOME_JOIN_TITLE, UI_STR_HOME_JOIN_TEXT);
    part_field(p, &(struct part_field){UI_HOME_JOIN_NUMBER, p->s->words[UI_SLOT_FIELD_NUMBER],
                                       UI_STR_HOME_NUMBER_HINT, UI_STYLE_BODY, 1, true});
    canvas_text(c, 24, 377, UI_STYLE_LABEL5, COLOUR_TEXT2, 0,
                ui_string_text(UI_STR_HOME_NAME, c->language, 0));
    part_field(p, &(struct part_field){UI_HOME_YOUR_NAME, p->s->words[UI_SLOT_NAME], UI_STR_NONE,
                                       UI_STYLE_BODY, 0, false});
    part_banner(p, (struct place){24, 408, 672, 62}, BANNER_WARN);
    canvas_string(c, 68, 434.2, UI_STR_HOME_SCAM, COLOUR_TEXT, 0, NULL);
    part_footer_nobody(p, NULL);
    part_controls(p);
}

static void join_wrong(struct painter *p)
{
    struct canvas *c = &p->c;
    unsigned lines;

    canvas_icon(c, UI_ICON_ALERT, 24, 190, 20, COLOUR_DANGER, 1.75);
    lines = canvas_string(c, 52, 205, UI_STR_JOIN_WRONG, COLOUR_DANGER, 0, NULL);
    if (!p->s->told[UI_SLOT_TRIES_LEFT])
        return;
    part_banner(p, (struct place){24, 224 + (lines - 1) * 19, 512, 43}, BANNER_INFO);
    canvas_string(c, 68, 250.2 + (lines - 1) * 19, UI_STR_JOIN_TRIES, COLOUR_TEXT, 0,
                  &(struct ui_args){.n = p->s->number[UI_SLOT_TRIES_LEFT]});
}

void screen_join(struct painter *p)
{
    struct canvas *c = &p->c;
    char number[32], code[64];

    part_frame(p, UI_STR_NONE);
    ui_number(p->s->words[UI_SLOT_SID], number);
    canvas_string(c, 24, 92, UI_STR_JOIN_TITLE, COLOUR_TEXT, 0, &(struct ui_args){.s = number});
    part_field(p, &(struct part_field){UI_JOIN_PASSWORD, p->s->words[UI_SLOT_FIELD_PASSWORD],
                                       UI_STR_NONE, UI_STYLE_LEAD, 0, true});
    if (p->facts.error)
        join_wrong(p);
    else
        canvas_string(c, 24, 205, UI_STR_JOIN_HINT, COLOUR_TEXT2, 0, NULL);
    ui_string_format(code, sizeof code, UI_STR_FOOT_CODE, c->language,
                     &(struct ui_args){.s = ui_error_get(UI_ERROR_J_PASS)->code});
    part_footer_nobody(p, p->facts.error ? code : "");
    part_controls(p);
}

void screen_connecting(struct painter *p)
{
    bool waiting = p->s->variant == UI_CONNECTING_WAIT;
    struct canvas *c = &p->c;

    part_frame(p, UI_STR_NONE);
    part_medal(p, (struct place){244, 76, 72, 72}, 36, COLOUR_TINT,
               waiting ? UI_ICON_CLOCK : UI_ICON_NET, 34, COLOUR_ONTINT, 1.6);
    canvas_string(c, 280, 188, waiting ? UI_STR_WAIT_ADMIT : UI_STR_WAIT_DIAL, COLOUR_TEXT,
                  CANVAS_MIDDLE, NULL);
    canvas_string(c, 280, 218, waiting ? UI_STR_WAIT_ADMIT_TEXT : UI_STR_WAIT_DIAL_TEXT,
                  COLOUR_TEXT2, CANVAS_MIDDLE, NULL);
    if (waiting && p->s->words[UI_SLOT_NAME][0]) {
        char text[256];
        const char *lead = part_text(p, text, UI_STR_WAIT_ADMIT_NAME, 0, NULL);
        double w = canvas_text_width(c, UI_STYLE_CAPTION, 0, lead);

        canvas_text(c, 24, 325, UI_STYLE_CAPTION, COLOUR_TEXT2, 0, lead);
        part_chip(p, 24 + w + 8, 307, 368 - w - 8, p->s->words[UI_SLOT_NAME], COLOUR_SUNKEN);
    }
    part_footer_nobody(p, "");
    part_controls(p);
}
