/* The first two consent dialogs: let somebody in, show the screen. Pure; runs in the broker. */
#include "broker/ui/view.h"
#include "ch_ui.h"

/* --------------------------------------------------------------------------------------- admit */
static void admit_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_words(out, UI_SLOT_SID, m->sid);
    view_add_words(out, UI_SLOT_NAME, v->name);
    view_add_number(out, UI_SLOT_SHARING, m->sharing);
    view_add_number(out, UI_SLOT_GUARD, v->guard);
}

static struct view_press admit_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    return view_answer(control == UI_ADMIT_ADMIT);
}

const struct view_builder view_admit = {.fill = admit_fill, .press = admit_press};

/* --------------------------------------------------------------------------------------- share */
#define SHARE_NAMES 2 /* names on the dialog; the rest is "and 98 more" */

static void share_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    unsigned named = 0;
    view_add_words(out, UI_SLOT_SID, m->sid);
    view_add_number(out, UI_SLOT_PEOPLE, m->viewers);
    view_add_number(out, UI_SLOT_WHAT, v->what);
    view_add_number(out, UI_SLOT_GUARD, v->guard);
    for (unsigned i = 0; i < m->n_people && named < SHARE_NAMES; i++) {
        const struct ui_person *p = &m->people[i];
        if (p->waiting || (p->badges & UI_BADGE_YOU))
            continue;
        view_add_row(out, p, false);
        named++;
    }
}

static uint16_t share_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)m;
    switch (control) {
    case UI_CONSENT_SHARE_WHOLE:
        return v->what == 0 ? UI_LOOK_CHOSEN : 0;
    case UI_CONSENT_SHARE_ONE:
    case UI_CONSENT_SHARE_PART:
        return UI_LOOK_OFF; /* they come with their issue */
    default:
        return 0;
    }
}

static struct view_press share_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)m;
    switch (control) {
    case UI_CONSENT_SHARE_YES:
        return view_answer(true);
    case UI_CONSENT_SHARE_NO:
        return view_answer(false);
    case UI_CONSENT_SHARE_WHOLE:
        v->what = 0;
        return (struct view_press){.changed = true};
    default:
        return view_action(ACTION_NONE);
    }
}

const struct view_builder view_consent_share = {
    .fill = share_fill, .look = share_look, .press = share_press};
