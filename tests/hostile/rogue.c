/*
 * A worker gone bad, for tests/hostile: put in the place of a vitrine-ROLE program, it locks itself
 * in as that role does (or pretends to), and then does what its orders say. It distrusts nothing;
 * it is what the others have to distrust.
 *
 * The environment of a worker is fixed and it can read no file, so its orders are in the program
 * itself: tests/harness/rogue.py writes "ROLE WHEN WHERE WHAT" into `orders`. WHEN   unready
 * (instead of locking in), ready, given (descriptors have come: its work begins) WHERE  control, or
 * which of the given descriptors: 0, 1, ... WHAT   see `deeds` A render program with orders for
 * another role than ui is an honest painter as ui.
 */
#include "ch_capture.h"
#include "ch_screen.h"
#include "ch_seal.h"
#include "ch_ui.h"
#include "lib/chan.h"
#include "lib/sandbox.h"
#include "lib/tile/format.h"
#include "lib/ui/scene.h"
#include "lib/worker.h"
#include "policy/limits.h"
#include "render/ui.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SURVIVED 999 /* FAILED.code: a forbidden call came back */

char orders[64] = "ORDERS:                                                        ";

static const struct policy_filter *const policies[WORKER_KINDS] = {
    [WORKER_GATE] = &policy_gate,   [WORKER_CAPTURE] = &policy_capture,
    [WORKER_INPUT] = &policy_input, [WORKER_DIAL] = &policy_dial,
    [WORKER_NET] = &policy_net,     [WORKER_SEAL] = &policy_seal,
    [WORKER_RELAY] = &policy_relay, [WORKER_UI] = &policy_ui,
    [WORKER_VIEW] = &policy_view,   [WORKER_AUDIT] = &policy_audit,
    [WORKER_BUS] = &policy_bus,
};

static struct chan control;
static uint8_t buffer[200000];

/* ------------------------------------------------------------------------------------------
 * sending */
static void put(int where, const void *bytes, size_t len, int fd)
{
    struct iovec part = {(void *)(uintptr_t)bytes, len};
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(sizeof(int))];
    } c;
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        m.msg_control = &c;
        m.msg_controllen = sizeof c.room;
        c.align = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&c.align), &fd, sizeof fd);
    }
    while (sendmsg(where, &m, MSG_NOSIGNAL) < 0 && (errno == EAGAIN || errno == EINTR))
        poll(&(struct pollfd){.fd = where, .events = POLLOUT}, 1, -1);
}

static void put_type(int where, uint16_t type, size_t more)
{
    buffer[0] = (uint8_t)(type >> 8);
    buffer[1] = (uint8_t)type;
    put(where, buffer, 2 + more, -1);
}

/* --------------------------------------------------------------------------------------------
 * deeds */
static void garbage(int where)
{
    for (size_t i = 0; i < 64; i++)
        buffer[i] = (uint8_t)(0xa5 ^ i * 7);
    put(where, buffer, 64, -1);
}

static void empty(int where)
{
    put(where, buffer, 0, -1);
}

static void one_byte(int where)
{
    put(where, buffer, 1, -1);
}

static void unknown(int where)
{
    put_type(where, 0xfffe, 0);
}

static void trailing(int where)
{
    put_type(where, MSG_READY, 1);
}

static void huge(int where)
{
    put_type(where, MSG_READY, sizeof buffer - 2);
}

static void ready_again(int where)
{
    put_type(where, MSG_READY, 0);
}

static void descriptor(int where)
{
    buffer[0] = MSG_READY >> 8;
    buffer[1] = MSG_READY & 0xff;
    put(where, buffer, 2, STDIN_FILENO);
}

/* Known messages that never travel in this direction or on this channel. */
static void foreign(int where)
{
    put_type(where, MSG_CAPTURE_START, 40);
}

static void foreign_seal(int where)
{
    put_type(where, MSG_SEAL_SESSION, 29);
}

/* Right form, right sender, but nobody asked for it. */
static void unasked(int where)
{
    buffer[2] = buffer[3] = buffer[4] = 0;
    buffer[5] = 77;
    put_type(where, MSG_CAPTURE_MASKED, 4);
}

static void running(int where)
{
    const uint8_t size[8] = {0, 0, 3, 32, 0, 0, 2, 88};
    memcpy(buffer + 2, size, sizeof size);
    put_type(where, MSG_CAPTURE_RUNNING, sizeof size);
}

