/*
 * A hash table from numbers to pointers: sessions by number, connections by handle and by mid. Run
 * by vitrine-relay; pure. Open addressing, grows by doubling; keys are not chosen freely by
 * strangers (numbers are drawn, handles too, mids are bounded by the members of one session).
 */
#ifndef NET_RELAY_MAP_H
#define NET_RELAY_MAP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map {
    struct map_slot {
        uint32_t key;
        void *value; /* NULL: free */
    } * slots;
    size_t size; /* a power of two, or 0 */
    size_t used;
};

void map_finish(struct map *m); /* frees the table, not what it points to; accepts a zeroed one */
/* false: no memory. `value` is not NULL; replaces what was there. */
bool map_set(struct map *m, uint32_t key, void *value);
void *map_get(const struct map *m, uint32_t key);
void map_remove(struct map *m, uint32_t key);

#endif
