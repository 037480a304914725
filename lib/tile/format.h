/* Numbers of the tile format; FORMAT.md says what they mean. */
#ifndef LIB_TILE_FORMAT_H
#define LIB_TILE_FORMAT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TILE_VERSION 7
#define TILE_CURSOR_VERSION 1 /* of cursor units, which have one of their own */
#define TILE_HEAD_BYTES 15

enum tile_flag { TILE_FLAG_KEY = 1, TILE_FLAG_LAST = 2, TILE_FLAG_WHAT = 4 /* its lower bit */ };

/* What of the presenter's screen the picture is, by the presenter's word. */
enum tile_what { TILE_WHOLE = 0, TILE_WINDOW = 1, TILE_PART = 2 };

enum tile_op {
    TILE_OP_FILL = 1,   /* a run of tiles of one colour */
    TILE_OP_COPY = 3,   /* a rectangle from another place of the picture */
    TILE_OP_INK = 4,    /* listed rectangles in one stream of coded decisions */
    TILE_OP_PHOTO = 5,  /* one rectangle, planes of differences with Huffman codes */
    TILE_OP_ROUGH = 6,  /* listed rectangles in one stream, lossy */
    TILE_OP_SHELVE = 7, /* tiles are put away ... */
    TILE_OP_RECALL = 8, /* ... and brought back */
    TILE_OP_QUICK = 9   /* listed rectangles in one stream of symbols with prefix codes */
};

#define TILE_FILL_BYTES 9
#define TILE_COPY_BYTES 13
#define TILE_INK_BYTES 7 /* and QUICK; and for each rectangle ... */
#define TILE_LISTED_RECT_BYTES 8
#define TILE_ROUGH_BYTES 8 /* and the same */
#define TILE_PHOTO_BYTES 9 /* and the planes */
#define TILE_SHELF_BYTES 7 /* SHELVE, RECALL */

/* The head of every screen unit. */
struct tile_head {
    bool key;         /* a decoder can start here */
    bool last;        /* last unit of its update */
    uint8_t depth;    /* 24 or 30 */
    uint8_t what;     /* enum tile_what; with key only, else 0 */
    uint32_t update;  /* number of the update */
    uint32_t time_ms; /* presenter's monotonic clock when the picture was taken, low 32 bits */
    uint16_t width, height;
};

/* What SHELVE and RECALL say: a run of tiles, and the slot of the first. */
struct tile_shelved {
    uint32_t first, count, slot;
};

static inline uint16_t tile_get_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint32_t tile_get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline void tile_put_u16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}
static inline void tile_put_u32(uint8_t *p, uint32_t v)
{
    tile_put_u16(p, v >> 16);
    tile_put_u16(p + 2, v);
}

#endif
