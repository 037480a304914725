/*
 * One window is shown and no other pixel: what lies above it is not in the picture, whatever sizes
 * it takes and wherever it goes.
 */
#include "tests/unit/capture/desk_set.h"
#include "tests/unit/sanitized.h"

#define LEFT 0x996633u
#define RIGHT 0x336699u

static void draw_program(struct desk *mine, uint32_t window, uint16_t w, uint16_t h)
{
    uint32_t colours[] = {RIGHT, LEFT};
    xcb_rectangle_t r[] = {{0, 0, w, h}, {0, 0, (uint16_t)(w / 2), h}};
    for (int i = 0; i < 2; i++) {
        xcb_change_gc(mine->c, mine->gc, XCB_GC_FOREGROUND, &colours[i]);
        xcb_poly_fill_rectangle(mine->c, window, mine->gc, 1, &r[i]);
    }
    xcb_flush(mine->c);
}

/* A program as toolkits make them: without a background, so the server leaves in its window what
   was there; it draws when it is asked to, and takes its time. */
static uint32_t start_program(struct desk *d, pid_t *pid)
{
    int ends[2];
    uint32_t id = 0, events = XCB_EVENT_MASK_EXPOSURE | XCB_EVENT_MASK_STRUCTURE_NOTIFY;
    uint16_t w = 300, h = 200;
    assert_int_equal(pipe(ends), 0);
    *pid = fork();
    if (*pid != 0) {
        assert_int_equal(read(ends[0], &id, sizeof id), sizeof id);
        close(ends[0]);
        close(ends[1]);
        return id;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct desk mine = *d;
    desk_connect(&mine);
    id = xcb_generate_id(mine.c);
    xcb_create_window(mine.c, XCB_COPY_FROM_PARENT, id, mine.screen->root, 200, 150, w, h, 3,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT, XCB_CW_EVENT_MASK,
                      &events);
    xcb_map_window(mine.c, id);
    desk_sync(&mine);
    if (write(ends[1], &id, sizeof id) != sizeof id)
        _exit(1);
    for (xcb_generic_event_t *e; (e = xcb_wait_for_event(mine.c)) != NULL; free(e)) {
        const xcb_configure_notify_event_t *c = (const xcb_configure_notify_event_t *)e;
        if (e->response_type == XCB_CONFIGURE_NOTIFY) {
            w = c->width;
            h = c->height;
        } else if (e->response_type == XCB_EXPOSE) {
            usleep(40000);
            draw_program(&mine, id, w, h);
        }
    }
    _exit(0);
}

static bool shows_program(const struct chain *k, uint32_t w, uint32_t h)
{
    const struct tile_picture *p = &k->picture;
    if (p->width != w || p->height != h || !k->complete)
        return false;
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++)
            if (p->pixels[y * p->stride + x] != (x < w / 2 ? LEFT : RIGHT))
                return false;
    return true;
}

static void test_one_window(void **state)
{
    struct set *s = *state;
    struct chain *k = &s->k;
    pid_t program;
    s->d.target = start_program(&s->d, &program);
    uint32_t above = desk_window(&s->d, DESK_MARK, 0, 0, 800, 600);
    chain_start(k, &s->d, NULL, NULL, 0);
    chain_until(k, shows_program(k, 300, 200));
    assert_int_equal(k->marked, 0); /* covered wholly, and from the beginning */
    for (uint16_t i = 1; i <= 6; i++) {
        uint32_t size[] = {(uint32_t)(300 + i * 40), (uint32_t)(200 + i % 3 * 60)};
        xcb_configure_window(s->d.c, s->d.target,
                             XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT, size);
        xcb_flush(s->d.c);
        chain_until(k, shows_program(k, size[0], size[1]));
        desk_move(&s->d, s->d.target, i * 30, i * 20);
        chain_for(k, 20);
        assert_int_equal(k->marked, 0); /* each size has another pixmap */
    }
    xcb_warp_pointer(s->d.c, XCB_NONE, s->d.target, 0, 0, 0, 0, 33, 44);
    desk_sync(&s->d);
    chain_until(k, k->cursor.kind != TILE_CURSOR_HIDDEN && k->cursor.x == 33 && k->cursor.y == 44);
    xcb_unmap_window(s->d.c, s->d.target);
    desk_sync(&s->d);
    uint32_t updates = k->updates;
    desk_paint(&s->d, 4);
    chain_for(k, 200);
    assert_int_equal(k->updates, updates); /* not shown: nothing to be seen, and nobody dies */
    xcb_map_window(s->d.c, s->d.target);
    desk_sync(&s->d);
    chain_until(k, k->updates > updates && shows_program(k, 540, 200));
    kill(program, SIGKILL);
    waitpid(program, NULL, 0);
    chain_for(k, 200);
    assert_false(k->capture_over);
    assert_int_equal(k->marked, 0);
    xcb_destroy_window(s->d.c, above);
    chain_finish(k);
}

/* A size that comes and goes between two readings: another pixmap of the same size. */
static void test_one_window_of_many_sizes(void **state)
{
    struct set *s = *state;
    struct chain *k = &s->k;
    pid_t program;
    s->d.target = start_program(&s->d, &program);
    (void)desk_window(&s->d, DESK_MARK, 0, 0, 800, 600);
    chain_start(k, &s->d, NULL, NULL, 0);
    for (uint32_t i = 0; i < 300; i++) {
        uint32_t larger[] = {500, 400}, again[] = {300, 200};
        xcb_configure_window(s->d.c, s->d.target,
                             XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT, larger);
        xcb_configure_window(s->d.c, s->d.target,
                             XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT, again);
        xcb_flush(s->d.c);
        chain_for(k, 1 + i % 7);
    }
    chain_until(k, shows_program(k, 300, 200));
    assert_int_equal(k->marked, 0);
    kill(program, SIGKILL);
    waitpid(program, NULL, 0);
    chain_finish(k);
}

/* As large as a screen can be. */
static void test_one_window_largest(void **state)
{
    struct desk d;
    struct chain k;
    (void)state;
    desk_start(&d, MAX_SCREEN_W, MAX_SCREEN_H, 24, NULL);
    d.target = desk_window(&d, 0x2468ac, 0, 0, MAX_SCREEN_W, MAX_SCREEN_H);
    chain_start(&k, &d, NULL, NULL, 0);
    chain_until(&k, k.running == 1);
    assert_int_equal(k.running_w, MAX_SCREEN_W);
    assert_int_equal(k.running_h, MAX_SCREEN_H);
    chain_assert_exact(&k, &d, 0, 0);
    chain_finish(&k);
    desk_finish(&d);
}

static void test_no_composite(void **state)
{
    struct desk d;
    struct chain k;
    (void)state;
    desk_start(&d, 640, 480, 24, "Composite");
    d.target = desk_window(&d, 0x123456, 0, 0, 50, 50);
    chain_start(&k, &d, NULL, NULL, 0);
    chain_until(&k, k.failed.code != 0);
    assert_int_equal(k.failed.code, FAIL_X_NO_COMPOSITE);
    chain_until(&k, k.capture_over && k.share_over);
    chain_finish(&k);
    desk_finish(&d);
}

int main(int argc, char **argv)
{
    if (sanitized_skips())
        return 0;
    /* One test: name it, with * for several. */
    cmocka_set_test_filter(argc > 1 ? argv[1] : NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_window, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_window_of_many_sizes, set_up, tear_down),
        cmocka_unit_test(test_one_window_largest),
        cmocka_unit_test(test_no_composite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
