/*
 * From changed tiles to units; runs in vitrine-capture on its own picture. FORMAT.md is the
 * specification.
 *
 * One unit is: the head, in the first one what is put on the shelf and the copies, FILL, RECALL and
 * PHOTO operations (a run of FILL or RECALL leaves when it ends, so a PHOTO that came later may
 * stand before it: they write other tiles), one INK operation, the PHOTO operations of what was
 * left out of it, and one ROUGH operation at the end. What is drawn goes into INK; for photographs
 * its decisions would cost more time than their bytes are worth: they are sent roughly while they
 * move, and as PHOTO when they rest. Where time counts more than bytes QUICK stands in INK's place.
 */
#include "lib/tile/encode.h"
#include "lib/tile/debt.h"
#include "lib/tile/grain.h"
#include "lib/tile/ink.h"
#include "lib/tile/looks.h"
#include "lib/tile/photo.h"
#include "lib/tile/pixels.h"
#include "lib/tile/quick.h"
#include "lib/tile/recall.h"
#include "lib/tile/rough.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Tiles beside each other are coded as one rectangle up to this many: more context at their edges,
 * but also more to be taken back when a unit is full. */
#define RUN_TILES 8
/* A unit leaves when it has half of the pixels that are left, though it may not be full: the viewer
   decodes it while the next is made. Each costs every process on its way about a third of a
   millisecond, so they are large at first; the last one's way is waited for, so they become small.
 */
#define SLICE_MOST 262144
#define SLICE_LEAST 131072
/* The first one of a large update: until it is there the viewer has nothing to do. */
#define SLICE_FIRST 65536
/* QUICK takes half of the time: then the ways of units count more. */
#define QUICK_SLICE_MOST 524288
#define QUICK_SLICE_LEAST 393216
#define QUICK_SLICE_FIRST 131072
/* Less of a photograph than this many pixels is coded like a drawing: better, and soon done. */
#define PHOTO_LEAST (TILE_PIXELS / 4)
/* Step of rough rectangles, in quarters: better than JPEG at quality 92 with full colour, at half
   of its bytes (BENCHMARKS.md). */
#define ROUGH_STEP 28

struct fill {
    uint32_t first, count, colour;
};

/* Rectangles of the unit whose pixels one stream gives. */
struct listed {
    uint32_t n;
    struct tile_rect rects[TILES_MAX];
    uint8_t bytes[MAX_UNIT + CODER_END_BYTES];
};

struct tile_encoder {
    struct tile_picture picture;
    struct tile_changes left;
    struct tile_copy copies[TILE_COPIES_MAX];
    size_t n_copies;
    uint32_t next, n_left;
    uint32_t cut_at[TILE_ROUNDS]; /* how far the last update came that was cut */
    enum tile_round round;
    bool open; /* no unit of the update has carried LAST yet */
    const struct tile_changes *(*more)(void *ctx, uint32_t *ahead);
    void *more_ctx;
    uint32_t ahead;
    bool first, key;
    uint8_t what; /* with key */
    uint32_t update, time_ms;
    bool lossless, exact; /* always; in this update */
    bool quick;           /* in this update */
    struct debt debt;
    struct recall recall;
    struct recall_put puts[RECALL_MOST];
    size_t n_puts;
    /* the unit being made */
    uint8_t *out;
    size_t used; /* all but INK, what comes behind it, and ROUGH */
    bool copied; /* it has copies: nothing is written twice beside them (FORMAT.md 3) */
    struct fill fill;
    struct tile_shelved recalled;
    struct listed inks, roughs;
    uint8_t behind[MAX_UNIT]; /* PHOTO operations behind INK */
    size_t n_behind;
    uint32_t n_photos;
    uint32_t area; /* of all rectangles, but for those */
    struct photo photo;
    struct ink ink;
    struct quick quickly;
    uint32_t events[QUICK_EVENTS]; /* of it */
    struct rough rough;
};

struct tile_encoder *tile_encoder_create(bool lossless)
{
    struct tile_encoder *e = calloc(1, sizeof *e);
    if (e == NULL)
        return NULL;
    e->lossless = lossless;
    if (recall_init(&e->recall))
        return e;
    free(e);
    return NULL;
}

void tile_encoder_destroy(struct tile_encoder *e)
{
    if (e == NULL)
        return;
    recall_finish(&e->recall);
    explicit_bzero(e, sizeof *e);
    free(e);
}

