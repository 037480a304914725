/*
 * All of vitrine's windows, as the lead sees them: what they show comes from a struct ui_model,
 * what the owner does comes back through struct windows_calls, every press judged by
 * broker/origin.h before.
 *
 * Order of calls:
 *   1. display_open, windows_create: all X windows exist from here on, unmapped;
 *   2. windows_painter when vitrine-render ui is verified, windows_painted on UI_PAINTED;
 *   3. fill the model, windows_show(UI_HOME): mapped as soon as it is painted;
 *   4. windows_update after any change of the model; prompts: prompt.h;
 *   5. windows_bar(true), answered by bar_mapped; windows_bar(false) when sharing has ended;
 *   6. to see another's screen: windows_show(UI_VIEWER), windows_view, windows_view_changed;
 *   7. windows_destroy, display_close.
 * No call blocks. None calls back into the lead before it returns, but `painter_failed` from
 * windows_painter, windows_update and windows_show, and those that say so.
 */
#ifndef BROKER_WINDOWS_H
#define BROKER_WINDOWS_H
#include "broker/display.h"
#include "broker/ui/model.h"
#include "lib/fail.h"
#include "lib/ui/say.h"

struct chan;
struct loop;
struct input_event;
struct msg_screen_changed;
struct never;
struct windows;

enum windows_painter { PAINTER_MAIN, PAINTER_PROMPT, PAINTERS };

/* Who pressed: for the audit trail and session_event.origin. */
enum windows_hand { HAND_NONE, HAND_SYNTHETIC, HAND_PHYSICAL };

/* A window of a listed program was picked to be shared alone; the window that is shared is or holds
   one now, or one of ours; one was hidden in a picture. */
enum windows_never_why { NEVER_PICKED, NEVER_SHARED, NEVER_HIDDEN };

struct windows_control_line {
    const char *id, *label;
    const char *name;    /* claimed name of whom it is about; NULL: nobody in particular */
    const char *badges;  /* what its badges say, with commas between; else "" */
    const char *group;   /* of a radio button: what it is one of; else "" */
    const char *why;     /* where it is off: why; else "" */
    const char *value;   /* of a field: what stands in it, where that may be told; else NULL */
    int length;          /* of a field: so many characters stand in it; else -1 */
    const char *role;    /* button, field, radio, toggle, check, row, link, area (not a control) */
    const char *state;   /* "", off, chosen, error; new: not yet there long enough (FACE_MS) */
    struct ui_rect rect; /* root coordinates, device pixels */
    bool focus;
};

struct windows_window_line {
    const char *name; /* as in layout.tsv */
    struct ui_rect rect;
    bool mapped;                /* false: closed */
    const struct ui_said *said; /* NULL: nothing */
    unsigned n_controls;
    struct windows_control_line controls[64];
};

struct windows_prompt_line {
    uint32_t serial;
    const char *kind;   /* admit, share, present, hand-over, words, still, end */
    const char *name;   /* claimed; "" none */
    const char *window; /* layout.tsv */
    struct ui_rect yes, no;
    bool armed, closed;
    /* it is not armed: covered; effects: what changes the screen does so, and the prompt says it;
       "" where that passes by itself */
    const char *why;
};

