/* `vitrine audit receipt`: the record of one session, cut out of the log so that a stranger can
   check it. Run by a vitrine of its own for this command; distrusts every byte of the log. */
#include "broker/audit_cmd.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Lines of the log, from 1; 0: not there. */
struct slice {
    unsigned long program, session, end, signature; /* of the session being read */
    unsigned long from, to;                         /* of the newest one that is complete */
};

static bool event_of(const char *line, char event[49])
{
    unsigned long long n;
    return sscanf(line, "{\"n\":%15llu,\"time\":\"%*24[0-9TZ:.-]\",\"event\":\"%48[a-z_]\"", &n,
                  event) == 2;
}

/* A receipt begins with the rules in force and ends with the signature after the session's end. */
static void take_event(struct slice *s, unsigned long at, const char *event)
{
    if (strcmp(event, "program_start") == 0)
        *s = (struct slice){.program = at, .from = s->from, .to = s->to};
    else if (strcmp(event, "session_start") == 0 && s->program)
        s->session = at;
    else if (strcmp(event, "session_end") == 0 && s->session)
        s->end = at;
    else if (strcmp(event, "signed_head") == 0 && s->end) {
        s->from = s->program;
        s->to = at;
        s->session = s->end = 0;
    }
}

static void each_line(FILE *in, struct slice *s, FILE *out)
{
    char *line = NULL, event[49];
    size_t size = 0;
    ssize_t len;
    for (unsigned long at = 1; (len = getline(&line, &size, in)) > 0; at++) {
        if (!out && event_of(line, event))
            take_event(s, at, event);
        if (out && at >= s->from && at <= s->to)
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
    fclose(in);
    return s.to && fflush(out) == 0 ? 0 : 1;
}
