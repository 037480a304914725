/* One connection to a bus: the greeting, who has which name, and whose word counts. */
#include "broker/bus/conn.h"
#include "paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SAVER "org.gnome.ScreenSaver"
#define LOGIND "org.freedesktop.login1"
#define OURS "/org/freedesktop/login1/session/_32"

static struct listener listeners[LOCKERS];
static struct conn conn;
static uint8_t bytes[WIRE_MESSAGE];

static enum conn_result feed(const void *data, size_t n)
{
    enum conn_result r = CONN_ON;
    for (size_t at = 0; at < n && r == CONN_ON;) {
        size_t room = sizeof conn.in - conn.n_in, part = n - at < room ? n - at : room;
        assert_true(room > 0);
        memcpy(conn.in + conn.n_in, (const uint8_t *)data + at, part);
        conn.n_in += part;
        at += part;
        r = conn_go_on(&conn);
    }
    return r;
}

static enum conn_result line(const char *text)
{
    return feed(text, strlen(text));
}

static enum conn_result message(struct paper p)
{
    size_t len = paper_write(&p, bytes);
    return feed(bytes, len);
}

/* The serial of a call of ours, and nothing of what was said so far is left. */
static uint32_t asked(const char *member, const char *text)
{
    uint32_t serial = paper_serial(conn.out, conn.n_out, member, text);
    conn_sent(&conn, conn.n_out);
    return serial;
}

static enum conn_result greet(enum locker first, enum locker last)
{
    memset(listeners, 0, sizeof listeners);
    conn_init(&conn, listeners, first, last);
    assert_memory_equal(conn.out, "\0AUTH EXTERNAL\r\n", 16);
    conn_sent(&conn, conn.n_out);
    assert_int_equal(line("DATA\r\n"), CONN_ON);
    assert_memory_equal(conn.out, "DATA\r\n", 6);
    conn_sent(&conn, conn.n_out);
    assert_int_equal(line("OK " PAPER_GUID "\r\n"), CONN_ON);
    assert_memory_equal(conn.out, "BEGIN\r\n", 7);
    conn_sent(&conn, 7);
    return message((struct paper){.type = WIRE_RETURN,
                                  .reply = asked("Hello", ""),
                                  .sender = PAPER_BUS,
                                  .signature = "s",
                                  .texts = {":1.99"}});
}

static enum conn_result has_owner(uint32_t serial, const char *owner)
{
    struct paper none = {
        .type = WIRE_ERROR, .reply = serial, .sender = PAPER_BUS, .error = "org.x.NameHasNoOwner"};
    struct paper p = {.type = WIRE_RETURN,
                      .reply = serial,
                      .sender = PAPER_BUS,
                      .signature = "s",
                      .texts = {owner}};
    return message(*owner ? p : none);
}

static enum conn_result changes_owner(const char *sender, const char *name, const char *now)
{
    return message((struct paper){.type = WIRE_SIGNAL,
                                  .sender = sender,
                                  .path = "/org/freedesktop/DBus",
                                  .interface = PAPER_BUS,
                                  .member = "NameOwnerChanged",
                                  .signature = "sss",
                                  .texts = {name, ":1.1", now}});
}

static enum conn_result says(const char *sender, const char *name, int locked)
{
    return message((struct paper){.type = WIRE_SIGNAL,
                                  .sender = sender,
                                  .path = "/x",
                                  .interface = name,
                                  .member = "ActiveChanged",
                                  .signature = "b",
                                  .boolean = locked});
}

static enum conn_result answers(uint32_t serial, const char *sender, const char *signature,
                                int boolean)
{
    return message((struct paper){.type = WIRE_RETURN,
                                  .reply = serial,
                                  .sender = sender,
                                  .signature = signature,
                                  .boolean = boolean});
}

static enum conn_result of_session(const char *path, const char *member)
{
    return message((struct paper){.type = WIRE_SIGNAL,
                                  .sender = ":1.3",
                                  .path = path,
                                  .interface = LOGIND ".Session",
                                  .member = member});
}

