/*
 * policy-compile: reads policy/x11/ROLE.allow (notation: lib/x11_rule.h) and writes
 * build/gen/x11_tables.c; build time only.
 */
#include "lib/x11_rule.h"
#include "policy/compile/emit.h"
#include "policy/compile/rules.h"
#include "policy/compile/source.h"
#include <stdlib.h>
#include <string.h>

#define REQUEST_MAX 16384 /* longest request a gate takes: platform notes, X11 request gate */

struct row {
    struct x11_rule rule;
    char name[NAME_SIZE];
};

static const char *const extensions[X11_EXTENSIONS] = {
    [X11_CORE] = "core",          [X11_SHM] = "shm",     [X11_DAMAGE] = "damage",
    [X11_XFIXES] = "xfixes",      [X11_RANDR] = "randr", [X11_XTEST] = "xtest",
    [X11_COMPOSITE] = "composite"};

/* Fields that are one word, and how many bytes they have in a request. */
static const struct form {
    const char *word;
    enum x11_check_kind kind;
    uint8_t size;
    uint8_t thing;
} forms[] = {
    {"u8", X11_CHECK_VALUE, 1, 0},
    {"u16", X11_CHECK_VALUE, 2, 0},
    {"u32", X11_CHECK_VALUE, 4, 0},
    {"root", X11_CHECK_ROOT, 4, 0},
    {"screen", X11_CHECK_SCREEN, 4, 0},
    {"target", X11_CHECK_TARGET, 4, 0},
    {"window", X11_CHECK_WINDOW, 4, 0},
    {"own", X11_CHECK_OWN, 4, 0},
    {"area", X11_CHECK_AREA, 8, 0},
    {"point", X11_CHECK_POINT, 4, 0},
    {"spare", X11_CHECK_SPARE, 1, 0},
    {"bracket", X11_CHECK_BRACKET, 1, 0},
    {"inside", X11_CHECK_INSIDE, 1, 0},
    {"no-cover", X11_CHECK_GONE, 1, X11_COVER},
    {"new-segment", X11_CHECK_NEW, 4, X11_SEGMENT},
    {"segment", X11_CHECK_USE, 4, X11_SEGMENT},
    {"end-segment", X11_CHECK_END, 4, X11_SEGMENT},
    {"new-pixmap", X11_CHECK_NEW, 4, X11_PIXMAP},
    {"pixmap", X11_CHECK_USE, 4, X11_PIXMAP},
    {"end-pixmap", X11_CHECK_END, 4, X11_PIXMAP},
    {"new-cover", X11_CHECK_NEW, 4, X11_COVER},
    {"cover", X11_CHECK_USE, 4, X11_COVER},
    {"end-cover", X11_CHECK_END, 4, X11_COVER},
    {"new-damage", X11_CHECK_NEW, 4, X11_DAMAGE_OBJECT},
    {"damage", X11_CHECK_USE, 4, X11_DAMAGE_OBJECT},
    {"end-damage", X11_CHECK_END, 4, X11_DAMAGE_OBJECT},
};

static int64_t number(const struct source *s, const char *word, int64_t most)
{
    int64_t value;
    if (!parse_number(word, &value) || value < 0 || value > most)
        source_fail(s, "'%s' is not a number of 0..%lld", word, (long long)most);
    return value;
}

/* N or N..M; cuts `word`. */
static void range(const struct source *s, char *word, int64_t most, int64_t *lo, int64_t *hi)
{
    char *dots = strstr(word, "..");
    if (dots != NULL)
        *dots = '\0';
    *lo = number(s, word, most);
    *hi = dots == NULL ? *lo : number(s, dots + 2, most);
    if (*lo > *hi)
        source_fail(s, "nothing lies between %lld and %lld", (long long)*lo, (long long)*hi);
}

static const struct form *find_form(const struct source *s, const char *word)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].word, word) == 0)
            return &forms[i];
    source_fail(s, "no condition is called '%s'", word);
}

/* WORD@AT or WORD@AT=RANGE. */
static struct x11_check parse_check(const struct source *s, char *word, const struct x11_rule *rule)
{
    char *at = strchr(word, '@');
    if (at == NULL)
        source_fail(s, "expected CONDITION@OFFSET, not '%s'", word);
    *at++ = '\0';
    char *value = strchr(at, '=');
    if (value != NULL)
        *value++ = '\0';
    const struct form *f = find_form(s, word);
    bool takes_value = f->kind == X11_CHECK_VALUE || f->kind == X11_CHECK_BRACKET;
    if (takes_value != (value != NULL))
        source_fail(s, "'%s' %s value", word, value == NULL ? "needs a" : "takes no");
    struct x11_check c = {.kind = (uint8_t)f->kind, .size = f->size, .thing = f->thing};
    c.at = (uint8_t)number(s, at, 255);
    if (c.at + c.size > rule->min_bytes)
        source_fail(s, "the field at %d does not lie inside %d bytes", c.at, rule->min_bytes);
    int64_t lo = 0, hi = 0;
    if (value != NULL)
        range(s, value, (INT64_C(1) << 8 * f->size) - 1, &lo, &hi);
    c.lo = (uint32_t)lo;
    c.hi = (uint32_t)hi;
    return c;
}

