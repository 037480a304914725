/* Receipts: see receipt.h. Run by vitrine-verify; distrusts every byte of them. */
#include "audit/verify/receipt.h"
#include "policy_tables.h"
#include <stdio.h>
#include <string.h>

/* Only what `vitrine audit receipt` prints, byte for byte. */
bool receipt_head(struct receipt *r, const char *text, size_t len)
{
    char head[RECEIPT_MAX], again[RECEIPT_MAX];
    struct receipt found = {.at = RECEIPT_HEAD};
    const size_t before = strlen(RECEIPT_BEGIN "1,\"session\":\"");
    if (len >= sizeof head || len <= before)
        return false;
    memcpy(head, text, len);
    head[len] = '\0';
    size_t digits = strspn(head + before, "0123456789");
    if (digits != 0 && digits != sizeof found.session - 1)
        return false;
    memcpy(found.session, head + before, digits);
    if (sscanf(head + before + digits, "\",\"line\":%15" SCNu64, &found.line) != 1)
        return false;
    snprintf(again, sizeof again, RECEIPT_PRINT, found.session, found.line);
    if (strcmp(head, again) != 0)
        return false;
    *r = found;
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

/* Both sides sign which session it is, so that nothing of another one stands in for it. */
static bool same_people(struct receipt *r, const struct line *l)
{
    size_t len = 0;
    const char *session = line_field(l, "session", &len);
    if (!session || len != sizeof r->people)
        return false;
    if (!r->people[0])
        memcpy(r->people, session, len);
    return memcmp(r->people, session, len) == 0;
}

/* Nothing more is said of that grant. */
static void give_up_given(struct receipt *r)
{
    if (!r->unproved)
        r->unproved = r->given;
    r->given = 0;
}

/* Signed or not, that grant is over. */
static void grant_over(struct receipt *r)
{
    give_up_given(r);
    r->grant = false;
}

/* Whom such a line is about, by number; "": nobody. true: the line before was, too. */
static bool note_member(struct receipt *r, const struct line *l, const char *name)
{
    char member[sizeof r->member] = "";
    size_t len = 0;
    const char *at = line_field(l, name, &len);
    if (at && len < sizeof member)
        memcpy(member, at, len);
    bool same = strcmp(member, r->member) == 0;
    memcpy(r->member, member, sizeof member);
    return same;
}

/* What both have signed is of one grant to one member; either line may be the first. */
static void control_on(struct receipt *r, const struct line *l, uint64_t place)
{
    bool same = note_member(r, l, "member");
    give_up_given(r);
    r->given = r->grant && same ? 0 : place;
    r->grant = false;
}

/* What was signed once says nothing of another grant, wherever somebody has copied it to. false: it
   was there before. */
static bool note_grant(struct receipt *r, const struct line *l)
{
    size_t len = 0;
    const char *grant = line_field(l, "grant", &len);
    if (!grant || len != RECEIPT_GRANT)
        return true; /* no good proof: others see that */
    for (unsigned i = 0; i < r->n_grants; i++)
        if (memcmp(r->grants[i], grant, len) == 0)
            return false;
    if (r->n_grants < RECEIPT_GRANTS)
        memcpy(r->grants[r->n_grants++], grant, len);
    return true;
}

static void control_signed(struct receipt *r, const struct line *l)
{
    if (!note_grant(r, l))
        return;
    bool same = note_member(r, l, "controller");
    if (r->given && same)
        r->given = 0;
    else
        r->grant = true;
    if (!same)
        give_up_given(r);
}

static bool of_session(struct receipt *r, const struct line *l, uint64_t place)
{
    switch (l->id) {
    case AUDIT_SHARE_ON:
        if (!r->share && !r->shared)
            r->shared = place;
        return true;
    case AUDIT_SHARE_PROOF:
        r->share = true;
        r->shared = 0;
        return same_people(r, l);
    case AUDIT_CONTROL_ON:
        control_on(r, l, place);
        return true;
    case AUDIT_CONTROL_PROOF:
        control_signed(r, l);
        return same_people(r, l);
    case AUDIT_CONTROL_OFF:
    case AUDIT_SESSION_END:
        grant_over(r);
        return true;
    default:
        return true;
    }
}

uint64_t receipt_unproved(const struct receipt *r)
{
    return !r->unproved || (r->shared && r->shared < r->unproved) ? r->shared : r->unproved;
}

/* --- the session --- */

static void walk(struct receipt *r, const struct line *l)
{
    r->whole = false;
    switch (r->at) {
    case RECEIPT_NONE:
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
        if (l->id == AUDIT_SESSION_END && l->run == r->run && names_session(r, l))
            r->at = RECEIPT_ENDED;
        break;
    case RECEIPT_ENDED:
        if (l->id != AUDIT_SIGNED_HEAD || l->run != r->run)
            break;
        r->whole = true; /* whatever comes after that is not of this session */
        r->at = RECEIPT_NONE;
        break;
    }
}

bool receipt_line(struct receipt *r, const struct line *l, uint64_t place)
{
    bool begun = r->at == RECEIPT_BEGUN; /* its session_end is of it, too */
    walk(r, l);
    r->mine = l->run == r->run && (begun || r->at == RECEIPT_BEGUN);
    return !r->mine || of_session(r, l, place);
}
