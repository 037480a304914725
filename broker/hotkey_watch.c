/*
 * The watcher: a fork of the broker from before the broker knew anything, with an X connection of
 * its own. It reads raw key events, the broker's orders and descriptors of processes, and nothing
 * else. From a key event to the kill it makes no request, waits for no answer and takes no lock;
 * what it asks of the X server is collected when it comes.
 */
#include "broker/hotkey.h"
#include "broker/hotkey_keys.h"
#include "broker/xauth.h"
#include "ch_watch.h"
#include "lib/fd.h"
#include "lib/sandbox.h"
#include "lib/turns.h"
#include "policy/limits.h"
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>
#include <xcb/xinput.h>
#include <xcb/xtest.h>

#define ROUND_US 20000 /* between two rounds of taking back ... */
#define ROUNDS_MAX 20  /* ... and how many, where somebody else presses keys by XTEST, too */

enum { CONTROL_FD = 3, XTEST_DEVICES = 8, PROCESSES = 2, WATCHED = 2 + PROCESSES };

/* Questions under way; 0: none. */
enum ask { ASK_MAP, ASK_DEVICES, ASK_STATE, ASKS = ASK_STATE + XTEST_DEVICES };

struct watcher {
    struct chan control;
    xcb_connection_t *x;
    xcb_window_t root;
    uint8_t xinput;     /* major opcode, as in its events */
    bool xtest_present; /* without it there is nothing to take back, but the switch works */
    struct hotkey_keys keys;
    struct keymap map;
    bool map_known;
    unsigned asked[ASKS];
    uint16_t xtest[XTEST_DEVICES]; /* the devices that injected keys come from */
    size_t n_xtest;
    int process[PROCESSES];
    size_t n_processes;
    uint8_t spares[MAX_SPARES];
    size_t n_spares;
    bool cleaning; /* ASK_STATE and ASK_MAP are for taking back what is left */
    unsigned rounds, released, released_now;
    uint64_t again_us; /* when the next round begins; 0: one is under way, or none */
    bool over;
};

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- questions --- */

static void ask_map(struct watcher *w)
{
    const xcb_setup_t *s = xcb_get_setup(w->x);
    if (w->asked[ASK_MAP] != 0)
        xcb_discard_reply(w->x, w->asked[ASK_MAP]);
    w->asked[ASK_MAP] = xcb_get_keyboard_mapping(w->x, s->min_keycode,
                                                 (uint8_t)(s->max_keycode - s->min_keycode + 1))
                            .sequence;
}

static void ask_devices(struct watcher *w)
{
    if (w->asked[ASK_DEVICES] != 0)
        xcb_discard_reply(w->x, w->asked[ASK_DEVICES]);
    w->asked[ASK_DEVICES] = xcb_input_xi_query_device(w->x, XCB_INPUT_DEVICE_ALL).sequence;
}

static void take_map(struct watcher *w, const xcb_get_keyboard_mapping_reply_t *r)
{
    const xcb_setup_t *s = xcb_get_setup(w->x);
    unsigned per = r->keysyms_per_keycode;
    size_t n = (size_t)xcb_get_keyboard_mapping_keysyms_length(r);
    const xcb_keysym_t *sym = xcb_get_keyboard_mapping_keysyms(r);
    memset(&w->map, 0, sizeof w->map);
    w->map.first = s->min_keycode;
    w->map.last = s->max_keycode;
    w->map.per = (uint8_t)(per < KEYS_PER_CODE ? per : KEYS_PER_CODE);
    for (unsigned code = w->map.first; code <= w->map.last; code++)
        for (unsigned i = 0; i < w->map.per && (code - w->map.first) * per + i < n; i++)
            w->map.sym[code][i] = sym[(code - w->map.first) * per + i];
    hotkey_keys_learn(&w->keys, &w->map, w->map_known && w->n_processes > 0);
    w->map_known = true;
}

/* By name: the property that marks them cannot be asked for all at once, and a device that only
   calls itself so is asked what it has down and nothing more. */
static bool is_xtest(const xcb_input_xi_device_info_t *d)
{
    static const char word[] = "XTEST";
    const char *name = xcb_input_xi_device_info_name(d);
    size_t n = d->name_len;
    return (d->type == XCB_INPUT_DEVICE_TYPE_SLAVE_KEYBOARD ||
            d->type == XCB_INPUT_DEVICE_TYPE_SLAVE_POINTER) &&
           memmem(name, n, word, sizeof word - 1) != NULL;
}

