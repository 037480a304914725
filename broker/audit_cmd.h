/*
 * The audit trail as the user meets it: the files that vitrine-audit is handed, and `vitrine audit
 * show | verify | catalogue`.
 */
#ifndef BROKER_AUDIT_CMD_H
#define BROKER_AUDIT_CMD_H
#include "broker/conf.h"
#include <stdio.h>

struct audit_files {
    int log; /* opened for appending only; reading allowed */
    int key;
    char path[512]; /* of the log; the key file is PATH.key */
};

/* Opens both, makes them at first use (mode 0600, their directory 0700). The policy's place, else
   $XDG_STATE_HOME/vitrine/audit.log. They have to be files of this user's that nobody else may
   write (the key file: nor read). false: `error` is one line. The descriptors are the caller's:
   sent to vitrine-audit in AUDIT_FILES, then closed. */
bool audit_files_open(const struct conf *conf, struct audit_files *out, char error[KEYFILE_ERROR]);

/* A readable table of F. Exit status: 0; 1 when F cannot be read. */
int audit_cmd_show(const char *file, FILE *out);
/* Starts vitrine-verify on F and F.key and prints one line. Exit status: 0 the log is whole; 1 it
   is not; 5 the verifier could not be started safely. After start_init. */
int audit_cmd_verify(const char *file, FILE *out);
int audit_cmd_catalogue(FILE *out);

/* One line of a log as the table shows it, for fuzzing: never fails, never prints a control
 * character. */
void audit_show_line(const char *line, size_t len, FILE *out);

#endif
