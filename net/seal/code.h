/*
 * Failure codes of the end-to-end protocol, e2e.md 13. They travel in ERROR and in SEAL_ENDED; the
 * numbers are part of the protocol.
 */
#ifndef NET_SEAL_CODE_H
#define NET_SEAL_CODE_H

enum e2e_code {
    E_NONE = 0,
    E_PARSE = 1,
    E_VERSION = 2,
    E_SUITE = 3,
    E_POINT = 4,
    E_AUTH = 5,
    E_BUSY = 6,
    E_LIMIT = 7,
    E_LOCKED = 8,
    E_CHANNEL = 9,
    E_STATE = 10,
    E_CONTROL = 11,
    E_EPOCH = 12,
    E_FRAME = 13,
    E_FORGED = 14,
    E_REPLAY = 15,
    E_GAP = 16,
    E_GRANT = 17,
    E_IDENTITY = 18,
    E_CUT = 19
};

/* Suite 0x0001, the only one so far (e2e.md 1). */
#define E2E_VERSION 1
#define E2E_SUITE 0x0001

/* Sizes that the suite fixes. */
#define SESS_ID_LEN 32
#define POINT_LEN 65
#define SIG_LEN 64
#define SECRET_LEN 32 /* epoch secret, SFrame base key */
#define SHARED_LEN 64 /* K_shared, bind, wrap, rsec */
#define PSK_LEN 48
#define RAND_LEN 32
#define SID_LEN 9
#define FP_LEN 16
#define GRANT_ID_LEN 16

#endif
