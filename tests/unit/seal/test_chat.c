/*
 * What members write to one another (PROTOCOL.md 13, stream 3): who reads it, how much of it, what
 * becomes of forged, repeated, missing and too many lines.
 */
#include "net/seal/chat.h"
#include "net/seal/joiner_state.h"
#include "net/seal/organizer_state.h"
#include "tests/unit/seal/world.h"

static struct span text(const char *s)
{
    return span_of(s, strlen(s));
}

static void write_line(struct world *w, struct world_peer *p, const char *s)
{
    assert_true(p ? joiner_chat(p->j, text(s), w->now) : organizer_chat(w->o, text(s), w->now));
    world_run(w);
}

static void start(struct world *w, struct world_peer **p, struct world_peer **q)
{
    world_init(w, WORLD_PASSWORD, false);
    *p = world_join(w);
    *q = world_join(w);
}

static void everybody_reads(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    start(&w, &p, &q);
    write_line(&w, NULL, "from the organizer");
    assert_true(w.c.own_lines == 1 && p->c.lines == 1 && q->c.lines == 1);
    assert_string_equal(q->c.line, "from the organizer");
    assert_int_equal(q->c.line_mid, 1);
    write_line(&w, p,
               "gr\xc3\xbc\xc3\x9f"
               "e");
    assert_true(w.c.lines == 1 && p->c.own_lines == 1 && q->c.lines == 2);
    assert_string_equal(w.c.line, "gr\xc3\xbc\xc3\x9f"
                                  "e");
    assert_int_equal(w.c.line_mid, p->mid);
    organizer_remove(w.o, q->mid, w.now);
    world_run(&w);
    write_line(&w, p, "without q");
    assert_int_equal(q->c.lines, 2);
    assert_true(joiner_chat(q->j, text("still here?"), w.now)); /* it is over for q */
    world_run(&w);
    assert_int_equal(w.c.lines, 2);
    world_finish(&w);
}

static void what_a_line_is(void **state)
{
    static char most[MAX_CHAT + 1];
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    start(&w, &p, &q);
    memset(most, 'x', sizeof most);
    assert_true(joiner_chat(p->j, span_of(most, MAX_CHAT), w.now));
    assert_false(joiner_chat(p->j, span_of(most, MAX_CHAT + 1), w.now));
    assert_true(organizer_chat(w.o, span_of(most, MAX_CHAT), w.now));
    assert_false(organizer_chat(w.o, span_of(most, MAX_CHAT + 1), w.now));
    world_run(&w);
    assert_true(w.c.lines == 1 && w.c.line_len == MAX_CHAT && q->c.lines == 2);
    static const char *const wrong[] = {"", "two\nlines", "\x1b[2J", "\xff", "\xe2\x80\xae turned"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(joiner_chat(p->j, text(wrong[i]), w.now));
        assert_false(organizer_chat(w.o, text(wrong[i]), w.now));
    }
    world_run(&w);
    assert_true(w.c.lines == 1 && q->c.lines == 2);
    world_finish(&w);
}

/* Fails when speech_send does not ask speech_lease_holds. */
static void only_under_a_lease(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    start(&w, &p, &q);
    unsigned before = w.units_seen;
    assert_true(joiner_chat(p->j, text("first"), w.now)); /* PING is on its way */
    assert_true(joiner_chat(p->j, text("second"), w.now));
    assert_int_equal(w.units_seen, before);
    world_run(&w);
    assert_int_equal(w.units_seen, before + 2);
    assert_true(q->c.lines == 2 && p->c.own_lines == 2);
    assert_string_equal(q->c.line, "second");
    world_pass(&w, 2 * LEASE_MS + 100);
    p->deaf = true; /* the relay withholds what the organizer says */
    organizer_remove(w.o, q->mid, w.now);
    world_run(&w);
    before = w.units_seen;
    assert_true(joiner_chat(p->j, text("q could read this"), w.now));
    world_pass(&w, 3000);
    assert_int_equal(w.units_seen, before);
    joiner_cut(p->j, w.now); /* the line goes: what waits is not sent, and that is said */
    assert_int_equal(p->c.lines_lost, 1);
    assert_string_equal(p->c.lost, "q could read this"); /* each says which one it is */
    assert_true(joiner_chat(p->j, text("no line"), w.now));
    assert_int_equal(p->c.lines_lost, 2);
    assert_string_equal(p->c.lost, "no line");
    organizer_cut(w.o, w.now);
    assert_true(organizer_chat(w.o, text("no line"), w.now));
    assert_int_equal(w.c.lines_lost, 1);
    assert_int_equal(w.units_seen, before);
    world_finish(&w);
}

