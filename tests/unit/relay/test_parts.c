/* The small parts of the relay: numbers, sources, map. */
#include "net/relay/numbers.h"
#include "net/relay/proxy_head.h"
#include "net/relay/source.h"
#include "policy/limits.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
/* cmocka wants the above first */
#include <cmocka.h>

static uint32_t seed;

static bool draw(uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        out[i] = (uint8_t)(seed >> 24);
    }
    return true;
}

/* --- map -----------------------------------------------------------------------------------------
 */

static void a_map_holds_what_it_was_given(void **state)
{
    static char values[4096];
    static bool is_in[4096];
    struct map m = {0};
    size_t used = 0, seen = 0;
    (void)state;
    for (int step = 0; step < 200000; step++) {
        uint32_t r, key;
        draw((uint8_t *)&r, sizeof r);
        key = r % 4096;
        if (r & 0x10000) {
            assert_true(map_set(&m, key * 65536, &values[key]));
            used += !is_in[key];
            is_in[key] = true;
        } else {
            map_remove(&m, key * 65536);
            used -= is_in[key];
            is_in[key] = false;
        }
        assert_int_equal(m.used, used);
    }
    for (uint32_t key = 0; key < 4096; key++)
        assert_ptr_equal(map_get(&m, key * 65536), is_in[key] ? &values[key] : NULL);
    for (size_t i = 0; i < m.size; i++)
        seen += m.slots[i].value != NULL;
    assert_int_equal(seen, used);
    map_finish(&m);
}

/* --- numbers -------------------------------------------------------------------------------------
 */

static void numbers_are_of_their_range(void **state)
{
    struct numbers n;
    (void)state;
    numbers_init(&n, 42, 43, draw);
    for (int i = 0; i < 10000; i++) {
        uint32_t v = numbers_draw(&n, 1);
        assert_true(v >= 420000000 && v < 440000000);
    }
    numbers_finish(&n);
    numbers_init(&n, 10, 99, draw);
    for (int i = 0; i < 10000; i++) {
        uint32_t v = numbers_draw(&n, 1);
        assert_true(v >= 100000000 && v <= 999999999);
    }
    numbers_finish(&n);
}

static bool draw_same(uint8_t *out, size_t len)
{
    static uint32_t turn;
    uint32_t v = turn++ / 2; /* each value twice */
    memcpy(out, &v, len);
    return true;
}

static void numbers_do_not_come_again_for_a_day(void **state)
{
    struct numbers n;
    uint32_t first;
    (void)state;
    numbers_init(&n, 10, 10, draw_same);
    first = numbers_draw(&n, 1000);
    assert_int_equal(first, 100000000);
    for (uint32_t i = 1; i < 500; i++)
        assert_int_equal(numbers_draw(&n, 1000), 100000000 + i);
    numbers_note(&n, 100000600, 1000);
    assert_int_equal(n.used, 501);
    numbers_draw(&n, 999 + RELAY_NUMBER_MS);
    assert_int_equal(n.used, 502);
    numbers_draw(&n, 1000 + RELAY_NUMBER_MS); /* the first day is over */
    assert_int_equal(n.used, 2);
    numbers_finish(&n);
}

static bool draw_nothing(uint8_t *out, size_t len)
{
    (void)out;
    (void)len;
    return false;
}

static void without_randomness_there_is_no_number(void **state)
{
    struct numbers n;
    (void)state;
    numbers_init(&n, 10, 99, draw_nothing);
    assert_int_equal(numbers_draw(&n, 1), 0);
    numbers_finish(&n);
}

/* --- sources -------------------------------------------------------------------------------------
 */

struct log {
    int lines;
    bool is_full; /* takes nothing now */
    enum relay_intrusion kind;
    uint32_t count;
    char source[SOURCE_TEXT];
};

static bool on_event(void *ctx, enum relay_intrusion kind, uint32_t count, const char *source)
{
    struct log *l = ctx;
    if (l->is_full)
        return false;
    l->lines++;
    l->kind = kind;
    l->count = count;
    strcpy(l->source, source);
    return true;
}

