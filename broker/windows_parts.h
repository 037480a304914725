/* What the files of broker/windows*.c and prompt.c share; nobody else includes it. */
#ifndef BROKER_WINDOWS_PARTS_H
#define BROKER_WINDOWS_PARTS_H
#include "broker/clip.h"
#include "broker/hotkey_keys.h"
#include "broker/labels.h"
#include "broker/overlay.h"
#include "broker/picture.h"
#include "broker/prompt.h"
#include "broker/shade.h"
#include "broker/ui/view.h"
#include "broker/windows.h"
#include "lib/input_event.h"
#include <xcb/xinput.h>

#define WINDOW_SURFACE 0xfff4f6f7u /* until the first picture: bg, ui.md 4 */

typedef xcb_input_button_press_event_t device_event; /* keys, buttons, motion: one layout */

/* PANE_SIDE: settings, new password, people, chat: beside the main window. PANE_MIRROR: what others
   see of this screen. */
enum pane_name {
    PANE_MAIN,
    PANE_DOCTOR,
    PANE_SIDE,
    PANE_MIRROR,
    PANE_BAR,
    PANE_TOAST,
    PANE_DIALOG,
    PANES
};

/* What a picture says that a press depends on: the question, and the controls that take a
   protection back, with the time since when those are known to be on the screen. */
struct said {
    bool known;
    struct view_content content;
    unsigned n;
    struct view_loose loose[VIEW_LOOSE];
    uint64_t since_ms[VIEW_LOOSE];
};

#define MARKS 16 /* UI_PAINTED.alike: names of a picture that may be marked */

/* A window with a painted face and a judge. */
struct pane {
    struct windows *w;
    enum pane_name which;
    enum windows_painter painter;
    struct window win;
    struct view view;
    struct origin judge;
    uint8_t titled; /* the language of its title */
    bool live;      /* shall show its face: painted, and mapped once painted */
    bool painted;   /* the window shows this face: from here on it can be pressed */
    bool follows;   /* it has the keyboard only while the pointer is on it: nobody has the focus */
    bool keyboard_wanted;        /* it takes the keyboard when it is there (windows_summon.c) */
    uint32_t face_serial;        /* pictures ordered before are of another face */
    struct view_content content; /* of the model */
    struct said said_ordered, said_put, said_shown; /* by the picture ordered, sent, shown */
    uint32_t put;       /* pictures that said something else than the one before */
    bool asked_there;   /* the server has not answered yet whether one of them is there */
    unsigned strangers; /* put into it by others, not yet known to be out again */
    unsigned unknown;   /* the server has been asked whether those show anything */
    unsigned asked_out; /* so many of them has the server been asked about */
    unsigned waits;     /* so many controls of it have not been there long enough */
    /* broker/labels.h: what it lays over its painter's pixels */
    struct label_face awaited, drawn; /* of the picture ordered, of the one shown */
    xcb_pixmap_t over;
    xcb_render_picture_t over_picture;
    int over_w, over_h;
    uint64_t told; /* hash of the last --events line */
    struct marks {
        uint64_t ordered[MARKS], marked[MARKS]; /* digests of names; 0 none */
    } marks; /* the names in the picture ordered; those that its painter has marked in the last */
    const char *told_name; /* face it told as mapped; NULL none */
};

enum prompt_step {
    PROMPT_STEP_NONE,
    PROMPT_STEP_PAINTING,
    PROMPT_STEP_READY,
    PROMPT_STEP_MAPPING,
    PROMPT_STEP_UP,
    PROMPT_STEP_PICKING /* away while the owner picks on the screen what to share */
};

#define BORDER_WIDTH 4   /* logical pixels, ui.md 3 */
#define PICK_WINDOWS 128 /* on a screen; of more, those on top */

