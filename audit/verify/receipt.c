/* Receipts: see receipt.h. Run by vitrine-verify; distrusts every byte of them. */
#include "audit/verify/receipt.h"
#include "policy_tables.h"
#include <stdio.h>
#include <string.h>

#define RECEIPT_GRANT 32 /* the number of one, in hexadecimal */

/* Only what `vitrine audit receipt` prints, byte for byte. */
bool receipt_head(struct receipt *r, const char *text, size_t len)
{
    char head[RECEIPT_MAX], again[RECEIPT_MAX];
    char session[RECEIPT_SESSION] = "";
    uint64_t line;
    const size_t before = strlen(RECEIPT_BEGIN "1,\"session\":\"");
    if (len >= sizeof head || len <= before)
        return false;
    memcpy(head, text, len);
    head[len] = '\0';
    size_t digits = strspn(head + before, "0123456789");
    if (digits != 0 && digits != sizeof session - 1)
        return false;
    memcpy(session, head + before, digits);
    if (sscanf(head + before + digits, "\",\"line\":%15" SCNu64, &line) != 1)
        return false;
    snprintf(again, sizeof again, RECEIPT_PRINT, session, line);
    if (strlen(again) != len || memcmp(head, again, len) != 0)
        return false;
    memset(r, 0, sizeof *r); /* too large for a copy on the stack */
    memcpy(r->session, session, sizeof session);
    r->line = line;
    r->at = RECEIPT_HEAD;
    return true;
}

/* Trails of before sessions had a number there have none. */
static bool names_session(const struct receipt *r, const struct line *l)
{
    size_t len = 0;
    const char *session = line_field(l, "session", &len);
    return len == strlen(r->session) && (len == 0 || memcmp(session, r->session, len) == 0);
}

/* --- what people have signed --- */

/* The same as in the lines before, of which the first says what it is. */
static bool stays(char *first, size_t size, const struct line *l, const char *name)
{
    size_t len = 0;
    const char *at = line_field(l, name, &len);
    if (!at || len != size)
        return false;
    if (!first[0])
        memcpy(first, at, len);
    return memcmp(first, at, len) == 0;
}

/* All of it is of one session, with one organizer: whose key is whose in it, that one says, and who
   makes a key of his own would say it of himself. */
static bool same_people(struct receipt *r, const struct line *l)
{
    return stays(r->people, sizeof r->people, l, "session") &&
           stays(r->organizer, sizeof r->organizer, l, "organizer");
}

/* Nothing more is said of what began in that place. */
static void give_up(struct receipt *r, uint64_t *begun)
{
    if (*begun && (!r->unproved || *begun < r->unproved))
        r->unproved = *begun;
    *begun = 0;
}

/* Signed or not, that one is over. */
static void grant_over(struct receipt *r)
{
    give_up(r, &r->given);
    r->grant = false;
}

static void share_over(struct receipt *r)
{
    give_up(r, &r->shared);
    r->share = false;
}

/* Whom such a line is about, by number; "": nobody. */
static void take_member(char member[RECEIPT_MEMBER], const struct line *l, const char *name)
{
    size_t len = 0;
    const char *at = line_field(l, name, &len);
    memset(member, 0, RECEIPT_MEMBER);
    if (at && len < RECEIPT_MEMBER)
        memcpy(member, at, len);
}

/* true: the line of a grant before was about the same. */
static bool note_member(struct receipt *r, const struct line *l, const char *name)
{
    char member[RECEIPT_MEMBER];
    take_member(member, l, name);
    bool same = strcmp(member, r->member) == 0;
    memcpy(r->member, member, sizeof member);
    return same;
}

/* What both have signed is of one grant to one member; either line may be the first. */
static void control_on(struct receipt *r, const struct line *l, uint64_t place)
{
    bool same = note_member(r, l, "member");
    give_up(r, &r->given);
    r->given = r->grant && same ? 0 : place;
    r->grant = false;
}

static void share_on(struct receipt *r, uint64_t place)
{
    give_up(r, &r->shared);
    r->shared = r->share ? 0 : place;
    r->share = false;
}

enum noted { NOTED_FRESH, NOTED_COPY, NOTED_FULL };

/* What was signed once says nothing of another grant or share, wherever somebody has copied it to.
 */
static enum noted note(struct receipt *r, const struct line *l, const char *name, size_t n)
{
    size_t len = 0;
    char proof[RECEIPT_PROOF] = "";
    const char *at = line_field(l, name, &len);
    if (!at || len < n)
        return NOTED_FRESH; /* no good proof: others see that */
    memcpy(proof, at, n);
    for (unsigned i = 0; i < r->n_proofs; i++)
        if (memcmp(r->proofs[i], proof, sizeof proof) == 0)
            return NOTED_COPY;
    if (r->n_proofs == RECEIPT_PROOFS)
        return NOTED_FULL;
    memcpy(r->proofs[r->n_proofs++], proof, sizeof proof);
    return NOTED_FRESH;
}

