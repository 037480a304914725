/*
 * Messages of the member channel. Runs in vitrine-seal; distrusts the peer: who is inside the
 * channel knows the password, no more.
 */
#include "net/seal/inner.h"
#include "lib/text.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/record.h"

#define IDENT_MIN (1 + 2 + 2)

#define TO_ORGANIZER 0
#define TO_MEMBER 1

/* The whole table of who may say what to whom, and when. Anything not in it is E_STATE. */
static const struct rule {
    uint8_t type, direction;
    uint8_t stages;
    uint32_t min, max;
} rules[] = {
    {INNER_HELLO, TO_ORGANIZER, INNER_AT_HELLO, 2 + POINT_LEN + 32 + 2 + IDENT_MIN + SIG_LEN,
     1 + MAX_NAME + POINT_LEN + 32 + 2 + INNER_IDENT_MAX + SIG_LEN},
    {INNER_WELCOME, TO_MEMBER, INNER_AT_HELLO, 2 + 32 + 1 + IDENT_MIN + SIG_LEN,
     1 + MAX_NAME + 32 + 1 + INNER_IDENT_MAX + SIG_LEN},
    {INNER_REVEAL, TO_ORGANIZER, INNER_AT_REVEAL, 32, 32},
    {INNER_ADMIT, TO_MEMBER, INNER_AT_WAITING, 2, 2},
    {INNER_REFUSE, TO_MEMBER, INNER_AT_WAITING, 1, 1},
    {INNER_EPOCH, TO_MEMBER, INNER_AT_MEMBER, SECRET_LEN + RECORD_MIN_LEN, MAX_CONTROL},
    {INNER_SNAPSHOT, TO_MEMBER, INNER_AT_ADMITTED, SECRET_LEN + RECORD_MIN_LEN, MAX_CONTROL},
    {INNER_END, TO_MEMBER, INNER_AT_MEMBER, RECORD_MIN_LEN, MAX_CONTROL},
    {INNER_ACK, TO_ORGANIZER, INNER_AT_MEMBER, 36, 36},
    {INNER_PING, TO_ORGANIZER, INNER_AT_MEMBER, 16, 16},
    {INNER_PONG, TO_MEMBER, INNER_AT_MEMBER, 56, 56},
    {INNER_LEAVE, TO_ORGANIZER, INNER_AT_REVEAL | INNER_AT_WAITING | INNER_AT_MEMBER, 0, 0},
    {INNER_KICKED, TO_MEMBER, INNER_AT_ADMITTED | INNER_AT_MEMBER, 1, 1},
    {INNER_PRESENT_OFFER, TO_MEMBER, INNER_AT_MEMBER, 0, 0},
    {INNER_PRESENT_ANSWER, TO_ORGANIZER, INNER_AT_MEMBER, 1, 1},
    {INNER_GRANT_NOTICE, TO_ORGANIZER, INNER_AT_MEMBER, GRANT_ID_LEN + 3, GRANT_ID_LEN + 3},
    {INNER_REVOKE, TO_MEMBER, INNER_AT_MEMBER, 0, 0},
    {INNER_REKEY_REQ, TO_ORGANIZER, INNER_AT_MEMBER, 0, 0},
    {INNER_SECOND_ASK, TO_ORGANIZER, INNER_AT_MEMBER, 2, 2},
    {INNER_SECOND_SAID, TO_MEMBER, INNER_AT_MEMBER, 3, 3},
};

enum e2e_code inner_check(uint8_t type, bool at_organizer, enum inner_stage stage, uint32_t len)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct rule *r = &rules[i];
        if (r->type != type)
            continue;
        if ((r->direction == TO_ORGANIZER) != at_organizer || !(r->stages & (unsigned)stage))
            return E_STATE;
        return len >= r->min && len <= r->max ? E_NONE : E_PARSE;
    }
    return E_STATE;
}

/* --- reassembly --- */

