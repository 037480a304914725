/*
 * Pair channel. Runs in vitrine-seal of controller and presenter; distrusts the peer's bytes: TLS,
 * two fixed forms and the keys of the roster judge them.
 */
#include "net/seal/pair.h"
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/kdf.h"
#include "net/seal/sig.h"
#include "net/seal/tls.h"
#include <openssl/evp.h>

#define AUTH_TYPE 0x30
#define HELD_TYPE 0x32
#define AUTH_LEN (1 + SIG_LEN)
#define SIGNED_MAX 160
#define SEQ_END UINT64_MAX /* the number after the last one that is used */

struct pair {
    struct pair_opening how;
    uint8_t sess_id[SESS_ID_LEN];
    struct tls *tls;
    uint8_t *bind; /* SHARED_LEN, secure heap */
    bool proved;   /* the peer's PAIR_AUTH was right */
    uint8_t own_sig[SIG_LEN], peer_sig[SIG_LEN];
    uint64_t seq; /* of the next INPUT */
    uint8_t in[INPUT_RECORD_LEN];
    size_t in_len;
};

/* --- life --- */

struct pair *pair_create(const struct pair_opening *how)
{
    struct pair *p = crypto_zalloc(sizeof *p);
    uint8_t identity[IDENTITY_MAX];
    p->how = *how;
    p->how.psk = NULL;
    memcpy(p->sess_id, how->sess_id, SESS_ID_LEN);
    p->how.sess_id = p->sess_id;
    crypto_must(EVP_PKEY_up_ref(how->own) == 1 && EVP_PKEY_up_ref(how->peer) == 1);
    p->bind = crypto_alloc(SHARED_LEN);
    p->tls = tls_create(how->presenter, how->psk,
                        span_of(identity, derive_pair_identity(how->grant, identity)));
    return p;
}

void pair_destroy(struct pair *p)
{
    if (!p)
        return;
    tls_destroy(p->tls);
    crypto_free(p->bind, SHARED_LEN);
    EVP_PKEY_free(p->how.own);
    EVP_PKEY_free(p->how.peer);
    crypto_release(p);
}

bool pair_split(struct span body, const uint8_t **grant, struct span *tls)
{
    struct get g = get_from(body.data, body.len);
    uint8_t type = get_u8(&g), zero = get_u8(&g);
    *grant = get_bytes(&g, GRANT_ID_LEN);
    *tls = span_of(g.at, g.left);
    return g.ok && type == OUTER_PAIR && !zero && tls->len && tls->len <= OUTER_CHAN_MAX;
}

void pair_feed(struct pair *p, struct span tls)
{
    tls_feed(p->tls, tls);
}

/* --- PAIR_AUTH --- */

static struct span signed_part(const struct pair *p, bool presenter, uint8_t out[SIGNED_MAX])
{
    struct put m = put_into(out, SIGNED_MAX);
    put_u8(&m, presenter);
    put_bytes(&m, p->bind, SHARED_LEN);
    put_bytes(&m, p->sess_id, SESS_ID_LEN);
    put_bytes(&m, p->how.grant, GRANT_ID_LEN);
    put_u16(&m, p->how.mid_c);
    put_u16(&m, p->how.mid_p);
    put_u16(&m, p->how.terms.caps);
    put_u32(&m, p->how.terms.ttl_s);
    put_u16(&m, p->how.terms.idle_s);
    crypto_must(m.ok);
    return span_of(out, m.len);
}

/* The handshake is complete, which any member could have done: now say who we are. */
static bool send_proof(struct pair *p)
{
    uint8_t out[AUTH_LEN] = {AUTH_TYPE}, message[SIGNED_MAX];
    tls_export(p->tls, "EXPORTER-e2e1-pair", span_of(p->how.grant, GRANT_ID_LEN), p->bind);
    sig_sign(p->how.own, "pair auth", signed_part(p, p->how.presenter, message), out + 1);
    crypto_wipe(message, sizeof message);
    memcpy(p->own_sig, out + 1, SIG_LEN);
    return tls_write(p->tls, span_of(out, sizeof out));
}

