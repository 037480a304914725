/*
 * A small JSON reader for test programs: the whole tree in memory, strings without \u, numbers kept
 * as text. Exits with a plain line when a file is not what it expects.
 */
#ifndef TESTS_JSON_H
#define TESTS_JSON_H
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json {
    char kind;        /* '{' '[' '"' '0' (number) 't' 'f' 'n' */
    char *key, *text; /* key inside an object; text of a string or number */
    struct json *first, *next;
};

struct json_reader {
    const char *at, *end;
};

static struct json *json_value(struct json_reader *r);

static void json_die(const char *what)
{
    fprintf(stderr, "json: %s\n", what);
    exit(2);
}

static char json_peek(struct json_reader *r)
{
    while (r->at < r->end && isspace((unsigned char)*r->at))
        r->at++;
    if (r->at == r->end)
        json_die("ends early");
    return *r->at;
}

static void json_expect(struct json_reader *r, char c)
{
    if (json_peek(r) != c)
        json_die("malformed");
    r->at++;
}

static char *json_string(struct json_reader *r)
{
    json_expect(r, '"');
    char *out, *to;
    const char *from = r->at;
    while (r->at < r->end && *r->at != '"')
        r->at += *r->at == '\\' ? 2 : 1;
    if (r->at >= r->end)
        json_die("string without end");
    out = to = malloc((size_t)(r->at - from) + 1);
    for (; from < r->at; from++) {
        if (*from == '\\')
            from++;
        *to++ = *from;
    }
    *to = 0;
    r->at++;
    return out;
}

static void json_children(struct json_reader *r, struct json *parent, char close)
{
    struct json **slot = &parent->first;
    if (json_peek(r) == close) {
        r->at++;
        return;
    }
    for (;;) {
        char *key = NULL;
        if (close == '}') {
            key = json_string(r);
            json_expect(r, ':');
        }
        *slot = json_value(r);
        (*slot)->key = key;
        slot = &(*slot)->next;
        if (json_peek(r) == close) {
            r->at++;
            return;
        }
        json_expect(r, ',');
    }
}

static struct json *json_value(struct json_reader *r)
{
    struct json *v = calloc(1, sizeof *v);
    v->kind = json_peek(r);
    if (v->kind == '{' || v->kind == '[') {
        r->at++;
        json_children(r, v, v->kind == '{' ? '}' : ']');
    } else if (v->kind == '"') {
        v->text = json_string(r);
    } else {
        const char *from = r->at;
        while (r->at < r->end && !strchr(",]} \t\r\n", *r->at))
            r->at++;
        v->text = strndup(from, (size_t)(r->at - from));
        if (!strchr("tfn", v->kind))
            v->kind = '0';
    }
    return v;
}

static void json_free(struct json *v)
{
    while (v) {
        struct json *next = v->next;
        json_free(v->first);
        free(v->key);
        free(v->text);
        free(v);
        v = next;
    }
}

/* The whole file; exits when it cannot be read. */
static struct json *json_load(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END))
        json_die(path);
    long size = ftell(f);
    rewind(f);
    char *text = malloc((size_t)size + 1);
    if (size <= 0 || fread(text, 1, (size_t)size, f) != (size_t)size)
        json_die(path);
    fclose(f);
    struct json_reader r = {text, text + size};
    struct json *v = json_value(&r);
    free(text);
    return v;
}

static struct json *json_get(const struct json *v, const char *key)
{
    for (struct json *c = v ? v->first : NULL; c; c = c->next)
        if (c->key && strcmp(c->key, key) == 0)
            return c;
    return NULL;
}

static const char *json_text(const struct json *v, const char *key)
{
    const struct json *c = json_get(v, key);
    return c && c->text ? c->text : "";
}

static uint64_t json_number(const struct json *v, const char *key)
{
    return strtoull(json_text(v, key), NULL, 10);
}

#endif
