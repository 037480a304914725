/*
 * The windows in which a screen is seen: somebody else's, with its place and the note above it, and
 * what others see of our own.
 * Runs in the broker; what the painter of the picture says is judged in picture.c.
 */
#include "broker/windows_parts.h"

/* --- note */

void windows_note_create(struct windows *w)
{
    struct display *d = w->d;
    w->note = xcb_generate_id(d->x);
    const uint32_t values[] = {WINDOW_SURFACE, WINDOW_SURFACE, d->colormap};
    xcb_create_window(d->x, d->depth, w->note, w->pane[PANE_MAIN].win.id, 0, 0, 1, 1, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, d->visual,
                      XCB_CW_BACK_PIXEL | XCB_CW_BORDER_PIXEL | XCB_CW_COLORMAP, values);
}

void windows_note_put(struct windows *w)
{
    struct pane *p = &w->pane[PANE_MAIN];
    if (w->note_mapped)
        window_put_part(&p->win, w->note, view_rect(&p->view, w->model, UI_VIEWER_NOTE));
}

static void place_note(struct windows *w, bool viewer)
{
    struct pane *p = &w->pane[PANE_MAIN];
    struct ui_rect r = {0};
    if (viewer && w->picture.mapped)
        r = view_rect(&p->view, w->model, UI_VIEWER_NOTE);
    if (r.w > 0) {
        const uint32_t values[] = {(uint32_t)r.x, (uint32_t)r.y, (uint32_t)r.w, (uint32_t)r.h};
        xcb_configure_window(w->d->x, w->note,
                             XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH |
                                 XCB_CONFIG_WINDOW_HEIGHT,
                             values);
        xcb_map_window(w->d->x, w->note);
    } else if (w->note_mapped) {
        xcb_unmap_window(w->d->x, w->note);
    }
    w->note_mapped = r.w > 0;
}

/* --- picture */

void windows_layout_viewer(struct windows *w)
{
    struct pane *p = &w->pane[PANE_MAIN];
    bool viewer = p->live && p->view.kind == UI_VIEWER;
    if (viewer) {
        pane_size_view(p);
        picture_place(&w->picture, view_rect(&p->view, w->model, UI_VIEWER_PICTURE));
    }
    picture_show(&w->picture, viewer && w->picture.view && w->model->picture != UI_VIEWER_EMPTY);
    picture_grow_old(&w->picture, w->model->picture == UI_VIEWER_STALE);
    if (w->model->picture == UI_VIEWER_EMPTY)
        picture_forget(&w->picture);
    place_note(w, viewer);
}

void windows_view(struct windows *w, struct chan *view)
{
    picture_start(&w->picture, view);
    windows_layout_viewer(w);
    display_flush(w->d);
}

int windows_view_changed(struct windows *w, const struct msg_screen_changed *m)
{
    return picture_changed(&w->picture, m);
}

bool windows_view_has_size(const struct windows *w, uint32_t width, uint32_t height)
{
    return w->picture.wish.full_w == width && w->picture.wish.full_h == height;
}

void windows_view_size(struct windows *w, uint32_t width, uint32_t height)
{
    picture_size(&w->picture, width, height);
    display_flush(w->d);
}

/* --- what others see */

void windows_mirror(struct windows *w, struct chan *mirror)
{
    struct pane *p = &w->pane[PANE_MIRROR];
    picture_start(&w->mirror, mirror);
    picture_show(&w->mirror, mirror != NULL);
    if (mirror) {
        pane_show(p, UI_MIRROR);
        pane_size_view(p);
        picture_place(&w->mirror, view_rect(&p->view, w->model, UI_MIRROR_PICTURE));
    } else {
        pane_hide(p);
    }
    display_flush(w->d);
}

int windows_mirror_changed(struct windows *w, const struct msg_screen_changed *m)
{
    return picture_changed(&w->mirror, m);
}
