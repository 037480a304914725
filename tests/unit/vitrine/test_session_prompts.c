/*
 * Every prompt there is, brought up and answered in every way that is no yes: by hand, by time, by
 * a locked screen, by its painter's death, too early, by a program. What it asks for is given for
 * the hand's yes alone.
 *
 * Each of these edits alone was seen to fail here: prompt_answer: without its test of `armed`, of
 * the origin, of the serial, of the step; prompt_no: with any of its cases turned into the yes;
 * painter_dead: without its prompt_no; on_screen_lock: without its.
 */
#include "broker/session_parts.h"
#include "heart_rig.h"
#include "lib/fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define WISH 77 /* a question of seal about a key */

/* --- the prompts: how each comes about, and what shows that it was given */

static void admit(void)
{
    become(ORGANIZER_PRESENTS);
    STEP(.kind = EV_PANEL);
    STEP(.kind = EV_KNOCK, .person = 7);
    assert_false(s.prompt.in_panel);
}

static void admit_in_panel(void)
{
    become(ORGANIZING);
    STEP(.kind = EV_PANEL, .flag = 1);
    STEP(.kind = EV_KNOCK, .person = 7);
    assert_true(s.prompt.in_panel);
}

static bool admitted(void)
{
    return seen[EF_ADMIT][1];
}

static void share(void)
{
    become(ORGANIZING);
    STEP(.kind = EV_SHARE);
}

static bool shared(void)
{
    return s.consent || s.share > SHARE_ASKING;
}

static void make_presenter(void)
{
    become(ORGANIZING);
    STEP(.kind = EV_OFFER, .person = 2);
}

static bool offered(void)
{
    return seen[EF_OFFER][0] || seen[EF_OFFER][1];
}

static void be_presenter(void)
{
    become(TAKING_PART);
    STEP(.kind = EV_OFFERED);
}

static bool accepted(void)
{
    return s.asked > ASKED_PROMPT || seen[EF_SAY][1];
}

static void words(void)
{
    become(ORGANIZING);
    STEP(.kind = EV_WORDS, .person = 2);
}

static bool verified(void)
{
    return seen[EF_VERIFIED][1];
}

static void still(void)
{
    become(ORGANIZER_PRESENTS);
    STEP(.kind = EV_TIMER, .code = ST_AWAY);
}

static bool kept(void)
{
    return s.share == SHARE_RUNNING && !s.still && recorded[AUDIT_STILL_ASKED] == 1 &&
           recorded[AUDIT_STILL_KEPT] == 1;
}

static void end_all(void)
{
    become(ORGANIZING);
    STEP(.kind = EV_END);
}

static bool ended(void)
{
    return s.phase >= PHASE_CLOSING;
}

static void key(void)
{
    become(ORGANIZING);
    STEP(.kind = EV_KEY_CHANGED, .person = WISH);
}

static bool identified(void)
{
    return seen[EF_IDENTIFY][1];
}

static void second(void)
{
    become(ORGANIZER_LOOKS);
    STEP(.kind = EV_SECOND, .person = 2, .number = 3);
}

static bool seconded(void)
{
    return seen[EF_SECOND_SAY][1];
}

static void want_control(void)
{
    s.rules.control = 1;
    s.rules.control_longest = 240;
    STEP(.kind = EV_ASKED, .person = 2);
}

static void control(void)
{
    become(ORGANIZER_PRESENTS);
    want_control();
}

static bool granted(void)
{
    return seen[EF_GRANT][0] || seen[EF_GRANT][1] || s.control.step != CONTROL_OFF;
}

static void whole(void)
{
    share();
    put_up();
    STEP(.kind = EV_ANSWER, .serial = s.prompt.serial, .flag = 1, .origin = ORIGIN_PHYSICAL,
         .code = SHARE_WINDOW);
    STEP(.kind = EV_ENDED, .worker = SW_PROMPT);
    start_sharing();
    want_control();
}

static bool chooses_anew(void)
{
    return s.share_anew || granted();
}

