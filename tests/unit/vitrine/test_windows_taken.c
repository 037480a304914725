/* Other programs put our windows into windows of theirs. */
#include "windows_glass.h"

/* All but a line, so that it is not taken for a lock screen. */
static const struct ui_rect everything = {0, 0, 1024, 767};

static void put_all(struct rig *r, xcb_window_t into)
{
    xcb_reparent_window(other, r->w->pane[PANE_DIALOG].win.id, into, 0, 0);
    xcb_reparent_window(other, r->w->cover.win.id, into, 0, 0);
    xcb_reparent_window(other, r->w->pane[PANE_BAR].win.id, into, 0, 0);
    for (unsigned i = 0; i < 4; i++)
        xcb_reparent_window(other, r->w->border.side[i].id, into, 0, 0);
    xcb_flush(other);
}

static struct rig *rig_with_bar(void)
{
    struct rig *r = rig_with(UI_HOME);
    windows_bar(r->w, true);
    UNTIL(r, r->bar);
    settle(r);
    return r;
}

/* Before it is asked for anything. It comes to the top of the screen all the same, not to that of
   theirs, under what they let clicks through. */
static void test_dialog_taken_before(void **state)
{
    (void)state;
    compose(true);
    struct rig *r = rig_with(UI_HOME);
    xcb_window_t id = r->w->pane[PANE_DIALOG].win.id, f = box(root, everything);
    put_all(r, f);
    settle(r);
    xcb_window_t glass = lay_glass(everything, XCB_WINDOW_CLASS_INPUT_OUTPUT);
    settle(r);
    prompt_prepare(r->w, 4, PROMPT_KIND_ADMIT, 40, "Lee", false);
    UNTIL(r, r->armed);
    assert_int_equal(parent_of(id), root);
    click(r, r->prompt.yes);
    UNTIL(r, r->answers == 1);
    take_away(glass);
    drop(r);
    compose(false);
}

/* While it is asked for, after we have heard what is theirs. */
static void test_dialog_taken_late(void **state)
{
    (void)state;
    compose(true);
    struct rig *r = rig_with(UI_HOME);
    struct window *win = &r->w->pane[PANE_DIALOG].win;
    xcb_window_t f = box(root, everything);
    settle(r);
    xcb_grab_server(other);
    server_is_done(other);
    prompt_prepare(r->w, 4, PROMPT_KIND_ADMIT, 40, "Lee", false);
    UNTIL(r, r->w->prompt.step == PROMPT_STEP_MAPPING);
    window_map(win); /* as it will be, had the server said where the pointer is */
    display_flush(&r->d);
    put_all(r, f);
    xcb_ungrab_server(other);
    xcb_flush(other);
    UNTIL(r, r->answers == 1);
    assert_false(r->yes);
    assert_int_equal(r->why, ORIGIN_WHY_CLOSED);
    assert_false(r->armed);
    drop(r);
    compose(false);
}

/* And while it is up: as if somebody had unmapped it. */
static void test_dialog_taken_up(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    put_all(r, box(root, everything));
    UNTIL(r, r->answers == 1);
    assert_false(r->yes);
    drop(r);
}

/* There is no bar to be seen in what is not mapped. */
static void test_bar_taken_before(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_window_t f = box(root, everything);
    xcb_unmap_window(other, f);
    put_all(r, f);
    settle(r);
    windows_bar(r->w, true);
    UNTIL(r, r->bar);
    assert_int_equal(parent_of(r->w->pane[PANE_BAR].win.id), root);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(parent_of(r->w->border.side[i].id), root);
    put_all(r, f);
    UNTIL(r, r->bar_lost);
    drop(r);
}

static void test_bar_taken_late(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    struct window *bar = &r->w->pane[PANE_BAR].win;
    xcb_window_t f = box(root, everything);
    xcb_unmap_window(other, f);
    server_is_done(other);
    xcb_grab_server(other);
    server_is_done(other);
    windows_bar(r->w, true);
    UNTIL(r, bar->wanted);
    display_flush(&r->d);
    put_all(r, f);
    xcb_ungrab_server(other);
    xcb_flush(other);
    UNTIL(r, bar->mapped);
    settle(r);
    assert_int_equal(parent_of(bar->id), f);
    assert_false(r->bar);
    assert_true(r->bar_lost);
    drop(r);
}

