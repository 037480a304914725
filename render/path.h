/*
 * Draws the path notation of SVG (M L H V C S A Z and their relative forms; circular arcs only)
 * into a Cairo path. For our own icon table; still total: a text it does not understand ends the
 * path and returns false.
 */
#ifndef RENDER_PATH_H
#define RENDER_PATH_H
#include <cairo.h>
#include <stdbool.h>

bool path_draw(cairo_t *cr, const char *path);

#endif
