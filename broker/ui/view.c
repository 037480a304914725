/*
 * What all windows have in common: hit-testing, Tab order, looks, the order to the painter. Runs in
 * the broker; distrusts nothing here: texts were judged where they came in (lib/text.h).
 */
#include "broker/ui/view.h"

#include "ch_ui.h"
#include "lib/keys.h"
#include "lib/ui/say.h"
#include <string.h>

const struct view_builder view_labels = {.fill = NULL}; /* no window */

static const struct view_builder *const builders[UI_WINDOWS] = {
    [UI_HOME] = &view_home,
    [UI_JOIN] = &view_join,
    [UI_HOST_PANEL] = &view_host_panel,
    [UI_ADMIT] = &view_admit,
    [UI_CONSENT_SHARE] = &view_consent_share,
    [UI_SHARING_BAR] = &view_sharing_bar,
    [UI_VIEWER] = &view_viewer,
    [UI_ENDED] = &view_ended,
    [UI_ERROR] = &view_error,
    [UI_TOAST] = &view_toast,
    [UI_DOCTOR] = &view_doctor,
    [UI_CONNECTING] = &view_connecting,
    [UI_WORDS] = &view_words,
    [UI_PRESENT] = &view_present,
    [UI_SETTINGS] = &view_settings,
    [UI_NEW_PASSWORD] = &view_new_password,
    [UI_PEOPLE] = &view_people,
    [UI_CHAT] = &view_chat,
    [UI_MIRROR] = &view_mirror,
    [UI_END_ASK] = &view_end_ask,
    [UI_KEY_CHANGED] = &view_key_changed,
    [UI_CONSENT_CONTROL] = &view_consent_control,
    [UI_CONTROL_WHOLE] = &view_control_whole,
    [UI_SHARING_BAR_CONTROL] = &view_control_bar,
    [UI_LABELS] = &view_labels,
};

/* Every field there is: which of a view's it is, and what it takes. */
static const struct {
    enum ui_window window;
    uint8_t control, place;
    enum field_kind kind;
} fields[] = {
    {UI_HOME, UI_HOME_JOIN_NUMBER, 0, FIELD_NUMBER},
    {UI_HOME, UI_HOME_YOUR_NAME, 1, FIELD_NAME},
    {UI_JOIN, UI_JOIN_PASSWORD, 0, FIELD_PASSWORD},
    {UI_SETTINGS, UI_SETTINGS_YOUR_NAME, 0, FIELD_NAME},
    {UI_SETTINGS, UI_SETTINGS_RELAY, 1, FIELD_RELAY},
    {UI_SETTINGS, UI_SETTINGS_NEVER, 2, FIELD_NEVER},
    {UI_NEW_PASSWORD, UI_NEW_PASSWORD_PASSWORD, 0, FIELD_PASSWORD},
    {UI_PEOPLE, UI_PEOPLE_SEARCH, 0, FIELD_NAME},
    {UI_CHAT, UI_CHAT_TEXT, 0, FIELD_CHAT},
};

#define HEADER 48 /* logical height of the header, ui.md 3 */

/* ---------------------------------------------------------------------------------------- life */
void view_init(struct view *v, enum ui_window kind)
{
    memset(v, 0, sizeof *v);
    v->kind = kind;
    v->scale = 256;
    v->focus = v->hover = v->pressed = VIEW_NONE;
    for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].window == kind)
            field_init(&v->field[fields[i].place], fields[i].kind);
}

void view_open(struct view *v, const struct ui_model *m)
{
    if (builders[v->kind]->open)
        builders[v->kind]->open(v, m);
}

void view_finish(struct view *v)
{
    explicit_bzero(v, sizeof *v);
}

uint8_t view_variant(const struct view *v, const struct ui_model *m)
{
    const struct view_builder *b = builders[v->kind];
    unsigned variant = b->variant ? b->variant(v, m) : 0;
    return (uint8_t)(variant < ui_layout_variants(v->kind) ? variant : 0);
}

const struct ui_layout *view_layout(const struct view *v, const struct ui_model *m)
{
    return ui_layout_get(v->kind, view_variant(v, m));
}

