/*
 * What another program lays over the windows. The server says of no window that it is covered where
 * a compositor runs: a process of this program's plays an honest one, which shows all there is, a
 * little later.
 */
#ifndef TESTS_UNIT_VITRINE_WINDOWS_GLASS_H
#define TESTS_UNIT_VITRINE_WINDOWS_GLASS_H
#include "windows_desk.h"

#include <xcb/composite.h>
#include <xcb/shape.h>

#define FRAME_US 30000

static inline void version(xcb_connection_t *x)
{
    free(xcb_composite_query_version_reply(x, xcb_composite_query_version(x, 0, 4), NULL));
}

static inline xcb_window_t overlay(xcb_connection_t *x)
{
    xcb_composite_get_overlay_window_reply_t *o =
        xcb_composite_get_overlay_window_reply(x, xcb_composite_get_overlay_window(x, root), NULL);
    assert_non_null(o);
    xcb_window_t id = o->overlay_win;
    free(o);
    xcb_shape_rectangles(x, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT, 0, id, 0, 0, 0, NULL);
    return id;
}

static inline xcb_gcontext_t with_inferiors(xcb_connection_t *x)
{
    const uint32_t values[] = {XCB_SUBWINDOW_MODE_INCLUDE_INFERIORS, 0};
    xcb_gcontext_t gc = xcb_generate_id(x);
    xcb_create_gc(x, gc, root, XCB_GC_SUBWINDOW_MODE | XCB_GC_GRAPHICS_EXPOSURES, values);
    return gc;
}

static inline void compose_one(xcb_connection_t *x, xcb_window_t id, xcb_pixmap_t to,
                               xcb_gcontext_t gc)
{
    xcb_get_window_attributes_reply_t *a =
        xcb_get_window_attributes_reply(x, xcb_get_window_attributes(x, id), NULL);
    xcb_get_geometry_reply_t *g = xcb_get_geometry_reply(x, xcb_get_geometry(x, id), NULL);
    if (a && g && a->map_state == XCB_MAP_STATE_VIEWABLE && a->_class == 1)
        xcb_copy_area(x, id, to, gc, 0, 0, g->x, g->y, g->width, g->height);
    free(a);
    free(g);
}

/* All windows into a picture, which is shown 30 ms later. */
static volatile sig_atomic_t frozen;

static inline void on_freeze(int signal)
{
    frozen = signal == SIGUSR1;
}

_Noreturn static inline void exec_compositor(int told)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGUSR1, on_freeze);
    signal(SIGUSR2, on_freeze);
    xcb_connection_t *x = xcb_connect(NULL, NULL);
    version(x);
    xcb_composite_redirect_subwindows(x, root, XCB_COMPOSITE_REDIRECT_MANUAL);
    xcb_window_t over = overlay(x);
    xcb_gcontext_t gc = with_inferiors(x);
    xcb_pixmap_t next = xcb_generate_id(x);
    xcb_create_pixmap(x, 24, next, root, 1024, 768);
    const xcb_rectangle_t all = {0, 0, 1024, 768};
    for (bool begun = false;;) {
        xcb_grab_server(x);
        xcb_query_tree_reply_t *t = xcb_query_tree_reply(x, xcb_query_tree(x, root), NULL);
        xcb_poly_fill_rectangle(x, next, gc, 1, &all);
        for (int i = 0; t && i < xcb_query_tree_children_length(t); i++)
            if (xcb_query_tree_children(t)[i] != over)
                compose_one(x, xcb_query_tree_children(t)[i], next, gc);
        free(t);
        xcb_ungrab_server(x);
        server_is_done(x);
        if (xcb_connection_has_error(x))
            _exit(0);
        usleep(FRAME_US);
        xcb_copy_area(x, next, over, gc, 0, 0, 0, 0, 1024, 768);
        server_is_done(x);
        bool tell = frozen || !begun;
        begun = true;
        if (tell && write(told, "", 1) != 1)
            _exit(0);
        while (frozen)
            usleep(FRAME_US);
    }
}

static pid_t compositor;
static int compositor_says = -1;

static inline void hear_compositor(void)
{
    char there;
    assert_int_equal(read(compositor_says, &there, 1), 1);
}

static inline void compose(bool on)
{
    int ends[2];
    if (!on) {
        kill(compositor, SIGKILL);
        waitpid(compositor, NULL, 0);
        close(compositor_says);
        return;
    }
    assert_int_equal(pipe(ends), 0);
    compositor = fork();
    if (compositor == 0)
        exec_compositor(ends[1]);
    close(ends[1]);
    compositor_says = ends[0];
    hear_compositor();
}

/* It shows nothing new: what is painted over what it has shown stays there. */
static inline void freeze(bool on)
{
    kill(compositor, on ? SIGUSR1 : SIGUSR2);
    if (on)
        hear_compositor();
}

/* A window there that lets clicks through. */
static inline xcb_window_t lay_glass(struct ui_rect at, uint16_t class)
{
    const uint32_t past_managers = 1;
    xcb_window_t id = xcb_generate_id(other);
    xcb_create_window(other, 0, id, root, (int16_t)at.x, (int16_t)at.y, (uint16_t)at.w,
                      (uint16_t)at.h, 0, class, XCB_COPY_FROM_PARENT, XCB_CW_OVERRIDE_REDIRECT,
                      &past_managers);
    xcb_shape_rectangles(other, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT, 0, id, 0, 0, 0, NULL);
    xcb_map_window(other, id);
    xcb_flush(other);
    return id;
}

static inline void take_away(xcb_window_t id)
{
    xcb_destroy_window(other, id);
    xcb_flush(other);
}

static inline void change(xcb_window_t id, uint16_t what, const uint32_t *values)
{
    xcb_configure_window(other, id, what, values);
    xcb_flush(other);
}

static inline struct rig *rig_with_knock(void)
{
    struct rig *r = rig_with(UI_HOST_PANEL);
    knock(r);
    windows_update(r->w);
    prompt_prepare(r->w, 3, PROMPT_KIND_ADMIT, 40, "Lee", true);
    UNTIL(r, r->armed);
    return r;
}

/* A window of that program's, into which it may put ours. */
static inline xcb_window_t box(xcb_window_t in, struct ui_rect at)
{
    const uint32_t past_managers = 1;
    xcb_window_t id = xcb_generate_id(other);
    xcb_create_window(other, 0, id, in, (int16_t)at.x, (int16_t)at.y, (uint16_t)at.w,
                      (uint16_t)at.h, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_OVERRIDE_REDIRECT, &past_managers);
    xcb_map_window(other, id);
    xcb_flush(other);
    return id;
}

static inline xcb_window_t parent_of(xcb_window_t id)
{
    xcb_query_tree_reply_t *t = xcb_query_tree_reply(other, xcb_query_tree(other, id), NULL);
    assert_non_null(t);
    xcb_window_t parent = t->parent;
    free(t);
    return parent;
}

#endif
