/*
 * Windows that are never shown, end to end: X server, gate, capture, and the broker's part that
 * says what must be hidden. A window of a listed program has one colour, and that colour must not
 * be in any unit that leaves, whatever is done to the window meanwhile.
 */
#include "broker/shade.h"
#include "tests/unit/capture/desk.h"
#include "tests/unit/sanitized.h"

#define PLAIN 0x204060u

static struct {
    struct desk d;
    struct chain k;
    struct loop loop;
    struct display display;
    struct shade *shade;
    struct never never;
    char cookie[32];
    uint32_t own; /* played: one of vitrine's windows */
    unsigned answers, again, changed, forbidden;
} t;

/* --- broker --- */

static void on_answer(void *ctx, uint32_t serial, enum read_again again,
                      const struct ui_rect *places, unsigned n)
{
    struct msg_capture_hide m = {
        .serial = serial, .again = (uint8_t)again, .n_places = (uint16_t)n};
    (void)ctx;
    for (unsigned i = 0; i < n; i++)
        m.places[i] =
            (struct rect){places[i].x, places[i].y, (uint32_t)places[i].w, (uint32_t)places[i].h};
    t.answers++;
    t.again += again == AGAIN_PICTURE;
    assert_int_equal(msg_capture_hide_send(&t.k.capture, &m), 0);
}

static void on_changed(void *ctx)
{
    t.changed++;
    if (t.k.capture.fd > 0) /* else nothing is shared yet */
        on_answer(ctx, 0, AGAIN_NOTHING, NULL, 0);
}

static void on_forbidden(void *ctx)
{
    (void)ctx;
    t.forbidden++;
}

static bool is_own(void *ctx, uint32_t window)
{
    (void)ctx;
    return window == t.own && t.own != 0;
}

static void on_ask(struct chain *k, uint32_t serial)
{
    (void)k;
    shade_ask(t.shade, serial);
}

/* --- loop --- */

static void stop(void *ctx)
{
    loop_stop(ctx);
}

static void on_capture(void *ctx, short revents)
{
    (void)ctx;
    (void)revents;
    chain_receive(&t.k.capture, &t.k.capture_over);
    assert_false(t.k.capture_over);
}

static void on_share(void *ctx, short revents)
{
    (void)ctx;
    (void)revents;
    chain_receive(&t.k.share, &t.k.share_over);
    assert_false(t.k.share_over);
}

static void run_for(uint64_t ms)
{
    t.loop.stop = false;
    loop_set_timer(&t.loop, ms, stop, &t.loop);
    loop_run(&t.loop);
}

