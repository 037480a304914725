/*
 * Records of the organizer. Runs in vitrine-seal; distrusts every byte of a received record, the
 * organizer's too.
 */
#include "net/seal/record.h"
#include "lib/text.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/sig.h"

#define DEL_LEN 3
#define ADD_FIXED (2 + 1 + 1 + POINT_LEN + 1 + 32)
#define HEAD_LEN (1 + 1 + 2 + SESS_ID_LEN + 4 + 32 + 4 + 32 + 2 + 1 + 8)

_Static_assert(HEAD_LEN + 2 + 2 + SIG_LEN == RECORD_MIN_LEN, "length of an empty record");
_Static_assert(RECORD_MIN_LEN + MAX_MEMBERS * (DEL_LEN + ADD_FIXED + MAX_NAME) <= PROOF_RECORD_MAX,
               "the trail keeps every record whole");

size_t record_room(size_t n_del, size_t n_add)
{
    return HEAD_LEN + 2 + n_del * DEL_LEN + 2 + n_add * (ADD_FIXED + MAX_NAME) + SIG_LEN;
}

void record_begin(struct put *p, const struct record_head *h)
{
    put_u8(p, E2E_VERSION);
    put_u8(p, h->kind);
    put_u16(p, E2E_SUITE);
    put_bytes(p, h->sess_id, SESS_ID_LEN);
    put_u32(p, h->log_seq);
    put_bytes(p, h->prev, 32);
    put_u32(p, h->epoch);
    put_bytes(p, h->commit, 32);
    put_u16(p, h->presenter);
    put_u8(p, h->flags);
    put_u64(p, h->unix_ms);
    put_u16(p, h->n_del);
}

void record_put_del(struct put *p, const struct record_del *d)
{
    put_u16(p, d->mid);
    put_u8(p, d->reason);
}

void record_put_adds(struct put *p, const struct record_head *h)
{
    put_u16(p, h->n_add);
}

void record_put_add(struct put *p, const struct record_add *a)
{
    put_u16(p, a->mid);
    put_u8(p, a->role);
    put_u8(p, a->name_len);
    put_bytes(p, a->name, a->name_len);
    put_bytes(p, a->sig_pub, POINT_LEN);
    put_u8(p, a->id_alg);
    put_bytes(p, a->id_fp, 32);
}

void record_finish(struct put *p, size_t start, EVP_PKEY *org_sig)
{
    crypto_must(p->ok);
    struct span signed_part = span_of(p->data + start, p->len - start);
    uint8_t *sig = put_room(p, SIG_LEN);
    crypto_must(sig != NULL);
    sig_sign(org_sig, "record", signed_part, sig);
}

bool record_next_del(struct get *g, struct record_del *d)
{
    if (!g->ok || !g->left)
        return false;
    d->mid = get_u16(g);
    d->reason = get_u8(g);
    if (!d->mid || d->reason < RECORD_LEFT || d->reason > RECORD_LOST)
        g->ok = false;
    return g->ok;
}

bool record_next_add(struct get *g, struct record_add *a)
{
    if (!g->ok || !g->left)
        return false;
    a->mid = get_u16(g);
    a->role = get_u8(g);
    a->name_len = get_u8(g);
    const uint8_t *name = a->name_len <= MAX_NAME ? get_bytes(g, a->name_len) : NULL;
    uint8_t role = a->role & 0x0f;
    if (!name || !a->mid || !a->name_len || !text_valid(name, a->name_len) || (a->role & 0x70) ||
        (role != ROLE_ORGANIZER && role != ROLE_PARTICIPANT)) {
        g->ok = false;
        return false;
    }
    memcpy(a->name, name, a->name_len);
    get_copy(g, a->sig_pub, POINT_LEN);
    a->id_alg = get_u8(g);
    get_copy(g, a->id_fp, 32);
    if (a->id_alg > 3)
        g->ok = false;
    return g->ok;
}

static void parse_head(struct get *g, struct record_head *h)
{
    get_copy(g, h->sess_id, SESS_ID_LEN);
    h->log_seq = get_u32(g);
    get_copy(g, h->prev, 32);
    h->epoch = get_u32(g);
    get_copy(g, h->commit, 32);
    h->presenter = get_u16(g);
    h->flags = get_u8(g);
    h->unix_ms = get_u64(g);
    if (h->kind != RECORD_END && (h->flags & ~RECORD_LOCKED))
        g->ok = false;
}

/* Both lists: their counts, and every element's form. The additions have names of any length, so
 * they are walked. */
static bool parse_lists(struct get *g, struct record *r)
{
    struct record_del del;
    struct record_add add;
    r->head.n_del = get_u16(g);
    size_t del_len = (size_t)r->head.n_del * DEL_LEN;
    const uint8_t *dels = get_bytes(g, del_len);
    r->head.n_add = get_u16(g);
    if (!g->ok || r->head.n_del > MAX_MEMBERS || r->head.n_add > MAX_MEMBERS)
        return false;
    r->dels = get_from(dels, del_len);
    r->adds = get_from(g->at, g->left);
    for (struct get d = r->dels; d.left;)
        if (!record_next_del(&d, &del))
            return false;
    for (unsigned i = 0; i < r->head.n_add; i++)
        if (!record_next_add(g, &add))
            return false;
    r->adds.left -= g->left;
    return g->ok;
}

enum e2e_code record_parse(struct span in, EVP_PKEY *org_sig, struct record *r)
{
    struct get g = get_from(in.data, in.len);
    uint8_t version = get_u8(&g);
    r->head.kind = get_u8(&g);
    uint16_t suite = get_u16(&g);
    if (!g.ok || r->head.kind < RECORD_EPOCH || r->head.kind > RECORD_END)
        return E_PARSE;
    if (version != E2E_VERSION)
        return E_VERSION;
    if (suite != E2E_SUITE)
        return E_SUITE;
    parse_head(&g, &r->head);
    if (!g.ok || !parse_lists(&g, r))
        return E_PARSE;
    const uint8_t *sig = get_bytes(&g, SIG_LEN);
    if (!get_done(&g))
        return E_PARSE;
    r->bytes = in;
    return sig_verify(org_sig, "record", span_of(in.data, in.len - SIG_LEN), sig) ? E_NONE
                                                                                  : E_CONTROL;
}
