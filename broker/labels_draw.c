/*
 * What the broker draws on a window of consent: its controls (labels_controls.c), case frame and
 * session number; into a pixmap of its own, which the window shows over the painter's pixels.
 * Runs in the broker; the X server does the drawing.
 */
#include "broker/labels_brush.h"
#include "broker/windows_parts.h"

#include <string.h>

#define CASE_GAP 6 /* from the window's edge to the case frame's inner line: 3 outer, 3 gap */
#define DIGIT_PITCH 8.25
#define NUMBER_W 168 /* room of the session number */

static bool is_case(unsigned kind)
{
    return kind != UI_HOST_PANEL && kind != UI_SHARING_BAR && kind != UI_SHARING_BAR_CONTROL;
}

static void frame(const struct brush *b, struct ui_rect r, int width, enum colour colour)
{
    struct ui_rect side[4];
    border_sides(r, width, side);
    for (unsigned i = 0; i < 4; i++)
        brush_fill(b, side[i], colour);
}

/* As far as its inner line. */
static int case_width(const struct brush *b)
{
    return ui_px(CASE_GAP, b->scale) + brush_stroke(b, 1);
}

static void case_frame(const struct brush *b)
{
    struct ui_rect all = {0, 0, b->pane->view.w, b->pane->view.h};
    frame(b, all, case_width(b), COLOUR_SURFACE);
    frame(b, all, brush_stroke(b, 3), COLOUR_ACCENT);
    frame(b, brush_inset(all, ui_px(CASE_GAP, b->scale)), brush_stroke(b, 1), COLOUR_ACCENT);
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
        labels_words(b, &label, (int)((x - 4) * b->scale / 256), y, COLOUR_TEXT2);
        x += DIGIT_PITCH + ((n - i) % 3 == 1 ? 4 : 0);
    }
    label = (struct ui_label){.part = UI_LABEL_SESSION};
    labels_words(b, &label,
                 b->mirrored ? (int)((end + wide) * b->scale / 256)
                             : (int)((end - UI_LABEL_SESSION_W) * b->scale / 256),
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

static struct brush brush_for(struct pane *p)
{
    const struct ui_model *m = p->w->model;
    return (struct brush){.pane = p,
                          .x = p->w->d->x,
                          .mask_format = p->w->d->mask_format,
                          .to = p->over_picture,
                          .theme = theme_get(m->theme),
                          .scale = p->view.scale,
                          .mirrored = m->flags & 1,
                          .ground = p->view.kind == UI_SHARING_BAR_CONTROL ? COLOUR_LIVE
                                                                           : COLOUR_SURFACE};
}

static void draw(struct pane *p)
{
    struct brush b = brush_for(p);
    if (is_case(p->view.kind)) {
        case_frame(&b);
        session_number(&b);
    }
    for (uint8_t c = 0; c < 64; c++)
        if (p->drawn.controls >> c & 1)
            labels_control(&b, p->drawn, c);
}

static unsigned places(struct pane *p, struct ui_rect out[WINDOW_OVER])
{
    struct brush b = brush_for(p);
    unsigned n = 0;
    if (is_case(p->view.kind)) {
        border_sides((struct ui_rect){0, 0, p->view.w, p->view.h}, case_width(&b), out);
        out[4] = number_room(p);
        n = 5;
    }
    for (uint8_t c = 0; c < 64 && n < WINDOW_OVER; c++)
        if (p->drawn.controls >> c & 1)
            out[n++] =
                brush_inset(view_rect(&p->view, p->w->model, c), -ui_px(LABELS_RING, b.scale));
    return n;
}

unsigned labels_moving(struct pane *p, struct ui_rect *out)
{
    struct brush b = brush_for(p);
    unsigned n = 0;
    for (uint8_t c = 0; c < 64 && n < WINDOW_OVER; c++)
        if (shows(p) && (p->drawn.controls >> c & 1) && labels_guard(&b, p->drawn, c).w > 0)
            out[n++] = labels_guard(&b, p->drawn, c);
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
