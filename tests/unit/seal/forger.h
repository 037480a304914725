/*
 * Two groups of one session that share its secret, and a member that holds its key: what such a
 * member makes by hand.
 */
#ifndef TESTS_UNIT_SEAL_FORGER_H
#define TESTS_UNIT_SEAL_FORGER_H
#include "net/seal/derive.h"
#include "net/seal/group.h"
#include "net/seal/sig.h"
#include "tests/unit/seal/world.h"

struct forger {
    uint8_t sess_id[SESS_ID_LEN], secret[SECRET_LEN];
    EVP_PKEY *org, *own, *other;
    struct group *author, *reader;
};

static inline void ignore(void *ctx, const struct group_person *p, unsigned reason)
{
    (void)ctx, (void)p, (void)reason;
}

static inline void add(struct put *p, uint16_t mid, uint8_t role, const char *name, EVP_PKEY *key)
{
    struct record_add a = {.mid = mid, .role = role, .name_len = (uint8_t)strlen(name)};
    memcpy(a.name, name, a.name_len);
    sig_public(key, a.sig_pub);
    record_put_add(p, &a);
}

/* Two groups of one session: the organizer's and that of member 2; member 3 is there too. */
static inline void forger_init(struct forger *f)
{
    uint8_t org_pub[POINT_LEN], rec[2048];
    struct record_head h;
    crypto_random(f->sess_id, sizeof f->sess_id);
    crypto_random(f->secret, sizeof f->secret);
    f->org = sig_create(), f->own = sig_create(), f->other = sig_create();
    sig_public(f->org, org_pub);
    f->author = group_create(f->sess_id, org_pub, f->org, ignore, NULL);
    f->reader = group_create(f->sess_id, org_pub, f->own, ignore, NULL);
    group_set_own_mid(f->author, 1);
    group_set_own_mid(f->reader, 2);
    group_next_head(f->author, RECORD_EPOCH, &h);
    h.presenter = 1;
    h.n_add = 3;
    derive_commit(f->secret, f->sess_id, 1, h.commit);
    struct put p = put_into(rec, sizeof rec);
    record_begin(&p, &h);
    record_put_adds(&p, &h);
    add(&p, 1, ROLE_ORGANIZER, "Olga", f->org);
    add(&p, 2, ROLE_PARTICIPANT, "Jo", f->own);
    add(&p, 3, ROLE_PARTICIPANT, "Eve", f->other);
    record_finish(&p, 0, f->org);
    assert_int_equal(group_epoch(f->author, span_of(rec, p.len), f->secret, 0), E_NONE);
    group_next_head(f->author, RECORD_SNAPSHOT, &h);
    h.n_add = 3;
    p = put_into(rec, sizeof rec);
    record_begin(&p, &h);
    record_put_adds(&p, &h);
    add(&p, 1, ROLE_ORGANIZER, "Olga", f->org);
    add(&p, 2, ROLE_PARTICIPANT, "Jo", f->own);
    add(&p, 3, ROLE_PARTICIPANT, "Eve", f->other);
    record_finish(&p, 0, f->org);
    assert_int_equal(group_snapshot(f->reader, span_of(rec, p.len), f->secret), E_NONE);
}

static inline void forger_finish(struct forger *f)
{
    group_destroy(f->author), group_destroy(f->reader);
    EVP_PKEY_free(f->org), EVP_PKEY_free(f->own), EVP_PKEY_free(f->other);
}

#endif