static void take_devices(struct watcher *w, const xcb_input_xi_query_device_reply_t *r)
{
    w->n_xtest = 0;
    xcb_input_xi_device_info_iterator_t i = xcb_input_xi_query_device_infos_iterator(r);
    for (; i.rem > 0; xcb_input_xi_device_info_next(&i))
        if (w->xtest_present && is_xtest(i.data) && w->n_xtest < XTEST_DEVICES)
            w->xtest[w->n_xtest++] = i.data->deviceid;
}

/* --- taking back what is left --- */

static void begin_round(struct watcher *w)
{
    w->again_us = 0;
    w->rounds++;
    w->released_now = 0;
    for (size_t i = 0; i < w->n_xtest; i++) {
        if (w->asked[ASK_STATE + i] != 0)
            xcb_discard_reply(w->x, w->asked[ASK_STATE + i]);
        w->asked[ASK_STATE + i] = xcb_input_query_device_state(w->x, (uint8_t)w->xtest[i]).sequence;
    }
    ask_map(w);
    xcb_flush(w->x);
}

/* The server may still find a few requests of the dead gate on its socket, and do them after our
   question: so there are rounds, until one finds nothing. */
static void begin_cleaning(struct watcher *w)
{
    w->cleaning = true;
    w->rounds = w->released = 0;
    begin_round(w);
}

static void release(struct watcher *w, uint8_t type, unsigned first, const uint8_t *bits,
                    unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if ((bits[i >> 3] >> (i & 7) & 1) != 0 && i >= first) {
            xcb_test_fake_input(w->x, type, (uint8_t)i, XCB_CURRENT_TIME, XCB_NONE, 0, 0, 0);
            w->released_now++;
        }
}

/* QueryDeviceState: a list of classes, each with its own length; keys and buttons have bits from
 * byte 4 on. */
static void take_state(struct watcher *w, const xcb_input_query_device_state_reply_t *r)
{
    const uint8_t *at = (const uint8_t *)(r + 1), *end = at + (size_t)r->length * 4;
    for (unsigned i = 0; i < r->num_classes && end - at >= 2 && at[1] >= 2 && end - at >= at[1];
         i++) {
        if (at[0] == 0 && at[1] >= 36)
            release(w, XCB_KEY_RELEASE, 8, at + 4, 256);
        else if (at[0] == 1 && at[1] >= 36)
            release(w, XCB_BUTTON_RELEASE, 1, at + 4, 256);
        at += at[1];
    }
}

static void take_back_lent(struct watcher *w)
{
    static const xcb_keysym_t nothing[2];
    for (size_t i = 0; i < w->n_spares; i++) {
        uint8_t code = w->spares[i];
        if (w->map.sym[code][0] == 0 && w->map.sym[code][1] == 0)
            continue;
        xcb_change_keyboard_mapping(w->x, 1, code, 2, nothing);
        w->released_now++;
    }
}

static void end_round(struct watcher *w)
{
    for (size_t i = ASK_MAP; i < ASKS; i++)
        if (i != ASK_DEVICES && w->asked[i] != 0)
            return;
    take_back_lent(w);
    w->released += w->released_now;
    xcb_flush(w->x);
    if ((w->rounds < 2 || w->released_now > 0) && w->rounds < ROUNDS_MAX) {
        w->again_us = now_us() + ROUND_US;
        return;
    }
    w->cleaning = false;
    w->n_spares = 0;
    (void)msg_watch_clean_send(&w->control,
                               &(struct msg_watch_clean){.released = (uint16_t)w->released});
}

static void take_answer(struct watcher *w, unsigned ask, const void *r)
{
    if (ask == ASK_MAP)
        take_map(w, r);
    else if (ask == ASK_DEVICES)
        take_devices(w, r);
    else if (w->cleaning)
        take_state(w, r);
}

/* true: something was there. */
static bool collect_answers(struct watcher *w)
{
    bool any = false;
    for (unsigned ask = 0; ask < ASKS; ask++) {
        void *r = NULL;
        xcb_generic_error_t *error = NULL;
        if (w->asked[ask] == 0 || !xcb_poll_for_reply(w->x, w->asked[ask], &r, &error))
            continue;
        w->asked[ask] = 0;
        any = true;
        if (r != NULL)
            take_answer(w, ask, r);
        free(r);
        free(error);
    }
    if (any && w->cleaning && w->again_us == 0)
        end_round(w);
    return any;
}

