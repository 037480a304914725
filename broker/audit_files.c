/* The audit log's files: see audit_files.h. Run by the broker, which opens them and never writes to
 * them. */
#include "broker/audit_files.h"
#include "broker/conf.h"
#include "broker/settings.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_own(const char *path, int flags)
{
    struct stat st;
    int fd = open(path, flags | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_uid == geteuid() || geteuid() == 0))
        return fd;
    close(fd);
    errno = EPERM; /* a device, a pipe, or somebody else's */
    return -1;
}

static int log_path(const struct conf *conf, char path[AUDIT_FILES_PATH])
{
    if (conf->audit_file[0]) {
        int n = snprintf(path, AUDIT_FILES_PATH, "%s", conf->audit_file);
        return n > 0 && n < AUDIT_FILES_PATH ? 0 : -1;
    }
    return settings_path(true, "audit.log", true, path) ? 0 : -1;
}

static int key_path(const char *log, char path[AUDIT_FILES_PATH])
{
    size_t len = strlen(log);
    if (len > 4 && strcmp(log + len - 4, ".log") == 0)
        len -= 4;
    int n = snprintf(path, AUDIT_FILES_PATH, "%.*s.key", (int)len, log);
    return n > 0 && n < AUDIT_FILES_PATH ? 0 : -1;
}

int audit_files_open(const struct conf *conf, char path[AUDIT_FILES_PATH], int *log, int *key)
{
    char beside[AUDIT_FILES_PATH];
    if (log_path(conf, path) != 0 || key_path(path, beside) != 0) {
        errno = ENOENT;
        return -1;
    }
    *log = open_own(path, O_RDWR | O_APPEND);
    if (*log < 0)
        return -1;
    *key = open_own(beside, O_RDWR);
    if (*key >= 0)
        return 0;
    int saved = errno;
    close(*log);
    *log = -1;
    memcpy(path, beside, sizeof beside);
    errno = saved;
    return -1;
}
