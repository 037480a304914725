/*
 * Epochs and leases against a hostile relay: the rules of net/seal (group.c, group_units.c, lease.c, watch.c,
 * organizer_epoch.c; PROTOCOL.md 11 to 13). Which function each rule is of says tests/models/mirrors; it is to be
 * compared again when that function changes. The relay may keep back, repeat, and reorder what it
 * forwards, and may cut any member off; it cannot make or change what is sealed (that is the
 * cryptography's part). One organizer (O), a member who stays and keeps the rules (M), and one (R) who keeps none of
 * them and is removed; each epoch names one of them as presenter.
 *
 *   a  who was removed can open nothing that was sealed in an epoch after the removal (removed_reads), and of what a
 *      presenter who has not heard of it seals, nothing once the organizer's word behind it is younger (removed_late)
 *   b  a member takes units of the newest epoch it knows, and for a while of the one before (old_shown, overdue) from
 *      whom both name as presenter (old_role), each counter once and upwards (twice)
 *   c  epochs only go forward for every member (backwards)
 *   d  without a word of the organizer's (the lease) that answers a question of its own (stale_word) nothing is sealed
 *      (stale_sent), and without one of the presenter's nothing is shown as current (stale_shown)
 *   e  what a member shows was sealed by the presenter of that epoch (wrong_presenter)
 *
 * These are what invariants 1 and 6 of architecture 9 rest on beyond one computer: who presents is whom the
 * organizer's record names, and nobody outside reads. The others concern one computer: consent.pml. That "removed" is
 * said when it is true is no rule here, because it is one of times (hostile/p07_removed).
 *
 * NO_x takes one rule away: `make check-model` looks for the property named beside it then, for no other, and
 * that one has to fail.
 */
#define EPOCHS 3
#define UNITS 2
#define WORDS 2
#define O 1
#define M 2
#define R 3

#ifdef NO_NEW_KEY_ON_LEAVE /* removed_reads */
#define RULE_NEW_KEY_ON_LEAVE
#else
#define RULE_NEW_KEY_ON_LEAVE epoch++         /* a removal is an epoch, with a fresh secret */
#endif
#ifdef NO_FORWARD_ONLY /* backwards */
#define RULE_FORWARD_ONLY true
#else
#define RULE_FORWARD_ONLY (rec > m_epoch)     /* a record that is not newer is refused */
#endif
#ifdef NO_COUNTER /* twice */
#define RULE_COUNTER true
#else
#define RULE_COUNTER (u_ctr > (u_epoch == m_epoch -> m_ctr : m_before_ctr)) /* each unit once, upwards */
#endif
#ifdef NO_CURRENT_EPOCH /* old_shown */
#define RULE_CURRENT_EPOCH true
#else
#define RULE_CURRENT_EPOCH (u_epoch == m_epoch || u_epoch == m_before)
#endif
#ifdef NO_FORGET /* overdue */
#define RULE_FORGET skip
#else
#define RULE_FORGET m_before = 0; m_before_ctr = 0 /* the epoch before, after EPOCH_KEEP_MS */
#endif
#ifdef NO_ROLE_IN_BOTH /* old_role */
#define RULE_ROLE_IN_BOTH true
#else
#define RULE_ROLE_IN_BOTH (u_epoch == m_epoch || u_mid == presenter[m_epoch])
#endif
#ifdef NO_NAMED_EPOCH /* removed_late */
#define RULE_NAMED_EPOCH true
#else
#define RULE_NAMED_EPOCH (m_named <= m_epoch) /* no lease under a word that names a newer epoch than it has */
#endif
#ifdef NO_STALE /* stale_shown */
#define RULE_STALE skip
#else
#define RULE_STALE m_current = false          /* no STATUS of the presenter's for STALE_MS: it says so */
#endif
#ifdef NO_OWN_QUESTION /* stale_word */
#define RULE_OWN_QUESTION true
#else
#define RULE_OWN_QUESTION (w_time > m_word)   /* PONG answers our own nonce: an old one gives no lease */
#endif
#ifdef NO_PRESENTER /* wrong_presenter */
#define RULE_PRESENTER true
#else
#define RULE_PRESENTER (u_mid == presenter[u_epoch]) /* the record of that epoch names who shows */
#endif
#ifdef NO_SEND_LEASE /* stale_sent */
#define RULE_SEND_LEASE true
#else
#define RULE_SEND_LEASE (m_lease)             /* who presents seals nothing without it, either */
#endif

byte epoch = 1;                               /* the organizer's */
bool removed = false;                         /* R, as the organizer has decided */
byte removed_in = 0;                          /* the first epoch without R */
byte r_epoch = 1;                             /* the newest secret R has */
byte m_epoch = 1, m_ctr = 0;
byte m_word = 0;                              /* the newest word of the organizer's it has */
byte m_before = 0, m_before_ctr = 0;          /* the epoch before, while it is kept */
bool m_overdue = false;                       /* ... though its time is over */
byte m_named = 1;                             /* the newest epoch the organizer's word has named */
bool m_lease = false;
bool m_current = false, m_heard = false;      /* what it shows is called current; the presenter said so just now */
byte now = 0;                                 /* of the organizer's word */
byte named[WORDS + 1];                        /* the organizer's epoch when that word was given */
byte sent = 0;

/* What the relay has seen, and may deliver in any order and again. */
byte seen_epoch[UNITS + 1], seen_mid[UNITS + 1];
byte presenter[EPOCHS + 1];
byte records = 1;                             /* the newest record that was sent */
byte words = 0;                               /* the newest word that was given */
bool removed_reads = false, backwards = false, old_shown = false, stale_word = false, twice = false;
bool wrong_presenter = false, stale_sent = false, removed_late = false, overdue = false, old_role = false;
bool shown[UNITS + 1];

