/* --events: the lines as architecture 8 has them, and a reader that is slow or gone. */
#include "broker/events.h"
#include "lib/lockers.h"
#include "policy/limits.h"
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

static int ends[2];

static bool no_memory;

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n)
{
    return no_memory ? NULL : __real_malloc(n);
}

static int make(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    assert_true(events_init(ends[1]));
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    events_finish(0);
    close(ends[0]);
    close(ends[1]);
    return 0;
}

/* The one line that waits, its time cut out. */
static void expect(const char *want)
{
    static char text[65536];
    ssize_t n = read(ends[0], text, sizeof text - 1);
    assert_true(n > 0);
    text[n] = '\0';
    char *time = strstr(text, ",\"time\":\"");
    assert_non_null(time);
    assert_int_equal(time[33], '"');
    memmove(time, time + 34, strlen(time + 34) + 1);
    assert_string_equal(text, want);
}

#define NAME(s) ((struct span){(const uint8_t *)(s), sizeof(s) - 1})

static void test_lines(void **state)
{
    (void)state;
    events_session(
        &(struct events_session){"417902653", "able about", "vitrine://h/1#v1...", "h/00", "00"});
    expect("{\"event\":\"session\",\"id\":\"417902653\",\"password\":\"able about\",\"invitation\":"
           "\"vitrine://h/1#v1...\",\"relay\":\"h/00\",\"pin\":\"00\"}\n");
    events_worker("capture", 77, "verified", NULL);
    expect("{\"event\":\"worker\",\"role\":\"capture\",\"pid\":77,\"state\":\"verified\"}\n");
    events_lockers(3, 1 << LOCKER_GNOME | 1 << LOCKER_LOGIN1, 1 << LOCKER_LOGIN1);
    expect("{\"event\":\"lockers\",\"buses\":[\"desktop\",\"system\"],\"there\":[\"org.gnome."
           "ScreenSaver\",\"org.freedesktop.login1\"],"
           "\"locked\":[\"org.freedesktop.login1\"]}\n");
    const struct events_button buttons[] = {{"yes", {1, 2, 3, 4}}, {"no", {-5, 6, 7, 8}}};
    struct events_prompt p = {9, "admit", NAME("M\"x\n"), "admit", buttons, 2, true, false, NULL};
    events_prompt(&p);
    expect("{\"event\":\"prompt\",\"id\":9,\"kind\":\"admit\",\"name\":\"M\\\"x\\u000a\","
           "\"window\":\"admit\","
           "\"buttons\":{\"yes\":[1,2,3,4],\"no\":[-5,6,7,8]},\"armed\":true}\n");
    p.armed = false;
    p.why = "covered";
    events_prompt(&p);
    expect("{\"event\":\"prompt\",\"id\":9,\"kind\":\"admit\",\"name\":\"M\\\"x\\u000a\","
           "\"window\":\"admit\","
           "\"buttons\":{\"yes\":[1,2,3,4],\"no\":[-5,6,7,8]},\"armed\":false,\"why\":"
           "\"covered\"}\n");
    p.why = "";
    p.armed = true;
    p.closed = true;
    p.n_buttons = 0;
    events_prompt(&p);
    expect("{\"event\":\"prompt\",\"id\":9,\"kind\":\"admit\",\"name\":\"M\\\"x\\u000a\","
           "\"window\":\"admit\","
           "\"buttons\":{},\"armed\":true,\"state\":\"closed\"}\n");
    events_member(2, NAME("M"), "participant", "joined");
    expect("{\"event\":\"member\",\"id\":2,\"name\":\"M\",\"role\":\"participant\",\"state\":"
           "\"joined\"}\n");
    events_share("paused", "owner");
    expect("{\"event\":\"share\",\"state\":\"paused\",\"why\":\"owner\"}\n");
    const char *missing[] = {"namespaces"};
    events_security("reduced", missing, 1);
    expect("{\"event\":\"security\",\"level\":\"reduced\",\"missing\":[\"namespaces\"]}\n");
    static const char *const texts[] = {"Your session", "“M”"};
    const struct events_rect r = {0, 0, 3, 4};
    const struct events_control controls[] = {
        {"share", "button", "Share", "", NULL, "", "", "", NULL, -1, {1, 1, 2, 2}, true},
        {"row_2", "row", "“M”", "", "M", "Presenter", "", "", NULL, -1, r, false},
        {"chat", "button", "Chat", "off", NULL, "2", "", "No line.", NULL, -1, r, false},
        {"t5", "radio", "5 minutes", "", NULL, "", "How long", "", NULL, -1, r, false},
        {"relay", "field", "Relay", "", NULL, "", "", "", "h:1", 3, r, false},
        {"pw", "field", "Password", "", NULL, "", "", "", NULL, 9, r, false}};
    events_window(
        &(struct events_window){"host-panel", "mapped", {0, 0, 720, 528}, texts, 2, controls, 6});
#define REST(state) "\"rect\":[0,0,3,4],\"focus\":0,\"state\":\"" state "\""
    expect(
        "{\"event\":\"window\",\"name\":\"host-panel\",\"rect\":[0,0,720,528],\"state\":\"mapped\","
        "\"texts\":[\"Your session\",\"“M”\"],\"controls\":["
        "{\"id\":\"share\",\"role\":\"button\",\"label\":\"Share\",\"rect\":[1,1,2,2],\"focus\":1,"
        "\"state\":\"\"},"
        "{\"id\":\"row_2\",\"role\":\"row\",\"label\":\"“M”\",\"name\":\"M\",\"badges\":"
        "\"Presenter\"," REST(
            "") "},"
                "{\"id\":\"chat\",\"role\":\"button\",\"label\":\"Chat\",\"badges\":\"2\"," REST(
                    "off") ",\"why\":\"No line.\"},"
                           "{\"id\":\"t5\",\"role\":\"radio\",\"label\":\"5 "
                           "minutes\",\"group\":\"How long\"," REST(
                               "") "},"
                                   "{\"id\":\"relay\",\"role\":\"field\",\"label\":\"Relay\","
                                   "\"value\":\"h:1\",\"length\":3," REST(
                                       "") "},"
                                           "{\"id\":\"pw\",\"role\":\"field\",\"label\":"
                                           "\"Password\",\"length\":9," REST("") "}]}\n");
    events_chat(4, NAME("M"), false, NAME("a \"b\"\xe2\x80\x8f\xf3\xa0\x80\x81"), false);
    expect("{\"event\":\"chat\",\"id\":4,\"name\":\"M\",\"mine\":false,\"bytes\":12}\n");
    events_chat(4, NAME("M"), false, NAME("a \"b\"\n\xe2\x80\x8f\xf3\xa0\x80\x81\xc3\xa4"), true);
    expect("{\"event\":\"chat\",\"id\":4,\"name\":\"M\",\"mine\":false,\"bytes\":15,"
           "\"text\":\"a \\\"b\\\"\\u000a\\u200f\\udb40\\udc01\xc3\xa4\"}\n");
    events_error("J-PASS", "That password is not right.");
    expect("{\"event\":\"error\",\"code\":\"J-PASS\",\"text\":\"That password is not right.\"}\n");
    events_ended("cut", "line", "seal", 12);
    expect("{\"event\":\"ended\",\"how\":\"cut\",\"why\":\"line\",\"said\":\"seal\","
           "\"code\":12}\n");
}