static void take(struct span *in, uint8_t *to, size_t n)
{
    if (!n)
        return; /* there may be no bytes at all yet, not even an address */
    memcpy(to, in->data, n);
    in->data += n;
    in->len -= n;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The head is judged as soon as it is complete: nothing is allocated for what will not be accepted.
 */
static enum e2e_code begin_body(struct inner_rx *rx, bool at_organizer, enum inner_stage stage)
{
    rx->body_len = (uint32_t)rx->head[1] << 16 | (uint32_t)rx->head[2] << 8 | rx->head[3];
    enum e2e_code code = inner_check(rx->head[0], at_organizer, stage, rx->body_len);
    if (!code && rx->body_len)
        rx->body = crypto_zalloc(rx->body_len);
    rx->filled = 0;
    return code;
}

enum inner_fed inner_feed(struct inner_rx *rx, struct span *in, bool at_organizer,
                          enum inner_stage stage, struct inner_message *out, enum e2e_code *code)
{
    if (rx->head_len == INNER_HEAD && rx->filled == rx->body_len)
        inner_finish(rx); /* the one returned last */
    if (rx->head_len < INNER_HEAD) {
        size_t n = smaller(INNER_HEAD - rx->head_len, in->len);
        take(in, rx->head + rx->head_len, n);
        rx->head_len += n;
        if (rx->head_len < INNER_HEAD)
            return INNER_MORE;
        *code = begin_body(rx, at_organizer, stage);
        if (*code)
            return INNER_BAD;
    }
    size_t n = smaller(rx->body_len - rx->filled, in->len);
    if (n)
        take(in, rx->body + rx->filled, n);
    rx->filled += (uint32_t)n;
    if (rx->filled < rx->body_len)
        return INNER_MORE;
    *out = (struct inner_message){rx->head[0], span_of(rx->body, rx->body_len)};
    return INNER_COMPLETE;
}

void inner_finish(struct inner_rx *rx)
{
    crypto_release(rx->body);
    crypto_wipe(rx, sizeof *rx);
}

/* --- single messages --- */

static void put_counted8(struct put *p, struct span s)
{
    put_u8(p, (uint8_t)s.len);
    put_bytes(p, s.data, s.len);
}

static void put_ident(struct put *p, const struct inner_ident *id)
{
    put_u8(p, id->alg);
    put_u16(p, (uint16_t)id->key.len);
    put_bytes(p, id->key.data, id->key.len);
    put_u16(p, (uint16_t)id->sig.len);
    put_bytes(p, id->sig.data, id->sig.len);
}

static void get_name(struct get *g, struct span *name)
{
    size_t len = get_u8(g);
    *name = span_of(get_bytes(g, len), len);
    if (!name->data || !len || len > MAX_NAME || !text_valid(name->data, len))
        g->ok = false;
}

static void get_counted16(struct get *g, struct span *s, size_t max)
{
    size_t len = get_u16(g);
    *s = span_of(get_bytes(g, len), len);
    if (len > max)
        g->ok = false;
}

static void get_ident(struct get *g, struct inner_ident *id)
{
    id->alg = get_u8(g);
    get_counted16(g, &id->key, INNER_IDENT_KEY_MAX);
    get_counted16(g, &id->sig, INNER_IDENT_SIG_MAX);
    bool empty = !id->key.len && !id->sig.len, full = id->key.len && id->sig.len;
    if (id->alg > 3 || !(id->alg ? full : empty))
        g->ok = false;
}

void inner_hello_build(const struct inner_hello *m, struct put *p)
{
    put_counted8(p, m->name);
    put_bytes(p, m->sig_pub, POINT_LEN);
    put_bytes(p, m->com, 32);
    put_u16(p, m->caps);
    put_ident(p, &m->ident);
    put_bytes(p, m->pop, SIG_LEN);
}

bool inner_hello_parse(struct span body, struct inner_hello *m)
{
    struct get g = get_from(body.data, body.len);
    get_name(&g, &m->name);
    m->sig_pub = get_bytes(&g, POINT_LEN);
    m->com = get_bytes(&g, 32);
    m->caps = get_u16(&g);
    get_ident(&g, &m->ident);
    m->pop = get_bytes(&g, SIG_LEN);
    return get_done(&g);
}

void inner_welcome_build(const struct inner_welcome *m, struct put *p)
{
    put_counted8(p, m->name);
    put_bytes(p, m->nonce_o, 32);
    put_u8(p, m->state);
    put_ident(p, &m->ident);
    put_bytes(p, m->opop, SIG_LEN);
}

bool inner_welcome_parse(struct span body, struct inner_welcome *m)
{
    struct get g = get_from(body.data, body.len);
    get_name(&g, &m->name);
    m->nonce_o = get_bytes(&g, 32);
    m->state = get_u8(&g);
    get_ident(&g, &m->ident);
    m->opop = get_bytes(&g, SIG_LEN);
    return get_done(&g) && m->state <= 1;
}

void inner_pong_build(const struct inner_pong *m, struct put *p)
{
    put_bytes(p, m->nonce, 16);
    put_u32(p, m->epoch);
    put_u32(p, m->log_seq);
    put_bytes(p, m->head, 32);
}

bool inner_pong_parse(struct span body, struct inner_pong *m)
{
    struct get g = get_from(body.data, body.len);
    m->nonce = get_bytes(&g, 16);
    m->epoch = get_u32(&g);
    m->log_seq = get_u32(&g);
    m->head = get_bytes(&g, 32);
    return get_done(&g);
}

struct span inner_proof(const uint8_t bind[SHARED_LEN], const uint8_t sig_pub[POINT_LEN],
                        struct span last, uint8_t out[INNER_PROOF_MAX])
{
    struct put p = put_into(out, INNER_PROOF_MAX);
    put_bytes(&p, bind, SHARED_LEN);
    put_bytes(&p, sig_pub, POINT_LEN);
    put_bytes(&p, last.data, last.len);
    crypto_must(p.ok);
    return span_of(out, p.len);
}
