/*
 * ui-compile DIR OUT [pseudo]: turns DIR/layout.tsv and DIR/strings.def into OUT/ui_layout.h and
 * OUT/ui_tables.c, and fails when a sentence does not fit its place. `pseudo` is for tests: English
 * is written in Hebrew letters, from right to left, so that everything that has to be mirrored can
 * be seen; such tables are only linked into the programs of build/pseudo. A build tool; trusts its
 * two files no further than to say where they are wrong.
 */
#ifndef LIB_UI_COMPILE_H
#define LIB_UI_COMPILE_H
#include <stdbool.h>
#include <stddef.h>

#define CC_WINDOWS 32
#define CC_CONTROLS 40
#define CC_VARIANTS 8
#define CC_STRINGS 640
#define CC_ERRORS 32
#define CC_ID 40
#define CC_LANGUAGES 2
#define CC_FORMS 3

struct cc_face {
    char label[CC_ID], icon[CC_ID], kind[CC_ID];
};
struct cc_box {
    bool present;
    int x, y, w, h, focus;
    char kind[CC_ID], hold[3];
    int n_faces;
    struct cc_face faces[3];
};
struct cc_window {
    char name[CC_ID];
    int w, h, n_variants, n_controls;
    bool resizable;
    char ids[CC_CONTROLS][CC_ID];
    struct cc_box box[CC_VARIANTS][CC_CONTROLS];
};
struct cc_string {
    char id[CC_ID];
    int style, width, lines; /* width 0: label */
    char *text[CC_LANGUAGES][CC_FORMS];
};
struct cc_error {
    char code[CC_ID], icon[CC_ID];
    int variant;
};
struct cc {
    bool pseudo;
    int n_windows, n_strings, n_errors, wrong;
    struct cc_window windows[CC_WINDOWS];
    struct cc_string strings[CC_STRINGS];
    struct cc_error errors[CC_ERRORS];
};

/* Complains about FILE:line on standard error and counts it. */
__attribute__((format(printf, 4, 5))) void cc_complain(struct cc *c, const char *file, int line,
                                                       const char *format, ...);
/* Copies an identifier; complains when it is too long. */
void cc_copy(struct cc *c, char to[CC_ID], const char *from, const char *file, int line);
/* Index of a string by id, or -1. */
int cc_string_find(const struct cc *c, const char *id);
/* Reads the two files; 0, or -1 when one cannot be read. Mistakes are counted in c->wrong. */
int cc_layout_read(struct cc *c, const char *path);
int cc_strings_read(struct cc *c, const char *path);
/* Labels that name no string, strings without a language, targets too small or overlapping. */
void cc_check(struct cc *c);
/* Measures every text with Inter, where it is installed; returns how many were measured, -1 without
 * it. */
int cc_measure(struct cc *c);
/* English in Hebrew letters: placeholders, digits and signs stay. */
void cc_pseudo(struct cc *c);
/* Languages, in the order of enum ui_language. */
extern const char *const cc_languages[CC_LANGUAGES];
/* Writes both outputs; 0 or -1. */
int cc_write(const struct cc *c, const char *dir);

#endif
