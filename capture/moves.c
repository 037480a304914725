/* Finding moves; see the header. Runs in vitrine-capture on its own pictures: reads no foreign
 * bytes, and any pixels are fine. */
#include "capture/moves.h"
#include "lib/tile/pixels.h"
#include <string.h>

#define ANCHORS 64
#define SPAN 24 /* pixels of an anchor, on two rows: letters repeat, some together less often */
#define STEP 8  /* places in a tile where one may begin */
#define LEAST_TILES 3  /* fewer changed tiles are sent as fast as searched */
#define LEAST_GAIN 512 /* pixels that a move must bring to be worth its name */
#define LEAST_BUSY 6   /* changes of colour within an anchor */
#define WAYS 1024      /* different ways that get votes, a power of two */
#define PROBES 8
#define HITS 300 /* an anchor found more often says nothing */
#define FAILURES 6
#define FILTER 4096
#define LARGE 128 /* tiles changed */
#define NEAR 16   /* pixels by which a hand is slower or faster than a moment ago */
#define NEAR_ANCHORS 16
#define KEPT 8 /* updates for which ways are kept that did not lead on */

struct anchor {
    uint32_t x, y, hash, hits;
    int32_t next; /* with the same place in the table, -1: last */
};

struct vote {
    struct moves_way way;
    uint32_t votes;
    struct tile_rect first, around; /* of the anchors that came this way: one, all */
};

struct search {
    const struct tile_picture *was, *now;
    struct tile_set *changed;
    uint32_t n_anchors;
    struct anchor anchors[ANCHORS];
    struct vote votes[WAYS];
    int32_t table[256];
    uint64_t filter[FILTER / 64];
    struct tile_rect area; /* around all that changed */
    uint64_t room;         /* pixels that may still be moved: as many as there are, in all */
};

static inline const uint32_t *at(const struct tile_picture *p, uint32_t x, uint32_t y)
{
    return p->pixels + (size_t)y * p->stride + x;
}

/* --- anchors --- */

static uint32_t busy(const uint32_t *p)
{
    return SPAN - 1 - (uint32_t)pixels_equal(p + 1, p, SPAN - 1);
}

/* It begins with the last pixel of what is before its first change of colour, if it can: the first
   four pixels of it are what it is looked for by, and of one colour they are nearly everywhere. */
static void align(const struct search *s, struct anchor *a)
{
    const uint32_t *p = at(s->now, a->x, a->y);
    uint32_t shift = 0;
    while (p[shift + 1] == p[0])
        shift++;
    if (a->x + shift + SPAN <= s->now->width &&
        memcmp(p + shift, at(s->was, a->x + shift, a->y), SPAN * sizeof *p) != 0)
        a->x += shift;
    pixels_hash(&a->hash, at(s->now, a->x, a->y), 1);
}

/* The busiest of some places in a tile that are not as they were; returns how busy it is. */
static uint32_t busiest_place(const struct search *s, struct tile_rect t, struct anchor *out)
{
    uint32_t best = LEAST_BUSY - 1;
    for (uint32_t y = t.y + 1; y + 2 < t.y + t.h; y += 3)
        for (uint32_t x = t.x; x + SPAN <= t.x + t.w; x += STEP) {
            const uint32_t *p = at(s->now, x, y);
            uint32_t n = busy(p);
            if (n <= best || memcmp(p, at(s->was, x, y), SPAN * sizeof *p) == 0)
                continue;
            best = n;
            *out = (struct anchor){.x = x, .y = y, .next = -1};
            if (n == SPAN - 1)
                return n;
        }
    return best;
}

/* false: nothing in the tile is busy. */
static bool choose_anchor(const struct search *s, uint32_t tile, struct anchor *out)
{
    struct tile_rect t = tile_place(s->now->width, s->now->height, tile);
    if (busiest_place(s, t, out) < LEAST_BUSY)
        return false;
    align(s, out);
    return true;
}

