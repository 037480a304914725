/* policy-compile: build/gen/ch_CHANNEL.h and ch_structs.h, the message
   types as C; build time only. */
#include "policy/compile/emit.h"
#include "policy/compile/messages.h"
#include "policy/compile/source.h"
#include <string.h>

static void emit_guard(struct emit *e, const char *upper)
{
    emit(e, "#ifndef GEN_CH_%s_H\n#define GEN_CH_%s_H\n", upper, upper);
}

static void emit_field(struct emit *e, const struct rules *r, const struct field *f)
{
    static const char *const types[] = {[FIELD_U8] = "uint8_t",
                                        [FIELD_U16] = "uint16_t",
                                        [FIELD_U32] = "uint32_t",
                                        [FIELD_U64] = "uint64_t",
                                        [FIELD_I32] = "int32_t"};
    long long most = f->max > 0 ? (long long)f->max : 1; /* C has no empty arrays */
    switch (f->kind) {
    case FIELD_U8:
    case FIELD_U16:
    case FIELD_U32:
    case FIELD_U64:
    case FIELD_I32:
        emit(e, "    %s %s;", types[f->kind], f->name);
        break;
    case FIELD_FIXED:
        emit(e, "    uint8_t %s[%lld];", f->name, most);
        break;
    case FIELD_BYTES:
    case FIELD_SECRET:
    case FIELD_TEXT:
        emit(e, "    struct span %s;", f->name);
        break;
    case FIELD_LIST:
        emit(e, "    uint16_t n_%s;\n    struct %s %s[%lld];", f->name,
             r->structs[f->element].lower, f->name, most);
        break;
    case FIELD_FD:
        emit(e, "    int %s;", f->name);
        break;
    case FIELD_FDS:
        emit(e, "    uint16_t n_%s;\n    int %s[%lld];", f->name, f->name, most);
        break;
    }
    emit(e, " /* %s%s%s */\n", f->text, f->comment[0] ? ": " : "", f->comment);
}

static void emit_record(struct emit *e, const struct rules *r, const struct record *rec,
                        const char *prefix)
{
    emit(e, "struct %s%s {\n", prefix, rec->lower);
    for (int i = 0; i < rec->n_fields; i++)
        emit_field(e, r, &rec->fields[i]);
    emit(e, "};\n");
}

static void emit_message(struct emit *e, const struct rules *r, const struct message *m)
{
    const struct channel *c = &r->channels[m->channel];
    emit(e, "\n/* %s %s %s, when %s", c->ends[m->from], m->both ? "<->" : "->", c->ends[m->to],
         m->when);
    if (strcmp(m->right, "-") != 0)
        emit(e, ", right %s", m->right);
    emit(e, ": %s */\n", m->why);
    if (m->body.n_fields == 0) {
        emit(e, "int msg_%s_send(struct chan *c);\n", m->body.lower);
        return;
    }
    emit_record(e, r, &m->body, "msg_");
    emit(e, "int msg_%s_send(struct chan *c, const struct msg_%s *m);\n", m->body.lower,
         m->body.lower);
}

static void emit_handler(struct emit *e, const struct message *m)
{
    if (m->body.n_fields == 0)
        emit(e, "    int (*on_%s)(void *ctx);\n", m->body.lower);
    else
        emit(e, "    int (*on_%s)(void *ctx, struct msg_%s *m);\n", m->body.lower, m->body.lower);
}

static void emit_end(struct emit *e, const struct rules *r, int channel, int end)
{
    const struct channel *c = &r->channels[channel];
    bool any = false;
    emit(e, "\n/* What %s handles. */\nstruct %s_at_%s {\n", c->ends[end], c->name, c->ends[end]);
    for (int i = 0; i < r->n_messages; i++) {
        if (message_states_at(r, &r->messages[i], channel, end) == 0)
            continue;
        emit_handler(e, &r->messages[i]);
        any = true;
    }
    emit(e, "%s};\n", any ? "" : "    char nothing;\n");
    emit(e,
         "void %s_init_%s(struct chan *c, int fd, const struct %s_at_%s *handlers, void *ctx);\n",
         c->name, c->ends[end], c->name, c->ends[end]);
}

static void emit_states(struct emit *e, const struct channel *c)
{
    emit(e, "\nenum %s_state {\n", c->name);
    for (int i = 0; i < c->n_states; i++) {
        char state[NAME_SIZE];
        upper_copy(state, sizeof state, c->states[i]);
        emit(e, "    %s_STATE_%s = %d,\n", c->upper, state, i);
    }
    emit(e, "};\n");
}

static void emit_channel(const struct rules *r, int channel, const char *folder)
{
    const struct channel *c = &r->channels[channel];
    char name[NAME_SIZE + 8];
    snprintf(name, sizeof name, "ch_%s.h", c->name);
    struct emit e;
    emit_open(&e, folder, name, "policy/messages.def");
    emit_guard(&e, c->upper);
    emit(&e, "#include \"%s\"\n#include \"lib/chan.h\"\n#include \"lib/span.h\"\n",
         channel == 0 ? "ch_structs.h" : "ch_worker.h");
    emit_states(&e, c);
    for (int i = 0; i < r->n_messages; i++)
        if (r->messages[i].channel == channel)
            emit_message(&e, r, &r->messages[i]);
    for (int end = 0; end < 2 && channel != 0; end++)
        emit_end(&e, r, channel, end);
    emit(&e, "\n#endif\n");
    emit_close(&e);
}

static void emit_structs(const struct rules *r, const char *folder)
{
    struct emit e;
    emit_open(&e, folder, "ch_structs.h", "policy/messages.def");
    emit_guard(&e, "STRUCTS");
    emit(&e, "#include \"lib/span.h\"\n#include <stdint.h>\n\n");
    emit(&e,
         "/* Type of every message: the first two bytes of its datagram. */\nenum msg_type {\n");
    for (int i = 0; i < r->n_messages; i++)
        emit(&e, "    MSG_%s = %d,\n", r->messages[i].body.name, i + 1);
    emit(&e, "    MSG_TYPES = %d\n};\n", r->n_messages + 1);
    emit(&e, "/* \"GATE_OPEN\"; \"?\" for a number that is no type. */\nconst char "
             "*msg_name(uint16_t type);\n");
    for (int i = 0; i < r->n_structs; i++) {
        emit(&e, "\n");
        emit_record(&e, r, &r->structs[i], "");
    }
    emit(&e, "\n#endif\n");
    emit_close(&e);
}

void headers_emit(const struct rules *r, const char *folder)
{
    emit_structs(r, folder);
    for (int i = 0; i < r->n_channels; i++)
        emit_channel(r, i, folder);
}
