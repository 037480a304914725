/* Entrance: somebody's trail or receipt, out of which `vitrine audit sessions` and `vitrine audit
   receipt` read the sessions. The first bytes say which lines are written (several runs, torn lines
   among theirs), as vitrine-audit chains and signs them, and the others what somebody does to them
   afterwards. Of a log as it was written every receipt has to pass vitrine-verify; of any log one
   is a piece of it, from the rules to a signature of the same run, with the session that it names;
   and nothing printed can steer a terminal. The target itself stands for the files: one part that
   was put aside, and the log. */
#include "audit/verify/check.h"
#include "broker/audit_cmd.h"
#include "lib/receipt.h"
#include "policy_tables.h"
#include "tests/fuzz/log_bytes.h"
#include "tests/fuzz/log_key.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINES 32
#define RUNS 20 /* more than are told apart */
#define LOG (256 * 1024)
#define CHANGES 6
#define PIECE 32 /* bytes put in at most, but for one many times */

struct text {
    char bytes[LOG];
    size_t len;
};

struct input {
    const uint8_t *at;
    size_t left;
};

struct output {
    char *out, *said;
    size_t len, said_len;
    int status;
};

static struct trail_key key;
static struct text trail;
static unsigned sessions[RUNS]; /* of each run, begun */
static int part = -1, rest = -1;