static struct source_key key_of(const char *address)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, address, &in.sin_addr) == 1)
        return source_key_of((struct sockaddr *)&in);
    assert_int_equal(inet_pton(AF_INET6, address, &in6.sin6_addr), 1);
    return source_key_of((struct sockaddr *)&in6);
}

static void assert_text(const char *address, const char *want)
{
    char text[SOURCE_TEXT];
    struct source_key k = key_of(address);
    source_text(&k, text);
    assert_string_equal(text, want);
}

static void a_source_is_an_address_or_a_net(void **state)
{
    struct source_key a = key_of("2001:db8:1:2::1"), b = key_of("2001:db8:1:2:ffff::9");
    struct source_key c = key_of("2001:db8:1:3::1");
    (void)state;
    assert_text("192.0.2.7", "192.0.2.7");
    assert_text("::ffff:192.0.2.7", "192.0.2.7");
    assert_text("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64");
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_not_equal(&a, &c, sizeof a);
}

#define SPREAD 0x9e3779b97f4a7c15u

static void connections_are_limited_in_rate(void **state)
{
    struct log log = {0};
    struct sources s;
    int taken = 0;
    (void)state;
    assert_true(sources_init(&s, SPREAD, on_event, &log));
    for (int i = 0; i < 300; i++)
        taken += source_accept(&s, key_of("192.0.2.1"), 1000) != NULL;
    assert_int_equal(taken, RELAY_SOURCE_BURST);
    assert_int_equal(log.lines, 1); /* not one for each */
    assert_int_equal(log.kind, INTRUSION_FLOOD);
    assert_non_null(source_accept(&s, key_of("192.0.2.2"), 1000));
    taken = 0;
    for (int i = 0; i < 300; i++)
        taken += source_accept(&s, key_of("192.0.2.1"), 3000) != NULL;
    assert_int_equal(taken, 2 * RELAY_SOURCE_PER_S);
    sources_finish(&s);
}

static void connections_are_limited_in_number(void **state)
{
    struct log log = {0};
    struct sources s;
    struct source *one = NULL;
    uint64_t now = 1000;
    (void)state;
    assert_true(sources_init(&s, SPREAD, on_event, &log));
    for (int i = 0; i < RELAY_SOURCE_LIVE; i++, now += 1000)
        assert_non_null(one = source_accept(&s, key_of("192.0.2.1"), now));
    assert_null(source_accept(&s, key_of("192.0.2.1"), now));
    source_release(one);
    assert_non_null(source_accept(&s, key_of("192.0.2.1"), now + 1000));
    sources_finish(&s);
}

static void lockouts_double(void **state)
{
    struct log log = {0};
    struct sources s;
    struct source *one;
    uint64_t now = 1000, length = RELAY_LOCK_MS;
    (void)state;
    assert_true(sources_init(&s, SPREAD, on_event, &log));
    one = source_accept(&s, key_of("192.0.2.1"), now);
    for (int lock = 0; lock < 12; lock++) {
        for (int i = 0; i < RELAY_TRIES_OTHER; i++) {
            assert_false(source_is_locked(one, now));
            source_note(&s, one, INTRUSION_MALFORMED, now);
        }
        assert_true(source_is_locked(one, now + length - 1));
        assert_false(source_is_locked(one, now + length));
        now += length;
        length = length * 2 > RELAY_LOCK_MAX_MS ? RELAY_LOCK_MAX_MS : length * 2;
    }
    sources_finish(&s);
}

/* A line may be so slow that it seems to be an attack: it is told, and nobody is locked out. */
static void who_is_slow_is_told_and_no_more(void **state)
{
    struct log log = {0};
    struct sources s;
    struct source *one;
    (void)state;
    assert_true(sources_init(&s, SPREAD, on_event, &log));
    one = source_accept(&s, key_of("192.0.2.1"), 1000);
    for (int i = 0; i < 100; i++)
        source_count(&s, one, INTRUSION_SLOW, 1000);
    assert_int_equal(log.lines, 1);
    assert_int_equal(log.kind, INTRUSION_SLOW);
    assert_false(source_is_locked(one, 1000));
    sources_tick(&s, 1000 + RELAY_EVENT_MS);
    assert_int_equal(log.count, 99);
    sources_finish(&s);
}

