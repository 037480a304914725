/*
 * What the watcher asks of the X server, and what it takes back there once a gate is dead: keys and
 * buttons that are down on the XTEST devices, and characters lent to spare keys. Runs in the
 * watcher, on a connection of its own: the one that the keys come on is never written to, so that
 * no server keeps a key back for a question it has not read. After the beginning nothing waits for
 * the server: answers are taken when they have come, and one question of a kind is under way, so
 * that a server that reads nothing (somebody holds it) is not written to until there is no room.
 */
#ifndef BROKER_HOTKEY_CLEAN_H
#define BROKER_HOTKEY_CLEAN_H
#include "lib/keys.h"
#include "policy/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xcb.h>

enum { XTEST_DEVICES = 8, KEYBOARDS = 256 };

enum ask {
    ASK_DEVICES,
    ASK_MODIFIERS,
    ASK_MAP,
    ASK_OWN_MODIFIERS,
    ASK_OWN_MAP,
    ASK_STATE,
    ASKS = ASK_STATE + XTEST_DEVICES
};

struct hotkey_clean_calls {
    void *ctx;
    void (*map)(void *ctx, const struct keymap *map); /* the keyboard map, whenever it changes */
    /* ... and behind it those of the keyboards themselves, one by one: each has its own, which
       becomes everybody's only as somebody types on it. */
    void (*own_map)(void *ctx, const struct keymap *map);
    void (*all_maps)(void *ctx); /* that was the last of them; also where there is none */
    /* A round found nothing that is down or lent, or the rounds are over, where somebody else
       presses keys by XTEST without end; so many things were taken back. */
    void (*clean)(void *ctx, unsigned released);
};

struct hotkey_clean {
    xcb_connection_t *x; /* NULL: not begun */
    bool xtest_present;  /* without it there is nothing to take back */
    struct hotkey_clean_calls calls;
    struct keymap map;
    struct keymap own;             /* of one keyboard */
    struct keymap modifiers;       /* of these only which keys are Control */
    unsigned asked[ASKS];          /* questions under way, as sequence numbers; 0: none */
    bool map_again, devices_again; /* it changed while the question was under way */
    uint16_t xtest[XTEST_DEVICES]; /* the devices that injected keys come from */
    size_t n_xtest;
    uint16_t keyboard[KEYBOARDS]; /* the others with keys */
    size_t n_keyboards, next_own; /* whose map is asked for next */
    uint8_t spares[MAX_SPARES];   /* keys that may be lent */
    size_t n_spares;
    bool cleaning;     /* states and maps are for taking back what is left */
    unsigned maps_due; /* answers until the map is one asked for in this round */
    unsigned rounds, released, released_now;
    bool refused;      /* an answer of this round was an error: it found nothing out */
    uint64_t again_us; /* when the next round begins; 0: one is under way, or none */
};

/* Begins on a connection that is used for nothing else and stays the caller's; asks for map and
   devices, and waits for whether there is XTEST. */
void hotkey_clean_init(struct hotkey_clean *c, xcb_connection_t *x,
                       const struct hotkey_clean_calls *calls);
/* All of them are known. */
bool hotkey_clean_knows(const struct hotkey_clean *c);
/* The devices are others now (XIQueryDevice). */
void hotkey_clean_ask_devices(struct hotkey_clean *c);
/* Is it a device that injected keys come from? */
bool hotkey_clean_injects(const struct hotkey_clean *c, uint16_t device);
/* These keys may be lent from now on; n at most MAX_SPARES. */
void hotkey_clean_lend(struct hotkey_clean *c, const uint8_t *spares, size_t n);
/* Begins to take back; calls.clean says when nothing is left. */
void hotkey_clean_begin(struct hotkey_clean *c);
/* The next round, when it is time. */
void hotkey_clean_go_on(struct hotkey_clean *c);
/* Milliseconds until then; -1: none is due. */
int hotkey_clean_wait_ms(const struct hotkey_clean *c);
/* Takes what has come, within limits. true: there may be more, in xcb's queues, where poll(2) does
   not see it. */
bool hotkey_clean_read(struct hotkey_clean *c);

#endif
