/* Writing generated files: a file is replaced only when its content changes, so that make rebuilds
 * little. */
#ifndef POLICY_COMPILE_EMIT_H
#define POLICY_COMPILE_EMIT_H
#include <stdio.h>

struct emit {
    FILE *out;
    char *text;
    size_t size;
    char path[512];
};

/* Starts `folder`/`name`, first line: what made it. */
void emit_open(struct emit *e, const char *folder, const char *name, const char *from);
void emit(struct emit *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A C string literal, quoted and escaped. */
void emit_string(struct emit *e, const char *text);
void emit_close(struct emit *e);

#endif
