/*
 * Reason codes that cross a process boundary: the numbers messages.def calls enum fail, net_end,
 * end_why, chain_fault, grant_end, relay_intrusion, gate_rule, watch_why, read_again and verdict.
 * Numbers are stable: they appear in the audit trail.
 */
#ifndef LIB_FAIL_H
#define LIB_FAIL_H

/* FAILED.code: why a worker gave up. It exits after saying it. */
enum fail {
    FAIL_NONE = 0,
    FAIL_CONFINE = 1,      /* could not lock itself in; detail: errno */
    FAIL_MESSAGE = 2,      /* the broker's message was malformed; detail: type */
    FAIL_PEER_MESSAGE = 3, /* another worker's was, or was out of state; detail: type */
    FAIL_MEMORY = 4,
    FAIL_PEER_GONE = 5,  /* the other worker of a data channel went away */
    FAIL_X_CONNECT = 10, /* no X connection through the gate */
    FAIL_X_LOST = 11,    /* the X server or gate went away */
    FAIL_X_NO_SHM = 12,  /* MIT-SHM 1.2 (CreateSegment) is missing */
    FAIL_X_NO_DAMAGE = 13,
    FAIL_X_NO_FIXES = 14,
    FAIL_X_NO_RANDR = 15,
    FAIL_X_DEPTH = 16, /* not 24 or 30 bits in 32; detail: depth */
    FAIL_X_SIZE = 17,  /* larger than MAX_SCREEN_W x MAX_SCREEN_H */
    FAIL_X_ERROR = 18, /* unexpected X error; detail: code << 16 | major */
    FAIL_X_NO_XTEST = 19,
    FAIL_X_NO_COMPOSITE = 28, /* one window can be shared only with it */
    FAIL_X_NO_INPUT = 24,     /* XInput 2.1 is missing */
    FAIL_FONTS = 20,          /* no usable font */
    FAIL_SCENE = 21,          /* a window or slot that does not exist */
    FAIL_PICTURE = 22,        /* a unit that does not decode */
    FAIL_TARGET = 23,         /* memory file too small or not sealed */
    FAIL_CRYPTO = 30,         /* OpenSSL refused something that cannot fail; self-test included */
    FAIL_KEYS = 31,           /* certificate or key file unusable */
    FAIL_FILE = 40,           /* log or key file unusable; detail: errno */
    FAIL_BUS = 41 /* a bus sent what no bus may; detail: 0 the desktop's, 1 the system's */
};

/* NET_CLOSED.what */
enum net_end {
    NET_END_CLEAN = 0,       /* the relay closed after ERR; code says why */
    NET_END_LOST = 1,        /* reset, silence, end of stream */
    NET_END_TLS = 2,         /* handshake or record failure; code: the alert */
    NET_END_CERTIFICATE = 3, /* the relay is not the right one: R-CERT */
    NET_END_PROTOCOL = 4,    /* malformed or unexpected frame from the relay */
    NET_END_OURS = 5         /* we closed */
};

/* SEAL_ENDED.why */
enum end_why {
    END_WHY_NONE = 0,
    END_WHY_SELF = 1,      /* asked for on this computer */
    END_WHY_ORGANIZER = 2, /* the organizer ended the session */
    END_WHY_REFUSED = 3,
    END_WHY_REMOVED = 4,
    END_WHY_FAILED = 5, /* code says which check */
    END_WHY_WORDS = 6,  /* the organizer ended it: somebody's words were different */
    END_WHY_OURS = 7,   /* our identity: missing or unusable where one is required, or refused */
    END_WHY_THEIRS = 8, /* the organizer's: missing where one is required, or not accepted here */
    END_WHY_UNRECORDED = 9 /* put out: the organizer's record, which its rules demand, was lost */
};

/* SEAL_REMOVE.why: what that member is told */
enum remove_why {
    REMOVE_WANTED = 0,    /* they are not to take part */
    REMOVE_UNRECORDED = 1 /* nobody comes in while what the rules demand is not recorded */
};

/* VERIFY_CHAIN_RESULT.what: the first thing wrong with a chain of certificates */
enum chain_fault {
    CHAIN_GOOD = 0,
    CHAIN_FORM = 1,      /* not one to three certificates and nothing else */
    CHAIN_ANCHORS = 2,   /* the organisation's own file cannot be used */
    CHAIN_ISSUER = 3,    /* leads to none of its authorities, or a signature is wrong */
    CHAIN_TIME = 4,      /* expired, or not valid yet */
    CHAIN_ALGORITHM = 5, /* other than ECDSA over P-256 or P-384 with SHA-2 */
    CHAIN_USAGE = 6,     /* not for this use: CA, key usage, extended key usage */
    CHAIN_NAME = 7,      /* not exactly one common name that vitrine can show */
    CHAIN_RULES = 8      /* another rule of X.509 is broken */
};

/* SEAL_END.reason, and the reason of a signed END */
enum end_reason { END_REASON_NONE = 0, END_REASON_WORDS = 1 };

