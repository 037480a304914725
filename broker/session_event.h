/*
 * What the heart is told and what it has done: events and effects. The words it uses for where it
 * is stand in session.h, which includes this.
 */
#ifndef BROKER_SESSION_EVENT_H
#define BROKER_SESSION_EVENT_H
#include <stdint.h>

#define SESSION_EFFECTS                                                                            \
    64 /* at most so many from one event; a test shows the highest ever used                       \
        */

/* --- what happens
 * ---------------------------------------------------------------------------------------- */

enum session_origin {
    ORIGIN_NONE,      /* a message, a time-out, a client message: never an answer */
    ORIGIN_SYNTHETIC, /* XTEST, on-screen keyboard */
    ORIGIN_PHYSICAL /* press and release of one device in one button, as broker/origin.h defines it
                     */
};

/* A slot of SESSION_SLOTS or more stands for nobody: such an event changes nothing. */
enum session_event_kind {
    EV_NONE,
    EV_BOOT,  /* program starts; intent: what the command line asked for; the rest as EV_HOST */
    EV_HOST,  /* the owner starts a session; flag: own relay; flag2: waiting room; code 1: no
                 password */
    EV_JOIN,  /* number and password are at hand */
    EV_BACK,  /* to the home window */
    EV_RETRY, /* the same again, from the error window */
    EV_CLOSE, /* the main window was closed */
    EV_QUIT,  /* SIGTERM, SIGINT: end properly and exit */
    EV_DISPLAY_LOST,
    /* workers */
    EV_READY,   /* worker: verified, channel open */
    EV_ENDED,   /* worker: dead and reaped; code: enum session_death */
    EV_SERVING, /* the embedded relay accepts */
    EV_DIALLED,
    EV_DIAL_FAILED,
    EV_NET_CLOSED, /* code: enum net_end; number: the relay's code; flag: net can come back */
    EV_LINE_BACK,  /* SEAL_BACK */
    EV_SESSION,    /* SEAL_SESSION */
    EV_WELCOMED,   /* flag: has to wait */
    EV_KNOCK,      /* person: knock; number: slot of the name; code: enum session_level */
    EV_KNOCK_GONE,
    EV_KEY_CHANGED, /* person: question of seal (SEAL_IDENTITY.ask); number: slot of the name; one
                       at a time */
    EV_KEY_GONE,    /* ... nobody waits for its answer any more */
    EV_KEY_OTHER,   /* person: mid who came in with another key than is known by then */
    EV_MEMBER,      /* person: mid; code: 0 in, 1 left, 2 removed, 3 lost; flag: ourselves; number:
                       enum session_level. Again when that changes */
    EV_PRESENTER,   /* person: mid or 0 */
    EV_SLOT,        /* number: slot; it stands for another name from here on */
    EV_OFFERED,     /* the organizer asks us to present; number: slot of their name */
    EV_ANSWERED,    /* person: the member asked to; flag: yes */
    EV_UNSHARED,
    EV_PICTURE,     /* code: SEAL_PICTURE.state */
    EV_ASKED,       /* SEAL_ASKED; person: mid; number: slot; code: enum session_level; flag: that
                       level is too low for a session without a password */
    EV_GRANTED,     /* SEAL_GRANTED; person: mid of the other; flag: we control */
    EV_DENIED,      /* SEAL_DENIED; flag: of a grant by this owner, whose channel did not come up */
    EV_REVOKED,     /* SEAL_REVOKED; flag: our control of the other; code: enum session_why */
    EV_SECOND,      /* somebody else presents and asks for our yes, too; person: who wants control;
                       number: who presents; code: their slot */
    EV_SECONDED,    /* the organizer's answer; person: who wants control; flag: yes */
    EV_CONTROL_BAD, /* the controller sent what the grant does not allow */
    EV_RESIZED,     /* what is shared is the same, and has another size */
    EV_CONTROL_USED, /* something was injected; not more often than needed for ST_IDLE */
    EV_ARMED,        /* the kill switch works for gate and input worker */
    EV_CLEAN,        /* nothing of the last pair is down or lent */
    EV_WATCH_LOST,
    EV_INPUT_RUNNING,
    EV_INVITED,    /* SEAL_INVITED; person: mid of the presenter */
    EV_WRONG_TRY,  /* flag: joining is off now */
    EV_SEAL_ENDED, /* flag: cut; code: e2e.md 13; number: enum end_why */
    EV_CAPTURE_RUNNING,
    EV_AUDIT_FAILED, /* a line could not be written */
    EV_AUDIT_SYNCED, /* every line asked for so far is in the file */
    /* windows; every one of them comes from the owner's hand, see origin */
    EV_SHARE, /* Share my screen */
    EV_STOP,  /* Stop sharing; always acts */
    EV_PAUSE,
    EV_CONTINUE,       /* origin counts: it makes the screen visible again */
    EV_MIRROR,         /* flag: the owner wants to see what others see, or no longer */
    EV_END,            /* End session, or Leave */
    EV_LOCK,           /* flag: on */
    EV_OFFER,          /* Make presenter; person: mid; our own: whoever presents stops */
    EV_WORDS,          /* compare the words; person: mid */
    EV_ACTIVE,         /* a physical device was used, somewhere on this screen */
    EV_REMOVE,         /* person: mid */
    EV_NEW_PASSWORD,   /* the owner wants another one */
    EV_PARDON,         /* number: slot; the owner opened that person's row */
    EV_ASK,            /* we want control of the presenter's computer */
    EV_RELEASE,        /* we give it back */
    EV_ALLOW,          /* person: mid; number: slot; the owner wants to answer that one next, or to
                          be asked by that one */
    EV_STOP_CONTROL,   /* always acts */
    EV_CHAT,           /* the owner wrote a line to everybody */
    EV_REVOKE_ALL,     /* person: mid; the organizer ends that one's control, whoever presents */
    EV_PANEL,          /* flag: the owner opens (1) or closes (0) the host panel */
    EV_SHOWN,          /* flag: the main window is on the screen (1); minimised or, as far as is
                          known, wholly covered (0) */
    EV_BAR_MAPPED,     /* bar and border are on the screen */
    EV_BAR_LOST,       /* somebody unmapped or destroyed one of them */
    EV_TARGET_GONE,    /* the shared window was closed or hidden */
    EV_PROMPT_PAINTED, /* serial */
    EV_MASKED,         /* serial: no picture contains that prompt from here on */
    EV_PROMPT_ARMED,   /* serial; flag: the guard is over (1), began again (0) */
    EV_ANSWER,         /* serial; flag: yes; origin; code: choice */
    EV_APART,          /* serial; Admit in a panel that is not wholly seen: asked in a dialog */
    EV_HOTKEY,   /* Ctrl+F12, any device; flag: not pressed, but a keyboard is gone; code: 1 again,
                    within HOTKEY_TWICE_MS */
    EV_STOP_ALL, /* vitrine stop */
    EV_INPUT_USED,  /* this display has had an input worker, of whichever vitrine */
    EV_SCREEN_LOCK, /* flag: locked or another user's turn (1), back (0) */
    EV_TIMER,       /* code: enum session_timer; number: slot */
    EV_COUNT
};

