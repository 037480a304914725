/* Settings, and the password of a session. vitrine-render ui. */
#include "policy/limits.h"
#include "render/parts.h"
#include "render/screens.h"

static void wrong_name(struct painter *p, unsigned control, enum ui_string hint,
                       enum ui_string wrong, double y)
{
    bool bad = p->s->look[control] & UI_LOOK_ERROR;

    if (bad)
        canvas_string(&p->c, 36, y, wrong, COLOUR_DANGER, 0, NULL);
    else if (hint != UI_STR_NONE)
        canvas_string(&p->c, 36, y, hint, COLOUR_TEXT2, 0, NULL);
}

void screen_settings(struct painter *p)
{
    struct canvas *c = &p->c;
    bool bad_name = p->s->look[UI_SETTINGS_YOUR_NAME] & UI_LOOK_ERROR;

    part_frame(p, UI_STR_SET_TITLE);
    part_card(p, (struct place){16, 60, 336, 350});
    part_card(p, (struct place){368, 60, 336, 350});
    part_field(p, &(struct part_field){UI_SETTINGS_YOUR_NAME, p->s->words[UI_SLOT_NAME],
                                       UI_STR_NONE, UI_STYLE_BODY, 0, true});
    part_field(p, &(struct part_field){UI_SETTINGS_RELAY, p->s->words[UI_SLOT_FIELD_RELAY],
                                       UI_STR_NONE, UI_STYLE_BODY, 0, true});
    part_field(p, &(struct part_field){UI_SETTINGS_NEVER, p->s->words[UI_SLOT_FIELD_NEVER],
                                       UI_STR_SET_NEVER_HINT, UI_STYLE_BODY, 0, true});
    if (bad_name)
        wrong_name(p, UI_SETTINGS_YOUR_NAME, UI_STR_NONE, UI_STR_SET_NAME_WRONG, 230);
    else
        wrong_name(p, UI_SETTINGS_RELAY, UI_STR_SET_RELAY_HINT, UI_STR_SET_RELAY_WRONG, 230);
    canvas_string(c, 36, 278, UI_STR_SET_PASSWORD, COLOUR_TEXT2, 0, NULL);
    canvas_string(c, 380, 87, UI_STR_SET_LANGUAGE, COLOUR_TEXT2, 0, NULL);
    canvas_string(c, 380, 157, UI_STR_SET_THEME, COLOUR_TEXT2, 0, NULL);
    part_footer_nobody(p, "");
    part_controls(p);
}

/* What the chosen kind of password means. */
static void about_password(struct painter *p)
{
    struct canvas *c = &p->c;

    if (p->s->look[UI_NEW_PASSWORD_OWN] & UI_LOOK_CHOSEN) {
        part_field(p, &(struct part_field){UI_NEW_PASSWORD_PASSWORD,
                                           p->s->words[UI_SLOT_FIELD_PASSWORD], UI_STR_NONE,
                                           UI_STYLE_LEAD, 0, true});
        canvas_string(c, 24, 264, UI_STR_PASSWORD_OWN_TEXT,
                      p->s->look[UI_NEW_PASSWORD_PASSWORD] & UI_LOOK_ERROR ? COLOUR_DANGER
                                                                           : COLOUR_TEXT2,
                      0, &(struct ui_args){.n = p->s->number[UI_SLOT_TRIES_LEFT]});
        return;
    }
    canvas_string(c, 24, 194,
                  p->s->look[UI_NEW_PASSWORD_NONE] & UI_LOOK_CHOSEN ? UI_STR_PASSWORD_NONE_TEXT
                                                                    : UI_STR_PASSWORD_NEW_TEXT,
                  COLOUR_TEXT, 0, NULL);
}

void screen_new_password(struct painter *p)
{
    struct canvas *c = &p->c;

    part_frame(p, UI_STR_NONE);
    canvas_string(c, 24, 92, UI_STR_PASSWORD_TITLE, COLOUR_TEXT, 0, NULL);
    about_password(p);
    if (p->s->number[UI_SLOT_HOSTED]) /* a session runs on another one */
        canvas_string(c, 24, 288, UI_STR_PASSWORD_OLD, COLOUR_TEXT2, 0, NULL);
    part_footer_state(p, "");
    part_controls(p);
}
