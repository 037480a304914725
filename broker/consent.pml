/*
 * Consent, sharing, control and the kill switch: the rules of the heart (broker/session*.c), of the judge of input
 * (broker/origin.c), of the watcher and of what passes a controller's events on, against an owner who presses anything
 * at any time, a peer who asks for everything at any time, and any process dying at any time. Which function each rule
 * is of says tests/models/mirrors; it is to be compared again when that function changes.
 *
 * Properties: the invariants of architecture 9 (numbers as there and in broker/session_check.c), and their names here:
 *   1  capture runs only under a live view consent (consent), whose owner is the presenter (presenter), with
 *      the bar mapped (bar)
 *   2  input runs only under a live grant (grant), while capture runs (shared) and no prompt is mapped
 *      (prompt), for a member (member), and where the rules want two people, both have agreed to it (two)
 *   3  consent, and going on after a pause, comes from a press that began and ended on one device after the guard, of a
 *      person or of an assistive tool where no controller has been, and from nothing else (yes)
 *   4  after a revocation, the kill switch's too, nothing of that grant reaches the X server (late), and who would
 *      hear that switch is there (switch)
 *   5  after any death neither runs without the broker (broker), and nothing is held down (held)
 *   -  nobody is in whom the rules do not let in, whatever the settings say of the waiting room (admission)
 *
 * Not here, because it is no order of events: the 10 ms of 4 (`make bench-control`), 6 (tests/hostile/h40_secrets.py,
 * h50_nothing_stored.py; system calls: unit/lib/test_calls), 7 (unit/lib/test_schema, tests/fuzz) and 8 (that no worker
 * outlives its session: broker/session_check.c in the walk, unit/vitrine/test_session_walk; what is left: h50). The
 * walk also asks what is finer than this model: that the switch is armed and the mask confirmed before, newcomers whom no
 * consent covers, hand-over, words, a lost line. An end for everyone needs no guard (it gives nothing away), and is not among the answers here.
 *
 * RULE_x are the rules. `make check-model` takes each one away in turn (-DNO_x) and looks for the property
 * named beside it, for no other: that one has to fail.
 */
