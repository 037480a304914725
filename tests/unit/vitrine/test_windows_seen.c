/* What the screen shows where a dialog is: what is not ours there takes the answer away. */
#include "windows_glass.h"

static xcb_window_t dialog(const struct rig *r)
{
    return r->w->pane[PANE_DIALOG].win.id;
}

static void paint(xcb_drawable_t on, struct ui_rect at)
{
    const xcb_rectangle_t box = {(int16_t)at.x, (int16_t)at.y, (uint16_t)at.w, (uint16_t)at.h};
    xcb_gcontext_t gc = with_inferiors(other);
    const uint32_t white = 0xffffff;
    xcb_change_gc(other, gc, XCB_GC_FOREGROUND, &white);
    xcb_poly_fill_rectangle(other, on, gc, 1, &box);
    xcb_free_gc(other, gc);
    xcb_flush(other);
}

/* As compositing managers do with all windows, and then show them. */
static void keep(xcb_window_t id, bool on)
{
    if (on)
        xcb_composite_redirect_window(other, id, XCB_COMPOSITE_REDIRECT_MANUAL);
    else
        xcb_composite_unredirect_window(other, id, XCB_COMPOSITE_REDIRECT_MANUAL);
    xcb_flush(other);
}

static bool tells_why(const struct rig *r)
{
    return !r->armed && *r->prompt.why;
}

/* For longer than the guard it gives nothing, and says why. */
static void gives_nothing(struct rig *r)
{
    UNTIL(r, tells_why(r));
    rig_run(r, GUARD_MS + 300, NULL, 0);
    assert_false(r->armed);
    click(r, r->prompt.yes);
    rig_run(r, 300, NULL, 0);
    assert_int_equal(r->answers, 0);
}

static void gives_again(struct rig *r)
{
    UNTIL(r, r->armed);
    assert_string_equal(r->prompt.why, "");
    click(r, r->prompt.yes);
    UNTIL(r, r->answers == 1);
    assert_true(r->yes);
}

/* It gets every click, and the screen shows what is behind it. */
static void kept(struct rig *r)
{
    keep(dialog(r), true);
    gives_nothing(r);
    keep(dialog(r), false);
    gives_again(r);
    drop(r);
}

static void test_kept_from_the_screen(void **state)
{
    (void)state;
    kept(rig_armed());
}

/* And so it was before it was mapped. */
static void test_never_on_the_screen(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    keep(dialog(r), true);
    ask(r, 7);
    gives_nothing(r);
    tap(r, 9); /* the way out is open */
    assert_int_equal(r->answers, 1);
    assert_false(r->yes);
    drop(r);
}

/* Over what a compositing manager shows. A single pixel is enough, wherever it is. */
static void test_overlay(void **state)
{
    (void)state;
    compose(true);
    struct rig *r = rig_armed();
    struct ui_rect at = r->line.rect;
    const struct ui_rect spots[] = {
        at, {at.x + at.w - 1, at.y + at.h / 2, 1, 1}, {at.x + at.w / 2, at.y + at.h - 1, 1, 1}};
    xcb_window_t over = overlay(other);
    for (unsigned i = 0; i < 3; i++) {
        freeze(true);
        paint(over, spots[i]);
        gives_nothing(r);
        freeze(false);
        UNTIL(r, r->armed);
    }
    gives_again(r);
    drop(r);
    compose(false);
    xcb_composite_release_overlay_window(other, root);
    xcb_flush(other);
}

/* What is drawn into it is put right, and begins the guard anew. */
static void test_drawn_into(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    const struct ui_rect yes = r->prompt.yes, spot = {30, 100, 50, 20};
    paint(dialog(r), spot);
    UNTIL(r, !r->armed);
    UNTIL(r, r->armed);
    assert_int_equal(pixel(r->line.rect.x + 40, r->line.rect.y + 110), 0x3366cc);
    assert_int_equal(r->answers, 0);
    click(r, yes);
    UNTIL(r, r->answers == 1);
    assert_true(r->yes);
    drop(r);
}

/* The last look was before that: another one is waited for. */
static void test_kept_while_pressed(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    fake(XCB_MOTION_NOTIFY, 0, r->prompt.yes.x + 9, r->prompt.yes.y + 9);
    fake(XCB_BUTTON_PRESS, 1, 0, 0);
    settle(r);
    keep(dialog(r), true);
    fake(XCB_BUTTON_RELEASE, 1, 0, 0);
    UNTIL(r, !r->armed);
    keep(dialog(r), false);
    assert_int_equal(r->answers, 0);
    gives_again(r);
    drop(r);
}

