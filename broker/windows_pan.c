/*
 * Moving the part of a larger picture that is shown one to one. Runs in the broker.
 *
 * Without control the picture is the viewer's own to move: dragged, by the wheel, by keys. With
 * control all of these are the presenter's; there the part moves when the pointer rests at the
 * edge of it, and with Ctrl+F10, which stays here as the kill switch does. Nothing that begins as a
 * move goes on as control: a drag is one until the button is up, whatever is granted meanwhile.
 */
#include "broker/windows_parts.h"

#include "lib/keys.h"
#include "lib/loop.h"

#define KEYS_F10 0xffc7
#define EDGE 12         /* logical pixels */
#define EDGE_MS 300     /* a pointer on its way elsewhere moves nothing */
#define EDGE_STEP_MS 50 /* then twenty steps a second ... */
#define EDGE_STEP 40    /* ... of so small a piece of the room */
#define STEP 8          /* wheel and arrows */

static bool moves(const struct windows *w)
{
    const struct pane *p = &w->pane[PANE_MAIN];
    return p->live && p->view.kind == UI_VIEWER && w->picture.mapped &&
           picture_part_moves(&w->picture.wish);
}

static void step(struct windows *w, int x, int y, int parts)
{
    picture_pan(&w->picture, x * (w->picture.at.w / parts + 1), y * (w->picture.at.h / parts + 1));
    display_flush(w->d);
}

static int whole(xcb_input_fp1616_t v)
{
    return v >> 16;
}

static bool is_over(const struct windows *w, const device_event *e)
{
    const struct ui_rect *r = &w->picture.at;
    int x = whole(e->event_x) - r->x, y = whole(e->event_y) - r->y;
    return e->event == w->pane[PANE_MAIN].win.id && x >= 0 && y >= 0 && x < r->w && y < r->h;
}

/* --- pointer, without control --- */

void windows_pan_press(struct pane *p, const device_event *e)
{
    struct windows *w = p->w;
    unsigned b = e->detail;
    if (p->which != PANE_MAIN || windows_steers(w) || !moves(w) || !is_over(w, e))
        return;
    if (b == 1)
        w->pan = (struct pan){.down = true, .x = whole(e->root_x), .y = whole(e->root_y)};
    if (b < 4 || b > 7)
        return;
    int way = b == 4 || b == 6 ? -1 : 1;
    bool across = b >= 6 || (e->mods.effective & KEYS_SHIFT);
    step(w, across ? way : 0, across ? 0 : way, STEP);
}

/* Its release may have been somebody else's, such as a window manager's. */
static bool is_down(const device_event *e)
{
    const uint32_t *buttons = xcb_input_button_press_button_mask(e);
    return e->buttons_len > 0 && (buttons[0] >> 1 & 1);
}

bool windows_pan_drag(struct pane *p, const device_event *e)
{
    struct windows *w = p->w;
    struct pan *d = &w->pan;
    if (p->which != PANE_MAIN || !d->down)
        return false;
    if (e->event_type != XCB_INPUT_MOTION) {
        bool up = e->event_type == XCB_INPUT_BUTTON_RELEASE && e->detail == 1;
        d->down = !up;
        return !up && windows_steers(w);
    }
    d->down = is_down(e);
    if (!d->down)
        return false;
    int x = whole(e->root_x), y = whole(e->root_y);
    if (moves(w))
        picture_pan(&w->picture, d->x - x, d->y - y);
    d->x = x;
    d->y = y;
    display_flush(w->d);
    return true;
}

/* --- pointer, with control --- */

static void on_edge(void *ctx)
{
    struct windows *w = ctx;
    const struct picture_part before = w->picture.wish;
    if (!windows_steers(w) || !moves(w) || !w->pane[PANE_MAIN].view.focused)
        return;
    step(w, w->pan.edge_x, w->pan.edge_y, EDGE_STEP);
    if (w->picture.wish.pan_x != before.pan_x || w->picture.wish.pan_y != before.pan_y)
        loop_set_timer(w->loop, EDGE_STEP_MS, on_edge, w);
}

static int edge(int at, int room, int width)
{
    return at < width ? -1 : at >= room - width ? 1 : 0;
}

void windows_pan_edge(struct pane *p, const device_event *e, bool free)
{
    struct windows *w = p->w;
    const struct ui_rect *r = &w->picture.at;
    int width = ui_px(EDGE, p->view.scale), x = 0, y = 0;
    if (free && moves(w) && is_over(w, e)) {
        x = edge(whole(e->event_x) - r->x, r->w, width);
        y = edge(whole(e->event_y) - r->y, r->h, width);
    }
    if (x == w->pan.edge_x && y == w->pan.edge_y)
        return;
    windows_pan_rest(w);
    w->pan.edge_x = x;
    w->pan.edge_y = y;
    if (x || y)
        loop_set_timer(w->loop, EDGE_MS, on_edge, w);
}

void windows_pan_rest(struct windows *w)
{
    w->pan.edge_x = w->pan.edge_y = 0;
    loop_clear_timer(w->loop, on_edge, w);
}

/* --- keys --- */

bool windows_pan_next(struct pane *p, uint32_t sym, uint32_t mods)
{
    struct windows *w = p->w;
    if (p->which != PANE_MAIN || sym != KEYS_F10 || !(mods & KEYS_CTRL) || !moves(w))
        return false;
    picture_pan_next(&w->picture);
    display_flush(w->d);
    return true;
}

bool windows_pan_key(struct pane *p, uint32_t sym, uint32_t mods)
{
    struct windows *w = p->w;
    if (windows_pan_next(p, sym, mods))
        return true;
    if (p->which != PANE_MAIN || !moves(w))
        return false;
    bool arrows = mods & KEYS_SHIFT; /* without it they lead from button to button */
    switch (sym) {
    case KEYS_LEFT:
    case KEYS_RIGHT:
        if (arrows)
            step(w, sym == KEYS_LEFT ? -1 : 1, 0, STEP);
        return arrows;
    case KEYS_UP:
    case KEYS_DOWN:
        if (arrows)
            step(w, 0, sym == KEYS_UP ? -1 : 1, STEP);
        return arrows;
    case KEYS_PAGE_UP:
    case KEYS_PAGE_DOWN:
        picture_pan(&w->picture, 0,
                    (sym == KEYS_PAGE_UP ? -1 : 1) * (w->picture.at.h * 9 / 10 + 1));
        break;
    case KEYS_HOME:
        picture_pan(&w->picture, -UINT16_MAX, -UINT16_MAX);
        break;
    case KEYS_END:
        picture_pan(&w->picture, UINT16_MAX, UINT16_MAX);
        break;
    default:
        return false;
    }
    display_flush(w->d);
    return true;
}
