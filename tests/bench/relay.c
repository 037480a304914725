/*
 * Measures vitrine-relay, the real program under its filter: one presenter, many viewers, all of
 * them in this process, over loopback TLS. Prints one line of JSON: what was delivered, what it
 * cost the relay, how long it took, what a handshake takes. Not part of the product.
 *
 *     relay VIEWERS UNIT_BYTES SECONDS UNITS_PER_SECOND     0 a second: as fast as all viewers take
 * them
 */
#include "ch_relay.h"
#include "lib/relay_frame.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROOM (FRAME_HEAD + FRAME_UNIT_MAX)
#define SAMPLES 2000000
#define AHEAD 2097152 /* bytes under way at full speed */

struct end {
    int fd;
    SSL *ssl;
    uint8_t *in;
    size_t have;
    uint64_t units, bytes;
    uint32_t handle;
    bool bound;
};

static struct bench {
    pid_t pid;
    struct chan control;
    uint16_t port;
    bool ready, serving;
    SSL_CTX *ctx;
    int epoll;
    struct end *viewers, presenter;
    size_t n_viewers;
    uint8_t sid[FRAME_SID];
    uint32_t newest; /* handle of the last PEER */
    double handshake_us;
    uint32_t *samples; /* latency of each delivery, us */
    size_t n_samples;
    uint64_t sent_units, sent_bytes;
    bool measures;
} bench;

_Noreturn static void give_up(const char *what)
{
    fprintf(stderr, "relay bench: %s: %s\n", what, strerror(errno));
    if (bench.pid > 0)
        kill(bench.pid, SIGKILL);
    exit(1);
}

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

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
    fprintf(stderr, "relay bench: intrusion event %u\n", m->kind);
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
        give_up("start");
    strcpy(cut, "/vitrine-relay");
    bench.pid = fork();
    if (bench.pid == 0) {
        char *args[] = {path, NULL};
        dup2(ends[1], 3);
        execv(path, args);
        _exit(127);
    }
    close(ends[1]);
    relay_init_broker(&bench.control, ends[0], &handlers, NULL);
}

static void await(const bool *flag)
{
    while (!*flag)
        if (chan_receive_wait(&bench.control) != CHAN_OK)
            give_up("the relay went away");
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
        give_up("listen");
    bench.port = ntohs(in.sin_port);
    if (msg_relay_keys_send(&bench.control, &(struct msg_relay_keys){0}) != 0)
        give_up("keys");
    await(&bench.ready);
    bench.control.state = RELAY_STATE_SERVING;
    if (msg_relay_serve_send(&bench.control, &m) != 0)
        give_up("serve");
    close(m.sockets[0]);
    await(&bench.serving);
}

static double cpu_seconds(void)
{
    char path[64], text[1024], *at;
    unsigned long user, system;
    FILE *f;
    size_t n;
    snprintf(path, sizeof path, "/proc/%d/stat", bench.pid);
    f = fopen(path, "r");
    n = f == NULL ? 0 : fread(text, 1, sizeof text - 1, f);
    if (f != NULL)
        fclose(f);
    text[n] = 0;
    at = strrchr(text, ')');
    if (at == NULL ||
        sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        give_up("stat");
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static long rss_kb(void)
{
    char path[64], line[256];
    long kb = 0;
    FILE *f;
    snprintf(path, sizeof path, "/proc/%d/status", bench.pid);
    f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "VmRSS: %ld", &kb) == 1)
            break;
    if (f != NULL)
        fclose(f);
    return kb;
}

/* --- clients -------------------------------------------------------------------------------------
 */

/* Each fifty from an address of their own: the relay limits sources, and this is not what is
 * measured. */
static int dial(size_t index)
{
    struct sockaddr_in from = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(0x7f000002u + (uint32_t)(index / 50))};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(bench.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof from) != 0 ||
        connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        give_up("connect");
    return fd;
}

static void open_end(struct end *e, size_t index)
{
    static const uint8_t alpn[] = "\x09vitrine/1";
    uint64_t begun = now_us();
    e->fd = dial(index);
    e->ssl = SSL_new(bench.ctx);
    e->in = malloc(ROOM);
    SSL_set_fd(e->ssl, e->fd);
    SSL_set_alpn_protos(e->ssl, alpn, sizeof alpn - 1);
    if (e->in == NULL || SSL_connect(e->ssl) != 1)
        give_up("handshake");
    bench.handshake_us += (double)(now_us() - begun);
    fcntl(e->fd, F_SETFL, O_NONBLOCK);
}

