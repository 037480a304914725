/*
 * Was that the kill switch? Pure: raw key events in, yes or no out. Ctrl is followed for each
 * device on its own, from raw presses and releases, because modifiers in X are everybody's: a
 * remote side may hold or lift them. Whatever is unclear counts as the switch.
 */
#ifndef BROKER_HOTKEY_KEYS_H
#define BROKER_HOTKEY_KEYS_H
#include "lib/keys.h"
#include <stdbool.h>
#include <stdint.h>

#define HOTKEY_DEVICES 32 /* further ones share the last place: more yes, never less */

struct hotkey_keys {
    bool escape;                        /* Ctrl+Esc counts, too */
    uint8_t f12[32], esc[32], ctrl[32]; /* keycodes, as bits */
    struct hotkey_device {
        uint16_t id; /* 0: free */
        uint8_t down[32];
    } device[HOTKEY_DEVICES];
};

/* Learns which keys they are. `add`: the old ones stay what they were, too: nobody can take the
   switch away by changing the keyboard map. The key that is F12 on common keyboards always is. */
void hotkey_keys_learn(struct hotkey_keys *k, const struct keymap *map, bool add);
/* One raw event of the slave device `source`; true: the switch was pressed. The copy that comes for
   the master device says nothing new. */
bool hotkey_keys_event(struct hotkey_keys *k, uint16_t source, uint32_t code, bool press);
/* That device is gone. */
void hotkey_keys_forget(struct hotkey_keys *k, uint16_t source);

#endif
