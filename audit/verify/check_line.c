/* What a line of a trail says that is in its place: see check_parts.h. Run by vitrine-verify;
   distrusts every byte of it. */
#include "audit/verify/check_parts.h"
#include "audit/verify/proof.h"
#include "lib/hex.h"
#include "policy_tables.h"
#include <stdlib.h>
#include <string.h>

/* --- what it says --- */

static bool check_start(struct walk *w, const struct line *l)
{
    size_t len;
    uint8_t key[32];
    const char *hex = line_field(l, "key", &len);
    if (!hex || len != 64 || !hex_parse(hex, 32, key))
        return walk_wrong(w, VERDICT_CHANGED, w->place);
    if (w->has_key && memcmp(key, w->public_key, 32) != 0)
        return walk_wrong(w, VERDICT_OTHER_KEY, w->place);
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
        return walk_wrong(w, VERDICT_SIGNATURE, w->place);
    if (w->slice && !w->has_key) {
        memcpy(w->public_key, key, 32);
        w->has_key = true;
    }
    if (!w->has_key || memcmp(key, w->public_key, 32) != 0)
        return walk_wrong(w, VERDICT_OTHER_KEY, w->place);
    hex = line_field(l, "signature", &len);
    if (!hex || len != 2 * SIGNATURE_SIZE || !hex_parse(hex, SIGNATURE_SIZE, signature))
        return walk_wrong(w, VERDICT_SIGNATURE, w->place);
    digest_head_message(l->n - 1, l->prev, message);
    if (!digest_verify(key, message, sizeof message, signature))
        return walk_wrong(w, VERDICT_SIGNATURE, w->place);
    w->out->signed_to = w->place - 1;
    memcpy(w->out->key, key, sizeof key);
    return true;
}

/* A line of no form, and be it an empty one, is forgiven only to one that says how many bytes were
   torn, and says it rightly. The torn one itself stands in the log alone: lines that were collected
   elsewhere, which have no key file, are without it. */
static bool check_torn(struct walk *w, const struct line *l)
{
    bool tells = l->id == AUDIT_LOG_RECOVERED || l->id == AUDIT_LOG_CONTINUED;
    uint64_t bytes = tells ? line_number(l, "bytes") : 0;
    if (w->bad_place && (bytes == 0 || bytes != w->bad_len))
        return walk_wrong(w, VERDICT_CHANGED, w->bad_place);
    if (bytes && !w->bad_place && w->key && !walk_at_first(w))
        return walk_wrong(w, VERDICT_REMOVED, w->place);
    w->bad_place = 0;
    return true;
}

static bool check_proof(struct walk *w, const struct line *l,
                        enum proof_says (*judge)(struct proof_book *, const struct line *),
                        uint32_t signatures)
{
    if (!w->book)
        w->book = or_give_up(calloc(1, sizeof *w->book));
    enum proof_says says = judge(w->book, l);
    if (says == PROOF_WRONG)
        return walk_wrong(w, VERDICT_PROOF, w->place);
    if (w->has_head && !w->receipt.mine)
        return true; /* right, and of another session than the receipt's */
    bool copy = false;
    if (w->has_head && signatures) {
        enum verdict v = receipt_signed(&w->receipt, l, says == PROOF_GOOD, &copy);
        if (v != VERDICT_OK)
            return walk_wrong(w, v, w->place);
    }
    if (copy)
        return true;
    w->out->proofs += says == PROOF_GOOD ? signatures : 0;
    w->out->unnamed += says == PROOF_UNNAMED ? signatures : 0;
    return true;
}

bool walk_check_meaning(struct walk *w, const struct line *l)
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
        return walk_wrong(w, VERDICT_CUT, w->place);
    default:
        return true;
    }
}

/* --- the keys --- */

/* The key file knows the last line that was written: is it this one, with this hash? */
static bool check_against_head(struct walk *w, const struct line *l)
{
    const struct trail_key *k = w->key;
    if (!k)
        return true;
    if ((l->n == k->head.n && !walk_equal(l->hash, k->head.hash)) ||
        (l->n == k->next.n && !walk_equal(l->hash, k->next.hash)))
        return walk_wrong(w, VERDICT_SIGNATURE,
                          w->out->signed_to + 1); /* rewritten as a whole since */
    if (l->n > k->head.n && l->n > k->next.n)
        return walk_wrong(w, VERDICT_INSERTED, w->place);
    return true;
}

/* The sealing key has moved on: the key file has the one of the line after its head, and nobody can
   turn it back. */
static bool check_seal_at_head(struct walk *w, const struct line *l)
{
    if (!w->key || l->n != w->key->head.n || memcmp(w->seal.key, w->key->seal, DIGEST_SIZE) == 0)
        return true;
    return walk_wrong(w, VERDICT_CUT, w->place + 1);
}

/* The rest of a trail may begin behind the line the key is of: the key moves on to its first line,
   within bounds. Nowhere later: there a gap is one. */
static bool seal_at_first(struct walk *w, const struct line *l)
{
    if (!walk_at_first(w) || l->n <= w->seal.from || l->n - w->seal.from > CHECK_SEAL_STEPS)
        return true;
    while (w->seal.from < l->n) {
        if (!digest_evolve(w->seal.key))
            return walk_wrong(w, VERDICT_SEAL, w->place);
        w->seal.from++;
    }
    return true;
}

/* Whoever has the key file can seal anew: what else is wrong is said first. */
static bool check_own_seal(struct walk *w, const struct line *l, const uint8_t right[DIGEST_SIZE])
{
    if (l->n != w->seal.from)
        w->has_seal = false;
    else if (memcmp(right, l->seal, DIGEST_SIZE) != 0 && !w->odd_seal)
        w->odd_seal = w->place;
    w->seal.from++;
    return digest_evolve(w->seal.key);
}

static bool check_seal(struct walk *w, const struct line *l)
{
    uint8_t right[DIGEST_SIZE];
    if (!w->has_seal || l->n < w->seal.from)
        return true;
    if (!seal_at_first(w, l))
        return false;
    if (!digest_seal(w->seal.key, l->hash, right))
        return walk_wrong(w, VERDICT_SEAL, w->place);
    if (w->own_seal)
        return check_own_seal(w, l, right);
    if (l->n != w->seal.from || memcmp(right, l->seal, DIGEST_SIZE) != 0)
        return walk_wrong(w, VERDICT_SEAL, w->place);
    w->seal.from++;
    w->out->sealed = true;
    return digest_evolve(w->seal.key) && check_seal_at_head(w, l);
}

bool walk_check_keys(struct walk *w, const struct line *l)
{
    return check_against_head(w, l) && check_seal(w, l);
}
