/*
 * vitrine-verify: checks one audit log, one signed policy or one chain of certificates that it was
 * handed, answers, exits.
 * Distrusts every byte of it. Sees nothing else.
 */
#include "audit/verify/certificate.h"
#include "audit/verify/check.h"
#include "audit/verify/give_up.h"
#include "audit/verify/policy_set.h"
#include "audit/verify/whole.h"
#include "ch_verify.h"
#include "lib/worker.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANCHORS_MAX 65536 /* bytes of the organisation's authorities, PEM */

static struct {
    struct chan control;
    struct msg_verify_log files;
    struct check_seal seal;
    bool has_seal;
    struct msg_verify_policy policy;
    struct {
        uint8_t bytes[MAX_IDENTITY];
        size_t len;
        uint64_t unix_s;
        int anchors;
    } chain;
    enum { NOTHING, LOG, POLICY, CHAIN, AUTHORITIES } asked;
} verify;

/* Of a log and its parts, the one that is being read. */
static struct {
    uint32_t number; /* of the part, from 1; behind the last: the log; 0: none yet */
    int fd;          /* -1: that part is not there */
    uint64_t start;  /* of its first byte in the whole */
    bool waits;      /* it was asked for */
} part = {.fd = -1};

static int on_verify_log(void *ctx, struct msg_verify_log *m)
{
    (void)ctx;
    if (verify.asked || (m->seal.len && m->seal.len != sizeof verify.seal.key))
        return -1;
    verify.files = *m;
    verify.asked = LOG;
    verify.has_seal = m->seal.len != 0;
    verify.seal.from = m->from;
    if (verify.has_seal)
        memcpy(verify.seal.key, m->seal.data, sizeof verify.seal.key);
    m->log = -1;
    for (uint16_t i = 0; i < m->n_key; i++)
        m->key[i] = -1;
    return 0;
}

static int on_verify_part(void *ctx, struct msg_verify_part *m)
{
    (void)ctx;
    if (!part.waits)
        return -1;
    part.waits = false;
    part.fd = m->n_part ? m->part[0] : -1;
    if (m->n_part)
        m->part[0] = -1;
    return 0;
}

static int on_verify_policy(void *ctx, struct msg_verify_policy *m)
{
    (void)ctx;
    if (verify.asked)
        return -1;
    verify.policy = *m;
    verify.asked = POLICY;
    m->set = m->key = m->signature = -1;
    return 0;
}

static int on_verify_chain(void *ctx, struct msg_verify_chain *m)
{
    (void)ctx;
    if (verify.asked)
        return -1;
    memcpy(verify.chain.bytes, m->chain.data, m->chain.len);
    verify.chain.len = m->chain.len;
    verify.chain.unix_s = m->unix_s;
    verify.chain.anchors = m->anchors;
    verify.asked = CHAIN;
    m->anchors = -1;
    return 0;
}

static int on_verify_authorities(void *ctx, struct msg_verify_authorities *m)
{
    (void)ctx;
    if (verify.asked)
        return -1;
    verify.chain.anchors = m->anchors;
    verify.asked = AUTHORITIES;
    m->anchors = -1;
    return 0;
}

/* --- the parts and the log, as one text --- */

static void close_part(void)
{
    if (part.fd >= 0 && part.fd != verify.files.log)
        close(part.fd);
    part.fd = -1;
}

static bool ask_for_part(void)
{
    const struct msg_verify_want m = {.part = part.number};
    part.waits = true;
    if (msg_verify_want_send(&verify.control, &m) != 0)
        return false;
    while (part.waits)
        if (chan_receive_wait(&verify.control) != CHAN_OK)
            return false;
    return true;
}

static bool open_next(void)
{
    close_part();
    part.number++;
    if (part.number <= verify.files.parts)
        return ask_for_part();
    part.fd = verify.files.log;
    return true;
}

/* How long the one that is open is; of the log, which grows, all that comes. */
static bool part_size(uint64_t *out)
{
    off_t size = part.fd < 0 ? 0 : lseek(part.fd, 0, SEEK_END);
    *out = part.number > verify.files.parts ? UINT64_MAX - part.start : (uint64_t)size;
    return size >= 0;
}

static long read_part(void *buf, size_t n, uint64_t at)
{
    ssize_t got = pread(part.fd, buf, n, (off_t)at);
    if (got < 0)
        give_up();
    return (long)got;
}

/* Reads go forward, but for those of a reader that was copied to look ahead: then from the first
   part again. */
static long read_at(void *ctx, void *buf, size_t n, uint64_t at)
{
    uint64_t size = 0;
    (void)ctx;
    if (at < part.start || part.number == 0) {
        part.number = 0;
        part.start = 0;
        if (!open_next())
            give_up();
    }
    while (part_size(&size)) {
        if (at - part.start < size)
            return read_part(buf, n, at - part.start);
        part.start += size;
        if (!open_next())
            break;
    }
    give_up();
}

