/*
 * The broker's part of remote control without a session: starts the real vitrine-gate and
 * vitrine-input on the display of $DISPLAY, and does what standard input says, one event a line:
 *
 *     d CODE KEYSYM PLACE   key down      u CODE        key up
 *     b N X Y / B N X Y     button down, up
 *     m X Y                 motion        w X Y         wheel, 120ths
 *     s GROUP LOCKS         state         r             release everything; answers "released ..."
 *     p                     answers "pids GATE INPUT"
 *     z MS                  waits
 *
 * Says "running" when it is ready and "over" when a worker has gone. Usage: hand FOLDER-OF-PROGRAMS
 */
#include "ch_gate.h"
#include "ch_input.h"
#include "lib/input_event.h"
#include "lib/keys.h"
#include "lib/loop.h"
#include "policy/limits.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <xcb/xcb.h>

static struct chan gate, input;
static pid_t gate_pid, input_pid;
static bool gate_ready, input_ready, running;
static xcb_connection_t *x;
static uint32_t serial;

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

static const struct gate_at_broker gate_handlers = {
    .on_ready = on_gate_ready, .on_failed = on_failed, .on_gate_violation = on_violation};
static const struct input_at_broker input_handlers = {.on_ready = on_input_ready,
                                                      .on_failed = on_failed,
                                                      .on_input_running = on_running,
                                                      .on_input_released = on_released};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "hand: %s\n", what);
    exit(1);
}

static pid_t spawn(const char *folder, const char *name, int control)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (control == 3)
            fcntl(3, F_SETFD, 0);
        else
            dup2(control, 3);
        execl(path, path, NULL);
        die(path);
    }
    close(control);
    return pid;
}

static void turn(int ms)
{
    struct pollfd p[2] = {{.fd = gate.fd, .events = chan_events(&gate)},
                          {.fd = input.fd, .events = chan_events(&input)}};
    struct chan *c[2] = {&gate, &input};
    poll(p, 2, ms);
    for (int i = 0; i < 2; i++) {
        if ((p[i].revents & POLLOUT) != 0)
            chan_flush(c[i]);
        if ((p[i].revents & (POLLIN | POLLHUP)) != 0 && chan_receive(c[i], 16) != CHAN_OK) {
            printf("over %s\n", i == 0 ? "gate" : "input");
            fflush(stdout);
            chan_finish(c[i]);
        }
    }
    fflush(stdout);
    if (gate.fd < 0 && input.fd < 0)
        exit(0);
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
    memset(m, 0, sizeof *m);
    m->first = s->min_keycode;
    m->last = s->max_keycode;
    m->per = r->keysyms_per_keycode < KEYS_PER_CODE ? r->keysyms_per_keycode : KEYS_PER_CODE;
    for (unsigned c = m->first; c <= m->last; c++)
        for (unsigned i = 0; i < m->per; i++)
            m->sym[c][i] =
                xcb_get_keyboard_mapping_keysyms(r)[(c - m->first) * r->keysyms_per_keycode + i];
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
    if (msg_gate_open_send(&gate, &g) != 0 || msg_input_start_send(&input, &i) != 0)
        die("a worker does not listen");
    close(g.server);
    close(ends[0]);
    close(ends[1]);
}

static void send_one(struct input_event e)
{
    struct msg_input_events m = {.grant = "hand", .n_events = 1, .events = {e}};
    if (msg_input_events_send(&input, &m) != 0)
        printf("refused\n");
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
    else if (line[0] == 'p')
        printf("pids %d %d\n", (int)gate_pid, (int)input_pid);
    else if (sscanf(line, "z %u", &a) == 1)
        for (uint64_t end = loop_now_ms() + a; loop_now_ms() < end;)
            turn(1);
    fflush(stdout);
}

static void obey(void)
{
    char line[128];
    size_t len = 0;
    struct pollfd p = {.fd = 0, .events = POLLIN};
    for (;;) {
        turn(0);
        if (poll(&p, 1, 1) <= 0)
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

int main(int argc, char **argv)
{
    int control[2];
    if (argc != 2 || (x = xcb_connect(NULL, NULL)) == NULL || xcb_connection_has_error(x))
        die("usage: hand FOLDER, with a display");
    if (chan_pair(control) != 0)
        die("no channel");
    gate_pid = spawn(argv[1], "vitrine-gate", control[1]);
    gate_init_broker(&gate, control[0], &gate_handlers, NULL);
    if (chan_pair(control) != 0)
        die("no channel");
    input_pid = spawn(argv[1], "vitrine-input", control[1]);
    input_init_broker(&input, control[0], &input_handlers, NULL);
    input.queue_limit = 1 << 20;
    while (!gate_ready || !input_ready)
        turn(100);
    begin();
    while (!running)
        turn(100);
    obey();
    return 0;
}
