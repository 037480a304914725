/*
 * The broker's part of remote control without a session: starts the real vitrine-gate and
 * vitrine-input on the display of $DISPLAY, and does what standard input says, one event a line:
 *
 *     d CODE KEYSYM PLACE   key down      u CODE        key up
 *     b N X Y / B N X Y     button down, up
 *     m X Y                 motion        w X Y         wheel, 120ths
 *     s GROUP LOCKS         state         r             release everything; answers "released ..."
 *     p                     answers "pids GATE INPUT"
 *     z MS                  waits         f N           floods: N rounds, 0: until killed
 *     g KIND                grabs as another program; answers "grabbed KIND", ends where refused
 *     k N                   the same program changes the keyboard map N times
 *
 * Says "running" when it is ready, "fired WHY KILLED CONFIRMED US" and "clean N DOWN" when the
 * watcher does (DOWN: keys and buttons that the server still holds for injected devices), "dead NS
 * AFTER SEEN LAST PUSH" when both workers are gone and the watcher has cleaned up (CLOCK_MONOTONIC;
 * injected events that came after the switch; when the switch's own event, the last injected one
 * and the last injected press or motion behind it were here, 0: none was); again on "n".
 * Usage: hand [hostile]: with a worker that floods its gate by itself. The workers lie beside it.
 */
#include "broker/hotkey.h"
#include "ch_gate.h"
#include "ch_input.h"
#include "ch_watch.h"
#include "lib/input_event.h"
#include "lib/keys.h"
#include "lib/loop.h"
#include "lib/start.h"
#include "lib/turns.h"
#include "policy/limits.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include <xcb/xinput.h>

static struct chan gate, input;
static struct started of_gate, of_input;
static bool gate_ready, input_ready, running;
static xcb_connection_t *x, *other; /* other: of another program on the desk */
static uint32_t serial;
static struct hotkey hotkey;
static struct loop loop;
static uint32_t armed;
static int pidfd[2] = {-1, -1}; /* of gate and input, whose they are; -1: not armed */
static bool hostile, told_death, cleaned;
static unsigned floods, after;
static bool flooding, endless, pressed;
static unsigned ahead; /* events that the worker has not taken yet */
static uint64_t dead_ns, seen_ns, last_ns, push_ns;
static uint16_t xtest[8];
static unsigned n_xtest;
static int commands = -1;                  /* standard input, where it is waited for */
static uint16_t keyboard, master_keyboard; /* the physical one, and what it is attached to */

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int on_gate_ready(void *ctx)
{
    (void)ctx;
    gate_ready = true;
    gate.state = GATE_STATE_OPEN;
    return 0;
}
static int on_input_ready(void *ctx)
{
    (void)ctx;
    input_ready = true;
    input.state = INPUT_STATE_RUNNING;
    return 0;
}
static int on_failed(void *ctx, struct msg_failed *m)
{
    (void)ctx;
    printf("failed %u %u\n", m->code, m->detail);
    return 0;
}
static int on_violation(void *ctx, struct msg_gate_violation *m)
{
    (void)ctx;
    printf("violation %u %u %u %u\n", m->major, m->minor, m->rule, m->detail);
    return 0;
}
static int on_running(void *ctx)
{
    (void)ctx;
    running = true;
    printf("running\n");
    return 0;
}
static int on_released(void *ctx, struct msg_input_released *m)
{
    (void)ctx;
    printf("released %u %u %u %u %u %u\n", m->serial, m->keys, m->buttons, m->motions, m->merged,
           m->untyped);
    return 0;
}
static int on_taken(void *ctx, struct msg_input_taken *m)
{
    (void)ctx;
    ahead -= m->events;
    return 0;
}

static const struct gate_at_broker gate_handlers = {
    .on_ready = on_gate_ready, .on_failed = on_failed, .on_gate_violation = on_violation};
static const struct input_at_broker input_handlers = {.on_ready = on_input_ready,
                                                      .on_failed = on_failed,
                                                      .on_input_running = on_running,
                                                      .on_input_released = on_released,
                                                      .on_input_taken = on_taken};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "hand: %s\n", what);
    exit(1);
}

