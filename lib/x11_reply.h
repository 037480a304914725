/*
 * How much of an answer of an X server there is. The counts in one are the server's word, and
 * libxcb's iterators believe them; what libxcb has read, and made memory for, is 32 bytes and the
 * words of four that the answer's length counts. Nothing behind that may be looked at, a field of
 * the answer's own structure neither.
 */
#ifndef LIB_X11_REPLY_H
#define LIB_X11_REPLY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define X11_REPLY_HEAD 32u

/* Bytes of an answer, its head among them; NULL: none. */
static inline size_t x11_reply_size(const void *reply)
{
    uint32_t words;
    if (reply == NULL)
        return 0;
    memcpy(&words, (const uint8_t *)reply + 4, sizeof words);
    return X11_REPLY_HEAD + (size_t)words * 4;
}

/* Bytes behind the head. */
static inline size_t x11_reply_behind(const void *reply)
{
    return reply == NULL ? 0 : x11_reply_size(reply) - X11_REPLY_HEAD;
}

/* Whether there is an answer, and its first `n` bytes came. */
static inline bool x11_reply_holds(const void *reply, size_t n)
{
    return reply != NULL && n <= x11_reply_size(reply);
}

#endif
