/*
 * The broker's heart: what happened + where we are -> where we are now + what to do. One pure
 * function, no I/O, no clock (time is an event), no allocation, no pointer. Windows, workers and
 * channels live around it and do what the effects say, in their order; nothing else in the program
 * decides.
 *
 * The state is plain bytes without padding: two states are the same when memcmp says so, which is
 * what lets tests/unit/vitrine/test_session_walk.c visit every reachable one.
 *
 * Words used here: a *knock* is somebody who knows the password and waits at the door; a *mid* is a
 * member of the session; a *slot* stands for a claimed name (the table of names is kept outside),
 * so that a no is remembered for the name, not for the connection.
 */
#ifndef BROKER_SESSION_H
#define BROKER_SESSION_H
#include "broker/session_event.h"
#include "policy/limits.h"
#include <stdbool.h>
#include <stdint.h>

#define SESSION_WAITING 32 /* people at the door; a further one is told to try later */
#define SESSION_SLOTS 64   /* names whose refusals are remembered; more than can be asked about */
#define SESSION_ASKING 8   /* people who wait for an answer about control; a further one hears no */

/* --- what there is
 * --------------------------------------------------------------------------------------- */

enum session_phase {
    PHASE_BOOT,    /* painter and audit are starting */
    PHASE_HOME,    /* home or join window; no session, no network */
    PHASE_CONNECT, /* workers, relay, name, line, number: on the way */
    PHASE_LOBBY,   /* joining: waiting to be let in */
    PHASE_HOST,    /* our session runs */
    PHASE_MEMBER,  /* we are in somebody's session */
    PHASE_CLOSING, /* capture is dead already; the rest says goodbye */
    PHASE_OVER,    /* nothing of the session is left; ended or error window */
    PHASE_EXIT
};

enum session_intent { INTENT_NONE, INTENT_HOST, INTENT_JOIN };

/* Processes by what they are for. SW_UI and SW_PROMPT are both vitrine-render ui: each consent
   dialog has a fresh one of its own. */
enum session_worker {
    SW_UI,
    SW_PROMPT,
    SW_AUDIT,
    SW_LAUNCHER,
    SW_DIAL,
    SW_NET,
    SW_SEAL,
    SW_RELAY,
    SW_GATE,
    SW_CAPTURE,
    SW_VIEW,
    SW_MIRROR, /* what others see of our own screen, at the presenter */
    SW_INPUT_GATE,
    SW_INPUT,
    SW_COUNT
};

enum session_worker_state {
    WS_NONE,
    WS_STARTING,
    WS_READY, /* verified from outside (lib/start.h) */
    WS_DYING  /* SIGKILL sent, pidfd not yet readable */
};

/* Choices of the dialog, session.share_what. A monitor counts as a whole screen where the rules
   speak of one. */
enum session_what {
    SHARE_WHOLE,
    SHARE_WINDOW,
    SHARE_PART,
    SHARE_MONITOR,
    SHARE_MOST /* of the dialog only: a part of more than three quarters of a monitor; a part, but
                  where the rules forbid to share a whole screen */
};

/* Where the rules demand a record, none begins before the first line is on the disk. */
enum session_trail { TRAIL_WRITTEN, TRAIL_LOST, TRAIL_NEW /* demanded, and nothing known yet */ };

enum session_share {
    SHARE_OFF,
    SHARE_ASKING,    /* the owner asked to share: the prompt is up, or comes next */
    SHARE_WAITING,   /* physical yes given: whoever presents now has to stop first */
    SHARE_STARTING,  /* physical yes given: gate and capture start */
    SHARE_SHOWING,   /* both verified; bar and border are being mapped */
    SHARE_RUNNING,   /* capture holds its descriptors */
    SHARE_KILLING,   /* gate and capture are dying */
    SHARE_UNSHARING, /* dead; seal drops what it still had queued */
    SHARE_PAUSED     /* dead; the consent is kept, the bar says paused */
};

/* Our line to the relay. A lost one is taken up again without anybody typing (e2e.md 11, relay.md
   8); meanwhile nothing is shared. */
