/*
 * A real vitrine-seal process, locked in, with the test as broker, net, relay, capture and view.
 */
#ifndef TESTS_UNIT_SEAL_PARTY_H
#define TESTS_UNIT_SEAL_PARTY_H
#include "ch_link.h"
#include "ch_seal.h"
#include "ch_share.h"
#include "ch_view.h"
#include "lib/loop.h"
#include "policy/limits.h"
#include <sys/types.h>

#define PARTY_PATIENCE_MS 20000

/* One process with all that it talks to. */
struct party {
    pid_t pid;
    struct chan control, link, data; /* data: share of the organizer, view of a joiner */
    struct party *other;
    uint32_t handle;
    bool ready, failed, session, welcomed, me, ended, net_end, bound, unshared, back, share_bad;
    bool mirror_bad, mirror_deaf;
    unsigned fail_code, fail_detail, members, presenter, picture, wrong, need_keys;
    struct msg_seal_ended end;
    uint8_t fp[16], m0[255];
    size_t m0_len, units, screen_len;
    unsigned screens, cursors;
    uint8_t screen[MAX_UNIT];
};

/* Lets all run until *flag is set (NULL: never), or the time is over. *flag. */
bool party_run(struct party **all, int n, const bool *flag, uint64_t ms);
/* The same for two, b NULL for one, within PARTY_PATIENCE_MS. */
bool party_wait(struct party *a, struct party *b, const bool *flag);
/* Lets all run as long as that is true, which is asked before each step, within PARTY_PATIENCE_MS.
 */
#define PARTY_RUN_WHILE(all, n, condition)                                                         \
    for (uint64_t party_end = loop_now_ms() + PARTY_PATIENCE_MS;                                   \
         (condition) && loop_now_ms() < party_end;)                                                \
    party_run(all, n, NULL, 1)

/* Started by party_host and party_join, which give it a link, too. */
void party_give_link(struct party *p);
void party_host(struct party *o);
/* Joins o's session, as the others whose units it gets. */
void party_join(struct party *j, struct party *o, const char *password);
/* Capture begins; o's data is what it sends on. */
void party_share(struct party *o);
/* Kills it and closes all. */
void party_stop(struct party *p);

extern const struct view_at_view party_view; /* counts what comes */

#endif
