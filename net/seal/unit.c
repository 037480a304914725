/*
 * Sealing and opening of units. Runs in vitrine-seal; distrusts every byte of a received unit.
 */
#include "net/seal/unit.h"
#include "net/seal/bytes.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/sig.h"
#include <string.h>

#define SIGNED_MAX (SESS_ID_LEN + SFRAME_HEADER_MAX + 1 + 32)

static unsigned log2_floor(size_t v)
{
    unsigned n = 0;
    while (v >>= 1)
        n++;
    return n;
}

size_t unit_pad(size_t len)
{
    if (len <= 256)
        return 256;
    unsigned e = log2_floor(len), s = log2_floor(e) + 1;
    size_t step = (size_t)1 << (e - s);
    return (len + step - 1) & ~(step - 1);
}

size_t unit_metadata(const uint8_t sess_id[SESS_ID_LEN], uint8_t flags,
                     uint8_t out[SFRAME_METADATA_MAX])
{
    struct put p = put_into(out, SFRAME_METADATA_MAX);
    put_bytes(&p, "e2e/1 frame", sizeof "e2e/1 frame");
    put_bytes(&p, sess_id, SESS_ID_LEN);
    put_u8(&p, flags);
    return p.len;
}

static struct span signed_part(const uint8_t sess_id[SESS_ID_LEN], struct span header,
                               uint8_t flags, struct span body, uint8_t out[SIGNED_MAX])
{
    uint8_t hash[32];
    kdf_hash256(body, hash);
    struct put p = put_into(out, SIGNED_MAX);
    put_bytes(&p, sess_id, SESS_ID_LEN);
    put_bytes(&p, header.data, header.len);
    put_u8(&p, flags);
    put_bytes(&p, hash, sizeof hash);
    crypto_must(p.ok);
    return span_of(out, p.len);
}

size_t unit_seal(const struct unit_sealing *u, uint8_t out[UNIT_WIRE_MAX])
{
    uint8_t header[SFRAME_HEADER_MAX], metadata[SFRAME_METADATA_MAX], message[SIGNED_MAX];
    struct span head = span_of(header, sframe_header_encode(u->kid, u->ctr, header));
    size_t body_len = unit_pad(4 + u->content.len);
    crypto_must(u->content.len <= UNIT_CONTENT_MAX);
    struct put p = put_into(out, UNIT_WIRE_MAX);
    put_u8(&p, UNIT_TYPE);
    put_u8(&p, u->flags);
    put_bytes(&p, head.data, head.len);
    uint8_t *body = put_room(&p, body_len + SIG_LEN);
    crypto_must(put_room(&p, SFRAME_TAG) && body);
    struct put b = put_into(body, body_len);
    put_u32(&b, (uint32_t)u->content.len);
    put_bytes(&b, u->content.data, u->content.len);
    memset(body + b.len, 0, body_len - b.len);
    struct span m = signed_part(u->sess_id, head, u->flags, span_of(body, body_len), message);
    sig_sign(u->sig, "frame", m, body + body_len);
    size_t meta_len = unit_metadata(u->sess_id, u->flags, metadata);
    sframe_seal(u->key, u->ctr, head, span_of(metadata, meta_len), body, body_len + SIG_LEN);
    return p.len;
}

bool unit_parse(struct span wire, struct unit_head *h)
{
    struct get g = get_from(wire.data, wire.len);
    uint8_t type = get_u8(&g);
    *h = (struct unit_head){.flags = get_u8(&g)};
    size_t n = sframe_header_decode(span_of(g.at, g.left), &h->kid, &h->ctr);
    if (!g.ok || !n)
        return false;
    h->header = span_of(get_bytes(&g, n), n);
    h->cipher = span_of(g.at, g.left);
    h->epoch = (uint32_t)(h->kid >> 24);
    h->mid = (uint16_t)(h->kid >> 8);
    h->stream = (uint8_t)h->kid;
    return type == UNIT_TYPE && !(h->flags & ~UNIT_KEY) && wire.len <= UNIT_WIRE_MAX &&
           h->kid >> 56 == 0 && h->epoch && h->mid && h->stream && h->stream <= STREAM_LAST &&
           g.left >= 256 + SIG_LEN + SFRAME_TAG && g.left <= UNIT_PLAIN_MAX + SFRAME_TAG;
}

static bool all_zero(const uint8_t *p, size_t n)
{
    uint8_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= p[i];
    return any == 0;
}

static bool content_of(struct span body, struct span *content)
{
    struct get g = get_from(body.data, body.len);
    uint32_t len = get_u32(&g);
    if (len > UNIT_CONTENT_MAX || body.len != unit_pad(4 + (size_t)len))
        return false;
    *content = span_of(get_bytes(&g, len), len);
    return g.ok && all_zero(g.at, g.left);
}

enum e2e_code unit_open(const struct unit_head *h, struct sframe_key *key,
                        const uint8_t sess_id[SESS_ID_LEN], EVP_PKEY *sender, uint8_t *plain,
                        struct span *content)
{
    uint8_t metadata[SFRAME_METADATA_MAX], message[SIGNED_MAX];
    size_t meta_len = unit_metadata(sess_id, h->flags, metadata);
    if (!sframe_open(key, h->ctr, h->header, span_of(metadata, meta_len), h->cipher.data,
                     h->cipher.len, plain))
        return E_FRAME;
    struct span body = span_of(plain, h->cipher.len - SFRAME_TAG - SIG_LEN);
    struct span m = signed_part(sess_id, h->header, h->flags, body, message);
    if (!sig_verify(sender, "frame", m, plain + body.len))
        return E_FORGED;
    return content_of(body, content) ? E_NONE : E_FRAME;
}
