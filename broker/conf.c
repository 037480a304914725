/* The keys of the organisation's policy, and how each tightens. Run by the broker before anything
   else; distrusts every byte of the files. */
#include "broker/conf.h"
#include "lib/fd.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind {
    KIND_NO,   /* yes or no; no is the tighter one */
    KIND_YES,  /* yes or no; yes is the tighter one */
    KIND_LESS, /* number; less is tighter */
    KIND_MORE, /* number or level; more is tighter */
    KIND_WHO,  /* anyone, verified, certified */
    KIND_RELAYS,
    KIND_NEVER, /* none, or names of programs; more is tighter */
    KIND_SINKS, /* none, or some of syslog and journal; more is tighter */
    KIND_PATH
};

/* One row for each key of that name in struct conf: how it tightens, from where to where, and how
   loose it is where no file names it. */
#define RULE(field, kind, least, most, loosest, about, values, meaning, causes)                    \
    {                                                                                              \
        {#field, values, meaning, causes, about}, kind, offsetof(struct conf, field), least, most, \
            loosest                                                                                \
    }
static const struct rule {
    struct conf_key key;
    enum kind kind;
    size_t at;
    int least, most, loosest;
} rules[] = {
    RULE(
        relays, KIND_RELAYS, 0, 0, 0, "view", "any, or RELAY RELAY ... (HOST[:PORT][/PIN])",
        "Relays that sessions may use; with a PIN only under that key.",
        "Over any other relay, one's own among them, or under another key, no session begins or is "
        "joined."),
    RULE(own_relay, KIND_NO, 0, 1, 1, "view", "yes or no",
         "Whether vitrine host may start a relay of its own.",
         "no: without a relay that is named no session begins."),
    RULE(password_required, KIND_YES, 0, 1, 0, "admit", "no or yes",
         "Whether every session needs a password.", "yes: no session begins without a password."),
    RULE(password_minimum, KIND_MORE, MIN_PASSWORD, MAX_PASSWORD, MIN_PASSWORD, "admit", "6 to 64",
         "Least length of a password that somebody makes up.",
         "With a shorter one no session begins."),
    RULE(admission, KIND_WHO, CONF_ANYONE, CONF_CERTIFIED, CONF_ANYONE, "admit",
         "anyone, verified or certified", "Whom an organizer may admit.",
         "Nobody else can be admitted, and everybody waits for it, whatever the settings say."),
    RULE(identity_required, KIND_YES, 0, 1, 0, "admit", "no or yes",
         "Whether every session needs identities: everybody in it shows a key or a certificate.",
         "yes: who shows neither is not let in, and joins nobody."),
    RULE(waiting_room_may_be_off, KIND_NO, 0, 1, 1, "admit", "yes or no",
         "Whether people may come in by password alone.",
         "no: everybody waits to be admitted, whatever the settings say."),
    RULE(newcomers_ask, KIND_YES, 0, 1, 0, "admit present", "no or yes",
         "Whether a newcomer pauses sharing until the presenter's own yes.",
         "yes: sharing pauses when somebody comes in whom another has let in."),
    RULE(share_whole_screen, KIND_NO, 0, 1, 1, "present grant", "yes or no",
         "Whether a screen, a monitor or most of one (three quarters) may be shared.",
         "no: only a window or a smaller part can be shared, and with that no control be given."),
    RULE(never_share, KIND_NEVER, 0, 0, 0, "present", "none, or NAME, NAME, ...",
         "Programs whose windows are never shown to others (WM_CLASS, instance or class).",
         "Their windows are hidden from what is shared, and cannot be picked."),
    RULE(control, KIND_NO, 0, 1, 1, "grant control", "yes or no",
         "Whether control of mouse and keyboard may be given.",
         "no: who asks for it is refused, and the owner is not asked."),
    RULE(control_longest, KIND_LESS, 1, 240, 240, "grant control", "1 to 240",
         "Longest time of control, in minutes.", "Then control ends; more time is another yes."),
    RULE(control_for, KIND_WHO, CONF_ANYONE, CONF_CERTIFIED, CONF_ANYONE, "grant control",
         "anyone, verified or certified", "Who may be given control.",
         "Anybody else who asks is refused, and the owner is not asked."),
    RULE(control_two_people, KIND_YES, 0, 1, 0, "grant control", "no or yes",
         "Whether control needs the organizer's yes besides the owner's.",
         "yes: without the organizer's yes the owner is not asked."),
    RULE(clipboard, KIND_NO, 0, 1, 1, "grant control", "yes or no",
         "Whether the clipboard may be passed on.",
         "Nothing more: this program passes on none, whatever stands here."),
    RULE(file_transfer, KIND_NO, 0, 1, 1, "", "yes or no", "Whether files may be passed on.",
         "Nothing more: this program passes on none, whatever stands here."),
    RULE(largest_session, KIND_LESS, 2, MAX_MEMBERS, MAX_MEMBERS, "admit", "2 to 1000",
         "Most people in a session, organizer included.", "Nobody else is let in."),
    RULE(idle_end, KIND_LESS, 1, 1440, 1440, "end", "1 to 1440",
         "Minutes without the owner's input after which a session ends.",
         "Nothing is shared any more, and everybody is told."),
    RULE(assistive_may_answer, KIND_NO, 0, 1, 1, "admit present grant", "yes or no",
         "Whether on-screen keyboards may answer prompts while no input worker has existed.",
         "no: only a physical device can press yes."),
    RULE(audit_mandatory, KIND_YES, 0, 1, 0, "admit present grant", "no or yes",
         "Whether nothing is shared that cannot be recorded.",
         "yes: no session begins without a trail; when a line cannot be written sharing pauses, "
         "control ends, and nobody is let in."),
    RULE(audit_file, KIND_PATH, 0, 0, 0, "", "an absolute path",
         "Where the trail is; its key file is beside it.",
         "The trail is nowhere else. Where it cannot be written that is said, and audit_mandatory "
         "decides."),
    RULE(audit_warn_free, KIND_MORE, CONF_WARN_FREE, 1048576, CONF_WARN_FREE, "", "64 to 1048576",
         "MiB that have to be free where the trail is; with less there is a warning.",
         "It is said on the screen and in the trail, each time it becomes less."),
    RULE(audit_sinks, KIND_SINKS, 0, 3, 0, "", "none, or syslog journal",
         "Where each line of the trail goes besides its file.",
         "A line that one of them does not take counts as not written: that is said, and "
         "audit_mandatory decides."),
    RULE(
        helper_certificates, KIND_PATH, 0, 0, 0, "admit grant", "an absolute path",
        "The certificates (PEM) of the authorities that certify helpers.",
        "Only who shows one of theirs is certified; without this key nobody is. No file names them "
        "first behind one that wants people verified or certified."),
    RULE(namespaces_required, KIND_YES, 0, 1, 0, "", "no or yes",
         "Whether workers may not run without namespaces of their own.",
         "yes: where the kernel gives none no worker starts, and no session begins."),
    RULE(lossless_only, KIND_YES, 0, 1, 0, "present", "no or yes",
         "Whether pictures are always sent exactly.",
         "yes: nothing is sent roughly first, whatever the settings say."),
    RULE(even_timing_only, KIND_YES, 0, 1, 0, "control", "no or yes",
         "Whether keys and motions for another computer always leave in even steps.",
         "yes: whatever the settings say."),
};
#undef RULE
#define N_RULES (sizeof rules / sizeof rules[0])
_Static_assert(N_RULES <= CONF_KEYS, "struct conf keeps a place for each key");

const struct conf_key *conf_key(size_t i)
{
    return i < N_RULES ? &rules[i].key : NULL;
}

struct loading {
    struct conf *conf;
    const struct conf *before; /* as the earlier files say */
    bool seen[N_RULES];        /* in this file */
};

static int *number_of(struct conf *conf, const struct rule *r)
{
    return (int *)(void *)((char *)conf + r->at);
}

void conf_init(struct conf *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < N_RULES; i++)
        if (rules[i].kind != KIND_RELAYS && rules[i].kind != KIND_PATH &&
            rules[i].kind != KIND_NEVER)
            *number_of(out, &rules[i]) = rules[i].loosest;
    out->authorities = -1;
}

