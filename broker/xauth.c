/*
 * Display name, cookie file, socket of the X server; runs in the broker. Distrusts the Xauthority
 * file. Format of a record: five items, big-endian: u16 family, then address, number, name and
 * data, each as u16 length and bytes (Xsecurity manual).
 */
#include "broker/xauth.h"

#include "lib/span.h"
#include "policy/limits.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define FAMILY_LOCAL 256
#define FAMILY_WILD 65535

static const char magic_cookie[] = "MIT-MAGIC-COOKIE-1";

void xauth_cookie_finish(struct xauth_cookie *c)
{
    explicit_bzero(c, sizeof *c);
}

/* -------------------------------------------------------------------------------- display name */
static bool parse_screen(const char *s, unsigned *screen)
{
    *screen = 0;
    if (*s == '\0')
        return true;
    if (*s++ != '.' || *s < '0' || *s > '9' || s[1] != '\0')
        return false;
    *screen = (unsigned)(*s - '0');
    return true;
}

bool xauth_parse_display(const char *display, struct xauth_display *out)
{
    static const char *const local[] = {"unix/:", "unix:", ":"};
    memset(out, 0, sizeof *out);
    for (size_t i = 0; display && i < sizeof local / sizeof *local; i++) {
        size_t head = strlen(local[i]);
        if (strncmp(display, local[i], head) != 0)
            continue;
        size_t digits = strspn(display + head, "0123456789");
        if (digits == 0 || digits > 5)
            return false;
        memcpy(out->number, display + head, digits);
        return parse_screen(display + head + digits, &out->screen);
    }
    return false;
}

/* --------------------------------------------------------------------------------- cookie file */
static bool take_u16(struct span *in, unsigned *out)
{
    if (in->len < 2)
        return false;
    *out = (unsigned)in->data[0] << 8 | in->data[1];
    in->data += 2;
    in->len -= 2;
    return true;
}

static bool take_item(struct span *in, struct span *out)
{
    unsigned len;
    if (!take_u16(in, &len) || len > in->len)
        return false;
    *out = (struct span){in->data, len};
    in->data += len;
    in->len -= len;
    return true;
}

static bool same(struct span s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.data, text, s.len) == 0;
}

struct record {
    unsigned family;
    struct span address, number, name, data;
};

static bool take_record(struct span *in, struct record *r)
{
    return take_u16(in, &r->family) && take_item(in, &r->address) && take_item(in, &r->number) &&
           take_item(in, &r->name) && take_item(in, &r->data);
}

static bool suits(const struct record *r, const char *host, const char *number)
{
    bool here = r->family == FAMILY_WILD || (r->family == FAMILY_LOCAL && same(r->address, host));
    return here && (r->number.len == 0 || same(r->number, number)) && same(r->name, magic_cookie) &&
           r->data.len > 0 && r->data.len <= XAUTH_COOKIE_MAX;
}

bool xauth_find(const uint8_t *file, size_t len, const char *host, const char *number,
                struct xauth_cookie *out)
{
    memset(out, 0, sizeof *out);
    struct span in = {file, len};
    struct record r;
    while (take_record(&in, &r)) {
        if (!suits(&r, host, number))
            continue;
        memcpy(out->name, r.name.data, r.name.len);
        memcpy(out->data, r.data.data, r.data.len);
        out->name_len = (uint16_t)r.name.len;
        out->data_len = (uint16_t)r.data.len;
        return true;
    }
    return false;
}

static int open_file(void)
{
    const char *named = getenv("XAUTHORITY");
    if (named && *named)
        return open(named, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    const char *home = getenv("HOME");
    char path[4096];
    int n = home ? snprintf(path, sizeof path, "%s/.Xauthority", home) : -1;
    if (n < 0 || (size_t)n >= sizeof path)
        return -1;
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* A file cut off at the limit still parses up to there. */
static size_t read_file(int fd, uint8_t *to, size_t room)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return 0;
    size_t len = 0;
    ssize_t n;
    while (len < room && (n = read(fd, to + len, room - len)) != 0) {
        if (n < 0 && errno != EINTR)
            break;
        if (n > 0)
            len += (size_t)n;
    }
    return len;
}

bool xauth_read(const struct xauth_display *d, struct xauth_cookie *out)
{
    memset(out, 0, sizeof *out);
    char host[256] = "";
    if (gethostname(host, sizeof host - 1) != 0)
        return false;
    int fd = open_file();
    if (fd < 0)
        return false;
    uint8_t *file = malloc(XAUTH_FILE_MAX);
    bool found = false;
    if (file) {
        size_t len = read_file(fd, file, XAUTH_FILE_MAX);
        found = xauth_find(file, len, host, d->number, out);
        explicit_bzero(file, XAUTH_FILE_MAX);
        free(file);
    }
    close(fd);
    return found;
}

/* The socket in the sticky directory only: an abstract name may have been taken by anybody. */
int xauth_connect(const struct xauth_display *d)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "/tmp/.X11-unix/X%s", d->number);
    const struct timeval longest = {.tv_sec = X_STUCK_MS / 1000};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    /* of connect(2), where the server accepts nobody */
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}
