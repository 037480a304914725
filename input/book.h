/*
 * What this worker has down at the X server: every key and button it pressed and has not released.
 * Pure. Letting go is made of this book, not of what the controller says is down.
 */
#ifndef INPUT_BOOK_H
#define INPUT_BOOK_H
#include "input/inject.h"
#include <stddef.h>

#define BOOK_ACTIONS 272 /* 256 keycodes and 16 buttons */

struct book {
    uint8_t keys[32];
    uint16_t buttons; /* bit n: button n + 1, 1..16 */
};

/* One action that is sent now. */
void book_note(struct book *b, const struct action *a);
/* The releases of everything that is down, buttons first; returns how many. The book is not
   changed: sending them does that. */
size_t book_releases(const struct book *b, struct action out[BOOK_ACTIONS]);
/* Is anything down? */
bool book_holds(const struct book *b);

#endif
