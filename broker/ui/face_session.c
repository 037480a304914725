/* Viewer, what others see, and what comes after or beside a session: ended, error, toast, security
 * status. Pure; broker. */
#include "broker/ui/view.h"
#include "ch_ui.h"
#include "lib/keys.h"

/* -------------------------------------------------------------------------------------- viewer */
static unsigned viewer_variant(const struct view *v, const struct ui_model *m)
{
    (void)v;
    return m->picture;
}

bool view_rtt_is_news(uint32_t shown_ms, uint32_t ms)
{
    uint32_t off = ms > shown_ms ? ms - shown_ms : shown_ms - ms;
    return shown_ms == 0 || off > 5 + shown_ms / 4;
}

static void viewer_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_words(out, UI_SLOT_SID, m->sid);
    view_add_words(out, UI_SLOT_NAME, m->presenter);
    view_add_number(out, UI_SLOT_WHAT, m->theirs);
    view_add_number(out, UI_SLOT_SECONDS, m->stale_s);
    view_add_number(out, UI_SLOT_ATTEMPT, m->attempt);
    view_add_number(out, UI_SLOT_VERIFIED, m->verified);
    if (m->rtt_ms > 0)
        view_add_number(out, UI_SLOT_QUALITY, m->rtt_ms); /* told only where it was measured */
    view_add_number(out, UI_SLOT_MODE, v->full ? 2 : v->mode);
    view_add_number(out, UI_SLOT_MINE, m->mine);
    view_add_number(out, UI_SLOT_UNREAD, m->unread);
    view_add_number(out, UI_SLOT_INCOMPLETE, m->incomplete);
    view_add_number(out, UI_SLOT_SKIPPED, m->skipped);
    view_add_number(out, UI_SLOT_WAIT, m->wait_s);
    view_add_number(out, UI_SLOT_SHARING, m->sharing);
    view_add_number(out, UI_SLOT_HELD, m->mine == 2 ? m->held : 0);
}

/* In full screen the picture lies over all but the note, and what is in it. */
static bool is_covered(const struct view *v, uint8_t control)
{
    return v->full && control != UI_VIEWER_PICTURE && control != UI_VIEWER_NOTE &&
           control != UI_VIEWER_LEAVE2;
}

static uint16_t viewer_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    if (is_covered(v, control))
        return UI_LOOK_HIDDEN;
    switch (control) {
    case UI_VIEWER_FIT:
        return v->mode == 0 ? UI_LOOK_CHOSEN : 0;
    case UI_VIEWER_ONE:
        return v->mode == 1 ? UI_LOOK_CHOSEN : 0;
    case UI_VIEWER_FULL:
        return v->full ? UI_LOOK_CHOSEN : 0;
    case UI_VIEWER_WORDS:
        return m->can_compare && !m->hosted ? 0 : UI_LOOK_HIDDEN;
    case UI_VIEWER_CHAT:
        return m->can_chat || m->n_chat ? 0 : UI_LOOK_OFF;
    case UI_VIEWER_MORE:
        return m->mine != 2 ? UI_LOOK_HIDDEN : m->may_more ? 0 : UI_LOOK_OFF;
    case UI_VIEWER_ASK:
        return m->mine == 2 || m->may_ask ? 0 : UI_LOOK_OFF;
    default:
        return 0;
    }
}

static struct view_press set_mode(struct view *v, uint8_t mode)
{
    struct view_press p = {.mode = v->mode != mode};
    v->mode = mode;
    return p;
}

static struct view_press set_full(struct view *v, bool on)
{
    struct view_press p = {.full = v->full != on, .changed = true};
    v->full = on;
    return p;
}

