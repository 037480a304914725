/*
 * What the windows show: filled in by the lead (from session state, options and messages), read by
 * the window builders, never changed by them. One for the program; after a change call
 * windows_update().
 */
#ifndef BROKER_UI_MODEL_H
#define BROKER_UI_MODEL_H
#include "lib/ui/layout.h"
#include "policy/limits.h"
#include <stdbool.h>
#include <stdint.h>

#define MODEL_DETAIL 256 /* bytes of a technical line, ui_value.words */
#define MODEL_DOCTOR 32  /* rows of the security table, six a page */

/* Somebody at the door or in the session. Newcomers are added at the end: rows never shift under
   the pointer. Waiting people may stand anywhere among the others. */
struct ui_person {
    uint32_t id; /* waiting: knock; else mid */
    bool waiting;
    uint16_t badges;         /* enum ui_badge, without UI_BADGE_SELECTED */
    bool asks;               /* for control of this computer */
    bool may_be_asked;       /* ... may be told that it can */
    uint8_t lacks;           /* enum ui_lacks: what control of this computer is only given with */
    char name[MAX_NAME + 1]; /* as claimed; empty: no name */
};

enum ui_lacks { UI_LACKS_NOTHING, UI_LACKS_WORDS, UI_LACKS_CERTIFICATE };

#define UI_CHAT_LINE 80 /* bytes of text that a row of the chat window shows whole */

/* One row of what was written. */
struct ui_chat_line {
    bool mine, begins; /* begins: else it goes on with the one before */
    uint32_t missed;   /* lines of that person before it that were lost */
    char name[MAX_NAME + 1];
    char text[UI_CHAT_LINE + 1];
};

/* What the settings window shows and gives back. */
struct ui_settings {
    uint8_t password; /* for new sessions: enum ui_password */
    uint8_t language; /* 0 as the desktop, else enum ui_language + 1 */
    uint8_t theme;    /* 0 as the desktop, 1 light, 2 dark, 3 high contrast */
    bool waiting_room, sound, still, ctrl_esc;
    bool may_open; /* the waiting room may be off, says the organisation */
    bool may_lack; /* a session may have no password */
    bool changing; /* UI_NEW_PASSWORD: of a session that runs; what it has it cannot lose */
};
/* What a consent to share is for, as the dialog's three tiles; of others it may not be known. */
enum ui_what { UI_WHAT_WHOLE, UI_WHAT_WINDOW, UI_WHAT_PART, UI_WHAT_UNKNOWN };
enum ui_password { UI_PASSWORD_NEW, UI_PASSWORD_OWN, UI_PASSWORD_NONE };
enum ui_wrong { UI_WRONG_NAME = 1, UI_WRONG_RELAY = 2, UI_WRONG_PASSWORD = 4, UI_WRONG_NEVER = 8 };

struct ui_model {
    /* everywhere */
    uint8_t theme;    /* 0 light, 1 dark, 2 high contrast */
    uint8_t flags;    /* bit 0 right to left, bit 1 reduced motion */
    uint8_t language; /* enum ui_language */
    bool sound;       /* a tone when something is asked */

    /* our session, or the one we are in */
    char sid[10];                    /* nine digits; empty: not known yet */
    char password[MAX_PASSWORD + 1]; /* shown in the host panel; empty: none */
    char relay[MAX_HOST + 8];
    const struct ui_person *people; /* borrowed; must stay until the next windows_update() */
    unsigned n_people;
    uint32_t verified; /* of them with matching words */
    uint32_t wrong_tries;
    bool locked;
    bool unrecorded; /* the rules demand a record, and none can be written: nobody is let in */
    uint8_t door;    /* enum ui_door: how people come in where neither stands against it */
    bool input_live; /* an input worker lives: no grant can be pressed */

    /* sharing of this screen */
    uint8_t sharing; /* 0 no, 1 yes, 2 paused */
    bool other;      /* somebody else presents ... */
    bool can_look;   /* ... and the viewer is there, to be shown instead of the host panel */
    uint8_t what;    /* enum ui_what, of what is shared */
    bool no_whole;   /* the organisation's rules forbid to share a whole screen */
    bool no_window;  /* the X server cannot keep one window apart from others */
    bool no_control; /* ... or to be controlled */
    bool off_line;   /* in a session without the line to it */
    bool screen_locked;
    bool can_share;   /* the button is on */
    bool can_offer;   /* may make somebody presenter */
    bool can_take;    /* ... take it back */
    bool offering;    /* somebody is being asked to present ... */
    uint32_t offered; /* ... that one, who can still be told that it is off; 0 nobody */
    bool can_compare; /* words: a prompt about them may be opened */
    uint32_t viewers; /* how many others see it, or would */
    uint64_t sharing_since_ms;
    bool mirror;  /* what others see is shown here, or about to be */
    uint8_t also; /* enum ui_also: whom a consent to share covers besides those listed */

    /* control of this computer */
    uint8_t control; /* 0 nobody's, 1 somebody's, 2 held while a question is up */
    char controller[MAX_NAME + 1];
    uint64_t control_until_ms;
    uint32_t control_longest; /* minutes */

