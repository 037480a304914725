/* Drawing session numbers. Run by vitrine-relay. Pure. */
#include "net/relay/numbers.h"
#include "policy/limits.h"
#include <stdlib.h>

#define PER_PREFIX 10000000u /* numbers that share their first two digits */
#define TRIES 1000 /* with 1,000,000 of 10,000,000 taken, 1000 misses in a row do not happen */

void numbers_init(struct numbers *n, uint8_t low, uint8_t high, random_fn random)
{
    *n = (struct numbers){
        .first = low * PER_PREFIX,
        .count = (uint32_t)(high - low + 1) * PER_PREFIX,
        .random = random,
    };
}

void numbers_finish(struct numbers *n)
{
    map_finish(&n->recent);
    free(n->given);
    n->given = NULL;
    n->size = n->used = 0;
}

static void forget_old(struct numbers *n, uint64_t now_ms)
{
    while (n->used > 0 && now_ms - n->given[n->head].at_ms >= RELAY_NUMBER_MS) {
        map_remove(&n->recent, n->given[n->head].number);
        n->head = (n->head + 1) % n->size;
        n->used--;
    }
}

static bool grow(struct numbers *n)
{
    size_t size = n->size ? n->size * 2 : 64;
    struct numbers_given *given = calloc(size, sizeof *given);
    if (given == NULL)
        return false;
    for (size_t i = 0; i < n->used; i++)
        given[i] = n->given[(n->head + i) % n->size];
    free(n->given);
    n->given = given;
    n->size = size;
    n->head = 0;
    return true;
}

static bool note(struct numbers *n, uint32_t number, uint64_t now_ms)
{
    if (n->used >= RELAY_NUMBERS_MAX || (n->used == n->size && !grow(n)))
        return false;
    if (!map_set(&n->recent, number, n)) /* any pointer will do: it is used as a set */
        return false;
    n->given[(n->head + n->used) % n->size] = (struct numbers_given){number, now_ms};
    n->used++;
    return true;
}

void numbers_note(struct numbers *n, uint32_t number, uint64_t now_ms)
{
    forget_old(n, now_ms);
    if (map_get(&n->recent, number) == NULL)
        note(n, number, now_ms);
}

/* Uniform below n->count: values of the last, incomplete run of it are thrown away. */
static bool draw_below(const struct numbers *n, uint32_t *out)
{
    uint32_t v, last = UINT32_MAX - UINT32_MAX % n->count;
    do {
        if (!n->random((uint8_t *)&v, sizeof v))
            return false;
    } while (v >= last);
    *out = v % n->count;
    return true;
}

uint32_t numbers_draw(struct numbers *n, uint64_t now_ms)
{
    uint32_t offset;
    forget_old(n, now_ms);
    for (int i = 0; i < TRIES && draw_below(n, &offset); i++) {
        uint32_t number = n->first + offset;
        if (map_get(&n->recent, number) == NULL)
            return note(n, number, now_ms) ? number : 0;
    }
    return 0;
}
