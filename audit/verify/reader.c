/* Lines of a log: see reader.h. Run by vitrine-verify; distrusts every byte of it. */
#include "audit/verify/reader.h"
#include <string.h>

static bool fill(struct reader *r)
{
    memmove(r->buf, r->buf + r->used, r->n - r->used);
    r->n -= r->used;
    r->used = 0;
    long got = r->source->read_at(r->source->ctx, r->buf + r->n, sizeof r->buf - r->n, r->at);
    if (got < 0)
        return false;
    r->n += (size_t)got;
    r->at += (uint64_t)got;
    return true;
}

enum reader_got reader_next(struct reader *r, const char **line, size_t *len)
{
    enum reader_got result = READER_LINE;
    for (;;) {
        char *newline = memchr(r->buf + r->used, '\n', r->n - r->used);
        *line = r->buf + r->used;
        if (newline) {
            *len = (size_t)(newline - *line);
            r->used += *len + 1;
            return *len >= LINE_MAX_BYTES ? READER_LONG : result;
        }
        size_t before = r->n - r->used;
        if (before >= LINE_MAX_BYTES) {
            r->used = r->n;
            before = 0;
            result = READER_LONG;
        }
        if (!fill(r))
            return READER_ERROR;
        if (r->n == before) {
            *line = r->buf;
            *len = r->n;
            r->used = r->n;
            return before || result == READER_LONG ? READER_TORN : READER_END;
        }
    }
}
