/*
 * A presenter's sending side (e2e.md 9): units from capture, STATUS, KEY units for newcomers. The
 * organizer and a member that presents use the same one. What capture sends was framed by its
 * channel; its content is not looked at. Pure of I/O and clocks.
 */
#ifndef NET_SEAL_SHARING_H
#define NET_SEAL_SHARING_H
#include "net/seal/group.h"
#include "net/seal/port.h"

enum sharing_state { SHARING_NONE, SHARING_RUNNING, SHARING_PAUSED };

struct sharing {
    const struct port *port;
    struct group *group;
    bool (*may)(void *ctx); /* NULL: always. Does the lease hold? */
    void *ctx;
    enum sharing_state state;
    bool key_due;       /* drop screen units until a KEY one */
    bool lapsed;        /* units were dropped for want of a lease */
    bool need_pending;  /* NEED came too soon after the last */
    uint64_t need_ms;   /* when SHARE_NEED_KEY may be sent again */
    uint64_t status_ms; /* next STATUS */
    uint8_t wire[UNIT_WIRE_MAX];
};

/* Says, signed by our own key, that we show our screen in this epoch: for the trail. */
void sharing_tell(const struct sharing *s, const struct group_person *me,
                  const uint8_t sess_id[SESS_ID_LEN], EVP_PKEY *sig);
/* A fresh capture begins with a KEY unit by itself. */
void sharing_begin(struct sharing *s, uint64_t now_ms);
/* Says so to the viewers. */
void sharing_stop(struct sharing *s, bool pause, uint64_t now_ms);
/* Somebody else presents: what was shared is over without a word. */
void sharing_lost(struct sharing *s);
void sharing_screen(struct sharing *s, bool key, struct span content, uint64_t now_ms);
void sharing_cursor(struct sharing *s, struct span content, uint64_t now_ms);
/* Somebody needs a KEY unit; told to capture at most once a second. */
void sharing_need(struct sharing *s, uint64_t now_ms);
/* Members came in: the next screen unit is a KEY one. */
void sharing_newcomers(struct sharing *s, uint64_t now_ms);
/* Who presents says how things stand every 2 s, also when nothing is shared. */
void sharing_tick(struct sharing *s, uint64_t now_ms);
uint64_t sharing_due(const struct sharing *s);

#endif
