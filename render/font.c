/* Opens fonts from descriptors. vitrine-render ui, before it locks itself in; the files are the
 * system's. */
#include "render/font.h"
#include <cairo-ft.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_TRUETYPE_TABLES_H
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define FONT_BYTES_MAX (64 << 20)

int font_init(struct fonts *f)
{
    memset(f, 0, sizeof *f);
    return FT_Init_FreeType(&f->library) ? -1 : 0;
}

static int map_file(struct font *t, int fd)
{
    struct stat st;

    if (fstat(fd, &st) || st.st_size <= 0 || st.st_size > FONT_BYTES_MAX)
        return -1;
    t->map_len = (size_t)st.st_size;
    t->map = mmap(NULL, t->map_len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (t->map == MAP_FAILED) {
        t->map = NULL;
        return -1;
    }
    return 0;
}

static uint16_t weight_of(FT_Face face)
{
    const TT_OS2 *os2 = FT_Get_Sfnt_Table(face, FT_SFNT_OS2);

    if (os2 && os2->version != 0xffff && os2->usWeightClass >= 100 && os2->usWeightClass <= 900)
        return os2->usWeightClass;
    return face->style_flags & FT_STYLE_FLAG_BOLD ? 700 : 400;
}

static uint8_t family_of(struct fonts *f, const struct font *t)
{
    for (unsigned i = 0; i < f->n; i++)
        if (f->font[i].face->family_name && t->face->family_name &&
            strcmp(f->font[i].face->family_name, t->face->family_name) == 0)
            return f->font[i].family;
    return (uint8_t)f->n_families++;
}

static int open_shaper(struct font *t)
{
    hb_blob_t *blob =
        hb_blob_create(t->map, (unsigned)t->map_len, HB_MEMORY_MODE_READONLY, NULL, NULL);
    hb_face_t *face = hb_face_create(blob, 0);

    t->units = (uint16_t)hb_face_get_upem(face);
    t->shaper = hb_font_create(face); /* its scale is the em: positions are font units */
    hb_face_destroy(face);
    hb_blob_destroy(blob);
    t->drawer = cairo_ft_font_face_create_for_ft_face(t->face, 0);
    return t->units > 0 && cairo_font_face_status(t->drawer) == CAIRO_STATUS_SUCCESS ? 0 : -1;
}

static void close_font(struct font *t)
{
    if (t->drawer)
        cairo_font_face_destroy(t->drawer);
    if (t->shaper)
        hb_font_destroy(t->shaper);
    if (t->face)
        FT_Done_Face(t->face);
    if (t->map)
        munmap(t->map, t->map_len);
    memset(t, 0, sizeof *t);
}

int font_add(struct fonts *f, int fd)
{
    struct font t = {0};

    if (f->n == MAX_FDS || map_file(&t, fd))
        return -1;
    if (FT_New_Memory_Face(f->library, t.map, (FT_Long)t.map_len, 0, &t.face) ||
        !FT_IS_SCALABLE(t.face) || open_shaper(&t)) {
        close_font(&t);
        return -1;
    }
    t.weight = weight_of(t.face);
    t.family = family_of(f, &t);
    f->font[f->n++] = t;
    return 0;
}

unsigned font_pick(const struct fonts *f, unsigned family, unsigned weight)
{
    unsigned best = 0, distance = 10000;

    for (unsigned i = 0; i < f->n; i++) {
        unsigned w = f->font[i].weight, d = w > weight ? w - weight : weight - w;

        if (f->font[i].family == family && d < distance) {
            best = i;
            distance = d;
        }
    }
    return best;
}

bool font_has(const struct fonts *f, unsigned font, uint32_t character)
{
    hb_codepoint_t glyph;

    return font < f->n && hb_font_get_nominal_glyph(f->font[font].shaper, character, &glyph);
}

unsigned font_for(const struct fonts *f, uint32_t character, unsigned weight)
{
    for (unsigned family = 0; family < f->n_families; family++) {
        unsigned i = font_pick(f, family, weight);

        if (font_has(f, i, character))
            return i;
    }
    return FONT_NONE;
}

void font_finish(struct fonts *f)
{
    for (unsigned i = 0; i < f->n; i++)
        close_font(&f->font[i]);
    if (f->library)
        FT_Done_FreeType(f->library);
    memset(f, 0, sizeof *f);
}
