/*
 * What makes lines out of the middle of a trail a receipt: one session of one run, from the rules
 * that were in force in it to the signature after its end, and a first line that names it. That
 * they follow each other, and are signed, is for check.c.
 */
#ifndef AUDIT_VERIFY_RECEIPT_H
#define AUDIT_VERIFY_RECEIPT_H
#include "audit/chain/line.h"
#include "lib/receipt.h"

struct receipt {
    char session[RECEIPT_SESSION]; /* as its first line has it */
    uint64_t line;                 /* ... that session's first */
    uint64_t run;
    enum { RECEIPT_NONE, RECEIPT_HEAD, RECEIPT_RULES, RECEIPT_BEGUN, RECEIPT_ENDED } at;
    bool whole; /* the last line was the signature after its end */
};

/* Is this line, the first, that of a receipt? Every byte is distrusted. false: *r is untouched. */
bool receipt_head(struct receipt *r, const char *text, size_t len);
/* The next line of the trail, which is good, and in its place. */
void receipt_line(struct receipt *r, const struct line *l);

#endif
