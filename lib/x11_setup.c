/* See lib/x11_setup.h; the places are those of the X protocol, section 8. Fuzzed (tests/fuzz/
 * fuzz_xreply.c). */
#include "lib/x11_setup.h"
#include "lib/span.h"

enum { HEAD = 40, FORMAT = 8, SCREEN = 40, DEPTH = 8, VISUAL = 24 };

static uint16_t number(const uint8_t *at)
{
    uint16_t n;
    memcpy(&n, at, sizeof n);
    return n;
}

static const uint8_t *take(struct span *rest, size_t n)
{
    const uint8_t *taken = rest->data;
    if (n > rest->len)
        return NULL;
    rest->data += n;
    rest->len -= n;
    return taken;
}

static bool skip_screen(struct span *rest)
{
    const uint8_t *screen = take(rest, SCREEN), *depth;
    for (unsigned i = 0; screen != NULL && i < screen[39]; i++)
        if ((depth = take(rest, DEPTH)) == NULL ||
            take(rest, (size_t)number(depth + 2) * VISUAL) == NULL)
            return false;
    return screen != NULL;
}

bool x11_setup_fits(const void *setup)
{
    const uint8_t *head = setup;
    if (head == NULL)
        return false;
    struct span rest = {head, 8 + (size_t)number(head + 6) * 4};
    if (take(&rest, HEAD) == NULL)
        return false;
    size_t vendor = (number(head + 24) + 3u) & ~3u;
    bool fits = head[28] > 0 && take(&rest, vendor) && take(&rest, (size_t)head[29] * FORMAT);
    for (unsigned i = 0; fits && i < head[28]; i++)
        fits = skip_screen(&rest);
    return fits;
}
