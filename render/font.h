/*
 * The fonts the broker handed over as open files (UI_FONTS): mapped, never looked up. The first
 * family is the interface's own; the others, in their order, are asked for what it lacks. Used by
 * vitrine-render ui.
 */
#ifndef RENDER_FONT_H
#define RENDER_FONT_H
#include "policy/limits.h"
#include <cairo.h>
#include <hb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct FT_LibraryRec_ *FT_Library;
typedef struct FT_FaceRec_ *FT_Face;

struct font {
    FT_Face face;
    hb_font_t *shaper; /* scaled to font units */
    cairo_font_face_t *drawer;
    void *map;
    size_t map_len;
    uint16_t weight; /* 100..900 */
    uint8_t family;  /* index by first appearance */
    uint16_t units;  /* per em */
};

struct fonts {
    FT_Library library;
    unsigned n, n_families;
    struct font font[MAX_FDS];
};

#define FONT_NONE 0xffu

/* 0 or -1. */
int font_init(struct fonts *f);
/* Maps and reads one file; the descriptor stays the caller's. 0, or -1 when it is no usable font
   (it is then left out). */
int font_add(struct fonts *f, int fd);
/* Index of the face of that family nearest to the weight. The family must exist. */
unsigned font_pick(const struct fonts *f, unsigned family, unsigned weight);
/* Index of the face to draw that character with, in order of the families; FONT_NONE when none has
 * it. */
unsigned font_for(const struct fonts *f, uint32_t character, unsigned weight);
bool font_has(const struct fonts *f, unsigned font, uint32_t character);
void font_finish(struct fonts *f);

#endif
