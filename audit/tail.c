/* Where a log ends: see tail.h. */
#include "audit/tail.h"
#include "audit/chain/line.h"
#include <string.h>
#include <unistd.h>

/* The last piece of a log, and of the part before it. */
struct piece {
    char text[4 * LINE_MAX_BYTES];
    const char *log; /* from here on it is the log's */
    const char *end;
    bool all; /* nothing stands before it */
};

static off_t size_of(int fd)
{
    return lseek(fd, 0, SEEK_END); /* the C library's fstat needs a call that takes a path */
}

/* Adds the last bytes of a file of that size, as many as there is room for, at `at`. Where they
   end; NULL with errno. */
static char *read_end(int fd, off_t size, char *at, off_t room, bool *all)
{
    off_t from = size > room ? size - room : 0;
    ssize_t n = pread(fd, at, (size_t)(size - from), from);
    *all = from == 0;
    return n < 0 ? NULL : at + n;
}

static int read_piece(int log, int previous, struct piece *p, off_t *size)
{
    char *at = p->text;
    off_t room = (off_t)sizeof p->text, before = previous < 0 ? 0 : size_of(previous);
    *size = size_of(log);
    if (*size < 0 || before < 0)
        return -1;
    if (previous >= 0 && *size < room &&
        !(at = read_end(previous, before, at, room - *size, &p->all)))
        return -1;
    p->log = at;
    bool all;
    at = read_end(log, *size, at, room - (at - p->text), &all);
    if (!at)
        return -1;
    p->end = at;
    p->all = all && (previous < 0 || p->all);
    return 0;
}

/* The line that ends at `end`, which may be a newline. */
static bool whole_line(const struct piece *p, const char *end, const char **start, struct line *out)
{
    const char *before = memrchr(p->text, '\n', (size_t)(end - p->text));
    *start = before ? before + 1 : p->text;
    return line_parse(*start, (size_t)(end - *start), out) && out->hash_right;
}

/* Of a log with a newline, behind which a torn line may stand. */
static bool last_ended(const struct piece *p, const char *newline, bool crashed, struct line *last,
                       const char **start, off_t *half)
{
    *half = p->end - newline - 1;
    if (whole_line(p, newline, start, last))
        return true;
    if (!crashed || *start == p->text || !whole_line(p, *start - 1, start, last))
        return false;
    const char *torn = memchr(*start, '\n', (size_t)(p->end - *start));
    *half = p->end - torn - 1;
    return true;
}

int tail_find(int log, int previous, bool crashed, struct tail *out)
{
    static struct piece p;
    struct line last;
    const char *start;
    memset(out, 0, sizeof *out);
    if (read_piece(log, previous, &p, &out->size) != 0)
        return -1;
    out->empty = p.end == p.text;
    const char *newline = memrchr(p.text, '\n', (size_t)(p.end - p.text));
    out->open = whole_line(&p, p.end, &start, &last);
    if (!newline && !out->open) {
        out->half = p.end - p.text;
        out->unreadable = !p.all;
        return 0;
    }
    out->unreadable = !out->open && !last_ended(&p, newline, crashed, &last, &start, &out->half);
    if (!out->unreadable) {
        out->before = start < p.log;
        out->head.n = last.n;
        memcpy(out->head.hash, last.hash, DIGEST_SIZE);
    }
    return 0;
}

const char *tail_judge(const struct tail *end, const struct trail_key *k)
{
    if (end->unreadable || (end->open && !key_crashed(k)))
        return "last line changed";
    if (end->half > 0 && !key_crashed(k))
        return "something behind the last line that this key did not write";
    if (line_head_equal(&end->head, &k->head) || line_head_equal(&end->head, &k->next))
        return NULL;
    if (end->head.n > k->head.n && end->head.n < k->next.n)
        return NULL;
    if (end->head.n < k->head.n)
        return "lines missing at the end";
    return "lines this key did not write";
}