/* --- the kill --- */

static bool await_death(int pidfd, uint64_t end_us)
{
    struct pollfd p = {.fd = pidfd, .events = POLLIN};
    for (uint64_t now = now_us(); now < end_us; now = now_us())
        if (poll(&p, 1, (int)((end_us - now) / 1000) + 1) != 0)
            return (p.revents & POLLIN) != 0;
    return false;
}

static void forget_processes(struct watcher *w)
{
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
    uint64_t end = now_us() + WATCH_KILL_MS * 1000;
    for (size_t i = 0; i < w->n_processes; i++)
        dead = await_death(w->process[i], end) && dead;
    return dead;
}

static void fire(struct watcher *w, enum watch_why why)
{
    uint64_t begun = now_us();
    struct msg_watch_fired m = {.why = (uint8_t)why, .killed = (uint8_t)w->n_processes};
    m.confirmed = kill_all(w);
    m.us = (uint32_t)(now_us() - begun);
    bool any = w->n_processes > 0;
    forget_processes(w);
    (void)msg_watch_fired_send(&w->control, &m);
    if (any && why != WATCH_WHY_LOST)
        begin_cleaning(w);
}

/* One of them died otherwise: the other goes, too, and what they held is taken back. */
static void put_down(struct watcher *w)
{
    kill_all(w);
    forget_processes(w);
    begin_cleaning(w);
}

/* --- what comes from the X server --- */

static void on_raw_key(struct watcher *w, const xcb_input_raw_key_press_event_t *e)
{
    if (hotkey_keys_event(&w->keys, e->sourceid, e->detail,
                          e->event_type == XCB_INPUT_RAW_KEY_PRESS))
        fire(w, WATCH_WHY_KEY);
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
        fire(w, WATCH_WHY_DEVICE);
    ask_devices(w);
}

static void on_event(struct watcher *w, const xcb_generic_event_t *e)
{
    const xcb_ge_generic_event_t *g = (const xcb_ge_generic_event_t *)e;
    if (e->response_type == XCB_MAPPING_NOTIFY) {
        ask_map(w);
    } else if (e->response_type == XCB_GE_GENERIC && g->extension == w->xinput) {
        if (g->event_type == XCB_INPUT_RAW_KEY_PRESS || g->event_type == XCB_INPUT_RAW_KEY_RELEASE)
            on_raw_key(w, (const xcb_input_raw_key_press_event_t *)e);
        else if (g->event_type == XCB_INPUT_HIERARCHY)
            on_hierarchy(w, (const xcb_input_hierarchy_event_t *)e);
    }
}

static bool read_events(struct watcher *w)
{
    bool any = false;
    xcb_generic_event_t *e;
    while ((e = xcb_poll_for_event(w->x)) != NULL) {
        on_event(w, e);
        free(e);
        any = true;
    }
    return any;
}

/* Whoever writes may read, too: what comes in then is in xcb's queue, where poll(2) does not see
   it. So until a turn had nothing to write. */
static void read_server(struct watcher *w)
{
    bool any;
    do {
        any = read_events(w);
        any = collect_answers(w) || any;
        xcb_flush(w->x);
    } while (any);
    if (!xcb_connection_has_error(w->x) || w->over)
        return;
    w->over = true;
    fire(w, WATCH_WHY_LOST);
}

/* --- what comes from the broker --- */

static int on_watch_arm(void *ctx, struct msg_watch_arm *m)
{
    struct watcher *w = ctx;
    bool had = w->n_processes > 0;
    forget_processes(w);
    if (had && m->n_processes == 0)
        begin_cleaning(w);
    for (size_t i = 0; i < m->n_processes; i++) {
        w->process[w->n_processes++] = m->processes[i];
        m->processes[i] = -1;
    }
    for (size_t i = 0; i < m->n_spares && m->n_processes > 0; i++)
        w->spares[i] = m->spares[i].code;
    if (m->n_processes > 0)
        w->n_spares = m->n_spares;
    w->keys.escape = m->escape == 1;
    return msg_watch_armed_send(&w->control, &(struct msg_watch_armed){.serial = m->serial});
}

static const struct watch_at_watcher handlers = {.on_watch_arm = on_watch_arm};

static void go_on_cleaning(struct watcher *w)
{
    if (w->cleaning && w->again_us != 0 && now_us() >= w->again_us)
        begin_round(w);
}

