/*
 * A trail as one text: the parts that were put aside, oldest first, and then the log. However long
 * it is, one file is open besides the log, and one line in memory.
 */
#ifndef BROKER_AUDIT_LINES_H
#define BROKER_AUDIT_LINES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define AUDIT_LINE 16384 /* no line of a trail is longer (audit/FORMAT.md 1) */

struct audit_lines {
    const char *file; /* of the log; the caller's */
    int log;
    FILE *in;      /* what is being read */
    unsigned part; /* ... its number; behind `newest`: the log */
    unsigned newest;
    bool failed;
    bool quiet;                /* says nothing: somebody else reads the same */
    bool hole;                 /* lines are missing between two that were read, which was said */
    unsigned long n;           /* lines read */
    unsigned long long number; /* what the last one calls itself; 0: none was read */
    size_t len;                /* of the last one, without its newline */
    char line[AUDIT_LINE + 1];
};

/* false: it cannot be read, which was said in one line on standard error. Only files are read. */
bool audit_lines_open(struct audit_lines *l, const char *file);
/* The next line, ended by a zero byte; the first of a receipt, which is none of the trail, is
   counted and passed over. One that is too long is cut, and then none of a trail.
   false: the end, or something cannot be read, which was said. Where numbers are missing, that is
   said, and it goes on. */
bool audit_lines_next(struct audit_lines *l);
/* From the first line again. */
void audit_lines_rewind(struct audit_lines *l);
/* On standard error: so many of the lines read are none of a trail. */
void audit_lines_print_strange(const struct audit_lines *l, unsigned long strange);
/* false: something could not be read, or was missing. */
bool audit_lines_close(struct audit_lines *l);

#endif