static enum conn_result properties_change(const char *path)
{
    return message((struct paper){.type = WIRE_SIGNAL,
                                  .sender = ":1.3",
                                  .path = path,
                                  .interface = "org.freedesktop.DBus.Properties",
                                  .member = "PropertiesChanged"});
}

static bool locked(enum locker which)
{
    return listener_locked(&listeners[which]);
}

/* A desktop whose lock screen is :1.7; nothing is up. */
static void desktop(void)
{
    assert_int_equal(greet(LOCKER_FREEDESKTOP, LOCKER_XFCE), CONN_ON);
    uint32_t serial = paper_serial(conn.out, conn.n_out, "GetNameOwner", SAVER);
    uint32_t other = paper_serial(conn.out, conn.n_out, "GetNameOwner", "org.mate.ScreenSaver");
    assert_true(serial && other);
    conn_sent(&conn, conn.n_out);
    assert_int_equal(has_owner(serial, ":1.7"), CONN_ON);
    assert_int_equal(answers(asked("GetActive", SAVER), ":1.7", "b", 0), CONN_ON);
    assert_int_equal(has_owner(other, ""), CONN_ON);
    assert_true(listener_there(&listeners[LOCKER_GNOME]) && !locked(LOCKER_GNOME));
    assert_false(listener_there(&listeners[LOCKER_MATE]));
}

/* logind is :1.3, our session OURS; nothing is up. */
static void system_bus(void)
{
    assert_int_equal(greet(LOCKER_LOGIN1, LOCKER_LOGIN1), CONN_ON);
    assert_int_equal(has_owner(asked("GetNameOwner", LOGIND), ":1.3"), CONN_ON);
    assert_false(conn_settled(&conn)); /* whether it hears for us is not known yet */
    assert_false(listener_there(&listeners[LOCKER_LOGIN1]));
    assert_int_equal(message((struct paper){.type = WIRE_RETURN,
                                            .reply = asked("GetSession", "auto"),
                                            .sender = ":1.3",
                                            .signature = "o",
                                            .texts = {OURS}}),
                     CONN_ON);
    assert_int_equal(answers(asked("Get", "LockedHint"), ":1.3", "v", 0), CONN_ON);
    assert_true(conn_settled(&conn));
    assert_true(listener_there(&listeners[LOCKER_LOGIN1]) && !locked(LOCKER_LOGIN1));
}

static void test_greeting(void **state)
{
    static const struct {
        const char *line;
        enum conn_result result;
    } first[] = {{"REJECTED EXTERNAL\r\n", CONN_OVER},
                 {"ERROR\r\n", CONN_OVER},
                 {"OK " PAPER_GUID "\r\n", CONN_BAD},
                 {"DATA\n", CONN_BAD},
                 {"\r\n", CONN_BAD},
                 {"\n", CONN_BAD},
                 {"DATA 00\r\n", CONN_BAD},
                 {"HTTP/1.1 400\r\n", CONN_BAD}};
    char lengthy[600];
    (void)state;
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        conn_init(&conn, listeners, LOCKER_GNOME, LOCKER_GNOME);
        if (line(first[i].line) != first[i].result)
            fail_msg("%s", first[i].line);
    }
    memset(lengthy, 'D', sizeof lengthy);
    conn_init(&conn, listeners, LOCKER_GNOME, LOCKER_GNOME);
    assert_int_equal(feed(lengthy, sizeof lengthy), CONN_BAD);
    conn_init(&conn, listeners, LOCKER_GNOME, LOCKER_GNOME);
    assert_int_equal(feed("DA\0A\r\n", 6), CONN_BAD);
}

