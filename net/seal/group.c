/*
 * Roster and records. Runs in vitrine-seal; distrusts records: they are checked completely before
 * anything changes.
 */
#include "net/seal/group.h"
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/group_state.h"
#include "net/seal/kdf.h"
#include "net/seal/sig.h"
#include <stdlib.h>

/* --- life --- */

struct group *group_create(const uint8_t sess_id[SESS_ID_LEN], const uint8_t org_pub[POINT_LEN],
                           EVP_PKEY *own_sig, group_change_fn changed, void *ctx)
{
    EVP_PKEY *org_key = sig_from_public(org_pub);
    if (!org_key)
        return NULL;
    struct group *g = crypto_zalloc(sizeof *g);
    g->secrets = crypto_alloc(sizeof *g->secrets);
    g->org_key = org_key;
    g->own_sig = own_sig;
    crypto_must(EVP_PKEY_up_ref(own_sig) == 1);
    g->changed = changed;
    g->ctx = ctx;
    memcpy(g->sess_id, sess_id, SESS_ID_LEN);
    memcpy(g->org_pub, org_pub, POINT_LEN);
    derive_log_start(sess_id, g->head);
    return g;
}

/* Kept as long as one of those whom it brought is there. */
struct group_record {
    unsigned users;
    size_t len;
    uint8_t bytes[];
};

static void record_release(struct group_record *r)
{
    if (r && --r->users == 0)
        crypto_release(r);
}

struct span group_naming(const struct group_person *p)
{
    return p->named ? span_of(p->named->bytes, p->named->len) : span_of(NULL, 0);
}

const uint8_t *group_organizer_key(const struct group *g)
{
    return g->org_pub;
}

static void person_destroy(struct group_person *p)
{
    if (!p)
        return;
    record_release(p->named);
    group_person_forget(p, true, true);
    EVP_PKEY_free(p->key);
    crypto_release(p);
}

void group_destroy(struct group *g)
{
    if (!g)
        return;
    group_units_turn(g, false);
    for (size_t i = 0; i < g->count; i++)
        person_destroy(g->people[i]);
    crypto_free(g->secrets, sizeof *g->secrets);
    EVP_PKEY_free(g->org_key);
    EVP_PKEY_free(g->own_sig);
    crypto_release(g);
}

void group_set_own_mid(struct group *g, uint16_t mid)
{
    g->own_mid = mid;
}

/* --- looking --- */

uint32_t group_now_epoch(const struct group *g)
{
    return g->epoch;
}

uint32_t group_log_seq(const struct group *g)
{
    return g->log_seq;
}

const uint8_t *group_head(const struct group *g)
{
    return g->head;
}

uint16_t group_presenter(const struct group *g)
{
    return g->presenter;
}

bool group_presents(const struct group *g)
{
    return g->own_mid && g->presenter == g->own_mid;
}

uint8_t group_flags(const struct group *g)
{
    return g->flags;
}

uint16_t group_last_mid(const struct group *g)
{
    return g->last_mid;
}

size_t group_count(const struct group *g)
{
    return g->count;
}

const struct group_person *group_at(const struct group *g, size_t i)
{
    return g->people[i];
}

static struct group_person *find(struct group_person *const *people, size_t n, uint16_t mid)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid_way = (low + high) / 2;
        if (people[mid_way]->mid == mid)
            return people[mid_way];
        if (people[mid_way]->mid < mid)
            low = mid_way + 1;
        else
            high = mid_way;
    }
    return NULL;
}

uint8_t group_person_verified(const struct group_person *p)
{
    if (!(p->role & ROLE_VERIFIED))
        return 0;
    return p->id_alg == 3 ? 2 : 1;
}

struct group_person *group_lookup(const struct group *g, uint16_t mid)
{
    return find(g->people, g->count, mid);
}

const struct group_person *group_find(const struct group *g, uint16_t mid)
{
    return group_lookup(g, mid);
}

void group_secret(const struct group *g, uint8_t out[SECRET_LEN])
{
    memcpy(out, g->secrets->now, SECRET_LEN);
}

bool group_secret_of(const struct group *g, uint32_t epoch, uint64_t now_ms,
                     uint8_t out[SECRET_LEN])
{
    bool before = g->epoch && epoch == g->epoch - 1 && now_ms < g->before_until_ms;
    if (!epoch || (epoch != g->epoch && !before))
        return false;
    memcpy(out, before ? g->secrets->before : g->secrets->now, SECRET_LEN);
    return true;
}

