/* `vitrine policy ...`: see policy_cmd.h. */
#include "broker/policy_cmd.h"
#include "broker/conf.h"
#include "broker/options.h"
#include "lib/policy_show.h"
#include <stdio.h>

enum { EXIT_USAGE = 2, EXIT_POLICY = 6 };

static int check(const char *file)
{
    struct conf conf;
    char error[KEYFILE_ERROR];
    if (!conf_check(file, &conf, error)) {
        fprintf(stderr, "vitrine: %s\n", error);
        return EXIT_POLICY;
    }
    printf("%s: in order; it can be put into /etc/vitrine/\n", file);
    return 0;
}

static int explain(const char *action)
{
    if (policy_explain(stdout, action) == 0)
        return 0;
    fprintf(stderr, "vitrine: no action %s; `vitrine policy show` lists them\n", action);
    return EXIT_USAGE;
}

int policy_cmd(const struct options *o)
{
    switch (o->command) {
    case COMMAND_POLICY_CHECK:
        return check(o->argument);
    case COMMAND_POLICY_EXPLAIN:
        return explain(o->argument);
    default:
        return policy_show(stdout) == 0 ? 0 : 1;
    }
}
