/*
 * The audit log and its key file: where they are, made at first use, opened for vitrine-audit,
 * which appends to the one and keeps its signing key and the chain's head in the other.
 */
#ifndef BROKER_AUDIT_FILES_H
#define BROKER_AUDIT_FILES_H

struct conf;

#define AUDIT_FILES_PATH 512

/* The log named by the organisation, else audit.log in the user's state directory; the key file
   beside it, ending in .key. Both mode 0600, never through a link. 0, or -1 with errno; *path names
   the file concerned. */
int audit_files_open(const struct conf *conf, char path[AUDIT_FILES_PATH], int *log, int *key);

#endif
