/* A connection to a message bus: see conn.h. Run by vitrine-bus. */
#include "broker/bus/conn.h"
#include <stdio.h>

#define BUS "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define LOGIN1 "org.freedesktop.login1"
#define LOGIN1_PATH "/org/freedesktop/login1"
#define LOGIN1_SESSION LOGIN1 ".Session"
#define SESSIONS LOGIN1_PATH "/session/"

#define GREETING_LINE 512
#define OUT_ROOM 8192 /* more than any one message makes us say */
#define RULE 512

/* --- saying */

static enum conn_result ask(struct conn *c, enum ask what, const struct listener *l,
                            const struct wire_call *call)
{
    size_t n = wire_encode(call, ++c->serial, c->out + c->n_out, sizeof c->out - c->n_out);
    c->n_out += n;
    c->asked[what][l->which] = c->serial;
    return n && c->serial ? CONN_ON : CONN_OVER;
}

static enum conn_result ask_bus(struct conn *c, enum ask what, const struct listener *l,
                                const char *member, const char *text)
{
    return ask(c, what, l, &(struct wire_call){BUS, BUS_PATH, BUS, member, {text, NULL}});
}

/* The connection that has the name is asked, not the name: nobody is started for it. */
static enum conn_result ask_active(struct conn *c, const struct listener *l)
{
    char path[WIRE_NAME + 1];
    snprintf(path, sizeof path, "/%s", locker_name(l->which));
    for (char *p = path; *p; p++)
        *p = *p == '.' ? '/' : *p;
    return ask(c, ASK_ACTIVE, l,
               &(struct wire_call){l->owner, path, locker_name(l->which), "GetActive", {NULL}});
}

/* "auto": the session of whoever has connected, or the one that its user has on the screen. */
static enum conn_result ask_session(struct conn *c, const struct listener *l)
{
    return ask(c, ASK_SESSION, l,
               &(struct wire_call){
                   l->owner, LOGIN1_PATH, LOGIN1 ".Manager", "GetSession", {"auto", NULL}});
}

static enum conn_result ask_hint(struct conn *c, const struct listener *l)
{
    return ask(c, ASK_HINT, l,
               &(struct wire_call){
                   l->owner, l->session, PROPERTIES, "Get", {LOGIN1_SESSION, "LockedHint"}});
}

static enum conn_result hear(struct conn *c, enum ask what, const struct listener *l,
                             const char *sender, const char *interface, const char *more)
{
    char rule[RULE];
    snprintf(rule, sizeof rule, "type='signal',sender='%s',interface='%s'%s", sender, interface,
             more);
    return ask_bus(c, what, l, "AddMatch", rule);
}

static enum conn_result hear_says(struct conn *c, const struct listener *l)
{
    const char *name = locker_name(l->which);
    if (l->which != LOCKER_LOGIN1)
        return hear(c, ASK_HEAR, l, name, name, ",member='ActiveChanged'");
    if (hear(c, ASK_HEAR, l, name, LOGIN1_SESSION, "") != CONN_ON)
        return CONN_OVER;
    return hear(c, ASK_HEAR_MORE, l, name, PROPERTIES,
                ",member='PropertiesChanged',arg0='" LOGIN1_SESSION "'");
}

/* Whoever leaves the bus: one rule, however many may have said "locked". */
static enum conn_result hear_leaving(struct conn *c)
{
    return hear(c, ASK_HEAR_MORE, &c->listeners[c->first], BUS, BUS,
                ",member='NameOwnerChanged',arg2=''");
}

/* First to be told, then to ask: so nothing is missed in between. */
static enum conn_result begin(struct conn *c)
{
    for (enum locker i = c->first; i <= c->last; i++) {
        const struct listener *l = &c->listeners[i];
        char more[RULE / 4];
        snprintf(more, sizeof more, ",member='NameOwnerChanged',arg0='%s'", locker_name(i));
        if (hear(c, ASK_HEAR_OWNER, l, BUS, BUS, more) != CONN_ON || hear_says(c, l) != CONN_ON ||
            ask_bus(c, ASK_OWNER, l, "GetNameOwner", locker_name(i)) != CONN_ON)
            return CONN_OVER;
    }
    return c->first == LOCKER_LOGIN1 ? CONN_ON : hear_leaving(c);
}

/* --- whose name it is */

/* After a word about it. */
static enum conn_result heard(struct conn *c, const struct listener *l)
{
    return listener_doubts(l) ? ask_bus(c, ASK_HOLDER, l, "GetNameOwner", l->holder) : CONN_ON;
}

static enum conn_result set_owner(struct conn *c, struct listener *l, const char *owner)
{
    if (*owner && !wire_is_unique(owner))
        return CONN_BAD;
    if (*owner)
        listener_owner(l, owner);
    else
        listener_nobody(l);
    if (*owner && l->which == LOCKER_LOGIN1)
        return ask_session(c, l);
    c->known |= 1u << l->which;
    return *owner ? ask_active(c, l) : heard(c, l);
}

