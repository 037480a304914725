/* The picture path: see share.h. Run by the broker. */
#include "broker/share.h"
#include "broker/app.h"
#include "broker/crew.h"
#include "ch_capture.h"
#include "ch_gate.h"
#include "ch_screen.h"
#include "ch_seal.h"
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0)
            close(pair[i]);
}

static uint16_t own_windows(struct app *a, struct window_id out[MAX_OWN_WINDOWS])
{
    uint32_t ids[MAX_OWN_WINDOWS];
    unsigned n = windows_ids(a->windows, ids);
    for (unsigned i = 0; i < n; i++)
        out[i].id = ids[i];
    return (uint16_t)n;
}

static int open_gate(struct app *a, struct chan *gate, int client_end)
{
    const struct display *d = &a->display;
    struct xauth_cookie cookie;
    int server = display_connect_raw(d, &cookie);
    if (server < 0)
        return -1;
    struct share_choice what = windows_choice(a->windows);
    struct msg_gate_open m = {
        .root = d->root,
        .target = what.window,
        .whole = what.what == UI_WHAT_WHOLE,
        .x = what.area.x,
        .y = what.area.y,
        .w = (uint32_t)what.area.w,
        .h = (uint32_t)what.area.h,
        .major_shm = d->major.shm,
        .major_damage = d->major.damage,
        .major_xfixes = d->major.xfixes,
        .major_randr = d->major.randr,
        .major_xtest = 0, /* capture never injects */
        .major_composite = d->major.composite,
        .cookie_name = {(const uint8_t *)cookie.name, cookie.name_len},
        .cookie = {cookie.data, cookie.data_len},
        .server = server,
        .client_end = client_end,
    };
    struct msg_gate_windows own = {0};
    own.n_windows = own_windows(a, own.windows);
    int done = msg_gate_windows_send(gate, &own) || msg_gate_open_send(gate, &m);
    gate->state = GATE_STATE_OPEN;
    xauth_cookie_finish(&cookie);
    close(server);
    return done ? -1 : 0;
}

/* As the organisation, the command line or the user's file wants it. */
static bool sends_exactly(const struct app *a)
{
    return a->conf.lossless_only || a->options->lossless || a->settings.lossless;
}

static int start_capture(struct app *a, struct chan *capture, int display, int share)
{
    const struct display *d = &a->display;
    struct share_choice what = windows_choice(a->windows);
    struct msg_capture_start m = {.root = d->root,
                                  .target = what.window,
                                  .whole = what.what == UI_WHAT_WHOLE,
                                  .x = what.area.x,
                                  .y = what.area.y,
                                  .w = (uint32_t)what.area.w,
                                  .h = (uint32_t)what.area.h,
                                  .display = display,
                                  .share = share};
    m.asks = windows_shade(a->windows);
    m.lossless = sends_exactly(a);
    m.n_windows = own_windows(a, m.windows);
    capture->state = CAPTURE_STATE_SHARING;
    return msg_capture_start_send(capture, &m);
}

void share_give(struct app *a)
{
    struct chan *gate = crew_chan(a, SW_GATE), *capture = crew_chan(a, SW_CAPTURE),
                *seal = crew_chan(a, SW_SEAL);
    int x[2] = {-1, -1}, share[2] = {-1, -1};
    windows_shade_begin(a->windows);
    a->told_hidden = false;
    bool done = gate && capture && seal &&
                socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, x) == 0 &&
                chan_pair(share) == 0 &&
                msg_seal_share_send(seal, &(struct msg_seal_share){.share = share[1]}) == 0 &&
                open_gate(a, gate, x[0]) == 0 && start_capture(a, capture, x[1], share[0]) == 0;
    close_pair(x);
    close_pair(share);
    if (!done) /* nothing has been shown yet: the heart takes it back as it does when one dies */
        crew_lost(a, SW_CAPTURE);
}

void share_give_view(struct app *a)
{
    struct chan *view = crew_chan(a, SW_VIEW), *seal = crew_chan(a, SW_SEAL);
    int pair[2] = {-1, -1};
    bool done = view && seal && chan_pair(pair) == 0 &&
                msg_screen_start_send(view, &(struct msg_screen_start){.view = pair[1]}) == 0 &&
                msg_seal_view_send(seal, &(struct msg_seal_view){.view = pair[0]}) == 0;
    if (done) {
        view->state = SCREEN_STATE_SHOWING;
        windows_view(a->windows, view);
    } else { /* a viewer that sees nothing is none */
        crew_lost(a, SW_VIEW);
    }
    close_pair(pair);
}

/* Without it the window would stay black: it is closed as if the decoder had died. */
void share_give_mirror(struct app *a)
{
    struct chan *mirror = crew_chan(a, SW_MIRROR), *seal = crew_chan(a, SW_SEAL);
    int pair[2] = {-1, -1};
    bool done = mirror && seal && chan_pair(pair) == 0 &&
                msg_screen_start_send(mirror, &(struct msg_screen_start){.view = pair[1]}) == 0 &&
                msg_seal_mirror_send(seal, &(struct msg_seal_mirror){.view = pair[0]}) == 0;
    if (done) {
        mirror->state = SCREEN_STATE_SHOWING;
        windows_mirror(a->windows, mirror);
    } else {
        crew_lost(a, SW_MIRROR);
    }
    close_pair(pair);
}

void share_mask(struct app *a, bool hold)
{
    struct chan *gate = crew_chan(a, SW_GATE), *capture = crew_chan(a, SW_CAPTURE);
    if (!gate || !capture)
        return;
    struct msg_capture_mask m = {
        .serial = ++a->mask_serial, .hold = hold, .asks = windows_shade(a->windows)};
    struct msg_gate_windows own = {0};
    own.n_windows = m.n_windows = own_windows(a, own.windows);
    memcpy(m.windows, own.windows, sizeof m.windows);
    /* The gate first: capture asks about these windows through it. */
    if (msg_gate_windows_send(gate, &own) != 0 || msg_capture_mask_send(capture, &m) != 0)
        crew_lost(a, SW_CAPTURE); /* it would go on without the mask */
}

void share_mask_again(struct app *a)
{
    struct chan *capture = crew_chan(a, SW_CAPTURE);
    if (capture && capture->state == CAPTURE_STATE_SHARING)
        share_mask(a, a->session.prompt.hold);
}

void share_look(struct app *a)
{
    struct chan *capture = crew_chan(a, SW_CAPTURE);
    if (capture && capture->state == CAPTURE_STATE_SHARING)
        (void)msg_capture_look_send(capture); /* full or gone: it looks by itself before long */
}

void share_hide(struct app *a, uint32_t serial, enum read_again again, const struct ui_rect *places,
                unsigned n)
{
    struct chan *capture = crew_chan(a, SW_CAPTURE);
    struct msg_capture_hide m = {
        .serial = serial, .again = (uint8_t)again, .n_places = (uint16_t)n};
    if (!capture || capture->state != CAPTURE_STATE_SHARING)
        return;
    for (unsigned i = 0; i < n; i++)
        m.places[i] =
            (struct rect){places[i].x, places[i].y, (uint32_t)places[i].w, (uint32_t)places[i].h};
    if (msg_capture_hide_send(capture, &m) != 0)
        crew_lost(a, SW_CAPTURE);
}

void share_asked(struct app *a, uint32_t serial)
{
    if (!windows_shade_ask(a->windows, serial))
        share_hide(a, serial, AGAIN_NOTHING, NULL,
                   0); /* it has not heard yet that nothing is hidden */
}
