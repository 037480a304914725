/* vitrine: the broker. Reads the command line and hands over to one command. */
#include "broker/app.h"
#include "broker/audit_cmd.h"
#include "broker/doctor.h"
#include "broker/fonts.h"
#include "broker/identity_cmd.h"
#include "broker/options.h"
#include "broker/policy_cmd.h"
#include "broker/protect.h"
#include "broker/relay_cmd.h"
#include "broker/stop_cmd.h"
#include "policy_tables.h"
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

static int run_window(const struct options *o)
{
    static struct app app;
    int status = app_init(&app, o);
    if (status == 0)
        status = app_run(&app);
    app_finish(&app);
    return o->link_wrong ? EXIT_USAGE : status;
}

static int run_doctor(const struct options *o)
{
    static const struct doctor_needs needs = {.open_fonts = fonts_open};
    return doctor_command(o->json, &needs, doctor_display());
}

static int run_audit(const struct options *o)
{
    const char *why;
    if (o->command == COMMAND_AUDIT_CATALOGUE)
        return audit_cmd_catalogue(stdout);
    if (o->command == COMMAND_AUDIT_SHOW)
        return audit_cmd_show(o->argument, stdout);
    if (o->command == COMMAND_AUDIT_RECEIPT)
        return audit_cmd_receipt(o->argument, o->session, stdout);
    if (o->command == COMMAND_AUDIT_SESSIONS)
        return audit_cmd_sessions(o->argument, stdout);
    if (o->command == COMMAND_AUDIT_EXPORT)
        return audit_cmd_export(o->argument, o->format, stdout);
    if (protect_possible(&why) && start_init() == 0)
        return o->command == COMMAND_AUDIT_KEY ? audit_cmd_key(o->argument, stdout)
                                               : audit_cmd_verify(o->argument, o->key, stdout);
    fprintf(stderr,
            "vitrine: its workers cannot be locked in on this computer; nothing was done\n");
    return 5;
}

static int run_identity(const struct options *o)
{
    const char *why;
    if (protect_possible(&why) && start_init() == 0)
        return o->command == COMMAND_IDENTITY_NEW ? identity_cmd_new(o->ed25519, stdout)
                                                  : identity_cmd_show(stdout);
    fprintf(stderr,
            "vitrine: its workers cannot be locked in on this computer; nothing was done\n");
    return 5;
}

static int run_version(const struct options *o)
{
    (void)o;
    printf("%s\npolicy %s\n", app_version, policy_hash);
    return 0;
}

static int run_help(const struct options *o)
{
    (void)o;
    options_print_help();
    return 0;
}

typedef int (*command)(const struct options *o);

static const command commands[] = {
    [COMMAND_HOME] = run_window,
    [COMMAND_HOST] = run_window,
    [COMMAND_JOIN] = run_window,
    [COMMAND_RELAY] = relay_cmd,
    [COMMAND_STOP] = stop_cmd,
    [COMMAND_DOCTOR] = run_doctor,
    [COMMAND_POLICY_SHOW] = policy_cmd,
    [COMMAND_POLICY_CHECK] = policy_cmd,
    [COMMAND_POLICY_EXPLAIN] = policy_cmd,
    [COMMAND_AUDIT_SHOW] = run_audit,
    [COMMAND_AUDIT_VERIFY] = run_audit,
    [COMMAND_AUDIT_KEY] = run_audit,
    [COMMAND_AUDIT_EXPORT] = run_audit,
    [COMMAND_AUDIT_RECEIPT] = run_audit,
    [COMMAND_AUDIT_SESSIONS] = run_audit,
    [COMMAND_AUDIT_CATALOGUE] = run_audit,
    [COMMAND_IDENTITY_NEW] = run_identity,
    [COMMAND_IDENTITY_SHOW] = run_identity,
    [COMMAND_VERSION] = run_version,
    [COMMAND_HELP] = run_help,
};

/* Standard output keeps back what it is given; what could not be written was not said. */
static bool was_written(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    fputs("vitrine: standard output cannot be written\n", stderr);
    return false;
}

/* The kernel lets nobody pass a descriptor on while more of this user's are under way than whoever
   passes it may have open (unix(7)). Desktops start programs with 1,024 and let them have more;
   what is started from here and passes none on takes less again. */
static void may_pass_on(void)
{
    struct rlimit open_files;
    if (getrlimit(RLIMIT_NOFILE, &open_files) != 0)
        return;
    open_files.rlim_cur = open_files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &open_files); /* else it has what it had */
}

int main(int argc, char **argv)
{
    struct options o;
    may_pass_on();
    signal(SIGUSR1, SIG_IGN); /* `vitrine stop` may come early, or mean another of our commands */
    int status = options_parse(argc, argv, &o);
    if (status == 0)
        status = commands[o.command](&o);
    if (!was_written() && status == 0)
        status = 1;
    if (o.invite)
        invite_wipe(o.invite);
    return status;
}