static void has_left(struct conn *c, const char *who)
{
    for (enum locker i = c->first; i <= c->last; i++)
        if (strcmp(c->listeners[i].holder, who) == 0)
            listener_alone(&c->listeners[i]);
}

static enum conn_result on_owner_changed(struct conn *c, const struct wire_message *m)
{
    const char *text[3]; /* name, owner before, owner now */
    if (!wire_texts(m, 3, text))
        return CONN_BAD;
    if (wire_is_unique(text[0]) && !*text[2])
        has_left(c, text[0]);
    for (enum locker i = c->first; i <= c->last; i++)
        if (strcmp(text[0], locker_name(i)) == 0)
            return set_owner(c, &c->listeners[i], text[2]);
    return CONN_ON;
}

/* --- what its owner says */

static bool is(const struct wire_message *m, const char *interface, const char *member)
{
    return strcmp(m->interface, interface) == 0 && strcmp(m->member, member) == 0;
}

static enum conn_result on_logind(struct conn *c, struct listener *l, const struct wire_message *m)
{
    bool lock = is(m, LOGIN1_SESSION, "Lock");
    if (!l->session[0] || strcmp(m->path, l->session) != 0)
        return CONN_ON;
    if (is(m, PROPERTIES, "PropertiesChanged")) /* which one, and to what, is asked */
        return ask_hint(c, l);
    if (!lock && !is(m, LOGIN1_SESSION, "Unlock"))
        return CONN_ON;
    listener_wants(l, lock);
    return heard(c, l);
}

static enum conn_result on_word(struct conn *c, struct listener *l, const struct wire_message *m)
{
    bool locked;
    if (l->which == LOCKER_LOGIN1)
        return on_logind(c, l, m);
    if (!is(m, locker_name(l->which), "ActiveChanged") || !wire_boolean(m, &locked))
        return CONN_ON;
    listener_says(l, locked);
    return heard(c, l);
}

static enum conn_result on_signal(struct conn *c, const struct wire_message *m)
{
    enum conn_result result = CONN_ON;
    if (strcmp(m->sender, BUS) == 0 && is(m, BUS, "NameOwnerChanged"))
        return on_owner_changed(c, m);
    for (enum locker i = c->first; i <= c->last && result == CONN_ON; i++) {
        struct listener *l = &c->listeners[i];
        if (l->owner[0] && strcmp(m->sender, l->owner) == 0)
            result = on_word(c, l, m);
    }
    return result;
}

/* --- answers */

static enum conn_result bus_answered(struct conn *c, enum ask what, struct listener *l,
                                     const struct wire_message *m)
{
    const char *text = "";
    bool good = m->type == WIRE_RETURN;
    switch (what) {
    case ASK_HELLO:
        return good ? begin(c) : CONN_OVER;
    case ASK_OWNER:
        if (good && !wire_texts(m, 1, &text))
            return CONN_BAD;
        return set_owner(c, l, text);
    case ASK_HOLDER:
        if (!good)
            listener_alone(l);
        return CONN_ON;
    default: /* what we cannot hear we must not seem to listen to */
        return good ? CONN_ON : CONN_OVER;
    }
}

static enum conn_result take_session(struct conn *c, struct listener *l,
                                     const struct wire_message *m)
{
    const char *path;
    if (!wire_texts(m, 1, &path) || !wire_is_path(path) ||
        strncmp(path, SESSIONS, strlen(SESSIONS)) != 0)
        return CONN_ON;
    snprintf(l->session, sizeof l->session, "%s", path);
    return ask_hint(c, l);
}

static enum conn_result owner_answered(struct conn *c, enum ask what, struct listener *l,
                                       const struct wire_message *m)
{
    bool locked;
    if (what == ASK_SESSION)
        c->known |= 1u << l->which;
    if (m->type != WIRE_RETURN)
        return CONN_ON;
    if (what == ASK_SESSION)
        return take_session(c, l, m);
    if (!wire_boolean(m, &locked))
        return CONN_ON;
    if (what == ASK_HINT)
        listener_hint(l, locked);
    else
        listener_says(l, locked);
    return heard(c, l);
}

/* From the one that was asked, and to the last call of its kind. */
static enum conn_result on_answer(struct conn *c, const struct wire_message *m)
{
    for (unsigned i = 0; i < ASKS * LOCKERS; i++) {
        enum ask what = (enum ask)(i / LOCKERS);
        struct listener *l = &c->listeners[i % LOCKERS];
        bool of_bus = what <= ASK_HOLDER;
        if (c->asked[what][l->which] != m->reply_serial)
            continue;
        if (strcmp(m->sender, of_bus ? BUS : l->owner) != 0)
            return CONN_ON;
        c->asked[what][l->which] = 0;
        return of_bus ? bus_answered(c, what, l, m) : owner_answered(c, what, l, m);
    }
    return CONN_ON;
}

/* --- lock screens of another bus */

