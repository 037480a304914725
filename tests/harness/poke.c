/*
 * What another program of the same user can do to a window, and a person cannot. Windows are named
 * by their place on the screen: the child of the root with exactly that geometry.
 *
 *   poke close X Y W H           asks it to close, as a window manager would (WM_DELETE_WINDOW)
 *
 *   poke press X Y W H PX PY     sends a made-up button press and release at that place
 *
 *   poke key X Y W H CODE        sends a made-up key press and release
 *
 *   poke warp PX PY              puts the pointer there
 *
 *   poke cover X Y W H MS        lays a window of its own over that place, for so long
 *
 *   poke glass X Y W H MS        the same, and lets every click through
 *
 *   poke bury X Y W H MS         the same as cover, and fights to stay there
 *
 *   poke keep X Y W H MS         keeps it from the screen, for so long: it gets its clicks all the
 * same
 *
 *   poke invert X Y W H MS       the same, and shows it with inverted colours instead, as a
 * desktop's lens does
 *
 *   poke unmap X Y W H           takes it off the screen
 *
 *   poke composited              says so, if a compositing manager is there
 *
 *   poke inside X Y W H MS M     puts a window of its own into that one, for so long; M 1: made
 * elsewhere and moved there
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xcb/composite.h>
#include <xcb/shape.h>
#include <xcb/xcb.h>

struct poke {
    xcb_connection_t *x;
    xcb_screen_t *screen;
    int n[6]; /* the numbers of the command line */
};

static bool is_at(const struct poke *p, xcb_window_t window)
{
    xcb_get_geometry_reply_t *g =
        xcb_get_geometry_reply(p->x, xcb_get_geometry(p->x, window), NULL);
    bool same = g != NULL && g->x == p->n[0] && g->y == p->n[1] && g->width == p->n[2] &&
                g->height == p->n[3];
    free(g);
    xcb_get_window_attributes_reply_t *a =
        xcb_get_window_attributes_reply(p->x, xcb_get_window_attributes(p->x, window), NULL);
    same = same && a != NULL && a->map_state == XCB_MAP_STATE_VIEWABLE;
    free(a);
    return same;
}

static xcb_window_t find(const struct poke *p)
{
    xcb_query_tree_reply_t *t =
        xcb_query_tree_reply(p->x, xcb_query_tree(p->x, p->screen->root), NULL);
    const xcb_window_t *child = xcb_query_tree_children(t);
    xcb_window_t found = XCB_NONE;
    for (int i = xcb_query_tree_children_length(t) - 1; i >= 0 && found == XCB_NONE; i--)
        if (is_at(p, child[i]))
            found = child[i];
    free(t);
    if (found == XCB_NONE) {
        fprintf(stderr, "poke: no window there\n");
        exit(1);
    }
    return found;
}

static xcb_atom_t atom(const struct poke *p, const char *name)
{
    xcb_intern_atom_reply_t *r =
        xcb_intern_atom_reply(p->x, xcb_intern_atom(p->x, 0, (uint16_t)strlen(name), name), NULL);
    xcb_atom_t a = r->atom;
    free(r);
    return a;
}

static void send(const struct poke *p, xcb_window_t window, const void *event)
{
    xcb_send_event(p->x, 0, window, XCB_EVENT_MASK_NO_EVENT, event);
}

static void close_window(const struct poke *p)
{
    xcb_client_message_event_t e = {.response_type = XCB_CLIENT_MESSAGE,
                                    .format = 32,
                                    .window = find(p),
                                    .type = atom(p, "WM_PROTOCOLS"),
                                    .data.data32 = {atom(p, "WM_DELETE_WINDOW")}};
    send(p, e.window, &e);
}

static void press(const struct poke *p)
{
    xcb_button_press_event_t e = {.response_type = XCB_BUTTON_PRESS,
                                  .detail = 1,
                                  .root = p->screen->root,
                                  .event = find(p),
                                  .root_x = (int16_t)p->n[4],
                                  .root_y = (int16_t)p->n[5],
                                  .event_x = (int16_t)(p->n[4] - p->n[0]),
                                  .event_y = (int16_t)(p->n[5] - p->n[1]),
                                  .same_screen = 1};
    send(p, e.event, &e);
    e.response_type = XCB_BUTTON_RELEASE;
    e.state = XCB_BUTTON_MASK_1;
    send(p, e.event, &e);
}

static void key(const struct poke *p)
{
    xcb_key_press_event_t e = {.response_type = XCB_KEY_PRESS,
                               .detail = (uint8_t)p->n[4],
                               .root = p->screen->root,
                               .event = find(p),
                               .same_screen = 1};
    send(p, e.event, &e);
    e.response_type = XCB_KEY_RELEASE;
    send(p, e.event, &e);
}

static void warp(const struct poke *p)
{
    xcb_warp_pointer(p->x, XCB_NONE, p->screen->root, 0, 0, 0, 0, (int16_t)p->n[0],
                     (int16_t)p->n[1]);
}

