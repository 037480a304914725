/*
 * The eyes end to end: X server, gate, capture, tiles, decoder; the picture must be the screen,
 * pixel for pixel.
 */
#include "tests/unit/capture/between.h"
#include "tests/unit/capture/desk_set.h"
#include "tests/unit/sanitized.h"
#include <sys/mman.h>

static void check_size(uint32_t w, uint32_t h, uint8_t depth)
{
    struct desk d;
    struct chain k;
    desk_start(&d, w, h, depth, NULL);
    desk_paint(&d, 1);
    chain_start(&k, &d, NULL, NULL, 0);
    chain_until(&k, k.running == 1);
    assert_int_equal(k.running_w, w);
    assert_int_equal(k.running_h, h);
    assert_int_equal(k.picture.depth, depth);
    chain_assert_exact(&k, &d, 0, 0);
    uint32_t keys = k.keys;
    for (uint32_t salt = 2; salt < 6; salt++) {
        desk_fill(&d, salt * 1234567 & 0xffffff, (int)(w / 3), (int)(h / 3), 1 + w / 9, 1);
        desk_sync(&d);
        chain_assert_exact(&k, &d, 0, 0);
    }
    desk_paint(&d, 7);
    chain_assert_exact(&k, &d, 0, 0);
    assert_int_equal(k.keys, keys);
    chain_finish(&k);
    desk_finish(&d);
}

static void test_small(void **state)
{
    (void)state;
    check_size(63, 65, 24);
}
static void test_usual(void **state)
{
    (void)state;
    check_size(1280, 800, 24);
    check_size(1366, 768, 24);
}
static void test_thirty_bits(void **state)
{
    (void)state;
    check_size(1280, 800, 30);
}
static void test_largest(void **state)
{
    (void)state;
    check_size(MAX_SCREEN_W, MAX_SCREEN_H, 24);
}

static void check_refused(uint32_t w, uint32_t h, uint8_t depth, const char *without,
                          enum fail code, uint32_t detail)
{
    struct desk d;
    struct chain k;
    desk_start(&d, w, h, depth, without);
    chain_start(&k, &d, NULL, NULL, 0);
    chain_until(&k, k.failed.code != 0);
    assert_int_equal(k.failed.code, code);
    assert_int_equal(k.failed.detail, detail);
    chain_until(&k, k.capture_over && k.share_over);
    chain_finish(&k);
    desk_finish(&d);
}

static void test_refused(void **state)
{
    (void)state;
    check_refused(640, 480, 16, NULL, FAIL_X_DEPTH, 16);
    check_refused(MAX_SCREEN_W + 8, 480, 24, NULL, FAIL_X_SIZE, (MAX_SCREEN_W + 8u) << 16 | 480);
    check_refused(640, 480, 24, "MIT-SHM", FAIL_X_NO_SHM, 0);
    check_refused(640, 480, 24, "DAMAGE", FAIL_X_NO_DAMAGE, 0);
    check_refused(640, 480, 24, "XFIXES", FAIL_X_NO_FIXES, 0);
    check_refused(640, 480, 24, "RANDR", FAIL_X_NO_RANDR, 0);
}

/* --- on one desk of 800 x 600 --- */

static void test_hold(void **state)
{
    struct set *s = *state;
    chain_start(&s->k, &s->d, NULL, NULL, 0);
    chain_until(&s->k, s->k.running == 1);
    chain_mask(&s->k, 5, NULL, 0, true);
    uint32_t units = s->k.units;
    desk_paint(&s->d, 3);
    msg_share_need_key_send(&s->k.share);
    chain_for(&s->k, 300);
    assert_int_equal(s->k.units, units);
    chain_mask(&s->k, 6, NULL, 0, false);
    chain_assert_exact(&s->k, &s->d, 0, 0);
    chain_finish(&s->k);
}

