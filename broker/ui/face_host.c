/* Host panel and sharing bar. Pure; runs in the broker. */
#include "broker/ui/view.h"
#include "ch_ui.h"
#include "lib/keys.h"

/* ------------------------------------------------------------------------------------ the list */
/* Person number n of those in the session; NULL beyond the end. */
static const struct ui_person *member(const struct ui_model *m, unsigned n)
{
    for (unsigned i = 0; i < m->n_people; i++)
        if (!m->people[i].waiting && n-- == 0)
            return &m->people[i];
    return NULL;
}

static unsigned count(const struct ui_model *m, bool waiting)
{
    unsigned n = 0;
    for (unsigned i = 0; i < m->n_people; i++)
        n += m->people[i].waiting == waiting;
    return n;
}

static unsigned last_page(const struct ui_model *m)
{
    unsigned n = count(m, false);
    return n == 0 ? 0 : (n - 1) / VIEW_ROWS;
}

/* People may have left since the page was turned. */
static unsigned page_now(const struct view *v, const struct ui_model *m)
{
    unsigned last = last_page(m);
    return v->page > last ? last : v->page;
}

static const struct ui_person *on_row(const struct view *v, const struct ui_model *m, unsigned row)
{
    return member(m, page_now(v, m) * VIEW_ROWS + row);
}

static unsigned panel_variant(const struct view *v, const struct ui_model *m)
{
    for (unsigned row = 0; v->selected && row < VIEW_ROWS; row++) {
        const struct ui_person *p = on_row(v, m, row);
        if (p && p->id == v->selected)
            return row + 1;
    }
    return 0;
}

/* --------------------------------------------------------------------------------------- looks */
static uint8_t door_now(const struct ui_model *m)
{
    return m->unrecorded ? UI_DOOR_SHUT : m->locked ? UI_DOOR_LOCKED : m->door;
}

static void panel_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    const struct ui_person *waiting = view_waiting(v, m);
    view_add_words(out, UI_SLOT_SID, m->sid);
    view_add_words(out, UI_SLOT_PASSWORD, m->password);
    view_add_number(out, UI_SLOT_VERIFIED, m->verified);
    view_add_number(out, UI_SLOT_WAITING, count(m, true));
    view_add_number(out, UI_SLOT_WRONG, m->wrong_tries);
    view_add_shared(out, m);
    view_add_number(out, UI_SLOT_LOCKED, m->locked);
    view_add_number(out, UI_SLOT_DOOR, door_now(m));
    view_add_number(out, UI_SLOT_THEIRS, view_theirs(v, m));
    view_add_number(out, UI_SLOT_CONTROLS, view_controls(v, m));
    view_add_number(out, UI_SLOT_GUARD, v->guard);
    view_add_number(out, UI_SLOT_PAGE, page_now(v, m));
    view_add_number(out, UI_SLOT_UNREAD, m->unread);
    if (waiting)
        view_add_named(v, out, waiting);
    for (unsigned row = 0; row < VIEW_ROWS; row++) {
        const struct ui_person *p = on_row(v, m, row);
        if (p)
            view_add_row(out, p, p->id == v->selected);
    }
}

static uint16_t on_if(bool yes)
{
    return yes ? 0 : UI_LOOK_OFF;
}

static uint16_t shown_if(bool yes)
{
    return yes ? 0 : UI_LOOK_HIDDEN;
}

uint16_t view_person_look(const struct ui_model *m, const struct ui_person *p,
                          enum ui_action action)
{
    switch (action) {
    case ACTION_MAKE_PRESENTER:
        return on_if(view_is_theirs(m, p) ? m->can_take : m->can_offer);
    case ACTION_WORDS:
        return p && (p->badges & UI_BADGE_WORDS_MATCH) ? UI_LOOK_HIDDEN : on_if(m->can_compare);
    case ACTION_ALLOW_CONTROL:
        return on_if(p && (p->asks || p->may_be_asked || p->badges & UI_BADGE_CONTROL));
    default:
        return on_if(action == ACTION_REMOVE);
    }
}

