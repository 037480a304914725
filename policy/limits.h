/* clang-format off */
/*
 * Every size, count, rate and time limit, each with its reason. messages.def names these; `vitrine policy
 * show` prints them. A line here reads: #define NAME value (a plain number), and why.
 */
#ifndef POLICY_LIMITS_H
#define POLICY_LIMITS_H

/* --- messages between processes --- */
#define MAX_DATAGRAM 160000     /* largest message; a SEQPACKET datagram holds 212,960 at the kernel's default buffer */
#define MAX_FDS 24              /* descriptors in one message: the font list is the longest */
#define MAX_UNIT 131072         /* content of one unit, PROTOCOL.md 13: small units do not block others */
#define MAX_SEALED_UNIT 135267  /* largest UNIT body, PROTOCOL.md 3: MAX_UNIT padded, signature, tag and heads */
#define MAX_OWN_WINDOWS 16      /* vitrine windows that exist at once */
#define MAX_SHADES 64           /* rectangles hidden in one picture besides own windows; of more, some are joined */
#define MAX_RECTS 64            /* changed rectangles told at once; more are joined */
#define MAX_GATE_REQUEST 16384  /* longest X11 request a gate lets pass; no allowed one comes near */
#define MAX_GATE_THINGS 2       /* segments, damages of one gated client at once: an old and a new one during a resize */
#define GATE_PACE_AT_ONCE 4     /* requests of the input worker in front of the X server: all that a kill can come late for */
#define GATE_PACE_PER_S 1000    /* and in a second: one each millisecond that the owner's key waits for a core (motion merges meanwhile), none saved up */
#define MAX_QUEUED 1048576      /* bytes the broker keeps for a worker that is slow to read; beyond: it is dead */
#define LOOP_SOON_MS 10         /* the kernel has no memory for a message: the next try; of memory poll does not tell */

#define MAX_TRAIL_PARTS 999999  /* parts of one trail: six digits in their names, 16 TiB */
#define TRAIL_PART 16777216     /* bytes after which a log is put aside at the next start and a new part goes on */
#define RECORD_AT_WILL 100      /* lines at once of one kind of event that others cause at will: as many as may stand at the door ... */
#define RECORD_AT_WILL_MS 3000  /* ... and one more in this time: 20 MB a day, however many addresses somebody has */
#define RECORD_LEFT_MS 60000    /* of those left out one line says how many, at most so often, and before a session's end */
#define MAX_POLICY_SET 4390912  /* bytes of vitrine.conf, 64 files of conf.d and one of authorities, 64 KiB each, with their names */

/* --- people and texts --- */
#define MAX_IDENTITY 12288      /* bytes of a key, or of a chain of at most three certificates, PROTOCOL.md 10 */
#define IDENTITY_CHAIN 3        /* certificates in such a chain: a helper's, and two authorities below the anchor */
#define MAX_NAME 64             /* bytes of a claimed name, PROTOCOL.md 10 */
#define MAX_CROWD 1034          /* names a painter compares: MAX_MEMBERS, everybody at the door, ourselves, one that is asked about */
#define MAX_CHAT 16384          /* bytes of one line to everybody, PROTOCOL.md 13 */
#define MAX_PASSWORD 64         /* canonical password, PROTOCOL.md 9 */
#define MIN_PASSWORD 6
#define SECRET_HEAP 2097152     /* bytes of the memory in which keys lie: locked, and no more of it than half of the usual limit of 8 MiB */
#define MAX_HOST 253            /* a DNS name, RFC 1035 2.3.4 */
#define MAX_CREATE_KEY 64       /* bytes of what a relay asks for from whoever creates a session, PROTOCOL.md 3 */
#define MAX_PROXY_TEXT 128      /* bytes of a user or a password for an HTTP proxy */
#define MAX_MEMBERS 1000        /* live members of a session, PROTOCOL.md 11 */

