/* See hotkey_keys.h. Runs in the watcher, and in the broker for the other key. */
#include "broker/hotkey_keys.h"
#include "policy/limits.h"
#include <string.h>

enum { SYM_F11 = 0xffc8, SYM_F12 = 0xffc9, SYM_CONTROL_L = 0xffe3, SYM_CONTROL_R = 0xffe4 };
enum {
    USUAL_F11 = 95,
    USUAL_F12 = 96,
    USUAL_ESCAPE = 9,
    USUAL_CONTROL_L = 37,
    USUAL_CONTROL_R = 105
};

static void set(uint8_t bits[32], uint32_t code)
{
    bits[code >> 3] |= (uint8_t)(1u << (code & 7));
}

static bool has(const uint8_t bits[32], uint32_t code)
{
    return (bits[code >> 3] >> (code & 7) & 1) != 0;
}

static void learn_usual(struct hotkey_set *k)
{
    set(k->f12, USUAL_F12);
    set(k->f11, USUAL_F11);
    set(k->esc, USUAL_ESCAPE);
    set(k->ctrl, USUAL_CONTROL_L);
    set(k->ctrl, USUAL_CONTROL_R);
}

static void learn(struct hotkey_set *k, const struct keymap *map)
{
    learn_usual(k);
    for (unsigned i = 0; i < sizeof k->ctrl; i++)
        k->ctrl[i] |= map->ctrl[i];
    for (unsigned code = map->first; map->last != 0 && code <= map->last; code++)
        for (unsigned i = 0; i < map->per; i++) {
            uint32_t sym = map->sym[code][i];
            if (sym == SYM_F12)
                set(k->f12, code);
            else if (sym == SYM_F11)
                set(k->f11, code);
            else if (sym == KEYS_ESCAPE)
                set(k->esc, code);
            else if (sym == SYM_CONTROL_L || sym == SYM_CONTROL_R)
                set(k->ctrl, code);
        }
}

void hotkey_keys_learn(struct hotkey_keys *k, const struct keymap *map)
{
    learn(&k->now, map);
    learn(&k->next, map);
}

void hotkey_keys_renew(struct hotkey_keys *k, const struct keymap *map)
{
    memset(&k->next, 0, sizeof k->next);
    hotkey_keys_learn(k, map);
}

void hotkey_keys_renewed(struct hotkey_keys *k)
{
    k->now = k->next;
}

static struct hotkey_device *device_of(struct hotkey_keys *k, uint16_t source)
{
    struct hotkey_device *unused = NULL;
    for (unsigned i = 0; i < HOTKEY_DEVICES; i++) {
        if (k->device[i].id == source)
            return &k->device[i];
        if (k->device[i].id == 0 && unused == NULL)
            unused = &k->device[i];
    }
    if (unused == NULL)
        return &k->device[HOTKEY_DEVICES - 1];
    *unused = (struct hotkey_device){.id = source};
    return unused;
}

static bool holds_ctrl(const struct hotkey_keys *k, const struct hotkey_device *d)
{
    uint8_t any = 0;
    for (unsigned i = 0; i < sizeof d->down; i++)
        any |= d->down[i] & k->now.ctrl[i];
    return any != 0;
}

/* That one, or, where people type on it, any other that people type on. */
static bool ctrl_is_held(const struct hotkey_keys *k, const struct hotkey_device *d)
{
    bool held = holds_ctrl(k, d);
    for (unsigned i = 0; i < HOTKEY_DEVICES && !d->xtest; i++)
        held =
            held || (k->device[i].id != 0 && !k->device[i].xtest && holds_ctrl(k, &k->device[i]));
    return held;
}

enum hotkey_which hotkey_keys_event(struct hotkey_keys *k, const struct hotkey_event *e)
{
    if (e->code > 255)
        return HOTKEY_NONE;
    struct hotkey_device *d = device_of(k, e->source);
    bool again = has(d->down, e->code);
    d->xtest = e->xtest;
    if (e->press)
        set(d->down, e->code);
    else
        d->down[e->code >> 3] &= (uint8_t) ~(1u << (e->code & 7));
    if (!e->press || again || !ctrl_is_held(k, d))
        return HOTKEY_NONE;
    if (has(k->now.f12, e->code) || (e->now_us < k->escape_us && has(k->now.esc, e->code)))
        return HOTKEY_KILL;
    return has(k->now.f11, e->code) ? HOTKEY_SUMMON : HOTKEY_NONE;
}

bool hotkey_keys_again(struct hotkey_keys *k, uint32_t time_ms)
{
    bool again = k->pressed && time_ms - k->pressed_ms < HOTKEY_TWICE_MS;
    k->pressed = true;
    k->pressed_ms = time_ms;
    return again;
}

void hotkey_keys_forget(struct hotkey_keys *k, uint16_t source)
{
    for (unsigned i = 0; i < HOTKEY_DEVICES; i++)
        if (k->device[i].id == source)
            k->device[i] = (struct hotkey_device){.id = 0};
}
