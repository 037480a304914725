/* What the samples are made of: values, looks and rows of a scene; and those of the dialogs. */
#ifndef TESTS_UNIT_RENDER_SAMPLES_PARTS_H
#define TESTS_UNIT_RENDER_SAMPLES_PARTS_H
#include "render/scene.h"
#include <stdlib.h>
#include <string.h>

static inline void words(struct scene *s, unsigned slot, uint32_t number, const char *text)
{
    if (!scene_set_value(s, slot, number, (const uint8_t *)text, strlen(text)))
        abort();
}

static inline void number(struct scene *s, unsigned slot, uint32_t n)
{
    words(s, slot, n, "");
}

static inline void look(struct scene *s, unsigned control, unsigned bits)
{
    if (!scene_set_look(s, control, (uint16_t)bits))
        abort();
}

static inline void row(struct scene *s, unsigned kind, unsigned badges, const char *name)
{
    if (!scene_add_row(s, kind, (uint16_t)badges, (const uint8_t *)name, strlen(name)))
        abort();
}

/* Everybody there: the two of sample_crowd, of whom the second is the one to look at. */
void sample_two_alike(struct scene *s);

/* samples_dialogs.c */
void sample_admit(struct scene *s);
void sample_admit_alike(struct scene *s);
void sample_admit_paused(struct scene *s);
void sample_admit_other(struct scene *s);
void sample_consent(struct scene *s);
void sample_consent_still(struct scene *s);
void sample_consent_ready(struct scene *s);
void sample_consent_alike(struct scene *s);
void sample_consent_nobody(struct scene *s);
void sample_consent_others(struct scene *s);
void sample_consent_takes(struct scene *s);
void sample_consent_all(struct scene *s);
void sample_consent_monitor(struct scene *s);
void sample_consent_open(struct scene *s);
void sample_words_dialog(struct scene *s);
void sample_present(struct scene *s);
void sample_present_ours(struct scene *s);
void sample_present_other(struct scene *s);
void sample_key_changed(struct scene *s);
void sample_control(struct scene *s);
void sample_control_certified(struct scene *s);
void sample_control_hands(struct scene *s);
void sample_control_unlike(struct scene *s);
void sample_admit_unlike(struct scene *s);
void sample_control_alike(struct scene *s);
void sample_words_alike(struct scene *s);
void sample_control_whole(struct scene *s);
void sample_end_ask(struct scene *s);
void sample_consent_window(struct scene *s);
void sample_end_hands(struct scene *s);

#endif
