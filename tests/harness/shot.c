/*
 * Writes the root window of $DISPLAY to standard output: "WIDTH HEIGHT\n", then rows of 32-bit
 * pixels as the server keeps them. For the test desk; xwd converts where windows of several visuals
 * are on the screen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <xcb/xcb.h>

#define BAND 256 /* rows at once: far below the largest reply */

int main(void)
{
    xcb_connection_t *x = xcb_connect(NULL, NULL);
    if (xcb_connection_has_error(x))
        return 2;
    xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(x)).data->root;
    xcb_get_geometry_reply_t *g = xcb_get_geometry_reply(x, xcb_get_geometry(x, root), NULL);
    if (!g || g->depth < 24)
        return 2;
    printf("%u %u\n", g->width, g->height);
    for (unsigned y = 0; y < g->height; y += BAND) {
        unsigned rows = g->height - y < BAND ? g->height - y : BAND;
        xcb_get_image_reply_t *r =
            xcb_get_image_reply(x,
                                xcb_get_image(x, XCB_IMAGE_FORMAT_Z_PIXMAP, root, 0, (int16_t)y,
                                              g->width, (uint16_t)rows, ~0u),
                                NULL);
        size_t len = (size_t)g->width * rows * 4;
        if (!r || (size_t)xcb_get_image_data_length(r) != len ||
            fwrite(xcb_get_image_data(r), 1, len, stdout) != len)
            return 2;
        free(r);
    }
    free(g);
    xcb_disconnect(x);
    return 0;
}
