/*
 * Between two epochs of a picture nothing is lost unseen, and nothing is put in another order.
 * Fails when seam_unit or seam_status always say true.
 */
#include "net/seal/seam.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the above first */
#include <cmocka.h>

/* A KEY unit and two parts in epoch 4, STATUS of which says that 100 were sealed before. */
static struct seam in_epoch_4(void)
{
    struct seam s = {0};
    assert_true(seam_unit(&s, 4, true, 1));
    assert_true(seam_status(&s, 4, 100));
    assert_true(seam_unit(&s, 4, false, 2));
    assert_true(seam_unit(&s, 4, false, 3));
    return s;
}

static void nothing_is_missing(void **state)
{
    (void)state;
    for (int status_first = 0; status_first < 2; status_first++) {
        struct seam s = in_epoch_4();
        if (status_first)
            assert_true(seam_status(&s, 5, 103));
        assert_true(seam_unit(&s, 5, false, 1));
        assert_true(seam_status(&s, 5, 103));
        assert_true(seam_unit(&s, 5, false, 2));
        assert_true(seam_status(&s, 5, 103));
        assert_true(seam_unit(&s, 8, false, 1)); /* nothing was drawn in 6 and 7 */
        assert_true(seam_status(&s, 8, 105));
    }
}

static void the_end_is_missing(void **state)
{
    (void)state;
    struct seam s = in_epoch_4();
    assert_true(seam_unit(&s, 5, false, 1));
    assert_false(seam_status(&s, 5, 104));
    assert_true(seam_status(&s, 5, 104)); /* once */
    s = in_epoch_4();
    assert_true(seam_status(&s, 5, 104));
    assert_false(seam_unit(&s, 5, false, 1));
    s = in_epoch_4();
    assert_true(seam_status(&s, 5, 103));
    assert_true(seam_status(&s, 6, 107)); /* all of an epoch */
    assert_false(seam_unit(&s, 6, false, 1));
}

static void a_key_unit_needs_nothing(void **state)
{
    (void)state;
    struct seam s = in_epoch_4();
    assert_true(seam_unit(&s, 5, true, 1));
    assert_true(seam_status(&s, 5, 104));
    s = in_epoch_4();
    assert_true(seam_status(&s, 5, 104));
    assert_true(seam_unit(&s, 5, true, 1));
    s = in_epoch_4();
    assert_true(seam_unit(&s, 5, false, 1));
    assert_true(seam_unit(&s, 5, true, 2));
    assert_true(seam_status(&s, 5, 104));
    assert_true(seam_unit(&s, 6, false, 1)); /* and from there on it is known again */
    assert_true(seam_status(&s, 6, 106));
}

/* Whoever does not know how far a picture had come cannot know whether some of it is missing. */
static void without_status(void **state)
{
    (void)state;
    struct seam s = {0};
    assert_true(seam_unit(&s, 4, true, 1));
    assert_false(seam_unit(&s, 5, false, 1));
    seam_forget(&s);
    assert_true(seam_unit(&s, 9, false, 7)); /* nothing of it is shown before a KEY unit */
    assert_true(seam_status(&s, 9, 300));
}

static void in_another_order(void **state)
{
    (void)state;
    struct seam s = in_epoch_4();
    assert_true(seam_unit(&s, 5, false, 1));
    assert_false(seam_unit(&s, 4, false, 4));
    assert_false(seam_unit(&s, 4, true, 5));
    s = in_epoch_4();
    assert_true(seam_status(&s, 5, 103));
    assert_true(seam_status(&s, 4, 100)); /* late, and not the newest word */
    assert_true(seam_unit(&s, 5, false, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_missing),       cmocka_unit_test(the_end_is_missing),
        cmocka_unit_test(a_key_unit_needs_nothing), cmocka_unit_test(without_status),
        cmocka_unit_test(in_another_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
