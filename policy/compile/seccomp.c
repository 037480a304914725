/*
 * policy-compile: reads policy/seccomp/NAME.policy (notation: its README) and writes
 * build/gen/policy_NAME.c through libseccomp; build time only, so that no process parses or builds
 * a filter.
 */
#include "policy/compile/constants.h"
#include "policy/compile/emit.h"
#include "policy/compile/rules.h"
#include "policy/compile/source.h"
#include <dirent.h>
#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CALLS_MAX 400
#define ALTERNATIVES_MAX 64
#define GAP_MAX 64

struct policy {
    struct rules *rules;
    const char *folder; /* policy/ */
    char name[NAME_SIZE];
    scmp_filter_ctx filter; /* NULL until the default is known */
    uint32_t default_action;
    struct ruled {
        int call;
        bool whole;     /* no condition: nothing can be added */
        char path[256]; /* where it was ruled on last */
    } calls[CALLS_MAX];
    int n_calls;
    int depth; /* of @include */
};

/* One alternative of a condition: all of these hold. */
struct group {
    struct scmp_arg_cmp tests[6];
    unsigned n;
};

static uint64_t parse_value(const struct source *s, const char *word)
{
    uint64_t value;
    if (!constant_parse(word, &value))
        source_fail(s, "'%s' is neither a number nor a known constant (policy/compile/constants.c)",
                    word);
    return value;
}

static unsigned parse_argument(const struct source *s, const char *word)
{
    if (strncmp(word, "arg", 3) != 0 || word[3] < '0' || word[3] > '5' || word[4] != '\0')
        source_fail(s, "expected arg0 .. arg5, not '%s'", word);
    return (unsigned)(word[3] - '0');
}

/* "argN OP VALUE"; OP is ==, !=, &, in. */
static struct scmp_arg_cmp parse_test(const struct source *s, char *text)
{
    char *rest = NULL;
    const char *arg = strtok_r(text, " ", &rest), *op = strtok_r(NULL, " ", &rest);
    const char *word = strtok_r(NULL, " ", &rest);
    if (word == NULL || strtok_r(NULL, " ", &rest) != NULL)
        source_fail(s, "expected argN OP VALUE (no blanks around '|')");
    struct scmp_arg_cmp c = {.arg = parse_argument(s, arg), .op = SCMP_CMP_EQ};
    uint64_t value = parse_value(s, word);
    c.datum_a = value;
    if (strcmp(op, "!=") == 0)
        c.op = SCMP_CMP_NE;
    else if (strcmp(op, "in") == 0) /* no bit outside the value */
        c = (struct scmp_arg_cmp){c.arg, SCMP_CMP_MASKED_EQ, ~value, 0};
    else if (strcmp(op, "&") == 0 && value != 0 && (value & (value - 1)) == 0)
        c = (struct scmp_arg_cmp){c.arg, SCMP_CMP_MASKED_EQ, value, value};
    else if (strcmp(op, "&") == 0)
        source_fail(s, "'&' takes one bit; write the others as further alternatives");
    else if (strcmp(op, "==") != 0)
        source_fail(s, "'%s' is no comparison: ==, !=, &, in", op);
    return c;
}

static struct group parse_group(const struct source *s, char *text)
{
    struct group g = {.n = 0};
    for (char *next = text; next != NULL; text = next) {
        next = strstr(text, "&&");
        if (next != NULL) {
            *next = '\0';
            next += 2;
        }
        struct scmp_arg_cmp c = parse_test(s, text);
        for (unsigned i = 0; i < g.n; i++)
            if (g.tests[i].arg == c.arg)
                source_fail(s, "two conditions on arg%u in one alternative", c.arg);
        g.tests[g.n++] = c;
    }
    return g;
}

