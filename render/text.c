/* Shapes and draws lines. vitrine-render ui; distrusts the text, trusts the fonts. */
#include "render/text.h"
#include <fribidi.h>
#include <stdlib.h>
#include <string.h>

#define CACHED_BYTES 200 /* longer texts are shaped each time */

struct text_cached {
    uint32_t used; /* clock of the last use; 0: empty */
    uint16_t len, weight;
    uint8_t tabular, mirrored, foreign;
    char utf8[CACHED_BYTES];
    struct text_line line; /* owns its glyphs */
};

/* One line on its way from bytes to glyphs. */
struct work {
    const struct text_type *type;
    struct text *text;
    unsigned n;
    uint32_t point[TEXT_POINTS_MAX];
    FriBidiLevel level[TEXT_POINTS_MAX];
    hb_script_t script[TEXT_POINTS_MAX];
    uint8_t font[TEXT_POINTS_MAX];
    struct text_glyph glyph[TEXT_GLYPHS_MAX];
    struct text_line line;
};

struct run {
    unsigned from, to;
    FriBidiLevel level;
};

static struct work work; /* one process, one thread, 30 KiB too many for the stack */

int text_init(struct text *t)
{
    memset(t, 0, sizeof *t);
    t->cache = calloc(TEXT_CACHE, sizeof *t->cache);
    return t->cache && font_init(&t->fonts) == 0 ? 0 : -1;
}

/* Decodes strictly; a malformed byte becomes U+FFFD. */
static uint32_t decode(const uint8_t *p, size_t left, size_t *used)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    size_t more = p[0] >= 0xf0 ? 3 : p[0] >= 0xe0 ? 2 : p[0] >= 0xc0 ? 1 : 0;
    uint32_t c = more ? p[0] & (0x3fu >> more) : p[0];

    *used = 1;
    if ((p[0] & 0xc0) == 0x80 || p[0] >= 0xf8 || more >= left)
        return 0xfffd;
    for (size_t i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0xfffd;
        c = c << 6 | (p[i] & 0x3fu);
    }
    if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0xfffd;
    *used = more + 1;
    return c;
}

static void take_points(struct work *w, const char *utf8, size_t len)
{
    size_t at = 0, used;

    for (w->n = 0; at < len && w->n < TEXT_POINTS_MAX; at += used)
        w->point[w->n++] = decode((const uint8_t *)utf8 + at, len - at, &used);
}

static FriBidiParType base_of(const struct text_type *type)
{
    if (type->foreign)
        return type->mirrored ? FRIBIDI_PAR_WRTL : FRIBIDI_PAR_WLTR;
    return type->mirrored ? FRIBIDI_PAR_RTL : FRIBIDI_PAR_LTR;
}

static void find_levels(struct work *w)
{
    static FriBidiCharType types[TEXT_POINTS_MAX];
    static FriBidiBracketType brackets[TEXT_POINTS_MAX];
    FriBidiParType base = base_of(w->type);
    int n = (int)w->n;

    fribidi_get_bidi_types(w->point, n, types);
    fribidi_get_bracket_types(w->point, n, types, brackets);
    if (fribidi_get_par_embedding_levels_ex(types, brackets, n, &base, w->level) == 0)
        memset(w->level, w->type->mirrored ? 1 : 0, w->n);
}

static void find_scripts(struct work *w)
{
    hb_unicode_funcs_t *u = hb_unicode_funcs_get_default();
    hb_script_t last = HB_SCRIPT_COMMON;

    for (unsigned i = 0; i < w->n; i++) {
        hb_script_t s = hb_unicode_script(u, w->point[i]);

        if (s == HB_SCRIPT_COMMON || s == HB_SCRIPT_INHERITED || s == HB_SCRIPT_UNKNOWN)
            s = last;
        w->script[i] = last = s;
    }
    last = HB_SCRIPT_LATIN;
    for (unsigned i = w->n; i-- > 0;) { /* what stands before the first letter goes with it */
        if (w->script[i] == HB_SCRIPT_COMMON)
            w->script[i] = last;
        last = w->script[i];
    }
}

static bool is_mark(uint32_t c)
{
    hb_unicode_general_category_t g =
        hb_unicode_general_category(hb_unicode_funcs_get_default(), c);

    return g == HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK ||
           g == HB_UNICODE_GENERAL_CATEGORY_SPACING_MARK ||
           g == HB_UNICODE_GENERAL_CATEGORY_ENCLOSING_MARK;
}

