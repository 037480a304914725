/*
 * The pointer's picture out of the server's answer, which is not believed: what would be read
 * beyond it would be sent to every viewer. Runs in vitrine-capture; fuzzed (tests/fuzz/
 * fuzz_xreply.c).
 */
#include "capture/x11_parts.h"
#include "lib/x11_reply.h"
#include <string.h>

bool x11_shape(const xcb_xfixes_get_cursor_image_reply_t *r, struct tile_cursor *out)
{
    size_t bytes = (size_t)r->width * r->height * 4;
    if (r->width < 1 || r->width > MAX_CURSOR || r->height < 1 || r->height > MAX_CURSOR ||
        r->xhot >= r->width || r->yhot >= r->height || !x11_reply_holds(r, sizeof *r + bytes))
        return false;
    out->width = r->width;
    out->height = r->height;
    out->hot_x = r->xhot;
    out->hot_y = r->yhot;
    memcpy(out->argb, r + 1, bytes);
    return true;
}
