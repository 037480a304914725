/*
 * What one window is to look like, checked: UI_PAINT without its descriptor. Texts are copies, so
 * that a scene outlives the message. vitrine-render ui.
 */
#ifndef RENDER_SCENE_H
#define RENDER_SCENE_H
#include "lib/ui/layout.h"
#include "lib/ui/scene.h"
#include "render/crowd.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCENE_WORDS_MAX 256
#define SCENE_ROWS_MAX 16
#define SCENE_CONTROLS_MAX 64

struct scene_row {
    uint8_t kind; /* 0 waiting, 1 in the session */
    uint16_t badges;
    char untrusted_name[65];
};

struct scene {
    uint8_t window, variant, theme, language;
    bool mirrored, still;   /* right to left; reduced motion */
    uint16_t scale;         /* 256 = 1.0 */
    uint32_t width, height; /* device pixels */
    bool told[UI_SLOTS];    /* the broker sent this slot */
    uint32_t number[UI_SLOTS];
    char words[UI_SLOTS][SCENE_WORDS_MAX + 1]; /* terminated; names among them are untrusted */
    uint16_t look[SCENE_CONTROLS_MAX];
    unsigned n_rows;
    struct scene_row rows[SCENE_ROWS_MAX];
    const struct crowd *crowd; /* whom those named may be taken for; NULL: nobody else is there */
};

/* Sets one value, look or row; false: that slot or control does not exist, or the text is too long
   or holds a zero byte. Window and variant must be set before looks. */
bool scene_set_value(struct scene *s, unsigned slot, uint32_t number, const uint8_t *words,
                     size_t len);
bool scene_set_look(struct scene *s, unsigned control, uint16_t look);
bool scene_add_row(struct scene *s, unsigned kind, uint16_t badges, const uint8_t *name,
                   size_t len);
/* True when window, variant, scale and size are possible, and the size is that of the window at
 * that scale. */
bool scene_check(const struct scene *s);
/* Wipes it: it may hold a password. */
void scene_finish(struct scene *s);

#endif
