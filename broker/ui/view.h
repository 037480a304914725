/*
 * What one window is in the middle of: focus, hover, texts being typed, page, selected row. Pure:
 * device-pixel positions and keysyms in, looks and meanings out. The builders (face_*.c) say what
 * differs from window to window; this file is what they share.
 */
#ifndef BROKER_UI_VIEW_H
#define BROKER_UI_VIEW_H
#include "broker/field.h"
#include "broker/ui/model.h"

#define VIEW_NONE 255 /* no control */
#define VIEW_ROWS 3   /* people on a page of the host panel */
#define VIEW_PEOPLE 7 /* people on a page of the people window */
#define VIEW_SHARE 6  /* people on a page of the consent to share, where all are shown */
#define VIEW_CHAT 7   /* lines on a page of the chat window */
#define VIEW_FIELDS 3
#define VIEW_NAMED 2 /* people of a question that are compared by name */
#define VIEW_LOOSE 4 /* controls of one window that take a protection back */

struct msg_ui_paint;

struct view {
    enum ui_window kind;
    unsigned scale;                /* 256ths */
    int w, h;                      /* device pixels */
    bool full;                     /* viewer: full screen */
    uint8_t focus, hover, pressed; /* controls */
    uint32_t pressed_whom;         /* view_whom of it when it went down: now it may be another's */
    bool focused;                  /* the window has the keyboard */
    /* of a list: page from 0, id of the open row (0 none); chat: number of the first line shown
       from 1, 0 the newest */
    unsigned page, selected;
    bool details;           /* error: the technical line is shown; consent-share: everybody is */
    uint8_t what;           /* consent-share: 0 whole screen; words: 1 they differ;
                               new-password: enum ui_password */
    struct ui_settings set; /* settings: as chosen so far */
    uint8_t mode;           /* viewer: 0 fit, 1 one to one */
    uint8_t monitor;        /* consent-share: enum ui_monitor of the part that was picked ... */
    char size[24];          /* ... and how large it is */
    struct field field[VIEW_FIELDS];
    /* set by whoever drives it, for drawing */
    unsigned guard;  /* 0..UI_GUARD_WHOLE */
    uint32_t person; /* admit, host panel: the knock a prompt is about, 0 none */
    uint8_t asked;   /* bar: still sharing?; present: its variant */
    uint8_t toast;
    unsigned toast_people;   /* it tells of so many */
    char name[MAX_NAME + 1]; /* dialogs, toast: claimed name */
    uint16_t alike;          /* names marked since it is asked, UI_PAINTED */
    uint32_t seconds;        /* bar: how long */
    bool unlike;             /* what asks: the screen has shown it otherwise for a while */
};

/* What a press did. */
struct view_press {
    enum ui_action action;
    uint32_t id;      /* person */
    bool minimise;    /* the window's own business: done by the window code */
    bool full;        /* full screen on or off */
    bool mode;        /* viewer mode changed */
    uint8_t pick;     /* consent-share: enum ui_what to be picked on the screen; settings: a window
                         whose program is never shown */
    bool changed;     /* something to repaint */
    bool answer, yes; /* a consent dialog is answered */
};

void view_init(struct view *v, enum ui_window kind);
/* What a window that begins with the model's own choices shows first. */
void view_open(struct view *v, const struct ui_model *m);
/* Wipes what was typed. */
void view_finish(struct view *v);

/* The layout that holds now. Never NULL. */
const struct ui_layout *view_layout(const struct view *v, const struct ui_model *m);
/* Its device rectangle in the window; w 0 where the control is not there now. */
struct ui_rect view_rect(const struct view *v, const struct ui_model *m, uint8_t control);
/* Control at that point that can be pressed now; VIEW_NONE. */
uint8_t view_hit(const struct view *v, const struct ui_model *m, int x, int y);
/* The same, also where it is off: what the pointer is on. */
uint8_t view_under(const struct view *v, const struct ui_model *m, int x, int y);
bool view_is_grant(const struct view *v, const struct ui_model *m, uint8_t control);
bool view_is_danger(const struct view *v, const struct ui_model *m, uint8_t control);
/* It takes a protection back (shows the screen again after a pause, lets people in again, saves
   other rules), or somebody's place in the session. */
