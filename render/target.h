/*
 * Memory a painter draws into: a sealed memory file from the broker, checked before it is mapped.
 * Both kinds of vitrine-render.
 */
#ifndef RENDER_TARGET_H
#define RENDER_TARGET_H
#include <stddef.h>
#include <stdint.h>

struct target {
    uint8_t *pixels; /* x8 R8 G8 B8, NULL: none */
    size_t len;
    uint32_t width, height, stride; /* pixels, pixels, bytes */
};

/* Maps `fd` (stays the caller's). -1 when it is not sealed against shrinking, too small for its
   size, or the stride shorter than a row or no multiple of 4. */
int target_map(struct target *t, int fd, uint32_t width, uint32_t height, uint32_t stride);
void target_unmap(struct target *t);

#endif