/* Boxes of tiles that did not change are left alone: there are 33 KB of them, and often one tile.
 */
static void take_changes(struct tile_encoder *e, const struct tile_changes *c)
{
    for (uint32_t i = tile_set_next(&c->set, 0); i < TILES_MAX; i = tile_set_next(&c->set, i + 1))
        e->left.box[i] = c->box[i];
    tile_set_add_all(&e->left.set, &c->set);
    e->n_left = tile_set_size(&e->left.set);
}

/* To somebody who begins now, what others have exactly is sent so: they would see it fade. Those
   who had another size have nothing. */
static void take_debts(struct tile_encoder *e, const struct tile_picture *p,
                       const struct tile_update *u)
{
    const struct tile_picture *was = &e->picture;
    if (was->width != p->width || was->height != p->height || was->depth != p->depth)
        debt_start(&e->debt, tile_count(p->width, p->height));
    for (size_t i = 0; i < u->n_copies; i++)
        debt_copy(&e->debt, p, &u->copies[i]);
}

void tile_encoder_cover(struct tile_encoder *e, const struct tile_picture *was,
                        const struct tile_picture *now, const struct tile_set *changed,
                        uint32_t now_ms)
{
    assert(e->n_puts == 0); /* else viewers never heard of those */
    e->n_puts = recall_put_away(&e->recall, was, now, changed, &e->debt.owed, now_ms, e->puts);
    recall_note(&e->recall, changed, now_ms); /* also what copies change */
}

/* Newcomers have nothing on their shelves: from a KEY unit on nobody has. */
static void take_shelf(struct tile_encoder *e, const struct tile_update *u, uint32_t time_ms)
{
    if (u->key) {
        recall_forget(&e->recall);
        e->n_puts = 0;
    } else {
        recall_note(&e->recall, &u->changes->set, time_ms);
    }
}

void tile_encoder_begin(struct tile_encoder *e, const struct tile_picture *p,
                        const struct tile_update *u, uint32_t update, uint32_t time_ms)
{
    assert(tile_size_fits(p->width, p->height, p->depth));
    assert(u->key || !e->open);
    assert(u->n_copies <= TILE_COPIES_MAX && !(u->key && u->n_copies > 0));
    take_debts(e, p, u);
    take_shelf(e, u, time_ms);
    e->picture = *p;
    e->exact = e->lossless || u->exact;
    e->quick = u->quick;
    tile_set_clear(&e->left.set);
    take_changes(e, u->changes);
    e->open = true;
    e->more = u->more;
    e->more_ctx = u->ctx;
    e->ahead = u->ahead;
    e->n_copies = u->n_copies;
    if (u->n_copies > 0)
        memcpy(e->copies, u->copies, u->n_copies * sizeof *u->copies);
    e->round = u->round;
    e->next = u->key || u->more != NULL ? 0 : e->cut_at[u->round];
    e->first = true;
    e->key = u->key;
    e->what = u->what;
    e->update = update;
    e->time_ms = time_ms;
    assert(e->n_left + e->n_copies + e->ahead > 0);
    assert(!u->key || (e->n_left == tile_count(p->width, p->height) && e->ahead == 0));
}

static void ask_more(struct tile_encoder *e)
{
    const struct tile_changes *c = e->more(e->more_ctx, &e->ahead);
    assert(tile_set_next(&c->set, 0) >= e->next);
    recall_note(&e->recall, &c->set, e->time_ms);
    take_changes(e, c);
}

/* Of the tiles that are still to be sent one at least is known. false: there are none. */
static bool find_more(struct tile_encoder *e)
{
    while (e->n_left == 0 && e->ahead > 0)
        ask_more(e);
    return e->n_left > 0;
}

bool tile_encoder_busy(const struct tile_encoder *e)
{
    return e->open;
}

bool tile_encoder_at_key(const struct tile_encoder *e)
{
    return tile_encoder_busy(e) && e->first && e->key;
}

bool tile_encoder_owes(const struct tile_encoder *e)
{
    return !e->lossless && !tile_set_empty(&e->debt.owed);
}

void tile_encoder_turn(struct tile_encoder *e)
{
    debt_turn(&e->debt);
}

const struct tile_set *tile_encoder_due(const struct tile_encoder *e)
{
    return &e->debt.due;
}

