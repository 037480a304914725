/*
 * One end of a message channel: a SEQPACKET socketpair that carries the messages of
 * policy/messages.def and nothing else. Every process uses it; what arrives is distrusted and
 * checked completely (generated code) before a handler sees it.
 *
 * The generator writes, for each channel CH with ends A and B, into build/gen/ch_CH.h (names in
 * lower case except enumerators): enum CH_state { CH_STATE_S1, ... }; GATE_STATE_STARTING, ...
 *   struct msg_NAME { fields };
 *   int  msg_NAME_send(struct chan *, const struct msg_NAME *);
 *   struct CH_at_A { int (*on_NAME)(void *ctx, struct msg_NAME *); ... };   every message A can
 * receive struct CH_at_B { ... }; void CH_init_A(struct chan *, int fd, const struct CH_at_A *,
 * void *ctx);   takes ownership of fd void CH_init_B(...); A message without fields has no struct:
 * int msg_NAME_send(struct chan *), int (*on_NAME)(void *ctx). READY and FAILED (ch_worker.h,
 * included by the others) belong to every channel of the broker: CH_at_broker has on_ready and
 * on_failed, the worker's end may send them. READY is taken in the first state only. ch_structs.h
 * holds the structs that lists are made of. Types are MSG_NAME; msg_name(type) gives the name.
 * Fields: uN and i32 as they are; fixed: uint8_t f[LEN]; bytes, secret, text: struct span (text is
 * not terminated); list: uint16_t n_f and struct S f[MAX]; fd: int; fds: uint16_t n_f and int
 * f[MAX].
 *
 * A handler returns 0, or -1 to end the sender (it is treated like a malformed message). A handler
 * that is NULL permits nothing. Descriptors a handler wants to keep it steals: it stores them and
 * sets the field to -1; the rest is closed after it. Spans are valid until it returns. A handler
 * may send, also on the same channel, and may chan_finish it, but it must not receive (on any
 * channel: one process has one receive buffer) and must not free the memory the struct chan lives
 * in.
 *
 * A message that the kernel refuses for good is not sent later, and what the other end takes for
 * the next one would be in its place: the channel has ended then. chan_events, where a loop asks
 * it, wants to be called soon, and chan_receive says CHAN_ENDED behind what is still there to be
 * read, whether the sender looked at what msg_NAME_send returned or not.
 */
#ifndef LIB_CHAN_H
#define LIB_CHAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chan_queued;
struct chan_side; /* generated: decode table of one end */

struct chan {
    int fd;        /* -1: closed */
    uint8_t state; /* of this end; the owner sets it (CH_STATE_...) */
    const struct chan_side *side;
    const void *handlers;
    void *ctx;
    bool empty;          /* the last chan_receive came to the end of what was waiting */
    uint16_t bad_type;   /* type of the message that ended the sender, for the audit event */
    const char *bad_why; /* one word: malformed, unknown, state, descriptors, refused, unhandled */
    size_t
        queue_limit; /* bytes kept while the socket is full; 0 (default): send fails with EAGAIN */
    size_t queued;
    bool starved; /* what was to leave last met a shortage (chan_is_shortage) */
    bool lost;    /* a message could not leave for another reason: it is an end, see above */
    struct chan_queued *first, *last;
};

enum chan_result {
    CHAN_OK,    /* one or more messages handled, or nothing there */
    CHAN_ENDED, /* the other end closed */
    CHAN_BAD    /* malformed, unknown, out of state, refused by its handler: see bad_*; end it */
};

/* Receives and dispatches at most `most` waiting messages, without blocking. */
enum chan_result chan_receive(struct chan *c, unsigned most);
/* Waits for one message (restarts on EINTR), dispatches it. For start-up of workers only. */
enum chan_result chan_receive_wait(struct chan *c);
/* Sends what is queued; 0, or -1 with errno (EAGAIN: some is left; EPIPE: it has ended). */
int chan_flush(struct chan *c);
/* Events this channel waits for now, for lib/loop.h. */
short chan_events(const struct chan *c);
/* What to wait for before the next try where a send has failed with EAGAIN: POLLOUT, or LOOP_SOON
   after a shortage, of whose end poll(2) does not tell. */
short chan_room_events(const struct chan *c);
/* The same in a process without a loop. `sent`: what a send has returned. True: it failed with
   EAGAIN, and has been waited for; send once more. False: it is done, or failed otherwise, or
   until_ms (loop_now_ms) is over; errno is as it was. */
bool chan_try_again(const struct chan *c, int sent, uint64_t until_ms);
/* Errors of sendmsg(2) that pass by themselves: ENOBUFS, ENOMEM, and ETOOMANYREFS, with which
   descriptors are refused while more of them are under way between all programs of this user than
   this process may have open. */
bool chan_is_shortage(int error);
/* Closes and frees what is queued (wiped); accepts a zeroed or closed one. */
void chan_finish(struct chan *c);
/* A connected pair, close-on-exec, non-blocking, send buffer enlarged as far as allowed. 0 or -1
 * errno. */
int chan_pair(int ends[2]);

/* Raw send used by the generated msg_NAME_send: 0, or -1 with errno EAGAIN (full, or the kernel
   short of memory; nothing was sent), EPIPE, EMSGSIZE, EINVAL (a field out of its bounds: our own
   mistake, refused before it leaves). Descriptors stay the caller's (they are duplicated where they
   have to wait). */
int chan_send_raw(struct chan *c, const uint8_t *bytes, size_t len, const int *fds, size_t n_fds);

#endif