/* --- pictures --- */
#define MAX_SCREEN_W 7680       /* largest screen shown or captured */
#define MAX_SCREEN_H 4320
#define MAX_CURSOR 256          /* side of a pointer picture; larger ones are shown as a plain arrow */
#define KEY_EVERY_MS 1000       /* whole pictures for newcomers at most this often, ... */
#define KEY_BURST 2             /* ... and one ahead, PROTOCOL.md 13 */
#define KEY_MANY 16             /* and of them so many at once, ... */
#define KEY_MANY_MS 3000        /* ... one more in this time: each costs everybody a whole picture; less than LAG_MS, after which one that waits is marked */
#define RESIZE_BURST 4          /* a new size is followed at once, so often ... */
#define RESIZE_EVERY_MS 20      /* ... and once more in this time */
#define KEYS_TAKEN 200          /* whole pictures a viewer takes at once, ... */
#define KEYS_TAKEN_MS 10        /* ... one more in this time: twice what RESIZE_EVERY_MS can bring; each new size paints windows anew, however empty the unit */
#define CURSOR_ACTIVE_MS 16     /* where is the pointer? asked this often while it moves ... */
#define CURSOR_IDLE_MS 250      /* ... and this often once it rests: CAPTURE_LOOK tells of a hand, but not of programs that move it */
#define CURSOR_ASLEEP_MS 5000   /* ... and after 10 s of rest: each look costs gate and server a wakeup too */
#define CURSOR_TOLD_MS 500      /* CAPTURE_LOOK at most this often: capture keeps looking for a second */
#define MAX_SHELF 1024          /* tiles that were covered and may come back, on both sides: 16 MiB, two screens of 1920x1080 */
#define TILE_SIDE 64            /* unit of comparison: 16 KiB fits a first-level cache with its twin */

/* --- people's time --- */
#define GUARD_MS 1000           /* quiet time before a grant can be pressed */
#define FACE_MS 500             /* what takes a protection back has been there so long before a press on it counts: desktops take two clicks within 400 for one */
#define PROMPT_MS 120000        /* no answer in this time is a no */
#define REFUSED_WAIT_MS 60000   /* after a no that person waits this long */
#define REFUSED_MAX 3           /* after so many, their requests are off */
#define OWNER_AWAY_MS 900000    /* sharing without physical input: "Still sharing?" */
#define STILL_MS 60000          /* no answer to that: paused */
#define OFFER_MS 250000         /* an offer to present is answered by two prompts of PROMPT_MS; later: taken back */
#define TURN_MS 10000           /* said yes to it: the roster names the new presenter, or it was too late */
#define PINNED_MAX 60           /* new names whose keys one session leaves behind: four at least, full of strangers, before no room is left */
#define EMPTY_END_MS 1800000    /* nobody but the organizer in the session: it ends */
#define TOAST_MS 5000
#define HOTKEY_TWICE_MS 2000    /* Ctrl+F12 again within this also stops sharing */

/* --- what people write to one another --- */
#define CHAT_TYPED 1000         /* bytes of a line in our own window */
#define CHAT_BURST 8            /* lines of one person at once ... */
#define CHAT_REFILL_MS 1000     /* ... and one more in this time: more than anybody types */
#define CHAT_SEAL_BURST 16      /* the same where the broker's wish arrives: twice, because time is measured twice */
#define CHAT_HEARD_BURST 90     /* the same at the other end: a lost line can hold back what was said in RESUME_MEMBER_MS */
#define CHAT_LINES 256          /* kept for the window, in memory only; the oldest go first */

