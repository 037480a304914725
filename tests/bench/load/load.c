/* Connections and clocks of the relay's benchmarks: see load.h. */
#include "tests/bench/load/load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SAMPLES 4000000
#define KEEP_NS 4000000000u

static struct {
    pid_t pid;
    int epoll;
    SSL_CTX *ctx;
    load_frame_fn on_frame;
    struct load_end *ends[8192]; /* those that have to be kept alive */
    size_t n_ends;
    uint64_t kept_ns;
    uint32_t *samples; /* us */
    size_t n_samples;
    uint32_t worst; /* since it was asked last */
    uint64_t units;
} load;

void load_give_up(const char *what)
{
    fprintf(stderr, "relay bench: %s: %s\n", what, strerror(errno));
    if (load.pid > 0)
        kill(load.pid, SIGKILL);
    exit(1);
}

/* --- the process that is measured ----------------------------------------------------------------
 */

void load_watch_pid(pid_t pid)
{
    load.pid = pid;
}

uint64_t load_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void load_bind_core(pid_t pid, int core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)(core % (int)sysconf(_SC_NPROCESSORS_ONLN)), &set);
    sched_setaffinity(pid, sizeof set, &set);
}

static FILE *open_proc(pid_t pid, const char *name)
{
    char path[64];
    FILE *f;
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    f = fopen(path, "r");
    if (f == NULL)
        load_give_up(path);
    return f;
}

struct load_time load_time_of(pid_t pid)
{
    unsigned long long ran = 0, kept = 0;
    FILE *f = open_proc(pid, "schedstat");
    if (fscanf(f, "%llu %llu", &ran, &kept) != 2)
        load_give_up("schedstat");
    fclose(f);
    return (struct load_time){(double)ran / 1e6, (double)kept / 1e6};
}

double load_cpu_seconds(void)
{
    return load_time_of(load.pid).ran_ms / 1e3;
}

long load_pss_kb(void)
{
    char line[256];
    long kb = 0;
    FILE *f = open_proc(load.pid, "smaps_rollup");
    while (fgets(line, sizeof line, f) != NULL && sscanf(line, "Pss: %ld", &kb) != 1)
        ;
    fclose(f);
    return kb;
}

/* skmem:(r0,rb131072,t0,tb87040,f0,w0,o0,bl0,d0): r, t, f and w are held now. */
static long held_by(const char *line)
{
    long r, t, f, w;
    const char *at = strstr(line, "skmem:(");
    if (at == NULL || sscanf(at, "skmem:(r%ld,rb%*d,t%ld,tb%*d,f%ld,w%ld", &r, &t, &f, &w) != 4)
        return 0;
    return r + f + (w > t ? w : t);
}

long load_kernel_bytes(uint16_t port)
{
    char command[96], line[1024];
    long bytes = 0;
    FILE *f;
    snprintf(command, sizeof command, "ss -tmnH sport = :%u", port);
    f = popen(command, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        bytes += held_by(line);
    if (f == NULL || pclose(f) != 0)
        load_give_up("ss (iproute2)");
    return bytes;
}

/* --- connections ---------------------------------------------------------------------------------
 */

void load_begin(load_frame_fn on_frame)
{
    signal(SIGPIPE, SIG_IGN);
    load.on_frame = on_frame;
    load.epoll = epoll_create1(0);
    load.samples = calloc(SAMPLES, sizeof *load.samples);
    load.ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(load.ctx, TLS1_3_VERSION);
    SSL_CTX_set_ciphersuites(load.ctx, "TLS_AES_256_GCM_SHA384");
    SSL_CTX_set_verify(load.ctx, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_mode(load.ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (load.epoll < 0 || load.samples == NULL)
        load_give_up("memory");
}

static int dial(size_t index, uint16_t port)
{
    struct sockaddr_in from = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(0x7f000002u + (uint32_t)(index / 50))};
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof from) != 0 ||
        connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        load_give_up("connect");
    return fd;
}

static void release(struct load_end *e)
{
    close(e->fd);
    SSL_free(e->ssl);
    free(e->in);
}

bool load_try(struct load_end *e, size_t index, uint16_t port)
{
    static const uint8_t alpn[] = "\x09vitrine/1";
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = e};
    e->fd = dial(index, port);
    e->ssl = SSL_new(load.ctx);
    e->in = malloc(LOAD_ROOM);
    SSL_set_fd(e->ssl, e->fd);
    SSL_set_alpn_protos(e->ssl, alpn, sizeof alpn - 1);
    if (e->in == NULL || SSL_connect(e->ssl) != 1) {
        release(e);
        return false;
    }
    fcntl(e->fd, F_SETFL, O_NONBLOCK);
    epoll_ctl(load.epoll, EPOLL_CTL_ADD, e->fd, &event);
    if (load.n_ends < sizeof load.ends / sizeof load.ends[0])
        load.ends[load.n_ends++] = e;
    return true;
}

