/* `vitrine policy ...`: see policy_cmd.h. */
#include "broker/policy_cmd.h"
#include "broker/conf.h"
#include "broker/options.h"
#include "lib/policy_show.h"
#include "lib/start.h"
#include "lib/text.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_POLICY = 6 };

static int refuse(const char *error)
{
    fprintf(stderr, "vitrine: %s\n", error);
    return EXIT_POLICY;
}

/* --- check --- */

static const char *plural(unsigned n)
{
    return n == 1 ? "" : "s";
}

/* Rules in a file of another name bind nobody, and whoever wrote them thinks they do. What is
   judged may be anybody's: its names go to a terminal. */
static void print_passed_over(const char *folder)
{
    char first[NAME_MAX + 1] = "";
    unsigned n = conf_passed_over(folder, first);
    if (n)
        printf("%s/conf.d/%s%s not read: a name there has to end in .conf\n", folder,
               text_valid((const uint8_t *)first, strlen(first)) ? first : "?",
               n > 1 ? " and others are" : " is");
}

static int check_folder(const char *folder)
{
    struct conf conf;
    struct conf_judged as;
    char error[KEYFILE_ERROR] = "its own programs cannot be found; install it again";
    if (start_init() != 0 || !conf_check_folder(folder, &conf, &as, error))
        return refuse(error);
    conf_finish(&conf);
    if (as.files == 0 && !as.installed) {
        fprintf(stderr,
                "vitrine: %s holds neither vitrine.conf nor conf.d/NAME.conf; a set is a folder "
                "made like /etc/vitrine\n",
                folder);
        return EXIT_POLICY;
    }
    printf("%s: in order as a whole: %u file%s in the order they are read, %s; whose they are was "
           "%s\n",
           folder, as.files, plural(as.files),
           as.pinned ? "rightly signed" : "signed by nobody (no policy.pub)",
           as.installed ? "judged, too" : "not judged");
    print_passed_over(folder);
    return 0;
}

static void print_among(const char *file, const struct conf_judged *as)
{
    printf("%s: in order by itself", file);
    if (as->files == 0)
        printf("; nothing else is installed in /etc/vitrine");
    else if (as->place[0])
        printf(", and as /etc/vitrine/%s with the %u other file%s there", as->place, as->files,
               plural(as->files));
    else
        printf(", and behind the %u file%s of /etc/vitrine", as->files, plural(as->files));
    if (!as->place[0])
        printf("; there its name has to end in .conf");
    if (as->pinned)
        printf("; the files there are signed as a whole: sign them anew");
    putchar('\n');
}

static int check_file(const char *file)
{
    struct conf conf;
    struct conf_judged as;
    char error[KEYFILE_ERROR] = "its own programs cannot be found; install it again";
    if (start_init() != 0 || !conf_check(file, &conf, error))
        return refuse(error);
    bool fits = conf_check_among(file, &conf, &as, error);
    conf_finish(&conf);
    if (!fits) {
        fprintf(stderr, "vitrine: %s is in order by itself, but not with what is installed: %s\n",
                file, error);
        return EXIT_POLICY;
    }
    print_among(file, &as);
    return 0;
}

static int check(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? check_folder(path) : check_file(path);
}

/* --- explain --- */

static bool is_about(const struct conf_key *key, const char *action)
{
    size_t n = strlen(action);
    for (const char *at = key->about; (at = strstr(at, action)); at += n)
        if ((at == key->about || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

/* What it says now, what follows from it, and which line says so. */
static void explain_key(const struct conf *conf, size_t i)
{
    const struct conf_key *key = conf_key(i);
    char value[CONF_VALUE];
    conf_value(conf, i, value, sizeof value);
    printf("    %s = %s\n        %s\n        %s\n        %s\n", key->name,
           value[0] ? value : "(nothing)", key->meaning, key->causes,
           conf->place[i][0] ? conf->place[i] : "built in: no file says so");
}

/* word NULL: all of them; an action: those that narrow it; else the one of that name. How many. */
static unsigned explain_keys(const struct conf *conf, const char *word, bool action)
{
    unsigned n = 0;
    for (size_t i = 0; conf_key(i); i++) {
        const struct conf_key *key = conf_key(i);
        if (word && strcmp(key->name, word) != 0 && !(action && is_about(key, word)))
            continue;
        if (n++ == 0)
            printf("Keys of the organisation's policy%s (/etc/vitrine%s)\n",
                   action ? " about it" : "", conf->is_signed ? ", signed" : "");
        explain_key(conf, i);
    }
    return n;
}

static int explain(const char *word)
{
    struct conf conf;
    char error[KEYFILE_ERROR] = "its own programs cannot be found; install it again";
    if (start_init() != 0 || !conf_load(&conf, error))
        return refuse(error);
    conf_finish(&conf);
    bool action = word && policy_explain(stdout, word) == 0;
    if (explain_keys(&conf, word, action) || action)
        return 0;
    fprintf(stderr,
            "vitrine: no action and no key %s; `vitrine policy explain` alone has every key, "
            "`vitrine policy show` the actions\n",
            word);
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
