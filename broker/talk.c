/* See talk.h. Run by the broker. Distrusts seal: a line that is not text, or of nobody in the
   session, ends it. */
#include "broker/talk.h"
#include "broker/app.h"
#include "broker/crew.h"
#include "ch_seal.h"
#include "lib/text.h"
#include <string.h>

static bool is_open(const struct app *a)
{
    return windows_side_shows(a->windows, UI_CHAT);
}

void talk_fill(struct app *a)
{
    struct ui_model *m = &a->model;
    m->chat = a->chat.line;
    m->n_chat = a->chat.n;
    m->chat_from = a->chat.from;
    m->unread = a->chat.unread;
    m->can_chat = session_may_chat(&a->session);
}

static void show(struct app *a)
{
    if (is_open(a))
        a->chat.unread = 0;
    talk_fill(a);
    windows_update(a->windows);
}

void talk_open(struct app *a)
{
    if (!a->model.can_chat && !a->chat.n)
        return;
    windows_side(a->windows, UI_CHAT);
    show(a);
}

void talk_send(struct app *a)
{
    const char *text = windows_text(a->windows, UI_CHAT, UI_CHAT_TEXT);
    if (!*text)
        return;
    if (chat_may_write(&a->chat, loop_now_ms()))
        app_event_kind(a, EV_CHAT);
    else
        windows_toast(a->windows, UI_TOAST_CHAT_FAST, "");
}

void talk_write_now(struct app *a)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    const char *text = windows_text(a->windows, UI_CHAT, UI_CHAT_TEXT);
    size_t len = strnlen(text, CHAT_TYPED);
    if (!seal || !len)
        return;
    const struct msg_seal_chat m = {.text = {(const uint8_t *)text, len}};
    (void)msg_seal_chat_send(seal, &m);
    windows_set_text(a->windows, UI_CHAT, UI_CHAT_TEXT, "");
}

/* Once until the window is opened: many lines are not many interruptions. */
static void announce(struct app *a, const char *name)
{
    if (!is_open(a) && a->chat.unread == 1)
        windows_toast(a->windows, UI_TOAST_CHAT, name);
}

int talk_on_chatted(struct app *a, const struct msg_seal_chatted *m)
{
    const char *name = people_member_name(&a->people, m->mid);
    bool mine = m->mid == a->session.me;
    if (!*name || !text_valid(m->text.data, m->text.len))
        return -1;
    if (a->session.phase != PHASE_HOST && a->session.phase != PHASE_MEMBER)
        return 0; /* it ends, or has not begun for the owner */
    chat_add(&a->chat, name, mine, m->missed, m->text);
    events_chat(m->mid, span_text(name), mine, m->text, a->options->events_chat);
    if (!mine)
        announce(a, name);
    show(a);
    return 0;
}

/* It comes back into the field, unless something else is being written there already. */
int talk_on_lost(struct app *a, const struct msg_seal_chat_lost *m)
{
    char text[CHAT_TYPED + 1] = "";
    if (m->text.len && !text_valid(m->text.data, m->text.len))
        return -1;
    if (m->text.len <= CHAT_TYPED)
        memcpy(text, m->text.data, m->text.len);
    if (*text && is_open(a) && !*windows_text(a->windows, UI_CHAT, UI_CHAT_TEXT))
        windows_set_text(a->windows, UI_CHAT, UI_CHAT_TEXT, text);
    explicit_bzero(text, sizeof text);
    if (a->session.phase == PHASE_HOST || a->session.phase == PHASE_MEMBER)
        windows_toast(a->windows, UI_TOAST_CHAT_LOST, "");
    return 0;
}
