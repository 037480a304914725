/*
 * The compiled rules as tables. The broker's command line runs it; it reads constant data of this
 * program only.
 */
#include "lib/policy_show.h"
#include "policy_tables.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define WIDTH 110
#define COLUMNS_MAX (ROLES + 2 > 5 ? ROLES + 2 : 5)

/* A table: widths of its columns in characters; the last takes what is left. */
struct table {
    FILE *out;
    int n;
    int widths[COLUMNS_MAX];
};

/* Where a line of that width best ends: after a whole field, else after a word, else (a chain of
 * flags) full. */
static size_t line_end(const char *text, size_t width)
{
    for (size_t at = width; at > width / 2; at--)
        if (text[at] == ' ' && text[at - 1] == ';')
            return at;
    for (size_t at = width; at > 0; at--)
        if (text[at] == ' ')
            return at;
    return width;
}

/* How many bytes of text go on a line of that width, and how many to
   skip to the next line's start. */
static size_t cut(const char *text, size_t width, size_t *skip)
{
    size_t len = strlen(text);
    size_t n = len <= width ? len : line_end(text, width);
    *skip = n + (text[n] == ' ');
    return n;
}

static size_t column_width(const struct table *t, int column)
{
    int used = 0;
    for (int i = 0; i < t->n - 1; i++)
        used += t->widths[i] + 2;
    return (size_t)(column < t->n - 1 ? t->widths[column] : WIDTH - used);
}

/* One row; each cell wraps inside its own column. */
static void print_row(const struct table *t, const char *const *cells)
{
    const char *left[COLUMNS_MAX];
    for (int i = 0; i < t->n; i++)
        left[i] = cells[i];
    for (int more = 1; more;) {
        int blanks = 0;
        more = 0;
        for (int i = 0; i < t->n; i++) {
            size_t skip, width = column_width(t, i), n = cut(left[i], width, &skip);
            if (n > 0)
                fprintf(t->out, "%*s%.*s", blanks, "", (int)n, left[i]);
            blanks = (n > 0 ? 0 : blanks) + (int)(width - n) + 2;
            left[i] += skip;
            more = more || *left[i] != '\0';
        }
        fputc('\n', t->out);
    }
}

static void print_title(FILE *out, const char *title)
{
    fprintf(out, "\n%s\n", title);
    for (size_t i = 0; i < strlen(title); i++)
        fputc('-', out);
    fputc('\n', out);
}

static void show_roles(FILE *out)
{
    struct table t = {.out = out, .n = ROLES + 2, .widths = {10}};
    const char *cells[COLUMNS_MAX] = {""};
    print_title(out, "Who may do what (policy/roles.def)");
    for (int r = 0; r < ROLES; r++) {
        t.widths[r + 1] = 11;
        cells[r + 1] = role_names[r];
    }
    cells[ROLES + 1] = "";
    print_row(&t, cells);
    for (size_t a = 0; a < policy_n_actions; a++) {
        cells[0] = policy_actions[a].name;
        for (int r = 0; r < ROLES; r++)
            cells[r + 1] = role_may((enum session_role)r, (enum right)a) ? "yes" : "-";
        cells[ROLES + 1] = policy_actions[a].why;
        print_row(&t, cells);
    }
}

static void show_message(FILE *out, const struct policy_message *m)
{
    static const struct table table = {.n = 4, .widths = {20, 21, 26}};
    struct table t = table;
    t.out = out;
    char way[64], when[256];
    snprintf(way, sizeof way, "%s %s %s", m->from, m->both ? "<->" : "->", m->to);
    bool free_to_all = strcmp(m->right, "-") == 0;
    snprintf(when, sizeof when, "%s%s%s", m->when,
             free_to_all ? "" : "; right: ", free_to_all ? "" : m->right);
    print_row(&t, (const char *[]){m->name, way, when, m->why});
    struct table f = {.out = out, .n = 2, .widths = {2}};
    if (m->fields[0] != '\0')
        print_row(&f, (const char *[]){"", m->fields});
}

