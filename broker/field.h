/*
 * One line of text that the person types: the session number (or a whole invitation), the name, the
 * password. Pure. Text that goes in is judged by text_valid; what the field holds is valid UTF-8
 * within its bounds.
 */
#ifndef BROKER_FIELD_H
#define BROKER_FIELD_H
#include "policy/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIELD_ROOM CHAT_TYPED /* longest text of any field; an invitation has 384 at most */

enum field_kind {
    FIELD_NUMBER,   /* digits and spaces, at most 11; or an invitation that begins "vitrine://" */
    FIELD_NAME,     /* at most MAX_NAME bytes */
    FIELD_PASSWORD, /* at most MAX_PASSWORD bytes; shown as typed: the words are read out by
                       telephone */
    FIELD_CHAT,     /* at most CHAT_TYPED bytes */
    FIELD_NEVER,    /* names of programs, commas between: printable, FIELD_ROOM bytes */
    FIELD_RELAY     /* HOST[:PORT][/PIN] as typed so far: printable, no spaces */
};

struct field {
    enum field_kind kind;
    char text[FIELD_ROOM + 1]; /* terminated */
    size_t len, caret;         /* bytes; the caret stands between characters */
    bool all;                  /* everything is selected: the next text replaces it */
};

enum field_did {
    FIELD_NOTHING, /* not a key for a field: the window may use it */
    FIELD_EATEN,   /* used, nothing to see */
    FIELD_MOVED,   /* caret or selection */
    FIELD_CHANGED,
    FIELD_COPY, /* the caller puts the text on the clipboard */
    FIELD_CUT,  /* the same, then field_clear */
    FIELD_PASTE /* the caller asks for the clipboard and calls field_insert */
};

void field_init(struct field *f, enum field_kind kind);
/* Wipes. */
void field_finish(struct field *f);
void field_clear(struct field *f);
/* Replaces everything; false (unchanged) when the text does not fit the field. */
bool field_set(struct field *f, const char *bytes, size_t len);
/* Puts text at the caret. Space around it is trimmed and line ends become spaces when `pasted`; of
   a text with an invitation on a line of its own FIELD_NUMBER takes that. Text that is not valid,
   or would make the field's text too long or unfit, is refused whole: false. */
bool field_insert(struct field *f, const char *bytes, size_t len, bool pasted);
/* One key: keysym with effective modifiers. Enter, Escape, Tab and
   function keys are FIELD_NOTHING. */
enum field_did field_key(struct field *f, uint32_t keysym, uint32_t mods);
/* The text as a painter may be given it (ui_value.words holds at most `room` bytes): the part
 *around the caret. caret is the caret in that part, in bytes. */
const char *field_view(const struct field *f, size_t room, size_t *len, size_t *caret);

#endif
