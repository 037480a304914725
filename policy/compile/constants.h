/* Symbolic values that seccomp policies may name. */
#ifndef POLICY_COMPILE_CONSTANTS_H
#define POLICY_COMPILE_CONSTANTS_H
#include <stdbool.h>
#include <stdint.h>

/* A name (F_GETFL), a number, or several joined by '|'; each may be preceded by '~'. false:
 * something else. */
bool constant_parse(const char *text, uint64_t *value);
/* errno number of a name, 0 when there is none. */
int constant_errno(const char *name);

#endif
