/*
 * Which part of the presenter's picture is shown, and where: how it is laid out in its target, what
 * of that the window shows by now, and which of the presenter's pixels lies where. Pure.
 *
 * The painter may lag behind what was ordered, and the X server behind what was drawn. Whoever
 * points at something points at what the window shows: that alone is answered for, and where it is
 * not known nothing is.
 */
#ifndef BROKER_PICTURE_PART_H
#define BROKER_PICTURE_PART_H
#include <stdbool.h>
#include <stdint.h>

enum picture_mode { PICTURE_FIT, PICTURE_ONE_TO_ONE };

struct picture_part {
    int w, h; /* of the target; 0: nothing that can be pointed at */
    enum picture_mode mode;
    int pan_x, pan_y;        /* one to one: the upper left picture pixel */
    uint32_t full_w, full_h; /* of the picture; 0 unknown */
};

/* As the painter draws it: no further than the picture goes (render/compose.h). */
struct picture_part picture_part_within(struct picture_part p);
/* It can be moved: one to one, and larger than its room. */
bool picture_part_moves(const struct picture_part *p);
/* The presenter's pixel at that place of the target; beside the picture the nearest one, and false.
   Untouched while nothing is known of the picture. */
bool picture_part_point(const struct picture_part *p, int x, int y, int32_t *px, int32_t *py);
/* The next part in the order of reading, by nine tenths of the room; after the last the first. */
void picture_part_next(const struct picture_part *p, int *pan_x, int *pan_y);

struct picture_seen {
    struct picture_part shown;  /* by the window, as the server has said */
    struct picture_part coming; /* the server has been told to put it there ... */
    uint32_t segment;           /* ... out of this memory; 0: none is coming */
};

/* The server is told to put a picture there that lies like this. */
void picture_seen_put(struct picture_seen *s, const struct picture_part *p, uint32_t segment);
/* The server has read that memory. True: another part is shown from now on. */
bool picture_seen_there(struct picture_seen *s, uint32_t segment);
/* Nothing of it is there any more, or is to come. */
void picture_seen_gone(struct picture_seen *s);

#endif