/* --- remote control --- */
#define MAX_INPUT_EVENTS 24     /* of one record: 256 bytes, PROTOCOL.md 14, leave 244 bytes, an event takes 10 */
#define MAX_SPARES 48           /* keys without a meaning that may be lent a character: an alphabet nobody has here */
#define LEND_AGAIN_MS 2000      /* a key that was lent and pressed keeps its character so long: programs ask for the new map after the press, busy ones late */
#define MAX_WHEEL 1200          /* 120ths of a notch in one event: ten notches, more than a hand turns between two records */
#define MAX_HELD_KEYS 32        /* keys one person holds at once: ten fingers, and some that lock */
#define INPUT_AT_ONCE 3         /* actions the input worker sends before the server has read them: with its question, GATE_PACE_AT_ONCE */
#define INPUT_AHEAD 48          /* events that the broker gives the input worker before it has taken them: two messages; the rest can still be dropped */
#define GRANT_TTL_MAX_S 14400   /* control lasts at most 4 h ... */
#define GRANT_IDLE_MAX_S 600    /* ... and 10 min unused */
#define CONTROL_BEGIN_MS 10000  /* from the yes to the first key: one handshake through the relay, two workers */
#define REVOKE_MS 2000          /* SEAL_REVOKED; later: seal is killed */
#define ASKING_TURN_MS 60000    /* who asks for control and is not yet shown to the owner waits so long ... */
#define ASKING_TURNS 2          /* ... times this, and is refused then */
#define ASK_MS 250000           /* no answer to our own question: their wait, the owner's PROMPT_MS, and the way */
#define OWNER_FIRST_MS 500      /* after the owner's own key or motion nothing is injected for so long */
#define REACH_TOLD_MS 3000      /* so long a controller is told that its last key or press has met a window out of its reach, unless a next one has gone through */
#define HELD_BURST 8            /* times at once a presenter says that its owner's hand or a question goes first ... */
#define HELD_REFILL_MS 500      /* ... and once more in this time, OWNER_FIRST_MS; of words in between the newest counts */
#define HELD_HEARD_BURST 90     /* the same at the other end, and for who has control, at the organizer: a slow line can hold back half a minute of it */
#define USED_EVERY_MS 5000      /* an injected event moves GRANT_IDLE_MAX_S on, told at most so often */
#define INVITE_BURST 8          /* invitations of one presenter told at once: they all say the same ... */
#define INVITE_REFILL_MS 500    /* ... and one more in this time */
#define PAIR_OPEN_MS 30000      /* GRANT to both PAIR_AUTH, PROTOCOL.md 14 */
#define CONTROL_REQUESTS 16     /* people whose wish for control waits at the presenter */
#define CONTROL_REQUEST_MS 600000 /* such a wish without any answer is over: several prompts in a row fit */
#define INPUT_ALIVE_MS 250      /* a held key or button is told of this often ... */
#define INPUT_SILENT_MS 900     /* ... and let go when nothing was heard for so long: up within 1 s of the last record */
#define INPUT_TICK_MS 20        /* timing `even`: one record in this time ... */
#define INPUT_CHAFF_MS 1000     /* ... and on without events for once to twice this */
#define INPUT_QUEUE 512         /* events of a controller that wait for the line; motions are joined, presses never dropped */
#define RESIZED_MS 10000         /* the shared screen has another size: a controller who sees the old one on a slow line means no harm by places outside */
#define LOOK_AGAIN_MS 300       /* layout group and locks are asked for at an injected press, and once more after this: a program's answer to it */
#define RELEASED_MS 300         /* INPUT_RELEASED, the X server answering: keys and buttons, three at a time; later: worker and gate are killed */
#define WATCH_ALIVE_MS 500      /* while somebody controls, the watcher is asked whether it watches so often ... */
#define WATCH_MISSED 3          /* ... and is no kill switch any more when it has not answered for so many of them */
#define WATCH_KILL_MS 500       /* the kill switch waits this long for the kernel to confirm a death */

/* --- what the broker waits for --- */
#define CONNECT_MS 90000        /* from the button to a number or a welcome: two dialled addresses, a queue of 30 s */
#define MASK_MS 1000            /* CAPTURE_MASKED; later: capture is killed */
#define UNSHARE_MS 2000         /* SEAL_UNSHARED; later: seal is killed */
#define SINK_ROOM_MS 500        /* for the lines of a batch: a log service reads its socket by then, or a line is lost to it */
#define RECORD_AGAIN_MS 5000    /* where no record means no session: a record that was lost is tried again */
#define LINE_AGAIN_MS 200       /* a lost line: the helper of the last try has not ended yet */
#define LINE_CALM_MS 10000      /* a line that has held so long begins its tries anew when it is lost */
#define CLOSE_MS 1000           /* for each step of a goodbye after END_WAIT_MS */
#define PAINTER_SLOW_MS 5000     /* a picture not painted by then ends its painter; one takes 4 ms, 10 at scale 2 */
#define X_STUCK_MS 10000         /* an X server that answers nothing while it is asked about its screen, or takes no more requests: it counts as gone */
#define PAINTER_AGAIN_MS 1000   /* a painter that dies again so soon is started again only then */

