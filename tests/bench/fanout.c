/*
 * The least that sending one unit to many viewers takes here: a bare loop over as many loopback
 * connections on one core, every one read by another process on the next core. Once the bytes as
 * they are (write), once through TLS (SSL_write), nothing else in the loop: no queue, no epoll, no
 * filter. Prints one line of JSON: milliseconds for all of them, median of the rounds. Not part of
 * the product.
 *
 *     fanout VIEWERS UNIT_BYTES ROUNDS
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ec.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define APART_US 30000 /* between two rounds, as between two updates */

static pid_t reader;

static void give_up(const char *what)
{
    perror(what);
    if (reader > 0)
        kill(reader, SIGKILL);
    exit(1);
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void bind_core(size_t core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core % (size_t)sysconf(_SC_NPROCESSORS_ONLN), &set);
    sched_setaffinity(0, sizeof set, &set);
}

/* --- those who read ------------------------------------------------------------------------------
 */

static int dial(struct sockaddr_in *to, SSL_CTX *tls)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    SSL *ssl;
    if (connect(fd, (struct sockaddr *)to, sizeof *to) != 0)
        give_up("connect");
    if (tls == NULL)
        return fd;
    ssl = SSL_new(tls);
    if (SSL_set_fd(ssl, fd) != 1 || SSL_connect(ssl) != 1)
        give_up("handshake");
    return fd; /* from here on what comes is thrown away unread */
}

static void read_all(int epoll)
{
    static char nowhere[65536];
    struct epoll_event events[64];
    for (;;)
        for (int i = 0, n = epoll_wait(epoll, events, 64, -1); i < n; i++)
            if (read(events[i].data.fd, nowhere, sizeof nowhere) == 0)
                _exit(0);
}

static void be_viewers(struct sockaddr_in *to, size_t n, SSL_CTX *tls)
{
    int epoll = epoll_create1(0);
    bind_core(1);
    for (size_t i = 0; i < n; i++) {
        struct epoll_event e = {.events = EPOLLIN, .data.fd = dial(to, tls)};
        fcntl(e.data.fd, F_SETFL, O_NONBLOCK);
        epoll_ctl(epoll, EPOLL_CTL_ADD, e.data.fd, &e);
    }
    read_all(epoll);
}

/* --- who writes ----------------------------------------------------------------------------------
 */

static SSL_CTX *server_context(void)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_sign(x, key, EVP_sha256());
    if (SSL_CTX_use_certificate(tls, x) != 1 || SSL_CTX_use_PrivateKey(tls, key) != 1)
        give_up("key");
    SSL_CTX_set_ciphersuites(tls, "TLS_AES_256_GCM_SHA384");
    SSL_CTX_set_num_tickets(tls, 0);
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS); /* one buffer, always warm */
    X509_free(x);
    EVP_PKEY_free(key);
    return tls;
}

static void write_one(int fd, SSL *ssl, const char *unit, int len)
{
    if ((ssl != NULL ? SSL_write(ssl, unit, len) : (int)write(fd, unit, (size_t)len)) != len)
        give_up("write");
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static double measure(const int *fds, SSL **ssl, size_t n, int len, size_t rounds)
{
    char *unit = calloc(1, (size_t)len);
    double *took = calloc(rounds, sizeof *took), median;
    for (size_t r = 0; r < rounds; r++) {
        usleep(APART_US);
        took[r] = now_ms();
        for (size_t i = 0; i < n; i++)
            write_one(fds[i], ssl[i], unit, len);
        took[r] = now_ms() - took[r];
    }
    qsort(took, rounds, sizeof *took, by_size);
    median = took[rounds / 2];
    free(took);
    free(unit);
    return median;
}

static int listen_somewhere(struct sockaddr_in *at)
{
    socklen_t len = sizeof *at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (struct sockaddr *)at, sizeof *at) != 0 || listen(fd, 4096) != 0 ||
        getsockname(fd, (struct sockaddr *)at, &len) != 0)
        give_up("listen");
    return fd;
}

static void take(int listener, SSL_CTX *tls, int *fd, SSL **ssl)
{
    int on = 1;
    *fd = accept(listener, NULL, NULL);
    *ssl = tls != NULL ? SSL_new(tls) : NULL;
    setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (*ssl != NULL && (SSL_set_fd(*ssl, *fd) != 1 || SSL_accept(*ssl) != 1))
        give_up("accept");
}

static double fan_out(size_t n, int len, size_t rounds, SSL_CTX *server, SSL_CTX *client)
{
    struct sockaddr_in at;
    int listener = listen_somewhere(&at), *fds = calloc(n, sizeof *fds);
    SSL **ssl = calloc(n, sizeof *ssl);
    double ms;
    reader = fork();
    if (reader == 0)
        be_viewers(&at, n, client);
    for (size_t i = 0; i < n; i++)
        take(listener, server, &fds[i], &ssl[i]);
    ms = measure(fds, ssl, n, len, rounds);
    kill(reader, SIGKILL);
    waitpid(reader, NULL, 0);
    for (size_t i = 0; i < n; i++) {
        SSL_free(ssl[i]);
        close(fds[i]);
    }
    close(listener);
    free(fds);
    free(ssl);
    return ms;
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? (size_t)atol(argv[1]) : 500,
           rounds = argc > 3 ? (size_t)atol(argv[3]) : 50;
    int len = argc > 2 ? atoi(argv[2]) : 8192;
    double plain, sealed;
    signal(SIGPIPE, SIG_IGN);
    bind_core(0);
    plain = fan_out(n, len, rounds, NULL, NULL);
    sealed = fan_out(n, len, rounds, server_context(), SSL_CTX_new(TLS_client_method()));
    printf("{\"viewers\":%zu,\"write_ms\":%.2f,\"tls_ms\":%.2f}\n", n, plain, sealed);
    return 0;
}
