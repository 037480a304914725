/*
 * What workers say out of turn: a seal that speaks for somebody whom it has not named, a painter
 * that says it has painted before it was told anything, a decoder with a new size all the time, a
 * writer whose disk is full again and again. Refused where it comes in: its sender is ended, or not
 * heard, and neither heart nor windows hear of it.
 */
#include "broker/app.h"
#include "broker/facts.h"
#include "broker/record.h"
#include "broker/route.h"
#include "ch_audit.h"
#include "ch_screen.h"
#include "ch_seal.h"
#include "ch_ui.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct app *a;
static struct worker sender;
static struct chan by; /* its end */
static unsigned heard, painted[PAINTERS];

void __wrap_app_event(struct app *app, struct session_event ev);
void __wrap_app_event(struct app *app, struct session_event ev)
{
    assert_ptr_equal(app, a);
    (void)ev;
    heard++;
}

int __wrap_windows_painted(struct windows *w, enum windows_painter which, uint32_t serial);
int __wrap_windows_painted(struct windows *w, enum windows_painter which, uint32_t serial)
{
    (void)w;
    (void)serial;
    painted[which]++;
    return 0;
}

/* Windows that are told a size and painted anew, and a clock that stands still. */
static uint32_t told_width, told_height;
static unsigned updated;

bool __wrap_windows_view_has_size(const struct windows *w, uint32_t width, uint32_t height);
bool __wrap_windows_view_has_size(const struct windows *w, uint32_t width, uint32_t height)
{
    (void)w;
    return width == told_width && height == told_height;
}

void __wrap_windows_view_size(struct windows *w, uint32_t width, uint32_t height);
void __wrap_windows_view_size(struct windows *w, uint32_t width, uint32_t height)
{
    (void)w;
    told_width = width;
    told_height = height;
}

void __wrap_windows_update(struct windows *w);
void __wrap_windows_update(struct windows *w)
{
    (void)w;
    updated++;
}

static unsigned warned;

void __wrap_record_space(struct app *app, uint32_t free_mib);
void __wrap_record_space(struct app *app, uint32_t free_mib)
{
    assert_ptr_equal(app, a);
    (void)free_mib;
    warned++;
}

static unsigned renewed;

void __wrap_record_sinks(struct app *app);
void __wrap_record_sinks(struct app *app)
{
    assert_ptr_equal(app, a);
    renewed++;
}

static uint64_t now_ms = 5000;

uint64_t __wrap_loop_now_ms(void);
uint64_t __wrap_loop_now_ms(void)
{
    return now_ms;
}

static int set_up(void **state)
{
    (void)state;
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    a->stepping = true; /* what app_slot tells the heart stays in the queue */
    people_init(&a->people);
    sender = (struct worker){.ctx = a};
    heard = 0;
    memset(painted, 0, sizeof painted);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    chan_finish(&sender.control);
    chan_finish(&by);
    free(a);
    return 0;
}

static void seal_speaks(uint8_t in_state)
{
    static const struct seal_at_seal seal_end;
    int ends[2];
    assert_int_equal(chan_pair(ends), 0);
    route_open_seal(&sender, ends[0]);
    seal_init_seal(&by, ends[1], &seal_end, NULL);
    sender.control.state = by.state = in_state;
}

static void painter_speaks(void)
{
    static const struct ui_at_ui ui_end;
    int ends[2];
    assert_int_equal(chan_pair(ends), 0);
    route_open_ui(&sender, ends[0]);
    ui_init_ui(&by, ends[1], &ui_end, NULL);
    sender.control.state = by.state = UI_STATE_READY;
}

static void decoder_speaks(void)
{
    static const struct screen_at_view view_end;
    int ends[2];
    assert_int_equal(chan_pair(ends), 0);
    route_open_view(&sender, ends[0]);
    screen_init_view(&by, ends[1], &view_end, NULL);
    sender.control.state = by.state = SCREEN_STATE_SHOWING;
}

static enum chan_result taken(int sent)
{
    assert_int_equal(sent, 0);
    return chan_receive(&sender.control, 8);
}

