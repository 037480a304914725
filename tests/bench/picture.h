/*
 * For the benches of the picture: a picture from a file (PPM, P6, 255), the caller's to free, and
 * the milliseconds of processor time this process has used. Exits with 2 on a file that is none.
 */
#ifndef TESTS_BENCH_PICTURE_H
#define TESTS_BENCH_PICTURE_H
#include "lib/tile/picture.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline struct tile_picture picture_read(const char *path)
{
    struct tile_picture p = {.depth = 24};
    FILE *f = fopen(path, "rb");
    uint8_t c[3];
    if (f == NULL || fscanf(f, "P6 %u %u 255", &p.width, &p.height) != 2 || fgetc(f) == EOF ||
        !tile_size_fits(p.width, p.height, 24))
        exit(2);
    p.stride = p.width;
    p.pixels = calloc(p.stride * p.height, 4);
    for (size_t i = 0; p.pixels != NULL && i < p.stride * p.height && fread(c, 3, 1, f) == 1; i++)
        p.pixels[i] = (uint32_t)c[0] << 16 | (uint32_t)c[1] << 8 | c[2];
    fclose(f);
    return p;
}

#endif