enum session_line {
    LINE_UP,
    LINE_WAITING,  /* lost; the next try comes with ST_LINE */
    LINE_DIALLING, /* a fresh dial is on its way */
    LINE_OPENING   /* net has the new socket; seal has not said SEAL_BACK yet */
};

enum session_bar { BAR_NONE, BAR_MAPPING, BAR_MAPPED };

enum session_prompt_kind {
    PROMPT_NONE,
    PROMPT_ADMIT,
    PROMPT_SHARE,
    PROMPT_PRESENT, /* the organizer: shall that member show their screen? */
    PROMPT_BECOME,  /* a member: the organizer asks us to */
    PROMPT_WORDS,   /* four words to compare; no guard before "They differ" */
    PROMPT_STILL,   /* in the bar: nobody has touched this computer for long */
    PROMPT_END, /* end it for everyone? no guard, but a hand that aimed: it takes nothing from this
                   owner */
    PROMPT_KEY, /* a known name comes with another key: shall that one count from now on? */
    PROMPT_SECOND, /* the organizer: may that member control the presenter's computer? */
    PROMPT_CONTROL,
    PROMPT_WHOLE /* somebody wants control while less than a whole screen is shared */
};

/* EV_ANSWER.code of a no to PROMPT_WORDS. */
enum session_words { WORDS_NOT_NOW, WORDS_DIFFER };

/* A hand-over as the organizer sees it. */
enum session_offer {
    OFFER_NONE,
    OFFER_ASKING,   /* PROMPT_PRESENT is up, or comes next */
    OFFER_STOPPING, /* whoever presents now stops first */
    OFFER_SENT      /* that member's own owner decides */
};

/* ... and as the member does who is to show the screen. */
enum session_asked {
    ASKED_NO,
    ASKED_PROMPT, /* PROMPT_BECOME is up, or comes next */
    ASKED_CHOICE, /* what to show: the consent dialog for that */
    ASKED_YES     /* said so: the roster has to name us */
};

/* Somebody else's control of this computer. */
enum session_control_step {
    CONTROL_OFF,
    CONTROL_ON,    /* the owner's yes is live; gate and input worker may run */
    CONTROL_ENDING /* both are killed; seal has yet to forget the grant */
};

/* Our own control of somebody else's. */
enum session_mine {
    MINE_NONE,
    MINE_ASKED,
    MINE_REFUSED,
    MINE_UNANSWERED,
    MINE_ON,
    MINE_ENDED,
    MINE_INVITED /* the presenter would agree; we still have to ask */
};

/* ... and what became of our wish for more time. */
enum session_more {
    MORE_NONE,
    MORE_ASKED,
    MORE_LOST, /* control ended meanwhile, and the wish still stands: `mine` is MINE_ASKED */
    MORE_REFUSED
};

enum session_prompt_step {
    PS_NONE,
    PS_PAINTER, /* its fresh painter starts */
    PS_PREPARE, /* window made, not mapped: being painted, and masked where capture runs */
    PS_UP       /* mapped; answers count once armed */
};

enum session_timer {
    ST_CONNECT, /* the way to a session took too long */
    ST_PROMPT,  /* PROMPT_MS */
    ST_MASK,    /* capture did not confirm a mask */
    ST_UNSHARE, /* seal did not confirm */
    ST_CLOSE,   /* goodbye took too long */
    ST_EMPTY,   /* EMPTY_END_MS */
    ST_PAINTER, /* a painter that died so shortly ago is not started again before this */
    ST_LINE,    /* lost: the next try; up: it has held for LINE_CALM_MS */
    ST_RETURN,  /* the resume window closes */
    ST_CONTROL, /* the time of the grant is over */
    ST_IDLE,    /* nobody used it for so long */
    ST_BEGIN,   /* control was agreed to and has not begun */
    ST_REVOKE,  /* seal did not confirm */
    ST_ASKING,  /* people who wait for an answer grow older */
    ST_MINE,    /* no answer to our own question; after a no: we may ask again */
    ST_OFFER,   /* that member's owner does not answer */
    ST_TURN,    /* the roster does not say that it is our turn */
    ST_AWAY,    /* nobody has touched this computer: "Still sharing?" */
    ST_STILL,   /* ... and no answer to that */
    ST_NOBODY,  /* the same, for the organisation's idle end */
    ST_RECORD,  /* the record that the rules demand was lost: the next try */
    ST_REFUSED, /* REFUSED_WAIT_MS, one for each slot */
    ST_COUNT
};