static void on_fired(void *ctx, const struct msg_watch_fired *m)
{
    (void)ctx;
    printf("fired %u %u %u %u\n", m->why, m->killed, m->confirmed, m->us);
}
static void on_armed(void *ctx, uint32_t which)
{
    (void)ctx;
    armed = which;
}
static unsigned count_bits(const uint8_t bits[32])
{
    unsigned n = 0;
    for (unsigned i = 0; i < 256; i++)
        n += bits[i >> 3] >> (i & 7) & 1;
    return n;
}
/* Keys and buttons that the server has down for injected devices: a list of classes, bits from byte
   4 on. */
static unsigned count_down(void)
{
    unsigned n = 0;
    for (unsigned d = 0; d < n_xtest; d++) {
        xcb_input_query_device_state_reply_t *r = xcb_input_query_device_state_reply(
            x, xcb_input_query_device_state(x, (uint8_t)xtest[d]), NULL);
        const uint8_t *at = (const uint8_t *)(r + 1);
        for (unsigned i = 0; r != NULL && i < r->num_classes; i++, at += at[1])
            if (at[0] <= 1)
                n += count_bits(at + 4);
        free(r);
    }
    return n;
}
static void on_clean(void *ctx, unsigned n)
{
    (void)ctx;
    cleaned = true;
    printf("clean %u %u\n", n, count_down());
}
static void on_lost(void *ctx)
{
    (void)ctx;
    printf("lost\n");
}
static const struct hotkey_calls hotkey_handlers = {
    .fired = on_fired, .armed = on_armed, .clean = on_clean, .lost = on_lost};

/* As the broker starts it, in namespaces of its own; to be had are those of this computer. */
static void spawn(enum worker_kind kind, struct started *s)
{
    if (start_worker(kind, false, s) != 0 && start_worker(kind, true, s) != 0)
        die(worker_kind_name(kind));
    turns_ask_early(s->pid); /* as the broker's children; this program may have a priority */
}

static bool lets_go(uint16_t event_type)
{
    return event_type == XCB_INPUT_RAW_KEY_RELEASE || event_type == XCB_INPUT_RAW_BUTTON_RELEASE;
}

/* Everything the server says of devices: what is injected, and when the switch was pressed. */
static void read_server(void)
{
    xcb_generic_event_t *e;
    while ((e = xcb_poll_for_event(x)) != NULL) {
        const xcb_input_raw_key_press_event_t *k = (const xcb_input_raw_key_press_event_t *)e;
        bool injected = false;
        for (unsigned i = 0; i < n_xtest; i++)
            injected = injected || k->sourceid == xtest[i];
        if (e->response_type == XCB_GE_GENERIC && k->deviceid == k->sourceid) {
            if (!injected && !pressed && k->event_type == XCB_INPUT_RAW_KEY_PRESS &&
                k->detail == 96) {
                pressed = true;
                seen_ns = now_ns();
            } else if (injected && pressed) {
                after++;
                last_ns = now_ns();
                push_ns = lets_go(k->event_type) ? push_ns : last_ns;
            }
        }
        free(e);
    }
}

static bool is_dead(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return fd < 0 || poll(&p, 1, 0) > 0;
}

/* Told a little later, and after the watcher's own releases: injected events that the server still
   does are to be counted. */
static void look_at_deaths(void)
{
    if (pidfd[0] < 0 || told_death)
        return;
    if (dead_ns == 0 && is_dead(pidfd[0]) && is_dead(pidfd[1]))
        dead_ns = now_ns();
    if (dead_ns == 0 || !cleaned || now_ns() < dead_ns + 30000000)
        return;
    read_server();
    printf("dead %llu %u %llu %llu %llu\n", (unsigned long long)dead_ns, after,
           (unsigned long long)seen_ns, (unsigned long long)last_ns, (unsigned long long)push_ns);
    told_death = true;
}

/* Between the press and both deaths the workers' ends are not looked at: this program may have a
   priority, and would take the core of the dying for every end that closes. */
