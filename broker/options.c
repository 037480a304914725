/* The command line. Run by the broker first of all; distrusts argv, which a vitrine:// handler may
   have filled: only `join INVITATION` takes a link, and nothing of a link but relay, number and
   secrets is looked at. */
#include "broker/options.h"
#include "lib/text.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

struct parser {
    int argc, at;
    char **argv;
    struct options *out;
};

static const char help[] =
    "vitrine                              the home window\n"
    "vitrine host  [--name N] [--relay RELAY | --listen ADDR[:PORT]] [--password-file F | "
    "--no-password]\n"
    "              [--lossless] [--events | --events-chat]\n"
    "vitrine join  [INVITATION | NUMBER] [--relay RELAY] [--name N] [--password-file F]\n"
    "              [--events | --events-chat]\n"
    "vitrine relay [--listen ADDR[:PORT]] [--cert F --key F] [--metrics ADDR:PORT] [--config F]\n"
    "              [--log F] [--events]\n"
    "vitrine stop                         end remote control and sharing of my sessions, now\n"
    "vitrine doctor [--json]              what this machine can enforce, and what the running "
    "processes really hold\n"
    "vitrine policy show | check F | explain [ACTION | KEY]\n"
    "vitrine audit  show F | verify [--key K] F | export --format json|cef F |\n"
    "               key F | sessions F | receipt [--session N] F | catalogue\n"
    "vitrine identity new [--ed25519] | show   the key that others know you by\n"
    "vitrine --version\n"
    "\n"
    "RELAY is HOST[:PORT][/PIN]. Exit status: 0 ended properly, 2 usage, 3 refused or removed,\n"
    "4 no connection or cut, 5 this machine cannot enforce the sandbox or has no usable display,\n"
    "6 policy forbids.\n";

void options_print_help(void)
{
    fputs(help, stdout);
}

static int usage(const char *what, const char *which)
{
    fprintf(stderr, "vitrine: %s%s", what, which ? " " : "");
    for (const char *c = which; c && *c && c - which < 80; c++)
        fputc(*c < 0x20 || *c > 0x7e ? '?' : *c, stderr);
    fputs("; `vitrine --help` shows what there is\n", stderr);
    return EXIT_USAGE;
}

/* The next word; NULL at the end. */
static const char *next(struct parser *p)
{
    return p->at < p->argc ? p->argv[p->at++] : NULL;
}

/* --- one function for each option: 0 or exit status --- */

static int take_name(struct options *o, const char *value)
{
    size_t len = strlen(value);
    if (len < 1 || len > MAX_NAME || !text_valid((const uint8_t *)value, len))
        return usage("--name takes 1 to 64 bytes of text without control characters", NULL);
    o->name = value;
    return 0;
}

static int take_relay(struct options *o, const char *value)
{
    o->has_relay = true;
    return invite_parse_relay(value, &o->relay)
               ? 0
               : usage("--relay takes HOST[:PORT][/PIN], not", value);
}

/* ":PORT" and "PORT" alone are refused: an address is named, or all are meant by leaving --listen
 * away. */
static int take_listen(struct options *o, const char *value)
{
    o->has_listen = true;
    return invite_parse_listen(value, &o->listen) ? 0
                                                  : usage("--listen takes ADDR[:PORT], not", value);
}

static bool is_loopback(const char *address)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, address, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

/* Whatever is asked there is answered: it is for this machine only. A name could mean another. */
static int take_metrics(struct options *o, const char *value)
{
    const char *bracket = strrchr(value, ']');
    bool port = strchr(bracket ? bracket : value, ':') != NULL;
    o->has_metrics = true;
    return port && invite_parse_listen(value, &o->metrics) && is_loopback(o->metrics.host)
               ? 0
               : usage("--metrics takes a loopback address and a port, such as 127.0.0.1:9100, not",
                       value);
}

static int take_format(struct options *o, const char *value)
{
    o->format = value;
    return strcmp(value, "json") == 0 || strcmp(value, "cef") == 0
               ? 0
               : usage("--format takes json or cef, not", value);
}

#define FOR(command) (1u << (command))
#define AT(field) offsetof(struct options, field)

