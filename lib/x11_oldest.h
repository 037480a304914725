/*
 * Questions to an X server under way, as xcb's sequence numbers (0: none), and which is to be
 * looked for. Answers come in the order of the questions: where the oldest is not there, none is.
 * Whoever looks for another one (xcb_poll_for_reply() reads the connection) may leave an answer in
 * xcb's queue, where poll(2) does not see it.
 */
#ifndef LIB_X11_OLDEST_H
#define LIB_X11_OLDEST_H
#include <stdint.h>

/* The index of the oldest of n; n: no question is under way. The numbers wrap round. */
static inline unsigned x11_oldest(const unsigned *asked, unsigned n)
{
    unsigned first = n;
    for (unsigned i = 0; i < n; i++)
        if (asked[i] != 0 && (first == n || (int32_t)(asked[i] - asked[first]) < 0))
            first = i;
    return first;
}

#endif
