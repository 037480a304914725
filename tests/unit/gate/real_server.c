#include "tests/unit/gate/real_server.h"
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

enum { QUERY = 98, LIST = 99 };
enum { ERROR = 0, REPLY = 1, GENERIC = 35, BAD_REQUEST = 1, BAD_LENGTH = 16 };

#define NOBODY 65534

struct real_server server = {.folder = "/tmp/vitrine-gates-XXXXXX"};

static const char *const named[X11_EXTENSIONS] = {
    [X11_SHM] = "MIT-SHM", [X11_DAMAGE] = "DAMAGE", [X11_XFIXES] = "XFIXES",
    [X11_RANDR] = "RANDR", [X11_XTEST] = "XTEST",   [X11_COMPOSITE] = "Composite"};

/* --- bytes --- */

void put16(uint8_t *at, size_t value)
{
    uint16_t half = (uint16_t)value;
    memcpy(at, &half, sizeof half);
}

void put32(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
}

static uint16_t get16(const uint8_t *at)
{
    uint16_t half;
    memcpy(&half, at, sizeof half);
    return half;
}

static uint32_t get32(const uint8_t *at)
{
    uint32_t whole;
    memcpy(&whole, at, sizeof whole);
    return whole;
}

size_t put_head(uint8_t *at, uint8_t major, uint8_t minor, size_t bytes)
{
    memset(at, 0, bytes);
    at[0] = major;
    at[1] = minor;
    put16(at + 2, bytes / 4);
    return bytes;
}

bool take(int fd, uint8_t *to, size_t n)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (n > 0) {
        if (poll(&p, 1, PATIENCE_MS) <= 0)
            fail_msg("no answer, and no end");
        ssize_t got = read(fd, to, n);
        if (got <= 0)
            return false;
        to += got, n -= (size_t)got;
    }
    return true;
}

void say(int fd, const uint8_t *bytes, size_t n)
{
    ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
    if (sent != (ssize_t)n) /* the gate may be gone by then */
        assert_true(sent < 0);
}

/* One answer, its tail in body; of a long one the last part. */
static uint8_t head[32], body[65536];

static bool take_answer(int fd)
{
    if (!take(fd, head, sizeof head))
        return false;
    bool longer = head[0] == REPLY || (head[0] & 0x7f) == GENERIC;
    size_t left = longer ? get32(head + 4) * (size_t)4 : 0;
    while (left > sizeof body) {
        if (!take(fd, body, sizeof body))
            return false;
        left -= sizeof body;
    }
    return take(fd, body, left);
}

unsigned take_until_focus(int fd, unsigned expected, uint8_t *errors)
{
    while (take_answer(fd)) {
        unsigned number = get16(head + 2);
        if (head[0] == ERROR && errors && number <= expected)
            errors[number] = head[1];
        if (head[0] == REPLY && number == expected)
            return number;
    }
    return 0;
}

/* What others do makes events meanwhile: a new modifier map is told to everybody. */
static void take_reply(int fd)
{
    do
        assert_true(take_answer(fd));
    while (head[0] != REPLY);
}

/* --- the server --- */

int connect_server(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(a.sun_path, sizeof a.sun_path, "/tmp/.X11-unix/X%d", server.number);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

bool take_setup(int fd)
{
    uint8_t begin[8];
    if (!take(fd, begin, sizeof begin))
        return false;
    size_t n = get16(begin + 6) * (size_t)4;
    assert_int_equal(begin[0], 1);
    assert_true(n <= sizeof body && take(fd, body, n));
    server.base = get32(body + 4);
    size_t vendor = get16(body + 16), formats = body[21];
    server.root = get32(body + 32 + ((vendor + 3) & ~(size_t)3) + formats * 8);
    return true;
}

static int enter(void)
{
    uint8_t greeting[48] = {'l', 0, 11, 0, 0, 0, 18, 0, 16};
    int fd = connect_server();
    memcpy(greeting + 12, "MIT-MAGIC-COOKIE-1", 18);
    memcpy(greeting + 32, COOKIE, 16);
    say(fd, greeting, sizeof greeting);
    assert_true(take_setup(fd));
    return fd;
}

/* For the user that the server runs as: nobody, where the test is root's. */
static void write_file(const char *name, const void *bytes, size_t n)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
    assert_true(geteuid() != 0 || fchown(fd, NOBODY, NOBODY) == 0);
    close(fd);
}

static void make_folder(void)
{
    static const uint8_t cookie[] = "\xff\xff\0\0\0\0\0\22MIT-MAGIC-COOKIE-1\0\20" COOKIE;
    static const char config[] =
        "Section \"ServerFlags\"\n Option \"AutoAddDevices\" \"false\"\nEndSection\n"
        "Section \"Device\"\n Identifier \"card\"\n Driver \"dummy\"\nEndSection\n"
        "Section \"Screen\"\n Identifier \"screen\"\n Device \"card\"\n DefaultDepth 24\n"
        " DefaultFbBpp 32\nEndSection\n"
        "Section \"InputDevice\"\n Identifier \"pointer\"\n Driver \"inputtest\"\n"
        " Option \"SocketPath\" \"pointer.socket\"\n"
        " Option \"DeviceType\" \"PointerAbsolute\"\nEndSection\n"
        "Section \"InputDevice\"\n Identifier \"keyboard\"\n Driver \"inputtest\"\n"
        " Option \"SocketPath\" \"keyboard.socket\"\n"
        " Option \"DeviceType\" \"Keyboard\"\nEndSection\n"
        "Section \"ServerLayout\"\n Identifier \"desk\"\n Screen \"screen\"\n"
        " InputDevice \"pointer\" \"CorePointer\"\n InputDevice \"keyboard\" \"CoreKeyboard\"\n"
        "EndSection\n";
    assert_non_null(mkdtemp(server.folder));
    assert_int_equal(chdir(server.folder), 0);
    assert_true(geteuid() != 0 || chown(".", NOBODY, NOBODY) == 0);
    write_file("cookie", cookie, sizeof cookie - 1);
    write_file("xorg.conf", config, sizeof config - 1);
}

