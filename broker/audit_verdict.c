/* The verifier's answer in words. Run by a vitrine of its own for `vitrine audit verify`; reads the
   trail once more only to say in which of its files a line is. */
#include "broker/audit_verdict.h"
#include "broker/audit_lines.h"
#include "lib/fail.h"
#include "lib/hex.h"
#include "policy/limits.h"
#include <inttypes.h>

#define TEXT(n) #n
#define LIMIT(n) TEXT(n)
#define CUT_ANEW "have it cut from the trail anew: `vitrine audit receipt`"

enum { EXIT_OPEN = 7 }; /* as with doctor: nothing is wrong, but not all could be compared */

static const char *const verdicts[] = {
    [VERDICT_OK] = "whole",
    [VERDICT_EMPTY] = "empty",
    [VERDICT_NO_LOG] = "this is no audit trail of vitrine",
    [VERDICT_CHANGED] = "this line was changed",
    [VERDICT_REMOVED] = "lines are missing before this one",
    [VERDICT_REORDERED] = "this line stands in another place than it was written",
    [VERDICT_INSERTED] = "this line was inserted",
    [VERDICT_CUT] = "the end of the trail was cut off here",
    [VERDICT_SIGNATURE] = "from this line on the trail was rewritten, or its signature is wrong",
    [VERDICT_HALF_LINE] =
        "this line is torn: a crash while writing, not tampering; the rest is whole",
    [VERDICT_OTHER_KEY] = "the key file is not the one this trail was written with",
    [VERDICT_SLICE] =
        "whole as a part of a trail: nothing in it was changed, what stood before and "
        "after is not here",
    [VERDICT_RECEIPT] = "a receipt, and right: its session is here from the rules in force to the "
                        "signature after its end, and nothing in between was changed or left out; "
                        "of what stood before and after it says nothing",
    [VERDICT_SEAL] = "this line was not sealed when its place was written: the trail was written "
                     "anew from here on, or the key is another trail's",
    [VERDICT_PROOF] = "what people in the session signed is wrong here or of another session, or "
                      "the organizer did not name their key; of a receipt, ask for the file as "
                      "`vitrine audit receipt` gave it",
    [VERDICT_NO_RECEIPT] = "no receipt: its first line names a session, and the rules that were in "
                           "force in it do not begin here; " CUT_ANEW,
    [VERDICT_NO_SESSION] = "no receipt: its first line names a session that does not begin in the "
                           "line it says; " CUT_ANEW,
    [VERDICT_OTHER_END] = "no receipt: this line ends another session than the one that its first "
                          "line names; " CUT_ANEW,
    [VERDICT_NOT_ENDED] = "no receipt: its first line names a session whose end is not here; "
                          "when it has ended, " CUT_ANEW,
    [VERDICT_NOT_SIGNED] =
        "no receipt: its first line names a session, and the signature after its "
        "end is not here whole; " CUT_ANEW,
    [VERDICT_MORE] = "no receipt: from this line on it is no more of the session that its first "
                     "line names; " CUT_ANEW,
    [VERDICT_MANY] =
        "no receipt: more is signed in this session than can be told from copies (" LIMIT(
            RECEIPT_PROOFS) " grants and shares); have the trail itself verified, beside its key "
                            "file",
    [VERDICT_UNPROVED] =
        "a receipt, and right as this computer's word; but what people sign when the screen is "
        "shown, or control begins, is not here for this line; take it for no more, or have "
        "the other side of a grant give a receipt of its own trail",
    [VERDICT_NO_END] = "its key file is missing, and nothing else shows that it ends here",
};

/* Nothing in it is wrong. */
static bool is_good(enum verdict v)
{
    return v == VERDICT_OK || v == VERDICT_EMPTY || v == VERDICT_HALF_LINE || v == VERDICT_SLICE ||
           v == VERDICT_RECEIPT || v == VERDICT_UNPROVED;
}

static bool is_no_receipt(enum verdict v)
{
    return v == VERDICT_NO_RECEIPT || v >= VERDICT_NO_SESSION;
}

static bool is_open(enum verdict v, bool has_key)
{
    return v == VERDICT_SLICE || v == VERDICT_UNPROVED ||
           (!has_key && (v == VERDICT_OK || v == VERDICT_EMPTY));
}

