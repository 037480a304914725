/*
 * Draws the controls of consent, case frame, focus ring, guard bar and session number: into a
 * pixmap of the broker's own, which the window shows over the painter's pixels. Runs in the broker;
 * the X server does the drawing. Must look as render/controls.c and choices.c draw the same.
 */
#include "broker/labels_brush.h"
#include "broker/windows_parts.h"

#include <string.h>

#define RING 4 /* logical: how far a focus ring reaches beyond its control */
#define GUARD_WHOLE 1000
#define CASE 7 /* the case frame: 3 outer, 3 gap, 1 inner */
#define DIGIT_PITCH 8.25
#define NUMBER_W 168 /* room of the session number */

/* --- labels */

static void words(const struct brush *b, const struct ui_label *label, int x, int y,
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

static void guard_bar(const struct brush *b, struct ui_rect at, enum colour inside)
{
    int side = ui_px(8, b->scale), high = ui_px(3, b->scale);
    struct ui_rect bar = {at.x + side, at.y + at.h - side, at.w - 2 * side, high};
    if (b->pane->w->model->flags & 2) {
        two_dots(b, at, inside);
        return;
    }
    brush_rounded(b, bar, high * 128, COLOUR_SUNKEN, 100);
    int part = (int)((long)bar.w * b->pane->view.guard / GUARD_WHOLE);
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
    bool waits = f->kind == UI_KIND_GRANT && b->pane->view.guard < GUARD_WHOLE;
    body(b, at, l, look);
    if (waits)
        guard_bar(b, at, l.fill);
    words(b, label, at.x, at.y - (waits ? ui_px(2, b->scale) : 0), waits ? COLOUR_TEXT2 : l.text);
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
    int x = along(b, at, 0, 0), side = ui_px(8, b->scale);
    x = b->mirrored ? at.x + side : at.x + at.w - side - d;
    brush_rounded(b, (struct ui_rect){x, y, d, d}, d * 128, COLOUR_ACCENT, 100);
    words(b, &mark, b->mirrored ? x + d - ui_px(20, b->scale) : x, y, COLOUR_ONACCENT);
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
    words(b, label, at.x, at.y, text);
    if (!tile)
        return;
    label->part = UI_LABEL_ICON;
    words(b, label, at.x, at.y, chosen ? COLOUR_ONTINT : COLOUR_TEXT2);
    if (chosen)
        tick(b, at);
}

/* --- a window */

static void control(const struct brush *b, struct label_face face, uint8_t c)
{
    struct pane *p = b->pane;
    const struct ui_box *box = &ui_layout_get(face.kind, face.variant)->controls[c];
    struct ui_facts facts = pane_facts(p);
    const struct ui_face *f = ui_face_now(face.kind, box, &facts);
    struct ui_label label = {.part = UI_LABEL_WORDS,
                             .window = face.kind,
                             .variant = face.variant,
                             .control = c,
                             .face = (uint8_t)(f - box->faces)};
    struct ui_rect at = view_rect(&p->view, p->w->model, c);
    struct ui_rect room = brush_inset(at, -ui_px(RING, b->scale));
    uint16_t look = view_whole_look(&p->view, p->w->model, c);
    brush_fill(b, room, b->ground);
    if (look & UI_LOOK_HIDDEN)
        return;
    if (look & UI_LOOK_FOCUS)
        brush_framed(b, room, 8 + RING, 2, COLOUR_TEXT, b->ground);
    if (f->kind == UI_KIND_RADIO)
        radio(b, at, box, &label, look);
    else
        button(b, at, f, &label, look);
}

static bool is_case(unsigned kind)
{
    return kind != UI_HOST_PANEL && kind != UI_SHARING_BAR && kind != UI_SHARING_BAR_CONTROL;
}

/* The four sides of a frame. */
static void sides(struct ui_rect r, int width, struct ui_rect out[4])
{
    out[0] = (struct ui_rect){r.x, r.y, r.w, width};
    out[1] = (struct ui_rect){r.x, r.y + r.h - width, r.w, width};
    out[2] = (struct ui_rect){r.x, r.y + width, width, r.h - 2 * width};
    out[3] = (struct ui_rect){r.x + r.w - width, r.y + width, width, r.h - 2 * width};
}

static void case_frame(const struct brush *b)
{
    struct ui_rect all = {0, 0, b->pane->view.w, b->pane->view.h}, side[4];
    int gap = ui_px(6, b->scale), thin = brush_stroke(b, 1);
    sides(all, gap + thin, side);
    for (unsigned i = 0; i < 4; i++)
        brush_fill(b, side[i], COLOUR_SURFACE);
    sides(all, brush_stroke(b, 3), side);
    for (unsigned i = 0; i < 4; i++)
        brush_fill(b, side[i], COLOUR_ACCENT);
    sides(brush_inset(all, gap), thin, side);
    for (unsigned i = 0; i < 4; i++)
        brush_fill(b, side[i], COLOUR_ACCENT);
}

static struct ui_rect number_room(const struct pane *p)
{
    unsigned s = p->view.scale;
    int w = ui_px(NUMBER_W, s), side = ui_px(24, s);
    return (struct ui_rect){p->w->model->flags & 1 ? side : p->view.w - side - w, ui_px(20, s), w,
                            ui_px(26, s)};
}

/* Groups of three, from the right; then the word. Digits never turn round, their place does. */
static void session_number(const struct brush *b)
{
    struct ui_rect room = number_room(b->pane);
    const char *sid = b->pane->w->model->sid;
    struct ui_label label = {.part = UI_LABEL_DIGIT};
    int n = (int)strlen(sid), y = ui_px(22, b->scale);
    double wide = n * DIGIT_PITCH + (n > 0 ? (n - 1) / 3 * 4 : 0);
    double x = b->mirrored ? 24 : NUMBER_W - wide; /* logical */
    brush_fill(b, room, COLOUR_SURFACE);
    if (n == 0)
        return;
    if (!b->mirrored)
        x += (double)room.x * 256 / b->scale;
    double end = x;
    for (int i = 0; i < n; i++) {
        label.face = (uint8_t)(sid[i] - '0');
        words(b, &label, (int)((x - 4) * b->scale / 256), y, COLOUR_TEXT2);
        x += DIGIT_PITCH + ((n - i) % 3 == 1 ? 4 : 0);
    }
    label = (struct ui_label){.part = UI_LABEL_SESSION};
    words(b, &label,
          b->mirrored ? (int)((end + wide) * b->scale / 256) : (int)((end - 120) * b->scale / 256),
          y, COLOUR_TEXT2);
}

static bool picture_for(struct pane *p)
{
    struct display *d = p->w->d;
    if (p->over && p->over_w == p->view.w && p->over_h == p->view.h)
        return true;
    labels_drop(p);
    if (p->view.w <= 0 || p->view.h <= 0)
        return false;
    p->over_w = p->view.w;
    p->over_h = p->view.h;
    p->over = xcb_generate_id(d->x);
    xcb_create_pixmap(d->x, d->depth, p->over, d->root, (uint16_t)p->over_w, (uint16_t)p->over_h);
    p->over_picture = xcb_generate_id(d->x);
    xcb_render_create_picture(d->x, p->over_picture, p->over, d->format, 0, NULL);
    return true;
}

void labels_drop(struct pane *p)
{
    if (!p->over)
        return;
    window_over(&p->win, XCB_NONE, NULL, 0);
    xcb_render_free_picture(p->w->d->x, p->over_picture);
    xcb_free_pixmap(p->w->d->x, p->over);
    p->over = XCB_NONE;
}

struct label_face labels_face(const struct pane *p)
{
    const struct ui_layout *l = view_layout(&p->view, p->w->model);
    struct label_face face = {.kind = (uint8_t)p->view.kind,
                              .variant = view_variant(&p->view, p->w->model)};
    for (uint8_t c = 0; c < l->n_controls; c++)
        if (l->controls[c].kind != UI_KIND_NONE && ui_label_sealed(face.kind, c) &&
            !(view_look(&p->view, p->w->model, c) & UI_LOOK_HIDDEN))
            face.controls |= (uint64_t)1 << c;
    return face;
}

/* The same face still, but for what is on and off in it. */
static bool shows(const struct pane *p)
{
    return p->drawn.controls && p->drawn.kind == p->view.kind &&
           p->drawn.variant == view_variant(&p->view, p->w->model) && p->over;
}

bool labels_shown(const struct pane *p, uint8_t control)
{
    return control < 64 && shows(p) && (p->drawn.controls >> control & 1) &&
           labels_sheet(&p->w->labels, p->view.scale, p->w->model->language) != XCB_NONE;
}

static void draw(struct pane *p)
{
    const struct ui_model *m = p->w->model;
    struct brush b = {.pane = p,
                      .x = p->w->d->x,
                      .mask_format = p->w->d->mask_format,
                      .to = p->over_picture,
                      .theme = theme_get(m->theme),
                      .scale = p->view.scale,
                      .mirrored = m->flags & 1,
                      .ground =
                          p->view.kind == UI_SHARING_BAR_CONTROL ? COLOUR_LIVE : COLOUR_SURFACE};
    if (is_case(p->view.kind)) {
        case_frame(&b);
        session_number(&b);
    }
    for (uint8_t c = 0; c < 64; c++)
        if (p->drawn.controls >> c & 1)
            control(&b, p->drawn, c);
}

static unsigned places(const struct pane *p, struct ui_rect out[WINDOW_OVER])
{
    unsigned s = p->view.scale, n = 0;
    if (is_case(p->view.kind)) {
        struct ui_rect all = {0, 0, p->view.w, p->view.h};
        int thin = (int)(s / 256);
        sides(all, ui_px(CASE - 1, s) + (thin > 1 ? thin : 1), out);
        out[4] = number_room(p);
        n = 5;
    }
    for (uint8_t c = 0; c < 64 && n < WINDOW_OVER; c++)
        if (p->drawn.controls >> c & 1)
            out[n++] = brush_inset(view_rect(&p->view, p->w->model, c), -ui_px(RING, s));
    return n;
}

void labels_follow(struct pane *p, struct label_face face)
{
    struct ui_rect part[WINDOW_OVER];
    p->drawn = face;
    if (!face.controls || !picture_for(p) || !shows(p)) {
        window_over(&p->win, XCB_NONE, NULL, 0);
        p->drawn.controls = 0;
        return;
    }
    draw(p);
    window_over(&p->win, p->over, part, places(p, part));
}

void labels_redraw(struct pane *p)
{
    if (!shows(p))
        return;
    draw(p);
    window_put_over(&p->win);
}
