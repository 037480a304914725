/*
 * Clipboard by the rules of ICCCM 2; runs in the broker. Distrusts other clients: what they give is
 * bounded and judged by the field, what they ask for is one text that the owner meant for others.
 */
#include "broker/clip.h"
#include "broker/reply.h"

#include <string.h>

void clip_init(struct clip *c, struct display *d, xcb_window_t window)
{
    memset(c, 0, sizeof *c);
    c->d = d;
    c->window = window;
}

void clip_finish(struct clip *c)
{
    if (c->d && c->d->x && c->len > 0 && !c->d->lost)
        xcb_set_selection_owner(c->d->x, XCB_NONE, c->d->atom[ATOM_CLIPBOARD], c->d->time);
    explicit_bzero(c, sizeof *c);
}

bool clip_offer(struct clip *c, const char *text, size_t len)
{
    if (len == 0 || len > CLIP_MAX)
        return false;
    memcpy(c->text, text, len);
    c->len = len;
    xcb_set_selection_owner(c->d->x, c->window, c->d->atom[ATOM_CLIPBOARD], c->d->time);
    return true;
}

void clip_ask(struct clip *c, clip_pasted_fn pasted, void *ctx)
{
    if (c->len > 0) { /* our own: no need to ask ourselves */
        pasted(ctx, c->text, c->len);
        return;
    }
    c->asking = true;
    c->pasted = pasted;
    c->ctx = ctx;
    xcb_convert_selection(c->d->x, c->window, c->d->atom[ATOM_CLIPBOARD],
                          c->d->atom[ATOM_UTF8_STRING], c->d->atom[ATOM_VITRINE_PASTE], c->d->time);
}

/* -------------------------------------------------------------------------------------- giving */
static bool put_answer(struct clip *c, const xcb_selection_request_event_t *e, xcb_atom_t property)
{
    if (e->target == c->d->atom[ATOM_TARGETS]) {
        const xcb_atom_t targets[] = {c->d->atom[ATOM_TARGETS], c->d->atom[ATOM_UTF8_STRING]};
        xcb_change_property(c->d->x, XCB_PROP_MODE_REPLACE, e->requestor, property, XCB_ATOM_ATOM,
                            32, 2, targets);
        return true;
    }
    if (e->target != c->d->atom[ATOM_UTF8_STRING])
        return false;
    xcb_change_property(c->d->x, XCB_PROP_MODE_REPLACE, e->requestor, property, e->target, 8,
                        (uint32_t)c->len, c->text);
    return true;
}

static void on_request(struct clip *c, const xcb_selection_request_event_t *e)
{
    xcb_atom_t property = e->property != XCB_NONE ? e->property : e->target; /* old clients */
    bool ok =
        c->len > 0 && e->selection == c->d->atom[ATOM_CLIPBOARD] && put_answer(c, e, property);
    xcb_selection_notify_event_t answer = {.response_type = XCB_SELECTION_NOTIFY,
                                           .time = e->time,
                                           .requestor = e->requestor,
                                           .selection = e->selection,
                                           .target = e->target,
                                           .property = ok ? property : XCB_NONE};
    char event[32] = {0}; /* SendEvent takes 32 bytes, whatever the event */
    memcpy(event, &answer, sizeof answer);
    xcb_send_event(c->d->x, 0, e->requestor, XCB_EVENT_MASK_NO_EVENT, event);
}

/* -------------------------------------------------------------------------------------- taking */
static void on_property(void *ctx, uint32_t tag, const void *reply)
{
    (void)tag;
    struct clip *c = ctx;
    const xcb_get_property_reply_t *r = reply;
    if (!c->asking)
        return;
    c->asking = false;
    if (!r || r->type != c->d->atom[ATOM_UTF8_STRING] || r->format != 8 || r->bytes_after > 0)
        return; /* nothing, not text, or more than any field takes */
    struct span text = reply_bytes(r);
    c->pasted(c->ctx, (const char *)text.data, text.len);
}

static void on_notify(struct clip *c, const xcb_selection_notify_event_t *e)
{
    if (!c->asking || e->requestor != c->window || e->selection != c->d->atom[ATOM_CLIPBOARD])
        return;
    if (e->property != c->d->atom[ATOM_VITRINE_PASTE]) {
        c->asking = false;
        return;
    }
    xcb_get_property_cookie_t asked = xcb_get_property(
        c->d->x, 1, c->window, c->d->atom[ATOM_VITRINE_PASTE], XCB_ATOM_ANY, 0, CLIP_MAX / 4);
    display_later(c->d, asked.sequence, on_property, c, 0);
}

bool clip_event(struct clip *c, const xcb_generic_event_t *e)
{
    switch (e->response_type & 0x7f) {
    case XCB_SELECTION_REQUEST:
        if (!(e->response_type & 0x80))
            on_request(c, (const xcb_selection_request_event_t *)e);
        return true;
    case XCB_SELECTION_NOTIFY: /* made by the owner, so always a client's */
        on_notify(c, (const xcb_selection_notify_event_t *)e);
        return true;
    case XCB_SELECTION_CLEAR:
        if (!(e->response_type & 0x80)) {
            explicit_bzero(c->text, sizeof c->text);
            c->len = 0;
        }
        return true;
    default:
        return false;
    }
}
