/* The sheet of sealed labels: white on black, each as it stands in its control. vitrine-render ui.
 * No foreign text is on it, and none is known to the painter that is asked for it. */
#include "lib/ui/labels.h"
#include "render/controls.h"
#include "render/parts.h"
#include "render/screens.h"
#include <stdio.h>

#define WHITE COLOUR_ONLIVE /* so in every theme */
#define BASELINE 16

static void control(struct painter *p, const struct ui_label *l, struct place at)
{
    const struct ui_box *b = &ui_layout_get(l->window, l->variant)->controls[l->control];
    const struct ui_face *f = &b->faces[l->face];

    if (l->part == UI_LABEL_ICON)
        choice_icon(p, at, f, WHITE);
    else if (f->kind == UI_KIND_RADIO)
        choice_words(p, at, f, l->part == UI_LABEL_WORDS_CHOSEN, WHITE);
    else
        control_words(p, at, f, WHITE, 0);
}

static void label(struct painter *p, const struct ui_label *l)
{
    struct place at = {l->at.x, l->at.y, l->at.w, l->at.h};
    char text[256];

    switch (l->part) {
    case UI_LABEL_TICK:
        choice_tick(p, at.x, at.y, WHITE);
        break;
    case UI_LABEL_DIGIT:
        snprintf(text, sizeof text, "%u", l->face);
        canvas_text(&p->c, at.x + at.w / 2, at.y + BASELINE, UI_STYLE_CAPTION, WHITE,
                    CANVAS_MIDDLE | CANVAS_TABULAR | CANVAS_LTR, text);
        break;
    case UI_LABEL_SESSION:
        canvas_text(&p->c, at.x + at.w, at.y + BASELINE, UI_STYLE_CAPTION, WHITE, CANVAS_END,
                    part_text(p, text, UI_STR_FOOT_SESSION, 0, ""));
        break;
    default:
        control(p, l, at);
    }
}

void screen_labels(struct painter *p)
{
    struct ui_label labels[UI_LABELS_MAX];
    unsigned n = ui_labels(labels);

    /* The memory is new, and so is black: filling it would only make the kernel find all of it. */
    for (unsigned i = 0; i < n; i++) {
        const struct ui_rect *r = &labels[i].at;

        canvas_clip(&p->c, (struct place){r->x, r->y, r->w, r->h});
        label(p, &labels[i]);
        canvas_unclip(&p->c);
    }
}
