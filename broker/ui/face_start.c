/* Home, join, connecting: the windows before a session. Pure; runs in the broker. */
#include "broker/ui/view.h"
#include "ch_ui.h"
#include "lib/keys.h"

/* ---------------------------------------------------------------------------------------- home */
static void home_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    (void)m;
    view_add_field(v, out, UI_SLOT_FIELD_NUMBER, UI_HOME_JOIN_NUMBER);
    view_add_field(v, out, UI_SLOT_NAME, UI_HOME_YOUR_NAME);
}

/* A field with everything selected is drawn as chosen. */
static uint16_t field_look(const struct view *v, unsigned field)
{
    return v->field[field].all ? UI_LOOK_CHOSEN : 0;
}

static uint16_t home_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)m;
    switch (control) {
    case UI_HOME_JOIN:
        return v->field[0].len == 0 ? UI_LOOK_OFF : 0;
    case UI_HOME_JOIN_NUMBER:
        return field_look(v, 0);
    case UI_HOME_YOUR_NAME:
        return field_look(v, 1);
    default:
        return 0;
    }
}

static struct view_press home_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    switch (control) {
    case UI_HOME_HOST:
        return view_action(ACTION_HOST);
    case UI_HOME_JOIN:
        return view_action(ACTION_JOIN);
    case UI_HOME_SETTINGS:
        return view_action(ACTION_SETTINGS);
    case UI_HOME_DOCTOR:
        return view_action(ACTION_DOCTOR);
    default:
        return view_action(ACTION_NONE);
    }
}

const struct view_builder view_home = {.fill = home_fill, .look = home_look, .press = home_press};

/* ---------------------------------------------------------------------------------------- join */
static void join_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_words(out, UI_SLOT_SID, m->sid);
    view_add_field(v, out, UI_SLOT_FIELD_PASSWORD, UI_JOIN_PASSWORD);
    view_add_number(out, UI_SLOT_ERROR, m->password_wrong ? UI_ERROR_J_PASS : UI_ERROR_NONE);
    if (m->password_wrong) /* told at all: shown */
        view_add_number(out, UI_SLOT_TRIES_LEFT, m->tries_left);
}

static uint16_t join_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    if (control == UI_JOIN_PASSWORD)
        return (uint16_t)(field_look(v, 0) | (m->password_wrong ? UI_LOOK_ERROR : 0));
    if (control == UI_JOIN_JOIN && v->field[0].len == 0 && !m->password_may_lack)
        return UI_LOOK_OFF;
    return 0;
}

static struct view_press join_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    return view_action(control == UI_JOIN_JOIN ? ACTION_PASSWORD : ACTION_BACK);
}

const struct view_builder view_join = {
    .fill = join_fill, .look = join_look, .press = join_press, .escape = ACTION_BACK};

/* ---------------------------------------------------------------------------------- connecting */
static unsigned connecting_variant(const struct view *v, const struct ui_model *m)
{
    (void)v;
    return m->waiting_room ? UI_CONNECTING_WAIT : UI_CONNECTING_DIAL;
}

static void connecting_fill(const struct view *v, const struct ui_model *m,
                            struct msg_ui_paint *out)
{
    (void)v;
    view_add_words(out, UI_SLOT_SID, m->sid);
    view_add_words(out, UI_SLOT_RELAY, m->relay);
    view_add_words(out, UI_SLOT_NAME, m->my_name);
}

static struct view_press connecting_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    if (control == UI_CONNECTING_WORDS)
        return (struct view_press){.action = ACTION_WORDS, .id = 1};
    return view_action(ACTION_CANCEL);
}

static uint16_t connecting_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    return control == UI_CONNECTING_WORDS && !m->can_compare ? UI_LOOK_HIDDEN : 0;
}

const struct view_builder view_connecting = {.look = connecting_look,
                                             .variant = connecting_variant,
                                             .fill = connecting_fill,
                                             .press = connecting_press,
                                             .escape = ACTION_CANCEL};
