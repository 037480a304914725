/* Numbers that look like chance, and are the same on every run. */
#ifndef TESTS_UNIT_LIB_CHANCE_H
#define TESTS_UNIT_LIB_CHANCE_H
#include <stdint.h>

static uint32_t seed = 1;

static inline uint32_t draw(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8 | seed << 24;
}

#endif
