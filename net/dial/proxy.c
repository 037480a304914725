/* CONNECT: see proxy.h. Run by vitrine-dial; the answer is a stranger's. */
#include "net/dial/proxy.h"
#include "lib/clock.h"
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* --- the request */

/* RFC 4648, for RFC 7617. `out` has room for 4 bytes of every 3. */
static void write_base64(const char *in, size_t len, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (i + k < len ? (uint8_t)in[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            *out++ = k > len - i ? '=' : digits[v >> (18 - 6 * k) & 63];
    }
    *out = '\0';
}

static bool one_word(const char *s)
{
    for (; *s; s++)
        if ((uint8_t)*s <= ' ' || *s == 0x7f)
            return false;
    return true;
}

struct text {
    char *out;
    size_t len;
    bool ok;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = vsnprintf(t->out + t->len, PROXY_REQUEST_MAX - t->len, format, list);
    va_end(list);
    t->ok &= n >= 0 && (size_t)n < PROXY_REQUEST_MAX - t->len;
    t->len = t->ok ? t->len + (size_t)n : t->len;
}

static void add_credentials(struct text *t, const struct proxy_target *to)
{
    char plain[2 * MAX_PROXY_TEXT + 2], coded[sizeof plain / 3 * 4 + 8];
    int n = snprintf(plain, sizeof plain, "%s:%s", to->user, to->password);
    t->ok &= n > 0 && (size_t)n < sizeof plain && !strchr(to->user, ':');
    if (t->ok) {
        write_base64(plain, (size_t)n, coded);
        add(t, "Proxy-Authorization: Basic %s\r\n", coded);
    }
    explicit_bzero(plain, sizeof plain);
    explicit_bzero(coded, sizeof coded);
}

size_t proxy_request(const struct proxy_target *to, char out[PROXY_REQUEST_MAX])
{
    struct text t = {.out = out, .ok = to->host[0] && one_word(to->host)};
    bool v6 = strchr(to->host, ':') != NULL;
    const char *open = v6 ? "[" : "", *close = v6 ? "]" : "";
    add(&t, "CONNECT %s%s%s:%u HTTP/1.1\r\n", open, to->host, close, to->port);
    add(&t, "Host: %s%s%s:%u\r\n", open, to->host, close, to->port);
    if (to->user[0])
        add_credentials(&t, to);
    add(&t, "\r\n");
    return t.ok ? t.len : 0;
}

/* --- the answer */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

int proxy_status(const uint8_t *a, size_t len)
{
    static const char start[] = "HTTP/1.";
    const size_t n = sizeof start - 1;
    if (memcmp(a, start, len < n ? len : n) != 0)
        return 0;
    if (len < n + 5)
        return -1;
    if (!is_digit(a[n]) || a[n + 1] != ' ' || a[n + 2] < '1' || !is_digit(a[n + 2]) ||
        !is_digit(a[n + 3]) || !is_digit(a[n + 4]))
        return 0;
    if (len > n + 5 && a[n + 5] != ' ' && a[n + 5] != '\r')
        return 0;
    if (!memmem(a, len, "\r\n\r\n", 4))
        return -1;
    return (a[n + 2] - '0') * 100 + (a[n + 3] - '0') * 10 + (a[n + 4] - '0');
}

/* --- both, on the socket */

static uint64_t now_ms(void)
{
    return clock_now_us() / 1000;
}

static bool wait_for(int fd, short events, uint64_t until_ms)
{
    struct pollfd p = {.fd = fd, .events = events};
    uint64_t now = now_ms();
    if (now < until_ms && poll(&p, 1, (int)(until_ms - now)) > 0)
        return true;
    errno = ETIMEDOUT;
    return false;
}

static bool send_all(int fd, const char *bytes, size_t len, uint64_t until_ms)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (n < 0 && !wait_for(fd, POLLOUT, until_ms))
            return false;
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* One byte at a time: what follows the head belongs to the relay. */
static int read_answer(int fd, uint64_t until_ms)
{
    static uint8_t answer[PROXY_ANSWER_MAX];
    int status = -1;
    for (size_t len = 0; status == -1 && len < sizeof answer;) {
        ssize_t n = recv(fd, answer + len, 1, 0);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return -1;
        if (n < 0 && !wait_for(fd, POLLIN, until_ms))
            return -1;
        if (n == 0)
            break;
        if (n > 0)
            status = proxy_status(answer, ++len);
    }
    if (status > 0)
        return status;
    errno = EPROTO;
    return -1;
}

int proxy_connect(int fd, const struct proxy_target *t, uint64_t timeout_ms)
{
    char request[PROXY_REQUEST_MAX];
    uint64_t until = now_ms() + timeout_ms;
    size_t len = proxy_request(t, request);
    bool sent = len > 0 && send_all(fd, request, len, until);
    if (len == 0)
        errno = EINVAL;
    explicit_bzero(request, sizeof request);
    return sent ? read_answer(fd, until) : -1;
}
