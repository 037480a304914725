/* What was written to everybody, and the line being written. Pure; runs in the broker. */
#include "broker/ui/view.h"
#include "ch_ui.h"
#include "lib/keys.h"

/* First row of the newest page. */
static unsigned newest(const struct ui_model *m)
{
    return m->n_chat > VIEW_CHAT ? m->n_chat - VIEW_CHAT : 0;
}

/* Rows stay where they are while somebody reads further up (ui.md 7); else the newest are shown. */
static unsigned first_row(const struct view *v, const struct ui_model *m)
{
    unsigned last = newest(m);
    if (!v->selected)
        return last;
    unsigned at = v->selected - 1 > m->chat_from ? v->selected - 1 - m->chat_from : 0;
    return at < last ? at : last;
}

static void add_line(const struct ui_chat_line *l, unsigned row, struct msg_ui_paint *out)
{
    uint32_t how = (l->begins ? UI_CHAT_BEGINS : 0) | (l->missed ? UI_CHAT_MISSED : 0);
    view_add_both(out, (enum ui_slot)(UI_SLOT_CHAT_0 + row), how, l->text);
    if (out->n_rows < sizeof out->rows / sizeof *out->rows)
        out->rows[out->n_rows++] = (struct ui_row){
            .kind = 1, .badges = l->mine ? UI_BADGE_YOU : 0, .name = span_text(l->name)};
}

static void chat_fill(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out)
{
    unsigned first = first_row(v, m);
    view_add_field(v, out, UI_SLOT_FIELD_CHAT, UI_CHAT_TEXT);
    view_add_shared(out, m);
    for (unsigned row = 0; row < VIEW_CHAT && first + row < m->n_chat; row++)
        add_line(&m->chat[first + row], row, out);
}

static uint16_t chat_look(const struct view *v, const struct ui_model *m, uint8_t control)
{
    unsigned first = first_row(v, m);
    switch (control) {
    case UI_CHAT_TEXT:
        return v->field[0].all ? UI_LOOK_CHOSEN : 0;
    case UI_CHAT_SEND:
        return m->can_chat && v->field[0].len ? 0 : UI_LOOK_OFF;
    case UI_CHAT_PREV:
        return !newest(m) ? UI_LOOK_HIDDEN : first ? 0 : UI_LOOK_OFF;
    case UI_CHAT_NEXT:
        return !newest(m) ? UI_LOOK_HIDDEN : first < newest(m) ? 0 : UI_LOOK_OFF;
    default:
        return 0;
    }
}

static struct view_press turn_page(struct view *v, const struct ui_model *m, bool back)
{
    unsigned was = first_row(v, m), now = was + VIEW_CHAT;
    if (back)
        now = was > VIEW_CHAT ? was - VIEW_CHAT : 0;
    v->selected = now < newest(m) ? m->chat_from + now + 1 : 0;
    return (struct view_press){.changed = first_row(v, m) != was};
}

static struct view_press chat_press(struct view *v, const struct ui_model *m, uint8_t control)
{
    switch (control) {
    case UI_CHAT_SEND:
        v->selected = 0;
        return view_action(ACTION_CHAT_SEND);
    case UI_CHAT_PREV:
    case UI_CHAT_NEXT:
        return turn_page(v, m, control == UI_CHAT_PREV);
    default:
        return view_action(ACTION_NONE);
    }
}

static struct view_press chat_key(struct view *v, const struct ui_model *m, uint32_t keysym)
{
    if (keysym == KEYS_PAGE_UP || keysym == KEYS_PAGE_DOWN)
        return turn_page(v, m, keysym == KEYS_PAGE_UP);
    return view_action(ACTION_NONE);
}

const struct view_builder view_chat = {.fill = chat_fill,
                                       .look = chat_look,
                                       .press = chat_press,
                                       .key = chat_key,
                                       .escape = ACTION_CLOSE};
