/* The picture path: handed out at the moment the heart says so, and the masks that keep vitrine's
   windows out of the picture. */
#ifndef BROKER_SHARE_H
#define BROKER_SHARE_H
#include "lib/fail.h"
#include "lib/ui/layout.h"
#include <stdbool.h>
#include <stdint.h>

struct app;

/* To gate, capture and seal of this computer. */
void share_give(struct app *a);
/* To seal and the decoder of a viewer. */
void share_give_view(struct app *a);
/* To our own seal and the decoder of what others see of our screen. */
void share_give_mirror(struct app *a);
/* CAPTURE_HIDE; CAPTURE_ASK. */
void share_hide(struct app *a, uint32_t serial, enum read_again again, const struct ui_rect *places,
                unsigned n);
void share_asked(struct app *a, uint32_t serial);
/* All windows of ours are to be blanked; hold: no picture until the next call. */
void share_mask(struct app *a, bool hold);
/* What is hidden, or whether capture asks about it, is another: told where it has begun. */
void share_mask_again(struct app *a);
/* The pointer has moved: capture, where there is one, is to look at it. */
void share_look(struct app *a);

#endif
