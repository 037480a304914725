/*
 * Why a control is grey: every one has a reason, told with it (--events), and drawn where it does
 * not show by itself or the pointer is on it. Pure; runs in the broker.
 */
#include "broker/ui/view.h"
#include "ch_ui.h"
#include "lib/ui/say.h"

/* What most of them wait for. */
static enum ui_string wait_of(const struct ui_model *m)
{
    return m->off_line ? UI_STR_WHY_LINE : m->screen_locked ? UI_STR_WHY_LOCKED : UI_STR_WHY_MOMENT;
}

static enum ui_string why_control(const struct ui_model *m, const struct ui_person *p)
{
    return m->off_line || m->screen_locked         ? wait_of(m)
           : m->no_control                         ? UI_STR_WHY_RULE
           : m->sharing == 0                       ? UI_STR_WHY_SHARE
           : m->sharing == 2                       ? UI_STR_WHY_CONTINUE
           : p && p->lacks == UI_LACKS_WORDS       ? UI_STR_WHY_WORDS
           : p && p->lacks == UI_LACKS_CERTIFICATE ? UI_STR_WHY_CERTIFIED
                                                   : UI_STR_WHY_MOMENT;
}

static enum ui_string why_offer(const struct ui_model *m)
{
    return m->off_line || m->screen_locked ? wait_of(m)
           : m->offering                   ? UI_STR_WHY_OFFERED
                                           : UI_STR_WHY_QUESTION;
}

static enum ui_string why_chat(const struct ui_model *m)
{
    return m->off_line ? UI_STR_WHY_LINE : UI_STR_WHY_CHAT;
}

static enum ui_string why_row(const struct ui_person *p)
{
    return p && p->waiting ? UI_STR_WHY_DOOR : UI_STR_WHY_YOU;
}

static enum ui_string why_host(const struct view *v, const struct ui_model *m, uint8_t control)
{
    switch (control) {
    case UI_HOST_PANEL_COPY:
    case UI_HOST_PANEL_LOCK:
        return UI_STR_WHY_NUMBER;
    case UI_HOST_PANEL_ADMIT:
        return m->input_live                     ? UI_STR_WHY_CONTROL
               : m->off_line || m->screen_locked ? wait_of(m)
                                                 : UI_STR_WHY_QUESTION;
    case UI_HOST_PANEL_PREV:
    case UI_HOST_PANEL_NEXT:
        return UI_STR_WHY_PAGE;
    case UI_HOST_PANEL_ROW_1:
    case UI_HOST_PANEL_ROW_2:
    case UI_HOST_PANEL_ROW_3:
        return why_row(view_about(v, m, control));
    case UI_HOST_PANEL_ALLOW_CTL:
        return why_control(m, view_person_open(v, m));
    case UI_HOST_PANEL_MK_PRESENTER:
        return why_offer(m);
    case UI_HOST_PANEL_PAUSE:
        return m->other ? wait_of(m) : UI_STR_WHY_NOTHING;
    case UI_HOST_PANEL_CHAT:
        return why_chat(m);
    default:
        return wait_of(m);
    }
}

static enum ui_string why_people(const struct view *v, const struct ui_model *m, uint8_t control)
{
    if (control >= UI_PEOPLE_ROW_1 && control <= UI_PEOPLE_ROW_7)
        return why_row(view_about(v, m, control));
    if (control == UI_PEOPLE_PREV || control == UI_PEOPLE_NEXT)
        return UI_STR_WHY_PAGE;
    return control == UI_PEOPLE_ALLOW_CTL      ? why_control(m, view_person_open(v, m))
           : control == UI_PEOPLE_MK_PRESENTER ? why_offer(m)
                                               : wait_of(m);
}

static enum ui_string why_ask(const struct ui_model *m)
{
    return m->picture == UI_VIEWER_STALE   ? UI_STR_VIEW_FOOT_STALE
           : m->picture == UI_VIEWER_EMPTY ? ui_viewer_empty(m->sharing, false).title
           : m->mine == 1                  ? UI_STR_WHY_ASKED
                                           : UI_STR_WHY_LATER;
}

static enum ui_string why_share(uint8_t control)
{
    return control == UI_CONSENT_SHARE_WHOLE ? UI_STR_WHY_WHOLE
           : control == UI_CONSENT_SHARE_ONE ? UI_STR_WHY_WINDOW
           : control == UI_CONSENT_SHARE_YES ? UI_STR_WHY_PICK
                                             : UI_STR_WHY_PAGE;
}

enum ui_string view_why(const struct view *v, const struct ui_model *m, uint8_t control)
{
    uint16_t look = view_look(v, m, control);
    if (!(look & UI_LOOK_OFF) || (look & UI_LOOK_HIDDEN))
        return UI_STR_NONE;
    switch (v->kind) {
    case UI_HOME:
        return UI_STR_WHY_NO_NUMBER;
    case UI_JOIN:
        return UI_STR_WHY_NO_PASSWORD;
    case UI_HOST_PANEL:
        return why_host(v, m, control);
    case UI_PEOPLE:
        return why_people(v, m, control);
    case UI_VIEWER:
        return control == UI_VIEWER_CHAT ? why_chat(m) : why_ask(m);
    case UI_CHAT:
        return control != UI_CHAT_SEND ? UI_STR_WHY_PAGE
               : m->can_chat           ? UI_STR_WHY_NO_TEXT
                                       : why_chat(m);
    case UI_CONSENT_SHARE:
        return why_share(control);
    case UI_CONSENT_CONTROL:
        return UI_STR_WHY_LONGER;
    case UI_NEW_PASSWORD:
        return control == UI_NEW_PASSWORD_SET ? UI_STR_WHY_NO_PASSWORD
               : m->settings.changing         ? UI_STR_WHY_KEEPS
                                              : UI_STR_WHY_RULE;
    case UI_SETTINGS:
        return UI_STR_WHY_RULE;
    default:
        return UI_STR_WHY_PAGE;
    }
}

/* An empty field, the end of a list, a session without a picture, a dialog that is up: it shows by
   itself. */
static bool shows_itself(enum ui_string why)
{
    static const enum ui_string those[] = {
        UI_STR_WHY_NOTHING,   UI_STR_WHY_NUMBER,      UI_STR_WHY_PAGE,
        UI_STR_WHY_YOU,       UI_STR_WHY_DOOR,        UI_STR_WHY_NO_TEXT,
        UI_STR_WHY_NO_NUMBER, UI_STR_WHY_NO_PASSWORD, UI_STR_VIEW_FOOT_STALE,
        UI_STR_VIEW_NOBODY,   UI_STR_WHY_ASKED,       UI_STR_WHY_QUESTION,
        UI_STR_VIEW_MINE,     UI_STR_VIEW_MINE_PAUSED};
    for (unsigned i = 0; i < sizeof those / sizeof *those; i++)
        if (those[i] == why)
            return true;
    return false;
}

enum ui_string view_why_shown(const struct view *v, const struct ui_model *m)
{
    const struct ui_layout *l = view_layout(v, m);
    if (v->hover < l->n_controls && view_why(v, m, v->hover) != UI_STR_NONE)
        return view_why(v, m, v->hover);
    for (uint8_t c = 0; c < l->n_controls; c++) {
        enum ui_string why = l->controls[c].kind ? view_why(v, m, c) : UI_STR_NONE;
        if (why != UI_STR_NONE && !shows_itself(why))
            return why;
    }
    return UI_STR_NONE;
}
