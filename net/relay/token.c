/* Tokens for coming back. Run by vitrine-relay; the bytes it checks come from anybody. */
#include "net/relay/token.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define LABEL "relay/1 token" /* followed by its zero byte */
#define CLEAR (8 + TOKEN_INSTANCE)
#define MAC 32

static bool mac(const uint8_t key[TOKEN_KEY], uint8_t as, const uint8_t sid[FRAME_SID],
                const uint8_t clear[CLEAR], uint8_t out[MAC])
{
    uint8_t in[sizeof LABEL + 1 + FRAME_SID + CLEAR], *p = in;
    unsigned len = MAC;
    memcpy(p, LABEL, sizeof LABEL);
    p += sizeof LABEL;
    *p++ = as;
    memcpy(p, sid, FRAME_SID);
    p += FRAME_SID;
    memcpy(p, clear, CLEAR);
    return HMAC(EVP_sha256(), key, TOKEN_KEY, in, sizeof in, out, &len) != NULL && len == MAC;
}

bool token_write(const struct token_keys *k, uint8_t as, const uint8_t sid[FRAME_SID],
                 const struct token *t, uint8_t out[FRAME_TOKEN])
{
    frame_put_u32(out, (uint32_t)t->mid << 16 | (uint32_t)(t->expiry >> 32 & 0xffff));
    frame_put_u32(out + 4, (uint32_t)t->expiry);
    memcpy(out + 8, t->instance, TOKEN_INSTANCE);
    return mac(k->current, as, sid, out, out + CLEAR);
}

static bool made_with(const uint8_t key[TOKEN_KEY], uint8_t as, const uint8_t sid[FRAME_SID],
                      const uint8_t bytes[FRAME_TOKEN])
{
    uint8_t want[MAC];
    return mac(key, as, sid, bytes, want) && CRYPTO_memcmp(want, bytes + CLEAR, MAC) == 0;
}

bool token_read(const struct token_keys *k, uint8_t as, const uint8_t sid[FRAME_SID],
                const uint8_t bytes[FRAME_TOKEN], struct token *out)
{
    if (!made_with(k->current, as, sid, bytes) &&
        !(k->has_previous && made_with(k->previous, as, sid, bytes)))
        return false;
    out->mid = (uint16_t)(frame_get_u32(bytes) >> 16);
    out->expiry = (uint64_t)(frame_get_u32(bytes) & 0xffff) << 32 | frame_get_u32(bytes + 4);
    memcpy(out->instance, bytes + 8, TOKEN_INSTANCE);
    return true;
}
