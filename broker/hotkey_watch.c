/*
 * The watcher: a fork of the broker from before the broker knew anything, with X connections of its
 * own: keys come on one that is never written to, what it asks (hotkey_clean.h) goes over the
 * other. It reads raw key events, the broker's orders and descriptors of processes, and nothing
 * else. From a key event to the kill it makes no request, waits for no answer and takes no lock.
 */
#include "broker/hotkey.h"
#include "broker/hotkey_clean.h"
#include "broker/hotkey_keys.h"
#include "broker/reply.h"
#include "broker/xauth.h"
#include "ch_watch.h"
#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/sandbox.h"
#include "lib/turns.h"
#include "lib/x11_setup.h"
#include "policy/limits.h"
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include <xcb/xinput.h>

#define TURN_MAX 256 /* events of one turn: the broker and the dying have theirs */

enum { CONTROL_FD = 3, PROCESSES = 2, WATCHED = 3 + PROCESSES };

struct watcher {
    struct chan control;
    xcb_connection_t *x; /* keys and devices; no request after the beginning */
    xcb_window_t root;
    uint8_t xinput; /* major opcode, as in its events */
    struct hotkey_keys keys;
    struct hotkey_clean clean;
    int process[PROCESSES];
    size_t n_processes;
    bool more; /* in xcb's queues, where poll(2) does not see it */
    bool over;
};

/* --- what is taken back --- */

static void on_map(void *ctx, const struct keymap *map)
{
    struct watcher *w = ctx;
    hotkey_keys_renew(&w->keys, map);
}

/* Whatever is unclear counts: the key that is Ctrl on one keyboard is Ctrl on all of them. */
static void on_own_map(void *ctx, const struct keymap *map)
{
    struct watcher *w = ctx;
    hotkey_keys_learn(&w->keys, map);
}

static void on_all_maps(void *ctx)
{
    struct watcher *w = ctx;
    if (w->n_processes == 0)
        hotkey_keys_renewed(&w->keys);
}

static void on_clean(void *ctx, unsigned released)
{
    struct watcher *w = ctx;
    struct msg_watch_clean m = {.released = (uint16_t)(released < 1023 ? released : 1023)};
    if (msg_watch_clean_send(&w->control, &m) != 0)
        w->over = true; /* the broker cleans up itself, then */
}

/* --- the kill --- */

/* Where nobody controls, Ctrl+Esc is the desktop's; but once more soon after is still ours. */
static void forget_processes(struct watcher *w)
{
    if (w->keys.escape_us == UINT64_MAX)
        w->keys.escape_us = clock_now_us() + HOTKEY_TWICE_MS * 1000;
    for (size_t i = 0; i < w->n_processes; i++)
        close(w->process[i]);
    w->n_processes = 0;
}

/* All first, then waiting: the gate is what stands before the X server. */
static bool kill_all(struct watcher *w)
{
    bool dead = true;
    for (size_t i = 0; i < w->n_processes; i++)
        syscall(SYS_pidfd_send_signal, w->process[i], SIGKILL, NULL, 0);
    uint64_t end = clock_now_us() + WATCH_KILL_MS * 1000;
    for (size_t i = 0; i < w->n_processes; i++)
        dead = start_await_death(w->process[i], end) && dead;
    return dead;
}

static void fire(struct watcher *w, enum watch_why why, bool again)
{
    uint64_t begun = clock_now_us();
    struct msg_watch_fired m = {
        .why = (uint8_t)why, .again = again, .killed = (uint8_t)w->n_processes};
    m.confirmed = kill_all(w);
    m.us = (uint32_t)(clock_now_us() - begun);
    bool any = w->n_processes > 0;
    forget_processes(w);
    (void)msg_watch_fired_send(&w->control, &m);
    if (any && why != WATCH_WHY_LOST)
        hotkey_clean_begin(&w->clean);
}

/* One of them died otherwise: the other goes, too, and what they held is taken back. */
static void put_down(struct watcher *w)
{
    kill_all(w);
    forget_processes(w);
    hotkey_clean_begin(&w->clean);
}

