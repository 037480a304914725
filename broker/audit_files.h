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
    int previous;   /* the newest part put aside, to read, when the log is so short that it may have
                       no whole line yet; else -1 */
    int sockets[2]; /* to sinks of the policy that are there, in the order of their bits */
    unsigned n_sockets;
    unsigned sinks, missing; /* enum conf_sink, bits: those, and the ones that are not */
    char path[512];          /* of the log; the key file is PATH.key */
    bool stream;             /* the system's log reads a stream, no datagrams */
    bool busy; /* not opened: another program has it locked, to put it aside; soon again */
};

/* Opens all, makes log and key file at first use (mode 0600, their directory 0700). The policy's
   place, else $XDG_STATE_HOME/vitrine/audit.log. They have to be files of this user's that nobody
   else may write (the key file: nor read). A log of TRAIL_PART bytes that nobody writes now is put
   aside first. Connects to the sinks; one that cannot be reached is missing, and `error` says so:
   where no session may go without a record, nothing is opened then. Waits for nobody. false:
   `error` is one line. audit_files_close closes what the caller has not handed on. */
bool audit_files_open(const struct conf *conf, struct audit_files *out, char error[KEYFILE_ERROR]);
/* The same for a log that a command names, which has to exist; without sinks. */
bool audit_files_open_at(const char *path, struct audit_files *out, char error[KEYFILE_ERROR]);
/* Connects to the sinks anew: only what is said of sinks is set. false: none can be reached. */
bool audit_files_sinks(const struct conf *conf, struct audit_files *out);
void audit_files_close(struct audit_files *f);
/* The place of the log by the policy, else this user's; make: also its directory there. false: this
   user has no place for it. */
bool audit_files_path(const struct conf *conf, bool make, char out[512]);

/* For commands that read: that file, which has to be one: a device or a pipe may have no end. -1
   with errno, and why in words. */
int audit_files_read(const char *path, const char **why);
/* The trail's verification key is still in that key file: `vitrine audit key` was not run. Looks
   at the beginning of it, no more; false too where it cannot tell. known: it could be read. */
bool audit_files_hold_verification_key(int key, bool *known);
/* The number of the newest part beside that log; 0: there is none. */
unsigned audit_files_newest(const char *path);
/* That part, to read. -1: it is not there (why NULL), or cannot be read. log: the open log; a part
   that is the same file, because it was put aside since, is not there. */
int audit_files_part(const char *path, unsigned number, int log, const char **why);

#endif