/* First we are told, then we ask: nobody locks in between unheard. */
static void test_asks_in_order(void **state)
{
    (void)state;
    assert_int_equal(greet(LOCKER_FREEDESKTOP, LOCKER_XFCE), CONN_ON);
    for (enum locker i = LOCKER_FREEDESKTOP; i <= LOCKER_XFCE; i++) {
        char rule[128];
        snprintf(rule, sizeof rule, "arg0='%s'", locker_name(i));
        uint32_t owner = paper_serial(conn.out, conn.n_out, "AddMatch", rule);
        snprintf(rule, sizeof rule, "sender='%s',interface='%s',member='ActiveChanged'",
                 locker_name(i), locker_name(i));
        uint32_t hears = paper_serial(conn.out, conn.n_out, "AddMatch", rule);
        uint32_t asks = paper_serial(conn.out, conn.n_out, "GetNameOwner", locker_name(i));
        assert_true(owner && owner < hears && hears < asks);
    }
    assert_false(conn_settled(&conn));
}

/* A bus that lets us not hear is none. */
static void test_refused_rule(void **state)
{
    (void)state;
    assert_int_equal(greet(LOCKER_FREEDESKTOP, LOCKER_XFCE), CONN_ON);
    assert_int_equal(message((struct paper){.type = WIRE_ERROR,
                                            .reply = asked("AddMatch", ""),
                                            .sender = PAPER_BUS,
                                            .error = "org.x.LimitsExceeded"}),
                     CONN_OVER);
}

static void test_locks_and_unlocks(void **state)
{
    (void)state;
    desktop();
    assert_int_equal(says(":1.7", SAVER, 1), CONN_ON);
    assert_true(locked(LOCKER_GNOME));
    assert_int_equal(says(":1.7", SAVER, 0), CONN_ON);
    assert_false(locked(LOCKER_GNOME));
}

/* It was up before we came. */
static void test_is_up_already(void **state)
{
    (void)state;
    assert_int_equal(greet(LOCKER_GNOME, LOCKER_GNOME), CONN_ON);
    assert_int_equal(has_owner(asked("GetNameOwner", SAVER), ":1.7"), CONN_ON);
    uint32_t serial = asked("GetActive", SAVER);
    assert_int_equal(answers(serial, ":1.8", "b", 1), CONN_ON); /* not who was asked */
    assert_false(locked(LOCKER_GNOME));
    assert_int_equal(answers(serial, ":1.7", "b", 1), CONN_ON);
    assert_true(locked(LOCKER_GNOME));
    assert_int_equal(answers(serial, ":1.7", "b", 0), CONN_ON); /* answered before */
    assert_true(locked(LOCKER_GNOME));
}

/* Whoever has not got the name says nothing, neither this nor that. */
static void test_forged(void **state)
{
    (void)state;
    desktop();
    says(":1.8", SAVER, 1);
    assert_false(locked(LOCKER_GNOME));
    says(":1.7", SAVER, 1);
    says(":1.8", SAVER, 0);
    says(":1.77", SAVER, 0);
    says("", SAVER, 0);
    says(PAPER_BUS, SAVER, 0);
    says(":1.7", "org.mate.ScreenSaver", 0); /* of another name than its own */
    assert_int_equal(changes_owner(":1.8", SAVER, ":1.8"), CONN_ON); /* the bus has not said it */
    says(":1.8", SAVER, 0);
    assert_true(locked(LOCKER_GNOME));
    says(":1.7", SAVER, 0);
    assert_false(locked(LOCKER_GNOME));
}

/* The name in other hands: it unlocks nothing while who has locked is there, and everything once
   that one has gone. */
static void test_name_taken_away(void **state)
{
    (void)state;
    desktop();
    says(":1.7", SAVER, 1);
    assert_int_equal(changes_owner(PAPER_BUS, SAVER, ":1.8"), CONN_ON);
    assert_true(locked(LOCKER_GNOME));
    answers(asked("GetActive", SAVER), ":1.8", "b", 0);
    assert_true(locked(LOCKER_GNOME));
    assert_int_equal(has_owner(asked("GetNameOwner", ":1.7"), ":1.7"), CONN_ON);
    assert_true(locked(LOCKER_GNOME));
    says(":1.8", SAVER, 1);
    says(":1.8", SAVER, 0); /* its own it may take back, but not that of the other */
    assert_true(locked(LOCKER_GNOME));
    uint32_t serial = asked("GetNameOwner", ":1.7");
    assert_int_not_equal(serial, 0);
    message((struct paper){
        .type = WIRE_ERROR, .reply = serial, .sender = ":1.8", .error = "org.x.NameHasNoOwner"});
    assert_true(locked(LOCKER_GNOME)); /* the bus has not said that either */
    assert_int_equal(has_owner(serial, ""), CONN_ON);
    assert_false(locked(LOCKER_GNOME));
}