/* Picking a window or a part of the screen. */
struct pick {
    enum ui_what what; /* UI_WHAT_WHOLE: nothing is being picked */
    bool program;      /* for the settings: what it belongs to is never to be shown */
    xcb_window_t veil; /* lies over everything, shows nothing, takes keys and clicks */
    struct border outline;
    struct share_choice now; /* what is outlined */
    unsigned n, asked, at;
    bool listing;
    uint32_t round; /* answers for an earlier picking are not for this one */
    uint32_t ids[PICK_WINDOWS];
    uint32_t born[PICK_WINDOWS];        /* as known before anything was asked about it */
    struct ui_rect rects[PICK_WINDOWS]; /* w 0: cannot be shared */
    bool down, dragged;
    int down_x, down_y;
};

#define ABOVE_DEEPEST 8 /* windows that a window manager puts ours into */
#define ABOVE_TOPS 1024 /* children of the root; of more, the order is not known */

/* A child of the root, as far as it is known. */
struct above_top {
    xcb_window_t id;
    struct ui_rect place; /* border included */
    bool placed, mapped, map_told;
    bool shows;        /* something: it is not for input alone, as far as known */
    bool asked, known; /* whether it is */
};

/* What may lie over the host panel while Admit waits in it; windows_above.c. */
enum above_what { ABOVE_NOTHING, ABOVE_UNKNOWN, ABOVE_SOMETHING };
struct above {
    bool on, listed, stale, overfull;
    enum above_what told;
    uint32_t round;                     /* answers to earlier questions are nobody's */
    xcb_window_t frame;                 /* the child of the root that the panel is, or is in */
    xcb_window_t at;                    /* whose parent is asked for */
    xcb_window_t within[ABOVE_DEEPEST]; /* what it is in, from the inside out, as far as known */
    unsigned depth, asking, n;
    struct above_top top[ABOVE_TOPS]; /* the lowest first */
};

/* What the screen shows where the prompt's pane is; windows_seen.c. */
struct seen {
    bool on, asked;
    bool same;         /* it showed what we drew there, and nothing has said otherwise since */
    uint32_t round;    /* 31 bits; answers for an earlier prompt are nobody's */
    unsigned looks;    /* begun */
    unsigned differs;  /* of the last ones, one after the other, or could not be made */
    unsigned excused;  /* that differed because the screen is a little later than we are */
    unsigned puts;     /* of the window, by the last look */
    uint64_t begun_ms; /* the last look */
    uint64_t same_ms;  /* the last one that said so, when it began */
    uint64_t changed_ms;
    uint64_t unlike_ms; /* since when another one is shown; 0: it is not, or it is known why */
    uint64_t alike_ms;  /* since when it said so again */
    struct {
        bool on;
        uint32_t target;
        uint16_t source;
        unsigned look; /* the first that counts */
        uint64_t until_ms;
    } held;                     /* the yes that waits for a look begun after it */
    xcb_pixmap_t room, ours;    /* names only: made for each look, and free again after it */
    xcb_gcontext_t gc, ours_gc; /* the same */
    xcb_render_picture_t from, to;
};

struct prompt {
    enum prompt_step step;
    uint32_t serial, person;
    enum prompt_kind kind;
    bool in_panel, answered;
    bool armed; /* as last told ... */
    const char *why;
    unsigned strangers; /* windows that others have put into its dialog */
    uint64_t since_ms;  /* in_panel: when it was asked */
    char name[MAX_NAME + 1];
};

#define TOASTS_WAIT 15 /* those that tell of a protection: one of each, so that none is lost */

struct toasts {
    struct toast {
        uint8_t toast;           /* enum ui_toast */
        uint32_t people;         /* it tells of so many */
        char name[MAX_NAME + 1]; /* of the last of them */
    } shown, wait[TOASTS_WAIT], kind;
    unsigned n;
    bool kind_waits;
};

/* What this person does over the picture and has not been sent yet; what is down there. */
struct steer {
    struct input_event events[MAX_INPUT_EVENTS];
    unsigned n;
    uint8_t keys[32];
    uint16_t buttons; /* bit n: button n */
    int32_t x, y;     /* in the presenter's picture */
};

