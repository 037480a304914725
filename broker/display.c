/*
 * X connection of the broker. Distrusts other X clients (their events carry the send_event bit and
 * are judged by whoever uses them); trusts the server.
 */
#include "broker/display.h"

#include "broker/stuck.h"
#include "lib/loop.h"
#include "lib/x11_setup.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/randr.h>
#include <xcb/render.h>
#include <xcb/shape.h>
#include <xcb/shm.h>
#include <xcb/xcbext.h>
#include <xcb/xfixes.h>
#include <xcb/xinput.h>

static const char *const atom_names[DISPLAY_ATOMS] = {
    [ATOM_WM_PROTOCOLS] = "WM_PROTOCOLS",
    [ATOM_WM_DELETE_WINDOW] = "WM_DELETE_WINDOW",
    [ATOM_WM_CHANGE_STATE] = "WM_CHANGE_STATE",
    [ATOM_NET_WM_NAME] = "_NET_WM_NAME",
    [ATOM_NET_WM_PID] = "_NET_WM_PID",
    [ATOM_NET_SUPPORTING_WM_CHECK] = "_NET_SUPPORTING_WM_CHECK",
    [ATOM_NET_WM_STATE] = "_NET_WM_STATE",
    [ATOM_NET_WM_STATE_FULLSCREEN] = "_NET_WM_STATE_FULLSCREEN",
    [ATOM_NET_WM_STATE_HIDDEN] = "_NET_WM_STATE_HIDDEN",
    [ATOM_NET_WM_WINDOW_TYPE] = "_NET_WM_WINDOW_TYPE",
    [ATOM_NET_WM_WINDOW_TYPE_NORMAL] = "_NET_WM_WINDOW_TYPE_NORMAL",
    [ATOM_NET_WM_BYPASS_COMPOSITOR] = "_NET_WM_BYPASS_COMPOSITOR",
    [ATOM_NET_ACTIVE_WINDOW] = "_NET_ACTIVE_WINDOW",
    [ATOM_NET_CLIENT_LIST_STACKING] = "_NET_CLIENT_LIST_STACKING",
    [ATOM_NET_WM_MOVERESIZE] = "_NET_WM_MOVERESIZE",
    [ATOM_MOTIF_WM_HINTS] = "_MOTIF_WM_HINTS",
    [ATOM_UTF8_STRING] = "UTF8_STRING",
    [ATOM_CLIPBOARD] = "CLIPBOARD",
    [ATOM_TARGETS] = "TARGETS",
    [ATOM_TIMESTAMP] = "TIMESTAMP",
    [ATOM_INCR] = "INCR",
    [ATOM_XSETTINGS_S] = "_XSETTINGS_S0",
    [ATOM_XSETTINGS_SETTINGS] = "_XSETTINGS_SETTINGS",
    [ATOM_VITRINE_PASTE] = "_VITRINE_PASTE",
    [ATOM_VITRINE] = "_VITRINE",
    [ATOM_VITRINE_CONTROLLED] = "_VITRINE_CONTROLLED",
    [ATOM_VITRINE_USED] = "_VITRINE_USED",
    [ATOM_XTEST_DEVICE] = "XTEST Device",
    [ATOM_RESOURCE_MANAGER] = "RESOURCE_MANAGER",
    [ATOM_SCREENSAVER_STATUS] = "_SCREENSAVER_STATUS",
};

const char *display_error_text(enum display_error e)
{
    switch (e) {
    case DISPLAY_OK:
        return "";
    case DISPLAY_NONE:
        return "there is no display (DISPLAY is not set)";
    case DISPLAY_REMOTE:
        return "the display is not on this computer";
    case DISPLAY_REFUSED:
        return "the X server did not accept the connection";
    case DISPLAY_MISSING:
        return "the X server lacks an extension";
    case DISPLAY_COLOURS:
        return "the X server has no colours of 24 bits";
    case DISPLAY_BROKEN:
        return "the X server went away";
    case DISPLAY_SILENT:
        return "the X server does not answer, or there is no memory for what it answers";
    case DISPLAY_MEMORY:
        return "there is no memory for what the X server answers";
    }
    return "";
}

