/* Numbers of questions: each one more than the last, and never 0, which stands for none. */
#ifndef LIB_SERIAL_H
#define LIB_SERIAL_H
#include <stdint.h>

static inline uint32_t serial_next(uint32_t serial)
{
    return serial == UINT32_MAX ? 1 : serial + 1;
}

#endif
