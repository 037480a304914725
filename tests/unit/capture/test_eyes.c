/*
 * The eyes end to end: X server, gate, capture, tiles, decoder; the picture must be the screen,
 * pixel for pixel, and own windows must never be in it.
 */
#include "tests/unit/capture/desk.h"
#include "tests/unit/sanitized.h"

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

struct set {
    struct desk d;
    struct chain k;
};

static int set_up(void **state)
{
    struct set *s = calloc(1, sizeof *s);
    desk_start(&s->d, 800, 600, 24, NULL);
    desk_paint(&s->d, 1);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct set *s = *state;
    desk_finish(&s->d);
    free(s);
    return 0;
}

static void assert_area(struct chain *k, uint32_t colour, uint32_t x, uint32_t y, uint32_t w,
                        uint32_t h)
{
    for (uint32_t r = y; r < y + h; r++)
        for (uint32_t c = x; c < x + w; c++)
            assert_int_equal(k->picture.pixels[r * k->picture.stride + c], colour);
}

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

/* Stands between gate and server, and has a connection of its own that moves the window. */
struct waylayer {
    struct desk mine;
    uint32_t own;
    int gate, server;
    uint8_t shm;
    unsigned pictures; /* asked for so far */
};

/* Answers with their descriptors, for `ms`. */
static void carry_answers(struct waylayer *w, int ms)
{
    struct pollfd p = {.fd = w->server, .events = POLLIN};
    uint64_t end = loop_now_ms() + (uint64_t)ms, now;
    while ((now = loop_now_ms()) < end && poll(&p, 1, (int)(end - now)) > 0) {
        uint8_t bytes[65536], control[CMSG_SPACE(8 * sizeof(int))];
        struct iovec part = {bytes, sizeof bytes};
        struct msghdr m = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control};
        ssize_t n = recvmsg(w->server, &m, 0);
        if (n <= 0)
            _exit(0);
        part.iov_len = (size_t)n;
        if (sendmsg(w->gate, &m, MSG_NOSIGNAL) != n)
            _exit(0);
    }
}

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

static void carry_request(struct waylayer *w, const uint8_t *req, size_t len)
{
    bool waylay = req[0] == w->shm && req[1] == 4 && w->pictures++ < WAYLAID;
    if (waylay) {
        carry_answers(w, 30); /* what was asked before has been answered */
        throw_window(w, ELSEWHERE);
    }
    if (send(w->server, req, len, MSG_NOSIGNAL) != (ssize_t)len)
        _exit(0);
    if (!waylay)
        return;
    carry_answers(w, 30);
    throw_window(w, AT_REST);
}

static size_t whole_request(const uint8_t *at, size_t have, bool setup)
{
    uint16_t words[4] = {0};
    if (have < (setup ? 12 : 4))
        return 0;
    memcpy(words, at + (setup ? 6 : 2), setup ? 4 : 2);
    size_t n = setup ? 12 + ((words[0] + 3u) & ~3u) + ((words[1] + 3u) & ~3u) : words[0] * 4u;
    return n <= have ? n : 0;
}

_Noreturn static void waylay(struct waylayer *w)
{
    static uint8_t held[1 << 17];
    size_t have = 0, n;
    bool setup = true;
    for (;;) {
        struct pollfd p = {.fd = w->gate, .events = POLLIN};
        carry_answers(w, 1);
        if (poll(&p, 1, 1) <= 0)
            continue;
        ssize_t got = recv(w->gate, held + have, sizeof held - have, 0);
        if (got <= 0)
            _exit(0);
        have += (size_t)got;
        for (; (n = whole_request(held, have, setup)) > 0; have -= n, setup = false) {
            carry_request(w, held, n);
            memmove(held, held + n, have - n);
        }
    }
}

/* Returns the end for the gate. */
static int start_waylayer(struct desk *d, uint32_t own, pid_t *pid)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    *pid = fork();
    if (*pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        struct waylayer w = {.mine = *d, .own = own, .gate = ends[1], .server = desk_socket(d)};
        w.shm = desk_major(d, &xcb_shm_id);
        desk_connect(&w.mine);
        waylay(&w);
    }
    close(ends[1]);
    return ends[0];
}

static void test_thrown_window_never_leaks(void **state)
{
    struct set *s = *state;
    pid_t pid;
    uint32_t own = desk_window(&s->d, DESK_MARK, AT_REST, 50, 150, 120);
    (void)desk_major(&s->d, &xcb_shm_id); /* asked here: the child shares this connection */
    s->d.server_end = start_waylayer(&s->d, own, &pid);
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

/* --- one window --- */

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
    uint64_t asked = loop_now_ms();
    msg_share_need_key_send(&s->k.share);
    chain_until(&s->k, s->k.keys == keys + 1 && s->k.complete);
    assert_true(loop_now_ms() - asked < KEY_EVERY_MS + 200);
    chain_assert_exact(&s->k, &s->d, 0, 0);
    chain_until(&s->k, s->k.shapes > shapes);
    /* asked all the time: one a second */
    keys = s->k.keys;
    for (int i = 0; i < 250; i++) {
        msg_share_need_key_send(&s->k.share);
        chain_for(&s->k, 10);
    }
    assert_in_range(s->k.keys - keys, 2, 3);
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
    for (int i = 0; i < 500; i++) {
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

int main(int argc, char **argv)
{
    if (PROGRAMS_SANITIZED) {
        puts("# skipped: a sanitized program makes calls that no policy has");
        return 0;
    }
    /* One test: name it, with * for several. */
    cmocka_set_test_filter(argc > 1 ? argv[1] : NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_usual),
        cmocka_unit_test(test_thirty_bits),
        cmocka_unit_test(test_largest),
        cmocka_unit_test(test_refused),
        cmocka_unit_test_setup_teardown(test_own_window_is_blank, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_framed_window_never_leaks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mask_before_map, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_moving_window_never_leaks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_thrown_window_never_leaks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_window, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_window_of_many_sizes, set_up, tear_down),
        cmocka_unit_test(test_one_window_largest),
        cmocka_unit_test(test_no_composite),
        cmocka_unit_test_setup_teardown(test_hold, set_up, tear_down),
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