/* Moving the part of the picture that is shown. */
struct pan {
    bool down;          /* being dragged; */
    int x, y;           /* the pointer was there last, on the root */
    int edge_x, edge_y; /* with control: the edge the pointer rests at; -1, 0, 1 */
};

struct windows {
    struct display *d;
    struct loop *loop;
    struct ui_model *model;
    struct windows_calls calls;
    struct chan *painter[PAINTERS];
    struct slow {
        struct windows *w;
        uint64_t since_ms; /* of the oldest order not answered; 0 none */
        unsigned orders;   /* not answered yet */
    } slow[PAINTERS];
    bool fresh[PAINTERS];     /* it has been told nothing yet */
    uint64_t crowd[PAINTERS]; /* digest of the names it was told of; 0: of none */
    struct labels labels;
    uint32_t serial; /* of paint orders */
    unsigned scale;
    bool assistive;
    struct pane pane[PANES];
    struct cover cover;
    struct border border;
    struct picture picture, mirror; /* somebody else's screen; what others see of ours */
    xcb_window_t note;              /* above the picture: paused, reconnecting */
    bool note_mapped;
    struct steer steer;
    struct pan pan;
    struct clip clip;
    struct field *paste_into;
    struct prompt prompt;
    struct above above;
    struct seen seen;
    struct toasts toasts;
    struct pick pick;
    struct share_choice offered; /* by the dialog that is up */
    struct share_choice shared;
    uint8_t shared_as;     /* its shared_code when the owner said yes */
    uint32_t shared_round; /* answers about an earlier window are not about this one */
    bool shared_asking, shared_again;
    struct origin_clock clock;
    struct reach {
        uint32_t serial; /* of the question; answers to earlier ones do not count */
        bool pointed;    /* of keys: the controller's own pointer is known, at ... */
        int16_t x, y;
        xcb_window_t at; /* of keys: the window whose parent is asked for, or its place */
        unsigned depth;
        windows_reach_fn told; /* NULL: nobody waits */
        void *ctx;
    } reach;
    struct shade *shade;
    const struct never *never[2]; /* the organisation's, the user's */
    bool shades;                  /* capture asks what is to be hidden */
    struct ui_rect shared_size;   /* of an answer of which a part has come */
    bool bar_on, bar_told;
    struct hotkey_keys summon;                 /* Ctrl+F11, of physical devices */
    xcb_timestamp_t summon_time;               /* of the key that led to one of ours last */
    xcb_timestamp_t summon_asked, summon_left; /* left to another vitrine; in vain: 0 none */
    xcb_window_t summon_owner;                 /* that one's */
    xcb_timestamp_t summon_first;              /* of presses left to another one ... */
    unsigned summon_presses;                   /* ... how many */
    int bar_grip;                              /* where on the bar the drag began; -1 none */
    uint64_t active_told_ms, moved_told_ms, hint_told_ms;
    uint64_t raise_ms; /* start of the second in which raises are counted */
    unsigned raises;
    bool minimised, main_seen; /* the main window: windows_hidden.c; as last told */
    bool buried; /* the last to be put on top was another's window, and will be for a while */
};

/* windows_place.c */
/* The view as large as its layout, whatever a window manager made of the window: painters accept no
   other size. */
void pane_size_view(struct pane *p);
/* A window that a manager may move: where it begins, or as near as can be to where it was. */
void pane_place(struct pane *p);
/* The toast, if one is up, where it hides least of the windows there are now. */
void windows_put_toast(struct windows *w);
/* How high it is. */
int windows_bar_height(const struct windows *w);
/* The bar to the top edge of that monitor, at x or as near as it fits there: ui.md 3. */
void windows_put_bar(struct windows *w, struct ui_rect monitor, int x);
/* Where it was, on a monitor that is there. */
void windows_keep_bar(struct windows *w);
/* The same by a key: a step to the left (-1) or right (1), from the edge on to the monitor beside.
 */