/* --- joining, PROTOCOL.md 9 --- */
#define GUESS_BUCKET 5          /* password tries at once ... */
#define GUESS_REFILL_MS 30000   /* ... and one more in this time */
#define GUESS_QUEUE 64          /* tries that wait their turn */
#define GUESS_MAX 50            /* unreturned failures of one password */
#define HANDSHAKE_MS 30000      /* M2 to M3 */
#define HANDSHAKES_MAX 16       /* at once */
#define WAITING_MAX 100         /* people in the waiting room, as many as newcomers at the relay */
#define JOIN_TRIES_PER_MIN 5    /* a client's own tries */
#define JOIN_GATHER_MS 500      /* joins that become one epoch */
#define LEAVE_GATHER_MS 500     /* the same of those who leave by themselves; nobody else waits */
#define SHORT_STAY_MS 10000     /* who leaves within this time has come and gone: so many ... */
#define SHORT_STAYS 8           /* ... at once, and one more in JOIN_STORM_MS; beyond it ... */
#define JOIN_STORM_MS 4000      /* ... joins are gathered so long: each costs everybody two epochs and a picture */

/* --- epochs and liveness, PROTOCOL.md 11 to 13 --- */
#define EPOCH_KEEP_MS 5000      /* previous epoch still accepted */
#define EPOCH_HELD_BYTES 8388608 /* units of a newer epoch kept ... */
#define EPOCH_HELD_MS 2000      /* ... for this long */
#define EPOCH_MAX_MS 3600000    /* a new epoch at the latest */
#define EPOCH_ASKED_MS 10000    /* ... and at most this often when a member asks (REKEY_REQ) */
#define PING_MS 2000            /* the presenter's PING */
#define WATCH_PING_MS 5000      /* a watching member's: how good its line is */
#define LEASE_MS 10000          /* no answer to a PING sent since: no sealing of media */
#define STATUS_MS 2000
#define STALE_MS 6000           /* no STATUS, or not what it says was sealed: the picture is marked stale */
#define GAP_MS 21000            /* no KEY unit after a gap in the screen: RELAY_BEHIND_MAX_MS, for which one may wait at the relay, and 5 s */
#define PICTURE_BURST 8         /* changes of the picture's state told at once of what a presenter says ... */
#define PICTURE_REFILL_MS 500   /* ... and one more in this time; of those in between the newest counts, an end goes at once */
#define RESUME_MEMBER_MS 60000
#define RESUME_ORGANIZER_MS 120000
#define END_WAIT_MS 2000        /* for close_notify after END */
#define PROOF_PART 1536         /* of a record, in a message for the trail and a line of it: 12 fields of 128 bytes */
#define PROOF_RECORD_MAX 170496 /* record kept in the trail, in 111 parts: the longest there is, MAX_MEMBERS named at once */
#define RECEIPT_PROOFS 4096     /* grants and shares of one session whose signatures are compared, so that a copied one counts for nothing: some three a minute for a day; a receipt with more is refused */
#define MAX_CONTROL 262144      /* message in the member channel */

/* --- relay, PROTOCOL.md 2, 3 --- */
#define RELAY_PORT 7443
#define KEEP_MS 5000
#define SILENCE_MS 15000
#define OPENING_MS 5000         /* first frame after the handshake */
#define DIAL_MS 10000           /* connect */