static const struct {
    const char *name;
    enum session_prompt_kind kind;
    void (*open)(void);
    bool (*given)(void);
} prompts[] = {
    {"admit", PROMPT_ADMIT, admit, admitted},
    {"admit in the panel", PROMPT_ADMIT, admit_in_panel, admitted},
    {"share", PROMPT_SHARE, share, shared},
    {"make presenter", PROMPT_PRESENT, make_presenter, offered},
    {"become presenter", PROMPT_BECOME, be_presenter, accepted},
    {"words", PROMPT_WORDS, words, verified},
    {"still sharing", PROMPT_STILL, still, kept},
    {"end for everyone", PROMPT_END, end_all, ended},
    {"another key", PROMPT_KEY, key, identified},
    {"second", PROMPT_SECOND, second, seconded},
    {"control", PROMPT_CONTROL, control, granted},
    {"whole screen first", PROMPT_WHOLE, whole, chooses_anew},
};
#define PROMPTS (sizeof prompts / sizeof *prompts)

/* --- what is not a yes */

static void answer(bool yes, enum session_origin origin)
{
    STEP(.kind = EV_ANSWER, .serial = s.prompt.serial, .flag = yes, .origin = (uint8_t)origin);
}

static void no_by_hand(void)
{
    answer(false, ORIGIN_PHYSICAL);
}

static void no_by_itself(void)
{
    answer(false, ORIGIN_NONE);
}

static void time_out(void)
{
    STEP(.kind = EV_TIMER, .code = s.prompt.kind == PROMPT_STILL ? ST_STILL : ST_PROMPT);
}

static void lock(void)
{
    STEP(.kind = EV_SCREEN_LOCK, .flag = 1);
}

static void lose_painter(enum session_death how)
{
    STEP(.kind = EV_ENDED, .worker = s.prompt.in_panel ? SW_UI : SW_PROMPT, .code = (uint8_t)how);
}

static void painter_dies(void)
{
    lose_painter(DEATH_EXIT);
}

/* Also one that was slow: it is killed for that (broker/windows_paint.c). */
static void painter_lies(void)
{
    lose_painter(DEATH_VIOLATION);
}

static void too_early(void)
{
    STEP(.kind = EV_PROMPT_ARMED, .serial = s.prompt.serial);
    answer(true, ORIGIN_PHYSICAL);
}

static void nobodys(void)
{
    answer(true, ORIGIN_NONE);
}

static void program_after_control(void)
{
    STEP(.kind = EV_INPUT_USED);
    answer(true, ORIGIN_SYNTHETIC);
}

static void program_by_rule(void)
{
    s.rules.assistive = 0;
    answer(true, ORIGIN_SYNTHETIC);
}

static void to_another(void)
{
    STEP(.kind = EV_ANSWER, .serial = s.prompt.serial - 1, .flag = 1, .origin = ORIGIN_PHYSICAL);
}

static const struct {
    const char *name;
    void (*happens)(void);
    bool stays;  /* it is no answer at all */
    bool guards; /* not where there is no guard: nothing is given away there */
} refusals[] = {
    {"no", no_by_hand, false, false},
    {"no, by itself", no_by_itself, false, false},
    {"no answer in time", time_out, false, false},
    {"screen locked", lock, false, false},
    {"painter died", painter_dies, false, false},
    {"painter broke its rules", painter_lies, false, false},
    {"yes before the guard", too_early, true, true},
    {"yes of no hand", nobodys, true, false},
    {"a program's yes after an input worker", program_after_control, true, false},
    {"a program's yes where the rules forbid it", program_by_rule, true, false},
    {"yes to another prompt", to_another, true, false},
};

static void refused(unsigned p, unsigned r)
{
    prompts[p].open();
    assert_int_equal(s.prompt.kind, prompts[p].kind);
    put_up();
    assert_int_equal(s.prompt.step, PS_UP);
    uint32_t serial = s.prompt.serial;
    bool dialog = !s.prompt.in_panel && heart_in_session(&s);
    refusals[r].happens();
    if (dialog && refusals[r].happens == painter_dies && !told(TOAST_QUESTION))
        fail_msg("%s: a question goes without a word", prompts[p].name);
    bool there = s.prompt.kind == prompts[p].kind && s.prompt.serial == serial;
    if (prompts[p].given() || there != refusals[r].stays)
        fail_msg("%s, %s: %s", prompts[p].name, refusals[r].name,
                 prompts[p].given() ? "given"
                 : there            ? "still asked"
                                    : "not asked any more");
}

