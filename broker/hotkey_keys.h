/*
 * Was that the kill switch, or the key that brings the keyboard to vitrine's windows (Ctrl+F11)?
 * Pure: raw key events in, an answer out. Ctrl is followed for each device on its own, from raw
 * presses and releases, because modifiers in X are everybody's: a remote side may hold or lift
 * them. Of all devices that are not XTEST's any may hold it: some programs pass the keys of one
 * keyboard on by two. Whatever is unclear counts as the switch.
 */
#ifndef BROKER_HOTKEY_KEYS_H
#define BROKER_HOTKEY_KEYS_H
#include "lib/keys.h"
#include <stdbool.h>
#include <stdint.h>

#define HOTKEY_DEVICES 32 /* further ones share the last place: more yes, never less */

/* Which keys they are: keycodes, as bits. */
struct hotkey_set {
    uint8_t f12[32], f11[32], esc[32], ctrl[32];
};

struct hotkey_keys {
    bool pressed;                /* the switch, ever ... */
    uint32_t pressed_ms;         /* ... and when, by the X server's time */
    uint64_t escape_us;          /* until then Ctrl+Esc counts, too; UINT64_MAX: it does */
    struct hotkey_set now, next; /* next: by the maps since hotkey_keys_renew */
    struct hotkey_device {
        uint16_t id; /* 0: free */
        bool xtest;
        uint8_t down[32];
    } device[HOTKEY_DEVICES];
};

/* Learns more of them: what was known stays. The key that is F12 on common keyboards always is. */
void hotkey_keys_learn(struct hotkey_keys *k, const struct keymap *map);
/* The same of a map that is everybody's, and others are to follow: until all are known nothing is
   forgotten, so that there is no moment without the keys of any of them. */
void hotkey_keys_renew(struct hotkey_keys *k, const struct keymap *map);
/* All are known: what none of them says is forgotten. Not while somebody controls: nobody can take
   the switch away by changing the keyboard map. */
void hotkey_keys_renewed(struct hotkey_keys *k);
struct hotkey_event {
    uint16_t source; /* a slave device */
    bool xtest;      /* ... that injected keys come from */
    bool press;
    uint32_t code;
    uint64_t now_us;
};
enum hotkey_which { HOTKEY_NONE, HOTKEY_KILL, HOTKEY_SUMMON };
/* One raw event: what was pressed with it. The copy that comes for the master device says nothing
   new. */
enum hotkey_which hotkey_keys_event(struct hotkey_keys *k, const struct hotkey_event *e);
/* The switch was pressed then, by the X server's time; true: and less than HOTKEY_TWICE_MS after
   the time before. Whoever reads it may have stood still since. */
bool hotkey_keys_again(struct hotkey_keys *k, uint32_t time_ms);
/* That device is gone. */
void hotkey_keys_forget(struct hotkey_keys *k, uint16_t source);

#endif
