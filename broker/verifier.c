/* One question to one vitrine-verify: see verifier.h. Run by the broker. */
#include "broker/verifier.h"
#include "broker/audit_files.h"
#include "broker/errand.h"
#include <stdio.h>
#include <unistd.h>

struct verifying {
    struct chan chan;
    bool ready, answered;
    struct msg_verify_result result;
    uint8_t verdict;
    const char *file; /* the log, beside which its parts are */
    int log;
    uint32_t parts;
    bool unreadable;
};

static int on_ready(void *ctx)
{
    struct verifying *v = ctx;
    v->ready = true;
    v->chan.state = VERIFY_STATE_READY;
    return 0;
}

static int on_failed(void *ctx, struct msg_failed *m)
{
    (void)ctx;
    (void)m;
    return -1;
}

static int on_verify_result(void *ctx, struct msg_verify_result *m)
{
    struct verifying *v = ctx;
    v->result = *m;
    v->answered = true;
    return 0;
}

static int on_verify_want(void *ctx, struct msg_verify_want *m)
{
    struct verifying *v = ctx;
    const char *why;
    if (m->part > v->parts)
        return -1;
    int fd = audit_files_part(v->file, m->part, v->log, &why);
    const struct msg_verify_part answer = {.n_part = fd >= 0, .part = {fd}};
    v->unreadable = why != NULL;
    if (why)
        fprintf(stderr, "vitrine: %s.%06u cannot be read: %s\n", v->file, m->part, why);
    int result = why ? -1 : msg_verify_part_send(&v->chan, &answer);
    if (fd >= 0)
        close(fd);
    return result;
}

static int on_verify_answer(void *ctx, struct msg_verify_answer *m)
{
    struct verifying *v = ctx;
    v->verdict = m->good;
    v->answered = true;
    return 0;
}

static const struct verify_at_broker handlers = {
    .on_ready = on_ready,
    .on_failed = on_failed,
    .on_verify_result = on_verify_result,
    .on_verify_want = on_verify_want,
    .on_verify_answer = on_verify_answer,
};

static bool begin(struct verifying *v, bool require_namespaces, struct started *s)
{
    *v = (struct verifying){0};
    if (!errand_begin(WORKER_VERIFY, require_namespaces, s))
        return false;
    verify_init_broker(&v->chan, s->control, &handlers, v);
    return true;
}

/* Before it sees a byte of what it is to judge. */
static bool verified(struct verifying *v, const struct started *s)
{
    return errand_hear_soon(&v->chan) && v->ready && errand_confined(s);
}

static bool answered(struct verifying *v)
{
    return errand_hear(&v->chan) && v->answered;
}

enum verifier_says verifier_log(const char *file, const struct msg_verify_log *m,
                                bool require_namespaces, struct msg_verify_result *out)
{
    struct verifying v;
    struct started s;
    if (!begin(&v, require_namespaces, &s))
        return VERIFIER_SILENT;
    v.file = file;
    v.log = m->log;
    v.parts = m->parts;
    bool good = verified(&v, &s) && msg_verify_log_send(&v.chan, m) == 0;
    while (good && !v.answered)
        good = errand_hear(&v.chan);
    *out = v.result;
    errand_end(&s, &v.chan);
    return good ? VERIFIER_YES : v.unreadable ? VERIFIER_NO : VERIFIER_SILENT;
}

enum verifier_says verifier_policy(int set, int key, int signature, bool require_namespaces)
{
    struct verifying v;
    struct started s;
    const struct msg_verify_policy m = {.set = set, .key = key, .signature = signature};
    if (!begin(&v, require_namespaces, &s))
        return VERIFIER_SILENT;
    bool good = verified(&v, &s) && msg_verify_policy_send(&v.chan, &m) == 0 && answered(&v);
    errand_end(&s, &v.chan);
    return !good ? VERIFIER_SILENT : v.verdict ? VERIFIER_YES : VERIFIER_NO;
}

enum verifier_says verifier_authorities(int authorities, bool require_namespaces)
{
    struct verifying v;
    struct started s;
    const struct msg_verify_authorities m = {.anchors = authorities};
    if (!begin(&v, require_namespaces, &s))
        return VERIFIER_SILENT;
    bool good = verified(&v, &s) && msg_verify_authorities_send(&v.chan, &m) == 0 && answered(&v);
    errand_end(&s, &v.chan);
    return !good ? VERIFIER_SILENT : v.verdict ? VERIFIER_YES : VERIFIER_NO;
}
