/*
 * ui-compile: measures every text with the real font, without kerning (which only makes it
 * narrower). The ladder is the painter's: own size, then 13; then the build fails. A second line is
 * only where the table says that there is room for it.
 */
#include "lib/ui/compile/compile.h"
#include "lib/ui/style.h"
#include <ft2build.h>
#include FT_FREETYPE_H
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct ui_style_row styles[] = UI_STYLE_TABLE;
static const char *const folders[] = {"/usr/share/fonts/opentype/inter", "/usr/share/fonts/inter",
                                      "/usr/share/fonts/truetype/inter"};
static FT_Face faces[3]; /* 400, 500, 600 */

static bool open_fonts(FT_Library lib)
{
    static const char *const files[] = {"Inter-Regular.otf", "Inter-Medium.otf",
                                        "Inter-SemiBold.otf"};
    char path[256];

    for (size_t d = 0; d < sizeof folders / sizeof folders[0]; d++) {
        int got = 0;

        for (int i = 0; i < 3; i++) {
            snprintf(path, sizeof path, "%s/%s", folders[d], files[i]);
            got += access(path, R_OK) == 0 && FT_New_Face(lib, path, 0, &faces[i]) == 0;
        }
        if (got == 3)
            return true;
    }
    return false;
}

static unsigned long next_char(const char **p)
{
    unsigned long c = (unsigned char)*(*p)++;
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

    c &= more ? 0x3fUL >> more : 0x7fUL;
    for (; more > 0 && **p; more--)
        c = c << 6 | ((unsigned char)*(*p)++ & 0x3fUL);
    return c;
}

static double width(const char *text, size_t len, int size, int weight)
{
    FT_Face f = faces[(weight - 400) / 100];
    const char *p = text;
    double w = 0;

    while (p < text + len)
        if (FT_Load_Char(f, next_char(&p), FT_LOAD_NO_SCALE) == 0)
            w += (double)f->glyph->metrics.horiAdvance;
    return w * size / f->units_per_EM;
}

static void fill(char *out, size_t cap, const char *text)
{
    size_t n = 0;

    for (const char *p = text; *p && n + 12 < cap;) {
        if (p[0] == '{' && p[1] && p[2] == '}') {
            n += (size_t)snprintf(out + n, cap - n, "%s", p[1] == 's' ? "482 915 306" : "128");
            p += 3;
        } else {
            out[n++] = *p++;
        }
    }
    out[n] = '\0';
}

/* Lines a text needs when broken at spaces; 99 when one word is wider than the room. */
static int lines_needed(const char *text, int size, int weight, int room)
{
    int lines = 1;
    double at = 0, space = width(" ", 1, size, weight);

    while (*text) {
        size_t n = strcspn(text, " ");
        double w = width(text, n, size, weight);

        if (w > room)
            return 99;
        if (at > 0 && at + space + w > room) {
            lines++;
            at = w;
        } else {
            at += (at > 0 ? space : 0) + w;
        }
        text += n;
        text += strspn(text, " ");
    }
    return lines;
}

static bool fits(const char *text, const struct ui_style_row *st, int room, int lines)
{
    if (lines_needed(text, st->size, st->weight, room) <= lines)
        return true;
    return st->size <= 15 && lines_needed(text, 13, st->weight, room) <= lines;
}

static void measure_string(struct cc *c, const struct cc_string *s)
{
    char text[1024];

    for (int l = 0; l < CC_LANGUAGES; l++)
        for (int f = 0; f < CC_FORMS; f++)
            if (s->text[l][f]) {
                fill(text, sizeof text, s->text[l][f]);
                if (!fits(text, &styles[s->style], s->width, s->lines))
                    cc_complain(c, s->id, l, "does not fit %d x %d: %s", s->width, s->lines, text);
            }
}

/* Room and type of a control's label, as the painter draws it; false:
   its label stands elsewhere. */
static bool label_room(const struct cc_window *w, const struct cc_box *b, const struct cc_face *f,
                       struct ui_style_row *st, int *room)
{
    bool link = strcmp(f->kind, "link") == 0, icon = strcmp(f->icon, "none") != 0;

    if (strcmp(f->kind, "icon") == 0 || strcmp(f->kind, "row") == 0)
        return false;
    *st = (struct ui_style_row){b->h < 40 ? 13 : 15, 19, 600};
    *room = b->w - 16 - (icon ? 26 : 0);
    if (strcmp(f->kind, "field") == 0) {
        *st = styles[UI_STYLE_LABEL5];
        *room = b->w;
    } else if (strcmp(f->kind, "radio") == 0 || strcmp(f->kind, "toggle") == 0) {
        *st = styles[UI_STYLE_HEAD];
        *room = b->w - (b->h > 44 || strcmp(f->kind, "toggle") == 0 ? 8
                        : b->h < 40                                 ? 38
                                                                    : 50); /* pills */
    } else if (strcmp(f->kind, "check") == 0) {
        *st = styles[UI_STYLE_LABEL5];
        *room = b->w - 36;
    } else if (link && b->h < 40 && b->y + b->h >= w->h - 40) { /* in the footer, with an icon */
        *st = styles[UI_STYLE_CAPTION];
        *room = b->w - 42;
    }
    return true;
}

static void measure_label(struct cc *c, const struct cc_window *w, const struct cc_box *b,
                          const struct cc_face *f)
{
    const struct cc_string *s = &c->strings[cc_string_find(c, f->label)];
    struct ui_style_row st;
    int room;

    if (!label_room(w, b, f, &st, &room))
        return;
    for (int l = 0; l < CC_LANGUAGES; l++) {
        struct ui_style_row small = {13, 19, st.weight};
        char text[256];

        fill(text, sizeof text, s->text[l][2]);
        if (lines_needed(text, st.size, st.weight, room * 2) > 1 ||
            (width(text, strlen(text), st.size, st.weight) > room &&
             width(text, strlen(text), small.size, small.weight) > room))
            cc_complain(c, w->name, l, "label %s does not fit %d: %s", f->label, room, text);
    }
}

int cc_measure(struct cc *c)
{
    FT_Library lib;

    if (FT_Init_FreeType(&lib) || !open_fonts(lib))
        return -1;
    for (int i = 1; i < c->n_strings; i++)
        if (c->strings[i].width > 0)
            measure_string(c, &c->strings[i]);
    for (int i = 0; i < c->n_windows; i++)
        for (int v = 0; v < c->windows[i].n_variants; v++)
            for (int k = 0; k < c->windows[i].n_controls; k++)
                for (int f = 0; f < c->windows[i].box[v][k].n_faces; f++)
                    measure_label(c, &c->windows[i], &c->windows[i].box[v][k],
                                  &c->windows[i].box[v][k].faces[f]);
    FT_Done_FreeType(lib);
    return c->n_strings;
}
