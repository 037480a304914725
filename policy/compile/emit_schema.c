/*
 * policy-compile: build/gen/schema.c, messages.def as data for tests (tests/unit/lib/schema.h);
 * build time only, and no program links it.
 */
#include "policy/compile/emit.h"
#include "policy/compile/messages.h"
#include <inttypes.h>

static const char *const kinds[] = {
    [FIELD_U8] = "SCHEMA_U8",       [FIELD_U16] = "SCHEMA_U16",
    [FIELD_U32] = "SCHEMA_U32",     [FIELD_U64] = "SCHEMA_U64",
    [FIELD_I32] = "SCHEMA_I32",     [FIELD_FIXED] = "SCHEMA_FIXED",
    [FIELD_BYTES] = "SCHEMA_BYTES", [FIELD_SECRET] = "SCHEMA_SECRET",
    [FIELD_TEXT] = "SCHEMA_TEXT",   [FIELD_LIST] = "SCHEMA_LIST",
    [FIELD_FD] = "SCHEMA_FD",       [FIELD_FDS] = "SCHEMA_FDS"};
static const char *const fds[] = {"SCHEMA_SOCKET", "SCHEMA_MEMORY", "SCHEMA_FILE", "SCHEMA_PROCESS",
                                  "SCHEMA_STORED"};

static void emit_fields(struct emit *e, const struct rules *r, const struct record *rec,
                        const char *suffix)
{
    if (rec->n_fields == 0)
        return;
    emit(e, "\nstatic const struct schema_field %s_%s[] = {\n", rec->lower, suffix);
    for (int i = 0; i < rec->n_fields; i++) {
        const struct field *f = &rec->fields[i];
        emit(e, "    {\"%s\", %s, %s, %" PRId64 ", %" PRId64 ", ", f->name, kinds[f->kind],
             fds[f->fd_kind], f->min, f->max);
        if (f->kind == FIELD_LIST)
            emit(e, "%s_struct, %d},\n", r->structs[f->element].lower,
                 r->structs[f->element].n_fields);
        else
            emit(e, "NULL, 0},\n");
    }
    emit(e, "};\n");
}

static void emit_message(struct emit *e, const struct rules *r, const struct message *m)
{
    emit_fields(e, r, &m->body, "fields");
    emit(e, "static const struct schema_message %s_message = {\"%s\", MSG_%s, ", m->body.lower,
         m->body.name, m->body.name);
    if (m->body.n_fields > 0)
        emit(e, "%s_fields, %d};\n", m->body.lower, m->body.n_fields);
    else
        emit(e, "NULL, 0};\n");
}

static void emit_again(struct emit *e, const struct rules *r, int channel, int end)
{
    const struct channel *c = &r->channels[channel];
    for (int i = 0; i < r->n_messages; i++) {
        const struct message *m = &r->messages[i];
        if (message_states_at(r, m, channel, end) == 0)
            continue;
        bool bare = m->body.n_fields == 0;
        emit(e, "\nstatic int %s_%s_again_%s(void *ctx", c->name, c->ends[end], m->body.lower);
        if (!bare)
            emit(e, ", struct msg_%s *m", m->body.lower);
        emit(e, ")\n{\n    return msg_%s_send(ctx%s);\n}\n", m->body.lower, bare ? "" : ", m");
    }
}

static int emit_rows(struct emit *e, const struct rules *r, int channel, int end)
{
    const struct channel *c = &r->channels[channel];
    int n = 0;
    emit(e, "\nstatic const struct schema_row %s_%s_rows[] = {\n", c->name, c->ends[end]);
    for (int i = 0; i < r->n_messages; i++) {
        uint32_t states = message_states_at(r, &r->messages[i], channel, end);
        if (states != 0)
            emit(e, "    {&%s_message, 0x%xu},\n", r->messages[i].body.lower, states);
        n += states != 0;
    }
    emit(e, n > 0 ? "};\n" : "    {NULL, 0},\n};\n");
    return n;
}

static int emit_start(struct emit *e, const struct rules *r, int channel, int end)
{
    const struct channel *c = &r->channels[channel];
    const char *at = c->ends[end];
    emit_again(e, r, channel, end);
    int n = emit_rows(e, r, channel, end);
    emit(e, "static const struct %s_at_%s %s_%s_handlers = {\n", c->name, at, c->name, at);
    for (int i = 0; i < r->n_messages; i++)
        if (message_states_at(r, &r->messages[i], channel, end) != 0)
            emit(e, "    .on_%s = %s_%s_again_%s,\n", r->messages[i].body.lower, c->name, at,
                 r->messages[i].body.lower);
    if (n == 0)
        emit(e, "    0\n");
    emit(e,
         "};\nstatic void %s_%s_start(struct chan *in, int in_fd, struct chan *out, int "
         "out_fd)\n{\n",
         c->name, at);
    emit(e, "    %s_init_%s(in, in_fd, &%s_%s_handlers, out);\n", c->name, at, c->name, at);
    emit(e, "    %s_init_%s(out, out_fd, NULL, NULL);\n}\n", c->name, c->ends[1 - end]);
    return n;
}

void schema_emit(const struct rules *r, const char *folder)
{
    static int rows[32][2];
    struct emit e;
    emit_open(&e, folder, "schema.c", "policy/messages.def");
    emit(&e, "#include \"tests/unit/lib/schema.h\"\n");
    for (int i = 0; i < r->n_channels; i++)
        emit(&e, "#include \"ch_%s.h\"\n", r->channels[i].name);
    for (int i = 0; i < r->n_structs; i++)
        emit_fields(&e, r, &r->structs[i], "struct");
    for (int i = 0; i < r->n_messages; i++)
        emit_message(&e, r, &r->messages[i]);
    for (int i = 1; i < r->n_channels; i++)
        for (int end = 0; end < 2; end++)
            rows[i][end] = emit_start(&e, r, i, end);
    emit(&e, "\nconst struct schema_side schema_sides[] = {\n");
    for (int i = 1; i < r->n_channels; i++) {
        const struct channel *c = &r->channels[i];
        for (int end = 0; end < 2; end++)
            emit(&e, "    {\"%s\", \"%s\", %d, %s_%s_rows, %d, %s_%s_start},\n", c->name,
                 c->ends[end], c->n_states, c->name, c->ends[end], rows[i][end], c->name,
                 c->ends[end]);
    }
    emit(&e, "};\nconst size_t schema_n_sides = sizeof schema_sides / sizeof *schema_sides;\n");
    emit_close(&e);
}