/* --- what comes from the X server --- */

static void on_raw_key(struct watcher *w, const xcb_input_raw_key_press_event_t *e)
{
    const struct hotkey_event k = {.source = e->sourceid,
                                   .xtest = hotkey_clean_injects(&w->clean, e->sourceid),
                                   .press = e->event_type == XCB_INPUT_RAW_KEY_PRESS,
                                   .code = e->detail,
                                   .now_us = clock_now_us()};
    if (hotkey_keys_event(&w->keys, &k) == HOTKEY_KILL)
        fire(w, WATCH_WHY_KEY, hotkey_keys_again(&w->keys, e->time));
}

static bool is_keyboard(const xcb_input_hierarchy_info_t *i)
{
    return i->type == XCB_INPUT_DEVICE_TYPE_SLAVE_KEYBOARD ||
           i->type == XCB_INPUT_DEVICE_TYPE_FLOATING_SLAVE;
}

/* A keyboard that is gone cannot be the switch any more, and nobody knows which one the owner uses.
 */
static void on_hierarchy(struct watcher *w, const xcb_input_hierarchy_event_t *e)
{
    bool lost = false;
    xcb_input_hierarchy_info_iterator_t i = xcb_input_hierarchy_infos_iterator(e);
    for (; i.rem > 0; xcb_input_hierarchy_info_next(&i)) {
        bool gone = (i.data->flags & (XCB_INPUT_HIERARCHY_MASK_SLAVE_REMOVED |
                                      XCB_INPUT_HIERARCHY_MASK_DEVICE_DISABLED)) != 0;
        if (gone)
            hotkey_keys_forget(&w->keys, i.data->deviceid);
        /* One that was removed has no type any more. */
        lost = lost || (gone && (is_keyboard(i.data) || i.data->type == 0));
    }
    if (lost && w->n_processes > 0)
        fire(w, WATCH_WHY_DEVICE, false);
    hotkey_clean_ask_devices(&w->clean);
}

static void on_event(struct watcher *w, const xcb_generic_event_t *e)
{
    const xcb_ge_generic_event_t *g = (const xcb_ge_generic_event_t *)e;
    if (e->response_type != XCB_GE_GENERIC || g->extension != w->xinput || !reply_event_fits(g))
        return;
    if (g->event_type == XCB_INPUT_RAW_KEY_PRESS || g->event_type == XCB_INPUT_RAW_KEY_RELEASE)
        on_raw_key(w, (const xcb_input_raw_key_press_event_t *)e);
    else if (g->event_type == XCB_INPUT_HIERARCHY)
        on_hierarchy(w, (const xcb_input_hierarchy_event_t *)e);
}

static bool read_keys(struct watcher *w)
{
    xcb_generic_event_t *e;
    for (unsigned n = 0; n < TURN_MAX; n++) {
        if ((e = xcb_poll_for_event(w->x)) == NULL)
            return false;
        on_event(w, e);
        free(e);
    }
    return true;
}

static bool has_lost_server(const struct watcher *w)
{
    return xcb_connection_has_error(w->x) || xcb_connection_has_error(w->clean.x);
}

static void read_server(struct watcher *w)
{
    w->more = read_keys(w);
    w->more = hotkey_clean_read(&w->clean) || w->more;
    if (!has_lost_server(w) || w->over)
        return;
    w->over = true;
    fire(w, WATCH_WHY_LOST, false);
}

/* --- what comes from the broker --- */

static int on_watch_arm(void *ctx, struct msg_watch_arm *m)
{
    struct watcher *w = ctx;
    bool had = w->n_processes > 0;
    forget_processes(w);
    if (had && m->n_processes == 0)
        hotkey_clean_begin(&w->clean);
    for (size_t i = 0; i < m->n_processes; i++) {
        w->process[w->n_processes++] = m->processes[i];
        m->processes[i] = -1;
    }
    uint8_t spares[MAX_SPARES];
    for (size_t i = 0; i < m->n_spares; i++)
        spares[i] = m->spares[i].code;
    if (m->n_processes > 0)
        hotkey_clean_lend(&w->clean, spares, m->n_spares);
    if (m->n_processes > 0)
        w->keys.escape_us = m->escape == 1 ? UINT64_MAX : 0;
    return msg_watch_armed_send(&w->control, &(struct msg_watch_armed){.serial = m->serial});
}

