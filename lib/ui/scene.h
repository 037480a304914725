/*
 * What a window is made of, for the two who have to agree: the broker (owns rectangles, focus,
 * hit-testing) and the painter (draws). Rectangles come from lib/ui/layout.tsv (layout.h), words
 * from lib/ui/strings.def (strings.h). ui.md is the specification.
 */
#ifndef LIB_UI_SCENE_H
#define LIB_UI_SCENE_H
#include <stdint.h>

enum ui_window {
    UI_HOME = 0,
    UI_JOIN, /* password entry; the mock-up error-password is its error face */
    UI_HOST_PANEL,
    UI_ADMIT, /* consent dialog for one knock, when the panel is closed or covered */
    UI_CONSENT_SHARE,
    UI_SHARING_BAR,
    UI_VIEWER, /* frame, toolbar and notes; the picture is put beside them by the broker */
    UI_ENDED,
    UI_ERROR,
    UI_TOAST,
    UI_DOCTOR,
    UI_CONNECTING, /* small progress face: connecting, waiting to be let in */
    UI_WORDS,      /* consent dialog: compare four words with one person */
    UI_PRESENT,    /* consent dialogs of a change of presenter */
    UI_SETTINGS,
    UI_NEW_PASSWORD,
    UI_PEOPLE, /* everybody in the session, seven a page */
    UI_CONSENT_CONTROL,
    UI_CONTROL_WHOLE,       /* consent dialog: share the whole screen first */
    UI_SHARING_BAR_CONTROL, /* the bar while somebody has control */
    UI_END_ASK,             /* dialog: end the session for everyone? */
    UI_CHAT,                /* what was written to everybody, seven lines a page */
    UI_MIRROR,              /* what others see of this screen; the picture as in the viewer */
    UI_KEY_CHANGED,         /* consent dialog: a known name comes with another key */
    UI_LABELS,              /* never a window: the sheet of lib/ui/labels.h */
    UI_WINDOWS
};

/* UI_PAINT.variant. Host panel: the selected row of this page from 1, 0 none. Error:
   ui_error_get().variant. All other windows: 0. */
enum {
    UI_BAR_SHARING = 0,
    UI_BAR_PAUSED = 1,
    UI_BAR_STILL = 2,      /* still sharing? */
    UI_PRESENT_GIVE = 0,   /* let this person show their screen? */
    UI_PRESENT_TAKE = 1,   /* become presenter? */
    UI_PRESENT_SECOND = 2, /* let this person control the presenter's computer? */
    UI_SHARE_CHOICE = 0,
    UI_SHARE_EVERYBODY = 1,
    UI_VIEWER_LIVE = 0,
    UI_VIEWER_PAUSED = 1,
    UI_VIEWER_STALE = 2,
    UI_VIEWER_EMPTY = 3, /* admitted, nobody shares, or we do */
    UI_CONNECTING_DIAL = 0,
    UI_CONNECTING_WAIT = 1
};

#define UI_END_EMPTY 32     /* UI_SLOT_END_WHO: nobody ended it, nobody was there any more */
#define UI_END_AWAY 33      /* ... nobody used this computer */
#define UI_GUARD_WHOLE 1000 /* UI_SLOT_GUARD: all of the guard's time has passed */

