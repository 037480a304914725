/* Room where the log is. Run by audit. */
#include "audit/space.h"
#include "lib/disk.h"

bool space_look(struct space *s, uint32_t *free_mib)
{
    uint64_t bytes, limit = (uint64_t)s->warn * DISK_MIB;
    if (!s->warn || !disk_free(s->log, &bytes))
        return false;
    if (s->low) {
        s->low = bytes < limit + limit / 8;
        return false;
    }
    s->low = bytes < limit;
    *free_mib = (uint32_t)(bytes / DISK_MIB);
    return s->low;
}
