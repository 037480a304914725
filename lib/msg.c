/*
 * Reads and writes the fields of a message, each within its bounds. Every process links it; the
 * bytes and descriptors it reads come from another process and are distrusted.
 */
#include "lib/msg.h"
#include "lib/text.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The next `len` bytes, or NULL when so many are not left. */
static const uint8_t *read_raw(struct msg_reader *r, size_t len)
{
    if (r->malformed || len > (size_t)(r->end - r->at)) {
        r->malformed = true;
        return NULL;
    }
    const uint8_t *p = r->at;
    r->at += len;
    return p;
}

uint64_t msg_read_uint(struct msg_reader *r, unsigned width, uint64_t min, uint64_t max)
{
    const uint8_t *p = read_raw(r, width);
    if (p == NULL)
        return 0;
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value = value << 8 | p[i];
    if (value >= min && value <= max)
        return value;
    r->malformed = true;
    return 0;
}

int32_t msg_read_i32(struct msg_reader *r, int32_t min, int32_t max)
{
    uint32_t bits = (uint32_t)msg_read_uint(r, 4, 0, UINT32_MAX);
    int32_t value;
    memcpy(&value, &bits, sizeof value);
    if (!r->malformed && value >= min && value <= max)
        return value;
    r->malformed = true;
    return 0;
}

void msg_read_fixed(struct msg_reader *r, uint8_t *out, size_t len)
{
    const uint8_t *p = read_raw(r, len);
    if (p != NULL)
        memcpy(out, p, len);
}

struct span msg_read_bytes(struct msg_reader *r, uint32_t min, uint32_t max)
{
    size_t len = (size_t)msg_read_uint(r, 4, min, max);
    const uint8_t *p = read_raw(r, len);
    return p == NULL ? (struct span){NULL, 0} : (struct span){p, len};
}

struct span msg_read_text(struct msg_reader *r, uint32_t min, uint32_t max)
{
    struct span s = msg_read_bytes(r, min, max);
    if (!text_valid(s.data, s.len))
        r->malformed = true;
    return s;
}

uint16_t msg_read_count(struct msg_reader *r, uint16_t min, uint16_t max)
{
    return (uint16_t)msg_read_uint(r, 2, min, max);
}

/* The plain system call: the C library's would need newfstatat in
   every filter, which takes a path. */
static bool mode_of(int fd, mode_t *mode)
{
    struct stat st;
    if (syscall(SYS_fstat, fd, &st) != 0)
        return false;
    *mode = st.st_mode;
    return true;
}

static bool is_of_kind(int fd, enum msg_fd_kind kind)
{
    mode_t mode;
    if (!mode_of(fd, &mode))
        return false;
    switch (kind) {
    case MSG_FD_SOCKET:
        return S_ISSOCK(mode);
    case MSG_FD_MEMORY: {
        int seals = fcntl(fd, F_GET_SEALS);
        return S_ISREG(mode) && seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
    }
    case MSG_FD_FILE:
        return S_ISREG(mode) || S_ISFIFO(mode) || S_ISCHR(mode);
    case MSG_FD_PROCESS:
        return true;
    case MSG_FD_STORED:
        return S_ISREG(mode) || S_ISDIR(mode);
    }
    return false;
}

int msg_read_fd(struct msg_reader *r, enum msg_fd_kind kind)
{
    if (r->malformed || r->bad_descriptors)
        return -1;
    if (r->next_fd >= r->n_fds || !is_of_kind(r->fds[r->next_fd], kind)) {
        r->bad_descriptors = true;
        return -1;
    }
    return r->fds[r->next_fd++];
}

bool msg_read_end(struct msg_reader *r)
{
    if (r->at != r->end)
        r->malformed = true;
    if (r->next_fd != r->n_fds)
        r->bad_descriptors = true;
    if (r->malformed || r->bad_descriptors)
        return false;
    r->n_fds = 0;
    return true;
}

enum msg_taken msg_read_failure(const struct msg_reader *r)
{
    return r->malformed ? MSG_MALFORMED : MSG_DESCRIPTORS;
}

/* Room for `len` more bytes, or NULL. */
static uint8_t *write_raw(struct msg_writer *w, size_t len)
{
    if (w->bad || len > w->size - w->len) {
        w->bad = true;
        return NULL;
    }
    uint8_t *p = w->bytes + w->len;
    w->len += len;
    return p;
}

static bool may_send(const struct chan_side *side, uint16_t type)
{
    for (size_t i = 0; side != NULL && i < side->n_sends; i++)
        if (side->sends[i] == type)
            return true;
    return false;
}

void msg_write_begin(struct msg_writer *w, const struct chan *c, uint16_t type)
{
    /* One is enough: a message is complete and sent before the next begins, and no process has
     * threads. */
    static uint8_t buffer[MAX_DATAGRAM];
    *w = (struct msg_writer){.bytes = buffer, .size = sizeof buffer};
    w->bad = !may_send(c->side, type);
    msg_write_uint(w, 2, type, 0, UINT16_MAX);
}

void msg_write_uint(struct msg_writer *w, unsigned width, uint64_t value, uint64_t min,
                    uint64_t max)
{
    if (value < min || value > max)
        w->bad = true;
    uint8_t *p = write_raw(w, width);
    for (unsigned i = 0; p != NULL && i < width; i++)
        p[i] = (uint8_t)(value >> 8 * (width - 1 - i));
}

void msg_write_i32(struct msg_writer *w, int32_t value, int32_t min, int32_t max)
{
    if (value < min || value > max)
        w->bad = true;
    msg_write_uint(w, 4, (uint32_t)value, 0, UINT32_MAX);
}

void msg_write_fixed(struct msg_writer *w, const uint8_t *bytes, size_t len)
{
    uint8_t *p = write_raw(w, len);
    if (p != NULL)
        memcpy(p, bytes, len);
}

void msg_write_bytes(struct msg_writer *w, struct span s, uint32_t min, uint32_t max)
{
    if (s.len > 0 && s.data == NULL)
        w->bad = true;
    msg_write_uint(w, 4, s.len, min, max);
    uint8_t *p = write_raw(w, s.len);
    if (p != NULL && s.len > 0)
        memcpy(p, s.data, s.len);
}

void msg_write_text(struct msg_writer *w, struct span s, uint32_t min, uint32_t max)
{
    size_t start = w->len;
    msg_write_bytes(w, s, min, max);
    if (!w->bad && !text_valid(w->bytes + start + 4, s.len))
        w->bad = true;
}

uint16_t msg_write_count(struct msg_writer *w, uint16_t n, uint16_t min, uint16_t max)
{
    msg_write_uint(w, 2, n, min, max);
    return w->bad ? 0 : n;
}

void msg_write_fd(struct msg_writer *w, int fd)
{
    if (fd < 0 || w->n_fds == MAX_FDS) {
        w->bad = true;
        return;
    }
    w->fds[w->n_fds++] = fd;
}

int msg_write_send(struct msg_writer *w, struct chan *c, bool secret)
{
    int result = -1;
    if (w->bad)
        errno = EINVAL;
    else
        result = chan_send_raw(c, w->bytes, w->len, w->fds, w->n_fds);
    if (secret) {
        int saved = errno;
        explicit_bzero(w->bytes, w->len);
        errno = saved;
    }
    return result;
}