/* --- tiles of one colour --- */

static void put_fill(struct tile_encoder *e)
{
    if (e->fill.count == 0)
        return;
    uint8_t *to = e->out + e->used;
    to[0] = TILE_OP_FILL;
    tile_put_u16(to + 1, e->fill.first);
    tile_put_u16(to + 3, e->fill.count);
    tile_put_u32(to + 5, e->fill.colour);
    e->used += TILE_FILL_BYTES;
    e->fill.count = 0;
}

static void add_flat(struct tile_encoder *e, uint32_t index)
{
    const struct tile_picture *p = &e->picture;
    struct tile_rect r = tile_place(p->width, p->height, index);
    uint32_t colour = p->pixels[r.y * p->stride + r.x] & tile_mask(p->depth);
    struct fill *f = &e->fill;
    debt_pay(&e->debt, p, r);
    if (f->count > 0 && f->first + f->count == index && f->colour == colour) {
        f->count++;
        return;
    }
    put_fill(e);
    *f = (struct fill){index, 1, colour};
}

/* --- tiles of the shelf --- */

static void put_shelf(struct tile_encoder *e, enum tile_op op, const struct tile_shelved *v)
{
    uint8_t *to = e->out + e->used;
    to[0] = (uint8_t)op;
    tile_put_u16(to + 1, v->first);
    tile_put_u16(to + 3, v->count);
    tile_put_u16(to + 5, v->slot);
    e->used += TILE_SHELF_BYTES;
}

static void put_recalled(struct tile_encoder *e)
{
    if (e->recalled.count > 0)
        put_shelf(e, TILE_OP_RECALL, &e->recalled);
    e->recalled.count = 0;
}

/* false: it begins another run. */
static bool continues(const struct tile_shelved *v, uint32_t tile, uint32_t slot)
{
    return v->count > 0 && v->first + v->count == tile && v->slot + v->count == slot;
}

static void add_known(struct tile_encoder *e, uint32_t index, uint32_t slot)
{
    debt_pay(&e->debt, &e->picture, tile_place(e->picture.width, e->picture.height, index));
    if (!continues(&e->recalled, index, slot)) {
        put_recalled(e);
        e->recalled = (struct tile_shelved){index, 0, slot};
    }
    e->recalled.count++;
}

/* Before the copies: those overwrite what is put away. */
static void put_shelved(struct tile_encoder *e)
{
    struct tile_shelved run = {0};
    for (size_t i = 0; i < e->n_puts; i++) {
        const struct recall_put *p = &e->puts[i];
        if (!continues(&run, p->tile, p->slot)) {
            if (run.count > 0)
                put_shelf(e, TILE_OP_SHELVE, &run);
            run = (struct tile_shelved){p->tile, 0, p->slot};
        }
        run.count++;
    }
    if (run.count > 0)
        put_shelf(e, TILE_OP_SHELVE, &run);
    e->n_puts = 0;
}

/* --- rectangles --- */

static bool tile_is_whole(const struct tile_encoder *e, uint32_t index)
{
    struct tile_rect r = tile_place(e->picture.width, e->picture.height, index);
    struct tile_box b = e->left.box[index];
    return b.x1 == 0 && b.y1 == 0 && b.x2 == r.w && b.y2 == r.h;
}

static struct tile_rect box_place(const struct tile_encoder *e, uint32_t index)
{
    struct tile_rect r = tile_place(e->picture.width, e->picture.height, index);
    struct tile_box b = e->left.box[index];
    return (struct tile_rect){r.x + b.x1, r.y + b.y1, b.x2 - (uint32_t)b.x1, b.y2 - (uint32_t)b.y1};
}

enum looks { LOOKS_FLAT, LOOKS_KNOWN, LOOKS_DRAWN, LOOKS_PHOTO, LOOKS_ROUGH };

/* *slot: where it is, if it is known. */
static enum looks look_at(const struct tile_encoder *e, uint32_t index, uint32_t *slot)
{
    struct tile_rect r = box_place(e, index);
    if (tile_is_whole(e, index) && looks_flat(&e->picture, r))
        return LOOKS_FLAT;
    if (r.w * r.h >= RECALL_LEAST) {
        *slot = recall_find(&e->recall, &e->picture, index);
        if (*slot != RECALL_NONE)
            return LOOKS_KNOWN;
    }
    if (r.w * r.h < PHOTO_LEAST || !looks_photographic(&e->picture, r))
        return LOOKS_DRAWN;
    bool rough = !e->exact && (!e->key || tile_set_has(&e->debt.owed, index)) &&
                 !looks_written(&e->picture, r);
    return rough ? LOOKS_ROUGH : LOOKS_PHOTO;
}

