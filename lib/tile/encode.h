/*
 * Encoder of the tile format (FORMAT.md): cuts one update into units, one at a time, so that the
 * sender encodes only when a unit can leave. Pure: no clock, no descriptors. Used by
 * vitrine-capture.
 *
 * Pixels are read when their unit is made: tiles that were changed since tile_encoder_begin and are
 * still waiting leave in their newest state.
 */
#ifndef LIB_TILE_ENCODE_H
#define LIB_TILE_ENCODE_H
#include "lib/tile/format.h"
#include "lib/tile/picture.h"

struct tile_encoder;

/* `lossless`: every unit is exact; else photographs are sent roughly first, and are owed. NULL when
   there is no memory. About 2 MiB, and up to 16 MiB as tiles are put on the shelf. */
struct tile_encoder *tile_encoder_create(bool lossless);
/* Accepts NULL; wipes what it held of the picture. */
void tile_encoder_destroy(struct tile_encoder *e);

/* Updates of one kind go on where the last of that kind was cut: those of another, which have other
   tiles, neither send them back nor take them over any tile again and again. */
enum tile_round {
    TILE_ROUND_NEW,
    TILE_ROUND_REST,  /* what was cut off */
    TILE_ROUND_SMALL, /* what is small of that */
    TILE_ROUND_EXACT,
    TILE_ROUNDS
};

/* What an update consists of. */
struct tile_update {
    const struct tile_changes *changes; /* read by tile_encoder_begin only */
    const struct tile_copy *copies;     /* done before, in this order; none in a KEY update */
    size_t n_copies;                    /* at most TILE_COPIES_MAX */
    bool key;                           /* changes are every tile, wholly */
    bool exact;                         /* nothing of it roughly */
    bool quick;                         /* time counts more than bytes */
    enum tile_round round;              /* counts where nothing is found only later */
    uint8_t what;                       /* enum tile_what; counts in a KEY update */
    /* What is found only while the update leaves: asked for the next part of the changes, which
       lies behind all that was told before, until *ahead, the number of tiles that may still come,
       is 0. Each answer is read at once. */
    const struct tile_changes *(*more)(void *ctx, uint32_t *ahead);
    void *ctx;
    uint32_t ahead; /* at first; 0: there is no more, and `changes` are all */
};

/* These tiles are to change from what `was` shows to what `now` shows: those worth it are put on
   the shelf (recall.h), which the next update says; it must follow. Only when viewers have all of
   `was`, but for what is owed, and directly before tile_encoder_begin. The two have the same size
   and no x bits.
 */
void tile_encoder_cover(struct tile_encoder *e, const struct tile_picture *was,
                        const struct tile_picture *now, const struct tile_set *changed,
                        uint32_t now_ms);
/* Starts an update; it must not be empty. The first unit carries the copies, and KEY if so. An
   update not yet finished is given up: then the new one must be a KEY. The picture is the caller's,
   must be as it is when the copies are done, and must live until the update is finished or given
   up. */
void tile_encoder_begin(struct tile_encoder *e, const struct tile_picture *p,
                        const struct tile_update *u, uint32_t update, uint32_t time_ms);
/* True while units of the update are still to be made. */
bool tile_encoder_busy(const struct tile_encoder *e);
/* The head of the next unit will carry KEY. */
bool tile_encoder_at_key(const struct tile_encoder *e);
/* Ends the update with what has left or leaves with the next unit, which carries LAST: the rest
   goes into *rest (its set is empty when nothing is left over) and is the caller's to send in a
   later update. Not in a KEY update. Makes that unit as tile_encoder_unit does. */
size_t tile_encoder_cut(struct tile_encoder *e, uint8_t *out, struct tile_changes *rest);
/* Something is owed: viewers who have taken every unit have tiles that are not exact. */
bool tile_encoder_owes(const struct tile_encoder *e);
/* A turn has passed (lib/tile/debt.h): tiles that were sent roughly before the turn before, and not
   since, fall due. */
void tile_encoder_turn(struct tile_encoder *e);
/* What has fallen due and has not been sent exactly since. */
const struct tile_set *tile_encoder_due(const struct tile_encoder *e);
/* Makes the next unit into out[MAX_UNIT]; returns its length, 0 when the update is finished. */
size_t tile_encoder_unit(struct tile_encoder *e, uint8_t *out);

#endif