static void flood(int where)
{
    for (;;)
        running(where);
}

/* Whole pictures with nothing in them: right units, but each is one more than anybody needs. */
static void flood_keys(int where)
{
    static const uint8_t unit[] = {
        MSG_SHARE_SCREEN >> 8, MSG_SHARE_SCREEN & 0xff, 1,  0,        0,  0, TILE_HEAD_BYTES,
        TILE_VERSION,          TILE_FLAG_KEY,           24, [18] = 3, 32, 2, 88};
    running(WORKER_CONTROL_FD);
    memcpy(buffer, unit, sizeof unit);
    for (;;)
        put(where, buffer, sizeof unit, -1);
}

/* Sizes of the presenter's picture, each another one than before. */
static void flood_sizes(int where)
{
    uint8_t size[9] = {0, 0, 3, 32, 0, 0, 2, 88, 0};
    for (;; size[3] ^= 1) {
        memcpy(buffer + 2, size, sizeof size);
        put_type(where, MSG_SCREEN_PICTURE, sizeof size);
    }
}

static void flood_garbage(int where)
{
    for (;;)
        garbage(where);
}

static void survived(void)
{
    worker_fail(&control, SURVIVED, 0);
}

static void call_socket(int where)
{
    (void)where;
    syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
    survived();
}

static void call_open(int where)
{
    (void)where;
    syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0);
    survived();
}

static void call_fork(int where)
{
    (void)where;
    syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    survived();
}

static void call_exec(int where)
{
    char *const none[] = {NULL};
    (void)where;
    syscall(SYS_execve, "/bin/sh", none, none);
    survived();
}

static void call_kill(int where)
{
    (void)where;
    syscall(SYS_kill, 1, SIGTERM);
    survived();
}

static void call_ptrace(int where)
{
    (void)where;
    syscall(SYS_ptrace, PTRACE_TRACEME, 0, NULL, NULL);
    survived();
}

/* --- painters */

/* One colour, also so much beyond the window's own rectangle. */
static void fill(const struct msg_ui_paint *m, size_t beyond)
{
    size_t size = (size_t)m->stride * m->height + beyond;
    uint32_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, m->memory, 0);
    if (p == MAP_FAILED)
        survived();
    for (size_t i = 0; i < size / 4; i++)
        p[i] = 0xff00ff;
    munmap(p, size);
}

/* A painter that paints one colour where it should paint a window, and says that it is done. */
static int lie(void *ctx, struct msg_ui_paint *m)
{
    fill(m, 0);
    return msg_ui_painted_send(ctx, &(struct msg_ui_painted){.serial = m->serial});
}

static int lie_outside(void *ctx, struct msg_ui_paint *m)
{
    fill(m, 1 << 20);
    return lie(ctx, m);
}

/* Done, it says, with what nobody has ordered. */
static int lie_about_another(void *ctx, struct msg_ui_paint *m)
{
    return msg_ui_painted_send(ctx, &(struct msg_ui_painted){.serial = m->serial + 1000});
}

/* Once, and from then on it only takes orders. */
static int lie_once(void *ctx, struct msg_ui_paint *m)
{
    static bool painted;
    if (painted)
        return 0;
    painted = m->window != UI_LABELS;
    return lie(ctx, m);
}

static int take_no_fonts(void *ctx, struct msg_ui_fonts *m)
{
    (void)m;
    ((struct chan *)ctx)->state = UI_STATE_READY;
    return 0;
}

static int look_away(void *ctx, struct msg_ui_crowd *m)
{
    (void)ctx;
    (void)m;
    return 0;
}

_Noreturn static void paint_with(int (*paint)(void *ctx, struct msg_ui_paint *m))
{
    static struct ui_at_ui painter = {.on_ui_fonts = take_no_fonts, .on_ui_crowd = look_away};
    painter.on_ui_paint = paint;
    ui_init_ui(&control, WORKER_CONTROL_FD, &painter, &control);
    control.queue_limit = MAX_DATAGRAM;
    while (chan_receive_wait(&control) == CHAN_OK)
        ;
    _exit(0);
}

static void lies(int where)
{
    (void)where;
    paint_with(lie);
}

static void outside(int where)
{
    (void)where;
    paint_with(lie_outside);
}

static void another(int where)
{
    (void)where;
    paint_with(lie_about_another);
}

static void stalls(int where)
{
    (void)where;
    paint_with(lie_once);
}

