/*
 * Measures how long a small change on one X display takes to be seen on another: draws a 24 x 24
 * square in a new colour on the first, reads one pixel of the second until it has that colour.
 * Prints one line of JSON. Used by the demonstration and the benchmarks; not part of the product.
 *
 *     latency FROM_DISPLAY X Y TO_DISPLAY X Y COUNT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xcb/xcb.h>

#define SIDE 24
#define GIVE_UP_US 2000000

struct desk {
    xcb_connection_t *x;
    xcb_screen_t *screen;
};

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct desk desk_open(const char *name)
{
    struct desk d = {xcb_connect(name, NULL), NULL};
    if (xcb_connection_has_error(d.x)) {
        fprintf(stderr, "latency: cannot open display %s\n", name);
        exit(2);
    }
    d.screen = xcb_setup_roots_iterator(xcb_get_setup(d.x)).data;
    return d;
}

static xcb_window_t square(const struct desk *d, int x, int y)
{
    xcb_window_t w = xcb_generate_id(d->x);
    uint32_t values[] = {0, 1};
    xcb_create_window(d->x, XCB_COPY_FROM_PARENT, w, d->screen->root, (int16_t)x, (int16_t)y, SIDE,
                      SIDE, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(d->x, w);
    xcb_flush(d->x);
    return w;
}

static void paint(const struct desk *d, xcb_window_t w, uint32_t colour)
{
    xcb_change_window_attributes(d->x, w, XCB_CW_BACK_PIXEL, &colour);
    xcb_clear_area(d->x, 0, w, 0, 0, 0, 0);
    xcb_flush(d->x);
}

static uint32_t look(const struct desk *d, int x, int y)
{
    xcb_get_image_cookie_t c = xcb_get_image(d->x, XCB_IMAGE_FORMAT_Z_PIXMAP, d->screen->root,
                                             (int16_t)x, (int16_t)y, 1, 1, ~0u);
    xcb_get_image_reply_t *r = xcb_get_image_reply(d->x, c, NULL);
    uint32_t pixel = 0;
    if (r && xcb_get_image_data_length(r) >= 4)
        memcpy(&pixel, xcb_get_image_data(r), 4);
    free(r);
    return pixel & 0xffffff;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc != 8)
        return 2;
    struct desk from = desk_open(argv[1]), to = desk_open(argv[4]);
    int x = atoi(argv[2]), y = atoi(argv[3]), to_x = atoi(argv[5]), to_y = atoi(argv[6]),
        count = atoi(argv[7]);
    if (count < 1 || count > 10000)
        return 2;
    double *taken = calloc((size_t)count, sizeof *taken);
    if (!taken)
        return 2;
    xcb_window_t w = square(&from, x, y);
    int seen = 0;
    for (int i = 0; i < count; i++) {
        uint32_t colour = (uint32_t)(0x2040a0 + i * 0x010305) & 0xffffff;
        struct timespec rest = {0, 30000000 + (i % 7) * 1000000};
        nanosleep(&rest, NULL);
        double start = now_us();
        paint(&from, w, colour);
        while (now_us() - start < GIVE_UP_US)
            if (look(&to, to_x + SIDE / 2, to_y + SIDE / 2) == colour) {
                taken[seen++] = now_us() - start;
                break;
            }
    }
    qsort(taken, (size_t)seen, sizeof *taken, by_value);
    if (seen)
        printf("{\"seen\": %d, \"of\": %d, \"p50_ms\": %.2f, \"p95_ms\": %.2f, \"max_ms\": %.2f}\n",
               seen, count, taken[seen / 2] / 1e3, taken[seen * 95 / 100] / 1e3,
               taken[seen - 1] / 1e3);
    else
        printf("{\"seen\": 0, \"of\": %d}\n", count);
    free(taken);
    return seen == count ? 0 : 1;
}
