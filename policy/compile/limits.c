/* policy-compile: reads policy/limits.h, lines of the form #define NAME number; build time only. */
#include "policy/compile/rules.h"
#include "policy/compile/source.h"
#include <string.h>

const struct limit *limits_find(const struct rules *r, const char *name)
{
    for (int i = 0; i < r->n_limits; i++)
        if (strcmp(r->limits[i].name, name) == 0)
            return &r->limits[i];
    return NULL;
}

/* The comment of the line, without its marks. */
static void copy_reason(char *out, size_t size, const char *line)
{
    const char *start = strstr(line, "/*");
    const char *end = start == NULL ? NULL : strstr(start, "*/");
    out[0] = '\0';
    if (end == NULL)
        return;
    start += 2 + strspn(start + 2, " ");
    while (end > start && end[-1] == ' ')
        end--;
    snprintf(out, size, "%.*s", (int)(end - start), start);
}

/* limits.h is C: '#' starts a directive there, which source.c takes for a comment. */
static void parse_define(struct rules *r, struct source *s)
{
    char name[LINE_MAX_BYTES], value[LINE_MAX_BYTES];
    if (s->text[0] != '\0' || sscanf(s->comment, "define %1023s %1023s", name, value) != 2)
        return;
    if (r->n_limits == (int)(sizeof r->limits / sizeof *r->limits))
        source_fail(s, "too many limits");
    if (limits_find(r, name) != NULL)
        source_fail(s, "%s is there twice", name);
    struct limit *l = &r->limits[r->n_limits++];
    source_copy_name(s, l->name, sizeof l->name, name);
    if (!parse_number(value, &l->value))
        source_fail(s, "%s: '%s' is not a plain number", name, value);
    copy_reason(l->why, sizeof l->why, s->comment);
}

void limits_parse(struct rules *r, const char *folder)
{
    struct source s;
    source_open(&s, folder, "limits.h");
    while (source_next_raw(&s))
        parse_define(r, &s);
    source_close(&s);
}
