/* See chat.h. Run by the broker; what it keeps was judged as text and is never interpreted. */
#include "broker/chat.h"
#include <string.h>

static struct ui_chat_line *next_line(struct chat *c)
{
    if (c->n == CHAT_LINES) {
        memmove(c->line, c->line + 1, (CHAT_LINES - 1) * sizeof *c->line);
        c->n--;
        c->from++;
    }
    struct ui_chat_line *l = &c->line[c->n++];
    explicit_bzero(l, sizeof *l);
    return l;
}

/* As much as one row holds: not in the middle of a character, and between words where there are
   any in its second half. */
static size_t piece(struct span text)
{
    size_t len = text.len < UI_CHAT_LINE ? text.len : UI_CHAT_LINE;
    if (len == text.len)
        return len;
    for (size_t n = len; n > UI_CHAT_LINE / 2; n--)
        if (text.data[n - 1] == ' ')
            return n;
    while (len > 1 && (text.data[len] & 0xc0) == 0x80)
        len--;
    return len;
}

void chat_add(struct chat *c, const char *name, bool mine, uint32_t missed, struct span text)
{
    for (bool begins = true; text.len; begins = false) {
        struct ui_chat_line *l = next_line(c);
        size_t len = piece(text);
        l->mine = mine;
        l->begins = begins;
        l->missed = begins ? missed : 0;
        memcpy(l->name, name, strnlen(name, MAX_NAME));
        memcpy(l->text, text.data, len);
        text = (struct span){text.data + len, text.len - len};
    }
    if (!mine)
        c->unread++;
}

bool chat_may_write(struct chat *c, uint64_t now_ms)
{
    return pace_take(&c->pace, CHAT_BURST, CHAT_REFILL_MS, now_ms);
}

void chat_wipe(struct chat *c)
{
    explicit_bzero(c, sizeof *c);
}
