/*
 * What is known of other programs' windows (broker/shade_tree.c), without a display: deep trees
 * that close, and places that are joined. test_never.c has the rest, with a display.
 */
#include "broker/shade.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

#define ROOT 1
#define FIRST 1000

static struct shade_tree *tree;

static int set_up(void **state)
{
    (void)state;
    tree = calloc(1, sizeof *tree);
    tree_init(tree, ROOT);
    return tree == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    free(tree);
    return 0;
}

/* Each inside of the one before; returns how many there are. */
static uint32_t make_deep(void)
{
    tree_add_top(tree, FIRST);
    for (uint32_t i = 1; i < SHADE_NODES; i++)
        tree_add_inside(tree, FIRST + i, FIRST + i - 1, false);
    assert_int_equal(tree->n_nodes, SHADE_NODES);
    return SHADE_NODES;
}

/* Hours with a look at all windows for each level of each one that goes (drop_orphans, as it was),
   under a second now: the alarm is for the former. */
static void closed_from_its_leaves(void **state)
{
    (void)state;
    uint32_t n = make_deep();
    alarm(120);
    while (n > 0)
        tree_remove(tree, FIRST + --n);
    alarm(0);
    assert_int_equal(tree->n_nodes, 0);
    assert_int_equal(tree->n_tops, 0);
    assert_int_equal(tree->n_unknown + tree->n_to_ask, 0);
}

/* One in the middle takes all with it that was inside, and nothing else. */
static void closed_in_the_middle(void **state)
{
    (void)state;
    uint32_t n = make_deep();
    struct shade_top *top = tree_top(tree, FIRST);
    alarm(120);
    tree_remove(tree, FIRST + n / 2);
    alarm(0);
    assert_int_equal(tree->n_nodes, n / 2);
    assert_int_equal(top->unknown, n / 2);
    assert_non_null(tree_node(tree, FIRST + n / 2 - 1));
    assert_null(tree_node(tree, FIRST + n / 2 + 1));
    assert_null(tree_node(tree, FIRST + n - 1));
    tree_add_top(tree, 7);
    tree_add_inside(tree, 8, 7, false);
    tree_remove(tree, FIRST);
    assert_int_equal(tree->n_nodes, 2);
    assert_int_equal(tree->n_tops, 1);
}

/* A window goes into one that is inside of it: no server lets a program do that, but one could say
   so. What is counted is what there is. */
static void moved_into_its_own(void **state)
{
    (void)state;
    tree_add_top(tree, 9);
    tree_add_inside(tree, 3, 9, false);
    tree_add_inside(tree, 5, 3, false);
    tree_add_top(tree, 7);
    tree_add_inside(tree, 3, 5, false);
    tree_move(tree, 5, 7, false);
    tree_remove(tree, 5);
    assert_int_equal(tree->n_nodes, 2);
    assert_int_equal(tree_top(tree, 7)->unknown, 1);
    assert_int_equal(tree_top(tree, 9)->unknown, 1);
    assert_int_equal(tree->n_unknown, 2);
}

static struct shade_top *listed(uint32_t id, struct ui_rect at)
{
    struct shade_top *top = tree_add_top(tree, id);
    tree_known(tree, tree_node(tree, id), true);
    tree_place(tree, top, at);
    top->place_known = true;
    tree_map(tree, top, true);
    return top;
}

/* More places than an answer has room for are joined, and what comes of it is one a message can
   carry (CAPTURE_HIDE): a width beyond it ended the share. */
static void joined_places_fit(void **state)
{
    (void)state;
    struct ui_rect out[MAX_SHADES];
    for (uint32_t i = 0; i < MAX_SHADES - 1; i++)
        listed(FIRST + i, (struct ui_rect){(int)i * 3, 0, 2, 2});
    listed(2000, (struct ui_rect){-32768, -32768, 65535, 65535});
    listed(2001, (struct ui_rect){32000, 32000, 65535, 65535});
    unsigned n = tree_places(tree, out);
    assert_int_equal(n, MAX_SHADES);
    for (unsigned i = 0; i < n; i++) {
        assert_in_range(out[i].x + 32768, 0, 65535);
        assert_in_range(out[i].y + 32768, 0, 65535);
        assert_in_range(out[i].w, 1, 65535);
        assert_in_range(out[i].h, 1, 65535);
    }
    assert_true(out[n - 1].x + out[n - 1].w >= 32767 && out[n - 1].y + out[n - 1].h >= 32767);
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {WITH(closed_from_its_leaves),
                                              WITH(closed_in_the_middle), WITH(moved_into_its_own),
                                              WITH(joined_places_fit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