struct windows_calls {
    void *ctx;
    /* the owner pressed something; id: person, where the action has one */
    void (*action)(void *ctx, enum ui_window window, enum ui_action action, uint32_t id,
                   enum windows_hand hand);
    /* prompts, prompt.h */
    void (*prompt_painted)(void *ctx, uint32_t serial); /* EV_PROMPT_PAINTED */
    void (*prompt_armed)(void *ctx, uint32_t serial, bool armed);
    /* exactly once for each prompt that was mapped and not closed by prompt_close; hand is
       HAND_NONE when no press made it (why says what did: then yes is false) */
    void (*prompt_answer)(void *ctx, uint32_t serial, bool yes, uint8_t choice,
                          enum windows_hand hand, enum origin_why why);
    /* Admit was pressed in the panel while something may lie over it: EV_APART */
    void (*prompt_apart)(void *ctx, uint32_t serial);
    void (*panel_wanted)(void *ctx); /* by keyboard, while the main window is closed */
    void (*bar_mapped)(void *ctx);   /* bar and border are on the screen */
    void (*bar_lost)(void *ctx);     /* somebody took one of them away */
    void (*target_gone)(void *ctx);  /* the shared window or monitor is not there any more */
    /* CAPTURE_HIDE: the answer to windows_shade_ask; serial 0: what is to be hidden has changed */
    void (*shade_answer)(void *ctx, uint32_t serial, enum read_again again,
                         const struct ui_rect *places, unsigned n);
    void (*never_shown)(void *ctx, enum windows_never_why why);
    void (*shown)(void *ctx, bool seen); /* the main window: EV_SHOWN */
    void (*owner_active)(void *ctx);     /* physical input somewhere, at most once a second */
    void (*owner_hand)(void *ctx);       /* the same, every time */
    void (*injected)(void *ctx);         /* a key or button of a device that nobody touches */
    void (*pointer_moved)(void *ctx);    /* by any device, at most every CURSOR_TOLD_MS */
    /* events for the presenter's screen, in order */
    void (*steer)(void *ctx, const struct input_event *events, unsigned n);
    void (*hint)(void *ctx); /* a remote click or key was ignored, at most once in 5 s */
    void (*painter_failed)(void *ctx,
                           enum windows_painter which); /* its channel takes no message */
    void (*screen_changed)(void *ctx);                  /* size or monitors */
    void (*desktop)(void *ctx);                         /* its theme, or motion: display.desktop */
    void (*screen_locked)(void *ctx, bool locked);      /* display_lock.c: EV_SCREEN_LOCK */
    void (*others)(void *ctx); /* another vitrine is here, or there has been remote control */
    void (*lost)(void *ctx);   /* the X server is gone: EV_DISPLAY_LOST */
    bool tell_chat;            /* also what people write */
    /* --events; NULL: nobody listens, and nothing is put into words */
    void (*tell_window)(void *ctx, const struct windows_window_line *line);
    void (*tell_prompt)(void *ctx, const struct windows_prompt_line *line);
};

/* Creates every window, attaches the display to the loop. The display, the loop and the model
   outlive it; any callback may be NULL. NULL: no memory. */
struct windows *windows_create(struct display *d, struct loop *loop, struct ui_model *model,
                               const struct windows_calls *calls);
void windows_destroy(struct windows *w);

/* Ids of all own windows, for CAPTURE_START, CAPTURE_MASK and GATE_WINDOWS; at most
   MAX_OWN_WINDOWS. They are the same from windows_create on, but after a foreign program destroyed
   one: then `screen_changed` comes. */
unsigned windows_ids(const struct windows *w, uint32_t ids[MAX_OWN_WINDOWS]);

/* The painter from now on (channel "ui", state ready; not owned); NULL: it is dead. A prompt whose
   painter dies is answered with no. */
void windows_painter(struct windows *w, enum windows_painter which, struct chan *painter);
/* UI_PAINTED. 0, or -1: it was not asked for that (end it). Calls prompt_painted. */
int windows_painted(struct windows *w, enum windows_painter which, uint32_t serial, uint16_t alike);

/* The main window shows that face now, mapped as soon as it is painted. Texts typed in it are
 * wiped. */
void windows_show(struct windows *w, enum ui_window face);
void windows_hide(struct windows *w);
void windows_minimise(struct windows *w);
/* Back from minimised, to the front. */
void windows_raise(struct windows *w);
void windows_doctor(struct windows *w, bool on);
/* Beside the main window: UI_SETTINGS, UI_NEW_PASSWORD, UI_PEOPLE or UI_CHAT; one at a time. */
void windows_side(struct windows *w, enum ui_window face);
bool windows_side_shows(const struct windows *w, enum ui_window face);
void windows_side_close(struct windows *w);
/* What is chosen in UI_SETTINGS; false: it is not open. */
bool windows_settings(const struct windows *w, struct ui_settings *out);
/* One at a time, those that tell of a protection first; none while a consent dialog is up. */
void windows_toast(struct windows *w, enum ui_toast toast, const char *name);
/* Bar and border around the monitor of the pointer's screen; the face follows model->sharing. Calls
   bar_mapped when they are there. */