/* ------------------------------------------------------------------------------------ geometry */
static const struct ui_box *box_of(const struct ui_layout *l, uint8_t control)
{
    if (control >= l->n_controls || l->controls[control].kind == UI_KIND_NONE)
        return NULL;
    return &l->controls[control];
}

/* Logical size of the window as it is; fixed windows are exactly their layout's. */
static int logical(int device, unsigned scale)
{
    return device * 256 / (int)scale;
}

struct ui_rect view_rect(const struct view *v, const struct ui_model *m, uint8_t control)
{
    const struct ui_layout *l = view_layout(v, m);
    const struct ui_box *b = box_of(l, control);
    if (!b)
        return (struct ui_rect){0};
    if (v->full && v->kind == UI_VIEWER && control == UI_VIEWER_PICTURE)
        return (struct ui_rect){0, 0, v->w, v->h};
    int w = l->resizable ? logical(v->w, v->scale) : l->w;
    int h = l->resizable ? logical(v->h, v->scale) : l->h;
    return ui_rect_px(ui_box_place(l, b, w, h, m->flags & 1), v->scale);
}

uint16_t view_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    const struct view_builder *b = builders[v->kind];
    return b->look ? b->look(v, m, control) : 0;
}

static bool is_there(const struct view *v, const struct ui_model *m, const struct ui_layout *l,
                     uint8_t control)
{
    const struct ui_box *b = box_of(l, control);
    return b && b->kind != UI_KIND_AREA && !(view_look(v, m, control) & UI_LOOK_HIDDEN);
}

static bool can_press(const struct view *v, const struct ui_model *m, const struct ui_layout *l,
                      uint8_t control)
{
    return is_there(v, m, l, control) && !(view_look(v, m, control) & UI_LOOK_OFF);
}

static bool inside(struct ui_rect r, int x, int y)
{
    return x >= r.x && y >= r.y && x < r.x + r.w && y < r.y + r.h;
}

/* Rows lie under the buttons of the open row: the smallest rectangle wins. */
static uint8_t smallest_at(const struct view *v, const struct ui_model *m, int x, int y,
                           bool (*counts)(const struct view *v, const struct ui_model *m,
                                          const struct ui_layout *l, uint8_t control))
{
    const struct ui_layout *l = view_layout(v, m);
    uint8_t best = VIEW_NONE;
    int least = 0;
    for (uint8_t c = 0; c < l->n_controls; c++) {
        struct ui_rect r = view_rect(v, m, c);
        if (!inside(r, x, y) || !counts(v, m, l, c))
            continue;
        if (best == VIEW_NONE || r.w * r.h < least) {
            best = c;
            least = r.w * r.h;
        }
    }
    return best;
}

uint8_t view_hit(const struct view *v, const struct ui_model *m, int x, int y)
{
    return smallest_at(v, m, x, y, can_press);
}

uint8_t view_under(const struct view *v, const struct ui_model *m, int x, int y)
{
    return smallest_at(v, m, x, y, is_there);
}

bool view_is_grant(const struct view *v, const struct ui_model *m, uint8_t control)
{
    const struct ui_box *b = box_of(view_layout(v, m), control);
    return b && b->kind == UI_KIND_GRANT;
}

bool view_is_danger(const struct view *v, const struct ui_model *m, uint8_t control)
{
    const struct ui_box *b = box_of(view_layout(v, m), control);
    return b && b->kind == UI_KIND_DANGER;
}

static enum ui_action action_of(const struct view *v, const struct ui_model *m, uint8_t control)
{
    const struct view_builder *b = builders[v->kind];
    return b->action ? b->action(v, m, control) : ACTION_NONE;
}

/* Four new words protect more than what was; an own password is what the owner has typed for it. No
   password takes away what stands between the number and the door. */
static bool gives_up_password(const struct view *v, uint8_t control)
{
    return v->kind == UI_NEW_PASSWORD && control == UI_NEW_PASSWORD_SET &&
           v->what == UI_PASSWORD_NONE;
}

