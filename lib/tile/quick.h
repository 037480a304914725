/*
 * Coded rectangles of large updates (FORMAT.md 8): the spans, edges and remembered surroundings of
 * ink.h, but each decided by one symbol of a prefix code in place of several decisions of a coder
 * that learns. A quarter to a third more bytes, a third of the time on both sides: for a new
 * slide or page on a line that is not slow. Internal to lib/tile. Pure, no allocation.
 *
 * One model serves both directions. Packing runs in vitrine-capture, unpacking in vitrine-render
 * (view) on hostile bytes: every sequence of symbols is a picture, so nothing in it can be
 * malformed but its codes and its length.
 */
#ifndef LIB_TILE_QUICK_H
#define LIB_TILE_QUICK_H
#include "lib/tile/around.h"
#include "lib/tile/codes.h"
#include "lib/tile/run.h"

/* What is decided, each with a code of its own. */
enum quick_kind {
    QUICK_ROW = 0,    /* 2: the row before was not the same, or was */
    QUICK_SPAN = 2,   /* 4: W is not N; W = N, and behind it no edge, or the two kinds of one */
    QUICK_EDGE = 6,   /* 2: NE is not what is above it, or is */
    QUICK_PIXEL = 8,  /* 8: confidence 0 to 3; W is not N, or is */
    QUICK_GREEN = 16, /* 3: steep, less, level; from here on colours */
    QUICK_RED = 19,
    QUICK_BLUE,
    QUICK_LOW, /* depth 30 only */
    QUICK_KINDS
};

#define QUICK_FEW 16       /* symbols of what is no colour, and ... */
#define QUICK_FEW_BITS 8   /* ... its longest code */
#define QUICK_MANY_BITS 11 /* of a colour */
#define QUICK_LOWS 64      /* symbols of QUICK_LOW */
#define QUICK_PACK_W 512   /* widest rectangle that is packed */
/* Each counts as QUICK_FEW_BITS or more, and a row may begin where a unit is full. */
#define QUICK_EVENTS (MAX_UNIT + 5 * QUICK_PACK_W + 1)

struct quick {
    uint8_t depth;
    uint32_t seen[AROUND_SEEN];
    uint32_t lines[3][MAX_SCREEN_W + 3 + RUN_SLACK];
    uint8_t length[QUICK_KINDS][CODES_SYMBOLS];
    /* packing */
    uint32_t *events;     /* the caller's */
    uint32_t n, at, room; /* events; most bits they can need, and may */
    struct around_left_out out;
    /* unpacking */
    struct codes_in in;
    uint16_t few[QUICK_GREEN][1 << QUICK_FEW_BITS];
    uint16_t many[QUICK_KINDS - QUICK_GREEN][1 << QUICK_MANY_BITS];
};

/* Starts a stream; needs QUICK_EVENTS events of memory until it is ended. */
void quick_pack_start(struct quick *k, uint8_t depth, uint32_t *events);
/* Most bytes that what was packed needs. */
size_t quick_packed_most(const struct quick *k);
/* Adds a rectangle of p; the n rectangles of `left_out` as in ink_pack. false: it is wider than
   QUICK_PACK_W, or the stream might need more than `room` bytes (at most MAX_UNIT); it is as before
   then, and must be ended. */
bool quick_pack(struct quick *k, const struct tile_picture *p, struct tile_rect r,
                const struct tile_rect *left_out, uint32_t n, size_t room);
/* Writes the stream; returns its length. */
size_t quick_pack_end(struct quick *k, uint8_t *out);

/* false: malformed codes. */
bool quick_unpack_start(struct quick *k, uint8_t depth, const uint8_t *in, size_t len);
/* Writes the next rectangle into p, which it must lie in. false: the stream is too short. */
bool quick_unpack(struct quick *k, const struct tile_picture *p, struct tile_rect r);
/* All bytes were used, and no more. */
bool quick_unpack_end(const struct quick *k);

#endif