void windows_bar(struct windows *w, bool on);
bool windows_has_bar(const struct windows *w);
/* The model has changed: repaint what shows it, begin guards again
   where people or titles differ. */
void windows_update(struct windows *w);

/* True (default): synthetic sources may answer, no input worker has existed in this session. */
void windows_assistive(struct windows *w, bool ok);
/* The screen was locked or another user's turn came: prompts are answered with no. */
void windows_screen_locked(struct windows *w);

/* Text of a field (UI_HOME: UI_HOME_JOIN_NUMBER, UI_HOME_YOUR_NAME; UI_JOIN: UI_JOIN_PASSWORD; the
   fields of UI_SETTINGS and UI_NEW_PASSWORD), terminated; "" when that face is not shown. */
const char *windows_text(const struct windows *w, enum ui_window face, uint8_t control);
/* False: it does not fit the field. */
bool windows_set_text(struct windows *w, enum ui_window face, uint8_t control, const char *text);
/* Puts text on the clipboard until another program takes it or the session ends
 * (windows_forget_copy). */
bool windows_copy(struct windows *w, const char *text);
void windows_forget_copy(struct windows *w);

/* The painter of the picture (channel "screen", state ready); NULL: none any more. */
void windows_view(struct windows *w, struct chan *view);
/* SCREEN_CHANGED, SCREEN_PICTURE. 0, or -1: end that painter. */
int windows_view_changed(struct windows *w, const struct msg_screen_changed *m);
void windows_view_size(struct windows *w, uint32_t width, uint32_t height);
bool windows_view_has_size(const struct windows *w, uint32_t width, uint32_t height);

/* The same for what others see of our own screen: its window is there as long as that process. */
void windows_mirror(struct windows *w, struct chan *mirror);
int windows_mirror_changed(struct windows *w, const struct msg_screen_changed *m);

/* What a press at that place of the root would meet: nothing of ours; one of ours or a window that
   is never shown, or it cannot be asked; or there may be one, and the X server has to be asked. */
enum windows_reach { REACH_FREE, REACH_OURS, REACH_UNKNOWN };
enum windows_reach windows_reach(const struct windows *w, int x, int y);
/* Where that is not known: asks the X server, waits for nothing, and tells of it once; a new
   question takes the place of the one before. */
typedef void (*windows_reach_fn)(void *ctx, bool ours);
void windows_ask_reach(struct windows *w, int x, int y, windows_reach_fn told, void *ctx);
/* The same for a key: whose the keyboard is. pointed: the controller's own pointer is there. */
enum windows_reach windows_key_reach(const struct windows *w);
void windows_ask_key_reach(struct windows *w, bool pointed, int x, int y, windows_reach_fn told,
                           void *ctx);
/* Nobody waits for the answer any more. */
void windows_forget_reach(struct windows *w);
/* One of ours has the keyboard. */
bool windows_have_keyboard(const struct windows *w);
/* Says that a remote click or key was ignored; at most once in 5 s. */
void windows_hint(struct windows *w);

/* What the owner chose to share in the last dialog that was answered with yes. */
struct share_choice {
    enum ui_what what;
    uint32_t window;     /* UI_WHAT_WINDOW; else 0 */
    uint32_t born;       /* which window had that identifier when it was picked (broker/shade.h) */
    struct ui_rect area; /* root coordinates, wholly on the screen but for a window */
};
struct share_choice windows_choice(const struct windows *w);

/* Programs whose windows are never shown; the lists must stay. Also while something is shared: call
   share_mask then. */
void windows_never(struct windows *w, const struct never *policy, const struct never *user);
/* CAPTURE_START, CAPTURE_MASK: capture has to ask with each picture. */
bool windows_shade(const struct windows *w);
/* CAPTURE_ASK. false: nothing is to be hidden. Else shade_answer comes. */
bool windows_shade_ask(struct windows *w, uint32_t serial);
/* Another capture begins: what the one before asked is not answered. */
void windows_shade_begin(struct windows *w);
/* Shared area in root coordinates; a window's: where it was last. */
struct ui_rect windows_shared_area(const struct windows *w);

#endif
