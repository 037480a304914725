/*
 * Every message of every channel, at every end that receives it, built from the schema as data.
 * Least, largest and random ones are taken, and encoding them again gives the same bytes; with one
 * field one beyond a bound, cut short, lengthened, in any other state or with another number of
 * descriptors they end their sender.
 */
#include "policy/limits.h"
#include "tests/unit/lib/build.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

static struct wire sent, echoed; /* too large for a stack */
static unsigned long tried;
static int folder; /* a descriptor that no message may carry */

/* Gives the message to the end: NULL when it was taken (then `echoed` holds it encoded again), else
 * why not. */
static const char *judge(const struct schema_side *side, uint8_t state, struct wire *w)
{
    int in[2], out[2];
    struct chan c, other;
    assert_int_equal(chan_pair(in), 0);
    assert_int_equal(chan_pair(out), 0);
    side->start(&c, in[0], &other, out[0]);
    c.state = state;
    assert_int_equal(wire_put(in[1], w), 0);
    enum chan_result result = chan_receive(&c, 1);
    const char *why = result == CHAN_BAD ? c.bad_why : result == CHAN_ENDED ? "ended" : NULL;
    if (why == NULL)
        wire_take(out[1], &echoed);
    chan_finish(&c);
    chan_finish(&other);
    close(in[1]);
    close(out[1]);
    tried++;
    return why;
}

static void expect(const struct schema_side *side, const struct schema_message *m, const char *why,
                   const char *wanted, const char *what)
{
    if ((why == NULL) != (wanted == NULL) || (why != NULL && strcmp(why, wanted) != 0))
        fail_msg("%s at %s, %s %s: %s, not %s", side->channel, side->end, m->name, what,
                 why ? why : "taken", wanted ? wanted : "taken");
}

static uint8_t first_state(uint32_t states)
{
    uint8_t s = 0;
    while (!(states >> s & 1))
        s++;
    return s;
}

static void build(const struct schema_message *m, enum build_size size, uint64_t *seed)
{
    struct build_fault none = {.place = -1};
    build_message(&sent, m, size, &none, seed);
}

static void check_taken(const struct schema_side *side, const struct schema_row *row)
{
    uint64_t seed = row->message->type;
    for (int i = 0; i < 20; i++) {
        enum build_size size = i == 0 ? BUILD_LEAST : i == 1 ? BUILD_MOST : BUILD_RANDOM;
        build(row->message, size, &seed);
        expect(side, row->message, judge(side, first_state(row->states), &sent), NULL,
               "as it should be");
        assert_int_equal(echoed.len, sent.len);
        assert_memory_equal(echoed.bytes, sent.bytes, sent.len);
        assert_int_equal(echoed.n_fds, sent.n_fds);
        wire_finish(&echoed);
    }
}

static void check_states(const struct schema_side *side, const struct schema_row *row)
{
    uint64_t seed = 1;
    build(row->message, BUILD_LEAST, &seed);
    for (uint8_t s = 0; s < side->n_states + 2; s++) {
        const char *why = judge(side, s, &sent);
        expect(side, row->message, why, row->states >> s & 1 ? NULL : "state",
               "in one of the states");
        if (why == NULL)
            wire_finish(&echoed);
    }
}

static void check_lengths(const struct schema_side *side, const struct schema_row *row)
{
    uint64_t seed = 1;
    uint8_t state = first_state(row->states);
    build(row->message, BUILD_LEAST, &seed);
    size_t whole = sent.len;
    for (sent.len = 1; sent.len < whole; sent.len++)
        expect(side, row->message, judge(side, state, &sent), "malformed", "cut");
    sent.bytes[whole] = 0;
    sent.len = whole + 1;
    expect(side, row->message, judge(side, state, &sent), "malformed", "with a byte over");
}

static void check_descriptors(const struct schema_side *side, const struct schema_row *row)
{
    uint64_t seed = 1;
    uint8_t state = first_state(row->states);
    build(row->message, BUILD_LEAST, &seed);
    sent.fds[sent.n_fds++] = build_fd(SCHEMA_SOCKET);
    expect(side, row->message, judge(side, state, &sent), "descriptors", "with one too many");
    sent.n_fds--;
    if (sent.n_fds == 0)
        return;
    sent.n_fds--;
    expect(side, row->message, judge(side, state, &sent), "descriptors", "with one too few");
}

