/* The trail's files and the audit commands. Run by the broker. */
#include "broker/audit_cmd.h"
#include "broker/settings.h"
#include "ch_verify.h"
#include "lib/fail.h"
#include "lib/policy_show.h"
#include "lib/start.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the files --- */

static int open_own(const char *path, int flags, mode_t forbidden, const char **why)
{
    struct stat st;
    int fd = open(path, flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
    if (fd < 0) {
        *why = strerror(errno);
        return -1;
    }
    *why = NULL;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        *why = "it is not a file";
    else if (st.st_uid != geteuid())
        *why = "it belongs to somebody else";
    else if (st.st_mode & forbidden)
        *why = "others may write or read it; chmod go-rwx it";
    if (!*why)
        return fd;
    close(fd);
    return -1;
}

bool audit_files_open(const struct conf *conf, struct audit_files *out, char error[KEYFILE_ERROR])
{
    char key_path[sizeof out->path + 4];
    const char *why;
    *out = (struct audit_files){.log = -1, .key = -1};
    if (conf->audit_file[0]) {
        memcpy(out->path, conf->audit_file, sizeof out->path);
    } else if (!settings_path(true, "audit.log", true, out->path)) {
        snprintf(error, KEYFILE_ERROR,
                 "no place for the audit trail: HOME is not set, or cannot "
                 "be written");
        return false;
    }
    snprintf(key_path, sizeof key_path, "%s.key", out->path);
    out->log = open_own(out->path, O_RDWR | O_APPEND, S_IWGRP | S_IWOTH, &why);
    if (out->log >= 0)
        out->key = open_own(key_path, O_RDWR, S_IRWXG | S_IRWXO, &why);
    if (out->key >= 0)
        return true;
    snprintf(error, KEYFILE_ERROR, "audit trail %.300s cannot be used: %s",
             out->log < 0 ? out->path : key_path, why);
    if (out->log >= 0)
        close(out->log);
    out->log = -1;
    return false;
}

/* --- verify --- */

struct verifying {
    struct chan chan;
    bool ready, answered;
    struct msg_verify_result result;
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

static const struct verify_at_broker handlers = {
    .on_ready = on_ready,
    .on_failed = on_failed,
    .on_verify_result = on_verify_result,
};

/* One message within ms. */
static bool hear(struct verifying *v, int ms)
{
    struct pollfd p = {.fd = v->chan.fd, .events = POLLIN};
    return poll(&p, 1, ms) == 1 && chan_receive_wait(&v->chan) == CHAN_OK;
}

/* The verifier is checked from outside like every worker before it sees a byte of the log. */
static bool ask(struct verifying *v, const struct started *s, int log, int key)
{
    struct proof proof;
    const char *why;
    struct msg_verify_log m = {.log = log, .n_key = key >= 0, .key = {key}};
    if (!hear(v, START_MS) || !v->ready || start_measure(s, &proof) != 0 ||
        !start_verified(&proof, start_own_filters() + 2, &why))
        return false;
    return msg_verify_log_send(&v->chan, &m) == 0 && hear(v, -1) && v->answered;
}

static bool run_verifier(int log, int key, struct msg_verify_result *out)
{
    struct verifying v = {0};
    struct started s;
    if (start_worker(WORKER_VERIFY, false, &s) != 0 && start_worker(WORKER_VERIFY, true, &s) != 0)
        return false;
    verify_init_broker(&v.chan, s.control, &handlers, &v);
    bool good = ask(&v, &s, log, key);
    *out = v.result;
    siginfo_t how;
    start_kill(&s, &how);
    start_finish(&s);
    chan_finish(&v.chan);
    return good;
}

static const char *const verdicts[] = {
    [VERDICT_OK] = "whole",
    [VERDICT_EMPTY] = "empty",
    [VERDICT_NO_LOG] = "this is no audit trail of vitrine",
    [VERDICT_CHANGED] = "this line was changed",
    [VERDICT_REMOVED] = "lines are missing before this one",
    [VERDICT_REORDERED] = "this line stands in another place than it was written",
    [VERDICT_INSERTED] = "this line was inserted",
    [VERDICT_CUT] = "the end of the trail was cut off here",
    [VERDICT_SIGNATURE] = "from this line on the trail was rewritten, or its signature is wrong",
    [VERDICT_HALF_LINE] =
        "this line is torn: a crash while writing, not tampering; the rest is whole",
    [VERDICT_OTHER_KEY] = "the key file is not the one this trail was written with",
};

static int print_verdict(const char *file, const struct msg_verify_result *r, bool has_key,
                         FILE *out)
{
    const char *words = r->verdict < sizeof verdicts / sizeof verdicts[0] ? verdicts[r->verdict]
                                                                          : "unknown verdict";
    bool good =
        r->verdict == VERDICT_OK || r->verdict == VERDICT_EMPTY || r->verdict == VERDICT_HALF_LINE;
    fprintf(out, "%s: %s", file, good ? "" : "NOT whole: ");
    if (r->line)
        fprintf(out, "line %" PRIu64 ": ", r->line);
    fprintf(out, "%s (%" PRIu64 " lines read, signed up to line %" PRIu64 "%s)\n", words, r->lines,
            r->signed_to, has_key ? "" : "; without its key file a cut at the end cannot be seen");
    return good ? 0 : 1;
}

int audit_cmd_verify(const char *file, FILE *out)
{
    char key_path[1024];
    struct msg_verify_result result;
    int log = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (log < 0) {
        fprintf(stderr, "vitrine: %s cannot be opened: %s\n", file, strerror(errno));
        return 1;
    }
    snprintf(key_path, sizeof key_path, "%s.key", file);
    int key = open(key_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool good = run_verifier(log, key, &result);
    int status = 5;
    if (good)
        status = print_verdict(file, &result, key >= 0, out);
    else
        fputs("vitrine: the verifier could not be locked in or died over this log; see vitrine "
              "doctor\n",
              stderr);
    close(log);
    if (key >= 0)
        close(key);
    return status;
}

int audit_cmd_catalogue(FILE *out)
{
    return policy_show_events(out) == 0 ? 0 : 1;
}