bool view_loosens(const struct view *v, const struct ui_model *m, uint8_t control);
/* Every control that does now: what it does, to whom and where. */
struct view_loose {
    uint8_t control;
    enum ui_action action;
    uint32_t whom;
    struct ui_rect at;
};
unsigned view_loose(const struct view *v, const struct ui_model *m,
                    struct view_loose out[VIEW_LOOSE]);
/* Whom a press on it acts on; NULL: nobody in particular. */
const struct ui_person *view_about(const struct view *v, const struct ui_model *m, uint8_t control);
/* The same by id; 0: nobody in particular. */
uint32_t view_whom(const struct view *v, const struct ui_model *m, uint8_t control);
/* The variant of layout.tsv that holds now. */
uint8_t view_variant(const struct view *v, const struct ui_model *m);
/* Looks without hover, press and focus: off, hidden, chosen, error. */
uint16_t view_look(const struct view *v, const struct ui_model *m, uint8_t control);
/* And with them. */
uint16_t view_whole_look(const struct view *v, const struct ui_model *m, uint8_t control);
/* Why it is off; UI_STR_NONE: it is not. why.c */
enum ui_string view_why(const struct view *v, const struct ui_model *m, uint8_t control);
/* ... of the one that the pointer is on, else of the first where that cannot be seen. */
enum ui_string view_why_shown(const struct view *v, const struct ui_model *m);

/* Focus on the control the window opens with (ui.md 7): the first of the Tab order that is on. */
void view_focus_first(struct view *v, const struct ui_model *m);
/* Next (or previous) in the Tab order that is on, wrapping. False: nowhere else to go. */
bool view_focus_move(struct view *v, const struct ui_model *m, bool back);
/* If the focused control has gone or is off: of a list's two arrows the other, else the last one
   before it that a window could open with and that takes no protection back, else the first.
   True: it moved. */
bool view_focus_keep(struct view *v, const struct ui_model *m);
/* The field that has the focus, or NULL. */
struct field *view_field(struct view *v);
struct field *view_field_of(struct view *v, uint8_t control);
/* Enter in a field presses this one. VIEW_NONE: nothing. */
uint8_t view_default(const struct view *v, const struct ui_model *m);

/* A judged press on a control. */
struct view_press view_press(struct view *v, const struct ui_model *m, uint8_t control);
/* A judged key that no field took: arrows, PageUp and PageDown, Escape, F1. */
struct view_press view_key(struct view *v, const struct ui_model *m, uint32_t keysym);
/* The header, where a press moves the window. */
bool view_is_header(const struct view *v, const struct ui_model *m, int x, int y);

/* The waiting person the panel shows now: the one a prompt is about (v->person), else the first;
 * NULL none. */
const struct ui_person *view_waiting(const struct view *v, const struct ui_model *m);
/* What a window asks: all that its words say of the question, the guard depends on it. Who else
   comes and goes does not matter, or nobody could say yes to anything while somebody does; that a
   name looks like another's does, from the first time on. A consent to share that covers newcomers
   says so in words; else it is for those it names. */
struct view_content {
    uint8_t kind, variant, what, sharing, words_known, words_compared, also, monitor;
    uint16_t alike, badges[VIEW_NAMED];
    uint32_t person, viewers, id[VIEW_NAMED];
    char name[MAX_NAME + 1], named[VIEW_NAMED][MAX_NAME + 1], organizer[MAX_NAME + 1];
    char words[64], key[64], size[24];
    uint64_t all;
};
void view_content(const struct view *v, const struct ui_model *m, struct view_content *out);
bool view_same_content(const struct view_content *a, const struct view_content *b);
/* It is about the same people, under the same names. */
bool view_same_people(const struct view_content *a, const struct view_content *b);

/* Fills the whole picture order but serial and memory. Spans point into *v and *m. */
void view_paint(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out);

