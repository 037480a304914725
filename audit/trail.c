/* The trail's writer. Run by audit; distrusts both files, which somebody may have changed since. */
#include "audit/trail.h"
#include "lib/clock.h"
#include "lib/hex.h"
#include "policy_tables.h"
#include <errno.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_TRIES 100 /* of 20 ms: another broker's batch takes far less */

static const char *event_name(unsigned id)
{
    for (size_t i = 0; i < policy_n_events; i++)
        if ((unsigned)policy_events[i].number == id)
            return policy_events[i].name;
    return "unknown";
}

static int lock(const struct trail *t)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(t->key_fd, LOCK_EX | LOCK_NB) == 0)
            return 0;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return -1;
        poll(NULL, 0, 20);
    }
    return -1;
}

static void unlock(const struct trail *t)
{
    int error = errno;
    flock(t->key_fd, LOCK_UN);
    errno = error;
}

int trail_add(struct trail *t, unsigned id, const struct trail_field *fields, unsigned n_fields)
{
    struct json j;
    if (TRAIL_BATCH - t->n < LINE_MAX_BYTES) {
        errno = EMSGSIZE;
        return -1;
    }
    line_begin(&j, t->batch + t->n, t->head.n + 1, clock_unix_ms(), event_name(id), id, t->run);
    for (unsigned i = 0; i < n_fields; i++)
        json_bytes(&j, fields[i].name, fields[i].value.data, fields[i].value.len);
    size_t len = line_end(&j, &t->head, t->seal);
    if (len == 0) {
        errno = EMSGSIZE;
        return -1;
    }
    t->n += len;
    return 0;
}

static struct trail_field field(const char *name, const char *value)
{
    return (struct trail_field){name, span_text(value)};
}

int trail_sign(struct trail *t)
{
    uint8_t message[HEAD_MESSAGE], signature[SIGNATURE_SIZE];
    char key[HEX_SIZE(32)], hex[HEX_SIZE(SIGNATURE_SIZE)];
    digest_head_message(t->head.n, t->head.hash, message);
    if (!digest_sign(t->key.private_key, message, sizeof message, signature)) {
        errno = EIO;
        return -1;
    }
    hex_format(t->key.public_key, 32, key);
    hex_format(signature, sizeof signature, hex);
    const struct trail_field fields[] = {field("key", key), field("signature", hex)};
    return trail_add(t, AUDIT_SIGNED_HEAD, fields, 2);
}

static int say(struct trail *t, unsigned id, const char *name, const char *value)
{
    const struct trail_field f = field(name, value);
    return trail_add(t, id, &f, 1);
}

/* A torn line gets its end, so that what follows is a line again. */
static int say_torn(struct trail *t, off_t half)
{
    char bytes[24];
    if (half == 0)
        return 0;
    t->batch[t->n++] = '\n';
    snprintf(bytes, sizeof bytes, "%lld", (long long)half);
    return say(t, AUDIT_LOG_RECOVERED, "bytes", bytes);
}

/* --- where the log stands --- */

struct found {
    struct line_head head; /* last whole line of the log */
    uint8_t prev[DIGEST_SIZE];
    off_t half; /* bytes behind it */
    bool empty, unreadable;
};

/* The line that ends at `end`, a newline, in a piece of the log that begins at `tail`. */
static bool whole_line(const char *tail, const char *end, const char **start, struct line *out)
{
    const char *before = memrchr(tail, '\n', (size_t)(end - tail));
    *start = before ? before + 1 : tail;
    return line_parse(*start, (size_t)(end - *start), out) && out->hash_right;
}

/* The last whole line within the last LINE_MAX_BYTES x 4 of the log: bounded, however long it is.
   crashed: a batch was under way, so that what stands behind it may have been torn more than once:
   the line that says so was torn itself, and has got an end of its own since. */
static int find_tail(int log, bool crashed, struct found *out)
{
    static char tail[4 * LINE_MAX_BYTES];
    memset(out, 0, sizeof *out);
    off_t size = lseek(log, 0, SEEK_END); /* the C library's fstat needs a call that takes a path */
    if (size < 0)
        return -1;
    out->empty = size == 0;
    off_t from = size > (off_t)sizeof tail ? size - (off_t)sizeof tail : 0;
    ssize_t n = pread(log, tail, sizeof tail, from);
    if (n < 0)
        return -1;
    const char *end = memrchr(tail, '\n', (size_t)n);
    out->half = end ? tail + n - end - 1 : n;
    if (!end) {
        out->unreadable = !out->empty && from > 0;
        return 0;
    }
    const char *start;
    struct line last;
    out->unreadable = !whole_line(tail, end, &start, &last);
    if (out->unreadable && crashed && start > tail && whole_line(tail, start - 1, &start, &last)) {
        out->unreadable = false;
        const char *torn = memchr(start, '\n', (size_t)(tail + n - start));
        out->half = tail + n - torn - 1;
    }
    if (!out->unreadable) {
        out->head.n = last.n;
        memcpy(out->head.hash, last.hash, DIGEST_SIZE);
        memcpy(out->prev, last.prev, DIGEST_SIZE);
    }
    return 0;
}

