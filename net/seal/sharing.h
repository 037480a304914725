/*
 * A presenter's sending side (e2e.md 9): units from capture, STATUS, KEY units for newcomers; and
 * what others see of it, for the presenter's own eyes: the units that leave, opened again. The
 * organizer and a member that presents use the same one. What capture sends was framed by its
 * channel; its content is not looked at. Pure of I/O and clocks.
 */
#ifndef NET_SEAL_SHARING_H
#define NET_SEAL_SHARING_H
#include "lib/pace.h"
#include "net/seal/group.h"
#include "net/seal/port.h"

enum sharing_state { SHARING_NONE, SHARING_RUNNING, SHARING_PAUSED };

struct sharing {
    const struct port *port;
    struct group *group;
    bool (*may)(
        void *ctx); /* NULL: always. Does the lease hold? (A key that is used up stops it too.) */
    void *ctx;
    enum sharing_state state;
    bool key_due;          /* drop screen units until a KEY one */
    bool lapsed;           /* units were dropped for want of a lease */
    bool need_pending;     /* NEED came too soon after the last */
    struct pace needs;     /* of those that SHARE_NEED_KEY was sent for */
    uint64_t status_ms;    /* next STATUS */
    uint32_t status_epoch; /* of the last one */
    bool mirror;           /* somebody looks at what others see */
    bool mirror_key;       /* ... and gets nothing of the screen before a KEY unit */
    uint32_t missed;       /* screen units they did not get since the last one */
    uint8_t wire[UNIT_WIRE_MAX];
    uint8_t plain[UNIT_PLAIN_MAX];
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
void sharing_cursor(struct sharing *s, bool key, struct span content, uint64_t now_ms);
/* Somebody needs a KEY unit; told to capture at most once a second. */
void sharing_need(struct sharing *s, uint64_t now_ms);
/* Members came in: capture is told at once that they need a KEY unit. */
void sharing_newcomers(struct sharing *s);
/* From now on, or no longer: the units that leave also go to port.mirror_screen and mirror_cursor,
   decrypted and checked as at a viewer. Where nothing is shared or paused: false, and off. */
bool sharing_mirror(struct sharing *s, bool on, uint64_t now_ms);
/* It needs a KEY unit: its decoder says so, or it had not taken one and has room again. */
void sharing_mirror_need(struct sharing *s, uint64_t now_ms);
/* Who presents says how things stand every 2 s, also when nothing is shared. */
void sharing_tick(struct sharing *s, uint64_t now_ms);
uint64_t sharing_due(const struct sharing *s);
/* Wipes what it has sent last. */
void sharing_finish(struct sharing *s);

#endif
