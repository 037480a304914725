/* Consent to control, and the bar while somebody has it. Pure; runs in the broker. */
#include "broker/ui/view.h"
#include "ch_ui.h"

enum { FIVE, FIFTEEN, UNTIL_STOPPED };

static void about(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_case(out, m);
    view_add_about(v, out);
    if (m->words_known)
        view_add_number(out, UI_SLOT_VERIFIED, m->words_compared);
}

/* ------------------------------------------------------------------------------------- control */
static void control_open(struct view *v, const struct ui_model *m)
{
    v->what = m->control_longest < 15 ? FIVE : FIFTEEN;
}

static void control_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    about(v, m, out);
    view_add_number(out, UI_SLOT_WHAT, v->what);
}

static uint16_t choice(const struct view *v, uint8_t which, bool off)
{
    return off ? UI_LOOK_OFF : v->what == which ? UI_LOOK_CHOSEN : 0;
}

/* The organisation may allow less than the last two. */
static uint16_t control_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    switch (control) {
    case UI_CONSENT_CONTROL_T5:
        return choice(v, FIVE, false);
    case UI_CONSENT_CONTROL_T15:
        return choice(v, FIFTEEN, m->control_longest < 15);
    case UI_CONSENT_CONTROL_TINF:
        return choice(v, UNTIL_STOPPED, m->control_longest < 15);
    default:
        return 0;
    }
}

static struct view_press control_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)m;
    switch (control) {
    case UI_CONSENT_CONTROL_YES:
        return view_answer(true);
    case UI_CONSENT_CONTROL_NO:
        return view_answer(false);
    case UI_CONSENT_CONTROL_T5:
        v->what = FIVE;
        break;
    case UI_CONSENT_CONTROL_T15:
        v->what = FIFTEEN;
        break;
    case UI_CONSENT_CONTROL_TINF:
        v->what = UNTIL_STOPPED;
        break;
    default:
        return view_action(ACTION_NONE);
    }
    return (struct view_press){.changed = true};
}

const struct view_builder view_consent_control = {
    .open = control_open, .fill = control_fill, .look = control_look, .press = control_press};

/* --------------------------------------------------------------------------- first share more */
static struct view_press whole_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    return view_answer(control == UI_CONTROL_WHOLE_YES);
}

const struct view_builder view_control_whole = {.fill = about, .press = whole_press};

/* ------------------------------------------------------------------------------------- the bar */
static void bar_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_words(out, UI_SLOT_NAME, m->controller);
    view_add_number(out, UI_SLOT_SECONDS, v->seconds);
    view_add_number(out, UI_SLOT_HELD, m->control == 2);
}

static struct view_press bar_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    return view_action(control == UI_SHARING_BAR_CONTROL_STOP_CTL ? ACTION_STOP_CONTROL
                                                                  : ACTION_STOP);
}

const struct view_builder view_control_bar = {.fill = bar_fill, .press = bar_press};
