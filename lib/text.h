/*
 * The one judgement of foreign text (e2e.md 7): valid UTF-8 without anything that could steer a
 * terminal, a log or the direction of a line.
 */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when the bytes are UTF-8 as RFC 3629 has it (shortest form, no surrogates, at most U+10FFFF)
   and hold none of U+0000-001F, U+007F-009F, U+202A-202E, U+2066-2069. Empty text is valid. */
bool text_valid(const uint8_t *bytes, size_t len);

#endif
