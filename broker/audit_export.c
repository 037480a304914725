/* `vitrine audit export`: a log for other programs, as JSON lines or in the Common Event Format.
   Run by a vitrine of its own for this command; distrusts every byte of the log: what is not of the
   form of a line is not passed on. */
#include "broker/app.h"
#include "broker/audit_cmd.h"
#include "broker/audit_lines.h"
#include "lib/text.h"
#include "policy_tables.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct scan {
    const char *at, *end;
};

struct part {
    const char *at;
    size_t len;
};

/* What a line says, as it stands there (escapes not undone). */
struct parts {
    struct part n, time, event, id, run;
    struct part names[16], values[16];
    unsigned n_fields;
};

static bool skip(struct scan *s, const char *what)
{
    size_t n = strlen(what);
    if ((size_t)(s->end - s->at) < n || memcmp(s->at, what, n) != 0)
        return false;
    s->at += n;
    return true;
}

static bool take_number(struct scan *s, struct part *out)
{
    out->at = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    out->len = (size_t)(s->at - out->at);
    return out->len > 0 && out->len <= 15 && (out->len == 1 || out->at[0] != '0');
}

/* How long the escape is, of those that a line is written with (lib/json.c); 0: it is none. */
static size_t escape(const char *at, size_t left)
{
    if (left >= 2 && (at[1] == '"' || at[1] == '\\'))
        return 2;
    if (left < 6 || at[1] != 'u')
        return 0;
    bool control = at[2] == '0' && at[3] == '0' && (at[4] == '0' || at[4] == '1') &&
                   (isdigit((unsigned char)at[5]) || (at[5] >= 'a' && at[5] <= 'f'));
    return control || memcmp(at + 2, "007f", 4) == 0 || memcmp(at + 2, "fffd", 4) == 0 ? 6 : 0;
}

/* Between quotes. */
static bool take_text(struct scan *s, struct part *out)
{
    if (!skip(s, "\""))
        return false;
    out->at = s->at;
    while (s->at < s->end && *s->at != '"') {
        size_t n = *s->at == '\\' ? escape(s->at, (size_t)(s->end - s->at)) : 1;
        if (n == 0)
            return false;
        s->at += n;
    }
    if (s->at >= s->end)
        return false;
    out->len = (size_t)(s->at - out->at);
    return skip(s, "\"") && text_valid((const uint8_t *)out->at, out->len);
}

/* The parts of a record are numbered. */
static bool plain_name(const struct part *p, size_t most)
{
    for (size_t i = 0; i < p->len; i++)
        if (!((p->at[i] >= 'a' && p->at[i] <= 'z') || p->at[i] == '_' ||
              (i > 0 && p->at[i] >= '0' && p->at[i] <= '9')))
            return false;
    return p->len > 0 && p->len <= most;
}

static bool take_time(struct scan *s, struct part *out)
{
    static const char form[] = "0000-00-00T00:00:00.000Z";
    if (!take_text(s, out) || out->len != sizeof form - 1)
        return false;
    for (size_t i = 0; i < out->len; i++)
        if (form[i] == '0' ? !isdigit((unsigned char)out->at[i]) : out->at[i] != form[i])
            return false;
    return true;
}

/* Of two of one name another program takes the first, or the last. */
static bool is_new(const struct parts *p, const struct part *name)
{
    for (unsigned i = 0; i < p->n_fields; i++)
        if (p->names[i].len == name->len && memcmp(p->names[i].at, name->at, name->len) == 0)
            return false;
    return true;
}

static bool take_fields(struct scan *s, struct parts *out)
{
    if (skip(s, "}"))
        return true;
    do {
        if (out->n_fields == 16)
            return false;
        struct part *name = &out->names[out->n_fields], *value = &out->values[out->n_fields];
        if (!take_text(s, name) || !plain_name(name, 32) || !is_new(out, name) || !skip(s, ":") ||
            !take_text(s, value))
            return false;
        out->n_fields++;
    } while (skip(s, ","));
    return skip(s, "}");
}

static bool take_hash(struct scan *s, const char *before)
{
    struct part hex;
    return skip(s, before) && take_text(s, &hex) && hex.len == 64 &&
           strspn(hex.at, "0123456789abcdef") == 64;
}

/* Trails written before there were runs have none. */
static bool take_run(struct scan *s, struct part *out)
{
    return !skip(s, ",\"run\":") || take_number(s, out);
}

static bool take_line(const char *line, size_t len, struct parts *out)
{
    struct scan s = {line, line + len};
    memset(out, 0, sizeof *out);
    return skip(&s, "{\"n\":") && take_number(&s, &out->n) && skip(&s, ",\"time\":") &&
           take_time(&s, &out->time) && skip(&s, ",\"event\":") && take_text(&s, &out->event) &&
           plain_name(&out->event, 48) && skip(&s, ",\"id\":") && take_number(&s, &out->id) &&
           take_run(&s, &out->run) && skip(&s, ",\"fields\":{") && take_fields(&s, out) &&
           take_hash(&s, ",\"prev\":") && take_hash(&s, ",\"hash\":") &&
           take_hash(&s, ",\"seal\":") && skip(&s, "}") && s.at == s.end;
}

bool audit_export_json(const char *line, size_t len, FILE *out)
{
    struct parts p;
    if (!take_line(line, len, &p))
        return false;
    fwrite(line, 1, len, out);
    fputc('\n', out);
    return true;
}

/* --- CEF --- */

static int64_t unix_ms(const struct part *time)
{
    struct tm t = {0};
    char text[25];
    memcpy(text, time->at, 24);
    text[24] = '\0';
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &t);
    return rest ? (int64_t)timegm(&t) * 1000 + (*rest == '.' ? strtol(rest + 1, NULL, 10) : 0) : 0;
}

