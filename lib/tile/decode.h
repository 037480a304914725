/*
 * Decoder of the tile format (FORMAT.md) for bytes from a hostile sender: total, bounded, no
 * allocation after tile_decoder_create. Used by vitrine-render (view) and by tests.
 *
 * How to use it: tile_head_read tells size and depth; when they differ from the picture's (only a
 * KEY unit may change them), provide a picture of that size; then tile_decode. Between a KEY unit
 * and the first unit with `last` the picture is incomplete.
 */
#ifndef LIB_TILE_DECODE_H
#define LIB_TILE_DECODE_H
#include "lib/tile/format.h"
#include "lib/tile/picture.h"

struct tile_decoder;

enum tile_result {
    TILE_OK,
    TILE_NEED_KEY, /* a later unit, but no KEY unit has been decoded yet: nothing was written */
    TILE_BAD /* malformed or out of order: give the sender up; the picture's content is undefined */
};

/* Told for every rectangle written. */
typedef void (*tile_changed_fn)(void *ctx, struct tile_rect rect);

/* NULL when there is no memory. About 400 KiB, and up to 16 MiB as tiles are put on the shelf. */
struct tile_decoder *tile_decoder_create(void);
/* Accepts NULL; wipes what it held of the picture. */
void tile_decoder_destroy(struct tile_decoder *d);

/* Checks and reads the head alone. false: not a unit of this format. */
bool tile_head_read(const uint8_t *unit, size_t len, struct tile_head *out);

/* Writes one unit into `p`, whose size and depth must be those of the unit's head (else TILE_BAD).
   `changed` may be NULL. Never writes outside p's width x height, whatever the unit says. */
enum tile_result tile_decode(struct tile_decoder *d, const uint8_t *unit, size_t len,
                             const struct tile_picture *p, tile_changed_fn changed, void *ctx);

#endif
