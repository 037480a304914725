/*
 * The D-Bus wire format: see wire.h. Run by vitrine-bus on what the desktop's and the system's bus
 * send.
 */
#include "broker/bus/wire.h"
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 67108864u   /* 2^26: an array */
#define MESSAGE_MAX 134217728u /* 2^27: a message */
#define VERSION 1
#define NO_AUTO_START 2 /* flag of a call: who is not there is not started for it */

enum field {
    PATH = 1,
    INTERFACE,
    MEMBER,
    ERROR_NAME,
    REPLY_SERIAL,
    DESTINATION,
    SENDER,
    SIGNATURE,
    UNIX_FDS,
    FIELDS
};

/* --- reading */

struct reader {
    const uint8_t *data;
    size_t len, at; /* alignment counts from data[0] */
    bool big, bad;
};

static uint32_t number(const uint8_t *p, bool big)
{
    return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
               : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* The next n bytes; NULL where they are not there. */
static const uint8_t *take(struct reader *r, size_t n)
{
    if (r->bad || n > r->len - r->at) {
        r->bad = true;
        return NULL;
    }
    r->at += n;
    return r->data + r->at - n;
}

/* Padding is zero. */
static void align(struct reader *r, size_t to)
{
    size_t n = (to - r->at % to) % to;
    const uint8_t *pad = take(r, n);
    for (size_t i = 0; pad && i < n; i++)
        r->bad = r->bad || pad[i] != 0;
}

static uint8_t take_byte(struct reader *r)
{
    const uint8_t *p = take(r, 1);
    return p ? *p : 0;
}

static uint32_t take_u32(struct reader *r)
{
    align(r, 4);
    const uint8_t *p = take(r, 4);
    return p ? number(p, r->big) : 0;
}

static const char *text_of(struct reader *r, size_t n)
{
    const uint8_t *p = n < r->len ? take(r, n + 1) : NULL;
    r->bad = r->bad || !p || p[n] != 0 || memchr(p, 0, n) != NULL;
    return r->bad ? "" : (const char *)p;
}

static const char *take_text(struct reader *r)
{
    return text_of(r, take_u32(r));
}

static const char *take_signature(struct reader *r)
{
    return text_of(r, take_byte(r));
}

static bool take_boolean(struct reader *r)
{
    uint32_t v = take_u32(r);
    r->bad = r->bad || v > 1;
    return v == 1;
}

/* --- the head of a message */

struct head {
    const char *text[FIELDS];
    uint32_t number[FIELDS];
    bool has[FIELDS];
};

size_t wire_length(const uint8_t head[WIRE_HEAD])
{
    bool big = head[0] == 'B';
    if ((!big && head[0] != 'l') || head[1] == 0 || head[3] != VERSION || !number(head + 8, big))
        return 0;
    uint32_t body = number(head + 4, big), fields = number(head + 12, big);
    if (fields > FIELDS_MAX || body > MESSAGE_MAX)
        return 0;
    size_t total = WIRE_HEAD + ((fields + 7) & ~(size_t)7) + body;
    return total <= MESSAGE_MAX ? total : 0;
}

/* A field that the specification does not know may be there, and says nothing. False: one of a kind
   that cannot be passed over. */
static bool pass_over(struct reader *r, char kind)
{
    static const char fixed[] = "ybnqiuhxtd";
    static const uint8_t size[] = {1, 4, 2, 2, 4, 4, 4, 8, 8, 8};
    const char *at = strchr(fixed, kind);
    if (kind == 's' || kind == 'o')
        take_text(r);
    else if (kind == 'g')
        take_signature(r);
    else if (kind && at) {
        align(r, size[at - fixed]);
        take(r, size[at - fixed]);
    } else
        return false;
    return true;
}

static bool take_field(struct reader *r, struct head *h)
{
    static const char kinds[FIELDS] = {
        [PATH] = 'o',       [INTERFACE] = 's',    [MEMBER] = 's',
        [ERROR_NAME] = 's', [REPLY_SERIAL] = 'u', [DESTINATION] = 's',
        [SENDER] = 's',     [SIGNATURE] = 'g',    [UNIX_FDS] = 'u'};
    align(r, 8);
    uint8_t code = take_byte(r);
    const char *kind = take_signature(r);
    if (r->bad)
        return true;
    if (code >= FIELDS)
        return kind[0] && !kind[1] && pass_over(r, kind[0]);
    r->bad = code == 0 || h->has[code] || kind[0] != kinds[code] || kind[1];
    if (r->bad)
        return true;
    h->has[code] = true;
    if (kind[0] == 'u')
        h->number[code] = take_u32(r);
    else
        h->text[code] = kind[0] == 'g' ? take_signature(r) : take_text(r);
    return true;
}

/* What a message of that type cannot be without. */
static bool complete(const struct head *h, uint8_t type)
{
    switch (type) {
    case WIRE_CALL:
        return h->has[PATH] && h->has[MEMBER];
    case WIRE_RETURN:
        return h->number[REPLY_SERIAL] != 0;
    case WIRE_ERROR:
        return h->number[REPLY_SERIAL] != 0 && h->has[ERROR_NAME];
    case WIRE_SIGNAL:
        return h->has[PATH] && h->has[INTERFACE] && h->has[MEMBER];
    default:
        return true;
    }
}

enum wire_result wire_decode(const uint8_t *bytes, size_t len, struct wire_message *out)
{
    struct head h = {0};
    if (len < WIRE_HEAD || len > WIRE_MESSAGE || wire_length(bytes) != len)
        return WIRE_BAD;
    struct reader r = {.data = bytes, .at = WIRE_HEAD, .big = bytes[0] == 'B'};
    r.len = WIRE_HEAD + number(bytes + 12, r.big);
    while (!r.bad && r.at < r.len)
        if (!take_field(&r, &h))
            return WIRE_OTHER;
    r.len = len;
    align(&r, 8);
    if (r.bad || !complete(&h, bytes[1]))
        return WIRE_BAD;
    for (int i = 0; i < FIELDS; i++)
        if (!h.text[i])
            h.text[i] = "";
    *out = (struct wire_message){.type = bytes[1],
                                 .big = r.big,
                                 .reply_serial = h.number[REPLY_SERIAL],
                                 .path = h.text[PATH],
                                 .interface = h.text[INTERFACE],
                                 .member = h.text[MEMBER],
                                 .sender = h.text[SENDER],
                                 .signature = h.text[SIGNATURE],
                                 .body = {bytes + r.at, len - r.at}};
    return WIRE_GOOD;
}

/* --- bodies: they begin at a multiple of 8, so that alignment counts from there as well */

static struct reader body_of(const struct wire_message *m)
{
    return (struct reader){.data = m->body.data, .len = m->body.len, .big = m->big};
}

bool wire_boolean(const struct wire_message *m, bool *out)
{
    struct reader r = body_of(m);
    bool variant = strcmp(m->signature, "v") == 0;
    if (!variant && strcmp(m->signature, "b") != 0)
        return false;
    if (variant && strcmp(take_signature(&r), "b") != 0)
        return false;
    *out = take_boolean(&r);
    return !r.bad && r.at == r.len;
}

bool wire_texts(const struct wire_message *m, unsigned n, const char *out[])
{
    struct reader r = body_of(m);
    if (n > WIRE_STRINGS || strlen(m->signature) != n || strspn(m->signature, "so") != n)
        return false;
    for (unsigned i = 0; i < n; i++)
        out[i] = take_text(&r);
    return !r.bad && r.at == r.len;
}

/* --- names */

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

bool wire_is_unique(const char *name)
{
    size_t len = strlen(name);
    if (len < 4 || len > WIRE_NAME || name[0] != ':')
        return false;
    for (const char *p = name + 1; *p; p++)
        if (*p != '.' && *p != '-' && !strchr(letters, *p))
            return false;
    return name[1] != '.' && name[len - 1] != '.' && !strstr(name, "..") && strchr(name, '.');
}

bool wire_is_path(const char *text)
{
    size_t len = strlen(text);
    if (len < 2 || len > WIRE_NAME || text[0] != '/' || text[len - 1] == '/')
        return false;
    for (const char *p = text; *p; p++)
        if (*p != '/' && !strchr(letters, *p))
            return false;
    return !strstr(text, "//");
}

/* --- writing: little-endian */

struct writer {
    uint8_t *to;
    size_t room, at;
    bool full;
};

static void put(struct writer *w, const void *bytes, size_t n)
{
    if (w->full || n > w->room - w->at) {
        w->full = true;
        return;
    }
    memcpy(w->to + w->at, bytes, n);
    w->at += n;
}

static void put_byte(struct writer *w, uint8_t v)
{
    put(w, &v, 1);
}

static void put_align(struct writer *w, size_t to)
{
    while (!w->full && w->at % to)
        put_byte(w, 0);
}

static void put_u32(struct writer *w, uint32_t v)
{
    const uint8_t bytes[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
                              (uint8_t)(v >> 24)};
    put_align(w, 4);
    put(w, bytes, 4);
}

static void put_text(struct writer *w, const char *text)
{
    put_u32(w, (uint32_t)strlen(text));
    put(w, text, strlen(text) + 1);
}

static void put_signature(struct writer *w, const char *text)
{
    put_byte(w, (uint8_t)strlen(text));
    put(w, text, strlen(text) + 1);
}

static void put_field(struct writer *w, enum field code, const char *kind, const char *value)
{
    put_align(w, 8);
    put_byte(w, (uint8_t)code);
    put_signature(w, kind);
    if (kind[0] == 'g')
        put_signature(w, value);
    else
        put_text(w, value);
}

static void put_late(struct writer *w, size_t at, size_t value)
{
    struct writer late = {.to = w->to, .room = w->room, .at = at, .full = w->full};
    put_u32(&late, (uint32_t)value);
}

size_t wire_encode(const struct wire_call *call, uint32_t serial, uint8_t *to, size_t room)
{
    static const char *const signatures[] = {"", "s", "ss"};
    struct writer w = {.to = to, .room = room};
    unsigned n = !call->texts[0] ? 0 : !call->texts[1] ? 1 : 2;
    put(&w, (const uint8_t[]){'l', WIRE_CALL, NO_AUTO_START, VERSION}, 4);
    put_u32(&w, 0);
    put_u32(&w, serial);
    put_u32(&w, 0);
    put_field(&w, PATH, "o", call->path);
    put_field(&w, DESTINATION, "s", call->destination);
    put_field(&w, INTERFACE, "s", call->interface);
    put_field(&w, MEMBER, "s", call->member);
    if (n)
        put_field(&w, SIGNATURE, "g", signatures[n]);
    size_t fields = w.at - WIRE_HEAD;
    put_align(&w, 8);
    size_t body = w.at;
    for (unsigned i = 0; i < n; i++)
        put_text(&w, call->texts[i]);
    if (w.full)
        return 0;
    put_late(&w, 4, w.at - body);
    put_late(&w, 12, fields);
    return w.at;
}
