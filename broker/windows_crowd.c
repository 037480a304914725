/*
 * Tells painters who is there, so that they can mark names that look like another's; the broker
 * itself reads no names. Runs in the broker.
 */
#include "broker/windows_parts.h"

#include "ch_ui.h"
#include <string.h>

static uint64_t mix(uint64_t h, const char *name)
{
    for (const char *c = name; *c; c++)
        h = (h ^ (uint8_t)*c) * 1099511628211u; /* FNV-1a */
    return (h ^ 0xff) * 1099511628211u;         /* no byte of a name */
}

static void add(struct msg_ui_crowd *m, uint64_t *told, const char *name)
{
    if (m->n_names == MAX_CROWD)
        return;
    m->names[m->n_names++] = (struct ui_name){.name = span_text(name)};
    *told = mix(*told, name);
}

/* Whose key has changed is not in the session yet, nor at its door. */
static bool is_beside(const struct prompt *q)
{
    return q->step != PROMPT_STEP_NONE && q->kind == PROMPT_KIND_KEY;
}

bool windows_tell_crowd(struct windows *w, enum windows_painter which)
{
    static struct msg_ui_crowd m; /* the names themselves stay in the model */
    uint64_t told = 0;            /* what a painter knows that has been told nothing */
    m.n_names = 0;
    for (unsigned i = 0; i < w->model->n_people; i++)
        add(&m, &told, w->model->people[i].name);
    if (is_beside(&w->prompt))
        add(&m, &told, w->prompt.name);
    if (told == w->crowd[which])
        return true;
    w->crowd[which] = told;
    return msg_ui_crowd_send(w->painter[which], &m) == 0;
}
