/*
 * The broker's X connection: extensions, facts about screen, monitors, devices and keys, and
 * events. Nothing here waits for the server after display_open: replies are collected when they
 * come (display_later), facts are refreshed in the background when the server says that they
 * changed.
 *
 * Order: display_open, display_attach, then windows; display_close at the end.
 */
#ifndef BROKER_DISPLAY_H
#define BROKER_DISPLAY_H
#include "broker/desktop.h"
#include "broker/origin.h"
#include "broker/xauth.h"
#include "lib/keys.h"
#include "lib/ui/layout.h"
#include <stdbool.h>
#include <stdint.h>
#include <xcb/xcb.h>

struct loop;

#define DISPLAY_MONITORS 16
#define DISPLAY_COVERS 8
#define DISPLAY_LATER 128 /* replies outstanding at once; a further request is not made */
#define ASK_AGAIN_MS 200  /* the server could not be asked: then again */

enum display_atom {
    ATOM_WM_PROTOCOLS,
    ATOM_WM_DELETE_WINDOW,
    ATOM_WM_CHANGE_STATE,
    ATOM_NET_WM_NAME,
    ATOM_NET_WM_PID,
    ATOM_NET_SUPPORTING_WM_CHECK,
    ATOM_NET_WM_STATE,
    ATOM_NET_WM_STATE_FULLSCREEN,
    ATOM_NET_WM_STATE_HIDDEN,
    ATOM_NET_WM_WINDOW_TYPE,
    ATOM_NET_WM_WINDOW_TYPE_NORMAL,
    ATOM_NET_WM_BYPASS_COMPOSITOR,
    ATOM_NET_ACTIVE_WINDOW,
    ATOM_NET_CLIENT_LIST_STACKING,
    ATOM_NET_WM_MOVERESIZE,
    ATOM_MOTIF_WM_HINTS,
    ATOM_UTF8_STRING,
    ATOM_CLIPBOARD,
    ATOM_TARGETS,
    ATOM_TIMESTAMP,
    ATOM_INCR,
    ATOM_VITRINE_PASTE,
    ATOM_VITRINE,
    ATOM_VITRINE_CONTROLLED,
    ATOM_VITRINE_USED,
    ATOM_XTEST_DEVICE,
    ATOM_RESOURCE_MANAGER,
    ATOM_SCREENSAVER_STATUS,
    ATOM_XSETTINGS_S,
    ATOM_XSETTINGS_SETTINGS,
    DISPLAY_ATOMS
};

typedef void (*display_reply_fn)(void *ctx, uint32_t tag,
                                 const void *reply); /* reply NULL: an error */

struct display_later {
    unsigned sequence;
    display_reply_fn done;
    void *ctx;
    uint32_t tag;
};

/* Another X client, known by a window of its on the root: until that goes, when the next client may
   have its identifiers. */
struct display_client {
    xcb_window_t window, asked; /* 0: none; asked: whether it is there */
    uint64_t since_ms;
};

struct display_calls {
    void *ctx;
    void (*event)(void *ctx,
                  const xcb_generic_event_t *e); /* every event that is not display's own */
    void (*lost)(void *ctx);                     /* the server is gone; called once */
    void (*changed)(void *ctx);                  /* screen size, monitors or devices */
    void (*locked)(void *ctx, bool locked);      /* display_lock.c */
    void (*desktop)(void *ctx);                  /* d->desktop is another */
    void (*others)(void *ctx); /* d->others.there or .controlled has become true */
};

struct display {
    xcb_connection_t *x;
    struct xauth_display name;
    struct loop *loop;
    struct display_calls calls;
    bool lost;

