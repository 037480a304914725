/* What a controller's press would meet, asked of a real X server. */
#include "windows_desk.h"

static unsigned told;
static bool was_ours;

static void on_reach(void *ctx, bool ours)
{
    (void)ctx;
    told++;
    was_ours = ours;
}

/* Whatever else happens: a question that lies in a buffer until somebody moves would hold all that
   the controller does after it. */
static void test_asked_at_once(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    struct ui_rect at = r->w->pane[PANE_MAIN].win.at;
    settle(r);
    assert_int_equal(windows_reach(r->w, at.x + 5, at.y + 5), REACH_UNKNOWN);
    windows_ask_reach(r->w, at.x + 5, at.y + 5, on_reach, NULL);
    UNTIL(r, told == 1);
    assert_true(was_ours);
    windows_ask_reach(r->w, at.x - 5, at.y - 5, on_reach, NULL);
    UNTIL(r, told == 2);
    assert_false(was_ours);
    windows_ask_key_reach(r->w, true, at.x - 5, at.y - 5, on_reach, NULL);
    UNTIL(r, told == 3);
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_asked_at_once)};
    if (!start_server())
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