static int parse_groups(const struct source *s, const char *condition, struct group *out)
{
    static char copy[LINE_MAX_BYTES];
    snprintf(copy, sizeof copy, "%s", condition);
    int n = 0;
    char *text = copy;
    for (char *next = text; next != NULL; text = next) {
        next = strstr(text, "||");
        if (next != NULL) {
            *next = '\0';
            next += 2;
        }
        if (n == ALTERNATIVES_MAX)
            source_fail(s, "more than %d alternatives", ALTERNATIVES_MAX);
        out[n++] = parse_group(s, text);
    }
    return n;
}

static void add_rule(const struct policy *p, const struct source *s, uint32_t action, int call,
                     const struct group *g)
{
    int error = seccomp_rule_add_array(p->filter, action, call, g->n, g->tests);
    if (error == -EEXIST)
        source_fail(s, "an alternative is there twice");
    if (error != 0)
        source_fail(s, "libseccomp: %s", strerror(-error));
}

/* Everything but the values that the alternatives permit. libseccomp takes one comparison of an
   argument in a rule, so gaps between values are spelled out. */
static void add_others(const struct policy *p, const struct source *s, uint32_t action, int call,
                       const struct group *groups, int n)
{
    const struct scmp_arg_cmp *first = &groups[0].tests[0];
    uint64_t low = first->datum_a, high = first->datum_a;
    for (int i = 0; i < n; i++) {
        const struct scmp_arg_cmp *t = &groups[i].tests[0];
        if (groups[i].n != 1 || t->op != SCMP_CMP_EQ || t->arg != first->arg)
            source_fail(s, "'return' after conditions needs plain '==' on one argument");
        low = t->datum_a < low ? t->datum_a : low;
        high = t->datum_a > high ? t->datum_a : high;
    }
    if (high - low > GAP_MAX)
        source_fail(s, "'return' after conditions: the values lie too far apart");
    struct group g = {.n = 1, .tests = {{first->arg, SCMP_CMP_GT, high, 0}}};
    add_rule(p, s, action, call, &g);
    g.tests[0] = (struct scmp_arg_cmp){first->arg, SCMP_CMP_LT, low, 0};
    if (low > 0)
        add_rule(p, s, action, call, &g);
    for (uint64_t value = low + 1; value < high; value++) {
        bool permitted = false;
        for (int i = 0; i < n; i++)
            permitted = permitted || groups[i].tests[0].datum_a == value;
        g.tests[0] = (struct scmp_arg_cmp){first->arg, SCMP_CMP_EQ, value, 0};
        if (!permitted)
            add_rule(p, s, action, call, &g);
    }
}

/* "return ERRNO" as an action; fails the build on anything else. */
static uint32_t parse_return(const struct source *s, const char *text)
{
    text += strspn(text, " ");
    int error = strncmp(text, "return ", 7) == 0 ? constant_errno(text + 7) : 0;
    if (error == 0)
        source_fail(s, "expected return ERROR, with an error that a policy may name, not '%s'",
                    text);
    return SCMP_ACT_ERRNO((uint16_t)error);
}

static void add_conditions(const struct policy *p, const struct source *s, int call,
                           char *condition)
{
    static struct group groups[ALTERNATIVES_MAX];
    char *otherwise = strchr(condition, ';');
    if (otherwise != NULL)
        *otherwise++ = '\0';
    int n = parse_groups(s, condition, groups);
    for (int i = 0; i < n; i++)
        add_rule(p, s, SCMP_ACT_ALLOW, call, &groups[i]);
    if (otherwise == NULL)
        return;
    uint32_t action = parse_return(s, otherwise);
    if (action != p->default_action)
        add_others(p, s, action, call, groups, n);
}

/* "1", "kill", "return ERRNO" or a condition. */
static void add_call(const struct policy *p, const struct source *s, int call, const char *text)
{
    const struct group always = {.n = 0};
    char condition[LINE_MAX_BYTES];
    snprintf(condition, sizeof condition, "%s", text);
    uint32_t action = SCMP_ACT_ALLOW;
    if (strcmp(condition, "kill") == 0)
        action = SCMP_ACT_KILL_PROCESS;
    else if (strncmp(condition, "return ", 7) == 0)
        action = parse_return(s, condition);
    else if (strcmp(condition, "1") != 0) {
        add_conditions(p, s, call, condition);
        return;
    }
    if (action != p->default_action)
        add_rule(p, s, action, call, &always);
}

