/*
 * Judges X11 requests for vitrine-gate. Distrusts every byte: the worker may be in the hands of
 * somebody else. Numbers are in the machine's byte order; a client that asks for the other one is
 * not one of ours.
 */
#include "broker/gate/judge.h"
#include <string.h>

#define SETUP_BYTES 12

static const uint16_t one = 1;

static uint32_t field(const uint8_t *at, uint8_t size)
{
    uint16_t half;
    uint32_t whole;
    switch (size) {
    case 1:
        return *at;
    case 2:
        memcpy(&half, at, sizeof half);
        return half;
    default:
        memcpy(&whole, at, sizeof whole);
        return whole;
    }
}

static int32_t field_i16(const uint8_t *at)
{
    int16_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

void judge_init(struct judge *j, const struct judge_terms *terms)
{
    *j = (struct judge){.terms = *terms};
}

static bool known(const uint32_t *list, size_t n, uint32_t id)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == id)
            return true;
    return false;
}

void judge_add_windows(struct judge *j, const uint32_t *windows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (windows[i] == 0 || known(j->windows, JUDGE_WINDOWS, windows[i]))
            continue;
        j->windows[j->next_window] = windows[i];
        j->next_window = (j->next_window + 1) % JUDGE_WINDOWS;
    }
}

static struct judge_verdict violation(enum gate_rule rule, uint8_t major, uint8_t minor,
                                      uint32_t detail)
{
    return (struct judge_verdict){JUDGE_VIOLATION, 0, major, minor, rule, detail};
}

/* --- one condition of one row: 0 when it holds --- */

static bool inside(const struct judge_terms *t, int32_t x, int32_t y, uint32_t w, uint32_t h)
{
    if (t->whole)
        return true;
    return x >= t->x && y >= t->y && (int64_t)x + w <= (int64_t)t->x + t->w &&
           (int64_t)y + h <= (int64_t)t->y + t->h;
}

static enum gate_rule check_value(const struct x11_check *c, uint32_t value)
{
    return value >= c->lo && value <= c->hi ? 0 : GATE_RULE_FORM;
}

static enum gate_rule check_own(const struct judge *j, uint32_t id)
{
    return id != 0 && known(j->windows, JUDGE_WINDOWS, id) ? 0 : GATE_RULE_DRAWABLE;
}

static enum gate_rule check_window(const struct judge *j, uint32_t id)
{
    bool shared = id != 0 && (id == j->terms.root || id == j->terms.target);
    return shared ? 0 : check_own(j, id);
}

static enum gate_rule check_same(uint32_t id, uint32_t only)
{
    return id != 0 && id == only ? 0 : GATE_RULE_DRAWABLE;
}

static enum gate_rule check_new(const struct judge *j, const struct x11_check *c, uint32_t id)
{
    const uint32_t *list = j->things[c->thing];
    if (id == 0 || known(list, MAX_GATE_THINGS, id))
        return GATE_RULE_FORM;
    return known(list, MAX_GATE_THINGS, 0) ? 0 : GATE_RULE_LIMIT;
}

static enum gate_rule check_use(const struct judge *j, const struct x11_check *c, uint32_t id)
{
    return id != 0 && known(j->things[c->thing], MAX_GATE_THINGS, id) ? 0 : GATE_RULE_FORM;
}

static enum gate_rule check_gone(const uint32_t *list)
{
    for (size_t i = 0; i < MAX_GATE_THINGS; i++)
        if (list[i] != 0)
            return GATE_RULE_FORM;
    return 0;
}

static enum gate_rule check_spare(const struct judge_terms *t, uint8_t code)
{
    for (uint8_t i = 0; i < t->n_spares; i++)
        if (t->spares[i] == code)
            return 0;
    return GATE_RULE_FORM;
}