#ifdef NO_PHYSICAL /* yes */
#define RULE_PHYSICAL true
#else
#define RULE_PHYSICAL (physical || (assistive && !input_used)) /* whose device answers */
#endif
#ifdef NO_INPUT_USED /* yes */
#define RULE_INPUT_USED skip
#else
#define RULE_INPUT_USED input_used = true     /* where a controller has been, what he started may be running */
#endif
#ifdef NO_GUARD /* yes */
#define RULE_GUARD true
#else
#define RULE_GUARD (armed)                    /* quiet time first */
#endif
#ifdef NO_RESTART /* yes */
#define RULE_RESTART skip
#else
#define RULE_RESTART down = false             /* what disturbs the guard makes the press before it none */
#endif
#ifdef NO_SAME_DEVICE /* yes */
#define RULE_SAME_DEVICE true
#else
#define RULE_SAME_DEVICE (same)               /* the release is the press's */
#endif
#ifdef NO_CONTINUE /* yes */
#define RULE_CONTINUE true
#else
#define RULE_CONTINUE (physical || (assistive && !input_used)) /* out of a pause, too */
#endif
#ifdef NO_CONSENT /* consent */
#define RULE_CONSENT true
#else
#define RULE_CONSENT (view_consent)           /* neither bar nor capture before a yes */
#endif
#ifdef NO_BAR /* bar */
#define RULE_BAR true
#else
#define RULE_BAR (bar)                        /* the bar is mapped before the picture path opens */
#endif
#ifdef NO_BAR_LOST /* bar */
#define RULE_BAR_LOST(x) skip
#else
#define RULE_BAR_LOST(x) x                    /* who takes it away ends sharing */
#endif
#ifdef NO_ROSTER_ENDS_SHARE /* presenter */
#define RULE_ROSTER_ENDS_SHARE(x) skip
#else
#define RULE_ROSTER_ENDS_SHARE(x) x           /* who is not the presenter any more shows nothing */
#endif
#ifdef NO_TURN /* presenter */
#define RULE_TURN true
#else
#define RULE_TURN (presents)                  /* a consent waits until the roster names its owner */
#endif
#ifdef NO_KILL_BEFORE_PROMPT /* prompt */
#define RULE_KILL_BEFORE_PROMPT true
#else
#define RULE_KILL_BEFORE_PROMPT (!input && !gate && !dying) /* a prompt is mapped only when both are dead */
#endif
#ifdef NO_CONTROL_NEEDS_SHARE /* shared */
#define RULE_CONTROL_NEEDS_SHARE true
#else
#define RULE_CONTROL_NEEDS_SHARE (capture)
#endif
#ifdef NO_GRANT /* grant */
#define RULE_GRANT true
#else
#define RULE_GRANT (grant != 0)               /* no input before a yes */
#endif
#ifdef NO_MEMBER /* member */
#define RULE_MEMBER true
#else
#define RULE_MEMBER (member)                  /* who asks for control is in the session */
#endif
#ifdef NO_CURRENT_GRANT /* late */
#define RULE_CURRENT_GRANT true
#else
#define RULE_CURRENT_GRANT (stamp == grant && grant != 0)  /* each event names its grant */
#endif
#ifdef NO_STOP_ENDS_CONTROL /* shared */
#define RULE_STOP_ENDS_CONTROL(x) skip
#else
#define RULE_STOP_ENDS_CONTROL(x) x           /* whatever ends or pauses sharing ends control in the same step */
#endif
#ifdef NO_DEATH_ENDS_CONTROL /* late */
#define RULE_DEATH_ENDS_CONTROL(x) skip
#else
#define RULE_DEATH_ENDS_CONTROL(x) x          /* a gate or worker that was killed does not come again by itself */
#endif
#ifdef NO_WATCH_ENDS_CONTROL /* switch */
#define RULE_WATCH_ENDS_CONTROL(x) skip
#else
#define RULE_WATCH_ENDS_CONTROL(x) x          /* without the watcher nobody could take it back at once */
#endif
#ifdef NO_WATCH /* switch */
#define RULE_WATCH true
#else
#define RULE_WATCH (watching)                 /* ... and nobody is asked for it any more */
#endif
#ifdef NO_LEAVE_ENDS_CONTROL /* member */
#define RULE_LEAVE_ENDS_CONTROL(x) skip
#else
#define RULE_LEAVE_ENDS_CONTROL(x) x          /* who is gone controls nothing */
#endif
#ifdef NO_LEAVE_ENDS_ASKING /* two */
#define RULE_LEAVE_ENDS_ASKING(x) skip
#else
#define RULE_LEAVE_ENDS_ASKING(x) x           /* ... and asks for nothing, when they are back either */
#endif
#ifdef NO_ASKED_ADMISSION /* admission */
#define RULE_ASKED_ADMISSION true
#else
#define RULE_ASKED_ADMISSION (!strict || known)  /* who is let in is known as far as the rules want */
#endif
#ifdef NO_SHUT_DOOR /* admission */
#define RULE_SHUT_DOOR true
#else
#define RULE_SHUT_DOOR (!strict)              /* with such rules no setting lets whoever has the password in */
#endif
#ifdef NO_SECOND /* two */
#define RULE_SECOND true
#else
#define RULE_SECOND (!two || second)          /* the owner is asked when the organizer has said yes */
#endif
#ifdef NO_SECOND_FOR_ONE /* two */
#define RULE_SECOND_FOR_ONE skip
#else
#define RULE_SECOND_FOR_ONE second = false    /* ... which is for one grant */
#endif
#ifdef NO_RELEASE /* held */
#define RULE_RELEASE skip
#else
#define RULE_RELEASE held = 0                 /* gate, watcher: what was down is let go */
#endif
#ifdef NO_DIE_WITH_BROKER /* broker */
#define RULE_DIE_WITH_BROKER(x) skip
#else
#define RULE_DIE_WITH_BROKER(x) x             /* PR_SET_PDEATHSIG */
#endif

#define GRANTS 2                              /* so many in one run */
#define NONE 0
#define SHARE 1
#define CONTROL 2
#define OTHER 3                               /* hand-over, "still sharing?": it can come while control is on */

bool broker = true, watching = true, member = false;
bool presents = false;                        /* the roster names this owner; of the organizer: nobody else */
bool strict = false, known = false;           /* the rules say whom to let in; who is at the door, or in, is known */
bool assistive = false;                       /* the rules let assistive tools answer */
bool view_consent = false, paused = false, bar = false;
bool capture = false;                         /* has the picture path: before it is an empty process */
bool input = false, gate = false;
bool dying = false;                           /* input and gate were killed, and one is not dead yet */
bool unheard = false;                         /* they are, and the broker has not heard of it */
bool armed = false, prompt_up = false;
bool down = false;                            /* a press that counts waits for its release */
byte prompt = NONE;                           /* what it asks */
byte grant = 0, next_grant = 0;               /* the live one; 0: none */
byte held = 0;
bool input_used = false;                      /* a controller has been here */
bool two = false, second = false;             /* the two-person rule; the organizer has agreed to this grant */
byte line_grant = 0;                          /* an event on its way from seal: its stamp */

