/*
 * Measures vitrine-relay, the real program under its filter: sessions of one presenter and many
 * viewers, all of them in this process, over loopback TLS. The relay is bound to one core, this
 * program to the next. Prints one line of JSON. Not part of the product.
 *
 *     relay SESSIONS VIEWERS UNIT_BYTES SECONDS UNITS_PER_SECOND [PORT_FILE [LOST]]
 *
 * PORT_FILE gets port and pid of the relay before the measuring begins: for those who disturb it.
 * LOST viewers of the first session lose their lines as it begins, all at once, and come back with
 * their tokens: from connect(2) to OPENED. The others are measured.
 */
#include "ch_relay.h"
#include "tests/bench/load/load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIALLERS 16 /* processes that come back at once, each for its share of the lost */

struct session {
    struct load_end presenter, *viewers;
    uint8_t sid[FRAME_SID];
    uint32_t opened, newest; /* handles: of the last OPENED, the last PEER */
    uint16_t bound;          /* mid of the last BOUND */
    uint64_t next_ns;        /* when its next unit is due */
    bool asked;              /* for a KEY unit */
};

static struct bench {
    pid_t pid;
    struct chan control;
    uint16_t port;
    bool ready, serving;
    struct session *sessions;
    size_t n_sessions, n_viewers; /* of each */
    uint64_t sent, events;
} bench;

/* --- the relay -----------------------------------------------------------------------------------
 */

static int on_ready(void *ctx)
{
    (void)ctx;
    bench.ready = true;
    bench.control.state = RELAY_STATE_READY;
    return 0;
}

static int on_serving(void *ctx, struct msg_relay_serving *m)
{
    (void)ctx;
    (void)m;
    bench.serving = true;
    return 0;
}

static int on_event(void *ctx, struct msg_relay_event *m)
{
    (void)ctx;
    (void)m;
    bench.events++;
    return 0;
}

static const struct relay_at_broker handlers = {
    .on_ready = on_ready, .on_relay_serving = on_serving, .on_relay_event = on_event};

static void spawn(void)
{
    char path[4096];
    int ends[2];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 32);
    char *cut;
    path[n > 0 ? n : 0] = 0;
    cut = strstr(path, "/tests/bench/");
    if (cut == NULL || chan_pair(ends) != 0)
        load_give_up("start");
    strcpy(cut, "/vitrine-relay");
    bench.pid = fork();
    if (bench.pid == 0) {
        char *args[] = {path, NULL};
        dup2(ends[1], 3);
        execv(path, args);
        _exit(127);
    }
    close(ends[1]);
    load_watch_pid(bench.pid);
    load_bind_core(bench.pid, 0);
    load_bind_core(0, 1);
    relay_init_broker(&bench.control, ends[0], &handlers, NULL);
}

static void await(const bool *flag)
{
    while (!*flag)
        if (chan_receive_wait(&bench.control) != CHAN_OK)
            load_give_up("the relay went away");
}

static void serve(void)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    socklen_t len = sizeof in;
    struct msg_relay_serve m = {.low = 10, .high = 99, .n_sockets = 1};
    m.sockets[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(m.sockets[0], (struct sockaddr *)&in, sizeof in) != 0 ||
        listen(m.sockets[0], 512) != 0 ||
        getsockname(m.sockets[0], (struct sockaddr *)&in, &len) != 0)
        load_give_up("listen");
    bench.port = ntohs(in.sin_port);
    if (msg_relay_keys_send(&bench.control, &(struct msg_relay_keys){0}) != 0)
        load_give_up("keys");
    await(&bench.ready);
    bench.control.state = RELAY_STATE_SERVING;
    if (msg_relay_serve_send(&bench.control, &m) != 0)
        load_give_up("serve");
    close(m.sockets[0]);
    await(&bench.serving);
}

/* --- sessions ------------------------------------------------------------------------------------
 */