static const struct option {
    const char *name;
    bool has_value;
    unsigned commands; /* bits: where it may stand */
    int (*take)(struct options *, const char *);
    size_t at; /* where the value, or true, is kept when there is nothing to take it apart */
} options[] = {
    {"--name", true, FOR(COMMAND_HOST) | FOR(COMMAND_JOIN), take_name, 0},
    {"--relay", true, FOR(COMMAND_HOST) | FOR(COMMAND_JOIN), take_relay, 0},
    {"--listen", true, FOR(COMMAND_HOST) | FOR(COMMAND_RELAY), take_listen, 0},
    {"--password-file", true, FOR(COMMAND_HOST) | FOR(COMMAND_JOIN), NULL, AT(password_file)},
    {"--no-password", false, FOR(COMMAND_HOST), NULL, AT(no_password)},
    {"--lossless", false, FOR(COMMAND_HOST), NULL, AT(lossless)},
    {"--events", false, FOR(COMMAND_HOST) | FOR(COMMAND_JOIN) | FOR(COMMAND_RELAY), NULL,
     AT(events)},
    {"--events-chat", false, FOR(COMMAND_HOST) | FOR(COMMAND_JOIN), NULL, AT(events_chat)},
    {"--cert", true, FOR(COMMAND_RELAY), NULL, AT(cert)},
    {"--key", true, FOR(COMMAND_RELAY) | FOR(COMMAND_AUDIT_VERIFY), NULL, AT(key)},
    {"--metrics", true, FOR(COMMAND_RELAY), take_metrics, 0},
    {"--config", true, FOR(COMMAND_RELAY), NULL, AT(config)},
    {"--log", true, FOR(COMMAND_RELAY), NULL, AT(log)},
    {"--format", true, FOR(COMMAND_AUDIT_EXPORT), take_format, 0},
    {"--session", true, FOR(COMMAND_AUDIT_RECEIPT), NULL, AT(session)},
    {"--ed25519", false, FOR(COMMAND_IDENTITY_NEW), NULL, AT(ed25519)},
    {"--json", false, FOR(COMMAND_DOCTOR), NULL, AT(json)},
};
#define N_OPTIONS (sizeof options / sizeof options[0])

static const struct word {
    const char *first, *second; /* second NULL: a command of one word */
    enum options_command command;
    const char *argument; /* name of the one it needs, "": one that may be there, NULL: none */
} words[] = {
    {"host", NULL, COMMAND_HOST, NULL},
    {"join", NULL, COMMAND_JOIN, NULL},
    {"relay", NULL, COMMAND_RELAY, NULL},
    {"stop", NULL, COMMAND_STOP, NULL},
    {"doctor", NULL, COMMAND_DOCTOR, NULL},
    {"policy", "show", COMMAND_POLICY_SHOW, NULL},
    {"policy", "check", COMMAND_POLICY_CHECK, "a file"},
    {"policy", "explain", COMMAND_POLICY_EXPLAIN, ""},
    {"audit", "show", COMMAND_AUDIT_SHOW, "a log file"},
    {"audit", "verify", COMMAND_AUDIT_VERIFY, "a log file"},
    {"audit", "key", COMMAND_AUDIT_KEY, "a log file"},
    {"audit", "export", COMMAND_AUDIT_EXPORT, "a log file"},
    {"audit", "receipt", COMMAND_AUDIT_RECEIPT, "a log file"},
    {"audit", "sessions", COMMAND_AUDIT_SESSIONS, "a log file"},
    {"audit", "catalogue", COMMAND_AUDIT_CATALOGUE, NULL},
    {"identity", "new", COMMAND_IDENTITY_NEW, NULL},
    {"identity", "show", COMMAND_IDENTITY_SHOW, NULL},
    {"--version", NULL, COMMAND_VERSION, NULL},
    {"--help", NULL, COMMAND_HELP, NULL},
    {"-h", NULL, COMMAND_HELP, NULL},
};
#define N_WORDS (sizeof words / sizeof words[0])

static int take_value(const struct option *o, struct options *out, const char *value)
{
    void *at = (char *)out + o->at;
    if (o->take)
        return o->take(out, value);
    if (o->has_value)
        *(const char **)at = value;
    else
        *(bool *)at = true;
    return 0;
}

static int take_option(struct parser *p, const char *name, uint32_t *seen)
{
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const struct option *o = &options[i];
        if (strcmp(o->name, name) != 0)
            continue;
        if (!(o->commands & FOR(p->out->command)))
            return usage("this command does not take", name);
        if (*seen & 1u << i)
            return usage("given twice:", name);
        *seen |= 1u << i;
        const char *value = o->has_value ? next(p) : "";
        return value ? take_value(o, p->out, value) : usage("a value is missing after", name);
    }
    return usage("no such option:", name);
}

