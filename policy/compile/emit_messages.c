/* policy-compile: build/gen/ch_messages.c, encoders, checking decoders and dispatch tables; build
 * time only. */
#include "policy/compile/emit.h"
#include "policy/compile/messages.h"
#include "policy/compile/source.h"
#include <inttypes.h>
#include <string.h>

#define WORKER_CHANNEL 0

/* The broker's end of a channel, or -1. */
static int broker_end(const struct rules *r, int channel)
{
    for (int end = 0; end < 2; end++)
        if (channel != WORKER_CHANNEL && strcmp(r->channels[channel].ends[end], "broker") == 0)
            return end;
    return -1;
}

/* READY belongs to the first state, whatever its name; FAILED to all. */
static uint32_t worker_states(const struct rules *r, const struct message *m, int channel)
{
    return m->any_state ? (1u << r->channels[channel].n_states) - 1 : 1;
}

uint32_t message_states_at(const struct rules *r, const struct message *m, int channel, int end)
{
    if (m->channel == WORKER_CHANNEL)
        return broker_end(r, channel) == end ? worker_states(r, m, channel) : 0;
    return m->channel == channel && (m->to == end || m->both) ? m->states : 0;
}

/* True when that end may send it. */
static bool is_sent_by(const struct rules *r, const struct message *m, int channel, int end)
{
    return message_states_at(r, m, channel, 1 - end) != 0;
}

static bool is_secret(const struct message *m)
{
    for (int i = 0; i < m->body.n_fields; i++)
        if (m->body.fields[i].kind == FIELD_SECRET)
            return true;
    return false;
}

static const char *unsigned_max(const struct field *f)
{
    static char text[24];
    snprintf(text, sizeof text, "%" PRId64 "u", f->max);
    return text;
}

static int width_of(enum field_kind kind)
{
    return kind == FIELD_U8 ? 1 : kind == FIELD_U16 ? 2 : kind == FIELD_U64 ? 8 : 4;
}

/* INT32_MIN has no plain literal in C. */
static const char *signed_text(int64_t value, char out[24])
{
    if (value == INT32_MIN)
        return "INT32_MIN";
    snprintf(out, 24, "%" PRId64, value);
    return out;
}

static void emit_write_list(struct emit *e, const struct rules *r, const struct field *f)
{
    emit(e, "    uint16_t n_%s = msg_write_count(w, m->n_%s, %" PRId64 ", %" PRId64 ");\n", f->name,
         f->name, f->min, f->max);
    emit(e, "    for (uint16_t i = 0; i < n_%s; i++)\n", f->name);
    if (f->kind == FIELD_LIST)
        emit(e, "        write_%s(w, &m->%s[i]);\n", r->structs[f->element].lower, f->name);
    else
        emit(e, "        msg_write_fd(w, m->%s[i]);\n", f->name);
}

static void emit_write_field(struct emit *e, const struct rules *r, const struct field *f)
{
    char min[24], max[24];
    switch (f->kind) {
    case FIELD_U8:
    case FIELD_U16:
    case FIELD_U32:
    case FIELD_U64:
        emit(e, "    msg_write_uint(w, %d, m->%s, %" PRId64 ", %s);\n", width_of(f->kind), f->name,
             f->min, unsigned_max(f));
        break;
    case FIELD_I32:
        emit(e, "    msg_write_i32(w, m->%s, %s, %s);\n", f->name, signed_text(f->min, min),
             signed_text(f->max, max));
        break;
    case FIELD_FIXED:
        emit(e, "    msg_write_fixed(w, m->%s, %" PRId64 ");\n", f->name, f->max);
        break;
    case FIELD_BYTES:
    case FIELD_SECRET:
    case FIELD_TEXT:
        emit(e, "    msg_write_%s(w, m->%s, %" PRId64 ", %s);\n",
             f->kind == FIELD_TEXT ? "text" : "bytes", f->name, f->min, unsigned_max(f));
        break;
    case FIELD_LIST:
    case FIELD_FDS:
        emit_write_list(e, r, f);
        break;
    case FIELD_FD:
        emit(e, "    msg_write_fd(w, m->%s);\n", f->name);
        break;
    }
}

static const char *kind_name(enum fd_kind kind)
{
    static const char *const names[] = {"MSG_FD_SOCKET", "MSG_FD_MEMORY", "MSG_FD_FILE",
                                        "MSG_FD_PROCESS", "MSG_FD_STORED"};
    return names[kind];
}

static void emit_read_list(struct emit *e, const struct rules *r, const struct field *f)
{
    emit(e, "    m->n_%s = msg_read_count(r, %" PRId64 ", %" PRId64 ");\n", f->name, f->min,
         f->max);
    emit(e, "    for (uint16_t i = 0; i < m->n_%s; i++)\n", f->name);
    if (f->kind == FIELD_LIST)
        emit(e, "        read_%s(r, &m->%s[i]);\n", r->structs[f->element].lower, f->name);
    else
        emit(e, "        m->%s[i] = msg_read_fd(r, %s);\n", f->name, kind_name(f->fd_kind));
}