static struct view_press viewer_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    switch (control) {
    case UI_VIEWER_FIT:
        return set_mode(v, 0);
    case UI_VIEWER_ONE:
        return set_mode(v, 1);
    case UI_VIEWER_FULL:
        return set_full(v, !v->full);
    case UI_VIEWER_ASK:
        return view_action(m->mine == 2 ? ACTION_RELEASE_CONTROL : ACTION_ASK_CONTROL);
    case UI_VIEWER_MORE:
        return view_action(ACTION_ASK_CONTROL);
    case UI_VIEWER_WORDS:
        return (struct view_press){.action = ACTION_WORDS, .id = 1};
    case UI_VIEWER_CHAT:
        return view_action(ACTION_CHAT);
    case UI_VIEWER_LEAVE:
    case UI_VIEWER_LEAVE2:
        return view_action(ACTION_LEAVE);
    default:
        return view_action(ACTION_NONE);
    }
}

static struct view_press viewer_key(struct view *v, const struct ui_model *m, uint32_t keysym)
{
    (void)m;
    if (keysym == KEYS_ESCAPE && v->full) {
        v->focus = UI_VIEWER_FULL;
        return set_full(v, false);
    }
    return view_action(ACTION_NONE);
}

const struct view_builder view_viewer = {.variant = viewer_variant,
                                         .fill = viewer_fill,
                                         .look = viewer_look,
                                         .press = viewer_press,
                                         .key = viewer_key};

/* -------------------------------------------------------------------------------------- mirror */
static void mirror_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    (void)v;
    view_add_number(out, UI_SLOT_SHARING, m->sharing);
}

static struct view_press mirror_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    (void)control;
    return view_action(ACTION_NONE); /* the frame's two buttons are those of every window */
}

const struct view_builder view_mirror = {
    .fill = mirror_fill, .press = mirror_press, .escape = ACTION_CLOSE};

/* --------------------------------------------------------------------------------------- ended */
static void ended_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    (void)v;
    view_add_number(out, UI_SLOT_END_HOW, m->end_how);
    view_add_number(out, UI_SLOT_HOSTED, m->hosted);
    view_add_both(out, UI_SLOT_END_WHO, m->end_why, m->end_who);
    view_add_number(out, UI_SLOT_SECONDS, m->lasted_s);
    view_add_words(out, UI_SLOT_LOG, m->log_place);
}

static struct view_press ended_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    return view_action(control == UI_ENDED_HOME ? ACTION_HOME : ACTION_CLOSE);
}

const struct view_builder view_ended = {
    .fill = ended_fill, .press = ended_press, .escape = ACTION_CLOSE};

/* --------------------------------------------------------------------------------------- error */
static unsigned error_variant(const struct view *v, const struct ui_model *m)
{
    (void)v;
    const struct ui_error_row *r = ui_error_get(m->error);
    return r ? r->variant : 3;
}

static void error_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_number(out, UI_SLOT_ERROR, m->error);
    if (m->versions) {
        view_add_number(out, UI_SLOT_VERSIONS, m->versions);
        view_add_number(out, UI_SLOT_HERE, m->version_here);
        view_add_number(out, UI_SLOT_THERE, m->version_there);
    }
    view_add_words(out, UI_SLOT_SID, m->sid);
    view_add_both(out, UI_SLOT_DETAIL, v->details, m->detail);
    view_add_number(out, UI_SLOT_LATER, m->error_later);
}

static uint16_t error_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    bool none = m->detail[0] == '\0';
    return (control == UI_ERROR_DETAILS && none) ||
                   (control == UI_ERROR_COPY && (none || !v->details))
               ? UI_LOOK_HIDDEN
               : 0;
}

static struct view_press error_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)m;
    switch (control) {
    case UI_ERROR_DETAILS:
        v->details = !v->details;
        return (struct view_press){.changed = true};
    case UI_ERROR_COPY:
        return view_action(ACTION_COPY_DETAIL);
    case UI_ERROR_RETRY:
        return view_action(ACTION_RETRY);
    case UI_ERROR_BACK:
        return view_action(ACTION_BACK);
    case UI_ERROR_CLOSE2:
        return view_action(ACTION_CLOSE);
    default:
        return view_action(ACTION_NONE);
    }
}

static struct view_press error_key(struct view *v, const struct ui_model *m, uint32_t keysym)
{
    if (keysym == KEYS_F1 && m->detail[0])
        return error_press(v, m, UI_ERROR_DETAILS);
    if (keysym == KEYS_ESCAPE)
        return view_action(error_variant(v, m) == 3 ? ACTION_CLOSE : ACTION_BACK);
    return view_action(ACTION_NONE);
}

