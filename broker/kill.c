/* See kill.h. Run by the broker. When this hears of the key, gate and input worker are dead
 * already. */
#include "broker/kill.h"
#include "broker/app.h"
#include "ch_watch.h"

static void on_fired(void *ctx, const struct msg_watch_fired *m)
{
    if (m->why != WATCH_WHY_LOST) /* then the channel ends as well */
        app_event(ctx, (struct session_event){.kind = EV_HOTKEY,
                                              .flag = m->why == WATCH_WHY_DEVICE,
                                              .code = m->again});
}

static void on_armed(void *ctx, uint32_t serial)
{
    hands_on_armed(ctx, serial);
}

static void on_clean(void *ctx, unsigned released)
{
    (void)released;
    app_event_kind(ctx, EV_CLEAN);
}

/* Without a watcher there is no switch: nobody controls this computer any more in this run. */
static void on_lost(void *ctx)
{
    app_event_kind(ctx, EV_WATCH_LOST);
    hands_clean(ctx);
}

int kill_attach(struct app *a)
{
    const struct hotkey_calls calls = {
        .ctx = a, .fired = on_fired, .armed = on_armed, .clean = on_clean, .lost = on_lost};
    return hotkey_attach(&a->hotkey, &a->loop, &calls);
}