static void turn(int ms)
{
    bool dying = pressed && !told_death;
    struct pollfd p[] = {{.fd = dying ? -1 : gate.fd, .events = chan_events(&gate)},
                         {.fd = dying && !flooding ? -1 : input.fd, .events = chan_events(&input)},
                         {.fd = hotkey.chan.fd, .events = POLLIN},
                         {.fd = xcb_get_file_descriptor(x), .events = POLLIN},
                         {.fd = told_death || dead_ns ? -1 : pidfd[0], .events = POLLIN},
                         {.fd = told_death || dead_ns ? -1 : pidfd[1], .events = POLLIN},
                         {.fd = commands, .events = POLLIN}};
    struct chan *c[2] = {&gate, &input};
    if (dead_ns == 0 && pidfd[0] >= 0 && is_dead(pidfd[0]))
        p[4].fd = -1;
    if (dead_ns == 0 && pidfd[1] >= 0 && is_dead(pidfd[1]))
        p[5].fd = -1;
    poll(p, 7, ms);
    read_server(); /* first: its events are given the time they are read at */
    look_at_deaths();
    for (int i = 0; i < 2; i++) {
        if ((p[i].revents & POLLOUT) != 0)
            chan_flush(c[i]);
        if ((p[i].revents & (POLLIN | POLLHUP)) != 0 && chan_receive(c[i], 16) != CHAN_OK) {
            printf("over %s\n", i == 0 ? "gate" : "input");
            chan_finish(c[i]);
        }
    }
    if (p[2].revents != 0 && chan_receive(&hotkey.chan, 8) != CHAN_OK) {
        hotkey_finish(&hotkey);
        on_lost(NULL);
    }
    read_server();
    fflush(stdout);
}

/* The desk's file has one entry; its cookie is the end of it. */
static void read_cookie(uint8_t cookie[16])
{
    const char *path = getenv("XAUTHORITY");
    FILE *f = path ? fopen(path, "rb") : NULL;
    if (!f || fseek(f, -16, SEEK_END) != 0 || fread(cookie, 1, 16, f) != 16)
        die("no cookie");
    fclose(f);
}

static int connect_raw(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(a.sun_path, sizeof a.sun_path, "/tmp/.X11-unix/X%s", getenv("DISPLAY") + 1);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
        die("no X server");
    return fd;
}

static void learn_map(struct keymap *m)
{
    const xcb_setup_t *s = xcb_get_setup(x);
    xcb_get_keyboard_mapping_reply_t *r = xcb_get_keyboard_mapping_reply(
        x,
        xcb_get_keyboard_mapping(x, s->min_keycode, (uint8_t)(s->max_keycode - s->min_keycode + 1)),
        NULL);
    keymap_set(m, s->min_keycode, s->max_keycode, r->keysyms_per_keycode,
               xcb_get_keyboard_mapping_keysyms(r),
               (size_t)xcb_get_keyboard_mapping_keysyms_length(r));
    free(r);
}

static uint8_t major_xtest(void)
{
    xcb_query_extension_reply_t *r =
        xcb_query_extension_reply(x, xcb_query_extension(x, 5, "XTEST"), NULL);
    uint8_t major = r->major_opcode;
    free(r);
    return major;
}

static uint8_t major_xtest_known;
static _Noreturn void be_hostile(int display);

/* The watcher first: nobody gets anything before the switch works for them. */
static void arm(const uint8_t *spares, unsigned n)
{
    pidfd[0] = of_gate.pidfd;
    pidfd[1] = of_input.pidfd;
    uint32_t asked = hotkey_arm(&hotkey, pidfd, 2, spares, n, true);
    while (asked != 0 && armed != asked)
        turn(100);
}