static void leave(int where)
{
    (void)where;
    _exit(0);
}

static void hang(int where)
{
    (void)where;
}

static const struct deed {
    const char *name;
    void (*run)(int where);
} deeds[] = {
    {"garbage", garbage},
    {"empty", empty},
    {"byte", one_byte},
    {"unknown", unknown},
    {"trailing", trailing},
    {"huge", huge},
    {"ready", ready_again},
    {"descriptor", descriptor},
    {"foreign", foreign},
    {"foreign-seal", foreign_seal},
    {"unasked", unasked},
    {"running", running},
    {"flood", flood},
    {"flood-garbage", flood_garbage},
    {"flood-keys", flood_keys},
    {"flood-sizes", flood_sizes},
    {"socket", call_socket},
    {"open", call_open},
    {"fork", call_fork},
    {"exec", call_exec},
    {"kill", call_kill},
    {"ptrace", call_ptrace},
    {"leave", leave},
    {"hang", hang},
    {"lies", lies},
    {"outside", outside},
    {"another", another},
    {"stalls", stalls},
};

/* -------------------------------------------------------------------------------------------
 * orders */
struct plan {
    char role[16], when[16], where[16], what[20];
};

static void do_it(const struct plan *p, int where)
{
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        if (strcmp(deeds[i].name, p->what) == 0)
            deeds[i].run(where);
    for (;;)
        poll(NULL, 0, -1);
}

/* Waits for its work; answers which of the descriptors that came is meant. */
static int wait_for_descriptors(const struct plan *p)
{
    for (;;) {
        struct iovec part = {buffer, sizeof buffer};
        union {
            struct cmsghdr align;
            char room[CMSG_SPACE(24 * sizeof(int))];
        } c;
        struct msghdr m = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c.room};
        poll(&(struct pollfd){.fd = WORKER_CONTROL_FD, .events = POLLIN}, 1, -1);
        ssize_t n = recvmsg(WORKER_CONTROL_FD, &m, MSG_DONTWAIT);
        if (n == 0)
            _exit(0);
        const struct cmsghdr *h = CMSG_FIRSTHDR(&m);
        uint16_t type = n >= 2 ? (uint16_t)(buffer[0] << 8 | buffer[1]) : 0;
        /* what comes before READY is for the warm-up: fonts, certificates, keys, the log */
        if (n <= 0 || h == NULL || type == MSG_UI_FONTS)
            continue;
        int fd;
        memcpy(&fd, CMSG_DATA(h) + (size_t)atoi(p->where) % 24 * sizeof fd, sizeof fd);
        return strcmp(p->where, "control") == 0 ? WORKER_CONTROL_FD : fd;
    }
}

/* Filters of its own on top, so that the number is wrong. */
static void add_filter(void)
{
    static const struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    static const struct policy_filter all = {allow, 1};
    sandbox_filter(&all);
}

static void misbehave_unready(const struct plan *p)
{
    if (strcmp(p->what, "unconfined") == 0)
        ready_again(WORKER_CONTROL_FD);
    else if (strcmp(p->what, "filters") == 0)
        add_filter();
    else
        do_it(p, WORKER_CONTROL_FD);
}

static void play(enum worker_kind kind, const struct plan *p)
{
    static const struct capture_at_capture none;
    worker_begin(kind);
    capture_init_capture(&control, WORKER_CONTROL_FD, &none,
                         NULL); /* READY is the same everywhere */
    if (strcmp(p->when, "unready") == 0)
        misbehave_unready(p);
    if (strcmp(p->what, "unconfined") != 0)
        worker_confine(kind, policies[kind], &control);
    if (strcmp(p->when, "ready") == 0)
        do_it(p, WORKER_CONTROL_FD);
    if (strcmp(p->when, "given") == 0)
        do_it(p, wait_for_descriptors(p));
    for (;;)
        poll(NULL, 0, -1);
}

int main(int argc, char **argv)
{
    struct plan p = {0};
    if (argc != 2 || sscanf(orders + strlen("ORDERS:"), "%15s %15s %15s %19s", p.role, p.when,
                            p.where, p.what) != 4)
        return 2;
    if (strcmp(argv[1], "ui") == 0 && strcmp(p.role, "ui") != 0)
        return ui_run();
    for (enum worker_kind k = WORKER_GATE; k < WORKER_KINDS; k++)
        if (strcmp(worker_kind_name(k), argv[1]) == 0)
            play(k, &p);
    return 2;
}