static bool same(const struct line_head *a, const struct line_head *b)
{
    return a->n == b->n && memcmp(a->hash, b->hash, DIGEST_SIZE) == 0;
}

/* The log ends where the key file says, or a crash left it somewhere on the way to `next`. */
static const char *judge(const struct found *f, const struct trail_key *k)
{
    if (f->unreadable)
        return "last line changed";
    if (same(&f->head, &k->head) || same(&f->head, &k->next))
        return NULL;
    if (f->head.n > k->head.n && f->head.n < k->next.n)
        return NULL;
    if (f->head.n < k->head.n)
        return "lines missing at the end";
    return "lines this key did not write";
}

/* A batch begins behind the line that the log really ends with: where a crash left it behind the
   key file's head, the sealing key has moved on with each line. */
static int stand_at(struct trail *t, const struct line_head *head)
{
    t->head = *head;
    if (!t->in_run)
        t->run = head->n + 1;
    memcpy(t->seal, t->key.seal, sizeof t->seal);
    for (uint64_t n = t->key.head.n; n < head->n && n < t->key.next.n; n++)
        if (!digest_evolve(t->seal)) {
            errno = EIO;
            return -1;
        }
    return 0;
}

/* --- one batch --- */

/* A writer of this trail was killed in the middle of a batch, or could not take back what it had
   written of one. */
static int go_on_after_crash(struct trail *t)
{
    struct found f;
    if (find_tail(t->log, true, &f) != 0)
        return -1;
    if (judge(&f, &t->key)) {
        errno = EBADMSG;
        return -1;
    }
    return stand_at(t, &f.head) != 0 ? -1 : say_torn(t, f.half);
}

int trail_begin(struct trail *t)
{
    struct trail_key now;
    if (lock(t) != 0)
        return -1;
    enum key_read result = key_read(t->key_fd, &now);
    if (result != KEY_GOOD || memcmp(now.public_key, t->key.public_key, 32) != 0) {
        key_wipe(&now);
        unlock(t);
        errno = EBADMSG; /* somebody put another file in place of ours */
        return -1;
    }
    t->key = now;
    key_wipe(&now);
    t->n = 0;
    bool crashed = !same(&t->key.head, &t->key.next);
    int gone_on = crashed ? go_on_after_crash(t) : stand_at(t, &t->key.head);
    if (gone_on != 0)
        unlock(t);
    return gone_on;
}

bool trail_has_room(const struct trail *t)
{
    return TRAIL_BATCH - t->n >= 2 * LINE_MAX_BYTES;
}

/* One write, as far as the file takes it; what was written of a batch that failed is taken back
   where the file allows. */
static int append(struct trail *t)
{
    off_t before = lseek(t->log, 0, SEEK_END);
    if (before < 0)
        return -1;
    ssize_t n = write(t->log, t->batch, t->n);
    t->written = n > 0 ? (size_t)n : 0;
    if (t->written == t->n && fdatasync(t->log) == 0)
        return 0;
    int error = n >= 0 && t->written < t->n ? ENOSPC : errno;
    if (t->written && ftruncate(t->log, before) == 0) /* an append-only file keeps it */
        t->written = 0;
    errno = error;
    return -1;
}

/* The key file's `next` stays where the batch was to lead while any of it may be in the log: so
   every writer looks how far it came before it goes on. */
static int write_lines(struct trail *t)
{
    const struct line_head before = t->key.next;
    t->key.next = t->head;
    if (key_write(t->key_fd, &t->key) != 0 || fdatasync(t->key_fd) != 0)
        return -1;
    if (append(t) != 0) {
        int error = errno;
        if (!t->written) {
            t->key.next = before;
            key_write(t->key_fd, &t->key);
        }
        errno = error;
        return -1;
    }
    t->key.head = t->head;
    memcpy(t->key.seal, t->seal, sizeof t->seal);
    return key_write(t->key_fd, &t->key) != 0 ? -1 : fdatasync(t->key_fd);
}

/* The first line of a batch, before which a torn one may get its end, decides whether our run has
   begun: another writer may be the next, and the place is its own then. */
static int write_batch(struct trail *t)
{
    t->written = 0;
    int result = write_lines(t);
    if (t->written && memchr(t->batch + 1, '\n', t->written - 1))
        t->in_run = true;
    return result;
}