static void begin(void)
{
    static struct keymap map;
    static const uint8_t name[] = "MIT-MAGIC-COOKIE-1";
    uint8_t cookie[16], spares[MAX_SPARES];
    xcb_screen_t *s = xcb_setup_roots_iterator(xcb_get_setup(x)).data;
    int ends[2];
    read_cookie(cookie);
    learn_map(&map);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        die("no socket");
    struct msg_gate_open g = {.client = 1,
                              .root = s->root,
                              .w = s->width_in_pixels,
                              .h = s->height_in_pixels,
                              .major_xtest = major_xtest(),
                              .cookie_name = {name, 18},
                              .cookie = {cookie, 16},
                              .server = connect_raw(),
                              .client_end = ends[1]};
    struct msg_input_start i = {.grant = "hand",
                                .root = s->root,
                                .w = s->width_in_pixels,
                                .h = s->height_in_pixels,
                                .display = ends[0]};
    i.n_spares = g.n_spares = (uint16_t)keymap_spares(&map, spares, MAX_SPARES);
    for (unsigned n = 0; n < i.n_spares; n++)
        i.spares[n].code = g.spares[n].code = spares[n];
    major_xtest_known = g.major_xtest;
    if (hostile && (of_input.pid = fork()) == 0)
        be_hostile(ends[0]);
    if (hostile)
        of_input.pidfd = (int)syscall(SYS_pidfd_open, of_input.pid, 0);
    arm(spares, i.n_spares);
    if (hostile && msg_gate_open_send(&gate, &g) != 0)
        die("the gate does not listen");
    if (!hostile && (msg_gate_open_send(&gate, &g) != 0 || msg_input_start_send(&input, &i) != 0))
        die("a worker does not listen");
    close(g.server);
    close(ends[0]);
    close(ends[1]);
}

static void send_one(struct input_event e)
{
    struct msg_input_events m = {.grant = "hand", .n_events = 1, .events = {e}};
    while (input.fd >= 0 && ahead + m.n_events > INPUT_AHEAD)
        turn(100);
    ahead += m.n_events;
    if (input.fd < 0 || msg_input_events_send(&input, &m) != 0)
        printf("refused\n");
}

/* Far more than the gate lets through, but at the pace of a network: this program is not to take a
 * core. */
static void flood(void)
{
    static uint64_t next_ns;
    struct msg_input_events m = {.grant = "hand", .n_events = 5};
    if (now_ns() < next_ns)
        return;
    next_ns = now_ns() + 1000000;
    m.events[0] = (struct input_event){.kind = INPUT_MOTION, .x = (int)(floods % 700), .y = 100};
    m.events[1] = (struct input_event){.kind = INPUT_KEY_DOWN, .code = 38, .keysym = 'a'};
    m.events[2] = (struct input_event){.kind = INPUT_BUTTON_DOWN, .code = 1, .x = 5, .y = 5};
    m.events[3] = (struct input_event){.kind = INPUT_BUTTON_UP, .code = 1, .x = 6, .y = 5};
    m.events[4] = (struct input_event){.kind = INPUT_KEY_UP, .code = 38};
    if (input.fd < 0 || ahead + m.n_events > INPUT_AHEAD || msg_input_events_send(&input, &m) != 0)
        return;
    ahead += m.n_events;
    if (!endless && --floods == 0)
        flooding = false;
}

static void forget(void)
{
    chan_finish(&gate);
    chan_finish(&input);
    pidfd[0] = pidfd[1] = -1;
    if (of_gate.pid > 0)
        waitpid(of_gate.pid, NULL, 0);
    if (of_input.pid > 0)
        waitpid(of_input.pid, NULL, 0);
    start_finish(&of_gate);
    start_finish(&of_input);
    gate_ready = input_ready = running = pressed = told_death = cleaned = flooding = false;
    dead_ns = last_ns = push_ns = 0;
    after = ahead = 0;
    armed = 0;
}

/* A worker in the hands of somebody else: whatever the gate lets through, as fast as it takes it.
 */