/* A unit that p's client made by itself, with p's keys or as another's. */
static void say_raw(struct world *w, struct world_peer *p, uint16_t as, struct span content)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    group_set_own_mid(p->j->group, as);
    size_t len = group_seal(p->j->group, STREAM_CHAT, 0, content, wire);
    group_set_own_mid(p->j->group, p->mid);
    assert_true(len > 0);
    p->j->port->unit(p->j->port->ctx, span_of(wire, len));
    world_run(w);
}

/* p signs as q: it is q whose lines are not taken any more, for nobody can tell who it was. Fails
   when unit_open does not ask sig_verify. */
static void forged(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    start(&w, &p, &q);
    say_raw(&w, p, q->mid, text("I am q"));
    assert_int_equal(w.c.lines, 0);
    assert_true(w.faults == 1 && w.fault_code == E_FORGED);
    write_line(&w, q, "I am");
    assert_int_equal(w.c.lines, 0); /* muted */
    write_line(&w, NULL, "others are heard");
    assert_true(p->c.lines == 2 && q->c.lines == 1);
    assert_false(p->ended || q->ended || w.ended);
    world_finish(&w);
}

/* Who signs what is no text is out. Fails when chat_judge does not ask chat_text_valid. */
static void nonsense(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    start(&w, &p, &q);
    say_raw(&w, p, p->mid, text("\x1b]0;title\x07"));
    assert_true(p->ended && !q->ended);
    assert_int_equal(w.members, 2);
    assert_true(w.c.lines == 0 && q->c.lines == 0);
    static char more[MAX_CHAT + 1];
    memset(more, 'x', sizeof more);
    say_raw(&w, q, q->mid, span_of(more, sizeof more));
    assert_true(q->ended);
    assert_int_equal(w.c.lines, 0);
    world_finish(&w);
}

/* A client that does not keep to the pace: its lines end, nobody else's do. Fails when chat_judge
   does not ask pace_take. */
static void flood(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    start(&w, &p, &q);
    for (unsigned i = 0; i < 500; i++)
        say_raw(&w, p, p->mid, text("spam"));
    assert_int_equal(w.c.lines, CHAT_HEARD_BURST);
    assert_int_equal(q->c.lines, CHAT_HEARD_BURST);
    assert_true(w.faults == 1 && w.fault_code == E_LIMIT);
    write_line(&w, q, "and I?");
    assert_string_equal(w.c.line, "and I?");
    assert_false(p->ended || q->ended || w.ended);
    unsigned sent = 0; /* our own client does not take part in it */
    while (sent < 100 && joiner_chat(q->j, text("spam"), w.now))
        sent++;
    assert_int_equal(sent, CHAT_SEAL_BURST - 1);
    world_pass(&w, CHAT_REFILL_MS);
    assert_true(joiner_chat(q->j, text("one more"), w.now));
    world_finish(&w);
}

/* While a broker has enough to read, lines are left out, and how many is said with the next one of
   each writer. Fails when group_chat does not ask `crowded`: all 40 are told. */
static void slow_broker(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    start(&w, &p, &q);
    write_line(&w, p, "one");
    w.c.crowded = true;
    for (unsigned i = 0; i < 20; i++) {
        say_raw(&w, p, p->mid, text("many"));
        say_raw(&w, q, q->mid, text("many"));
    }
    assert_int_equal(w.c.lines, 1);
    assert_int_equal(q->c.lines, 21); /* others read as ever */
    w.c.crowded = false;
    write_line(&w, q, "and now");
    assert_true(w.c.lines == 2 && w.c.line_mid == q->mid && w.c.lines_missed == 20);
    write_line(&w, p, "two");
    assert_true(w.c.lines == 3 && w.c.line_mid == p->mid && w.c.lines_missed == 40);
    write_line(&w, p, "three");
    assert_true(w.c.lines == 4 && w.c.lines_missed == 40);
    q->c.crowded = true; /* the same at a member */
    write_line(&w, NULL, "not for q");
    write_line(&w, NULL, "nor this");
    q->c.crowded = false;
    write_line(&w, NULL, "for q");
    assert_string_equal(q->c.line, "for q");
    assert_int_equal(q->c.lines_missed, 2);
    assert_true(w.faults == 0 && !p->ended && !q->ended && !w.ended);
    for (unsigned i = 0; w.faults == 0 && i < 200; i++) { /* nobody may flood unseen */
        w.c.crowded = true;
        say_raw(&w, p, p->mid, text("spam"));
    }
    assert_true(w.faults == 1 && w.fault_code == E_LIMIT);
    world_finish(&w);
}