/* What no rule reads: what happened. */
byte revoked = 0;                             /* the newest grant that was taken back */
byte agreed = 0;                              /* the newest one the organizer has agreed to */
bool controlled = false, down_badly = false;
bool got_consent_badly = false;               /* an answer that no rule permits was taken */
bool injected_late = false;

inline kill_pair() {
    if :: input || gate -> input = false; gate = false; dying = true :: else fi
}
inline end_control() {
    kill_pair(); unheard = false;
    if :: grant != 0 -> revoked = grant; grant = 0; RULE_SECOND_FOR_ONE :: else fi
}
inline pause_share() {
    RULE_STOP_ENDS_CONTROL(end_control());
    capture = false; paused = true
}
inline stop_share() {
    RULE_STOP_ENDS_CONTROL(end_control());
    capture = false; paused = false; view_consent = false; bar = false
}
inline open_prompt(what) { kill_pair(); prompt = what }
inline close_prompt() { prompt = NONE; prompt_up = false; armed = false; down = false; down_badly = false }
inline ask_no_more() {
    second = false;
    if :: prompt == CONTROL -> close_prompt() :: else fi
}
/* Covered, moved, a key, a press that is no answer: the guard starts anew. */
inline disturb() {
    armed = false; RULE_RESTART;
    if :: down -> down_badly = true :: else fi
}

/* Everything the broker does in one step is atomic: session_step is one function. */
active proctype owner() {
    bool physical, same;                                                /* false again after use: fewer states */
    do
    :: atomic { broker && prompt == NONE && (!view_consent || paused) -> open_prompt(SHARE) }
    :: atomic { broker && prompt == NONE -> open_prompt(OTHER) }
    :: atomic { broker && prompt != NONE && !prompt_up && RULE_KILL_BEFORE_PROMPT -> prompt_up = true }
    :: atomic { broker && prompt_up && !armed -> armed = true }         /* a quiet second */
    :: atomic { broker && prompt_up && armed -> disturb() }
    :: atomic { broker && prompt_up && !down ->                         /* somebody presses yes */
           if :: physical = true :: physical = false fi;
           if
           :: RULE_PHYSICAL && RULE_GUARD -> down = true;
                  down_badly = !armed || !(physical || (assistive && !controlled))
           :: else -> disturb()
           fi;
           physical = false }
    :: atomic { broker && prompt_up && down ->                          /* ... and lets go */
           if :: same = true :: same = false fi;
           if
           :: RULE_SAME_DEVICE && RULE_GUARD ->
                  if :: down_badly || !same -> got_consent_badly = true :: else fi;
                  if
                  :: prompt == SHARE -> view_consent = true; paused = false
                  :: prompt == CONTROL && RULE_CONTROL_NEEDS_SHARE && next_grant < GRANTS ->
                         end_control();                                 /* more time is another grant */
                         next_grant++; grant = next_grant; RULE_SECOND_FOR_ONE
                  :: else
                  fi;
                  close_prompt()
           :: else -> down = false; down_badly = false
           fi;
           same = false }
    :: atomic { broker && prompt != NONE -> close_prompt() }            /* no, time-out, Escape, lock */
    :: atomic { broker && RULE_CONSENT && !bar -> bar = true }
    :: atomic { broker && RULE_CONSENT && !paused && !capture && prompt == NONE && RULE_BAR && RULE_TURN ->
           capture = true }
    :: atomic { broker && RULE_GRANT && !input && !dying && !unheard && prompt == NONE ->
           input = true; gate = true; RULE_INPUT_USED; controlled = true }
    :: atomic { broker && view_consent -> stop_share() }                /* Stop, the kill switch once more */
    :: atomic { broker && view_consent && !paused -> pause_share() }
    :: atomic { broker && paused && prompt == NONE ->                   /* Continue */
           if :: physical = true :: physical = false fi;
           if
           :: RULE_CONTINUE ->
                  if :: !physical && (!assistive || controlled) -> got_consent_badly = true :: else fi;
                  paused = false
           :: else
           fi;
           physical = false }
    :: atomic { broker && bar -> bar = false; RULE_BAR_LOST(stop_share()) }
    :: atomic { broker && grant != 0 -> end_control() }                 /* take back, time is over, lock */
    :: !broker -> break
    od
}

