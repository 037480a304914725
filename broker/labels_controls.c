/*
 * The controls of consent: their words from the sheet, their shapes by labels_brush.h. Runs in the
 * broker; the X server does the drawing. Must look as render/controls.c and choices.c draw the
 * same.
 */
#include "broker/labels_brush.h"
#include "broker/windows_parts.h"

void labels_words(const struct brush *b, const struct ui_label *label, int x, int y,
                  enum colour colour)
{
    const struct labels *l = &b->pane->w->labels;
    xcb_render_picture_t sheet = labels_sheet(l, b->scale, b->pane->w->model->language);
    struct ui_rect from = labels_find(l, label, b->scale, b->mirrored);
    if (sheet == XCB_NONE || from.w == 0)
        return;
    xcb_render_picture_t paint = xcb_generate_id(b->x);
    xcb_render_create_solid_fill(b->x, paint, brush_ink(b, colour, 100));
    xcb_render_composite(b->x, XCB_RENDER_PICT_OP_OVER, paint, sheet, b->to, 0, 0, (int16_t)from.x,
                         (int16_t)from.y, (int16_t)x, (int16_t)y, (uint16_t)from.w,
                         (uint16_t)from.h);
    xcb_render_free_picture(b->x, paint);
}

/* Device distance; from the other side where windows are mirrored. */
static int along(const struct brush *b, struct ui_rect in, int from, int width)
{
    int d = ui_px(from, b->scale), w = ui_px(width, b->scale);
    return b->mirrored ? in.x + in.w - d - w : in.x + d;
}

static void touch(const struct brush *b, struct ui_rect at, int round, uint16_t look,
                  enum colour colour)
{
    if (look & UI_LOOK_OFF)
        return;
    if (look & (UI_LOOK_PRESSED | UI_LOOK_HOVER))
        brush_rounded(b, at, round, colour, look & UI_LOOK_PRESSED ? 16 : 8);
}

static void two_dots(const struct brush *b, struct ui_rect at, enum colour inside)
{
    int y = at.y + at.h - ui_px(10, b->scale), d = ui_px(6, b->scale), x = at.x + at.w / 2;
    int first = x - ui_px(10, b->scale), second = x + ui_px(4, b->scale);
    brush_rounded(b, (struct ui_rect){b->mirrored ? second : first, y, d, d}, d * 128, COLOUR_CTL,
                  100);
    brush_framed(b, (struct ui_rect){b->mirrored ? first : second, y, d, d}, 3, 1, COLOUR_CTL,
                 inside);
}

static struct ui_rect guard_room(const struct brush *b, struct ui_rect at)
{
    int side = ui_px(8, b->scale), high = ui_px(3, b->scale);
    return (struct ui_rect){at.x + side, at.y + at.h - side, at.w - 2 * side, high};
}

static void guard_bar(const struct brush *b, struct ui_rect at, enum colour inside)
{
    struct ui_rect bar = guard_room(b, at);
    int high = bar.h;
    if (b->pane->w->model->flags & 2) {
        two_dots(b, at, inside);
        return;
    }
    brush_rounded(b, bar, high * 128, COLOUR_SUNKEN, 100);
    int part = (int)((long)bar.w * b->pane->view.guard / UI_GUARD_WHOLE);
    if (b->mirrored)
        bar.x += bar.w - part;
    bar.w = part;
    if (part >= high)
        brush_rounded(b, bar, high * 128, COLOUR_CTL, 100);
}

static void body(const struct brush *b, struct ui_rect at, struct look l, uint16_t look)
{
    int round = brush_radius(b, 8), sw = brush_stroke(b, 1.5);
    if (l.edge != COLOUR_NONE) {
        brush_framed(b, at, 8, 1.5, l.edge, l.fill);
        touch(b, brush_inset(at, sw), round - sw * 256, look, l.text);
        return;
    }
    brush_rounded(b, at, round, l.fill, 100);
    touch(b, at, round, look, l.text);
    if (b->theme->high_contrast && l.fill == COLOUR_SUNKEN)
        brush_dashed(b, at);
}

static void button(const struct brush *b, struct ui_rect at, const struct ui_face *f,
                   const struct ui_label *label, uint16_t look)
{
    struct look l = control_look(f->kind, look);
    bool waits = f->kind == UI_KIND_GRANT && b->pane->view.guard < UI_GUARD_WHOLE;
    body(b, at, l, look);
    if (waits)
        guard_bar(b, at, l.fill);
    labels_words(b, label, at.x, at.y - (waits ? ui_px(2, b->scale) : 0),
                 waits ? COLOUR_TEXT2 : l.text);
}

