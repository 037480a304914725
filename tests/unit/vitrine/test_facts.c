/*
 * What windows show of a large session: who goes by somebody else's name is marked, and nobody else
 * is. Fails when mark_equal_names looks at neighbours as they came, or marks one of two only.
 */
#include "broker/app.h"
#include "broker/facts.h"
#include "broker/session_parts.h"
#include "broker/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void __wrap_windows_update(struct windows *w);
void __wrap_windows_update(struct windows *w)
{
    (void)w;
}

void __wrap_windows_assistive(struct windows *w, bool allowed);
void __wrap_windows_assistive(struct windows *w, bool allowed)
{
    (void)w;
    (void)allowed;
}

void __wrap_talk_fill(struct app *a);
void __wrap_talk_fill(struct app *a)
{
    (void)a;
}

static struct app *a;

static void comes_in(uint16_t mid, const char *name)
{
    struct session *s = &a->session;
    people_set_member(&a->people, mid, 2, LEVEL_CLAIMED, span_text(name));
    s->member[s->n_members++] = mid;
}

static bool expected(const char *name)
{
    return strcmp(name, "Kim") == 0 || strcmp(name, "guest 7") == 0 || strcmp(name, "Me") == 0;
}

static void equal_names(void **state)
{
    unsigned marked = 0;
    (void)state;
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    a->session.phase = PHASE_HOST;
    a->session.me = 1;
    strcpy(a->my_name, "Me");
    people_init(&a->people);
    comes_in(2, "Kim");
    for (unsigned i = 3; i < MAX_MEMBERS - 3; i++) {
        char name[32];
        snprintf(name, sizeof name, "guest %u", i);
        comes_in((uint16_t)i, name);
    }
    comes_in(2000, "Kim");
    comes_in(2001, "Me");
    a->session.waiting[a->session.n_waiting++].knock = 9; /* at the door as somebody inside */
    people_add_knock(&a->people, &a->session, 9, span_text("guest 7"));
    facts_update(a);
    assert_int_equal(a->model.n_people, a->session.n_members + 2);
    for (unsigned i = 0; i < a->model.n_people; i++) {
        const struct ui_person *p = &a->model.people[i];
        bool is = (p->badges & UI_BADGE_SAME_NAME) != 0;
        assert_true(is == expected(p->name));
        marked += is;
    }
    assert_int_equal(marked, 6);
    free(a);
}

/* Only where it is said that they do not fit. */
static void versions_that_do_not_fit(void **state)
{
    (void)state;
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    people_init(&a->people);
    a->session.phase = PHASE_OVER;
    facts_versions(a, UI_VERSIONS_SUITE, 1, 3);
    for (int fits = 0; fits < 2; fits++) {
        a->session.fault = fits ? FAULT_R_NET : FAULT_V_OLD;
        facts_update(a);
        assert_int_equal(a->model.versions, fits ? UI_VERSIONS_NONE : UI_VERSIONS_SUITE);
    }
    assert_int_equal(a->model.version_here, 1);
    assert_int_equal(a->model.version_there, 3);
    facts_forget(a);
    a->session.fault = FAULT_V_OLD;
    facts_update(a);
    assert_int_equal(a->model.versions, UI_VERSIONS_NONE);
    free(a);
}

/* What somebody shows is known by their word, which ends with what they show. */
static void what_nobody_said(void **state)
{
    (void)state;
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    people_init(&a->people);
    a->session.phase = PHASE_MEMBER;
    a->session.presenter = 1;
    a->model.theirs = UI_WHAT_WINDOW;
    facts_update(a);
    assert_int_equal(a->model.theirs, UI_WHAT_WINDOW);
    a->session.presenter = 0;
    facts_update(a);
    assert_int_equal(a->model.theirs, UI_WHAT_UNKNOWN);
    a->session.presenter = 1; /* nor is what was skipped of something else */
    a->model.skipped = 7;
    facts_update(a);
    assert_int_equal(a->model.skipped, 7);
    a->session.presenter = 0;
    facts_update(a);
    assert_int_equal(a->model.skipped, 0);
    a->model.theirs = UI_WHAT_PART;
    facts_forget(a);
    assert_int_equal(a->model.theirs, UI_WHAT_UNKNOWN);
    free(a);
}