static unsigned lose_next, twice_next;

static bool lose_or_double(struct world *w, struct world_item *i)
{
    if (i->kind != WORLD_UNIT_O)
        return true;
    if (twice_next && twice_next--)
        organizer_unit(w->o, span_of(i->bytes, i->len), w->now);
    return !(lose_next && lose_next--);
}

static void repeated_and_missing(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    start(&w, &p, &q);
    w.touch = lose_or_double;
    twice_next = 1;
    write_line(&w, p, "once");
    assert_int_equal(w.c.lines, 1);
    assert_true(w.faults == 1 && w.fault_code == E_REPLAY);
    lose_next = 1;
    write_line(&w, q, "lost on the way");
    write_line(&w, q, "after it"); /* is heard: who wrote it did not lose the other */
    assert_true(w.c.lines == 2 && w.c.lines_missed == 1 && w.faults == 1);
    assert_string_equal(w.c.line, "after it");
    assert_false(p->ended || q->ended || w.ended);
    world_finish(&w);
}

/* A lost line swallows lines; how many is said. */
static void missed_while_away(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    start(&w, &p, &q);
    write_line(&w, NULL, "one");
    joiner_cut(p->j, w.now);
    organizer_peer_gone(w.o, p->handle, w.now);
    p->bound = false;
    write_line(&w, NULL, "two");
    write_line(&w, NULL, "three");
    p->handle += 1;
    joiner_back(p->j, p->handle, w.now);
    world_run(&w);
    assert_int_equal(p->backs, 1);
    write_line(&w, NULL, "four");
    assert_true(p->c.lines == 2 && p->c.lines_missed == 2);
    assert_string_equal(p->c.line, "four");
    assert_int_equal(q->c.lines, 4);
    write_line(&w, p, "back");
    assert_string_equal(w.c.line, "back");
    world_finish(&w);
}

/* A line written before anybody knew that there is no line any more: its writer reads that it may
   be lost, the others that one is missing; and it is heard as before, its signals too. Fails when
   judge_counter refuses a jump on stream 3, and when wait_for_line does not ask chat_unsure. */
static void written_into_a_dead_line(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    start(&w, &p, &q);
    assert_true(organizer_share(w.o, w.now));
    world_pass(&w, 6000); /* who watches has asked: the lease holds */
    write_line(&w, p, "one");
    assert_true(joiner_chat(p->j, text("into the dead line"), w.now));
    assert_int_equal(p->c.own_lines, 2);
    world_lose(&w);
    world_cut_member(&w, p);
    assert_int_equal(p->c.lines_lost, 1);
    joiner_back(p->j, ++p->handle, w.now);
    world_run(&w);
    world_pass(&w, 6000);
    assert_int_equal(p->c.lines_lost, 1);
    write_line(&w, p, "two");
    assert_true(w.c.lines == 2 && w.c.lines_missed == 1 && w.faults == 0);
    assert_true(q->c.lines == 2 && q->c.lines_missed == 1);
    control_ask(joiner_control(p->j, w.now), 3, false, w.now);
    world_run(&w);
    assert_int_equal(w.c.asked, 1);
    world_finish(&w);
}

/* What was written long before is where it should be, or nobody knows; the organizer is told as a
   member is. */
static void told_only_of_the_last_moments(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    start(&w, &p, &q);
    write_line(&w, p, "one");
    write_line(&w, NULL, "two");
    world_pass(&w, 30000);
    world_cut_member(&w, p);
    organizer_cut(w.o, w.now);
    assert_true(p->c.lines_lost == 0 && w.c.lines_lost == 0);
    organizer_back(w.o, w.now);
    joiner_cut(q->j, w.now);
    joiner_back(p->j, ++p->handle, w.now);
    joiner_back(q->j, ++q->handle, w.now);
    world_run(&w);
    assert_true(p->backs == 1 && q->backs == 1);
    write_line(&w, NULL, "three");
    organizer_cut(w.o, w.now);
    assert_int_equal(w.c.lines_lost, 1);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_reads),
        cmocka_unit_test(what_a_line_is),
        cmocka_unit_test(only_under_a_lease),
        cmocka_unit_test(forged),
        cmocka_unit_test(nonsense),
        cmocka_unit_test(flood),
        cmocka_unit_test(slow_broker),
        cmocka_unit_test(repeated_and_missing),
        cmocka_unit_test(missed_while_away),
        cmocka_unit_test(written_into_a_dead_line),
        cmocka_unit_test(told_only_of_the_last_moments),
    };
    return cmocka_run_group_tests_name("chat", tests, world_group_setup, world_group_teardown);
}
