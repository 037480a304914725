/*
 * The windows in words, for --events: what is where, what has the focus, which prompt waits. It
 * tells, it never takes a command. Runs in the broker.
 */
#include "broker/events.h"
#include "broker/windows_parts.h"

#include "ch_ui.h"
#include "lib/loop.h"
#include "lib/ui/strings.h"
#include <stdio.h>
#include <string.h>

static const char *role_of(uint8_t kind)
{
    switch (kind) {
    case UI_KIND_FIELD:
        return "field";
    case UI_KIND_RADIO:
        return "radio";
    case UI_KIND_TOGGLE:
        return "toggle";
    case UI_KIND_CHECK:
        return "check";
    case UI_KIND_ROW:
        return "row";
    case UI_KIND_LINK:
        return "link";
    case UI_KIND_AREA:
        return "area";
    default:
        return "button";
    }
}

static const char *state_of(const struct pane *p, uint8_t c, uint16_t look)
{
    if (look & UI_LOOK_OFF)
        return "off";
    if (view_loosens(&p->view, p->w->model, c) && shown_waits(p, c, loop_now_ms()) > 0)
        return "new";
    return look & UI_LOOK_ERROR ? "error" : look & UI_LOOK_CHOSEN ? "chosen" : "";
}

struct ui_facts pane_facts(const struct pane *p)
{
    const struct ui_model *m = p->w->model;
    return (struct ui_facts){.sharing = (uint8_t)view_sharing(m),
                             .locked = m->locked,
                             .details = p->view.details,
                             .error = m->password_wrong,
                             .theirs = view_theirs(&p->view, m),
                             .controls = view_controls(&p->view, m),
                             .what = p->view.what,
                             .mine = m->mine};
}

static const char *label_of(const struct pane *p, const struct ui_box *b)
{
    static char counted[64]; /* of the line that is being told, which has one such label at most */
    const struct ui_model *m = p->w->model;
    const struct ui_facts facts = pane_facts(p);
    if (b->n_faces == 0)
        return "";
    enum ui_string label = ui_face_now(p->view.kind, b, &facts)->label;
    const char *text = ui_string_text(label, m->language, 0);
    if (!strchr(text, '{'))
        return text;
    ui_string_format(counted, sizeof counted, label, m->language,
                     &(struct ui_args){.n = ui_everybody(p->view.kind, m->viewers)});
    return counted;
}

/* --- names that its painter marks, which knows what letters look like: told as they are drawn.
   Rows move between an order and its picture, so that they are known by their names. */

static uint64_t mix(uint64_t h, const void *bytes, size_t len)
{
    const uint8_t *b = bytes;
    for (size_t i = 0; i < len; i++)
        h = (h ^ b[i]) * 1099511628211u;
    return h;
}

static uint64_t digest(struct span name)
{
    return name.len ? mix(14695981039346656037u, name.data, name.len) | 1 : 0;
}

static bool is_marked(const struct marks *m, struct span name)
{
    uint64_t d = digest(name);
    for (unsigned i = 0; d && i < MARKS; i++)
        if (m->marked[i] == d)
            return true;
    return false;
}

static struct ui_value *about(struct msg_ui_paint *order)
{
    for (unsigned i = 0; i < order->n_values; i++)
        if (order->values[i].slot == UI_SLOT_NAME)
            return &order->values[i];
    return NULL;
}

void tell_ordered(struct pane *p, const struct msg_ui_paint *order)
{
    struct msg_ui_paint *unchanged = (struct msg_ui_paint *)(uintptr_t)order;
    const struct ui_value *name = about(unchanged);
    uint64_t *to = p->marks.ordered;
    memset(to, 0, sizeof p->marks.ordered);
    for (unsigned i = 0; i < order->n_rows && i < MARKS - 1; i++)
        to[i] = order->rows[i].badges & UI_BADGE_YOU ? 0 : digest(order->rows[i].name);
    to[MARKS - 1] = name ? digest(name->words) : 0;
}

void tell_marked(struct pane *p, uint16_t alike)
{
    for (unsigned i = 0; i < MARKS; i++)
        p->marks.marked[i] = alike >> i & 1 ? p->marks.ordered[i] : 0;
}

