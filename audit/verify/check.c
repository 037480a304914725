/* The verifier of a trail. Run by vitrine-verify; distrusts every byte of the log: it may have been
   made by whoever wants a wrong verdict, or a crash. */
#include "audit/verify/check.h"
#include "audit/verify/proof.h"
#include "lib/hex.h"
#include "policy_tables.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* --- the walk along the chain --- */

struct walk {
    struct reader reader;
    const struct trail_key *key;
    struct check_result *out;
    struct line_head last;            /* of the chain so far */
    uint8_t before_last[DIGEST_SIZE]; /* what the last line names as its predecessor */
    uint8_t public_key[32];           /* that signs this log */
    bool has_key;
    uint64_t place;         /* line of the file */
    struct check_seal seal; /* of the next line */
    bool has_seal, slice;
    uint64_t bad_place; /* a line of no form: wrong, unless the next one says that it was torn */
    size_t bad_len;
    struct proof_book *book; /* NULL before the first line of one: it is large */
};

static bool wrong(struct walk *w, enum verdict verdict, uint64_t line)
{
    w->out->verdict = verdict;
    w->out->line = line;
    return false;
}

static bool equal(const uint8_t a[DIGEST_SIZE], const uint8_t b[DIGEST_SIZE])
{
    return memcmp(a, b, DIGEST_SIZE) == 0;
}

/* Does a good line with that place in the chain stand anywhere in the rest of the log? */
static bool stands_later(const struct walk *w, uint64_t n, const uint8_t prev[DIGEST_SIZE])
{
    struct reader *r = malloc(sizeof *r);
    const char *text;
    size_t len;
    bool found = false;
    if (!r)
        return false;
    memcpy(r, &w->reader, sizeof *r);
    for (enum reader_got got;
         !found && (got = reader_next(r, &text, &len)) <= READER_LONG && got != READER_TORN;) {
        struct line l;
        found = got == READER_LINE && line_parse(text, len, &l) && l.hash_right && l.n == n &&
                equal(l.prev, prev);
    }
    free(r);
    return found;
}

/* The line after this one, if it is a good one; the reader stays where it is. */
static bool peek(const struct walk *w, struct line *next)
{
    struct reader *r = malloc(sizeof *r);
    const char *text;
    size_t len;
    if (!r)
        return false;
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
        return wrong(w,
                     stands_later(w, expected, w->last.hash) ? VERDICT_REORDERED : VERDICT_REMOVED,
                     w->place);
    if (equal(l->hash, w->last.hash))
        return wrong(w, VERDICT_INSERTED, w->place); /* the same line once more */
    if (l->n + 1 == expected && equal(l->prev, w->before_last))
        return wrong(w, VERDICT_INSERTED,
                     w->place - 1); /* both claim one place; this one belongs */
    if (l->n < expected)
        return wrong(w, VERDICT_INSERTED, w->place);
    if (peek(w, &next) && equal(next.prev, w->last.hash))
        return wrong(w, VERDICT_INSERTED, w->place);
    /* What the line before says of itself is right, and not what this one says of it. */
    return wrong(w, VERDICT_CHANGED, w->place > 1 ? w->place - 1 : w->place);
}

static bool check_start(struct walk *w, const struct line *l)
{
    size_t len;
    uint8_t key[32];
    const char *hex = line_field(l, "key", &len);
    if (!hex || len != 64 || !hex_parse(hex, 32, key))
        return wrong(w, VERDICT_CHANGED, w->place);
    if (w->has_key && memcmp(key, w->public_key, 32) != 0)
        return wrong(w, VERDICT_OTHER_KEY, w->place);
    memcpy(w->public_key, key, 32);
    w->has_key = true;
    return true;
}

static bool check_signature(struct walk *w, const struct line *l)
{
    size_t len;
    uint8_t key[32], signature[SIGNATURE_SIZE], message[HEAD_MESSAGE];
    const char *hex = line_field(l, "key", &len);
    if (!hex || len != 64 || !hex_parse(hex, 32, key))
        return wrong(w, VERDICT_SIGNATURE, w->place);
    if (w->slice && !w->has_key) {
        memcpy(w->public_key, key, 32);
        w->has_key = true;
    }
    if (!w->has_key || memcmp(key, w->public_key, 32) != 0)
        return wrong(w, VERDICT_OTHER_KEY, w->place);
    hex = line_field(l, "signature", &len);
    if (!hex || len != 2 * SIGNATURE_SIZE || !hex_parse(hex, SIGNATURE_SIZE, signature))
        return wrong(w, VERDICT_SIGNATURE, w->place);
    digest_head_message(l->n - 1, l->prev, message);
    if (!digest_verify(key, message, sizeof message, signature))
        return wrong(w, VERDICT_SIGNATURE, w->place);
    w->out->signed_to = w->place - 1;
    return true;
}

