/*
 * The windows in words, for --events: what is where, what has the focus, which prompt waits. It
 * tells, it never takes a command. Runs in the broker.
 */
#include "broker/windows_parts.h"

#include "lib/loop.h"
#include "lib/text.h"
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
    return (struct ui_facts){.sharing = m->sharing,
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
    const struct ui_facts facts = pane_facts(p);
    if (b->n_faces == 0)
        return "";
    return ui_string_text(ui_face_now(p->view.kind, b, &facts)->label, p->w->model->language, 0);
}

/* --- people: their rows say what a painter would draw there --- */

#define BADGES 192

/* Of the line that is being told; the next one takes their place. */
static struct row {
    char label[MAX_NAME + 8], badges[BADGES];
} rows[VIEW_PEOPLE];

static void say_badges(char out[BADGES], const struct ui_person *who, uint8_t language)
{
    const uint16_t b = who->badges;
    const bool in = !who->waiting && !(b & UI_BADGE_YOU), sure = b & UI_BADGE_CERTIFIED;
    const struct {
        bool yes;
        enum ui_string text;
    } all[] = {{who->waiting, UI_STR_BADGE_WAITING},
               {b & UI_BADGE_CONTROL, UI_STR_BADGE_CONTROL},
               {b & UI_BADGE_ORGANIZER, UI_STR_BADGE_ORGANIZER},
               {b & UI_BADGE_PRESENTER, UI_STR_BADGE_PRESENTER},
               {in && sure, UI_STR_BADGE_CERTIFIED},
               {in && !sure && b & UI_BADGE_WORDS_MATCH, UI_STR_BADGE_MATCH},
               {in && !sure && !(b & UI_BADGE_WORDS_MATCH), UI_STR_BADGE_UNCHECKED}};
    size_t n = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < sizeof all / sizeof *all && n < BADGES; i++)
        if (all[i].yes)
            n += (size_t)snprintf(out + n, BADGES - n, "%s%s", n ? ", " : "",
                                  ui_string_text(all[i].text, language, 0));
}

static void add_row(const struct ui_person *who, struct row *row, uint8_t language,
                    struct windows_control_line *c)
{
    if (who->badges & UI_BADGE_YOU)
        snprintf(row->label, sizeof row->label, "%s", ui_string_text(UI_STR_HOST_YOU, language, 0));
    else
        text_quote(row->label, sizeof row->label, who->name);
    say_badges(row->badges, who, language);
    c->label = row->label;
    c->badges = row->badges;
}

static void add_control(const struct pane *p, const struct ui_layout *l, uint8_t c,
                        struct windows_window_line *line, unsigned *n_rows)
{
    const struct ui_box *b = &l->controls[c];
    const struct ui_person *who = view_about(&p->view, p->w->model, c);
    uint16_t look = view_look(&p->view, p->w->model, c);
    if (b->kind == UI_KIND_NONE || (look & UI_LOOK_HIDDEN))
        return;
    struct windows_control_line *told = &line->controls[line->n_controls++];
    *told = (struct windows_control_line){.id = b->id,
                                          .role = role_of(b->kind),
                                          .label = label_of(p, b),
                                          .badges = "",
                                          .rect = pane_root_rect(p, c),
                                          .focus = p->view.focused && p->view.focus == c,
                                          .state = state_of(p, c, look)};
    if (!who)
        return;
    told->name = who->name;
    if (b->kind == UI_KIND_ROW && *n_rows < VIEW_PEOPLE)
        add_row(who, &rows[(*n_rows)++], p->w->model->language, told);
}

static uint64_t mix(uint64_t h, const void *bytes, size_t len)
{
    const uint8_t *b = bytes;
    for (size_t i = 0; i < len; i++)
        h = (h ^ b[i]) * 1099511628211u;
    return h;
}

/* A line equal to the last one is not said again: hover and the guard repaint, but say nothing. */
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
        h = mix(h, c->badges, strlen(c->badges) + 1);
        h = mix(h, c->name ? c->name : "", c->name ? strlen(c->name) + 1 : 0);
        h = mix(h, &c->rect, sizeof c->rect);
        h = mix(h, &c->focus, sizeof c->focus);
    }
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

void windows_tell(struct pane *p)
{
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
    for (uint8_t c = 0; c < l->n_controls && c < 64; c++)
        add_control(p, l, c, &line, &n_rows);
    say(p, &line);
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
                                       .closed = closed};
    w->calls.tell_prompt(w->calls.ctx, &line);
}
