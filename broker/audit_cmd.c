/* `vitrine audit verify | key | catalogue`. Run by a vitrine of its own for this command. */
#include "broker/audit_cmd.h"
#include "broker/audit_verdict.h"
#include "broker/conf.h"
#include "broker/errand.h"
#include "broker/verifier.h"
#include "ch_audit.h"
#include "lib/fail.h"
#include "lib/hex.h"
#include "lib/policy_show.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_OPEN = 7 }; /* as with audit_verdict.c: nothing is wrong, but not all could be read */

/* FROM:64 hexadecimal digits, as `vitrine audit key` prints it. */
static bool parse_kept(const char *text, uint64_t *from, uint8_t key[32])
{
    char *colon;
    errno = 0;
    *from = strtoull(text, &colon, 10);
    return !errno && colon != text && *from > 0 && *from <= UINT64_C(0xffffffffffff) &&
           *colon == ':' && hex_parse(colon + 1, 32, key) &&
           (colon[65] == '\0' || colon[65] == '\n');
}

static bool read_kept(const char *file, uint64_t *from, uint8_t key[32])
{
    char text[128] = "";
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        fprintf(stderr, "vitrine: %s cannot be opened: %s\n", file, strerror(errno));
        return false;
    }
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    bool good = n > 0 && parse_kept(text, from, key);
    explicit_bzero(text, sizeof text);
    if (!good)
        fprintf(stderr, "vitrine: %s holds no key as `vitrine audit key` prints it\n", file);
    return good;
}

static void close_all(struct msg_verify_log *m)
{
    if (m->n_key)
        close(m->key[0]);
    close(m->log);
}

static bool cannot_open(const char *path, const char *why)
{
    fprintf(stderr, "vitrine: %s cannot be opened: %s\n", path, why);
    return false;
}

/* Only a key file that is not there may be done without. */
static bool open_key(const char *file, struct msg_verify_log *m)
{
    char path[1024];
    const char *why;
    if ((size_t)snprintf(path, sizeof path, "%s.key", file) >= sizeof path)
        return cannot_open(file, strerror(ENAMETOOLONG));
    m->key[0] = audit_files_read(path, &why);
    m->n_key = m->key[0] >= 0;
    return m->n_key || errno == ENOENT || cannot_open(path, why);
}

static bool is_empty(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && st.st_size == 0;
}

/* Both files are there before the writer is, and a writer that died before its first word has
   written no key. That is no other trail's key; as little is it shown that there was no line. */
static void without_empty_key(struct msg_verify_log *m)
{
    if (!m->n_key || m->parts || !is_empty(m->log) || !is_empty(m->key[0]))
        return;
    close(m->key[0]);
    m->n_key = 0;
}

static bool open_trail(const char *file, struct msg_verify_log *m)
{
    const char *why;
    m->log = audit_files_read(file, &why);
    if (m->log < 0)
        return cannot_open(file, why);
    if (!open_key(file, m)) {
        close(m->log);
        return false;
    }
    m->parts = audit_files_newest(file);
    without_empty_key(m);
    return true;
}

/* Of a trail that is whole: else what is wrong with it is all that matters. */
static void print_verification_key(const char *file, FILE *out)
{
    fprintf(out,
            "%s: the verification key is still in %s.key: `vitrine audit key %s` takes it out, to "
            "be kept elsewhere\n",
            file, file, file);
}

static int look_for_verification_key(const char *file, int key, FILE *out)
{
    bool known;
    if (audit_files_hold_verification_key(key, &known))
        print_verification_key(file, out);
    if (!known)
        fprintf(stderr, "vitrine: whether the verification key is in %s.key could not be read\n",
                file);
    return known ? 0 : EXIT_OPEN;
}

/* What programs that carry a receipt do to it: every byte is signed, so it is refused, and this is
   why. */
static void say_line_ends(const char *file, int log)
{
    char text[4096], last = '\n';
    struct stat st;
    ssize_t n = pread(log, text, sizeof text, 0);
    const char *newline = n > 0 ? memchr(text, '\n', (size_t)n) : NULL;
    if (newline && newline > text && newline[-1] == '\r')
        fprintf(stderr,
                "vitrine: %s: line 1 ends with CR LF, and each was written and signed with LF "
                "alone; take the file as it was written, or undo that with sed 's/\\r$//'\n",
                file);
    if (fstat(log, &st) == 0 && st.st_size > 0 && pread(log, &last, 1, st.st_size - 1) == 1 &&
        last != '\n')
        fprintf(
            stderr,
            "vitrine: %s: its last line has no newline, so it may be half a line; take the file "
            "as it was written, or add one\n",
            file);
}