/* Host panel and people window: whose row is open, also on another page; NULL nobody's. */
const struct ui_person *view_person_open(const struct view *v, const struct ui_model *m);
/* That person presents, or was asked to: it can be taken back. */
bool view_is_theirs(const struct ui_model *m, const struct ui_person *p);
/* 1: the open row is theirs, and not our own; of somebody who has control. */
uint8_t view_theirs(const struct view *v, const struct ui_model *m);
uint8_t view_controls(const struct view *v, const struct ui_model *m);
/* Whether an action about that person is offered now: 0 or UI_LOOK_OFF. ACTION_MAKE_PRESENTER,
   ACTION_ALLOW_CONTROL, ACTION_REMOVE; asked by both. */
uint16_t view_person_look(const struct ui_model *m, const struct ui_person *p,
                          enum ui_action action);

/* ---- for the builders ---- */
/* What a press on a control of a consent dialog says. */
static inline struct view_press view_answer(bool yes)
{
    return (struct view_press){.answer = true, .yes = yes};
}
struct view_builder {
    void (*open)(struct view *v, const struct ui_model *m); /* NULL: nothing to begin with */
    unsigned (*variant)(const struct view *v, const struct ui_model *m); /* NULL: 0 */
    /* adds what only this window has: values, rows */
    void (*fill)(const struct view *v, const struct ui_model *m, struct msg_ui_paint *out);
    uint16_t (*look)(const struct view *v, const struct ui_model *m, uint8_t control);
    /* whom a press on it acts on; NULL: no control of it acts on one person */
    const struct ui_person *(*about)(const struct view *v, const struct ui_model *m,
                                     uint8_t control);
    /* what a press on it asks for, about that person; ACTION_NONE: ask `press`. NULL: always */
    enum ui_action (*action)(const struct view *v, const struct ui_model *m, uint8_t control);
    /* what it does to the view, or answers */
    struct view_press (*press)(struct view *v, const struct ui_model *m, uint8_t control);
    struct view_press (*key)(struct view *v, const struct ui_model *m,
                             uint32_t keysym); /* NULL: none */
    enum ui_action escape;                     /* what Escape means here */
};
extern const struct view_builder view_home, view_join, view_host_panel, view_admit,
    view_consent_share, view_sharing_bar, view_viewer, view_ended, view_error, view_toast,
    view_doctor, view_connecting, view_words, view_present, view_settings, view_new_password,
    view_people, view_chat, view_mirror, view_end_ask, view_consent_control, view_control_whole,
    view_control_bar, view_labels, view_key_changed;

void view_add_number(struct msg_ui_paint *out, enum ui_slot slot, uint32_t number);
void view_add_words(struct msg_ui_paint *out, enum ui_slot slot, const char *words);
void view_add_both(struct msg_ui_paint *out, enum ui_slot slot, uint32_t number, const char *words);
/* enum ui_sharing. */
unsigned view_sharing(const struct ui_model *m);
/* What of this screen is shown, and to how many: bars, and footers that say so. */
void view_add_shared(struct msg_ui_paint *out, const struct ui_model *m);
/* Whom a dialog is about, and how far the guard is. */
void view_add_about(const struct view *v, struct msg_ui_paint *out);
/* What every consent dialog shows: the session, and how it is answered where programs may not. */
void view_add_case(struct msg_ui_paint *out, const struct ui_model *m);
/* The text of a field; with its caret if it has the focus. */
void view_add_field(const struct view *v, struct msg_ui_paint *out, enum ui_slot slot,
                    uint8_t control);
void view_add_row(struct msg_ui_paint *out, const struct ui_person *p, bool selected);
/* The same in a question: once marked, always marked. */
void view_add_named(const struct view *v, struct msg_ui_paint *out, const struct ui_person *p);
/* A press on that person's row in a list: opens it, or closes it again. 0: nobody's. */
struct view_press view_open_row(struct view *v, uint32_t person);
static inline struct view_press view_action(enum ui_action action)
{
    return (struct view_press){.action = action};
}

/* Whether the viewer's bars are worth painting again: a few ms more or less are not. 0: none shown
   yet. */
bool view_rtt_is_news(uint32_t shown_ms, uint32_t ms);

#endif