static unsigned up(const struct conn *c)
{
    unsigned all = 0;
    for (enum locker i = c->first; i <= c->last; i++)
        all |= listener_locked(&c->listeners[i]) ? 1u << i : 0;
    return all;
}

bool conn_opened(struct conn *c)
{
    bool opened = c->opened;
    c->opened = false;
    return opened;
}

enum conn_result conn_served(struct conn *c)
{
    if (c->last != LOCKER_LOGIN1 || !c->listeners[LOCKER_LOGIN1].wanted)
        return CONN_ON;
    listener_served(&c->listeners[LOCKER_LOGIN1]);
    return heard(c, &c->listeners[LOCKER_LOGIN1]);
}

/* --- cutting what comes */

static void drop(struct conn *c, size_t n)
{
    c->n_in -= n;
    memmove(c->in, c->in + n, c->n_in);
}

static enum conn_result on_message(struct conn *c, const struct wire_message *m)
{
    unsigned before = up(c);
    enum conn_result result = CONN_ON;
    if (m->type == WIRE_SIGNAL)
        result = on_signal(c, m);
    else if (m->type == WIRE_RETURN || m->type == WIRE_ERROR)
        result = on_answer(c, m);
    c->opened = c->opened || (before & ~up(c)) != 0;
    return result;
}

/* A message that is there as a whole, or one that is passed over. *more: look again. */
static enum conn_result take_message(struct conn *c, bool *more)
{
    struct wire_message m;
    size_t len = c->n_in < WIRE_HEAD ? WIRE_HEAD : wire_length(c->in);
    *more = false;
    if (len == 0)
        return CONN_BAD;
    if (len > sizeof c->in)
        c->skip = len;
    *more = c->n_in >= len || c->skip > 0;
    if (c->n_in < len || c->skip > 0)
        return CONN_ON;
    enum wire_result how = wire_decode(c->in, len, &m);
    enum conn_result result = how == WIRE_BAD ? CONN_BAD : CONN_ON;
    if (how == WIRE_GOOD)
        result = on_message(c, &m);
    drop(c, len);
    return result;
}

static void say(struct conn *c, const void *text, size_t n)
{
    memcpy(c->out + c->n_out, text, n); /* three lines in all, before anything else is said */
    c->n_out += n;
}

static bool begins(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

/* One line of the greeting, without its end. */
static enum conn_result on_line(struct conn *c, const char *line)
{
    if (begins(line, "REJECTED") || begins(line, "ERROR"))
        return CONN_OVER;
    if (c->step == CONN_GREETED && strcmp(line, "DATA") == 0) {
        say(c, "DATA\r\n", 6);
        c->step = CONN_TRUSTED;
        return CONN_ON;
    }
    if (c->step != CONN_TRUSTED || !begins(line, "OK "))
        return CONN_BAD;
    say(c, "BEGIN\r\n", 7);
    c->step = CONN_TALKS;
    return ask_bus(c, ASK_HELLO, &c->listeners[c->first], "Hello", NULL);
}

static enum conn_result take_line(struct conn *c, bool *more)
{
    char line[GREETING_LINE];
    const uint8_t *end = memchr(c->in, '\n', c->n_in);
    size_t len = end ? (size_t)(end - c->in) : c->n_in;
    *more = end != NULL;
    if (len >= sizeof line)
        return CONN_BAD;
    if (!end)
        return CONN_ON;
    if (len == 0 || c->in[len - 1] != '\r' || memchr(c->in, 0, len))
        return CONN_BAD;
    memcpy(line, c->in, len - 1);
    line[len - 1] = '\0';
    drop(c, len + 1);
    return on_line(c, line);
}

static void pass_over(struct conn *c)
{
    size_t n = c->skip < c->n_in ? c->skip : c->n_in;
    c->skip -= n;
    drop(c, n);
}

enum conn_result conn_go_on(struct conn *c)
{
    enum conn_result result = CONN_ON;
    for (bool more = true; more && result == CONN_ON && conn_may_read(c);) {
        pass_over(c);
        result = c->step == CONN_TALKS ? take_message(c, &more) : take_line(c, &more);
        more = more && c->n_in > 0;
    }
    return result;
}

void conn_init(struct conn *c, struct listener *listeners, enum locker first, enum locker last)
{
    memset(c, 0, sizeof *c);
    c->listeners = listeners;
    c->first = first;
    c->last = last;
    for (enum locker i = first; i <= last; i++)
        listeners[i] = (struct listener){.which = i};
    say(c, "\0AUTH EXTERNAL\r\n", 16);
}

bool conn_may_read(const struct conn *c)
{
    return sizeof c->out - c->n_out >= OUT_ROOM;
}

void conn_sent(struct conn *c, size_t n)
{
    c->n_out -= n;
    memmove(c->out, c->out + n, c->n_out);
}

bool conn_settled(const struct conn *c)
{
    unsigned all = (2u << c->last) - (1u << c->first);
    return (c->known & all) == all;
}