static void emit_read_field(struct emit *e, const struct rules *r, const struct field *f)
{
    char min[24], max[24];
    switch (f->kind) {
    case FIELD_U8:
    case FIELD_U16:
    case FIELD_U32:
    case FIELD_U64:
        emit(e, "    m->%s = (uint%d_t)msg_read_uint(r, %d, %" PRId64 ", %s);\n", f->name,
             width_of(f->kind) * 8, width_of(f->kind), f->min, unsigned_max(f));
        break;
    case FIELD_I32:
        emit(e, "    m->%s = msg_read_i32(r, %s, %s);\n", f->name, signed_text(f->min, min),
             signed_text(f->max, max));
        break;
    case FIELD_FIXED:
        emit(e, "    msg_read_fixed(r, m->%s, %" PRId64 ");\n", f->name, f->max);
        break;
    case FIELD_BYTES:
    case FIELD_SECRET:
    case FIELD_TEXT:
        emit(e, "    m->%s = msg_read_%s(r, %" PRId64 ", %s);\n", f->name,
             f->kind == FIELD_TEXT ? "text" : "bytes", f->min, unsigned_max(f));
        break;
    case FIELD_LIST:
    case FIELD_FDS:
        emit_read_list(e, r, f);
        break;
    case FIELD_FD:
        emit(e, "    m->%s = msg_read_fd(r, %s);\n", f->name, kind_name(f->fd_kind));
        break;
    }
}

/* A struct used by no list would be an unused static function: the
   compiler says so, and rightly. */
static void emit_struct_code(struct emit *e, const struct rules *r, const struct record *s)
{
    emit(e, "\nstatic void write_%s(struct msg_writer *w, const struct %s *m)\n{\n", s->lower,
         s->lower);
    for (int i = 0; i < s->n_fields; i++)
        emit_write_field(e, r, &s->fields[i]);
    emit(e, "}\n\nstatic void read_%s(struct msg_reader *r, struct %s *m)\n{\n", s->lower,
         s->lower);
    for (int i = 0; i < s->n_fields; i++)
        emit_read_field(e, r, &s->fields[i]);
    emit(e, "}\n");
}

static void emit_send(struct emit *e, const struct rules *r, const struct message *m)
{
    const struct record *b = &m->body;
    emit(e, "\nint msg_%s_send(struct chan *c", b->lower);
    if (b->n_fields > 0)
        emit(e, ", const struct msg_%s *m", b->lower);
    emit(e,
         ")\n{\n    struct msg_writer writer, *w = &writer;\n    msg_write_begin(w, c, MSG_%s);\n",
         b->name);
    for (int i = 0; i < b->n_fields; i++)
        emit_write_field(e, r, &b->fields[i]);
    emit(e, "    return msg_write_send(w, c, %s);\n}\n", is_secret(m) ? "true" : "false");
}

static void emit_decode(struct emit *e, const struct rules *r, const struct message *m)
{
    const struct record *b = &m->body;
    if (b->n_fields == 0)
        return;
    emit(e, "\nstatic bool decode_%s(struct msg_reader *r, struct msg_%s *m)\n{\n", b->lower,
         b->lower);
    for (int i = 0; i < b->n_fields; i++)
        emit_read_field(e, r, &b->fields[i]);
    emit(e, "    return msg_read_end(r);\n}\n");
}

/* After the handler: what it did not take is closed. */
static void emit_release(struct emit *e, const struct message *m)
{
    for (int i = 0; i < m->body.n_fields; i++) {
        const struct field *f = &m->body.fields[i];
        if (f->kind == FIELD_FD)
            emit(e, "    release(&m.%s, 1);\n", f->name);
        else if (f->kind == FIELD_FDS)
            emit(e, "    release(m.%s, m.n_%s);\n", f->name, f->name);
    }
}

static void emit_take(struct emit *e, const struct rules *r, const struct message *m, int channel,
                      int end)
{
    const struct channel *c = &r->channels[channel];
    const char *at = c->ends[end], *name = m->body.lower;
    emit(e, "\nstatic enum msg_taken %s_%s_take_%s(struct chan *c, struct msg_reader *r)\n{\n",
         c->name, at, name);
    emit(e, "    const struct %s_at_%s *h = c->handlers;\n", c->name, at);
    emit(e, "    if (h->on_%s == NULL)\n        return MSG_UNHANDLED;\n", name);
    if (m->body.n_fields == 0) {
        emit(e, "    if (!msg_read_end(r))\n        return msg_read_failure(r);\n");
        emit(e, "    return h->on_%s(c->ctx) == 0 ? MSG_TAKEN : MSG_REFUSED;\n}\n", name);
        return;
    }
    emit(e, "    struct msg_%s m = {0};\n", name);
    emit(e, "    if (!decode_%s(r, &m))\n        return msg_read_failure(r);\n", name);
    emit(e, "    int result = h->on_%s(c->ctx, &m);\n", name);
    emit_release(e, m);
    emit(e, "    return result == 0 ? MSG_TAKEN : MSG_REFUSED;\n}\n");
}