static _Noreturn void be_hostile(int display)
{
    static const uint16_t setup[6] = {'l', 11, 0, 0, 0, 0};
    static uint8_t block[36 * 200];
    uint8_t major = major_xtest_known;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    turns_ask_early(0);
    if (write(display, setup, sizeof setup) != sizeof setup || read(display, block, 8) != 8)
        _exit(1);
    memset(block, 0, sizeof block);
    const xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(x)).data->root;
    for (unsigned i = 0; i < 200; i++) {
        uint8_t *r = block + 36 * i, kinds[5][2] = {{6, 0}, {2, 38}, {3, 38}, {4, 1}, {5, 1}};
        r[0] = major, r[1] = 2, r[2] = 9, r[4] = kinds[i % 5][0], r[5] = kinds[i % 5][1];
        memcpy(r + 12, &root, sizeof root); /* no button goes down before a motion */
    }
    for (;;)
        if (write(display, block, sizeof block) <= 0)
            _exit(1);
}

static void start(void)
{
    forget();
    spawn(WORKER_GATE, &of_gate);
    gate_init_broker(&gate, of_gate.control, &gate_handlers, NULL);
    if (!hostile) {
        spawn(WORKER_INPUT, &of_input);
        input_init_broker(&input, of_input.control, &input_handlers, NULL);
        input.queue_limit = 1 << 20;
    }
    while (!gate_ready || (!input_ready && !hostile))
        turn(100);
    begin();
    while (!running && !hostile)
        turn(100);
    if (hostile)
        printf("running\n");
    fflush(stdout);
}

static bool granted(uint8_t *reply, size_t status)
{
    bool yes = reply != NULL && reply[status] == XCB_GRAB_STATUS_SUCCESS;
    free(reply);
    return yes;
}

static bool grab_keyboard(xcb_window_t root, uint8_t mode)
{
    return granted(
        (uint8_t *)xcb_grab_keyboard_reply(
            other, xcb_grab_keyboard(other, 0, root, 0, XCB_GRAB_MODE_ASYNC, mode), NULL),
        offsetof(xcb_grab_keyboard_reply_t, status));
}

static bool grab_pointer(xcb_window_t root)
{
    return granted((uint8_t *)xcb_grab_pointer_reply(
                       other,
                       xcb_grab_pointer(other, 0, root, 0, XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC,
                                        XCB_NONE, XCB_NONE, XCB_CURRENT_TIME),
                       NULL),
                   offsetof(xcb_grab_pointer_reply_t, status));
}

static bool grab_by_xi2(xcb_window_t root, uint16_t device)
{
    const uint32_t mask = XCB_INPUT_XI_EVENT_MASK_KEY_PRESS;
    return granted((uint8_t *)xcb_input_xi_grab_device_reply(
                       other,
                       xcb_input_xi_grab_device(other, root, XCB_CURRENT_TIME, XCB_NONE, device,
                                                XCB_INPUT_GRAB_MODE_22_ASYNC,
                                                XCB_INPUT_GRAB_MODE_22_ASYNC, 0, 1, &mask),
                       NULL),
                   offsetof(xcb_input_xi_grab_device_reply_t, status));
}

/* As programs from before XI2 do; the device has to be open to them. */
static bool grab_by_xi1(xcb_window_t root, uint8_t device)
{
    free(xcb_input_open_device_reply(other, xcb_input_open_device(other, device), NULL));
    return granted((uint8_t *)xcb_input_grab_device_reply(
                       other,
                       xcb_input_grab_device(other, root, XCB_CURRENT_TIME, 0, XCB_GRAB_MODE_ASYNC,
                                             XCB_GRAB_MODE_ASYNC, 0, device, NULL),
                       NULL),
                   offsetof(xcb_input_grab_device_reply_t, status));
}

/* What another program on the desk may hold: 1 keyboard, 2 keyboard frozen, 3 keyboard and pointer,
   4 the master keyboard by XI2, 5 the physical one by XI2, 6 that one floated, 7 the server,
   8 pointer, 9 the physical keyboard by XI1. */
