/* Dialogs about one person in the session, and the end for everyone. Pure; runs in the broker. */
#include "broker/ui/view.h"
#include "ch_ui.h"

/* --------------------------------------------------------------------------------------- words */
static void words_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_case(out, m);
    view_add_about(v, out);
    view_add_words(out, UI_SLOT_WORDS, m->words);
}

static struct view_press words_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)m;
    v->what = control == UI_WORDS_DIFFER;
    return view_answer(control == UI_WORDS_SAME);
}

const struct view_builder view_words = {.fill = words_fill, .press = words_press};

/* ----------------------------------------------------------------------------------- presenter */
static unsigned present_variant(const struct view *v, const struct ui_model *m)
{
    (void)m;
    return v->asked;
}

static void present_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_case(out, m);
    view_add_about(v, out);
    view_add_number(out, UI_SLOT_SHARING, view_sharing(m));
    if (m->words_known)
        view_add_number(out, UI_SLOT_VERIFIED, m->words_compared);
}

static struct view_press present_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    return view_answer(control == UI_PRESENT_YES);
}

const struct view_builder view_present = {
    .variant = present_variant, .fill = present_fill, .press = present_press};

/* --------------------------------------------------------------- a known name with another key */
static void key_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_case(out, m);
    view_add_about(v, out);
    view_add_words(out, UI_SLOT_KEY, m->key);
}

static struct view_press key_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    return view_answer(control == UI_KEY_CHANGED_YES);
}

const struct view_builder view_key_changed = {.fill = key_fill, .press = key_press};

/* ----------------------------------------------------------------------------- end for everyone */
static void end_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    (void)v;
    view_add_case(out, m);
    view_add_number(out, UI_SLOT_PEOPLE, m->viewers);
}

static struct view_press end_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    return view_answer(control == UI_END_ASK_YES);
}

const struct view_builder view_end_ask = {.fill = end_fill, .press = end_press};
