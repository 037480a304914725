/* The broker put together: see app.h. Run by `vitrine`, `vitrine host` and `vitrine join`. */
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/effects.h"
#include "broker/stuck.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void app_abort(const char *what)
{
    fprintf(stderr, "vitrine: stopped by a rule of its own: %s\n", what);
    abort();
}

static void must_hold(const char *broken)
{
    if (broken)
        app_abort(broken);
}

static void step(struct app *a, const struct session_event *ev)
{
    static struct session before;
    struct session_effects out = {0};
    before = a->session;
    session_step(&a->session, ev, &out);
    must_hold(session_check(&a->session));
    must_hold(session_check_step(&before, ev, &a->session, &out));
    effects_do(a, &out);
}

/* The last line says that the trail was not cut: killing its writer over it would be a pity. */
static bool awaits_trail(struct app *a)
{
    return crew_chan(a, SW_AUDIT) && a->audit_written != a->audit_serial;
}

/* The disk is given a moment too: who was met last, or the owner's settings, are on their way. */
static bool awaits(struct app *a)
{
    return awaits_trail(a) || settings_keep_busy(&a->settings_keep) || a->identities.pins.n;
}

void app_settled(struct app *a)
{
    if (a->leaving && !awaits(a))
        loop_stop(&a->loop);
}

void app_event(struct app *a, struct session_event ev)
{
    if (a->n == APP_QUEUE)
        app_abort("more events than there can be");
    a->queue[(a->first + a->n++) % APP_QUEUE] = ev;
    if (a->stepping)
        return;
    a->stepping = true;
    while (a->n) {
        struct session_event next = a->queue[a->first];
        a->first = (a->first + 1) % APP_QUEUE;
        a->n--;
        step(a, &next);
    }
    a->stepping = false;
    display_flush(&a->display);
    app_settled(a);
}

static void on_leave(void *ctx)
{
    struct app *a = ctx;
    loop_stop(&a->loop);
}

void app_leave(struct app *a, int status)
{
    a->exit_status = status;
    a->leaving = true;
    if (!awaits(a) || !loop_set_timer(&a->loop, CLOSE_MS, on_leave, a))
        loop_stop(&a->loop);
}

void app_event_kind(struct app *a, enum session_event_kind kind)
{
    app_event(a, (struct session_event){.kind = (uint8_t)kind});
}

uint32_t app_slot(struct app *a, const char *name)
{
    bool anew;
    uint32_t slot = people_slot(&a->people, &a->session, name, &anew);
    if (anew)
        app_event(a, (struct session_event){.kind = EV_SLOT, .number = slot});
    return slot;
}

uint32_t app_member_slot(struct app *a, uint16_t mid)
{
    const char *name = people_member_name(&a->people, mid);
    return *name ? app_slot(a, name) : SESSION_SLOTS;
}

int app_run(struct app *a)
{
    a->loop.waits = stuck_turn;
    if (loop_run(&a->loop) != 0)
        a->exit_status = 4;
    return a->exit_status;
}