/* Why a session could not begin or did not go on: the codes of ui.md 10. Exit statuses follow from
 * them. */
enum session_fault {
    FAULT_NONE,
    FAULT_J_PASS,
    FAULT_J_STOP,
    FAULT_J_WAIT,
    FAULT_J_NONE,
    FAULT_J_LOCK,
    FAULT_J_NO,
    FAULT_J_OUT,
    FAULT_J_LOG, /* put out, because the organizer's record was lost */
    FAULT_J_ID,
    FAULT_J_WHO, /* our identity: missing where one is asked for, unusable, or refused */
    FAULT_J_KEY, /* the organizer's: the same, or not accepted here */
    FAULT_R_NET,
    FAULT_R_NO,
    FAULT_R_CERT,
    FAULT_W_DIFF,
    FAULT_V_OLD,
    FAULT_S_BOX,
    FAULT_D_WAY,
    FAULT_POLICY, /* an organisation's rule forbids it; exit 6 */
    FAULT_J_LINK, /* the link is no invitation; exit 2, and no session was tried */
    FAULT_COUNT
};

/* How far it came: what an error may still say that nothing was sent, or shown. */
enum session_begun {
    BEGUN_NOT, /* this program was in no session: nothing of it was sent to anybody in one */
    BEGUN_IN,  /* ... it was, and nobody else: nothing was shown */
    BEGUN_MET  /* somebody else was let in, or let us in */
};

enum session_how { HOW_PROPERLY, HOW_CUT };

/* Why something stopped; for --events, the audit trail and the words of the ended window. */
enum session_why {
    WHY_NONE,
    WHY_OWNER,      /* a button on this computer */
    WHY_HOTKEY,     /* Ctrl+F12 twice */
    WHY_COMMAND,    /* vitrine stop, SIGTERM */
    WHY_ORGANIZER,  /* the organizer ended it */
    WHY_PRESENTER,  /* somebody else presents now */
    WHY_WORKER,     /* a worker died or broke its rules */
    WHY_LINE,       /* the connection is gone */
    WHY_EMPTY,      /* nobody came for 30 minutes */
    WHY_TIME,       /* no answer in time */
    WHY_SCREEN,     /* the screen was locked, or the bar was taken away */
    WHY_REFUSED,    /* a no */
    WHY_RULE,       /* an organisation's rule, or a limit */
    WHY_NEWCOMER,   /* somebody came in whom the consent does not cover */
    WHY_AUDIT,      /* the record that this organisation demands cannot be written */
    WHY_GONE,       /* the person asked about is gone */
    WHY_TARGET,     /* the shared window or monitor is not there any more */
    WHY_CONTROLLER, /* the controller gave it back */
    WHY_LIMIT,      /* the time agreed to is over */
    WHY_IDLE,       /* it was not used */
    WHY_EXTENDED,   /* the same person goes on under a new grant */
    WHY_AWAY,       /* nobody has touched this computer for long */
    WHY_WORDS,      /* the verification words differ */
    WHY_DISPLAY,    /* this display cannot do it */
    WHY_DEVICE,     /* a keyboard, or whoever watches them all, is gone: no kill switch */
    WHY_COUNT
};

enum session_toast {
    TOAST_JOINED,
    TOAST_LEFT,
    TOAST_STOPPED,
    TOAST_LOCKED,
    TOAST_WORKER,
    TOAST_PASSWORD,
    TOAST_CONTROL,
    TOAST_CONTROL_SCREEN, /* the same, for WHY_SCREEN */
    TOAST_MINE_YES,
    TOAST_MINE_NO,
    TOAST_MINE_LATE,
    TOAST_MINE_GONE,
    TOAST_NO_PRESENTER,  /* that member was asked to present, and does not, for whatever reason */
    TOAST_PRESENTING,    /* that member presents now */
    TOAST_MINE_INVITED,  /* that presenter would let us control */
    TOAST_INVITED,       /* that member was told so */
    TOAST_CANNOT,        /* this display cannot be controlled */
    TOAST_NOT_CERTIFIED, /* that member asked for control, which only certified helpers may have */
    TOAST_RULE,          /* the organisation's rules forbid to share that much */
    TOAST_MIRROR,        /* the process behind SW_MIRROR died: sharing goes on */
    TOAST_QUESTION,      /* a dialog's painter died: that was a no */
    TOAST_UNLOCKED,
    TOAST_NO_RECORD, /* nothing is shared, because the rules demand a record and none can be written
                      */
    TOAST_MINE_UNRECORDED, /* ... and we control nobody, for the same reason */
    TOAST_DOOR_UNRECORDED, /* ... and nobody is let in */
    TOAST_RECORDED         /* over: lines can be written again */
};

