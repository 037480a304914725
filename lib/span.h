/* A run of bytes that belongs to somebody else; valid as long as its owner says (for messages: until the
   handler returns). */
#ifndef LIB_SPAN_H
#define LIB_SPAN_H
#include <stddef.h>
#include <stdint.h>

struct span {
    const uint8_t *data;
    size_t len;
};

#endif
