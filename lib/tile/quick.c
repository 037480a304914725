/* Coded rectangles of large updates, both directions; see the header and FORMAT.md 8. */
#include "lib/tile/quick.h"

#define INLINE CODER_INLINE

/* What a row, an edge, a pixel is. */
enum row { ROW_NEW = 0, ROW_SAME };
enum edge { EDGE_LEFT = 0, EDGE_STRAIGHT, EDGE_OTHER };
enum guess { GUESS_SEEN = 0, GUESS_N, GUESS_W, GUESS_NE, GUESS_NW, GUESS_NONE };
/* Of spans that are as long as they can be the symbol is that of the edge behind them. */
#define SPAN_SHORT 2 /* and the size of others */

/* An event: kind in the upper byte, symbol below it, then the even bits of a span. */
#define EVENT_KIND 24
#define EVENT_SYMBOL 16
#define MOST_EVEN 12 /* of them */

static inline uint32_t symbols_of(unsigned kind)
{
    return kind < QUICK_GREEN ? QUICK_FEW : kind == QUICK_LOW ? QUICK_LOWS : CODES_SYMBOLS;
}

static inline uint32_t bits_of(unsigned kind)
{
    return kind < QUICK_GREEN ? QUICK_FEW_BITS : QUICK_MANY_BITS;
}

static inline unsigned kinds_of(uint8_t depth)
{
    return depth == 30 ? QUICK_KINDS : QUICK_LOW;
}

/* The even bits behind the size of a span. */
static INLINE uint32_t even_of(unsigned kind, uint32_t symbol)
{
    bool sized = kind >= QUICK_SPAN && kind < QUICK_EDGE && symbol > SPAN_SHORT;
    return sized ? symbol - SPAN_SHORT - 1 : 0;
}

/* --- one symbol --- */

/* What a row keeps in registers. */
struct flow {
    struct codes_in in;
    uint32_t *event;
    uint32_t bits; /* most that the events need */
};

static INLINE uint32_t code_few(const struct quick *k, struct flow *f, unsigned kind,
                                uint32_t symbol, uint32_t even, uint32_t n_even, const bool back)
{
    if (back) {
        if (f->in.n < QUICK_FEW_BITS + MOST_EVEN)
            codes_refill(&f->in);
        return codes_take(&f->in, k->few[kind], QUICK_FEW_BITS);
    }
    *f->event++ = (uint32_t)kind << EVENT_KIND | symbol << EVENT_SYMBOL | even;
    f->bits += QUICK_FEW_BITS + n_even;
    return symbol;
}

static INLINE uint32_t code_many(const struct quick *k, struct flow *f, unsigned kind,
                                 uint32_t symbol, const bool back)
{
    if (back)
        return codes_take(&f->in, k->many[kind - QUICK_GREEN], QUICK_MANY_BITS);
    *f->event++ = (uint32_t)kind << EVENT_KIND | symbol << EVENT_SYMBOL;
    f->bits += QUICK_MANY_BITS;
    return symbol;
}

/* --- one pixel --- */

static INLINE uint32_t code_colour(const struct quick *k, struct flow *f, const struct around *a,
                                   uint32_t pixel, const bool back)
{
    uint8_t d = k->depth;
    uint32_t eg = around_expect(a, d, 1), er = around_expect(a, d, 2), eb = around_expect(a, d, 0);
    uint32_t dg = around_channel(pixel, d, 1) - eg, low = around_low(pixel);
    if (back && f->in.n < 4 * QUICK_MANY_BITS)
        codes_refill(&f->in);
    dg = code_many(k, f, QUICK_GREEN + around_slope(a, d), dg & 0xff, back);
    uint32_t dr = around_channel(pixel, d, 2) - er - dg;
    uint32_t db = around_channel(pixel, d, 0) - eb - dg;
    dr = code_many(k, f, QUICK_RED, dr & 0xff, back);
    db = code_many(k, f, QUICK_BLUE, db & 0xff, back);
    low = d == 30 ? code_many(k, f, QUICK_LOW, low, back) : 0;
    return around_join((er + dg + dr) & 0xff, (eg + dg) & 0xff, (eb + dg + db) & 0xff, low, d);
}

