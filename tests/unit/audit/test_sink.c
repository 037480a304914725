/* Other logs that are not there yet, are busy, or come and go: what each gets, and what is said. */
#include "audit/chain/line.h"
#include "audit/sink.h"
#include "lib/loop.h"
#include "policy/limits.h"
#include "policy_tables.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

static struct sink sink;
static struct line_head head;
static uint8_t seal[DIGEST_SIZE];
static char batch[TRAIL_BATCH];
static size_t n;
static int theirs[SINK_WAYS], type;

static int make(void **state)
{
    (void)state;
    memset(&sink, 0, sizeof sink);
    memset(&head, 0, sizeof head);
    n = 0;
    theirs[0] = theirs[1] = -1;
    type = SOCK_DGRAM;
    return 0;
}

/* One more line in the batch. */
static void add(const char *why)
{
    struct json j;
    line_begin(&j, batch + n, head.n + 1, 1700000000000, "log_suspect", AUDIT_LOG_SUSPECT, 1);
    json_text(&j, "why", why);
    size_t len = line_end(&j, &head, seal);
    assert_true(len > 0);
    n += len;
}

static int send_one(const char *why)
{
    n = 0;
    add(why);
    return sink_send(&sink, batch, n);
}

/* A socket for that way; the other end is `theirs`. */
static int way(int which)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, type, 0, ends), 0);
    theirs[which] = ends[0];
    return ends[1];
}

static void begin(unsigned there, unsigned missing)
{
    struct msg_audit_files m = {.sinks = (uint8_t)there, .missing = (uint8_t)missing};
    for (int i = 0; i < SINK_WAYS; i++)
        if (there >> i & 1)
            m.sockets[m.n_sockets++] = way(i);
    assert_int_equal(sink_take(&sink, &m), 0);
}

static void renew(int which)
{
    struct msg_audit_sinks m = {.sinks = (uint8_t)(1U << which), .n_sockets = 1};
    m.sockets[0] = way(which);
    assert_int_equal(sink_renew(&sink, &m), 0);
}

static void fill(int which)
{
    while (send(sink.ways[which].socket - 1, "full", 4, MSG_DONTWAIT) == 4)
        ;
}

static void gets(int which, const char *part)
{
    char text[LINE_MAX_BYTES + 512];
    ssize_t got = recv(theirs[which], text, sizeof text - 1, MSG_DONTWAIT);
    assert_true(got > 0);
    text[got] = '\0';
    if (!strstr(text, part))
        fail_msg("not \"%s\" but %s", part, text);
}

static void gets_nothing(int which)
{
    char text[LINE_MAX_BYTES + 512];
    assert_true(recv(theirs[which], text, sizeof text, MSG_DONTWAIT) < 0);
}

/* Its service starts after us: lines are not said to be there, and those of the opening arrive. */
static void test_not_there_yet(void **state)
{
    (void)state;
    begin(1, 2);
    add("first");
    add("second");
    sink_open(&sink, batch, n);
    gets(SINK_SYSLOG, "first");
    gets(SINK_SYSLOG, "second");
    assert_int_equal(send_one("third"), 2);
    assert_int_equal(errno, ENOTCONN);
    gets(SINK_SYSLOG, "third");
    renew(SINK_JOURNAL);
    gets(SINK_JOURNAL, "first");
    gets(SINK_JOURNAL, "second");
    assert_int_equal(send_one("fourth"), 0);
    gets(SINK_JOURNAL, "fourth");
    gets(SINK_SYSLOG, "fourth");
    gets_nothing(SINK_JOURNAL);
    gets_nothing(SINK_SYSLOG);
}

/* Nobody reads for a while: the other one gets its lines, each once; the opening comes late, before
 * others. */
static void test_busy(void **state)
{
    (void)state;
    char text[8];
    begin(3, 0);
    fill(SINK_JOURNAL);
    add("first");
    sink_open(&sink, batch, n);
    assert_int_equal(send_one("second"), 2);
    assert_int_equal(errno, EAGAIN);
    while (recv(theirs[SINK_JOURNAL], text, sizeof text, MSG_DONTWAIT) == 4)
        ;
    assert_int_equal(send_one("third"), 0);
    gets(SINK_JOURNAL, "first");
    gets(SINK_JOURNAL, "third");
    gets_nothing(SINK_JOURNAL);
    gets(SINK_SYSLOG, "first");
    gets(SINK_SYSLOG, "second");
    gets(SINK_SYSLOG, "third");
    gets_nothing(SINK_SYSLOG);
}

struct reader {
    pthread_t thread;
    int fd;
};

/* Looks into its socket late. */
static void *reads_slowly(void *arg)
{
    char text[LINE_MAX_BYTES + 512];
    const struct reader *r = arg;
    ssize_t got;
    poll(NULL, 0, 100);
    do
        got = recv(r->fd, text, sizeof text, 0);
    while (got > 0 && !memmem(text, (size_t)got, "last", 4));
    return NULL;
}

/* More lines at once than the kernel keeps for a service that is slower than we are: none is lost.
 */