/* It takes the name back meanwhile, or locks itself: the answer comes too late. */
static void test_late_answer(void **state)
{
    (void)state;
    desktop();
    says(":1.7", SAVER, 1);
    changes_owner(PAPER_BUS, SAVER, ":1.8");
    says(":1.8", SAVER, 0);
    uint32_t serial = asked("GetNameOwner", ":1.7");
    says(":1.8", SAVER, 1);
    has_owner(serial, "");
    assert_true(locked(LOCKER_GNOME));
}

/* Under X11 a lock screen that has died has unlocked: its windows are gone. The name in nobody's
   hands is not enough; who said "locked" has to have left the bus. Whether it has is asked, because
   the bus may have said so before. */
static void test_lock_screen_dies(void **state)
{
    (void)state;
    desktop();
    says(":1.7", SAVER, 1);
    assert_int_equal(changes_owner(PAPER_BUS, SAVER, ""), CONN_ON);
    assert_true(locked(LOCKER_GNOME));
    assert_false(listener_there(&listeners[LOCKER_GNOME]));
    says(":1.7", SAVER, 0);
    assert_true(locked(LOCKER_GNOME));
    uint32_t serial = asked("GetNameOwner", ":1.7");
    assert_int_not_equal(serial, 0);
    assert_int_equal(has_owner(serial, ""), CONN_ON);
    assert_false(locked(LOCKER_GNOME));
    assert_true(conn_opened(&conn));
    changes_owner(PAPER_BUS, SAVER, ":1.9"); /* the next one is believed */
    says(":1.9", SAVER, 1);
    assert_true(locked(LOCKER_GNOME));
}

/* It gives the name away first, and leaves later. */
static void test_lock_screen_leaves(void **state)
{
    (void)state;
    desktop();
    says(":1.7", SAVER, 1);
    changes_owner(PAPER_BUS, SAVER, "");
    has_owner(asked("GetNameOwner", ":1.7"), ":1.7");
    assert_true(locked(LOCKER_GNOME));
    changes_owner(PAPER_BUS, ":1.77", "");
    changes_owner(":1.8", ":1.7", "");
    changes_owner(PAPER_BUS, ":1.7", ":1.7");
    assert_true(locked(LOCKER_GNOME));
    changes_owner(PAPER_BUS, ":1.7", "");
    assert_false(locked(LOCKER_GNOME));
    desktop(); /* the name is another's by then, who says "not locked" */
    says(":1.7", SAVER, 1);
    changes_owner(PAPER_BUS, SAVER, ":1.8");
    changes_owner(PAPER_BUS, ":1.7", "");
    assert_true(locked(LOCKER_GNOME));
    answers(asked("GetActive", SAVER), ":1.8", "b", 0);
    has_owner(asked("GetNameOwner", ":1.7"), "");
    assert_false(locked(LOCKER_GNOME));
}

/* Programs that leave are heard where lock screens are programs. logind is none: what it said stays
   until it, or the next logind, says otherwise. */
static void test_logind_dies(void **state)
{
    (void)state;
    assert_int_equal(greet(LOCKER_FREEDESKTOP, LOCKER_XFCE), CONN_ON);
    assert_int_not_equal(asked("AddMatch", "member='NameOwnerChanged',arg2=''"), 0);
    system_bus();
    of_session(OURS, "Lock");
    changes_owner(PAPER_BUS, LOGIND, "");
    changes_owner(PAPER_BUS, ":1.3", "");
    assert_int_equal(asked("GetNameOwner", ":1.3"), 0);
    assert_true(locked(LOCKER_LOGIN1));
}

