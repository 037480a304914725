/*
 * The two word lists (e2e.md 5, 7): 1024 words that passwords are made of, 256 that are compared
 * aloud. They are disjoint, so that nobody reads out the wrong ones. All are common English words
 * of 3 to 7 lower-case letters, sorted; no word is the beginning of another one of its list, so
 * that four of them written together can be read in one way only; no two password words differ in
 * one letter, no two verification words in fewer than three; none has a twin that sounds alike.
 */
#ifndef LIB_WORDS_H
#define LIB_WORDS_H
#include <stdbool.h>
#include <stddef.h>

#define WORDS_PASSWORD 1024
#define WORDS_VERIFY 256
#define WORDS_LONGEST 7

extern const char *const words_password[WORDS_PASSWORD];
extern const char *const words_verify[WORDS_VERIFY];

/* Index of a password word given as len bytes in lower case; -1: not on the list. */
int words_password_find(const char *word, size_t len);

#endif