/* A line of no form is forgiven only to one that says how many bytes were torn, and says it
 * rightly. */
static bool check_torn(struct walk *w, const struct line *l)
{
    size_t len;
    char said[24] = "";
    const char *bytes = l->id == AUDIT_LOG_RECOVERED ? line_field(l, "bytes", &len) : NULL;
    if (bytes && len < sizeof said)
        memcpy(said, bytes, len);
    if (w->bad_place && strtoull(said, NULL, 10) != w->bad_len)
        return wrong(w, VERDICT_CHANGED, w->bad_place);
    w->bad_place = 0;
    return true;
}

static bool check_proof(struct walk *w, const struct line *l,
                        enum proof_says (*judge)(struct proof_book *, const struct line *),
                        uint32_t signatures)
{
    if (!w->book)
        w->book = calloc(1, sizeof *w->book);
    if (!w->book)
        return wrong(w, VERDICT_NO_LOG, w->place);
    enum proof_says says = judge(w->book, l);
    if (says == PROOF_WRONG)
        return wrong(w, VERDICT_PROOF, w->place);
    w->out->proofs += says == PROOF_GOOD ? signatures : 0;
    w->out->unnamed += says == PROOF_UNNAMED ? signatures : 0;
    return true;
}

static bool check_meaning(struct walk *w, const struct line *l)
{
    if (!check_torn(w, l))
        return false;
    switch (l->id) {
    case AUDIT_LOG_START:
    case AUDIT_LOG_CONTINUED:
        return check_start(w, l);
    case AUDIT_SIGNED_HEAD:
        return check_signature(w, l);
    case AUDIT_RECORD_PART:
        return check_proof(w, l, proof_part, 0);
    case AUDIT_CONTROL_PROOF:
        return check_proof(w, l, proof_control, 2);
    case AUDIT_SHARE_PROOF:
        return check_proof(w, l, proof_share, 1);
    case AUDIT_LOG_SUSPECT: /* the writer found the log changed and went on */
        return wrong(w, VERDICT_CUT, w->place);
    default:
        return true;
    }
}

/* The key file knows the last line that was written: is it this one, with this hash? */
static bool check_against_head(struct walk *w, const struct line *l)
{
    const struct trail_key *k = w->key;
    if (!k)
        return true;
    if ((l->n == k->head.n && !equal(l->hash, k->head.hash)) ||
        (l->n == k->next.n && !equal(l->hash, k->next.hash)))
        return wrong(w, VERDICT_SIGNATURE, w->out->signed_to + 1); /* rewritten as a whole since */
    if (l->n > k->head.n && l->n > k->next.n)
        return wrong(w, VERDICT_INSERTED, w->place);
    return true;
}

/* The sealing key has moved on: the key file has the one of the line after its head, and nobody can
   turn it back. */
static bool check_seal_at_head(struct walk *w, const struct line *l)
{
    if (!w->key || l->n != w->key->head.n || memcmp(w->seal.key, w->key->seal, DIGEST_SIZE) == 0)
        return true;
    return wrong(w, VERDICT_CUT, w->place + 1);
}

/* The rest of a trail may begin behind the line the key is of: the key moves on to its first line,
   within bounds. Nowhere later: there a gap is one. */
static bool seal_at_first(struct walk *w, const struct line *l)
{
    if (w->place != 1 || l->n <= w->seal.from || l->n - w->seal.from > CHECK_SEAL_STEPS)
        return true;
    while (w->seal.from < l->n) {
        if (!digest_evolve(w->seal.key))
            return wrong(w, VERDICT_SEAL, w->place);
        w->seal.from++;
    }
    return true;
}

