/*
 * What the watcher asks of the X server, and what it takes back there once a gate is dead: keys and
 * buttons that are down on the XTEST devices, and characters lent to spare keys. Runs in the
 * watcher. Nothing here waits for the server: answers are taken when they have come, and no more
 * questions are under way than there are kinds, so that what is written always finds room
 * (a server that somebody grabbed reads nothing).
 */
#ifndef BROKER_HOTKEY_CLEAN_H
#define BROKER_HOTKEY_CLEAN_H
#include "lib/keys.h"
#include "policy/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xcb.h>

enum { XTEST_DEVICES = 8 };

/* Questions under way, as sequence numbers; 0: none. */
enum ask { ASK_MAP, ASK_DEVICES, ASK_STATE, ASKS = ASK_STATE + XTEST_DEVICES };

struct hotkey_clean_calls {
    void *ctx;
    void (*map)(void *ctx, const struct keymap *map); /* the keyboard map, again and again */
    /* Nothing is down or lent any more; so many things were. */
    void (*clean)(void *ctx, unsigned released);
};

struct hotkey_clean {
    xcb_connection_t *x;
    bool xtest_present; /* without it there is nothing to take back */
    struct hotkey_clean_calls calls;
    struct keymap map;
    unsigned asked[ASKS];
    bool map_again, devices_again; /* it changed while the question was under way */
    uint16_t xtest[XTEST_DEVICES]; /* the devices that injected keys come from */
    size_t n_xtest;
    uint8_t spares[MAX_SPARES]; /* keys that may be lent */
    size_t n_spares;
    bool cleaning; /* ASK_STATE and ASK_MAP are for taking back what is left */
    unsigned rounds, released, released_now;
    uint64_t again_us; /* when the next round begins; 0: one is under way, or none */
};

/* Asks for the map (GetKeyboardMapping), the devices (XIQueryDevice); told by calls.map. */
void hotkey_clean_ask_map(struct hotkey_clean *c);
void hotkey_clean_ask_devices(struct hotkey_clean *c);
/* Begins to take back; calls.clean says when nothing is left. */
void hotkey_clean_begin(struct hotkey_clean *c);
/* The next round, when it is time. */
void hotkey_clean_go_on(struct hotkey_clean *c);
/* Milliseconds until then; -1: none is due. */
int hotkey_clean_wait_ms(const struct hotkey_clean *c);
/* Takes an answer that is there, or else gives an event to be freed (*event, NULL: none). false:
   nothing is there, neither on the connection nor in xcb's queues, where poll(2) does not see it.
   What is asked by the way is written by xcb_flush(), after which there may be more. */
bool hotkey_clean_next(struct hotkey_clean *c, xcb_generic_event_t **event);

#endif
