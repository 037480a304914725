/*
 * policy/messages.def as data, for tests: the generator writes build/gen/schema.c, which no program
 * links. A test can build any message byte by byte from it, independently of the generated
 * encoders.
 */
#ifndef TESTS_UNIT_LIB_SCHEMA_H
#define TESTS_UNIT_LIB_SCHEMA_H
#include "lib/chan.h"

enum schema_kind {
    SCHEMA_U8,
    SCHEMA_U16,
    SCHEMA_U32,
    SCHEMA_U64,
    SCHEMA_I32,
    SCHEMA_FIXED,
    SCHEMA_BYTES,
    SCHEMA_SECRET,
    SCHEMA_TEXT,
    SCHEMA_LIST,
    SCHEMA_FD,
    SCHEMA_FDS
};

enum schema_fd { SCHEMA_SOCKET, SCHEMA_MEMORY, SCHEMA_FILE, SCHEMA_PROCESS, SCHEMA_STORED };

struct schema_field {
    const char *name;
    enum schema_kind kind;
    enum schema_fd fd;
    int64_t min, max;
    const struct schema_field *element; /* of a list */
    size_t n_element;
};

struct schema_message {
    const char *name;
    uint16_t type;
    const struct schema_field *fields;
    size_t n_fields;
};

/* A message that an end may receive, and in which of its states. */
struct schema_row {
    const struct schema_message *message;
    uint32_t states;
};

struct schema_side {
    const char *channel, *end;
    unsigned n_states;
    const struct schema_row *rows;
    size_t n_rows;
    /* Makes `in` this end, with handlers that send what they get on `out`, made the other end of
       another channel of the same kind. Takes ownership of both descriptors. */
    void (*start)(struct chan *in, int in_fd, struct chan *out, int out_fd);
};

extern const struct schema_side schema_sides[];
extern const size_t schema_n_sides;

#endif
