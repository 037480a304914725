/* lib/policy_show and the generated tables: what a person is shown is complete, narrow, and says
 * what is so. */
#include "lib/policy_show.h"
#include "policy/limits.h"
#include "policy_tables.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the above first */
#include <cmocka.h>

static char *shown;
static size_t shown_len;

static int setup(void **state)
{
    (void)state;
    FILE *out = open_memstream(&shown, &shown_len);
    int result = out == NULL ? -1 : policy_show(out);
    return result + (out == NULL ? -1 : fclose(out));
}

static int teardown(void **state)
{
    (void)state;
    free(shown);
    return 0;
}

static void no_line_is_too_wide_or_ends_in_blanks(void **state)
{
    (void)state;
    for (const char *line = shown; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        if (len > 110 || (len > 0 && line[len - 1] == ' '))
            fail_msg("%.*s", (int)len, line);
        line += len + 1;
    }
}

static void every_row_is_shown(void **state)
{
    (void)state;
    assert_non_null(strstr(shown, policy_hash));
    assert_int_equal(strlen(policy_hash), 64);
    for (size_t i = 0; i < policy_n_messages; i++)
        assert_non_null(strstr(shown, policy_messages[i].name));
    for (size_t i = 0; i < policy_n_limits; i++)
        assert_non_null(strstr(shown, policy_limits[i].name));
    for (size_t i = 0; i < policy_n_calls; i++)
        assert_non_null(strstr(shown, policy_calls[i].call));
    for (size_t i = 0; i < policy_n_requests; i++)
        assert_non_null(strstr(shown, policy_requests[i].request));
    for (size_t i = 0; i < policy_n_events; i++)
        assert_non_null(strstr(shown, policy_events[i].name));
}

static void limits_are_the_compiled_ones(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t value;
    } some[] = {{"MAX_DATAGRAM", MAX_DATAGRAM}, {"MAX_FDS", MAX_FDS}, {"GUARD_MS", GUARD_MS}};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        bool found = false;
        for (size_t l = 0; l < policy_n_limits; l++)
            if (strcmp(policy_limits[l].name, some[i].name) == 0)
                found = policy_limits[l].value == some[i].value && policy_limits[l].why[0] != '\0';
        assert_true(found);
    }
}

/* The table of architecture 4, written out once more: a slip in roles.def shows here. */
static void who_may_do_what(void **state)
{
    (void)state;
    static const struct {
        enum right right;
        bool organizer, presenter, participant;
    } table[] = {
        {RIGHT_VIEW, true, true, true},    {RIGHT_PRESENT, false, true, false},
        {RIGHT_ADMIT, true, false, false}, {RIGHT_REMOVE, true, false, false},
        {RIGHT_LOCK, true, false, false},  {RIGHT_HAND_OVER, true, false, false},
        {RIGHT_GRANT, false, true, false}, {RIGHT_CONTROL, true, false, true},
        {RIGHT_CHAT, true, true, true},    {RIGHT_END, true, false, false},
    };
    assert_int_equal(sizeof table / sizeof *table, RIGHTS);
    for (size_t i = 0; i < RIGHTS; i++) {
        assert_int_equal(role_may(ROLE_ORGANIZER, table[i].right), table[i].organizer);
        assert_int_equal(role_may(ROLE_PRESENTER, table[i].right), table[i].presenter);
        assert_int_equal(role_may(ROLE_PARTICIPANT, table[i].right), table[i].participant);
    }
    assert_false(role_may((enum session_role)ROLES, RIGHT_VIEW));
    assert_false(role_may(ROLE_ORGANIZER, (enum right)RIGHTS));
    assert_false(role_may((enum session_role) - 1, RIGHT_VIEW));
}

static void an_action_is_explained(void **state)
{
    (void)state;
    char *text;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    assert_int_equal(policy_explain(out, "admit"), 0);
    assert_int_equal(policy_explain(out, "fly"), -1);
    assert_int_equal(errno, EINVAL);
    fclose(out);
    assert_non_null(strstr(text, "policy/roles.def:"));
    assert_non_null(strstr(text, "organizer"));
    assert_null(strstr(text, "participant"));
    assert_non_null(strstr(text, "SEAL_ADMIT"));
    free(text);
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    FILE *full = fopen("/dev/full", "we");
    assert_non_null(full);
    assert_int_equal(policy_show(full), -1);
    fclose(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_is_too_wide_or_ends_in_blanks),
        cmocka_unit_test(every_row_is_shown),
        cmocka_unit_test(limits_are_the_compiled_ones),
        cmocka_unit_test(who_may_do_what),
        cmocka_unit_test(an_action_is_explained),
        cmocka_unit_test(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
