/*
 * What members say to one another on stream 5 (e2e.md 10): asking for control, and the answer.
 *
 *     u8 1 REQUEST | u16 to | req_id[16] | u16 caps
 *     u8 2 GRANT   | u16 to | req_id[16] | grant_id[16] | u32 epoch | u16 caps | u32 ttl_s
 *                  | u16 idle_s
 *     u8 3 DENY    | u16 to | req_id[16]
 *     u8 4 INVITE  | u16 to                       the presenter: you may ask
 *
 * Building and strict parsing, nothing else.
 */
#ifndef NET_SEAL_SIGNAL_H
#define NET_SEAL_SIGNAL_H
#include "net/seal/bytes.h"
#include "net/seal/code.h"

#define REQUEST_ID_LEN 16
#define SIGNAL_MAX 47 /* GRANT */

enum signal_kind { SIGNAL_REQUEST = 1, SIGNAL_GRANT = 2, SIGNAL_DENY = 3, SIGNAL_INVITE = 4 };

/* What a grant allows, for whom and for how long; the limits are those of policy/limits.h. */
struct signal_terms {
    uint16_t caps;   /* enum input_caps */
    uint32_t ttl_s;  /* GRANT */
    uint16_t idle_s; /* GRANT */
};

struct signal {
    enum signal_kind kind;
    uint16_t to;
    uint8_t request[REQUEST_ID_LEN]; /* not with INVITE */
    struct signal_terms terms;       /* REQUEST, GRANT */
    uint8_t grant[GRANT_ID_LEN];     /* GRANT */
    uint32_t epoch;                  /* GRANT */
};

/* Returns the length. */
size_t signal_build(const struct signal *s, uint8_t out[SIGNAL_MAX]);

/* Kind and receiver: a signal for somebody else is not read further. false: E_PARSE. */
bool signal_peek(struct span in, struct signal *s);
/* All of it. false: E_PARSE. */
bool signal_parse(struct span in, struct signal *s);

#endif