enum session_window {
    WIN_NONE,
    WIN_HOME,
    WIN_CONNECTING,
    WIN_WAITING,
    WIN_PANEL,
    WIN_VIEWER,
    WIN_ENDED,
    WIN_ERROR
};

/* What becomes of the program when the session is closed. */
enum session_quit { QUIT_NO, QUIT_HOME, QUIT_EXIT };

/* No padding anywhere below: the compiler checks it. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/* The organisation's and the user's choices that steer the heart; fixed for one run. */
struct session_rules {
    uint8_t assistive;       /* synthetic sources may answer while no input worker has existed */
    uint8_t newcomers_ask;   /* a newcomer whom this owner did not admit pauses sharing */
    uint8_t share_whole;     /* the whole screen may be shared */
    uint8_t audit_mandatory; /* no record, no session */
    uint16_t largest;        /* most people in a session, organizer included; 0: MAX_MEMBERS */
    uint8_t control;         /* control may be given, and this computer can take it back */
    uint8_t control_for;     /* enum session_level: at least */
    uint8_t admission;       /* enum session_level: whom the owner may let in, at least */
    uint8_t two_people;      /* control needs the organizer's yes besides the owner's */
    uint8_t control_cannot;  /* no control here, because the display lacks what it takes */
    uint8_t share_cannot;    /* nothing can be shared here, because the display cannot be (D-WAY) */
    uint16_t control_longest; /* minutes */
    uint16_t idle_min; /* minutes without the owner's hand after which a session ends; 0 never */
};

/* How far somebody is known. LEVEL_WORDS: their words were compared and are the same;
   LEVEL_CERTIFIED: a certificate of the organisation names them. */
enum session_level { LEVEL_CLAIMED, LEVEL_WORDS, LEVEL_CERTIFIED };

struct session_asking {
    uint16_t mid;
    uint8_t slot;
    uint8_t age;    /* turns of ST_ASKING */
    uint8_t second; /* the organizer has yet to say yes; those without come first */
    uint8_t lapsed; /* sharing has ended since, and the request with it; who asked is told when it
                       goes on */
};

/* What session.code counts from: who said that it is over. */
enum session_said {
    SAID_SEAL = 0,   /* PROTOCOL.md 16; 0: nobody */
    SAID_RELAY = 64, /* its ERR */
    SAID_NET = 128,  /* enum net_end */
    SAID_DIAL = 192, /* DIAL_FAILED.stage */
    SAID_EACH = 64
};

/* Somebody else's control of this computer. */
struct session_control {
    uint8_t step;      /* enum session_control_step */
    uint8_t granted;   /* the pair channel is up: seal has named the grant */
    uint8_t armed;     /* the kill switch for this pair of processes: 1 asked for, 2 in force */
    uint8_t given;     /* the pair holds its descriptors */
    uint8_t running;   /* ... and the worker has read the keyboard */
    uint8_t unclean;   /* the watcher has not confirmed that nothing is left of the last pair */
    uint8_t told;      /* 1 said to be on, 2 said to be held */
    uint8_t revoked;   /* while ending: seal has been told */
    uint8_t why;       /* of the end */
    uint8_t again;     /* after the end the same person goes on: the owner has said so */
    uint8_t choice;    /* of the last yes, for the trail */
    uint8_t watchless; /* there is no kill switch any more: no control in this run */
    uint16_t person;
    uint16_t reserved;
    uint32_t seconds; /* of the grant; of the next one, if `again` */
};

