/* policy-compile: reads policy/messages.def, whose head describes the grammar; build time only. */
#include "policy/compile/rules.h"
#include "policy/compile/source.h"
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

struct parser {
    struct rules *rules;
    struct source source;
    struct channel *channel; /* named last */
    struct message *message; /* open block, or NULL */
    struct record *record;   /* open struct or body of the open message, or NULL */
};

static void need_words(const struct parser *p, int n)
{
    if (p->source.n_words != n)
        source_fail(&p->source, "'%s' takes %d words, not %d", p->source.words[0], n - 1,
                    p->source.n_words - 1);
}

static void start_record(struct parser *p, struct record *record, const char *name)
{
    memset(record, 0, sizeof *record);
    source_copy_name(&p->source, record->name, sizeof record->name, name);
    lower_copy(record->lower, sizeof record->lower, name);
    record->line = p->source.line;
    p->record = record;
}

/* A block is complete when the next one begins, or the file ends. */
static void end_block(struct parser *p)
{
    const struct message *m = p->message;
    if (m != NULL && (m->when[0] == '\0' || m->right[0] == '\0' || m->why[0] == '\0'))
        source_fail(&p->source,
                    "message %s before this line lacks its direction, when, right or why",
                    m->body.name);
    if (p->record != NULL && m == NULL && p->record->n_fields == 0)
        source_fail(&p->source, "struct %s before this line has no fields", p->record->name);
    p->message = NULL;
    p->record = NULL;
}

static void on_struct(struct parser *p)
{
    need_words(p, 2);
    end_block(p);
    struct rules *r = p->rules;
    for (int i = 0; i < r->n_structs; i++)
        if (strcmp(r->structs[i].name, p->source.words[1]) == 0)
            source_fail(&p->source, "struct %s is there twice", p->source.words[1]);
    if (r->n_structs == COUNT(r->structs))
        source_fail(&p->source, "too many structs");
    start_record(p, &r->structs[r->n_structs++], p->source.words[1]);
}

static void on_channel(struct parser *p)
{
    need_words(p, 4);
    end_block(p);
    struct rules *r = p->rules;
    for (int i = 0; i < r->n_channels; i++)
        if (strcmp(r->channels[i].name, p->source.words[1]) == 0)
            source_fail(&p->source, "channel %s is there twice", p->source.words[1]);
    if (r->n_channels == COUNT(r->channels))
        source_fail(&p->source, "too many channels");
    struct channel *c = p->channel = &r->channels[r->n_channels++];
    source_copy_name(&p->source, c->name, sizeof c->name, p->source.words[1]);
    upper_copy(c->upper, sizeof c->upper, c->name);
    source_copy_name(&p->source, c->ends[0], sizeof c->ends[0], p->source.words[2]);
    source_copy_name(&p->source, c->ends[1], sizeof c->ends[1], p->source.words[3]);
    if (strcmp(c->ends[0], c->ends[1]) == 0)
        source_fail(&p->source, "both ends are called %s", c->ends[0]);
    c->line = p->source.line;
}

static int state_index(const struct channel *c, const char *name)
{
    for (int i = 0; i < c->n_states; i++)
        if (strcmp(c->states[i], name) == 0)
            return i;
    return -1;
}

static void on_states(struct parser *p)
{
    struct channel *c = p->channel;
    if (c == NULL || p->record != NULL || c->n_states > 0)
        source_fail(&p->source, "states belong once, directly after a channel");
    for (int i = 1; i < p->source.n_words; i++) {
        if (c->n_states == COUNT(c->states))
            source_fail(&p->source, "too many states");
        if (state_index(c, p->source.words[i]) >= 0)
            source_fail(&p->source, "state %s is there twice", p->source.words[i]);
        source_copy_name(&p->source, c->states[c->n_states++], NAME_SIZE, p->source.words[i]);
    }
    if (c->n_states == 0)
        source_fail(&p->source, "a channel needs a state");
}

static void on_message(struct parser *p)
{
    need_words(p, 2);
    end_block(p);
    struct rules *r = p->rules;
    if (p->channel == NULL || p->channel->n_states == 0)
        source_fail(&p->source, "a message needs a channel with states before it");
    if (r->n_messages == COUNT(r->messages))
        source_fail(&p->source, "too many messages");
    struct message *m = &r->messages[r->n_messages];
    memset(m, 0, sizeof *m);
    start_record(p, &m->body, p->source.words[1]);
    for (int i = 0; i < r->n_messages; i++)
        if (strcmp(r->messages[i].body.lower, m->body.lower) == 0)
            source_fail(&p->source, "message %s is there twice", m->body.name);
    m->channel = (int)(p->channel - r->channels);
    m->from = -1;
    p->message = m;
    r->n_messages++;
}

static int end_index(const struct parser *p, const char *name)
{
    for (int i = 0; i < 2; i++)
        if (strcmp(p->channel->ends[i], name) == 0)
            return i;
    source_fail(&p->source, "channel %s has no end %s", p->channel->name, name);
}

