/*
 * Windows over a place of the screen, as other programs make them: `lock KIND X Y W H`, until it is
 * killed. Says "there" when its window is mapped and it has the grabs that its kind takes.
 *
 *   xtrlock    for input alone, then takes keyboard and pointer
 *   slock      takes them first, then shows its window
 *   picker     a screenshot tool's: seen, and takes the pointer
 *   wallpaper  below all others, takes nothing
 *   manager    a window manager's own, for input alone, while a window is moved: when it is told to
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xcb/xcb.h>

static const struct kind {
    const char *name;
    bool seen, grabs_first, keyboard, pointer, below, manages;
} kinds[] = {
    {"xtrlock", .keyboard = true, .pointer = true},
    {"slock", .seen = true, .grabs_first = true, .keyboard = true, .pointer = true},
    {"picker", .seen = true, .pointer = true},
    {"wallpaper", .seen = true, .below = true},
    {"manager", .manages = true},
};

static xcb_connection_t *x;
static xcb_screen_t *screen;

static bool take_keyboard(void)
{
    xcb_grab_keyboard_reply_t *r =
        xcb_grab_keyboard_reply(x,
                                xcb_grab_keyboard(x, 0, screen->root, XCB_CURRENT_TIME,
                                                  XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC),
                                NULL);
    bool ok = r != NULL && r->status == XCB_GRAB_STATUS_SUCCESS;
    free(r);
    return ok;
}

static bool take_pointer(void)
{
    xcb_grab_pointer_reply_t *r = xcb_grab_pointer_reply(
        x,
        xcb_grab_pointer(x, 0, screen->root, XCB_EVENT_MASK_BUTTON_PRESS, XCB_GRAB_MODE_ASYNC,
                         XCB_GRAB_MODE_ASYNC, XCB_NONE, XCB_NONE, XCB_CURRENT_TIME),
        NULL);
    bool ok = r != NULL && r->status == XCB_GRAB_STATUS_SUCCESS;
    free(r);
    return ok;
}

/* As lock screens do, again and again: somebody may hold a menu open. */
static void take(const struct kind *k)
{
    const struct timespec a_while = {0, 20000000};
    while (k->keyboard && !take_keyboard())
        nanosleep(&a_while, NULL);
    while (k->pointer && !take_pointer())
        nanosleep(&a_while, NULL);
}

static void be_manager(xcb_window_t window)
{
    static const char name[] = "_NET_SUPPORTING_WM_CHECK";
    xcb_intern_atom_reply_t *r =
        xcb_intern_atom_reply(x, xcb_intern_atom(x, 0, sizeof name - 1, name), NULL);
    xcb_change_property(x, XCB_PROP_MODE_REPLACE, window, r->atom, XCB_ATOM_WINDOW, 32, 1, &window);
    xcb_change_property(x, XCB_PROP_MODE_REPLACE, screen->root, r->atom, XCB_ATOM_WINDOW, 32, 1,
                        &window);
    free(r);
}

static xcb_window_t make(const struct kind *k, char *const place[4])
{
    const uint32_t redirect = 1, below = XCB_STACK_MODE_BELOW;
    xcb_window_t window = xcb_generate_id(x);
    xcb_create_window(x, 0, window, screen->root, (int16_t)atoi(place[0]), (int16_t)atoi(place[1]),
                      (uint16_t)atoi(place[2]), (uint16_t)atoi(place[3]), 0,
                      k->seen ? XCB_WINDOW_CLASS_INPUT_OUTPUT : XCB_WINDOW_CLASS_INPUT_ONLY,
                      XCB_COPY_FROM_PARENT, XCB_CW_OVERRIDE_REDIRECT, &redirect);
    if (k->below)
        xcb_configure_window(x, window, XCB_CONFIG_WINDOW_STACK_MODE, &below);
    if (k->manages)
        be_manager(window);
    return window;
}

static void say_there(void)
{
    free(xcb_get_input_focus_reply(x, xcb_get_input_focus(x), NULL));
    puts("there");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    const struct kind *k = NULL;
    for (size_t i = 0; argc == 6 && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(argv[1], kinds[i].name) == 0)
            k = &kinds[i];
    x = xcb_connect(NULL, NULL);
    if (k == NULL || xcb_connection_has_error(x))
        return 2;
    screen = xcb_setup_roots_iterator(xcb_get_setup(x)).data;
    if (k->grabs_first)
        take(k);
    xcb_window_t window = make(k, argv + 2);
    if (k->manages) {
        say_there();
        getchar();
    }
    xcb_map_window(x, window);
    take(k);
    say_there();
    for (;;)
        pause();
}