static int on_watch_alive(void *ctx, struct msg_watch_alive *m)
{
    struct watcher *w = ctx;
    return msg_watch_alive_send(&w->control, m);
}

static const struct watch_at_watcher handlers = {.on_watch_arm = on_watch_arm,
                                                 .on_watch_alive = on_watch_alive};

static int wait_ms(const struct watcher *w)
{
    int due = w->more ? 0 : hotkey_clean_wait_ms(&w->clean);
    return due < 0 && w->over ? 10 : due;
}

/* The broker is gone. Its workers are dying with it; what they held is taken back before the end.
 */
static void leave(struct watcher *w)
{
    w->over = true;
    if (w->n_processes == 0 && !w->clean.cleaning)
        return;
    put_down(w);
    uint64_t end = clock_now_us() + WATCH_KILL_MS * 1000;
    while (w->clean.cleaning && clock_now_us() < end && !has_lost_server(w)) {
        struct pollfd p = {.fd = xcb_get_file_descriptor(w->clean.x), .events = POLLIN};
        poll(&p, 1, wait_ms(w));
        hotkey_clean_go_on(&w->clean);
        read_server(w);
    }
    /* Answered means done: the releases have been carried out before we go. */
    if (!w->clean.cleaning)
        free(xcb_get_input_focus_reply(w->clean.x, xcb_get_input_focus(w->clean.x), NULL));
}

static void read_control(struct watcher *w)
{
    if (chan_receive(&w->control, 4) != CHAN_OK)
        leave(w);
}

/* --- begin --- */

static bool use_null(void)
{
    FD_OWNED null = open("/dev/null", O_RDWR | O_CLOEXEC);
    return null >= 0 && dup2(null, 0) == 0 && dup2(null, 1) == 1 && dup2(null, 2) == 2;
}

/* The broker's other descriptors are not ours: a copy of them would keep its channels open. */
static bool take_control(int control)
{
    if (control != CONTROL_FD && dup2(control, CONTROL_FD) != CONTROL_FD)
        return false;
    return syscall(SYS_close_range, CONTROL_FD + 1, ~0U, 0) == 0 && use_null();
}

static xcb_connection_t *connect_once(const struct xauth_display *name, struct xauth_cookie *cookie)
{
    int fd = xauth_connect(name);
    xcb_auth_info_t auth = {cookie->name_len, cookie->name, cookie->data_len, (char *)cookie->data};
    return fd < 0 ? NULL : xcb_connect_to_fd(fd, cookie->data_len > 0 ? &auth : NULL);
}

static bool connect_server(struct watcher *w)
{
    struct xauth_display name;
    struct xauth_cookie cookie;
    const char *display = getenv("DISPLAY");
    if (display == NULL || !xauth_parse_display(display, &name))
        return false;
    xauth_read(&name, &cookie);
    w->x = connect_once(&name, &cookie);
    xcb_connection_t *ask = connect_once(&name, &cookie);
    xauth_cookie_finish(&cookie);
    if (w->x == NULL || ask == NULL || xcb_connection_has_error(w->x) ||
        xcb_connection_has_error(ask) || !x11_setup_fits(xcb_get_setup(w->x)))
        return false;
    xcb_screen_iterator_t i = xcb_setup_roots_iterator(xcb_get_setup(w->x));
    for (unsigned n = name.screen; n > 0 && i.rem > 1; n--)
        xcb_screen_next(&i);
    w->root = i.data->root;
    hotkey_clean_init(&w->clean, ask,
                      &(struct hotkey_clean_calls){w, on_map, on_own_map, on_all_maps, on_clean});
    return true;
}

/* What the X server says is waited for without end by libxcb, but not by us, and not for a broker
   that is gone meanwhile: nothing is to be cleaned up yet. */