/* ------------------------------------------------------------------------------------- opening */
/* libxcb prints a refusal of the server's in words and lines of its own; ours is one line. */
static xcb_connection_t *connect_quietly(int fd, xcb_auth_info_t *auth)
{
    int out = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0),
        null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (out >= 0 && null >= 0)
        dup2(null, STDERR_FILENO);
    xcb_connection_t *x = xcb_connect_to_fd(fd, auth);
    if (out >= 0 && null >= 0)
        dup2(out, STDERR_FILENO);
    if (null >= 0)
        close(null);
    if (out >= 0)
        close(out);
    return x;
}

static enum display_error connect_server(struct display *d)
{
    const char *name = getenv("DISPLAY");
    if (!name || !*name)
        return DISPLAY_NONE;
    if (!xauth_parse_display(name, &d->name))
        return DISPLAY_REMOTE;
    struct xauth_cookie cookie;
    int fd = display_connect_raw(d, &cookie);
    if (fd < 0)
        return DISPLAY_REFUSED;
    xcb_auth_info_t auth = {.namelen = cookie.name_len,
                            .name = cookie.name,
                            .datalen = cookie.data_len,
                            .data = (char *)cookie.data};
    stuck_add(fd);
    d->x = connect_quietly(fd, cookie.data_len ? &auth : NULL);
    xauth_cookie_finish(&cookie);
    if (!xcb_connection_has_error(d->x))
        return DISPLAY_OK;
    stuck_remove(fd);
    return DISPLAY_REFUSED;
}

static bool learn_atoms(struct display *d)
{
    xcb_intern_atom_cookie_t asked[DISPLAY_ATOMS];
    for (unsigned i = 0; i < DISPLAY_ATOMS; i++)
        asked[i] = xcb_intern_atom(d->x, 0, (uint16_t)strlen(atom_names[i]), atom_names[i]);
    bool ok = true;
    for (unsigned i = 0; i < DISPLAY_ATOMS; i++) {
        xcb_intern_atom_reply_t *r = xcb_intern_atom_reply(d->x, asked[i], NULL);
        ok = ok && r;
        d->atom[i] = r ? r->atom : XCB_NONE;
        free(r);
    }
    return ok;
}

static uint8_t extension(struct display *d, const char *name, uint8_t *first_event)
{
    xcb_query_extension_reply_t *r = xcb_query_extension_reply(
        d->x, xcb_query_extension(d->x, (uint16_t)strlen(name), name), NULL);
    uint8_t major = r && r->present ? r->major_opcode : 0;
    if (first_event)
        *first_event = r && r->present ? r->first_event : 0;
    free(r);
    return major;
}

static void learn_extensions(struct display *d)
{
    d->major.shm = extension(d, "MIT-SHM", &d->shm_event);
    d->major.damage = extension(d, "DAMAGE", NULL);
    d->major.xfixes = extension(d, "XFIXES", &d->xfixes_event);
    d->major.randr = extension(d, "RANDR", &d->randr_event);
    d->major.xtest = extension(d, "XTEST", NULL);
    d->major.xinput = extension(d, "XInputExtension", NULL);
    d->major.render = extension(d, "RENDER", NULL);
    d->major.saver = extension(d, "MIT-SCREEN-SAVER", &d->saver_event);
    d->major.composite = extension(d, "Composite", NULL);
    d->major.shape = extension(d, "SHAPE", &d->shape_event);
    xcb_get_extension_data(d->x, &xcb_shape_id); /* or its first request would wait */
}

static bool at_least(unsigned major, unsigned minor, unsigned want_major, unsigned want_minor)
{
    return major > want_major || (major == want_major && minor >= want_minor);
}

static bool shm_ok(struct display *d)
{
    xcb_shm_query_version_reply_t *r =
        d->major.shm ? xcb_shm_query_version_reply(d->x, xcb_shm_query_version(d->x), NULL) : NULL;
    bool ok = r && at_least(r->major_version, r->minor_version, 1, 2);
    free(r);
    return ok;
}

static bool randr_ok(struct display *d)
{
    xcb_randr_query_version_reply_t *r =
        d->major.randr
            ? xcb_randr_query_version_reply(d->x, xcb_randr_query_version(d->x, 1, 5), NULL)
            : NULL;
    bool ok = r && at_least(r->major_version, r->minor_version, 1, 5);
    free(r);
    return ok;
}