/* --- Moved: it is put back, and whoever does it again and again has it. */
static void move_to(struct rig *r, xcb_window_t id, uint32_t x)
{
    change(id, XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y, (const uint32_t[]){x, 700});
    settle(r);
}

static bool is_where(xcb_window_t id, struct ui_rect at)
{
    xcb_get_geometry_reply_t *g = xcb_get_geometry_reply(other, xcb_get_geometry(other, id), NULL);
    assert_non_null(g);
    bool same = g->x == at.x && g->y == at.y && g->width == at.w && g->height == at.h;
    free(g);
    return same;
}

static unsigned has_border(xcb_window_t id)
{
    xcb_get_geometry_reply_t *g = xcb_get_geometry_reply(other, xcb_get_geometry(other, id), NULL);
    assert_non_null(g);
    unsigned width = g->border_width;
    free(g);
    return width;
}

static void test_bar_moved(void **state)
{
    (void)state;
    for (unsigned side = 0; side < 2; side++) {
        struct rig *r = rig_with_bar();
        struct window *win = side ? &r->w->border.side[3] : &r->w->pane[PANE_BAR].win;
        const struct ui_rect at = win->at;
        move_to(r, win->id, 900);
        UNTIL(r, is_where(win->id, at));
        change(win->id, XCB_CONFIG_WINDOW_WIDTH, (const uint32_t[]){1});
        settle(r);
        UNTIL(r, is_where(win->id, at));
        assert_false(r->bar_lost);
        if (!side) { /* who shares may: nobody else did that */
            windows_step_bar(r->w, 1);
            settle(r);
            assert_int_not_equal(win->at.x, at.x);
            assert_true(is_where(win->id, win->at));
        }
        for (uint32_t i = 0; i < 20 && !r->bar_lost; i++)
            move_to(r, win->id, 100 + i);
        UNTIL(r, r->bar_lost);
        drop(r);
    }
}

/* Before the bar is there moves are not counted: it comes where it belongs, however often it was
   moved, and whatever was done between its picture and its coming. */
static void test_bar_moved_before(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    struct window *bar = &r->w->pane[PANE_BAR].win;
    for (uint32_t i = 0; i < 8; i++)
        move_to(r, bar->id, 900 + i);
    windows_bar(r->w, true);
    display_flush(&r->d);
    server_is_done(r->d.x);
    assert_false(bar->wanted); /* placed, and mapped once it is painted */
    const struct ui_rect at = bar->put;
    change(bar->id, XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y, (const uint32_t[]){3000, 700});
    server_is_done(other);
    UNTIL(r, r->bar);
    settle(r);
    UNTIL(r, is_where(bar->id, at));
    assert_false(r->bar_lost);
    drop(r);
}

/* Another program's windows over it, put there by lowering it: it comes up again. */
static bool is_on_top(xcb_window_t id, xcb_window_t over)
{
    xcb_query_tree_reply_t *t = xcb_query_tree_reply(other, xcb_query_tree(other, root), NULL);
    assert_non_null(t);
    const xcb_window_t *child = xcb_query_tree_children(t);
    int n = xcb_query_tree_children_length(t), at = -1, other_at = -1;
    for (int i = 0; i < n; i++) {
        at = child[i] == id ? i : at;
        other_at = child[i] == over ? i : other_at;
    }
    free(t);
    return at > other_at;
}

static void test_bar_lowered(void **state)
{
    (void)state;
    struct rig *r = rig_with_bar();
    xcb_window_t f = box(root, everything); /* mapped: vitrine raises its own over it */
    settle(r);
    struct window *win[] = {&r->w->pane[PANE_BAR].win, &r->w->border.side[2]};
    for (unsigned i = 0; i < 2; i++) {
        UNTIL(r, is_on_top(win[i]->id, f));
        change(win[i]->id, XCB_CONFIG_WINDOW_STACK_MODE, (const uint32_t[]){XCB_STACK_MODE_BELOW});
        UNTIL(r, is_on_top(win[i]->id, f));
    }
    for (uint32_t i = 0; i < 20; i++) /* more often than it is raised in a second */
        change(win[0]->id, XCB_CONFIG_WINDOW_STACK_MODE, (const uint32_t[]){XCB_STACK_MODE_BELOW});
    UNTIL(r, is_on_top(win[0]->id, f));
    assert_false(r->bar_lost);
    drop(r);
}