static void lay_over(const struct poke *p, bool lets_through)
{
    const uint32_t values[] = {p->screen->white_pixel, 1};
    xcb_window_t window = xcb_generate_id(p->x);
    xcb_create_window(p->x, XCB_COPY_FROM_PARENT, window, p->screen->root, (int16_t)p->n[0],
                      (int16_t)p->n[1], (uint16_t)p->n[2], (uint16_t)p->n[3], 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    if (lets_through)
        xcb_shape_rectangles(p->x, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT, 0, window, 0, 0, 0, NULL);
    xcb_map_window(p->x, window);
    xcb_flush(p->x);
    const struct timespec t = {p->n[4] / 1000, p->n[4] % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

static void cover(const struct poke *p)
{
    lay_over(p, false);
}

static void glass(const struct poke *p)
{
    lay_over(p, true);
}

/* The same, and on top again and again, more often than anybody puts up with; then it stays there.
 */
static void bury(const struct poke *p)
{
    const uint32_t values[] = {p->screen->white_pixel, 1}, above = XCB_STACK_MODE_ABOVE;
    const struct timespec a_while = {0, 20000000}, rest = {p->n[4] / 1000, 0};
    xcb_window_t window = xcb_generate_id(p->x);
    xcb_create_window(p->x, XCB_COPY_FROM_PARENT, window, p->screen->root, (int16_t)p->n[0],
                      (int16_t)p->n[1], (uint16_t)p->n[2], (uint16_t)p->n[3], 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(p->x, window);
    for (unsigned i = 0; i < 12; i++) {
        xcb_configure_window(p->x, window, XCB_CONFIG_WINDOW_STACK_MODE, &above);
        xcb_flush(p->x);
        nanosleep(&a_while, NULL);
    }
    nanosleep(&rest, NULL);
}

/* As a compositing manager does with all, and then shows them. */
static xcb_window_t redirect(const struct poke *p)
{
    xcb_window_t window = find(p);
    free(xcb_composite_query_version_reply(p->x, xcb_composite_query_version(p->x, 0, 4), NULL));
    xcb_composite_redirect_window(p->x, window, XCB_COMPOSITE_REDIRECT_MANUAL);
    xcb_flush(p->x);
    return window;
}

static void keep(const struct poke *p)
{
    const struct timespec a_while = {p->n[4] / 1000, p->n[4] % 1000 * 1000000L};
    redirect(p);
    nanosleep(&a_while, NULL);
}

static void invert(const struct poke *p)
{
    const uint32_t values[] = {XCB_GX_COPY_INVERTED, XCB_SUBWINDOW_MODE_INCLUDE_INFERIORS, 0};
    const struct timespec frame = {0, 30000000};
    xcb_window_t window = redirect(p);
    xcb_gcontext_t gc = xcb_generate_id(p->x);
    xcb_create_gc(p->x, gc, p->screen->root,
                  XCB_GC_FUNCTION | XCB_GC_SUBWINDOW_MODE | XCB_GC_GRAPHICS_EXPOSURES, values);
    for (int ms = 0; ms < p->n[4]; ms += 30) {
        xcb_copy_area(p->x, window, p->screen->root, gc, 0, 0, (int16_t)p->n[0], (int16_t)p->n[1],
                      (uint16_t)p->n[2], (uint16_t)p->n[3]);
        xcb_flush(p->x);
        nanosleep(&frame, NULL);
    }
}

/* Puts a window of its own into that one, the last number 1: made elsewhere first; it stays. */
static void inside(const struct poke *p)
{
    const uint32_t values[] = {p->screen->white_pixel, 1};
    const struct timespec a_while = {p->n[4] / 1000, p->n[4] % 1000 * 1000000L};
    xcb_window_t window = xcb_generate_id(p->x), into = find(p);
    xcb_create_window(p->x, XCB_COPY_FROM_PARENT, window, p->n[5] ? p->screen->root : into, 0, 0,
                      (uint16_t)p->n[2], (uint16_t)p->n[3], 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      XCB_COPY_FROM_PARENT, XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    if (p->n[5])
        xcb_reparent_window(p->x, window, into, 0, 0);
    xcb_map_window(p->x, window);
    xcb_flush(p->x);
    nanosleep(&a_while, NULL);
}

static void composited(const struct poke *p)
{
    xcb_get_selection_owner_reply_t *r = xcb_get_selection_owner_reply(
        p->x, xcb_get_selection_owner(p->x, atom(p, "_NET_WM_CM_S0")), NULL);
    if (r && r->owner != XCB_NONE)
        printf("yes\n");
    free(r);
}

static void unmap(const struct poke *p)
{
    xcb_unmap_window(p->x, find(p));
}

static const struct {
    const char *name;
    int numbers;
    void (*run)(const struct poke *p);
} commands[] = {{"close", 4, close_window}, {"press", 6, press},   {"key", 5, key},
                {"warp", 2, warp},          {"cover", 5, cover},   {"unmap", 4, unmap},
                {"bury", 5, bury},          {"inside", 6, inside}, {"glass", 5, glass},
                {"keep", 5, keep},          {"invert", 5, invert}, {"composited", 0, composited}};

int main(int argc, char **argv)
{
    struct poke p = {.x = xcb_connect(NULL, NULL)};
    if (argc < 2 || xcb_connection_has_error(p.x))
        return 2;
    p.screen = xcb_setup_roots_iterator(xcb_get_setup(p.x)).data;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) != 0 || argc != 2 + commands[i].numbers)
            continue;
        for (int n = 0; n < commands[i].numbers; n++)
            p.n[n] = atoi(argv[2 + n]);
        commands[i].run(&p);
        /* An answer: the server has done all that was asked before. */
        free(xcb_get_input_focus_reply(p.x, xcb_get_input_focus(p.x), NULL));
        xcb_disconnect(p.x);
        return 0;
    }
    return 2;
}
