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

void receipt_line(struct receipt *r, const struct line *l)
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
