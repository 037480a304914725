/* vitrine-bus's loop, in a process of its own but not confined, between a broker and two buses that
 * are this test. */
#include "broker/bus/bus.h"
#include "ch_bus.h"
#include "lib/fail.h"
#include "lib/fd.h"
#include "paper.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SAVER "org.gnome.ScreenSaver"
#define GNOME (1u << LOCKER_GNOME)
#define LOGIN1 (1u << LOCKER_LOGIN1)
#define OURS "/org/freedesktop/login1/session/_32"
#define PATIENCE_MS 60000

static struct {
    struct chan chan;
    pid_t pid;
    int bus[BUSES];
    unsigned words; /* BUS_LOCKED so far */
    uint8_t buses, there, locked;
    enum fail fail;
    uint32_t detail;
} at;

static int on_failed(void *ctx, struct msg_failed *m)
{
    (void)ctx;
    at.fail = (enum fail)m->code;
    at.detail = m->detail;
    return 0;
}

static int on_bus_locked(void *ctx, struct msg_bus_locked *m)
{
    (void)ctx;
    at.words++;
    at.buses = m->buses;
    at.there = m->there;
    at.locked = m->locked;
    return 0;
}

static const struct bus_at_broker handlers = {.on_failed = on_failed,
                                              .on_bus_locked = on_bus_locked};

static void run_worker(int control, int before)
{
    static struct bus bus;
    close(before);
    signal(SIGPIPE, SIG_IGN); /* as worker_begin does */
    bus_init(&bus, control);
    bus.control.state = BUS_STATE_READY;
    _exit(bus_run(&bus));
}

/* Its ends of so many buses are the worker's. */
static void start(unsigned buses)
{
    int ends[2], pairs[BUSES][2];
    memset(&at, 0, sizeof at);
    assert_int_equal(chan_pair(ends), 0);
    at.pid = fork();
    if (at.pid == 0)
        run_worker(ends[1], ends[0]);
    close(ends[1]);
    bus_init_broker(&at.chan, ends[0], &handlers, NULL);
    at.chan.state = BUS_STATE_LISTENING;
    for (unsigned i = 0; i < buses; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pairs[i]), 0);
        assert_int_equal(fcntl(pairs[i][1], F_SETFL, O_NONBLOCK), 0);
        at.bus[i] = pairs[i][0];
    }
    const struct msg_bus_listen m = {.n_session = buses > 0,
                                     .session = {pairs[0][1]},
                                     .n_system = buses > 1,
                                     .system = {pairs[1][1]}};
    assert_int_equal(msg_bus_listen_send(&at.chan, &m), 0);
    for (unsigned i = 0; i < buses; i++)
        close(pairs[i][1]);
}