static enum pair_result take_proof(struct pair *p, enum e2e_code *code)
{
    uint8_t message[SIGNED_MAX];
    struct span m = signed_part(p, !p->how.presenter, message);
    p->proved = p->in[0] == AUTH_TYPE && sig_verify(p->how.peer, "pair auth", m, p->in + 1);
    crypto_wipe(message, sizeof message);
    memcpy(p->peer_sig, p->in + 1, SIG_LEN);
    *code = E_GRANT;
    return p->proved ? PAIR_UP : PAIR_BAD;
}

/* --- reading: one length for all, so that the relay cannot tell them apart --- */

static enum pair_result take_held(const struct pair *p, unsigned *n, enum e2e_code *code)
{
    static const uint8_t zeros[INPUT_RECORD_LEN - 2];
    bool ok = p->in[0] == HELD_TYPE && p->in[1] <= PAIR_HELD_REACH &&
              memcmp(p->in + 2, zeros, sizeof zeros) == 0;
    *n = p->in[1];
    *code = ok ? E_NONE : E_GRANT;
    return ok ? PAIR_HELD : PAIR_BAD;
}

static enum pair_result take_input(struct pair *p, struct input_event *events, unsigned *n,
                                   enum e2e_code *code)
{
    *code = p->seq == SEQ_END
                ? E_GRANT
                : input_record_read(p->in, INPUT_RECORD_LEN, p->seq, p->how.terms.caps, events, n);
    p->seq++;
    return *code ? PAIR_BAD : PAIR_INPUT;
}

enum pair_result pair_next(struct pair *p, struct input_event events[MAX_INPUT_EVENTS], unsigned *n,
                           enum e2e_code *code)
{
    for (;;) {
        size_t want = p->proved ? INPUT_RECORD_LEN : AUTH_LEN, got = 0;
        if (p->in_len == want) {
            p->in_len = 0;
            return !p->proved         ? take_proof(p, code)
                   : p->how.presenter ? take_input(p, events, n, code)
                                      : take_held(p, n, code);
        }
        switch (tls_read(p->tls, p->in + p->in_len, want - p->in_len, &got)) {
        case TLS_NOTHING:
            return PAIR_NOTHING;
        case TLS_UP:
            if (send_proof(p))
                break;
            *code = E_CHANNEL;
            return PAIR_BAD;
        case TLS_CLOSED:
            return PAIR_CLOSED;
        case TLS_BAD:
            *code = E_CHANNEL;
            return PAIR_BAD;
        case TLS_DATA:
            p->in_len += got;
            break;
        }
    }
}

bool pair_up(const struct pair *p)
{
    return p->proved;
}

struct pair_proof pair_proof(const struct pair *p)
{
    return (struct pair_proof){.bind = p->bind, .own = p->own_sig, .peer = p->peer_sig};
}

/* --- sending --- */

bool pair_send(struct pair *p, const struct input_event *events, unsigned n)
{
    uint8_t record[INPUT_RECORD_LEN];
    bool ok = p->seq != SEQ_END && input_record_write(record, p->seq, events, n) &&
              tls_write(p->tls, span_of(record, sizeof record));
    p->seq++;
    crypto_wipe(record, sizeof record);
    return ok;
}

bool pair_hold(struct pair *p, enum pair_held held)
{
    const uint8_t record[INPUT_RECORD_LEN] = {HELD_TYPE, (uint8_t)held};
    return tls_write(p->tls, span_of(record, sizeof record));
}

void pair_close(struct pair *p)
{
    tls_close(p->tls);
}

size_t pair_take(struct pair *p, uint8_t out[PAIR_HEAD + OUTER_CHAN_MAX])
{
    size_t n = tls_take(p->tls, out + PAIR_HEAD, OUTER_CHAN_MAX);
    if (!n)
        return 0;
    out[0] = OUTER_PAIR;
    out[1] = 0;
    memcpy(out + 2, p->how.grant, GRANT_ID_LEN);
    return PAIR_HEAD + n;
}