static INLINE uint32_t find_guess(const struct around *a, uint32_t seen, bool known, uint32_t pixel)
{
    return known && pixel == seen ? GUESS_SEEN
           : pixel == a->n        ? GUESS_N
           : pixel == a->w        ? GUESS_W
           : pixel == a->ne       ? GUESS_NE
           : pixel == a->nw       ? GUESS_NW
                                  : GUESS_NONE;
}

static INLINE uint32_t code_pixel(struct quick *k, struct flow *f, const struct around *a,
                                  uint32_t pixel, const bool back)
{
    uint32_t *seen = &k->seen[around_hash(a)], was = *seen, sure = was >> AROUND_CONFIDENCE;
    uint32_t guess = was & AROUND_PIXEL;
    unsigned kind = QUICK_PIXEL + 2 * sure + (a->w == a->n);
    uint32_t symbol = back ? 0 : find_guess(a, guess, sure > 0, pixel);
    symbol = code_few(k, f, kind, symbol, 0, 0, back);
    if (symbol == GUESS_SEEN) {
        *seen = around_remember(was, guess);
        return guess;
    }
    if (symbol >= GUESS_NONE)
        pixel = code_colour(k, f, a, pixel, back);
    else if (back)
        pixel = symbol == GUESS_N    ? a->n
                : symbol == GUESS_W  ? a->w
                : symbol == GUESS_NE ? a->ne
                                     : a->nw;
    *seen = around_remember(was, pixel);
    return pixel;
}

/* --- rows --- */

static INLINE uint32_t find_edge(const uint32_t *row, uint32_t n, uint32_t ne)
{
    return row[0] == ne ? EDGE_LEFT : row[0] == n && row[1] == ne ? EDGE_STRAIGHT : EDGE_OTHER;
}

/* Straight down, or one to the left: no branch depends on it, and the rest is as above. Returns how
   many pixels that is. */
static INLINE uint32_t draw_edge(uint32_t *row, uint32_t n, uint32_t ne, uint32_t symbol,
                                 const bool back)
{
    if (back)
        row[0] = n + ((ne - n) & (symbol - 1));
    return 1 + symbol;
}

/* Returns how many pixels that made, 0: it does something else. */
static INLINE uint32_t code_edge(const struct quick *k, struct flow *f, const struct around *a,
                                 uint32_t *row, unsigned before, const bool back)
{
    uint32_t symbol = back ? 0 : find_edge(row, a->n, a->ne);
    symbol = code_few(k, f, QUICK_EDGE + before, symbol, 0, 0, back);
    return symbol >= EDGE_OTHER ? 0 : draw_edge(row, a->n, a->ne, symbol, back);
}

/* Where a row is, and what is above it. Unpacking, what is not yet known of it is as above. */
struct place {
    uint32_t *row;
    const uint32_t *up, *up2;
    uint32_t x, w;
};

/* The symbol of a span; a short one is finished then, and a pixel follows. Of those longer than
   there is room for nobody packed any, but it is still a picture. */
static INLINE uint32_t code_length(const struct quick *k, struct flow *f, unsigned kind,
                                   struct place *p, uint32_t colour, uint32_t end, const bool back)
{
    uint32_t room = end - p->x, run = back ? 0 : run_of(p->row + p->x, colour, room);
    uint32_t symbol = EDGE_LEFT, v = run + 1, n = 0;
    if (!back && run < room) {
        n = around_length(v) - 1;
        symbol = SPAN_SHORT + 1 + n;
    } else if (!back && kind >= QUICK_SPAN + 2) {
        symbol = find_edge(p->row + end, colour, p->up[end + 1]);
    }
    symbol = code_few(k, f, kind, symbol, v & ((1u << n) - 1), n, back);
    if (back && symbol > SPAN_SHORT) {
        n = symbol - SPAN_SHORT - 1;
        run = (1u << n | codes_take_bits(&f->in, n)) - 1;
        run = run < room ? run : room;
    }
    if (symbol > SPAN_SHORT)
        p->x += run;
    return symbol;
}

/* W is not N: nothing is as above. Returns whether a pixel follows. */
static INLINE bool code_span(const struct quick *k, struct flow *f, const struct around *a,
                             struct place *p, uint32_t end, const bool back)
{
    uint32_t from = p->x, symbol = code_length(k, f, QUICK_SPAN, p, a->w, end, back);
    if (symbol <= SPAN_SHORT)
        p->x = end;
    for (; back && from < p->x; from++)
        p->row[from] = a->w;
    return p->x < end;
}