/* A compositing manager that shows what is there is none of these, though it is late. */
static void test_composed(void **state)
{
    (void)state;
    compose(true);
    for (unsigned keys = 0; keys < 2; keys++) {
        struct rig *r = rig_armed();
        if (keys) {
            struct pane *p = &r->w->pane[PANE_DIALOG];
            while (p->view.focus != prompt_control(&r->w->prompt, true))
                tap(r, code_of(r, 0xff09));
            UNTIL(r, !r->armed);
            UNTIL(r, r->armed);
            tap(r, code_of(r, 0xff0d));
        } else {
            click(r, r->prompt.yes);
        }
        UNTIL(r, r->answers == 1);
        assert_true(r->yes);
        drop(r);
    }
    compose(false);
}

/* A press on Admit then asks in a dialog. */
static void test_panel(void **state)
{
    (void)state;
    struct rig *r = rig_with_knock();
    keep(r->w->pane[PANE_MAIN].win.id, true);
    UNTIL(r, tells_why(r));
    click(r, r->prompt.yes);
    assert_int_equal(r->apart, 1);
    assert_int_equal(r->answers, 0);
    keep(r->w->pane[PANE_MAIN].win.id, false);
    gives_again(r);
    drop(r);
}

/* The panel was not to be seen when somebody knocked. */
static void test_panel_before(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    keep(r->w->pane[PANE_MAIN].win.id, true);
    settle(r);
    knock(r);
    windows_update(r->w);
    prompt_prepare(r->w, 3, PROMPT_KIND_ADMIT, 40, "Lee", true);
    UNTIL(r, tells_why(r));
    rig_run(r, GUARD_MS + 300, NULL, 0);
    assert_false(r->armed);
    keep(r->w->pane[PANE_MAIN].win.id, false);
    gives_again(r);
    drop(r);
}

/* Keep sharing, which the bar asks. */
static void test_bar(void **state)
{
    (void)state;
    for (unsigned before = 0; before < 2; before++) {
        struct rig *r = rig_with(UI_HOME);
        const xcb_window_t bar = r->w->pane[PANE_BAR].win.id;
        r->model.sharing = 1;
        windows_bar(r->w, true);
        UNTIL(r, r->bar);
        settle(r);
        if (before)
            keep(bar, true);
        prompt_prepare(r->w, 5, PROMPT_KIND_STILL, 0, "", true);
        if (!before) {
            UNTIL(r, r->armed);
            keep(bar, true);
        }
        gives_nothing(r);
        UNTIL(r, strcmp(r->prompt.why, "effects") == 0);
        keep(bar, false);
        gives_again(r);
        drop(r);
    }
}

/* --- that it says so itself */

static bool says_so(const struct rig *r)
{
    const char *line = ui_string_text(UI_STR_CASE_UNLIKE, UI_LANGUAGE_EN, 0);
    for (unsigned i = 0; i < r->said.n; i++)
        if (strcmp(r->said.text[i], line) == 0)
            return true;
    return false;
}

/* What does that goes on: the dialog says so, until nothing does it any more. */
static void test_says_so(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    const struct ui_rect yes = r->prompt.yes, no = r->prompt.no;
    assert_false(says_so(r));
    keep(dialog(r), true);
    UNTIL(r, strcmp(r->prompt.why, "effects") == 0);
    assert_true(says_so(r));
    assert_memory_equal(&r->prompt.yes, &yes, sizeof yes);
    assert_memory_equal(&r->prompt.no, &no, sizeof no);
    click(r, yes);
    rig_run(r, GUARD_MS + 300, NULL, 0);
    assert_false(r->armed);
    assert_int_equal(r->answers, 0);
    keep(dialog(r), false);
    UNTIL(r, !says_so(r));
    gives_again(r);
    drop(r);
}

/* A painter that is gone when the line is to go takes the question with it. */
static void test_says_so_no_painter(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    keep(dialog(r), true);
    UNTIL(r, strcmp(r->prompt.why, "effects") == 0);
    settle(r);
    r->ends = true;
    loop_remove(&r->loop, r->ui[PAINTER_PROMPT].fd); /* the order finds it out */
    loop_remove(&r->loop, r->painter[PAINTER_PROMPT].fd);
    chan_finish(&r->painter[PAINTER_PROMPT]);
    keep(dialog(r), false);
    UNTIL(r, r->failed == 1);
    assert_int_equal(r->answers, 1);
    assert_false(r->yes);
    assert_int_equal(r->why, ORIGIN_WHY_PAINTER);
    assert_false(r->w->seen.same);
    drop(r);
}

/* The way out is open meanwhile, and the next question says nothing of it. */
static void test_says_so_no(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    keep(dialog(r), true);
    UNTIL(r, strcmp(r->prompt.why, "effects") == 0);
    click(r, r->prompt.no);
    UNTIL(r, r->answers == 1);
    assert_false(r->yes);
    assert_false(r->w->pane[PANE_DIALOG].view.unlike);
    drop(r);
}

/* What blinks takes the answer away as well, and no look in between hides that. */
static void test_says_so_blinking(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    for (uint64_t until = loop_now_ms() + PATIENCE_MS; !says_so(r) && loop_now_ms() < until;) {
        keep(dialog(r), true);
        rig_run(r, 300, NULL, 0);
        keep(dialog(r), false);
        rig_run(r, 250, NULL, 0);
    }
    assert_true(says_so(r));
    drop(r);
}

