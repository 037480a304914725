/*
 * The clipboard: an invitation put there for others to paste, and text pasted into our own fields.
 * Nothing is read unless the person presses Ctrl+V in a field.
 */
#ifndef BROKER_CLIP_H
#define BROKER_CLIP_H
#include "broker/display.h"

#define CLIP_MAX 4096 /* bytes given or taken at once; an invitation is under 400 */

typedef void (*clip_pasted_fn)(void *ctx, const char *text, size_t len);

struct clip {
    struct display *d;
    xcb_window_t window; /* owner and requestor */
    char text[CLIP_MAX];
    size_t len; /* 0: we own nothing */
    bool asking;
    clip_pasted_fn pasted;
    void *ctx;
};

void clip_init(struct clip *c, struct display *d, xcb_window_t window);
/* Gives the selection up and wipes. */
void clip_finish(struct clip *c);
/* Owns the clipboard with that text until another program takes it, or clip_finish. */
bool clip_offer(struct clip *c, const char *text, size_t len);
/* Asks for text; `pasted` is called at most once, later, and never with more than CLIP_MAX bytes.
   What it gets is untrusted. A further call forgets the one before. */
void clip_ask(struct clip *c, clip_pasted_fn pasted, void *ctx);
bool clip_event(struct clip *c, const xcb_generic_event_t *e);

#endif