void windows_step_bar(struct windows *w, int way);
/* Where a bar of that size has its middle where the one that is up has it. */
struct ui_rect windows_bar_place(struct windows *w, int width, int height);
/* Where a control is on the screen. */
struct ui_rect pane_root_rect(const struct pane *p, uint8_t control);

/* windows.c */
void pane_show(struct pane *p, enum ui_window face);
void pane_hide(struct pane *p);
void pane_resized(struct pane *p);
/* Bar and border as the model has it now. */
void windows_bar_follow(struct windows *w);

/* windows_paint.c */
void pane_repaint(struct pane *p);
void windows_paint_stop(struct windows *w); /* no timer of it is left */
uint32_t windows_next_serial(struct windows *w);
/* It has been asked for one more picture. */
void windows_count_order(struct windows *w, enum windows_painter which);

/* windows_crowd.c */
/* It knows everybody who is there now. Sheets of labels have been ordered before. */
bool windows_tell_crowd(struct windows *w, enum windows_painter which);

/* windows_viewer.c */
void windows_note_create(struct windows *w);
void windows_note_put(struct windows *w);
void windows_layout_viewer(struct windows *w);

/* windows_judge.c */
enum windows_hand windows_hand_of(const struct pane *p, uint16_t source);
/* What a press or a key at that control means now; nothing where a grant does not bear the
   broker's own label: what a slow painter, or a worse one, has put there may say anything. */
struct origin_event windows_aim(const struct pane *p, uint8_t control);
/* Feeds p's judge; what follows is windows_conclude's, which windows_feed calls as well. */
struct origin_verdict windows_judge(struct pane *p, struct origin_event e);
void windows_conclude(struct pane *p, struct origin_verdict v, uint16_t source);
void windows_press(struct pane *p, struct view_press press, enum windows_hand hand);
void windows_feed(struct pane *p, struct origin_event e); /* judge, conclude, tick */
void windows_tick(struct windows *w); /* looks at all guards; sets the next timer */
void windows_tick_stop(struct windows *w);

/* windows_shown.c */
/* A picture was ordered; it was put on the window, or put there again; from now on all of it can be
   seen; another face begins. */
void shown_ordered(struct pane *p);
void shown_put(struct pane *p);
void shown_put_again(struct pane *p);
/* Its painter says which names look like another's, UI_PAINTED. */
void shown_marked(struct pane *p, uint16_t alike);
void shown_seen(struct pane *p);
void shown_forget(struct pane *p);
void shown_stop(struct pane *p); /* no timer of it is left */
/* The question as it is now, whether the screen says so or not. True: it is another. */
bool shown_follow(struct pane *p);
/* Tells p's judge whether the screen says it; after origin_init. */
void shown_judge(struct pane *p);
/* Since when the screen has shown that control as it is now; 0: it does not, or takes back nothing.
 */
uint64_t shown_since(const struct pane *p, uint8_t control);
/* Milliseconds until a control that takes a protection back has been there for FACE_MS; 0: it has.
 */
unsigned long long shown_waits(const struct pane *p, uint8_t control, uint64_t now_ms);

/* windows_toast.c */
/* A consent dialog, or a lock screen, comes; it has gone. */
void toast_make_way(struct windows *w);
void toast_come_back(struct windows *w);
/* The one that is up is there to be read: its time begins. */
void toast_painted(struct windows *w);
void toast_stop(struct windows *w);

/* windows_pointer.c */
void windows_on_pointer(struct pane *p, const device_event *e);
/* Who controls this computer does not control another one through it, nor moves what is seen. */
bool windows_by_somebody(const struct pane *p, uint16_t source);
void windows_hover(struct pane *p, uint8_t control);

/* windows_hidden.c */
/* Tells the lead whether the main window can be seen, where that has changed. */
void hidden_tell(struct windows *w);
/* Our own cover is gone: what lies over the main window from here on is known when the server has
   said so. */