_Noreturn static void run_server(int said)
{
    char number[16], path[3][64];
    static const char *const names[] = {"xorg.conf", "log", "cookie"};
    int quiet = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++)
        snprintf(path[i], sizeof path[i], "%s/%s", server.folder, names[i]);
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(quiet, 1);
    dup2(quiet, 2);
    snprintf(number, sizeof number, "%d", said);
    execl("/usr/lib/xorg/Xorg", "Xorg", "-displayfd", number, "-config", path[0], "-configdir",
          server.folder, "-logfile", path[1], "-auth", path[2], "-novtswitch", "-sharevts",
          "-nolisten", "tcp", "-noreset", NULL);
    _exit(127);
}

/* Every number of the core (0), or the minors of an extension that the server knows. */
static void ask_known(uint8_t extension)
{
    uint8_t requests[257 * 4], errors[258] = {0};
    unsigned n = extension ? 256 : 128;
    int fd = enter();
    for (unsigned i = 0; i < n; i++)
        put_head(requests + i * 4, (uint8_t)(extension ? extension : i),
                 (uint8_t)(extension ? i : 0), 4);
    put_head(requests + n * 4, FOCUS, 0, 4);
    say(fd, requests, (n + 1) * 4);
    assert_int_equal(take_until_focus(fd, n + 1, errors), n + 1);
    close(fd);
    for (unsigned i = 0; i < n; i++) {
        if (extension && errors[i + 1] == BAD_REQUEST)
            continue;
        assert_true(server.n_known < KNOWN_MAX);
        server.known[server.n_known++] =
            (struct request){(uint8_t)(extension ? extension : i), (uint8_t)(extension ? i : 0), 4};
    }
}

/* All lengths in one go, all else 0. One that is too long for this has its head alone. */
static void find_length(struct request *r)
{
    static uint8_t requests[(WORDS_MAX * (WORDS_MAX + 1) / 2 + 1) * 4];
    uint8_t errors[WORDS_MAX + 2] = {0};
    size_t at = 0;
    int fd = enter();
    for (size_t words = 1; words <= WORDS_MAX; words++)
        at += put_head(requests + at, r->major, r->minor, words * 4);
    at += put_head(requests + at, FOCUS, 0, 4);
    say(fd, requests, at);
    assert_int_equal(take_until_focus(fd, WORDS_MAX + 1, errors), WORDS_MAX + 1);
    close(fd);
    for (size_t words = 1; words <= WORDS_MAX; words++)
        if (errors[words] != BAD_LENGTH) {
            r->bytes = (uint16_t)(words * 4);
            return;
        }
}

static uint8_t ask_major(const uint8_t *name, size_t len)
{
    uint8_t request[8 + 256];
    size_t n = put_head(request, QUERY, 0, 8 + ((len + 3) & ~(size_t)3));
    put16(request + 4, len);
    memcpy(request + 8, name, len);
    say(server.alive, request, n);
    take_reply(server.alive);
    assert_int_equal(head[8], 1);
    for (int e = X11_CORE + 1; e < X11_EXTENSIONS; e++)
        if (len == strlen(named[e]) && memcmp(name, named[e], len) == 0)
            server.majors[e] = head[9];
    return head[9];
}

static void learn(void)
{
    static uint8_t names[sizeof body];
    uint8_t request[4];
    ask_known(0);
    server.n_core = server.n_known;
    say(server.alive, request, put_head(request, LIST, 0, sizeof request));
    take_reply(server.alive);
    server.extensions = head[1];
    memcpy(names, body, sizeof names);
    const uint8_t *at = names;
    for (unsigned i = 0; i < server.extensions; i++, at += 1 + *at)
        ask_known(ask_major(at + 1, *at));
    for (unsigned i = 0; i < server.n_known; i++)
        find_length(&server.known[i]);
    for (int e = X11_CORE + 1; e < X11_EXTENSIONS; e++)
        if (server.majors[e] == 0)
            fail_msg("the server has no %s", named[e]);
}

static uint32_t make_window(uint32_t id)
{
    uint8_t r[32];
    put_head(r, 1, 0, sizeof r);
    put32(r + 4, id);
    put32(r + 8, server.root);
    put16(r + 16, 20);
    put16(r + 18, 20);
    put16(r + 22, 1); /* InputOutput */
    say(server.alive, r, sizeof r);
    return id;
}

int start_server(void **state)
{
    (void)state;
    int ends[2];
    char line[16] = {0};
    make_folder();
    assert_int_equal(pipe(ends), 0);
    server.pid = fork();
    if (server.pid == 0)
        run_server(ends[1]);
    close(ends[1]);
    if (read(ends[0], line, sizeof line - 1) <= 0)
        return -1;
    close(ends[0]);
    server.number = atoi(line);
    server.alive = enter();
    learn();
    close(server.alive);
    server.alive = enter(); /* server.base is of whoever came in last */
    server.target = make_window(server.base + 1);
    server.own = make_window(server.base + 2);
    return 0;
}

int stop_server(void **state)
{
    (void)state;
    static const char *const left[] = {"cookie",  "xorg.conf",      "log",
                                       "log.old", "pointer.socket", "keyboard.socket"};
    kill(server.pid, SIGTERM);
    waitpid(server.pid, NULL, 0);
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        unlink(left[i]);
    return rmdir(server.folder);
}