static uint16_t panel_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    switch (control) {
    case UI_HOST_PANEL_COPY:
    case UI_HOST_PANEL_LOCK:
        return on_if(m->sid[0] != '\0');
    case UI_HOST_PANEL_CHANGE_PW:
        return shown_if(m->wrong_tries > 0);
    case UI_HOST_PANEL_REFUSE:
        return shown_if(view_waiting(v, m) != NULL);
    case UI_HOST_PANEL_ADMIT:
        if (!view_waiting(v, m))
            return UI_LOOK_HIDDEN;
        return on_if(!m->input_live && v->person == view_waiting(v, m)->id);
    case UI_HOST_PANEL_PREV:
        return last_page(m) == 0 ? UI_LOOK_HIDDEN : on_if(page_now(v, m) > 0);
    case UI_HOST_PANEL_NEXT:
        return last_page(m) == 0 ? UI_LOOK_HIDDEN : on_if(page_now(v, m) < last_page(m));
    case UI_HOST_PANEL_ROW_1:
    case UI_HOST_PANEL_ROW_2:
    case UI_HOST_PANEL_ROW_3: {
        const struct ui_person *p = on_row(v, m, control - UI_HOST_PANEL_ROW_1);
        return !p                         ? UI_LOOK_HIDDEN
               : p->badges & UI_BADGE_YOU ? UI_LOOK_OFF
               : p->id == v->selected     ? UI_LOOK_CHOSEN
                                          : 0;
    }
    case UI_HOST_PANEL_ALL:
        return shown_if(last_page(m) > 0);
    case UI_HOST_PANEL_MK_PRESENTER:
        return view_person_look(m, view_person_open(v, m), ACTION_MAKE_PRESENTER);
    case UI_HOST_PANEL_ALLOW_CTL:
        return view_person_look(m, view_person_open(v, m), ACTION_ALLOW_CONTROL);
    case UI_HOST_PANEL_WORDS:
        return view_person_look(m, view_person_open(v, m), ACTION_WORDS);
    case UI_HOST_PANEL_SHARE:
        return on_if(m->sharing != 0 || m->can_share);
    case UI_HOST_PANEL_PAUSE:
        return on_if(view_sharing(m) == UI_SHARING_OTHER ? m->can_look : m->sharing != 0);
    case UI_HOST_PANEL_CHAT:
        return on_if(m->can_chat || m->n_chat);
    default:
        return 0;
    }
}

static const struct ui_person *panel_about(const struct view *v, const struct ui_model *m,
                                           uint8_t control)
{
    switch (control) {
    case UI_HOST_PANEL_REFUSE:
    case UI_HOST_PANEL_ADMIT:
        return view_waiting(v, m);
    case UI_HOST_PANEL_ROW_1:
    case UI_HOST_PANEL_ROW_2:
    case UI_HOST_PANEL_ROW_3:
        return on_row(v, m, control - UI_HOST_PANEL_ROW_1);
    case UI_HOST_PANEL_MK_PRESENTER:
    case UI_HOST_PANEL_ALLOW_CTL:
    case UI_HOST_PANEL_REMOVE:
    case UI_HOST_PANEL_WORDS:
        return view_person_open(v, m);
    default:
        return NULL;
    }
}

