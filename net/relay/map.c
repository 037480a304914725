/* Hash table of vitrine-relay. Pure. */
#include "net/relay/map.h"
#include <stdlib.h>

#define FIRST_SIZE 16

static size_t home(const struct map *m, uint32_t key)
{
    return (size_t)((uint64_t)key * 0x9e3779b97f4a7c15u >> 32) & (m->size - 1);
}

/* The slot that holds the key, or the free one where it would stand. */
static size_t find(const struct map *m, uint32_t key)
{
    size_t i = home(m, key);
    while (m->slots[i].value != NULL && m->slots[i].key != key)
        i = (i + 1) & (m->size - 1);
    return i;
}

void map_finish(struct map *m)
{
    free(m->slots);
    *m = (struct map){0};
}

static bool grow(struct map *m)
{
    struct map bigger = {.size = m->size ? m->size * 2 : FIRST_SIZE, .used = m->used};
    bigger.slots = calloc(bigger.size, sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return false;
    for (size_t i = 0; i < m->size; i++)
        if (m->slots[i].value != NULL)
            bigger.slots[find(&bigger, m->slots[i].key)] = m->slots[i];
    free(m->slots);
    *m = bigger;
    return true;
}

bool map_set(struct map *m, uint32_t key, void *value)
{
    size_t i;
    if ((m->used + 1) * 4 > m->size * 3 && !grow(m))
        return false;
    i = find(m, key);
    if (m->slots[i].value == NULL)
        m->used++;
    m->slots[i] = (struct map_slot){key, value};
    return true;
}

void *map_get(const struct map *m, uint32_t key)
{
    return m->size == 0 ? NULL : m->slots[find(m, key)].value;
}

/* Moves later entries of the same run up, so that no search ends at the hole. */
static void close_hole(struct map *m, size_t hole)
{
    size_t mask = m->size - 1;
    for (size_t i = (hole + 1) & mask; m->slots[i].value != NULL; i = (i + 1) & mask) {
        size_t from = home(m, m->slots[i].key);
        if (((i - from) & mask) < ((i - hole) & mask))
            continue;
        m->slots[hole] = m->slots[i];
        m->slots[i].value = NULL;
        hole = i;
    }
}

void map_remove(struct map *m, uint32_t key)
{
    size_t i;
    if (m->size == 0)
        return;
    i = find(m, key);
    if (m->slots[i].value == NULL)
        return;
    m->slots[i].value = NULL;
    m->used--;
    close_hole(m, i);
}