struct session_waiting {
    uint32_t knock;
    uint16_t slot;
    uint16_t level; /* enum session_level */
};

enum session_slot_wait {
    SLOT_REFUSED = 1, /* after a no: nothing of that name is heard */
    SLOT_NOTED = 2,   /* that it asks in vain is in the trail */
    SLOT_KEY = 4,     /* after a no to another key: no further one is asked about */
    SLOT_DOOR = 8     /* after a no at the door: nobody of that name is heard there */
};

struct session_slot {
    uint8_t refused;        /* up to REFUSED_MAX: from then on off */
    uint8_t keys_refused;   /* the same for other keys under this name, which are not its owner's */
    uint8_t knocks_refused; /* the same at the door, where anybody may claim any name: it says
                               nothing about who bears it in the session */
    uint8_t seconds_refused; /* in a row, of what they asked as presenter about somebody else */
    uint8_t wait;            /* not 0: its ST_REFUSED timer runs; SLOT_... */
};

struct session_prompt {
    uint8_t kind, step;
    uint8_t in_panel; /* ADMIT in the open host panel: no window of its own */
    uint8_t painted, masked, armed;
    uint8_t hold; /* a mask was asked for: capture holds the picture until EF_UNMASK */
    uint8_t reserved;
    uint32_t serial; /* of this prompt; an answer to another one is nothing */
    uint32_t person; /* ADMIT: the knock; PRESENT, WORDS: the mid, or the knock */
};

struct session {
    struct session_rules rules;
    uint32_t timers; /* bit 1 << enum session_timer: it runs (ST_REFUSED: see slot[].wait) */
    uint8_t phase, intent;
    uint8_t own_relay; /* this session runs on a relay that we start */
    uint8_t lobby;     /* the waiting room is on */
    uint8_t locked;
    uint8_t quit;                                 /* enum session_quit */
    uint8_t serving, dialled, opened, given_view; /* what has been reached on the way */
    uint8_t closing;                              /* enum closing, session_end.c */
    uint8_t seal_over;                            /* seal has said its last word, or is dead */
    uint8_t net_over;
    uint8_t fault, how, why, code; /* how it ended; enum session_said */
    uint8_t share, share_then;     /* SHARE_KILLING and _UNSHARING lead to share_then */
    uint8_t share_what;            /* enum session_what */
    uint8_t share_why;             /* of the stop or pause under way */
    uint8_t consent;               /* a view consent of this owner is live */
    uint8_t consent_short;         /* somebody is in whom it does not cover */
    uint8_t given; /* capture was given its descriptors and is not known to be dead; 2: its picture
                      leaves */
    uint8_t at_seal; /* what seal last heard of our share: 0 none, 1 running, 2 paused */
    uint8_t bar;
    uint8_t panel; /* host panel open */
    uint8_t screen_locked;
    uint8_t input_used;     /* an input worker has existed on this display */
    uint8_t ui_died;        /* the painter died less than PAINTER_AGAIN_MS ago */
    uint8_t ui_unborn;      /* ... and before it was ready */
    uint8_t picture;        /* what the presenter says of the picture (SEAL_PICTURE.state) */
    uint8_t booting;        /* EV_BOOT has come */
    uint8_t trail;          /* enum session_trail: what became of the newest line answered */
    uint16_t me, presenter; /* mids; 0 nobody */
    uint8_t worker[SW_COUNT];
    uint8_t line;        /* enum session_line */
    uint8_t line_tries;  /* since it last held */
    uint8_t share_again; /* sharing paused because of the line: goes on by itself when it is back */
    uint8_t mine;        /* enum session_mine */
    uint8_t share_anew;  /* after the stop under way the owner chooses anew what to share */
    uint8_t n_asking;
    uint8_t offer;       /* enum session_offer */
    uint8_t asked;       /* enum session_asked */
    uint8_t still;       /* the bar asks whether we still share */
    uint8_t end_asked;   /* the owner pressed End session: PROMPT_END is up, or comes next */
    uint8_t words_door;  /* words_with is a knock */
    uint8_t words_ok;    /* member: the organizer's words are the same as ours */
    uint8_t view_bad;    /* the organizer's decoder died during this presentation: not again */
    uint8_t no_password; /* this session has none: words come before any control */
    uint8_t second_slot; /* of second_from */
    uint8_t key_slot;    /* of key_ask */
    uint8_t mine_more;   /* enum session_more */
    uint8_t asked_slot;  /* of the organizer, while `asked` */
    uint8_t presented;   /* somebody has, since we are in */
    uint8_t begun;       /* enum session_begun */
    uint8_t main_hidden; /* the main window is minimised, or wholly covered as far as is known */
    uint8_t spare[3];
    uint32_t key_ask;      /* PROMPT_KEY about that question of seal is up, or comes next; 0 none */
    uint32_t words_with;   /* PROMPT_WORDS about that mid or knock is up, or comes next; 0 nobody */
    uint16_t offer_to;     /* mid */
    uint16_t second_sent;  /* presenter: the organizer has been asked about that mid */
    uint16_t second_about; /* organizer: who wants control; PROMPT_SECOND is up, or comes next */
    uint16_t second_from;  /* ... and whose computer it is */
    uint16_t n_waiting, n_members; /* members: others than ourselves */
    struct session_prompt prompt;
    struct session_control control;
    struct session_asking asking[SESSION_ASKING];
    struct session_slot slot[SESSION_SLOTS];
    struct session_waiting waiting[SESSION_WAITING];
    uint16_t member[MAX_MEMBERS];
    uint8_t level[MAX_MEMBERS]; /* of member[i]: enum session_level */
};
#pragma GCC diagnostic pop

