/*
 * A broker's windows without a broker: a real display, a real loop, and a painter played by this
 * process, which paints what it is told into the memory file it is given (grants yellow, all else
 * by window). Commands are read from standard input, what happens is said on standard output, one
 * line each; tests/scenario drives it with physical hands.
 */
#ifndef TESTS_UNIT_VITRINE_WINDOWS_RIG_H
#define TESTS_UNIT_VITRINE_WINDOWS_RIG_H
#include "broker/prompt.h"
#include "broker/windows.h"
#include "ch_screen.h"
#include "ch_ui.h"
#include "lib/loop.h"

struct rig {
    struct display d;
    struct loop loop;
    struct windows *w;
    struct ui_model model;
    struct ui_person people[8];
    struct chan ui[PAINTERS], painter[PAINTERS]; /* broker's ends, and ours as the painter's */
    struct chan screen, view;
    int target;
    struct msg_screen_target target_m;
    uint32_t shown; /* last SCREEN_SHOWN */
    unsigned painted, sheets, actions, answers, windows_told, prompts_told;
    enum ui_action action;
    uint32_t action_id;
    bool yes, armed, bar, lost, bar_lost;
    enum windows_hand hand;
    enum origin_why why;
    unsigned mapped; /* the main window has come so often */
    bool seen;       /* it can be seen */
    struct windows_window_line line;
    struct ui_said said; /* with that line */
    struct windows_prompt_line prompt;
    uint32_t colour;  /* the painter's */
    unsigned monitor; /* UI_SLOT_MONITOR of its last consent to share; 0 none */
    char monitor_size[32];
    bool obeys;              /* Pause and Lock, and what takes them back, are done at once */
    bool ends;               /* so is the end of a prompt that is answered */
    bool echo;               /* print what happens */
    bool lazy;               /* the painter takes orders and paints nothing ... */
    uint16_t alike;          /* names that it says it has marked */
    uint32_t owed[PAINTERS]; /* ... of which this was the last */
    bool sheetless;          /* it says nothing of the sheets of labels, and paints the rest */
    unsigned failed;         /* painter_failed */
    unsigned ended;          /* channels, by one end or the other */
    unsigned gone;           /* target_gone */
    unsigned apart;          /* prompt_apart */
    unsigned desktops;       /* that the desktop's looks are others */
    unsigned others;         /* that other vitrines are there, or remote control was */
    unsigned crowds, crowd;  /* UI_CROWD so often; the names in the last one */
};

/* False: no display. */
bool rig_start(struct rig *r);
void rig_finish(struct rig *r);
/* The lazy painter has painted the last order after all. */
void rig_paint_late(struct rig *r, enum windows_painter which);
/* Runs the loop for that long, or until *flag is `value`. */
void rig_run(struct rig *r, unsigned ms, const unsigned *flag, unsigned value);

#endif
