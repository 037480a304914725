/*
 * What the desktop says about looks, as it was when the display was opened and whenever it changes:
 * the resources on the root window, then XSETTINGS: what runs now says more than what was written
 * when the desktop began. Part of display.c; distrusts both, any program can write them.
 */
#include "broker/display.h"
#include "broker/reply.h"

#include <stdlib.h>
#include <xcb/xcbext.h>

#define WORDS 16384 /* of a property */

static unsigned ask_property(struct display *d, xcb_window_t of, enum display_atom name)
{
    return xcb_get_property(d->x, 0, of, d->atom[name], XCB_ATOM_ANY, 0, WORDS).sequence;
}

static unsigned ask_owner(struct display *d)
{
    return xcb_get_selection_owner(d->x, d->atom[ATOM_XSETTINGS_S]).sequence;
}

static void take_resources(struct desktop *to, const xcb_get_property_reply_t *r)
{
    struct span value = reply_bytes(r);
    if (value.len > 0)
        desktop_take_resources(to, (const char *)value.data, value.len);
}

static void take_settings(struct desktop *to, const xcb_get_property_reply_t *r)
{
    struct span value = reply_bytes(r);
    if (value.len > 0)
        desktop_take_xsettings(to, value.data, value.len);
}

static xcb_window_t owner_in(const xcb_get_selection_owner_reply_t *r)
{
    return r ? r->owner : XCB_NONE;
}

static void *wait_for(struct display *d, unsigned sequence)
{
    xcb_generic_error_t *error = NULL;
    void *reply = xcb_wait_for_reply(d->x, sequence, &error);
    free(error);
    return reply;
}

void display_desktop_learn(struct display *d)
{
    xcb_get_property_reply_t *r = wait_for(d, ask_property(d, d->root, ATOM_RESOURCE_MANAGER));
    take_resources(&d->desktop, r);
    free(r);
    xcb_get_selection_owner_reply_t *owner = wait_for(d, ask_owner(d));
    d->looks.manager = owner_in(owner);
    free(owner);
    if (!d->looks.manager)
        return;
    r = wait_for(d, ask_property(d, d->looks.manager, ATOM_XSETTINGS_SETTINGS));
    take_settings(&d->desktop, r);
    free(r);
}

/* --- and again */

static void ask(struct display *d);

static void learned(struct display *d)
{
    const struct desktop *next = &d->looks.next, *now = &d->desktop;
    bool same = next->dpi == now->dpi && next->theme == now->theme && next->still == now->still;
    d->looks.asking = false;
    if (!same) {
        d->desktop = *next;
        if (d->calls.desktop)
            d->calls.desktop(d->calls.ctx);
    }
    if (d->looks.again)
        ask(d);
}

static void on_settings(void *ctx, uint32_t tag, const void *reply)
{
    struct display *d = ctx;
    (void)tag;
    take_settings(&d->looks.next, reply);
    learned(d);
}

static void on_owner(void *ctx, uint32_t tag, const void *reply)
{
    struct display *d = ctx;
    xcb_window_t owner = owner_in(reply);
    (void)tag;
    if (owner != d->looks.manager) {
        d->looks.manager = owner;
        display_desktop_watch(d);
    }
    if (owner)
        display_later(d, ask_property(d, owner, ATOM_XSETTINGS_SETTINGS), on_settings, d, 0);
    else
        learned(d);
}

static void on_resources(void *ctx, uint32_t tag, const void *reply)
{
    struct display *d = ctx;
    (void)tag;
    d->looks.next = (struct desktop){0};
    take_resources(&d->looks.next, reply);
    display_later(d, ask_owner(d), on_owner, d, 0);
}

static void ask(struct display *d)
{
    d->looks.again = d->looks.asking;
    if (d->looks.asking)
        return;
    d->looks.asking = true;
    display_later(d, ask_property(d, d->root, ATOM_RESOURCE_MANAGER), on_resources, d, 0);
}

/* Of our own windows nothing is selected here: one that says it is the manager is not. Who says so
   may have put the host panel into it, for which windows_above.c has selected the other. */
void display_desktop_watch(struct display *d)
{
    const uint32_t mask = XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_STRUCTURE_NOTIFY;
    if (d->looks.manager && !display_is_ours(d, d->looks.manager))
        xcb_change_window_attributes(d->x, d->looks.manager, XCB_CW_EVENT_MASK, &mask);
}

void display_desktop_event(struct display *d, const xcb_generic_event_t *e)
{
    const xcb_property_notify_event_t *p = (const xcb_property_notify_event_t *)e;
    if (e->response_type != XCB_PROPERTY_NOTIFY)
        return;
    if ((p->window == d->root && p->atom == d->atom[ATOM_RESOURCE_MANAGER]) ||
        (d->looks.manager && p->window == d->looks.manager &&
         p->atom == d->atom[ATOM_XSETTINGS_SETTINGS]))
        ask(d);
}