void load_open(struct load_end *e, size_t index, uint16_t port)
{
    if (!load_try(e, index, port))
        load_give_up("handshake");
}

void load_close(struct load_end *e)
{
    size_t i = 0;
    while (load.ends[i] != e)
        i++;
    load.ends[i] = load.ends[--load.n_ends];
    release(e);
}

void load_begin_again(void)
{
    load.n_ends = 0;
    load.epoll = epoll_create1(0);
    if (load.epoll < 0)
        load_give_up("epoll");
}

/* When the kernel got what comes next; 0: nothing is there. */
static uint64_t arrival_of(int fd)
{
    char byte, control[128];
    struct iovec v = {&byte, 1};
    struct msghdr m = {
        .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct timespec t;
    if (recvmsg(fd, &m, MSG_PEEK | MSG_DONTWAIT) <= 0)
        return 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            memcpy(&t, CMSG_DATA(c), sizeof t);
            return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
        }
    return load_now_ns();
}

static void hear(struct load_end *e)
{
    for (;;) {
        size_t need = frame_need(e->in, e->have, FRAME_FROM_RELAY), n = 0;
        if (need == 0)
            load_give_up("not a frame");
        if (e->have == 0 && SSL_pending(e->ssl) == 0)
            e->arrived_ns = arrival_of(e->fd);
        if (SSL_read_ex(e->ssl, e->in + e->have, need - e->have, &n) != 1) {
            if (SSL_get_error(e->ssl, 0) != SSL_ERROR_WANT_READ)
                load_give_up("the relay has closed a connection");
            return;
        }
        e->have += n;
        need = frame_need(e->in, e->have, FRAME_FROM_RELAY);
        if (e->have >= FRAME_HEAD && e->have == need) {
            load.on_frame(e, need);
            e->have = 0;
        }
    }
}

static void keep_alive(void)
{
    struct frame keep = {.type = FRAME_KEEP};
    uint64_t now = load_now_ns();
    if (now - load.kept_ns < KEEP_NS)
        return;
    load.kept_ns = now;
    for (size_t i = 0; i < load.n_ends; i++)
        load_say_frame(load.ends[i], &keep);
}

void load_hear(int wait_ms)
{
    struct epoll_event events[64];
    int n = epoll_wait(load.epoll, events, 64, wait_ms);
    for (int i = 0; i < n; i++)
        hear(events[i].data.ptr);
}

void load_say(struct load_end *e, const uint8_t *bytes, size_t len)
{
    size_t done = 0;
    while (done < len) {
        size_t n = 0;
        if (SSL_write_ex(e->ssl, bytes + done, len - done, &n) == 1)
            done += n;
        else
            load_hear(0);
    }
    e->said_ns = load_now_ns();
    if (bytes[0] != FRAME_KEEP)
        keep_alive();
}

void load_say_frame(struct load_end *e, const struct frame *f)
{
    uint8_t bytes[FRAME_HEAD + FRAME_SMALL_MAX];
    load_say(e, bytes, frame_encode(f, bytes));
}

/* --- units ---------------------------------------------------------------------------------------
 */

size_t load_write_unit(uint8_t *out, uint16_t mid, size_t content, bool key)
{
    const uint8_t head[LOAD_UNIT_HEAD] = {0x40,         key,        0xb0, 1, (uint8_t)(mid >> 8),
                                          (uint8_t)mid, UNIT_SCREEN};
    uint64_t now = load_now_ns();
    frame_write_head(out, FRAME_UNIT, sizeof head + content);
    memcpy(out + FRAME_HEAD, head, sizeof head);
    memcpy(out + FRAME_HEAD + sizeof head, &now, sizeof now);
    return FRAME_HEAD + sizeof head + content;
}

void load_note(struct load_end *e)
{
    uint64_t at, arrived = e->arrived_ns != 0 ? e->arrived_ns : load_now_ns();
    uint32_t us;
    memcpy(&at, e->in + FRAME_HEAD + LOAD_UNIT_HEAD, sizeof at);
    us = arrived > at ? (uint32_t)((arrived - at) / 1000) : 0;
    e->units++;
    load.units++;
    if (us > load.worst)
        load.worst = us;
    if (load.n_samples < SAMPLES)
        load.samples[load.n_samples++] = us;
}

double load_take_worst_ms(void)
{
    double ms = load.worst / 1e3;
    load.worst = 0;
    return ms;
}

void load_measure(void)
{
    load.units = 0;
    load.n_samples = load.worst = 0;
}

static int by_size(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

struct load_result load_result(void)
{
    struct load_result r = {.units = load.units};
    if (load.n_samples == 0)
        return r;
    qsort(load.samples, load.n_samples, sizeof load.samples[0], by_size);
    r.p50_ms = load.samples[load.n_samples / 2] / 1e3;
    r.p99_ms = load.samples[load.n_samples * 99 / 100] / 1e3;
    return r;
}
