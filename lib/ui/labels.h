/*
 * The sheet of sealed labels (ui.md 2): the words and pictures of every control that answers a
 * question of consent, painted once, before any foreign text is known, and cut out of it by the
 * broker ever after. Painter and broker agree here on what stands where. The sheet is white on
 * black: how much of a pixel is covered, in any colour of any theme.
 */
#ifndef LIB_UI_LABELS_H
#define LIB_UI_LABELS_H
#include "lib/ui/layout.h"

#define UI_LABELS_MAX 160
/* Logical sizes of those of no control. */
#define UI_LABEL_TICK_W 20
#define UI_LABEL_DIGIT_W 16
#define UI_LABEL_SESSION_W 120

enum ui_label_part {
    UI_LABEL_WORDS,        /* a control's words, and a button's picture */
    UI_LABEL_WORDS_CHOSEN, /* the same of a radio button that is chosen */
    UI_LABEL_ICON,         /* a tile's picture */
    UI_LABEL_TICK,         /* of the chosen tile */
    UI_LABEL_DIGIT,        /* face: which */
    UI_LABEL_SESSION       /* the word before the session number */
};

struct ui_label {
    uint8_t part;
    uint8_t window, variant, control, face; /* 0 for those of no control */
    struct ui_rect
        at; /* on the sheet, logical; as large as the control, its contents placed as in it */
};

/* True: that control's labels are on the sheet, and a painter has no say in what it shows. */
bool ui_label_sealed(unsigned window, unsigned control);
/* All of them, in the same order for everybody. Returns how many. */
unsigned ui_labels(struct ui_label out[UI_LABELS_MAX]);

#endif
