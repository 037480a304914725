/*
 * vitrine's own windows are not in the picture, whatever is done to them: framed, dragged, mapped
 * anew, thrown about in the moment in which pixels are read.
 */
#include "tests/unit/capture/between.h"
#include "tests/unit/capture/desk_set.h"
#include "tests/unit/sanitized.h"

static void test_own_window_is_blank(void **state)
{
    struct set *s = *state;
    uint32_t own = desk_window(&s->d, DESK_MARK, 100, 130, 201, 99);
    chain_start(&s->k, &s->d, NULL, &own, 1);
    chain_until(&s->k, s->k.running == 1);
    assert_area(&s->k, DESK_BLANK, 100, 130, 201, 99);
    /* exactly the window, not one pixel more */
    assert_int_equal(chain_differs(&s->k, &s->d, 0, 0), 201 * 99);
    xcb_destroy_window(s->d.c, own);
    desk_sync(&s->d);
    chain_assert_exact(&s->k, &s->d, 0, 0);
    assert_int_equal(s->k.marked, 0);
    chain_finish(&s->k);
}

/* Beneath another window: nothing is damaged when it goes, and its place is shown again all the
   same. */
static void test_covered_window_goes(void **state)
{
    struct set *s = *state;
    uint32_t own = desk_window(&s->d, DESK_MARK, 100, 130, 201, 99);
    chain_start(&s->k, &s->d, NULL, &own, 1);
    chain_until(&s->k, s->k.running == 1);
    (void)desk_window(&s->d, 0x123456, 50, 50, 400, 300);
    chain_until(&s->k, chain_differs(&s->k, &s->d, 0, 0) == 201 * 99);
    xcb_unmap_window(s->d.c, own);
    desk_sync(&s->d);
    chain_assert_exact(&s->k, &s->d, 0, 0);
    assert_int_equal(s->k.marked, 0);
    chain_finish(&s->k);
}

/* The same in a window manager's frame, of which nothing is told: it is minimised as the manager
   does it, frame and window, and no pixel on the screen changes. */
static void test_covered_frame_goes(void **state)
{
    struct set *s = *state;
    uint32_t own = desk_window(&s->d, DESK_MARK, 100, 130, 201, 99);
    uint32_t frame = desk_window(&s->d, 0x334455, 90, 110, 221, 129);
    xcb_reparent_window(s->d.c, own, frame, 10, 20);
    chain_start(&s->k, &s->d, NULL, &own, 1);
    chain_until(&s->k, s->k.running == 1);
    (void)desk_window(&s->d, 0x123456, 0, 0, 800, 600);
    chain_until(&s->k, chain_differs(&s->k, &s->d, 0, 0) == 201 * 99);
    xcb_unmap_window(s->d.c, frame);
    xcb_unmap_window(s->d.c, own);
    desk_sync(&s->d);
    chain_assert_exact(&s->k, &s->d, 0, 0);
    assert_int_equal(s->k.marked, 0);
    chain_finish(&s->k);
}

/* Only own windows can be where they say; an event that a client sent says nothing. */
static void pretend_moved(struct desk *d, uint32_t own)
{
    xcb_configure_notify_event_t e = {.response_type = XCB_CONFIGURE_NOTIFY,
                                      .event = own,
                                      .window = own,
                                      .x = 700,
                                      .y = 500,
                                      .width = 5,
                                      .height = 5};
    xcb_send_event(d->c, false, own, XCB_EVENT_MASK_STRUCTURE_NOTIFY, (const char *)&e);
    desk_sync(d);
}

static void assert_hidden(struct set *s, uint32_t salt, uint32_t x, uint32_t y)
{
    uint32_t updates = s->k.updates;
    desk_fill(&s->d, salt * 7654321 & 0xffffff, 0, 0, 800, 600);
    desk_sync(&s->d);
    chain_until(&s->k, s->k.updates > updates);
    chain_for(&s->k, 50);
    assert_area(&s->k, DESK_BLANK, x, y, 150, 120);
    assert_int_equal(chain_differs(&s->k, &s->d, 0, 0), 150 * 120);
    assert_int_equal(s->k.marked, 0);
}

