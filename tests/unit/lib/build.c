/* See build.h. */
#include "tests/unit/lib/build.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct builder {
    struct wire *w;
    enum build_size size;
    struct build_fault *fault;
    uint64_t *seed;
    int place;
};

uint64_t build_random(uint64_t *seed)
{
    *seed += 0x9E3779B97F4A7C15u; /* splitmix64 */
    uint64_t z = *seed;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

int build_fd(enum schema_fd kind)
{
    static int fds[5] = {-1, -1, -1, -1, -1};
    if (fds[kind] >= 0)
        return fds[kind];
    if (kind == SCHEMA_SOCKET)
        fds[kind] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    else if (kind == SCHEMA_MEMORY)
        fds[kind] = wire_memory();
    else if (kind == SCHEMA_STORED)
        fds[kind] = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    else
        fds[kind] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fds[kind] < 0)
        abort();
    return fds[kind];
}

static void put(struct builder *b, unsigned width, uint64_t value)
{
    for (unsigned i = 0; i < width; i++)
        b->w->bytes[b->w->len++] = (uint8_t)(value >> 8 * (width - 1 - i));
}

/* Can `value` be written at all? */
static bool fits(unsigned width, bool is_signed, int64_t value)
{
    if (is_signed)
        return value >= INT32_MIN && value <= INT32_MAX;
    return value >= 0 && (width == 8 || value < INT64_C(1) << 8 * width);
}

/* A value of this field: inside its bounds, unless this is the place of the fault. */
static int64_t choose(struct builder *b, const struct schema_field *f, unsigned width,
                      bool is_signed)
{
    int64_t value = b->size == BUILD_MOST ? f->max : f->min;
    uint64_t range = (uint64_t)(f->max - f->min);
    if (b->size == BUILD_RANDOM)
        value = f->min + (int64_t)(build_random(b->seed) % (range + 1));
    if (b->place++ != b->fault->place)
        return value;
    int64_t wrong = b->fault->above ? f->max + 1 : f->min - 1;
    b->fault->made = fits(width, is_signed, wrong);
    return b->fault->made ? wrong : value;
}

static unsigned width_of(enum schema_kind kind)
{
    return kind == SCHEMA_U8 ? 1 : kind == SCHEMA_U16 ? 2 : kind == SCHEMA_U64 ? 8 : 4;
}

/* Content of bytes and text; long random ones are shortened, or every test would be about memory.
 */
static void put_content(struct builder *b, const struct schema_field *f)
{
    int64_t len = choose(b, f, 4, false);
    bool is_fault = b->place - 1 == b->fault->place;
    if (b->size == BUILD_RANDOM && !is_fault && len > f->min + 32)
        len = f->min + len % 32;
    if (b->w->len + 4 + (size_t)len > MAX_DATAGRAM)
        len = (int64_t)(MAX_DATAGRAM - 4 - b->w->len);
    put(b, 4, (uint64_t)len);
    if (f->kind == SCHEMA_TEXT && len > 0 && b->fault->n_texts < 64)
        b->fault->texts[b->fault->n_texts++] = b->w->len;
    for (int64_t i = 0; i < len; i++) {
        int64_t byte = f->kind == SCHEMA_TEXT ? 'a' + i % 26 : i * 7 % 256;
        b->w->bytes[b->w->len++] = (uint8_t)byte;
    }
}

static void put_fd(struct builder *b, const struct schema_field *f)
{
    b->w->fds[b->w->n_fds++] = build_fd(f->fd);
}

static void put_field(struct builder *b, const struct schema_field *f);

static void put_several(struct builder *b, const struct schema_field *f)
{
    int64_t n = choose(b, f, 2, false);
    put(b, 2, (uint64_t)n);
    for (int64_t i = 0; i < n; i++) {
        for (size_t j = 0; j < f->n_element; j++)
            put_field(b, &f->element[j]);
        if (f->kind == SCHEMA_FDS && b->w->n_fds < 64)
            put_fd(b, f);
    }
}

static void put_field(struct builder *b, const struct schema_field *f)
{
    if (f->kind <= SCHEMA_I32)
        put(b, width_of(f->kind), (uint64_t)choose(b, f, width_of(f->kind), f->kind == SCHEMA_I32));
    else if (f->kind == SCHEMA_FIXED)
        for (int64_t i = 0; i < f->max; i++)
            put(b, 1, (uint64_t)i);
    else if (f->kind <= SCHEMA_TEXT)
        put_content(b, f);
    else if (f->kind == SCHEMA_FD)
        put_fd(b, f);
    else
        put_several(b, f);
}

void build_message(struct wire *w, const struct schema_message *m, enum build_size size,
                   struct build_fault *fault, uint64_t *seed)
{
    struct builder b = {w, size, fault, seed, 0};
    w->len = w->n_fds = 0;
    fault->made = false;
    fault->n_texts = 0;
    put(&b, 2, m->type);
    for (size_t i = 0; i < m->n_fields; i++)
        put_field(&b, &m->fields[i]);
}
