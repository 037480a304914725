/*
 * The messages around a channel. Runs in vitrine-seal; distrusts every byte: relay and peers can
 * send anything.
 */
#include "net/seal/outer.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/stretch.h"

static struct put head(uint8_t *out, size_t cap, uint8_t type)
{
    struct put p = put_into(out, cap);
    put_u8(&p, E2E_VERSION);
    put_u8(&p, type);
    put_u16(&p, E2E_SUITE);
    return p;
}

static void full(const struct put *p)
{
    crypto_must(p->ok && p->len == p->cap);
}

void outer_m0_build(const struct outer_m0 *m, uint8_t out[OUTER_M0_LEN])
{
    struct put p = head(out, OUTER_M0_LEN, OUTER_M0);
    put_u8(&p, m->pwmode);
    put_u8(&p, m->stretch);
    put_u8(&p, m->flags);
    put_u8(&p, m->pw_gen);
    put_bytes(&p, m->sess_rand, RAND_LEN);
    put_bytes(&p, m->org_pub, POINT_LEN);
    full(&p);
}

void outer_m1_build(const struct outer_m1 *m, uint8_t out[OUTER_M1_LEN])
{
    struct put p = head(out, OUTER_M1_LEN, OUTER_M1);
    put_u32(&p, m->handle);
    put_bytes(&p, m->rand_j, RAND_LEN);
    put_bytes(&p, m->share, POINT_LEN);
    full(&p);
}

void outer_m2_build(const struct outer_m2 *m, uint8_t out[OUTER_M2_LEN])
{
    struct put p = head(out, OUTER_M2_LEN, OUTER_M2);
    put_u32(&p, m->handle);
    put_bytes(&p, m->rand_o, RAND_LEN);
    put_bytes(&p, m->share, POINT_LEN);
    put_bytes(&p, m->confirm, PAKE_CONFIRM);
    full(&p);
}

void outer_m3_build(const struct outer_m3 *m, uint8_t out[OUTER_M3_LEN])
{
    struct put p = head(out, OUTER_M3_LEN, OUTER_M3);
    put_u32(&p, m->handle);
    put_bytes(&p, m->confirm, PAKE_CONFIRM);
    full(&p);
}

void outer_resume_build(const struct outer_resume *m, uint8_t out[OUTER_RESUME_LEN])
{
    struct put p = head(out, OUTER_RESUME_LEN, OUTER_RESUME);
    put_u32(&p, m->handle);
    put_u16(&p, m->mid);
    put_u32(&p, m->count);
    put_bytes(&p, m->rand, RAND_LEN);
    full(&p);
}

void outer_error_build(enum e2e_code code, uint8_t out[OUTER_HEAD + 2])
{
    struct put p = head(out, OUTER_HEAD + 2, OUTER_ERROR);
    put_u16(&p, (uint16_t)code);
    full(&p);
}

void outer_chan_head(uint8_t out[OUTER_HEAD])
{
    struct put p = head(out, OUTER_HEAD, OUTER_CHAN);
    full(&p);
}

enum e2e_code outer_type(struct span in, uint8_t *type)
{
    struct get g = get_from(in.data, in.len);
    uint8_t version = get_u8(&g);
    *type = get_u8(&g);
    uint16_t suite = get_u16(&g);
    if (!g.ok)
        return E_PARSE;
    if (version != E2E_VERSION)
        return E_VERSION;
    return suite == E2E_SUITE ? E_NONE : E_SUITE;
}

struct outer_sides outer_sides(struct span in, enum e2e_code code)
{
    struct get g = get_from(in.data, in.len);
    uint8_t version = get_u8(&g);
    (void)get_u8(&g);
    uint16_t suite = get_u16(&g);
    return code == E_VERSION ? (struct outer_sides){E2E_VERSION, version}
                             : (struct outer_sides){E2E_SUITE, suite};
}

/* Checks the head and leaves the reader behind it. */
static enum e2e_code open_head(struct span in, uint8_t want, struct get *g)
{
    uint8_t type;
    enum e2e_code code = outer_type(in, &type);
    if (code)
        return code;
    *g = get_from(in.data + OUTER_HEAD, in.len - OUTER_HEAD);
    return type == want ? E_NONE : E_PARSE;
}

static enum e2e_code whole(const struct get *g)
{
    return get_done(g) ? E_NONE : E_PARSE;
}

enum e2e_code outer_m0_parse(struct span in, struct outer_m0 *m)
{
    struct get g;
    enum e2e_code code = open_head(in, OUTER_M0, &g);
    if (code)
        return code;
    m->pwmode = get_u8(&g);
    m->stretch = get_u8(&g);
    m->flags = get_u8(&g);
    m->pw_gen = get_u8(&g);
    get_copy(&g, m->sess_rand, RAND_LEN);
    get_copy(&g, m->org_pub, POINT_LEN);
    bool known = m->pwmode <= 1 && (m->stretch == STRETCH_SCRYPT || m->stretch == STRETCH_PBKDF2) &&
                 !(m->flags & ~(M0_LOBBY | M0_IDENTITY));
    return known ? whole(&g) : E_PARSE;
}

enum e2e_code outer_m1_parse(struct span in, struct outer_m1 *m)
{
    struct get g;
    enum e2e_code code = open_head(in, OUTER_M1, &g);
    if (code)
        return code;
    m->handle = get_u32(&g);
    get_copy(&g, m->rand_j, RAND_LEN);
    get_copy(&g, m->share, POINT_LEN);
    return whole(&g);
}

enum e2e_code outer_m2_parse(struct span in, struct outer_m2 *m)
{
    struct get g;
    enum e2e_code code = open_head(in, OUTER_M2, &g);
    if (code)
        return code;
    m->handle = get_u32(&g);
    get_copy(&g, m->rand_o, RAND_LEN);
    get_copy(&g, m->share, POINT_LEN);
    get_copy(&g, m->confirm, PAKE_CONFIRM);
    return whole(&g);
}

enum e2e_code outer_m3_parse(struct span in, struct outer_m3 *m)
{
    struct get g;
    enum e2e_code code = open_head(in, OUTER_M3, &g);
    if (code)
        return code;
    m->handle = get_u32(&g);
    get_copy(&g, m->confirm, PAKE_CONFIRM);
    return whole(&g);
}

enum e2e_code outer_resume_parse(struct span in, struct outer_resume *m)
{
    struct get g;
    enum e2e_code code = open_head(in, OUTER_RESUME, &g);
    if (code)
        return code;
    m->handle = get_u32(&g);
    m->mid = get_u16(&g);
    m->count = get_u32(&g);
    get_copy(&g, m->rand, RAND_LEN);
    return whole(&g);
}

enum e2e_code outer_chan_parse(struct span in, struct span *tls)
{
    struct get g;
    enum e2e_code code = open_head(in, OUTER_CHAN, &g);
    if (code)
        return code;
    *tls = span_of(g.at, g.left);
    return g.left >= 1 && g.left <= OUTER_CHAN_MAX ? E_NONE : E_PARSE;
}

enum e2e_code outer_error_parse(struct span in, enum e2e_code *said)
{
    struct get g;
    enum e2e_code code = open_head(in, OUTER_ERROR, &g);
    if (code)
        return code;
    uint16_t number = get_u16(&g);
    if (!get_done(&g) || number < E_PARSE || number > E_CUT)
        return E_PARSE;
    *said = (enum e2e_code)number;
    return E_NONE;
}
