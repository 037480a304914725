/*
 * Entrance: a pair channel as the presenter reads it: the head around it, and what stands inside
 * its TLS records, before and after PAIR_AUTH, in pieces of any length. TLS itself is OpenSSL's and
 * stays out: the functions of tls.h are those below, which hand the input over as if it had been
 * decrypted.
 *
 *     u8 bit 0: a right PAIR_AUTH comes first, bit 1: we are the controller | { u8 length, bytes }
 * ...
 */
#include "net/seal/bytes.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/pair.h"
#include "net/seal/sig.h"
#include "net/seal/tls.h"
#include "tests/fuzz/seal_leaks.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t sess_id[SESS_ID_LEN], bind[SHARED_LEN], psk[PSK_LEN];
static const struct signal_terms terms = {.caps = 3, .ttl_s = 300, .idle_s = 60};
static EVP_PKEY *keys[2]; /* controller, presenter */
static uint8_t proofs[2][1 + SIG_LEN];

/* --- TLS, as far as it goes --- */

static struct get input;
static struct span proof;
static size_t piece;
static bool up;

struct tls *tls_create(bool server, const uint8_t key[PSK_LEN], struct span identity)
{
    (void)server, (void)key, (void)identity;
    up = false;
    return NULL;
}
void tls_destroy(struct tls *t)
{
    (void)t;
}
void tls_feed(struct tls *t, struct span in)
{
    (void)t, (void)in;
}
bool tls_write(struct tls *t, struct span data)
{
    (void)t, (void)data;
    return true;
}
void tls_close(struct tls *t)
{
    (void)t;
}
size_t tls_take(struct tls *t, uint8_t *out, size_t cap)
{
    (void)t, (void)out, (void)cap;
    return 0;
}
void tls_export(struct tls *t, const char *label, struct span context, uint8_t out[SHARED_LEN])
{
    (void)t, (void)label, (void)context;
    memcpy(out, bind, SHARED_LEN);
}

static enum tls_result hand_over(struct span *from, uint8_t *out, size_t most, size_t *len)
{
    *len = from->len < most ? from->len : most;
    memcpy(out, from->data, *len);
    *from = span_of(from->data + *len, from->len - *len);
    return TLS_DATA;
}

enum tls_result tls_read(struct tls *t, uint8_t *out, size_t cap, size_t *len)
{
    (void)t;
    if (!up) {
        up = true;
        return TLS_UP;
    }
    if (proof.len)
        return hand_over(&proof, out, cap, len);
    while (!piece && input.left)
        piece = get_u8(&input);
    struct span rest = span_of(input.at, piece < input.left ? piece : input.left);
    if (!rest.len)
        return input.left ? TLS_NOTHING : TLS_CLOSED;
    (void)hand_over(&rest, out, cap, len);
    (void)get_bytes(&input, *len);
    piece -= *len;
    return TLS_DATA;
}

/* --- both ends --- */

static void prove(unsigned role)
{
    uint8_t message[160];
    struct put m = put_into(message, sizeof message);
    put_u8(&m, (uint8_t)role);
    put_bytes(&m, bind, sizeof bind);
    put_bytes(&m, sess_id, sizeof sess_id);
    put_bytes(&m, sess_id, GRANT_ID_LEN);
    put_u16(&m, 2);
    put_u16(&m, 1);
    put_u16(&m, terms.caps);
    put_u32(&m, terms.ttl_s);
    put_u16(&m, terms.idle_s);
    proofs[role][0] = 0x30;
    sig_sign(keys[role], "pair auth", span_of(message, m.len), proofs[role] + 1);
}

static void init(void)
{
    if (!crypto_init())
        abort();
    for (unsigned role = 0; role < 2; role++) {
        keys[role] = sig_create();
        prove(role);
    }
}

/* What is taken was proved, is in the form, and within the caps. */
static void read_all(struct pair *p, bool proved)
{
    struct input_event events[MAX_INPUT_EVENTS];
    enum e2e_code code = E_NONE;
    unsigned n = 0;
    for (;;) {
        enum pair_result r = pair_next(p, events, &n, &code);
        if (r == PAIR_NOTHING || r == PAIR_CLOSED || r == PAIR_BAD)
            break;
        if (!proved || !pair_up(p) || n > MAX_INPUT_EVENTS)
            abort();
        for (unsigned i = 0; r == PAIR_INPUT && i < n; i++)
            if (!input_record_may(&events[i], terms.caps))
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *grant;
    struct span tls;
    if (!keys[0])
        init();
    (void)pair_split(span_of(data, size), &grant, &tls);
    if (!size)
        return 0;
    bool proved = data[0] & 1, presenter = !(data[0] & 2);
    struct pair_opening how = {.presenter = presenter,
                               .mid_c = 2,
                               .mid_p = 1,
                               .terms = terms,
                               .sess_id = sess_id,
                               .psk = psk,
                               .own = keys[presenter],
                               .peer = keys[!presenter]};
    input = get_from(data + 1, size - 1);
    proof = span_of(proofs[!presenter], proved ? sizeof proofs[0] : 0);
    piece = 0;
    struct pair *p = pair_create(&how);
    read_all(p, proved);
    pair_destroy(p);
    return 0;
}
