/*
 * The one judgement of foreign text (e2e.md 7): valid UTF-8 without anything that could steer a
 * terminal, a log or the direction of a line; and how a claimed name is quoted (ui.md 8).
 */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when the bytes are UTF-8 as RFC 3629 has it (shortest form, no surrogates, at most U+10FFFF)
   and hold none of U+0000-001F, U+007F-009F, U+202A-202E, U+2066-2069. Empty text is valid. */
bool text_valid(const uint8_t *bytes, size_t len);

/* A double quotation mark of any script: within a name it is drawn and told as ', so that no name
   ends its own quotation marks. */
bool text_is_quote(uint32_t point);
/* The character at `bytes`, of at most `left`; its length, 0 where there is none that is UTF-8. */
size_t text_decode(const uint8_t *bytes, size_t left, uint32_t *point);
/* It stands between letters unseen, steers them, or ends a line, and is valid text all the same. */
bool text_is_unseen(uint32_t point);
/* A claimed name as it is told where it is not drawn: in quotation marks of ours, without those of
   its own and without characters that show nothing, spaces folded into one. `name` is valid as
   above. Terminated, whole characters, cut where there is no room; cap is at least 8. Returns its
   length: TEXT_QUOTES where nothing of it can be seen. */
#define TEXT_QUOTES 6 /* bytes of the marks */
size_t text_quote(char *out, size_t cap, const char *name);
/* Of others' words on a terminal: each byte that is no printable ASCII becomes '?', in place. */
void text_clean(char *text);

/* Capitals of the European alphabets (Latin, Greek, Cyrillic, Armenian) made small, one for one, so
   that a name is found however it is typed; everything else as it is. `text` is valid as above.
   Terminated, whole characters, cut where there is no room. Returns its length. */
size_t text_small(char *out, size_t cap, const char *text);

#endif