bool view_loosens(const struct view *v, const struct ui_model *m, uint8_t control)
{
    enum ui_action action = action_of(v, m, control);
    return action == ACTION_CONTINUE || action == ACTION_UNLOCK || action == ACTION_REMOVE ||
           action == ACTION_SAVE_SETTINGS || gives_up_password(v, control);
}

unsigned view_loose(const struct view *v, const struct ui_model *m,
                    struct view_loose out[VIEW_LOOSE])
{
    const struct ui_layout *l = view_layout(v, m);
    unsigned n = 0;
    for (uint8_t c = 0; c < l->n_controls && n < VIEW_LOOSE; c++)
        if (view_loosens(v, m, c) && can_press(v, m, l, c))
            out[n++] = (struct view_loose){.control = c,
                                           .action = action_of(v, m, c),
                                           .whom = view_whom(v, m, c),
                                           .at = view_rect(v, m, c)};
    return n;
}

const struct ui_person *view_about(const struct view *v, const struct ui_model *m, uint8_t control)
{
    const struct view_builder *b = builders[v->kind];
    return b->about ? b->about(v, m, control) : NULL;
}

uint32_t view_whom(const struct view *v, const struct ui_model *m, uint8_t control)
{
    const struct ui_person *p = view_about(v, m, control);
    return p ? p->id : 0;
}

bool view_is_header(const struct view *v, const struct ui_model *m, int x, int y)
{
    return view_layout(v, m)->h > HEADER &&
           inside((struct ui_rect){0, 0, v->w, ui_px(HEADER, v->scale)}, x, y);
}

/* --------------------------------------------------------------------------------------- focus */
/* The control at place n of the Tab order, or VIEW_NONE. */
static uint8_t at_place(const struct ui_layout *l, unsigned n)
{
    for (uint8_t c = 0; c < l->n_controls; c++)
        if (l->controls[c].kind != UI_KIND_NONE && l->controls[c].focus == n)
            return c;
    return VIEW_NONE;
}

static unsigned places(const struct ui_layout *l)
{
    unsigned most = 0;
    for (uint8_t c = 0; c < l->n_controls; c++)
        if (l->controls[c].kind != UI_KIND_NONE && l->controls[c].focus > most)
            most = l->controls[c].focus;
    return most;
}

static bool unfit_to_begin(const struct ui_layout *l, uint8_t c)
{
    uint8_t kind = l->controls[c].kind;
    return kind == UI_KIND_GRANT || kind == UI_KIND_DANGER || kind == UI_KIND_LINK;
}

void view_focus_first(struct view *v, const struct ui_model *m)
{
    const struct ui_layout *l = view_layout(v, m);
    v->focus = VIEW_NONE;
    if (v->kind == UI_SHARING_BAR || v->kind == UI_SHARING_BAR_CONTROL)
        return; /* none until F6 */
    for (unsigned n = 1; n <= places(l) && v->focus == VIEW_NONE; n++) {
        uint8_t c = at_place(l, n);
        if (c != VIEW_NONE && can_press(v, m, l, c) && !unfit_to_begin(l, c))
            v->focus = c;
    }
}

bool view_focus_move(struct view *v, const struct ui_model *m, bool back)
{
    const struct ui_layout *l = view_layout(v, m);
    unsigned most = places(l);
    unsigned at = v->focus < l->n_controls ? l->controls[v->focus].focus : 0;
    for (unsigned step = 0; step < most; step++) {
        at = back ? (at <= 1 ? most : at - 1) : (at >= most ? 1 : at + 1);
        uint8_t c = at_place(l, at);
        if (c == VIEW_NONE || c == v->focus || !can_press(v, m, l, c))
            continue;
        v->focus = c;
        return true;
    }
    return false;
}

/* Of the two arrows of a list the one that does not have the focus, or VIEW_NONE: the last page
   turns off the arrow that led there. */
static uint8_t other_arrow(const struct view *v, const struct ui_model *m,
                           const struct ui_layout *l)
{
    if (v->focus >= l->n_controls || l->controls[v->focus].kind != UI_KIND_ICON)
        return VIEW_NONE;
    unsigned at = l->controls[v->focus].focus;
    for (unsigned n = at - 1; n <= at + 1; n += 2) {
        uint8_t c = at_place(l, n);
        if (c != VIEW_NONE && l->controls[c].kind == UI_KIND_ICON && can_press(v, m, l, c))
            return c;
    }
    return VIEW_NONE;
}