/* ui_value.slot: a text, a number, or both */
enum ui_slot {
    UI_SLOT_SID = 0,        /* words: nine digits; shown 3-3-3 */
    UI_SLOT_PASSWORD,       /* words: shown while the panel is open */
    UI_SLOT_NAME,           /* claimed name the window is about, or the field's text in home;
                               number: 1 it is or was like another's since the dialog is up */
    UI_SLOT_FIELD_NUMBER,   /* text in the field home.join_number */
    UI_SLOT_FIELD_PASSWORD, /* text in the field join.password */
    UI_SLOT_CARET,          /* number: characters before the caret in the focused field */
    UI_SLOT_ERROR,          /* number: enum ui_error (strings.h) */
    UI_SLOT_DETAIL,         /* words: technical line behind "Show details"; number 1: shown */
    UI_SLOT_PEOPLE,         /* number: how many see or would see the screen */
    UI_SLOT_WAITING,        /* number: how many wait */
    UI_SLOT_WRONG,          /* number: wrong tries */
    UI_SLOT_TRIES_LEFT,     /* number */
    UI_SLOT_SECONDS,        /* number: duration or time left */
    UI_SLOT_GUARD,          /* number: 0..UI_GUARD_WHOLE, how much of the guard has passed */
    UI_SLOT_TOAST,          /* number: enum ui_toast */
    UI_SLOT_SHARING,        /* number: enum ui_sharing */
    UI_SLOT_LOCKED,         /* number: 0, 1 */
    UI_SLOT_WHAT,           /* number: 0 whole screen, 1 window, 2 part, 3 not known */
    UI_SLOT_END_HOW,        /* number: 0 properly, 1 cut */
    UI_SLOT_END_WHO,        /* number: enum end_why, or UI_END_...; words: name */
    UI_SLOT_LOG,            /* words: where the audit log is */
    UI_SLOT_QUALITY,        /* number: round trip in ms */
    UI_SLOT_MODE,           /* number: viewer mode 0 fit, 1 one to one, 2 full screen */
    UI_SLOT_PAGE,           /* number: page of a list */
    UI_SLOT_RELAY,          /* words: relay name */
    UI_SLOT_VERIFIED,       /* number: people with matching words; of one person: 0 only claimed,
                               1 words match, 2 named by a certificate */
    UI_SLOT_DOCTOR_0, /* number: one row of the doctor table, UI_DOCTOR_ROW; 0: no row; 10 rows */
    UI_SLOT_DOCTOR_9 = UI_SLOT_DOCTOR_0 + 9,
    UI_SLOT_DOCTOR_ALL, /* number: enum ui_doctor_all */
    UI_SLOT_CHECKED,    /* words: time of the doctor's measurement, 14:02:31 */
    UI_SLOT_HOSTED,     /* number: ended: 1 we were the organizer */
    UI_SLOT_ATTEMPT,    /* number: viewer, stale: which try to reconnect; 0: not told */
    UI_SLOT_WORDS,      /* words: four verification words with spaces */
    UI_SLOT_FIELD_RELAY,
    UI_SLOT_FIELD_NEVER,
    UI_SLOT_FIELD_SEARCH,
    UI_SLOT_FIRST,    /* number: which of UI_SLOT_FOUND the first row is, from 1; 0 none */
    UI_SLOT_FOUND,    /* number: how many there are on all pages */
    UI_SLOT_MINE,     /* number: viewer: 0 no control, 1 asked for, 2 control */
    UI_SLOT_HELD,     /* number: control bar: 1 a question of vitrine's comes first; viewer: 1 their
                         hand goes first, 2 a question at theirs, 3 a window out of reach */
    UI_SLOT_THEIRS,   /* number: 1 the open row is the presenter's */
    UI_SLOT_CONTROLS, /* number: 1 the open row is the controller's; doctor: somebody has control */
    UI_SLOT_ALSO,     /* number: enum ui_also; words: claimed name of who lets others in */
    UI_SLOT_FIELD_CHAT,
    UI_SLOT_CHAT_0, /* words: one line that somebody wrote, its row has who; number: enum ui_chat */
    UI_SLOT_CHAT_6 = UI_SLOT_CHAT_0 + 6,
    UI_SLOT_UNREAD,     /* number: lines of others that were not read */
    UI_SLOT_INCOMPLETE, /* number: viewer: 1 not all of the last picture has come */
    UI_SLOT_KEY,        /* words: beginning of a key's fingerprint, in groups */
    UI_SLOT_HANDS,      /* number: consent dialogs: 1 programs may not answer: say what can */
    UI_SLOT_MONITOR,    /* number: consent-share: enum ui_monitor; words: its size */
    UI_SLOT_SKIPPED,    /* number: viewer: parts of what is shown that did not come, so far */
    UI_SLOT_WAIT,       /* number: viewer: seconds to wait after a no, told beside why */
    UI_SLOT_DOOR,       /* number: enum ui_door */
    UI_SLOT_LATER,      /* number: error: 1 too late to say that nothing was sent or shown */
    UI_SLOT_WHY,        /* number: enum ui_string: why a control is grey; not told: none is, or
                           that can be seen */
    UI_SLOT_VERSIONS,   /* number: error: enum ui_versions; told only where it names some */
    UI_SLOT_HERE,       /* number: ours ... */
    UI_SLOT_THERE,      /* number: ... and the other side's, by its word */
    UI_SLOT_UNLIKE,     /* number: what asks: 1 the screen shows it otherwise, so no yes counts */
    UI_SLOTS
};

