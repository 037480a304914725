/*
 * Member channel. Runs in vitrine-seal; distrusts the peer's bytes; TLS and the table of
 * net/seal/inner.c judge them.
 */
#include "net/seal/line.h"
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/kdf.h"
#include "net/seal/tls.h"

#define PLAIN 4096

/* In the secure heap. */
struct line_keys {
    uint8_t bind[SHARED_LEN];
    uint8_t wrap[SHARED_LEN];
};

struct line {
    struct tls *tls;
    struct line_keys *keys;
    struct inner_rx rx;
    bool at_organizer, up;
    enum inner_stage stage;
    uint8_t bind_context[40];
    size_t bind_context_len;
    uint8_t plain[PLAIN];
    struct span left; /* read from TLS, not yet parsed; inside plain */
};

struct line *line_create(const struct line_opening *how)
{
    struct line *l = crypto_zalloc(sizeof *l);
    l->keys = crypto_alloc(sizeof *l->keys);
    l->tls = tls_create(how->at_organizer, how->psk, how->identity);
    l->at_organizer = how->at_organizer;
    l->stage = how->stage;
    l->bind_context_len = derive_bind_context(how->sess_id, how->handle, l->bind_context);
    memcpy(l->keys->wrap, how->wrap, SHARED_LEN);
    return l;
}

void line_destroy(struct line *l)
{
    if (!l)
        return;
    tls_destroy(l->tls);
    inner_finish(&l->rx);
    crypto_free(l->keys, sizeof *l->keys);
    crypto_release(l);
}

void line_feed(struct line *l, struct span tls)
{
    tls_feed(l->tls, tls);
}

static enum line_result came_up(struct line *l)
{
    tls_export(l->tls, "EXPORTER-e2e1-bind", span_of(l->bind_context, l->bind_context_len),
               l->keys->bind);
    l->up = true;
    return LINE_UP;
}

enum line_result line_next(struct line *l, struct inner_message *m, enum e2e_code *code)
{
    for (;;) {
        switch (inner_feed(&l->rx, &l->left, l->at_organizer, l->stage, m, code)) {
        case INNER_COMPLETE:
            return LINE_MESSAGE;
        case INNER_BAD:
            return LINE_BAD;
        case INNER_MORE:
            break;
        }
        size_t n = 0;
        switch (tls_read(l->tls, l->plain, sizeof l->plain, &n)) {
        case TLS_NOTHING:
            return LINE_NOTHING;
        case TLS_UP:
            return came_up(l);
        case TLS_CLOSED:
            return LINE_CLOSED;
        case TLS_BAD:
            *code = E_CHANNEL;
            return LINE_BAD;
        case TLS_DATA:
            l->left = span_of(l->plain, n);
            break;
        }
    }
}

void line_set_stage(struct line *l, enum inner_stage stage)
{
    l->stage = stage;
}

enum inner_stage line_stage(const struct line *l)
{
    return l->stage;
}

bool line_up(const struct line *l)
{
    return l->up;
}

const uint8_t *line_bind(const struct line *l)
{
    return l->keys->bind;
}

bool line_send(struct line *l, enum inner_type type, struct span body)
{
    size_t len = INNER_HEAD + body.len;
    uint8_t *message = crypto_zalloc(len);
    struct put p = put_into(message, len);
    put_u8(&p, (uint8_t)type);
    put_number(&p, body.len, 3);
    put_bytes(&p, body.data, body.len);
    crypto_must(body.len <= MAX_CONTROL);
    bool ok = tls_write(l->tls, span_of(message, len));
    crypto_release(message);
    return ok;
}

void line_close(struct line *l)
{
    tls_close(l->tls);
}

size_t line_take(struct line *l, uint8_t out[OUTER_MAX])
{
    size_t n = tls_take(l->tls, out + OUTER_HEAD, OUTER_CHAN_MAX);
    if (!n)
        return 0;
    outer_chan_head(out);
    return OUTER_HEAD + n;
}

void line_wrap(struct line *l, uint32_t epoch, uint8_t secret[SECRET_LEN])
{
    derive_wrap_step(l->keys->wrap, epoch, secret, secret);
}
