/*
 * A hub with a cast of clients, driven without sockets: what a client says goes to hub_take, what
 * it would be sent is taken from its queue. Time stands still until it is moved.
 */
#ifndef TESTS_UNIT_RELAY_CAST_H
#define TESTS_UNIT_RELAY_CAST_H
#include "net/relay/hub.h"

#define CAST_CLIENTS 16

struct cast {
    struct hub hub;
    struct hub_now now;
    struct client clients[CAST_CLIENTS];
    bool is_in[CAST_CLIENTS];
    uint8_t sid[FRAME_SID]; /* of the session made last */
    uint8_t token[FRAME_TOKEN];
    uint32_t last_event; /* kind of the last intrusion line */
    uint32_t lines;
};

/* As cmocka fixtures; *state is the cast. */
int cast_set_up(void **state);
int cast_tear_down(void **state);

/* A connection from 192.0.2.(1 + host). */
struct client *cast_connect(struct cast *c, int index, int host);
void cast_leave(struct cast *c, int index);
void cast_say(struct cast *c, int index, const struct frame *f);
void cast_say_msg(struct cast *c, int index, uint32_t peer, const char *text);
/* ... of a thousand bytes. */
void cast_say_1000(struct cast *c, int index, uint32_t peer);
/* A unit of that mid and stream with `len` bytes of ciphertext. */
void cast_say_unit(struct cast *c, int index, uint16_t mid, uint8_t stream, bool key, size_t len);
/* The next frame it is sent; false: none. Spans in it are valid until the next call. */
bool cast_hear(struct cast *c, int index, struct frame *out);
/* Fails unless the next frame is of that type; returns it. */
struct frame cast_expect(struct cast *c, int index, enum frame_type type);
void cast_expect_err(struct cast *c, int index, enum frame_err code);
/* The next frame is a MSG with that text. */
void cast_expect_msg(struct cast *c, int index, uint32_t peer, const char *text);
void cast_expect_nothing(struct cast *c, int index);
/* Throws away what waits for it; how many frames that were. */
int cast_ignore(struct cast *c, int index);
void cast_pass(struct cast *c, uint64_t ms); /* moves time, ticks every 100 ms at most */

/* Scenes: client 0 creates with PARAMS "M0"; client i attaches; O binds it to mid; all of it heard.
 */
void cast_create(struct cast *c);
uint32_t cast_attach(struct cast *c, int index);
void cast_join(struct cast *c, int index, uint16_t mid);
/* As above, and the token it may come back with. */
void cast_join_for_token(struct cast *c, int index, uint16_t mid, uint8_t token[FRAME_TOKEN]);
void cast_present(struct cast *c, uint16_t mid);

#endif
