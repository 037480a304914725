/* `vitrine audit receipt`: the record of one session, cut out of the log so that a stranger can
   check it. Run by a vitrine of its own for this command; distrusts every byte of the log. */
#include "broker/audit_cmd.h"
#include "lib/runs.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    unsigned long long run;
    char event[49];
};

/* Lines of the log, from 1; 0: not there. Of the session being read. */
struct run {
    unsigned long rules, session, end;
};

struct slice {
    struct run_place places[RUNS_MOST];
    struct run runs[RUNS_MOST];
    unsigned long long run;
    unsigned long from, to; /* of the newest one that is complete */
    unsigned long foreign;  /* lines of other runs in it */
};

/* Trails written before there were runs are one. */
static bool entry_of(const char *line, struct entry *e)
{
    unsigned long long n, id;
    e->run = 0;
    return sscanf(line,
                  "{\"n\":%15llu,\"time\":\"%*24[0-9TZ:.-]\",\"event\":\"%48[a-z_]\",\"id\":%3llu,"
                  "\"run\":%15llu,",
                  &n, e->event, &id, &e->run) >= 2;
}

/* A receipt begins with the rules in force, which trails of before they were said have in the line
   of the program's start alone, and ends with the signature after the session's end. */
static void take_entry(struct slice *s, unsigned long at, const struct entry *e)
{
    bool fresh;
    struct run *r = &s->runs[runs_place(s->places, RUNS_MOST, e->run, at, &fresh)];
    if (fresh)
        *r = (struct run){0};
    if (strcmp(e->event, "program_start") == 0 ||
        (strcmp(e->event, "rules") == 0 && (!r->session || r->end)))
        *r = (struct run){.rules = at};
    else if (strcmp(e->event, "session_start") == 0 && r->rules)
        r->session = at;
    else if (strcmp(e->event, "session_end") == 0 && r->session)
        r->end = at;
    else if (strcmp(e->event, "signed_head") == 0 && r->end) {
        s->run = e->run;
        s->from = r->rules;
        s->to = at;
        r->session = r->end = 0;
    }
}

/* Without `out` finds the session; with it copies its lines. */
static void each_line(FILE *in, struct slice *s, FILE *out)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    for (unsigned long at = 1; (len = getline(&line, &size, in)) > 0; at++) {
        struct entry e;
        bool known = entry_of(line, &e);
        if (!out && known)
            take_entry(s, at, &e);
        if (!out || at < s->from || at > s->to)
            continue;
        s->foreign += !known || e.run != s->run;
        fwrite(line, 1, (size_t)len, out);
    }
    free(line);
}

int audit_cmd_receipt(const char *file, FILE *out)
{
    struct slice s = {0};
    FILE *in = fopen(file, "re");
    if (!in) {
        fprintf(stderr, "vitrine: %s cannot be opened: %s\n", file, strerror(errno));
        return 1;
    }
    each_line(in, &s, NULL);
    if (s.to) {
        rewind(in);
        each_line(in, &s, out);
    } else {
        fprintf(stderr, "vitrine: no session in %s has ended and been signed yet\n", file);
    }
    if (s.foreign)
        fprintf(stderr,
                "vitrine: the session is that of run %llu; %lu lines of another vitrine stand "
                "between its lines and cannot be left out, because each line follows the one "
                "before\n",
                s.run, s.foreign);
    fclose(in);
    return s.to && fflush(out) == 0 ? 0 : 1;
}