/* --- the function
 * ---------------------------------------------------------------------------------------- */

void session_init(struct session *s, const struct session_rules *rules);

/* Takes one event. Events that make no sense where we are change nothing and have no effect; that
   is a rule, not an accident: whoever sends them early, late or twice gains nothing. */
void session_step(struct session *s, const struct session_event *ev, struct session_effects *out);

/* The invariants of architecture 9 that exist by now. NULL, or the one that is broken, in words.
   The broker asks after every step and aborts on an answer: its workers die with it. */
const char *session_check(const struct session *s);
/* The same for one step: what may follow from what. */
const char *session_check_step(const struct session *before, const struct session_event *ev,
                               const struct session *after, const struct session_effects *out);

/* --- names and numbers that follow from the state
 * --------------------------------------------------------- */

/* People who see, or would see, the screen. */
unsigned session_people(const struct session *s);
/* Of that member; LEVEL_CLAIMED where there is none. For a member: of the organizer alone. */
enum session_level session_level_of(const struct session *s, uint32_t mid);
/* May the person at this computer write to the others now? */
bool session_may_chat(const struct session *s);
/* The rules demand a record, and none can be written. */
bool session_unrecorded(const struct session *s);
/* Somebody with that knock waits to be let in. */
bool session_waits(const struct session *s, uint32_t knock);
/* What the heart has to do with that slot: may it stand for another name? */
enum session_slot_use {
    SLOT_IDLE,      /* nothing */
    SLOT_REMEMBERS, /* a no to somebody of that name */
    SLOT_IN_USE     /* somebody of that name waits for an answer */
};
enum session_slot_use session_slot_use(const struct session *s, uint32_t slot);
/* That member may be told that it can ask for control; also where only the display forbids it. */
bool session_may_invite(const struct session *s, uint32_t mid);
/* The organizer may ask that a member presents now: nobody is asked already, and no other question
   of the owner's own comes first. */
bool session_may_offer(const struct session *s);
/* ... and take that back, from whoever presents or was asked to. */
bool session_may_take_back(const struct session *s);
/* We present, or are about to. */
bool session_presents(const struct session *s);
/* Exit status of architecture 8 for how the last session ended. */
int session_exit_status(const struct session *s);
/* That fault came too late to say that nothing was sent, or (the words differ) nothing was shown.
 */
bool session_is_late(const struct session *s, enum session_fault fault);
/* "J-PASS", as in ui.md 10; "" for FAULT_NONE, "POLICY" for FAULT_POLICY. */
const char *session_fault_name(enum session_fault fault);
const char *session_why_name(enum session_why why);

#endif