/* SEAL_REVOKE.why, SEAL_REVOKED.why: what ended a grant of control */
enum grant_end {
    GRANT_END_NONE = 0,
    GRANT_END_OWN = 1,       /* asked for on this computer */
    GRANT_END_PEER = 2,      /* the other side closed it */
    GRANT_END_TIME = 3,      /* agreed time is over */
    GRANT_END_IDLE = 4,      /* not used for the agreed time */
    GRANT_END_PRESENTER = 5, /* somebody else presents now */
    GRANT_END_GONE = 6,      /* the other side is not in the session any more */
    GRANT_END_LEASE = 7,     /* the organizer was not heard of for 10 s */
    GRANT_END_LINE = 8,      /* the line was lost */
    GRANT_END_ORGANIZER = 9, /* the organizer revoked it */
    GRANT_END_FAULT = 10,    /* code says which check */
    GRANT_END_HOTKEY = 11,   /* asked for on this computer: kill switch */
    GRANT_END_OWNER = 12,    /* asked for on this computer: its owner, or their absence */
    GRANT_END_SESSION = 13   /* the session is over */
};

/* RELAY_EVENT.kind, relay.md 7 */
enum relay_intrusion {
    INTRUSION_NO_NUMBER = 1,
    INTRUSION_WRONG_PASSWORD = 2,
    INTRUSION_MALFORMED = 3,
    INTRUSION_TOKEN = 4,
    INTRUSION_CREATE_KEY = 5,
    INTRUSION_FLOOD = 6,
    INTRUSION_LOCKED = 7,
    INTRUSION_SLOW = 8, /* kept the relay waiting, or does not read; an honest line may: no try */
    INTRUSION_NONSENSE = 9,  /* a stranger's message to the organizer, who says that it is none */
    INTRUSION_NO_PLACE = 10, /* more sessions of one source than may be, or so soon: no try */
    INTRUSION_LAST = INTRUSION_NO_PLACE
};

/* GATE_VIOLATION.rule */
enum gate_rule {
    GATE_RULE_SETUP = 1,    /* not a plain X11 setup request */
    GATE_RULE_LENGTH = 2,   /* longer than any allowed request, or BIG-REQUESTS */
    GATE_RULE_REQUEST = 3,  /* not on the allow-list */
    GATE_RULE_FORM = 4,     /* allowed request of a wrong length or field */
    GATE_RULE_DRAWABLE = 5, /* another drawable or window */
    GATE_RULE_AREA = 6,     /* outside the agreed rectangle */
    GATE_RULE_DESCRIPTOR = 7,
    GATE_RULE_LIMIT = 8 /* too many segments, damages, regions */
};

/* WATCH_FIRED.why */
enum watch_why {
    WATCH_WHY_KEY = 1,    /* Ctrl+F12, or Ctrl+Esc where it counts */
    WATCH_WHY_DEVICE = 2, /* a keyboard was removed or switched off */
    WATCH_WHY_LOST = 3    /* no X connection: no key press can be seen any more */
};

/* CAPTURE_HIDE.again: what has to be read once more */
enum read_again {
    AGAIN_NOTHING = 0,
    AGAIN_PLACES = 1, /* some are of the past: what is there now is hidden too */
    AGAIN_PICTURE = 2 /* some window was not known yet: the picture cannot be used */
};

/* VERIFY_RESULT.verdict; line names the first wrong one */
enum verdict {
    VERDICT_OK = 0,
    VERDICT_EMPTY = 1,
    VERDICT_NO_LOG = 2,    /* not a vitrine audit log */
    VERDICT_CHANGED = 3,   /* the line does not match its own hash */
    VERDICT_REMOVED = 4,   /* a line is missing before this one */
    VERDICT_REORDERED = 5, /* this line stands elsewhere in the chain */
    VERDICT_INSERTED = 6,
    VERDICT_CUT = 7,       /* the end is missing: the key file knows a later head */
    VERDICT_SIGNATURE = 8, /* a signed head does not verify */
    VERDICT_HALF_LINE = 9, /* last line incomplete: a crash while writing, not tampering */
    VERDICT_OTHER_KEY = 10,
    VERDICT_SEAL = 11,  /* written with a later key than that of its place: not there at the time */
    VERDICT_SLICE = 12, /* no whole log, but lines that follow each other up to a signature */
    VERDICT_NO_END = 13, /* right as far as it goes, but no key file tells whether more was there */
    VERDICT_PROOF = 14,  /* what people in the session signed is wrong, or nobody named their key */
    VERDICT_RECEIPT = 15,    /* such lines, and that session is in them from its rules to its end */
    VERDICT_NO_RECEIPT = 16, /* it calls itself a receipt, and the rules do not begin it */
    VERDICT_UNPROVED = 17,   /* VERDICT_RECEIPT, but here people would have signed, and have not */
    VERDICT_NO_SESSION = 18, /* no receipt: the session that its first line names does not begin */
    VERDICT_OTHER_END = 19,  /* ... another session of that run ends here, ... */
    VERDICT_NOT_ENDED = 20,  /* ... or none before this place */
    VERDICT_NOT_SIGNED = 21, /* ... its end is here, and no signature behind that */
    VERDICT_MORE = 22,       /* ... that is here, and more behind it */
    VERDICT_MANY = 23        /* ... of more than RECEIPT_PROOFS that were signed */
};

#endif
