/* `vitrine policy ...`: see policy_cmd.h. */
#include "broker/policy_cmd.h"
#include "broker/conf.h"
#include "broker/options.h"
#include "lib/policy_show.h"
#include "lib/start.h"
#include <stdio.h>
#include <string.h>

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

static bool is_about(const struct conf_key *key, const char *action)
{
    size_t n = strlen(action);
    for (const char *at = key->about; (at = strstr(at, action)); at += n)
        if ((at == key->about || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

/* The organisation's keys that narrow it, with the line that says so. */
static void explain_conf(const struct conf *conf, const char *action)
{
    printf("Keys of the organisation's policy about it (/etc/vitrine%s)\n",
           conf->is_signed ? ", signed" : "");
    for (size_t i = 0; conf_key(i); i++) {
        const struct conf_key *key = conf_key(i);
        char value[CONF_VALUE];
        if (!is_about(key, action))
            continue;
        conf_value(conf, i, value, sizeof value);
        printf("    %s = %s\n        %s\n        %s\n", key->name, value, key->meaning,
               conf->place[i][0] ? conf->place[i] : "no file says so: the default");
    }
}

static int explain(const char *action)
{
    struct conf conf;
    char error[KEYFILE_ERROR] = "its own programs cannot be found; install it again";
    if (start_init() != 0 || !conf_load(&conf, error)) {
        fprintf(stderr, "vitrine: %s\n", error);
        return EXIT_POLICY;
    }
    if (policy_explain(stdout, action) == 0) {
        explain_conf(&conf, action);
        return 0;
    }
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
