/* Comparing four words with somebody, and the dialogs of a change of presenter. vitrine-render ui.
 */
#include "lib/ui/say.h"
#include "render/parts.h"
#include "render/screens.h"
#include <stdio.h>
#include <string.h>

/* Word number n of a text with single spaces between them, "" beyond its end. */
static void word(char out[64], const char *text, unsigned n)
{
    for (; n > 0 && *text; n--) {
        text += strcspn(text, " ");
        text += *text == ' ';
    }
    snprintf(out, 64, "%.*s", (int)strcspn(text, " "), text);
}

static void word_box(struct painter *p, unsigned n)
{
    struct canvas *c = &p->c;
    struct place at = {24 + 260 * (n % 2), 152 + 72 * (n / 2), 252, 64};
    char text[64], number[4];

    word(text, p->s->words[UI_SLOT_WORDS], n);
    snprintf(number, sizeof number, "%u", n + 1);
    canvas_fill(c, at, 8, COLOUR_SUNKEN);
    if (c->theme->high_contrast)
        canvas_stroke(c, at, 8, COLOUR_CTL, 1);
    canvas_text(c, at.x + 20, at.y + 39, UI_STYLE_TITLE15, COLOUR_TEXT2, CANVAS_LTR, number);
    canvas_text_spaced(c, at.x + 48, at.y + 41, UI_STYLE_TITLE, COLOUR_TEXT, CANVAS_LTR, 0.5, text);
}

void screen_words(struct painter *p)
{
    struct canvas *c = &p->c;
    double x = 24;

    part_case(p);
    canvas_string(c, 24, 92, UI_STR_WORDS_TITLE, COLOUR_TEXT, 0, NULL);
    canvas_string(c, x, 128, UI_STR_WORDS_WITH, COLOUR_TEXT2, 0, NULL);
    x += canvas_text_width(c, UI_STYLE_BODY, 0, ui_string_text(UI_STR_WORDS_WITH, c->language, 0));
    x += 6 + part_chip(p, x + 6, 110, 536 - 328 - x - 6, p->s->words[UI_SLOT_NAME], COLOUR_SUNKEN);
    canvas_string(c, x + 8, 128, UI_STR_WORDS_HOW, COLOUR_TEXT2, 0, NULL);
    if (part_same_name(p, p->s->words[UI_SLOT_NAME]))
        part_same_badge(p, 536 - part_same_width(p), 76);
    for (unsigned n = 0; n < 4; n++)
        word_box(p, n);
    canvas_string(c, 24, 324, UI_STR_WORDS_BODY, COLOUR_TEXT2, 0, NULL);
    part_controls(p);
}

void screen_key_changed(struct painter *p)
{
    struct canvas *c = &p->c;
    struct place key = {24, 252, 512, 44};

    part_case(p);
    canvas_string(c, 24, 92, UI_STR_KEY_TITLE, COLOUR_TEXT, 0, NULL);
    part_person(p, 112, UI_ICON_ALERT, UI_STR_KEY_TYPED);
    canvas_string(c, 24, 206, UI_STR_KEY_TEXT, COLOUR_TEXT, 0, NULL);
    canvas_fill(c, key, 8, COLOUR_SUNKEN);
    if (c->theme->high_contrast)
        canvas_stroke(c, key, 8, COLOUR_CTL, 1);
    canvas_text(c, key.x + 16, key.y + 28, UI_STYLE_TITLE15, COLOUR_TEXT, CANVAS_LTR,
                p->s->words[UI_SLOT_KEY]);
    part_controls(p);
}

void screen_present(struct painter *p)
{
    const struct {
        enum ui_string title, text;
        enum ui_icon icon;
    } faces[] = {
        [UI_PRESENT_GIVE] = {UI_STR_PRESENT_TITLE, ui_present_text(p->facts.sharing),
                             UI_ICON_PERSON},
        [UI_PRESENT_TAKE] = {UI_STR_PRESENT_YOU_TITLE, UI_STR_PRESENT_YOU_TEXT, UI_ICON_SCREEN},
        [UI_PRESENT_SECOND] = {UI_STR_SECOND_TITLE, UI_STR_SECOND_TEXT, UI_ICON_PERSON}};
    struct canvas *c = &p->c;
    unsigned face = p->s->variant <= UI_PRESENT_SECOND ? p->s->variant : UI_PRESENT_GIVE;

    part_case(p);
    canvas_string(c, 24, 92, faces[face].title, COLOUR_TEXT, 0, NULL);
    part_person(p, 112, faces[face].icon, UI_STR_PRESENT_TYPED);
    canvas_string(c, 24, 206, faces[face].text, COLOUR_TEXT, 0, NULL);
    part_controls(p);
}
