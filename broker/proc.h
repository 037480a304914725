/*
 * Other processes, as /proc shows them: for `vitrine doctor` and `vitrine stop`. What a process
 * calls itself is its own claim; the rest is the kernel's word.
 */
#ifndef BROKER_PROC_H
#define BROKER_PROC_H
#include <dirent.h>
#include <stdbool.h>
#include <sys/types.h>

/* The next process of an open /proc; 0: that was the last or, with errno set, no more can be
   read. */
pid_t proc_next(DIR *proc);
/* The beginning of /proc/PID/FILE, terminated: its length, at most size - 1. -1: gone, or not for
   us to read; then out is "". */
ssize_t proc_read(pid_t pid, const char *file, char *out, size_t size);
/* What errno of proc_read, or of a call like it, says: neither gone (ENOENT, ESRCH) nor another's
   to see (EACCES, EPERM), but there, for all that is known. */
bool proc_may_be_there(int error);
/* By the text of its status file: the folder belongs to root while the process is not dumpable. */
bool proc_is_ours(const char *status);
bool proc_is_root(const char *status);
bool proc_is_dead(const char *status); /* and waits for whoever asks how it ended */
uid_t proc_user(const char *status);   /* -1: it does not say */

/* Whether /proc shows this user processes of its own that are not dumpable, which a broker is: not
   when it was mounted with hidepid, nor when it is not there. Asks of a child of ours: what decides
   are the mount's options, its group and this process's rights. */
enum proc_view {
    PROC_SHOWN,
    PROC_HIDDEN,
    PROC_UNKNOWN, /* no child could be had: no processes or descriptors left, nobody to ask of */
};
enum proc_view proc_view(void);

#endif