static void put_marks(const struct pane *p, struct msg_ui_paint *order)
{
    struct ui_value *name = about(order);
    for (unsigned i = 0; i < order->n_rows; i++)
        if (is_marked(&p->marks, order->rows[i].name))
            order->rows[i].badges |= UI_BADGE_SAME_NAME;
    if (name && is_marked(&p->marks, name->words))
        name->number = 1;
}

/* --- people: their rows say what a painter would draw there --- */

#define BADGES 256

/* Lines that were not read, on the button that opens them. */
static const char *badges_of(const struct pane *p, uint8_t c)
{
    static char unread[12];
    bool chat = (p->view.kind == UI_HOST_PANEL && c == UI_HOST_PANEL_CHAT) ||
                (p->view.kind == UI_VIEWER && c == UI_VIEWER_CHAT);
    if (!chat || !p->w->model->unread)
        return "";
    snprintf(unread, sizeof unread, "%u", (unsigned)p->w->model->unread);
    return unread;
}

static const char *group_of(const struct pane *p, uint8_t c, const struct ui_box *b)
{
    if (b->kind != UI_KIND_RADIO)
        return "";
    return ui_string_text(ui_group_of(p->view.kind, c), p->w->model->language, 0);
}

/* Of the line that is being told; the next one takes their place. */
static struct row {
    char label[MAX_NAME + 16], badges[BADGES];
} rows[VIEW_PEOPLE];

static void add_row(const struct pane *p, const struct ui_person *who, struct row *row,
                    struct windows_control_line *c)
{
    uint8_t language = p->w->model->language;
    uint16_t badges = who->badges;
    if (!(badges & UI_BADGE_YOU) && is_marked(&p->marks, span_text(who->name)))
        badges |= UI_BADGE_SAME_NAME;
    if (who->badges & UI_BADGE_YOU)
        snprintf(row->label, sizeof row->label, "%s", ui_string_text(UI_STR_HOST_YOU, language, 0));
    else
        ui_say_name(row->label, sizeof row->label, who->name, language);
    ui_say_badges(row->badges, sizeof row->badges, badges, who->waiting, language);
    c->label = row->label;
    c->badges = row->badges;
}

/* --- fields: what stands in them, but never a password, and what people write to each other only
   where that is wanted */

static bool is_secret(const struct pane *p, const struct field *f)
{
    return f->kind == FIELD_PASSWORD || (f->kind == FIELD_CHAT && !p->w->calls.tell_chat) ||
           (f->kind == FIELD_NUMBER && strspn(f->text, "0123456789 -") < f->len);
}

static void add_field(struct pane *p, uint8_t c, struct windows_control_line *told)
{
    const struct field *f = view_field_of(&p->view, c);
    if (!f)
        return;
    told->length = 0;
    for (size_t i = 0; i < f->len; i++)
        told->length += ((uint8_t)f->text[i] & 0xc0) != 0x80;
    told->value = is_secret(p, f) ? NULL : f->text;
}

/* Which part of a picture that is shown one to one the window shows: where it begins, how large it
   is, how large all is. */
static void add_part(const struct pane *p, struct windows_control_line *told)
{
    static char part[64];
    const struct picture_part *s = &p->w->picture.seen.shown;
    if (s->mode != PICTURE_ONE_TO_ONE || s->w <= 0 || s->full_w == 0 || s->full_h == 0)
        return;
    snprintf(part, sizeof part, "%d,%d %ux%u/%ux%u", s->pan_x, s->pan_y,
             s->full_w < (uint32_t)s->w ? s->full_w : (uint32_t)s->w,
             s->full_h < (uint32_t)s->h ? s->full_h : (uint32_t)s->h, s->full_w, s->full_h);
    told->value = part;
}

static void add_control(struct pane *p, const struct ui_layout *l, uint8_t c,
                        struct windows_window_line *line, unsigned *n_rows)
{
    const struct ui_box *b = &l->controls[c];
    const struct ui_person *who = view_about(&p->view, p->w->model, c);
    uint16_t look = view_look(&p->view, p->w->model, c);
    if (b->kind == UI_KIND_NONE || (look & UI_LOOK_HIDDEN))
        return;
    struct windows_control_line *told = &line->controls[line->n_controls++];
    *told = (struct windows_control_line){
        .id = b->id,
        .role = role_of(b->kind),
        .label = label_of(p, b),
        .badges = badges_of(p, c),
        .group = group_of(p, c, b),
        .why = ui_string_text(view_why(&p->view, p->w->model, c), p->w->model->language, 0),
        .length = -1,
        .rect = pane_root_rect(p, c),
        .focus = p->view.focused && p->view.focus == c,
        .state = state_of(p, c, look)};
    add_field(p, c, told);
    if (p->view.kind == UI_VIEWER && c == UI_VIEWER_PICTURE)
        add_part(p, told);
    if (!who)
        return;
    told->name = who->name;
    if (b->kind == UI_KIND_ROW && *n_rows < VIEW_PEOPLE)
        add_row(p, who, &rows[(*n_rows)++], told);
}

