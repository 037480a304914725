/*
 * Entrance: a record of the organizer at a member. First byte: kind of attempt; then the record. It
 * is tried as it is, and once more with what only the organizer could add (session, chain,
 * commitment, signature), so that the rules behind the signature are reached. A refusal must leave
 * the roster as it was.
 */
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/group.h"
#include "net/seal/kdf.h"
#include "net/seal/sig.h"
#include "tests/fuzz/seal_leaks.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static EVP_PKEY *org, *own;
static uint8_t org_pub[POINT_LEN], own_pub[POINT_LEN];
static const uint8_t sess_id[SESS_ID_LEN] = {7}, secret[SECRET_LEN] = {9};

static void changed(void *ctx, const struct group_person *p, unsigned reason)
{
    (void)ctx;
    if (!p->mid || reason > RECORD_LOST)
        abort();
}

static void init(void)
{
    if (org)
        return;
    if (!crypto_init())
        abort();
    org = sig_create();
    own = sig_create();
    sig_public(org, org_pub);
    sig_public(own, own_pub);
}

/* Epoch 1: organizer and us. */
static struct group *fresh(void)
{
    uint8_t rec[512];
    struct record_head h;
    struct record_add a = {.mid = 1, .role = ROLE_ORGANIZER, .name_len = 1, .name = "O"},
                      b = {.mid = 2, .role = ROLE_PARTICIPANT, .name_len = 1, .name = "J"};
    struct group *g = group_create(sess_id, org_pub, own, changed, NULL);
    group_set_own_mid(g, 2);
    memcpy(a.sig_pub, org_pub, POINT_LEN);
    memcpy(b.sig_pub, own_pub, POINT_LEN);
    group_next_head(g, RECORD_EPOCH, &h);
    h.n_add = 2;
    derive_commit(secret, sess_id, h.epoch, h.commit);
    struct put p = put_into(rec, sizeof rec);
    record_begin(&p, &h);
    record_put_adds(&p, &h);
    record_put_add(&p, &a);
    record_put_add(&p, &b);
    record_finish(&p, 0, org);
    if (group_epoch(g, span_of(rec, p.len), secret, 0) != E_NONE)
        abort();
    return g;
}

/* Puts the right head in front and the right points where additions carry the number of one. */
static void adopt(struct group *g, uint8_t *rec, size_t len, enum record_kind kind)
{
    struct record_head h;
    uint8_t head[128];
    group_next_head(g, kind, &h);
    if (kind == RECORD_EPOCH)
        derive_commit(secret, sess_id, h.epoch, h.commit);
    struct put p = put_into(head, sizeof head);
    record_begin(&p, &h);
    memcpy(rec, head, p.len - 2 - 11); /* presenter, flags, time and lists stay the input's */
    for (size_t i = p.len; i + POINT_LEN < len - SIG_LEN; i++)
        if (rec[i] == 0xee)
            memcpy(rec + i, rec[i + 1] & 1 ? org_pub : own_pub, POINT_LEN);
    sig_sign(org, "record", span_of(rec, len - SIG_LEN), rec + len - SIG_LEN);
}

static enum e2e_code apply(struct group *g, struct span rec, enum record_kind kind)
{
    uint8_t reason;
    if (kind == RECORD_END)
        return group_end(g, rec, &reason);
    return kind == RECORD_EPOCH ? group_epoch(g, rec, secret, 0) : group_snapshot(g, rec, secret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 4096)
        return 0;
    init();
    struct group *g = fresh();
    enum record_kind kind = (enum record_kind)(1 + data[0] % 3);
    if (apply(g, span_of(data + 1, size - 1), kind) == E_NONE)
        abort(); /* nobody can sign for the organizer */
    if (size - 1 >= RECORD_MIN_LEN) {
        uint8_t *rec = malloc(size - 1);
        memcpy(rec, data + 1, size - 1);
        adopt(g, rec, size - 1, kind);
        enum e2e_code code = apply(g, span_of(rec, size - 1), kind);
        bool changes = code == E_NONE && kind == RECORD_EPOCH;
        if (group_now_epoch(g) != (changes ? 2u : 1u) || !group_find(g, 1) || !group_find(g, 2))
            abort();
        free(rec);
    }
    group_destroy(g);
    return 0;
}