/* What is exact may have something between its boxes; what is rough may not: nobody has looked
   whether it looks like writing. */
static bool joins(struct tile_rect r, struct tile_rect next, enum looks looks)
{
    if (next.x != r.x + r.w)
        return false;
    if (looks == LOOKS_ROUGH)
        return next.y == r.y && next.h == r.h;
    uint32_t top = r.y < next.y ? r.y : next.y;
    uint32_t end = r.y + r.h > next.y + next.h ? r.y + r.h : next.y + next.h;
    return (end - top) * (r.w + next.w) <= r.w * r.h + next.w * next.h + TILE_PIXELS / 2;
}

/* Tiles to the right that can go on in the same rectangle; returns how many in all. */
static uint32_t gather(const struct tile_encoder *e, uint32_t index, enum looks looks,
                       struct tile_rect *r)
{
    uint32_t columns = tile_columns(e->picture.width), n = 1, slot;
    uint32_t most = e->picture.depth == 30 ? RUN_TILES / 2 : RUN_TILES;
    *r = box_place(e, index);
    while (n < most && (index + n) % columns != 0 && tile_set_has(&e->left.set, index + n)) {
        struct tile_rect next = box_place(e, index + n);
        if (!joins(*r, next, looks) || look_at(e, index + n, &slot) != looks)
            break;
        uint32_t top = r->y < next.y ? r->y : next.y;
        uint32_t end = r->y + r->h > next.y + next.h ? r->y + r->h : next.y + next.h;
        *r = (struct tile_rect){r->x, top, r->w + next.w, end - top};
        n++;
    }
    return n;
}

static void put_rect(uint8_t *to, struct tile_rect r)
{
    tile_put_u16(to, r.x);
    tile_put_u16(to + 2, r.y);
    tile_put_u16(to + 4, r.w);
    tile_put_u16(to + 6, r.h);
}

/* Of INK or QUICK. */
static size_t stream_bytes(const struct tile_encoder *e)
{
    if (!e->quick)
        return e->ink.coder.at;
    return e->inks.n > 0 ? quick_packed_most(&e->quickly) : 0;
}

/* Bytes of the unit if it ended now, and room for one more of everything small. */
static size_t taken_bytes(const struct tile_encoder *e)
{
    return e->used + e->n_behind + 2 * TILE_FILL_BYTES + 2 * TILE_SHELF_BYTES + TILE_INK_BYTES +
           TILE_ROUGH_BYTES + TILE_LISTED_RECT_BYTES * ((size_t)e->inks.n + e->roughs.n + 1) +
           2 * CODER_END_BYTES + stream_bytes(e) + e->rough.coder.at;
}

static bool has_room(const struct tile_encoder *e, size_t bytes)
{
    return taken_bytes(e) + bytes <= MAX_UNIT;
}

static uint8_t rough_step(uint8_t depth)
{
    return depth == 30 ? 4 * ROUGH_STEP : ROUGH_STEP;
}

/* Appends to the bytes at `to`. false: no room. */
static bool put_photo(struct tile_encoder *e, struct tile_rect r, uint8_t *to, size_t *used)
{
    size_t len = photo_plan(&e->photo, &e->picture, r);
    if (!has_room(e, TILE_PHOTO_BYTES + len))
        return false;
    to += *used;
    to[0] = TILE_OP_PHOTO;
    put_rect(to + 1, r);
    *used += TILE_PHOTO_BYTES + photo_write(&e->photo, &e->picture, r, to + TILE_PHOTO_BYTES);
    return true;
}

static bool add_photo(struct tile_encoder *e, struct tile_rect r)
{
    put_fill(e);
    if (!put_photo(e, r, e->out, &e->used))
        return false;
    e->n_photos++;
    debt_pay(&e->debt, &e->picture, r);
    return true;
}