/* The exit status. */
static int end(void)
{
    int status;
    chan_finish(&at.chan);
    assert_int_equal(waitpid(at.pid, &status, 0), at.pid);
    for (unsigned i = 0; i < BUSES; i++)
        if (at.bus[i] > 0)
            close(at.bus[i]);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void hear(void)
{
    struct pollfd p = {.fd = at.chan.fd, .events = POLLIN};
    assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
    assert_int_equal(chan_receive(&at.chan, 1), CHAN_OK);
}

static void hear_word(uint8_t there, uint8_t locked)
{
    for (unsigned before = at.words; at.words == before;)
        hear();
    assert_int_equal(at.there, there);
    assert_int_equal(at.locked, locked);
}

static void hear_failure(enum fail fail, uint32_t detail)
{
    while (at.fail == FAIL_NONE)
        hear();
    assert_int_equal(at.fail, fail);
    assert_int_equal(at.detail, detail);
    assert_int_equal(end(), 1);
}

static void send_all(unsigned bus, const void *bytes, size_t n)
{
    assert_int_equal(send(at.bus[bus], bytes, n, MSG_NOSIGNAL), n);
}

static void message(unsigned bus, struct paper p)
{
    static uint8_t bytes[WIRE_MESSAGE];
    send_all(bus, bytes, paper_write(&p, bytes));
}

static void until(unsigned bus, const char *text, size_t n)
{
    char got[64] = {0};
    assert_true(n <= sizeof got);
    for (size_t have = 0; have < n;) {
        ssize_t r = recv(at.bus[bus], got + have, n - have, 0);
        assert_true(r > 0);
        have += (size_t)r;
    }
    assert_memory_equal(got, text, n);
}

/* Serial of the call of that member with that text, once it has come. */
static uint32_t asked(unsigned bus, const char *member, const char *text)
{
    static uint8_t calls[65536];
    size_t n = 0;
    uint32_t serial = 0;
    while (serial == 0) {
        ssize_t r = recv(at.bus[bus], calls + n, sizeof calls - n, 0);
        assert_true(r > 0);
        n += (size_t)r;
        serial = paper_serial(calls, n, member, text);
    }
    return serial;
}

static void greet(unsigned bus)
{
    until(bus, "\0AUTH EXTERNAL\r\n", 16);
    send_all(bus, "DATA\r\n", 6);
    until(bus, "DATA\r\n", 6);
    send_all(bus, "OK " PAPER_GUID "\r\n", 37);
    until(bus, "BEGIN\r\n", 7);
    message(bus, (struct paper){.type = WIRE_RETURN,
                                .reply = asked(bus, "Hello", ""),
                                .sender = PAPER_BUS,
                                .signature = "s",
                                .texts = {":1.99"}});
}

static struct paper owner_change(const char *name, const char *owner)
{
    return (struct paper){.type = WIRE_SIGNAL,
                          .sender = PAPER_BUS,
                          .path = "/org/freedesktop/DBus",
                          .interface = PAPER_BUS,
                          .member = "NameOwnerChanged",
                          .signature = "sss",
                          .texts = {name, "", owner}};
}

static void changes_owner(unsigned bus, const char *name, const char *owner)
{
    message(bus, owner_change(name, owner));
}

static void says(const char *sender, int locked)
{
    message(0, (struct paper){.type = WIRE_SIGNAL,
                              .sender = sender,
                              .path = "/x",
                              .interface = SAVER,
                              .member = "ActiveChanged",
                              .signature = "b",
                              .boolean = locked});
}

/* Nobody has any name; told once that is known. */
static void nobody_there(unsigned bus, enum locker first, enum locker last)
{
    uint32_t serial = asked(bus, "GetNameOwner", locker_name(last));
    for (enum locker i = last;; i--) { /* each three calls before the next, logind's one more */
        message(bus, (struct paper){.type = WIRE_ERROR,
                                    .reply = serial,
                                    .sender = PAPER_BUS,
                                    .error = "org.freedesktop.DBus.Error.NameHasNoOwner"});
        serial -= 3;
        if (i == first)
            break;
    }
}

/* logind is there, and we have a session. */
static void has_session(unsigned bus)
{
    message(bus, (struct paper){.type = WIRE_RETURN,
                                .reply = asked(bus, "GetNameOwner", locker_name(LOCKER_LOGIN1)),
                                .sender = PAPER_BUS,
                                .signature = "s",
                                .texts = {":1.3"}});
    message(bus, (struct paper){.type = WIRE_RETURN,
                                .reply = asked(bus, "GetSession", "auto"),
                                .sender = ":1.3",
                                .signature = "o",
                                .texts = {OURS}});
}

static void logind_says(const char *what)
{
    message(1, (struct paper){.type = WIRE_SIGNAL,
                              .sender = ":1.3",
                              .path = OURS,
                              .interface = "org.freedesktop.login1.Session",
                              .member = what});
}

/* The answer that a lock screen has told it. */
static void has_hint(unsigned bus)
{
    message(bus, (struct paper){.type = WIRE_RETURN,
                                .reply = asked(bus, "Get", "LockedHint"),
                                .sender = ":1.3",
                                .signature = "v",
                                .boolean = 1});
}

static void test_tells(void **state)
{
    (void)state;
    start(1);
    greet(0);
    nobody_there(0, LOCKER_FREEDESKTOP, LOCKER_XFCE);
    hear_word(0, 0);
    changes_owner(0, SAVER, ":1.7");
    hear_word(GNOME, 0);
    says(":1.7", 1);
    hear_word(GNOME, GNOME);
    says(":1.8", 0);
    says(":1.7", 1);
    says(":1.7", 0);
    hear_word(GNOME, 0);
    says(":1.7", 1);
    hear_word(GNOME, GNOME);
    says(":1.7", 1);
    changes_owner(0, SAVER, "");
    hear_word(0, GNOME);
    assert_int_equal(at.words, 6); /* what changes nothing is not told */
    assert_int_equal(end(), 0);
}

/* Locked is told at once, also before it is known who else is there. */
static void test_tells_early(void **state)
{
    (void)state;
    start(1);
    greet(0);
    changes_owner(0, SAVER, ":1.7");
    says(":1.7", 1);
    hear_word(GNOME, GNOME);
    assert_int_equal(end(), 0);
}

static struct paper active(void)
{
    return (struct paper){.type = WIRE_SIGNAL,
                          .sender = ":1.7",
                          .path = "/x",
                          .interface = SAVER,
                          .member = "ActiveChanged",
                          .signature = "b",
                          .boolean = 1};
}

/* Up and gone before anybody looked: control has ended all the same. */
static void test_short_lock(void **state)
{
    static uint8_t both[2 * WIRE_MESSAGE];
    (void)state;
    start(1);
    greet(0);
    changes_owner(0, SAVER, ":1.7");
    struct paper p = active();
    size_t len = paper_write(&p, both);
    p.boolean = 0;
    len += paper_write(&p, both + len);
    send_all(0, both, len);
    hear_word(GNOME, GNOME);
    hear_word(GNOME, 0);
    assert_int_equal(end(), 0);
}

static void test_garbage(void **state)
{
    static uint8_t much[WIRE_MESSAGE];
    (void)state;
    start(1);
    send_all(0, "garbage\r\n", 9);
    hear_failure(FAIL_BUS, 0);
    start(2); /* the other one goes on */
    greet(1);
    send_all(1, "and here is some more of it", 27);
    greet(0);
    nobody_there(0, LOCKER_FREEDESKTOP, LOCKER_XFCE);
    hear_word(0, 0);
    assert_int_equal(at.buses, 1);
    changes_owner(0, SAVER, ":1.7");
    hear_word(GNOME, 0);
    send_all(0, "and here is some more of it", 27);
    hear_word(0, 0);
    assert_int_equal(at.buses, 0);
    hear_failure(FAIL_BUS, 0);
    start(1);
    greet(0);
    changes_owner(0, SAVER, ":1.7");
    struct paper p = active();
    size_t len = paper_write(&p, much); /* and in the same breath */
    memcpy(much + len, "nothing that a bus says", 23);
    send_all(0, much, len + 23);
    hear_word(0, GNOME); /* the bus is gone, the word is not */
    hear_failure(FAIL_BUS, 0);
}

/* logind tells lock screens to come up; one of the desktop's does, goes, and says nothing to
   logind. Where the system's bus is lost in between, logind cannot take it back. What a lock screen
   has told logind nobody takes back then. */
static void served_elsewhere(bool lost, bool hinted)
{
    uint8_t there = GNOME | LOGIN1;
    start(2);
    greet(0);
    greet(1);
    nobody_there(0, LOCKER_FREEDESKTOP, LOCKER_XFCE);
    has_session(1);
    hear_word(LOGIN1, 0); /* not before GetSession was answered */
    if (hinted)
        has_hint(1);
    else
        logind_says("Lock");
    hear_word(LOGIN1, LOGIN1);
    changes_owner(0, SAVER, ":1.7");
    hear_word(there, LOGIN1);
    if (lost) {
        close(at.bus[1]);
        at.bus[1] = 0;
        there = GNOME;
        hear_word(there, LOGIN1);
    }
    says(":1.7", 1);
    hear_word(there, GNOME | LOGIN1);
    says(":1.7", 0);
    hear_word(there, hinted ? LOGIN1 : 0);
    assert_int_equal(end(), 0);
}

static void test_served_elsewhere(void **state)
{
    (void)state;
    served_elsewhere(false, false);
    served_elsewhere(true, false);
    served_elsewhere(true, true);
}

/* A bus ends: its lock screens are gone, and one that was up is still up. With the last one the
   worker ends, too. */
static void test_buses_end(void **state)
{
    (void)state;
    start(2);
    greet(0);
    greet(1);
    changes_owner(0, SAVER, ":1.7");
    says(":1.7", 1);
    hear_word(GNOME, GNOME);
    close(at.bus[0]);
    at.bus[0] = 0;
    hear_word(0, GNOME);
    assert_int_equal(at.buses, 2);
    close(at.bus[1]);
    at.bus[1] = 0;
    hear_failure(FAIL_PEER_GONE, 0);
}

/* A bus on which nobody is there ends: that is told as well. */
static void test_empty_bus_ends(void **state)
{
    (void)state;
    start(2);
    greet(0);
    greet(1);
    nobody_there(0, LOCKER_FREEDESKTOP, LOCKER_XFCE);
    nobody_there(1, LOCKER_LOGIN1, LOCKER_LOGIN1);
    hear_word(0, 0);
    assert_int_equal(at.buses, 3);
    close(at.bus[1]);
    at.bus[1] = 0;
    hear_word(0, 0);
    assert_int_equal(at.buses, 1);
    assert_int_equal(end(), 0);
}

/* One bus, and GNOME's lock screen on it says that it is up. */
static void start_locked(void)
{
    start(1);
    greet(0);
    nobody_there(0, LOCKER_FREEDESKTOP, LOCKER_XFCE);
    changes_owner(0, SAVER, ":1.7");
    says(":1.7", 1);
    while (at.locked != GNOME)
        hear();
}

/* "Locked" is told at once, "not locked" once it has stayed so: in between it still counts. */
static void test_calm(void **state)
{
    static uint8_t both[2 * WIRE_MESSAGE];
    (void)state;
    start_locked();
    struct paper p = active();
    p.boolean = 0;
    size_t len = paper_write(&p, both); /* with something that is told at once */
    p = owner_change("org.mate.ScreenSaver", ":1.9");
    len += paper_write(&p, both + len);
    send_all(0, both, len);
    while (at.there != (GNOME | 1u << LOCKER_MATE))
        hear();
    assert_int_equal(at.locked, GNOME);
    hear_word(GNOME | 1u << LOCKER_MATE, 0);
    assert_int_equal(end(), 0);
}

/* ... also where it is said twice, and something else is heard all the time. */
static void test_calm_in_company(void **state)
{
    static uint8_t bytes[WIRE_MESSAGE];
    (void)state;
    start_locked();
    says(":1.7", 1);
    says(":1.7", 0);
    for (unsigned i = 0; i < 15; i++) {
        usleep(100000);
        struct paper p = owner_change("org.mate.ScreenSaver", i % 2 ? "" : ":1.9");
        send_all(0, bytes, paper_write(&p, bytes));
        while ((at.there >> LOCKER_MATE & 1) == i % 2)
            hear();
    }
    assert_int_equal(at.locked, 0);
    assert_int_equal(end(), 0);
}

/* It refuses us; the other one goes on. */
static void test_refused(void **state)
{
    (void)state;
    start(2);
    greet(1);
    send_all(0, "REJECTED EXTERNAL\r\n", 19);
    nobody_there(1, LOCKER_LOGIN1, LOCKER_LOGIN1);
    hear_word(0, 0);
    assert_int_equal(end(), 0);
}

/* A bus that says nothing, or not all: told after BUS_ANSWER_MS, and the other one goes on. */
static void test_silent(void **state)
{
    (void)state;
    start(2);
    greet(0);
    greet(1);
    changes_owner(0, SAVER, ":1.7");
    nobody_there(1, LOCKER_LOGIN1, LOCKER_LOGIN1);
    hear_word(0, 0); /* not GNOME: that bus has not said who else is there, and is none */
    assert_int_equal(end(), 0);
}

static void test_nothing_to_hear(void **state)
{
    (void)state;
    start(0);
    hear_failure(FAIL_MESSAGE, MSG_BUS_LISTEN);
}

/* A broker that reads late hears the last word. */
static void test_slow_broker(void **state)
{
    (void)state;
    start(1);
    greet(0);
    changes_owner(0, SAVER, ":1.7");
    for (int i = 0; i < 4001; i++)
        says(":1.7", i % 2 == 0);
    changes_owner(0, "org.mate.ScreenSaver", ":1.9"); /* the end of it */
    while (!(at.there & 1u << LOCKER_MATE))
        hear();
    assert_int_equal(at.locked, GNOME);
    assert_int_equal(end(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tells),           cmocka_unit_test(test_tells_early),
        cmocka_unit_test(test_short_lock),      cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_buses_end),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_silent),          cmocka_unit_test(test_nothing_to_hear),
        cmocka_unit_test(test_slow_broker),     cmocka_unit_test(test_served_elsewhere),
        cmocka_unit_test(test_empty_bus_ends),  cmocka_unit_test(test_calm),
        cmocka_unit_test(test_calm_in_company),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
