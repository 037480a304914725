/*
 * What generated message code (build/gen/ch_messages.c) is made of: a bounds-checked reader, a
 * bounds-checking writer, and the rows of a dispatch table. Nobody else includes this, except
 * lib/chan.c.
 *
 * Both keep the first failure and go on doing nothing: code reads or writes all fields in order,
 * then asks once. Numbers are big-endian.
 */
#ifndef LIB_MSG_H
#define LIB_MSG_H
#include "lib/chan.h"
#include "lib/span.h"
#include "policy/limits.h"

/* What a descriptor must be; judged by fstat, because its sender may be a hostile worker. */
enum msg_fd_kind {
    MSG_FD_SOCKET,
    MSG_FD_MEMORY, /* regular file sealed against shrinking: reading a mapping of it cannot fault */
    MSG_FD_FILE,   /* regular file, pipe or character device */
    MSG_FD_PROCESS, /* a pidfd has no portable mark; any descriptor */
    MSG_FD_STORED   /* regular file or folder: what fsync brings onto a disk */
};

struct msg_reader {
    const uint8_t *at, *end;
    const int *fds; /* not owned: moved to the message when msg_read_end succeeds */
    size_t n_fds, next_fd;
    bool malformed;       /* too short, too long, out of bounds */
    bool bad_descriptors; /* too few, too many, of the wrong kind */
};

/* Unsigned number of `width` bytes (1, 2, 4, 8) in min..max; 0 on failure. */
uint64_t msg_read_uint(struct msg_reader *r, unsigned width, uint64_t min, uint64_t max);
int32_t msg_read_i32(struct msg_reader *r, int32_t min, int32_t max);
void msg_read_fixed(struct msg_reader *r, uint8_t *out, size_t len);
/* The span points into the datagram. */
struct span msg_read_bytes(struct msg_reader *r, uint32_t min, uint32_t max);
struct span msg_read_text(struct msg_reader *r, uint32_t min, uint32_t max);
/* Number of elements that follow; 0 on failure. */
uint16_t msg_read_count(struct msg_reader *r, uint16_t min, uint16_t max);
/* The next descriptor; -1 on failure. */
int msg_read_fd(struct msg_reader *r, enum msg_fd_kind kind);
/* True when every field was good and nothing is left over: the descriptors now belong to the
 * message. */
bool msg_read_end(struct msg_reader *r);

struct msg_writer {
    uint8_t *bytes;
    size_t len, size;
    int fds[MAX_FDS]; /* the caller's */
    size_t n_fds;
    bool bad; /* a field out of its bounds, or a message this end may not send */
};

/* Starts a message in the one send buffer of this process. */
void msg_write_begin(struct msg_writer *w, const struct chan *c, uint16_t type);
void msg_write_uint(struct msg_writer *w, unsigned width, uint64_t value, uint64_t min,
                    uint64_t max);
void msg_write_i32(struct msg_writer *w, int32_t value, int32_t min, int32_t max);
void msg_write_fixed(struct msg_writer *w, const uint8_t *bytes, size_t len);
void msg_write_bytes(struct msg_writer *w, struct span s, uint32_t min, uint32_t max);
void msg_write_text(struct msg_writer *w, struct span s, uint32_t min, uint32_t max);
/* The number of elements to write: 0 once anything was wrong. */
uint16_t msg_write_count(struct msg_writer *w, uint16_t n, uint16_t min, uint16_t max);
void msg_write_fd(struct msg_writer *w, int fd);
/* Sends; 0, or -1 with errno as chan_send_raw (EINVAL: a field was out of its bounds). `secret`
   wipes the buffer afterwards. */
int msg_write_send(struct msg_writer *w, struct chan *c, bool secret);

/* Outcome of one decode and handler. */
enum msg_taken {
    MSG_TAKEN,
    MSG_MALFORMED,
    MSG_DESCRIPTORS,
    MSG_REFUSED,  /* by the handler */
    MSG_UNHANDLED /* no handler: this process permits no such message */
};

/* How a decoder that failed is to be reported. */
enum msg_taken msg_read_failure(const struct msg_reader *r);

/* One message an end may receive. */
struct chan_row {
    uint16_t type;
    bool secret;
    uint32_t states; /* bit per state in which it may arrive */
    enum msg_taken (*take)(struct chan *c, struct msg_reader *r);
};

/* One end of one channel. */
struct chan_side {
    const char *channel, *end;
    const struct chan_row *rows;
    const uint16_t *sends; /* types it may send */
    uint16_t n_rows, n_sends;
};

#endif