/* A border another program gives it is taken away again: it would show that program's picture. */
static void test_bar_framed(void **state)
{
    (void)state;
    struct rig *r = rig_with_bar();
    const struct ui_rect at = r->w->pane[PANE_BAR].win.put;
    xcb_window_t id = r->w->pane[PANE_BAR].win.id;
    change(id, XCB_CONFIG_WINDOW_BORDER_WIDTH, (const uint32_t[]){60});
    settle(r);
    UNTIL(r, has_border(id) == 0 && is_where(id, at));
    windows_keep_bar(r->w);
    assert_true(is_where(id, at));
    drop(r);
}

static void test_dialog_moved(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    struct window *win = &r->w->pane[PANE_DIALOG].win;
    const struct ui_rect at = win->at;
    move_to(r, win->id, 900);
    UNTIL(r, is_where(win->id, at));
    UNTIL(r, r->armed);
    assert_int_equal(r->answers, 0);
    for (uint32_t i = 0; i < 20 && r->answers == 0; i++)
        move_to(r, win->id, 100 + i);
    UNTIL(r, r->answers == 1);
    assert_false(r->yes);
    drop(r);
}

/* --- Admit in the panel, which window managers put into windows of theirs. Nobody is let in by a
   click through what lies over it. */
static xcb_window_t panel_into(struct rig *r, xcb_window_t into)
{
    xcb_window_t panel = r->w->pane[PANE_MAIN].win.id;
    xcb_reparent_window(other, panel, into, 0, 0);
    xcb_flush(other);
    settle(r);
    UNTIL(r, r->armed);
    return panel;
}

static void nobody_comes_in(struct rig *r, struct ui_rect yes)
{
    UNTIL(r, !r->armed);
    rig_run(r, GUARD_MS + 300, NULL, 0);
    assert_false(r->armed);
    click(r, yes);
    assert_int_equal(r->answers, 0);
    assert_int_equal(r->apart, 1);
}

/* What it is in goes into another window than it was in: one that lies lower. */
static void test_panel_taken_along(void **state)
{
    (void)state;
    compose(true);
    struct rig *r = rig_with_knock();
    struct ui_rect at = r->line.rect, inside = {0, 0, at.w, at.h};
    xcb_window_t low = box(root, at), decoy = box(root, at), wrap = box(decoy, inside);
    panel_into(r, wrap);
    struct ui_rect yes = r->prompt.yes;
    xcb_reparent_window(other, wrap, low, 0, 0);
    xcb_unmap_window(other, decoy);
    xcb_window_t glass = lay_glass(at, XCB_WINDOW_CLASS_INPUT_OUTPUT);
    change(decoy, XCB_CONFIG_WINDOW_STACK_MODE, (const uint32_t[]){XCB_STACK_MODE_ABOVE});
    nobody_comes_in(r, yes);
    take_away(glass);
    UNTIL(r, r->armed);
    drop(r);
    compose(false);
}

/* What it is in moves, and of that the panel itself is not told. */
static void test_panel_moved_along(void **state)
{
    (void)state;
    compose(true);
    struct rig *r = rig_with_knock();
    struct ui_rect at = r->line.rect;
    xcb_window_t frame = box(root, at);
    panel_into(r, frame);
    struct ui_rect yes = r->prompt.yes;
    const int down = yes.h + 60;
    change(frame, XCB_CONFIG_WINDOW_Y, (const uint32_t[]){(uint32_t)(at.y + down)});
    UNTIL(r, r->line.rect.y == at.y + down);
    UNTIL(r, r->armed);
    yes.y += down;
    const struct ui_rect there = {at.x, at.y + at.h, at.w, down};
    xcb_window_t glass = lay_glass(there, XCB_WINDOW_CLASS_INPUT_OUTPUT);
    change(frame, XCB_CONFIG_WINDOW_Y, (const uint32_t[]){(uint32_t)at.y});
    UNTIL(r, r->armed);
    change(frame, XCB_CONFIG_WINDOW_Y, (const uint32_t[]){(uint32_t)(at.y + down)});
    nobody_comes_in(r, yes);
    take_away(glass);
    UNTIL(r, r->armed);
    drop(r);
    compose(false);
}

