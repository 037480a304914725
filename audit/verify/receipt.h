/*
 * What makes lines out of the middle of a trail a receipt: one session of one run, from the rules
 * that were in force in it to the signature after its end, and a first line that names it. That
 * they follow each other, and are signed, is for check.c.
 */
#ifndef AUDIT_VERIFY_RECEIPT_H
#define AUDIT_VERIFY_RECEIPT_H
#include "audit/chain/line.h"
#include "lib/fail.h"
#include "lib/receipt.h"
#include "policy/limits.h"

/* In hexadecimal, what is in no other one: the number of a grant, or r of the signature of a share,
   which nobody can change and keep it right (as s can be: its negative is right, too). */
#define RECEIPT_PROOF 64
#define RECEIPT_MEMBER 8 /* a member's number, and a zero byte */

struct receipt {
    char session[RECEIPT_SESSION]; /* as its first line has it */
    uint64_t line;                 /* ... that session's first */
    uint64_t run;
    enum {
        RECEIPT_NONE, /* the rules do not begin it */
        RECEIPT_HEAD,
        RECEIPT_RULES,
        RECEIPT_BEGUN,
        RECEIPT_ENDED,
        RECEIPT_WHOLE, /* the last line was the signature after its end */
        RECEIPT_MORE   /* ... and others came behind it */
    } at;
    uint64_t more; /* place of the first of them */
    uint64_t odd;  /* place of the first line of that run that another session begins or ends; 0 */
    enum verdict odd_why;
    bool mine;           /* the last line is of that session */
    char people[64];     /* the session as its people have signed it; "": nothing signed yet */
    char organizer[130]; /* the key of who says whose keys theirs are, the same way */
    char presenter[RECEIPT_MEMBER]; /* who showed this screen, by number; "": nothing signed yet */
    bool share;                     /* a share is signed, and no share_on has come for it */
    bool grant;                     /* a grant is, to `member`, and no control_on has come for it */
    char proofs[RECEIPT_PROOFS][RECEIPT_PROOF]; /* signed so far */
    unsigned n_proofs;
    char member[RECEIPT_MEMBER]; /* whom the last line of a grant was about */
    uint64_t shared;   /* place of the share_on of the moment, nothing signed for it; 0: none */
    uint64_t given;    /* ... of the control_on of the moment */
    uint64_t unproved; /* ... of the first of both for which nothing came */
};

/* Is this line, the first, that of a receipt? Every byte is distrusted. false: *r is untouched. */
bool receipt_head(struct receipt *r, const char *text, size_t len);
/* The next line of the trail, which is good, and stands in that place of the file. One share is
   what is seen from a share_on to the share_off or share_paused behind it: who goes on after a
   pause, or chooses something else, shows anew and signs anew. Another size, place or epoch is the
   same share. One grant is what is controlled from a control_on to its control_off. Each has one
   line that its people signed, before its first or behind it. */
void receipt_line(struct receipt *r, const struct line *l, uint64_t place);
/* Behind that, where it is `mine`, and a control_proof or share_proof whose signatures are right.
   named: so is the organizer's word for their keys; without it nothing is proved. Nor by what was
   signed before, *copy, or by who does not show this screen. VERDICT_PROOF: it is of another
   session, or has another organizer; VERDICT_MANY: more than can be told from copies. */
enum verdict receipt_signed(struct receipt *r, const struct line *l, bool named, bool *copy);
/* Behind the last one, in that place: what is lacking, and the line where it is missed, which may
   be the one behind the last. VERDICT_RECEIPT: nothing. VERDICT_UNPROVED: nothing but what people
   sign for the share or grant that begins in that line. */
enum verdict receipt_lacks(const struct receipt *r, uint64_t last, uint64_t *line);

#endif