static bool xfixes_ok(struct display *d)
{
    xcb_xfixes_query_version_reply_t *r =
        d->major.xfixes
            ? xcb_xfixes_query_version_reply(d->x, xcb_xfixes_query_version(d->x, 5, 0), NULL)
            : NULL;
    bool ok = r && r->major_version >= 2;
    free(r);
    return ok;
}

static bool render_ok(struct display *d)
{
    xcb_render_query_version_reply_t *r =
        d->major.render
            ? xcb_render_query_version_reply(d->x, xcb_render_query_version(d->x, 0, 10), NULL)
            : NULL;
    bool ok = r && at_least(r->major_version, r->minor_version, 0, 10);
    free(r);
    return ok;
}

/* From 2.1 on raw events say which device they are of, and come also while somebody else holds a
   grab: without either no press could be told from a program's. */
static bool xinput_ok(struct display *d)
{
    xcb_input_xi_query_version_reply_t *r =
        d->major.xinput
            ? xcb_input_xi_query_version_reply(d->x, xcb_input_xi_query_version(d->x, 2, 2), NULL)
            : NULL;
    bool ok = r && at_least(r->major_version, r->minor_version, 2, 1);
    d->xinput_2_2 = r && at_least(r->major_version, r->minor_version, 2, 2);
    free(r);
    return ok;
}

uint32_t display_client_of(const struct display *d, uint32_t window)
{
    return window & ~xcb_get_setup(d->x)->resource_id_mask;
}

bool display_is_ours(const struct display *d, uint32_t window)
{
    return display_client_of(d, window) == xcb_get_setup(d->x)->resource_id_base;
}

bool display_is_servers(const struct display *d, uint32_t window)
{
    return window >> 29 != 0 || display_client_of(d, window) == 0;
}

const char *display_cannot_control(const struct display *d)
{
    if (d->wayland)
        return "keys that every window lets vitrine hear (this is Wayland)";
    if (!d->major.xtest && !d->xinput_2_2)
        return "XTEST and XInput 2.2";
    if (!d->major.xtest)
        return "XTEST";
    return d->xinput_2_2 ? NULL : "XInput 2.2";
}

/* The server says so; what the environment says only takes away. */
static bool is_wayland(struct display *d)
{
    const char *type = getenv("XDG_SESSION_TYPE");
    return extension(d, "XWAYLAND", NULL) || (type && strcmp(type, "wayland") == 0);
}

static const char *missing(struct display *d)
{
    if (!shm_ok(d))
        return "MIT-SHM 1.2 (shared memory by descriptor)";
    if (!d->major.damage)
        return "DAMAGE";
    if (!xfixes_ok(d))
        return "XFIXES 2";
    if (!randr_ok(d))
        return "RANDR 1.5";
    if (!render_ok(d))
        return "RENDER 0.10";
    if (!xinput_ok(d))
        return "XInput 2.1";
    return NULL;
}

static bool suits(const xcb_visualtype_t *v)
{
    return v->_class == XCB_VISUAL_CLASS_TRUE_COLOR && v->red_mask == 0xff0000 &&
           v->green_mask == 0xff00 && v->blue_mask == 0xff;
}

static xcb_visualid_t find_visual(xcb_screen_t *s, uint8_t depth)
{
    for (xcb_depth_iterator_t di = xcb_screen_allowed_depths_iterator(s); di.rem;
         xcb_depth_next(&di)) {
        if (di.data->depth != depth)
            continue;
        for (xcb_visualtype_iterator_t vi = xcb_depth_visuals_iterator(di.data); vi.rem;
             xcb_visualtype_next(&vi))
            if (suits(vi.data))
                return vi.data->visual_id;
    }
    return XCB_NONE;
}

static bool is_32_bits(const xcb_setup_t *setup, uint8_t depth)
{
    xcb_format_iterator_t i = xcb_setup_pixmap_formats_iterator(setup);
    for (; i.rem; xcb_format_next(&i))
        if (i.data->depth == depth)
            return i.data->bits_per_pixel == 32;
    return false;
}

static bool choose_visual(struct display *d, const xcb_setup_t *setup, xcb_screen_t *s)
{
    static const uint8_t depths[] = {24, 32};
    for (unsigned i = 0; i < sizeof depths && d->visual == XCB_NONE; i++) {
        if (!is_32_bits(setup, depths[i]))
            continue;
        d->depth = depths[i];
        d->visual = find_visual(s, depths[i]);
    }
    if (d->visual == XCB_NONE || setup->image_byte_order != XCB_IMAGE_ORDER_LSB_FIRST)
        return false;
    d->colormap = xcb_generate_id(d->x);
    xcb_create_colormap(d->x, XCB_COLORMAP_ALLOC_NONE, d->colormap, d->root, d->visual);
    return true;
}