/* A window manager takes it into a frame, drags the frame about, and lets it go again. */
static void test_framed_window_never_leaks(void **state)
{
    struct set *s = *state;
    uint32_t own = desk_window(&s->d, DESK_MARK, 10, 10, 150, 120);
    uint32_t frame = desk_window(&s->d, 0x334455, 300, 200, 150, 120);
    chain_start(&s->k, &s->d, NULL, &own, 1);
    chain_until(&s->k, s->k.running == 1);
    pretend_moved(&s->d, own);
    assert_hidden(s, 1, 10, 10);
    desk_move(&s->d, own, 20, 30);
    assert_hidden(s, 2, 20, 30);
    xcb_reparent_window(s->d.c, own, frame, 0, 0);
    assert_hidden(s, 3, 300, 200);
    for (uint32_t i = 0; i < 10; i++) {
        desk_move(&s->d, frame, (int)(30 + i * 40), (int)(100 + i * 30));
        assert_hidden(s, 4 + i, 30 + i * 40, 100 + i * 30);
    }
    xcb_reparent_window(s->d.c, own, s->d.screen->root, 400, 50);
    xcb_unmap_window(s->d.c, frame);
    assert_hidden(s, 20, 400, 50);
    desk_move(&s->d, own, 410, 60);
    assert_hidden(s, 21, 410, 60);
    xcb_unmap_window(s->d.c, own);
    desk_sync(&s->d);
    chain_assert_exact(&s->k, &s->d, 0, 0);
    xcb_map_window(s->d.c, own);
    assert_hidden(s, 22, 410, 60);
    chain_finish(&s->k);
}

/* A prompt appears: masked first, mapped then. */
static void test_mask_before_map(void **state)
{
    struct set *s = *state;
    chain_start(&s->k, &s->d, NULL, NULL, 0);
    chain_until(&s->k, s->k.running == 1);
    for (uint32_t serial = 1; serial < 20; serial++) {
        uint32_t own = desk_window(&s->d, 0x123456, 900, 700, 50, 50); /* outside */
        xcb_unmap_window(s->d.c, own);
        uint32_t colour = DESK_MARK;
        xcb_change_window_attributes(s->d.c, own, XCB_CW_BACK_PIXEL, &colour);
        chain_mask(&s->k, serial, &own, 1, false);
        desk_move(&s->d, own, (int)(serial * 30), (int)(serial * 20));
        xcb_map_window(s->d.c, own);
        desk_fill(&s->d, serial * 1000, 0, 0, 800, 600);
        desk_sync(&s->d);
        chain_for(&s->k, 30);
        xcb_destroy_window(s->d.c, own);
        desk_sync(&s->d);
    }
    chain_assert_exact(&s->k, &s->d, 0, 0);
    assert_int_equal(s->k.marked, 0);
    chain_finish(&s->k);
}

/* Somebody drags an own window about as fast as X can do it, for two seconds, over a busy screen.
 */
static pid_t start_storm(struct desk *d, uint32_t own)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct desk mine = *d;
    desk_connect(&mine);
    for (uint32_t i = 0;; i++) {
        desk_move(&mine, own, (int)(i * 7 % 650), (int)(i * 11 % 480));
        if (i % 5 == 0)
            desk_fill(&mine, i * 77777 & 0xffffff, (int)(i % 700), (int)(i % 500), 90, 60);
        if (i % 3 == 0)
            desk_sync(&mine);
        if (i % 512 == 0)
            usleep(15000);
    }
}