static void radio_body(const struct brush *b, struct ui_rect at, uint16_t look, double edge)
{
    bool chosen = look & UI_LOOK_CHOSEN, off = look & UI_LOOK_OFF;
    enum colour inside = chosen ? COLOUR_TINT : off ? COLOUR_SUNKEN : COLOUR_SURFACE;
    int sw = brush_stroke(b, edge);
    if (off && !chosen)
        brush_rounded(b, at, brush_radius(b, 8), inside, 100);
    else
        brush_framed(b, at, 8, edge, chosen ? COLOUR_ACCENT : COLOUR_CTL, inside);
    touch(b, brush_inset(at, sw), brush_radius(b, 8) - sw * 256, look, COLOUR_TEXT);
    if (off && !chosen && b->theme->high_contrast)
        brush_dashed(b, at);
}

static void tick(const struct brush *b, struct ui_rect at)
{
    const struct ui_label mark = {.part = UI_LABEL_TICK};
    int d = ui_px(18, b->scale), y = at.y + ui_px(8, b->scale);
    int side = ui_px(8, b->scale), x = b->mirrored ? at.x + side : at.x + at.w - side - d;
    brush_rounded(b, (struct ui_rect){x, y, d, d}, d * 128, COLOUR_ACCENT, 100);
    labels_words(b, &mark, b->mirrored ? x + d - ui_px(UI_LABEL_TICK_W, b->scale) : x, y,
                 COLOUR_ONACCENT);
}

static void dot(const struct brush *b, struct ui_rect at, int high, bool chosen)
{
    int d = ui_px(18, b->scale), y = at.y + (at.h - d) / 2;
    struct ui_rect ring = {along(b, at, high < 40 ? 9 : 14, 18), y, d, d};
    brush_framed(b, ring, 9, chosen ? 2 : 1.5, chosen ? COLOUR_ACCENT : COLOUR_CTL, COLOUR_SURFACE);
    if (chosen)
        brush_rounded(b, brush_inset(ring, ui_px(5, b->scale)), d * 128, COLOUR_ACCENT, 100);
}

static void radio(const struct brush *b, struct ui_rect at, const struct ui_box *box,
                  struct ui_label *label, uint16_t look)
{
    bool chosen = look & UI_LOOK_CHOSEN, tile = box->faces[0].icon != UI_ICON_NONE;
    enum colour text = chosen ? COLOUR_ONTINT : look & UI_LOOK_OFF ? COLOUR_TEXT2 : COLOUR_TEXT;
    radio_body(b, at, look, chosen ? 2 : 1);
    if (!tile)
        dot(b, at, box->h, chosen);
    label->part = chosen ? UI_LABEL_WORDS_CHOSEN : UI_LABEL_WORDS;
    labels_words(b, label, at.x, at.y, text);
    if (!tile)
        return;
    label->part = UI_LABEL_ICON;
    labels_words(b, label, at.x, at.y, chosen ? COLOUR_ONTINT : COLOUR_TEXT2);
    if (chosen)
        tick(b, at);
}

static const struct ui_face *face_of(const struct pane *p, struct label_face face, uint8_t c)
{
    const struct ui_box *box = &ui_layout_get(face.kind, face.variant)->controls[c];
    struct ui_facts facts = pane_facts(p);
    return ui_face_now(face.kind, box, &facts);
}

struct ui_rect labels_guard(const struct brush *b, struct label_face face, uint8_t c)
{
    const struct pane *p = b->pane;
    if (p->view.guard >= UI_GUARD_WHOLE || face_of(p, face, c)->kind != UI_KIND_GRANT)
        return (struct ui_rect){0};
    return guard_room(b, view_rect(&p->view, p->w->model, c));
}

void labels_control(const struct brush *b, struct label_face face, uint8_t c)
{
    struct pane *p = b->pane;
    const struct ui_box *box = &ui_layout_get(face.kind, face.variant)->controls[c];
    const struct ui_face *f = face_of(p, face, c);
    struct ui_label label = {.part = UI_LABEL_WORDS,
                             .window = face.kind,
                             .variant = face.variant,
                             .control = c,
                             .face = (uint8_t)(f - box->faces)};
    struct ui_rect at = view_rect(&p->view, p->w->model, c);
    struct ui_rect room = brush_inset(at, -ui_px(LABELS_RING, b->scale));
    uint16_t look = view_whole_look(&p->view, p->w->model, c);
    brush_fill(b, room, b->ground);
    if (look & UI_LOOK_HIDDEN)
        return;
    if (look & UI_LOOK_FOCUS)
        brush_framed(b, room, 8 + LABELS_RING, 2, COLOUR_TEXT, b->ground);
    if (f->kind == UI_KIND_RADIO)
        radio(b, at, box, &label, look);
    else
        button(b, at, f, &label, look);
}