/* A bus says what no bus says. */
static void test_bad_bus(void **state)
{
    (void)state;
    desktop();
    assert_int_equal(changes_owner(PAPER_BUS, SAVER, "org.gnome.ScreenSaver"), CONN_BAD);
    desktop();
    assert_int_equal(line("garbage, and more of it"), CONN_BAD);
    desktop();
    size_t len = paper_write(&(struct paper){.type = WIRE_SIGNAL, .sender = ":1.7"}, bytes);
    assert_int_equal(feed(bytes, len), CONN_BAD);
}

/* What others send that is too long, of a later version, or nonsense within: passed over. */
static void test_passed_over(void **state)
{
    static uint8_t much[70000];
    struct paper p = {.type = WIRE_SIGNAL,
                      .sender = ":1.8",
                      .path = "/x",
                      .interface = SAVER,
                      .member = "ActiveChanged",
                      .signature = "b",
                      .extra = 99,
                      .kind = 'a'};
    (void)state;
    desktop();
    assert_int_equal(message(p), CONN_ON);
    p.extra = 0;
    p.boolean = 7;
    assert_int_equal(message(p), CONN_ON);
    p.type = WIRE_CALL;
    assert_int_equal(message(p), CONN_ON);
    p.sender = ":1.7"; /* nor does it make a word of the owner's */
    p.type = WIRE_SIGNAL;
    assert_int_equal(message(p), CONN_ON);
    assert_false(locked(LOCKER_GNOME));
    for (uint32_t body = 16200; body < sizeof much; body += 9973) {
        size_t len = paper_write(&p, bytes) - 4;
        memcpy(much, bytes, len);
        memset(much + len, 'G', sizeof much - len);
        memcpy(much + 4, &body, 4); /* little-endian machines only */
        assert_int_equal(feed(much, len + body), CONN_ON);
        assert_int_equal(says(":1.7", SAVER, 1), CONN_ON);
        assert_true(locked(LOCKER_GNOME));
        says(":1.7", SAVER, 0);
    }
}

/* Byte by byte it is the same. */
static void test_in_pieces(void **state)
{
    (void)state;
    desktop();
    size_t len = paper_write(&(struct paper){.type = WIRE_SIGNAL,
                                             .sender = ":1.7",
                                             .path = "/x",
                                             .interface = SAVER,
                                             .member = "ActiveChanged",
                                             .signature = "b",
                                             .boolean = 1,
                                             .big = true},
                             bytes);
    for (size_t i = 0; i < len; i++) {
        assert_false(locked(LOCKER_GNOME));
        assert_int_equal(feed(bytes + i, 1), CONN_ON);
    }
    assert_true(locked(LOCKER_GNOME));
}

/* A name that changes hands without end, and a bus that does not read: we stop reading, too. */
static void test_no_room(void **state)
{
    (void)state;
    desktop();
    unsigned i = 0;
    for (; i < 1000 && conn_may_read(&conn); i++)
        assert_int_equal(changes_owner(PAPER_BUS, SAVER, i % 2 ? ":1.20" : ":1.21"), CONN_ON);
    assert_true(i < 1000 && conn.n_out <= sizeof conn.out);
    assert_int_equal(says(":1.20", SAVER, 1), CONN_ON);
    assert_int_equal(says(":1.21", SAVER, 1), CONN_ON);
    assert_false(locked(LOCKER_GNOME)); /* kept */
    conn_sent(&conn, conn.n_out);
    assert_int_equal(conn_go_on(&conn), CONN_ON);
    assert_true(locked(LOCKER_GNOME));
}

/* LockedHint is asked for whenever something has changed, and at the beginning. */
static void test_logind_hint(void **state)
{
    (void)state;
    system_bus();
    assert_int_equal(properties_change(OURS), CONN_ON);
    uint32_t serial = asked("Get", "LockedHint");
    answers(serial, ":1.8", "v", 1);
    assert_false(locked(LOCKER_LOGIN1));
    answers(serial, ":1.3", "v", 1);
    assert_true(locked(LOCKER_LOGIN1));
    properties_change("/org/freedesktop/login1/session/_33"); /* somebody else's session */
    assert_int_equal(asked("Get", ""), 0);
    properties_change(OURS);
    answers(asked("Get", "LockedHint"), ":1.3", "v", 0);
    assert_false(locked(LOCKER_LOGIN1));
}

