/*
 * REC (e2e.md 8): the signed, hash-chained statements of the organizer about who is in the session.
 * Building and strict parsing with the signature; whether a record fits what is known is decided in
 * net/seal/group.h.
 */
#ifndef NET_SEAL_RECORD_H
#define NET_SEAL_RECORD_H
#include "net/seal/bytes.h"
#include "net/seal/code.h"
#include "policy/limits.h"
#include <openssl/types.h>

enum record_kind { RECORD_EPOCH = 1, RECORD_SNAPSHOT = 2, RECORD_END = 3 };
enum record_reason { RECORD_LEFT = 1, RECORD_REMOVED = 2, RECORD_LOST = 3 };

#define RECORD_LOCKED 1
#define ROLE_ORGANIZER 1
#define ROLE_PARTICIPANT 2
#define ROLE_VERIFIED 0x80

#define RECORD_MIN_LEN 187 /* both lists empty */

struct record_head {
    uint8_t kind;
    uint8_t sess_id[SESS_ID_LEN];
    uint32_t log_seq;
    uint8_t prev[32];
    uint32_t epoch;
    uint8_t commit[32];
    uint16_t presenter;
    uint8_t flags; /* kind END: the reason */
    uint64_t unix_ms;
    uint16_t n_del, n_add;
};

struct record_del {
    uint16_t mid;
    uint8_t reason;
};

struct record_add {
    uint16_t mid;
    uint8_t role;
    uint8_t name_len;
    uint8_t name[MAX_NAME];
    uint8_t sig_pub[POINT_LEN];
    uint8_t id_alg;
    uint8_t id_fp[32];
};

/* --- building: begin, n_del times del, adds, n_add times add, finish --- */
void record_begin(struct put *p, const struct record_head *h);
void record_put_del(struct put *p, const struct record_del *d);
void record_put_adds(struct put *p, const struct record_head *h);
void record_put_add(struct put *p, const struct record_add *a);
/* Signs all that was written since offset `start`. */
void record_finish(struct put *p, size_t start, EVP_PKEY *org_sig);
/* Length of a record with these lists, names at their longest: for allocating. */
size_t record_room(size_t n_del, size_t n_add);

/* --- reading --- */
struct record {
    struct record_head head;
    struct get dels, adds; /* positions of the lists, whose form has been checked */
    struct span bytes;     /* the whole record */
};
/* E_NONE; E_PARSE (form: counts, names, roles, reasons); E_VERSION, E_SUITE; E_CONTROL (signature).
 */
enum e2e_code record_parse(struct span in, EVP_PKEY *org_sig, struct record *r);
/* Next element; false after the last. Works on a copy of r->dels or r->adds. */
bool record_next_del(struct get *dels, struct record_del *d);
bool record_next_add(struct get *adds, struct record_add *a);

#endif