/* The last one before it that a window could open with, and that takes no protection back: whoever
   was about to press what has gone did not mean that. VIEW_NONE: there is none. */
static uint8_t before_it(const struct view *v, const struct ui_model *m, const struct ui_layout *l)
{
    unsigned at = v->focus < l->n_controls ? l->controls[v->focus].focus : 0;
    while (at > 1) {
        uint8_t c = at_place(l, --at);
        if (c != VIEW_NONE && can_press(v, m, l, c) && !unfit_to_begin(l, c) &&
            !view_loosens(v, m, c))
            return c;
    }
    return VIEW_NONE;
}

bool view_focus_keep(struct view *v, const struct ui_model *m)
{
    const struct ui_layout *l = view_layout(v, m);
    if (v->focus != VIEW_NONE && can_press(v, m, l, v->focus))
        return false;
    uint8_t before = v->focus, arrow = other_arrow(v, m, l);
    v->focus = arrow != VIEW_NONE ? arrow : before_it(v, m, l);
    if (v->focus == VIEW_NONE)
        view_focus_first(v, m);
    return v->focus != before;
}

struct field *view_field_of(struct view *v, uint8_t control)
{
    for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].window == v->kind && fields[i].control == control)
            return &v->field[fields[i].place];
    return NULL;
}

struct field *view_field(struct view *v)
{
    return view_field_of(v, v->focus);
}

uint8_t view_default(const struct view *v, const struct ui_model *m)
{
    uint8_t c = VIEW_NONE;
    if (v->kind == UI_HOME && v->focus == UI_HOME_JOIN_NUMBER)
        c = UI_HOME_JOIN;
    if (v->kind == UI_HOME && v->focus == UI_HOME_YOUR_NAME)
        c = UI_HOME_HOST;
    if (v->kind == UI_JOIN)
        c = UI_JOIN_JOIN;
    if (v->kind == UI_SETTINGS)
        c = UI_SETTINGS_SAVE;
    if (v->kind == UI_NEW_PASSWORD)
        c = UI_NEW_PASSWORD_SET;
    if (v->kind == UI_CHAT)
        c = UI_CHAT_SEND;
    return c != VIEW_NONE && can_press(v, m, view_layout(v, m), c) ? c : VIEW_NONE;
}

/* ------------------------------------------------------------------------------------- presses */
struct view_press view_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    const struct ui_layout *l = view_layout(v, m);
    if (!can_press(v, m, l, control))
        return view_action(ACTION_NONE);
    const char *id = l->controls[control].id;
    if (l->controls[control].focus)
        v->focus = control;
    if (l->controls[control].kind == UI_KIND_ICON && strcmp(id, "close") == 0)
        return view_action(ACTION_CLOSE);
    if (l->controls[control].kind == UI_KIND_ICON && strcmp(id, "minimise") == 0)
        return (struct view_press){.minimise = true};
    if (l->controls[control].kind == UI_KIND_FIELD)
        return (struct view_press){.changed = true};
    struct view_press p = {.action = action_of(v, m, control), .id = view_whom(v, m, control)};
    if (p.action == ACTION_NONE)
        p = builders[v->kind]->press(v, m, control);
    view_focus_keep(v, m);
    p.changed = true;
    return p;
}

struct view_press view_open_row(struct view *v, uint32_t person)
{
    bool close = person == v->selected;
    if (!person)
        return view_action(ACTION_NONE);
    v->selected = close ? 0 : person;
    return (struct view_press){.action = close ? ACTION_NONE : ACTION_OPEN_ROW, .id = person};
}

/* The next of the same sort in the Tab order, which does not begin anew: of the same choice, or the
   next row, whatever stands between it and an open one. VIEW_NONE: it is the last. */
