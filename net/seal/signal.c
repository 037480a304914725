/* See signal.h. Runs in vitrine-seal; distrusts the member who signed it. */
#include "net/seal/signal.h"
#include "net/seal/crypto.h"
#include "net/seal/input_record.h"
#include "net/seal/kdf.h"
#include "policy/limits.h"

#define CAPS_ALL (CAP_POINTER | CAP_KEYBOARD | CAP_CLIPBOARD)

static bool has_caps(const struct signal *s)
{
    return s->kind == SIGNAL_REQUEST || s->kind == SIGNAL_GRANT;
}

size_t signal_build(const struct signal *s, uint8_t out[SIGNAL_MAX])
{
    struct put p = put_into(out, SIGNAL_MAX);
    put_u8(&p, (uint8_t)s->kind);
    put_u16(&p, s->to);
    if (s->kind != SIGNAL_INVITE)
        put_bytes(&p, s->request, REQUEST_ID_LEN);
    if (s->kind == SIGNAL_GRANT) {
        put_bytes(&p, s->grant, GRANT_ID_LEN);
        put_u32(&p, s->epoch);
    }
    if (has_caps(s))
        put_u16(&p, s->terms.caps);
    if (s->kind == SIGNAL_GRANT) {
        put_u32(&p, s->terms.ttl_s);
        put_u16(&p, s->terms.idle_s);
    }
    crypto_must(p.ok);
    return p.len;
}

static bool get_head(struct get *g, struct signal *s)
{
    *s = (struct signal){.kind = (enum signal_kind)get_u8(g)};
    s->to = get_u16(g);
    return g->ok && s->kind >= SIGNAL_REQUEST && s->kind <= SIGNAL_INVITE && s->to;
}

bool signal_peek(struct span in, struct signal *s)
{
    struct get g = get_from(in.data, in.len);
    return get_head(&g, s);
}

static bool sensible(const struct signal *s)
{
    const struct signal_terms *t = &s->terms;
    if (!has_caps(s))
        return true;
    if (!t->caps || t->caps & ~CAPS_ALL)
        return false;
    return s->kind == SIGNAL_REQUEST || (s->epoch && t->ttl_s && t->ttl_s <= GRANT_TTL_MAX_S &&
                                         t->idle_s && t->idle_s <= GRANT_IDLE_MAX_S);
}

bool signal_parse(struct span in, struct signal *s)
{
    struct get g = get_from(in.data, in.len);
    if (!get_head(&g, s))
        return false;
    if (s->kind != SIGNAL_INVITE)
        get_copy(&g, s->request, REQUEST_ID_LEN);
    if (s->kind == SIGNAL_GRANT) {
        get_copy(&g, s->grant, GRANT_ID_LEN);
        s->epoch = get_u32(&g);
    }
    if (has_caps(s))
        s->terms.caps = get_u16(&g);
    if (s->kind == SIGNAL_GRANT) {
        s->terms.ttl_s = get_u32(&g);
        s->terms.idle_s = get_u16(&g);
    }
    return get_done(&g) && sensible(s);
}