static enum gate_rule check(const struct judge *j, const struct x11_check *c, const uint8_t *req)
{
    const uint8_t *at = req + c->at;
    switch (c->kind) {
    case X11_CHECK_VALUE:
        return check_value(c, field(at, c->size));
    case X11_CHECK_ROOT:
        return field(at, 4) == j->terms.root ? 0 : GATE_RULE_DRAWABLE;
    case X11_CHECK_SCREEN:
        return check_same(field(at, 4), j->terms.target == 0 ? j->terms.root : 0);
    case X11_CHECK_TARGET:
        return check_same(field(at, 4), j->terms.target);
    case X11_CHECK_WINDOW:
        return check_window(j, field(at, 4));
    case X11_CHECK_OWN:
        return check_own(j, field(at, 4));
    case X11_CHECK_AREA:
        return inside(&j->terms, field_i16(at), field_i16(at + 2), field(at + 4, 2),
                      field(at + 6, 2))
                   ? 0
                   : GATE_RULE_AREA;
    case X11_CHECK_POINT:
        return inside(&j->terms, field_i16(at), field_i16(at + 2), 1, 1) ? 0 : GATE_RULE_AREA;
    case X11_CHECK_NEW:
        return check_new(j, c, field(at, 4));
    case X11_CHECK_USE:
    case X11_CHECK_END:
        return check_use(j, c, field(at, 4));
    case X11_CHECK_SPARE:
        return check_spare(&j->terms, *at);
    case X11_CHECK_BRACKET:
        return 0; /* bracket_is_whole */
    case X11_CHECK_INSIDE:
        return j->closes != 0 ? 0 : GATE_RULE_FORM;
    case X11_CHECK_GONE:
        return check_gone(j->things[c->thing]);
    default:
        return GATE_RULE_REQUEST;
    }
}

/* Bytes a condition reads from its offset on. */
static size_t check_reach(const struct x11_check *c)
{
    switch (c->kind) {
    case X11_CHECK_VALUE:
    case X11_CHECK_SPARE:
    case X11_CHECK_BRACKET:
    case X11_CHECK_INSIDE:
    case X11_CHECK_GONE:
        return c->size;
    case X11_CHECK_AREA:
        return 8;
    default:
        return 4;
    }
}

/* --- one row --- */

/* *fits: how many of its conditions hold before one does not. */
static enum gate_rule check_row(const struct judge *j, const struct x11_rule *row,
                                const uint8_t *req, size_t len, uint32_t *detail, size_t *fits)
{
    *detail = row->line;
    *fits = 0;
    if (len < row->min_bytes || len > row->max_bytes)
        return GATE_RULE_FORM;
    for (size_t i = 0; i < row->n_checks; i++) {
        const struct x11_check *c = &row->checks[i];
        enum gate_rule rule = GATE_RULE_FORM;
        if (c->at + check_reach(c) <= len)
            rule = check(j, c, req);
        if (rule == GATE_RULE_DRAWABLE)
            *detail = field(req + c->at, 4);
        if (rule != 0)
            return rule;
        (*fits)++;
    }
    return 0;
}

static void replace(uint32_t *list, uint32_t old, uint32_t new)
{
    for (size_t i = 0; i < MAX_GATE_THINGS; i++)
        if (list[i] == old) {
            list[i] = new;
            return;
        }
}

/* Only after the whole row has been found to fit. */
static void remember(struct judge *j, const struct x11_rule *row, const uint8_t *req)
{
    for (size_t i = 0; i < row->n_checks; i++) {
        const struct x11_check *c = &row->checks[i];
        if (c->kind == X11_CHECK_NEW)
            replace(j->things[c->thing], 0, field(req + c->at, 4));
        else if (c->kind == X11_CHECK_END)
            replace(j->things[c->thing], field(req + c->at, 4), 0);
        else if (c->kind == X11_CHECK_BRACKET)
            j->closes = (uint8_t)c->lo;
    }
}

/* --- one request --- */

static enum x11_extension extension_of(const struct judge *j, uint8_t major)
{
    if (major < 128)
        return X11_CORE;
    enum x11_extension e = X11_CORE + 1;
    while (e < X11_EXTENSIONS && j->terms.majors[e] != major)
        e++;
    return e;
}

/* What opens something that nobody else can close, like a grab of the server, goes to the server
   in one piece with what closes it: a worker that is stopped in between leaves nothing open. */
static enum judge_kind bracket_is_whole(const struct x11_rule *row, const uint8_t *req, size_t have)
{
    const struct x11_check *c = row->checks;
    size_t at = 0, n = 0;
    if (row->n_checks == 0 || c->kind != X11_CHECK_BRACKET)
        return JUDGE_PASS;
    while (at < MAX_GATE_REQUEST) {
        if (have - at < 4)
            return JUDGE_MORE;
        if (req[at] == c->lo)
            return JUDGE_PASS;
        n = field(req + at + 2, 2) * (size_t)4;
        if (n == 0)
            return JUDGE_VIOLATION;
        if (have - at < n)
            return at + n < MAX_GATE_REQUEST ? JUDGE_MORE : JUDGE_VIOLATION;
        at += n;
    }
    return JUDGE_VIOLATION;
}