static void test_need_key(void **state)
{
    struct set *s = *state;
    chain_start(&s->k, &s->d, NULL, NULL, 0);
    chain_until(&s->k, s->k.running == 1);
    chain_assert_exact(&s->k, &s->d, 0, 0);
    /* a newcomer: nothing changes on the screen, a whole picture comes all the same */
    tile_decoder_destroy(s->k.decoder);
    s->k.decoder = tile_decoder_create();
    memset(s->k.picture.pixels, 0, 800 * 600 * 4);
    uint32_t keys = s->k.keys, shapes = s->k.shapes;
    msg_share_need_key_send(&s->k.share);
    chain_until(&s->k, s->k.keys == keys + 1 && s->k.complete);
    chain_assert_exact(&s->k, &s->d, 0, 0);
    chain_until(&s->k, s->k.shapes > shapes);
    /* asked all the time: one a second, and one that was saved up */
    keys = s->k.keys;
    uint64_t begun = loop_now_ms();
    for (int i = 0; i < 250 || (s->k.keys < keys + 3 && i < 2000); i++) {
        msg_share_need_key_send(&s->k.share);
        chain_for(&s->k, 10);
    }
    assert_in_range(s->k.keys - keys, 2, (loop_now_ms() - begun) / KEY_EVERY_MS + 2);
    chain_finish(&s->k);
}

static void resize(struct desk *d, uint16_t w, uint16_t h)
{
    /* who does not name a version is taken for a client of 1.0, whose request has no rate */
    free(xcb_randr_query_version_reply(d->c, xcb_randr_query_version(d->c, 1, 2), NULL));
    xcb_randr_get_screen_info_reply_t *i = xcb_randr_get_screen_info_reply(
        d->c, xcb_randr_get_screen_info(d->c, d->screen->root), NULL);
    assert_non_null(i);
    xcb_randr_screen_size_iterator_t z = xcb_randr_get_screen_info_sizes_iterator(i);
    for (uint16_t n = 0; z.rem > 0; n++, xcb_randr_screen_size_next(&z))
        if (z.data->width == w && z.data->height == h) {
            xcb_randr_set_screen_config_reply_t *r = xcb_randr_set_screen_config_reply(
                d->c,
                xcb_randr_set_screen_config(d->c, d->screen->root, XCB_CURRENT_TIME,
                                            i->config_timestamp, n, XCB_RANDR_ROTATION_ROTATE_0, 0),
                NULL);
            assert_non_null(r);
            assert_int_equal(r->status, XCB_RANDR_SET_CONFIG_SUCCESS);
            free(r);
            free(i);
            d->w = w;
            d->h = h;
            return;
        }
    fail_msg("no mode %ux%u", w, h);
}

static void test_resize(void **state)
{
    struct desk d;
    struct chain k;
    (void)state;
    desk_start_sizes(&d);
    desk_paint(&d, 1);
    chain_start(&k, &d, NULL, NULL, 0);
    chain_until(&k, k.running == 1);
    for (uint32_t i = 0; i < 6; i++) {
        resize(&d, i % 2 == 0 ? 640 : 800, i % 2 == 0 ? 480 : 600);
        chain_until(&k, k.running >= 2 + i && k.running_w == d.w);
        assert_int_equal(k.picture.width, d.w);
        desk_paint(&d, 20 + i);
        chain_assert_exact(&k, &d, 0, 0);
    }
    chain_finish(&k);
    desk_finish(&d);
}