uint32_t group_record_epoch(struct span rec)
{
    struct get g = get_from(rec.data, rec.len);
    get_bytes(&g, 4 + SESS_ID_LEN + 4 + 32);
    return get_u32(&g);
}

bool group_is_full(const struct group *g)
{
    return g->epoch == UINT32_MAX || g->log_seq >= UINT32_MAX - 1;
}

void group_next_head(const struct group *g, enum record_kind kind, struct record_head *h)
{
    *h = (struct record_head){.kind = (uint8_t)kind,
                              .log_seq = kind == RECORD_SNAPSHOT ? g->log_seq : g->log_seq + 1,
                              .epoch = kind == RECORD_EPOCH ? g->epoch + 1 : g->epoch,
                              .presenter = g->presenter,
                              .flags = g->flags};
    memcpy(h->sess_id, g->sess_id, SESS_ID_LEN);
    memcpy(h->prev, g->head, 32);
    memcpy(h->commit, g->commit, 32);
}

/* --- a change being checked: a new list beside the old one, so that refusing it undoes nothing ---
 */
struct change {
    struct group_person *people[MAX_MEMBERS];
    size_t count;
    struct group_person *fresh[MAX_MEMBERS]; /* made for this change, in people too */
    size_t n_fresh;
    struct group_person *verified[MAX_MEMBERS]; /* known people with bit 7 new in their role */
    size_t n_verified;
    uint8_t gone[MAX_MEMBERS]; /* by position in the old list: reason, 0 stays */
    uint16_t last_mid;
};

static void change_destroy(struct change *c)
{
    for (size_t i = 0; i < c->n_fresh; i++)
        person_destroy(c->fresh[i]);
    crypto_release(c);
}

/* Mid 1 is the organizer with the key of M0, and nobody else is. */
static bool rightful(const struct group *g, const struct record_add *a)
{
    uint8_t role = a->role & 0x0f;
    if (a->mid == 1)
        return role == ROLE_ORGANIZER && memcmp(a->sig_pub, g->org_pub, POINT_LEN) == 0;
    return role == ROLE_PARTICIPANT;
}

static struct group_person *person_create(const struct record_add *a, uint32_t epoch)
{
    EVP_PKEY *key = sig_from_public(a->sig_pub);
    if (!key)
        return NULL;
    struct group_person *p = crypto_zalloc(sizeof *p);
    p->mid = a->mid;
    p->role = a->role;
    p->name_len = a->name_len;
    p->id_alg = a->id_alg;
    memcpy(p->name, a->name, a->name_len);
    memcpy(p->sig_pub, a->sig_pub, POINT_LEN);
    memcpy(p->id_fp, a->id_fp, sizeof p->id_fp);
    p->key = key;
    p->since = epoch;
    return p;
}

static bool change_append(struct group *g, struct change *c, const struct record_add *a,
                          uint32_t epoch)
{
    if (c->count == MAX_MEMBERS || a->mid <= c->last_mid || !rightful(g, a))
        return false;
    struct group_person *p = person_create(a, epoch);
    if (!p)
        return false;
    c->people[c->count++] = c->fresh[c->n_fresh++] = p;
    c->last_mid = a->mid;
    return true;
}

static bool change_remove(struct group *g, struct change *c, const struct record_del *d)
{
    for (size_t i = 0; i < g->count; i++)
        if (g->people[i]->mid == d->mid && !c->gone[i] && d->mid != 1 && d->mid != g->own_mid) {
            c->gone[i] = d->reason;
            return true;
        }
    return false;
}

static bool in_list(const struct change *c, uint16_t mid)
{
    return find(c->people, c->count, mid) != NULL;
}

/* Somebody known may be named again to say that the organizer has verified them, and for nothing
   else. */
static bool change_verify(struct change *c, struct group_person *p, const struct record_add *a)
{
    if (c->n_verified == MAX_MEMBERS || p->role & ROLE_VERIFIED ||
        a->role != (p->role | ROLE_VERIFIED) || a->name_len != p->name_len ||
        memcmp(a->name, p->name, p->name_len) != 0 ||
        memcmp(a->sig_pub, p->sig_pub, POINT_LEN) != 0 || a->id_alg != p->id_alg ||
        memcmp(a->id_fp, p->id_fp, sizeof p->id_fp) != 0)
        return false;
    c->verified[c->n_verified++] = p;
    return true;
}