    xcb_window_t root;
    uint16_t width, height; /* of the root */
    xcb_visualid_t root_visual;
    uint8_t root_depth;
    xcb_visualid_t visual; /* of our windows: 8 bits a colour, blue in the lowest byte of 4 */
    uint8_t depth;         /* 24, or 32 where the server has no such visual of 24 */
    xcb_colormap_t colormap;
    uint32_t root_format, format; /* RENDER formats of the two visuals; the first 0: unknown */
    uint32_t mask_format;         /* RENDER: 8 bits of alpha */
    struct desktop desktop;       /* as it is now: display_desktop.c */
    struct {
        xcb_window_t manager; /* of XSETTINGS; XCB_NONE */
        struct desktop next;  /* as far as has been heard */
        bool asking, again;
    } looks;

    struct {
        uint8_t shm, damage, xfixes, randr, xtest, xinput, render, saver, composite,
            shape;   /* 0: it has none */
    } major;         /* for GATE_OPEN */
    bool wayland;    /* a server for the X programs of a Wayland desktop: what else that shows is
                        not on it, and keys for that are not heard, Ctrl+F12 neither */
    bool xinput_2_2; /* else 2.1, which is enough to look on and to share */
    uint8_t shm_event, randr_event, saver_event, shape_event, xfixes_event;
    struct {
        bool saver, locker, no_hands, bus;    /* what says that the owner is not here */
        xcb_window_t cover[DISPLAY_COVERS];   /* so do these, each over a whole monitor */
        xcb_window_t unasked[DISPLAY_COVERS]; /* perhaps these, too */
        unsigned n_covers, n_unasked;
        bool more_covers;                       /* there were more at once */
        uint64_t covered_ms;                    /* the last of them came */
        struct display_client manager, vitrine; /* whose windows are none */
        bool told;
    } lock;
    struct {
        xcb_window_t window, first_root; /* owner of our selection; where the mark is */
        bool there;      /* another vitrine runs here, or has since this one began */
        bool controlled; /* there has been an input worker, of whichever vitrine */
        bool used;       /* of all of them the owner was last at this one */
    } others;            /* both for as long as this program runs; display_others.c */
    xcb_atom_t atom[DISPLAY_ATOMS];

    struct ui_rect monitor[DISPLAY_MONITORS];
    unsigned n_monitors; /* at least 1: the whole screen where RANDR knows none */
    struct origin_devices devices;
    uint16_t keyboard[8]; /* master keyboards, for grabs */
    unsigned n_keyboards;
    uint16_t pointer_device; /* the first master pointer; 0 none */
    struct keymap keys;
    int pointer_x, pointer_y; /* last known place on the root */
    xcb_timestamp_t time;     /* of the last event that had one */

    struct display_later later[DISPLAY_LATER];
    unsigned later_first, later_n;
    bool asked; /* since the last flush */
    xcb_generic_event_t *stash;
};

enum display_error {
    DISPLAY_OK,
    DISPLAY_NONE,    /* DISPLAY is not set: exit 5, D-WAY */
    DISPLAY_REMOTE,  /* not a server on this machine */
    DISPLAY_REFUSED, /* no connection, or the cookie is wrong */
    DISPLAY_MISSING, /* an extension; *what names it and the least version */
    DISPLAY_COLOURS, /* no visual that can show our windows */
    DISPLAY_BROKEN,  /* the server answered nonsense or went away */
    DISPLAY_SILENT,  /* for X_STUCK_MS an answer was waited for */
    DISPLAY_MEMORY   /* libxcb had none */
};

/* What it means, in words. */
const char *display_error_text(enum display_error e);

/* Connects to $DISPLAY and learns everything; waits for replies, X_STUCK_MS for all of them.
 * On failure *d is closed again and *what says in words what is missing or wrong (static text). */
enum display_error display_open(struct display *d, const char **what);
/* From here on events are read in that loop. */
void display_attach(struct display *d, struct loop *loop, const struct display_calls *calls);
/* Accepts a zeroed or closed one. */
void display_close(struct display *d);

/* Sends what is buffered, without waiting for anything. Whoever made requests outside of an event
 * calls it, unless display_later follows: what that asks leaves before the loop waits. */
