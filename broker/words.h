/*
 * Session passwords (e2e.md 5): made from the word list, or what somebody types or keeps in a file.
 * The canonical form is what seal gets; whoever holds one wipes it (explicit_bzero).
 */
#ifndef BROKER_WORDS_H
#define BROKER_WORDS_H
#include "policy/limits.h"
#include <stdbool.h>
#include <stddef.h>

#define WORDS_IN_PASSWORD 4
#define WORDS_SHOWN (WORDS_IN_PASSWORD * 8) /* four words of 7 with spaces, terminated */

struct password {
    char text[MAX_PASSWORD +
              1]; /* canonical: 0x21-0x7E without hyphens, MIN_PASSWORD..MAX_PASSWORD bytes */
    size_t len;
};

/* Four words drawn uniformly, 10 bits each from the kernel's generator, with spaces between. false:
   the kernel gave no random bytes. */
bool words_make(char shown[WORDS_SHOWN]);

/* The canonical form: spaces and hyphens deleted; lower-cased when it consists of words of the
   list. The same rule for the owner's and the joiner's entry, so that both come to the same. false:
   a byte outside 0x20-0x7E, too short, too long. */
bool words_canonical(const char *entry, size_t len, struct password *out);

/* First line of a file of at most 1 KiB. NULL, or why not, in words. */
const char *words_read_file(const char *path, struct password *out);

void words_wipe(struct password *p);

#endif
