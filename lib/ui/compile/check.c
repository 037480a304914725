/* ui-compile: what must be true of the two files besides their form. */
#include "lib/ui/compile/compile.h"
#include <stdio.h>
#include <string.h>

/* Smallest targets of ui.md 3: 40 wide, 32 high. The close and page
   buttons are 40 x 32 and more. */
#define TARGET_W 40
#define TARGET_H 32

static bool is_target(const struct cc_box *b)
{
    return b->present && strcmp(b->kind, "area") != 0;
}

static bool overlap(const struct cc_box *a, const struct cc_box *b)
{
    return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h;
}

static void check_box(struct cc *c, const struct cc_window *w, int v, int i)
{
    const struct cc_box *b = &w->box[v][i];

    if (!is_target(b))
        return;
    if (b->w < TARGET_W || b->h < TARGET_H)
        cc_complain(c, w->name, v, "%s is too small to hit", w->ids[i]);
    if (b->x < 0 || b->y < 0 || b->x + b->w > w->w || b->y + b->h > w->h)
        cc_complain(c, w->name, v, "%s leaves the window", w->ids[i]);
    for (int k = i + 1; k < w->n_controls; k++)
        if (is_target(&w->box[v][k]) && overlap(b, &w->box[v][k]))
            cc_complain(c, w->name, v, "%s and %s overlap", w->ids[i], w->ids[k]);
    if (b->n_faces == 0)
        cc_complain(c, w->name, v, "%s has no label", w->ids[i]);
    for (int f = 0; f < b->n_faces; f++)
        if (cc_string_find(c, b->faces[f].label) < 0)
            cc_complain(c, w->name, v, "no string %s", b->faces[f].label);
}

static void check_window(struct cc *c, const struct cc_window *w)
{
    if (w->w <= 0 || w->h <= 0)
        cc_complain(c, w->name, 0, "has no size");
    for (int v = 0; v < w->n_variants; v++)
        for (int i = 0; i < w->n_controls; i++)
            check_box(c, w, v, i);
}

void cc_check(struct cc *c)
{
    for (int i = 0; i < c->n_windows; i++)
        check_window(c, &c->windows[i]);
    for (int i = 1; i < c->n_strings; i++)
        for (int l = 0; l < CC_LANGUAGES; l++)
            if (!c->strings[i].text[l][2])
                cc_complain(c, c->strings[i].id, l, "has no text in that language");
    for (int i = 0; i < c->n_errors; i++) {
        char id[2 * CC_ID];

        snprintf(id, sizeof id, "err.%s.title", c->errors[i].code);
        if (cc_string_find(c, id) < 0)
            cc_complain(c, c->errors[i].code, 0, "has no title");
    }
}