/* Lock comes before any lock screen is up. Whoever is then tells logind, and later that it is
   over; where nobody does, Unlock alone ends it. */
static void test_logind_lock(void **state)
{
    (void)state;
    system_bus();
    of_session("/org/freedesktop/login1/session/_33", "Lock");
    assert_false(locked(LOCKER_LOGIN1));
    of_session(OURS, "Lock");
    assert_true(locked(LOCKER_LOGIN1));
    properties_change(OURS); /* something else has changed */
    answers(asked("Get", "LockedHint"), ":1.3", "v", 0);
    assert_true(locked(LOCKER_LOGIN1));
    properties_change(OURS);
    answers(asked("Get", "LockedHint"), ":1.3", "v", 1);
    of_session(OURS, "Lock"); /* again, while it is up */
    properties_change(OURS);
    answers(asked("Get", "LockedHint"), ":1.3", "v", 0);
    assert_false(locked(LOCKER_LOGIN1));
    of_session(OURS, "Lock");
    of_session(OURS, "Unlock");
    assert_false(locked(LOCKER_LOGIN1));
}

/* A lock screen of the desktop's, which tells logind nothing, has gone: it was the one that Lock
   waited for. LockedHint is another one's word, and stays. */
static void test_lock_is_served(void **state)
{
    (void)state;
    system_bus();
    of_session(OURS, "Lock");
    assert_int_equal(conn_served(&conn), CONN_ON);
    assert_false(locked(LOCKER_LOGIN1));
    properties_change(OURS);
    answers(asked("Get", "LockedHint"), ":1.3", "v", 1);
    assert_int_equal(conn_served(&conn), CONN_ON);
    assert_true(locked(LOCKER_LOGIN1));
    desktop();
    says(":1.7", SAVER, 1);
    assert_false(conn_opened(&conn));
    says(":1.8", SAVER, 0);
    assert_false(conn_opened(&conn));
    says(":1.7", SAVER, 0);
    assert_true(conn_opened(&conn));
    assert_false(conn_opened(&conn));
}

/* A session that is no session, or none at all: logind is not there for us. */
static void test_logind_without_session(void **state)
{
    static const char *const paths[] = {"/org/freedesktop/login1/user/_31", "/", "nowhere",
                                        "/org/freedesktop/login1/session/a b"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_int_equal(greet(LOCKER_LOGIN1, LOCKER_LOGIN1), CONN_ON);
        has_owner(asked("GetNameOwner", LOGIND), ":1.3");
        assert_int_equal(message((struct paper){.type = WIRE_RETURN,
                                                .reply = asked("GetSession", "auto"),
                                                .sender = ":1.3",
                                                .signature = "o",
                                                .texts = {paths[i]}}),
                         CONN_ON);
        assert_true(conn_settled(&conn));
        assert_false(listener_there(&listeners[LOCKER_LOGIN1]));
        of_session(paths[i], "Lock");
        assert_false(locked(LOCKER_LOGIN1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_greeting),         cmocka_unit_test(test_asks_in_order),
        cmocka_unit_test(test_refused_rule),     cmocka_unit_test(test_locks_and_unlocks),
        cmocka_unit_test(test_is_up_already),    cmocka_unit_test(test_forged),
        cmocka_unit_test(test_name_taken_away),  cmocka_unit_test(test_late_answer),
        cmocka_unit_test(test_lock_screen_dies), cmocka_unit_test(test_bad_bus),
        cmocka_unit_test(test_passed_over),      cmocka_unit_test(test_in_pieces),
        cmocka_unit_test(test_no_room),          cmocka_unit_test(test_logind_hint),
        cmocka_unit_test(test_logind_lock),      cmocka_unit_test(test_logind_without_session),
        cmocka_unit_test(test_lock_is_served),   cmocka_unit_test(test_lock_screen_leaves),
        cmocka_unit_test(test_logind_dies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