static void end_with_broker(bool on)
{
    prctl(PR_SET_PDEATHSIG, on ? SIGKILL : 0, 0, 0, 0);
    alarm(on ? X_STUCK_MS / 1000 : 0);
}

/* Before 2.1 servers tell of no key while somebody else has grabbed the keyboard. Control takes 2.2
   (display.h); the key stops sharing without that, too. */
static bool has_input_2_1(struct watcher *w)
{
    const xcb_query_extension_reply_t *e = xcb_get_extension_data(w->x, &xcb_input_id);
    if (e == NULL || !e->present)
        return false;
    w->xinput = e->major_opcode;
    xcb_input_xi_query_version_reply_t *r =
        xcb_input_xi_query_version_reply(w->x, xcb_input_xi_query_version(w->x, 2, 2), NULL);
    bool enough =
        r != NULL && (r->major_version > 2 || (r->major_version == 2 && r->minor_version >= 1));
    free(r);
    return enough;
}

static void select_keys(struct watcher *w)
{
    struct {
        xcb_input_event_mask_t head;
        uint32_t mask;
    } all = {{XCB_INPUT_DEVICE_ALL, 1},
             XCB_INPUT_XI_EVENT_MASK_RAW_KEY_PRESS | XCB_INPUT_XI_EVENT_MASK_RAW_KEY_RELEASE |
                 XCB_INPUT_XI_EVENT_MASK_HIERARCHY};
    free(xcb_request_check(w->x, xcb_input_xi_select_events_checked(w->x, w->root, 1, &all.head)));
    while (!hotkey_clean_knows(&w->clean) && !has_lost_server(w)) {
        struct pollfd p = {.fd = xcb_get_file_descriptor(w->clean.x), .events = POLLIN};
        poll(&p, 1, 100);
        read_server(w);
    }
}

static bool lock_in(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && sandbox_filter(&policy_watch) == 0;
}

_Noreturn static void give_up(struct watcher *w, enum fail code)
{
    (void)msg_failed_send(&w->control, &(struct msg_failed){.code = (uint16_t)code});
    _exit(1);
}

static void begin(struct watcher *w, int control)
{
    turns_ask_early(0);
    setsid(); /* the terminal's signals are the broker's business */
    signal(SIGPIPE, SIG_IGN);
    if (!take_control(control))
        _exit(1);
    watch_init_watcher(&w->control, CONTROL_FD, &handlers, w);
    if (prctl(PR_SET_NAME, "vitrine-watch", 0, 0, 0) != 0 || sandbox_hide_memory() != 0)
        give_up(w, FAIL_CONFINE);
    end_with_broker(true);
    if (!connect_server(w))
        give_up(w, FAIL_X_CONNECT);
    if (!has_input_2_1(w))
        give_up(w, FAIL_X_NO_INPUT);
    select_keys(w);
    end_with_broker(false);
    if (!lock_in())
        give_up(w, FAIL_CONFINE);
    w->control.state = WATCH_STATE_READY;
    if (msg_ready_send(&w->control) != 0)
        _exit(1);
}

static void turn(struct watcher *w)
{
    struct pollfd p[WATCHED] = {{.fd = xcb_get_file_descriptor(w->x), .events = POLLIN},
                                {.fd = xcb_get_file_descriptor(w->clean.x), .events = POLLIN},
                                {.fd = w->control.fd, .events = POLLIN}};
    size_t n = w->n_processes;
    bool died = false;
    for (size_t i = 0; i < n; i++)
        p[3 + i] = (struct pollfd){.fd = w->process[i], .events = POLLIN};
    if (poll(p, 3 + n, wait_ms(w)) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        died = died || p[3 + i].revents != 0;
    if (p[0].revents != 0)
        (void)read_keys(w);
    hotkey_clean_go_on(&w->clean);
    if (died && w->n_processes > 0)
        put_down(w);
    if (p[2].revents != 0)
        read_control(w);
    read_server(w);
}

_Noreturn void hotkey_watch(int control)
{
    static struct watcher w;
    begin(&w, control);
    while (!w.over)
        turn(&w);
    _exit(0);
}