int trail_commit(struct trail *t)
{
    int result = t->n ? write_batch(t) : 0;
    t->n = 0;
    unlock(t);
    return result;
}

/* --- opening --- */

static int begin_batch_at(struct trail *t, const struct found *f, const char *suspect)
{
    t->n = 0;
    if (stand_at(t, f->unreadable ? &t->key.head : &f->head) != 0 || say_torn(t, f->half) != 0)
        return -1;
    return suspect ? say(t, AUDIT_LOG_SUSPECT, "why", suspect) : 0;
}

static int say_key(struct trail *t, unsigned id)
{
    char hex[HEX_SIZE(32)];
    hex_format(t->key.public_key, 32, hex);
    return say(t, id, "key", hex);
}

/* Keys for a trail, or for the rest of one whose key file was lost. */
static int make_keys(struct trail *t, const struct found *f)
{
    struct trail_key *k = &t->key;
    k->kept_from = f->head.n + 1;
    k->head = k->next = f->head; /* a crash before its first line: not_begun */
    if (digest_make_key(k->private_key, k->public_key) && digest_random(k->kept)) {
        memcpy(k->seal, k->kept, sizeof k->seal);
        return 0;
    }
    errno = EIO;
    return -1;
}

/* The first batch under this key never came: no line is its own yet. */
static bool not_begun(const struct trail *t, const struct found *f)
{
    return key_is_kept(&t->key) && !f->unreadable && f->head.n < t->key.kept_from &&
           t->key.head.n < t->key.kept_from;
}

/* An empty log goes on from the part before it, if that ends where the key file says. */
static int find_end(struct trail *t, int previous, struct found *f, bool *continues)
{
    struct found before;
    bool crashed = !same(&t->key.head, &t->key.next);
    *continues = false;
    if (find_tail(t->log, crashed, f) != 0 ||
        (f->empty && previous >= 0 && find_tail(previous, crashed, &before)))
        return -1;
    if (f->empty && previous >= 0 && !before.empty && !judge(&before, &t->key)) {
        *f = before;
        *continues = true;
    }
    return 0;
}

static int finish_opening(struct trail *t)
{
    if (t->n)
        return write_batch(t);
    t->key.head = t->key.next = t->head; /* a crash between log and key file is over */
    memcpy(t->key.seal, t->seal, sizeof t->seal);
    return key_write(t->key_fd, &t->key);
}

static int open_locked(struct trail *t, int previous)
{
    struct found f;
    bool continues;
    enum key_read result = key_read(t->key_fd, &t->key);
    if (result == KEY_BROKEN) {
        errno = EBADMSG;
        return -1;
    }
    bool new_key = result == KEY_EMPTY;
    if (find_end(t, new_key ? -1 : previous, &f, &continues) != 0 ||
        (new_key && make_keys(t, &f) != 0))
        return -1;
    const char *suspect = NULL;
    bool first = new_key || (!continues && not_begun(t, &f));
    if (!new_key)
        suspect = judge(&f, &t->key);
    if (first && !suspect && (f.head.n || (new_key && !f.empty)))
        suspect = "the key file is new, the log is not";
    if (begin_batch_at(t, &f, suspect) != 0)
        return -1;
    if (continues && say_key(t, AUDIT_LOG_CONTINUED) != 0)
        return -1;
    if ((first || f.empty) && say_key(t, AUDIT_LOG_START) != 0)
        return -1;
    return finish_opening(t);
}

int trail_open(struct trail *t, int log, int key_fd, int previous)
{
    memset(t, 0, sizeof *t);
    t->log = log;
    t->key_fd = key_fd;
    if (lock(t) != 0)
        return -1;
    int result = open_locked(t, previous);
    t->n = 0;
    unlock(t);
    return result;
}

static int take_key_locked(struct trail *t, uint8_t key[DIGEST_SIZE], uint64_t *from)
{
    if (key_read(t->key_fd, &t->key) != KEY_GOOD) {
        errno = EBADMSG;
        return -1;
    }
    if (!key_is_kept(&t->key))
        return 0;
    memcpy(key, t->key.kept, DIGEST_SIZE);
    *from = t->key.kept_from;
    OPENSSL_cleanse(t->key.kept, sizeof t->key.kept);
    return key_write(t->key_fd, &t->key) != 0 || fdatasync(t->key_fd) != 0 ? -1 : 1;
}

int trail_take_key(struct trail *t, uint8_t key[DIGEST_SIZE], uint64_t *from)
{
    if (lock(t) != 0)
        return -1;
    int result = take_key_locked(t, key, from);
    unlock(t);
    return result;
}

void trail_finish(struct trail *t)
{
    OPENSSL_cleanse(t, sizeof *t);
}
