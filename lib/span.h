/* A run of bytes that belongs to somebody else; valid as long as its owner says (for messages:
   until the handler returns). */
#ifndef LIB_SPAN_H
#define LIB_SPAN_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
    const uint8_t *data;
    size_t len;
};

/* The characters of a terminated text. */
static inline struct span span_text(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

#endif