void hidden_uncovered(struct windows *w);
/* True: a window manager says that it has minimised it, or has it back. */
bool hidden_event(struct windows *w, const xcb_generic_event_t *e);

/* windows_inside.c */
/* A window within one of ours; whose is not ours is put out and counts as a cover. */
bool windows_inside(struct windows *w, const xcb_generic_event_t *e);
void windows_inside_stop(struct pane *p); /* no timer of it is left */

/* windows_above.c */
/* From now on, until windows_above_end. */
void windows_above_begin(struct windows *w);
void windows_above_end(struct windows *w);
void windows_above_stop(struct windows *w); /* no timer of it is left */
/* NOTHING, too, while it is not on. */
enum above_what windows_above(const struct windows *w);
/* Asks anew, while it is on: an event may not have been told. */
void windows_above_again(struct windows *w);
/* The panel may be elsewhere now. */
void windows_above_follow(struct windows *w);
/* To be told of every event. */
void windows_above_event(struct windows *w, const xcb_generic_event_t *e);

/* windows_seen.c */
void seen_create(struct windows *w);
/* The prompt's pane is on the screen now; from now on, until seen_end. */
void seen_begin(struct windows *w);
void seen_end(struct windows *w);
/* The screen shows p as we drew it, as far as it has been asked lately; true where nobody looks. */
bool seen_same(const struct pane *p);
/* It has not, for a while. */
bool seen_differs(const struct windows *w);
/* What was seen too long ago is not seen any more: before a hand's event is judged. */
void seen_expire(struct windows *w);
/* A grant was pressed in p: it is given when the screen still shows it. False: nobody looks. */
bool seen_hold(struct pane *p, uint32_t target, uint16_t source);
bool seen_holds(const struct windows *w);
/* It is not given: what was pressed is another question now. */
void seen_let_go(struct windows *w);

/* windows_pan.c */
/* A press on nothing that can be pressed: begins a drag, or is the wheel's. */
void windows_pan_press(struct pane *p, const device_event *e);
/* True: it belongs to a drag, and to nobody else. */
bool windows_pan_drag(struct pane *p, const device_event *e);
/* Over the picture, with control; free: with no button down. */
void windows_pan_edge(struct pane *p, const device_event *e, bool free);
void windows_pan_rest(struct windows *w); /* no timer of it is left */
/* True: it moved the part, or would have. The first also with control. */
bool windows_pan_next(struct pane *p, uint32_t sym, uint32_t mods);
bool windows_pan_key(struct pane *p, uint32_t sym, uint32_t mods);

/* windows_steer.c */
/* What is done over the picture is the presenter's. */
bool windows_steers(const struct windows *w);
/* True: it was about the presenter's screen, not about our window. */
bool windows_steer_pointer(struct pane *p, const device_event *e);
bool windows_steer_key(struct pane *p, const device_event *e);
void windows_steer_let_go(struct windows *w);

/* windows_keys.c */
void windows_on_key(struct pane *p, const device_event *e);
void windows_on_focus(struct pane *p, bool in);

/* windows_summon.c */
/* F6 goes round the windows (ui.md 7): the keyboard to the one after that. */
void windows_next(struct pane *from);
/* A raw key event. */
void windows_summon_key(struct windows *w, const xcb_input_raw_key_press_event_t *e);
void windows_summon_stop(struct windows *w); /* no timer of it is left */
/* It is there now. */
void summon_on_mapped(struct pane *p);

/* windows.c */
/* The lines around what is shared, as they are now. */
void windows_border(struct windows *w);

/* windows_input.c */
void windows_on_event(void *ctx, const xcb_generic_event_t *e);
void windows_bar_changed(struct windows *w); /* bar or border came or went: tells the lead */

/* windows_tell.c */
void windows_tell(struct pane *p);
/* Its painter is to paint that; has painted it, and marks those names (UI_PAINTED). */
void tell_ordered(struct pane *p, const struct msg_ui_paint *order);
void tell_marked(struct pane *p, uint16_t alike);
struct ui_facts pane_facts(const struct pane *p);
void windows_tell_prompt(struct windows *w, bool closed);