/* Lines and signatures are right, and would be as well had it been cut at an earlier signature. */
static const char *words_of(const struct msg_verify_result *r, bool has_key)
{
    if (r->verdict >= sizeof verdicts / sizeof verdicts[0])
        return "unknown verdict";
    if (!has_key && r->verdict == VERDICT_OK)
        return "every line is right, but its key file is missing, and it could have been cut "
               "behind any signature";
    if (!has_key && r->verdict == VERDICT_EMPTY)
        return "empty, and its key file is missing or empty";
    if (r->verdict == VERDICT_OK && r->first > 1)
        return "whole as far as it is here";
    return verdicts[r->verdict];
}

static const char *lead(enum verdict v, bool has_key)
{
    if (v == VERDICT_NO_END || (v == VERDICT_OK && !has_key) || (v == VERDICT_EMPTY && !has_key))
        return "NOT shown to be whole: ";
    return is_good(v) ? "" : "NOT whole: ";
}

/* A trail of several files is read as one text; whoever looks for the line wants the file. One
   behind the end is where it should have been. */
static void print_line(const char *file, uint64_t line, FILE *out)
{
    static struct audit_lines l;
    unsigned part = 0;
    unsigned long before = 0;
    fprintf(out, "line %" PRIu64, line);
    if (!audit_lines_open(&l, file))
        return;
    l.quiet = true;
    bool there = true;
    while (l.n < line && (there = audit_lines_next(&l)))
        if (l.part != part) {
            part = l.part;
            before = l.n - 1;
        }
    if (!there && l.part != part) {
        part = l.part;
        before = l.n;
    }
    if (l.newest && part > l.newest)
        fprintf(out, " (line %" PRIu64 " of %s)", line - before, file);
    else if (l.newest)
        fprintf(out, " (line %" PRIu64 " of %s.%06u)", line - before, file, part);
    audit_lines_close(&l);
}

static const char *plural(uint32_t n)
{
    return n == 1 ? "signature" : "signatures";
}

static void print_signed(const struct msg_verify_result *r, FILE *out)
{
    if (r->signed_to)
        fprintf(out, ", signed up to line %" PRIu64, r->signed_to);
    else
        fputs(", none of it signed", out);
    if (r->sealed)
        fputs(is_good((enum verdict)r->verdict) || r->verdict == VERDICT_NO_END
                  ? ", every seal right"
                  : ", every seal before that right",
              out);
    if (r->proofs)
        fprintf(out, ", %" PRIu32 " %s of people in sessions right", r->proofs, plural(r->proofs));
    if (r->unnamed)
        fprintf(out,
                ", %" PRIu32 " %s right by keys that only this computer vouches for: the "
                "organizer's record is not here whole",
                r->unnamed, plural(r->unnamed));
}

/* Of a receipt, whose word it is, which only a comparison elsewhere can tell. */
static void print_receipt(const struct msg_verify_result *r, FILE *out)
{
    char key[HEX_SIZE(sizeof r->key)];
    hex_format(r->key, sizeof r->key, key);
    if (r->session)
        fprintf(out, ", session %09" PRIu32, r->session);
    fprintf(out, "; the word of the computer whose key is %s", key);
}

/* Where what is wrong stands is said; that older parts are not here is no fault. */
static void print_first(const struct msg_verify_result *r, FILE *out)
{
    if (r->verdict == VERDICT_RECEIPT || r->verdict == VERDICT_UNPROVED)
        print_receipt(r, out);
    else if (r->verdict == VERDICT_SLICE)
        fprintf(out, "; from number %" PRIu64 " of that trail, which could have been cut to this",
                r->first);
    else if (r->first > 1)
        fprintf(out, "; begins with number %" PRIu64 "%s", r->first,
                is_good((enum verdict)r->verdict) ? ": older parts are not here" : "");
}

int audit_verdict_print(const char *file, const struct msg_verify_result *r, bool has_key,
                        FILE *out)
{
    enum verdict v = (enum verdict)r->verdict;
    const char *words = words_of(r, has_key);
    if (v == VERDICT_NO_LOG) {
        fprintf(out, "%s: line %" PRIu64 ": %s\n", file, r->line ? r->line : 1, words);
        return 1;
    }
    fprintf(out, "%s: %s", file, lead(v, has_key));
    if (r->line) {
        print_line(file, r->line, out);
        fputs(": ", out);
    }
    fprintf(out, "%s (%" PRIu64 " lines read", words, r->lines);
    print_signed(r, out);
    print_first(r, out);
    if (!has_key && v != VERDICT_NO_END && v != VERDICT_RECEIPT && !is_no_receipt(v) &&
        !is_open(v, has_key))
        fputs("; without its key file a cut at the end cannot be seen", out);
    fputs(")\n", out);
    return is_open(v, has_key) ? EXIT_OPEN : is_good(v) ? 0 : 1;
}
