/* `vitrine audit receipt | sessions`: the record of one session, cut out of the log so that a
   stranger can check it; and which sessions there are. Run by a vitrine of its own for this
   command; distrusts every byte of the log. */
#include "broker/audit_cmd.h"
#include "broker/audit_lines.h"
#include "lib/receipt.h"
#include "lib/runs.h"
#include "lib/text.h"
#include <stdlib.h>
#include <string.h>

struct entry {
    unsigned long long n, run;
    char time[25], event[49];
    char session[10], role[12], how[9]; /* "": not said */
};

/* The session being read, of one run. Lines are counted from 1 as they are read; 0: not there. */
struct run {
    unsigned long rules, session, end, newest;
    struct entry first, last, odd; /* odd: an end with another session's number; n 0: none */
};

/* Sessions that are wanted, and the lines of the newest of them. */
struct cut {
    unsigned found;
    unsigned long from, to;
    struct entry first, odd; /* as of the run */
};

struct slice {
    const char *wanted; /* NULL: the newest */
    struct run_place places[RUNS_MOST];
    struct run runs[RUNS_MOST];
    FILE *list; /* where each session is told, as it ends or as it is given up; or NULL */
    struct cut complete, broken; /* broken: its end is not recorded, or not signed */
    unsigned long foreign;       /* lines of other runs in what is copied */
    unsigned long naming;        /* ... that name the computer and its user */
    unsigned long strange;       /* lines that are none of a trail: of the whole, then of that */
};

/* What a session's first and last line say; names and texts of people cannot look like that,
   because quotes in them are escaped. */
static void take_said(const char *line, struct entry *e)
{
    const char *fields = strstr(line, "\"fields\":{\"session\":\"");
    e->session[0] = e->role[0] = e->how[0] = '\0';
    if (!fields)
        return;
    if (sscanf(fields, "\"fields\":{\"session\":\"%9[0-9]\",\"how\":\"%8[a-z]", e->session,
               e->how) < 2)
        sscanf(fields, "\"fields\":{\"session\":\"%9[0-9]\",\"role\":\"%11[a-z]", e->session,
               e->role);
}

/* Trails written before there were runs are one. */
static bool entry_of(const char *line, struct entry *e)
{
    unsigned long long id;
    e->run = 0;
    if (sscanf(line,
               "{\"n\":%15llu,\"time\":\"%24[0-9TZ:.-]\",\"event\":\"%48[a-z_]\",\"id\":%3llu,"
               "\"run\":%15llu,",
               &e->n, e->time, e->event, &id, &e->run) < 4)
        return false;
    take_said(line, e);
    return true;
}

/* --- sessions, one after the other --- */

static void tell(const struct slice *s, const struct run *r)
{
    if (s->list)
        fprintf(s->list, "%8llu  %s  %-24s  %-9s  %-11s  %s\n", r->first.n, r->first.time,
                r->end ? r->last.time : "-", r->first.session[0] ? r->first.session : "?",
                r->first.role[0] ? r->first.role : "?",
                r->end ? r->last.how[0] ? r->last.how : "ended" : "not ended");
}

static bool is_wanted(const struct slice *s, const struct entry *first)
{
    return !s->wanted || strcmp(s->wanted, first->session) == 0 ||
           strtoull(s->wanted, NULL, 10) == first->n;
}

static void over(const struct slice *s, struct cut *c, const struct run *r)
{
    tell(s, r);
    if (is_wanted(s, &r->first))
        *c = (struct cut){.found = c->found + 1,
                          .from = r->rules,
                          .to = r->newest,
                          .first = r->first,
                          .odd = r->odd};
}

/* Only that of the session that has begun: the first one that is another's is kept, to be named. */
static void take_end(struct run *r, unsigned long at, const struct entry *e)
{
    if (strcmp(e->session, r->first.session) != 0) {
        if (!r->odd.n)
            r->odd = *e;
        return;
    }
    r->end = at;
    r->last = *e;
}

static void complete(struct slice *s, struct run *r)
{
    over(s, r->odd.n ? &s->broken : &s->complete, r);
    r->session = r->end = 0;
}

/* It has begun, and nothing more will be heard of it. */
static void give_up(struct slice *s, struct run *r)
{
    if (r->session)
        over(s, &s->broken, r);
    *r = (struct run){0};
}

/* A receipt begins with the rules in force, which trails of before they were said have in the line
   of the program's start alone, and ends with the signature after the session's end. */
static void take_entry(struct slice *s, unsigned long at, const struct entry *e)
{
    bool fresh;
    struct run *r = &s->runs[runs_place(s->places, RUNS_MOST, e->run, at, &fresh)];
    if (fresh)
        give_up(s, r);
    if (strcmp(e->event, "program_start") == 0 ||
        (strcmp(e->event, "rules") == 0 && (!r->session || r->end))) {
        give_up(s, r);
        r->rules = at;
    }
    r->newest = at;
    if (strcmp(e->event, "session_start") == 0 && r->rules) {
        if (r->session) /* its end, or the signature, never came: neither is this one's */
            over(s, &s->broken, r);
        r->end = 0;
        r->session = at;
        r->first = *e;
        r->odd = (struct entry){0};
    } else if (strcmp(e->event, "session_end") == 0 && r->session) {
        take_end(r, at, e);
    } else if (strcmp(e->event, "signed_head") == 0 && r->end) {
        complete(s, r);
    }
}

