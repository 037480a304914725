/*
 * The kill switch (platform.md 6): Ctrl+F12 on any device ends remote control, whatever else the
 * machine is doing. A process of its own, the watcher, sees the key on an X connection that nobody
 * else uses and kills gate and input worker by descriptors it holds itself; the broker only hears
 * of it afterwards. This is the broker's side.
 *
 * The watcher also takes back what those two leave behind, however they end: keys and buttons that
 * are down on the XTEST devices, and characters lent to spare keys. When the broker dies it does
 * that and ends.
 */
#ifndef BROKER_HOTKEY_H
#define BROKER_HOTKEY_H
#include "lib/chan.h"
#include "lib/fail.h"
#include "lib/loop.h"
#include "lib/start.h"

struct msg_watch_fired;

struct hotkey_calls {
    void *ctx;
    /* Pressed (again: within HOTKEY_TWICE_MS), or as good as: `killed` processes are dead
     * (confirmed: the kernel says so) after `us`. */
    void (*fired)(void *ctx, const struct msg_watch_fired *m);
    /* What was asked for with that serial is watched from now on. */
    void (*armed)(void *ctx, uint32_t serial);
    /* Nothing is down or lent any more; so many things were. */
    void (*clean)(void *ctx, unsigned released);
    /* The watcher is gone, or watches no more: there is no kill switch any more. Called once. */
    void (*lost)(void *ctx);
};

struct hotkey {
    struct loop *loop;
    struct started process;
    struct chan chan;
    struct hotkey_calls calls;
    bool ready; /* it is connected and locked in */
    uint32_t serial;
    bool asks; /* somebody is killed by the switch: is it watched? */
    uint32_t alive_asked, alive_said;
    unsigned missed; /* questions in a row that it has not answered */
};

/* Forks the watcher, which connects to $DISPLAY and locks itself in under
   policy/seccomp/watch.policy. Before the broker's own filter and before anything else is open or
   known. 0, or -1 with errno. */
int hotkey_fork(struct hotkey *h);
/* This is the channel to it, from now on ours: part of hotkey_fork. */
void hotkey_take(struct hotkey *h, int control);
/* Begins to listen to it; waits for nothing. 0 or -1. */
int hotkey_attach(struct hotkey *h, struct loop *loop, const struct hotkey_calls *calls);
/* As long as they live it is asked, each WATCH_ALIVE_MS, whether it watches; one that does not
   answer is killed, and `lost`. Whom to kill (gate first; descriptors stay the caller's) and which
   keys may be lent. n 0: nobody. Returns the serial that `armed` will name, 0: the watcher cannot
   be asked. */
uint32_t hotkey_arm(struct hotkey *h, const int *pidfds, unsigned n, const uint8_t *spares,
                    unsigned n_spares, bool escape);
/* Lets it go: it ends by itself. Accepts a zeroed one. */
void hotkey_finish(struct hotkey *h);

/* The watcher itself, in broker/hotkey_watch.c. */
_Noreturn void hotkey_watch(int control);

#endif
