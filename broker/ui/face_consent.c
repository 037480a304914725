/* The first two consent dialogs: let somebody in, show the screen. Pure; runs in the broker. */
#include "broker/ui/view.h"
#include "ch_ui.h"

/* --------------------------------------------------------------------------------------- admit */
static void admit_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_case(out, m);
    view_add_words(out, UI_SLOT_NAME, v->name);
    view_add_number(out, UI_SLOT_SHARING, m->sharing);
    view_add_number(out, UI_SLOT_GUARD, v->guard);
    if (m->words_known)
        view_add_number(out, UI_SLOT_VERIFIED, m->words_compared);
}

static struct view_press admit_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    return view_answer(control == UI_ADMIT_ADMIT);
}

const struct view_builder view_admit = {.fill = admit_fill, .press = admit_press};

/* --------------------------------------------------------------------------------------- share */
#define SHARE_NAMES_ALSO 1 /* ... where a line says who else */
#define SHARE_NAMES 2      /* names on the dialog; the rest is "and 98 more" */

static void share_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    unsigned named = 0;
    view_add_case(out, m);
    view_add_number(out, UI_SLOT_PEOPLE, m->viewers);
    view_add_both(out, UI_SLOT_ALSO, m->also, m->organizer);
    view_add_number(out, UI_SLOT_WHAT, v->what);
    view_add_number(out, UI_SLOT_GUARD, v->guard);
    for (unsigned i = 0; i < m->n_people && named < (m->also ? SHARE_NAMES_ALSO : SHARE_NAMES);
         i++) {
        const struct ui_person *p = &m->people[i];
        if (p->waiting || (p->badges & UI_BADGE_YOU))
            continue;
        view_add_row(out, p, false);
        named++;
    }
}

static uint16_t tile_look(const struct view *v, enum ui_what what, bool off)
{
    return off ? UI_LOOK_OFF : v->what == what ? UI_LOOK_CHOSEN : 0;
}

static uint16_t share_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    switch (control) {
    case UI_CONSENT_SHARE_WHOLE:
        return tile_look(v, UI_WHAT_WHOLE, m->no_whole);
    case UI_CONSENT_SHARE_ONE:
        return tile_look(v, UI_WHAT_WINDOW, m->no_window);
    case UI_CONSENT_SHARE_PART:
        return tile_look(v, UI_WHAT_PART, false);
    case UI_CONSENT_SHARE_YES:
        return v->what == UI_WHAT_WHOLE && m->no_whole ? UI_LOOK_OFF : 0;
    default:
        return 0;
    }
}

static struct view_press pick(enum ui_what what)
{
    return (struct view_press){.pick = (uint8_t)what};
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
        v->what = UI_WHAT_WHOLE;
        return (struct view_press){.changed = true};
    case UI_CONSENT_SHARE_ONE:
        return pick(UI_WHAT_WINDOW);
    case UI_CONSENT_SHARE_PART:
        return pick(UI_WHAT_PART);
    default:
        return view_action(ACTION_NONE);
    }
}

const struct view_builder view_consent_share = {
    .fill = share_fill, .look = share_look, .press = share_press};
