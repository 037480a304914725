/* The trail's writer. Run by audit; distrusts both files, which somebody may have changed since. */
#include "audit/trail.h"
#include "audit/trail_parts.h"
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

int trail_lock(const struct trail *t)
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

void trail_unlock(const struct trail *t)
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

int trail_say(struct trail *t, unsigned id, const char *name, const char *value)
{
    const struct trail_field f = field(name, value);
    return trail_add(t, id, &f, 1);
}

/* --- one batch --- */

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

/* What a torn line is, or the newline that one lacks, so that what follows is a line again. */
static int mend(struct trail *t, const struct tail *end, bool told)
{
    char bytes[24];
    if (!end->open && end->half == 0)
        return 0;
    t->batch[t->n++] = '\n';
    if (end->open || !told)
        return 0; /* nothing of it was lost */
    snprintf(bytes, sizeof bytes, "%lld", (long long)end->half);
    return trail_say(t, AUDIT_LOG_RECOVERED, "bytes", bytes);
}

int trail_go_on(struct trail *t, const struct tail *end, bool told)
{
    t->n = 0;
    return stand_at(t, end->unreadable ? &t->key.head : &end->head) != 0 ? -1 : mend(t, end, told);
}

/* A writer of this trail was killed in the middle of a batch, or could not take back what it had
   written of one. */
static int go_on_after_crash(struct trail *t)
{
    struct tail end;
    if (tail_find(t->log, -1, true, &end) != 0)
        return -1;
    if (tail_judge(&end, &t->key)) {
        errno = EBADMSG;
        return -1;
    }
    return trail_go_on(t, &end, true);
}

int trail_begin(struct trail *t)
{
    struct trail_key now;
    if (trail_lock(t) != 0)
        return -1;
    enum key_read result = key_read(t->key_fd, &now);
    if (result != KEY_GOOD || memcmp(now.public_key, t->key.public_key, 32) != 0) {
        key_wipe(&now);
        trail_unlock(t);
        errno = EBADMSG; /* somebody put another file in place of ours */
        return -1;
    }
    t->key = now;
    key_wipe(&now);
    t->n = 0;
    int gone_on = key_crashed(&t->key) ? go_on_after_crash(t) : stand_at(t, &t->key.head);
    if (gone_on != 0)
        trail_unlock(t);
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
   begun, with or without its newline: another writer may be the next, and the place is its own
   then. */
int trail_write(struct trail *t)
{
    const char *end = t->n > 1 ? memchr(t->batch + 1, '\n', t->n - 1) : NULL;
    t->written = 0;
    int result = write_lines(t);
    if (end && t->written >= (size_t)(end - t->batch))
        t->in_run = true;
    return result;
}

int trail_commit(struct trail *t)
{
    int result = t->n ? trail_write(t) : 0;
    t->n = 0;
    trail_unlock(t);
    return result;
}

static int take_key_locked(struct trail *t, bool out, uint8_t key[DIGEST_SIZE], uint64_t *from)
{
    if (key_read(t->key_fd, &t->key) != KEY_GOOD) {
        errno = EBADMSG;
        return -1;
    }
    if (!key_is_kept(&t->key))
        return 0;
    memcpy(key, t->key.kept, DIGEST_SIZE);
    *from = t->key.kept_from;
    if (!out)
        return 1;
    OPENSSL_cleanse(t->key.kept, sizeof t->key.kept);
    return key_write(t->key_fd, &t->key) != 0 || fdatasync(t->key_fd) != 0 ? -1 : 1;
}

int trail_take_key(struct trail *t, bool out, uint8_t key[DIGEST_SIZE], uint64_t *from)
{
    if (trail_lock(t) != 0)
        return -1;
    int result = take_key_locked(t, out, key, from);
    trail_unlock(t);
    return result;
}

void trail_finish(struct trail *t)
{
    OPENSSL_cleanse(t, sizeof *t);
}
