/*
 * Sealed labels (ui.md 2): what the controls of consent show is drawn by the broker over the
 * painter's pixels, from sheets (lib/ui/labels.h) that a fresh painter painted before it was told
 * anything else. No pixel of a sheet comes here: it lies in the X server. Used by
 * broker/windows*.c.
 */
#ifndef BROKER_LABELS_H
#define BROKER_LABELS_H
#include "broker/display.h"
#include "broker/shared.h"
#include "broker/windows.h"
#include "lib/ui/labels.h"
#include "lib/ui/strings.h"
#include <xcb/render.h>

#define LABEL_SCALES 3 /* kept at once: the first one, and the last others */

/* Of one scale. */
struct label_sheets {
    unsigned scale;                             /* 0: none */
    xcb_render_picture_t picture[UI_LANGUAGES]; /* XCB_NONE: not painted yet */
};

/* One that a painter was asked for. */
struct label_order {
    uint32_t serial; /* 0: none */
    unsigned scale;
    struct shared page;
};

struct labels {
    struct display *d;
    xcb_gcontext_t gc;
    struct label_sheets sheets[LABEL_SCALES];
    /* each painter's: two fresh ones may be asked for the same sheet, and the first one counts */
    struct label_order order[PAINTERS][UI_LANGUAGES];
    unsigned next; /* the scale given up for another */
    struct ui_label label[UI_LABELS_MAX];
    unsigned n_labels;
};

/* What a window's picture shows of sealed controls. */
struct label_face {
    uint8_t kind, variant;
    uint64_t controls; /* bit n: control n is there, and sealed */
};

/* `like`: any window of ours. */
void labels_init(struct labels *l, struct display *d, xcb_window_t like);
void labels_finish(struct labels *l);
/* All languages at that scale. */
bool labels_have(const struct labels *l, unsigned scale);
xcb_render_picture_t labels_sheet(const struct labels *l, unsigned scale, unsigned language);
/* Where on the sheet, device pixels; w 0: nowhere. */
struct ui_rect labels_find(const struct labels *l, const struct ui_label *wanted, unsigned scale,
                           bool mirrored);

struct pane;
struct windows;
/* Before the first picture is ordered from a fresh painter: the sheets of that scale, if they are
   missing. False: the painter takes no message. */
bool labels_order(struct windows *w, unsigned painter, unsigned scale);
/* A picture with that serial has come; false: it is no sheet. */
bool labels_painted(struct labels *l, unsigned painter, uint32_t serial);
void labels_painter_gone(struct labels *l, unsigned painter);

/* The face a picture ordered now will show. */
struct label_face labels_face(const struct pane *p);
/* A picture of that face is about to be shown. */
void labels_follow(struct pane *p, struct label_face face);
/* Focus, hover, guard or choice have changed. */
void labels_redraw(struct pane *p);
/* Does that control bear the broker's own label on the screen now? Else its press grants nothing.
 */
bool labels_shown(const struct pane *p, uint8_t control);
void labels_drop(struct pane *p);
/* Where guard bars move now, in the window: how many, at most WINDOW_OVER. */
unsigned labels_moving(struct pane *p, struct ui_rect *out);

#endif