/* Who presents has nobody's picture, whatever the last one of somebody else was. */
static void own_picture(void **state)
{
    (void)state;
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    people_init(&a->people);
    a->session.phase = PHASE_MEMBER;
    a->session.line = LINE_UP;
    a->session.me = 2;
    a->session.presenter = 1;
    facts_update(a);
    assert_int_equal(a->model.picture, UI_VIEWER_LIVE);
    a->session.presenter = 2;
    a->session.share = SHARE_RUNNING;
    facts_update(a);
    assert_int_equal(a->model.picture, UI_VIEWER_EMPTY);
    assert_int_equal(a->model.sharing, 1);
    free(a);
}

/* A picture ages from when it was last live, also while it was paused, not from when the line
   broke; and where there is none, nothing has an age and nobody shows it. */
static void how_old_a_picture_is(void **state)
{
    (void)state;
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    people_init(&a->people);
    strcpy(a->presenter, "Ada");
    a->session.phase = PHASE_MEMBER;
    a->session.line = LINE_UP;
    a->session.me = 2;
    a->session.presenter = 1;
    facts_update(a);
    assert_int_equal(a->stale_since_ms, 0);
    a->session.picture = PICTURE_PAUSED;
    facts_update(a);
    assert_int_equal(a->model.stale_s, 0);
    assert_true(a->stale_since_ms > 0);
    a->stale_since_ms -= 90 * 1000;
    a->session.line = LINE_WAITING;
    facts_update(a);
    assert_int_equal(a->model.picture, UI_VIEWER_STALE);
    assert_true(a->model.stale_s >= 90);
    assert_string_equal(a->model.presenter, "Ada");
    a->session.picture = PICTURE_STOPPED;
    facts_update(a);
    assert_int_equal(a->model.picture, UI_VIEWER_STALE);
    assert_int_equal(a->model.stale_s, 0);
    assert_string_equal(a->model.presenter, "");
    a->session.picture = PICTURE_RUNNING;
    a->session.line = LINE_UP;
    facts_update(a);
    assert_int_equal(a->stale_since_ms, 0);
    free(a);
}

/* Who ended it is told, and nobody where nobody did. */
static void who_ended_it(void **state)
{
    static const struct {
        uint8_t why, who;
    } rows[] = {{WHY_OWNER, END_WHY_SELF},
                {WHY_COMMAND, END_WHY_SELF},
                {WHY_ORGANIZER, END_WHY_ORGANIZER},
                {WHY_EMPTY, UI_END_EMPTY},
                {WHY_AWAY, UI_END_AWAY}};
    (void)state;
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    people_init(&a->people);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        a->session.why = rows[i].why;
        facts_update(a);
        assert_int_equal(a->model.end_why, rows[i].who);
    }
    free(a);
}

/* What grey controls wait for, and what somebody lacks who may not have control. */
static void what_is_waited_for(void **state)
{
    (void)state;
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    people_init(&a->people);
    a->session.phase = PHASE_HOST;
    a->session.me = 1;
    a->session.line = LINE_UP;
    comes_in(2, "Kim");
    a->session.rules.control_for = LEVEL_CERTIFIED;
    a->session.screen_locked = true;
    facts_update(a);
    assert_true(a->model.screen_locked && !a->model.off_line && a->model.no_control);
    assert_int_equal(a->model.people[1].lacks, UI_LACKS_CERTIFICATE);
    a->session.rules.control_for = LEVEL_CLAIMED;
    a->session.rules.control = true;
    a->session.no_password = true;
    a->session.screen_locked = false;
    a->session.line = LINE_UP + 1;
    facts_update(a);
    assert_true(!a->model.screen_locked && a->model.off_line && !a->model.no_control);
    assert_int_equal(a->model.people[1].lacks, UI_LACKS_WORDS);
    a->session.no_password = false;
    facts_update(a);
    assert_int_equal(a->model.people[1].lacks, UI_LACKS_NOTHING);
    free(a);
}