/* ------------------------------------------------------------------------------------- presses */
static enum ui_action panel_action(const struct view *v, const struct ui_model *m, uint8_t control)
{
    switch (control) {
    case UI_HOST_PANEL_COPY:
        return ACTION_COPY_INVITATION;
    case UI_HOST_PANEL_CHANGE_PW:
        return ACTION_NEW_PASSWORD;
    case UI_HOST_PANEL_REFUSE:
        return ACTION_REFUSE;
    case UI_HOST_PANEL_ADMIT:
        return ACTION_ADMIT;
    case UI_HOST_PANEL_MK_PRESENTER:
        return ACTION_MAKE_PRESENTER;
    case UI_HOST_PANEL_ALLOW_CTL:
        return view_controls(v, m) ? ACTION_END_CONTROL : ACTION_ALLOW_CONTROL;
    case UI_HOST_PANEL_REMOVE:
        return ACTION_REMOVE;
    case UI_HOST_PANEL_WORDS:
        return ACTION_WORDS;
    case UI_HOST_PANEL_SHARE:
        return m->sharing ? ACTION_STOP : ACTION_SHARE;
    case UI_HOST_PANEL_PAUSE:
        return view_sharing(m) == UI_SHARING_OTHER ? ACTION_CLOSE /* the viewer is below it */
               : m->sharing == 2                   ? ACTION_CONTINUE
                                                   : ACTION_PAUSE;
    case UI_HOST_PANEL_LOCK:
        return m->locked ? ACTION_UNLOCK : ACTION_LOCK;
    case UI_HOST_PANEL_END:
        return ACTION_END;
    case UI_HOST_PANEL_DOCTOR:
        return ACTION_DOCTOR;
    case UI_HOST_PANEL_ALL:
        return ACTION_PEOPLE;
    case UI_HOST_PANEL_CHAT:
        return ACTION_CHAT;
    default:
        return ACTION_NONE;
    }
}

static struct view_press turn_page(struct view *v, const struct ui_model *m, bool back)
{
    unsigned now = page_now(v, m), last = last_page(m);
    v->page = back ? (now > 0 ? now - 1 : 0) : (now < last ? now + 1 : last);
    v->selected = 0;
    return (struct view_press){.changed = v->page != now};
}

static struct view_press panel_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    if (control == UI_HOST_PANEL_PREV || control == UI_HOST_PANEL_NEXT)
        return turn_page(v, m, control == UI_HOST_PANEL_PREV);
    return view_open_row(v, view_whom(v, m, control));
}

static struct view_press panel_key(struct view *v, const struct ui_model *m, uint32_t keysym)
{
    if (keysym == KEYS_PAGE_UP || keysym == KEYS_PAGE_DOWN)
        return turn_page(v, m, keysym == KEYS_PAGE_UP);
    return view_action(ACTION_NONE);
}

const struct view_builder view_host_panel = {.variant = panel_variant,
                                             .fill = panel_fill,
                                             .look = panel_look,
                                             .about = panel_about,
                                             .action = panel_action,
                                             .press = panel_press,
                                             .key = panel_key};

/* ------------------------------------------------------------------------------------- the bar */
static unsigned bar_variant(const struct view *v, const struct ui_model *m)
{
    return m->sharing == 2 ? UI_BAR_PAUSED : v->asked ? UI_BAR_STILL : UI_BAR_SHARING;
}

static void bar_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_number(out, UI_SLOT_SECONDS, v->seconds);
    view_add_shared(out, m);
    if (v->asked)
        view_add_number(out, UI_SLOT_GUARD, v->guard);
}

/* Open, it can be closed from here; nothing is to be seen before something leaves. */
static uint16_t bar_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    if (control != UI_SHARING_BAR_SEE)
        return 0;
    return m->mirror ? UI_LOOK_CHOSEN : m->sharing == 2 ? UI_LOOK_HIDDEN : 0;
}

static enum ui_action bar_action(const struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    switch (control) {
    case UI_SHARING_BAR_PAUSE:
        return ACTION_PAUSE;
    case UI_SHARING_BAR_RESUME:
        return ACTION_CONTINUE;
    case UI_SHARING_BAR_STOP:
        return ACTION_STOP;
    case UI_SHARING_BAR_SEE:
        return ACTION_MIRROR;
    default:
        return ACTION_NONE;
    }
}

static struct view_press bar_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    return control == UI_SHARING_BAR_KEEP ? view_answer(true) : view_action(ACTION_NONE);
}

const struct view_builder view_sharing_bar = {.variant = bar_variant,
                                              .fill = bar_fill,
                                              .look = bar_look,
                                              .action = bar_action,
                                              .press = bar_press};
