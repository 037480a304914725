/* The verifier of a trail. Run by vitrine-verify; distrusts every byte of the log: it may have been
   made by whoever wants a wrong verdict, or a crash. */
#include "audit/verify/check_parts.h"
#include "policy_tables.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* --- the walk along the chain --- */

bool walk_wrong(struct walk *w, enum verdict verdict, uint64_t line)
{
    w->out->verdict = verdict;
    w->out->line = line;
    return false;
}

/* Does a good line with that place in the chain stand anywhere in the rest of the log? */
static bool stands_later(const struct walk *w, uint64_t n, const uint8_t prev[DIGEST_SIZE])
{
    struct reader *r = or_give_up(malloc(sizeof *r));
    const char *text;
    size_t len;
    bool found = false;
    memcpy(r, &w->reader, sizeof *r);
    for (enum reader_got got;
         !found && (got = reader_next(r, &text, &len)) <= READER_LONG && got != READER_TORN;) {
        struct line l;
        found = got == READER_LINE && line_parse(text, len, &l) && l.hash_right && l.n == n &&
                walk_equal(l.prev, prev);
    }
    free(r);
    return found;
}

/* The line after this one, if it is a good one; the reader stays where it is. */
static bool peek(const struct walk *w, struct line *next)
{
    struct reader *r = or_give_up(malloc(sizeof *r));
    const char *text;
    size_t len;
    memcpy(r, &w->reader, sizeof *r);
    bool good = reader_next(r, &text, &len) == READER_LINE && line_parse(text, len, next) &&
                next->hash_right;
    free(r);
    return good;
}

/* The line is good in itself but does not follow the one before. */
static bool out_of_place(struct walk *w, const struct line *l)
{
    struct line next;
    uint64_t expected = w->last.n + 1;
    if (l->n > expected)
        return walk_wrong(
            w, stands_later(w, expected, w->last.hash) ? VERDICT_REORDERED : VERDICT_REMOVED,
            w->place);
    if (walk_equal(l->hash, w->last.hash))
        return walk_wrong(w, VERDICT_INSERTED, w->place); /* the same line once more */
    if (l->n + 1 == expected && walk_equal(l->prev, w->before_last))
        return walk_wrong(w, VERDICT_INSERTED,
                          w->place - 1); /* both claim one place; this one belongs */
    if (l->n < expected)
        return walk_wrong(w, VERDICT_INSERTED, w->place);
    if (peek(w, &next) && walk_equal(next.prev, w->last.hash))
        return walk_wrong(w, VERDICT_INSERTED, w->place);
    /* What the line before says of itself is right, and not what this one says of it. */
    return walk_wrong(w, VERDICT_CHANGED, w->place > 1 ? w->place - 1 : w->place);
}

/* The oldest part that is still there begins where an older one ended. */
static void begin_late(struct walk *w, const struct line *l)
{
    w->last.n = l->n - 1;
    memcpy(w->last.hash, l->prev, DIGEST_SIZE);
}

/* Without a key file, lines out of the middle may be a receipt: signed by the key it names. */
static void begin_slice(struct walk *w, const struct line *l)
{
    begin_late(w, l);
    w->slice = true;
}

static bool is_receipt(struct walk *w, const char *text, size_t len)
{
    w->has_head = w->place == 1 && !w->key && receipt_head(&w->receipt, text, len);
    w->first += w->has_head;
    return w->has_head;
}

/* What a crash left before the first line of a part, of which the part before it may have held the
   beginning: that line says how many bytes of it stand here, their newlines included. Lines that
   were collected elsewhere, which have no key file, are without it. */
static bool begins_as_it_says(const struct walk *w, const struct line *l)
{
    uint64_t said = line_number(l, "here"), here = w->bad_place ? w->bad_len + 1 : 0;
    return said == here || (here == 0 && !w->key);
}

/* The oldest part that is there: what stands in it before its first line is forgiven or named. */
static bool begin_part(struct walk *w, const struct line *l)
{
    if (!begins_as_it_says(w, l))
        return w->bad_place ? walk_wrong(w, VERDICT_CHANGED, w->bad_place)
                            : walk_wrong(w, VERDICT_REMOVED, w->place);
    w->first = w->place;
    w->bad_place = 0;
    w->out->first = l->n;
    begin_late(w, l);
    return true;
}

/* That line is the first of the form of one. */
static bool begin(struct walk *w, const struct line *l)
{
    if (!w->bad_place)
        w->out->first = l->n;
    if (l->id == AUDIT_LOG_CONTINUED && l->n > 1)
        return begin_part(w, l);
    if (w->bad_place || l->id == AUDIT_LOG_START)
        return true; /* the lines of no form are forgiven, or not, as within a trail */
    if (l->n <= 1 || w->key)
        return walk_wrong(
            w, l->n > 1 || l->id == AUDIT_LOG_SUSPECT ? VERDICT_REMOVED : VERDICT_NO_LOG, w->place);
    begin_slice(w, l);
    return true;
}