/* Spans of what stands above, one after the other, as in all that is shaded. Where each of them
   ends does not depend on what is decided, so the processor looks for the next one meanwhile.
   Returns whether a pixel follows. */
static INLINE bool code_spans(const struct quick *k, struct flow *f, uint32_t n, struct place *p,
                              uint32_t end, const bool back)
{
    while (end < p->w && around_is_near(n, p->up[end + 1], k->depth)) {
        uint32_t ne = p->up[end + 1];
        uint32_t next = end + 1 + run_of(p->up + end + 2, ne, p->w - end - 1);
        unsigned kind = QUICK_SPAN + 2 + (p->up2[end + 1] == ne);
        uint32_t symbol = code_length(k, f, kind, p, n, end, back);
        if (symbol > SPAN_SHORT)
            return p->x < end;
        if (symbol == EDGE_OTHER) {
            p->x = end;
            return true;
        }
        p->x = end + draw_edge(p->row + end, n, ne, symbol, back);
        if (p->x >= next)
            return false;
        n = ne;
        end = next;
    }
    if (code_length(k, f, QUICK_SPAN + 1, p, n, end, back) <= SPAN_SHORT)
        p->x = end;
    return p->x < end;
}

static INLINE void code_row(struct quick *k, struct flow *f, struct place p, const bool back)
{
    while (p.x < p.w) {
        struct around a = around_look(p.row, p.up, p.up2, p.x);
        bool pixel = true;
        if (around_is_span(&a)) {
            uint32_t end = p.x + run_of(p.up + p.x + 1, a.n, p.w - p.x);
            pixel = a.w == a.n ? code_spans(k, f, a.n, &p, end, back)
                               : code_span(k, f, &a, &p, end, back);
            if (pixel)
                a = around_look(p.row, p.up, p.up2, p.x);
        } else if (around_is_edge(&a, k->depth)) {
            unsigned before = p.up2[p.x + 1] == a.ne;
            uint32_t n = code_edge(k, f, &a, p.row + p.x, before, back);
            p.x += n;
            pixel = n == 0;
        }
        if (!pixel)
            continue;
        p.row[p.x] = code_pixel(k, f, &a, p.row[p.x], back);
        p.x++;
    }
}

static INLINE bool in_bounds(const struct quick *k, const struct flow *f, const bool back)
{
    return back ? f->in.missing <= 8 : f->bits <= k->room;
}

static INLINE bool code_rect(struct quick *k, struct flow *f, const struct tile_picture *p,
                             struct tile_rect r, const bool back)
{
    uint32_t *row = k->lines[0] + 2, *up = k->lines[1] + 2, *up2 = k->lines[2] + 2;
    uint32_t same = 0;
    memset(up - 2, 0, (r.w + 3) * sizeof *up);
    memset(up2 - 2, 0, (r.w + 3) * sizeof *up2);
    for (uint32_t y = 0; y < r.h && in_bounds(k, f, back); y++) {
        if (!back)
            around_load_row(p, r, y, &k->out, row);
        row[-1] = row[-2] = up[0];
        uint32_t symbol = back || pixels_differ(row, up, r.w, ~0u) ? ROW_NEW : ROW_SAME;
        same = code_few(k, f, QUICK_ROW + same, symbol, 0, 0, back) != ROW_NEW;
        if (back)
            memcpy(row, up, r.w * sizeof *row);
        if (!same)
            code_row(k, f, (struct place){row, up, up2, 0, r.w}, back);
        around_close_row(row, r.w);
        if (back)
            memcpy(p->pixels + (size_t)(r.y + y) * p->stride + r.x, row, r.w * sizeof *row);
        around_next_row(&row, &up, &up2);
    }
    return in_bounds(k, f, back);
}

/* --- packing --- */

/* Of all lengths together. */
static uint32_t lengths_bytes(uint8_t depth)
{
    uint32_t n = 0;
    for (unsigned kind = 0; kind < kinds_of(depth); kind++)
        n += symbols_of(kind) / 2;
    return n;
}

