/* Looks up compiled rectangles and places them. Broker and painter; trusts the compiled tables
 * only. */
#include "lib/ui/layout.h"
#include <stddef.h>
#include <string.h>

const struct ui_layout *ui_layout_get(unsigned window, unsigned variant)
{
    if (variant >= ui_layout_variants(window))
        return NULL;
    return &ui_window_table[window].variants[variant];
}

unsigned ui_layout_variants(unsigned window)
{
    return window < UI_WINDOWS ? ui_window_table[window].n_variants : 0;
}

struct ui_rect ui_box_place(const struct ui_layout *l, const struct ui_box *b, int w, int h,
                            bool mirrored)
{
    int dw = w - l->w, dh = h - l->h;
    struct ui_rect r = {b->x, b->y, b->w, b->h};

    if (b->hold_x == 'r')
        r.x += dw;
    else if (b->hold_x == 'c')
        r.x += dw / 2;
    else if (b->hold_x == 'w')
        r.w += dw;
    if (b->hold_y == 'b')
        r.y += dh;
    else if (b->hold_y == 'm')
        r.y += dh / 2;
    else if (b->hold_y == 'h')
        r.h += dh;
    if (mirrored)
        r.x = w - r.x - r.w;
    return r;
}

int ui_px(int edge, unsigned scale)
{
    int v = edge * (int)scale + 128;

    return v >= 0 ? v / 256 : -((-v + 255) / 256);
}

struct ui_rect ui_rect_px(struct ui_rect logical, unsigned scale)
{
    int x = ui_px(logical.x, scale), y = ui_px(logical.y, scale);

    return (struct ui_rect){x, y, ui_px(logical.x + logical.w, scale) - x,
                            ui_px(logical.y + logical.h, scale) - y};
}

static unsigned face_wanted(unsigned window, const char *id, const struct ui_facts *f)
{
    if (strcmp(id, "share") == 0)
        return f->sharing == UI_SHARING_ON || f->sharing == UI_SHARING_PAUSED;
    if (strcmp(id, "pause") == 0)
        return f->sharing == UI_SHARING_PAUSED ? 1 : f->sharing == UI_SHARING_OTHER ? 2 : 0;
    if (strcmp(id, "lock") == 0)
        return f->locked != 0;
    if (strcmp(id, "mk_presenter") == 0)
        return f->theirs != 0;
    if (strcmp(id, "allow_ctl") == 0)
        return f->controls != 0;
    if (strcmp(id, "details") == 0)
        return f->details != 0;
    if (window == UI_JOIN && strcmp(id, "join") == 0)
        return f->error != 0;
    if (window == UI_VIEWER && strcmp(id, "ask") == 0)
        return f->mine;
    if ((window == UI_CONSENT_SHARE || window == UI_CONSENT_CONTROL) && strcmp(id, "yes") == 0)
        return f->what;
    return 0;
}

const struct ui_face *ui_face_now(unsigned window, const struct ui_box *b, const struct ui_facts *f)
{
    unsigned i = b->n_faces > 1 ? face_wanted(window, b->id, f) : 0;

    return &b->faces[i < b->n_faces ? i : 0];
}

const struct ui_error_row *ui_error_get(unsigned error)
{
    return error > UI_ERROR_NONE && error < UI_ERRORS ? &ui_error_table[error] : NULL;
}
