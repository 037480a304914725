/*
 * Lines of the trail that prove themselves: what people in the session have signed by the keys that
 * the organizer's signed record names (audit/FORMAT.md 10). Run by the broker, which only writes
 * down what seal says: `vitrine audit verify` judges it, on any computer.
 */
#include "broker/app.h"
#include "broker/record.h"
#include "broker/record_parts.h"
#include "ch_seal.h"
#include "lib/hex.h"
#include "policy_tables.h"
#include <stdio.h>

#define FIELD_BYTES 128 /* in hexadecimal as long as a field may be */

static void add_bytes(struct line *l, const char *name, const uint8_t *bytes, size_t n)
{
    char hex[HEX_SIZE(FIELD_BYTES)];
    hex_format(bytes, n, hex);
    record_add(l, name, hex);
}

static void add_number(struct line *l, const char *name, unsigned long value)
{
    char text[32];
    snprintf(text, sizeof text, "%lu", value);
    record_add(l, name, text);
}

_Static_assert(PROOF_RECORD_MAX == 111 * PROOF_PART, "the bounds of part and parts in SEAL_RECORD");

void record_part(struct app *a, const struct msg_seal_record *m)
{
    struct line l;
    record_begin(&l, AUDIT_RECORD_PART);
    add_number(&l, "member", m->mid);
    add_number(&l, "part", m->part);
    add_number(&l, "of", m->parts);
    for (unsigned i = 0; i * FIELD_BYTES < m->data.len; i++) {
        static const char *const names[] = {"d1", "d2", "d3", "d4",  "d5",  "d6",
                                            "d7", "d8", "d9", "d10", "d11", "d12"};
        size_t left = m->data.len - i * FIELD_BYTES;
        add_bytes(&l, names[i], m->data.data + i * FIELD_BYTES,
                  left < FIELD_BYTES ? left : FIELD_BYTES);
    }
    record_write(a, &l);
}

void record_control_proof(struct app *a, const struct msg_seal_proof *m)
{
    static const char *const levels[] = {"no", "compared", "certified"};
    struct line l;
    uint16_t other = m->controller == a->session.me ? m->presenter : m->controller;
    record_begin(&l, AUDIT_CONTROL_PROOF);
    add_number(&l, "member", other);
    record_add(&l, "words", levels[session_level_of(&a->session, other) % 3]);
    add_bytes(&l, "grant", m->grant, sizeof m->grant);
    add_bytes(&l, "session", m->session, sizeof m->session);
    add_bytes(&l, "bind", m->bind, sizeof m->bind);
    add_bytes(&l, "organizer", m->organizer, sizeof m->organizer);
    add_number(&l, "controller", m->controller);
    add_number(&l, "presenter", m->presenter);
    add_bytes(&l, "key_c", m->key_c, sizeof m->key_c);
    add_bytes(&l, "key_p", m->key_p, sizeof m->key_p);
    add_bytes(&l, "sig_c", m->sig_c, sizeof m->sig_c);
    add_bytes(&l, "sig_p", m->sig_p, sizeof m->sig_p);
    add_number(&l, "epoch", m->epoch);
    add_number(&l, "caps", m->caps);
    add_number(&l, "seconds", m->ttl_s);
    add_number(&l, "idle", m->idle_s);
    record_write(a, &l);
}

void record_share_proof(struct app *a, const struct msg_seal_shown *m)
{
    struct line l;
    record_begin(&l, AUDIT_SHARE_PROOF);
    add_bytes(&l, "session", m->session, sizeof m->session);
    add_bytes(&l, "organizer", m->organizer, sizeof m->organizer);
    add_number(&l, "member", m->mid);
    add_bytes(&l, "key", m->key, sizeof m->key);
    add_bytes(&l, "sig", m->sig, sizeof m->sig);
    add_number(&l, "epoch", m->epoch);
    record_write(a, &l);
}
