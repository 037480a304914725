/* Everybody in the session, for many. Pure; runs in the broker. */
#include "broker/ui/view.h"
#include "ch_ui.h"
#include "lib/keys.h"
#include "lib/text.h"
#include <string.h>

/* Part of the claimed name, in either case: see text_small. */
static bool is_found(const struct view *v, const struct ui_person *p)
{
    char name[MAX_NAME + 1], part[FIELD_ROOM + 1];
    text_small(name, sizeof name, p->name);
    text_small(part, sizeof part, v->field[0].text);
    return strstr(name, part) != NULL;
}

static unsigned found(const struct view *v, const struct ui_model *m)
{
    unsigned n = 0;
    for (unsigned i = 0; i < m->n_people; i++)
        n += is_found(v, &m->people[i]);
    return n;
}

static unsigned last_page(const struct view *v, const struct ui_model *m)
{
    unsigned n = found(v, m);
    return n == 0 ? 0 : (n - 1) / VIEW_PEOPLE;
}

/* People may have left since the page was turned. */
static unsigned page_now(const struct view *v, const struct ui_model *m)
{
    unsigned last = last_page(v, m);
    return v->page > last ? last : v->page;
}

static const struct ui_person *on_row(const struct view *v, const struct ui_model *m, unsigned row)
{
    unsigned n = page_now(v, m) * VIEW_PEOPLE + row;
    for (unsigned i = 0; row < VIEW_PEOPLE && i < m->n_people; i++)
        if (is_found(v, &m->people[i]) && n-- == 0)
            return &m->people[i];
    return NULL;
}

/* The person whose row is selected, if it is on this page. */
static const struct ui_person *selected(const struct view *v, const struct ui_model *m)
{
    for (unsigned row = 0; v->selected && row < VIEW_PEOPLE; row++) {
        const struct ui_person *p = on_row(v, m, row);
        if (p && !p->waiting && p->id == v->selected)
            return p;
    }
    return NULL;
}

/* What that button does about the person whose row is open; ACTION_NONE: none of those buttons. */
static enum ui_action about(uint8_t control)
{
    return control == UI_PEOPLE_MK_PRESENTER ? ACTION_MAKE_PRESENTER
           : control == UI_PEOPLE_ALLOW_CTL  ? ACTION_ALLOW_CONTROL
           : control == UI_PEOPLE_REMOVE     ? ACTION_REMOVE
           : control == UI_PEOPLE_WORDS      ? ACTION_WORDS
                                             : ACTION_NONE;
}

static void people_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    unsigned n = found(v, m);
    const struct ui_person *open = selected(v, m);
    view_add_field(v, out, UI_SLOT_FIELD_SEARCH, UI_PEOPLE_SEARCH);
    view_add_number(out, UI_SLOT_FIRST, n ? page_now(v, m) * VIEW_PEOPLE + 1 : 0);
    view_add_number(out, UI_SLOT_FOUND, n);
    view_add_shared(out, m);
    view_add_number(out, UI_SLOT_THEIRS, view_theirs(v, m));
    view_add_number(out, UI_SLOT_CONTROLS, view_controls(v, m));
    for (unsigned row = 0; row < VIEW_PEOPLE; row++) {
        const struct ui_person *p = on_row(v, m, row);
        if (p)
            view_add_row(out, p, p == open);
    }
}

static uint16_t page_look(const struct view *v, const struct ui_model *m, bool back)
{
    if (last_page(v, m) == 0)
        return UI_LOOK_HIDDEN;
    return page_now(v, m) == (back ? 0 : last_page(v, m)) ? UI_LOOK_OFF : 0;
}

/* Somebody at the door is answered in the panel, in the order in which they came. */
static uint16_t row_look(const struct view *v, const struct ui_model *m, unsigned row)
{
    const struct ui_person *p = on_row(v, m, row);
    return !p                                         ? UI_LOOK_HIDDEN
           : p->waiting || (p->badges & UI_BADGE_YOU) ? UI_LOOK_OFF
           : v->selected == p->id                     ? UI_LOOK_CHOSEN
                                                      : 0;
}

static uint16_t people_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    if (control >= UI_PEOPLE_ROW_1 && control <= UI_PEOPLE_ROW_7)
        return row_look(v, m, control - UI_PEOPLE_ROW_1);
    switch (control) {
    case UI_PEOPLE_SEARCH:
        return v->field[0].all ? UI_LOOK_CHOSEN : 0;
    case UI_PEOPLE_PREV:
    case UI_PEOPLE_NEXT:
        return page_look(v, m, control == UI_PEOPLE_PREV);
    case UI_PEOPLE_MK_PRESENTER:
    case UI_PEOPLE_ALLOW_CTL:
    case UI_PEOPLE_REMOVE:
    case UI_PEOPLE_WORDS:
        return selected(v, m) ? view_person_look(m, selected(v, m), about(control))
                              : UI_LOOK_HIDDEN;
    default:
        return 0;
    }
}

static const struct ui_person *people_about(const struct view *v, const struct ui_model *m,
                                            uint8_t control)
{
    if (control >= UI_PEOPLE_ROW_1 && control <= UI_PEOPLE_ROW_7)
        return on_row(v, m, control - UI_PEOPLE_ROW_1);
    return about(control) == ACTION_NONE ? NULL : selected(v, m);
}

static struct view_press turn_page(struct view *v, const struct ui_model *m, bool back)
{
    unsigned now = page_now(v, m), last = last_page(v, m);
    v->page = back ? (now > 0 ? now - 1 : 0) : (now < last ? now + 1 : last);
    v->selected = 0;
    return (struct view_press){.changed = v->page != now};
}

/* The button to allow control ends that of somebody who has it. */
static enum ui_action people_action(const struct view *v, const struct ui_model *m, uint8_t control)
{
    if (control == UI_PEOPLE_CLOSE2)
        return ACTION_CLOSE;
    if (control == UI_PEOPLE_ALLOW_CTL && view_controls(v, m))
        return ACTION_END_CONTROL;
    return about(control);
}

static struct view_press people_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    if (control == UI_PEOPLE_PREV || control == UI_PEOPLE_NEXT)
        return turn_page(v, m, control == UI_PEOPLE_PREV);
    return view_open_row(v, view_whom(v, m, control));
}

static struct view_press people_key(struct view *v, const struct ui_model *m, uint32_t keysym)
{
    if (keysym == KEYS_PAGE_UP || keysym == KEYS_PAGE_DOWN)
        return turn_page(v, m, keysym == KEYS_PAGE_UP);
    return view_action(ACTION_NONE);
}

const struct view_builder view_people = {.fill = people_fill,
                                         .look = people_look,
                                         .about = people_about,
                                         .action = people_action,
                                         .press = people_press,
                                         .key = people_key,
                                         .escape = ACTION_CLOSE};
