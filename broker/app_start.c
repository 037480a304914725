/*
 * The broker's start and end: what is opened, in which order, and what is refused with one line and
 * which exit status. The order matters: the launcher is forked while nothing is known yet, the
 * broker's own filter is on before anything foreign is read.
 */
#include "broker/actions.h"
#include "broker/app.h"
#include "broker/fonts.h"
#include "broker/kill.h"
#include "broker/line.h"
#include "broker/looks.h"
#include "broker/prefs.h"
#include "broker/protect.h"
#include "broker/record.h"
#include "broker/stuck.h"
#include "lib/text.h"
#include "lib/turns.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_UNSAFE = 5, EXIT_POLICY = 6 };

static int refuse(int status, const char *what, const char *todo)
{
    fprintf(stderr, "vitrine: %s; %s\n", what, todo);
    return status;
}

static int confine(struct app *a)
{
    const char *why;
    if (!protect_possible(&why)) {
        fprintf(stderr, "vitrine: %s\n", why);
        return EXIT_UNSAFE;
    }
    if (start_init() != 0)
        return refuse(EXIT_UNSAFE, "its own programs cannot be found", "install it again");
    if (launcher_fork(&a->launcher) != 0)
        return refuse(EXIT_UNSAFE, "a process could not be started",
                      "end other programs and try again");
    turns_ask_early(0); /* what a key goes through, and what takes control back */
    if (hotkey_fork(&a->hotkey) != 0)
        return refuse(EXIT_UNSAFE, "the kill switch could not be started",
                      "end other programs and try again");
    if (protect_broker() != 0)
        return refuse(EXIT_UNSAFE, "this computer does not let it lock itself in",
                      "a newer kernel is needed");
    return 0;
}

/* ... because of that key. */
static int forbid(const struct app *a, const char *key, const char *what, const char *todo)
{
    fprintf(stderr, "vitrine: this organisation %s; %s%s\n", what, todo, conf_cause(&a->conf, key));
    return EXIT_POLICY;
}

static int policy_says_no(const struct app *a)
{
    const struct options *o = a->options;
    struct relay_name relay;
    if (a->conf.password_required && o->no_password)
        return forbid(a, "password_required", "demands a password", "leave --no-password out");
    const char *no_own = conf_forbids_own_relay(&a->conf);
    if (o->command == COMMAND_HOST && !line_default_relay(a, &relay) && no_own)
        return forbid(a, no_own, "forbids a relay of one's own", "name a relay with --relay");
    if (o->has_invite)
        relay = o->invite->relay;
    if ((o->has_invite || line_default_relay(a, &relay)) && !conf_allows_relay(&a->conf, &relay))
        return forbid(a, "relays", "does not allow that relay", "ask for the name of theirs");
    if (a->conf.identity_required && (o->command == COMMAND_HOST || o->command == COMMAND_JOIN) &&
        (!a->settings.identity || !identity_exists()))
        return forbid(a, "identity_required", "demands that everybody shows an identity",
                      "make one with `vitrine identity new`");
    if (o->command == COMMAND_HOST && a->given_password.len &&
        a->given_password.len < (size_t)a->conf.password_minimum)
        return forbid(a, "password_minimum", "demands a longer password", "choose another one");
    return 0;
}

static int read_rules(struct app *a)
{
    char error[KEYFILE_ERROR];
    const char *why;
    struct relay_name relay;
    if (!conf_load(&a->conf, error)) {
        fprintf(stderr, "vitrine: %s\n", error);
        return EXIT_POLICY;
    }
    if (!settings_load(&a->settings, error) || !known_load(&a->identities.known, error)) {
        fprintf(stderr, "vitrine: %s\n", error);
        return 2;
    }
    settings_keep_read(&a->settings_keep);
    if (a->options->password_file &&
        (why = words_read_file(a->options->password_file, &a->given_password))) {
        fprintf(stderr, "vitrine: %s: %s\n", a->options->password_file, why);
        return 2;
    }
    if (a->options->has_sid && !a->options->has_invite && !line_default_relay(a, &relay))
        return refuse(2, "a number alone does not say where the session is",
                      "name its relay with --relay, or join by the invitation");
    return policy_says_no(a);
}