static void choose_anchors(struct search *s)
{
    uint32_t n = tile_set_size(s->changed), k = 0;
    s->n_anchors = 0;
    for (uint32_t i = tile_set_next(s->changed, 0); i < TILES_MAX && s->n_anchors < ANCHORS;
         i = tile_set_next(s->changed, i + 1), k++) {
        /* evenly over all of them when there are more than can be taken */
        if (n > ANCHORS && (uint64_t)k * ANCHORS / n == (uint64_t)(k + 1) * ANCHORS / n)
            continue;
        s->n_anchors += choose_anchor(s, i, &s->anchors[s->n_anchors]);
    }
}

static bool is_there(const struct search *s, const struct anchor *a, uint32_t x, uint32_t y)
{
    size_t bytes = SPAN * sizeof(uint32_t);
    return x + SPAN <= s->was->width && y + 1 < s->was->height &&
           memcmp(at(s->was, x, y), at(s->now, a->x, a->y), bytes) == 0 &&
           memcmp(at(s->was, x, y + 1), at(s->now, a->x, a->y + 1), bytes) == 0;
}

/* --- votes --- */

static void grow(struct tile_rect *r, const struct anchor *a)
{
    uint32_t right = r->x + r->w, end = r->y + r->h;
    uint32_t x2 = a->x + SPAN > right ? a->x + SPAN : right, y2 = a->y + 2 > end ? a->y + 2 : end;
    r->x = a->x < r->x ? a->x : r->x;
    r->y = a->y < r->y ? a->y : r->y;
    r->w = x2 - r->x;
    r->h = y2 - r->y;
}

/* Where few ways are told apart many votes are lost, but hardly those of the true one. */
static void vote(struct search *s, const struct anchor *a, struct moves_way way)
{
    uint32_t hash = ((uint32_t)way.dx * 0x9e3779b1u ^ (uint32_t)way.dy * 0x85ebca6bu) >> 12;
    for (uint32_t i = 0; i < PROBES; i++) {
        struct vote *v = &s->votes[(hash + i) % WAYS];
        if (v->votes == 0) {
            *v = (struct vote){way, 1, {a->x, a->y, SPAN, 2}, {a->x, a->y, SPAN, 2}};
            return;
        }
        if (v->way.dx == way.dx && v->way.dy == way.dy) {
            v->votes++;
            grow(&v->around, a);
            return;
        }
    }
}

/* Some ways are tried without a search. true: they explain what changed. */
static bool vote_ways(struct search *s, const struct moves_way *ways, uint32_t n)
{
    uint32_t found = 0;
    memset(s->votes, 0, sizeof s->votes);
    for (uint32_t w = 0; w < n; w++)
        for (uint32_t i = 0; i < s->n_anchors; i++) {
            const struct anchor *a = &s->anchors[i];
            int64_t x = (int64_t)a->x - ways[w].dx, y = (int64_t)a->y - ways[w].dy;
            if (x < 0 || y < 0 || !is_there(s, a, (uint32_t)x, (uint32_t)y))
                continue;
            vote(s, a, ways[w]);
            found++;
        }
    return found > 1 && found * 2 > s->n_anchors;
}

/* The way with most votes; NULL: none has two. */
static struct vote *best_vote(struct search *s)
{
    struct vote *best = NULL;
    for (uint32_t i = 0; i < WAYS; i++)
        if (s->votes[i].votes > 1 && (best == NULL || s->votes[i].votes > best->votes))
            best = &s->votes[i];
    return best;
}

static void look_near(struct search *s, const struct anchor *a, struct moves_way way)
{
    uint32_t hash[2 * NEAR + 1];
    int64_t x1 = (int64_t)a->x - way.dx - NEAR, x2 = x1 + 2 * NEAR + 1;
    int64_t y1 = (int64_t)a->y - way.dy - NEAR, y2 = y1 + 2 * NEAR + 1;
    int64_t right = (int64_t)s->was->width - SPAN + 1, end = (int64_t)s->was->height - 1;
    x1 = x1 > 0 ? x1 : 0;
    y1 = y1 > 0 ? y1 : 0;
    x2 = x2 < right ? x2 : right;
    y2 = y2 < end ? y2 : end;
    if (x1 >= x2)
        return;
    for (int64_t y = y1; y < y2; y++) {
        pixels_hash(hash, at(s->was, (uint32_t)x1, (uint32_t)y), (size_t)(x2 - x1));
        for (int64_t x = x1; x < x2; x++)
            if (hash[x - x1] == a->hash && is_there(s, a, (uint32_t)x, (uint32_t)y))
                vote(s, a, (struct moves_way){(int32_t)(a->x - x), (int32_t)(a->y - y)});
    }
}