static uint8_t neighbour(const struct view *v, const struct ui_model *m, bool back)
{
    const struct ui_layout *l = view_layout(v, m);
    uint8_t kind = l->controls[v->focus].kind;
    unsigned most = places(l), at = l->controls[v->focus].focus;
    while (back ? at > 1 : at < most) {
        at = back ? at - 1 : at + 1;
        uint8_t c = at_place(l, at);
        if (c == VIEW_NONE || !can_press(v, m, l, c))
            continue;
        if (l->controls[c].kind == kind)
            return ui_group_of(v->kind, c) == ui_group_of(v->kind, v->focus) ? c : VIEW_NONE;
        if (kind != UI_KIND_ROW)
            return VIEW_NONE;
    }
    return VIEW_NONE;
}

/* Inside a choice arrows choose, too. */
static struct view_press arrow(struct view *v, const struct ui_model *m, bool back)
{
    const struct ui_layout *l = view_layout(v, m);
    if (v->focus >= l->n_controls)
        return view_action(ACTION_NONE);
    uint8_t kind = l->controls[v->focus].kind;
    if (kind != UI_KIND_RADIO && kind != UI_KIND_ROW && kind != UI_KIND_TOGGLE)
        return view_action(ACTION_NONE);
    uint8_t to = neighbour(v, m, back);
    if (to == VIEW_NONE)
        return view_action(ACTION_NONE);
    v->focus = to;
    return kind == UI_KIND_RADIO ? view_press(v, m, to) : (struct view_press){.changed = true};
}

struct view_press view_key(struct view *v, const struct ui_model *m, uint32_t keysym)
{
    const struct view_builder *b = builders[v->kind];
    keysym = keys_plain(keysym);
    switch (keysym) {
    case KEYS_TAB:
        return (struct view_press){.changed = view_focus_move(v, m, false)};
    case KEYS_LEFT_TAB:
        return (struct view_press){.changed = view_focus_move(v, m, true)};
    case KEYS_LEFT:
    case KEYS_UP:
        return arrow(v, m, true);
    case KEYS_RIGHT:
    case KEYS_DOWN:
        return arrow(v, m, false);
    default:
        break;
    }
    struct view_press p = b->key ? b->key(v, m, keysym) : view_action(ACTION_NONE);
    if (p.changed)
        view_focus_keep(v, m);
    if (keysym == KEYS_ESCAPE && p.action == ACTION_NONE && !p.changed)
        p.action = b->escape;
    return p;
}

/* ------------------------------------------------------------------------------------ painting */
void view_add_both(struct msg_ui_paint *out, enum ui_slot slot, uint32_t number, const char *words)
{
    size_t len = strlen(words);
    if (out->n_values == sizeof out->values / sizeof *out->values)
        return;
    out->values[out->n_values++] = (struct ui_value){
        .slot = (uint8_t)slot, .number = number, .words = {(const uint8_t *)words, len}};
}

void view_add_number(struct msg_ui_paint *out, enum ui_slot slot, uint32_t number)
{
    view_add_both(out, slot, number, "");
}

void view_add_words(struct msg_ui_paint *out, enum ui_slot slot, const char *words)
{
    view_add_both(out, slot, 0, words);
}

unsigned view_sharing(const struct ui_model *m)
{
    return m->sharing ? m->sharing : m->other ? UI_SHARING_OTHER : UI_SHARING_OFF;
}

void view_add_shared(struct msg_ui_paint *out, const struct ui_model *m)
{
    view_add_number(out, UI_SLOT_SHARING, view_sharing(m));
    view_add_number(out, UI_SLOT_WHAT, m->what);
    view_add_number(out, UI_SLOT_PEOPLE, m->viewers);
}

void view_add_case(struct msg_ui_paint *out, const struct ui_model *m)
{
    view_add_words(out, UI_SLOT_SID, m->sid);
    if (m->only_hands)
        view_add_number(out, UI_SLOT_HANDS, 1);
}

void view_add_about(const struct view *v, struct msg_ui_paint *out)
{
    view_add_both(out, UI_SLOT_NAME, v->alike != 0, v->name);
    view_add_number(out, UI_SLOT_GUARD, v->guard);
}