static struct row parse_row(struct source *s)
{
    struct row row = {.rule.extension = X11_EXTENSIONS, .rule.line = (uint16_t)s->line};
    if (s->n_words < 4)
        source_fail(s, "expected EXTENSION NAME OPCODE BYTES [CONDITION ...]");
    for (int i = 0; i < X11_EXTENSIONS; i++)
        if (strcmp(s->words[0], extensions[i]) == 0)
            row.rule.extension = (uint8_t)i;
    if (row.rule.extension == X11_EXTENSIONS)
        source_fail(s, "no extension '%s'", s->words[0]);
    source_copy_name(s, row.name, sizeof row.name, s->words[1]);
    row.rule.opcode = (uint8_t)number(s, s->words[2], row.rule.extension == X11_CORE ? 127 : 255);
    int64_t lo, hi;
    range(s, s->words[3], REQUEST_MAX, &lo, &hi);
    if (lo < 4 || lo % 4 != 0 || hi % 4 != 0)
        source_fail(s, "X11 requests are multiples of 4 bytes");
    row.rule.min_bytes = (uint16_t)lo;
    row.rule.max_bytes = (uint16_t)hi;
    for (int i = 4; i < s->n_words; i++) {
        if (row.rule.n_checks == X11_CHECKS)
            source_fail(s, "more than %d conditions", X11_CHECKS);
        row.rule.checks[row.rule.n_checks++] = parse_check(s, s->words[i], &row.rule);
    }
    return row;
}

static void emit_row(struct emit *e, const struct row *row)
{
    const struct x11_rule *u = &row->rule;
    emit(e, "    {\"%s\", %d, %d, %d, %d, %d, %d, {", row->name, u->extension, u->opcode,
         u->min_bytes, u->max_bytes, u->line, u->n_checks);
    for (int i = 0; i < u->n_checks; i++) {
        const struct x11_check *c = &u->checks[i];
        emit(e, "%s{%d, %d, %d, %d, %uu, %uu}", i > 0 ? ", " : "", c->kind, c->at, c->size,
             c->thing, c->lo, c->hi);
    }
    emit(e, u->n_checks == 0 ? "{0, 0, 0, 0, 0, 0}}},\n" : "}},\n");
}

/* For `vitrine policy show`: the row as written. */
static void keep_row(struct rules *r, const struct source *s, const char *list)
{
    if (r->n_x11 == (int)(sizeof r->x11 / sizeof *r->x11))
        source_fail(s, "too many rows");
    struct x11_row *x = &r->x11[r->n_x11++];
    int conditions = 0;
    sscanf(s->text, "%*s %*s %*s %*s %n", &conditions);
    source_copy(s, x->list, sizeof x->list, list);
    source_copy(s, x->extension, sizeof x->extension, s->words[0]);
    source_copy(s, x->request, sizeof x->request, s->words[1]);
    source_copy(s, x->opcode, sizeof x->opcode, s->words[2]);
    source_copy(s, x->bytes, sizeof x->bytes, s->words[3]);
    source_copy(s, x->checks, sizeof x->checks, conditions > 0 ? s->text + conditions : "");
    source_copy(s, x->why, sizeof x->why, s->comment);
}

static void compile_list(struct rules *r, struct emit *e, const char *policy, const char *list)
{
    struct source s;
    char name[NAME_SIZE + 16];
    snprintf(name, sizeof name, "x11/%s.allow", list);
    source_open(&s, policy, name);
    emit(e, "\nstatic const struct x11_rule %s_rows[] = {\n", list);
    int n = 0;
    while (source_next(&s)) {
        if (s.n_words >= 4)
            keep_row(r, &s, list);
        struct row row = parse_row(&s);
        emit_row(e, &row);
        n++;
    }
    if (n == 0)
        source_fail(&s, "no rows");
    emit(e, "};\nconst struct x11_rules x11_rules_%s = {%s_rows, %d};\n", list, list, n);
    source_close(&s);
}

void x11_compile(struct rules *r, const char *policy, const char *folder)
{
    struct emit e;
    emit_open(&e, folder, "x11_tables.c", "policy/x11");
    emit(&e, "#include \"lib/x11_rule.h\"\n");
    compile_list(r, &e, policy, "capture");
    compile_list(r, &e, policy, "input");
    emit_close(&e);
}
