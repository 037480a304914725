/*
 * A member's side of a session (e2e.md 4 to 11): proves the password, checks the organizer, keeps
 * roster and keys, opens what the presenter sends. Pure of I/O and clocks, as net/seal/organizer.h.
 */
#ifndef NET_SEAL_JOINER_H
#define NET_SEAL_JOINER_H
#include "net/seal/control.h"
#include "net/seal/identity.h"
#include "net/seal/port.h"

struct joiner;

struct joiner_config {
    bool has_fp;
    uint8_t fp[FP_LEN];   /* of the invitation */
    struct span password; /* as typed; empty: none. What cannot be one ends in E_AUTH. The caller
                             wipes its own */
    struct span name;     /* of a certificate, where our identity is one */
    const struct identity *identity; /* shown to the organizer; NULL: none. Stays the caller's,
                                        until the session has ended */
    bool identity_required;          /* both sides show one, or this ends it */
};

/* `port` stays the caller's. NULL: no name. */
struct joiner *joiner_create(const struct port *port, const struct joiner_config *config,
                             uint64_t now_ms);
void joiner_destroy(struct joiner *j); /* wipes; accepts NULL */

/* --- from net; everything is distrusted, and any fault ends the session here --- */
/* The connection and M0 the relay handed out; checks and begins. Takes as long as one password
 * stretch. */
void joiner_opened(struct joiner *j, const uint8_t sid[SID_LEN], uint32_t handle, struct span m0,
                   uint64_t now_ms);
/* `peer` is a mid; 1 is the organizer. Others can only take part in control. */
void joiner_message(struct joiner *j, uint32_t peer, struct span body, uint64_t now_ms);
void joiner_unit(struct joiner *j, struct span wire, uint64_t now_ms);
/* The organizer's connection is lost or back; back: RESUME on the connection there is. Who is not a
   member yet begins again by hand. */
void joiner_away(struct joiner *j, bool away, uint64_t now_ms);
/* A new connection of our own, under this handle: RESUME. */
void joiner_back(struct joiner *j, uint32_t handle, uint64_t now_ms);
/* The relay takes what is for others on our line. */
void joiner_bound(struct joiner *j, uint64_t now_ms);
/* Our own line is lost. A member waits for joiner_back, nobody else can come back. */
void joiner_cut(struct joiner *j, uint64_t now_ms);
/* The way to the relay is gone for good. */
void joiner_lost(struct joiner *j);

/* --- from the broker and from view --- */
/* Whether opened pictures can be handed on. true: begins with a KEY unit, which is asked for. */
void joiner_view(struct joiner *j, bool on, uint64_t now_ms);
void joiner_need_key(struct joiner *j, uint64_t now_ms);
/* The owner's look at what others see of the own share (sharing_mirror, sharing_mirror_need). */
bool joiner_mirror(struct joiner *j, bool on, uint64_t now_ms);
void joiner_mirror_need(struct joiner *j, uint64_t now_ms);
/* LINK_NEED: somebody needs a KEY unit of ours. */
void joiner_need(struct joiner *j, uint64_t now_ms);
/* The user's answer to `offered`. */
void joiner_answer(struct joiner *j, bool yes, uint64_t now_ms);
/* As presenter: the organizer is asked for a second yes to that member's control; one at a time.
   Answered by `seconded`, with no also where the channel was made anew. */
void joiner_second(struct joiner *j, uint16_t mid, uint64_t now_ms);
/* The user compared the words with those of that member, who can only be the organizer. Different
   ones end the session here. */
void joiner_verified(struct joiner *j, uint16_t mid, bool same, uint64_t now_ms);
/* Of the identity the organizer showed. Until then nothing of the session is taken in. */
void joiner_identified(struct joiner *j, uint32_t ask, const struct identity_answer *a,
                       uint64_t now_ms);
/* As organizer_share and so on, while the roster names us presenter. */
bool joiner_share(struct joiner *j, uint64_t now_ms);
bool joiner_unshare(struct joiner *j, bool pause, uint64_t now_ms);
void joiner_screen(struct joiner *j, bool key, struct span content, uint64_t now_ms);
void joiner_cursor(struct joiner *j, bool key, struct span content, uint64_t now_ms);
void joiner_leave(struct joiner *j, uint64_t now_ms);
/* A line to everybody: `chatted` in our own name when it is on its way, or `chat_lost`. false: it
   is no line, or more than anybody writes. */
bool joiner_chat(struct joiner *j, struct span text, uint64_t now_ms);

/* Control, while a member; else NULL. */
struct control *joiner_control(struct joiner *j, uint64_t now_ms);

/* What time brings, as in net/seal/organizer.h. */
void joiner_tick(struct joiner *j, uint64_t now_ms);
uint64_t joiner_due(const struct joiner *j);

#endif
