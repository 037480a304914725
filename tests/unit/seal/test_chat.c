/*
 * What members write to one another (PROTOCOL.md 13, stream 3): who reads it, how much of it, what
 * becomes of forged, repeated, missing and too many lines.
 */
#include "net/seal/chat.h"
#include "net/seal/organizer_state.h"
#include "tests/unit/seal/chat_world.h"

static void everybody_reads(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    chat_start(&w, &p, &q);
    chat_write(&w, NULL, "from the organizer");
    assert_true(w.c.own_lines == 1 && p->c.lines == 1 && q->c.lines == 1);
    assert_string_equal(q->c.line, "from the organizer");
    assert_int_equal(q->c.line_mid, 1);
    chat_write(&w, p,
               "gr\xc3\xbc\xc3\x9f"
               "e");
    assert_true(w.c.lines == 1 && p->c.own_lines == 1 && q->c.lines == 2);
    assert_string_equal(w.c.line, "gr\xc3\xbc\xc3\x9f"
                                  "e");
    assert_int_equal(w.c.line_mid, p->mid);
    organizer_remove(w.o, q->mid, REMOVE_WANTED, w.now);
    world_run(&w);
    chat_write(&w, p, "without q");
    assert_int_equal(q->c.lines, 2);
    assert_true(joiner_chat(q->j, world_text("still here?"), w.now)); /* it is over for q */
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
    chat_start(&w, &p, &q);
    memset(most, 'x', sizeof most);
    assert_true(joiner_chat(p->j, span_of(most, MAX_CHAT), w.now));
    assert_false(joiner_chat(p->j, span_of(most, MAX_CHAT + 1), w.now));
    assert_true(organizer_chat(w.o, span_of(most, MAX_CHAT), w.now));
    assert_false(organizer_chat(w.o, span_of(most, MAX_CHAT + 1), w.now));
    world_run(&w);
    assert_true(w.c.lines == 1 && w.c.line_len == MAX_CHAT && q->c.lines == 2);
    static const char *const wrong[] = {"", "two\nlines", "\x1b[2J", "\xff", "\xe2\x80\xae turned"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(joiner_chat(p->j, world_text(wrong[i]), w.now));
        assert_false(organizer_chat(w.o, world_text(wrong[i]), w.now));
    }
    world_run(&w);
    assert_true(w.c.lines == 1 && q->c.lines == 2);
    world_finish(&w);
}

/* Who signs what is no text is out. Fails when chat_judge does not ask chat_text_valid. */
static void nonsense(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    chat_start(&w, &p, &q);
    chat_say_raw(&w, p, p->mid, world_text("\x1b]0;title\x07"));
    assert_true(p->ended && !q->ended);
    assert_int_equal(w.members, 2);
    assert_true(w.c.lines == 0 && q->c.lines == 0);
    static char more[MAX_CHAT + 1];
    memset(more, 'x', sizeof more);
    chat_say_raw(&w, q, q->mid, span_of(more, sizeof more));
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
    chat_start(&w, &p, &q);
    for (unsigned i = 0; i < 500; i++)
        chat_say_raw(&w, p, p->mid, world_text("spam"));
    assert_int_equal(w.c.lines, CHAT_HEARD_BURST);
    assert_int_equal(q->c.lines, CHAT_HEARD_BURST);
    assert_true(w.faults == 1 && w.fault_code == E_LIMIT);
    chat_write(&w, q, "and I?");
    assert_string_equal(w.c.line, "and I?");
    assert_false(p->ended || q->ended || w.ended);
    unsigned sent = 0; /* our own client does not take part in it */
    while (sent < 100 && joiner_chat(q->j, world_text("spam"), w.now))
        sent++;
    assert_int_equal(sent, CHAT_SEAL_BURST - 1);
    world_pass(&w, CHAT_REFILL_MS);
    assert_true(joiner_chat(q->j, world_text("one more"), w.now));
    world_finish(&w);
}