static void note_latency(const uint8_t *unit)
{
    uint64_t at;
    memcpy(&at, unit + FRAME_HEAD + 7, sizeof at);
    if (bench.measures && bench.n_samples < SAMPLES)
        bench.samples[bench.n_samples++] = (uint32_t)(now_us() - at);
}

static void take(struct end *e, size_t len)
{
    struct frame f;
    if (frame_decode(e->in, len, FRAME_FROM_RELAY, &f) != FRAME_GOOD)
        give_up("a bad frame from the relay");
    if (f.type == FRAME_OPENED) {
        e->handle = f.u.opened.handle;
        memcpy(bench.sid, f.u.opened.sid, FRAME_SID);
    } else if (f.type == FRAME_PEER) {
        bench.newest = f.u.peer.handle;
    } else if (f.type == FRAME_BOUND) {
        e->bound = true;
    } else if (f.type == FRAME_UNIT) {
        e->units++;
        e->bytes += len;
        note_latency(e->in);
    } else if (f.type == FRAME_ERR) {
        fprintf(stderr, "relay bench: ERR %u\n", f.u.err.code);
        give_up("refused");
    }
}

/* Reads all there is. */
static void hear(struct end *e)
{
    for (;;) {
        size_t need = frame_need(e->in, e->have, FRAME_FROM_RELAY), n = 0;
        if (need == 0)
            give_up("not a frame");
        if (SSL_read_ex(e->ssl, e->in + e->have, need - e->have, &n) != 1)
            return;
        e->have += n;
        need = frame_need(e->in, e->have, FRAME_FROM_RELAY);
        if (e->have >= FRAME_HEAD && e->have == need) {
            take(e, need);
            e->have = 0;
        }
    }
}

static void hear_all(int wait_ms)
{
    struct epoll_event events[64];
    int n = epoll_wait(bench.epoll, events, 64, wait_ms);
    for (int i = 0; i < n; i++)
        hear(events[i].data.ptr);
}

static void say(struct end *e, const uint8_t *bytes, size_t len)
{
    size_t done = 0;
    while (done < len) {
        size_t n = 0;
        if (SSL_write_ex(e->ssl, bytes + done, len - done, &n) == 1) {
            done += n;
            continue;
        }
        hear_all(0);
    }
}

static void say_frame(struct end *e, const struct frame *f)
{
    uint8_t bytes[FRAME_HEAD + FRAME_SMALL_MAX];
    say(e, bytes, frame_encode(f, bytes));
}

static void watch(struct end *e)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = e};
    epoll_ctl(bench.epoll, EPOLL_CTL_ADD, e->fd, &event);
}

static void create(void)
{
    struct frame f = {.type = FRAME_CREATE};
    open_end(&bench.presenter, 0);
    watch(&bench.presenter);
    say_frame(&bench.presenter, &f);
    while (bench.presenter.handle == 0)
        hear_all(100);
    f.type = FRAME_PARAMS;
    f.u.params.m0 = (struct span){(const uint8_t *)"M0", 2};
    say_frame(&bench.presenter, &f);
    f.type = FRAME_PRESENT;
    f.u.present.mid = 1;
    say_frame(&bench.presenter, &f);
}

static void join(size_t index)
{
    struct end *e = &bench.viewers[index];
    struct frame f = {.type = FRAME_ATTACH};
    open_end(e, index + 1);
    watch(e);
    memcpy(f.u.attach.sid, bench.sid, FRAME_SID);
    say_frame(e, &f);
    while (e->handle == 0 || bench.newest != e->handle)
        hear_all(100);
    f = (struct frame){.type = FRAME_BIND};
    f.u.bind.handle = e->handle;
    f.u.bind.mid = (uint16_t)(index + 2);
    say_frame(&bench.presenter, &f);
    while (!e->bound)
        hear_all(100);
}

/* --- measuring -----------------------------------------------------------------------------------
 */

static void send_unit(uint8_t *unit, size_t content, bool key)
{
    const uint8_t head[] = {0x40, key, 0xb0, 1, 0, 1, UNIT_SCREEN};
    uint64_t at = now_us();
    frame_write_head(unit, FRAME_UNIT, sizeof head + content);
    memcpy(unit + FRAME_HEAD, head, sizeof head);
    memcpy(unit + FRAME_HEAD + sizeof head, &at, sizeof at);
    say(&bench.presenter, unit, FRAME_HEAD + sizeof head + content);
    bench.sent_units++;
    bench.sent_bytes += FRAME_HEAD + sizeof head + content;
}