static void tries_are_forgotten_after_the_window(void **state)
{
    struct log log = {0};
    struct sources s;
    struct source *one;
    (void)state;
    assert_true(sources_init(&s, SPREAD, on_event, &log));
    one = source_accept(&s, key_of("192.0.2.1"), 1000);
    for (int i = 0; i < 5 * RELAY_TRIES_NUMBER; i++)
        source_note(&s, one, INTRUSION_NO_NUMBER, 1000 + (uint64_t)i * (RELAY_WINDOW_MS / 9));
    assert_false(source_is_locked(one, 1000 + RELAY_WINDOW_MS * 6));
    sources_finish(&s);
}

static void a_line_a_minute(void **state)
{
    struct log log = {0};
    struct sources s;
    struct source *one;
    (void)state;
    assert_true(sources_init(&s, SPREAD, on_event, &log));
    one = source_accept(&s, key_of("192.0.2.1"), 1000);
    for (int i = 0; i < 9; i++)
        source_note(&s, one, INTRUSION_NO_NUMBER, 1000);
    assert_int_equal(log.lines, 1);
    assert_int_equal(log.count, 1);
    sources_tick(&s, RELAY_EVENT_MS);
    assert_int_equal(log.lines, 1);
    sources_tick(&s, 1000 + RELAY_EVENT_MS);
    assert_int_equal(log.lines, 2);
    assert_int_equal(log.count, 8);
    assert_string_equal(log.source, "192.0.2.1");
    sources_tick(&s, 1000 + 5 * RELAY_EVENT_MS);
    assert_int_equal(log.lines, 2);
    assert_int_equal(s.n_telling, 0);
    assert_int_equal(s.counted[INTRUSION_NO_NUMBER], 9);
    sources_finish(&s);
}

/* The parent is busy, and the queue to it full: what could not be told is, later, all of it. Fails
   when a line counts as told because it was tried. */
static void nothing_is_left_untold(void **state)
{
    struct log log = {.is_full = true};
    struct sources s;
    struct source *one;
    (void)state;
    assert_true(sources_init(&s, SPREAD, on_event, &log));
    one = source_accept(&s, key_of("192.0.2.1"), 1000);
    source_note(&s, one, INTRUSION_NO_NUMBER, 1000);
    source_note(&s, one, INTRUSION_NO_NUMBER, 1500);
    sources_tick(&s, 3000);
    log.is_full = false;
    assert_int_equal(s.n_telling, 1);
    sources_tick(&s, 5000);
    assert_int_equal(log.lines, 1);
    assert_int_equal(log.count, 2);
    log.is_full = true;
    source_note(&s, one, INTRUSION_NO_NUMBER, 5000 + RELAY_EVENT_MS);
    log.is_full = false;
    sources_tick(&s, 7000 + RELAY_EVENT_MS);
    assert_int_equal(log.lines, 2);
    assert_int_equal(log.count, 1);
    assert_int_equal(s.n_telling, 0);
    sources_finish(&s);
}

/* One after the other: sources 0 to n - 1 of 10.0.0.0/8, none with a connection. */
static struct source *nth_source(struct sources *s, uint32_t n)
{
    struct in_addr a = {htonl(0x0a000000 + n)};
    struct source *i;
    char text[32];
    inet_ntop(AF_INET, &a, text, sizeof text);
    i = source_accept(s, key_of(text), 1000);
    source_release(i);
    return i;
}

/* However many have something to be told: a few in a tick, and each in its turn. Fails when a tick
   looks at all there are: 65536 of them took 10 ms. */