static enum display_error learn_screen(struct display *d)
{
    const xcb_setup_t *setup = xcb_get_setup(d->x);
    if (!x11_setup_fits(setup))
        return DISPLAY_BROKEN;
    xcb_screen_iterator_t i = xcb_setup_roots_iterator(setup);
    for (unsigned n = d->name.screen; n > 0 && i.rem > 1; n--)
        xcb_screen_next(&i);
    d->root = i.data->root;
    d->width = i.data->width_in_pixels;
    d->height = i.data->height_in_pixels;
    d->root_visual = i.data->root_visual;
    d->root_depth = i.data->root_depth;
    return choose_visual(d, setup, i.data) ? DISPLAY_OK : DISPLAY_COLOURS;
}

static enum display_error learn(struct display *d, const char **what)
{
    enum display_error e = learn_screen(d);
    if (e != DISPLAY_OK)
        return e;
    learn_extensions(d);
    *what = missing(d);
    if (*what)
        return xcb_connection_has_error(d->x) ? DISPLAY_BROKEN : DISPLAY_MISSING;
    d->wayland = is_wayland(d);
    if (!learn_atoms(d) || !display_facts_learn(d))
        return DISPLAY_BROKEN;
    display_desktop_learn(d);
    return DISPLAY_OK;
}

/* What libxcb tells of all of these is that there is no answer. */
static enum display_error why(const struct display *d, enum display_error e)
{
    if (e == DISPLAY_OK || e == DISPLAY_NONE || !d->x)
        return e;
    if (stuck_was())
        return DISPLAY_SILENT;
    return xcb_connection_has_error(d->x) == XCB_CONN_CLOSED_MEM_INSUFFICIENT ? DISPLAY_MEMORY : e;
}

enum display_error display_open(struct display *d, const char **what)
{
    memset(d, 0, sizeof *d);
    *what = NULL;
    stuck_begin();
    enum display_error e = connect_server(d);
    if (e == DISPLAY_OK)
        e = learn(d, what);
    stuck_end();
    e = why(d, e);
    if (e != DISPLAY_MISSING)
        *what = display_error_text(e);
    if (e != DISPLAY_OK)
        display_close(d);
    return e;
}

static void on_timer(void *ctx);

void display_close(struct display *d)
{
    if (d->loop) {
        loop_clear_timer(d->loop, on_timer, d);
        display_covered_stop(d);
        if (d->x && !d->lost)
            loop_remove(d->loop, xcb_get_file_descriptor(d->x));
    }
    free(d->stash);
    if (d->x) {
        stuck_remove(xcb_get_file_descriptor(d->x));
        xcb_disconnect(d->x);
    }
    memset(d, 0, sizeof *d);
}

int display_connect_raw(const struct display *d, struct xauth_cookie *cookie)
{
    xauth_read(&d->name, cookie);
    int fd = xauth_connect(&d->name);
    if (fd < 0)
        xauth_cookie_finish(cookie);
    return fd;
}

/* -------------------------------------------------------------------------------------- events */
static void lose(struct display *d)
{
    if (d->lost)
        return;
    d->lost = true;
    if (d->loop)
        loop_remove(d->loop, xcb_get_file_descriptor(d->x));
    if (d->calls.lost)
        d->calls.lost(d->calls.ctx);
}

void display_later(struct display *d, unsigned sequence, display_reply_fn done, void *ctx,
                   uint32_t tag)
{
    if (d->later_n == DISPLAY_LATER) {
        xcb_discard_reply(d->x, sequence);
        done(ctx, tag, NULL);
        return;
    }
    unsigned at = (d->later_first + d->later_n++) % DISPLAY_LATER;
    d->later[at] = (struct display_later){sequence, done, ctx, tag};
    d->asked = true;
}

void display_ask_nothing(struct display *d, display_reply_fn done, void *ctx, uint32_t tag)
{
    display_later(d, xcb_get_input_focus(d->x).sequence, done, ctx, tag);
    display_flush(d);
}