static unsigned next(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

/* --- the files --- */

static int again(int fd)
{
    int other = dup(fd);
    if (other < 0 || lseek(other, 0, SEEK_SET) != 0)
        abort();
    return other;
}

int audit_files_read(const char *path, const char **why)
{
    (void)path, (void)why;
    return again(rest);
}

unsigned audit_files_newest(const char *path)
{
    (void)path;
    return 1;
}

int audit_files_part(const char *path, unsigned number, int log, const char **why)
{
    (void)path, (void)number, (void)log;
    *why = NULL;
    return again(part);
}

static void write_file(int *fd, const char *bytes, size_t len)
{
    if (*fd < 0)
        *fd = memfd_create("log", MFD_CLOEXEC);
    if (*fd < 0 || ftruncate(*fd, 0) != 0 || pwrite(*fd, bytes, len, 0) != (ssize_t)len)
        abort();
}

/* Behind a line. */
static void write_files(struct input *in)
{
    size_t at = (next(in) << 8 | next(in)) % (trail.len + 1);
    while (at > 0 && trail.bytes[at - 1] != '\n')
        at--;
    write_file(&part, trail.bytes, at);
    write_file(&rest, trail.bytes + at, trail.len - at);
}

/* --- the writer's part --- */

static void put_line(const char *event, unsigned id, unsigned run, const char *const *fields)
{
    struct json j;
    line_begin(&j, trail.bytes + trail.len, key.head.n + 1, 1769860800000, event, id, run);
    for (unsigned i = 0; i < 4 && fields[i]; i += 2)
        json_bytes(&j, fields[i], (const uint8_t *)fields[i + 1], strlen(fields[i + 1]));
    size_t len = line_end(&j, &key.head, key.seal);
    if (len == 0)
        abort();
    trail.len += len;
}

static void put_start(void)
{
    struct log_key_said said;
    log_key_name(&key, &said);
    put_line("log_start", AUDIT_LOG_START, 1, (const char *const[]){"key", said.public, NULL});
}

static void put_signature(unsigned run)
{
    struct log_key_said said;
    log_key_sign(&key, &said);
    put_line("signed_head", AUDIT_SIGNED_HEAD, run,
             (const char *const[]){"key", said.public, "signature", said.signature});
}

static void put_torn(unsigned run, unsigned len)
{
    char said[12];
    memset(trail.bytes + trail.len, '{', len);
    trail.bytes[trail.len + len] = '\n';
    trail.len += len + 1;
    snprintf(said, sizeof said, "%u", len);
    put_line("log_recovered", AUDIT_LOG_RECOVERED, run, (const char *const[]){"bytes", said, NULL});
}

static void put_event(unsigned what, unsigned run)
{
    char session[16];
    sessions[run] += what % 8 == 2;
    snprintf(session, sizeof session, "1%02u%06u", run, sessions[run]);
    switch (what % 8) {
    case 0:
        put_line("program_start", AUDIT_PROGRAM_START, run + 1,
                 (const char *const[]){"computer", "a \"b", "user", "x\\\"", NULL});
        break;
    case 1:
        put_line("rules", AUDIT_RULES, run + 1, (const char *const[]){"hash", "00", NULL});
        break;
    case 2:
        put_line("session_start", AUDIT_SESSION_START, run + 1,
                 (const char *const[]){"session", session, "role", "organizer"});
        break;
    case 3:
        put_line("session_end", AUDIT_SESSION_END, run + 1,
                 (const char *const[]){"session", session, "how", "stopped"});
        break;
    case 4:
    case 5:
        put_signature(run + 1);
        break;
    case 6:
        put_torn(run + 1, 1 + what / 8);
        break;
    default:
        put_line("share_paused", AUDIT_SHARE_PAUSED, run + 1, (const char *const[]){NULL});
    }
}

static void write_trail(struct input *in)
{
    trail.len = 0;
    memset(&key.head, 0, sizeof key.head);
    memset(key.seal, 7, sizeof key.seal);
    memset(sessions, 0, sizeof sessions);
    put_start();
    for (unsigned n = next(in) % LINES; n > 0; n--) {
        unsigned what = next(in);
        put_event(what, next(in) % RUNS);
    }
}

/* --- somebody else's --- */

static void make_room(size_t at, size_t len)
{
    if (len > sizeof trail.bytes - trail.len)
        abort();
    memmove(trail.bytes + at + len, trail.bytes + at, trail.len - at);
    trail.len += len;
}

/* So far into a line of those that are there, or behind it. */
static size_t place(struct input *in)
{
    size_t at = 0;
    for (unsigned line = next(in); line > 0 && at < trail.len; line--) {
        const char *end = memchr(trail.bytes + at, '\n', trail.len - at);
        at = end ? (size_t)(end - trail.bytes) + 1 : trail.len;
    }
    at += next(in) * 2;
    return at < trail.len ? at : trail.len;
}

/* One byte many times, up to what no line may have; some of the input; bits, a piece left out, or a
   piece that stands elsewhere already. */
static void change(struct input *in)
{
    unsigned what = next(in), much = next(in);
    size_t at = place(in), len = trail.len - at;
    switch (what % 5) {
    case 0:
        len = what & 128 ? (size_t)much << 6 : much;
        make_room(at, len);
        memset(trail.bytes + at, (int)next(in), len);
        break;
    case 1:
        make_room(at, much % PIECE);
        for (unsigned i = 0; i < much % PIECE; i++)
            trail.bytes[at + i] = (char)next(in);
        break;
    case 2:
        if (len > 0)
            trail.bytes[at] ^= (char)much;
        break;
    case 3:
        len = len < much ? len : much;
        memmove(trail.bytes + at, trail.bytes + at + len, trail.len - at - len);
        trail.len -= len;
        break;
    default: {
        char piece[1024];
        len = len < (size_t)much * 4 ? len : (size_t)much * 4;
        memcpy(piece, trail.bytes + at, len);
        at = place(in);
        make_room(at, len);
        memcpy(trail.bytes + at, piece, len);
    }
    }
}

/* --- what is printed --- */

static void expect_text(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)bytes[i] < 0x20 && bytes[i] != '\n') || bytes[i] == 0x7f)
            abort();
}

/* receipt: of which session, NULL: the newest. */
static struct output run(bool receipt, const char *session)
{
    struct output o = {0};
    FILE *out = open_memstream(&o.out, &o.len), *said = open_memstream(&o.said, &o.said_len),
         *was = stderr;
    if (!out || !said)
        abort();
    stderr = said;
    o.status = receipt ? audit_cmd_receipt("log", session, out) : audit_cmd_sessions("log", out);
    stderr = was;
    fclose(out);
    fclose(said);
    expect_text(o.out, o.len);
    expect_text(o.said, o.said_len);
    return o;
}