#define until(condition)                                                                           \
    do {                                                                                           \
        uint64_t end_ = loop_now_ms() + 20000;                                                     \
        while (!(condition) && loop_now_ms() < end_)                                               \
            run_for(5);                                                                            \
        if (!(condition))                                                                          \
            fail_msg("never: %s", #condition);                                                     \
    } while (0)

/* --- set-up --- */

static void open_display(void)
{
    desk_write_cookie(t.cookie);
    setenv("XAUTHORITY", t.cookie, 1);
    char name[16];
    snprintf(name, sizeof name, ":%d", t.d.number);
    assert_true(xauth_parse_display(name, &t.display.name));
    t.display.root = t.d.screen->root;
}

static int set_up(void **state)
{
    (void)state;
    static const struct shade_calls calls = {NULL, on_answer, on_changed, on_forbidden, is_own};
    memset(&t, 0, sizeof t);
    assert_true(never_parse("Other, secret", &t.never));
    desk_start(&t.d, 800, 600, 24, NULL);
    desk_paint(&t.d, 3);
    loop_init(&t.loop);
    open_display();
    t.shade = shade_create(&t.display, &t.loop, &calls);
    assert_non_null(t.shade);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    shade_destroy(t.shade);
    chain_finish(&t.k);
    desk_finish(&t.d);
    unlink(t.cookie);
    return 0;
}

static void share(uint32_t target)
{
    t.d.target = target;
    t.k.gate.fd = t.k.capture.fd = t.k.share.fd = -1;
    t.k.decoder = tile_decoder_create();
    chain_spawn_gate(&t.k);
    chain_spawn_capture(&t.k);
    t.k.ask = on_ask;
    chain_share_screen(&t.k, &t.d, NULL, NULL, 0);
    loop_add(&t.loop, t.k.capture.fd, NULL, on_capture, NULL);
    loop_add(&t.loop, t.k.share.fd, NULL, on_share, NULL);
}

static void begin(uint32_t target)
{
    shade_begin(t.shade, &t.never, NULL);
    if (target)
        until(shade_born(t.shade, target) != 0);
    shade_target(t.shade, target, shade_born(t.shade, target));
    share(target);
}

/* --- windows of others --- */

static void set_class(struct desk *d, uint32_t window, const char *class)
{
    char value[64];
    int n = snprintf(value, sizeof value, "it%c%s", '\0', class) + 1;
    xcb_change_property(d->c, XCB_PROP_MODE_REPLACE, window, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, 8,
                        (uint32_t)n, value);
}

/* Not mapped. */
static uint32_t make(struct desk *d, uint32_t parent, const char *class, uint32_t colour)
{
    uint32_t id = xcb_generate_id(d->c), values[] = {colour, 1};
    xcb_create_window(d->c, XCB_COPY_FROM_PARENT, id, parent, 50, 60, 150, 120, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    if (class)
        set_class(d, id, class);
    return id;
}

static uint32_t make_mapped(struct desk *d, uint32_t parent, const char *class, uint32_t colour)
{
    uint32_t id = make(d, parent, class, colour);
    xcb_map_window(d->c, id);
    return id;
}

static void colour(struct desk *d, uint32_t window, uint32_t to)
{
    xcb_change_window_attributes(d->c, window, XCB_CW_BACK_PIXEL, &to);
    xcb_clear_area(d->c, false, window, 0, 0, 0, 0);
}

static void place(struct desk *d, uint32_t window, uint32_t i)
{
    uint32_t to[] = {i * 37 % 650, i * 53 % 480, 40 + i * 7 % 160, 30 + i * 11 % 110};
    xcb_configure_window(d->c, window, 15, to);
}

/* One thing after the other, as fast as the server does it. */
static void throw_about(struct desk *d, uint32_t i, uint32_t *window, uint32_t frame)
{
    const uint32_t above = XCB_STACK_MODE_ABOVE, root = d->screen->root;
    switch (i % 9) {
    case 0:
        xcb_unmap_window(d->c, *window);
        xcb_map_window(d->c, *window);
        break;
    case 1:
        xcb_reparent_window(d->c, *window, frame, 3, 3);
        break;
    case 2:
        place(d, frame, i);
        break;
    case 3:
        xcb_reparent_window(d->c, *window, root, (int16_t)(i % 600), (int16_t)(i % 400));
        break;
    case 4:
        xcb_configure_window(d->c, *window, XCB_CONFIG_WINDOW_STACK_MODE, &above);
        break;
    case 5:
        xcb_destroy_window(d->c, *window);
        *window = make_mapped(d, root, "Secret", DESK_MARK);
        break;
    case 6: /* an honest one for a moment */
        colour(d, *window, PLAIN);
        set_class(d, *window, "Plain");
        break;
    case 7:
        set_class(d, *window, "SECRET");
        colour(d, *window, DESK_MARK);
        break;
    default:
        place(d, *window, i);
    }
}

static pid_t start_storm(void)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct desk mine = t.d;
    desk_connect(&mine);
    uint32_t frame = make_mapped(&mine, mine.screen->root, NULL, PLAIN);
    uint32_t window = make_mapped(&mine, mine.screen->root, "Secret", DESK_MARK);
    for (uint32_t i = 1;; i++) {
        throw_about(&mine, i * 5 + i / 9, &window, frame);
        if (i % 7 == 0)
            desk_fill(&mine, i * 77777 & 0xffffff, (int)(i % 700), (int)(i % 500), 90, 60);
        if (i % 3 == 0)
            desk_sync(&mine);
        if (i % 64 == 0)
            usleep(10000);
    }
}

/* --- tests --- */

static void test_thrown_about(void **state)
{
    (void)state;
    begin(0);
    until(t.k.running == 1);
    pid_t storm = start_storm();
    uint32_t before = t.k.updates;
    run_for(4000);
    kill(storm, SIGKILL);
    waitpid(storm, NULL, 0);
    print_message("%u updates, %u answers, %u of them 'again'\n", t.k.updates - before, t.answers,
                  t.again);
    assert_true(t.k.updates > before + 5);
    assert_int_equal(t.k.marked, 0);
    until(chain_differs(&t.k, &t.d, 0, 0) == 0); /* what was hidden too much is shown again */
    assert_int_equal(t.k.marked, 0);
}

static void test_hidden_exactly(void **state)
{
    (void)state;
    uint32_t window = make_mapped(&t.d, t.d.screen->root, "Secret", DESK_MARK);
    begin(0);
    until(t.k.running == 1);
    until(chain_differs(&t.k, &t.d, 0, 0) == 150 * 120);
    desk_move(&t.d, window, 300, 200);
    until(chain_differs(&t.k, &t.d, 0, 0) == 150 * 120 &&
          t.k.picture.pixels[250 * t.k.picture.stride + 350] == DESK_BLANK);
    colour(&t.d, window, PLAIN);
    set_class(&t.d, window, "Plain");
    desk_sync(&t.d);
    until(chain_differs(&t.k, &t.d, 0, 0) == 0); /* told without a question: nothing is damaged */
    set_class(&t.d, window, "Secret");
    desk_sync(&t.d);
    until(chain_differs(&t.k, &t.d, 0, 0) == 150 * 120);
    assert_int_equal(t.k.marked, 0);
    assert_true(t.changed > 0);
}

/* What was shown of a window before it was listed stays on viewers' shelves until a whole picture
   comes: so one comes at once, though one was sent just before, whether the window takes a listed
   name or a name is listed (the settings). Fails when what is hidden by the new answer is sent as
   any other change. */
static void test_listed_later(void **state)
{
    (void)state;
    static struct never longer;
    uint32_t window = make_mapped(&t.d, t.d.screen->root, "Plain", PLAIN);
    uint32_t other = make_mapped(&t.d, t.d.screen->root, "Later", PLAIN);
    desk_move(&t.d, other, 300, 200);
    begin(0);
    until(t.k.running == 1 && chain_differs(&t.k, &t.d, 0, 0) == 0);
    for (unsigned i = 0; i < 2; i++) {
        uint32_t keys = t.k.keys;
        if (i == 0) {
            set_class(&t.d, window, "Secret");
            desk_sync(&t.d);
        } else {
            assert_true(never_parse("Other, secret, later", &longer));
            shade_again(t.shade, &longer, NULL);
        }
        until(chain_differs(&t.k, &t.d, 0, 0) == (i + 1) * 150 * 120);
        assert_true(t.k.keys > keys);
    }
    uint32_t keys = t.k.keys;
    desk_move(&t.d, window, 500, 400); /* moved, it was not seen: nothing is to be forgotten */
    until(t.k.picture.pixels[450 * t.k.picture.stride + 550] == DESK_BLANK);
    uint32_t menu = make_mapped(&t.d, t.d.screen->root, "Secret", PLAIN); /* nor of a new one */
    desk_move(&t.d, menu, 300, 450);
    until(t.k.picture.pixels[500 * t.k.picture.stride + 350] == DESK_BLANK);
    assert_int_equal(t.k.keys, keys);
}

/* Of a list that comes while something is shown nobody knows what was seen before: a whole picture
   is asked for, whatever is there. */
static void test_begun_while_shown(void **state)
{
    (void)state;
    make_mapped(&t.d, t.d.screen->root, "Secret", DESK_MARK);
    desk_sync(&t.d);
    shade_begin(t.shade, &t.never, NULL);
    until(t.changed > 0);
}

/* What lies beneath has no background: the server leaves the pixels of the window that has gone in
   it until its program draws. Fails (marked) when a place is shown as soon as the window has left
   it. */
static void test_remains(void **state)
{
    (void)state;
    const uint32_t none = XCB_BACK_PIXMAP_NONE;
    uint32_t below = make_mapped(&t.d, t.d.screen->root, "Plain", PLAIN);
    xcb_change_window_attributes(t.d.c, below, XCB_CW_BACK_PIXMAP, &none);
    desk_sync(&t.d);
    uint32_t window = make_mapped(&t.d, t.d.screen->root, "Secret", DESK_MARK);
    begin(0);
    until(t.k.running == 1);
    until(chain_differs(&t.k, &t.d, 0, 0) == 150 * 120);
    xcb_unmap_window(t.d.c, window);
    desk_fill(&t.d, 0x123456, 5, 5, 10, 10); /* something else changes meanwhile */
    desk_sync(&t.d);
    until(t.k.picture.pixels[6 * t.k.picture.stride + 6] == 0x123456);
    run_for(50);
    colour(&t.d, below, PLAIN); /* now it has drawn */
    desk_sync(&t.d);
    until(chain_differs(&t.k, &t.d, 0, 0) == 0);
    assert_int_equal(t.k.marked, 0);
}

/* A window manager's frames, and the frame is hidden, too: titles are in it. */
static void test_frames(void **state)
{
    (void)state;
    uint32_t frame = make_mapped(&t.d, t.d.screen->root, NULL, DESK_MARK);
    uint32_t inner = make_mapped(&t.d, frame, NULL, DESK_MARK);
    uint32_t window = make_mapped(&t.d, inner, "Secret", DESK_MARK);
    desk_sync(&t.d);
    begin(0);
    until(t.k.running == 1);
    until(chain_differs(&t.k, &t.d, 0, 0) == 150 * 120);
    colour(&t.d, frame, PLAIN);
    colour(&t.d, inner, PLAIN);
    xcb_reparent_window(t.d.c, window, t.d.screen->root, 400, 300);
    desk_sync(&t.d);
    until(t.k.picture.pixels[70 * t.k.picture.stride + 60] == PLAIN &&
          chain_differs(&t.k, &t.d, 0, 0) == 150 * 120);
    assert_int_equal(t.k.marked, 0);
}

/* A list that names nobody there: everything is shown. */
static void test_nothing_listed(void **state)
{
    (void)state;
    make_mapped(&t.d, t.d.screen->root, "Plain", PLAIN);
    desk_sync(&t.d);
    begin(0);
    until(t.k.running == 1 && chain_differs(&t.k, &t.d, 0, 0) == 0);
    assert_true(t.answers > 0);
}

/* ... but another vitrine's window, which no list need name: one of our own is known by what it is.
 */
static void test_another_vitrine(void **state)
{
    (void)state;
    uint32_t window = make_mapped(&t.d, t.d.screen->root, "Vitrine", PLAIN);
    desk_sync(&t.d);
    begin(0);
    until(t.k.running == 1 && chain_differs(&t.k, &t.d, 0, 0) == 150 * 120);
    set_class(&t.d, window, "Plain");
    desk_sync(&t.d);
    until(chain_differs(&t.k, &t.d, 0, 0) == 0);
}

static uint32_t births_before, births_in_a_turn;

static void on_turn(void *ctx)
{
    uint32_t more = t.shade->tree.births - births_before;
    births_before += more;
    births_in_a_turn = more > births_in_a_turn ? more : births_in_a_turn;
    loop_set_timer(&t.loop, 0, on_turn, ctx);
}

/* Whoever makes windows by the thousand does not keep the broker from its other work. */
static void test_windows_by_the_thousand(void **state)
{
    enum { MANY = 4000 };
    (void)state;
    shade_begin(t.shade, &t.never, NULL);
    until(t.shade->tree.complete);
    uint32_t end = t.shade->tree.births + MANY;
    for (unsigned i = 0; i < MANY; i++) {
        uint32_t id = xcb_generate_id(t.d.c);
        xcb_create_window(t.d.c, XCB_COPY_FROM_PARENT, id, t.d.screen->root, 0, 0, 9, 9, 0,
                          XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT, 0, NULL);
        xcb_destroy_window(t.d.c, id);
    }
    desk_sync(&t.d);
    births_before = t.shade->tree.births;
    births_in_a_turn = 0;
    on_turn(NULL);
    until(t.shade->tree.births == end);
    loop_clear_timer(&t.loop, on_turn, NULL);
    assert_in_range(births_in_a_turn, 1, 2 * SHADE_TURN); /* told, and asked for by its timer */
}

/* --- one window shared --- */

static uint32_t share_one(void)
{
    uint32_t window = make_mapped(&t.d, t.d.screen->root, "Plain", PLAIN);
    desk_sync(&t.d);
    begin(window);
    until(t.k.running == 1);
    return window;
}

static void test_one_window(void **state)
{
    (void)state;
    uint32_t window = share_one(), other = make(&t.d, t.d.screen->root, "Secret", DESK_MARK);
    xcb_map_window(t.d.c, other); /* elsewhere: it does not matter */
    colour(&t.d, window, 0x123456);
    desk_sync(&t.d);
    until(t.k.picture.pixels[5] == 0x123456);
    assert_int_equal(t.forbidden, 0);
    xcb_reparent_window(t.d.c, other, window, 5, 5);
    desk_sync(&t.d);
    until(t.forbidden == 1);
    run_for(50);
    assert_int_equal(t.k.marked, 0);
}

static void test_one_window_reclassed(void **state)
{
    (void)state;
    uint32_t window = share_one();
    set_class(&t.d, window, "secret");
    colour(&t.d, window, DESK_MARK);
    desk_sync(&t.d);
    until(t.forbidden == 1);
    run_for(50);
    assert_int_equal(t.k.marked, 0);
}

static void test_own_window_inside(void **state)
{
    (void)state;
    t.own = make_mapped(&t.d, t.d.screen->root, NULL, DESK_MARK);
    uint32_t window = share_one();
    assert_int_equal(shade_born(t.shade, t.own), 0);
    xcb_reparent_window(t.d.c, t.own, window, 5, 5);
    desk_sync(&t.d);
    until(t.forbidden == 1);
    run_for(50);
    assert_int_equal(t.k.marked, 0);
}

/* Another window under the number of the one that was picked. */
static void test_number_taken(void **state)
{
    (void)state;
    uint32_t window = make_mapped(&t.d, t.d.screen->root, "Plain", PLAIN);
    desk_sync(&t.d);
    shade_begin(t.shade, &t.never, NULL);
    until(shade_of(t.shade, window) == SHADE_CLEAR);
    uint32_t born = shade_born(t.shade, window), values[] = {DESK_MARK, 1};
    xcb_destroy_window(t.d.c, window);
    xcb_create_window(t.d.c, XCB_COPY_FROM_PARENT, window, t.d.screen->root, 50, 60, 150, 120, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(t.d.c, window);
    desk_sync(&t.d);
    shade_target(t.shade, window, born);
    share(window);
    until(t.forbidden == 1);
    run_for(50);
    assert_int_equal(t.k.marked, 0);
    assert_int_equal(t.k.units, 0);
}

/* A window manager takes the shared window into a frame and lets it go: it is still the one. */
static void test_one_window_framed(void **state)
{
    (void)state;
    uint32_t window = share_one();
    uint32_t frame = make_mapped(&t.d, t.d.screen->root, NULL, 0x777777);
    for (uint32_t i = 0; i < 5; i++) {
        xcb_reparent_window(t.d.c, window, i % 2 ? t.d.screen->root : frame, 3, 3);
        colour(&t.d, window, 0x100000 + i);
        desk_sync(&t.d);
        until(t.k.picture.pixels[5] == 0x100000 + i);
    }
    assert_int_equal(t.forbidden, 0);
}

/* --- names --- */

static void test_names(void **state)
{
    (void)state;
    static const char *const bad[] = {",", "a,", ",a", "a,,b", "a\x7f", "\xc3\xa4", "a\tb"};
    struct never n;
    char text[NEVER_TEXT], class[NEVER_NAME + 1];
    assert_true(never_parse("  ", &n) && n.n == 0);
    assert_true(never_parse(" VirtualBox Machine ,keepass, KEEPASS", &n) && n.n == 2);
    never_format(&n, text);
    assert_string_equal(text, "VirtualBox Machine,keepass");
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(never_parse(bad[i], &n));
    assert_true(never_parse("KeePassXC", &n));
    assert_true(never_matches(&n, (const uint8_t *)"x\0keepassxc", 12));
    assert_true(never_matches(&n, (const uint8_t *)"keepassxc", 9)); /* without its end */
    assert_false(never_matches(&n, (const uint8_t *)"keepassx\0c\0", 11));
    assert_false(never_matches(&n, (const uint8_t *)"\0\0\0", 3));
    assert_true(never_class((const uint8_t *)"navigator\0Firefox", 18, class));
    assert_string_equal(class, "Firefox");
    assert_false(never_class((const uint8_t *)"\0\0", 2, class));
    memset(text, 'a', NEVER_NAME + 1);
    text[NEVER_NAME + 1] = '\0';
    assert_false(never_parse(text, &n));
    text[NEVER_NAME] = '\0';
    assert_true(never_parse(text, &n));
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(int argc, char **argv)
{
    if (PROGRAMS_SANITIZED) { /* the workers' half of it */
        static const struct CMUnitTest names[] = {cmocka_unit_test(test_names)};
        print_message("the rest runs confined workers: not in this build\n");
        return cmocka_run_group_tests(names, NULL, NULL);
    }
    cmocka_set_test_filter(argc > 1 ? argv[1] : NULL);
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        WITH(test_hidden_exactly),
        WITH(test_thrown_about),
        WITH(test_frames),
        WITH(test_remains),
        WITH(test_nothing_listed),
        WITH(test_another_vitrine),
        WITH(test_one_window),
        WITH(test_one_window_reclassed),
        WITH(test_own_window_inside),
        WITH(test_number_taken),
        WITH(test_one_window_framed),
        WITH(test_windows_by_the_thousand),
        WITH(test_listed_later),
        WITH(test_begun_while_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