/* A line equal to the last one is not said again: hover and the guard repaint, but say nothing, and
   a clock that runs is no news. */
static uint64_t hash_of(const struct windows_window_line *line)
{
    uint64_t h = mix(14695981039346656037u, line->name, strlen(line->name));
    h = mix(h, &line->rect, sizeof line->rect);
    h = mix(h, &line->mapped, sizeof line->mapped);
    for (unsigned i = 0; i < line->n_controls; i++) {
        const struct windows_control_line *c = &line->controls[i];
        h = mix(h, c->id, strlen(c->id) + 1);
        h = mix(h, c->label, strlen(c->label) + 1);
        h = mix(h, c->state, strlen(c->state) + 1);
        h = mix(h, c->why, strlen(c->why) + 1);
        h = mix(h, c->badges, strlen(c->badges) + 1);
        h = mix(h, c->value ? c->value : "", c->value ? strlen(c->value) + 1 : 0);
        h = mix(h, &c->length, sizeof c->length);
        h = mix(h, c->name ? c->name : "", c->name ? strlen(c->name) + 1 : 0);
        h = mix(h, &c->rect, sizeof c->rect);
        h = mix(h, &c->focus, sizeof c->focus);
    }
    for (unsigned i = 0; line->said && i < line->said->n; i++)
        if (!(line->said->runs >> i & 1))
            h = mix(h, line->said->text[i], strlen(line->said->text[i]) + 1);
    return h;
}

static void say(struct pane *p, const struct windows_window_line *line)
{
    uint64_t h = hash_of(line);
    if (h == p->told)
        return;
    p->told = h;
    p->w->calls.tell_window(p->w->calls.ctx, line);
}

static void fill_texts(const struct pane *p, struct ui_said *said)
{
    struct msg_ui_paint order;
    view_paint(&p->view, p->w->model, &order);
    put_marks(p, &order);
    ui_say(said, &order, p->w->calls.tell_chat && events_have_room());
    explicit_bzero(&order, sizeof order);
}

void windows_tell(struct pane *p)
{
    static struct ui_said said; /* of the line that is being told */
    if (!p->w->calls.tell_window)
        return;
    const struct ui_layout *l = view_layout(&p->view, p->w->model);
    bool mapped =
        p->live && p->painted && p->win.mapped; /* what can be pressed: not the last face */
    if (p->told_name && (!mapped || strcmp(p->told_name, l->name) != 0)) {
        struct windows_window_line closed = {.name = p->told_name, .rect = p->win.at};
        p->told_name = NULL;
        say(p, &closed);
    }
    if (!mapped)
        return;
    p->told_name = l->name;
    struct windows_window_line line = {.name = l->name, .rect = p->win.at, .mapped = true};
    unsigned n_rows = 0;
    fill_texts(p, &said);
    line.said = &said;
    for (uint8_t c = 0; c < l->n_controls && c < 64; c++)
        add_control(p, l, c, &line, &n_rows);
    say(p, &line);
    explicit_bzero(&said, sizeof said); /* it may hold what somebody wrote */
}

void windows_tell_prompt(struct windows *w, bool closed)
{
    const struct prompt *q = &w->prompt;
    struct pane *p = prompt_pane(w);
    if (!w->calls.tell_prompt || !p)
        return;
    struct windows_prompt_line line = {.serial = q->serial,
                                       .kind = prompt_kind_name(q->kind),
                                       .name = q->name,
                                       .window = view_layout(&p->view, w->model)->name,
                                       .yes = pane_root_rect(p, prompt_control(q, true)),
                                       .no = pane_root_rect(p, prompt_control(q, false)),
                                       .armed = !closed && q->armed,
                                       .why = closed ? "" : prompt_why(w),
                                       .closed = closed};
    w->calls.tell_prompt(w->calls.ctx, &line);
}
