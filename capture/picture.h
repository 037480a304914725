/*
 * The picture as the viewers have it: what was last sent, kept to find out what has changed. Pure.
 */
#ifndef CAPTURE_PICTURE_H
#define CAPTURE_PICTURE_H
#include "capture/moves.h"
#include "capture/source.h"

struct picture {
    struct tile_picture tiles; /* what viewers have or are being sent; x bits are 0 */
    struct tile_picture now;   /* as read last; the same as `tiles` but between take and settle */
    uint32_t count;            /* tiles */
    struct moves moves;
};

/* What is to be told of it: the copies first. */
struct picture_change {
    struct tile_changes tiles;
    struct tile_copy copies[TILE_COPIES_MAX];
    size_t n_copies;
};

/* Black, of that size. false: no memory; then it is as finished. */
bool picture_init(struct picture *p, struct source_size size);
/* Wipes and frees; accepts the zero value. */
void picture_finish(struct picture *p);

/* Takes the wanted tiles from a grab into `now`, hidden rectangles blanked first; *changed are
   those that differ from `tiles`. Every wanted tile must lie in one of the grab's pieces. */
void picture_take(struct picture *p, const struct source_grab *grab, const struct tile_set *want,
                  struct tile_set *changed);
/* Then brings `tiles` up to date there, and says what is different: moves, and what they leave;
   without `moves` only that, for when viewers have not got all of the picture yet. */
void picture_settle(struct picture *p, const struct tile_set *changed, bool moves,
                    struct picture_change *out);

/* The colour of what is hidden: a middle grey. */
uint32_t picture_blank(uint8_t depth);

/* Few rectangles, made of whole tiles, that cover a set; all of the picture when there would be
   more than `most` or when that is not much more to read. They do not overlap. Returns how many. */
size_t picture_cover(const struct tile_set *set, uint32_t width, uint32_t height,
                     struct tile_rect *out, size_t most);

#endif