static void choose_name(struct app *a)
{
    const char *user = getenv("USER");
    const char *name = a->options->name ? a->options->name : a->settings.name;
    if (!*name && user && text_valid((const uint8_t *)user, strlen(user)))
        name = user;
    snprintf(a->my_name, sizeof a->my_name, "%s",
             *name && strlen(name) <= MAX_NAME ? name : "Guest");
}

static int open_files(struct app *a)
{
    a->anchors = open("/etc/ssl/certs/ca-certificates.crt", O_RDONLY | O_CLOEXEC);
    a->n_fonts = fonts_open(a->fonts, MAX_FDS);
    if (a->n_fonts == 0)
        return refuse(EXIT_UNSAFE, "the font Inter is not installed",
                      "install the package fonts-inter");
    return 0;
}

/* --- signals */

static void on_signal(void *ctx, short revents)
{
    struct app *a = ctx;
    struct signalfd_siginfo info;
    (void)revents;
    while (read(a->signals, &info, sizeof info) == (ssize_t)sizeof info)
        app_event_kind(a, info.ssi_signo == SIGUSR1 || info.ssi_signo == SIGTSTP ? EV_STOP_ALL
                                                                                 : EV_QUIT);
}

/* Ctrl+Z must not leave a broker that stands still in front of workers that go on showing the
   screen: it stops what is shared instead, and a terminal in the way stops nothing. */
static int watch_signals(struct app *a)
{
    static const int watched[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGTSTP};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof watched / sizeof watched[0]; i++)
        sigaddset(&set, watched[i]);
    sigprocmask(SIG_BLOCK, &set, NULL); /* first: `vitrine stop` may come right now */
    for (size_t i = 0; i < sizeof watched / sizeof watched[0]; i++)
        signal(watched[i], SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTTIN, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    a->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return a->signals >= 0 && loop_add(&a->loop, a->signals, NULL, on_signal, a) ? 0 : -1;
}

/* poll tells of a reader that is gone again and again; the next line finds out and says so. */
static void on_events_writable(void *ctx, short revents)
{
    struct app *a = ctx;
    if (revents & (POLLERR | POLLHUP | POLLNVAL))
        loop_remove(&a->loop, STDOUT_FILENO);
    events_flush(NULL, revents);
}

/* --- windows and heart */

static int display_fails(struct app *a, const char *why)
{
    snprintf(a->detail, sizeof a->detail, "%s", why);
    record_tell_fault(a, FAULT_D_WAY, 0); /* says it on standard error too */
    return EXIT_UNSAFE;
}

static int open_display(struct app *a)
{
    const char *what = NULL;
    return display_open(&a->display, &what) == DISPLAY_OK ? 0 : display_fails(a, what);
}

static int open_windows(struct app *a)
{
    struct windows_calls calls;
    actions_fill(a, &calls);
    looks_apply(&a->model, &a->settings, &a->display.desktop, looks_locale());
    stuck_begin();
    a->windows = windows_create(&a->display, &a->loop, &a->model, &calls);
    stuck_end();
    if (stuck_was()) {
        windows_destroy(a->windows);
        a->windows = NULL;
        return display_fails(a, display_error_text(DISPLAY_SILENT));
    }
    if (a->windows)
        windows_never(a->windows, &a->conf.never_share, &a->settings.never_share);
    return a->windows ? 0
                      : refuse(EXIT_UNSAFE, "no memory for its windows",
                               "end other programs and try again");
}