static void asks_for_control(void **state)
{
    (void)state;
    seal_speaks(SEAL_STATE_HOSTING);
    const struct msg_seal_asked m = {.mid = 3, .caps = 1};
    people_set_member(&a->people, 3, 2, 0, span_text("Vera"));
    assert_int_equal(taken(msg_seal_asked_send(&by, &m)), CHAN_OK);
    assert_int_equal(heard, 1);
    people_forget_member(&a->people, 3);
    assert_int_equal(taken(msg_seal_asked_send(&by, &m)), CHAN_BAD);
    assert_int_equal(heard, 1);
}

static void asks_the_organizer(void **state)
{
    (void)state;
    seal_speaks(SEAL_STATE_HOSTING);
    const struct msg_seal_second_asked m = {.presenter = 3, .mid = 4};
    people_set_member(&a->people, 3, 2, 0, span_text("Vera"));
    assert_int_equal(taken(msg_seal_second_asked_send(&by, &m)), CHAN_OK);
    assert_int_equal(heard, 1);
    people_forget_member(&a->people, 3);
    people_set_member(&a->people, 4, 2, 0, span_text("Kim"));
    assert_int_equal(taken(msg_seal_second_asked_send(&by, &m)), CHAN_BAD);
    assert_int_equal(heard, 1);
}

static void offers_in_nobodys_name(void **state)
{
    (void)state;
    seal_speaks(SEAL_STATE_MEMBER);
    people_set_member(&a->people, 1, 1, 0, span_text("Helga"));
    assert_int_equal(taken(msg_seal_offered_send(&by)), CHAN_OK);
    assert_int_equal(heard, 1);
    people_forget_member(&a->people, 1);
    assert_int_equal(taken(msg_seal_offered_send(&by)), CHAN_BAD);
    assert_int_equal(heard, 1);
}

/* The other side's number is what anybody wrote there: it is shown as a number, as it is. */
static void names_both_versions(void **state)
{
    (void)state;
    const struct msg_seal_ended no = {.how = 1, .code = 5, .why = 5};
    const struct msg_seal_ended suite = {
        .how = 1, .code = 3, .why = 5, .has_sides = 1, .ours = 1, .theirs = 65535};
    seal_speaks(SEAL_STATE_JOINING);
    assert_int_equal(taken(msg_seal_ended_send(&by, &no)), CHAN_OK);
    assert_int_equal(a->versions.what, UI_VERSIONS_NONE);
    chan_finish(&sender.control);
    chan_finish(&by);
    seal_speaks(SEAL_STATE_JOINING);
    assert_int_equal(taken(msg_seal_ended_send(&by, &suite)), CHAN_OK);
    assert_int_equal(a->versions.what, UI_VERSIONS_SUITE);
    assert_int_equal(a->versions.here, 1);
    assert_int_equal(a->versions.there, 65535);
    assert_string_equal(a->detail, "end-to-end protocol: suite 1 here, 65535 there");
    facts_versions(a, UI_VERSIONS_PROTOCOL, 1, 2);
    assert_string_equal(a->detail, "end-to-end protocol: version 1 here, 2 there");
    assert_int_equal(heard, 2);
}

static void writer_speaks(void)
{
    static const struct audit_at_audit audit_end;
    int ends[2];
    assert_int_equal(chan_pair(ends), 0);
    route_open_audit(&sender, ends[0]);
    audit_init_audit(&by, ends[1], &audit_end, NULL);
    sender.control.state = by.state = AUDIT_STATE_READY;
}

/* A writer cannot fill standard error, the screen and its own log by saying so again and again, nor
   say it of a disk with as much room as was asked for. */
static void warns_of_the_disk(void **state)
{
    (void)state;
    struct msg_audit_space m = {.free = 99};
    writer_speaks();
    a->conf.audit_warn_free = 100;
    warned = 0;
    for (unsigned i = 0; i < 40; i++)
        assert_int_equal(taken(msg_audit_space_send(&by, &m)), CHAN_OK);
    assert_int_equal(warned, 1);
    now_ms += SPACE_SAID_MS;
    assert_int_equal(taken(msg_audit_space_send(&by, &m)), CHAN_OK);
    assert_int_equal(warned, 2);
    now_ms += SPACE_SAID_MS;
    m.free = 100;
    assert_int_equal(taken(msg_audit_space_send(&by, &m)), CHAN_BAD);
    assert_int_equal(warned, 2);
}