static bool grabbed(unsigned kind)
{
    const xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(other)).data->root;
    struct {
        xcb_input_detach_slave_t detach;
    } change = {{XCB_INPUT_HIERARCHY_CHANGE_TYPE_DETACH_SLAVE, 2, keyboard, {0, 0}}};
    switch (kind) {
    case 1:
    case 2:
        return grab_keyboard(root, kind == 2 ? XCB_GRAB_MODE_SYNC : XCB_GRAB_MODE_ASYNC);
    case 3:
        return grab_keyboard(root, XCB_GRAB_MODE_ASYNC) && grab_pointer(root);
    case 4:
    case 5:
        return grab_by_xi2(root, kind == 4 ? master_keyboard : keyboard);
    case 6:
        xcb_input_xi_change_hierarchy(other, 1, (const xcb_input_hierarchy_change_t *)&change);
        return true;
    case 7:
        xcb_grab_server(other);
        return true;
    case 8:
        return grab_pointer(root);
    default:
        return kind == 9 && grab_by_xi1(root, (uint8_t)keyboard);
    }
}

static void grab(unsigned kind)
{
    if (!grabbed(kind))
        die("the grab was refused");
    free(xcb_get_input_focus_reply(other, xcb_get_input_focus(other), NULL));
    printf("grabbed %u\n", kind);
}

static void ungrab(void)
{
    const xcb_input_attach_slave_t attach = {XCB_INPUT_HIERARCHY_CHANGE_TYPE_ATTACH_SLAVE, 2,
                                             keyboard, master_keyboard};
    xcb_ungrab_server(other);
    xcb_ungrab_keyboard(other, XCB_CURRENT_TIME);
    xcb_ungrab_pointer(other, XCB_CURRENT_TIME);
    xcb_input_xi_ungrab_device(other, XCB_CURRENT_TIME, master_keyboard);
    xcb_input_xi_ungrab_device(other, XCB_CURRENT_TIME, keyboard);
    xcb_input_ungrab_device(other, XCB_CURRENT_TIME, (uint8_t)keyboard);
    xcb_input_xi_change_hierarchy(other, 1, (const xcb_input_hierarchy_change_t *)&attach);
    free(xcb_get_input_focus_reply(other, xcb_get_input_focus(other), NULL));
}

static void change_map(unsigned times)
{
    const uint8_t last = xcb_get_setup(other)->max_keycode;
    for (unsigned i = 0; i < times; i++) {
        const xcb_keysym_t sym = 'a' + i % 2;
        xcb_change_keyboard_mapping(other, 1, last, 1, &sym);
    }
    free(xcb_get_input_focus_reply(other, xcb_get_input_focus(other), NULL));
    printf("changed %u\n", times);
}

static void command(const char *line)
{
    unsigned a = 0, b = 0, c = 0;
    int n = 0, p = 0, q = 0;
    if (sscanf(line, "d %u %u %u", &a, &b, &c) == 3)
        send_one((struct input_event){
            .kind = INPUT_KEY_DOWN, .code = (uint8_t)a, .keysym = b, .place = (uint8_t)c});
    else if (sscanf(line, "u %u", &a) == 1)
        send_one((struct input_event){.kind = INPUT_KEY_UP, .code = (uint8_t)a});
    else if (sscanf(line, "b %d %d %d", &n, &p, &q) == 3)
        send_one(
            (struct input_event){.kind = INPUT_BUTTON_DOWN, .code = (uint8_t)n, .x = p, .y = q});
    else if (sscanf(line, "B %d %d %d", &n, &p, &q) == 3)
        send_one((struct input_event){.kind = INPUT_BUTTON_UP, .code = (uint8_t)n, .x = p, .y = q});
    else if (sscanf(line, "m %d %d", &p, &q) == 2)
        send_one((struct input_event){.kind = INPUT_MOTION, .x = p, .y = q});
    else if (sscanf(line, "w %d %d", &p, &q) == 2)
        send_one((struct input_event){.kind = INPUT_WHEEL, .x = p, .y = q});
    else if (sscanf(line, "s %u %u", &a, &b) == 2)
        msg_input_state_send(&input,
                             &(struct msg_input_state){.group = (uint8_t)a, .locks = (uint8_t)b});
    else if (line[0] == 'r')
        msg_input_release_send(&input, &(struct msg_input_release){.serial = ++serial});
    else if (sscanf(line, "f %u", &a) == 1)
        floods = a, endless = a == 0, flooding = true;
    else if (sscanf(line, "g %u", &a) == 1)
        a == 0 ? ungrab() : grab(a);
    else if (sscanf(line, "k %u", &a) == 1)
        change_map(a);
    else if (line[0] == 'n')
        start();
    else if (line[0] == 'p')
        printf("pids %d %d\n", (int)of_gate.pid, (int)of_input.pid);
    else if (sscanf(line, "z %u", &a) == 1)
        for (uint64_t end = loop_now_ms() + a; loop_now_ms() < end;)
            turn(1);
    fflush(stdout);
}