/* While a broker has enough to read, lines are left out, and how many is said with the next one of
   each writer. Fails when group_chat does not ask `crowded`: all 40 are told. */
static void slow_broker(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    chat_start(&w, &p, &q);
    chat_write(&w, p, "one");
    w.c.crowded = true;
    for (unsigned i = 0; i < 20; i++) {
        chat_say_raw(&w, p, p->mid, world_text("many"));
        chat_say_raw(&w, q, q->mid, world_text("many"));
    }
    assert_int_equal(w.c.lines, 1);
    assert_int_equal(q->c.lines, 21); /* others read as ever */
    w.c.crowded = false;
    chat_write(&w, q, "and now");
    assert_true(w.c.lines == 2 && w.c.line_mid == q->mid && w.c.lines_missed == 20);
    chat_write(&w, p, "two");
    assert_true(w.c.lines == 3 && w.c.line_mid == p->mid && w.c.lines_missed == 40);
    chat_write(&w, p, "three");
    assert_true(w.c.lines == 4 && w.c.lines_missed == 40);
    q->c.crowded = true; /* the same at a member */
    chat_write(&w, NULL, "not for q");
    chat_write(&w, NULL, "nor this");
    q->c.crowded = false;
    chat_write(&w, NULL, "for q");
    assert_string_equal(q->c.line, "for q");
    assert_int_equal(q->c.lines_missed, 2);
    assert_true(w.faults == 0 && !p->ended && !q->ended && !w.ended);
    for (unsigned i = 0; w.faults == 0 && i < 200; i++) { /* nobody may flood unseen */
        w.c.crowded = true;
        chat_say_raw(&w, p, p->mid, world_text("spam"));
    }
    assert_true(w.faults == 1 && w.fault_code == E_LIMIT);
    world_finish(&w);
}

/* A lost line swallows lines; how many is said. */
static void missed_while_away(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    chat_start(&w, &p, &q);
    chat_write(&w, NULL, "one");
    joiner_cut(p->j, w.now);
    organizer_peer_gone(w.o, p->handle, w.now);
    p->bound = false;
    chat_write(&w, NULL, "two");
    chat_write(&w, NULL, "three");
    p->handle += 1;
    joiner_back(p->j, p->handle, w.now);
    world_run(&w);
    assert_int_equal(p->backs, 1);
    chat_write(&w, NULL, "four");
    assert_true(p->c.lines == 2 && p->c.lines_missed == 2);
    assert_string_equal(p->c.line, "four");
    assert_int_equal(q->c.lines, 4);
    chat_write(&w, p, "back");
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
    chat_start(&w, &p, &q);
    assert_true(organizer_share(w.o, w.now));
    world_pass(&w, 6000); /* who watches has asked: the lease holds */
    chat_write(&w, p, "one");
    assert_true(joiner_chat(p->j, world_text("into the dead line"), w.now));
    assert_int_equal(p->c.own_lines, 2);
    world_lose(&w);
    world_cut_member(&w, p);
    assert_int_equal(p->c.lines_lost, 1);
    joiner_back(p->j, ++p->handle, w.now);
    world_run(&w);
    world_pass(&w, 6000);
    assert_int_equal(p->c.lines_lost, 1);
    chat_write(&w, p, "two");
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
    chat_start(&w, &p, &q);
    chat_write(&w, p, "one");
    chat_write(&w, NULL, "two");
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
    chat_write(&w, NULL, "three");
    organizer_cut(w.o, w.now);
    assert_int_equal(w.c.lines_lost, 1);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_reads),
        cmocka_unit_test(what_a_line_is),
        cmocka_unit_test(nonsense),
        cmocka_unit_test(flood),
        cmocka_unit_test(slow_broker),
        cmocka_unit_test(missed_while_away),
        cmocka_unit_test(written_into_a_dead_line),
        cmocka_unit_test(told_only_of_the_last_moments),
    };
    return cmocka_run_group_tests_name("chat", tests, world_group_setup, world_group_teardown);
}