/* UI_SLOT_SHARING.number: of this screen; OTHER where a window tells of others, too. */
enum ui_sharing { UI_SHARING_OFF = 0, UI_SHARING_ON, UI_SHARING_PAUSED, UI_SHARING_OTHER };

/* What does not fit, where an error says that two versions do not. */
enum ui_versions {
    UI_VERSIONS_NONE = 0,
    UI_VERSIONS_PROTOCOL,
    UI_VERSIONS_SUITE,
    UI_VERSIONS_RELAY /* which one the relay speaks is not known */
};

/* Which of several monitors a part of the screen is, in words a person has for it. */
enum ui_monitor {
    UI_MONITOR_NONE = 0, /* none of them, or there is but one */
    UI_MONITOR_LEFT,
    UI_MONITOR_MIDDLE,
    UI_MONITOR_RIGHT,
    UI_MONITOR_UPPER,
    UI_MONITOR_LOWER,
    UI_MONITOR_FRAMED /* they stand otherwise: the one with the frame around it */
};

/* UI_SLOT_CHAT_n.number, bits */
enum ui_chat {
    UI_CHAT_BEGINS = 1, /* else it goes on with the line above */
    UI_CHAT_MISSED = 2  /* lines of theirs before it were lost */
};

/* UI_SLOT_DOCTOR_ALL.number: whether all protections are in force; UNLOCKED: all but that keys are
   kept out of swap. */
enum ui_doctor_all { UI_DOCTOR_SOME = 0, UI_DOCTOR_ALL = 1, UI_DOCTOR_UNLOCKED = 2 };

/* UI_SLOT_DOCTOR_n.number: enum worker_kind (WORKER_NONE: the broker), running or not, and for each
   of screen, mouse and keys, network, files one enum ui_holds; all from measured facts. */
enum ui_holds { UI_HOLDS_NEVER = 0, UI_HOLDS_MAY = 1, UI_HOLDS_TRUSTED = 2, UI_HOLDS_UNTRIED = 3 };
#define UI_DOCTOR_ROW(kind, running, screen, hands, net, files)                                    \
    (0x80000000u | (uint32_t)(kind) | (uint32_t)(running) << 8 | (uint32_t)(screen) << 16 |        \
     (uint32_t)(hands) << 18 | (uint32_t)(net) << 20 | (uint32_t)(files) << 22)

/* ui_control.look */
enum ui_look {
    UI_LOOK_HOVER = 1,
    UI_LOOK_PRESSED = 2,
    UI_LOOK_FOCUS = 4,
    UI_LOOK_OFF = 8,
    UI_LOOK_CHOSEN = 16,
    UI_LOOK_HIDDEN = 32,
    UI_LOOK_ERROR = 64
};

