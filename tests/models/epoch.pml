/*
 * Epochs, leases and grants against a hostile relay: the rules of net/seal (group.c, joiner_units.c,
 * organizer_epoch.c; PROTOCOL.md 11 to 13). The relay may keep back, repeat, and reorder what it
 * forwards, and may cut any member off; it cannot make or change what is sealed (that is the
 * cryptography's part). One organizer who presents, a member who stays (M) and one who is removed (R).
 *
 *   a  who was removed can open nothing that was sealed after the removal
 *   b  a member takes units of the newest epoch it knows only, each counter once and upwards
 *   c  epochs only go forward for every member
 *   d  without fresh word from the organizer (the lease) nothing is shown as current, and nothing sent
 *   e  what a member shows was sealed by the presenter of that epoch
 *
 * NO_x takes one rule away: `make check-model` wants a failure then.
 */
#define EPOCHS 3
#define UNITS 2

#ifdef NO_NEW_KEY_ON_LEAVE
#define RULE_NEW_KEY_ON_LEAVE
#else
#define RULE_NEW_KEY_ON_LEAVE epoch++         /* a removal is an epoch, with a fresh secret */
#endif
#ifdef NO_FORWARD_ONLY
#define RULE_FORWARD_ONLY true
#else
#define RULE_FORWARD_ONLY (rec > m_epoch)     /* a record that is not newer is refused */
#endif
#ifdef NO_COUNTER
#define RULE_COUNTER true
#else
#define RULE_COUNTER (u_ctr > m_ctr)          /* each unit once, upwards */
#endif
#ifdef NO_CURRENT_EPOCH
#define RULE_CURRENT_EPOCH true
#else
#define RULE_CURRENT_EPOCH (u_epoch == m_epoch)
#endif
#ifdef NO_LEASE
#define RULE_LEASE true
#else
#define RULE_LEASE (m_lease > 0)              /* STATUS has come, and not too long ago */
#endif
#ifdef NO_STATUS_FRESH
#define RULE_STATUS_FRESH true
#else
#define RULE_STATUS_FRESH (s_time > m_status) /* PONG answers our own nonce: an old one gives no lease */
#endif

byte epoch = 1;                               /* the organizer's */
bool removed = false;                         /* R, as the organizer has decided */
byte removed_in = 0;                          /* the first epoch without R */
byte r_epoch = 1;                             /* the newest secret R has */
byte m_epoch = 1, m_ctr = 0, m_status = 0;
byte m_lease = 1;
byte now = 0;                                 /* of the organizer's word */
byte sent = 0;

/* What the relay has seen, and may deliver in any order and again. */
byte seen_epoch[UNITS + 1];
byte records = 1;                             /* the newest record that was sent */
byte status = 0;                              /* the newest STATUS that was sent */
bool removed_reads = false, backwards = false, old_shown = false, stale_shown = false, twice = false;
bool shown[UNITS + 1];

active proctype organizer() {
    do
    :: atomic { epoch < EPOCHS -> epoch++; records = epoch;             /* somebody joins, or time */
           if :: !removed -> r_epoch = epoch :: else fi }
    :: atomic { !removed && epoch < EPOCHS -> removed = true;
           RULE_NEW_KEY_ON_LEAVE; records = epoch; removed_in = epoch }
    :: atomic { sent < UNITS -> sent++; seen_epoch[sent] = epoch;
           if :: removed && r_epoch >= seen_epoch[sent] -> removed_reads = true :: else fi }
    :: atomic { now < 3 -> now++; status = now }
    :: sent == UNITS -> break
    od
}

active proctype relay_and_member() {
    byte rec, u, u_epoch, u_ctr, s_time;
    do
    :: atomic { records > 0 ->                                          /* any record so far, again too */
           select(rec : 1 .. EPOCHS);
           if
           :: rec <= records && RULE_FORWARD_ONLY ->
                  if :: rec < m_epoch -> backwards = true :: else fi;
                  if :: rec != m_epoch -> m_ctr = 0 :: else fi;
                  m_epoch = rec
           :: else
           fi }
    :: atomic { sent > 0 ->                                             /* any unit so far, again too */
           select(u : 1 .. UNITS);
           if
           :: u <= sent -> u_epoch = seen_epoch[u]; u_ctr = u;
                  if
                  :: RULE_CURRENT_EPOCH && RULE_COUNTER && RULE_LEASE ->
                         if :: u_epoch < m_epoch -> old_shown = true :: else fi;
                         if :: shown[u] -> twice = true :: else fi;
                         if :: m_lease == 0 -> stale_shown = true :: else fi;
                         shown[u] = true; m_ctr = u_ctr
                  :: else
                  fi
           :: else
           fi }
    :: atomic { status > 0 ->                                           /* any STATUS so far, again too */
           select(s_time : 1 .. 3);
           if
           :: s_time <= status && RULE_STATUS_FRESH ->
                  if :: s_time <= m_status -> stale_shown = true :: else fi;
                  m_status = s_time; m_lease = 1
           :: else
           fi }
    :: atomic { m_lease > 0 -> m_lease = 0 }                            /* time passes */
    :: sent == UNITS && status == 3 -> break
    od
}

active proctype watch() {
    do
    :: atomic { removed_reads -> assert(false) }
    :: atomic { backwards -> assert(false) }
    :: atomic { old_shown -> assert(false) }
    :: atomic { twice -> assert(false) }
    :: atomic { stale_shown -> assert(false) }
    od
}
