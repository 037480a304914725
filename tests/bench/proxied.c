/*
 * The same bytes as relay.c, through HAProxy: it ends TLS, one connection per viewer, and each has
 * its own plain connection behind it, into which this program writes every unit. HAProxy is bound
 * to one core, this program to the next. Prints one line of JSON. Not part of the product.
 *
 *     proxied SESSIONS VIEWERS UNIT_BYTES SECONDS UNITS_PER_SECOND CERTIFICATE_AND_KEY
 */
#include "tests/bench/load/load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char config[] = "global\n  maxconn 8000\n  nbthread 1\n  tune.bufsize 16384\n"
                             "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 60s\n"
                             "  timeout server 60s\n"
                             "listen all\n  bind 127.0.0.1:%u ssl crt %s ssl-min-ver TLSv1.3 "
                             "ciphersuites TLS_AES_256_GCM_SHA384 alpn vitrine/1 no-tls-tickets\n"
                             "  server load 127.0.0.1:%u\n";

static struct {
    pid_t pid;
    struct load_end *viewers;
    int *behind;
    size_t n, groups; /* viewers in all; sessions they belong to */
} bench;

static void on_frame(struct load_end *e, size_t len)
{
    (void)len;
    load_note(e);
}

static int listen_somewhere(uint16_t *port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof in;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&in, sizeof in) != 0 || listen(fd, 4096) != 0 ||
        getsockname(fd, (struct sockaddr *)&in, &len) != 0)
        load_give_up("listen");
    *port = ntohs(in.sin_port);
    return fd;
}

static void spawn(uint16_t port, const char *certificate, uint16_t behind)
{
    char path[] = "/tmp/vitrine-bench-XXXXXX";
    int fd = mkstemp(path);
    dprintf(fd, config, port, certificate, behind);
    close(fd);
    bench.pid = fork();
    if (bench.pid == 0) {
        execlp("haproxy", "haproxy", "-q", "-db", "-f", path, (char *)NULL);
        _exit(127);
    }
    load_watch_pid(bench.pid);
    load_bind_core(bench.pid, 0);
    load_bind_core(0, 1);
    sleep(1);
    unlink(path);
}

static void gather(int listener, uint16_t port)
{
    int on = 1;
    for (size_t i = 0; i < bench.n; i++) {
        load_open(&bench.viewers[i], i, port);
        bench.behind[i] = accept(listener, NULL, NULL);
        if (bench.behind[i] < 0)
            load_give_up("accept");
        setsockopt(bench.behind[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
}

/* HAProxy takes it, or the machine is too slow for this many. */
static void write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            load_give_up("write");
        if (n < 0)
            load_hear(0);
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
}

static void send_round(size_t group, size_t content)
{
    static uint8_t unit[LOAD_ROOM];
    size_t len = load_write_unit(unit, 1, content, true), each = bench.n / bench.groups;
    for (size_t i = 0; i < each; i++)
        write_all(bench.behind[group * each + i], unit, len);
}

/* Sessions take turns, evenly over the time between two units, as in relay.c. */
static uint64_t run(size_t content, double seconds, double rate)
{
    uint64_t begun = load_now_ns(), end = begun + (uint64_t)(seconds * 1e9), sent = 0;
    uint64_t apart = (uint64_t)(1e9 / rate), *next = calloc(bench.groups, sizeof *next);
    for (size_t i = 0; i < bench.groups; i++)
        next[i] = begun + apart * i / bench.groups;
    while (load_now_ns() < end) {
        for (size_t i = 0; i < bench.groups; i++) {
            if (load_now_ns() < next[i])
                continue;
            send_round(i, content);
            next[i] += apart;
            sent += bench.n / bench.groups;
        }
        load_hear(1);
    }
    free(next);
    return sent;
}

static void settle(uint64_t units)
{
    for (uint64_t until = load_now_ns() + 3000000000u; load_now_ns() < until;) {
        if (load_result().units >= units)
            return;
        load_hear(10);
    }
}

int main(int argc, char **argv)
{
    size_t content = argc > 3 ? (size_t)atol(argv[3]) : 0;
    double seconds = argc > 4 ? atof(argv[4]) : 0, rate = argc > 5 ? atof(argv[5]) : 0, cpu, bytes;
    uint16_t port, behind;
    struct load_result r;
    uint64_t sent;
    long before, idle;
    if (argc < 7 || content < 16 || seconds <= 0 || rate <= 0)
        load_give_up(
            "usage: proxied SESSIONS VIEWERS UNIT_BYTES SECONDS UNITS_PER_SECOND CERTIFICATE");
    bench.groups = (size_t)atol(argv[1]);
    bench.n = bench.groups * (size_t)atol(argv[2]);
    bench.viewers = calloc(bench.n, sizeof *bench.viewers);
    bench.behind = calloc(bench.n, sizeof *bench.behind);
    load_begin(on_frame);
    int listener = listen_somewhere(&behind);
    close(listen_somewhere(&port));
    spawn(port, argv[6], behind);
    before = load_pss_kb();
    gather(listener, port);
    idle = load_pss_kb() - before;
    for (size_t i = 0; i < bench.groups; i++)
        send_round(i, content);
    settle(bench.n);
    load_measure();
    cpu = load_cpu_seconds();
    sent = run(content, seconds, rate);
    cpu = load_cpu_seconds() - cpu;
    settle(sent);
    r = load_result();
    bytes = (double)r.units * (double)(content + FRAME_HEAD + LOAD_UNIT_HEAD);
    printf("{\"viewers\":%zu,\"rate\":%g,\"delivered\":%llu,\"missed\":%lld,\"cpu\":%.3f,"
           "\"cpu_s_per_gbit\":%.4f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"idle_kb\":%.1f}\n",
           bench.n, rate, (unsigned long long)r.units, (long long)(sent - r.units), cpu / seconds,
           cpu / (bytes * 8 / 1e9), r.p50_ms, r.p99_ms, (double)idle / (double)bench.n);
    kill(bench.pid, SIGKILL);
    waitpid(bench.pid, NULL, 0);
    return 0;
}