static uint64_t slowest(void)
{
    uint64_t bytes = UINT64_MAX;
    for (size_t i = 0; i < bench.n_viewers; i++)
        if (bench.viewers[i].bytes < bytes)
            bytes = bench.viewers[i].bytes;
    return bytes;
}

static uint64_t delivered(void)
{
    uint64_t units = 0;
    for (size_t i = 0; i < bench.n_viewers; i++)
        units += bench.viewers[i].units;
    return units;
}

static void run(size_t content, double seconds, double rate)
{
    static uint8_t unit[ROOM];
    uint64_t begun = now_us(), end = begun + (uint64_t)(seconds * 1e6), next = begun;
    bool skipped = false;
    while (now_us() < end) {
        uint64_t now = now_us();
        /* At full speed nobody is left behind on purpose; should the relay skip for somebody, a KEY
         * unit goes on. */
        skipped = rate == 0 && bench.sent_bytes - slowest() > 4 * (uint64_t)AHEAD;
        if (rate > 0 ? now >= next : skipped || bench.sent_bytes - slowest() < AHEAD) {
            send_unit(unit, content, bench.sent_units == 0 || skipped);
            next += rate > 0 ? (uint64_t)(1e6 / rate) : 0;
        }
        hear_all(rate > 0 && next > now_us() + 1000 ? 1 : 0);
    }
}

static void settle(void)
{
    for (uint64_t until = now_us() + 3000000; now_us() < until;) {
        if (delivered() == bench.sent_units * bench.n_viewers)
            return;
        hear_all(10);
    }
}

static int by_size(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void print(size_t content, double seconds, double cpu, long idle_kb)
{
    uint64_t units = delivered();
    double bytes = (double)units * (double)(content + 11);
    qsort(bench.samples, bench.n_samples, sizeof bench.samples[0], by_size);
    printf(
        "{\"viewers\":%zu,\"unit_bytes\":%zu,\"sent\":%llu,\"delivered\":%llu,\"missed\":%llu,"
        "\"units_per_s\":%.0f,\"mb_per_s\":%.1f,\"relay_cpu\":%.3f,\"cpu_s_per_gbit\":%.3f,"
        "\"p50_us\":%u,\"p99_us\":%u,\"handshake_ms\":%.2f,\"rss_kb\":%ld,\"rss_kb_per_viewer\":%."
        "1f}\n",
        bench.n_viewers, content, (unsigned long long)bench.sent_units, (unsigned long long)units,
        (unsigned long long)(bench.sent_units * bench.n_viewers - units), (double)units / seconds,
        bytes / seconds / 1e6, cpu / seconds, bytes > 0 ? cpu / (bytes * 8 / 1e9) : 0,
        bench.n_samples ? bench.samples[bench.n_samples / 2] : 0,
        bench.n_samples ? bench.samples[bench.n_samples * 99 / 100] : 0,
        bench.handshake_us / 1000 / (double)(bench.n_viewers + 1), rss_kb(),
        (double)idle_kb / (double)bench.n_viewers);
}

static SSL_CTX *make_context(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
    SSL_CTX_set_ciphersuites(ctx, "TLS_AES_256_GCM_SHA384");
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return ctx;
}

int main(int argc, char **argv)
{
    size_t content = argc > 2 ? (size_t)atol(argv[2]) : 8192;
    double seconds = argc > 3 ? atof(argv[3]) : 5, rate = argc > 4 ? atof(argv[4]) : 0, cpu;
    long before_kb, idle_kb;
    bench.n_viewers = argc > 1 ? (size_t)atol(argv[1]) : 1;
    if (bench.n_viewers < 1 || content < 16 || content > FRAME_UNIT_MAX - 7 || seconds <= 0)
        give_up("usage: relay VIEWERS UNIT_BYTES SECONDS UNITS_PER_SECOND");
    bench.viewers = calloc(bench.n_viewers, sizeof *bench.viewers);
    bench.samples = calloc(SAMPLES, sizeof *bench.samples);
    bench.epoll = epoll_create1(0);
    bench.ctx = make_context();
    signal(SIGPIPE, SIG_IGN);
    spawn();
    serve();
    create();
    before_kb = rss_kb();
    for (size_t i = 0; i < bench.n_viewers; i++)
        join(i);
    idle_kb = rss_kb() - before_kb;
    cpu = cpu_seconds();
    bench.measures = true;
    run(content, seconds, rate);
    cpu = cpu_seconds() - cpu;
    settle();
    print(content, seconds, cpu, idle_kb);
    kill(bench.pid, SIGKILL);
    waitpid(bench.pid, NULL, 0);
    return 0;
}