static void lines_are_told_a_few_at_a_time(void **state)
{
    enum { MANY = 5 * SOURCES_TOLD };
    struct log log = {0};
    struct sources s;
    struct source *gone;
    (void)state;
    assert_true(sources_init(&s, SPREAD, on_event, &log));
    for (uint32_t i = 0; i < MANY; i++)
        for (int k = 0; k < 2; k++)
            source_note(&s, nth_source(&s, i), INTRUSION_MALFORMED, 1000);
    assert_int_equal(log.lines, MANY);
    assert_true(sources_tick(&s, RELAY_EVENT_MS)); /* not due, any of them */
    while (sources_tick(&s, RELAY_EVENT_MS))
        ;
    assert_int_equal(log.lines, MANY);
    for (int before = log.lines; sources_tick(&s, 1000 + RELAY_EVENT_MS); before = log.lines)
        assert_int_equal(log.lines - before, SOURCES_TOLD);
    assert_int_equal(log.lines, 2 * MANY);
    assert_int_equal(s.n_telling, 0);
    assert_false(sources_tick(&s, 3000 + RELAY_EVENT_MS));
    gone = nth_source(&s, 0);
    source_note(&s, gone, INTRUSION_MALFORMED, 3000 + RELAY_EVENT_MS);
    assert_int_equal(s.n_telling, 1);
    for (uint32_t i = 1; s.n_telling > 0 && i <= RELAY_SOURCES_MAX; i++)
        nth_source(&s, i); /* for want of room it is forgotten, with its line */
    assert_int_equal(s.n_telling, 0);
    assert_false(sources_tick(&s, 9000 + RELAY_EVENT_MS));
    sources_finish(&s);
}

static void memory_of_sources_is_bounded(void **state)
{
    struct log log = {0};
    struct sources s;
    struct source *held;
    (void)state;
    assert_true(sources_init(&s, SPREAD, on_event, &log));
    held = source_accept(&s, key_of("192.0.2.1"), 1000);
    for (uint32_t i = 0; i < RELAY_SOURCES_MAX + 1000; i++)
        nth_source(&s, i);
    assert_int_equal(s.used, RELAY_SOURCES_MAX);
    assert_ptr_equal(source_accept(&s, key_of("192.0.2.1"), 1000), held);
    sources_finish(&s);
}

/* Those who are in are not passed by for every stranger, once strangers have filled the table. */
static void who_is_in_is_in_nobodys_way(void **state)
{
    struct log log = {0};
    struct sources s;
    (void)state;
    assert_true(sources_init(&s, SPREAD, on_event, &log));
    for (uint32_t i = 0; i < 1000; i++)
        nth_source(&s, i)->live = 1;
    for (uint32_t i = 1000; i <= RELAY_SOURCES_MAX; i++)
        nth_source(&s, i);
    assert_int_equal(s.used, RELAY_SOURCES_MAX);
    assert_int_equal(s.oldest->live, 0);
    sources_finish(&s);
}

static size_t longest_chain(const struct sources *s)
{
    size_t longest = 0;
    for (size_t b = 0; b < 16384; b++) {
        size_t n = 0;
        for (const struct source *i = s->table[b]; i != NULL; i = i->chain)
            n++;
        longest = n > longest ? n : longest;
    }
    return longest;
}

/* Sources chosen to meet in one place are found in one place only by who knows the spread. */
static void sources_cannot_be_chosen_to_meet(void **state)
{
    struct log log = {0};
    struct sources known, secret;
    (void)state;
    assert_true(sources_init(&known, SPREAD, on_event, &log));
    assert_true(sources_init(&secret, 0xd1342543de82ef95u, on_event, &log));
    for (uint64_t v = 0x2a, n = 0; n < 300; v += 0x10000) { /* of one /8 */
        struct source_key key;
        if (v * SPREAD >> 50 != 77)
            continue;
        memcpy(key.bytes, &v, sizeof v);
        source_release(source_accept(&known, key, 1000));
        source_release(source_accept(&secret, key, 1000));
        n++;
    }
    assert_int_equal(longest_chain(&known), 300);
    assert_in_range(longest_chain(&secret), 1, 20);
    sources_finish(&known);
    sources_finish(&secret);
}