/* A hand that drags or scrolls goes on, hardly ever as fast as before: a few anchors are looked for
   near to where the last ways would have brought them from. true: the way they came explains what
   changed. */
static bool vote_near(struct search *s, const struct moves *m)
{
    uint32_t step = s->n_anchors / NEAR_ANCHORS + 1, looked = 0;
    memset(s->votes, 0, sizeof s->votes);
    for (uint32_t i = 0; i < s->n_anchors && m->n_last > 0; i += step, looked++)
        for (uint32_t w = 0; w < m->n_last; w++)
            look_near(s, &s->anchors[i], m->last[w]);
    const struct vote *v = best_vote(s);
    if (v == NULL || v->votes * 4 < looked)
        return false;
    struct moves_way way = v->way;
    return vote_ways(s, &way, 1);
}

static void fill_table(struct search *s)
{
    memset(s->filter, 0, sizeof s->filter);
    memset(s->table, 0xff, sizeof s->table);
    for (uint32_t i = 0; i < s->n_anchors; i++) {
        struct anchor *a = &s->anchors[i];
        int32_t *place = &s->table[a->hash >> 24];
        a->next = *place;
        *place = (int32_t)i;
        s->filter[(a->hash >> 20) / 64] |= (uint64_t)1 << (a->hash >> 20) % 64;
    }
}

static void vote_place(struct search *s, uint32_t hash, uint32_t x, uint32_t y)
{
    for (int32_t i = s->table[hash >> 24]; i >= 0; i = s->anchors[i].next) {
        struct anchor *a = &s->anchors[i];
        if (a->hash != hash || a->hits >= HITS || (a->x == x && a->y == y) || !is_there(s, a, x, y))
            continue;
        a->hits++;
        vote(s, a, (struct moves_way){(int32_t)a->x - (int32_t)x, (int32_t)a->y - (int32_t)y});
    }
}

static void search_row(struct search *s, struct tile_rect t, uint32_t y)
{
    uint32_t hash[TILE_SIDE], room = s->was->width - t.x;
    uint32_t n = room >= t.w + SPAN ? t.w : room < SPAN ? 0 : room - SPAN + 1;
    const uint32_t *row = at(s->was, t.x, y);
    n = n < TILE_SIDE ? n : TILE_SIDE;
    pixels_hash(hash, row, n);
    for (uint32_t x = 0; x < n; x++)
        if (s->filter[(hash[x] >> 20) / 64] >> (hash[x] >> 20) % 64 & 1)
            vote_place(s, hash[x], t.x + x, y);
}

/* One row in 2^bits, in no pattern, so that none of text lines or stripes can have all its anchors
   between them. */
static bool is_searched(uint32_t y, unsigned bits)
{
    return (uint64_t)(y * 0x9e3779b1u) >> (32 - bits) == 0;
}

static void vote_rows(struct search *s, const struct tile_set *where, unsigned bits)
{
    fill_table(s);
    for (uint32_t i = tile_set_next(where, 0); i < TILES_MAX; i = tile_set_next(where, i + 1)) {
        struct tile_rect t = tile_place(s->was->width, s->was->height, i);
        for (uint32_t y = t.y; y < t.y + t.h; y++)
            if (is_searched(y, bits))
                search_row(s, t, y);
    }
}

/* Of a large change some rows suffice: enough anchors came from them. */
static void vote_all(struct search *s)
{
    memset(s->votes, 0, sizeof s->votes);
    vote_rows(s, s->changed, tile_set_size(s->changed) >= LARGE ? 2 : 0);
}

/* --- from a way to a rectangle: edges are where most of a row or column stops agreeing --- */

struct edges {
    uint32_t x1, y1, x2, y2;
};

/* Where things can have come to by this way. */
static struct edges reach(const struct search *s, struct moves_way v)
{
    int64_t w = s->was->width, h = s->was->height, ax = s->area.x, ay = s->area.y;
    int64_t x1 = v.dx > ax ? v.dx : ax, x2 = w + v.dx < ax + s->area.w ? w + v.dx : ax + s->area.w;
    int64_t y1 = v.dy > ay ? v.dy : ay, y2 = h + v.dy < ay + s->area.h ? h + v.dy : ay + s->area.h;
    return (struct edges){(uint32_t)x1, (uint32_t)y1, (uint32_t)x2, (uint32_t)y2};
}

