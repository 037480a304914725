/* Entrance: an audit log in which every line is right by itself. Of bytes alone no search makes a
   right hash; so the first ones say which lines are written (events, signed heads, torn lines with
   what is said of them), as vitrine-audit chains them, and the others what somebody does to the log
   afterwards. As it was written it has to be whole; changed it must not pass for that, but for what
   FORMAT.md 5 says that nothing shows: the bytes of a torn line, and a seal whose key is not in the
   key file. */
#include "audit/verify/check.h"
#include "policy_tables.h"
#include "tests/fuzz/log_bytes.h"
#include "tests/fuzz/log_key.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINES 24
#define TORN 12 /* bytes at most */

struct text {
    char bytes[LINES * 1024];
    size_t len;
    struct piece { /* a line with its newline */
        size_t at, len;
        bool torn;
    } piece[2 * LINES];
    unsigned n;
};

struct input {
    const uint8_t *at;
    size_t left;
};

static struct trail_key key;
static struct text written, changed;

static unsigned next(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

/* --- the writer's part --- */

static void end_piece(struct text *t, size_t len, bool torn)
{
    t->piece[t->n++] = (struct piece){t->len, len, torn};
    t->len += len;
}

static void put_line(struct text *t, const char *event, unsigned id, const char *name,
                     const char *value, const char *name2, const char *value2)
{
    struct json j;
    line_begin(&j, t->bytes + t->len, key.head.n + 1, 1769860800000, event, id, 1);
    json_bytes(&j, name, (const uint8_t *)value, strlen(value));
    if (name2)
        json_bytes(&j, name2, (const uint8_t *)value2, strlen(value2));
    size_t len = line_end(&j, &key.head, key.seal);
    if (len == 0)
        abort();
    end_piece(t, len, false);
}

static void put_start(struct text *t)
{
    struct log_key_said said;
    log_key_name(&key, &said);
    put_line(t, "log_start", AUDIT_LOG_START, "key", said.public, NULL, NULL);
}

static void put_signature(struct text *t)
{
    struct log_key_said said;
    log_key_sign(&key, &said);
    put_line(t, "signed_head", AUDIT_SIGNED_HEAD, "key", said.public, "signature", said.signature);
}

static void put_torn(struct text *t, unsigned len)
{
    char said[8];
    memset(t->bytes + t->len, '{', len);
    t->bytes[t->len + len] = '\n';
    end_piece(t, len + 1, true);
    snprintf(said, sizeof said, "%u", len);
    put_line(t, "log_recovered", AUDIT_LOG_RECOVERED, "bytes", said, NULL, NULL);
}

static void write_log(struct text *t, struct input *in)
{
    t->len = t->n = 0;
    memset(&key.head, 0, sizeof key.head);
    memset(key.seal, 7, sizeof key.seal);
    memcpy(key.kept, key.seal, sizeof key.kept);
    key.kept_from = 1;
    put_start(t);
    for (unsigned n = next(in) % (LINES - 1); n > 0; n--) {
        unsigned what = next(in);
        char value[2] = {(char)('a' + (what >> 4)), 0};
        if (what % 8 == 0)
            put_signature(t);
        else if (what % 8 == 1)
            put_torn(t, 1 + what / 8 % TORN);
        else
            put_line(t, "share_off", AUDIT_SHARE_OFF, "why", value, NULL, NULL);
    }
    key.next = key.head;
    if (next(in) & 1) { /* taken away, to be kept elsewhere */
        memset(key.kept, 0, sizeof key.kept);
        key.kept_from = 0;
    }
}

/* --- somebody else's --- */

static void add(struct text *t, const char *bytes, size_t len)
{
    memcpy(t->bytes + t->len, bytes, len);
    t->len += len;
}

static void add_piece(struct text *out, const struct text *from, unsigned i)
{
    add(out, from->bytes + from->piece[i].at, from->piece[i].len);
}

/* The lines in another order, some left out or twice, or something between them. */
static void shuffle(struct text *out, const struct text *from, struct input *in)
{
    unsigned what = next(in) % 5, a = next(in) % from->n, b = next(in) % from->n;
    out->len = 0;
    for (unsigned i = 0; i < from->n; i++) {
        if (what == 0 && i == a)
            continue;
        if (what == 1 && i == b)
            add_piece(out, from, a);
        if (what == 2 && i == b) {
            static const char between[] = "abcdefghijklm\n";
            add(out, between, a % 14);
            add(out, "\n", 1);
        }
        if (what == 4 && i >= a && i != from->n - 1 && b > 0)
            continue;
        add_piece(out, from, what == 3 && i == a ? b : what == 3 && i == b ? a : i);
    }
}

/* A bit, a byte left out, or the end. */
static void spoil(struct text *out, const struct text *from, struct input *in)
{
    size_t at = (next(in) << 8 | next(in)) % from->len;
    unsigned what = next(in);
    out->len = 0;
    add(out, from->bytes, from->len);
    if (what % 4 == 0)
        out->len = at;
    else if (what % 4 == 1)
        memmove(out->bytes + at, out->bytes + at + 1, --out->len - at);
    else
        out->bytes[at] ^= (char)(1 << (what >> 2 & 7));
}

static bool in_seal(const struct piece *p, size_t at)
{
    return !p->torn && at - p->at >= p->len - 67 && at - p->at < p->len - 3;
}

/* Only bytes that nothing shows are others. */
static bool may_pass(const struct text *is, const struct text *was)
{
    if (is->len == was->len - 1 && memcmp(is->bytes, was->bytes, is->len) == 0)
        return true; /* the last newline alone */
    if (is->len != was->len)
        return false;
    for (unsigned i = 0; i < was->n; i++) {
        const struct piece *p = &was->piece[i];
        for (size_t at = p->at; at < p->at + p->len; at++) {
            bool hidden = p->torn ? is->bytes[at] != '\n' && at + 1 < p->at + p->len
                                  : in_seal(p, at) && !key_is_kept(&key);
            if (is->bytes[at] != was->bytes[at] && !hidden)
                return false;
        }
    }
    return true;
}

/* --- the verifier --- */

static struct check_result verdict_of(struct text *t)
{
    struct log_bytes log = {t->bytes, t->len};
    const struct reader_source source = {log_bytes_read, &log};
    struct check_result r;
    check_log(&source, &key, NULL, &r);
    if (r.verdict > VERDICT_NO_RECEIPT || r.line > r.lines + 1 || r.signed_to > r.lines)
        abort();
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool made;
    struct input in = {data, size};
    if (!made && !digest_make_key(key.private_key, key.public_key))
        abort();
    made = true;
    write_log(&written, &in);
    struct check_result r = verdict_of(&written);
    if (r.verdict != VERDICT_OK || r.lines != written.n)
        abort();
    if (next(&in) & 1)
        shuffle(&changed, &written, &in);
    else
        spoil(&changed, &written, &in);
    if (!may_pass(&changed, &written) && verdict_of(&changed).verdict == VERDICT_OK)
        abort();
    return 0;
}
