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
    uint32_t blanked[TILE_PIXELS]; /* a tile in which something is hidden */
};

/* A picture that is taken over in parts, which leave while the others are still to be compared. */
struct picture_parts {
    struct tile_set left;    /* to be taken and settled, or ... */
    struct tile_set changed; /* ... taken already, and changed */
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

/* Takes a few of the wanted tiles and judges by them, where nearly all of a large picture is
   wanted: true when it is another one and nothing of it seems to have moved; then nothing need be
   known of all of it before its first part is sent. In both cases *parts says what is left. */
bool picture_is_another(struct picture *p, const struct source_grab *grab,
                        const struct tile_set *want, struct picture_parts *parts);
/* Takes and settles the next row of tiles of what is left; nothing else may be taken before the
   last part. *out: what of it is different, which may be nothing. */
void picture_take_part(struct picture *p, const struct source_grab *grab,
                       struct picture_parts *parts, struct tile_changes *out);
/* Forgets what is left, as if it had not been read. */
void picture_drop_parts(struct picture *p, struct picture_parts *parts);

/* Blanks the rectangle in what was read and in what was sent, but in those tiles; adds to *out what
   viewers have to be sent for it. */
void picture_hide(struct picture *p, const struct source_rect *hidden, const struct tile_set *but,
                  struct tile_changes *out);

/* The colour of what is hidden: a middle grey. */
uint32_t picture_blank(uint8_t depth);

/* Few rectangles, made of whole tiles, that cover a set; all of the picture when there would be
   more than `most` or when that is not much more to read. They do not overlap. Returns how many. */
size_t picture_cover(const struct tile_set *set, uint32_t width, uint32_t height,
                     struct tile_rect *out, size_t most);

#endif
