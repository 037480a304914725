/* Checks what the broker wants painted. vitrine-render ui. */
#include "render/scene.h"
#include <string.h>

static bool copy_text(char *out, size_t cap, const uint8_t *bytes, size_t len)
{
    if (len >= cap || (len > 0 && memchr(bytes, 0, len)))
        return false;
    if (len > 0)
        memcpy(out, bytes, len);
    out[len] = '\0';
    return true;
}

bool scene_set_value(struct scene *s, unsigned slot, uint32_t number, const uint8_t *words,
                     size_t len)
{
    if (slot >= UI_SLOTS)
        return false;
    s->told[slot] = true;
    s->number[slot] = number;
    return copy_text(s->words[slot], sizeof s->words[slot], words, len);
}

bool scene_set_look(struct scene *s, unsigned control, uint16_t look)
{
    const struct ui_layout *l = ui_layout_get(s->window, s->variant);

    if (!l || control >= l->n_controls || control >= SCENE_CONTROLS_MAX)
        return false;
    s->look[control] = look;
    return true;
}

bool scene_add_row(struct scene *s, unsigned kind, uint16_t badges, const uint8_t *name, size_t len)
{
    struct scene_row *r = &s->rows[s->n_rows];

    if (s->n_rows == SCENE_ROWS_MAX || kind > 1 ||
        !copy_text(r->untrusted_name, sizeof r->untrusted_name, name, len))
        return false;
    r->kind = (uint8_t)kind;
    r->badges = badges;
    s->n_rows++;
    return true;
}

static bool size_is(uint32_t got, unsigned logical, unsigned scale)
{
    return got == (uint32_t)ui_px((int)logical, scale);
}

bool scene_check(const struct scene *s)
{
    const struct ui_layout *l = ui_layout_get(s->window, s->variant);

    if (!l || s->scale < 256 || s->scale > 768)
        return false;
    if (!l->resizable)
        return size_is(s->width, l->w, s->scale) && size_is(s->height, l->h, s->scale);
    return s->width >= (uint32_t)ui_px(UI_VIEWER_MIN_W, s->scale) &&
           s->height >= (uint32_t)ui_px(UI_VIEWER_MIN_H, s->scale) && s->width <= 16384 &&
           s->height <= 16384;
}

void scene_finish(struct scene *s)
{
    explicit_bzero(s, sizeof *s);
}