/* A turn lasts until something happens: who wakes each millisecond by itself, and has a priority,
   takes the core of the dying as well. */
static int patience_ms(void)
{
    return flooding ? 1 : dead_ns != 0 && !told_death ? 5 : -1;
}

static void obey(void)
{
    char line[128];
    size_t len = 0;
    struct pollfd p = {.fd = 0, .events = POLLIN};
    for (;;) {
        commands = p.fd;
        turn(patience_ms());
        commands = -1;
        if (flooding)
            flood();
        if (poll(&p, 1, 0) <= 0)
            continue;
        ssize_t n = read(0, line + len, 1);
        if (n <= 0)
            return;
        if (line[len] != '\n') {
            len += len + 2 < sizeof line;
            continue;
        }
        line[len] = '\0';
        len = 0;
        command(line);
    }
}

static void note_device(const xcb_input_xi_device_info_t *d)
{
    bool injects = memmem(xcb_input_xi_device_info_name(d), d->name_len, "XTEST", 5) != NULL;
    if (injects && n_xtest < 8)
        xtest[n_xtest++] = d->deviceid;
    else if (!injects && d->type == XCB_INPUT_DEVICE_TYPE_SLAVE_KEYBOARD) {
        keyboard = d->deviceid;
        master_keyboard = d->attachment;
    }
}

static void learn_devices(void)
{
    struct {
        xcb_input_event_mask_t head;
        uint32_t mask;
    } all = {{XCB_INPUT_DEVICE_ALL, 1},
             XCB_INPUT_XI_EVENT_MASK_RAW_KEY_PRESS | XCB_INPUT_XI_EVENT_MASK_RAW_KEY_RELEASE |
                 XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_PRESS |
                 XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_RELEASE | XCB_INPUT_XI_EVENT_MASK_RAW_MOTION};
    free(xcb_input_xi_query_version_reply(x, xcb_input_xi_query_version(x, 2, 2), NULL));
    xcb_input_xi_select_events(x, xcb_setup_roots_iterator(xcb_get_setup(x)).data->root, 1,
                               &all.head);
    xcb_input_xi_query_device_reply_t *r =
        xcb_input_xi_query_device_reply(x, xcb_input_xi_query_device(x, 0), NULL);
    xcb_input_xi_device_info_iterator_t i = xcb_input_xi_query_device_infos_iterator(r);
    for (; i.rem > 0; xcb_input_xi_device_info_next(&i))
        note_device(i.data);
    free(r);
}

int main(int argc, char **argv)
{
    loop_init(&loop);
    hostile = argc == 2 && strcmp(argv[1], "hostile") == 0;
    if (argc != 1 + hostile || start_init() != 0 || hotkey_fork(&hotkey) != 0 ||
        hotkey_attach(&hotkey, &loop, &hotkey_handlers) != 0)
        die("usage: hand [hostile], with a display and its workers beside it");
    gate.fd = input.fd = -1;
    x = xcb_connect(NULL, NULL); /* never NULL */
    other = xcb_connect(NULL, NULL);
    if (xcb_connection_has_error(x) || xcb_connection_has_error(other))
        die("no display");
    free(xcb_input_xi_query_version_reply(other, xcb_input_xi_query_version(other, 2, 2), NULL));
    learn_devices();
    while (!hotkey.ready && hotkey.chan.fd >= 0)
        turn(100);
    start();
    obey();
    return 0;
}
