/* See chat.h. Run by the broker; what it keeps was judged as text and is never interpreted. */
#include "broker/chat.h"
#include <string.h>

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

static struct span rest(struct span text)
{
    size_t len = piece(text);
    return (struct span){text.data + len, text.len - len};
}

static unsigned count_pieces(struct span text)
{
    unsigned n = 0;
    for (; text.len; text = rest(text))
        n++;
    return n;
}

/* In one go, however long the line is: everybody may write long ones. */
static void make_room(struct chat *c, unsigned n)
{
    unsigned out = c->n + n > CHAT_LINES ? c->n + n - CHAT_LINES : 0;
    memmove(c->line, c->line + out, (c->n - out) * sizeof *c->line);
    c->n -= out;
    c->from += out;
}

void chat_add(struct chat *c, const char *name, bool mine, uint32_t missed, struct span text)
{
    unsigned n = count_pieces(text), skip = n > CHAT_LINES ? n - CHAT_LINES : 0;
    make_room(c, n - skip);
    c->from += skip;
    for (unsigned i = 0; text.len; i++, text = rest(text)) {
        struct ui_chat_line *l = &c->line[c->n];
        if (i < skip)
            continue;
        explicit_bzero(l, sizeof *l);
        l->mine = mine;
        l->begins = i == 0;
        l->missed = i == 0 ? missed : 0;
        memcpy(l->name, name, strnlen(name, MAX_NAME));
        memcpy(l->text, text.data, piece(text));
        c->n++;
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