/* A window that lies over it is no effect, and is not called one. */
static void test_says_so_not(void **state)
{
    (void)state;
    const uint32_t white = 0xffffff;
    struct rig *r = rig_with_knock();
    xcb_window_t over = lay_glass(r->prompt.yes, XCB_WINDOW_CLASS_INPUT_OUTPUT);
    xcb_change_window_attributes(other, over, XCB_CW_BACK_PIXEL, &white);
    xcb_clear_area(other, 0, over, 0, 0, 0, 0);
    UNTIL(r, strcmp(r->prompt.why, "covered") == 0);
    rig_run(r, 2500, NULL, 0);
    assert_string_equal(r->prompt.why, "covered");
    assert_false(r->w->pane[PANE_MAIN].view.unlike);
    take_away(over);
    gives_again(r);
    drop(r);
}

/* The server cannot do it: nothing is given, that is said, and pictures come as ever afterwards. */
static void test_no_room(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    struct pane *p = &r->w->pane[PANE_DIALOG];
    xcb_create_window(r->d.x, 0, r->w->seen.room, root, 0, 0, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY,
                      XCB_COPY_FROM_PARENT, 0, NULL);
    gives_nothing(r);
    xcb_destroy_window(r->d.x, r->w->seen.room);
    for (unsigned i = 0; i < 4; i++) {
        pane_repaint(p);
        UNTIL(r, !p->win.stale && p->win.painting < 0);
    }
    gives_again(r);
    drop(r);
}

/* Who begins to press No has taken the yes back that still waits. */
static void test_no_after_yes(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    const struct ui_rect yes = r->prompt.yes, no = r->prompt.no;
    fake(XCB_MOTION_NOTIFY, 0, yes.x + 9, yes.y + 9);
    fake(XCB_BUTTON_PRESS, 1, 0, 0);
    settle(r);
    xcb_grab_server(other); /* no look is made before No is down */
    fake(XCB_BUTTON_RELEASE, 1, 0, 0);
    fake(XCB_MOTION_NOTIFY, 0, no.x + 9, no.y + 9);
    fake(XCB_BUTTON_PRESS, 1, 0, 0);
    xcb_ungrab_server(other);
    settle(r);
    rig_run(r, 300, NULL, 0);
    assert_int_equal(r->answers, 0);
    fake(XCB_BUTTON_RELEASE, 1, 0, 0);
    UNTIL(r, r->answers == 1);
    assert_false(r->yes);
    drop(r);
}

/* We draw all the time, and that excuses for no longer than once. */
static void test_excused(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    keep(dialog(r), true);
    for (uint64_t until = loop_now_ms() + PATIENCE_MS; r->w->seen.same && loop_now_ms() < until;) {
        pane_repaint(&r->w->pane[PANE_DIALOG]);
        rig_run(r, 10, NULL, 0);
    }
    assert_false(r->w->seen.same);
    assert_in_range(r->w->seen.excused, 0, 6); /* 250 ms, and a look each 60 */
    drop(r);
}

static void test_other_colours(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    assert_int_not_equal(r->d.root_depth, r->d.depth);
    kept(r);
}

/* Nobody looks where nothing can be given. */
static void test_only_then(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    assert_true(r->w->seen.on);
    prompt_close(r->w, 7);
    assert_false(r->w->seen.on);
    unsigned looks = r->w->seen.looks;
    rig_run(r, 500, NULL, 0);
    assert_int_equal(r->w->seen.looks, looks);
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept_from_the_screen),
        cmocka_unit_test(test_never_on_the_screen),
        cmocka_unit_test(test_overlay),
        cmocka_unit_test(test_drawn_into),
        cmocka_unit_test(test_kept_while_pressed),
        cmocka_unit_test(test_composed),
        cmocka_unit_test(test_panel),
        cmocka_unit_test(test_panel_before),
        cmocka_unit_test(test_bar),
        cmocka_unit_test(test_says_so),
        cmocka_unit_test(test_says_so_no_painter),
        cmocka_unit_test(test_says_so_no),
        cmocka_unit_test(test_says_so_blinking),
        cmocka_unit_test(test_says_so_not),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_no_after_yes),
        cmocka_unit_test(test_excused),
        cmocka_unit_test(test_only_then),
    };
    /* screens with fewer colours than our windows, and with more */
    const struct CMUnitTest colours[] = {cmocka_unit_test(test_other_colours)};
    if (!start_server())
        return 0;
    version(other);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    for (unsigned i = 0; i < 2; i++) {
        server_screen = i ? "1024x768x30" : "1024x768x16";
        if (!start_server())
            continue;
        version(other);
        failed += cmocka_run_group_tests(colours, NULL, NULL);
        stop_server();
    }
    return failed;
}
