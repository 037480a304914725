/*
 * Bytes as lower-case hexadecimal digits, and back: hashes, keys and fingerprints as people and
 * files carry them.
 */
#ifndef LIB_HEX_H
#define LIB_HEX_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEX_SIZE(n) (2 * (n) + 1) /* room for n bytes, with terminator */

/* Writes HEX_SIZE(n) characters. */
void hex_format(const uint8_t *bytes, size_t n, char *out);
/* Reads exactly n bytes from 2 * n digits and looks at nothing behind the first that is none.
   False: there is one; out may be half written. */
bool hex_parse(const char *text, size_t n, uint8_t *out);
/* Value of one digit; -1: none (capitals are none). */
int hex_digit(char c);

#endif