static void on_direction(struct parser *p)
{
    need_words(p, 3);
    struct message *m = p->message;
    if (m == NULL || m->from >= 0)
        source_fail(&p->source, "one direction for each message");
    m->from = end_index(p, p->source.words[0]);
    m->to = end_index(p, p->source.words[2]);
    m->both = strcmp(p->source.words[1], "<->") == 0;
    if (m->from == m->to)
        source_fail(&p->source, "from and to are the same end");
}

static void need_message(const struct parser *p, const char *already)
{
    if (p->message == NULL || p->message->from < 0)
        source_fail(&p->source, "'%s' belongs into a message, after its direction",
                    p->source.words[0]);
    if (already[0] != '\0')
        source_fail(&p->source, "'%s' is there twice", p->source.words[0]);
}

static void on_when(struct parser *p)
{
    need_message(p, p->message == NULL ? "" : p->message->when);
    struct message *m = p->message;
    m->any_state = p->source.n_words == 2 && strcmp(p->source.words[1], "any") == 0;
    for (int i = 1; i < p->source.n_words && !m->any_state; i++) {
        int state = state_index(p->channel, p->source.words[i]);
        if (state < 0)
            source_fail(&p->source, "channel %s has no state %s", p->channel->name,
                        p->source.words[i]);
        m->states |= 1u << state;
    }
    if (m->any_state)
        m->states = (1u << p->channel->n_states) - 1;
    if (m->states == 0)
        source_fail(&p->source, "name the states, or any");
    source_copy(&p->source, m->when, sizeof m->when, source_rest(&p->source));
}

static void on_right(struct parser *p)
{
    need_message(p, p->message == NULL ? "" : p->message->right);
    need_words(p, 2);
    const char *right = p->source.words[1];
    if (strcmp(right, "-") != 0 && roles_find_action(p->rules, right) == NULL)
        source_fail(&p->source, "roles.def has no action %s", right);
    source_copy(&p->source, p->message->right, NAME_SIZE, right);
}

static void on_why(struct parser *p)
{
    need_message(p, p->message == NULL ? "" : p->message->why);
    if (p->source.n_words < 2)
        source_fail(&p->source, "say why");
    source_copy(&p->source, p->message->why, TEXT_SIZE, source_rest(&p->source));
}

static int64_t bound(const struct parser *p, const char *word)
{
    int64_t value;
    if (parse_number(word, &value))
        return value;
    const struct limit *l = limits_find(p->rules, word);
    if (l == NULL)
        source_fail(&p->source, "'%s' is neither a number nor in limits.h", word);
    return l->value;
}

static void parse_range(const struct parser *p, struct field *f, const char *word)
{
    const char *dots = strstr(word, "..");
    char min[NAME_SIZE];
    if (dots == NULL)
        source_fail(&p->source, "expected MIN..MAX, not '%s'", word);
    snprintf(min, sizeof min, "%.*s", (int)(dots - word), word);
    f->min = bound(p, min);
    f->max = bound(p, dots + 2);
    if (f->min > f->max)
        source_fail(&p->source, "%s: nothing lies in that range", word);
}

static void need_range(const struct parser *p, const struct field *f, int64_t least, int64_t most)
{
    if (f->min < least || f->max > most)
        source_fail(&p->source, "%s: bounds lie outside %lld..%lld", f->name, (long long)least,
                    (long long)most);
}

static void parse_fd_kind(const struct parser *p, struct field *f, const char *word)
{
    static const char *const kinds[] = {"socket", "memory", "file", "process", "stored"};
    for (int i = 0; i < COUNT(kinds); i++) {
        if (strcmp(word, kinds[i]) == 0) {
            f->fd_kind = (enum fd_kind)i;
            return;
        }
    }
    source_fail(&p->source, "a descriptor is a socket, memory, file, process or stored, not '%s'",
                word);
}

static void parse_list(const struct parser *p, struct field *f, const char *element)
{
    for (int i = 0; i < p->rules->n_structs; i++) {
        if (strcmp(p->rules->structs[i].name, element) == 0) {
            f->element = i;
            return;
        }
    }
    source_fail(&p->source, "no struct %s before this line", element);
}

static const struct field_type {
    const char *word;
    enum field_kind kind;
    int words;           /* on the line */
    int64_t least, most; /* what bounds may be */
    bool in_struct;
} field_types[] = {
    {"u8", FIELD_U8, 3, 0, 0xFF, true},
    {"u16", FIELD_U16, 3, 0, 0xFFFF, true},
    {"u32", FIELD_U32, 3, 0, 0xFFFFFFFF, true},
    {"u64", FIELD_U64, 3, 0, INT64_MAX, true},
    {"i32", FIELD_I32, 3, INT32_MIN, INT32_MAX, true},
    {"fixed", FIELD_FIXED, 3, 1, 4096, true},
    {"bytes", FIELD_BYTES, 3, 0, 0xFFFFFF, true},
    {"secret", FIELD_SECRET, 3, 0, 0xFFFFFF, false},
    {"text", FIELD_TEXT, 3, 0, 0xFFFFFF, true},
    {"list", FIELD_LIST, 4, 0, 0xFFFF, false},
    {"fd", FIELD_FD, 3, 1, 1, false},
    {"fds", FIELD_FDS, 4, 0, 255, false},
};

