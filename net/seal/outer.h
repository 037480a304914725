/*
 * Messages between two clients before and around their channel, as the relay carries them (e2e.md
 * 4, 6, 11): M0, M1..M3, CHAN, RESUME, ERROR. Building and strict parsing, nothing else.
 */
#ifndef NET_SEAL_OUTER_H
#define NET_SEAL_OUTER_H
#include "net/seal/bytes.h"
#include "net/seal/code.h"
#include "net/seal/pake.h"

enum outer_type {
    OUTER_M0 = 0x01,
    OUTER_M1 = 0x02,
    OUTER_M2 = 0x03,
    OUTER_M3 = 0x04,
    OUTER_CHAN = 0x05,
    OUTER_RESUME = 0x06,
    OUTER_PAIR = 0x41,
    OUTER_ERROR = 0x7f
};

#define OUTER_HEAD 4
#define OUTER_M0_LEN 105
#define OUTER_M1_LEN 105
#define OUTER_M2_LEN 169
#define OUTER_M3_LEN 72
#define OUTER_RESUME_LEN 46
#define OUTER_CHAN_MAX 16384 /* TLS bytes in one CHAN */
#define OUTER_MAX (OUTER_HEAD + OUTER_CHAN_MAX)

struct outer_m0 {
    uint8_t pwmode, stretch, flags, pw_gen;
    uint8_t sess_rand[RAND_LEN];
    uint8_t org_pub[POINT_LEN];
};
#define M0_LOBBY 1
#define M0_IDENTITY 2

struct outer_m1 {
    uint32_t handle;
    uint8_t rand_j[RAND_LEN], share[POINT_LEN];
};
struct outer_m2 {
    uint32_t handle;
    uint8_t rand_o[RAND_LEN], share[POINT_LEN], confirm[PAKE_CONFIRM];
};
struct outer_m3 {
    uint32_t handle;
    uint8_t confirm[PAKE_CONFIRM];
};
struct outer_resume {
    uint32_t handle;
    uint16_t mid;
    uint32_t count;
    uint8_t rand[RAND_LEN];
};

void outer_m0_build(const struct outer_m0 *m, uint8_t out[OUTER_M0_LEN]);
void outer_m1_build(const struct outer_m1 *m, uint8_t out[OUTER_M1_LEN]);
void outer_m2_build(const struct outer_m2 *m, uint8_t out[OUTER_M2_LEN]);
void outer_m3_build(const struct outer_m3 *m, uint8_t out[OUTER_M3_LEN]);
void outer_resume_build(const struct outer_resume *m, uint8_t out[OUTER_RESUME_LEN]);
void outer_error_build(enum e2e_code code, uint8_t out[OUTER_HEAD + 2]);
void outer_chan_head(uint8_t out[OUTER_HEAD]);

/* The head every one of them begins with: version, type, suite. E_NONE and the type, or E_PARSE,
 * E_VERSION, E_SUITE. */
enum e2e_code outer_type(struct span in, uint8_t *type);

/* After E_VERSION or E_SUITE: the versions, or the suites, of both sides; theirs is what the head
   says, unproved. */
struct outer_sides {
    uint16_t ours, theirs;
};
struct outer_sides outer_sides(struct span in, enum e2e_code code);

/* Each takes the whole message, head included. E_NONE, E_PARSE, E_VERSION or E_SUITE. */
enum e2e_code outer_m0_parse(struct span in, struct outer_m0 *m);
enum e2e_code outer_m1_parse(struct span in, struct outer_m1 *m);
enum e2e_code outer_m2_parse(struct span in, struct outer_m2 *m);
enum e2e_code outer_m3_parse(struct span in, struct outer_m3 *m);
enum e2e_code outer_resume_parse(struct span in, struct outer_resume *m);
enum e2e_code outer_chan_parse(struct span in, struct span *tls);
/* The peer's hint; an unknown number is E_PARSE as the result and *code untouched. */
enum e2e_code outer_error_parse(struct span in, enum e2e_code *code);

#endif