static bool known_session(const struct group *g, const struct record_head *h)
{
    return memcmp(h->sess_id, g->sess_id, SESS_ID_LEN) == 0;
}

static bool commits(const struct group *g, const struct record_head *h, const uint8_t *secret)
{
    uint8_t commit[32];
    derive_commit(secret, g->sess_id, h->epoch, commit);
    return crypto_equal(commit, h->commit, sizeof commit);
}

static void keep_naming(struct change *c, struct span rec)
{
    if (!c->n_fresh)
        return;
    struct group_record *r = crypto_zalloc(sizeof *r + rec.len);
    r->users = (unsigned)c->n_fresh;
    r->len = rec.len;
    memcpy(r->bytes, rec.data, rec.len);
    for (size_t i = 0; i < c->n_fresh; i++)
        c->fresh[i]->named = r;
}

/* The list becomes the roster: those who left are told, then freed, then the new ones are told. */
static void change_install(struct group *g, struct change *c, struct span rec)
{
    keep_naming(c, rec);
    for (size_t i = 0; i < g->count; i++)
        if (c->gone[i]) {
            g->changed(g->ctx, g->people[i], c->gone[i]);
            person_destroy(g->people[i]);
        }
    memcpy(g->people, c->people, c->count * sizeof *c->people);
    g->count = c->count;
    g->last_mid = c->last_mid;
    for (size_t i = 0; i < c->n_fresh; i++)
        g->changed(g->ctx, c->fresh[i], 0);
    c->n_fresh = 0;
    for (size_t i = 0; i < c->n_verified; i++) {
        c->verified[i]->role |= ROLE_VERIFIED;
        g->changed(g->ctx, c->verified[i], 0);
    }
}

/* A SNAPSHOT may be of the epoch that is known: who presented before that is known, too. */
static void install_head(struct group *g, const struct record_head *h,
                         const uint8_t secret[SECRET_LEN])
{
    if (h->epoch != g->epoch)
        g->presenter_before = g->presenter;
    g->log_seq = h->log_seq;
    g->epoch = h->epoch;
    g->flags = h->flags;
    memcpy(g->commit, h->commit, sizeof g->commit);
    memcpy(g->secrets->now, secret, SECRET_LEN);
    g->presenter = h->presenter;
}

/* --- EPOCH --- */

static bool epoch_follows(const struct group *g, const struct record_head *h)
{
    return h->kind == RECORD_EPOCH && known_session(g, h) && !group_is_full(g) &&
           h->log_seq == g->log_seq + 1 && h->epoch == g->epoch + 1 &&
           memcmp(h->prev, g->head, sizeof g->head) == 0;
}

static bool epoch_lists(struct group *g, struct change *c, const struct record *r)
{
    struct get dels = r->dels, adds = r->adds;
    struct record_del del;
    struct record_add add;
    c->last_mid = g->last_mid;
    while (record_next_del(&dels, &del))
        if (!change_remove(g, c, &del))
            return false;
    for (size_t i = 0; i < g->count; i++)
        if (!c->gone[i])
            c->people[c->count++] = g->people[i];
    for (uint16_t last = 0; record_next_add(&adds, &add); last = add.mid) {
        struct group_person *old =
            add.mid > last && add.mid <= g->last_mid ? find(c->people, c->count, add.mid) : NULL;
        if (old ? !change_verify(c, old, &add) : !change_append(g, c, &add, r->head.epoch))
            return false;
    }
    return !r->head.presenter || in_list(c, r->head.presenter);
}

enum e2e_code group_epoch(struct group *g, struct span rec, const uint8_t secret[SECRET_LEN],
                          uint64_t now_ms)
{
    struct record r;
    enum e2e_code code = record_parse(rec, g->org_key, &r);
    if (code)
        return code;
    if (!epoch_follows(g, &r.head) || !commits(g, &r.head, secret))
        return E_CONTROL;
    struct change *c = crypto_zalloc(sizeof *c);
    bool ok = epoch_lists(g, c, &r);
    if (ok) {
        group_units_turn(g, true);
        memcpy(g->secrets->before, g->secrets->now, SECRET_LEN);
        g->before_until_ms = g->epoch ? now_ms + EPOCH_KEEP_MS : 0;
        install_head(g, &r.head, secret);
        change_install(g, c, rec);
        kdf_hash256(rec, g->head);
    }
    change_destroy(c);
    return ok ? E_NONE : E_CONTROL;
}