static void check_kinds(const struct schema_side *side, const struct schema_row *row)
{
    uint64_t seed = 1;
    build(row->message, BUILD_MOST, &seed);
    for (size_t i = 0; i < sent.n_fds; i++) {
        int good = sent.fds[i];
        if (good == build_fd(SCHEMA_PROCESS))
            continue;
        /* A folder is what a stored one may be: that one gets what /dev/null is. */
        sent.fds[i] = good == build_fd(SCHEMA_STORED) ? build_fd(SCHEMA_FILE) : folder;
        expect(side, row->message, judge(side, first_state(row->states), &sent), "descriptors",
               "with a descriptor of another kind");
        sent.fds[i] = good;
    }
}

static int check_texts(const struct schema_side *side, const struct schema_row *row)
{
    uint64_t seed = 1;
    struct build_fault fault = {.place = -1};
    build_message(&sent, row->message, BUILD_MOST, &fault, &seed);
    for (size_t i = 0; i < fault.n_texts; i++) {
        uint8_t good = sent.bytes[fault.texts[i]];
        sent.bytes[fault.texts[i]] = 0x1B;
        expect(side, row->message, judge(side, first_state(row->states), &sent), "malformed",
               "with escape in a text");
        sent.bytes[fault.texts[i]] = good;
    }
    return (int)fault.n_texts;
}

static int check_bounds(const struct schema_side *side, const struct schema_row *row)
{
    int made = 0;
    uint64_t seed = 1;
    for (int place = 0; place < 64; place++) {
        for (int above = 0; above < 2; above++) {
            /* Around the largest message, so that lists have elements whose bounds can be broken;
               where the fault would make it larger than a datagram, around the least. */
            struct build_fault fault = {.place = place, .above = above};
            build_message(&sent, row->message, BUILD_MOST, &fault, &seed);
            if (!fault.made)
                continue;
            if (sent.len > MAX_DATAGRAM - 8)
                build_message(&sent, row->message, BUILD_LEAST, &fault, &seed);
            const char *why = judge(side, first_state(row->states), &sent);
            expect(side, row->message, why, "malformed", above ? "above a bound" : "below a bound");
            made++;
        }
    }
    return made;
}

static void every_message_at_every_end(void **state)
{
    (void)state;
    int messages = 0, bounds = 0, texts = 0;
    for (int kind = SCHEMA_SOCKET; kind <= SCHEMA_STORED; kind++)
        (void)build_fd((enum schema_fd)kind); /* made once, not counted below */
    folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int before = wire_open_fds();
    for (size_t s = 0; s < schema_n_sides; s++) {
        for (size_t i = 0; i < schema_sides[s].n_rows; i++) {
            const struct schema_row *row = &schema_sides[s].rows[i];
            check_taken(&schema_sides[s], row);
            check_states(&schema_sides[s], row);
            check_lengths(&schema_sides[s], row);
            check_descriptors(&schema_sides[s], row);
            bounds += check_bounds(&schema_sides[s], row);
            check_kinds(&schema_sides[s], row);
            texts += check_texts(&schema_sides[s], row);
            messages++;
        }
    }
    assert_int_equal(wire_open_fds(), before);
    close(folder);
    printf("# %d messages at %zu ends, %d bounds and %d texts broken, %lu datagrams\n", messages,
           schema_n_sides, bounds, texts, tried);
}

static void every_other_type_is_unknown(void **state)
{
    (void)state;
    for (size_t s = 0; s < schema_n_sides; s++) {
        for (unsigned type = 0; type < 1024; type++) {
            bool known = false;
            for (size_t i = 0; i < schema_sides[s].n_rows; i++)
                known = known || schema_sides[s].rows[i].message->type == type;
            if (known)
                continue;
            sent.len = 2;
            sent.n_fds = 0;
            sent.bytes[0] = (uint8_t)(type >> 8);
            sent.bytes[1] = (uint8_t)type;
            assert_string_equal(judge(&schema_sides[s], 0, &sent), "unknown");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_at_every_end),
        cmocka_unit_test(every_other_type_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