/* --- what one relay gives to whom, PROTOCOL.md 4 and 5 --- */
#define RELAY_HANDSHAKES_MAX 256      /* unfinished TLS handshakes: each costs one key exchange and 50 KiB */
#define RELAY_HANDSHAKE_MS 10000
#define RELAY_SOURCE_PER_S 20         /* new connections of one source ... */
#define RELAY_SOURCE_BURST 100        /* ... and so many at once: a school behind one address joins together */
#define RELAY_SOURCE_LIVE 1200        /* connections of one source at once: a full session behind one address */
#define RELAY_SOURCES_MAX 65536       /* sources remembered; the one heard of longest ago goes first */
#define RELAY_SESSIONS_MAX 10000
#define RELAY_SOURCE_SESSIONS 400     /* of them one source's, those whose organizer is away included: a large house behind one address */
#define RELAY_CREATES 60              /* CREATE of one source at once: a school's lessons begin together ... */
#define RELAY_CREATES_MS 10000        /* ... and one more in this time: 8700 a day, so it takes 115 sources to use up RELAY_NUMBERS_MAX */
#define RELAY_BUFFERS_MAX 1073741824  /* bytes of frames waiting, all sessions */
#define RELAY_SESSION_BUFFERS 67108864 /* the same, one session */
#define RELAY_NEWCOMERS_MAX 100       /* connections of one session that are not bound */
#define RELAY_NEWCOMER_MS 600000      /* how long one may stay so: the waiting room included */
#define RELAY_MSG_NEWCOMER 65536      /* bytes of MSG a second: two handshakes and HELLO fit */
#define RELAY_MSG_MEMBER 1048576      /* the organizer has no limit: it answers a thousand who come back at once */
#define RELAY_MSG_COUNT 4000          /* MSG a second from anybody but the organizer: each is a TLS record of its own */
#define RELAY_UNIT_BYTES 65536        /* units of somebody who does not present: chat and signals */
#define RELAY_UNIT_COUNT 50
#define RELAY_ALONE_MS 1860000        /* nobody bound but the organizer; the broker ends at 30 minutes itself */
#define RELAY_AWAY_MS 120000          /* the organizer's resume window */
#define RELAY_IDLE_MS 28800000        /* nothing but KEEP */
#define RELAY_LIFE_S 86400            /* a session in all */
#define RELAY_NUMBER_MS 86400000      /* a number is not given again */
#define RELAY_NUMBERS_MAX 1000000     /* numbers remembered for that: 24 MB */
#define RELAY_QUEUE_SCREEN 4194304    /* screen bytes waiting for a viewer at a limit of RELAY_BEHIND_MS */
#define RELAY_QUEUE_SMALL 262144      /* audio, signals, chat waiting for one connection */
#define RELAY_QUEUE_MSG 1048576
#define RELAY_QUEUE_MSG_ORGANIZER 8388608 /* a thousand members may resume at once */
#define RELAY_QUEUE_STRANGERS 1048576 /* with more of it waiting, strangers are not read: their organizer is not seconds behind by what they say */
#define RELAY_QUEUE_MAIL 65536        /* of it one client's messages; then that client is not read. Quick input may come to it where P takes none: RELAY_STUCK_MS ends that */
#define RELAY_STUCK_MS 30000          /* a message waits for so long: its connection ends, others wait for it. O: half its queue full, nothing taken for so long */
#define RELAY_QUEUE_OWN 262144
#define RELAY_BEHIND_MS 1000          /* a screen unit that waits longer makes its viewer skip ... */
#define RELAY_BEHIND_MAX_MS 16000     /* ... each skip doubles that, up to this: a slow line still completes pictures */
#define RELAY_BEHIND_CALM_MS 10000    /* without a skip: halved again */
#define RELAY_REPORT_MS 100
#define RELAY_TICK_MS 20             /* sessions are looked at in turn, each every RELAY_REPORT_MS */
#define RELAY_REPORT_IDLE_MS 1000
#define RELAY_REPORT_SMALL 8192      /* fewer unreported bytes than this keep no presenter waiting ... */
#define RELAY_REPORT_REST_MS 5000    /* ... where nothing else has changed */
#define RELAY_NEED_MS 1000            /* one NEED to the presenter in this time */
#define RELAY_NEEDS 3                 /* of one viewer at once ... */
#define RELAY_NEEDS_MS 5000           /* ... and one more in this time: it asks again every 6 s */
#define RELAY_NEED_GRACE_MS 300       /* a new viewer's KEY unit comes unasked, with the epoch */
#define RELAY_FLUSH_MS 1000           /* what is queued is sent for so long before a connection is closed */
#define RELAY_WINDOW_MS 600000        /* intrusion events of one source are counted over this time */
#define RELAY_TRIES_NUMBER 10
#define RELAY_TRIES_PASSWORD 20
#define RELAY_TRIES_OTHER 5
#define RELAY_LOCK_MS 600000          /* first lock-out; each further one is twice as long ... */
#define RELAY_LOCK_MAX_MS 86400000    /* ... up to a day */
#define RELAY_EVENT_MS 60000          /* one line a source, event and this time */
#define RELAY_PROXIES 8               /* balancers whose PROXY v2 head is believed */
#define RELAY_FRAME_COST 80           /* bytes counted for a frame, and for each queue it waits in, beside its own: their heads, and malloc's */

