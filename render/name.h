/*
 * Claimed names and other foreign text made fit to be drawn (ui.md 8). Input is whatever a peer
 * typed: it is decoded here code point by code point and nothing is assumed about it. Used by
 * vitrine-render ui.
 */
#ifndef RENDER_NAME_H
#define RENDER_NAME_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAME_GRAPHEMES 24
#define NAME_MARKS 4       /* combining marks kept on one letter */
#define NAME_CLEAN_MAX 512 /* bytes of a cleaned name, terminator included */

/* Normalizes (NFC), removes control, format, private-use, direction and invisible characters,
   collapses white space, turns double quotes into ', keeps at most NAME_GRAPHEMES graphemes, the
   last of them "…" where there were more. Writes a terminated UTF-8 text and returns its length; 0
   when nothing visible is left. Malformed UTF-8 counts as nothing visible. */
size_t name_clean(char out[NAME_CLEAN_MAX], const char *untrusted, size_t len);

/* The same for a line that somebody wrote: as long as it is, with its quotation marks. `len` at
   most 256. */
size_t name_clean_text(char out[NAME_CLEAN_MAX], const char *untrusted, size_t len);

/* What a name looks like: two names that a person may take for each other have the same skeleton.
   Decomposed, without marks, case, spaces and signs; letters of other scripts, and digits, that are
   drawn like Latin letters become those. For comparing only, never shown. Returns its length.

   A capital may be drawn like another Latin letter than its small one: Greek Nu is N, nu is v. As
   written, each is what it is drawn like; in small letters, a name is the same in either case. Two
   names look alike where either of these is the same. */
enum name_reading { NAME_AS_WRITTEN, NAME_IN_SMALL, NAME_READINGS };
size_t name_skeleton(char out[NAME_CLEAN_MAX], const char *untrusted, size_t len,
                     enum name_reading how);
/* Both look the same; two names of which nothing is visible do not. */
bool name_looks_like(const char *a, const char *b);
/* It contains "vitrine", or is "you" or the language's word for it (`you`, may be NULL), whatever
   letters it is written with. */
bool name_misleads(const char *untrusted, const char *you);

/* Byte length of the first `count` graphemes of a text. */
size_t name_prefix(const char *text, size_t len, size_t count);
/* Number of graphemes. */
size_t name_graphemes(const char *text, size_t len);

#endif
