/* Words on a window's picture. vitrine-render ui. */
#include "render/canvas.h"
#include "render/name.h"
#include <math.h>
#include <string.h>

#define SMALLEST 13 /* ui.md 5: nothing below */
#define LINES_MAX 8
#define ELLIPSIS "\xe2\x80\xa6"

static const struct ui_style_row styles[UI_STYLES] = UI_STYLE_TABLE;

static struct text_type type_of(const struct canvas *c, double size, unsigned weight,
                                unsigned flags)
{
    return (struct text_type){.size = (float)(size * c->scale / 256),
                              .weight = (uint16_t)weight,
                              .tabular = (flags & CANVAS_TABULAR) != 0,
                              .mirrored = c->mirrored && !(flags & CANVAS_LTR),
                              .foreign = (flags & CANVAS_FOREIGN) != 0,
                              .fleeting = (flags & CANVAS_SECRET) != 0};
}

static double width_of(struct canvas *c, const char *text, size_t len, const struct text_type *t)
{
    return text_width(c->text, text, len, t) * 256 / c->scale;
}

static double draw(struct canvas *c, double x, double y, enum colour colour, unsigned flags,
                   const struct text_type *t, const char *text, size_t len)
{
    double width = text_width(c->text, text, len, t), start = x * c->scale / 256;
    uint32_t v = c->theme->rgb[colour];

    if (flags & CANVAS_MIDDLE)
        start -= width / 2;
    else if (flags & CANVAS_END)
        start -= width;
    if (c->mirrored)
        start = (double)c->w * c->scale / 256 - start - width;
    cairo_set_source_rgb(c->cr, (v >> 16 & 255) / 255.0, (v >> 8 & 255) / 255.0, (v & 255) / 255.0);
    /* The baseline stands on a whole pixel: feet of letters stay sharp. */
    text_draw(c->text, c->cr, start, floor(y * c->scale / 256 + 0.5), text, len, t);
    return width * 256 / c->scale;
}

double canvas_text_width(struct canvas *c, enum ui_style style, unsigned flags, const char *text)
{
    struct text_type t = type_of(c, styles[style].size, styles[style].weight, flags);

    return width_of(c, text, strlen(text), &t);
}

double canvas_text(struct canvas *c, double x, double y, enum ui_style style, enum colour colour,
                   unsigned flags, const char *text)
{
    return canvas_text_spaced(c, x, y, style, colour, flags, 0, text);
}

double canvas_text_spaced(struct canvas *c, double x, double y, enum ui_style style,
                          enum colour colour, unsigned flags, double spacing, const char *text)
{
    struct text_type t = type_of(c, styles[style].size, styles[style].weight, flags);

    t.spacing = (float)(spacing * c->scale / 256);
    return draw(c, x, y, colour, flags, &t, text, strlen(text));
}

/* Longest beginning of a text that fits with an ellipsis after it; whole graphemes. */
static size_t cut(struct canvas *c, char *out, size_t cap, const char *text, size_t len,
                  double room, const struct text_type *t)
{
    size_t n = name_graphemes(text, len), bytes = 0;

    for (; n > 0; n--) {
        bytes = name_prefix(text, len, n);
        while (bytes > 0 && text[bytes - 1] == ' ')
            bytes--;
        if (bytes + sizeof ELLIPSIS > cap)
            continue;
        memcpy(out, text, bytes);
        memcpy(out + bytes, ELLIPSIS, sizeof ELLIPSIS);
        if (width_of(c, out, bytes + sizeof ELLIPSIS - 1, t) <= room)
            return bytes + sizeof ELLIPSIS - 1;
    }
    memcpy(out, ELLIPSIS, sizeof ELLIPSIS);
    return sizeof ELLIPSIS - 1;
}

static double draw_cut(struct canvas *c, double x, double y, double room, enum colour colour,
                       unsigned flags, const struct text_type *t, const char *text, size_t len)
{
    char shortened[1024];

    if (width_of(c, text, len, t) <= room)
        return draw(c, x, y, colour, flags, t, text, len);
    len = cut(c, shortened, sizeof shortened, text, len, room, t);
    return draw(c, x, y, colour, flags, t, shortened, len);
}

double canvas_text_cut(struct canvas *c, double x, double y, double room, enum ui_style style,
                       enum colour colour, unsigned flags, const char *text)
{
    struct text_type t = type_of(c, styles[style].size, styles[style].weight, flags);

    return draw_cut(c, x, y, room, colour, flags, &t, text, strlen(text));
}

void canvas_label(struct canvas *c, double x, double y, double room, enum ui_style style,
                  enum colour colour, unsigned flags, const char *text)
{
    struct text_type t = type_of(c, styles[style].size, styles[style].weight, flags);

    if (width_of(c, text, strlen(text), &t) > room && styles[style].size > SMALLEST) {
        t = type_of(c, SMALLEST, styles[style].weight, flags);
        y -= 0.36 * (styles[style].size - SMALLEST);
    }
    draw_cut(c, x, y, room, colour, flags, &t, text, strlen(text));
}

struct lines {
    unsigned n;
    bool complete; /* false: the last line holds all the rest */
    size_t from[LINES_MAX], len[LINES_MAX];
};