static void forget(struct output *o)
{
    free(o->out);
    free(o->said);
}

/* A line that begins as the trail's do: what it calls itself, and of which run. */
static uint64_t run_of(const char *line, const char *event, uint64_t *n)
{
    char name[64];
    uint64_t run = 0;
    *n = 0;
    if (sscanf(line, "{\"n\":%15" SCNu64 ",\"time\":\"%*[^\"]\",\"event\":\"%63[a-z_]\"", n,
               name) != 2)
        abort();
    const char *at = strstr(line, ",\"run\":"), *fields = strstr(line, ",\"fields\":");
    if (at && fields && at < fields)
        sscanf(at, ",\"run\":%15" SCNu64, &run);
    return strcmp(name, event) == 0 ? run : UINT64_MAX;
}

static const char *last_line(const char *lines, size_t len)
{
    const char *at = lines + len - 1;
    while (at > lines && at[-1] != '\n')
        at--;
    return at;
}

/* Some line of that run, number and event is there. */
static bool has_line(const char *lines, const char *event, uint64_t run, uint64_t wanted)
{
    uint64_t n;
    for (; *lines; lines = strchr(lines, '\n') + 1)
        if (run_of(lines, event, &n) == run && (wanted == 0 || n == wanted))
            return true;
    return false;
}

static void expect_receipt(const struct output *o)
{
    uint64_t named, n;
    const char *lines = strchr(o->out, '\n');
    const char *line = strstr(o->out, ",\"line\":");
    if (!lines || !line || line > lines || sscanf(line, ",\"line\":%15" SCNu64, &named) != 1)
        abort();
    lines++;
    size_t len = o->len - (size_t)(lines - o->out);
    if (len == 0)
        abort();
    uint64_t run = run_of(lines, "rules", &n);
    if (run == UINT64_MAX)
        run = run_of(lines, "program_start", &n);
    if (run == UINT64_MAX || run_of(last_line(lines, len), "signed_head", &n) != run ||
        !has_line(lines, "session_start", run, named) || !has_line(lines, "session_end", run, 0))
        abort();
    trail.bytes[trail.len] = '\n';
    const char *at = memmem(trail.bytes, trail.len + 1, lines, len);
    if (!at || (at > trail.bytes && at[-1] != '\n'))
        abort();
}

/* Also with torn lines in it, for which it ends with 1. */
static void expect_right(const struct output *o)
{
    struct log_bytes log = {o->out, o->len};
    const struct reader_source source = {log_bytes_read, &log};
    struct check_result r;
    check_log(&source, NULL, NULL, &r);
    if (r.verdict != VERDICT_RECEIPT)
        abort();
}

static bool is_receipt(const struct output *o)
{
    return o->len > 0 && strncmp(o->out, RECEIPT_BEGIN, strlen(RECEIPT_BEGIN)) == 0;
}

static void ask(const char *session, bool ended, bool changed)
{
    struct output o = run(true, session);
    if (o.status == 0)
        expect_receipt(&o);
    if (!changed && is_receipt(&o))
        expect_right(&o);
    if (!changed && session && (o.len == 0 || (is_receipt(&o) && !ended)))
        abort(); /* what has ended may still lack its signature */
    forget(&o);
}

static void ask_all(bool changed)
{
    struct output o = run(false, NULL);
    for (char *row = strchr(o.out, '\n') + 1; *row; row = strchr(row, '\n') + 1) {
        char number[24];
        const char *end = strchr(row, '\n');
        snprintf(number, sizeof number, "%" PRIu64, (uint64_t)strtoull(row, NULL, 10));
        ask(number, !memmem(row, (size_t)(end - row), "not ended", 9), changed);
    }
    ask(NULL, false, changed);
    forget(&o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool made;
    struct input in = {data, size};
    if (!made && !digest_make_key(key.private_key, key.public_key))
        abort();
    made = true;
    write_trail(&in);
    write_files(&in);
    ask_all(false);
    for (unsigned i = 0; i < CHANGES && in.left > 0; i++)
        change(&in);
    write_files(&in);
    ask_all(true);
    return 0;
}