/* Until the next round; -1: none is due. */
static int wait_ms(const struct watcher *w)
{
    if (!w->cleaning || w->again_us == 0)
        return w->over ? 10 : -1;
    uint64_t now = now_us();
    return now >= w->again_us ? 0 : (int)((w->again_us - now) / 1000) + 1;
}

/* The broker is gone. Its workers are dying with it; what they held is taken back before the end.
 */
static void leave(struct watcher *w)
{
    w->over = true;
    if (w->n_processes == 0 && !w->cleaning)
        return;
    put_down(w);
    uint64_t end = now_us() + WATCH_KILL_MS * 1000;
    while (w->cleaning && now_us() < end && !xcb_connection_has_error(w->x)) {
        struct pollfd p = {.fd = xcb_get_file_descriptor(w->x), .events = POLLIN};
        poll(&p, 1, wait_ms(w));
        go_on_cleaning(w);
        read_server(w);
    }
    /* Answered means done: the releases have been carried out before we go. */
    if (!w->cleaning)
        free(xcb_get_input_focus_reply(w->x, xcb_get_input_focus(w->x), NULL));
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

static bool connect_server(struct watcher *w)
{
    struct xauth_display name;
    struct xauth_cookie cookie;
    const char *display = getenv("DISPLAY");
    if (display == NULL || !xauth_parse_display(display, &name))
        return false;
    xauth_read(&name, &cookie);
    int fd = xauth_connect(&name);
    xcb_auth_info_t auth = {cookie.name_len, cookie.name, cookie.data_len, (char *)cookie.data};
    if (fd >= 0)
        w->x = xcb_connect_to_fd(fd, cookie.data_len > 0 ? &auth : NULL);
    xauth_cookie_finish(&cookie);
    if (w->x == NULL || xcb_connection_has_error(w->x))
        return false;
    xcb_screen_iterator_t i = xcb_setup_roots_iterator(xcb_get_setup(w->x));
    for (unsigned n = name.screen; n > 0 && i.rem > 1; n--)
        xcb_screen_next(&i);
    w->root = i.data->root;
    return true;
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

static bool has_xtest(const struct watcher *w)
{
    const xcb_query_extension_reply_t *e = xcb_get_extension_data(w->x, &xcb_test_id);
    return e != NULL && e->present;
}

static void select_keys(struct watcher *w)
{
    struct {
        xcb_input_event_mask_t head;
        uint32_t mask;
    } all = {{XCB_INPUT_DEVICE_ALL, 1},
             XCB_INPUT_XI_EVENT_MASK_RAW_KEY_PRESS | XCB_INPUT_XI_EVENT_MASK_RAW_KEY_RELEASE |
                 XCB_INPUT_XI_EVENT_MASK_HIERARCHY};
    xcb_input_xi_select_events(w->x, w->root, 1, &all.head);
    ask_map(w);
    ask_devices(w);
    xcb_flush(w->x);
    while ((w->asked[ASK_MAP] != 0 || w->asked[ASK_DEVICES] != 0) &&
           !xcb_connection_has_error(w->x)) {
        struct pollfd p = {.fd = xcb_get_file_descriptor(w->x), .events = POLLIN};
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
    if (!connect_server(w))
        give_up(w, FAIL_X_CONNECT);
    if (!has_input_2_1(w))
        give_up(w, FAIL_X_NO_INPUT);
    w->xtest_present = has_xtest(w);
    select_keys(w);
    if (!lock_in())
        give_up(w, FAIL_CONFINE);
    w->control.state = WATCH_STATE_READY;
    if (msg_ready_send(&w->control) != 0)
        _exit(1);
}

static void turn(struct watcher *w)
{
    struct pollfd p[WATCHED] = {{.fd = xcb_get_file_descriptor(w->x), .events = POLLIN},
                                {.fd = w->control.fd, .events = POLLIN}};
    size_t n = w->n_processes;
    bool died = false;
    for (size_t i = 0; i < n; i++)
        p[2 + i] = (struct pollfd){.fd = w->process[i], .events = POLLIN};
    if (poll(p, 2 + n, wait_ms(w)) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        died = died || p[2 + i].revents != 0;
    if (p[0].revents != 0)
        read_server(w);
    go_on_cleaning(w);
    if (died && w->n_processes > 0)
        put_down(w);
    if (p[1].revents != 0)
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