/* windows_input.c */
/* Nobody waits any more to be on top again. */
void windows_buried_stop(struct windows *w);
/* As far as the server says, nothing lies over p or in it. */
bool pane_is_clear(const struct pane *p);
/* Tells p's judge whether all of it is to be seen. */
void windows_follow_seen(struct pane *p);
/* The pane with that window; NULL: none of them is it. */
struct pane *windows_pane_with(struct windows *w, uint32_t id);
/* One of windows_ids. */
bool windows_own(const struct windows *w, uint32_t id);

/* windows_shared.c */
/* From now on that is shared, and a window followed; shared_forget: nothing is. False: it is not
   what one window can be, the root or one of ours. */
bool shared_begin(struct windows *w, const struct share_choice *what);
void shared_forget(struct windows *w);
/* Where the lines of the border go, and the bar. */
struct ui_rect shared_border(const struct windows *w, int width);
struct ui_rect shared_bar(struct windows *w, const struct pane *bar);
/* Monitors are others, or elsewhere: is that what the owner said yes to? */
void shared_screen_changed(struct windows *w);
/* Was it about the shared window? */
bool shared_event(struct windows *w, const xcb_generic_event_t *e);
/* enum session_what of session.h for a choice. */
uint8_t shared_code(const struct windows *w, const struct share_choice *what);
/* Which of several monitors that is. */
enum ui_monitor shared_monitor(const struct windows *w, const struct ui_rect *area);

/* windows_never.c */
bool never_create(struct windows *w);
/* Another vitrine is here, whose windows are as ours. */
void never_others(struct windows *w);
/* Begins to look at all windows; stops when neither a picking nor a share needs it. */
void never_look(struct windows *w);
void never_rest(struct windows *w);
/* Which one it is, 0: not known, or never to be shown. */
uint32_t never_born(const struct windows *w, uint32_t window);
/* That is going to be shared; false: it must not be. never_forget: nothing is. */
bool never_share(struct windows *w, const struct share_choice *what);
void never_forget(struct windows *w);

/* windows_pick.c */
void pick_create(struct windows *w);
void pick_destroy(struct windows *w);
/* Takes the dialog's place until the owner has picked or pressed Escape. */
void pick_begin(struct windows *w, enum ui_what what);
/* For the settings: a window, whose program's name is added to the field there. */
void pick_begin_program(struct windows *w);
/* Nothing is picked. */
void pick_stop(struct windows *w);
void pick_input(struct windows *w, const device_event *e);
bool pick_event(struct windows *w, const xcb_generic_event_t *e);

/* prompt.c */
/* Away for a picking, and back. */
void prompt_step_aside(struct windows *w);
void prompt_step_back(struct windows *w);
void prompt_take_keyboard(struct windows *w, xcb_window_t id);
void prompt_give_keyboard(struct windows *w);
/* The pane whose grant is the prompt's; NULL: none is up. */
struct pane *prompt_pane(struct windows *w);
/* Its name in --events; the control that answers yes, or no. */
const char *prompt_kind_name(enum prompt_kind kind);
uint8_t prompt_control(const struct prompt *q, bool yes);
void prompt_answered(struct windows *w, bool yes, enum windows_hand hand, enum origin_why why);
void prompt_on_painted(struct windows *w);
void prompt_on_mapped(struct windows *w);
void prompt_on_taken(struct windows *w); /* somebody unmapped the dialog */
void prompt_update_armed(struct windows *w, uint64_t now_ms);
/* Admit was pressed in a panel that is not wholly seen: asks in a dialog. */
void prompt_apart(struct windows *w);
/* Why it is not armed, for --events; "": that shows by itself. */
const char *prompt_why(const struct windows *w);
/* A foreign window came to lie above us. */
void prompt_on_covered(struct windows *w, uint64_t now_ms);

#endif
