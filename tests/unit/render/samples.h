/*
 * Scenes as the broker would send them, by name: every window and state of issue 2. Used by the
 * paint tests and by `test_paint FOLDER`, which writes them as pictures.
 */
#ifndef TESTS_UNIT_RENDER_SAMPLES_H
#define TESTS_UNIT_RENDER_SAMPLES_H
#include "render/scene.h"
#include "render/text.h"

struct sample {
    const char *name;
    enum ui_window window;
    unsigned variant;
    void (*fill)(struct scene *s);
    int w, h; /* logical size of a resizable window; 0: as in the table */
};

extern const struct sample samples[];
extern const unsigned n_samples;

/* Names that look alike: everybody who is there in the samples whose names end with "-alike". */
extern const char *const sample_crowd[2];

/* The scene of a sample at that scale (256 = 1.0), theme and language. */
void sample_scene(const struct sample *sample, struct scene *s, unsigned scale, unsigned theme,
                  unsigned language, bool mirrored);
/* Text with the fonts of the system, in the broker's order. Fails the test when there are none. */
void sample_fonts(struct text *text);

#endif