static void test_part(void **state)
{
    static const struct tile_rect part = {101, 57, 333, 222}, edge = {700, 500, 500, 500};
    struct set *s = *state;
    uint32_t own = desk_window(&s->d, DESK_MARK, 90, 50, 30, 30);
    chain_start(&s->k, &s->d, &part, &own, 1);
    chain_until(&s->k, s->k.running == 1);
    assert_int_equal(s->k.picture.width, 333);
    assert_int_equal(s->k.picture.height, 222);
    assert_area(&s->k, DESK_BLANK, 0, 0, 19, 23);
    xcb_destroy_window(s->d.c, own);
    desk_paint(&s->d, 9);
    chain_assert_exact(&s->k, &s->d, 101, 57);
    /* the pointer is told of inside only */
    xcb_warp_pointer(s->d.c, XCB_NONE, s->d.screen->root, 0, 0, 0, 0, 201, 157);
    desk_sync(&s->d);
    chain_until(&s->k, s->k.cursor.kind != TILE_CURSOR_HIDDEN && s->k.cursor.x == 100 &&
                           s->k.cursor.y == 100);
    xcb_warp_pointer(s->d.c, XCB_NONE, s->d.screen->root, 0, 0, 0, 0, 50, 50);
    desk_sync(&s->d);
    chain_until(&s->k, s->k.cursor.kind == TILE_CURSOR_HIDDEN);
    chain_finish(&s->k);
    chain_start(&s->k, &s->d, &edge, NULL, 0);
    chain_until(&s->k, s->k.running == 1);
    assert_int_equal(s->k.picture.width, 100);
    chain_assert_exact(&s->k, &s->d, 700, 500);
    chain_finish(&s->k);
}

static void test_pointer(void **state)
{
    struct set *s = *state;
    chain_start(&s->k, &s->d, NULL, NULL, 0);
    chain_until(&s->k, s->k.running == 1 && s->k.shapes == 1);
    for (int16_t i = 1; i < 10; i++) {
        xcb_warp_pointer(s->d.c, XCB_NONE, s->d.screen->root, 0, 0, 0, 0, (int16_t)(i * 50), i);
        desk_sync(&s->d);
        chain_until(&s->k, s->k.cursor.x == i * 50 && s->k.cursor.y == i);
    }
    assert_int_equal(s->k.shapes, 1);
    xcb_font_t font = xcb_generate_id(s->d.c);
    xcb_cursor_t cursor = xcb_generate_id(s->d.c);
    xcb_pixmap_t bits = xcb_generate_id(s->d.c);
    (void)font;
    xcb_create_pixmap(s->d.c, 1, bits, s->d.screen->root, 20, 30);
    xcb_create_cursor(s->d.c, cursor, bits, bits, 0xffff, 0, 0, 0, 0, 0xffff, 3, 4);
    xcb_change_window_attributes(s->d.c, s->d.screen->root, XCB_CW_CURSOR, &cursor);
    desk_sync(&s->d);
    chain_until(&s->k, s->k.shapes == 2);
    chain_finish(&s->k);
}

/* A worker in other hands asks for the keyboard: the gate says so and both are cut off. */
static void check_violation(struct set *s, void (*ask)(xcb_connection_t *, struct desk *),
                            enum gate_rule rule, uint8_t major)
{
    struct chain *k = &s->k;
    memset(k, 0, sizeof *k);
    k->gate.fd = k->capture.fd = k->share.fd = -1;
    chain_spawn_gate(k);
    int fd = chain_open_gate(k, &s->d, NULL);
    xcb_connection_t *c = xcb_connect_to_fd(fd, NULL);
    assert_int_equal(xcb_connection_has_error(c), 0);
    free(xcb_get_input_focus_reply(c, xcb_get_input_focus(c), NULL));
    ask(c, &s->d);
    xcb_flush(c);
    chain_until(k, k->gate_over);
    assert_int_equal(k->violation.rule, rule);
    assert_int_equal(k->violation.major, major);
    assert_null(xcb_get_input_focus_reply(c, xcb_get_input_focus(c), NULL));
    assert_int_not_equal(xcb_connection_has_error(c), 0);
    xcb_disconnect(c);
    chain_finish(k);
}

static void ask_keymap(xcb_connection_t *c, struct desk *d)
{
    (void)d;
    xcb_query_keymap(c);
}
static void ask_pointer(xcb_connection_t *c, struct desk *d)
{
    xcb_query_pointer(c, d->screen->root);
}
static void ask_core_image(xcb_connection_t *c, struct desk *d)
{
    xcb_get_image(c, XCB_IMAGE_FORMAT_Z_PIXMAP, d->screen->root, 0, 0, 1, 1, ~0u);
}
static void ask_foreign_window(xcb_connection_t *c, struct desk *d)
{
    xcb_get_geometry(c, desk_window(d, 1, 0, 0, 5, 5));
}