/* Make presenter is lit where the press does something, and who was asked can be told that it is
 * off. */
static void who_is_asked_to_present(void **state)
{
    (void)state;
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    people_init(&a->people);
    a->session.phase = PHASE_HOST;
    a->session.me = 1;
    comes_in(2, "Kim");
    facts_update(a);
    assert_true(a->model.can_offer && a->model.can_take && !a->model.offering);
    a->session.share = SHARE_ASKING;
    facts_update(a);
    assert_false(a->model.can_offer);
    a->session.share = SHARE_OFF;
    a->session.screen_locked = true;
    facts_update(a);
    assert_false(a->model.can_offer);
    a->session.screen_locked = false;
    a->session.offer_to = 2;
    a->session.offer = OFFER_ASKING;
    facts_update(a);
    assert_true(!a->model.can_offer && !a->model.offering && !a->model.offered);
    a->session.offer = OFFER_STOPPING;
    facts_update(a);
    assert_true(!a->model.can_offer && a->model.offering && !a->model.offered);
    a->session.offer = OFFER_SENT;
    facts_update(a);
    assert_true(!a->model.can_offer && a->model.can_take && a->model.offered == 2);
    free(a);
}

/* After a no it is said how long to wait, of a first wish and of one for more time. */
static void how_long_to_wait(void **state)
{
    (void)state;
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    people_init(&a->people);
    a->session.phase = PHASE_MEMBER;
    facts_update(a);
    assert_int_equal(a->model.wait_s, 0);
    for (unsigned more = 0; more < 2; more++) {
        a->session.mine = more ? MINE_ON : MINE_REFUSED;
        a->session.mine_more = more ? MORE_REFUSED : MORE_NONE;
        facts_update(a);
        assert_true(a->model.wait_s > 50 && a->model.wait_s <= 60);
        a->refused_since_ms -= REFUSED_WAIT_MS - 1500;
        facts_update(a);
        assert_true(a->model.wait_s <= 2);
        a->refused_since_ms -= REFUSED_WAIT_MS;
        facts_update(a);
        assert_int_equal(a->model.wait_s, 0);
        a->session.mine = a->session.mine_more = 0;
        facts_update(a);
        assert_int_equal(a->refused_since_ms, 0);
    }
    free(a);
}

/* How people come in is told as it is: by the password and the owner, by the password, by neither.
 */
static void how_people_come_in(void **state)
{
    (void)state;
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    people_init(&a->people);
    a->session.phase = PHASE_HOST;
    a->session.lobby = 1;
    strcpy(a->line.shown, "amber canal violet orbit");
    facts_update(a);
    assert_int_equal(a->model.door, UI_DOOR_ASKS);
    assert_int_equal(a->model.also, UI_ALSO_NOBODY);
    a->session.lobby = 0;
    facts_update(a);
    assert_int_equal(a->model.door, UI_DOOR_OPEN);
    assert_int_equal(a->model.also, UI_ALSO_PASSWORD);
    a->session.lobby = a->session.no_password = 1;
    a->line.shown[0] = '\0';
    facts_update(a);
    assert_int_equal(a->model.door, UI_DOOR_NUMBER);
    assert_false(a->model.unrecorded);
    a->session.rules.audit_mandatory = 1;
    a->session.worker[SW_AUDIT] = WS_READY;
    a->session.trail = TRAIL_LOST;
    facts_update(a);
    assert_true(a->model.unrecorded);
    free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_that_do_not_fit), cmocka_unit_test(equal_names),
        cmocka_unit_test(what_nobody_said),         cmocka_unit_test(own_picture),
        cmocka_unit_test(how_old_a_picture_is),     cmocka_unit_test(who_ended_it),
        cmocka_unit_test(what_is_waited_for),       cmocka_unit_test(how_people_come_in),
        cmocka_unit_test(how_long_to_wait),         cmocka_unit_test(who_is_asked_to_present),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