static void on_frame(struct load_end *e, size_t len)
{
    struct session *s = e->owner;
    struct frame f;
    if (frame_decode(e->in, len, FRAME_FROM_RELAY, &f) != FRAME_GOOD)
        load_give_up("a bad frame from the relay");
    if (f.type == FRAME_OPENED) {
        s->opened = f.u.opened.handle;
        memcpy(s->sid, f.u.opened.sid, FRAME_SID);
    } else if (f.type == FRAME_PEER) {
        s->newest = f.u.peer.handle;
    } else if (f.type == FRAME_BOUND) {
        s->bound = f.u.bound.mid;
        memcpy(e->token, f.u.bound.token, FRAME_TOKEN);
    } else if (f.type == FRAME_NEED) {
        s->asked = true;
    } else if (f.type == FRAME_UNIT) {
        load_note(e);
    } else if (f.type == FRAME_ERR) {
        fprintf(stderr, "relay bench: ERR %u\n", f.u.err.code);
        load_give_up("refused");
    }
}

static void create(struct session *s, size_t index)
{
    struct frame f = {.type = FRAME_CREATE};
    s->presenter.owner = s;
    load_open(&s->presenter, index, bench.port);
    load_say_frame(&s->presenter, &f);
    while (s->opened == 0)
        load_hear(100);
    f.type = FRAME_PARAMS;
    f.u.params.m0 = (struct span){(const uint8_t *)"M0", 2};
    load_say_frame(&s->presenter, &f);
    f.type = FRAME_PRESENT;
    f.u.present.mid = 1;
    load_say_frame(&s->presenter, &f);
}

static void join(struct session *s, struct load_end *e, size_t index, uint16_t mid)
{
    struct frame f = {.type = FRAME_ATTACH};
    uint32_t handle = s->opened;
    e->owner = s;
    load_open(e, index, bench.port);
    memcpy(f.u.attach.sid, s->sid, FRAME_SID);
    load_say_frame(e, &f);
    while (s->opened == handle || s->newest != s->opened)
        load_hear(100);
    f = (struct frame){.type = FRAME_BIND};
    f.u.bind.handle = s->opened;
    f.u.bind.mid = mid;
    load_say_frame(&s->presenter, &f);
    while (s->bound != mid)
        load_hear(100);
}

static void gather(void)
{
    size_t index = 0;
    bench.sessions = calloc(bench.n_sessions, sizeof *bench.sessions);
    for (size_t i = 0; i < bench.n_sessions; i++) {
        struct session *s = &bench.sessions[i];
        s->viewers = calloc(bench.n_viewers, sizeof *s->viewers);
        create(s, index++);
        for (size_t k = 0; k < bench.n_viewers; k++)
            join(s, &s->viewers[k], index++, (uint16_t)(k + 2));
    }
}

/* Intrusion events, when somebody disturbs: without a reader the relay would keep them. */
static void hear_events(void)
{
    struct pollfd p = {.fd = bench.control.fd, .events = POLLIN};
    if (poll(&p, 1, 0) > 0 && chan_receive(&bench.control, 64) != CHAN_OK)
        load_give_up("the relay went away");
}

/* --- measuring -----------------------------------------------------------------------------------
 */

static void send_unit(struct session *s, size_t content)
{
    static uint8_t unit[LOAD_ROOM];
    load_say(&s->presenter, unit, load_write_unit(unit, 1, content, s->asked));
    s->asked = false;
    bench.sent++;
}

/* The unit that took longest, and in the time between two units, in which that fell: how long the
   relay worked, and relay and this program were kept from their cores. */
static struct worst {
    double ms, relay_ran_ms, relay_kept_ms, own_kept_ms;
} worst;

static void look_for_worst(void)
{
    static struct load_time relay, own;
    struct load_time was = relay, own_was = own;
    double ms = load_take_worst_ms();
    relay = load_time_of(bench.pid);
    own = load_time_of(getpid());
    if (ms > worst.ms)
        worst = (struct worst){ms, relay.ran_ms - was.ran_ms, relay.kept_ms - was.kept_ms,
                               own.kept_ms - own_was.kept_ms};
}

