/* Decides what of the pointer is news to the viewers; runs in vitrine-capture, reads nothing
 * foreign. */
#include "capture/pointer.h"

/* After this long at rest it is looked at less often; after that long seldom. */
#define REST_MS 1000
#define ASLEEP_MS 10000

void pointer_forget(struct pointer *p)
{
    p->told = false;
}

void pointer_stir(struct pointer *p, uint64_t now_ms)
{
    p->moved_ms = now_ms;
}

static bool same_place(const struct pointer *p)
{
    return p->now.x == p->x && p->now.y == p->y;
}

bool pointer_compare(struct pointer *p, uint32_t serial, uint64_t now_ms)
{
    enum tile_cursor_kind seen = p->now.kind;
    if (!same_place(p))
        p->moved_ms = now_ms;
    p->now.time_ms = (uint32_t)now_ms;
    if (seen == TILE_CURSOR_HIDDEN) {
        /* Where it is outside the shared area is nobody's business. */
        p->now.x = p->now.y = 0;
        return !p->told || p->kind != TILE_CURSOR_HIDDEN;
    }
    if (!p->told || seen != p->kind || serial != p->serial)
        return true;
    if (same_place(p))
        return false;
    p->now.kind = TILE_CURSOR_MOVED;
    return true;
}

void pointer_sent(struct pointer *p, uint32_t serial)
{
    if (p->now.kind != TILE_CURSOR_MOVED)
        p->kind = p->now.kind;
    p->told = true;
    p->serial = serial;
    p->x = p->now.x;
    p->y = p->now.y;
}

uint32_t pointer_wait(const struct pointer *p, uint64_t now_ms)
{
    uint64_t rest = now_ms - p->moved_ms;
    return rest < REST_MS ? CURSOR_ACTIVE_MS : rest < ASLEEP_MS ? CURSOR_IDLE_MS : CURSOR_ASLEEP_MS;
}
