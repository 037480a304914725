/*
 * One consent dialog at a time. Which one and when is the heart's decision (session.h: it queues,
 * limits and times out); here it is made, shown, guarded and answered.
 *
 *   EF_PREPARE_PROMPT  prompt_prepare  laid out, painted afresh: prompt_painted
 *   EF_MASK            (lead)          capture confirms; input and its gate are dead
 *   EF_MAP_PROMPT      prompt_map      cover, dialog, keyboard: prompt_armed, prompt_answer
 *   EF_GUARD           prompt_guard
 *   EF_CLOSE_PROMPT    prompt_close
 */
#ifndef BROKER_PROMPT_H
#define BROKER_PROMPT_H
#include "broker/windows.h"

enum prompt_kind {
    PROMPT_KIND_ADMIT,
    PROMPT_KIND_SHARE,
    PROMPT_KIND_PRESENT, /* may that member show their screen? */
    PROMPT_KIND_BECOME,  /* a member: the organizer asks us to */
    PROMPT_KIND_WORDS,   /* model->words; a no with choice 1: they differ */
    PROMPT_KIND_KEY,     /* a known name comes with another key: model->key */
    PROMPT_KIND_STILL,   /* in the bar, never a window of its own */
    PROMPT_KIND_CONTROL,
    PROMPT_KIND_SECOND, /* the organizer: may that member control the presenter's computer? */
    PROMPT_KIND_WHOLE,  /* somebody asks for control; the whole screen has to be shared first */
    PROMPT_KIND_END,    /* no grant in it: nothing of this owner's is given away */
    PROMPT_KINDS
};

/* `in_panel`: ADMIT in the open host panel, STILL in the bar; nothing is made, the panel's own
   Admit (the bar's Keep sharing) becomes live with prompt_map. While anything lies over the panel
   Admit there answers nothing: a press asks for the same in a dialog (prompt_apart). Closes a
   prompt that is still there, without an answer. `name`: claimed name of whom it is about, where it
   is about somebody. The painter PAINTER_PROMPT must have been set before (not for in_panel). */
void prompt_prepare(struct windows *w, uint32_t serial, enum prompt_kind kind, uint32_t person,
                    const char *name, bool in_panel);
/* Does nothing for another serial. */
void prompt_map(struct windows *w, uint32_t serial);
/* The list of people changed: the guard begins again (windows_update does it too). */
void prompt_guard(struct windows *w, uint32_t serial);
void prompt_close(struct windows *w, uint32_t serial);

#endif