/* A log service has ended: the lines that were on their way to it then have lost one way, not one
   each. Seen to fail without sinks_renewed. */
static void service_ends(void **state)
{
    (void)state;
    struct msg_audit_written m = {.error = ECONNREFUSED, .sinks = 1};
    writer_speaks();
    a->audit_serial = 3;
    renewed = 0;
    for (m.serial = 1; m.serial <= 3; m.serial++)
        assert_int_equal(taken(msg_audit_written_send(&by, &m)), CHAN_OK);
    assert_int_equal(renewed, 1);
    a->audit_serial = 4;
    assert_int_equal(taken(msg_audit_written_send(&by, &m)), CHAN_OK);
    assert_int_equal(renewed, 2);
}

/* Not for the windows' painter either, whose picture it may know the number of. */
static void painted_before_told(void **state)
{
    (void)state;
    const struct msg_ui_painted m = {.serial = 7};
    painter_speaks();
    a->crew[SW_PROMPT] = &sender;
    assert_int_equal(taken(msg_ui_painted_send(&by, &m)), CHAN_OK);
    assert_int_equal(painted[PAINTER_PROMPT], 1);
    a->crew[SW_PROMPT] = NULL;
    a->spare = &sender;
    assert_int_equal(taken(msg_ui_painted_send(&by, &m)), CHAN_BAD);
    assert_int_equal(painted[PAINTER_PROMPT] + painted[PAINTER_MAIN], 1);
}

/* A decoder that lets more sizes through than a good one does is ended; the same once more costs
   nothing, however often. */
static void too_many_sizes(void **state)
{
    (void)state;
    struct msg_screen_picture m = {.width = 800, .height = 600};
    decoder_speaks();
    updated = told_width = told_height = 0;
    for (unsigned i = 0; i < 10 * KEYS_TAKEN; i++)
        assert_int_equal(taken(msg_screen_picture_send(&by, &m)), CHAN_OK);
    assert_int_equal(updated, 1);
    for (unsigned i = 1; i < 2 * KEYS_TAKEN; i++) {
        m.width ^= 1;
        assert_int_equal(taken(msg_screen_picture_send(&by, &m)), CHAN_OK);
    }
    now_ms += KEYS_TAKEN_MS;
    m.width ^= 1;
    assert_int_equal(taken(msg_screen_picture_send(&by, &m)), CHAN_OK);
    assert_int_equal(updated, 2 * KEYS_TAKEN + 1);
    m.width ^= 1;
    assert_int_equal(taken(msg_screen_picture_send(&by, &m)), CHAN_BAD);
    assert_int_equal(updated, 2 * KEYS_TAKEN + 1);
}

/* The same picture again, with something skipped before it, is news; without, it is not. */
static void skipped_adds_up(void **state)
{
    (void)state;
    struct msg_screen_picture m = {.width = 640, .height = 480, .missed = 3};
    decoder_speaks();
    updated = told_width = told_height = 0;
    assert_int_equal(taken(msg_screen_picture_send(&by, &m)), CHAN_OK);
    assert_int_equal(a->model.skipped, 3);
    m.missed = UINT32_MAX - 1;
    assert_int_equal(taken(msg_screen_picture_send(&by, &m)), CHAN_OK);
    assert_int_equal(a->model.skipped, UINT32_MAX);
    assert_int_equal(updated, 2);
    m.missed = 0;
    assert_int_equal(taken(msg_screen_picture_send(&by, &m)), CHAN_OK);
    assert_int_equal(updated, 2);
    a->crew[SW_MIRROR] = &sender; /* what others see: their own matter */
    a->model.skipped = 0;
    m.missed = 9;
    assert_int_equal(taken(msg_screen_picture_send(&by, &m)), CHAN_OK);
    assert_int_equal(a->model.skipped, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(asks_for_control, set_up, tear_down),
        cmocka_unit_test_setup_teardown(asks_the_organizer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(offers_in_nobodys_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_both_versions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(painted_before_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_sizes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(warns_of_the_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(service_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(skipped_adds_up, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
