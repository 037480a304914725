/*
 * Who was met before: names with the fingerprints of the keys they came with, pinned on first use
 * (e2e.md 7). $XDG_CONFIG_HOME/vitrine/known, mode 0600, written through broker/pins.c; a line is
 *     key = FINGERPRINT NAME
 * with 64 hexadecimal digits; in the name a space is %20 and a percent sign %25. Strict like every
 * key file: a broken one, or one that others can write, is refused with file and line, so that
 * nobody becomes unknown without a word.
 */
#ifndef BROKER_KNOWN_H
#define BROKER_KNOWN_H
#include "broker/keyfile.h"
#include "lib/span.h"
#include "policy/limits.h"
#include <stdint.h>

#define KNOWN_MAX 240 /* the longest names, spaces as %20, fit into KEYFILE_MAX (known.c) */
#define KNOWN_FP 32
#define KNOWN_FILE "known"

struct known {
    struct known_name {
        char name[MAX_NAME + 1];
        uint8_t fp[KNOWN_FP];
        /* Replaced by hand, and not in the file yet: another line there is out of date. */
        enum known_by_hand { KNOWN_SAVED, KNOWN_UNSAVED, KNOWN_SAVING } by_hand;
    } list[KNOWN_MAX];
    unsigned n;
};

/* Nobody where there is no file. false: `error` is the line to print. */
bool known_load(struct known *k, char error[KEYFILE_ERROR]);
/* What other programs of this user have met meanwhile is known here too from now on; where a name
   has another key there, the file's counts, unless ours is newer and by hand. Nobody becomes
   unknown by it, whatever has become of the file. false: it cannot be read, and `error` says why.
 */
bool known_refresh(struct known *k, char error[KEYFILE_ERROR]);

/* What the file is to be. */
void known_write(const struct known *k, FILE *f);
/* It is being written as it is now, or was: good, and the file's lines count from now on. */
void known_saving(struct known *k);
void known_saved(struct known *k, bool good);
/* For tests and fuzzing. */
bool known_parse(struct known *k, const char *file, const char *text, size_t len,
                 char error[KEYFILE_ERROR]);

/* The key that name came with, NULL: it never did. */
const uint8_t *known_find(const struct known *k, const char *name);
/* From now on that name goes with this key. false: there is no room for another name; nobody is
   forgotten for it. */
bool known_set(struct known *k, const char *name, const uint8_t fp[KNOWN_FP]);
/* The same by the owner's hand: it counts against the file's line too, until it is in the file. */
bool known_replace(struct known *k, const char *name, const uint8_t fp[KNOWN_FP]);

#endif
