/*
 * Entrance: what people have signed, as lines of an audit log have it whose hash is right:
 * fuzz_trail makes none. A line of the input is a line's fields; the two bytes before it say which
 * kind of line it is and whose. A proof is good only by a signature that was in the input.
 */
#include "audit/verify/proof.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Asked for anew each time: what an input does not touch of it costs nothing. */
static struct proof_book *book;

static enum proof_says say(char kind, const struct line *l)
{
    switch (kind) {
    case 'p':
        return proof_part(book, l);
    case 'c':
        return proof_control(book, l);
    default:
        return proof_share(book, l);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size;
    book = calloc(1, sizeof *book);
    if (!book)
        abort();
    while (end - at > 2) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        if (stop - at > 2) {
            const struct line l = {
                .run = (uint8_t)at[1], .fields = at + 2, .fields_len = (size_t)(stop - at - 2)};
            if (say(at[0], &l) > PROOF_GOOD)
                abort();
        }
        at = stop + (newline != NULL);
        if (!newline)
            break;
    }
    for (unsigned i = 0; i < RUNS_MOST; i++)
        for (unsigned r = 0; r < 2; r++)
            if (book->runs[i].record[r].len > sizeof book->runs[i].record[r].text)
                abort();
    free(book);
    return 0;
}
