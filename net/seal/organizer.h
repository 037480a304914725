/*
 * The organizer's side of a session (e2e.md 4 to 11): password limit, handshakes, waiting room,
 * roster and epochs, and the own presentation. Pure of I/O and clocks: what comes in is a call with
 * the present time (milliseconds of a monotonic clock), what goes out is a call of struct port.
 * Nothing here outlives organizer_destroy.
 */
#ifndef NET_SEAL_ORGANIZER_H
#define NET_SEAL_ORGANIZER_H
#include "net/seal/control.h"
#include "net/seal/identity.h"
#include "net/seal/port.h"

struct organizer;

struct organizer_config {
    bool with_password;
    bool lobby;           /* waiting room; always on without a password, or with admission */
    uint8_t admission;    /* least level of who is let in: 1 compared at the door, 2 certified */
    struct span password; /* as typed; the caller wipes its own */
    struct span name;     /* of a certificate, where our identity is one */
    const struct identity *identity; /* shown to everybody who joins; NULL: none. Stays the
                                        caller's, until the session has ended */
    bool identity_required;          /* nobody joins without one; then there has to be our own */
};

/* `port` stays the caller's. NULL: the password's canonical form is shorter than 6 or longer than
 * 64 bytes. */
struct organizer *organizer_create(const struct port *port, const struct organizer_config *config,
                                   uint64_t now_ms);
void organizer_destroy(struct organizer *o); /* wipes; accepts NULL */

/* --- from net; peers are distrusted: what is wrong ends that peer and nobody else --- */
/* The number; makes keys, M0 and the first epoch. Takes as long as one password stretch. */
void organizer_opened(struct organizer *o, const uint8_t sid[SID_LEN], uint64_t now_ms);
void organizer_message(struct organizer *o, uint32_t handle, struct span body, uint64_t now_ms);
void organizer_peer_gone(struct organizer *o, uint32_t handle, uint64_t now_ms);
void organizer_unit(struct organizer *o, struct span wire, uint64_t now_ms);
/* Somebody needs a KEY unit: told to capture at most once a second. */
void organizer_need(struct organizer *o, uint64_t now_ms);
/* The line is lost: everybody's channel with it. Members keep their seats until organizer_back. */
void organizer_cut(struct organizer *o, uint64_t now_ms);
/* Another line: the relay is told everything anew, members RESUME on it. */
void organizer_back(struct organizer *o, uint64_t now_ms);
/* The way to the relay is gone for good. */
void organizer_lost(struct organizer *o);

/* --- from the broker; false: that makes no sense in this state --- */
void organizer_admit(struct organizer *o, uint32_t knock, bool yes, bool words, uint64_t now_ms);
/* Of an identity that somebody at the door showed. */
void organizer_identified(struct organizer *o, uint32_t ask, const struct identity_answer *a,
                          uint64_t now_ms);
void organizer_lock(struct organizer *o, bool on, uint64_t now_ms);
void organizer_remove(struct organizer *o, uint16_t mid, enum remove_why why, uint64_t now_ms);
void organizer_end(struct organizer *o, uint8_t reason, uint64_t now_ms);
bool organizer_share(struct organizer *o, uint64_t now_ms);
/* Asks that member to present; mid 1: takes the presentation, or the offer, back. */
void organizer_offer(struct organizer *o, uint16_t mid, uint64_t now_ms);
/* The user compared the words with those of that member: the same ones are told to everybody,
   different ones end the session. */
void organizer_verified(struct organizer *o, uint16_t mid, bool same, uint64_t now_ms);
/* The owner's look at what others see of the own share (sharing_mirror, sharing_mirror_need). */
bool organizer_mirror(struct organizer *o, bool on, uint64_t now_ms);
void organizer_mirror_need(struct organizer *o, uint64_t now_ms);
/* Pictures of another presenter, as joiner_view and joiner_need_key. */
void organizer_view(struct organizer *o, bool on, uint64_t now_ms);
void organizer_need_key(struct organizer *o, uint64_t now_ms);
bool organizer_unshare(struct organizer *o, bool pause, uint64_t now_ms);
/* pw_gen + 1: a new M0, a full bucket; told by `session` again. false: too short or too long, or
   there were 255. */
bool organizer_password(struct organizer *o, struct span typed, uint64_t now_ms);
/* A line to everybody, as joiner_chat. */
bool organizer_chat(struct organizer *o, struct span text, uint64_t now_ms);

/* Ends whatever control there is, with whom ever. */
void organizer_revoke_all(struct organizer *o, uint64_t now_ms);
/* The answer to `second_asked`; nothing where that presenter does not wait for it any more. */
void organizer_second(struct organizer *o, uint16_t presenter, uint16_t mid, bool yes,
                      uint64_t now_ms);
/* Control, while the session runs; else NULL. */
struct control *organizer_control(struct organizer *o, uint64_t now_ms);

/* --- from capture --- */
void organizer_screen(struct organizer *o, bool key, struct span content, uint64_t now_ms);
void organizer_cursor(struct organizer *o, bool key, struct span content, uint64_t now_ms);

/* What time brings. To be called when organizer_due says so (UINT64_MAX: not by itself), or
 * earlier. */
void organizer_tick(struct organizer *o, uint64_t now_ms);
uint64_t organizer_due(const struct organizer *o);

#endif