/* Sessions take turns, evenly over the time between two units. */
static void run(size_t content, double seconds, double rate, bool disturbed)
{
    uint64_t begun = load_now_ns(), end = begun + (uint64_t)(seconds * 1e9);
    uint64_t apart = (uint64_t)(1e9 / rate);
    for (size_t i = 0; i < bench.n_sessions; i++)
        bench.sessions[i].next_ns = begun + apart * i / bench.n_sessions;
    while (load_now_ns() < end) {
        for (size_t i = 0; i < bench.n_sessions; i++) {
            struct session *s = &bench.sessions[i];
            if (load_now_ns() < s->next_ns)
                continue;
            if (disturbed)
                look_for_worst();
            send_unit(s, content);
            s->next_ns += apart;
        }
        load_hear(1);
        hear_events();
    }
}

static uint64_t wanted(void)
{
    return bench.sent * bench.n_viewers;
}

static void settle(void)
{
    for (uint64_t until = load_now_ns() + 3000000000u; load_now_ns() < until;) {
        if (load_result().units >= wanted())
            return;
        load_hear(10);
    }
}

/* One KEY unit for everybody, so that all are in the stream before anything counts. */
static void begin_stream(size_t content)
{
    for (size_t i = 0; i < bench.n_sessions; i++) {
        bench.sessions[i].asked = true;
        send_unit(&bench.sessions[i], content);
    }
    settle();
    bench.sent = 0;
    load_measure();
}

/* --- coming back ---------------------------------------------------------------------------------
 */

struct returned {
    uint32_t us, tries;
};

/* Waits longer each time, as the heart does (broker/session_line.c). */
static uint32_t try_until_in(struct load_end *e, size_t index)
{
    static const unsigned waits_ms[] = {200, 500, 1000, 2000, 4000};
    uint32_t tries = 1;
    for (; !load_try(e, index, bench.port); tries++)
        usleep(1000 * waits_ms[tries < 5 ? tries - 1 : 4]);
    return tries;
}

static void attach_again(struct session *s, struct load_end *e, const uint8_t *token)
{
    struct frame f = {.type = FRAME_ATTACH};
    memcpy(f.u.attach.sid, s->sid, FRAME_SID);
    memcpy(f.u.attach.token, token, FRAME_TOKEN);
    f.u.attach.as = FRAME_AS_MEMBER;
    s->opened = 0;
    load_say_frame(e, &f);
    while (s->opened == 0)
        load_hear(100);
}

/* One of those who dial. Their lines stay as long as the bench does. */
_Noreturn static void dial_again(struct session *s, size_t first, size_t lost, int out)
{
    uint64_t begun = load_now_ns();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    load_begin_again();
    for (size_t i = first; i < lost; i += DIALLERS) {
        struct load_end *again = calloc(1, sizeof *again);
        struct returned r = {.tries = try_until_in(again, i)};
        again->owner = s;
        attach_again(s, again, s->viewers[i].token);
        r.us = (uint32_t)((load_now_ns() - begun) / 1000);
        if (write(out, &r, sizeof r) != sizeof r)
            load_give_up("pipe");
    }
    close(out);
    for (;;)
        pause();
}

/* Where the times can be read, once all have come back. */
static int lose(struct session *s, size_t lost)
{
    int ends[2];
    if (pipe(ends) != 0)
        load_give_up("pipe");
    for (size_t i = 0; i < lost; i++)
        load_close(&s->viewers[i]);
    for (size_t i = 0; i < DIALLERS && i < lost; i++)
        if (fork() == 0)
            dial_again(s, i, lost, ends[1]);
    close(ends[1]);
    bench.n_viewers -= lost;
    return ends[0];
}

static int by_time(const void *a, const void *b)
{
    const struct returned *x = a, *y = b;
    return x->us < y->us ? -1 : x->us > y->us;
}