static void every_way_that_is_no_yes(void **state)
{
    unsigned tried = 0;
    (void)state;
    for (unsigned p = 0; p < PROMPTS; p++)
        for (unsigned r = 0; r < sizeof refusals / sizeof *refusals; r++) {
            if (refusals[r].guards && prompts[p].kind == PROMPT_END)
                continue;
            refused(p, r);
            tried++;
        }
    printf("    %u refusals of %zu prompts\n", tried, PROMPTS);
}

static void the_hands_yes(void **state)
{
    (void)state;
    for (unsigned p = 0; p < PROMPTS; p++) {
        prompts[p].open();
        if (prompts[p].given())
            fail_msg("%s: given before it was asked", prompts[p].name);
        put_up();
        answer(true, ORIGIN_PHYSICAL);
        if (!prompts[p].given())
            fail_msg("%s: a hand's yes is none", prompts[p].name);
    }
}

/* Painted, perhaps, but not on the screen: a yes to it is nothing. */
static void not_up_yet(void **state)
{
    (void)state;
    for (unsigned p = 0; p < PROMPTS; p++) {
        prompts[p].open();
        STEP(.kind = EV_PROMPT_ARMED, .serial = s.prompt.serial, .flag = 1);
        answer(true, ORIGIN_PHYSICAL);
        if (prompts[p].given() || s.prompt.kind != prompts[p].kind)
            fail_msg("%s: answered before it was shown", prompts[p].name);
    }
}

/* --- once more in a dialog */

/* Whoever waits there is asked about in a dialog, which lets them in for its own yes. No other
   prompt, and none that is gone, is taken away by it. */
static void asked_apart(void **state)
{
    (void)state;
    for (unsigned p = 0; p < PROMPTS; p++) {
        prompts[p].open();
        put_up();
        uint32_t serial = s.prompt.serial;
        bool in_panel = prompts[p].open == admit_in_panel;
        STEP(.kind = EV_APART, .serial = serial - 1);
        assert_int_equal(s.prompt.serial, serial);
        STEP(.kind = EV_APART, .serial = serial);
        assert_int_equal(s.prompt.serial != serial, in_panel);
        assert_int_equal(s.prompt.kind, prompts[p].kind);
        if (!in_panel)
            continue;
        assert_false(s.prompt.in_panel);
        assert_int_equal(s.prompt.person, 7);
        answer(true, ORIGIN_PHYSICAL);
        assert_false(admitted());
        put_up();
        answer(true, ORIGIN_PHYSICAL);
        assert_true(admitted());
    }
}

/* --- one at a time */

/* What the owner wants comes first, then what others ask; the door last, newest last, one each. */
static void they_queue(void **state)
{
    static const enum session_prompt_kind order[] = {PROMPT_CONTROL, PROMPT_END,   PROMPT_KEY,
                                                     PROMPT_WORDS,   PROMPT_STILL, PROMPT_ADMIT,
                                                     PROMPT_ADMIT};
    uint32_t last = 0;
    (void)state;
    control();
    STEP(.kind = EV_KNOCK, .person = 7);
    STEP(.kind = EV_KNOCK, .person = 8, .number = 1);
    STEP(.kind = EV_KNOCK, .person = 7);
    STEP(.kind = EV_ASKED, .person = 2);
    STEP(.kind = EV_TIMER, .code = ST_AWAY);
    STEP(.kind = EV_WORDS, .person = 3);
    STEP(.kind = EV_KEY_CHANGED, .person = WISH);
    STEP(.kind = EV_END);
    for (unsigned i = 0; i < sizeof order / sizeof *order; i++) {
        assert_int_equal(s.prompt.kind, order[i]);
        assert_int_not_equal(s.prompt.serial, last);
        last = s.prompt.serial;
        if (order[i] == PROMPT_ADMIT)
            assert_int_equal(s.prompt.person, i == 5 ? 7 : 8);
        put_up();
        answer(order[i] == PROMPT_STILL, ORIGIN_PHYSICAL);
        STEP(.kind = EV_ENDED, .worker = SW_PROMPT);
    }
    assert_int_equal(s.prompt.kind, PROMPT_NONE);
    assert_int_equal(s.n_asking, 0);
    assert_int_equal(s.n_waiting, 0);
    assert_int_equal(seen[EF_MAP_PROMPT][0], sizeof order / sizeof *order);
}

