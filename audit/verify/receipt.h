/*
 * What makes lines out of the middle of a trail a receipt: one session of one run, from the rules
 * that were in force in it to the signature after its end, and a first line that names it. That
 * they follow each other, and are signed, is for check.c.
 */
#ifndef AUDIT_VERIFY_RECEIPT_H
#define AUDIT_VERIFY_RECEIPT_H
#include "audit/chain/line.h"
#include "lib/receipt.h"

#define RECEIPT_GRANTS 1024 /* more than a session has */
#define RECEIPT_GRANT 32    /* the number of one, in hexadecimal */

struct receipt {
    char session[RECEIPT_SESSION]; /* as its first line has it */
    uint64_t line;                 /* ... that session's first */
    uint64_t run;
    enum { RECEIPT_NONE, RECEIPT_HEAD, RECEIPT_RULES, RECEIPT_BEGUN, RECEIPT_ENDED } at;
    bool whole;      /* the last line was the signature after its end */
    bool mine;       /* the last line is of that session */
    char people[64]; /* the session as its people have signed it; "": nothing signed yet */
    bool share;      /* what is shown is signed */
    bool grant;      /* a grant is, to `member`, and no control_on has come for it */
    char grants[RECEIPT_GRANTS][RECEIPT_GRANT]; /* signed so far; beyond them a copy passes */
    unsigned n_grants;
    char member[8];    /* whom the last line of a grant was about */
    uint64_t shared;   /* place of the first share_on that nothing has been signed for; 0: none */
    uint64_t given;    /* ... of the control_on of the moment */
    uint64_t unproved; /* ... of the first control_on for which nothing came */
};

/* Is this line, the first, that of a receipt? Every byte is distrusted. false: *r is untouched. */
bool receipt_head(struct receipt *r, const char *text, size_t len);
/* The next line of the trail, which is good, and stands in that place of the file. false: it is
   what people have signed in another session. */
bool receipt_line(struct receipt *r, const struct line *l, uint64_t place);
/* Behind the last one: the first line where the screen was shown, or control given, without one of
   the lines that its people have signed; 0: there is none. */
uint64_t receipt_unproved(const struct receipt *r);

#endif