static const uint32_t *origin(const struct search *s, struct moves_way v, uint32_t x, uint32_t y)
{
    return at(s->was, (uint32_t)((int64_t)x - v.dx), (uint32_t)((int64_t)y - v.dy));
}

static bool row_agrees(const struct search *s, struct moves_way v, struct edges e, uint32_t y)
{
    uint32_t n = e.x2 - e.x1;
    return pixels_equal(at(s->now, e.x1, y), origin(s, v, e.x1, y), n) * 4 >= n * 3;
}

static bool column_agrees(const struct search *s, struct moves_way v, struct edges e, uint32_t x)
{
    const uint32_t *a = at(s->now, x, e.y1), *b = origin(s, v, x, e.y1);
    uint32_t same = 0, seen = 0;
    for (uint32_t y = e.y1; y < e.y2; y += 2, seen++) {
        same += *a == *b;
        a += 2 * s->now->stride;
        b += 2 * s->was->stride;
    }
    return same * 4 >= seen * 3;
}

static void grow_rows(const struct search *s, struct moves_way v, struct edges *e,
                      const struct edges *most)
{
    while (e->y1 > most->y1 && row_agrees(s, v, *e, e->y1 - 1))
        e->y1--;
    while (e->y2 < most->y2 && row_agrees(s, v, *e, e->y2))
        e->y2++;
}

static void grow_columns(const struct search *s, struct moves_way v, struct edges *e,
                         const struct edges *most)
{
    while (e->x1 > most->x1 && column_agrees(s, v, *e, e->x1 - 1))
        e->x1--;
    while (e->x2 < most->x2 && column_agrees(s, v, *e, e->x2))
        e->x2++;
}

/* Pixels that the move puts right, less those it spoils; every fourth row is looked at. */
static int64_t gain(const struct search *s, struct moves_way v, struct edges e)
{
    int64_t right = 0;
    uint32_t n = e.x2 - e.x1, step = e.y2 - e.y1 >= 16 ? 4 : 1;
    for (uint32_t y = e.y1; y < e.y2; y += step) {
        const uint32_t *now = at(s->now, e.x1, y);
        right += (int64_t)pixels_equal(now, origin(s, v, e.x1, y), n);
        right -= (int64_t)pixels_equal(now, at(s->was, e.x1, y), n);
    }
    return right * step;
}

static bool measure_from(const struct search *s, struct moves_way way, struct tile_rect seed,
                         struct tile_copy *out)
{
    struct edges most = reach(s, way);
    struct edges e = {seed.x, seed.y, seed.x + seed.w, seed.y + seed.h};
    if (e.x1 < most.x1 || e.y1 < most.y1 || e.x2 > most.x2 || e.y2 > most.y2)
        return false;
    grow_rows(s, way, &e, &most);
    grow_columns(s, way, &e, &most);
    grow_rows(s, way, &e, &most);
    if ((uint64_t)(e.x2 - e.x1) * (e.y2 - e.y1) > s->room || gain(s, way, e) < LEAST_GAIN)
        return false;
    out->to = (struct tile_rect){e.x1, e.y1, e.x2 - e.x1, e.y2 - e.y1};
    out->from_x = (uint32_t)((int64_t)e.x1 - way.dx);
    out->from_y = (uint32_t)((int64_t)e.y1 - way.dy);
    return true;
}

/* From all its anchors; where one of them came that way by chance, from the first. */
static bool measure(const struct search *s, const struct vote *v, struct tile_copy *out)
{
    return measure_from(s, v->way, v->around, out) || measure_from(s, v->way, v->first, out);
}

/* --- rounds --- */

static bool tile_differs(const struct search *s, uint32_t index)
{
    struct tile_rect t = tile_place(s->was->width, s->was->height, index);
    for (uint32_t y = t.y; y < t.y + t.h; y++)
        if (pixels_differ(at(s->was, t.x, y), at(s->now, t.x, y), t.w, ~0u))
            return true;
    return false;
}

