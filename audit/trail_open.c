/* A trail is opened: it goes on, or begins. Run by audit; distrusts both files, which somebody may
   have changed since. */
#include "audit/trail_parts.h"
#include "lib/hex.h"
#include "policy_tables.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int say_start(struct trail *t)
{
    char hex[HEX_SIZE(32)];
    hex_format(t->key.public_key, 32, hex);
    return trail_say(t, AUDIT_LOG_START, "key", hex);
}

/* What a crash left of the line before this one, in all and here, stands in this line itself: the
   part before may be taken away, and where two lines say it the second may be torn. */
static int say_continued(struct trail *t, const struct tail *end)
{
    char hex[HEX_SIZE(32)], bytes[24], here[24];
    hex_format(t->key.public_key, 32, hex);
    snprintf(bytes, sizeof bytes, "%lld", (long long)end->half);
    snprintf(here, sizeof here, "%lld", (long long)(end->size + (off_t)t->n));
    const struct trail_field fields[] = {
        {"key", span_text(hex)}, {"bytes", span_text(bytes)}, {"here", span_text(here)}};
    return trail_add(t, AUDIT_LOG_CONTINUED, fields, 3);
}

/* Keys for a trail, or for the rest of one whose key file was lost. */
static int make_keys(struct trail *t, const struct tail *end)
{
    struct trail_key *k = &t->key;
    k->kept_from = end->head.n + 1;
    k->head = k->next = end->head; /* a crash before its first line: not_begun */
    if (digest_make_key(k->private_key, k->public_key) && digest_random(k->kept)) {
        memcpy(k->seal, k->kept, sizeof k->seal);
        return 0;
    }
    errno = EIO;
    return -1;
}

/* The first batch under this key never came: no line is its own yet. */
static bool not_begun(const struct trail *t, const struct tail *end)
{
    return key_is_kept(&t->key) && !end->unreadable && end->head.n < t->key.kept_from &&
           t->key.head.n < t->key.kept_from;
}

/* A log without a whole line of its own, empty or with what a crash left of its first one, goes on
   from the part before it, if both together end where the key file says. */
static int find_end(struct trail *t, int previous, struct tail *end, bool *continues)
{
    bool crashed = key_crashed(&t->key);
    *continues = false;
    if (previous >= 0) {
        if (tail_find(t->log, previous, crashed, end) != 0)
            return -1;
        *continues = end->before && !tail_judge(end, &t->key);
    }
    return *continues ? 0 : tail_find(t->log, -1, crashed, end);
}

static int finish_opening(struct trail *t)
{
    if (t->n)
        return trail_write(t);
    t->key.head = t->key.next = t->head; /* a crash between log and key file is over */
    memcpy(t->key.seal, t->seal, sizeof t->seal);
    return key_write(t->key_fd, &t->key);
}

static int open_locked(struct trail *t, int previous)
{
    struct tail end;
    bool continues;
    enum key_read result = key_read(t->key_fd, &t->key);
    if (result == KEY_BROKEN || result == KEY_UNREAD) {
        errno = EBADMSG;
        return -1;
    }
    bool new_key = result == KEY_EMPTY;
    if (find_end(t, new_key ? -1 : previous, &end, &continues) != 0 ||
        (new_key && make_keys(t, &end) != 0))
        return -1;
    const char *suspect = NULL;
    bool first = new_key || (!continues && not_begun(t, &end));
    if (!new_key)
        suspect = tail_judge(&end, &t->key);
    if (first && !suspect && (end.head.n || (new_key && !end.empty)))
        suspect = "the key file is new, the log is not";
    /* A torn line that is none of ours stays a line of no form. */
    if (trail_go_on(t, &end, !suspect && !continues) != 0 ||
        (suspect && trail_say(t, AUDIT_LOG_SUSPECT, "why", suspect) != 0))
        return -1;
    if (continues && say_continued(t, &end) != 0)
        return -1;
    if ((first || end.empty) && say_start(t) != 0)
        return -1;
    return finish_opening(t);
}

int trail_open(struct trail *t, int log, int key_fd, int previous)
{
    memset(t, 0, sizeof *t);
    t->log = log;
    t->key_fd = key_fd;
    if (trail_lock(t) != 0)
        return -1;
    int result = open_locked(t, previous);
    t->n = 0;
    trail_unlock(t);
    return result;
}