const struct view_builder view_error = {.variant = error_variant,
                                        .fill = error_fill,
                                        .look = error_look,
                                        .press = error_press,
                                        .key = error_key};

/* --------------------------------------------------------------------------------------- toast */
static void toast_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    view_add_number(out, UI_SLOT_TOAST, v->toast);
    view_add_number(out, UI_SLOT_PEOPLE, v->toast_people);
    view_add_number(out, UI_SLOT_SHARING, m->sharing); /* who joined sees it at once, or not yet */
    view_add_words(out, UI_SLOT_NAME, v->name);
}

static struct view_press no_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    (void)v;
    (void)m;
    (void)control;
    return view_action(ACTION_NONE);
}

const struct view_builder view_toast = {.fill = toast_fill, .press = no_press};

/* -------------------------------------------------------------------------------------- doctor */
#define DOCTOR_ROWS 6 /* a page of the painter */

static unsigned doctor_last(const struct ui_model *m)
{
    return m->n_doctor == 0 ? 0 : (m->n_doctor - 1) / DOCTOR_ROWS;
}

static unsigned doctor_page(const struct view *v, const struct ui_model *m)
{
    return v->page > doctor_last(m) ? doctor_last(m) : v->page;
}

static void doctor_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    unsigned first = doctor_page(v, m) * DOCTOR_ROWS;
    for (unsigned i = 0; i < DOCTOR_ROWS && first + i < m->n_doctor; i++)
        view_add_number(out, UI_SLOT_DOCTOR_0 + i, m->doctor[first + i]);
    view_add_number(out, UI_SLOT_DOCTOR_ALL, m->doctor_all);
    view_add_words(out, UI_SLOT_CHECKED, m->checked);
    view_add_number(out, UI_SLOT_SHARING, m->sharing);
    view_add_number(out, UI_SLOT_PEOPLE, m->viewers);
    view_add_number(out, UI_SLOT_CONTROLS, m->control != 0);
    view_add_words(out, UI_SLOT_NAME, m->controller);
    view_add_number(out, UI_SLOT_PAGE, 0); /* the rows sent are the page */
}

static uint16_t doctor_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    unsigned page = doctor_page(v, m), last = doctor_last(m);
    if (control == UI_DOCTOR_PREV)
        return last == 0 ? UI_LOOK_HIDDEN : page == 0 ? UI_LOOK_OFF : 0;
    if (control == UI_DOCTOR_NEXT)
        return last == 0 ? UI_LOOK_HIDDEN : page == last ? UI_LOOK_OFF : 0;
    return 0;
}

static struct view_press doctor_turn(struct view *v, const struct ui_model *m, bool back)
{
    unsigned page = doctor_page(v, m);
    v->page = back ? (page > 0 ? page - 1 : 0) : (page < doctor_last(m) ? page + 1 : page);
    return (struct view_press){.changed = v->page != page};
}

static struct view_press doctor_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    switch (control) {
    case UI_DOCTOR_AGAIN:
        return view_action(ACTION_CHECK_AGAIN);
    case UI_DOCTOR_COPY:
        return view_action(ACTION_COPY_REPORT);
    case UI_DOCTOR_PREV:
        return doctor_turn(v, m, true);
    case UI_DOCTOR_NEXT:
        return doctor_turn(v, m, false);
    case UI_DOCTOR_CLOSE2:
        return view_action(ACTION_CLOSE);
    default:
        return view_action(ACTION_NONE);
    }
}

static struct view_press doctor_key(struct view *v, const struct ui_model *m, uint32_t keysym)
{
    if (keysym == KEYS_PAGE_UP || keysym == KEYS_PAGE_DOWN)
        return doctor_turn(v, m, keysym == KEYS_PAGE_UP);
    return view_action(ACTION_NONE);
}

const struct view_builder view_doctor = {.fill = doctor_fill,
                                         .look = doctor_look,
                                         .press = doctor_press,
                                         .key = doctor_key,
                                         .escape = ACTION_CLOSE};
