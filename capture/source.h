/*
 * Where pictures of a screen come from. Everything above this header knows no X11; another kind of
 * display gets another implementation (X11: capture/x11.h).
 *
 * Coordinates are those of the picture: the upper left corner of the shared area is 0,0.
 */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H
#include "lib/fail.h"
#include "lib/tile/cursor.h"
#include "lib/tile/picture.h"

/* A rectangle that may lie partly or wholly outside. */
struct source_rect {
    int32_t x, y;
    uint32_t w, h;
};

/* A part of the picture as it was read: rows of place.w pixels without gaps; x bits are arbitrary.
 */
struct source_piece {
    struct tile_rect place;
    const uint32_t *pixels;
};

struct source_grab {
    size_t n_pieces;
    struct source_piece pieces[MAX_RECTS]; /* valid until the next grab */
    size_t n_hidden;
    /* to be blanked before anything else is done */
    struct source_rect hidden[MAX_OWN_WINDOWS + MAX_SHADES];
};

/* What has happened since it was asked last. */
struct source_news {
    struct tile_set damaged; /* added to; tiles of the picture that may have changed */
    bool resized;            /* call fit, then everything is new */
    bool cursor_changed;     /* another shape */
};

enum source_result {
    SOURCE_OK,
    SOURCE_MOVING,  /* it is not known what must be hidden: nothing was read, try again soon */
    SOURCE_RESIZED, /* nothing was read: call fit */
    SOURCE_FAILED   /* over; failure says why */
};

struct source_size {
    uint32_t width, height;
    uint8_t depth;
};

struct source {
    const struct source_ops *ops;
    int fd; /* to be watched for reading */
    enum fail failure;
    uint32_t failure_detail;
};

struct source_ops {
    /* Takes the present size of the shared area. SOURCE_OK, SOURCE_MOVING (there is none just now)
       or SOURCE_FAILED. */
    enum source_result (*fit)(struct source *s, struct source_size *size);
    /* Reads what has arrived, without waiting. false: failed. */
    bool (*pump)(struct source *s, struct source_news *news);
    /* The windows to be hidden from now on. */
    void (*hide)(struct source *s, const uint32_t *windows, size_t n);
    /* Reads at least the wanted tiles, and adds to them what else it has heard of meanwhile and has
       read, too. Waits for the answer of the display. */
    enum source_result (*grab)(struct source *s, struct tile_set *want, struct source_grab *out);
    /* Hides those as well in what was read: places on the display, not in the picture. */
    void (*shade)(struct source *s, const struct source_rect *places, size_t n,
                  struct source_grab *in);
    /* Place and shape of the pointer; *serial changes with the shape. kind is SHAPE, ARROW (too
       large) or HIDDEN. false: failed. */
    bool (*cursor)(struct source *s, struct tile_cursor *out, uint32_t *serial);
    /* Detaches and unmaps everything; frees s. */
    void (*destroy)(struct source *s);
};

#endif