static bool check_line(struct walk *w, const char *text, size_t len)
{
    struct line l;
    if (w->place == 1 && is_receipt(w, text, len))
        return true;
    if (!line_parse(text, len, &l) || !l.hash_right) {
        /* The line that says how much was torn may be torn, too: then both are one. */
        w->bad_len = w->bad_place ? w->bad_len + 1 + len : len;
        w->bad_place = w->bad_place ? w->bad_place : w->place;
        return true;
    }
    if (w->last.n == 0 && !begin(w, &l))
        return false;
    if (l.n != w->last.n + 1 || !walk_equal(l.prev, w->last.hash)) {
        if (w->bad_place)
            return walk_wrong(w, VERDICT_CHANGED, w->bad_place);
        return out_of_place(w, &l);
    }
    memcpy(w->before_last, l.prev, DIGEST_SIZE);
    w->last.n = l.n;
    memcpy(w->last.hash, l.hash, DIGEST_SIZE);
    receipt_line(&w->receipt, &l, w->place);
    return walk_check_meaning(w, &l) && walk_check_keys(w, &l);
}

/* Only what is signed proves itself. */
static void end_slice(struct walk *w)
{
    bool good = w->out->signed_to > 0 && w->out->signed_to + 1 == w->place;
    walk_wrong(w, good ? VERDICT_SLICE : VERDICT_REMOVED, good ? 0 : 1);
}

/* What calls itself a receipt is one, or nothing. */
static void end_receipt(struct walk *w, enum reader_got got)
{
    uint64_t line = 0;
    enum verdict lacks = receipt_lacks(&w->receipt, w->place, &line);
    bool good = lacks == VERDICT_RECEIPT || lacks == VERDICT_UNPROVED;
    if (good && got != READER_END)
        walk_wrong(w, VERDICT_MORE, w->place + 1);
    else if (good && !(w->slice && w->out->signed_to + 1 == w->place))
        walk_wrong(w, VERDICT_NOT_SIGNED, w->place);
    else
        walk_wrong(w, lacks, line);
    if (w->out->verdict == lacks && good)
        w->out->session = (uint32_t)strtoul(w->receipt.session, NULL, 10);
}

/* Whoever brings the verification key asks for the whole trail: without the key file its end is
   anywhere, and without the line of that key nothing was compared. The key file's own shows only a
   seal that is another. */
static void end_sealed(struct walk *w)
{
    enum verdict so_far = w->out->verdict;
    if (so_far != VERDICT_OK && so_far != VERDICT_EMPTY && so_far != VERDICT_HALF_LINE &&
        so_far != VERDICT_SLICE && so_far != VERDICT_RECEIPT && so_far != VERDICT_UNPROVED)
        return;
    if (w->odd_seal)
        walk_wrong(w, VERDICT_SEAL, w->odd_seal);
    else if (!w->has_seal || w->own_seal)
        return;
    else if (!w->key)
        walk_wrong(w, VERDICT_NO_END, 0);
    else if (!w->out->sealed)
        walk_wrong(w, VERDICT_CUT, w->place + 1);
}

/* Only in the middle of a batch a line can be torn, and then the key file says so. */
static enum verdict judge_torn(const struct walk *w)
{
    if (!w->out->lines)
        return VERDICT_NO_LOG;
    if (!w->key)
        return VERDICT_NO_END;
    return key_crashed(w->key) ? VERDICT_HALF_LINE : VERDICT_INSERTED;
}

/* Not one line of a trail in it, and no key file that says there was. */
static bool no_trail(const struct walk *w)
{
    return w->last.n == 0 && !w->key;
}

static void check_end(struct walk *w, enum reader_got got)
{
    const struct trail_key *k = w->key;
    if (w->bad_place)
        walk_wrong(w, w->place == 1 || no_trail(w) ? VERDICT_NO_LOG : VERDICT_CHANGED,
                   w->bad_place);
    else if (got == READER_ERROR)
        walk_wrong(w, VERDICT_NO_LOG, w->place);
    else if (w->has_head)
        end_receipt(w, got);
    else if (k && w->last.n < k->head.n)
        walk_wrong(w, VERDICT_CUT, w->place + 1);
    else if (got == READER_TORN)
        walk_wrong(w, judge_torn(w), w->place + 1);
    else if (w->place == 0)
        walk_wrong(w, VERDICT_EMPTY, 0);
    else if (w->slice)
        end_slice(w);
    else if (!k && w->out->signed_to + 1 != w->place)
        walk_wrong(w, VERDICT_NO_END, 0);
    end_sealed(w);
}

void check_log(const struct reader_source *log, const struct trail_key *key,
               const struct check_seal *seal, struct check_result *out)
{
    struct walk *w = or_give_up(calloc(1, sizeof *w));
    memset(out, 0, sizeof *out);
    w->reader.source = log;
    w->key = key;
    w->out = out;
    w->first = 1;
    if (key) {
        memcpy(w->public_key, key->public_key, 32);
        w->has_key = true;
    }
    if (seal) {
        w->seal = *seal;
        w->has_seal = true;
    } else if (key && key_is_kept(key)) {
        w->seal.from = key->kept_from;
        memcpy(w->seal.key, key->kept, DIGEST_SIZE);
        w->has_seal = w->own_seal = true;
    }
    enum reader_got got;
    bool good = true;
    const char *text;
    size_t len;
    while (good && (got = reader_next(&w->reader, &text, &len)) != READER_END &&
           got != READER_TORN && got != READER_ERROR) {
        w->place++;
        out->lines++;
        good = got == READER_LINE
                   ? check_line(w, text, len)
                   : walk_wrong(w, no_trail(w) ? VERDICT_NO_LOG : VERDICT_CHANGED, w->place);
    }
    if (good)
        check_end(w, got);
    OPENSSL_cleanse(&w->seal, sizeof w->seal);
    free(w->book);
    free(w);
}