int audit_cmd_verify(const char *file, const char *kept, FILE *out)
{
    uint8_t key[32];
    struct msg_verify_log m = {0};
    struct msg_verify_result result;
    if (kept && !read_kept(kept, &m.from, key))
        return 2;
    if (kept)
        m.seal = (struct span){key, sizeof key};
    int status = 1;
    if (!open_trail(file, &m)) {
        explicit_bzero(key, sizeof key);
        return 1;
    }
    enum verifier_says says = verifier_log(file, &m, conf_requires_namespaces(), &result);
    if (says == VERIFIER_YES)
        status = audit_verdict_print(file, &result, m.n_key > 0, out);
    if (says == VERIFIER_YES && status == 1 && !m.n_key)
        say_line_ends(file, m.log);
    if (status == 0 && m.n_key)
        status = look_for_verification_key(file, m.key[0], out);
    if (says == VERIFIER_SILENT) {
        status = 5;
        fputs("vitrine: the verifier could not be locked in or died over this log; see vitrine "
              "doctor\n",
              stderr);
    }
    explicit_bzero(key, sizeof key);
    close_all(&m);
    return status;
}

/* --- the verification key --- */

struct taking {
    struct chan chan;
    bool ready, answered;
    bool there; /* the key is in the file */
    FILE *out;
    int status;
};

static int on_ready(void *ctx)
{
    struct taking *t = ctx;
    t->ready = true;
    t->chan.state = AUDIT_STATE_READY;
    return 0;
}

static int on_failed(void *ctx, struct msg_failed *m)
{
    (void)ctx;
    fprintf(stderr, "vitrine: the trail cannot be used: %s\n",
            m->code == FAIL_FILE ? strerror((int)m->detail) : "see vitrine doctor");
    return -1;
}

static int on_audit_key(void *ctx, struct msg_audit_key *m)
{
    struct taking *t = ctx;
    char hex[HEX_SIZE(32)];
    t->answered = true;
    t->there = m->key.len == 32;
    if (!t->there)
        return 0;
    hex_format(m->key.data, 32, hex);
    fprintf(t->out, "%" PRIu64 ":%s\n", m->from, hex);
    explicit_bzero(hex, sizeof hex);
    return 0;
}

static const struct audit_at_broker key_handlers = {
    .on_ready = on_ready, .on_failed = on_failed, .on_audit_key = on_audit_key};

static bool ask(struct taking *t, bool told)
{
    t->answered = false;
    return msg_audit_take_key_send(&t->chan, &(struct msg_audit_take_key){.told = told}) == 0 &&
           errand_hear_soon(&t->chan) && t->answered;
}

/* A file's bytes have to be on the disk: with the power gone, neither would have the key. A pipe or
   a terminal has none, and takes it at once. */
static bool was_printed(FILE *out)
{
    struct stat st;
    if (fflush(out) != 0)
        return false;
    if (ferror(out)) {
        errno = EIO; /* of a write before this one */
        return false;
    }
    return fstat(fileno(out), &st) != 0 || !S_ISREG(st.st_mode) || fsync(fileno(out)) == 0;
}

/* Out of the file only when somebody has it. */
static bool hand_over(struct taking *t)
{
    if (!ask(t, false))
        return false;
    t->status = 1;
    if (!t->there) {
        fputs("vitrine: the key of this trail was taken away before; its key file does not hold it "
              "any more\n",
              stderr);
        return true;
    }
    if (!was_printed(t->out)) {
        fprintf(stderr,
                "vitrine: standard output cannot be written: %s; the key is still in the key file, "
                "print it to another place\n",
                strerror(errno));
        return true;
    }
    if (ask(t, true) && !t->there)
        t->status = 0;
    else
        fputs("vitrine: the key was printed, but may still be in the key file; take it out again\n",
              stderr);
    return true;
}

/* The writer itself takes the key out, under its lock; checked from outside before it is asked. */
static bool take_key(struct taking *t, const struct started *s, const struct audit_files *files)
{
    struct msg_audit_files m = {.log = files->log, .key = files->key};
    m.n_previous = files->previous >= 0;
    m.previous[0] = files->previous;
    return msg_audit_files_send(&t->chan, &m) == 0 && errand_hear_soon(&t->chan) && t->ready &&
           errand_confined(s) && hand_over(t);
}

static bool open_patiently(const char *file, struct audit_files *files, char error[KEYFILE_ERROR])
{
    for (int i = 1; !audit_files_open_at(file, files, error); i++) {
        if (!files->busy || i == AUDIT_FILES_TRIES)
            return false;
        poll(NULL, 0, AUDIT_FILES_WAIT_MS);
    }
    return true;
}

int audit_cmd_key(const char *file, FILE *out)
{
    struct taking t = {.out = out, .status = 5};
    struct audit_files files;
    struct started s;
    char error[KEYFILE_ERROR];
    if (!open_patiently(file, &files, error)) {
        fprintf(stderr, "vitrine: %s\n", error);
        return 1;
    }
    if (errand_begin(WORKER_AUDIT, conf_requires_namespaces(), &s)) {
        audit_init_broker(&t.chan, s.control, &key_handlers, &t);
        if (!take_key(&t, &s, &files))
            t.status = 5;
        errand_end(&s, &t.chan);
    }
    audit_files_close(&files);
    if (t.status == 5)
        fputs("vitrine: no key was taken out; see vitrine doctor\n", stderr);
    return t.status;
}

int audit_cmd_catalogue(FILE *out)
{
    return policy_show_events(out) == 0 ? 0 : 1;
}