/* ui_row.badges */
enum ui_badge {
    UI_BADGE_YOU = 1,
    UI_BADGE_ORGANIZER = 2,
    UI_BADGE_PRESENTER = 4,
    UI_BADGE_SELECTED = 8,
    UI_BADGE_WORDS_MATCH = 16,
    UI_BADGE_SAME_NAME = 32,
    UI_BADGE_CONTROL = 64,   /* has control of this computer */
    UI_BADGE_CERTIFIED = 128 /* named by a certificate of the organisation */
};

/* How people come in: UI_SLOT_DOOR. */
enum ui_door {
    UI_DOOR_ASKS = 0, /* the password, and then this owner's yes */
    UI_DOOR_OPEN,     /* the password alone */
    UI_DOOR_NUMBER,   /* there is none: the number, and then this owner's yes */
    UI_DOOR_LOCKED,   /* not at all: the session is locked */
    UI_DOOR_SHUT      /* ... or the log, which the rules demand, cannot be written */
};

/* Who else will see the screen, without another question. */
enum ui_also { UI_ALSO_NOBODY = 0, UI_ALSO_LET_IN, UI_ALSO_PASSWORD };

enum ui_toast {
    UI_TOAST_JOINED = 0, /* {name} joined and can see your screen. */
    UI_TOAST_LEFT,
    UI_TOAST_STOPPED, /* Sharing stopped. Nobody can see your screen. */
    UI_TOAST_LOCKED,
    UI_TOAST_COPIED,
    UI_TOAST_PASSWORD, /* New password. The old invitation no longer works. */
    UI_TOAST_WORKER,   /* a part of vitrine stopped working; sharing stopped */
    UI_TOAST_CONTROL_ENDED,
    UI_TOAST_UNLOCKED,
    UI_TOAST_PRESENTING,      /* {name} is presenting now */
    UI_TOAST_NO_PRESENTER,    /* {name} was asked to, and is not; why is not told */
    UI_TOAST_HINT,            /* a remote click on a window of ours was ignored */
    UI_TOAST_SAVED,           /* settings */
    UI_TOAST_UNSAVED,         /* settings could not be written */
    UI_TOAST_CONTROL_YES,     /* You have control. */
    UI_TOAST_CONTROL_NO,      /* They said no. */
    UI_TOAST_CONTROL_LATE,    /* No answer. */
    UI_TOAST_CONTROL_GONE,    /* Your control has ended. */
    UI_TOAST_CHAT,            /* {name} wrote something. */
    UI_TOAST_CHAT_LOST,       /* our own line was not sent, or may be lost */
    UI_TOAST_CHAT_FAST,       /* ... because there were too many */
    UI_TOAST_CONTROL_SCREEN,  /* ended because of a lock screen, or what looks like one */
    UI_TOAST_CONTROL_CANNOT,  /* this computer cannot take control back, so it gives none */
    UI_TOAST_CONTROL_INVITED, /* {name} would let us control */
    UI_TOAST_INVITED,         /* {name} was told so */
    UI_TOAST_NOT_CERTIFIED,   /* {name} asked for control, which only certified helpers may have */
    UI_TOAST_NOT_KEPT,        /* {name}'s key was not written down */
    UI_TOAST_RULE,            /* a part is too large where the whole screen may not be shared */
    UI_TOAST_MIRROR,          /* the window "What others see" could not go on; sharing does */
    UI_TOAST_KEYS,            /* the panel is closed: which keys lead back */
    UI_TOAST_REACH,           /* our key or click at theirs was left out, and why */
    UI_TOAST_LOG_SPACE,       /* the disk of the audit trail is nearly full */
    UI_TOAST_LOG_LOST,        /* the trail cannot be written, and the session goes on */
    UI_TOAST_LOG_NEEDED,      /* ... and nothing is shared, because the rules demand it */
    UI_TOAST_LOG_MINE,        /* ... and we control nobody, for the same reason */
    UI_TOAST_LOG_DOOR,        /* ... and nobody is let in */
    UI_TOAST_LOG_AGAIN,       /* that is over */
    UI_TOAST_QUESTION         /* a dialog could not go on: nothing was allowed */
};

#endif
