/* policy-compile: writes generated files; build time only. */
#include "policy/compile/emit.h"
#include "policy/compile/source.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void emit_open(struct emit *e, const char *folder, const char *name, const char *from)
{
    *e = (struct emit){0};
    snprintf(e->path, sizeof e->path, "%s/%s", folder, name);
    e->out = open_memstream(&e->text, &e->size);
    if (e->out == NULL)
        build_fail("%s: %s", e->path, strerror(errno));
    emit(e, "/* Made by policy/compile from %s. Do not edit. */\n", from);
}

void emit(struct emit *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(e->out, format, args);
    va_end(args);
}

void emit_string(struct emit *e, const char *text)
{
    fputc('"', e->out);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            fputc('\\', e->out);
        fputc(*p, e->out);
    }
    fputc('"', e->out);
}

static int is_unchanged(const struct emit *e)
{
    FILE *old = fopen(e->path, "re");
    if (old == NULL)
        return 0;
    char *text = malloc(e->size + 1);
    size_t n = text == NULL ? 0 : fread(text, 1, e->size + 1, old);
    int same = text != NULL && n == e->size && memcmp(text, e->text, n) == 0;
    free(text);
    fclose(old);
    return same;
}

void emit_close(struct emit *e)
{
    if (fclose(e->out) != 0)
        build_fail("%s: %s", e->path, strerror(errno));
    if (!is_unchanged(e)) {
        FILE *out = fopen(e->path, "we");
        if (out == NULL || fwrite(e->text, 1, e->size, out) != e->size || fclose(out) != 0)
            build_fail("%s: %s", e->path, strerror(errno));
    }
    free(e->text);
}
