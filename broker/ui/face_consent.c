/* The first two consent dialogs: let somebody in, show the screen. Pure; runs in the broker. */
#include "broker/ui/view.h"
#include "ch_ui.h"
#include "lib/keys.h"

/* --------------------------------------------------------------------------------------- admit */
static void admit_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_case(out, m);
    view_add_about(v, out);
    view_add_number(out, UI_SLOT_SHARING, view_sharing(m));
    view_add_number(out, UI_SLOT_DOOR, m->door);
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

/* Person number n of those who would see it; NULL beyond the end. */
static const struct ui_person *watcher(const struct ui_model *m, unsigned n)
{
    for (unsigned i = 0; i < m->n_people; i++) {
        const struct ui_person *p = &m->people[i];
        if (!p->waiting && !(p->badges & UI_BADGE_YOU) && n-- == 0)
            return p;
    }
    return NULL;
}

static unsigned watchers(const struct ui_model *m)
{
    unsigned n = 0;
    while (watcher(m, n))
        n++;
    return n;
}

/* As many as the dialog names beside what is to be chosen. */
static unsigned names_beside(const struct ui_model *m)
{
    return m->also ? SHARE_NAMES_ALSO : SHARE_NAMES;
}

static unsigned share_variant(const struct view *v, const struct ui_model *m)
{
    return v->details && watcher(m, names_beside(m)) ? UI_SHARE_EVERYBODY : UI_SHARE_CHOICE;
}

static unsigned last_page(const struct ui_model *m)
{
    unsigned n = watchers(m);
    return n == 0 ? 0 : (n - 1) / VIEW_SHARE;
}

/* People may have left since the page was turned. */
static unsigned page_now(const struct view *v, const struct ui_model *m)
{
    unsigned last = last_page(m);
    return v->page > last ? last : v->page;
}

/* The rules forbid what the dialog begins with, and nothing else is picked yet. */
static bool nothing_picked(const struct view *v, const struct ui_model *m)
{
    return v->what == UI_WHAT_WHOLE && m->no_whole;
}

static void share_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    bool all = share_variant(v, m) == UI_SHARE_EVERYBODY;
    unsigned from = all ? page_now(v, m) * VIEW_SHARE : 0;
    view_add_case(out, m);
    view_add_number(out, UI_SLOT_PEOPLE, m->viewers);
    view_add_both(out, UI_SLOT_ALSO, m->also, m->organizer);
    view_add_number(out, UI_SLOT_SHARING, view_sharing(m));
    view_add_number(out, UI_SLOT_WHAT, nothing_picked(v, m) ? UI_WHAT_UNKNOWN : v->what);
    view_add_number(out, UI_SLOT_GUARD, v->guard);
    if (v->what == UI_WHAT_PART)
        view_add_both(out, UI_SLOT_MONITOR, v->monitor, v->size);
    if (all) {
        view_add_number(out, UI_SLOT_FIRST, from + 1);
        view_add_number(out, UI_SLOT_FOUND, watchers(m));
    }
    for (unsigned i = 0; i < (all ? VIEW_SHARE : names_beside(m)); i++)
        if (watcher(m, from + i))
            view_add_row(out, watcher(m, from + i), false);
}

static uint16_t tile_look(const struct view *v, enum ui_what what, bool off)
{
    return off ? UI_LOOK_OFF : v->what == what ? UI_LOOK_CHOSEN : 0;
}

static uint16_t page_look(const struct ui_model *m, bool more)
{
    return last_page(m) == 0 ? UI_LOOK_HIDDEN : more ? 0 : UI_LOOK_OFF;
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
        return nothing_picked(v, m) ? UI_LOOK_OFF : 0;
    case UI_CONSENT_SHARE_ALL:
        return watcher(m, names_beside(m)) ? 0 : UI_LOOK_HIDDEN;
    case UI_CONSENT_SHARE_PREV:
        return page_look(m, page_now(v, m) > 0);
    case UI_CONSENT_SHARE_NEXT:
        return page_look(m, page_now(v, m) < last_page(m));
    default:
        return 0;
    }
}

static struct view_press pick(enum ui_what what)
{
    return (struct view_press){.pick = (uint8_t)what};
}

static struct view_press turn_page(struct view *v, const struct ui_model *m, bool back)
{
    unsigned now = page_now(v, m), last = last_page(m);
    v->page = back ? (now > 0 ? now - 1 : 0) : (now < last ? now + 1 : last);
    return (struct view_press){.changed = v->page != now};
}

static struct view_press share_key(struct view *v, const struct ui_model *m, uint32_t keysym)
{
    if (keysym == KEYS_F1) /* details: everybody, and back */
        return view_press(v, m, UI_CONSENT_SHARE_ALL);
    bool turns = keysym == KEYS_PAGE_UP || keysym == KEYS_PAGE_DOWN;
    if (turns && share_variant(v, m) == UI_SHARE_EVERYBODY)
        return turn_page(v, m, keysym == KEYS_PAGE_UP);
    return view_action(ACTION_NONE);
}

static struct view_press share_press(struct view *v, const struct ui_model *m, uint8_t control)
{
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
    case UI_CONSENT_SHARE_ALL:
        v->details = share_variant(v, m) != UI_SHARE_EVERYBODY;
        v->page = 0;
        return (struct view_press){.changed = true};
    case UI_CONSENT_SHARE_PREV:
    case UI_CONSENT_SHARE_NEXT:
        return turn_page(v, m, control == UI_CONSENT_SHARE_PREV);
    default:
        return view_action(ACTION_NONE);
    }
}

const struct view_builder view_consent_share = {.variant = share_variant,
                                                .fill = share_fill,
                                                .look = share_look,
                                                .press = share_press,
                                                .key = share_key};
