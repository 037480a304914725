/* See book.h. */
#include "input/book.h"

static void mark(struct book *b, const struct action *a)
{
    uint8_t bit = (uint8_t)(1u << (a->code & 7));
    if (a->down)
        b->keys[a->code >> 3] |= bit;
    else
        b->keys[a->code >> 3] &= (uint8_t)~bit;
}

void book_note(struct book *b, const struct action *a)
{
    if (a->kind == ACTION_KEY) {
        mark(b, a);
    } else if (a->kind == ACTION_BUTTON && a->code >= 1 && a->code <= 16) {
        uint16_t bit = (uint16_t)(1u << (a->code - 1));
        b->buttons = a->down ? b->buttons | bit : (uint16_t)(b->buttons & ~bit);
    }
}

size_t book_releases(const struct book *b, struct action out[BOOK_ACTIONS])
{
    size_t n = 0;
    for (uint8_t i = 0; i < 16 && n < BOOK_ACTIONS; i++)
        if ((b->buttons >> i & 1) != 0)
            out[n++] = (struct action){.kind = ACTION_BUTTON, .code = (uint8_t)(i + 1)};
    for (unsigned k = 0; k < 256 && n < BOOK_ACTIONS; k++)
        if ((b->keys[k >> 3] >> (k & 7) & 1) != 0)
            out[n++] = (struct action){.kind = ACTION_KEY, .code = (uint8_t)k};
    return n;
}

bool book_holds(const struct book *b)
{
    for (size_t i = 0; i < sizeof b->keys; i++)
        if (b->keys[i] != 0)
            return true;
    return b->buttons != 0;
}