/* 0 to 10, as CEF counts. */
static int severity(const struct part *id)
{
    static const struct {
        const char *name;
        int cef;
    } levels[] = {{"info", 2}, {"notice", 4}, {"warning", 7}, {"alert", 10}};
    long number = strtol(id->at, NULL, 10);
    for (size_t i = 0; i < policy_n_events; i++)
        for (size_t l = 0; policy_events[i].number == number && l < 4; l++)
            if (strcmp(policy_events[i].severity, levels[l].name) == 0)
                return levels[l].cef;
    return 10; /* an event this program does not know */
}

static void put(const struct part *p, FILE *out)
{
    fwrite(p->at, 1, p->len, out);
}

/* An extension's value: backslash and '=' are escaped, JSON's own escapes of a quote and a
   backslash undone first. */
static void put_value(const struct part *p, FILE *out)
{
    for (size_t i = 0; i < p->len; i++) {
        char c = p->at[i];
        if (c == '\\' && i + 1 < p->len && (p->at[i + 1] == '"' || p->at[i + 1] == '\\'))
            c = p->at[++i];
        if (c == '\\' || c == '=')
            fputc('\\', out);
        fputc(c, out);
    }
}

static bool is(const struct part *p, const char *text)
{
    return p->len == strlen(text) && memcmp(p->at, text, p->len) == 0;
}

static void keep(const struct parts *p, const char *name, char out[AUDIT_WHERE])
{
    out[0] = '\0';
    for (unsigned i = 0; i < p->n_fields; i++)
        if (is(&p->names[i], name) && p->values[i].len < AUDIT_WHERE) {
            memcpy(out, p->values[i].at, p->values[i].len);
            out[p->values[i].len] = '\0';
        }
}

/* Only one line of a run says where it is; the others are of that run. */
static const struct audit_where *where_of(struct audit_wheres *all, const struct parts *p)
{
    bool fresh;
    uint64_t run = p->run.len ? strtoull(p->run.at, NULL, 10) : 0;
    struct audit_where *w = &all->of[runs_place(all->places, RUNS_MOST, run, ++all->now, &fresh)];
    if (fresh)
        *w = (struct audit_where){0};
    if (is(&p->event, "program_start")) {
        keep(p, "computer", w->computer);
        keep(p, "user", w->user);
        keep(p, "uid", w->uid);
    }
    return w;
}

/* Trails of before there were runs: whatever comes is not of those before. */
void audit_export_ahead(const char *line, size_t len, struct audit_wheres *all)
{
    struct parts p;
    if (take_line(line, len, &p) && p.run.len && is(&p.event, "program_start"))
        where_of(all, &p);
}

static void put_where(const char *key, const char *value, FILE *out)
{
    const struct part p = {value, strlen(value)};
    if (!p.len)
        return;
    fprintf(out, " %s=", key);
    put_value(&p, out);
}

bool audit_export_cef(const char *line, size_t len, struct audit_wheres *all, FILE *out)
{
    struct parts p;
    if (!take_line(line, len, &p))
        return false;
    const struct audit_where *where = where_of(all, &p);
    fputs("CEF:0|vitrine|vitrine|", out);
    fputs(app_version + sizeof "vitrine", out);
    fputc('|', out);
    put(&p.id, out);
    fputc('|', out);
    put(&p.event, out);
    fprintf(out, "|%d|rt=%" PRId64 " externalId=", severity(&p.id), unix_ms(&p.time));
    put(&p.n, out);
    if (p.run.len) {
        fputs(" vitrine_run=", out);
        put(&p.run, out);
    }
    put_where("dvchost", where->computer, out);
    put_where("suser", where->user, out);
    put_where("suid", where->uid, out);
    for (unsigned i = 0; i < p.n_fields; i++) {
        fputs(" vitrine_", out);
        put(&p.names[i], out);
        fputc('=', out);
        put_value(&p.values[i], out);
    }
    fputc('\n', out);
    return true;
}

/* --- the command --- */

/* What opening a trail wrote (log_start, log_suspect, ...) stands before the line that says whose
   program it is; between them lines of other programs at most, for as long as a worker takes to
   start. */
#define AHEAD 64

static void look_ahead(struct audit_lines *ahead, unsigned long upto, struct audit_wheres *all)
{
    while (ahead->n < upto && audit_lines_next(ahead))
        audit_export_ahead(ahead->line, ahead->len, all);
}

int audit_cmd_export(const char *file, const char *format, FILE *out)
{
    static struct audit_wheres all;
    static struct audit_lines l, ahead;
    bool cef = strcmp(format, "cef") == 0;
    unsigned long left_out = 0;
    memset(&all, 0, sizeof all);
    if (!audit_lines_open(&l, file) || !audit_lines_open(&ahead, file))
        return 1;
    ahead.quiet = true;
    while (audit_lines_next(&l)) {
        if (cef)
            look_ahead(&ahead, l.n + AHEAD, &all);
        left_out += !(cef ? audit_export_cef(l.line, l.len, &all, out)
                          : audit_export_json(l.line, l.len, out));
    }
    bool unknown = ahead.failed && !l.failed;
    audit_lines_close(&ahead);
    bool read = audit_lines_close(&l);
    if (unknown)
        fprintf(stderr,
                "vitrine: %s could not be read ahead: some lines do not say whose they are; export "
                "it again\n",
                file);
    if (left_out)
        fprintf(stderr, "vitrine: %lu lines of %s are none of a trail and were left out\n",
                left_out, file);
    return read && !left_out && !unknown ? 0 : 1;
}