    /* our control of the presenter's */
    uint8_t mine; /* 0 none, 1 asked for, 2 ours */
    uint8_t held; /* ours counts for nothing now: 1 their hand goes first, 2 a question is up */
    bool may_ask, may_more;
    uint32_t wait_s;    /* after a no to that: so long; 0 none */
    bool only_hands;    /* no program's click or key answers anything: mouse keys neither */
    bool same_position; /* keys go by their place, not by their character */

    /* settings, new password */
    struct ui_settings settings;
    uint8_t wrong; /* enum ui_wrong bits: what was entered and cannot be taken */
    uint32_t password_minimum;

    /* what was written */
    const struct ui_chat_line *chat; /* borrowed like people */
    unsigned n_chat;
    uint32_t chat_from; /* how many there were before the first */
    uint32_t unread;
    bool can_chat;

    /* a prompt about somebody in the session, or about to be */
    char words[64];         /* the four to be compared, with spaces between */
    bool words_known;       /* whether the words of that person were compared is known... */
    uint8_t words_compared; /* ... 1 and they were the same, 2 named by a certificate */
    char key[64];           /* key-changed: beginning of the new key's fingerprint */

    /* joining */
    bool password_wrong;    /* face of UI_JOIN after J-PASS */
    bool password_may_lack; /* UI_JOIN: the invitation says whose session it is, and there may be
                               none */
    uint32_t tries_left;
    bool waiting_room;            /* UI_CONNECTING: waiting to be let in */
    char organizer[MAX_NAME + 1]; /* who lets us in, claimed; empty: not known yet */
    char my_name[MAX_NAME + 1];   /* what we told them */

    /* viewer */
    uint8_t picture;  /* UI_VIEWER_LIVE, _PAUSED, _STALE, _EMPTY */
    uint8_t theirs;   /* enum ui_what, of what they show, by their word; unknown before it came */
    uint32_t skipped; /* units of what is shown that did not come, so far */
    bool incomplete;  /* not all of the last picture has come */
    char presenter[MAX_NAME + 1];
    uint32_t stale_s;
    uint32_t attempt; /* stale: which try to reconnect; 0 not told */
    uint32_t rtt_ms;  /* 0 unknown */

    /* ended */
    bool hosted;     /* we were the organizer */
    uint8_t end_how; /* 0 properly, 1 cut */
    uint8_t end_why; /* enum end_why, or UI_END_... */
    char end_who[MAX_NAME + 1];
    uint32_t lasted_s;
    char log_place[MODEL_DETAIL + 1]; /* empty: no log */

    /* error */
    enum ui_error error;
    uint8_t versions; /* enum ui_versions: which are named */
    uint32_t version_here, version_there;
    bool error_later; /* too late to say that nothing was sent or shown */
    char detail[MODEL_DETAIL + 1];

    /* security status, all from measured facts */
    uint32_t doctor[MODEL_DOCTOR]; /* UI_DOCTOR_ROW(...) of lib/ui/scene.h */
    unsigned n_doctor;
    enum ui_doctor_all doctor_all;
    char checked[12]; /* 14:02:31 */
};

/* What the owner asked for by pressing something. `id` of the callback is the person for the
   actions that have one. All of them passed the judge of broker/origin.h; grants (Admit) after the
   guard. */
enum ui_action {
    ACTION_NONE = 0,
    ACTION_CLOSE, /* the window's close button, WM_DELETE, Escape where that means close */
    ACTION_HOST,
    ACTION_JOIN,     /* home: windows_text(UI_HOME_JOIN_NUMBER) holds number or invitation */
    ACTION_PASSWORD, /* join: windows_text(UI_JOIN_PASSWORD) */
    ACTION_BACK,
    ACTION_DOCTOR,
    ACTION_COPY_INVITATION,
    ACTION_NEW_PASSWORD,
    ACTION_ADMIT,          /* id: knock */
    ACTION_REFUSE,         /* id: knock */
    ACTION_OPEN_ROW,       /* id: mid; the owner opened that person's row */
    ACTION_MAKE_PRESENTER, /* id: mid */
    ACTION_ALLOW_CONTROL,  /* id: mid */
    ACTION_REMOVE,         /* id: mid */
    ACTION_SHARE,
    ACTION_STOP,
    ACTION_PAUSE,
    ACTION_CONTINUE,
    ACTION_MIRROR, /* what others see: opens it; where it is open: closes it */
    ACTION_LOCK,
    ACTION_UNLOCK,
    ACTION_END,
    ACTION_ASK_CONTROL,
    ACTION_LEAVE,
    ACTION_HOME,
    ACTION_RETRY,
    ACTION_CANCEL,
    ACTION_CHECK_AGAIN,
    ACTION_COPY_REPORT,
    ACTION_COPY_DETAIL, /* error: the technical line */
    ACTION_SETTINGS,
    ACTION_SAVE_SETTINGS, /* windows_settings, windows_text of name and relay */
    ACTION_SET_PASSWORD,  /* id: enum ui_password; windows_text(UI_NEW_PASSWORD_PASSWORD) */
    ACTION_RELEASE_CONTROL,
    ACTION_STOP_CONTROL,
    ACTION_END_CONTROL, /* id: mid; of whoever presents */
    ACTION_PEOPLE,
    ACTION_CHAT,      /* opens the window */
    ACTION_CHAT_SEND, /* windows_text(UI_CHAT_TEXT) */
    ACTION_WORDS      /* id: mid; compare the words with that person */
};

#endif
