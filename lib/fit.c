/* See fit.h. Used by vitrine and vitrine-render (view). */
#include "lib/fit.h"

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The other side of a picture of which one side is as long as the room. */
static uint32_t other_side(uint32_t side, uint32_t to, uint32_t from, uint32_t room)
{
    uint32_t r = (uint32_t)(((uint64_t)side * to + from / 2) / from);

    return r == 0 ? 1 : least(r, room);
}

struct fit fit_in(uint32_t w, uint32_t h, uint32_t room_w, uint32_t room_h)
{
    uint32_t times = least(least(room_w / w, room_h / h), FIT_MOST);

    if (times > 0)
        return (struct fit){w * times, h * times, times};
    if ((uint64_t)w * room_h > (uint64_t)h * room_w)
        return (struct fit){room_w, other_side(h, room_w, w, room_h), 0};
    return (struct fit){other_side(w, room_h, h, room_w), room_h, 0};
}
