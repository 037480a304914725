/*
 * A real server on a loopback port, turned by the test itself, and raw TLS clients that call it.
 * Everything happens in one thread: whenever a client has to wait, the server gets a turn.
 */
#ifndef TESTS_UNIT_RELAY_CALLER_H
#define TESTS_UNIT_RELAY_CALLER_H
#include "net/relay/server.h"

struct caller_options {
    bool tls12;          /* offer nothing newer */
    const char *ciphers; /* NULL: ours */
    const char *groups;  /* NULL: the library's */
    const char *alpn;    /* NULL: none; else one protocol, or several separated by commas */
    bool small_window;   /* takes little at a time */
    const void *head;    /* said before TLS begins, as a balancer would */
    size_t n_head;
    uint8_t host; /* calls from 127.0.0.(1 + host) */
};

struct caller {
    int fd;
    SSL_CTX *ctx;
    SSL *ssl;
    uint8_t in[FRAME_HEAD + FRAME_UNIT_MAX];
    size_t have;
};

extern struct server caller_server;

int caller_set_up(void **state);
int caller_tear_down(void **state);
void caller_turn(int times);

/* A TCP connection and nothing more; its descriptor, non-blocking. */
int caller_dial(const struct caller_options *o);
/* Handshake; false: refused. */
bool caller_connect(struct caller *c, const struct caller_options *o);
struct caller *caller_create(void); /* connected as a client of ours connects; fails otherwise */
void caller_hang_up(struct caller *c);
void caller_destroy(struct caller *c);
void caller_write(struct caller *c, const uint8_t *bytes, size_t len);
void caller_say(struct caller *c, const struct frame *f);
/* The next frame within two seconds; false: none, or the end. Spans are valid until the next call.
 */
bool caller_hear(struct caller *c, struct frame *out);
struct frame caller_expect(struct caller *c, enum frame_type type);
void caller_expect_err(struct caller *c, enum frame_err code);
/* Is it at the end of what the relay says? */
bool caller_at_end(struct caller *c);

/* Scenes. */
void caller_open(struct caller *o, uint8_t sid[FRAME_SID]); /* CREATE, PARAMS "M0" */
uint32_t caller_attach(struct caller *c, struct caller *o, const uint8_t sid[FRAME_SID]);
void caller_bind(struct caller *c, struct caller *o, uint32_t handle, uint16_t mid);
size_t caller_write_unit(uint8_t *out, uint16_t mid, uint8_t stream, bool key, size_t len);

#endif