static struct back {
    double half_ms, all_ms, tries;
} await_back(int from, size_t lost)
{
    struct returned *all = calloc(lost, sizeof *all);
    struct back b = {0};
    for (size_t i = 0; i < lost; i++) {
        if (read(from, &all[i], sizeof all[i]) != sizeof all[i])
            load_give_up("not all came back");
        b.tries += (double)all[i].tries / (double)lost;
    }
    qsort(all, lost, sizeof *all, by_time);
    b.half_ms = all[lost / 2].us / 1e3;
    b.all_ms = all[lost - 1].us / 1e3;
    free(all);
    return b;
}

static void tell(const char *file)
{
    FILE *f = file != NULL ? fopen(file, "w") : NULL;
    if (f == NULL)
        return;
    fprintf(f, "%u %d\n", bench.port, bench.pid);
    fclose(f);
}

int main(int argc, char **argv)
{
    size_t content = argc > 3 ? (size_t)atol(argv[3]) : 0;
    double seconds = argc > 4 ? atof(argv[4]) : 0, rate = argc > 5 ? atof(argv[5]) : 0, cpu, bytes;
    size_t lost = argc > 7 ? (size_t)atol(argv[7]) : 0;
    struct back back = {0};
    struct load_result r;
    int returns = -1;
    long before, idle, kernel, active;
    if (argc < 6 || content < 16 || content > FRAME_UNIT_MAX - 7 || seconds <= 0 || rate <= 0)
        load_give_up("usage: relay SESSIONS VIEWERS UNIT_BYTES SECONDS UNITS_PER_SECOND");
    bench.n_sessions = (size_t)atol(argv[1]);
    bench.n_viewers = (size_t)atol(argv[2]);
    if (lost > bench.n_viewers)
        load_give_up("more lost than there are");
    load_begin(on_frame);
    spawn();
    serve();
    before = load_pss_kb();
    gather();
    load_hear(100);
    idle = load_pss_kb() - before;
    kernel = load_kernel_bytes(bench.port);
    begin_stream(content);
    tell(argc > 6 ? argv[6] : NULL);
    if (lost > 0)
        returns = lose(&bench.sessions[0], lost);
    cpu = load_cpu_seconds();
    run(content, seconds, rate, argc > 6);
    cpu = load_cpu_seconds() - cpu;
    active = load_pss_kb() - before;
    settle();
    if (lost > 0)
        back = await_back(returns, lost);
    r = load_result();
    bytes = (double)r.units * (double)(content + FRAME_HEAD + LOAD_UNIT_HEAD);
    printf("{\"sessions\":%zu,\"viewers\":%zu,\"rate\":%g,\"sent\":%llu,\"delivered\":%llu,"
           "\"missed\":%lld,\"cpu\":%.3f,\"cpu_s_per_gbit\":%.4f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,"
           "\"idle_kb\":%.1f,\"active_kb\":%.1f,\"kernel_kb\":%.1f,\"events\":%llu,"
           "\"worst_ms\":%.2f,\"worst_ran_ms\":%.2f,\"worst_kept_ms\":%.2f,"
           "\"worst_own_kept_ms\":%.2f,\"back_half_ms\":%.1f,\"back_all_ms\":%.1f,\"back_tries\":%."
           "2f}\n",
           bench.n_sessions, bench.n_viewers, rate, (unsigned long long)bench.sent,
           (unsigned long long)r.units, (long long)(wanted() - r.units), cpu / seconds,
           bytes > 0 ? cpu / (bytes * 8 / 1e9) : 0, r.p50_ms, r.p99_ms,
           (double)idle / (double)(bench.n_sessions * (bench.n_viewers + 1)),
           (double)active / (double)(bench.n_sessions * (bench.n_viewers + 1)),
           (double)kernel / 1024 / (double)(bench.n_sessions * (bench.n_viewers + 1)),
           (unsigned long long)bench.events, worst.ms, worst.relay_ran_ms, worst.relay_kept_ms,
           worst.own_kept_ms, back.half_ms, back.all_ms, back.tries);
    kill(bench.pid, SIGKILL);
    waitpid(bench.pid, NULL, 0);
    return 0;
}