static void set_rules(struct app *a)
{
    const struct conf *c = &a->conf;
    struct session_rules rules = {
        .assistive = c->assistive_may_answer != 0,
        .newcomers_ask = c->newcomers_ask != 0,
        .share_whole = c->share_whole_screen != 0,
        .audit_mandatory = c->audit_mandatory != 0,
        .control = c->control && !display_cannot_control(&a->display),
        .control_cannot = c->control && display_cannot_control(&a->display),
        .share_cannot = a->display.wayland,
        .control_for = (uint8_t)c->control_for,
        .two_people = (uint8_t)c->control_two_people,
        .control_longest = (uint16_t)c->control_longest,
        .largest = (uint16_t)(c->largest_session ? c->largest_session : MAX_MEMBERS),
        .idle_min = (uint16_t)c->idle_end,
        .admission = (uint8_t)c->admission,
    };
    session_init(&a->session, &rules);
    windows_assistive(a->windows, rules.assistive);
}

/* What the command line asked for; a link or a number alone only fills in the form. */
static struct session_event first_event(struct app *a)
{
    const struct options *o = a->options;
    struct session_event ev = {.kind = EV_BOOT, .intent = INTENT_NONE};
    if (o->command == COMMAND_HOST && !a->asks_password) {
        if (line_prepare_host(a) != 0)
            app_abort("the kernel gives no random bytes");
        ev.intent = INTENT_HOST;
        ev.flag = a->own_relay;
        ev.flag2 = prefs_lobby(a);
        ev.code = !a->line.to.has_password;
    } else if (o->command == COMMAND_JOIN && (o->has_invite || o->has_sid)) {
        struct invite to = *o->invite;
        if (!o->has_invite)
            line_default_relay(a, &to.relay);
        line_use_invite(a, &to);
        invite_wipe(&to);
        invite_wipe(o->invite);
        if (a->given_password.len) {
            line_use_password(a, &a->given_password);
            words_wipe(&a->given_password);
            line_may_try(a);
            ev.intent = INTENT_JOIN;
        } else {
            a->line.from_link = true;
        }
    }
    return ev;
}

int app_init(struct app *a, const struct options *options)
{
    int status;
    memset(a, 0, sizeof *a);
    a->options = options;
    a->line.socket = a->anchors = a->signals = a->conf.authorities = -1;
    prefs_init(a);
    pins_init(a);
    locker_init(a);
    if ((status = confine(a)) != 0 || (status = read_rules(a)) != 0)
        return status;
    choose_name(a);
    loop_init(&a->loop);
    if (options->events && events_init(STDOUT_FILENO))
        loop_add(&a->loop, STDOUT_FILENO, events_want, on_events_writable, a);
    if ((status = open_files(a)) != 0 || (status = open_display(a)) != 0 ||
        (status = open_windows(a)) != 0)
        return status;
    if (watch_signals(a) != 0 || launcher_attach(&a->launcher, &a->loop) != 0 ||
        kill_attach(a) != 0 ||
        workers_init(&a->workers, &a->loop, &a->launcher, record_worker, a) != 0)
        return refuse(EXIT_UNSAFE, "its parts could not be put together", "start it again");
    a->workers.require_namespaces = a->conf.namespaces_required != 0;
    set_rules(a);
    people_init(&a->people);
    a->asks_password = options->command == COMMAND_HOST && !prefs_password_known(a);
    app_event(a, first_event(a));
    return 0;
}

void app_finish(struct app *a)
{
    workers_kill_all(&a->workers, "the program ends");
    hotkey_finish(&a->hotkey);
    pins_finish(a);
    if (settings_keep_busy(&a->settings_keep))
        fprintf(stderr, "vitrine: the settings are not kept: the disk is too slow\n");
    settings_keep_finish(&a->settings_keep);
    launcher_finish(&a->launcher);
    windows_destroy(a->windows);
    display_close(&a->display);
    line_finish(a);
    words_wipe(&a->given_password);
    words_wipe(&a->chosen.password);
    for (unsigned i = 0; i < a->n_fonts; i++)
        close(a->fonts[i]);
    conf_finish(&a->conf);
    if (a->anchors >= 0)
        close(a->anchors);
    if (a->signals >= 0)
        close(a->signals);
    events_finish(500);
}