/* --- the head of a balancer ----------------------------------------------------------------------
 */

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V4                                                                                         \
    "\xc0\x00\x02\x07"                                                                             \
    "\x0a\x00\x00\x01"                                                                             \
    "\x30\x39\x1d\x13"
#define V6                                                                                         \
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"                                                   \
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"                                                   \
    "\x30\x39\x1d\x13"

static const struct head_case {
    const char *name, *bytes;
    size_t len;
    const char *source; /* NULL: refused; "": the balancer itself */
} heads[] = {
#define HEAD(name, bytes, source)                                                                  \
    {                                                                                              \
        name, SIGNATURE bytes, sizeof(SIGNATURE bytes) - 1, source                                 \
    }
    HEAD("v4", "\x21\x11\0\x0c" V4, "192.0.2.7"),
    HEAD("v6", "\x21\x21\0\x24" V6, "2001:db8::/64"),
    HEAD("v4 with an extension", "\x21\x11\0\x10" V4 "\x04\0\x01\0", "192.0.2.7"),
    HEAD("a check", "\x20\0\0\0", ""),
    HEAD("a check that names somebody", "\x20\x11\0\x0c" V4, ""),
    HEAD("too short for v4",
         "\x21\x11\0\x0b"
         "01234567890",
         NULL),
    HEAD("too short for v6", "\x21\x21\0\x0c" V4, NULL),
    HEAD("udp", "\x21\x12\0\x0c" V4, NULL),
    HEAD("unix", "\x21\x31\0\x0c" V4, NULL),
    HEAD("unspecified", "\x21\0\0\0", NULL),
    HEAD("version 1", "\x11\x11\0\x0c" V4, NULL),
    HEAD("another command", "\x22\x11\0\x0c" V4, NULL),
    HEAD("too long", "\x21\x11\x02\x19", NULL),
    {"text", "PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\n", 35, NULL},
    {"TLS", "\x16\x03\x01\0\xc8\x01\0\0\xc4\x03\x03\0\0\0\0\0", 16, NULL},
};

/* Fed byte by byte, as a connection would. */
static const char *read_head(const struct head_case *c, char text[SOURCE_TEXT])
{
    struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
    struct source_key key;
    for (size_t have = 0; have < c->len; have++) {
        size_t need = proxy_head_need((const uint8_t *)c->bytes, have);
        if (need == 0)
            return NULL;
        assert_true(need > have && need <= c->len);
    }
    if (!proxy_head_read((const uint8_t *)c->bytes, c->len, &from))
        return NULL;
    if (from.ss_family == AF_UNSPEC)
        return "";
    key = source_key_of((struct sockaddr *)&from);
    source_text(&key, text);
    return text;
}

static void a_balancer_names_its_clients(void **state)
{
    char text[SOURCE_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        const char *got = read_head(&heads[i], text);
        if ((got == NULL) != (heads[i].source == NULL) ||
            (got != NULL && strcmp(got, heads[i].source) != 0))
            fail_msg("%s: %s", heads[i].name, got == NULL ? "refused" : got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_holds_what_it_was_given),
        cmocka_unit_test(numbers_are_of_their_range),
        cmocka_unit_test(numbers_do_not_come_again_for_a_day),
        cmocka_unit_test(without_randomness_there_is_no_number),
        cmocka_unit_test(a_source_is_an_address_or_a_net),
        cmocka_unit_test(connections_are_limited_in_rate),
        cmocka_unit_test(connections_are_limited_in_number),
        cmocka_unit_test(lockouts_double),
        cmocka_unit_test(who_is_slow_is_told_and_no_more),
        cmocka_unit_test(tries_are_forgotten_after_the_window),
        cmocka_unit_test(a_line_a_minute),
        cmocka_unit_test(nothing_is_left_untold),
        cmocka_unit_test(lines_are_told_a_few_at_a_time),
        cmocka_unit_test(memory_of_sources_is_bounded),
        cmocka_unit_test(who_is_in_is_in_nobodys_way),
        cmocka_unit_test(sources_cannot_be_chosen_to_meet),
        cmocka_unit_test(a_balancer_names_its_clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