static void forget_secret(char *word)
{
    char *secret = strchr(word, '#');
    if (secret)
        explicit_bzero(secret, strlen(secret));
}

/* Not repeated: it may be an invitation with a slip in it, and hold the password. */
static int no_session(void)
{
    return usage("join takes an invitation or a session number of nine digits", NULL);
}

static bool is_link(const char *word)
{
    return strncasecmp(word, "vitrine:", 8) == 0;
}

/* All of it goes: the window that says so may stay open for long. */
static int refuse_link(struct parser *p, const char *word)
{
    char *given = p->argv[p->at - 1];
    p->out->link_wrong = invite_wrong(word);
    explicit_bzero(given, strlen(given));
    no_session();
    return 0;
}

/* An invitation, or a number; a number may come as three words. */
static int take_session(struct parser *p, const char *word)
{
    struct options *o = p->out;
    if (o->has_sid || o->link_wrong)
        return usage("more than one session", NULL);
    o->has_invite = invite_parse(word, o->invite);
    if (!o->has_invite && is_link(word))
        return refuse_link(p, word);
    o->has_sid = true;
    forget_secret(p->argv[p->at - 1]);
    if (o->has_invite)
        return 0;
    char number[16];
    int n = snprintf(number, sizeof number, "%s", word);
    while (n > 0 && n < 9 && p->at < p->argc && p->argv[p->at][0] != '-')
        n += snprintf(number + n, sizeof number - (size_t)n, " %s", next(p));
    if (n > 0 && n < (int)sizeof number && invite_parse_number(number, o->invite->sid))
        return 0;
    return no_session();
}

static int take_rest(struct parser *p, const char *argument)
{
    uint32_t seen = 0;
    const char *word;
    int status = 0;
    while (!status && (word = next(p))) {
        if (word[0] == '-' && word[1] == '-')
            status = take_option(p, word, &seen);
        else if (p->out->command == COMMAND_JOIN)
            status = take_session(p, word);
        else if (argument && !p->out->argument)
            p->out->argument = word;
        else
            status = usage("not understood:", word);
    }
    if (!status && argument && argument[0] && !p->out->argument)
        return usage("this command needs", argument);
    return status;
}

static int check_combination(const struct options *o)
{
    if (o->command == COMMAND_HOST && o->has_relay && o->has_listen)
        return usage("--relay and --listen exclude each other", NULL);
    if (o->password_file && o->no_password)
        return usage("--password-file and --no-password exclude each other", NULL);
    if (o->command == COMMAND_AUDIT_EXPORT && !o->format)
        return usage("audit export needs --format json or --format cef", NULL);
    if (o->command == COMMAND_RELAY && (o->cert != NULL) != (o->key != NULL))
        return usage("--cert and --key go together", NULL);
    if (o->has_invite && o->has_relay)
        return usage("an invitation names its relay: --relay is too much", NULL);
    return 0;
}

static const struct word *find_command(struct parser *p)
{
    const char *first = next(p);
    bool known = false;
    for (size_t i = 0; i < N_WORDS; i++) {
        if (strcmp(words[i].first, first) != 0)
            continue;
        known = true;
        if (!words[i].second)
            return &words[i];
        if (p->at < p->argc && strcmp(words[i].second, p->argv[p->at]) == 0) {
            p->at++;
            return &words[i];
        }
    }
    if (known && p->at < p->argc)
        usage("not understood:", p->argv[p->at]);
    else
        usage(known ? "one word more is needed after" : "no such command:", first);
    return NULL;
}

/* The launcher and the watcher are forked before anything is decided: a link's password is not
   theirs. */
static struct invite *secret_place(void)
{
    static struct invite *place;
    if (place)
        return place;
    void *page =
        mmap(NULL, sizeof *place, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED || madvise(page, sizeof *place, MADV_WIPEONFORK) != 0)
        return NULL;
    return place = page;
}

int options_parse(int argc, char **argv, struct options *out)
{
    memset(out, 0, sizeof *out);
    out->invite = secret_place();
    if (!out->invite)
        return usage("no memory", NULL);
    memset(out->invite, 0, sizeof *out->invite);
    struct parser p = {.argc = argc, .at = 1, .argv = argv, .out = out};
    if (argc <= 1)
        return 0;
    const struct word *word = find_command(&p);
    if (!word)
        return EXIT_USAGE;
    out->command = word->command;
    int status = take_rest(&p, word->argument);
    out->events = out->events || out->events_chat;
    return status ? status : check_combination(out);
}