/* Who comes and goes keeps nobody from a consent to share that says it is for newcomers too; one
   for those it names begins its guard again. */
static void newcomers(void **state)
{
    static const enum standing who[] = {TAKING_PART, ORGANIZING};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        become(who[i]);
        if (who[i] == TAKING_PART)
            be_presenter();
        else
            STEP(.kind = EV_SHARE);
        if (s.prompt.kind == PROMPT_BECOME)
            say_yes();
        if (s.prompt.kind != PROMPT_SHARE)
            STEP(.kind = EV_PRESENTER, .person = 9);
        assert_int_equal(s.prompt.kind, PROMPT_SHARE);
        put_up();
        STEP(.kind = EV_MEMBER, .person = 5);
        assert_int_equal(s.prompt.armed, who[i] == TAKING_PART);
        assert_int_equal(has_effect(EF_GUARD), who[i] != TAKING_PART);
        STEP(.kind = EV_MEMBER, .person = 5, .code = 1);
        assert_int_equal(s.prompt.armed, who[i] == TAKING_PART);
    }
}

/* --- nobody at the door is forgotten */

#define WAITS 99 /* the knock of the one who stays there */

/* What may happen meanwhile, in any order, at any moment of any prompt. */
static void something_happens(unsigned what)
{
    const struct session_event list[] = {
        {.kind = EV_SHARE},
        {.kind = EV_STOP},
        {.kind = EV_PAUSE},
        {.kind = EV_CONTINUE, .origin = ORIGIN_PHYSICAL},
        {.kind = EV_PANEL, .flag = 1},
        {.kind = EV_PANEL},
        {.kind = EV_KNOCK, .person = 7, .number = 1},
        {.kind = EV_KNOCK_GONE, .person = 7},
        {.kind = EV_ASKED, .person = 2, .number = 2},
        {.kind = EV_KEY_CHANGED, .person = WISH, .number = 3},
        {.kind = EV_KEY_GONE, .person = WISH},
        {.kind = EV_WORDS, .person = 3},
        {.kind = EV_OFFER, .person = 2},
        {.kind = EV_TIMER, .code = ST_AWAY},
        {.kind = EV_TIMER, .code = ST_MASK},
        {.kind = EV_END},
        {.kind = EV_SCREEN_LOCK, .flag = 1},
        {.kind = EV_SCREEN_LOCK},
        {.kind = EV_MEMBER, .person = 3, .code = 1},
        {.kind = EV_MEMBER, .person = 4},
        {.kind = EV_TARGET_GONE},
        {.kind = EV_BAR_LOST},
        {.kind = EV_HOTKEY},
        {.kind = EV_APART, .serial = s.prompt.serial},
    };
    step(list[what % (sizeof list / sizeof *list)]);
}

/* What does not depend on anybody's will comes to pass: workers start and die, pictures come. */
static void the_world_goes_on(void)
{
    for (unsigned w = 0; w < SW_COUNT; w++) {
        if (s.worker[w] == WS_DYING)
            STEP(.kind = EV_ENDED, .worker = (uint8_t)w);
        if (s.worker[w] == WS_STARTING)
            ready((enum session_worker)w);
    }
    if (s.share == SHARE_SHOWING) {
        STEP(.kind = EV_BAR_MAPPED);
        STEP(.kind = EV_CAPTURE_RUNNING);
    }
    if (s.share == SHARE_UNSHARING)
        STEP(.kind = EV_UNSHARED);
    if (s.prompt.step == PS_PREPARE) {
        STEP(.kind = EV_PROMPT_PAINTED, .serial = s.prompt.serial);
        STEP(.kind = EV_MASKED, .serial = s.prompt.serial);
    }
}