void display_flush(struct display *d);
/* Calls `done` when the reply to that request has come. If there is no room, at once, with NULL. */
void display_later(struct display *d, unsigned sequence, display_reply_fn done, void *ctx,
                   uint32_t tag);

/* Asks the server for nothing: `done` when it has done everything before. */
void display_ask_nothing(struct display *d, display_reply_fn done, void *ctx, uint32_t tag);

/* Which client made that window (the base of its identifiers), and whether it is this one. X11: a
   client's identifiers have its base outside the mask of the setup. */
uint32_t display_client_of(const struct display *d, uint32_t window);
bool display_is_ours(const struct display *d, uint32_t window);
/* The server's own, as a compositing manager's overlay is: the top three bits of a client's
   identifiers are zero, and its base is not. */
bool display_is_servers(const struct display *d, uint32_t window);

/* What it lacks for somebody else to control it (static text); NULL: nothing. */
const char *display_cannot_control(const struct display *d);

/* A second connection to the same server for a gate: a connected socket, setup not yet sent, and
   the cookie the gate is to put in. -1 with errno. The caller owns the socket and wipes the cookie.
 */
int display_connect_raw(const struct display *d, struct xauth_cookie *cookie);

/* Monitor under that point, else the first. */
struct ui_rect display_monitor_at(const struct display *d, int x, int y);
/* Asks where the pointer is; d->pointer_x and _y follow. `done` may be NULL. */
void display_query_pointer(struct display *d, display_reply_fn done, void *ctx);

/* What decides which character a key makes, beside the keys that are down. */
struct display_state {
    uint8_t group, locks; /* locks: bit 0 Caps Lock, bit 1 Num Lock */
};
/* Asks for it; `done` gets a reply for display_take_state. */
void display_query_state(struct display *d, display_reply_fn done, void *ctx);
/* False: the server did not say. */
bool display_take_state(const struct display *d, const void *reply, struct display_state *out);

/* Remote control of this display begins: call before anything is started for it. Every vitrine on
 * the X server knows it from now on, as long as that server lives. */
void display_mark_controlled(struct display *d);
/* The owner is at a window of ours: display_others.c. */
void display_others_use(struct display *d);
/* A button was pressed on a window of ours, while others were down or not: where it is a hand's, no
   lock screen holds the pointer. */
void display_covered_hand(struct display *d, uint16_t source, uint32_t button, bool others);
/* ... a key. */
void display_covered_key(struct display *d, uint16_t source);
/* The screen is locked, and something has said so: it is not only a window that may be a lock
   screen's. */
bool display_lock_is_said(const struct display *d);
/* A lock screen has said on a message bus that it is up, or that none is (broker/locker.h). */
void display_lock_bus(struct display *d, bool locked);

/* Used by display.c and display_facts.c: display_others.c */
void display_others_watch(struct display *d);
bool display_others_event(struct display *d, const xcb_generic_event_t *e);
/* Used by display_facts.c */
bool display_facts_learn(struct display *d);
bool display_facts_event(struct display *d, const xcb_generic_event_t *e);
/* Used by display.c and display_facts.c: display_lock.c. Of the physical devices, so many are on.
 */
void display_lock_watch(struct display *d);
/* What the desktop says of looks: learned with waiting; then followed. */
void display_desktop_learn(struct display *d);
void display_desktop_watch(struct display *d);
/* Looks at a property event; others may be concerned, too. */
void display_desktop_event(struct display *d, const xcb_generic_event_t *e);
void display_lock_devices(struct display *d, unsigned physical, unsigned enabled);
bool display_lock_event(struct display *d, const xcb_generic_event_t *e);
void display_lock_tell(struct display *d);
/* Used by display_lock.c: display_covered.c */
void display_covered_watch(struct display *d);
void display_covered_event(struct display *d, const xcb_generic_event_t *e);
/* Used by display_others.c: that window has the selection of the vitrines. */
void display_covered_vitrine(struct display *d, xcb_window_t window);
void display_covered_stop(struct display *d); /* no timer of it is left */

#endif