static void show_messages(FILE *out)
{
    const char *channel = "";
    print_title(out, "Messages: who may say what to whom, in which state (policy/messages.def)");
    for (size_t i = 0; i < policy_n_messages; i++) {
        const struct policy_message *m = &policy_messages[i];
        if (strcmp(channel, m->channel) != 0)
            fprintf(out, "%s[%s]\n", i > 0 ? "\n" : "", m->channel);
        channel = m->channel;
        show_message(out, m);
    }
}

static void show_limits(FILE *out)
{
    struct table t = {.out = out, .n = 3, .widths = {26, 12}};
    print_title(out, "Limits (policy/limits.h)");
    for (size_t i = 0; i < policy_n_limits; i++) {
        char value[24];
        snprintf(value, sizeof value, "%" PRId64, policy_limits[i].value);
        print_row(&t, (const char *[]){policy_limits[i].name, value, policy_limits[i].why});
    }
}

static void show_calls(FILE *out)
{
    struct table t = {.out = out, .n = 3, .widths = {24, 44}};
    const char *policy = "";
    print_title(out,
                "System calls of each process; everything else as @default says (policy/seccomp)");
    for (size_t i = 0; i < policy_n_calls; i++) {
        const struct policy_call *c = &policy_calls[i];
        if (strcmp(policy, c->policy) != 0)
            fprintf(out, "%s[%s]\n", i > 0 ? "\n" : "", c->policy);
        policy = c->policy;
        bool always = strcmp(c->condition, "1") == 0;
        print_row(&t, (const char *[]){c->call, always ? "always" : c->condition, c->why});
    }
}

static void show_requests(FILE *out)
{
    struct table t = {.out = out, .n = 5, .widths = {9, 22, 7, 42}};
    const char *list = "";
    print_title(out, "X11 requests of each worker behind a gate; any other ends it (policy/x11)");
    for (size_t i = 0; i < policy_n_requests; i++) {
        const struct policy_request *x = &policy_requests[i];
        if (strcmp(list, x->list) != 0) {
            fprintf(out, "%s[%s]\n", i > 0 ? "\n" : "", x->list);
            print_row(&t,
                      (const char *[]){"", "request", "bytes", "conditions (lib/x11_rule.h)", ""});
        }
        list = x->list;
        print_row(&t, (const char *[]){x->extension, x->request, x->bytes, x->conditions, x->why});
    }
}

int policy_show_events(FILE *out)
{
    struct table t = {.out = out, .n = 5, .widths = {4, 16, 8, 34}};
    print_title(out, "Events of the audit trail (policy/audit.def)");
    print_row(&t, (const char *[]){"no.", "event", "severity", "fields", "meaning"});
    for (size_t i = 0; i < policy_n_events; i++) {
        const struct policy_event *e = &policy_events[i];
        char number[12];
        snprintf(number, sizeof number, "%d", e->number);
        print_row(&t, (const char *[]){number, e->name, e->severity, e->fields, e->why});
    }
    return ferror(out) ? -1 : 0;
}

int policy_show(FILE *out)
{
    fprintf(out, "Rules compiled into this program. Policy hash (SHA-256 of the rule files):\n%s\n",
            policy_hash);
    show_roles(out);
    show_messages(out);
    show_limits(out);
    show_calls(out);
    show_requests(out);
    policy_show_events(out);
    return fflush(out) != 0 || ferror(out) ? -1 : 0;
}

int policy_explain(FILE *out, const char *action)
{
    size_t a = 0;
    while (a < policy_n_actions && strcmp(policy_actions[a].name, action) != 0)
        a++;
    if (a == policy_n_actions) {
        errno = EINVAL;
        return -1;
    }
    fprintf(out, "%s: policy/roles.def:%d permits it to\n", action, policy_actions[a].line);
    for (int r = 0; r < ROLES; r++)
        if (role_may((enum session_role)r, (enum right)a))
            fprintf(out, "    %s\n", role_names[r]);
    fprintf(out, "Messages that need it (policy/messages.def):\n");
    for (size_t i = 0; i < policy_n_messages; i++)
        if (strcmp(policy_messages[i].right, action) == 0)
            show_message(out, &policy_messages[i]);
    return 0;
}
