/*
 * policy-compile: build/gen/policy_tables.[ch], the rules as text for `vitrine policy show`, the
 * table of roles and the numbers of audit events; build time only.
 */
#include "policy/compile/emit.h"
#include "policy/compile/rules.h"
#include "policy/compile/source.h"
#include <inttypes.h>
#include <string.h>

static void emit_enum(struct emit *e, const char *prefix, const char *name, int value)
{
    char upper[NAME_SIZE];
    upper_copy(upper, sizeof upper, name);
    emit(e, "    %s_%s = %d,\n", prefix, upper, value);
}

static void emit_enums(struct emit *e, const struct rules *r)
{
    emit(e, "\nenum session_role {\n");
    for (int i = 0; i < r->n_roles; i++)
        emit_enum(e, "ROLE", r->roles[i], i);
    emit(e, "    ROLES = %d\n};\n\nenum right {\n", r->n_roles);
    for (int i = 0; i < r->n_actions; i++)
        emit_enum(e, "RIGHT", r->actions[i].name, i);
    emit(e, "    RIGHTS = %d\n};\n\n/* policy/audit.def */\nenum audit_event {\n", r->n_actions);
    for (int i = 0; i < r->n_events; i++)
        emit_enum(e, "AUDIT", r->events[i].name, r->events[i].number);
    emit(e, "};\n");
}

static void emit_header(const struct rules *r, const char *folder)
{
    static const char *const arrays[][2] = {{"message", "messages"}, {"action", "actions"},
                                            {"limit", "limits"},     {"call", "calls"},
                                            {"request", "requests"}, {"event", "events"}};
    struct emit e;
    emit_open(&e, folder, "policy_tables.h", "policy");
    emit(&e, "#ifndef GEN_POLICY_TABLES_H\n#define GEN_POLICY_TABLES_H\n#include "
             "\"lib/policy_rows.h\"\n");
    emit_enums(&e, r);
    emit(&e,
         "\n/* May somebody in that role do that? False for numbers out of range. */\n"
         "bool role_may(enum session_role role, enum right right);\n"
         "extern const char *const role_names[ROLES];\n\n"
         "/* SHA-256 over all rule files, in hexadecimal. */\nextern const char policy_hash[];\n");
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        emit(&e, "extern const struct policy_%s policy_%s[];\nextern const size_t policy_n_%s;\n",
             arrays[i][0], arrays[i][1], arrays[i][1]);
    emit(&e, "\n#endif\n");
    emit_close(&e);
}

/* One row: strings quoted, numbers as they are. */
static void emit_strings(struct emit *e, const char *const *texts, int n)
{
    for (int i = 0; i < n; i++) {
        emit(e, i > 0 ? ", " : "");
        emit_string(e, texts[i]);
    }
}

static void start_array(struct emit *e, const char *type, const char *name)
{
    emit(e, "\nconst struct policy_%s policy_%s[] = {\n", type, name);
}

static void end_array(struct emit *e, const char *name)
{
    emit(e, "};\nconst size_t policy_n_%s = sizeof policy_%s / sizeof *policy_%s;\n", name, name,
         name);
}

static void emit_fields(struct emit *e, const struct record *body)
{
    char text[24 * (TEXT_SIZE + 2)];
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < body->n_fields; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? "; " : "",
                                 body->fields[i].text);
    emit_string(e, text);
}

static void emit_messages(struct emit *e, const struct rules *r)
{
    start_array(e, "message", "messages");
    for (int i = 0; i < r->n_messages; i++) {
        const struct message *m = &r->messages[i];
        const struct channel *c = &r->channels[m->channel];
        emit(e, "    {");
        emit_strings(e, (const char *[]){c->name, m->body.name, c->ends[m->from], c->ends[m->to]},
                     4);
        emit(e, ", %s, ", m->both ? "true" : "false");
        emit_strings(e, (const char *[]){m->when, m->right, m->why}, 3);
        emit(e, ", ");
        emit_fields(e, &m->body);
        emit(e, "},\n");
    }
    end_array(e, "messages");
}

static void emit_roles(struct emit *e, const struct rules *r)
{
    start_array(e, "action", "actions");
    for (int i = 0; i < r->n_actions; i++) {
        const struct action *a = &r->actions[i];
        emit(e, "    {\"%s\", 0x%xu, %d, ", a->name, a->roles, a->line);
        emit_string(e, a->why);
        emit(e, "},\n");
    }
    end_array(e, "actions");
    emit(e, "\nconst char *const role_names[ROLES] = {\n");
    for (int i = 0; i < r->n_roles; i++)
        emit(e, "    \"%s\",\n", r->roles[i]);
    emit(e, "};\n\nbool role_may(enum session_role role, enum right right)\n{\n"
            "    return (unsigned)role < ROLES && (unsigned)right < RIGHTS &&\n"
            "           (policy_actions[right].roles >> role & 1) != 0;\n}\n");
}

static void emit_limits(struct emit *e, const struct rules *r)
{
    start_array(e, "limit", "limits");
    for (int i = 0; i < r->n_limits; i++) {
        emit(e, "    {\"%s\", %" PRId64 ", ", r->limits[i].name, r->limits[i].value);
        emit_string(e, r->limits[i].why);
        emit(e, "},\n");
    }
    end_array(e, "limits");
}

static void emit_calls(struct emit *e, const struct rules *r)
{
    start_array(e, "call", "calls");
    for (int i = 0; i < r->n_seccomp; i++) {
        const struct seccomp_row *s = &r->seccomp[i];
        emit(e, "    {");
        emit_strings(e, (const char *[]){s->policy, s->call, s->condition, s->why}, 4);
        emit(e, "},\n");
    }
    end_array(e, "calls");
}

static void emit_requests(struct emit *e, const struct rules *r)
{
    start_array(e, "request", "requests");
    for (int i = 0; i < r->n_x11; i++) {
        const struct x11_row *x = &r->x11[i];
        emit(e, "    {");
        emit_strings(e,
                     (const char *[]){x->list, x->extension, x->request, x->opcode, x->bytes,
                                      x->checks, x->why},
                     7);
        emit(e, "},\n");
    }
    end_array(e, "requests");
}

static void emit_events(struct emit *e, const struct rules *r)
{
    start_array(e, "event", "events");
    for (int i = 0; i < r->n_events; i++) {
        const struct audit_event *a = &r->events[i];
        emit(e, "    {%d, ", a->number);
        emit_strings(e, (const char *[]){a->name, a->severity, a->fields, a->why}, 4);
        emit(e, "},\n");
    }
    end_array(e, "events");
}

void tables_emit(const struct rules *r, const char *folder)
{
    emit_header(r, folder);
    struct emit e;
    emit_open(&e, folder, "policy_tables.c", "policy");
    emit(&e, "#include \"policy_tables.h\"\n\nconst char policy_hash[] = \"%s\";\n", r->hash);
    emit_messages(&e, r);
    emit_roles(&e, r);
    emit_limits(&e, r);
    emit_calls(&e, r);
    emit_requests(&e, r);
    emit_events(&e, r);
    emit_close(&e);
}