/* Replies come in the order of the requests, so only the first needs looking at. */
static bool collect(struct display *d)
{
    bool any = false;
    while (d->later_n > 0 && !d->lost) {
        struct display_later l = d->later[d->later_first];
        void *reply = NULL;
        xcb_generic_error_t *error = NULL;
        if (!xcb_poll_for_reply(d->x, l.sequence, &reply, &error))
            break;
        d->later_first = (d->later_first + 1) % DISPLAY_LATER;
        d->later_n--;
        any = true;
        l.done(l.ctx, l.tag, reply);
        free(reply);
        free(error);
    }
    return any;
}

static void dispatch(struct display *d, xcb_generic_event_t *e)
{
    /* errors of requests without reply: the object was gone already; nothing depends on them */
    if (e->response_type != 0 && !display_facts_event(d, e) && d->calls.event)
        d->calls.event(d->calls.ctx, e);
    free(e);
}

static bool drain(struct display *d)
{
    bool any = false;
    xcb_generic_event_t *e;
    while (!d->lost && (e = d->stash ? d->stash : xcb_poll_for_event(d->x))) {
        d->stash = NULL;
        any = true;
        dispatch(d, e);
    }
    return any;
}

/* What arrived while requests were written lies in xcb's queue, where poll(2) does not see it:
   events and answers. */
static void pump(struct display *d)
{
    bool any = true;
    while (any && !d->lost) {
        any = drain(d);
        any = collect(d) || any;
        d->asked = false;
        if (d->lost || xcb_flush(d->x) <= 0 || xcb_connection_has_error(d->x)) {
            lose(d);
            return;
        }
        if (!d->stash) /* whoever was called above may have flushed, too */
            d->stash = xcb_poll_for_queued_event(d->x);
        any = any || d->stash || collect(d);
    }
}

static void on_timer(void *ctx)
{
    pump(ctx);
}

static void on_ready(void *ctx, short revents)
{
    (void)revents;
    pump(ctx);
}

void display_flush(struct display *d)
{
    if (!d->x || d->lost)
        return;
    d->asked = false;
    xcb_flush(d->x);
    if (!d->stash)
        d->stash = xcb_poll_for_queued_event(d->x);
    if (d->loop && (d->stash || d->later_n > 0 || xcb_connection_has_error(d->x)))
        loop_set_timer(d->loop, 0, on_timer, d);
}

/* A question that stays in the buffer is answered when something else happens, perhaps never. */
static short want(void *ctx)
{
    struct display *d = ctx;
    if (d->asked)
        display_flush(d);
    return POLLIN;
}

void display_attach(struct display *d, struct loop *loop, const struct display_calls *calls)
{
    d->loop = loop;
    d->calls = *calls;
    loop_add(loop, xcb_get_file_descriptor(d->x), want, on_ready, d);
    display_others_watch(d);
    display_lock_watch(d);
    display_desktop_watch(d);
    display_flush(d);
    loop_set_timer(loop, 0, on_timer, d);
}

/* ------------------------------------------------------------------------------------- looking */
struct ui_rect display_monitor_at(const struct display *d, int x, int y)
{
    for (unsigned i = 0; i < d->n_monitors; i++) {
        struct ui_rect m = d->monitor[i];
        if (x >= m.x && y >= m.y && x < m.x + m.w && y < m.y + m.h)
            return m;
    }
    return d->monitor[0];
}

struct pointer_asked {
    struct display *d;
    display_reply_fn done;
    void *ctx;
};

static void on_pointer(void *ctx, uint32_t tag, const void *reply)
{
    struct pointer_asked *p = ctx;
    const xcb_query_pointer_reply_t *r = reply;
    if (r && r->same_screen) {
        p->d->pointer_x = r->root_x;
        p->d->pointer_y = r->root_y;
    }
    if (p->done)
        p->done(p->ctx, tag, reply);
    free(p);
}

void display_query_pointer(struct display *d, display_reply_fn done, void *ctx)
{
    struct pointer_asked *p = malloc(sizeof *p);
    if (!p) {
        if (done)
            done(ctx, 0, NULL);
        return;
    }
    *p = (struct pointer_asked){d, done, ctx};
    display_later(d, xcb_query_pointer(d->x, d->root).sequence, on_pointer, p, 0);
}
