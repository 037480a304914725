/* Settings, and the password of the session. Pure; runs in the broker. */
#include "broker/ui/view.h"
#include "ch_ui.h"
#include <string.h>

static uint16_t chosen_if(bool yes)
{
    return yes ? UI_LOOK_CHOSEN : 0;
}

/* ------------------------------------------------------------------------------------ settings */
static void settings_open(struct view *v, const struct ui_model *m)
{
    v->set = m->settings;
}

static void settings_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    (void)m;
    view_add_field(v, out, UI_SLOT_NAME, UI_SETTINGS_YOUR_NAME);
    view_add_field(v, out, UI_SLOT_FIELD_RELAY, UI_SETTINGS_RELAY);
    view_add_field(v, out, UI_SLOT_FIELD_NEVER, UI_SETTINGS_NEVER);
}

static uint16_t field_look(const struct view *v, const struct ui_model *m, unsigned field,
                           enum ui_wrong wrong)
{
    return (uint16_t)((v->field[field].all ? UI_LOOK_CHOSEN : 0) |
                      (m->wrong & wrong ? UI_LOOK_ERROR : 0));
}

static uint16_t settings_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    const struct ui_settings *s = &v->set;
    switch (control) {
    case UI_SETTINGS_YOUR_NAME:
        return field_look(v, m, 0, UI_WRONG_NAME);
    case UI_SETTINGS_RELAY:
        return field_look(v, m, 1, UI_WRONG_RELAY);
    case UI_SETTINGS_NEVER:
        return field_look(v, m, 2, UI_WRONG_NEVER);
    case UI_SETTINGS_PW_NONE:
        return (uint16_t)(chosen_if(s->password == UI_PASSWORD_NONE) |
                          (s->may_lack ? 0 : UI_LOOK_OFF));
    case UI_SETTINGS_PW_NEW:
    case UI_SETTINGS_PW_OWN:
        return chosen_if(s->password == control - UI_SETTINGS_PW_NEW);
    case UI_SETTINGS_LANG_AUTO:
    case UI_SETTINGS_LANG_EN:
    case UI_SETTINGS_LANG_DE:
        return chosen_if(s->language == control - UI_SETTINGS_LANG_AUTO);
    case UI_SETTINGS_THEME_AUTO:
    case UI_SETTINGS_THEME_LIGHT:
    case UI_SETTINGS_THEME_DARK:
    case UI_SETTINGS_THEME_CONTRAST:
        return chosen_if(s->theme == control - UI_SETTINGS_THEME_AUTO);
    case UI_SETTINGS_WAITING:
        return (uint16_t)(chosen_if(s->waiting_room) | (s->may_open ? 0 : UI_LOOK_OFF));
    case UI_SETTINGS_SOUND:
        return chosen_if(s->sound);
    case UI_SETTINGS_STILL:
        return chosen_if(s->still);
    case UI_SETTINGS_CTRL_ESC:
        return chosen_if(s->ctrl_esc);
    default:
        return 0;
    }
}

static void choose(struct ui_settings *s, uint8_t control)
{
    switch (control) {
    case UI_SETTINGS_PW_NEW:
    case UI_SETTINGS_PW_OWN:
    case UI_SETTINGS_PW_NONE:
        s->password = control - UI_SETTINGS_PW_NEW;
        break;
    case UI_SETTINGS_LANG_AUTO:
    case UI_SETTINGS_LANG_EN:
    case UI_SETTINGS_LANG_DE:
        s->language = control - UI_SETTINGS_LANG_AUTO;
        break;
    case UI_SETTINGS_THEME_AUTO:
    case UI_SETTINGS_THEME_LIGHT:
    case UI_SETTINGS_THEME_DARK:
    case UI_SETTINGS_THEME_CONTRAST:
        s->theme = control - UI_SETTINGS_THEME_AUTO;
        break;
    case UI_SETTINGS_WAITING:
        s->waiting_room = !s->waiting_room;
        break;
    case UI_SETTINGS_SOUND:
        s->sound = !s->sound;
        break;
    case UI_SETTINGS_STILL:
        s->still = !s->still;
        break;
    case UI_SETTINGS_CTRL_ESC:
        s->ctrl_esc = !s->ctrl_esc;
        break;
    default:
        break;
    }
}

static enum ui_action settings_action(const struct view *v, const struct ui_model *m,
                                      uint8_t control)
{
    (void)v;
    (void)m;
    return control == UI_SETTINGS_SAVE     ? ACTION_SAVE_SETTINGS
           : control == UI_SETTINGS_CANCEL ? ACTION_CLOSE
                                           : ACTION_NONE;
}

static struct view_press settings_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)m;
    if (control == UI_SETTINGS_NEVER_PICK)
        return (struct view_press){.pick = UI_WHAT_WINDOW};
    choose(&v->set, control);
    return view_action(ACTION_NONE);
}

const struct view_builder view_settings = {.open = settings_open,
                                           .fill = settings_fill,
                                           .look = settings_look,
                                           .action = settings_action,
                                           .press = settings_press,
                                           .escape = ACTION_CLOSE};

/* -------------------------------------------------------------------------------- new password */
static void password_open(struct view *v, const struct ui_model *m)
{
    v->what = m->settings.password;
}

static void password_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_field(v, out, UI_SLOT_FIELD_PASSWORD, UI_NEW_PASSWORD_PASSWORD);
    view_add_number(out, UI_SLOT_TRIES_LEFT, m->password_minimum);
    view_add_shared(out, m);
    view_add_number(out, UI_SLOT_HOSTED, m->settings.changing);
}

static uint16_t password_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    bool own = v->what == UI_PASSWORD_OWN;
    switch (control) {
    case UI_NEW_PASSWORD_NONE:
        return (uint16_t)(chosen_if(v->what == UI_PASSWORD_NONE) |
                          (m->settings.may_lack && !m->settings.changing ? 0 : UI_LOOK_OFF));
    case UI_NEW_PASSWORD_NEW:
    case UI_NEW_PASSWORD_OWN:
        return chosen_if(v->what == control - UI_NEW_PASSWORD_NEW);
    case UI_NEW_PASSWORD_PASSWORD:
        return own ? field_look(v, m, 0, UI_WRONG_PASSWORD) : UI_LOOK_HIDDEN;
    case UI_NEW_PASSWORD_SET:
        return own && v->field[0].len == 0 ? UI_LOOK_OFF : 0;
    default:
        return 0;
    }
}

static struct view_press password_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)m;
    switch (control) {
    case UI_NEW_PASSWORD_SET:
        return (struct view_press){.action = ACTION_SET_PASSWORD, .id = v->what};
    case UI_NEW_PASSWORD_CANCEL:
        return view_action(ACTION_CLOSE);
    default:
        v->what = control - UI_NEW_PASSWORD_NEW;
        return view_action(ACTION_NONE);
    }
}

const struct view_builder view_new_password = {.open = password_open,
                                               .fill = password_fill,
                                               .look = password_look,
                                               .press = password_press,
                                               .escape = ACTION_CLOSE};