/* Whom this computer controlled elsewhere has signed that, and nothing about this screen. */
static void control_signed(struct receipt *r, const struct line *l)
{
    char presenter[RECEIPT_MEMBER];
    take_member(presenter, l, "presenter");
    if (strcmp(presenter, r->presenter) != 0)
        return;
    bool same = note_member(r, l, "controller");
    if (r->given && same)
        r->given = 0;
    else
        r->grant = true;
    if (!same)
        give_up(r, &r->given);
}

/* One person shows this screen, under one number. */
static void share_signed(struct receipt *r, const struct line *l)
{
    char member[RECEIPT_MEMBER];
    take_member(member, l, "member");
    if (!r->presenter[0])
        memcpy(r->presenter, member, sizeof member);
    if (strcmp(member, r->presenter) != 0)
        return;
    r->share = !r->shared;
    r->shared = 0;
}

enum verdict receipt_signed(struct receipt *r, const struct line *l, bool named, bool *copy)
{
    bool share = l->id == AUDIT_SHARE_PROOF;
    *copy = false;
    if (!same_people(r, l))
        return VERDICT_PROOF;
    if (!named)
        return VERDICT_OK;
    switch (share ? note(r, l, "sig", RECEIPT_PROOF) : note(r, l, "grant", RECEIPT_GRANT)) {
    case NOTED_FULL:
        return VERDICT_MANY;
    case NOTED_FRESH:
        if (share)
            share_signed(r, l);
        else
            control_signed(r, l);
        break;
    case NOTED_COPY:
        *copy = true;
        break;
    }
    return VERDICT_OK;
}

static void of_session(struct receipt *r, const struct line *l, uint64_t place)
{
    switch (l->id) {
    case AUDIT_SHARE_ON:
        share_on(r, place);
        break;
    case AUDIT_SHARE_OFF:
    case AUDIT_SHARE_PAUSED:
        share_over(r);
        break;
    case AUDIT_CONTROL_ON:
        control_on(r, l, place);
        break;
    case AUDIT_CONTROL_OFF:
        grant_over(r);
        break;
    case AUDIT_SESSION_END:
        share_over(r);
        grant_over(r);
        break;
    default:
        break;
    }
}

/* --- the session --- */

/* A run has one session after the other: where the next one begins, the end of this one is missing.
 */
static void may_end(struct receipt *r, const struct line *l, uint64_t place)
{
    if (l->run != r->run || r->odd)
        return;
    if (l->id == AUDIT_SESSION_START || (l->id == AUDIT_SESSION_END && !names_session(r, l))) {
        r->odd = place;
        r->odd_why = l->id == AUDIT_SESSION_START ? VERDICT_NOT_ENDED : VERDICT_OTHER_END;
    } else if (l->id == AUDIT_SESSION_END) {
        r->at = RECEIPT_ENDED;
    }
}

static void walk(struct receipt *r, const struct line *l, uint64_t place)
{
    switch (r->at) {
    case RECEIPT_NONE:
    case RECEIPT_MORE:
        break;
    case RECEIPT_HEAD: /* older trails have the rules in the line of the program's start alone */
        r->run = l->run;
        r->at = l->id == AUDIT_RULES || l->id == AUDIT_PROGRAM_START ? RECEIPT_RULES : RECEIPT_NONE;
        break;
    case RECEIPT_RULES:
        if (l->n == r->line && l->id == AUDIT_SESSION_START && l->run == r->run &&
            names_session(r, l))
            r->at = RECEIPT_BEGUN;
        break;
    case RECEIPT_BEGUN:
        may_end(r, l, place);
        break;
    case RECEIPT_ENDED:
        if (l->id == AUDIT_SIGNED_HEAD && l->run == r->run)
            r->at = RECEIPT_WHOLE;
        break;
    case RECEIPT_WHOLE: /* whatever comes after that is not of this session */
        r->at = RECEIPT_MORE;
        r->more = place;
        break;
    }
}

void receipt_line(struct receipt *r, const struct line *l, uint64_t place)
{
    bool begun = r->at == RECEIPT_BEGUN; /* its session_end is of it, too */
    walk(r, l, place);
    r->mine = l->run == r->run && (begun || r->at == RECEIPT_BEGUN);
    if (r->mine)
        of_session(r, l, place);
}

static enum verdict lacking(uint64_t *line, uint64_t where, enum verdict what)
{
    *line = where;
    return what;
}

enum verdict receipt_lacks(const struct receipt *r, uint64_t last, uint64_t *line)
{
    switch (r->at) {
    case RECEIPT_RULES:
        return lacking(line, 1, VERDICT_NO_SESSION);
    case RECEIPT_BEGUN:
        return r->odd ? lacking(line, r->odd, r->odd_why)
                      : lacking(line, last + 1, VERDICT_NOT_ENDED);
    case RECEIPT_ENDED:
        return lacking(line, last + 1, VERDICT_NOT_SIGNED);
    case RECEIPT_MORE:
        return lacking(line, r->more, VERDICT_MORE);
    case RECEIPT_WHOLE:
        return lacking(line, r->unproved, r->unproved ? VERDICT_UNPROVED : VERDICT_RECEIPT);
    case RECEIPT_NONE:
    case RECEIPT_HEAD:
        break;
    }
    return lacking(line, 2, VERDICT_NO_RECEIPT);
}
