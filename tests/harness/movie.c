/*
 * A moving photograph, for tests of what is sent roughly: `movie X Y W H FRAMES MS` shows a window
 * of its own there, that many pictures, so many ms apart, and keeps the last one. Each colour of
 * each pixel is odd: where one is even, the picture is not exact.
 */
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <xcb/xcb.h>

#define W_MAX 512
#define H_MAX 100 /* so that one request carries it */

static uint32_t pixels[W_MAX * H_MAX];

static void paint(uint32_t w, uint32_t h, uint32_t frame)
{
    static uint32_t seed = 1;
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++) {
            uint32_t at = (x + y * 2 + frame * 7) % 200, v = at < 100 ? at : 200 - at;
            seed = seed * 1664525u + 1013904223u;
            v += seed >> 29;
            pixels[y * w + x] = (v + 60) << 16 | (v / 2 + 90) << 8 | (150 - v) | 0x10101u;
        }
}

int main(int argc, char **argv)
{
    uint32_t n[6];
    if (argc != 7)
        return 2;
    for (int i = 0; i < 6; i++)
        n[i] = (uint32_t)atoi(argv[i + 1]);
    xcb_connection_t *x = xcb_connect(NULL, NULL);
    if (xcb_connection_has_error(x) || n[2] < 1 || n[2] > W_MAX || n[3] < 1 || n[3] > H_MAX)
        return 1;
    xcb_screen_t *s = xcb_setup_roots_iterator(xcb_get_setup(x)).data;
    xcb_window_t window = xcb_generate_id(x);
    xcb_gcontext_t gc = xcb_generate_id(x);
    xcb_create_window(x, XCB_COPY_FROM_PARENT, window, s->root, (int16_t)n[0], (int16_t)n[1],
                      (uint16_t)n[2], (uint16_t)n[3], 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      s->root_visual, XCB_CW_OVERRIDE_REDIRECT, (uint32_t[]){1});
    xcb_create_gc(x, gc, window, 0, NULL);
    xcb_map_window(x, window);
    struct timespec pause = {n[5] / 1000, n[5] % 1000 * 1000000L};
    for (uint32_t i = 0; i < n[4]; i++) {
        paint(n[2], n[3], i);
        xcb_put_image(x, XCB_IMAGE_FORMAT_Z_PIXMAP, window, gc, (uint16_t)n[2], (uint16_t)n[3], 0,
                      0, 0, s->root_depth, n[2] * n[3] * 4, (const uint8_t *)pixels);
        xcb_flush(x);
        nanosleep(&pause, NULL);
    }
    for (;;)
        nanosleep(&(struct timespec){1, 0}, NULL);
}