/* Direction and joining characters: they had their effect on the levels and draw nothing. */
static bool is_invisible(uint32_t c)
{
    return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

static void find_fonts(struct work *w)
{
    const struct fonts *f = &w->text->fonts;
    unsigned last = f->n > 0 ? font_pick(f, 0, w->type->weight) : FONT_NONE;

    for (unsigned i = 0; i < w->n; i++) {
        uint32_t c = w->point[i];
        bool stays = (c == ' ' || is_mark(c)) && font_has(f, last, c);

        /* A mark stays with its letter's font even when another one has it and this has not. */
        if (!stays && !is_invisible(c) && !(is_mark(c) && i > 0))
            last = font_for(f, c, w->type->weight);
        w->font[i] = (uint8_t)last;
    }
}

static void add_glyph(struct work *w, uint32_t id, unsigned font, double x, double y)
{
    if (w->line.n < TEXT_GLYPHS_MAX)
        w->glyph[w->line.n++] = (struct text_glyph){id, (float)x, (float)y, (uint8_t)font};
}

#define BOX_EM 0.82 /* advance of the box that stands for a character without a font */

static void shape_boxes(struct work *w, const struct run *r)
{
    bool backwards = r->level & 1;

    for (unsigned k = r->from; k < r->to; k++) {
        unsigned i = backwards ? r->to - 1 - (k - r->from) : k;

        if (is_invisible(w->point[i]))
            continue;
        add_glyph(w, w->point[i], FONT_NONE, (double)w->line.width, 0);
        w->line.width += (float)BOX_EM;
    }
}

static void shape_run(struct work *w, const struct run *r, hb_buffer_t *b)
{
    static const hb_feature_t tabular = {HB_TAG('t', 'n', 'u', 'm'), 1, 0, (unsigned)-1};
    const struct font *f;
    const hb_glyph_info_t *info;
    const hb_glyph_position_t *pos;
    unsigned n;
    double em;

    if (w->font[r->from] == FONT_NONE) {
        shape_boxes(w, r);
        return;
    }
    f = &w->text->fonts.font[w->font[r->from]];
    em = 1.0 / f->units;
    hb_buffer_clear_contents(b);
    hb_buffer_add_codepoints(b, w->point, (int)w->n, r->from, (int)(r->to - r->from));
    hb_buffer_set_direction(b, r->level & 1 ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    hb_buffer_set_script(b, w->script[r->from]);
    hb_buffer_set_language(b, hb_language_get_default());
    hb_buffer_set_flags(b, HB_BUFFER_FLAG_REMOVE_DEFAULT_IGNORABLES);
    hb_shape(f->shaper, b, &tabular, w->type->tabular ? 1 : 0);
    info = hb_buffer_get_glyph_infos(b, &n);
    pos = hb_buffer_get_glyph_positions(b, NULL);
    for (unsigned i = 0; i < n; i++) {
        add_glyph(w, info[i].codepoint, w->font[r->from],
                  (double)w->line.width + pos[i].x_offset * em, -pos[i].y_offset * em);
        w->line.width += (float)(pos[i].x_advance * em);
    }
}

static unsigned split_runs(const struct work *w, struct run *runs)
{
    unsigned n = 0;

    for (unsigned i = 0; i < w->n; i++) {
        if (i > 0 && w->level[i] == w->level[i - 1] && w->font[i] == w->font[i - 1] &&
            w->script[i] == w->script[i - 1])
            runs[n - 1].to = i + 1;
        else
            runs[n++] = (struct run){i, i + 1, w->level[i]};
    }
    return n;
}

/* Rule L2 of the bidirectional algorithm: from the highest level down, reverse what is at least
 * that high. */
static void reorder_runs(struct run *runs, unsigned n)
{
    FriBidiLevel highest = 0;

    for (unsigned i = 0; i < n; i++)
        if (runs[i].level > highest)
            highest = runs[i].level;
    for (FriBidiLevel level = highest; level > 0; level--)
        for (unsigned from = 0; from < n; from++) {
            unsigned to = from;

            while (to < n && runs[to].level >= level)
                to++;
            for (unsigned a = from, b = to; a + 1 < b; a++) {
                struct run swap = runs[a];

                runs[a] = runs[--b];
                runs[b] = swap;
            }
            if (to > from)
                from = to;
        }
}

static void shape_line(struct work *w, const char *utf8, size_t len)
{
    static struct run runs[TEXT_POINTS_MAX];
    static hb_buffer_t *buffer;
    unsigned n;

    w->line = (struct text_line){0, 0, w->glyph};
    take_points(w, utf8, len);
    if (w->n == 0)
        return;
    if (!buffer)
        buffer = hb_buffer_create();
    find_levels(w);
    find_scripts(w);
    find_fonts(w);
    n = split_runs(w, runs);
    reorder_runs(runs, n);
    for (unsigned i = 0; i < n; i++)
        shape_run(w, &runs[i], buffer);
    hb_buffer_clear_contents(buffer);
}

static void drop(struct text_cached *c)
{
    if (c->line.glyphs)
        explicit_bzero(c->line.glyphs, c->line.n * sizeof *c->line.glyphs);
    free(c->line.glyphs);
    explicit_bzero(c, sizeof *c);
}

static void keep(struct text *t, const char *utf8, size_t len)
{
    struct text_cached *oldest = &t->cache[0];

    for (unsigned i = 1; i < TEXT_CACHE; i++)
        if (t->cache[i].used < oldest->used)
            oldest = &t->cache[i];
    drop(oldest);
    oldest->line.glyphs = malloc((work.line.n + 1) * sizeof *work.glyph);
    if (!oldest->line.glyphs)
        return;
    memcpy(oldest->line.glyphs, work.glyph, work.line.n * sizeof *work.glyph);
    oldest->line.n = work.line.n;
    oldest->line.width = work.line.width;
    oldest->used = ++t->clock;
    oldest->len = (uint16_t)len;
    oldest->weight = work.type->weight;
    oldest->tabular = work.type->tabular;
    oldest->mirrored = work.type->mirrored;
    oldest->foreign = work.type->foreign;
    memcpy(oldest->utf8, utf8, len);
}

const struct text_line *text_shape(struct text *t, const char *utf8, size_t len,
                                   const struct text_type *type)
{
    bool cached = len <= CACHED_BYTES && !type->fleeting;

    for (unsigned i = 0; cached && i < TEXT_CACHE; i++) {
        struct text_cached *c = &t->cache[i];

        if (c->used && c->len == len && c->weight == type->weight && c->tabular == type->tabular &&
            c->mirrored == type->mirrored && c->foreign == type->foreign &&
            memcmp(c->utf8, utf8, len) == 0) {
            c->used = ++t->clock;
            return &c->line;
        }
    }
    work.type = type;
    work.text = t;
    shape_line(&work, utf8, len);
    if (cached)
        keep(t, utf8, len);
    return &work.line;
}

double text_width(struct text *t, const char *utf8, size_t len, const struct text_type *type)
{
    const struct text_line *l = text_shape(t, utf8, len, type);

    return (double)l->width * (double)type->size + l->n * (double)type->spacing;
}

/* The box: a frame with the code point in small hexadecimal digits, two rows. */
static void draw_box(struct text *t, cairo_t *cr, double x, double y, uint32_t point, double size)
{
    static const char hex[] = "0123456789ABCDEF";
    unsigned digits = point > 0xffff ? 6 : 4, row = digits / 2;
    unsigned font = font_pick(&t->fonts, 0, 400);
    double w = size * 0.72, h = size * 0.92, cell = w / (row + 0.6);

    x += size * 0.05;
    y += size * 0.12;
    cairo_set_line_width(cr, size / 16);
    cairo_rectangle(cr, x, y - h, w, h);
    cairo_stroke(cr);
    if (t->fonts.n == 0)
        return;
    cairo_set_font_face(cr, t->fonts.font[font].drawer);
    cairo_set_font_size(cr, cell * 1.35);
    for (unsigned i = 0; i < digits; i++) {
        hb_codepoint_t glyph = 0;
        cairo_glyph_t g;

        hb_font_get_nominal_glyph(t->fonts.font[font].shaper,
                                  (hb_codepoint_t)hex[point >> 4 * (digits - 1 - i) & 15], &glyph);
        g = (cairo_glyph_t){glyph, x + cell * (0.35 + i % row), y - h * (i < row ? 0.56 : 0.12)};
        cairo_show_glyphs(cr, &g, 1);
    }
}

/* Glyphs of one font are drawn as one path: positions stay exact, letters do not jump to whole
 * pixels. */
static unsigned draw_glyphs(struct text *t, cairo_t *cr, double x, double y,
                            const struct text_line *l, unsigned from, const struct text_type *type)
{
    static cairo_glyph_t glyphs[TEXT_GLYPHS_MAX];
    unsigned i = from, n = 0;

    for (; i < l->n && l->glyphs[i].font == l->glyphs[from].font; i++)
        glyphs[n++] = (cairo_glyph_t){l->glyphs[i].id,
                                      x + (double)l->glyphs[i].x * (double)type->size +
                                          i * (double)type->spacing,
                                      y + (double)l->glyphs[i].y * (double)type->size};
    cairo_set_font_face(cr, t->fonts.font[l->glyphs[from].font].drawer);
    cairo_set_font_size(cr, (double)type->size);
    cairo_new_path(cr);
    cairo_glyph_path(cr, glyphs, (int)n);
    cairo_fill(cr);
    return i;
}

void text_draw(struct text *t, cairo_t *cr, double x, double y, const char *utf8, size_t len,
               const struct text_type *type)
{
    const struct text_line *l = text_shape(t, utf8, len, type);

    for (unsigned i = 0; i < l->n;) {
        const struct text_glyph *g = &l->glyphs[i];

        if (g->font == FONT_NONE) {
            draw_box(t, cr, x + (double)g->x * (double)type->size + i * (double)type->spacing, y,
                     g->id, (double)type->size);
            i++;
        } else {
            i = draw_glyphs(t, cr, x, y, l, i, type);
        }
    }
}

void text_finish(struct text *t)
{
    for (unsigned i = 0; t->cache && i < TEXT_CACHE; i++)
        drop(&t->cache[i]);
    explicit_bzero(&work, sizeof work);
    free(t->cache);
    font_finish(&t->fonts);
    memset(t, 0, sizeof *t);
}