static void test_slow(void **state)
{
    (void)state;
    begin(1, 0);
    struct reader r = {.fd = theirs[SINK_SYSLOG]};
    assert_int_equal(pthread_create(&r.thread, NULL, reads_slowly, &r), 0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(send_one("one of many"), 0);
    assert_int_equal(send_one("last"), 0);
    assert_int_equal(pthread_join(r.thread, NULL), 0);
}

enum { READS_AFTER_MS = SINK_ROOM_MS / 5 * 3 };

static uint64_t waited_ms;
static bool drags;

int __real_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
uint64_t __real_loop_now_ms(void);
uint64_t __wrap_loop_now_ms(void);

uint64_t __wrap_loop_now_ms(void)
{
    return drags ? waited_ms : __real_loop_now_ms();
}

/* One line is read after a while, and not sooner. */
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    char text[LINE_MAX_BYTES + 512];
    if (!drags)
        return __real_poll(fds, count, timeout_ms);
    bool reads = timeout_ms >= READS_AFTER_MS;
    waited_ms += (uint64_t)(reads ? READS_AFTER_MS : timeout_ms);
    return reads && recv(theirs[SINK_SYSLOG], text, sizeof text, MSG_DONTWAIT) > 0;
}

/* A service that takes a line now and then does not keep a batch, and what comes after it, from the
   log for long. Seen to fail while each line was waited for. */
static void test_drags(void **state)
{
    (void)state;
    begin(1, 0);
    fill(SINK_SYSLOG);
    drags = true;
    for (int batches = 1; batches <= 2; batches++) {
        waited_ms = 0;
        n = 0;
        for (int i = 0; i < 10; i++)
            add("one of a batch");
        assert_int_equal(sink_send(&sink, batch, n), 1);
        assert_int_equal(errno, EAGAIN);
        assert_true(waited_ms <= SINK_ROOM_MS);
    }
    drags = false;
}

static void begin_stream(void)
{
    struct msg_audit_files m = {.sinks = 1, .stream = 1, .n_sockets = 1};
    type = SOCK_STREAM;
    m.sockets[0] = way(SINK_SYSLOG);
    assert_int_equal(sink_take(&sink, &m), 0);
}

/* Up to the zero byte that ends it. */
static void gets_message(const char *part)
{
    char text[LINE_MAX_BYTES + 512];
    size_t len = 0;
    do {
        assert_true(len < sizeof text);
        assert_int_equal(recv(theirs[SINK_SYSLOG], text + len, 1, MSG_DONTWAIT), 1);
    } while (text[len++] != '\0');
    assert_memory_equal(text, "<105>1 ", 7);
    assert_non_null(strstr(text, part));
    assert_int_equal(text[len - 2], '}');
}

/* Where the system's log reads a stream, what ends a line is a zero byte, as syslog(3) has it; the
   line is the same. Seen to fail without it. */
static void test_stream(void **state)
{
    (void)state;
    begin_stream();
    add("first");
    add("second");
    sink_open(&sink, batch, n);
    assert_int_equal(send_one("third"), 0);
    gets_message("first");
    gets_message("second");
    gets_message("third");
    gets_nothing(SINK_SYSLOG);
    close(theirs[SINK_SYSLOG]);
    assert_int_equal(send_one("fourth"), 1);
    assert_int_equal(errno, EPIPE);
    struct msg_audit_sinks m = {.sinks = 1, .n_sockets = 1}; /* the next service takes datagrams */
    type = SOCK_DGRAM;
    m.sockets[0] = way(SINK_SYSLOG);
    assert_int_equal(sink_renew(&sink, &m), 0);
    assert_int_equal(send_one("fifth"), 0);
    gets(SINK_SYSLOG, "fifth\"");
    gets_nothing(SINK_SYSLOG);
}

/* Nobody reads: a line is there whole or not at all, and what follows is no rest of it. */
static void test_stream_is_full(void **state)
{
    (void)state;
    unsigned taken = 0;
    begin_stream();
    while (send_one("line") == 0)
        taken++;
    assert_int_equal(errno, EAGAIN);
    assert_true(taken > 0);
    for (unsigned i = 0; i < taken; i++)
        gets_message("line");
    gets_nothing(SINK_SYSLOG);
    assert_int_equal(send_one("again"), 0);
    gets_message("again");
}

/* Sockets that do not fit what the message says of them. */
static void test_wrong_sockets(void **state)
{
    (void)state;
    struct msg_audit_files m = {.sinks = 3, .n_sockets = 1, .sockets = {-1, -1}};
    assert_int_equal(sink_take(&sink, &m), -1);
    struct msg_audit_sinks more = {.sinks = 2, .n_sockets = 2, .sockets = {-1, -1}};
    assert_int_equal(sink_renew(&sink, &more), -1);
}

/* RFC 5424 6.2.4: a name that is none there is not said. */
static void test_computer(void **state)
{
    (void)state;
    static const struct {
        const char *name, *host;
    } rows[] = {{"desk-7.example", " desk-7.example vitrine "},
                {"a b", " - vitrine "},
                {"t\xc3\xbcr", " - vitrine "},
                {"", " - vitrine "}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[LINE_MAX_BYTES + 512];
        make(NULL);
        struct msg_audit_files m = {.uid = 1000, .computer = span_text(rows[i].name)};
        assert_int_equal(sink_take(&sink, &m), 0);
        add("why");
        size_t len = sink_syslog(&sink, batch, n - 1, out, sizeof out - 1);
        out[len] = '\0';
        assert_non_null(strstr(out, rows[i].host));
        assert_non_null(strstr(out, " id=\"7\" uid=\"1000\"] {\"n\":1,"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_not_there_yet, make),
        cmocka_unit_test_setup(test_busy, make),
        cmocka_unit_test_setup(test_slow, make),
        cmocka_unit_test_setup(test_drags, make),
        cmocka_unit_test_setup(test_stream, make),
        cmocka_unit_test_setup(test_stream_is_full, make),
        cmocka_unit_test_setup(test_wrong_sockets, make),
        cmocka_unit_test_setup(test_computer, make),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
