/*
 * The rectangles of every window, as compiled from layout.tsv, and the one arithmetic that turns
 * them into device pixels: broker (hit-testing, focus) and painter (drawing) must agree to the
 * pixel.
 *
 * A control's number is its row in enum ui_<window>_control (generated, build/gen/ui_layout.h), the
 * same in every variant of that window; in a variant that does not have it its kind is
 * UI_KIND_NONE.
 */
#ifndef LIB_UI_LAYOUT_H
#define LIB_UI_LAYOUT_H
#include "lib/ui/scene.h"
#include "lib/ui/style.h"
#include "ui_layout.h"
#include <stdbool.h>
#include <stdint.h>

enum ui_kind {
    UI_KIND_NONE = 0, /* not in this variant */
    UI_KIND_ICON,     /* small button with a picture only: minimise, close, page */
    UI_KIND_SAFE,     /* filled: the safe answer, or the one useful action */
    UI_KIND_PLAIN,
    UI_KIND_GRANT, /* gives something away: guard, physical press and release only */
    UI_KIND_DANGER,
    UI_KIND_STOP,
    UI_KIND_ONLIVE, /* on the red control bar */
    UI_KIND_LIVEGH,
    UI_KIND_LINK,
    UI_KIND_FIELD,
    UI_KIND_RADIO,
    UI_KIND_TOGGLE,
    UI_KIND_CHECK, /* on or off, with its label beside it */
    UI_KIND_ROW,
    UI_KIND_AREA /* not a control: a place somebody else fills */
};

/* One look of a control: a button such as Pause / Continue has two. */
struct ui_face {
    uint16_t label; /* enum ui_string */
    uint8_t icon;   /* enum ui_icon */
    uint8_t kind;   /* enum ui_kind; equals the control's where layout.tsv says nothing else */
};

struct ui_box {
    const char *id; /* as in layout.tsv; NULL where kind is UI_KIND_NONE */
    int16_t x, y, w, h;
    uint8_t kind;
    uint8_t focus; /* place in the Tab order from 1; 0: none */
    char hold_x;   /* l r c w, t b m h: what a resize does to it */
    char hold_y;
    uint8_t n_faces;
    struct ui_face faces[3];
};

struct ui_layout {
    const char *name; /* layout.tsv, --events */
    uint16_t w, h; /* logical size; the smallest one is UI_VIEWER_MIN_W/H for resizable windows */
    bool resizable;
    uint8_t n_controls;
    const struct ui_box *controls; /* n_controls of them, indexed by enum ui_<window>_control */
};

#define UI_VIEWER_MIN_W 640
#define UI_VIEWER_MIN_H 480

/* The table of one window and variant; NULL when there is no such window or variant. */
const struct ui_layout *ui_layout_get(unsigned window, unsigned variant);
/* How many variants that window has; 0 for an unknown one. */
unsigned ui_layout_variants(unsigned window);

struct ui_rect {
    int x, y, w, h;
};

/* Where a box stands in a window of w x h logical pixels: resize rules, then mirroring (right to
 * left). */
struct ui_rect ui_box_place(const struct ui_layout *l, const struct ui_box *b, int w, int h,
                            bool mirrored);
/* Device pixel of a logical edge: round(edge * scale), scale 256 = 1.0. Edges, not lengths, are
 * rounded. */
int ui_px(int edge, unsigned scale);
struct ui_rect ui_rect_px(struct ui_rect logical, unsigned scale);

/* What decides which face of a control shows. */
struct ui_facts {
    uint8_t sharing;  /* UI_SLOT_SHARING */
    uint8_t locked;   /* UI_SLOT_LOCKED */
    uint8_t details;  /* UI_SLOT_DETAIL: shown */
    uint8_t error;    /* join: UI_LOOK_ERROR on the password field */
    uint8_t what;     /* UI_SLOT_WHAT */
    uint8_t mine;     /* UI_SLOT_MINE */
    uint8_t theirs;   /* UI_SLOT_THEIRS */
    uint8_t controls; /* UI_SLOT_CONTROLS */
};
/* The face of that control now; never beyond its n_faces. The box must have at least one face. */
const struct ui_face *ui_face_now(unsigned window, const struct ui_box *b,
                                  const struct ui_facts *f);

/* The error table of ui.md 10. */
struct ui_error_row {
    const char *code; /* "J-PASS" */
    uint8_t variant;  /* of UI_ERROR: which buttons */
    uint8_t icon;
    uint16_t title, lead, means, todo; /* enum ui_string; UI_STR_NONE where there is none */
    uint16_t lead_later, means_later;  /* in their place where these would say too much */
};
/* NULL for UI_ERROR_NONE and beyond the table. */
const struct ui_error_row *ui_error_get(unsigned error);

/* Generated tables, for layout.c only. */
struct ui_window_row {
    uint8_t n_variants;
    const struct ui_layout *variants;
};
extern const struct ui_window_row ui_window_table[UI_WINDOWS];
extern const struct ui_error_row ui_error_table[UI_ERRORS];

#endif