void conf_finish(struct conf *conf)
{
    fd_close(&conf->authorities);
}

static bool read_number(const struct rule *r, const char *value, int *out)
{
    char *end;
    errno = 0;
    long n = strtol(value, &end, 10);
    if (errno || *end || value[0] < '0' || value[0] > '9' || n < r->least || n > r->most)
        return false;
    *out = (int)n;
    return true;
}

static bool read_word(const char *value, const char *const *list, int n, int *out)
{
    for (int i = 0; i < n; i++)
        if (strcmp(value, list[i]) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static bool read_value(const struct rule *r, const char *value, int *out)
{
    static const char *const no_yes[] = {"no", "yes"};
    static const char *const who[] = {"anyone", "verified", "certified"};
    switch (r->kind) {
    case KIND_NO:
    case KIND_YES:
        return read_word(value, no_yes, 2, out);
    case KIND_WHO:
        return read_word(value, who, 3, out);
    default:
        return read_number(r, value, out);
    }
}

static bool loosens(const struct rule *r, int old, int new)
{
    return r->kind == KIND_NO || r->kind == KIND_LESS ? new > old : new < old;
}

static bool same_relay(const struct relay_name *a, const struct relay_name *b)
{
    return strcmp(a->host, b->host) == 0 && a->port == b->port;
}

/* `with` as the policy allows it, or NULL. */
static const struct relay_name *allowed_relay(const struct conf *conf,
                                              const struct relay_name *with)
{
    for (int i = 0; i < conf->n_relays; i++) {
        const struct relay_name *r = &conf->relays[i];
        if (same_relay(r, with) &&
            (!r->has_pin || !with->has_pin || memcmp(r->pin, with->pin, sizeof r->pin) == 0))
            return r;
    }
    return NULL;
}

bool conf_allows_relay(const struct conf *conf, struct relay_name *relay)
{
    if (!conf->relays_named)
        return true;
    const struct relay_name *r = allowed_relay(conf, relay);
    if (!r)
        return false;
    if (r->has_pin)
        *relay = *r;
    return true;
}

const char *conf_forbids_own_relay(const struct conf *conf)
{
    return !conf->own_relay ? "own_relay" : conf->relays_named ? "relays" : NULL;
}

static const char loosened[] = "loosens what an earlier file says",
                  changed[] = "changes what an earlier file says";

static const char *take_relays(struct conf *conf, const char *value)
{
    struct conf next = {.relays_named = true};
    if (strcmp(value, "any") == 0)
        return conf->relays_named ? loosened : NULL;
    char copy[1025], *state = NULL;
    snprintf(copy, sizeof copy, "%s", value);
    for (char *word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
        if (next.n_relays == CONF_RELAYS)
            return "takes at most 16 relays";
        if (strcmp(word, "any") == 0)
            return "any stands alone; leave it out, or the relays beside it";
        struct relay_name *relay = &next.relays[next.n_relays++];
        if (!invite_parse_relay(word, relay))
            return "a relay is HOST[:PORT][/PIN]; correct it";
        bool pin = relay->has_pin;
        if (!conf_allows_relay(conf, relay) || (relay->has_pin && !pin))
            return loosened;
    }
    if (next.n_relays == 0)
        return "names no relay; name some, or any";
    memcpy(conf->relays, next.relays, sizeof next.relays);
    conf->n_relays = next.n_relays;
    conf->relays_named = true;
    return NULL;
}

static const char *take_path(char out[512], const char *value)
{
    if (value[0] != '/' || strlen(value) >= 512)
        return "takes an absolute path of at most 511 bytes";
    if (out[0] && strcmp(out, value) != 0)
        return changed;
    snprintf(out, 512, "%s", value);
    return NULL;
}

static const char *take_never(struct never *out, const char *value)
{
    struct never next;
    if (!never_parse(strcmp(value, "none") == 0 ? "" : value, &next))
        return "takes none, or at most 32 names with commas between";
    if (!never_covers(&next, out))
        return loosened;
    *out = next;
    return NULL;
}

static const char *const sinks[] = {"syslog", "journal"}; /* by bit */

static const char *take_sinks(int *out, const char *value)
{
    int next = 0, i;
    char copy[64], *state = NULL;
    snprintf(copy, sizeof copy, "%s", strcmp(value, "none") == 0 ? "" : value);
    for (char *word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
        if (!read_word(word, sinks, 2, &i))
            return "takes none, or syslog journal";
        next |= 1 << i;
    }
    if (next == 0 && strcmp(value, "none") != 0)
        return "takes none, or syslog journal";
    if (*out & ~next)
        return loosened;
    *out = next;
    return NULL;
}

static const char *take_value(struct conf *conf, size_t i, const char *value)
{
    const struct rule *r = &rules[i];
    if (r->kind == KIND_RELAYS)
        return take_relays(conf, value);
    if (r->kind == KIND_PATH)
        return take_path((char *)conf + r->at, value);
    if (r->kind == KIND_SINKS)
        return take_sinks(number_of(conf, r), value);
    if (r->kind == KIND_NEVER)
        return take_never(&conf->never_share, value);
    static char wrong[128];
    int number;
    if (!read_value(r, value, &number)) {
        snprintf(wrong, sizeof wrong, "takes %s", r->key.values);
        return wrong;
    }
    if (loosens(r, *number_of(conf, r), number))
        return loosened;
    *number_of(conf, r) = number;
    return NULL;
}

/* An authority makes people certified who are nobody to the files before: where one of those wants
   people verified or certified, more of them come in, or control. That file's rule, or NULL. */
static const struct rule *widens(const struct conf *before, const struct rule *r)
{
    if (r->at != offsetof(struct conf, helper_certificates) || before->helper_certificates[0])
        return NULL;
    for (r = rules; r < rules + N_RULES; r++)
        if (r->kind == KIND_WHO &&
            *(const int *)(const void *)((const char *)before + r->at) != CONF_ANYONE)
            return r;
    return NULL;
}

/* ... and which one that is, and the way out. */
static const char *with_place(const char *wrong, const char *place, const char *todo)
{
    static char text[sizeof loosened + CONF_PLACE + 64];
    snprintf(text, sizeof text, "%s: %s; %s", wrong, place, todo);
    return text;
}

/* Of a path longer than any of ours the end, which says more than its beginning. */
static void put_place(char out[CONF_PLACE], const struct keyfile_line *line)
{
    size_t n = strlen(line->file), most = CONF_PLACE - sizeof "...:2147483647";
    const char *from = n > most ? line->file + n - most : line->file;
    snprintf(out, CONF_PLACE, "%s%s:%d", n > most ? "..." : "", from, line->line);
}

const char *conf_cause(const struct conf *conf, const char *key)
{
    static char text[CONF_PLACE + 64];
    text[0] = '\0';
    for (size_t i = 0; i < N_RULES; i++)
        if (strcmp(rules[i].key.name, key) == 0 && conf->place[i][0])
            snprintf(text, sizeof text, " (%s: %s)", conf->place[i], key);
    return text;
}

void conf_blame(const struct conf *conf, const char *key, char error[KEYFILE_ERROR])
{
    size_t n = strlen(error);
    snprintf(error + n, KEYFILE_ERROR - n, "%s", conf_cause(conf, key));
}

static const char *take(void *ctx, const struct keyfile_line *line)
{
    struct loading *l = ctx;
    for (size_t i = 0; i < N_RULES; i++) {
        if (strcmp(rules[i].key.name, line->key) != 0)
            continue;
        if (l->seen[i])
            return "stands twice in this file; leave one of them out";
        l->seen[i] = true;
        const char *wrong = take_value(l->conf, i, line->value);
        const struct rule *by = wrong ? NULL : widens(l->before, &rules[i]);
        if (by)
            return with_place(loosened, l->before->place[by - rules],
                              "put it into that one, or before it");
        if (wrong == loosened || wrong == changed)
            return with_place(wrong, l->before->place[i],
                              wrong == changed ? "leave it out" : "leave it out or tighten it");
        if (wrong)
            return wrong;
        put_place(l->conf->place[i], line);
        return NULL;
    }
    return "no such key; vitrine.conf as shipped has them all";
}

static void relays_value(const struct conf *conf, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "%s", conf->relays_named ? "" : "any");
    for (int i = 0; i < conf->n_relays && n < size; i++) {
        char relay[INVITE_RELAY];
        invite_format_relay(&conf->relays[i], relay);
        n += (size_t)snprintf(out + n, size - n, "%s%s", i ? " " : "", relay);
    }
}

static void never_value(const struct never *list, char *out, size_t size)
{
    char text[NEVER_TEXT];
    never_format(list, text);
    snprintf(out, size, "%s", list->n ? text : "none");
}

void conf_value(const struct conf *conf, size_t i, char *out, size_t size)
{
    static const char *const no_yes[] = {"no", "yes"};
    static const char *const who[] = {"anyone", "verified", "certified"};
    static const char *const chosen[] = {"none", "syslog", "journal", "syslog journal"};
    const struct rule *r = &rules[i];
    const char *path = (const char *)conf + r->at;
    int n = *(const int *)(const void *)path;
    if (r->kind == KIND_RELAYS)
        relays_value(conf, out, size);
    else if (r->kind == KIND_NEVER)
        never_value(&conf->never_share, out, size);
    else if (r->kind == KIND_LESS || r->kind == KIND_MORE)
        snprintf(out, size, "%d", n);
    else
        snprintf(out, size, "%s",
                 r->kind == KIND_PATH    ? path
                 : r->kind == KIND_WHO   ? who[n]
                 : r->kind == KIND_SINKS ? chosen[n]
                                         : no_yes[n]);
}

bool conf_parse(struct conf *conf, const char *file, const char *text, size_t len,
                char error[KEYFILE_ERROR])
{
    const struct conf before = *conf;
    struct loading l = {.conf = conf, .before = &before};
    return keyfile_parse(file, text, len, take, &l, error);
}
