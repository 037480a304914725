/*
 * vitrine-audit: appends the broker's events to the one log it was handed, and keeps the signing
 * key and the head of the chain in the one small file it was handed. Distrusts both files; trusts
 * the broker's words, whose form the decoder has checked. Sees no network, no other file, no
 * screen.
 */
#include "audit/sink.h"
#include "audit/space.h"
#include "audit/trail.h"
#include "ch_audit.h"
#include "lib/worker.h"
#include <errno.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define BATCH 32 /* events that are written and flushed together */

static struct {
    struct chan control;
    struct trail trail;
    struct sink sink;
    struct space space;
    int log, key, previous;
    uint32_t serials[BATCH];
    unsigned n_serials;
    int begun;     /* 0 no batch is open, 1 one is, -1 it could not be begun */
    int error;     /* of the batch that is open */
    uint8_t sinks; /* ... at those, and the log has its lines */
} audit = {.log = -1, .key = -1, .previous = -1};

static int on_audit_files(void *ctx, struct msg_audit_files *m)
{
    (void)ctx;
    if (audit.log >= 0)
        return -1;
    audit.log = m->log;
    audit.key = m->key;
    m->log = m->key = -1;
    audit.space = (struct space){.log = audit.log, .warn = m->warn_free};
    if (m->n_previous) {
        audit.previous = m->previous[0];
        m->previous[0] = -1;
    }
    return sink_take(&audit.sink, m);
}

static int on_audit_sinks(void *ctx, struct msg_audit_sinks *m)
{
    (void)ctx;
    return sink_renew(&audit.sink, m);
}

static void fail(void)
{
    if (audit.error == 0)
        audit.error = errno ? errno : EIO;
}

static int on_audit_event(void *ctx, struct msg_audit_event *m)
{
    (void)ctx;
    struct trail_field fields[16];
    char names[16][33];
    if (audit.n_serials == BATCH)
        return -1; /* never: a batch is closed when it is full */
    audit.serials[audit.n_serials++] = m->serial;
    if (audit.begun == 0) {
        audit.begun = trail_begin(&audit.trail) == 0 ? 1 : -1;
        if (audit.begun < 0)
            fail();
    }
    for (uint16_t i = 0; i < m->n_fields; i++) {
        memcpy(names[i], m->fields[i].name.data, m->fields[i].name.len);
        names[i][m->fields[i].name.len] = '\0';
        fields[i] = (struct trail_field){names[i], m->fields[i].value};
    }
    if (audit.error == 0 && trail_add(&audit.trail, m->event, fields, m->n_fields) != 0)
        fail();
    if (audit.error == 0 && m->sign && trail_sign(&audit.trail) != 0)
        fail();
    return 0;
}

/* Writes the batch, or nothing of it, and says which. */
static void close_batch(void)
{
    if (audit.begun > 0 && audit.error)
        audit.trail.n = 0;
    if (audit.begun > 0 && trail_commit(&audit.trail) != 0)
        fail();
    if (audit.begun > 0 && !audit.error)
        audit.sinks = sink_send(&audit.sink, audit.trail.batch, audit.trail.written);
    if (audit.sinks)
        fail();
    for (unsigned i = 0; i < audit.n_serials; i++) {
        struct msg_audit_written w = {
            .serial = audit.serials[i], .error = (uint32_t)audit.error, .sinks = audit.sinks};
        if (msg_audit_written_send(&audit.control, &w) != 0)
            _exit(1);
    }
    audit.n_serials = 0;
    audit.begun = audit.error = 0;
    audit.sinks = 0;
}

static int on_audit_take_key(void *ctx, struct msg_audit_take_key *ask)
{
    uint8_t key[DIGEST_SIZE];
    struct msg_audit_key m = {0};
    (void)ctx;
    int there = trail_take_key(&audit.trail, ask->told, key, &m.from);
    if (there < 0)
        return -1;
    m.key = (struct span){key, there && !ask->told ? sizeof key : 0};
    int result = msg_audit_key_send(&audit.control, &m);
    OPENSSL_cleanse(key, sizeof key);
    return result;
}

static const struct audit_at_audit handlers = {
    .on_audit_files = on_audit_files,
    .on_audit_sinks = on_audit_sinks,
    .on_audit_event = on_audit_event,
    .on_audit_take_key = on_audit_take_key,
};

static bool more_waits(void)
{
    struct pollfd p = {.fd = audit.control.fd, .events = POLLIN};
    return poll(&p, 1, 0) == 1 && (p.revents & POLLIN);
}

static void look_for_space(void)
{
    struct msg_audit_space m = {0};
    if (space_look(&audit.space, &m.free) && msg_audit_space_send(&audit.control, &m) != 0)
        _exit(1);
}

/* Until there is something to receive, be it the end. */
static void wait_and_look(void)
{
    struct pollfd p = {.fd = audit.control.fd, .events = POLLIN};
    while (poll(&p, 1, SPACE_LOOK_MS) == 0)
        look_for_space();
}

/* What has arrived by now becomes one batch: a crowd of events at the start costs one flush of the
 * disk. */
static int run(void)
{
    for (;;) {
        wait_and_look();
        if (chan_receive_wait(&audit.control) != CHAN_OK)
            return 1;
        if (audit.n_serials == BATCH || !trail_has_room(&audit.trail) || !more_waits()) {
            close_batch();
            look_for_space();
        }
    }
}

int main(void)
{
    worker_begin(WORKER_AUDIT);
    audit_init_audit(&audit.control, WORKER_CONTROL_FD, &handlers, NULL);
    if (chan_receive_wait(&audit.control) != CHAN_OK || audit.log < 0)
        worker_fail(&audit.control, FAIL_MESSAGE, audit.control.bad_type);
    if (!digest_warm_up())
        worker_fail(&audit.control, FAIL_CRYPTO, 0);
    worker_confine(WORKER_AUDIT, &policy_audit, &audit.control);
    if (trail_open(&audit.trail, audit.log, audit.key, audit.previous) != 0)
        worker_fail(&audit.control, FAIL_FILE, (uint32_t)errno);
    sink_open(&audit.sink, audit.trail.batch, audit.trail.written);
    int status = run();
    trail_finish(&audit.trail);
    return status;
}
