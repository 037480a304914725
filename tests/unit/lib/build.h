/* Builds messages from the schema as data: valid ones, and ones that are wrong in one place. For
 * tests. */
#ifndef TESTS_UNIT_LIB_BUILD_H
#define TESTS_UNIT_LIB_BUILD_H
#include "tests/unit/lib/schema.h"
#include "tests/unit/lib/wire.h"

enum build_size { BUILD_LEAST, BUILD_MOST, BUILD_RANDOM };

/* The one wrong place: the n-th number, length or count of the message (in the order they are
 * written). */
struct build_fault {
    int place;        /* -1: none */
    bool above;       /* one more than the maximum; else one less than the minimum */
    size_t texts[64]; /* out: where content of text is; n_texts of them */
    size_t n_texts;
    bool made; /* out: there was such a place, and such a value fits its width */
};

/* Random numbers with a fixed start, the same on every machine. */
uint64_t build_random(uint64_t *seed);
/* One descriptor of each kind, made once. */
int build_fd(enum schema_fd kind);
/* Writes a message; its descriptors are build_fd's and stay open. */
void build_message(struct wire *w, const struct schema_message *m, enum build_size size,
                   struct build_fault *fault, uint64_t *seed);

#endif
