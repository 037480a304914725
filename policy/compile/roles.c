/* policy-compile: reads policy/roles.def and policy/audit.def; build time only. */
#include "policy/compile/rules.h"
#include "policy/compile/source.h"
#include <string.h>

const struct action *roles_find_action(const struct rules *r, const char *name)
{
    for (int i = 0; i < r->n_actions; i++)
        if (strcmp(r->actions[i].name, name) == 0)
            return &r->actions[i];
    return NULL;
}

/* Index of a role; a new name becomes a role, in order of appearance. */
static int role_index(struct rules *r, const struct source *s, const char *name)
{
    for (int i = 0; i < r->n_roles; i++)
        if (strcmp(r->roles[i], name) == 0)
            return i;
    if (r->n_roles == (int)(sizeof r->roles / sizeof *r->roles))
        source_fail(s, "too many roles");
    source_copy_name(s, r->roles[r->n_roles], NAME_SIZE, name);
    return r->n_roles++;
}

static void parse_action(struct rules *r, struct source *s)
{
    char *colon = strchr(s->words[0], ':');
    if (colon == NULL || colon[1] != '\0' || s->n_words < 2)
        source_fail(s, "expected ACTION: ROLES");
    *colon = '\0';
    if (roles_find_action(r, s->words[0]) != NULL)
        source_fail(s, "action %s is there twice", s->words[0]);
    if (r->n_actions == (int)(sizeof r->actions / sizeof *r->actions))
        source_fail(s, "too many actions");
    struct action *a = &r->actions[r->n_actions++];
    source_copy_name(s, a->name, sizeof a->name, s->words[0]);
    source_copy(s, a->why, sizeof a->why, s->comment);
    a->line = s->line;
    for (int i = 1; i < s->n_words; i++) {
        uint32_t bit = 1u << role_index(r, s, s->words[i]);
        if (a->roles & bit)
            source_fail(s, "role %s is there twice", s->words[i]);
        a->roles |= bit;
    }
}

void roles_parse(struct rules *r, const char *folder)
{
    struct source s;
    source_open(&s, folder, "roles.def");
    while (source_next(&s))
        parse_action(r, &s);
    source_close(&s);
}

static bool is_severity(const char *word)
{
    return strcmp(word, "info") == 0 || strcmp(word, "notice") == 0 ||
           strcmp(word, "warning") == 0 || strcmp(word, "alert") == 0;
}

static void parse_event(struct rules *r, struct source *s)
{
    int64_t number;
    if (s->n_words < 3 || !parse_number(s->words[0], &number) || number < 1 || number > 999)
        source_fail(s, "expected NUMBER name severity fields...");
    if (!is_severity(s->words[2]))
        source_fail(s, "severity is info, notice, warning or alert, not '%s'", s->words[2]);
    if (r->n_events == (int)(sizeof r->events / sizeof *r->events))
        source_fail(s, "too many events");
    struct audit_event *e = &r->events[r->n_events];
    for (int i = 0; i < r->n_events; i++)
        if (r->events[i].number == number || strcmp(r->events[i].name, s->words[1]) == 0)
            source_fail(s, "event %s or its number is there twice", s->words[1]);
    e->number = (int)number;
    source_copy_name(s, e->name, sizeof e->name, s->words[1]);
    source_copy(s, e->severity, sizeof e->severity, s->words[2]);
    if (s->comment[0] == '\0')
        source_fail(s, "an event needs its reason after '#'");
    source_copy(s, e->why, sizeof e->why, s->comment);
    for (int i = 3; i < s->n_words; i++) {
        size_t used = strlen(e->fields);
        source_copy(s, e->fields + used, sizeof e->fields - used, i > 3 ? " " : "");
        used = strlen(e->fields);
        source_copy_name(s, e->fields + used, sizeof e->fields - used, s->words[i]);
    }
    r->n_events++;
}

void audit_parse(struct rules *r, const char *folder)
{
    struct source s;
    source_open(&s, folder, "audit.def");
    while (source_next(&s))
        parse_event(r, &s);
    source_close(&s);
}
