/*
 * The judgement of the X11 request gate: bytes from a worker in, a verdict out. Pure: no
 * descriptors, no clock, no allocation; the rules are the rows of policy/x11/ROLE.allow.
 *
 * A worker's stream is first its setup, which is thrown away (the gate sends its own, with the
 * cookie), then requests, cut by their own length. A request is passed whole and unchanged, or the
 * worker is at its end: dropping one would make xcb count wrong, answering it would mean to lie.
 */
#ifndef BROKER_GATE_JUDGE_H
#define BROKER_GATE_JUDGE_H
#include "lib/fail.h"
#include "lib/x11_rule.h"
#include "policy/limits.h"
#include <stdbool.h>

/* Own windows that stay known: a worker may still ask for one that was just taken off the list. */
#define JUDGE_WINDOWS (4 * MAX_OWN_WINDOWS)
/* Longest setup request: head, and name and cookie of the bounds of GATE_OPEN. */
#define JUDGE_GREETING_MAX (12 + 64 + 256)

struct judge_terms {
    const struct x11_rules *rules;
    uint32_t root;
    uint32_t target; /* the one window that may be read; 0: the root */
    bool whole;      /* any rectangle of the root; else only inside x, y, w, h */
    int32_t x, y;
    uint32_t w, h;
    uint8_t majors[X11_EXTENSIONS]; /* major opcode of each extension; 0: the server has none */
    uint8_t spares[MAX_SPARES];     /* keycodes that may be lent a character */
    uint8_t n_spares;
};

struct judge {
    struct judge_terms terms;
    bool greeted;
    uint8_t closes; /* core request that ends what is open now (a bracket); 0: nothing is */
    uint32_t things[X11_THINGS][MAX_GATE_THINGS]; /* 0: free */
    uint32_t windows[JUDGE_WINDOWS];              /* 0: free */
    uint32_t next_window;
};

enum judge_kind {
    JUDGE_MORE,     /* not a whole request yet */
    JUDGE_SETUP,    /* the first `bytes` are the setup: throw them away, send judge_greeting */
    JUDGE_PASS,     /* the first `bytes` are one permitted request */
    JUDGE_VIOLATION /* end the worker; the other fields say why */
};

struct judge_verdict {
    enum judge_kind kind;
    size_t bytes;
    uint8_t major, minor; /* of the request; minor 0 for core requests */
    enum gate_rule rule;
    uint32_t
        detail; /* length, window, identifier or line of the .allow file, as the rule suggests */
};

void judge_init(struct judge *j, const struct judge_terms *terms);
/* Adds vitrine's own windows; once told they stay known among the latest JUDGE_WINDOWS. */
void judge_add_windows(struct judge *j, const uint32_t *windows, size_t n);
/* Judges what the worker sent next. On PASS its state has moved on: call again with the rest. */
struct judge_verdict judge_bytes(struct judge *j, const uint8_t *bytes, size_t len);
/* The setup request with a cookie (lengths within GATE_OPEN's bounds) into
   out[JUDGE_GREETING_MAX]; returns its length. */
size_t judge_greeting(uint8_t *out, const uint8_t *name, size_t name_len, const uint8_t *cookie,
                      size_t cookie_len);

#endif