static const struct field_type *find_type(const char *word)
{
    for (int i = 0; i < COUNT(field_types); i++)
        if (strcmp(field_types[i].word, word) == 0)
            return &field_types[i];
    return NULL;
}

static struct field *add_field(struct parser *p)
{
    struct record *rec = p->record;
    char name[NAME_SIZE];
    source_copy_name(&p->source, name, sizeof name, p->source.words[1]);
    for (int i = 0; i < rec->n_fields; i++)
        if (strcmp(rec->fields[i].name, name) == 0)
            source_fail(&p->source, "field %s is there twice", name);
    if (rec->n_fields == COUNT(rec->fields))
        source_fail(&p->source, "too many fields");
    struct field *f = &rec->fields[rec->n_fields++];
    memset(f, 0, sizeof *f);
    source_copy(&p->source, f->name, sizeof f->name, name);
    source_copy(&p->source, f->text, sizeof f->text, p->source.text);
    source_copy(&p->source, f->comment, sizeof f->comment, p->source.comment);
    return f;
}

static void on_field(struct parser *p, const struct field_type *type)
{
    need_words(p, type->words);
    if (p->record == NULL || (p->message != NULL && p->message->from < 0))
        source_fail(&p->source, "a field belongs into a struct, or a message after its direction");
    if (p->message == NULL && !type->in_struct)
        source_fail(&p->source, "a struct cannot hold a %s", type->word);
    struct field *f = add_field(p);
    f->kind = type->kind;
    const char *third = p->source.words[2];
    if (type->kind == FIELD_FIXED)
        f->min = f->max = bound(p, third);
    else if (type->kind == FIELD_FD)
        f->min = f->max = 1, parse_fd_kind(p, f, third);
    else
        parse_range(p, f, third);
    need_range(p, f, type->least, type->most);
    if (type->kind == FIELD_FDS)
        parse_fd_kind(p, f, p->source.words[3]);
    if (type->kind == FIELD_LIST)
        parse_list(p, f, p->source.words[3]);
}

static int64_t record_size(const struct rules *r, const struct record *rec)
{
    int64_t size = 0;
    for (int i = 0; i < rec->n_fields; i++) {
        const struct field *f = &rec->fields[i];
        static const int64_t plain[] = {
            [FIELD_U8] = 1, [FIELD_U16] = 2, [FIELD_U32] = 4, [FIELD_U64] = 8, [FIELD_I32] = 4};
        if (f->kind <= FIELD_I32)
            size += plain[f->kind];
        else if (f->kind == FIELD_FIXED)
            size += f->max;
        else if (f->kind <= FIELD_TEXT)
            size += 4 + f->max;
        else if (f->kind == FIELD_LIST)
            size += 2 + f->max * record_size(r, &r->structs[f->element]);
        else if (f->kind == FIELD_FDS)
            size += 2;
    }
    return size;
}

/* Every message fits one datagram and one control buffer: checked here, once, rather than at run
 * time. */
static void check_size(const struct parser *p, const struct message *m)
{
    int64_t fds = 0;
    for (int i = 0; i < m->body.n_fields; i++)
        if (m->body.fields[i].kind >= FIELD_FD)
            fds += m->body.fields[i].max;
    struct source at = p->source;
    at.line = m->body.line;
    int64_t size = 2 + record_size(p->rules, &m->body);
    if (size > bound(p, "MAX_DATAGRAM"))
        source_fail(&at, "message %s can be %lld bytes, over MAX_DATAGRAM", m->body.name,
                    (long long)size);
    if (fds > bound(p, "MAX_FDS"))
        source_fail(&at, "message %s can carry %lld descriptors, over MAX_FDS", m->body.name,
                    (long long)fds);
}

static void parse_line(struct parser *p)
{
    static const struct {
        const char *word;
        void (*parse)(struct parser *p);
    } statements[] = {{"struct", on_struct},   {"channel", on_channel}, {"states", on_states},
                      {"message", on_message}, {"when", on_when},       {"right", on_right},
                      {"why", on_why}};
    const struct source *s = &p->source;
    if (s->n_words == 3 && (strcmp(s->words[1], "->") == 0 || strcmp(s->words[1], "<->") == 0)) {
        on_direction(p);
        return;
    }
    for (int i = 0; i < COUNT(statements); i++) {
        if (strcmp(s->words[0], statements[i].word) == 0) {
            statements[i].parse(p);
            return;
        }
    }
    const struct field_type *type = find_type(s->words[0]);
    if (type == NULL)
        source_fail(s, "'%s' is no statement and no type", s->words[0]);
    on_field(p, type);
}

void messages_parse(struct rules *r, const char *folder)
{
    static struct parser p;
    p.rules = r;
    source_open(&p.source, folder, "messages.def");
    while (source_next(&p.source))
        parse_line(&p);
    end_block(&p);
    for (int i = 0; i < r->n_messages; i++)
        check_size(&p, &r->messages[i]);
    if (r->n_channels == 0 || strcmp(r->channels[0].name, "worker") != 0)
        source_fail(&p.source, "the first channel must be 'worker'");
    source_close(&p.source);
}