static struct judge_verdict passed(struct judge *j, const struct x11_rule *row, const uint8_t *req,
                                   size_t len, size_t have)
{
    enum judge_kind kind = bracket_is_whole(row, req, have);
    uint8_t minor = row->extension == X11_CORE ? 0 : req[1];
    if (kind == JUDGE_VIOLATION)
        return violation(GATE_RULE_LENGTH, req[0], minor, row->line);
    if (kind == JUDGE_MORE)
        return (struct judge_verdict){.kind = JUDGE_MORE};
    if (req[0] == j->closes)
        j->closes = 0;
    remember(j, row, req);
    return (struct judge_verdict){
        .kind = JUDGE_PASS, .bytes = len, .major = req[0], .minor = minor};
}

/* `have`: bytes there are from req on. */
static struct judge_verdict judge_request(struct judge *j, const uint8_t *req, size_t len,
                                          size_t have)
{
    enum x11_extension e = extension_of(j, req[0]);
    uint8_t opcode = e == X11_CORE ? req[0] : req[1];
    uint8_t minor = e == X11_CORE ? 0 : req[1];
    struct judge_verdict bad = violation(GATE_RULE_REQUEST, req[0], minor, (uint32_t)len);
    size_t most = 0; /* the reason is that of the row which fits best */
    for (size_t i = 0; i < j->terms.rules->n; i++) {
        const struct x11_rule *row = &j->terms.rules->rows[i];
        if (row->extension != e || row->opcode != opcode)
            continue;
        uint32_t detail;
        size_t fits;
        enum gate_rule rule = check_row(j, row, req, len, &detail, &fits);
        if (rule == 0)
            return passed(j, row, req, len, have);
        if (bad.rule == GATE_RULE_REQUEST || fits > most) {
            bad = violation(rule, req[0], minor, detail);
            most = fits;
        }
    }
    return bad;
}

/* --- the stream --- */

static uint8_t order_mark(void)
{
    return *(const uint8_t *)&one == 1 ? 'l' : 'B';
}

/* The worker has no cookie: its setup is the bare head, and nothing else is accepted. */
static struct judge_verdict judge_setup(struct judge *j, const uint8_t *b, size_t len)
{
    if (len >= 1 && b[0] != order_mark())
        return violation(GATE_RULE_SETUP, 0, 0, b[0]);
    if (len < SETUP_BYTES)
        return (struct judge_verdict){.kind = JUDGE_MORE};
    if (field(b + 2, 2) != 11 || field(b + 4, 2) != 0 || field(b + 6, 2) != 0 ||
        field(b + 8, 2) != 0)
        return violation(GATE_RULE_SETUP, 0, 0, field(b + 2, 2));
    j->greeted = true;
    return (struct judge_verdict){.kind = JUDGE_SETUP, .bytes = SETUP_BYTES};
}

struct judge_verdict judge_bytes(struct judge *j, const uint8_t *bytes, size_t len)
{
    if (!j->greeted)
        return judge_setup(j, bytes, len);
    if (len < 4)
        return (struct judge_verdict){.kind = JUDGE_MORE};
    size_t need = field(bytes + 2, 2) * (size_t)4;
    if (need == 0 || need > MAX_GATE_REQUEST)
        return violation(GATE_RULE_LENGTH, bytes[0], bytes[0] < 128 ? 0 : bytes[1], (uint32_t)need);
    if (len < need)
        return (struct judge_verdict){.kind = JUDGE_MORE};
    return judge_request(j, bytes, need, len);
}

static size_t put_padded(uint8_t *out, const uint8_t *bytes, size_t len)
{
    size_t padded = (len + 3) & ~(size_t)3;
    memset(out, 0, padded);
    if (len > 0)
        memcpy(out, bytes, len);
    return padded;
}

size_t judge_greeting(uint8_t *out, const uint8_t *name, size_t name_len, const uint8_t *cookie,
                      size_t cookie_len)
{
    uint16_t numbers[5] = {11, 0, (uint16_t)name_len, (uint16_t)cookie_len, 0};
    out[0] = order_mark();
    out[1] = 0;
    memcpy(out + 2, numbers, sizeof numbers);
    size_t at = SETUP_BYTES;
    at += put_padded(out + at, name, name_len);
    return at + put_padded(out + at, cookie, cookie_len);
}