static void test_violations(void **state)
{
    struct set *s = *state;
    check_violation(s, ask_keymap, GATE_RULE_REQUEST, XCB_QUERY_KEYMAP);
    check_violation(s, ask_pointer, GATE_RULE_REQUEST, XCB_QUERY_POINTER);
    check_violation(s, ask_core_image, GATE_RULE_REQUEST, XCB_GET_IMAGE);
    check_violation(s, ask_foreign_window, GATE_RULE_DRAWABLE, XCB_GET_GEOMETRY);
}

/* The gate of an input worker, with its own filter on: absolute motion passes, paced; injecting as
   a device does not. */
static void fake_input(struct desk *d, uint8_t *r, uint8_t type, uint8_t detail, int16_t x,
                       int16_t y)
{
    static const uint8_t head[4] = {0, 2, 9, 0};
    xcb_query_extension_reply_t *e =
        xcb_query_extension_reply(d->c, xcb_query_extension(d->c, 5, "XTEST"), NULL);
    memset(r, 0, 36);
    memcpy(r, head, sizeof head);
    r[0] = e->major_opcode;
    r[4] = type;
    r[5] = detail;
    memcpy(r + 12, &d->screen->root, 4);
    memcpy(r + 24, &x, 2);
    memcpy(r + 26, &y, 2);
    free(e);
}

static void assert_pointer_comes(struct desk *d, int16_t x, int16_t y)
{
    for (int i = 0; i < 4000; i++) {
        xcb_query_pointer_reply_t *p =
            xcb_query_pointer_reply(d->c, xcb_query_pointer(d->c, d->screen->root), NULL);
        bool there = p->root_x == x && p->root_y == y;
        free(p);
        if (there)
            return;
        usleep(5000);
    }
    fail_msg("the pointer never came to %d,%d", x, y);
}

static void test_input_gate(void **state)
{
    static const uint16_t setup[6] = {'l', 11, 0, 0, 0, 0};
    struct set *s = *state;
    struct chain *k = &s->k;
    uint8_t request[36], answer[65536];
    memset(k, 0, sizeof *k);
    k->gate.fd = k->capture.fd = k->share.fd = -1;
    chain_spawn_gate(k);
    fake_input(&s->d, request, 6, 0, 0, 0);
    k->input_major = request[0];
    int fd = chain_open_gate(k, &s->d, NULL);
    assert_int_equal(write(fd, setup, sizeof setup), sizeof setup);
    assert_int_equal(recv(fd, answer, 8, MSG_WAITALL), 8); /* head and rest may come apart */
    assert_int_equal(answer[0], 1);                        /* success: the cookie was right */
    uint16_t words;
    memcpy(&words, answer + 6, sizeof words);
    assert_int_equal(recv(fd, answer, (size_t)words * 4 % sizeof answer, MSG_WAITALL), words * 4);
    for (int16_t i = 0; i < 200; i++) {
        fake_input(&s->d, request, 6, 0, i, (int16_t)(i * 2));
        assert_int_equal(write(fd, request, sizeof request), sizeof request);
    }
    assert_pointer_comes(&s->d, 199, 398);
    fake_input(&s->d, request, 70, 38, 0, 0);
    assert_int_equal(write(fd, request, sizeof request), sizeof request);
    chain_until(k, k->gate_over);
    assert_int_equal(k->violation.rule, GATE_RULE_FORM);
    close(fd);
    chain_finish(k);
}

/* The X server goes away: capture says so, nobody hangs. */
static void test_server_lost(void **state)
{
    struct set *s = *state;
    struct desk other;
    desk_start(&other, 320, 200, 24, NULL);
    chain_start(&s->k, &other, NULL, NULL, 0);
    chain_until(&s->k, s->k.running == 1);
    desk_finish(&other);
    chain_until(&s->k, s->k.gate_over && s->k.capture_over);
    assert_int_equal(s->k.failed.code, FAIL_X_LOST);
    chain_finish(&s->k);
}

