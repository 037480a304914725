/*
 * --events: what happens, one JSON object per line on standard output (architecture 8), for scripts
 * and tests. It takes no commands. It prints the session password because it is for the caller's
 * eyes; nothing else ever does. Writing never blocks the broker: what a slow reader has not taken
 * waits, and a reader that leaves EVENTS_WAITING bytes lying, or goes away, gets no more (one line
 * on standard error says so).
 */
#ifndef BROKER_EVENTS_H
#define BROKER_EVENTS_H
#include "lib/span.h"
#include <stdbool.h>
#include <stdint.h>

#define EVENTS_WAITING 262144

struct events_rect {
    int x, y, w, h; /* root coordinates, device pixels */
};

/* Turns them on; without it every function below does nothing. fd is standard output. false: no
 * memory, and a line on standard error says so. */
bool events_init(int fd);
/* For the loop: POLLOUT while something waits, else 0; and what to do then. */
short events_want(void *ctx);
void events_flush(void *ctx, short revents);
/* Before exit: waits at most ms for the reader to take the rest. */
void events_finish(int ms);

struct events_session {
    const char *id, *password, *invitation, *relay, *pin; /* password NULL: none */
};
void events_session(const struct events_session *s);
/* state: started, verified, ended; why may be NULL. */
void events_worker(const char *role, int pid, const char *state, const char *why);

struct events_button {
    const char *name; /* yes, no, ... */
    struct events_rect rect;
};
struct events_prompt {
    uint32_t id;
    const char *kind; /* admit, share, ... */
    struct span name; /* claimed; empty: none */
    const char *window;
    const struct events_button *buttons;
    unsigned n_buttons;
    bool armed, closed;
    const char *why; /* not armed, and that does not pass by itself: covered; NULL or "" else */
};
void events_prompt(const struct events_prompt *p);
/* role: organizer, participant; state: waiting, joined, left, presenter. */
void events_member(unsigned mid, struct span name, const char *role, const char *state);
/* A line that somebody wrote: who, and how long it is; what, where it is `told` (--events-chat):
   the beginning of a very long one, and nothing where the reader is slow. */
void events_chat(unsigned mid, struct span name, bool mine, struct span text, bool told);
/* Its reader is not so slow that what others write could be why it loses the rest. */
bool events_have_room(void);
/* state: on, paused, off. */
void events_share(const char *state, const char *why);
struct events_control_line {
    const char *state, *why; /* on, paused, off, held; refused: otherwise than by the owner's no */
    struct span name;        /* the other side's, claimed */
    bool mine;               /* we control the other */
    uint64_t left_s;         /* until the time agreed to is over */
};
void events_control(const struct events_control_line *c);
/* Of the connection to the relay: lost, back. */
void events_line(const char *state);
/* Lock screens on message buses: which buses are heard (bits of BUS_LOCKED), who would say there
   that one is up, and who says so (lib/lockers.h). */
void events_lockers(uint8_t buses, uint8_t there, uint8_t locked);
void events_security(const char *level, const char *const *missing, unsigned n_missing);

struct events_control {
    const char *id, *role, *label, *state;
    const char *name, *badges; /* whom it is about, claimed; NULL: nobody; "" none */
    const char *group;         /* of a radio button; "" none */
    const char *why;           /* why it is off; "" it is not */
    const char *value;         /* of a field; NULL: not told */
    int length;                /* characters in a field; -1: it is none */
    struct events_rect rect;
    bool focus;
};
struct events_window {
    const char *name, *state;
    struct events_rect rect;
    const char *const *texts; /* what else it says, in reading order */
    unsigned n_texts;
    const struct events_control *controls;
    unsigned n_controls;
};
void events_window(const struct events_window *w);
/* code: as in ui.md 10. */
void events_error(const char *code, const char *text);
/* how: properly, cut. said: seal, relay, net, dial, or "" where none of them said that it is over;
   code: which failure, in that one's numbers. */
void events_ended(const char *how, const char *why, const char *said, unsigned code);

#endif