/* --- one turn of the relay's loop: who begins is read, who goes on is read, writes, clock, writes, the door --- */
#define RELAY_READ_BURST 32768        /* a share: bytes read from one connection before the next one is */
#define RELAY_READ_SHARES 8           /* shares a turn for who begins: presents, or was silent and says little */
#define RELAY_READ_MORE 4             /* shares a turn for who goes on: everybody else; one while something is to be sent */
#define RELAY_READ_LIGHT 131072       /* bytes a second that are little */
#define RELAY_TURN_READ_US 500        /* time for those that begin, and again for those that go on; one share at least */
#define RELAY_TURN_COPIES 4096        /* units put into queues in a turn; then nothing more is read in it */
#define RELAY_SESSION_COPIES 2000     /* of one session that wait to be looked at: no unit of it is taken meanwhile */
#define RELAY_OTHERS_COPIES 20000     /* a second, of units that are not the presenter's: a full session chats at 20 lines/s */
#define RELAY_TURN_WRITES 64          /* TLS records written in a turn: a millisecond */
#define RELAY_WRITE_BURST 8           /* ... to one connection, before the next has its share */
#define RELAY_SENT_LIGHT 10000        /* records a second that are little for a session: a seventh of a core. Who is sent more goes behind the others ... */
#define RELAY_SENT_MUCH 4             /* ... but is one in so many of those sent to: a crowd of small sessions does not keep it waiting for ever */
#define RELAY_DOOR_STEPS 2            /* the door: whoever is in no session. Steps of handshakes and first frames in a turn; one costs up to 0.7 ms */
#define RELAY_DOOR_MOST 16            /* errands in a turn: a connection accepted, a step, an ended one freed */
#define RELAY_DOOR_US 300             /* after so long no further step; and what a turn's door took goes by before the next: half of the time at most */
#define RELAY_DOOR_MS 2               /* while somebody in a session waits: one step of any kind in this time */

/* --- what waits in seal and net --- */
#define MIRROR_QUEUE 524288           /* bytes of own units waiting for what others see: then it is behind until the next KEY unit */
#define NET_QUEUE 262144              /* bytes waiting in net, each direction */
#define NET_KEEPS 16                  /* KEEP that wait for the relay: it asks once in 5 s, and 80 s of a line that takes nothing are no line */
#define NET_WINDOW_FIRST 1048576      /* bytes of units the presenter may have under way, at first ... */
#define NET_WINDOW_MIN 135271         /* ... at least: one unit always fits ... */
#define NET_WINDOW_MAX 33554432       /* ... and at most: 2.5 Gbit/s at the relay's 100 ms between reports */
#define NET_MEDIAN_HIGH_MS 250        /* the median viewer waits longer: less under way */
#define NET_MEDIAN_LOW_MS 100         /* shorter, and the window was full: more */
#define NET_FLUSH_MS 1000             /* seal has closed: what waits is sent for so long */

/* --- workers --- */
#define START_MS 5000           /* start to READY, on a loaded machine; later: killed */
#define BUS_ANSWER_MS 10000     /* a message bus that has not said by then who is there is none */
#define BUS_CALM_MS 500         /* "not locked" is told once nothing has changed for so long */
#define BUS_RECORD_MS 10000     /* between two lines of the trail about who hears lock screens */
#define WORKER_NOFILE 64
#define PASSER_NOFILE 1024      /* who passes descriptors on: beyond this many of the user's under way, all programs' together, the kernel refuses more (unix(7), ETOOMANYREFS) ... */
#define PASS_MS 5000            /* ... and is asked again for so long */
#define RELAY_NOFILE 4096

#endif
