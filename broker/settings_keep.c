/* Settings that several programs change: see settings_keep.h. Run by the broker; distrusts the
   file, which other programs of this user can write. */
#include "broker/settings_keep.h"
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* --- two versions become one */

/* What means something only together is changed together. */
#define PART(first, last)                                                                          \
    {                                                                                              \
        offsetof(struct settings, first),                                                          \
            offsetof(struct settings, last) + sizeof((struct settings *)NULL)->last                \
    }
static const struct {
    size_t from, to;
} parts[] = {
    PART(name, name),
    PART(has_relay, relay),
    PART(has_proxy, proxy_password),
    PART(create_at, create_key),
    PART(keys, keys),
    PART(timing, timing),
    PART(theme, theme),
    PART(waiting_room, waiting_room),
    PART(reduced_motion, reduced_motion),
    PART(language, language),
    PART(password, password),
    PART(sound, sound),
    PART(ctrl_esc, ctrl_esc),
    PART(never_share, never_share),
    PART(identity, identity),
    PART(lossless, lossless),
};

static bool has_key(const struct settings *s, const struct relay_name *relay)
{
    const uint8_t *pin = settings_pin(s, relay);
    return pin && memcmp(pin, relay->pin, sizeof relay->pin) == 0;
}

static void merge_pins(struct settings *file, const struct settings *base,
                       const struct settings *ours)
{
    for (int i = 0; i < ours->n_pins; i++) {
        const struct relay_name *relay = &ours->pins[i];
        bool forgotten = !settings_pin(file, relay) && file->n_pins < SETTINGS_PINS;
        if (!has_key(base, relay) || forgotten)
            (void)settings_remember(file, relay);
    }
}

void settings_merge(struct settings *file, const struct settings *base, const struct settings *ours)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t at = parts[i].from, len = parts[i].to - at;
        if (memcmp((const char *)base + at, (const char *)ours + at, len) != 0)
            memcpy((char *)file + at, (const char *)ours + at, len);
    }
    merge_pins(file, base, ours);
}

/* --- into the file */

static void take_pins(struct settings *to, const struct settings *from)
{
    memcpy(to->pins, from->pins, sizeof to->pins);
    to->n_pins = from->n_pins;
}

static bool prepare(void *ctx)
{
    struct settings_keep *k = ctx;
    if (!settings_load(&k->next, k->error))
        return false;
    settings_merge(&k->next, &k->base, k->ours);
    if (!settings_loadable(&k->next, k->error))
        return false;
    take_pins(k->ours, &k->next);
    k->taken = *k->ours;
    return true;
}

static void write_next(const void *ctx, FILE *f)
{
    const struct settings_keep *k = ctx;
    settings_write(&k->next, f);
}

/* What was asked for meanwhile is written after it, and told then. */
static void on_stored(void *ctx, int error)
{
    struct settings_keep *k = ctx;
    char text[KEYFILE_ERROR];
    if (error == 0)
        k->base = k->taken;
    if (k->error[0])
        snprintf(text, sizeof text, "%s", k->error);
    else
        snprintf(text, sizeof text, "settings cannot be written: %s", strerror(error));
    k->error[0] = '\0';
    if (!store_busy(&k->store))
        k->told(k->ctx, error ? text : NULL);
    else if (error)
        fprintf(stderr, "vitrine: %s\n", text);
}

/* --- life */

void settings_keep_init(struct settings_keep *k, struct settings *ours, struct loop *loop,
                        struct launcher *launcher, void (*told)(void *ctx, const char *error),
                        void *ctx)
{
    static const struct store_uses uses = {
        .name = SETTINGS_FILE, .prepare = prepare, .write = write_next, .done = on_stored};
    memset(k, 0, sizeof *k);
    k->ours = ours;
    k->told = told;
    k->ctx = ctx;
    store_init(&k->store, &uses, loop, launcher, k);
}

void settings_keep_read(struct settings_keep *k)
{
    k->base = *k->ours;
}

void settings_keep_start(struct settings_keep *k)
{
    store_start(&k->store);
}

bool settings_keep_busy(const struct settings_keep *k)
{
    return store_busy(&k->store);
}

void settings_keep_finish(struct settings_keep *k)
{
    store_finish(&k->store);
    explicit_bzero(&k->base, sizeof k->base);
    explicit_bzero(&k->taken, sizeof k->taken);
    explicit_bzero(&k->next, sizeof k->next);
}