void view_add_field(const struct view *v, struct msg_ui_paint *out, enum ui_slot slot,
                    uint8_t control)
{
    struct view *unchanged = (struct view *)(uintptr_t)v;
    const struct field *f = view_field_of(unchanged, control);
    size_t len, caret;
    const char *text = field_view(f, 256, &len, &caret);
    out->values[out->n_values++] =
        (struct ui_value){.slot = (uint8_t)slot, .words = {(const uint8_t *)text, len}};
    uint32_t characters = 0;
    for (size_t i = 0; i < caret; i++)
        characters += ((uint8_t)text[i] & 0xc0) != 0x80;
    if (v->focus == control && v->focused)
        view_add_number(out, UI_SLOT_CARET, characters);
}

void view_add_row(struct msg_ui_paint *out, const struct ui_person *p, bool selected)
{
    if (out->n_rows == sizeof out->rows / sizeof *out->rows)
        return;
    out->rows[out->n_rows++] =
        (struct ui_row){.kind = !p->waiting,
                        .badges = (uint16_t)(p->badges | (selected ? UI_BADGE_SELECTED : 0)),
                        .name = span_text(p->name)};
}

void view_add_named(const struct view *v, struct msg_ui_paint *out, const struct ui_person *p)
{
    unsigned row = out->n_rows;
    view_add_row(out, p, false);
    if (row < out->n_rows && v->alike >> row & 1)
        out->rows[row].badges |= UI_BADGE_SAME_NAME;
}

uint16_t view_whole_look(const struct view *v, const struct ui_model *m, uint8_t c)
{
    uint16_t look = view_look(v, m, c);
    if (look & (UI_LOOK_OFF | UI_LOOK_HIDDEN))
        return look;
    if (c == v->hover)
        look |= UI_LOOK_HOVER;
    if (c == v->pressed && view_whom(v, m, c) == v->pressed_whom)
        look |= UI_LOOK_PRESSED;
    if (c == v->focus && v->focused)
        look |= UI_LOOK_FOCUS;
    return look;
}

void view_paint(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    const struct ui_layout *l = view_layout(v, m);
    memset(out, 0, sizeof *out);
    out->memory = -1;
    out->window = (uint8_t)v->kind;
    out->variant = view_variant(v, m);
    out->width = (uint32_t)v->w;
    out->height = (uint32_t)v->h;
    out->scale = (uint16_t)v->scale;
    out->theme = m->theme;
    out->flags = m->flags;
    out->language = m->language;
    if (builders[v->kind]->fill)
        builders[v->kind]->fill(v, m, out);
    enum ui_string why = view_why_shown(v, m);
    if (why != UI_STR_NONE)
        view_add_number(out, UI_SLOT_WHY, why);
    if (v->unlike)
        view_add_number(out, UI_SLOT_UNLIKE, 1);
    for (uint8_t c = 0; c < l->n_controls; c++) {
        uint16_t look = box_of(l, c) ? view_whole_look(v, m, c) : 0;
        if (look)
            out->controls[out->n_controls++] = (struct ui_control){.control = c, .look = look};
    }
}

/* -------------------------------------------------------------------------------------- people */
const struct ui_person *view_waiting(const struct view *v, const struct ui_model *m)
{
    const struct ui_person *first = NULL;
    for (unsigned i = 0; i < m->n_people; i++) {
        const struct ui_person *p = &m->people[i];
        if (p->waiting && p->id == v->person)
            return p;
        if (p->waiting && !first)
            first = p;
    }
    return first;
}

const struct ui_person *view_person_open(const struct view *v, const struct ui_model *m)
{
    for (unsigned i = 0; v->selected && i < m->n_people; i++)
        if (!m->people[i].waiting && m->people[i].id == v->selected)
            return &m->people[i];
    return NULL;
}

bool view_is_theirs(const struct ui_model *m, const struct ui_person *p)
{
    return p && (p->badges & UI_BADGE_PRESENTER || p->id == m->offered);
}

uint8_t view_theirs(const struct view *v, const struct ui_model *m)
{
    return view_is_theirs(m, view_person_open(v, m));
}

uint8_t view_controls(const struct view *v, const struct ui_model *m)
{
    const struct ui_person *p = view_person_open(v, m);
    return p && (p->badges & UI_BADGE_CONTROL);
}