static bool asked_about(uint32_t knock)
{
    return s.prompt.kind == PROMPT_ADMIT && s.prompt.person == knock && s.prompt.step == PS_UP;
}

/* The owner says no to all else. */
static bool is_asked_in_the_end(void)
{
    for (unsigned i = 0; i < 100; i++) {
        the_world_goes_on();
        if (asked_about(WAITS) || !session_waits(&s, WAITS) || s.phase != PHASE_HOST)
            return true;
        if (s.screen_locked)
            STEP(.kind = EV_SCREEN_LOCK);
        STEP(.kind = EV_PROMPT_ARMED, .serial = s.prompt.serial, .flag = 1);
        answer(s.prompt.kind == PROMPT_STILL, ORIGIN_PHYSICAL);
    }
    return false;
}

/* Whoever knocks while a dialog is up, comes or is taken away is asked about, unless they were
   answered or left. */
static void nobody_is_forgotten(void **state)
{
    enum { RUNS = 30000, STEPS = 12 };
    static const enum standing where[] = {ORGANIZING, ORGANIZER_PRESENTS, ORGANIZER_LOOKS};
    unsigned asked = 0;
    uint32_t seed = 1;
    (void)state;
    for (unsigned run = 0; run < RUNS; run++) {
        uint32_t begun = seed;
        become(where[run % 3]);
        unsigned knocks_at = seed % STEPS;
        for (unsigned i = 0; i < STEPS; i++) {
            if (i == knocks_at)
                STEP(.kind = EV_KNOCK, .person = WAITS);
            seed = seed * 1664525u + 1013904223u;
            if (seed >> 31)
                the_world_goes_on();
            something_happens(seed >> 16 & 0x7fff);
        }
        if (!is_asked_in_the_end())
            fail_msg("run %u (seed %u): prompt %u of %u, step %u, share %u", run, begun,
                     s.prompt.kind, s.prompt.person, s.prompt.step, s.share);
        asked += asked_about(WAITS);
    }
    assert_true(asked > RUNS / 2);
    printf("    %u of %u who knocked were asked about\n", asked, RUNS);
}

/* Make presenter is offered exactly where the press does something. */
static void offered_where_it_helps(void **state)
{
    unsigned may = 0;
    (void)state;
    for (unsigned bits = 0; bits < 64; bits++)
        for (unsigned share_now = 0; share_now < 2; share_now++) {
            become(share_now ? ORGANIZER_PRESENTS : ORGANIZING);
            if (bits & 1)
                STEP(.kind = EV_OFFER, .person = 3);
            if (bits & 2 && s.prompt.kind == PROMPT_PRESENT)
                say_yes(); /* stopping, or sent */
            if (bits & 4)
                STEP(.kind = EV_SHARE);
            if (bits & 8)
                STEP(.kind = EV_SCREEN_LOCK, .flag = 1);
            if (bits & 16)
                STEP(.kind = EV_NET_CLOSED, .code = NET_END_LOST, .flag = 1);
            if (bits & 32)
                STEP(.kind = EV_PRESENTER, .person = 3);
            bool offered = session_may_offer(&s);
            uint8_t before = s.offer;
            STEP(.kind = EV_OFFER, .person = 2);
            assert_int_equal(before == OFFER_NONE && s.offer == OFFER_ASKING && s.offer_to == 2,
                             offered);
            may += offered;
        }
    assert_true(may > 0 && may < 128);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_that_is_no_yes),
        cmocka_unit_test(the_hands_yes),
        cmocka_unit_test(not_up_yet),
        cmocka_unit_test(asked_apart),
        cmocka_unit_test(they_queue),
        cmocka_unit_test(newcomers),
        cmocka_unit_test(nobody_is_forgotten),
        cmocka_unit_test(offered_where_it_helps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
