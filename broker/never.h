/*
 * Lists of programs whose windows are never shown to others: names as programs give them themselves
 * in WM_CLASS, instance or class, letters A to Z in either case. In files and fields they stand
 * with commas between. Pure.
 */
#ifndef BROKER_NEVER_H
#define BROKER_NEVER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NEVER_NAMES 32
#define NEVER_NAME 63                               /* bytes, printable ASCII without a comma */
#define NEVER_TEXT (NEVER_NAMES * (NEVER_NAME + 1)) /* as text, with its end */

struct never {
    unsigned n;
    char name[NEVER_NAMES][NEVER_NAME + 1];
};

/* "KeePassXC, VirtualBox Machine"; blanks around a name do not count, a name twice counts once, ""
   is an empty list. false: a name is empty, too long or not of the bytes above, or there are too
   many; *out is then undefined. */
bool never_parse(const char *text, struct never *out);
/* Without blanks: no longer than any text it was read from. */
void never_format(const struct never *list, char out[NEVER_TEXT]);
/* false: it cannot be one of them, or the list is full. */
bool never_add(struct never *list, const char *name, size_t len);
/* Everything in `part` is in `list`. */
bool never_covers(const struct never *list, const struct never *part);
/* The value of WM_CLASS: names with a zero byte behind each. One of them is listed? */
bool never_matches(const struct never *list, const uint8_t *value, size_t len);
/* The last name in it that a list can take: the class, which is that of all windows of a program.
   false: there is none. */
bool never_class(const uint8_t *value, size_t len, char out[NEVER_NAME + 1]);

#endif
