/*
 * Consent, sharing, control and the kill switch: the rules of broker/session*.c, broker/prompt.c and
 * broker/hotkey_watch.c, against an owner who presses anything at any time, a peer who asks for
 * everything at any time, and any process dying at any time.
 *
 * Properties (DESIGN.md, the heart; numbers as in broker/session_check.c), and their names here:
 *   1  capture runs only under a live view consent (consent), whose owner is the presenter (presenter), with
 *      the bar mapped (bar)
 *   2  input runs only under a live grant (grant), while capture runs (shared) and no prompt is mapped
 *      (prompt), for a member (member), and where the rules want two people, both have agreed to it (two)
 *   3  consent comes from a press that began and ended after the guard, and from nothing else (yes)
 *   4  after a revocation has been confirmed nothing of that grant reaches the X server (late)
 *   5  after any death neither runs without the broker (broker), and nothing is held down (held)
 *   -  nobody is in whom the rules do not let in, whatever the settings say of the waiting room (admission)
 *
 * RULE_x are the rules. `make check-model` takes each one away in turn (-DNO_x) and looks for the property
 * named beside it, for no other: that one has to fail.
 */
#ifdef NO_PHYSICAL /* yes */
#define RULE_PHYSICAL true
#else
#define RULE_PHYSICAL (physical)              /* only a person's device answers */
#endif
#ifdef NO_GUARD /* yes */
#define RULE_GUARD true
#else
#define RULE_GUARD (armed)                    /* quiet time first */
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
#ifdef NO_ROSTER_ENDS_SHARE /* presenter */
#define RULE_ROSTER_ENDS_SHARE(x)
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
#define RULE_KILL_BEFORE_PROMPT (!input && !gate)  /* a prompt is mapped only when both are dead */
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
#define RULE_MEMBER (member)                  /* who is let control is in the session now */
#endif
#ifdef NO_CURRENT_GRANT /* late */
#define RULE_CURRENT_GRANT true
#else
#define RULE_CURRENT_GRANT (stamp == grant && grant != 0)  /* each event names its grant */
#endif
#ifdef NO_STOP_ENDS_CONTROL /* shared */
#define RULE_STOP_ENDS_CONTROL(x)
#else
#define RULE_STOP_ENDS_CONTROL(x) x           /* whatever ends sharing ends control in the same step */
#endif
#ifdef NO_LEAVE_ENDS_CONTROL /* member */
#define RULE_LEAVE_ENDS_CONTROL(x)
#else
#define RULE_LEAVE_ENDS_CONTROL(x) x          /* who is gone controls nothing */
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
#define RULE_SECOND_FOR_ONE
#else
#define RULE_SECOND_FOR_ONE second = false    /* ... which is for one grant */
#endif
#ifdef NO_RELEASE /* held */
#define RULE_RELEASE
#else
#define RULE_RELEASE held = 0                 /* gate, watcher: what was down is let go */
#endif
#ifdef NO_DIE_WITH_BROKER /* broker */
#define RULE_DIE_WITH_BROKER(x)
#else
#define RULE_DIE_WITH_BROKER(x) x             /* PR_SET_PDEATHSIG */
#endif

#define GRANTS 2                              /* so many in one run */
#define NONE 0
#define SHARE 1
#define CONTROL 2
#define OTHER 3                               /* hand-over, "still sharing?": it can come while control is on */

bool broker = true, member = false;
bool presents = false;                        /* the roster names this owner */
bool strict = false, known = false;           /* the rules say whom to let in; who is at the door, or in, is known */
bool view_consent = false, bar = false, capture = false;
bool input = false, gate = false, armed = false, prompt_up = false;
byte prompt = NONE;                           /* what it asks */
byte grant = 0, next_grant = 0;               /* the live one; 0: none */
byte revoked = 0;                             /* the newest one whose revocation was confirmed */
byte held = 0;
bool got_consent_badly = false;               /* an answer that no rule permits was taken */
bool injected_late = false;
byte agreed = 0;                              /* the newest grant the organizer has agreed to */
bool two = false, second = false;             /* the two-person rule; the organizer has agreed to this grant */
byte line_grant = 0;                          /* an event on its way from seal: its stamp */

inline end_control() {
    input = false; gate = false; RULE_RELEASE;
    if :: grant != 0 -> revoked = grant; grant = 0; RULE_SECOND_FOR_ONE :: else fi
}
inline stop_share() {
    capture = false; view_consent = false; bar = false;
    RULE_STOP_ENDS_CONTROL(end_control())
}
inline close_prompt() { prompt = NONE; prompt_up = false; armed = false }

