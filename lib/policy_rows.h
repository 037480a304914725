/*
 * Rows of the tables that policy/compile writes to build/gen/policy_tables.c: the rules compiled
 * into this program, as text for people. What is enforced is made from the same files in the same
 * run; only role_may and the enumerators of policy_tables.h are used to decide.
 */
#ifndef LIB_POLICY_ROWS_H
#define LIB_POLICY_ROWS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct policy_message {
    const char *channel, *name, *from, *to;
    bool both; /* either end sends it */
    const char *when, *right, *why;
    const char *fields; /* as in messages.def, joined by "; " */
};

struct policy_action {
    const char *name;
    uint32_t roles; /* bit per enum session_role */
    int line;       /* in policy/roles.def */
    const char *why;
};

struct policy_limit {
    const char *name;
    int64_t value;
    const char *why;
};

struct policy_call {
    const char *policy, *call, *condition, *why; /* call may be @default or @include */
};

struct policy_request {
    const char *list, *extension, *request, *opcode, *bytes, *conditions, *why;
};

struct policy_event {
    int number; /* stable; enum audit_event */
    const char *name, *severity, *fields, *why;
};

#endif
