/*
 * The files of the trail: the log, its key file, and the parts a long log was put aside in
 * (LOG.000001, ...). The broker opens them, vitrine-audit alone writes them.
 */
#ifndef BROKER_AUDIT_FILES_H
#define BROKER_AUDIT_FILES_H
#include "broker/conf.h"
#include "policy/limits.h"
#include <stdbool.h>

/* How often and when to ask again where it is busy: putting a log aside takes far less. */
#define AUDIT_FILES_TRIES 50
#define AUDIT_FILES_WAIT_MS 20

struct audit_files {
    int log; /* opened for appending only; reading allowed; with a shared lock while it is in use */
    int key;
    int previous;       /* the newest part put aside, to read, when the log is empty; else -1 */
    int sockets[2];     /* to the sinks of the policy, in the order of their bits */
    unsigned n_sockets; /* as many as the policy names */
    char path[512];     /* of the log; the key file is PATH.key */
    bool busy;          /* not opened: another program has it locked, to put it aside; soon again */
};

/* Opens all, makes log and key file at first use (mode 0600, their directory 0700). The policy's
   place, else $XDG_STATE_HOME/vitrine/audit.log. They have to be files of this user's that nobody
   else may write (the key file: nor read). A log of TRAIL_PART bytes that nobody writes now is put
   aside first. Connects to the sinks. Waits for nobody. false: `error` is one line.
   audit_files_close closes what the caller has not handed on. */
bool audit_files_open(const struct conf *conf, struct audit_files *out, char error[KEYFILE_ERROR]);
/* The same for a log that a command names, which has to exist; without sinks. */
bool audit_files_open_at(const char *path, struct audit_files *out, char error[KEYFILE_ERROR]);
/* Connects to the sinks anew: only `sockets` and `n_sockets` are set. false: one cannot be reached,
   and none is open. */
bool audit_files_sinks(const struct conf *conf, struct audit_files *out);
void audit_files_close(struct audit_files *f);

/* Opens the newest MAX_TRAIL_PARTS parts beside that log, oldest first; how many. */
unsigned audit_files_parts(const char *path, int fds[MAX_TRAIL_PARTS]);

#endif
