/*
 * The picture as the viewers have it: what was last sent, kept to find out what has changed. Pure.
 */
#ifndef CAPTURE_PICTURE_H
#define CAPTURE_PICTURE_H
#include "capture/source.h"

struct picture {
    struct tile_picture tiles; /* x bits are 0 */
    uint32_t count;            /* tiles */
};

/* Black, of that size. false: no memory; then it is as finished. */
bool picture_init(struct picture *p, struct source_size size);
/* Wipes and frees; accepts the zero value. */
void picture_finish(struct picture *p);

/* Takes over the wanted tiles from a grab, hidden rectangles blanked first, and adds those that
   differ from before to *changed. Every wanted tile must lie in one of the grab's pieces. */
void picture_merge(struct picture *p, const struct source_grab *grab, const struct tile_set *want,
                   struct tile_set *changed);

/* The colour of what is hidden: a middle grey. */
uint32_t picture_blank(uint8_t depth);

/* Few rectangles, made of whole tiles, that cover a set; all of the picture when there would be
   more than `most` or when that is not much more to read. They do not overlap. Returns how many. */
size_t picture_cover(const struct tile_set *set, uint32_t width, uint32_t height,
                     struct tile_rect *out, size_t most);

#endif
