/*
 * The string table, compiled from strings.def: whole sentences by number and language. Used by the
 * painter for everything it writes and by the broker for the labels in --events.
 */
#ifndef LIB_UI_STRINGS_H
#define LIB_UI_STRINGS_H
#include "lib/ui/style.h"
#include "ui_layout.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ui_language { UI_LANGUAGE_EN = 0, UI_LANGUAGE_DE = 1, UI_LANGUAGES };

struct ui_string_row {
    const char *id;
    uint8_t style;                     /* enum ui_style */
    uint8_t lines;                     /* room in lines, before the step to one more */
    uint16_t width;                    /* room in logical pixels; 0: the label of a control */
    const char *text[UI_LANGUAGES][3]; /* zero, one, other; NULL: as other */
};

struct ui_language_row {
    const char *code; /* of ISO 639: "de" */
    bool right_to_left;
};
/* Indexed by enum ui_language. */
extern const struct ui_language_row ui_language_table[UI_LANGUAGES];
/* The language of a locale as LANG names it (de_DE.UTF-8); English where vitrine has none. NULL
   counts as "". */
enum ui_language ui_language_of(const char *locale);

struct ui_args {
    uint32_t n, m;
    const char *s; /* text of our own making, put in with its own direction; NULL: empty */
};

/* Row of a string; UI_STR_NONE (empty) for a number beyond the table. */
const struct ui_string_row *ui_string_get(unsigned string);
/* Its form for n in that language, placeholders still in it; an unknown language is English. */
const char *ui_string_text(unsigned string, unsigned language, uint32_t n);
/* Writes it with {n}, {m}, {s} filled in, terminated, cut at cap - 1 bytes (never inside a
   character). Returns the length. args may be NULL where the text has no placeholder. */
size_t ui_string_format(char *out, size_t cap, unsigned string, unsigned language,
                        const struct ui_args *args);
/* The same for what is no picture: without the marks of direction around what was put in. */
size_t ui_string_plain(char *out, size_t cap, unsigned string, unsigned language,
                       const struct ui_args *args);

extern const struct ui_string_row ui_string_table[UI_STRINGS];

#endif