static bool check_seal(struct walk *w, const struct line *l)
{
    uint8_t right[DIGEST_SIZE];
    if (!w->has_seal || l->n < w->seal.from)
        return true;
    if (!seal_at_first(w, l))
        return false;
    if (l->n != w->seal.from || !digest_seal(w->seal.key, l->hash, right) ||
        memcmp(right, l->seal, DIGEST_SIZE) != 0)
        return wrong(w, VERDICT_SEAL, w->place);
    w->seal.from++;
    w->out->sealed = true;
    return digest_evolve(w->seal.key) && check_seal_at_head(w, l);
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

static bool check_line(struct walk *w, const char *text, size_t len)
{
    struct line l;
    if (!line_parse(text, len, &l) || !l.hash_right) {
        /* The line that says how much was torn may be torn, too: then both are one. */
        w->bad_len = w->bad_place ? w->bad_len + 1 + len : len;
        w->bad_place = w->bad_place ? w->bad_place : w->place;
        return true;
    }
    if (w->place == 1)
        w->out->first = l.n;
    if (w->place == 1 && l.id == AUDIT_LOG_CONTINUED && l.n > 1)
        begin_late(w, &l);
    else if (w->place == 1 && l.id != AUDIT_LOG_START && l.n > 1 && !w->key)
        begin_slice(w, &l);
    else if (w->last.n == 0 && w->place == 1 && l.id != AUDIT_LOG_START)
        return wrong(w, l.n > 1 ? VERDICT_REMOVED : VERDICT_NO_LOG, 1);
    if (l.n != w->last.n + 1 || !equal(l.prev, w->last.hash)) {
        if (w->bad_place)
            return wrong(w, VERDICT_CHANGED, w->bad_place);
        return out_of_place(w, &l);
    }
    memcpy(w->before_last, l.prev, DIGEST_SIZE);
    w->last.n = l.n;
    memcpy(w->last.hash, l.hash, DIGEST_SIZE);
    return check_meaning(w, &l) && check_against_head(w, &l) && check_seal(w, &l);
}

/* Only what is signed proves itself. */
static void end_slice(struct walk *w)
{
    bool good = w->out->signed_to > 0 && w->out->signed_to + 1 == w->place;
    wrong(w, good ? VERDICT_SLICE : VERDICT_REMOVED, good ? 0 : 1);
}

/* Whoever brings the key kept elsewhere asks for the whole trail: without the key file its end is
   anywhere, and without the line of that key nothing was compared. */
static void end_sealed(struct walk *w)
{
    enum verdict so_far = w->out->verdict;
    if (!w->has_seal || (so_far != VERDICT_OK && so_far != VERDICT_EMPTY &&
                         so_far != VERDICT_HALF_LINE && so_far != VERDICT_SLICE))
        return;
    if (!w->key)
        wrong(w, VERDICT_NO_END, 0);
    else if (!w->out->sealed)
        wrong(w, VERDICT_CUT, w->place + 1);
}

static void check_end(struct walk *w, enum reader_got got)
{
    const struct trail_key *k = w->key;
    if (w->bad_place)
        wrong(w, w->place == 1 ? VERDICT_NO_LOG : VERDICT_CHANGED, w->bad_place);
    else if (got == READER_ERROR)
        wrong(w, VERDICT_NO_LOG, w->place);
    else if (k && w->last.n < k->head.n)
        wrong(w, VERDICT_CUT, w->place + 1);
    else if (got == READER_TORN)
        wrong(w, w->out->lines ? VERDICT_HALF_LINE : VERDICT_NO_LOG, w->place + 1);
    else if (w->place == 0)
        wrong(w, VERDICT_EMPTY, 0);
    else if (w->slice)
        end_slice(w);
    end_sealed(w);
}

void check_log(const struct reader_source *log, const struct trail_key *key,
               const struct check_seal *seal, struct check_result *out)
{
    struct walk *w = calloc(1, sizeof *w);
    memset(out, 0, sizeof *out);
    out->verdict = VERDICT_NO_LOG;
    if (!w)
        return;
    out->verdict = VERDICT_OK;
    w->reader.source = log;
    w->key = key;
    w->out = out;
    if (key) {
        memcpy(w->public_key, key->public_key, 32);
        w->has_key = true;
    }
    if (seal) {
        w->seal = *seal;
        w->has_seal = true;
    }
    enum reader_got got;
    bool good = true;
    const char *text;
    size_t len;
    while (good && (got = reader_next(&w->reader, &text, &len)) != READER_END &&
           got != READER_TORN && got != READER_ERROR) {
        w->place++;
        out->lines++;
        good = got == READER_LINE ? check_line(w, text, len) : wrong(w, VERDICT_CHANGED, w->place);
    }
    if (good)
        check_end(w, got);
    OPENSSL_cleanse(&w->seal, sizeof w->seal);
    free(w->book);
    free(w);
}
