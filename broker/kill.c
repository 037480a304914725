/* See kill.h. Run by the broker. When this hears of the key, gate and input worker are dead
 * already. */
#include "broker/kill.h"
#include "broker/app.h"

static void on_fired(void *ctx, enum watch_why why, unsigned killed, bool confirmed, uint32_t us)
{
    (void)why;
    (void)killed;
    (void)confirmed;
    (void)us;
    app_event_kind(ctx, EV_HOTKEY);
}

static void on_armed(void *ctx, uint32_t serial)
{
    (void)ctx;
    (void)serial;
}

static void on_clean(void *ctx, unsigned released)
{
    (void)ctx;
    (void)released;
}

/* Without a watcher there is no switch: as if it had been pressed. */
static void on_lost(void *ctx)
{
    app_event_kind(ctx, EV_HOTKEY);
}

int kill_attach(struct app *a)
{
    const struct hotkey_calls calls = {
        .ctx = a, .fired = on_fired, .armed = on_armed, .clean = on_clean, .lost = on_lost};
    return hotkey_attach(&a->hotkey, &a->loop, &calls);
}
