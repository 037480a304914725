/* policy-compile: lines, words and numbers of rule files; build time only. */
#include "policy/compile/source.h"
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void source_fail(const struct source *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%d: error: ", s->path, s->line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void build_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("policy-compile: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void source_open(struct source *s, const char *folder, const char *name)
{
    memset(s, 0, sizeof *s);
    snprintf(s->path, sizeof s->path, "%s/%s", folder, name);
    s->file = fopen(s->path, "re");
    if (s->file == NULL)
        build_fail("%s: %s", s->path, strerror(errno));
}

void source_close(struct source *s)
{
    fclose(s->file);
    s->file = NULL;
}

static void trim(char *text)
{
    size_t start = strspn(text, " \t");
    size_t len = strlen(text);
    while (len > start && strchr(" \t\r\n", text[len - 1]) != NULL)
        len--;
    memmove(text, text + start, len - start);
    text[len - start] = '\0';
}

static void split_comment(struct source *s)
{
    char *hash = strchr(s->text, '#');
    s->comment[0] = '\0';
    if (hash == NULL)
        return;
    snprintf(s->comment, sizeof s->comment, "%s", hash + 1);
    *hash = '\0';
    trim(s->comment);
}

static void split_words(struct source *s)
{
    snprintf(s->words_text, sizeof s->words_text, "%s", s->text);
    s->n_words = 0;
    char *rest = NULL;
    for (char *w = strtok_r(s->words_text, " \t", &rest); w != NULL;
         w = strtok_r(NULL, " \t", &rest)) {
        if (s->n_words == WORDS_MAX)
            source_fail(s, "more than %d words", WORDS_MAX);
        s->words[s->n_words++] = w;
    }
}

bool source_next_raw(struct source *s)
{
    if (fgets(s->text, sizeof s->text, s->file) == NULL)
        return false;
    s->line++;
    if (strchr(s->text, '\n') == NULL && !feof(s->file))
        source_fail(s, "line longer than %d bytes", LINE_MAX_BYTES - 2);
    split_comment(s);
    trim(s->text);
    split_words(s);
    return true;
}

bool source_next(struct source *s)
{
    while (source_next_raw(s))
        if (s->n_words > 0)
            return true;
    return false;
}

const char *source_rest(const struct source *s)
{
    const char *p = s->text + strcspn(s->text, " \t");
    return p + strspn(p, " \t");
}

void source_copy(const struct source *s, char *out, size_t size, const char *word)
{
    if (strlen(word) >= size)
        source_fail(s, "'%s' is longer than %zu bytes", word, size - 1);
    snprintf(out, size, "%s", word);
}

static bool is_keyword(const char *word)
{
    static const char *const keywords[] = {
        "auto",     "break",  "case",   "char",     "const",    "continue", "default",  "do",
        "double",   "else",   "enum",   "extern",   "float",    "for",      "goto",     "if",
        "inline",   "int",    "long",   "register", "restrict", "return",   "short",    "signed",
        "sizeof",   "static", "struct", "switch",   "typedef",  "union",    "unsigned", "void",
        "volatile", "while",  "bool",   "true",     "false"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(word, keywords[i]) == 0)
            return true;
    return false;
}

void source_copy_name(const struct source *s, char *out, size_t size, const char *word)
{
    bool good = isalpha((unsigned char)word[0]) && !is_keyword(word);
    for (const char *p = word; *p != '\0'; p++)
        good = good && (isalnum((unsigned char)*p) || *p == '_');
    if (!good)
        source_fail(s, "'%s' is not a name", word);
    source_copy(s, out, size, word);
}

bool parse_number(const char *word, int64_t *value)
{
    const char *digits = word[0] == '-' ? word + 1 : word;
    bool hex = digits[0] == '0' && digits[1] == 'x';
    if (!isdigit((unsigned char)digits[0]) || (hex && !isxdigit((unsigned char)digits[2])))
        return false;
    char *end;
    errno = 0;
    long long n = strtoll(word, &end, hex ? 16 : 10);
    if (*end != '\0' || errno != 0)
        return false;
    *value = n;
    return true;
}

void lower_copy(char *out, size_t size, const char *in)
{
    size_t i = 0;
    for (; in[i] != '\0' && i + 1 < size; i++)
        out[i] = (char)tolower((unsigned char)in[i]);
    out[i] = '\0';
}

void upper_copy(char *out, size_t size, const char *in)
{
    size_t i = 0;
    for (; in[i] != '\0' && i + 1 < size; i++)
        out[i] = (char)toupper((unsigned char)in[i]);
    out[i] = '\0';
}
