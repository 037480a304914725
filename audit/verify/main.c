/*
 * vitrine-verify: checks one audit log that it was handed, answers, exits. Distrusts every byte of
 * log and key file. Sees nothing else.
 */
#include "audit/verify/check.h"
#include "ch_verify.h"
#include "lib/worker.h"
#include <unistd.h>

static struct {
    struct chan control;
    struct msg_verify_log files;
    bool asked;
} verify;

static int on_verify_log(void *ctx, struct msg_verify_log *m)
{
    (void)ctx;
    if (verify.asked)
        return -1;
    verify.files = *m;
    verify.asked = true;
    m->log = -1;
    for (uint16_t i = 0; i < m->n_key; i++)
        m->key[i] = -1;
    return 0;
}

static long read_at(void *ctx, void *buf, size_t n, uint64_t at)
{
    return (long)pread(*(const int *)ctx, buf, n, (off_t)at);
}

static const struct verify_at_verify handlers = {.on_verify_log = on_verify_log};

/* A key file that is none of ours leaves nothing to check against: the log is of another key. */
static void check(struct check_result *out)
{
    struct trail_key key;
    const struct check_source log = {read_at, &verify.files.log};
    bool has_key = verify.files.n_key > 0;
    if (has_key && key_read(verify.files.key[0], &key) != KEY_GOOD) {
        *out = (struct check_result){.verdict = VERDICT_OTHER_KEY};
        return;
    }
    check_log(&log, has_key ? &key : NULL, out);
    if (has_key)
        key_wipe(&key);
}

/* A line may be written between the reading of the key file and that of the log; such a finding at
   the very end is looked at again. */
static void check_settled(struct check_result *out)
{
    for (int i = 0; i < 3; i++) {
        check(out);
        bool end = out->verdict == VERDICT_INSERTED && out->line == out->lines;
        if (!end && out->verdict != VERDICT_CUT && out->verdict != VERDICT_HALF_LINE)
            return;
    }
}

int main(void)
{
    struct check_result result;
    worker_begin(WORKER_VERIFY);
    verify_init_verify(&verify.control, WORKER_CONTROL_FD, &handlers, NULL);
    if (!digest_warm_up())
        worker_fail(&verify.control, FAIL_CRYPTO, 0);
    worker_confine(WORKER_VERIFY, &policy_verify, &verify.control);
    if (chan_receive_wait(&verify.control) != CHAN_OK || !verify.asked)
        worker_fail(&verify.control, FAIL_MESSAGE, verify.control.bad_type);
    check_settled(&result);
    struct msg_verify_result answer = {.verdict = (uint8_t)result.verdict,
                                       .line = result.line,
                                       .lines = result.lines,
                                       .signed_to = result.signed_to};
    return msg_verify_result_send(&verify.control, &answer) == 0 ? 0 : 1;
}