static void test_moving_window_never_leaks(void **state)
{
    struct set *s = *state;
    uint32_t own = desk_window(&s->d, DESK_MARK, 10, 10, 150, 120);
    chain_start(&s->k, &s->d, NULL, &own, 1);
    chain_until(&s->k, s->k.running == 1);
    pid_t storm = start_storm(&s->d, own);
    uint32_t before = s->k.updates;
    chain_for(&s->k, 2000);
    kill(storm, SIGKILL);
    waitpid(storm, NULL, 0);
    print_message("updates during the storm: %u\n", s->k.updates - before);
    assert_true(s->k.updates > before);
    assert_int_equal(s->k.marked, 0);
    xcb_destroy_window(s->d.c, own);
    desk_sync(&s->d);
    chain_assert_exact(&s->k, &s->d, 0, 0);
    assert_int_equal(s->k.marked, 0);
    chain_finish(&s->k);
}

/* --- somebody moves a window exactly when pixels are read, and back again --- */

enum { AT_REST = 40, ELSEWHERE = 400, WAYLAID = 4 };

/* Has a connection of its own that moves the window. */
struct waylayer {
    struct between between; /* first: it is passed as one of these */
    struct desk mine;
    uint32_t own;
    uint8_t shm;
    unsigned pictures; /* asked for so far */
};

/* Moves the window; waits until the server has done it, or does not listen to us for 100 ms. */
static void throw_window(struct waylayer *w, int x)
{
    struct pollfd p = {.fd = xcb_get_file_descriptor(w->mine.c), .events = POLLIN};
    desk_move(&w->mine, w->own, x, 50);
    (void)xcb_get_input_focus(w->mine.c);
    xcb_flush(w->mine.c);
    (void)poll(&p, 1, 100);
    while (poll(&p, 1, 0) > 0) {
        char answer[4096];
        if (read(p.fd, answer, sizeof answer) <= 0)
            _exit(1);
    }
}

static void waylay(struct between *b, const uint8_t *req, size_t len)
{
    struct waylayer *w = (struct waylayer *)b;
    bool here = req[0] == w->shm && req[1] == 4 && w->pictures++ < WAYLAID;
    if (here) {
        between_answers(b, 30); /* what was asked before has been answered */
        throw_window(w, ELSEWHERE);
    }
    between_request(b, req, len);
    if (!here)
        return;
    between_answers(b, 30);
    throw_window(w, AT_REST);
}

static void connect_own(struct between *b)
{
    desk_connect(&((struct waylayer *)b)->mine);
}

static void test_thrown_window_never_leaks(void **state)
{
    struct set *s = *state;
    pid_t pid;
    uint32_t own = desk_window(&s->d, DESK_MARK, AT_REST, 50, 150, 120);
    struct waylayer w = {.between = {.begin = connect_own, .on_request = waylay},
                         .mine = s->d,
                         .own = own,
                         .shm = desk_major(&s->d, &xcb_shm_id)};
    s->d.server_end = between_start(&w.between, &s->d, &pid);
    chain_start(&s->k, &s->d, NULL, &own, 1);
    chain_until(&s->k, s->k.running == 1);
    for (uint32_t i = 0; i < 2 * WAYLAID; i++) {
        uint32_t updates = s->k.updates;
        desk_fill(&s->d, 0x10000 + i * 12345, 0, 400, 800, 20);
        desk_fill(&s->d, 0x10000 + i * 54321, AT_REST, 50, 700, 130);
        desk_sync(&s->d);
        chain_until(&s->k, s->k.updates > updates || s->k.marked > 0);
    }
    assert_int_equal(s->k.marked, 0);
    chain_finish(&s->k);
    waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
    if (sanitized_skips())
        return 0;
    /* One test: name it, with * for several. */
    cmocka_set_test_filter(argc > 1 ? argv[1] : NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_own_window_is_blank, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_covered_window_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_covered_frame_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_framed_window_never_leaks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mask_before_map, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_moving_window_never_leaks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_thrown_window_never_leaks, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