/* EV_ENDED.code */
enum session_death {
    DEATH_EXIT,      /* exited or was killed from elsewhere */
    DEATH_VIOLATION, /* sent something it must not, or its gate or filter ended it */
    DEATH_START      /* could not be started, or was not confined as it must be */
};

struct session_event {
    uint8_t kind, worker, code, origin;
    uint8_t flag, flag2;
    uint8_t intent;
    uint8_t reserved;
    uint32_t person, number, serial;
};

/* --- what is to be done
 * ---------------------------------------------------------------------------------- */

enum session_effect_kind {
    EF_KILL,         /* worker: SIGKILL by pidfd, close its channels; EV_ENDED follows */
    EF_START,        /* worker: start and verify; EV_READY or EV_ENDED(DEATH_START) follows */
    EF_SERVE,        /* sockets and keys to the embedded relay */
    EF_DIAL,         /* name and port to dial */
    EF_OPEN,         /* NET_OPEN with the dialled socket, SEAL_LINK, SEAL_HOST or SEAL_JOIN */
    EF_REOPEN,       /* the same for a lost line: NET_CONNECT with back, SEAL_LINK */
    EF_GIVE_SHARE,   /* GATE_OPEN, CAPTURE_START, SEAL_SHARE: the picture path is handed out */
    EF_GIVE_VIEW,    /* SCREEN_START, SEAL_VIEW */
    EF_GIVE_MIRROR,  /* SCREEN_START, SEAL_MIRROR: its window is shown */
    EF_UNSHARE,      /* SEAL_UNSHARE; flag: paused */
    EF_ADMIT,        /* SEAL_ADMIT; person: knock; flag: yes; number: enum session_level */
    EF_LOCK,         /* SEAL_LOCK; flag */
    EF_NEW_PASSWORD, /* SEAL_PASSWORD, where the session has one */
    EF_REMOVE,       /* SEAL_REMOVE; person: mid; code: enum remove_why */
    EF_ASK,          /* SEAL_ASK */
    EF_GRANT,        /* SEAL_GRANT; person: mid; number: seconds */
    EF_DENY,         /* SEAL_DENY; person: mid */
    EF_SECOND,       /* SEAL_SECOND; person: mid */
    EF_SECOND_SAY,   /* SEAL_SECOND_SAY; person: mid; number: who presents; flag: yes */
    EF_GRANT_HELD,   /* the grant named last is the one in force; flag: we control */
    EF_CHAT,         /* SEAL_CHAT with the line in the window's field */
    EF_REVOKE,     /* SEAL_REVOKE; code: enum session_why; flag: 0 of this computer, 1 of the other,
                      2 the one named last, which nobody wants */
    EF_INVITE,     /* SEAL_INVITE; person: mid */
    EF_REVOKE_ALL, /* SEAL_REVOKE_ALL */
    EF_ARM,        /* WATCH_ARM with gate and input worker. EV_ARMED or EV_WATCH_LOST follows */
    EF_GIVE_INPUT, /* GATE_OPEN, INPUT_START: the way to the X server is handed out */
    EF_IDENTIFY,   /* the owner's answer to EV_KEY_CHANGED; person: the question; flag: yes */
    EF_OFFER,      /* SEAL_OFFER; person: mid, our own: taken back */
    EF_SAY,        /* SEAL_ANSWER to an offer; flag: yes */
    EF_VERIFIED,   /* SEAL_VERIFIED; person: mid; flag: the same. Not the same: seal ends */
    EF_SEAL_END,   /* SEAL_END; code: enum session_why */
    EF_MAP_BAR, /* bar and border; flag: paused face. EV_BAR_MAPPED follows when they are mapped */
    EF_UNMAP_BAR,
    EF_PREPARE_PROMPT, /* make its window, unmapped, and have it painted by SW_PROMPT (in_panel:
                          flag, nothing to make); serial, code: kind, person. EV_PROMPT_PAINTED
                          follows */
    EF_MASK,           /* serial: CAPTURE_MASK with that window, hold 1. EV_MASKED follows */
    EF_UNMASK,         /* CAPTURE_MASK without it, hold 0 */
    EF_MAP_PROMPT,     /* serial: map it; EV_PROMPT_ARMED and EV_ANSWER follow */
    EF_GUARD,          /* serial: the list of people changed, begin the guard again */
    EF_CLOSE_PROMPT,   /* serial; code: enum session_why */
    EF_SHOW,           /* code: enum session_window, now the main window; WIN_NONE: close it */
    EF_MINIMISE,       /* code: enum session_window, minimise instead of closing */
    EF_PAINT,          /* facts shown in open windows have changed */
    EF_TOAST,          /* code: enum session_toast; person: mid */
    EF_SET_TIMER,      /* code: kind; number: ms; person: slot; flag: spread by a quarter either
                          way. EV_TIMER follows */
    EF_CLEAR_TIMER,    /* code: kind; person: slot */
    EF_AUDIT,      /* code: enum audit_event (policy/audit.def); person; number; flag: sign the head
                      after it */
    EF_TRY_RECORD, /* a line that shows whether lines can be written again. EV_AUDIT_SYNCED or
                      EV_AUDIT_FAILED follows, or nothing where it is plain that they cannot */
    EF_TELL_SHARE, /* --events share; code: 0 off, 1 on, 2 paused; number: why */
    EF_TELL_CONTROL, /* --events control; code: 0 off, 1 on, 2 paused; number: why; person: mid;
                        flag: we control */
    EF_TELL_LINE,    /* --events line; flag: back */
    EF_TELL_ENDED,   /* --events ended; flag: cut; code: why; number: enum session_said */
    EF_TELL_FAULT,   /* --events error; code: enum session_fault; number: detail */
    EF_CANNOT_SHARE, /* the owner is told why this screen cannot be shared; code: enum
                        session_fault */
    EF_EXIT,         /* code: exit status of architecture 8 */
    EF_COUNT
};

/* EF_AUDIT: what person and number mean for each line the heart orders. Lines with facts it does
   not know (policy hash, process ids, confinement) are written by whoever knows them. session_start
   number: enum session_intent        session_end      person: fault, number: why knock, admit
   person: knock                      refuse           person: knock, number: why member_joined
   person: mid                        member_left      person: mid, number: state session_lock
   number: on                         remove           person: mid wrong_password, joining_stopped
   number: how many so far consent_given    number: choice                     consent_refused
   number: why share_on, share_paused, share_off  number: why      kill_switch      - worker_end
   person: enum session_worker, number: enum session_death (only unexpected ones) line_lost
   number: the relay's code                        line_back        number: tries new_password
   number: why */
struct session_effect {
    uint8_t kind, worker, flag, reserved;
    uint32_t code;
    uint32_t person, number, serial;
};

struct session_effects {
    uint16_t n;
    struct session_effect list[SESSION_EFFECTS];
};

#endif