inline name_presenter() {
    if
    :: presenter[epoch] = O
    :: presenter[epoch] = M
    :: !removed -> presenter[epoch] = R
    fi
}
/* A unit on its way: R has read it if it has that epoch's secret. */
inline seal(in_epoch, by) {
    sent++; seen_epoch[sent] = in_epoch; seen_mid[sent] = by;
    if :: by != R && removed && r_epoch >= in_epoch && in_epoch >= removed_in -> removed_reads = true :: else fi
}

active proctype organizer() {
    presenter[1] = O;
    do
    :: atomic { epoch < EPOCHS -> epoch++; name_presenter(); records = epoch; /* somebody joins, or time */
           if :: !removed -> r_epoch = epoch :: else fi }
    :: atomic { !removed && epoch < EPOCHS -> removed = true;
           RULE_NEW_KEY_ON_LEAVE; name_presenter(); records = epoch; removed_in = epoch }
    :: atomic { sent < UNITS && presenter[epoch] == O -> seal(epoch, O) }
    :: atomic { sent < UNITS -> seal(r_epoch, R) }                      /* in any epoch it has, asked or not */
    :: atomic { now < WORDS -> now++; words = now; named[now] = epoch }
    :: sent == UNITS -> break
    od
}

active proctype relay_and_member() {
    byte rec, u, u_epoch, u_mid, u_ctr, w_time;                         /* 0 again after use: fewer states */
    do
    :: atomic { records > 0 ->                                          /* any record so far, again too */
           select(rec : 1 .. EPOCHS);
           if
           :: rec <= records && RULE_FORWARD_ONLY ->
                  if :: rec < m_epoch -> backwards = true :: else fi;
                  if
                  :: rec == m_epoch + 1 -> m_before = m_epoch; m_before_ctr = m_ctr; m_overdue = false; m_ctr = 0
                  :: rec != m_epoch -> m_before = 0; m_before_ctr = 0; m_overdue = false; m_ctr = 0 /* a SNAPSHOT */
                  :: else
                  fi;
                  m_epoch = rec
           :: else
           fi;
           rec = 0 }
    :: atomic { sent < UNITS && presenter[m_epoch] == M && RULE_SEND_LEASE && RULE_NAMED_EPOCH ->
           if :: !m_lease -> stale_sent = true :: else fi;
           if
           :: removed && r_epoch >= m_epoch && m_word > 0 && named[m_word] >= removed_in -> removed_late = true
           :: else
           fi;
           seal(m_epoch, M) }
    :: atomic { sent > 0 ->                                             /* any unit so far, again too */
           select(u : 1 .. UNITS);
           if
           :: u <= sent && seen_mid[u] != M -> u_epoch = seen_epoch[u]; u_mid = seen_mid[u]; u_ctr = u;
                  if
                  :: RULE_CURRENT_EPOCH && RULE_COUNTER && RULE_PRESENTER && RULE_ROLE_IN_BOTH ->
                         if :: u_mid != presenter[u_epoch] -> wrong_presenter = true :: else fi;
                         if :: u_epoch != m_epoch && u_epoch != m_before -> old_shown = true :: else fi;
                         if :: u_epoch != m_epoch && u_epoch == m_before && m_overdue -> overdue = true :: else fi;
                         if :: u_epoch != m_epoch && u_mid != presenter[m_epoch] -> old_role = true :: else fi;
                         if :: shown[u] -> twice = true :: else fi;
                         shown[u] = true; m_current = true; m_heard = true;
                         if :: u_epoch == m_epoch -> m_ctr = u_ctr :: else -> m_before_ctr = u_ctr fi
                  :: else
                  fi;
                  u_epoch = 0; u_mid = 0; u_ctr = 0
           :: else
           fi;
           u = 0 }
    :: atomic { words > 0 ->                                            /* any PONG so far, again too */
           select(w_time : 1 .. WORDS);
           if
           :: w_time <= words && RULE_OWN_QUESTION ->
                  if :: w_time <= m_word -> stale_word = true :: else fi;
                  m_word = w_time; m_lease = true;
                  if :: named[w_time] > m_named -> m_named = named[w_time] :: else fi
           :: else
           fi;
           w_time = 0 }
    :: atomic { m_lease -> m_lease = false }                            /* time passes */
    :: atomic { m_heard -> m_heard = false; RULE_STALE }
    :: atomic { m_before > 0 && !m_overdue -> RULE_FORGET; m_overdue = m_before > 0 }
    :: sent == UNITS && words == WORDS -> break
    od
}

/* One line for each property, its name at the end. */
active proctype watch() {
    do
    :: atomic { removed_reads -> assert(false) }     /* removed_reads */
    :: atomic { old_shown -> assert(false) }         /* old_shown */
    :: atomic { twice -> assert(false) }             /* twice */
    :: atomic { backwards -> assert(false) }         /* backwards */
    :: atomic { stale_word -> assert(false) }        /* stale_word */
    :: atomic { m_current && !m_heard -> assert(false) } /* stale_shown */
    :: atomic { stale_sent -> assert(false) }        /* stale_sent */
    :: atomic { wrong_presenter -> assert(false) }   /* wrong_presenter */
    :: atomic { removed_late -> assert(false) }      /* removed_late */
    :: atomic { overdue -> assert(false) }           /* overdue */
    :: atomic { old_role -> assert(false) }          /* old_role */
    od
}