/* But for these parts of it, which are there already. */
static bool add_decisions(struct tile_encoder *e, struct tile_rect r, const struct tile_rect *parts,
                          uint32_t n)
{
    size_t room = MAX_UNIT - taken_bytes(e) + stream_bytes(e);
    if (!has_room(e, 1))
        return false;
    if (e->quick) {
        if (e->inks.n == 0)
            quick_pack_start(&e->quickly, e->picture.depth, e->events);
        return quick_pack(&e->quickly, &e->picture, r, parts, n, room);
    }
    if (e->inks.n == 0)
        ink_pack_start(&e->ink, e->picture.depth, e->inks.bytes, room);
    e->ink.bytes.len = room;
    return ink_pack(&e->ink, &e->picture, r, parts, n);
}

static bool add_ink(struct tile_encoder *e, struct tile_rect r)
{
    struct tile_rect parts[GRAIN_MOST];
    uint32_t n = e->copied ? 0 : grain_find(&e->picture, r, parts);
    size_t before = e->n_behind;
    bool fits = true;
    for (uint32_t i = 0; fits && i < n; i++)
        fits = put_photo(e, parts[i], e->behind, &e->n_behind);
    if (!fits || !add_decisions(e, r, parts, n)) {
        e->n_behind = before;
        return false;
    }
    e->inks.rects[e->inks.n++] = r;
    debt_pay(&e->debt, &e->picture, r);
    return true;
}

static bool add_rough(struct tile_encoder *e, struct tile_rect r)
{
    size_t room = MAX_UNIT - taken_bytes(e) + e->rough.coder.at;
    if (!has_room(e, 1))
        return false;
    if (e->roughs.n == 0)
        rough_pack_start(&e->rough, e->picture.depth, rough_step(e->picture.depth), e->roughs.bytes,
                         room);
    e->rough.bytes.len = room;
    if (!rough_pack(&e->rough, &e->picture, r))
        return false;
    e->roughs.rects[e->roughs.n++] = r;
    if (!e->key) /* else it was owed before: newcomers do not make the others wait anew */
        debt_add(&e->debt, &e->picture, r);
    return true;
}

static void put_listed(struct tile_encoder *e, const struct listed *l, size_t len)
{
    uint8_t *to = e->out + e->used;
    tile_put_u16(to, l->n);
    to += 2;
    for (uint32_t i = 0; i < l->n; i++, to += TILE_LISTED_RECT_BYTES)
        put_rect(to, l->rects[i]);
    tile_put_u32(to, (uint32_t)len);
    memcpy(to + 4, l->bytes, len);
    e->used += 6 + TILE_LISTED_RECT_BYTES * l->n + len;
}

static void put_inks(struct tile_encoder *e)
{
    if (e->inks.n == 0)
        return;
    e->out[e->used++] = e->quick ? TILE_OP_QUICK : TILE_OP_INK;
    put_listed(e, &e->inks,
               e->quick ? quick_pack_end(&e->quickly, e->inks.bytes) : ink_pack_end(&e->ink));
    memcpy(e->out + e->used, e->behind, e->n_behind);
    e->used += e->n_behind;
}

static void put_roughs(struct tile_encoder *e)
{
    if (e->roughs.n == 0)
        return;
    e->out[e->used++] = TILE_OP_ROUGH;
    e->out[e->used++] = rough_step(e->picture.depth);
    put_listed(e, &e->roughs, rough_pack_end(&e->rough));
}

static void put_copies(struct tile_encoder *e)
{
    for (size_t i = 0; i < e->n_copies; i++, e->used += TILE_COPY_BYTES) {
        const struct tile_copy *c = &e->copies[i];
        uint8_t *to = e->out + e->used;
        to[0] = TILE_OP_COPY;
        tile_put_u16(to + 1, c->from_x);
        tile_put_u16(to + 3, c->from_y);
        put_rect(to + 5, c->to);
    }
    e->n_copies = 0;
}

/* --- units --- */

static void start_unit(struct tile_encoder *e, uint8_t *out)
{
    e->out = out;
    e->used = TILE_HEAD_BYTES;
    e->fill.count = e->recalled.count = 0;
    e->inks.n = e->roughs.n = e->n_photos = e->area = 0;
    e->ink.coder.at = e->rough.coder.at = e->n_behind = 0;
    e->copied = e->n_copies > 0;
}

static void done(struct tile_encoder *e, uint32_t index, uint32_t n)
{
    for (uint32_t i = index; i < index + n; i++)
        tile_set_remove(&e->left.set, i);
    e->n_left -= n;
    e->next = index + n;
}