/* Ctrl+F12: the watcher kills, whatever the broker does; the broker hears of it, or of the deaths. */
active proctype watcher() {
    do
    :: atomic { watching && (input || gate) -> kill_pair(); unheard = broker; revoked = grant }
    :: atomic { dying -> dying = false; RULE_RELEASE }
    :: atomic { broker && unheard -> unheard = false; RULE_DEATH_ENDS_CONTROL(end_control()) }
    od
}

/* The other side: comes, goes, asks, sends. Events pass seal one at a time. */
active proctype peer() {
    byte stamp;
    if :: two = true :: two = false fi;
    if :: strict = true :: strict = false fi;
    if :: assistive = true :: assistive = false fi;
    do
    :: atomic { broker && !presents -> presents = true }                /* the roster, at the organizer's word */
    :: atomic { broker && presents -> presents = false;
           if
           :: true -> RULE_ROSTER_ENDS_SHARE(stop_share())
           :: !capture                                                  /* "nobody": who waits waits on */
           fi }
    :: atomic { broker && !member && !known -> known = true }           /* words, a certificate */
    :: atomic { broker && !member && RULE_ASKED_ADMISSION -> member = true }
    :: atomic { broker && !member && RULE_SHUT_DOOR -> member = true }  /* waiting_room = no */
    :: atomic { broker && member -> member = false; known = false; agreed = next_grant;
           RULE_LEAVE_ENDS_CONTROL(end_control()); RULE_LEAVE_ENDS_ASKING(ask_no_more()) }
    :: atomic { broker && two && member && !second -> second = true; agreed = next_grant + 1 }
    :: atomic { broker && second && prompt != CONTROL -> second = false; agreed = next_grant } /* no, or too late */
    :: atomic { broker && RULE_MEMBER && prompt == NONE && capture && RULE_SECOND && RULE_WATCH ->
           open_prompt(CONTROL) }
    :: atomic { line_grant == 0 && next_grant > 0 ->                    /* sends now, or with an old stamp */
           if :: line_grant = next_grant :: line_grant = 1 fi }
    :: atomic { broker && line_grant != 0 -> stamp = line_grant; line_grant = 0;
           if
           :: RULE_CURRENT_GRANT && input && gate && prompt == NONE ->
                  if :: stamp <= revoked -> injected_late = true :: else fi;
                  if :: held = 1 :: held = 0 fi
           :: else
           fi;
           stamp = 0 }
    :: !broker -> break
    od
}

/* One process dies, at any moment. The bar's painter may: the bar is the broker's window. */
active proctype death() {
    if
    :: atomic { true -> broker = false; bar = false;
           RULE_DIE_WITH_BROKER(capture = false; kill_pair());
           view_consent = false; grant = 0; unheard = false; close_prompt() }
    :: atomic { capture -> stop_share() }
    :: atomic { input || gate -> kill_pair(); unheard = true }          /* one of them: the watcher kills the other */
    :: atomic { watching = false; RULE_WATCH_ENDS_CONTROL(end_control(); ask_no_more()) } /* the broker cleans up */
    :: atomic { prompt != NONE -> close_prompt() }                      /* its painter */
    :: true
    fi
}

/* One line for each property, its name at the end. */
active proctype watch() {
    do
    :: atomic { capture && !view_consent -> assert(false) }             /* consent */
    :: atomic { capture && !presents -> assert(false) }                 /* presenter */
    :: atomic { capture && !bar -> assert(false) }                      /* bar */
    :: atomic { input && grant == 0 -> assert(false) }                  /* grant */
    :: atomic { input && !capture -> assert(false) }                    /* shared */
    :: atomic { (input || dying) && prompt_up -> assert(false) }        /* prompt */
    :: atomic { input && !member -> assert(false) }                     /* member */
    :: atomic { input && two && agreed < grant -> assert(false) }       /* two */
    :: atomic { got_consent_badly -> assert(false) }                    /* yes */
    :: atomic { injected_late -> assert(false) }                        /* late */
    :: atomic { input && !watching -> assert(false) }                   /* switch */
    :: atomic { !broker && (capture || input) -> assert(false) }        /* broker */
    :: atomic { !input && !dying && held != 0 -> assert(false) }        /* held */
    :: atomic { member && strict && !known -> assert(false) }           /* admission */
    od
}