static void find(struct audit_lines *l, struct slice *s)
{
    struct entry e;
    while (audit_lines_next(l)) {
        bool known = entry_of(l->line, &e);
        s->strange += !known;
        if (known)
            take_entry(s, l->n, &e);
    }
    for (unsigned i = 0; i < RUNS_MOST; i++)
        give_up(s, &s->runs[i]);
}

int audit_cmd_sessions(const char *file, FILE *out)
{
    struct audit_lines l;
    struct slice s = {.list = out};
    if (!audit_lines_open(&l, file))
        return 1;
    fprintf(out, "%8s  %-24s  %-24s  %-9s  %-11s  %s\n", "line", "began", "ended", "session",
            "role", "how");
    find(&l, &s);
    if (s.strange)
        audit_lines_print_strange(&l, s.strange);
    return audit_lines_close(&l) && !s.strange ? 0 : 1;
}

/* --- one of them --- */

/* How many bytes at the end are the beginning of a character: a crash tears a line anywhere. */
static size_t torn_character(const uint8_t *bytes, size_t len)
{
    size_t n = 1;
    while (n < 3 && n < len && (bytes[len - n] & 0xc0) == 0x80)
        n++;
    uint8_t lead = n <= len ? bytes[len - n] : 0;
    return n < (lead >= 0xf0 ? 4U : lead >= 0xe0 ? 3U : lead >= 0xc0 ? 2U : 0U) ? n : 0;
}

static bool only_text(const char *line, size_t len)
{
    const uint8_t *bytes = (const uint8_t *)line;
    return text_valid(bytes, len - torn_character(bytes, len));
}

/* What was torn stays in: the line behind it says how long it is, and `verify` compares. What could
   steer a terminal was never of a trail. */
static void copy_line(const struct audit_lines *l, struct slice *s, const struct cut *c, FILE *out)
{
    struct entry e;
    if (entry_of(l->line, &e) && audit_export_json(l->line, l->len, out)) {
        s->foreign += e.run != c->first.run;
        s->naming += strcmp(e.event, "program_start") == 0 && strstr(l->line, "\"computer\":\"");
        return;
    }
    s->strange++;
    if (!only_text(l->line, l->len))
        return;
    fwrite(l->line, 1, l->len, out);
    fputc('\n', out);
}

static void copy(struct audit_lines *l, struct slice *s, const struct cut *c, FILE *out)
{
    audit_lines_rewind(l);
    s->strange = 0;
    while (l->n < c->to && audit_lines_next(l))
        if (l->n >= c->from)
            copy_line(l, s, c, out);
    if (s->strange)
        audit_lines_print_strange(l, s->strange);
    if (s->naming)
        fprintf(stderr,
                "vitrine: it names this computer, and its user with name and number: in %lu of its "
                "lines (program_start)\n",
                s->naming);
    if (s->foreign)
        fprintf(stderr,
                "vitrine: the session is that of run %llu; %lu lines of another vitrine stand "
                "between its lines and cannot be left out, because each line follows the one "
                "before\n",
                c->first.run, s->foreign);
}

static void print_none(const char *file, const char *wanted)
{
    if (wanted)
        fprintf(stderr, "vitrine: no session %s in %s; `vitrine audit sessions` has them all\n",
                wanted, file);
    else
        fprintf(stderr,
                "vitrine: no session in %s has ended and been signed yet; end it and ask again, or "
                "have the lines of one that was cut off with --session: `vitrine audit sessions` "
                "has them all\n",
                file);
}

static void print_broken(const struct cut *c, const char *file)
{
    if (c->odd.n)
        fprintf(
            stderr,
            "vitrine: no receipt: %s: the session that begins in line %llu is %s, and line %llu "
            "ends %s; these are the lines that are there, `vitrine audit verify` of the trail "
            "says whether it was changed\n",
            file, c->first.n, c->first.session[0] ? c->first.session : "without a number", c->odd.n,
            c->odd.session[0] ? c->odd.session : "one without");
    else
        fprintf(stderr,
                "vitrine: no receipt: the end of that session is not recorded, or not signed: %s "
                "has none behind line %llu, where it begins. It goes on, or was cut off; these are "
                "the lines that are there, for a receipt end it and ask again\n",
                file, c->first.n);
}

static bool is_number(const char *text)
{
    size_t n = strlen(text);
    return n >= 1 && n <= 15 && strspn(text, "0123456789") == n;
}

/* One that is broken only where it was asked for, and no other of that number is complete. */
static const struct cut *choose(const struct slice *s, const char *file)
{
    const struct cut *c = s->wanted && !s->complete.found ? &s->broken : &s->complete;
    if (!c->found)
        print_none(file, s->wanted);
    else if (s->wanted && c->found > 1)
        fprintf(stderr,
                "vitrine: %u sessions in %s have the number %s; name one by its line in `vitrine "
                "audit sessions`\n",
                c->found, file, s->wanted);
    else
        return c;
    return NULL;
}

int audit_cmd_receipt(const char *file, const char *session, FILE *out)
{
    struct audit_lines l;
    struct slice s = {.wanted = session};
    if (session && !is_number(session)) {
        fputs("vitrine: --session takes a session number, or a line of `vitrine audit sessions`\n",
              stderr);
        return 2;
    }
    if (!audit_lines_open(&l, file))
        return 1;
    find(&l, &s);
    const struct cut *c = l.failed ? NULL : choose(&s, file);
    if (c && c == &s.complete)
        fprintf(out, RECEIPT_PRINT "\n", c->first.session, (uint64_t)c->first.n);
    if (c)
        copy(&l, &s, c, out);
    if (c == &s.broken)
        print_broken(c, file);
    return audit_lines_close(&l) && c == &s.complete && !s.strange ? 0 : 1;
}
