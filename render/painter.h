/*
 * Paints one window from a checked scene into somebody's pixels. The whole of what vitrine-render
 * ui is for; knows no channel, no descriptor.
 */
#ifndef RENDER_PAINTER_H
#define RENDER_PAINTER_H
#include "render/canvas.h"
#include "render/scene.h"

struct painter {
    struct canvas c;
    const struct scene *s;
    const struct ui_layout *layout;
    struct ui_facts facts;
};

/* Pixels: s->height rows of `stride` bytes, x8 R8 G8 B8; stride at least 4 * s->width. Scene:
   scene_check passed. 0, or -1 when drawing failed (no memory). */
int painter_paint(struct text *text, const struct scene *s, uint8_t *pixels, int stride);

#endif