/* It is put into windows of ours: those hear of what is done to them as before. */
static void test_panel_into_ours(void **state)
{
    (void)state;
    struct rig *r = rig_with_knock();
    const xcb_window_t ours[] = {r->w->pane[PANE_BAR].win.id, r->w->pane[PANE_DIALOG].win.id};
    const struct ui_rect corner = {0, 0, 50, 50};
    windows_bar(r->w, true);
    UNTIL(r, r->bar);
    for (unsigned i = 0; i < 2; i++) {
        xcb_reparent_window(other, r->w->pane[PANE_MAIN].win.id, ours[i], 0, 0);
        xcb_flush(other);
        settle(r);
    }
    xcb_reparent_window(other, r->w->pane[PANE_MAIN].win.id, root, 0, 0);
    xcb_window_t laid = box(ours[0], corner);
    UNTIL(r, parent_of(laid) != ours[0]);
    prompt_prepare(r->w, 4, PROMPT_KIND_ADMIT, 40, "Lee", false);
    UNTIL(r, r->armed && !r->w->prompt.in_panel);
    drop(r);
}

/* --- Shapes: of what is cut out the server says nothing, and calls the rest unobscured. */
static void cut(xcb_window_t id)
{
    const xcb_rectangle_t little = {0, 0, 1, 1};
    xcb_shape_rectangles(other, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_BOUNDING, 0, id, 0, 0, 1, &little);
    xcb_flush(other);
}

static void test_dialog_cut(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    const xcb_window_t id = r->w->pane[PANE_DIALOG].win.id;
    cut(id);
    settle(r);
    prompt_prepare(r->w, 4, PROMPT_KIND_ADMIT, 40, "Lee", false);
    UNTIL(r, r->armed); /* it was made whole */
    assert_int_equal(window_at(r->prompt.no.x + 5, r->prompt.no.y + 5), id);
    cut(id);
    UNTIL(r, r->answers == 1);
    assert_false(r->yes);
    assert_int_equal(r->why, ORIGIN_WHY_CLOSED);
    drop(r);
}

static void test_bar_cut(void **state)
{
    (void)state;
    for (unsigned side = 0; side < 2; side++) {
        struct rig *r = rig_with_bar();
        assert_false(r->bar_lost);
        cut(side ? r->w->border.side[3].id : r->w->pane[PANE_BAR].win.id);
        UNTIL(r, r->bar_lost);
        drop(r);
    }
}

/* A click there asks in a dialog. */
static void test_panel_cut(void **state)
{
    (void)state;
    struct rig *r = rig_with_knock();
    const struct ui_rect win = r->line.rect, yes = r->prompt.yes;
    const xcb_rectangle_t left = {(int16_t)(yes.x - win.x), (int16_t)(yes.y - win.y),
                                  (uint16_t)yes.w, (uint16_t)yes.h};
    xcb_shape_rectangles(other, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_BOUNDING, 0,
                         r->w->pane[PANE_MAIN].win.id, 0, 0, 1, &left);
    xcb_flush(other);
    nobody_comes_in(r, yes);
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialog_taken_before),
        cmocka_unit_test(test_dialog_taken_late),
        cmocka_unit_test(test_dialog_taken_up),
        cmocka_unit_test(test_bar_taken_before),
        cmocka_unit_test(test_bar_taken_late),
        cmocka_unit_test(test_bar_moved),
        cmocka_unit_test(test_bar_moved_before),
        cmocka_unit_test(test_bar_lowered),
        cmocka_unit_test(test_bar_framed),
        cmocka_unit_test(test_dialog_moved),
        cmocka_unit_test(test_panel_taken_along),
        cmocka_unit_test(test_panel_moved_along),
        cmocka_unit_test(test_panel_into_ours),
        cmocka_unit_test(test_dialog_cut),
        cmocka_unit_test(test_bar_cut),
        cmocka_unit_test(test_panel_cut),
    };
    if (!start_server())
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