/* A call may have a row in a file and in one that includes it: the alternatives add up. Within one
   file, or after a row without condition, a second row is a mistake. */
static void note_call(struct policy *p, const struct source *s, const char *name, int call,
                      bool whole)
{
    struct ruled *r = NULL;
    for (int i = 0; i < p->n_calls; i++)
        if (p->calls[i].call == call)
            r = &p->calls[i];
    if (r != NULL && (r->whole || strcmp(r->path, s->path) == 0))
        source_fail(s, "%s has a row already, in %s", name, r->path);
    if (r == NULL && p->n_calls == CALLS_MAX)
        source_fail(s, "too many system calls");
    if (r == NULL)
        r = &p->calls[p->n_calls++];
    r->call = call;
    r->whole = whole;
    snprintf(r->path, sizeof r->path, "%s", s->path);
}

static bool is_whole(const char *condition)
{
    return strncmp(condition, "arg", 3) != 0 || strchr(condition, ';') != NULL;
}

static void parse_call(struct policy *p, struct source *s)
{
    const char *condition = source_rest(s);
    char name[NAME_SIZE];
    size_t len = strlen(s->words[0]);
    if (len < 2 || s->words[0][len - 1] != ':' || condition[0] == '\0')
        source_fail(s, "expected CALL: CONDITION");
    s->words[0][len - 1] = '\0';
    source_copy_name(s, name, sizeof name, s->words[0]);
    int call = seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR)
        source_fail(s, "there is no system call %s", name);
    note_call(p, s, name, call, is_whole(condition));
    /* Negative: another machine's call (poll on arm64, say); its row does nothing here. */
    if (call >= 0)
        add_call(p, s, call, condition);
}

