/*
 * What this person does over the presenter's picture while they have control: keys, buttons, wheel
 * and motion of the picture's area become events of the presenter's screen. Only while the window
 * has the keyboard; the kill switch is never among them; a key that repeats goes once, and what is
 * down is let go when the window loses the keyboard or the control. Runs in the broker.
 */
#include "broker/windows_parts.h"

#include "lib/input_event.h"
#include "lib/keys.h"
#include "lib/loop.h"
#include <string.h>

#define REPEAT 0x10000u /* XIKeyRepeat */
#define NOTCH 120
#define KEYS_F11 0xffc8
#define KEYS_F12 0xffc9

bool windows_steers(const struct windows *w)
{
    const struct pane *p = &w->pane[PANE_MAIN];
    return w->model->mine == 2 && p->live && p->view.kind == UI_VIEWER && w->picture.mapped &&
           w->calls.steer;
}

/* --- what waits for the end of this turn --- */

static void send_now(void *ctx)
{
    struct windows *w = ctx;
    struct steer *s = &w->steer;
    if (s->n && w->calls.steer)
        w->calls.steer(w->calls.ctx, s->events, s->n);
    s->n = 0;
}

/* Of motions that nothing came between only the last one matters. */
static void put(struct windows *w, struct input_event e)
{
    struct steer *s = &w->steer;
    if (s->n && e.kind == INPUT_MOTION && s->events[s->n - 1].kind == INPUT_MOTION)
        s->n--;
    s->events[s->n++] = e;
    if (s->n == MAX_INPUT_EVENTS)
        send_now(w);
    else
        loop_set_timer(w->loop, 0, send_now, w);
}

void windows_steer_let_go(struct windows *w)
{
    struct steer *s = &w->steer;
    for (unsigned code = 8; code < 256; code++)
        if (s->keys[code >> 3] >> (code & 7) & 1)
            put(w, (struct input_event){.kind = INPUT_KEY_UP, .code = (uint8_t)code});
    for (unsigned b = 1; b < 16; b++)
        if (s->buttons >> b & 1)
            put(w, (struct input_event){
                       .kind = INPUT_BUTTON_UP, .code = (uint8_t)b, .x = s->x, .y = s->y});
    memset(s->keys, 0, sizeof s->keys);
    s->buttons = 0;
    send_now(w);
}

/* --- pointer --- */

static int whole(xcb_input_fp1616_t v)
{
    return v >> 16;
}

static int32_t wheel(unsigned button, unsigned less, unsigned more)
{
    return button == less ? -NOTCH : button == more ? NOTCH : 0;
}

static void on_button(struct windows *w, const device_event *e, bool down)
{
    struct steer *s = &w->steer;
    unsigned b = e->detail;
    if (b >= 4 && b <= 7) {
        if (!down)
            return;
        put(w, (struct input_event){.kind = INPUT_MOTION, .x = s->x, .y = s->y}); /* it has none */
        put(w, (struct input_event){.kind = INPUT_WHEEL, .x = wheel(b, 6, 7), .y = wheel(b, 4, 5)});
        return;
    }
    if (b == 0 || b > 9)
        return;
    s->buttons = (uint16_t)(down ? s->buttons | 1u << b : s->buttons & ~(1u << b));
    put(w, (struct input_event){.kind = down ? INPUT_BUTTON_DOWN : INPUT_BUTTON_UP,
                                .code = (uint8_t)b,
                                .x = s->x,
                                .y = s->y});
}

bool windows_steer_pointer(struct pane *p, const device_event *e)
{
    struct windows *w = p->w;
    struct steer *s = &w->steer;
    if (p->which != PANE_MAIN || !windows_steers(w) || e->event != p->win.id ||
        !windows_by_somebody(p, e->sourceid))
        return false;
    bool inside = picture_point(&w->picture, whole(e->event_x), whole(e->event_y), &s->x, &s->y);
    windows_pan_edge(p, e, inside && !s->buttons && e->event_type == XCB_INPUT_MOTION);
    if (!inside && !s->buttons)
        return false;
    if (e->event_type == XCB_INPUT_MOTION) {
        put(w, (struct input_event){.kind = INPUT_MOTION, .x = s->x, .y = s->y});
        return true;
    }
    bool down = e->event_type == XCB_INPUT_BUTTON_PRESS;
    if (down && w->picture.seen.shown.w == 0) /* a second button, on nobody knows what */
        return true;
    if (down && !p->view.focused) { /* the first click only gives it the keyboard */
        xcb_set_input_focus(w->d->x, XCB_INPUT_FOCUS_POINTER_ROOT, p->win.id, e->time);
        return true;
    }
    if (!down && !(s->buttons >> (e->detail & 15) & 1) && (e->detail < 4 || e->detail > 7))
        return false;
    on_button(w, e, down);
    return true;
}

/* --- keys --- */

/* The kill switch, and what leads to vitrine's windows on this computer. */
static bool stays_here(uint32_t sym, uint32_t mods)
{
    return (mods & KEYS_CTRL) && (sym == KEYS_F11 || sym == KEYS_F12 || sym == KEYS_ESCAPE);
}

bool windows_steer_key(struct pane *p, const device_event *e)
{
    struct windows *w = p->w;
    struct steer *s = &w->steer;
    uint8_t code = (uint8_t)e->detail;
    if (p->which != PANE_MAIN || !windows_steers(w) || !p->view.focused || e->detail < 8 ||
        e->detail > 255 || !windows_by_somebody(p, e->sourceid))
        return false;
    uint32_t sym = keymap_keysym(&w->d->keys, code, e->mods.effective, e->group.effective);
    bool was = s->keys[code >> 3] >> (code & 7) & 1;
    if (e->event_type != XCB_INPUT_KEY_PRESS) {
        s->keys[code >> 3] &= (uint8_t) ~(1u << (code & 7));
        if (was)
            put(w, (struct input_event){.kind = INPUT_KEY_UP, .code = code});
        return true;
    }
    if ((e->flags & REPEAT) || was || stays_here(sym, e->mods.effective) ||
        windows_pan_next(p, sym, e->mods.effective))
        return true;
    s->keys[code >> 3] |= (uint8_t)(1u << (code & 7));
    put(w, (struct input_event){.kind = INPUT_KEY_DOWN,
                                .code = code,
                                .place = w->model->same_position,
                                .keysym = sym <= 0x110ffff ? sym : 0});
    return true;
}