/* kill -9 of the gate cuts capture off at once. */
static void test_gate_killed(void **state)
{
    struct set *s = *state;
    chain_start(&s->k, &s->d, NULL, NULL, 0);
    chain_until(&s->k, s->k.running == 1);
    kill(s->k.gate_pid, SIGKILL);
    waitpid(s->k.gate_pid, NULL, 0);
    s->k.gate_pid = 0;
    chain_until(&s->k, s->k.capture_over && s->k.share_over);
    assert_int_equal(s->k.failed.code, FAIL_X_LOST);
    chain_finish(&s->k);
}

/* Nobody takes the units: capture waits without queueing, and is exact when it goes on. */
static void test_slow_reader(void **state)
{
    struct set *s = *state;
    chain_start(&s->k, &s->d, NULL, NULL, 0);
    chain_until(&s->k, s->k.running == 1);
    for (uint32_t i = 0; i < 200; i++)
        desk_paint(&s->d, i);
    chain_assert_exact(&s->k, &s->d, 0, 0);
    chain_finish(&s->k);
}

/* --- what one program draws at once, in two places --- */

struct counter {
    struct between between; /* first: it is passed as one of these */
    unsigned *grabs;        /* in memory that both processes share */
};

static void count_grabs(struct between *b, const uint8_t *request, size_t len)
{
    if (request[0] == XCB_GRAB_SERVER)
        __atomic_add_fetch(((struct counter *)b)->grabs, 1, __ATOMIC_SEQ_CST);
    between_request(b, request, len);
}

/* Capture is woken by the first, and waits for the server, while the rest is still to be drawn. */
static void draw_twice(struct set *s, uint32_t colour)
{
    xcb_grab_server(s->d.c);
    desk_fill(&s->d, colour, 10, 10, 5, 5);
    desk_sync(&s->d);
    chain_for(&s->k, 100);
    desk_fill(&s->d, colour, 500, 400, 5, 5);
    xcb_ungrab_server(s->d.c);
    desk_sync(&s->d);
}

/* It leaves at once; and from the second time on it is read at once too. Without that each has two
   grabs. */
static void test_one_update(void **state)
{
    struct set *s = *state;
    pid_t pid;
    unsigned *grabs =
        mmap(NULL, sizeof *grabs, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(grabs, MAP_FAILED);
    struct counter counter = {{.on_request = count_grabs}, grabs};
    s->d.server_end = between_start(&counter.between, &s->d, &pid);
    chain_start(&s->k, &s->d, NULL, NULL, 0);
    chain_until(&s->k, s->k.running == 1);
    chain_assert_exact(&s->k, &s->d, 0, 0);
    for (uint32_t i = 1; i < 6; i++) {
        uint32_t updates = s->k.updates;
        unsigned before = __atomic_load_n(grabs, __ATOMIC_SEQ_CST);
        draw_twice(s, i);
        chain_assert_exact(&s->k, &s->d, 0, 0);
        assert_int_equal(s->k.updates, updates + 1);
        if (i > 1)
            assert_int_equal(__atomic_load_n(grabs, __ATOMIC_SEQ_CST), before + 1);
    }
    chain_finish(&s->k);
    waitpid(pid, NULL, 0);
    munmap(grabs, sizeof *grabs);
}

int main(int argc, char **argv)
{
    if (sanitized_skips())
        return 0;
    /* One test: name it, with * for several. */
    cmocka_set_test_filter(argc > 1 ? argv[1] : NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_usual),
        cmocka_unit_test(test_thirty_bits),
        cmocka_unit_test(test_largest),
        cmocka_unit_test(test_refused),
        cmocka_unit_test_setup_teardown(test_hold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_update, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_need_key, set_up, tear_down),
        cmocka_unit_test(test_resize),
        cmocka_unit_test_setup_teardown(test_part, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pointer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_violations, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_input_gate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_server_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gate_killed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_slow_reader, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
