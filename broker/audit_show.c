/* `vitrine audit show`: a log as a table. Run by a vitrine of its own for this command, before any
   session; distrusts every byte of the log: what is not of the form is shown as such, and nothing
   reaches the terminal that could steer it. */
#include "broker/audit_cmd.h"
#include "broker/audit_lines.h"
#include "lib/text.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct scan {
    const char *at, *end;
    unsigned columns; /* bits: which of a line's own ones have been there */
};

/* Prints what cannot harm a terminal; the rest as '?'. */
static void print_safe(const char *s, size_t len, FILE *out)
{
    for (size_t i = 0; i < len;) {
        uint8_t c = (uint8_t)s[i];
        size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
        if (n > len - i || !text_valid((const uint8_t *)s + i, n)) {
            fputc('?', out);
            i++;
            continue;
        }
        fwrite(s + i, 1, n, out);
        i += n;
    }
}

/* The text between quotes, as it stands there (escapes not undone); NULL: no string here. */
static const char *take_string(struct scan *s, size_t *len)
{
    if (s->at >= s->end || *s->at != '"')
        return NULL;
    const char *start = ++s->at;
    while (s->at < s->end && *s->at != '"')
        s->at += *s->at == '\\' && s->end - s->at > 1 ? 2 : 1;
    *len = (size_t)(s->at - start);
    if (s->at >= s->end)
        return NULL;
    s->at++;
    return start;
}

/* Undoes \" and \\; other escapes stay as they are, readable. */
static void print_string(const char *s, size_t len, FILE *out)
{
    char plain[4096];
    size_t n = 0;
    for (size_t i = 0; i < len && n < sizeof plain; i++) {
        if (s[i] == '\\' && i + 1 < len && (s[i + 1] == '"' || s[i + 1] == '\\'))
            i++;
        plain[n++] = s[i];
    }
    print_safe(plain, n, out);
}

/* A name may hold what looks like the next field: then it stands in quotes, as in the log. */
static void print_field(const char *s, size_t len, FILE *out)
{
    if (!memchr(s, '=', len) && (len == 0 || s[0] != '\\')) {
        print_string(s, len, out);
        return;
    }
    fputc('"', out);
    print_safe(s, len, out);
    fputc('"', out);
}

/* Everything up to the next comma or bracket. */
static const char *take_plain(struct scan *s, size_t *len)
{
    const char *start = s->at;
    while (s->at < s->end && !strchr(",}]", *s->at))
        s->at++;
    *len = (size_t)(s->at - start);
    return start;
}

static bool is(const char *key, size_t len, const char *name)
{
    return len == strlen(name) && memcmp(key, name, len) == 0;
}

/* n, time and event: without them it is no line of a trail. */
enum { COLUMN_N = 1, COLUMN_TIME = 2, COLUMN_EVENT = 4, COLUMNS = 7 };

/* KEY:VALUE; shown as the column it belongs to. Hashes are for the verifier, not for people. */
static bool show_pair(struct scan *s, bool inside, FILE *out)
{
    size_t key_len, len;
    const char *key = take_string(s, &key_len);
    if (!key || s->at >= s->end || *s->at != ':')
        return false;
    s->at++;
    if (s->at < s->end && *s->at == '{')
        return is(key, key_len, "fields");
    const char *value = take_string(s, &len);
    bool text = value != NULL;
    if (!text)
        value = take_plain(s, &len);
    if (inside) {
        fputs("  ", out);
        print_safe(key, key_len, out);
        fputc('=', out);
        print_field(value, len, out);
    } else if (is(key, key_len, "n")) {
        s->columns |= COLUMN_N;
        fprintf(out, "%*s", len < 6 ? (int)(6 - len) : 0, "");
        print_safe(value, len, out);
        fputs("  ", out);
    } else if (is(key, key_len, "time")) {
        s->columns |= COLUMN_TIME;
        print_safe(value, len, out);
        fputs("  ", out);
    } else if (is(key, key_len, "event")) {
        s->columns |= COLUMN_EVENT;
        print_safe(value, len, out);
        fprintf(out, "%*s", len < 16 ? (int)(16 - len) : 0, "");
    } else if (is(key, key_len, "run")) {
        fprintf(out, "%*s", len < 6 ? (int)(6 - len) : 0, "");
        print_safe(value, len, out);
    }
    return true;
}

static bool show_object(struct scan *s, FILE *out)
{
    int depth = 0;
    for (; s->at < s->end; s->at++) {
        if (*s->at == '{' && ++depth > 2)
            return false;
        if (*s->at == '}' && --depth == 0)
            return s->at + 1 == s->end;
        if (*s->at == ',' || *s->at == '}')
            continue;
        if (*s->at == '{') {
            if (s->end - s->at > 1 && s->at[1] == '}')
                continue;
            s->at++;
        }
        if (depth == 0 || !show_pair(s, depth == 2, out))
            return false;
        s->at--; /* the loop steps on */
    }
    return false;
}

/* How one begins that was spoilt. Of any other file nothing is shown: it may be the key file. */
static void print_start(const char *line, size_t len, FILE *out)
{
    static const char start[] = "{\"n\":";
    if (len < sizeof start - 1 || memcmp(line, start, sizeof start - 1) != 0)
        return;
    fputs(": ", out);
    print_safe(line, len < 60 ? len : 60, out);
}

/* What memory could not take is not there, and a stream in memory says so in several ways. */
static bool close_row(FILE *memory, char *const *row)
{
    bool whole = !ferror(memory);
    return fclose(memory) == 0 && whole && *row;
}

enum audit_shown audit_show_line(const char *line, size_t len, FILE *out)
{
    char *row = NULL;
    size_t row_len = 0;
    FILE *memory = open_memstream(&row, &row_len);
    if (!memory)
        return AUDIT_NO_MEMORY;
    struct scan s = {line, line + len, 0};
    bool good = show_object(&s, memory) && s.columns == COLUMNS;
    if (!close_row(memory, &row)) {
        free(row);
        return AUDIT_NO_MEMORY;
    }
    if (good) {
        fwrite(row, 1, row_len, out);
    } else {
        fputs("     ?  not a line of a trail", out);
        print_start(line, len, out);
    }
    fputc('\n', out);
    free(row);
    return good ? AUDIT_SHOWN : AUDIT_STRANGE;
}

int audit_cmd_show(const char *file, FILE *out)
{
    struct audit_lines l;
    unsigned long foreign = 0;
    enum audit_shown how = AUDIT_SHOWN;
    if (!audit_lines_open(&l, file))
        return 1;
    fprintf(out, "%6s  %-24s  %-16s%6s  %s\n", "line", "time", "event", "run", "fields");
    while (how != AUDIT_NO_MEMORY && audit_lines_next(&l)) {
        how = audit_show_line(l.line, l.len, out);
        foreign += how == AUDIT_STRANGE;
    }
    if (how == AUDIT_NO_MEMORY)
        fprintf(stderr, "vitrine: there is no memory to show %s from line %lu on\n", file, l.n);
    else if (foreign)
        audit_lines_print_strange(&l, foreign);
    return audit_lines_close(&l) && how != AUDIT_NO_MEMORY && !foreign ? 0 : 1;
}