void quick_pack_start(struct quick *k, uint8_t depth, uint32_t *events)
{
    k->depth = depth;
    k->events = events;
    k->n = k->at = 0;
    memset(k->seen, 0, sizeof k->seen);
}

size_t quick_packed_most(const struct quick *k)
{
    return lengths_bytes(k->depth) + 1 + k->at / 8;
}

bool quick_pack(struct quick *k, const struct tile_picture *p, struct tile_rect r,
                const struct tile_rect *left_out, uint32_t n, size_t room)
{
    uint32_t lengths = lengths_bytes(k->depth) + 1,
             most = room < MAX_UNIT ? (uint32_t)room : MAX_UNIT;
    struct flow f = {.event = k->events + k->n, .bits = k->at};
    k->room = most > lengths ? 8 * (most - lengths) : 0;
    k->out = (struct around_left_out){left_out, n};
    if (r.w > QUICK_PACK_W || !code_rect(k, &f, p, r, false))
        return false;
    k->n = (uint32_t)(f.event - k->events);
    k->at = f.bits;
    return true;
}

/* Where only 0 occurs it takes no bits; a code has two symbols at least. */
static void choose(uint32_t *count, uint32_t n, uint32_t most, uint8_t *length)
{
    uint32_t found = 0;
    for (uint32_t i = 1; i < n; i++)
        found += count[i] > 0;
    memset(length, 0, n);
    if (found == 0)
        return;
    count[0] += count[0] == 0 && found == 1;
    codes_choose(count, n, most, length);
}

size_t quick_pack_end(struct quick *k, uint8_t *out)
{
    uint32_t count[QUICK_KINDS][CODES_SYMBOLS] = {{0}};
    uint16_t code[QUICK_KINDS][CODES_SYMBOLS];
    struct codes_out b = {.at = out};
    for (uint32_t i = 0; i < k->n; i++)
        count[k->events[i] >> EVENT_KIND][k->events[i] >> EVENT_SYMBOL & 0xff]++;
    for (unsigned kind = 0; kind < kinds_of(k->depth); kind++) {
        choose(count[kind], symbols_of(kind), bits_of(kind), k->length[kind]);
        codes_assign(k->length[kind], symbols_of(kind), code[kind]);
        b.at = codes_write_lengths(k->length[kind], symbols_of(kind), b.at);
    }
    for (uint32_t i = 0; i < k->n; i++) {
        uint32_t e = k->events[i], kind = e >> EVENT_KIND, symbol = e >> EVENT_SYMBOL & 0xff;
        uint32_t bits = k->length[kind][symbol], even = even_of(kind, symbol);
        if (bits > 0)
            codes_put(&b, code[kind][symbol] | (e & 0xffff) << bits, bits + even);
    }
    return (size_t)(codes_put_end(&b) - out);
}

/* --- unpacking --- */

static bool read_code(struct quick *k, unsigned kind, const uint8_t *in)
{
    uint32_t n = symbols_of(kind), most = bits_of(kind), some = 0;
    uint16_t *table = kind < QUICK_GREEN ? k->few[kind] : k->many[kind - QUICK_GREEN];
    codes_read_lengths(in, n, k->length[kind]);
    for (uint32_t i = 0; i < n; i++)
        some |= k->length[kind][i];
    if (some == 0) {
        memset(table, 0, sizeof *table << most);
        return true;
    }
    if (!codes_complete(k->length[kind], n, most))
        return false;
    codes_table(k->length[kind], n, most, table);
    return true;
}

bool quick_unpack_start(struct quick *k, uint8_t depth, const uint8_t *in, size_t len)
{
    size_t at = 0;
    k->depth = depth;
    memset(k->seen, 0, sizeof k->seen);
    if (len < lengths_bytes(depth))
        return false;
    for (unsigned kind = 0; kind < kinds_of(depth); kind++) {
        if (!read_code(k, kind, in + at))
            return false;
        at += symbols_of(kind) / 2;
    }
    k->in = (struct codes_in){.at = in + at, .end = in + len};
    return true;
}

bool quick_unpack(struct quick *k, const struct tile_picture *p, struct tile_rect r)
{
    struct flow f = {.in = k->in};
    bool good = code_rect(k, &f, p, r, true);
    k->in = f.in;
    return good;
}

bool quick_unpack_end(const struct quick *k)
{
    return codes_in_end(&k->in) == k->in.end;
}