static const struct verify_at_verify handlers = {
    .on_verify_log = on_verify_log,
    .on_verify_part = on_verify_part,
    .on_verify_policy = on_verify_policy,
    .on_verify_chain = on_verify_chain,
    .on_verify_authorities = on_verify_authorities,
};

/* A key file that is none of ours leaves nothing to check against: the log is of another key. */
static void check(struct check_result *out)
{
    struct trail_key key;
    const struct reader_source log = {read_at, NULL};
    bool has_key = verify.files.n_key > 0;
    enum key_read key_is = has_key ? key_read(verify.files.key[0], &key) : KEY_GOOD;
    if (key_is == KEY_UNREAD)
        give_up();
    if (key_is != KEY_GOOD) {
        *out = (struct check_result){.verdict = VERDICT_OTHER_KEY};
        return;
    }
    check_log(&log, has_key ? &key : NULL, verify.has_seal ? &verify.seal : NULL, out);
    if (has_key)
        key_wipe(&key);
}

/* A line may be written between the reading of the key file and that of the log; such a finding at
   the very end is looked at again. */
static void check_settled(struct check_result *out)
{
    for (int i = 0; i < 3; i++) {
        check(out);
        bool end = out->verdict == VERDICT_INSERTED && out->line >= out->lines;
        if (!end && out->verdict != VERDICT_CUT && out->verdict != VERDICT_HALF_LINE)
            return;
    }
}

static int answer_log(void)
{
    struct check_result result;
    check_settled(&result);
    OPENSSL_cleanse(&verify.seal, sizeof verify.seal);
    struct msg_verify_result m = {.verdict = (uint8_t)result.verdict,
                                  .line = result.line,
                                  .lines = result.lines,
                                  .first = result.first,
                                  .sealed = result.sealed,
                                  .proofs = result.proofs,
                                  .unnamed = result.unnamed,
                                  .signed_to = result.signed_to,
                                  .session = result.session};
    memcpy(m.key, result.key, sizeof m.key);
    return msg_verify_result_send(&verify.control, &m);
}

static int answer_policy(void)
{
    const struct msg_verify_policy *p = &verify.policy;
    const struct msg_verify_answer m = {.good = policy_set_signed(p->set, p->key, p->signature)};
    return msg_verify_answer_send(&verify.control, &m);
}

static int answer_authorities(void)
{
    size_t len = 0;
    uint8_t *anchors = whole_read(verify.chain.anchors, ANCHORS_MAX, &len);
    const struct msg_verify_answer m = {
        .good = anchors && certificate_authorities((struct span){anchors, len})};
    free(anchors);
    return msg_verify_answer_send(&verify.control, &m);
}

static int answer_chain(void)
{
    struct certificate c = {0};
    size_t len = 0;
    uint8_t *anchors = whole_read(verify.chain.anchors, ANCHORS_MAX, &len);
    enum chain_fault what = CHAIN_ANCHORS;
    if (anchors)
        what = certificate_check((struct span){verify.chain.bytes, verify.chain.len},
                                 (struct span){anchors, len}, verify.chain.unix_s, &c);
    free(anchors);
    struct msg_verify_chain_result m = {.what = (uint8_t)what};
    if (what == CHAIN_GOOD) {
        m.key = (struct span){c.key, c.key_len};
        m.name = (struct span){(const uint8_t *)c.name, c.name_len};
        memcpy(m.fp, c.fp, sizeof m.fp);
    }
    return msg_verify_chain_result_send(&verify.control, &m);
}

static int answer(void)
{
    switch (verify.asked) {
    case LOG:
        return answer_log();
    case POLICY:
        return answer_policy();
    case CHAIN:
        return answer_chain();
    case AUTHORITIES:
        return answer_authorities();
    default:
        return -1;
    }
}

/* --- OpenSSL tells a signature that is wrong and one for which there was no memory in one way ---
 */

static void *resize(void *old, size_t n)
{
    return n ? or_give_up(reallocarray(old, 1, n)) : NULL;
}

static void *crypto_new(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return resize(NULL, n);
}

static void *crypto_resize(void *old, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return n ? resize(old, n) : (free(old), NULL);
}

static void crypto_free(void *old, const char *file, int line)
{
    (void)file;
    (void)line;
    free(old);
}

int main(void)
{
    bool memory = CRYPTO_set_mem_functions(crypto_new, crypto_resize, crypto_free) == 1;
    worker_begin(WORKER_VERIFY);
    verify_init_verify(&verify.control, WORKER_CONTROL_FD, &handlers, NULL);
    if (!memory || !digest_warm_up())
        worker_fail(&verify.control, FAIL_CRYPTO, 0);
    worker_confine(WORKER_VERIFY, &policy_verify, &verify.control);
    if (chan_receive_wait(&verify.control) != CHAN_OK || !verify.asked)
        worker_fail(&verify.control, FAIL_MESSAGE, verify.control.bad_type);
    return answer() == 0 ? 0 : 1;
}