/* Everything the broker does in one step is atomic: session_step is one function. */
active proctype owner() {
    bool physical;
    do
    :: atomic { broker && prompt == NONE && !capture -> prompt = SHARE; armed = false }
    :: atomic { broker && prompt == NONE -> prompt = OTHER; armed = false }
    /* the prompt's window: input is dead first */
    :: atomic { broker && prompt != NONE && !prompt_up ->
#ifndef NO_KILL_BEFORE_PROMPT
           input = false; gate = false; RULE_RELEASE;
#endif
           RULE_KILL_BEFORE_PROMPT -> prompt_up = true }
    :: atomic { broker && prompt_up && !armed -> armed = true }         /* a quiet second */
    :: atomic { broker && prompt_up && armed -> armed = false }         /* covered, moved, a key */
    :: atomic { broker && prompt_up ->                                  /* somebody presses yes */
           if :: physical = true :: physical = false fi;
           if
           :: RULE_PHYSICAL && RULE_GUARD ->
                  if :: !physical || !armed -> got_consent_badly = true :: else fi;
                  if
                  :: prompt == SHARE -> view_consent = true
                  :: prompt == CONTROL && RULE_CONTROL_NEEDS_SHARE && RULE_MEMBER && next_grant < GRANTS ->
                         next_grant++; grant = next_grant
                  :: else
                  fi;
                  close_prompt()
           :: else -> armed = false                                     /* starts anew */
           fi }
    :: atomic { broker && prompt != NONE -> close_prompt() }            /* no, time-out, Escape, lock */
    :: atomic { broker && RULE_CONSENT && !bar -> bar = true }
    :: atomic { broker && RULE_CONSENT && !capture && prompt == NONE && RULE_BAR && RULE_TURN -> capture = true }
    :: atomic { broker && RULE_GRANT && !input && prompt == NONE -> input = true; gate = true }
    :: atomic { broker && view_consent -> stop_share() }                /* Stop, pause, screen lock */
    :: atomic { broker && grant != 0 -> end_control() }                 /* take back, time is over */
    :: atomic { input || gate -> end_control() }                        /* Ctrl+F12: the watcher, alone */
    :: !broker -> break
    od
}

/* The other side: comes, goes, asks, sends. Events pass seal one at a time. */
active proctype peer() {
    byte stamp;
    if :: two = true :: two = false fi;
    if :: strict = true :: strict = false fi;
    do
    :: atomic { broker && !presents -> presents = true }                /* the roster, at the organizer's word */
    :: atomic { broker && presents -> presents = false; RULE_ROSTER_ENDS_SHARE(stop_share()) }
    :: atomic { broker && !member && !known -> known = true }           /* words, a certificate */
    :: atomic { broker && !member && RULE_ASKED_ADMISSION -> member = true }
    :: atomic { broker && !member && RULE_SHUT_DOOR -> member = true }  /* waiting_room = no */
    :: atomic { broker && member -> member = false; known = false; RULE_LEAVE_ENDS_CONTROL(end_control()) }
    :: atomic { broker && two && member && grant == 0 -> second = true; agreed = next_grant + 1 }
    :: atomic { broker && second && grant == 0 && prompt != CONTROL -> second = false; agreed = 0 } /* no, or too late */
    :: atomic { broker && member && prompt == NONE && capture && grant == 0 && RULE_SECOND -> prompt = CONTROL; armed = false }
    :: atomic { line_grant == 0 && next_grant > 0 ->                    /* sends now, or with an old stamp */
           if :: line_grant = next_grant :: line_grant = 1 fi }
    :: atomic { broker && line_grant != 0 -> stamp = line_grant; line_grant = 0;
           if
           :: RULE_CURRENT_GRANT && input && gate && !prompt_up ->
                  if :: stamp <= revoked -> injected_late = true :: else fi;
                  if :: held = 1 :: held = 0 fi
           :: else
           fi }
    :: !broker -> break
    od
}

/* One process dies, at any moment. */
active proctype death() {
    if
    :: atomic { true -> broker = false; bar = false;
           RULE_DIE_WITH_BROKER(capture = false; input = false; gate = false); RULE_RELEASE;
           view_consent = false; grant = 0; close_prompt() }
    :: atomic { capture -> stop_share() }
    :: atomic { input -> end_control() }
    :: atomic { gate -> end_control() }
    :: atomic { prompt != NONE -> close_prompt() }                      /* its painter */
    :: atomic { bar -> stop_share() }                                   /* the painter of the bar */
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
    :: atomic { input && prompt_up -> assert(false) }                   /* prompt */
    :: atomic { input && !member -> assert(false) }                     /* member */
    :: atomic { input && two && agreed != grant -> assert(false) }      /* two */
    :: atomic { got_consent_badly -> assert(false) }                    /* yes */
    :: atomic { injected_late -> assert(false) }                        /* late */
    :: atomic { !broker && (capture || input) -> assert(false) }        /* broker */
    :: atomic { !input && held != 0 -> assert(false) }                  /* held */
    :: atomic { member && strict && !known -> assert(false) }           /* admission */
    od
}