/* --- SNAPSHOT --- */

static bool snapshot_fits(const struct group *g, const struct record_head *h, const uint8_t *secret)
{
    bool same = g->epoch && h->epoch == g->epoch;
    return h->kind == RECORD_SNAPSHOT && known_session(g, h) && h->log_seq && h->epoch &&
           !h->n_del && (h->n_add || same) && h->log_seq >= g->log_seq && h->epoch >= g->epoch &&
           (!same || (h->log_seq == g->log_seq && memcmp(h->prev, g->head, 32) == 0 &&
                      crypto_equal(secret, g->secrets->now, SECRET_LEN)));
}

/* Somebody already known keeps their keys and counters; who is not named any more is gone. */
static bool snapshot_lists(struct group *g, struct change *c, const struct record *r)
{
    struct get adds = r->adds;
    struct record_add add;
    uint16_t last = 0;
    for (size_t i = 0; i < g->count; i++)
        c->gone[i] = RECORD_LOST;
    while (record_next_add(&adds, &add)) {
        struct group_person *old = find(g->people, g->count, add.mid);
        c->last_mid = last;
        if (!old) {
            if (add.mid <= g->last_mid || !change_append(g, c, &add, r->head.epoch))
                return false;
        } else if (add.mid <= last || memcmp(old->sig_pub, add.sig_pub, POINT_LEN) != 0) {
            return false;
        } else {
            if (add.role & ROLE_VERIFIED && !(old->role & ROLE_VERIFIED) &&
                !change_verify(c, old, &add))
                return false;
            c->people[c->count++] = old;
            for (size_t i = 0; i < g->count; i++)
                if (g->people[i] == old)
                    c->gone[i] = 0;
        }
        last = add.mid;
    }
    c->last_mid = last > g->last_mid ? last : g->last_mid;
    return in_list(c, 1) && (!r->head.presenter || in_list(c, r->head.presenter));
}

/* The own line must be there, with the own key. */
static bool names_us(const struct group *g, const struct change *c)
{
    const struct group_person *me = find(c->people, c->count, g->own_mid);
    uint8_t own[POINT_LEN];
    sig_public(g->own_sig, own);
    return me && memcmp(me->sig_pub, own, POINT_LEN) == 0;
}

/* The epoch that is known, and nobody named: all is as it was. */
static bool says_nothing_new(const struct group *g, const struct record_head *h)
{
    return !h->n_add && h->presenter == g->presenter && h->flags == g->flags;
}

enum e2e_code group_snapshot(struct group *g, struct span rec, const uint8_t secret[SECRET_LEN])
{
    struct record r;
    enum e2e_code code = record_parse(rec, g->org_key, &r);
    if (code)
        return code;
    if (!snapshot_fits(g, &r.head, secret) || !commits(g, &r.head, secret))
        return E_CONTROL;
    if (!r.head.n_add)
        return says_nothing_new(g, &r.head) ? E_NONE : E_CONTROL;
    struct change *c = crypto_zalloc(sizeof *c);
    bool ok = snapshot_lists(g, c, &r) && names_us(g, c);
    if (ok) {
        if (r.head.epoch != g->epoch) {
            group_units_turn(g, false);
            crypto_wipe(g->secrets->before, SECRET_LEN);
            g->before_until_ms = 0;
        }
        install_head(g, &r.head, secret);
        change_install(g, c, rec);
        memcpy(g->head, r.head.prev, sizeof g->head);
    }
    change_destroy(c);
    return ok ? E_NONE : E_CONTROL;
}

/* --- END --- */

enum e2e_code group_end(const struct group *g, struct span rec, uint8_t *reason)
{
    struct record r;
    enum e2e_code code = record_parse(rec, g->org_key, &r);
    if (code)
        return code;
    const struct record_head *h = &r.head;
    bool ok = h->kind == RECORD_END && known_session(g, h) && g->log_seq < UINT32_MAX &&
              h->log_seq == g->log_seq + 1 && memcmp(h->prev, g->head, 32) == 0 &&
              h->epoch == g->epoch && memcmp(h->commit, g->commit, 32) == 0 &&
              h->presenter == g->presenter && !h->n_del && !h->n_add;
    *reason = h->flags;
    return ok ? E_NONE : E_CONTROL;
}
