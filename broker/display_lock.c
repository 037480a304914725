/*
 * Is the owner still in front of this screen? Runs in the broker. Five things are watched, each of
 * them on its own: the server's screen saver (MIT-SCREEN-SAVER), what lockers of the xscreensaver
 * kind write on the root window, whether any physical device is switched on, which none is while
 * another virtual terminal, another user's perhaps, has the machine, what lock screens say on a
 * message bus, and windows over a whole monitor (broker/display_covered.c). Any program can make
 * those say "locked"; all it gains is a no to every prompt and the end of control, and that nobody
 * is asked, Share my screen neither, and told of nothing by a toast, for as long as it says so.
 */
#include "broker/display.h"
#include "broker/reply.h"

#include <stdlib.h>
#include <xcb/screensaver.h>
#include <xcb/xinput.h>

bool display_lock_is_said(const struct display *d)
{
    return d->lock.saver || d->lock.locker || d->lock.no_hands || d->lock.bus;
}

void display_lock_tell(struct display *d)
{
    bool locked = display_lock_is_said(d) || d->lock.n_covers > 0 || d->lock.more_covers;
    if (locked == d->lock.told)
        return;
    d->lock.told = locked;
    if (d->calls.locked)
        d->calls.locked(d->calls.ctx, locked);
}

/* _SCREENSAVER_STATUS: what it does (0: nothing), since when, and more. */
static void on_status(void *ctx, uint32_t tag, const void *reply)
{
    struct display *d = ctx;
    const xcb_get_property_reply_t *r = reply;
    const uint32_t *status;
    (void)tag;
    d->lock.locker = reply_numbers(r, &status) > 0 && status[0] != 0;
    display_lock_tell(d);
}

static void ask_status(struct display *d)
{
    xcb_atom_t status = d->atom[ATOM_SCREENSAVER_STATUS];
    display_later(
        d, xcb_get_property(d->x, 0, d->root, status, XCB_GET_PROPERTY_TYPE_ANY, 0, 1).sequence,
        on_status, d, 0);
}

static void on_info(void *ctx, uint32_t tag, const void *reply)
{
    struct display *d = ctx;
    const xcb_screensaver_query_info_reply_t *r = reply;
    (void)tag;
    d->lock.saver = r && r->state == XCB_SCREENSAVER_STATE_ON;
    display_lock_tell(d);
}

void display_lock_watch(struct display *d)
{
    ask_status(d);
    display_covered_watch(d);
    if (d->major.saver == 0)
        return;
    xcb_screensaver_select_input(d->x, d->root, XCB_SCREENSAVER_EVENT_NOTIFY_MASK);
    display_later(d, xcb_screensaver_query_info(d->x, d->root).sequence, on_info, d, 0);
}

void display_lock_bus(struct display *d, bool locked)
{
    d->lock.bus = locked;
    display_lock_tell(d);
}

void display_lock_devices(struct display *d, unsigned physical, unsigned enabled)
{
    d->lock.no_hands = physical > 0 && enabled == 0;
    display_lock_tell(d);
}

bool display_lock_event(struct display *d, const xcb_generic_event_t *e)
{
    const xcb_property_notify_event_t *p = (const xcb_property_notify_event_t *)e;
    display_covered_event(d, e);
    if (d->major.saver && e->response_type == d->saver_event + XCB_SCREENSAVER_NOTIFY) {
        const xcb_screensaver_notify_event_t *n = (const xcb_screensaver_notify_event_t *)e;
        d->lock.saver = n->state == XCB_SCREENSAVER_STATE_ON;
        display_lock_tell(d);
        return true;
    }
    if (e->response_type != XCB_PROPERTY_NOTIFY || p->window != d->root)
        return false;
    if (p->atom == d->atom[ATOM_SCREENSAVER_STATUS])
        ask_status(d);
    return true;
}