/* A line as long as any may be is told in part, and never more than a reader that stands still can
   leave lying: nobody loses the rest for what others write. */
static void test_long_chat(void **state)
{
    static const uint8_t each[] = {0xf3, 0xa0, 0x80, 0x81}; /* twelve bytes in JSON */
    static uint8_t text[MAX_CHAT];
    const struct span all = {text, sizeof text};
    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = each[i % 4];
    for (unsigned i = 0; i < 600; i++)
        events_chat(4, NAME("M"), false, all, true);
    assert_int_equal(events_want(NULL), 4);
}

/* Nothing blocks; what waits comes later; too much ends it. */
static void test_slow_reader(void **state)
{
    (void)state;
    static char text[65536];
    unsigned sent = 0, lines = 0;
    for (; sent < 2000; sent++)
        events_share("on", "a text that makes the line longer than it would otherwise have been");
    assert_int_equal(events_want(NULL), 4);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    for (ssize_t n; (n = read(ends[0], text, sizeof text)) > 0; events_flush(NULL, 4))
        for (ssize_t i = 0; i < n; i++)
            lines += text[i] == '\n';
    assert_int_equal(lines, sent);
    assert_int_equal(events_want(NULL), 0);
    for (int i = 0; i < 10000; i++)
        events_share("on", "a text that makes the line longer than it would otherwise have been");
    assert_int_equal(events_want(NULL), 0); /* turned off */
}

static void test_gone_reader(void **state)
{
    (void)state;
    close(ends[0]);
    events_share("on", "");
    events_share("off", "");
    assert_int_equal(events_want(NULL), 0);
}

/* Whoever waits for a line is told that none will come. */
static void test_no_memory(void **state)
{
    char said[100] = "";
    int pair[2], kept = dup(STDERR_FILENO);
    (void)state;
    assert_int_equal(pipe(pair), 0);
    assert_int_equal(dup2(pair[1], STDERR_FILENO), STDERR_FILENO);
    no_memory = true;
    bool on = events_init(STDOUT_FILENO);
    no_memory = false;
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    close(pair[1]);
    assert_false(on);
    assert_true(read(pair[0], said, sizeof said - 1) > 0);
    assert_string_equal(said, "vitrine: no --events: no memory for them\n");
    close(pair[0]);
    close(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lines, make, unmake),
        cmocka_unit_test_setup_teardown(test_long_chat, make, unmake),
        cmocka_unit_test_setup_teardown(test_slow_reader, make, unmake),
        cmocka_unit_test_setup_teardown(test_gone_reader, make, unmake),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
