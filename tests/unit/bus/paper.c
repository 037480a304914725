/* A message bus of paper: see paper.h. */
#include "paper.h"
#include <string.h>

struct ink {
    uint8_t *to;
    size_t at;
    bool big;
};

static void pad(struct ink *i, size_t to)
{
    while (i->at % to)
        i->to[i->at++] = 0;
}

static void u32(struct ink *i, uint32_t v)
{
    pad(i, 4);
    for (unsigned n = 0; n < 4; n++)
        i->to[i->at++] = (uint8_t)(v >> 8 * (i->big ? 3 - n : n));
}

static void chars(struct ink *i, const char *text)
{
    memcpy(i->to + i->at, text, strlen(text) + 1);
    i->at += strlen(text) + 1;
}

static void text(struct ink *i, const char *t)
{
    u32(i, (uint32_t)strlen(t));
    chars(i, t);
}

static void signature(struct ink *i, const char *s)
{
    i->to[i->at++] = (uint8_t)strlen(s);
    chars(i, s);
}

static void field(struct ink *i, uint8_t code, char kind, const char *value)
{
    if (!value)
        return;
    pad(i, 8);
    i->to[i->at++] = code;
    signature(i, (const char[]){kind, '\0'});
    if (kind == 'g')
        signature(i, value);
    else
        text(i, value);
}

static void extra(struct ink *i, const struct paper *m)
{
    static const char *const kinds[] = {['u'] = "u", ['x'] = "x", ['a'] = "ay"};
    if (!m->extra)
        return;
    if (m->kind == 's') {
        field(i, m->extra, 's', "something");
        return;
    }
    pad(i, 8);
    i->to[i->at++] = m->extra;
    signature(i, kinds[(unsigned char)m->kind]);
    if (m->kind == 'x')
        pad(i, 8);
    u32(i, 0);
    if (m->kind == 'x')
        u32(i, 0);
}

static void body(struct ink *i, const struct paper *m)
{
    if (m->signature && strcmp(m->signature, "v") == 0)
        signature(i, "b");
    for (const char *s = m->signature; s && *s; s++) {
        if (*s == 'b' || *s == 'v')
            u32(i, (uint32_t)m->boolean);
        else
            text(i, m->texts[s - m->signature]);
    }
}

size_t paper_write(const struct paper *m, uint8_t to[WIRE_MESSAGE])
{
    struct ink i = {.to = to, .at = 16, .big = m->big};
    memset(to, 0, WIRE_MESSAGE);
    field(&i, 1, 'o', m->path);
    field(&i, 2, 's', m->interface);
    field(&i, 3, 's', m->member);
    field(&i, 4, 's', m->error);
    if (m->reply) {
        pad(&i, 8);
        i.to[i.at++] = 5;
        signature(&i, "u");
        u32(&i, m->reply);
    }
    field(&i, 7, 's', m->sender);
    field(&i, 8, 'g', m->signature);
    extra(&i, m);
    size_t fields = i.at - 16;
    pad(&i, 8);
    size_t begin = i.at;
    body(&i, m);
    size_t len = i.at;
    memcpy(to, (const uint8_t[]){m->big ? 'B' : 'l', m->type, 1, 1}, 4);
    i.at = 4;
    u32(&i, (uint32_t)(len - begin));
    u32(&i, 77);
    u32(&i, (uint32_t)fields);
    return len;
}

static bool has(const uint8_t *bytes, size_t len, const char *t)
{
    return strlen(t) == 0 || memmem(bytes, len, t, strlen(t) + 1) != NULL ||
           memmem(bytes, len, t, strlen(t)) != NULL;
}

uint32_t paper_serial(const uint8_t *out, size_t len, const char *member, const char *t)
{
    while (len >= WIRE_HEAD) {
        size_t n = wire_length(out);
        struct wire_message m;
        if (n == 0 || n > len || wire_decode(out, n, &m) != WIRE_GOOD)
            return 0;
        if (strcmp(m.member, member) == 0 && has(out, n, t))
            return (uint32_t)(out[8] | out[9] << 8 | out[10] << 16 | out[11] << 24);
        out += n;
        len -= n;
    }
    return 0;
}
