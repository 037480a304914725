/*
 * Property 18 of e2e.md 15: the suite cannot be lowered.
 */
#include "tests/unit/seal/world.h"

/* Seen to fail: outer_type does not compare the suite: E_AUTH where E_SUITE should be;
   derive_join_context without M0: the joiner goes on. */
static void p18_edited_m0(void **state)
{
    static const struct {
        size_t at;
        uint8_t to;
        unsigned code;
    } cases[] = {
        {0, 2, E_VERSION}, {1, 2, E_PARSE}, {3, 2, E_SUITE}, {2, 1, E_SUITE},  {4, 0, E_AUTH},
        {4, 2, E_PARSE},   {5, 2, E_AUTH},  {5, 3, E_PARSE}, {6, 1, E_AUTH},   {6, 2, E_IDENTITY},
        {6, 4, E_PARSE},   {7, 1, E_AUTH},  {8, 0, E_AUTH},  {40, 2, E_POINT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world w;
        world_init(&w, WORLD_PASSWORD, false);
        w.m0[cases[i].at] = cases[i].at == 8 ? (uint8_t)(w.m0[8] ^ 1) : cases[i].to;
        struct world_peer *p = world_join_with(&w, WORLD_PASSWORD, NULL);
        assert_true(p->ended && !p->welcomed);
        assert_int_equal(p->code, cases[i].code);
        world_finish(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p18_edited_m0),
    };
    return cmocka_run_group_tests_name("p18_suite", tests, world_group_setup, world_group_teardown);
}