/* Breaks at spaces. A word wider than the room stands alone on its line. */
static struct lines wrap(struct canvas *c, const char *text, double room, unsigned most,
                         const struct text_type *t)
{
    struct lines l = {.complete = true};
    size_t at = 0, all = strlen(text);

    while (at < all && l.n < most) {
        size_t end = at + strcspn(text + at, " "), next;

        while (end < all) {
            next = end + strspn(text + end, " ");
            next += strcspn(text + next, " ");
            if (width_of(c, text + at, next - at, t) > room)
                break;
            end = next;
        }
        l.from[l.n] = at;
        l.len[l.n++] = end - at;
        at = end + strspn(text + end, " ");
    }
    if (at < all && l.n > 0) {
        l.len[l.n - 1] = all - l.from[l.n - 1];
        l.complete = false;
    }
    return l;
}

static bool fits(struct canvas *c, const char *text, const struct lines *l, double room,
                 const struct text_type *t)
{
    for (unsigned i = 0; i < l->n; i++)
        if (width_of(c, text + l->from[i], l->len[i], t) > room)
            return false;
    return l->complete;
}

static void draw_lines(struct canvas *c, double x, double y, double room, double line,
                       enum colour colour, unsigned flags, const struct text_type *t,
                       const char *text, const struct lines *l)
{
    for (unsigned i = 0; i < l->n; i++)
        draw_cut(c, x, y + i * line, room, colour, flags, t, text + l->from[i], l->len[i]);
}

unsigned canvas_paragraph(struct canvas *c, double x, double y, double room, unsigned lines,
                          enum ui_style style, enum colour colour, unsigned flags, const char *text)
{
    struct text_type t = type_of(c, styles[style].size, styles[style].weight, flags);
    struct lines l = wrap(c, text, room, lines < LINES_MAX ? lines : LINES_MAX, &t);

    draw_lines(c, x, y, room, styles[style].line, colour, flags, &t, text, &l);
    return l.n;
}

/* Bytes of the longest beginning of a text that stands in the room; one grapheme always does. */
static size_t line_holds(struct canvas *c, const char *text, double room, const struct text_type *t)
{
    size_t len = strlen(text), n = name_graphemes(text, len);

    while (n > 1 && width_of(c, text, name_prefix(text, len, n), t) > room)
        n--;
    return name_prefix(text, len, n);
}

unsigned canvas_broken_lines(struct canvas *c, double room, enum ui_style style, unsigned flags,
                             const char *text)
{
    struct text_type t = type_of(c, styles[style].size, styles[style].weight, flags);
    unsigned lines = 0;

    for (; *text; lines++)
        text += line_holds(c, text, room, &t);
    return lines;
}

void canvas_broken(struct canvas *c, double x, double y, double room, double line,
                   enum ui_style style, enum colour colour, unsigned flags, const char *text)
{
    struct text_type t = type_of(c, styles[style].size, styles[style].weight, flags);

    for (size_t n; *text; text += n, y += line) {
        n = line_holds(c, text, room, &t);
        draw(c, x, y, colour, flags, &t, text, n);
    }
}

struct fitted {
    struct text_type type;
    struct lines lines;
    double line; /* distance of baselines */
};

/* The ladder of ui.md 11: own size, then 13. The build has made sure that one of them fits. */
static struct fitted fit(struct canvas *c, double room, unsigned lines, enum ui_style style,
                         unsigned flags, const char *text)
{
    struct fitted f = {.type = type_of(c, styles[style].size, styles[style].weight, flags),
                       .line = styles[style].line};

    f.lines = wrap(c, text, room, lines, &f.type);
    if (styles[style].size > 15 || fits(c, text, &f.lines, room, &f.type))
        return f;
    f.type = type_of(c, SMALLEST, styles[style].weight, flags);
    f.line = styles[UI_STYLE_CAPTION].line;
    f.lines = wrap(c, text, room, lines, &f.type);
    return f;
}

static unsigned draw_sentence(struct canvas *c, double x, double y, double room, unsigned lines,
                              enum ui_style style, enum colour colour, unsigned flags,
                              const char *text)
{
    struct fitted f = fit(c, room, lines, style, flags, text);

    draw_lines(c, x, y, room, f.line, colour, flags, &f.type, text, &f.lines);
    return f.lines.n;
}

unsigned canvas_string_lines(struct canvas *c, enum ui_string string, const struct ui_args *args)
{
    const struct ui_string_row *r = ui_string_get(string);
    char text[1024];

    ui_string_format(text, sizeof text, string, c->language, args);
    return fit(c, r->width, r->lines, r->style, 0, text).lines.n;
}

unsigned canvas_string(struct canvas *c, double x, double y, enum ui_string string,
                       enum colour colour, unsigned flags, const struct ui_args *args)
{
    const struct ui_string_row *r = ui_string_get(string);

    return canvas_string_in(c, x, y, r->width, r->lines, string, colour, flags, args);
}

unsigned canvas_string_in(struct canvas *c, double x, double y, double room, unsigned lines,
                          enum ui_string string, enum colour colour, unsigned flags,
                          const struct ui_args *args)
{
    char text[1024];

    ui_string_format(text, sizeof text, string, c->language, args);
    return draw_sentence(c, x, y, room, lines, ui_string_get(string)->style, colour, flags, text);
}