static void parse_default(struct policy *p, const struct source *s)
{
    if (p->filter != NULL)
        source_fail(s, "the default is there twice");
    if (s->n_words == 2 && strcmp(s->words[1], "kill") == 0)
        p->default_action = SCMP_ACT_KILL_PROCESS;
    else if (s->n_words == 3 && strcmp(s->words[1], "errno") == 0 &&
             constant_errno(s->words[2]) != 0)
        p->default_action = SCMP_ACT_ERRNO((uint16_t)constant_errno(s->words[2]));
    else
        source_fail(s, "expected @default kill, or @default errno NAME");
    p->filter = seccomp_init(p->default_action);
    /* A call of another architecture, x32 included, is an attack on the numbers: always deadly. */
    if (p->filter == NULL ||
        seccomp_attr_set(p->filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0)
        source_fail(s, "libseccomp gives no filter");
}

static void parse_file(struct policy *p, const char *file);

static void parse_row(struct policy *p, struct source *s)
{
    if (strcmp(s->words[0], "@default") == 0)
        parse_default(p, s);
    else if (p->filter == NULL)
        source_fail(s, "the first row is @default");
    else if (strcmp(s->words[0], "@include") != 0)
        parse_call(p, s);
    else if (s->n_words != 2 || p->depth > 4)
        source_fail(s, "expected @include FILE, at most four deep");
    else
        parse_file(p, s->words[1]);
}

static void parse_file(struct policy *p, const char *file)
{
    struct source s;
    char path[NAME_SIZE + 16];
    if (strchr(file, '/') != NULL)
        build_fail("%s: policies include files of their own folder", file);
    snprintf(path, sizeof path, "seccomp/%s", file);
    source_open(&s, p->folder, path);
    p->depth++;
    while (source_next(&s))
        parse_row(p, &s);
    p->depth--;
    source_close(&s);
}

/* The compiled filter; the caller frees. */
static struct sock_filter *export_filter(const struct policy *p, size_t *n)
{
    int fd = memfd_create("filter", MFD_CLOEXEC);
    if (fd < 0 || seccomp_export_bpf(p->filter, fd) != 0)
        build_fail("%s: libseccomp cannot export the filter", p->name);
    off_t size = lseek(fd, 0, SEEK_END);
    struct sock_filter *code = size > 0 ? malloc((size_t)size) : NULL;
    if (code == NULL || pread(fd, code, (size_t)size, 0) != size)
        build_fail("%s: cannot read the filter back", p->name);
    close(fd);
    *n = (size_t)size / sizeof *code;
    if (*n > BPF_MAXINSNS)
        build_fail("%s: %zu instructions, the kernel takes %d", p->name, *n, BPF_MAXINSNS);
    return code;
}

static void emit_filter(const struct policy *p, const char *folder)
{
    char name[NAME_SIZE + 16], from[NAME_SIZE + 32];
    snprintf(name, sizeof name, "policy_%s.c", p->name);
    snprintf(from, sizeof from, "policy/seccomp/%s.policy", p->name);
    size_t n;
    struct sock_filter *code = export_filter(p, &n);
    struct emit e;
    emit_open(&e, folder, name, from);
    emit(&e, "#include \"lib/worker.h\"\n#include <linux/filter.h>\n\n");
    emit(&e, "static const struct sock_filter code[] = {\n");
    for (size_t i = 0; i < n; i++)
        emit(&e, "    {0x%02x, %u, %u, 0x%08x},\n", code[i].code, code[i].jt, code[i].jf,
             code[i].k);
    emit(&e, "};\nconst struct policy_filter policy_%s = {code, %zu};\n", p->name, n);
    emit_close(&e);
    free(code);
}

static void compile_policy(struct rules *r, const char *policy, const char *name,
                           const char *folder)
{
    static struct policy p;
    char file[NAME_SIZE + 8];
    p = (struct policy){.rules = r, .folder = policy};
    snprintf(p.name, sizeof p.name, "%s", name);
    snprintf(file, sizeof file, "%s.policy", name);
    parse_file(&p, file);
    emit_filter(&p, folder);
    seccomp_release(p.filter);
}

/* For `vitrine policy show`: the rows of one file as written. True when it is a whole policy, not a
   part that others include. */
static bool keep_rows(struct rules *r, const char *policy, const char *name)
{
    struct source s;
    char file[NAME_SIZE + 16];
    bool whole = false;
    snprintf(file, sizeof file, "seccomp/%s.policy", name);
    source_open(&s, policy, file);
    while (source_next(&s)) {
        if (r->n_seccomp == (int)(sizeof r->seccomp / sizeof *r->seccomp))
            source_fail(&s, "too many rows in all policies");
        struct seccomp_row *row = &r->seccomp[r->n_seccomp++];
        whole = whole || strcmp(s.words[0], "@default") == 0;
        s.words[0][strcspn(s.words[0], ":")] = '\0';
        source_copy(&s, row->policy, sizeof row->policy, name);
        source_copy(&s, row->call, sizeof row->call, s.words[0]);
        source_copy(&s, row->condition, sizeof row->condition, source_rest(&s));
        source_copy(&s, row->why, sizeof row->why, s.comment);
    }
    source_close(&s);
    return whole;
}

static int is_policy(const struct dirent *d)
{
    size_t len = strlen(d->d_name);
    return len > 7 && len < NAME_SIZE && strcmp(d->d_name + len - 7, ".policy") == 0;
}

void seccomp_compile(struct rules *r, const char *policy, const char *folder)
{
    char path[256], name[NAME_SIZE];
    struct dirent **found;
    snprintf(path, sizeof path, "%s/seccomp", policy);
    int n = scandir(path, &found, is_policy, alphasort);
    if (n < 0)
        build_fail("%s: %s", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof name, "%.*s", (int)(strlen(found[i]->d_name) - 7), found[i]->d_name);
        if (keep_rows(r, policy, name))
            compile_policy(r, policy, name, folder);
        free(found[i]);
    }
    free(found);
}