/* Something no model fits is sent as planes: those need never more bytes than pixels have. */
static bool add_rect(struct tile_encoder *e, enum looks looks, struct tile_rect r)
{
    bool empty = e->inks.n == 0 && e->roughs.n == 0 && e->n_photos == 0;
    bool added = looks == LOOKS_DRAWN   ? add_ink(e, r)
                 : looks == LOOKS_ROUGH ? add_rough(e, r)
                                        : add_photo(e, r);
    return added || (empty && looks != LOOKS_PHOTO && add_photo(e, r));
}

/* Round and round: what always changes, and is cut each time, keeps nothing below it waiting. */
static uint32_t next_left(const struct tile_encoder *e)
{
    uint32_t index = tile_set_next(&e->left.set, e->next);
    return index < TILES_MAX ? index : tile_set_next(&e->left.set, 0);
}

/* false: the unit is full. */
static bool add_next(struct tile_encoder *e)
{
    uint32_t index = next_left(e), n = 1, slot = RECALL_NONE;
    enum looks looks = look_at(e, index, &slot);
    struct tile_rect r;
    if (looks == LOOKS_FLAT || looks == LOOKS_KNOWN) {
        if (!has_room(e, 0))
            return false;
        if (looks == LOOKS_FLAT)
            add_flat(e, index);
        else
            add_known(e, index, slot);
    } else {
        n = gather(e, index, looks, &r);
        if (!add_rect(e, looks, r))
            return false;
        e->area += r.w * r.h;
    }
    done(e, index, n);
    return true;
}

static void put_head(struct tile_encoder *e, bool last)
{
    uint8_t *h = e->out;
    h[0] = TILE_VERSION;
    h[1] = (uint8_t)((e->first && e->key ? TILE_FLAG_KEY | e->what * TILE_FLAG_WHAT : 0) |
                     (last ? TILE_FLAG_LAST : 0));
    h[2] = e->picture.depth;
    tile_put_u32(h + 3, e->update);
    tile_put_u32(h + 7, e->time_ms);
    tile_put_u16(h + 11, e->picture.width);
    tile_put_u16(h + 13, e->picture.height);
}

/* In three units where others take six; what would be a small rest goes with the last but one. */
static uint32_t quick_slice_pixels(const struct tile_encoder *e)
{
    uint32_t left = (e->n_left + e->ahead) * TILE_PIXELS;
    if (e->first && left > QUICK_SLICE_MOST)
        return QUICK_SLICE_FIRST;
    if (left <= QUICK_SLICE_LEAST + QUICK_SLICE_LEAST / 2)
        return left;
    uint32_t half = left / 2;
    return half > QUICK_SLICE_MOST    ? QUICK_SLICE_MOST
           : half < QUICK_SLICE_LEAST ? QUICK_SLICE_LEAST
                                      : half;
}

static uint32_t slice_pixels(const struct tile_encoder *e)
{
    uint32_t half = (e->n_left + e->ahead) * (TILE_PIXELS / 2);
    if (e->quick)
        return quick_slice_pixels(e);
    if (e->first && half > SLICE_MOST)
        return SLICE_FIRST;
    return half > SLICE_MOST ? SLICE_MOST : half < SLICE_LEAST ? SLICE_LEAST : half;
}

static void fill_unit(struct tile_encoder *e, uint8_t *out)
{
    uint32_t slice = slice_pixels(e);
    start_unit(e, out);
    put_shelved(e);
    put_copies(e);
    while (find_more(e) && e->area < slice && add_next(e))
        ;
    put_fill(e);
    put_recalled(e);
    put_inks(e);
    put_roughs(e);
}

size_t tile_encoder_unit(struct tile_encoder *e, uint8_t *out)
{
    if (!tile_encoder_busy(e))
        return 0;
    fill_unit(e, out);
    e->open = e->n_left > 0;
    put_head(e, !e->open);
    e->first = false;
    return e->used;
}

size_t tile_encoder_cut(struct tile_encoder *e, uint8_t *out, struct tile_changes *rest)
{
    assert(e->open && !e->key);
    fill_unit(e, out);
    put_head(e, true);
    e->open = e->first = false;
    while (e->ahead > 0)
        ask_more(e);
    e->cut_at[e->round] = e->next;
    *rest = e->left;
    e->n_left = 0;
    return e->used;
}
