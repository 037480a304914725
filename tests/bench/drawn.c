/*
 * Says when something is seen on an X display: a line for each window of the root that is mapped
 * and for each rectangle that is drawn, with the time at which the server told it (CLOCK_MONOTONIC,
 * ns). Used by the benchmarks; not part of the product. Ends with its standard input.
 *
 *     drawn          mapped NS X Y WIDTH HEIGHT | drawn NS X Y WIDTH HEIGHT
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <xcb/damage.h>

static long long now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void say(const char *what, int x, int y, int w, int h)
{
    printf("%s %lld %d %d %d %d\n", what, now_ns(), x, y, w, h);
    fflush(stdout);
}

static void tell_mapped(xcb_connection_t *x, xcb_window_t window)
{
    xcb_get_geometry_reply_t *g = xcb_get_geometry_reply(x, xcb_get_geometry(x, window), NULL);
    if (g)
        say("mapped", g->x, g->y, g->width, g->height);
    free(g);
}

static void tell(xcb_connection_t *x, uint8_t damage_event, const xcb_generic_event_t *e)
{
    uint8_t type = e->response_type & 0x7f;
    if (type == XCB_MAP_NOTIFY)
        tell_mapped(x, ((const xcb_map_notify_event_t *)e)->window);
    else if (type == damage_event + XCB_DAMAGE_NOTIFY) {
        const xcb_rectangle_t *r = &((const xcb_damage_notify_event_t *)e)->area;
        say("drawn", r->x, r->y, r->width, r->height);
    }
}

static uint8_t look_at_root(xcb_connection_t *x)
{
    xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(x)).data->root;
    const uint32_t events = XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY;
    xcb_change_window_attributes(x, root, XCB_CW_EVENT_MASK, &events);
    free(xcb_damage_query_version_reply(x, xcb_damage_query_version(x, 1, 1), NULL));
    xcb_damage_create(x, xcb_generate_id(x), root, XCB_DAMAGE_REPORT_LEVEL_RAW_RECTANGLES);
    xcb_flush(x);
    return xcb_get_extension_data(x, &xcb_damage_id)->first_event;
}

int main(void)
{
    xcb_connection_t *x = xcb_connect(NULL, NULL);
    if (xcb_connection_has_error(x)) {
        fputs("drawn: cannot open the display\n", stderr);
        return 2;
    }
    uint8_t damage_event = look_at_root(x);
    say("ready", 0, 0, 0, 0);
    struct pollfd fds[2] = {{.fd = xcb_get_file_descriptor(x), .events = POLLIN},
                            {.fd = 0, .events = POLLIN}};
    while (poll(fds, 2, -1) > 0 && fds[1].revents == 0 && !xcb_connection_has_error(x))
        for (xcb_generic_event_t *e; (e = xcb_poll_for_event(x));) {
            tell(x, damage_event, e);
            free(e);
        }
    xcb_disconnect(x);
    return 0;
}