static void emit_rows(struct emit *e, const struct rules *r, int channel, int end)
{
    const struct channel *c = &r->channels[channel];
    const char *at = c->ends[end];
    int n = 0;
    for (int i = 0; i < r->n_messages; i++) {
        const struct message *m = &r->messages[i];
        uint32_t states = message_states_at(r, m, channel, end);
        if (states == 0)
            continue;
        if (n++ == 0)
            emit(e, "\nstatic const struct chan_row %s_%s_rows[] = {\n", c->name, at);
        emit(e, "    {MSG_%s, %s, 0x%xu, %s_%s_take_%s},\n", m->body.name,
             is_secret(m) ? "true" : "false", states, c->name, at, m->body.lower);
    }
    emit(e, n > 0 ? "};\n" : "\n");
}

static void emit_sends(struct emit *e, const struct rules *r, int channel, int end)
{
    const struct channel *c = &r->channels[channel];
    int n = 0;
    for (int i = 0; i < r->n_messages; i++) {
        if (!is_sent_by(r, &r->messages[i], channel, end))
            continue;
        if (n++ == 0)
            emit(e, "static const uint16_t %s_%s_sends[] = {\n", c->name, c->ends[end]);
        emit(e, "    MSG_%s,\n", r->messages[i].body.name);
    }
    emit(e, n > 0 ? "};\n" : "");
}

static int count_at(const struct rules *r, int channel, int end, bool sent)
{
    int n = 0;
    for (int i = 0; i < r->n_messages; i++)
        n += sent ? is_sent_by(r, &r->messages[i], channel, end)
                  : message_states_at(r, &r->messages[i], channel, end) != 0;
    return n;
}

static void emit_side(struct emit *e, const struct rules *r, int channel, int end)
{
    const struct channel *c = &r->channels[channel];
    const char *at = c->ends[end];
    emit(e, "static const struct chan_side %s_%s_side = {\n    \"%s\", \"%s\", ", c->name, at,
         c->name, at);
    int rows = count_at(r, channel, end, false), sends = count_at(r, channel, end, true);
    emit(e, rows > 0 ? "%s_%s_rows, " : "NULL, ", c->name, at);
    emit(e, sends > 0 ? "%s_%s_sends, " : "NULL, ", c->name, at);
    emit(e, "%d, %d};\n", rows, sends);
    emit(e,
         "\nvoid %s_init_%s(struct chan *c, int fd, const struct %s_at_%s *handlers, void "
         "*ctx)\n{\n",
         c->name, at, c->name, at);
    emit(e,
         "    *c = (struct chan){.fd = fd, .side = &%s_%s_side, .handlers = handlers, .ctx = "
         "ctx};\n}\n",
         c->name, at);
}

static void emit_names(struct emit *e, const struct rules *r)
{
    emit(e, "\nconst char *msg_name(uint16_t type)\n{\n    static const char *const "
            "names[MSG_TYPES] = {\n");
    emit(e, "        \"?\",\n");
    for (int i = 0; i < r->n_messages; i++)
        emit(e, "        \"%s\",\n", r->messages[i].body.name);
    emit(e, "    };\n    return type < MSG_TYPES ? names[type] : \"?\";\n}\n");
}

static void emit_channel_code(struct emit *e, const struct rules *r, int channel)
{
    for (int end = 0; end < 2; end++) {
        for (int i = 0; i < r->n_messages; i++)
            if (message_states_at(r, &r->messages[i], channel, end) != 0)
                emit_take(e, r, &r->messages[i], channel, end);
        emit_rows(e, r, channel, end);
        emit_sends(e, r, channel, end);
        emit_side(e, r, channel, end);
    }
}

void messages_emit(const struct rules *r, const char *folder)
{
    headers_emit(r, folder);
    schema_emit(r, folder);
    struct emit e;
    emit_open(&e, folder, "ch_messages.c", "policy/messages.def");
    for (int i = 0; i < r->n_channels; i++)
        emit(&e, "#include \"ch_%s.h\"\n", r->channels[i].name);
    emit(&e, "#include \"lib/msg.h\"\n#include <unistd.h>\n");
    emit(&e, "\nstatic void release(int *fds, size_t n)\n{\n    for (size_t i = 0; i < n; i++)\n"
             "        if (fds[i] >= 0)\n            close(fds[i]);\n}\n");
    for (int i = 0; i < r->n_structs; i++)
        emit_struct_code(&e, r, &r->structs[i]);
    for (int i = 0; i < r->n_messages; i++) {
        emit_send(&e, r, &r->messages[i]);
        emit_decode(&e, r, &r->messages[i]);
    }
    for (int i = WORKER_CHANNEL + 1; i < r->n_channels; i++)
        emit_channel_code(&e, r, i);
    emit_names(&e, r);
    emit_close(&e);
}
