/*
 * The lines of a log one after the other, from wherever its bytes come: one in memory at a time.
 * Whoever wants to look ahead copies the reader.
 */
#ifndef AUDIT_VERIFY_READER_H
#define AUDIT_VERIFY_READER_H
#include "audit/chain/line.h"

/* Reads up to n bytes at `at`; short only at the end; negative: cannot be read. */
struct reader_source {
    long (*read_at)(void *ctx, void *buf, size_t n, uint64_t at);
    void *ctx;
};

enum reader_got {
    READER_LINE,
    READER_TORN, /* the rest, which has no newline */
    READER_LONG, /* no line of a trail; skipped to its end */
    READER_END,
    READER_ERROR
};

/* Zeroed at first, but for the source. */
struct reader {
    const struct reader_source *source;
    uint64_t at; /* of the first byte not in buf */
    size_t n, used;
    char buf[2 * LINE_MAX_BYTES];
};

/* The next line without its newline, valid until the next call. */
enum reader_got reader_next(struct reader *r, const char **line, size_t *len);

#endif