static void carry_out(struct search *s, const struct tile_copy *c)
{
    struct tile_set touched = {0};
    pixels_move(s->was, c->to, c->from_x, c->from_y);
    tile_set_add_rect(&touched, s->was->width, s->was->height, c->to.x, c->to.y, c->to.w, c->to.h);
    for (uint32_t i = tile_set_next(&touched, 0); i < TILES_MAX; i = tile_set_next(&touched, i + 1))
        if (tile_differs(s, i))
            tile_set_add(s->changed, i);
        else
            tile_set_remove(s->changed, i);
}

static bool find_one(struct search *s, struct tile_copy *out, struct moves_way *way)
{
    for (int i = 0; i < FAILURES; i++) {
        struct vote *v = best_vote(s);
        if (v == NULL)
            return false;
        *way = v->way;
        if (measure(s, v, out))
            return true;
        v->votes = 1; /* its place stays taken */
    }
    return false;
}

static void note_area(struct search *s)
{
    uint32_t x2 = 0, y2 = 0;
    s->area = (struct tile_rect){UINT32_MAX, UINT32_MAX, 0, 0};
    for (uint32_t i = tile_set_next(s->changed, 0); i < TILES_MAX;
         i = tile_set_next(s->changed, i + 1)) {
        struct tile_rect t = tile_place(s->was->width, s->was->height, i);
        s->area.x = t.x < s->area.x ? t.x : s->area.x;
        s->area.y = t.y < s->area.y ? t.y : s->area.y;
        x2 = t.x + t.w > x2 ? t.x + t.w : x2;
        y2 = t.y + t.h > y2 ? t.y + t.h : y2;
    }
    s->area.w = x2 - s->area.x;
    s->area.h = y2 - s->area.y;
}

/* More than one move is rare, and looking for more costs as much as for the first: where it was in
   vain it is done again in the next update, in the second, the fourth and so on, at least in each
   sixteenth. The ways of the last update are always tried. */
static bool is_turn(uint32_t vain)
{
    return (vain & (vain - 1)) == 0 || vain % 16 == 0;
}

/* false: nothing to be voted for is known. */
static bool vote_all_at_times(struct search *s, uint32_t found, struct moves *m)
{
    if (found > 0 && !is_turn(m->vain++))
        return false;
    vote_all(s);
    return true;
}

static void remember(struct moves *m, struct moves_way way)
{
    if (m->n_last < MOVES_WAYS)
        m->last[m->n_last++] = way;
}

/* Something else may have changed in between, as a clock does. */
static void rest(struct moves *m)
{
    if (++m->rested > KEPT)
        m->n_last = m->vain = 0;
}

size_t moves_find(struct moves *m, const struct tile_picture *was, const struct tile_picture *now,
                  struct tile_set *changed, struct tile_copy *out, size_t most)
{
    struct search s = {
        .was = was, .now = now, .changed = changed, .room = (uint64_t)now->width * now->height};
    struct moves before = *m;
    size_t n = 0;
    while (n < most && tile_set_size(changed) >= LEAST_TILES) {
        struct moves_way way;
        note_area(&s);
        choose_anchors(&s);
        if (s.n_anchors < 2)
            break;
        bool known = vote_ways(&s, before.last, before.n_last) || vote_near(&s, &before);
        if (!known && !vote_all_at_times(&s, (uint32_t)n, m))
            break;
        if (!find_one(&s, &out[n], &way))
            break;
        if (n == 0)
            m->n_last = 0; /* those of before are in `before` */
        else
            m->vain = 0;
        s.room -= (uint64_t)out[n].to.w * out[n].to.h;
        carry_out(&s, &out[n++]);
        remember(m, way);
    }
    if (n == 0)
        rest(m);
    else
        m->rested = 0;
    return n;
}

bool moves_likely(const struct tile_picture *was, const struct tile_picture *now,
                  const struct tile_set *some, const struct tile_set *where)
{
    struct tile_set changed = *some;
    struct search s = {.was = was, .now = now, .changed = &changed};
    choose_anchors(&s);
    if (s.n_anchors < 2)
        return false;
    vote_rows(&s, where, 3);
    return best_vote(&s) != NULL;
}
