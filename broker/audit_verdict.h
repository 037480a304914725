/* What `vitrine audit verify` says of a trail, in one line. */
#ifndef BROKER_AUDIT_VERDICT_H
#define BROKER_AUDIT_VERDICT_H
#include "ch_verify.h"
#include <stdbool.h>
#include <stdio.h>

/* file: the log that was read, behind the parts beside it; has_key: with its key file. Returns the
   exit status (audit_cmd_verify). */
int audit_verdict_print(const char *file, const struct msg_verify_result *r, bool has_key,
                        FILE *out);

#endif
