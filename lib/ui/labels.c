/* What is on the sheet of sealed labels. Broker and painter; trusts the compiled tables only. */
#include "lib/ui/labels.h"

#define GAP 4 /* multiples of 4: whole device pixels at every scale */
#define DIGIT_H 24

struct sheet {
    struct ui_label *out;
    unsigned n;
    int x, y, high; /* of the row being filled */
};

bool ui_label_sealed(unsigned window, unsigned control)
{
    switch (window) {
    case UI_CONSENT_SHARE: /* the others only turn over the list */
        return control != UI_CONSENT_SHARE_ALL && control != UI_CONSENT_SHARE_PREV &&
               control != UI_CONSENT_SHARE_NEXT;
    case UI_ADMIT:
    case UI_CONSENT_CONTROL:
    case UI_CONTROL_WHOLE:
    case UI_WORDS:
    case UI_PRESENT:
    case UI_END_ASK:
    case UI_KEY_CHANGED:
    case UI_SHARING_BAR_CONTROL:
        return true;
    case UI_SHARING_BAR:
        return control != UI_SHARING_BAR_SEE; /* it answers nothing */
    case UI_HOST_PANEL:
        return control == UI_HOST_PANEL_ADMIT || control == UI_HOST_PANEL_REFUSE;
    default:
        return false;
    }
}

static int up4(int v)
{
    return (v + 3) / 4 * 4;
}

static void put(struct sheet *s, struct ui_label label, int w, int h)
{
    const struct ui_layout *l = ui_layout_get(UI_LABELS, 0);
    if (s->n == UI_LABELS_MAX)
        return;
    if (s->x + w > l->w) {
        s->x = 0;
        s->y += s->high;
        s->high = 0;
    }
    label.at = (struct ui_rect){s->x, s->y, w, h};
    s->x += up4(w) + GAP;
    if (up4(h) + GAP > s->high)
        s->high = up4(h) + GAP;
    s->out[s->n++] = label;
}

static void put_face(struct sheet *s, struct ui_label label, const struct ui_box *b)
{
    const struct ui_face *f = &b->faces[label.face];
    label.part = UI_LABEL_WORDS;
    put(s, label, b->w, b->h);
    if (f->kind != UI_KIND_RADIO)
        return;
    label.part = UI_LABEL_WORDS_CHOSEN;
    put(s, label, b->w, b->h);
    label.part = UI_LABEL_ICON;
    if (f->icon != UI_ICON_NONE)
        put(s, label, b->w, b->h);
}

static void put_window(struct sheet *s, unsigned window, unsigned variant)
{
    const struct ui_layout *l = ui_layout_get(window, variant);
    for (uint8_t c = 0; c < l->n_controls; c++) {
        const struct ui_box *b = &l->controls[c];
        struct ui_label label = {
            .window = (uint8_t)window, .variant = (uint8_t)variant, .control = c};
        if (b->kind == UI_KIND_NONE || !ui_label_sealed(window, c))
            continue;
        for (; label.face < b->n_faces; label.face++)
            put_face(s, label, b);
    }
}

unsigned ui_labels(struct ui_label out[UI_LABELS_MAX])
{
    struct sheet s = {.out = out};
    for (unsigned w = 0; w < UI_WINDOWS; w++)
        for (unsigned v = 0; v < ui_layout_variants(w); v++)
            put_window(&s, w, v);
    put(&s, (struct ui_label){.part = UI_LABEL_TICK}, UI_LABEL_TICK_W, UI_LABEL_TICK_W);
    for (uint8_t d = 0; d < 10; d++)
        put(&s, (struct ui_label){.part = UI_LABEL_DIGIT, .face = d}, UI_LABEL_DIGIT_W, DIGIT_H);
    put(&s, (struct ui_label){.part = UI_LABEL_SESSION}, UI_LABEL_SESSION_W, DIGIT_H);
    return s.n;
}
