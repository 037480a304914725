/* The files and sinks of the trail. Run by the broker; distrusts owner, mode and kind of what
   stands in their place. */
#include "broker/audit_files.h"
#include "broker/audit_lines.h"
#include "broker/settings.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PART_GAP 1000 /* so many of the oldest may have been taken away */
#define ASIDE_TRIES 3 /* we put it aside, or another program does between two calls of ours */

static int open_own(const char *path, int flags, mode_t forbidden, const char **why)
{
    struct stat st;
    int fd = open(path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
    if (fd < 0) {
        *why = strerror(errno);
        return -1;
    }
    *why = NULL;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        *why = "it is not a file";
    else if (st.st_uid != geteuid())
        *why = "it belongs to somebody else";
    else if (st.st_mode & forbidden)
        *why = "others may write or read it; chmod go-rwx it";
    if (!*why)
        return fd;
    close(fd);
    return -1;
}

/* --- parts --- */

static void part_path(const char *path, unsigned number, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%.4000s.%06u", path, number);
}

static int open_part(const char *path, unsigned number)
{
    char part[PATH_MAX];
    part_path(path, number, part);
    return open(part, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* Parts are numbered from 1 without a gap; old ones may have been taken away. */
unsigned audit_files_newest(const char *path)
{
    unsigned newest = 0;
    for (unsigned i = 1; i <= newest + PART_GAP && i <= MAX_TRAIL_PARTS; i++) {
        char part[PATH_MAX];
        part_path(path, i, part);
        if (faccessat(AT_FDCWD, part, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
            newest = i;
    }
    return newest;
}

/* A regular file, or -1. */
static int only_a_file(int fd, const char **why)
{
    struct stat st;
    *why = fd < 0 ? strerror(errno) : NULL;
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)))
        *why = "it is not a file";
    if (!*why)
        return fd;
    if (fd >= 0) {
        close(fd);
        errno = EINVAL;
    }
    return -1;
}

int audit_files_read(const char *path, const char **why)
{
    return only_a_file(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), why);
}

/* The line "kept NUMBER KEY" of audit/FORMAT.md 3, to the first digits of the key: zeros where it
   was taken away. */
bool audit_files_hold_verification_key(int key, bool *known)
{
    enum { AT = 409, LABEL = 5, NUMBER = 16, DIGITS = 16 };
    char text[LABEL + NUMBER + 1 + DIGITS], none[DIGITS];
    memset(none, '0', sizeof none);
    ssize_t n = pread(key, text, sizeof text, AT);
    *known = n >= 0;
    bool there = n == (ssize_t)sizeof text && memcmp(text, "kept ", LABEL) == 0 &&
                 memcmp(text + sizeof text - DIGITS, none, DIGITS) != 0;
    explicit_bzero(text, sizeof text);
    return there;
}

static bool same(int a, int b)
{
    struct stat one, other;
    return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_ino == other.st_ino &&
           one.st_dev == other.st_dev;
}

int audit_files_part(const char *path, unsigned number, int log, const char **why)
{
    int fd = open_part(path, number);
    bool gone = fd < 0 && errno == ENOENT;
    fd = only_a_file(fd, why);
    if (gone)
        *why = NULL;
    if (fd < 0 || !same(fd, log))
        return fd;
    close(fd);
    return -1;
}

/* Nobody else has it in use: whoever writes a log holds a shared lock on it. */
static bool put_aside(int log, const char *path)
{
    char part[PATH_MAX];
    struct stat st;
    if (fstat(log, &st) != 0 || st.st_size < TRAIL_PART || flock(log, LOCK_EX | LOCK_NB) != 0)
        return false;
    unsigned newest = audit_files_newest(path);
    part_path(path, newest + 1, part);
    return newest < MAX_TRAIL_PARTS && rename(path, part) == 0;
}

/* Is the file behind that name still the one we have open? */
static bool same_file(int fd, const char *path)
{
    struct stat open_one, named;
    return fstat(fd, &open_one) == 0 && stat(path, &named) == 0 &&
           open_one.st_ino == named.st_ino && open_one.st_dev == named.st_dev;
}

static int open_log(const char *path, int create, bool *busy, const char **why)
{
    for (int i = 0; i < ASIDE_TRIES; i++) {
        int fd = open_own(path, O_RDWR | O_APPEND | create, S_IWGRP | S_IWOTH, why);
        if (fd < 0)
            return -1;
        if (!put_aside(fd, path) && flock(fd, LOCK_SH | LOCK_NB) == 0 && same_file(fd, path))
            return fd;
        close(fd);
        create = O_CREAT;
    }
    *busy = true;
    *why = "another program keeps it locked";
    return -1;
}

static bool open_both(struct audit_files *out, int create, char error[KEYFILE_ERROR])
{
    char key_path[sizeof out->path + 4];
    const char *why;
    struct stat st;
    snprintf(key_path, sizeof key_path, "%s.key", out->path);
    out->log = open_log(out->path, create, &out->busy, &why);
    if (out->log >= 0)
        out->key = open_own(key_path, O_RDWR | create, S_IRWXG | S_IRWXO, &why);
    if (out->key < 0) {
        snprintf(error, KEYFILE_ERROR, "audit trail %.300s cannot be used: %s",
                 out->log < 0 ? out->path : key_path, why);
        return false;
    }
    if (fstat(out->log, &st) == 0 && st.st_size < AUDIT_LINE && audit_files_newest(out->path))
        out->previous = open_part(out->path, audit_files_newest(out->path));
    return true;
}

/* --- sinks --- */

static const struct {
    enum conf_sink bit;
    const char *path;
} sinks[] = {
    {CONF_SYSLOG, "/dev/log"},
    {CONF_JOURNAL, "/run/systemd/journal/socket"},
};

/* A stream waits for whoever is slow to accept: here nobody is waited for. */
static int connect_as(int type, const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return -1;
}

/* Old services of the system's log read a stream. */
static int connect_sink(const char *path, bool *stream)
{
    int fd = connect_as(SOCK_DGRAM, path);
    if (fd >= 0 || errno != EPROTOTYPE || !stream)
        return fd;
    *stream = true;
    return connect_as(SOCK_STREAM, path);
}

/* false: one is missing. */
static bool open_sinks(const struct conf *conf, struct audit_files *out, char error[KEYFILE_ERROR])
{
    for (size_t i = 0; i < sizeof sinks / sizeof sinks[0]; i++) {
        if (!(conf->audit_sinks & (int)sinks[i].bit))
            continue;
        int fd = connect_sink(sinks[i].path, sinks[i].bit == CONF_SYSLOG ? &out->stream : NULL);
        if (fd < 0) {
            snprintf(error, KEYFILE_ERROR,
                     "audit sink %s cannot be reached: %s; start its service, or take it out of "
                     "audit_sinks",
                     sinks[i].path, strerror(errno));
            out->missing |= sinks[i].bit;
            continue;
        }
        out->sinks |= sinks[i].bit;
        out->sockets[out->n_sockets++] = fd;
    }
    return !out->missing;
}

/* --- all --- */

static void begin(struct audit_files *out)
{
    *out = (struct audit_files){.log = -1, .key = -1, .previous = -1, .sockets = {-1, -1}};
}

bool audit_files_path(const struct conf *conf, bool make, char out[512])
{
    if (!conf->audit_file[0])
        return settings_path(true, "audit.log", make, out);
    memcpy(out, conf->audit_file, sizeof conf->audit_file);
    return true;
}

bool audit_files_open(const struct conf *conf, struct audit_files *out, char error[KEYFILE_ERROR])
{
    begin(out);
    if (!audit_files_path(conf, true, out->path)) {
        snprintf(error, KEYFILE_ERROR,
                 "no place for the audit trail: HOME is not set, or cannot be written");
        return false;
    }
    bool opened = open_both(out, O_CREAT, error), whole = opened && open_sinks(conf, out, error);
    if (!whole)
        conf_blame(conf, opened ? "audit_sinks" : "audit_file", error);
    if (opened && (whole || !conf->audit_mandatory))
        return true;
    audit_files_close(out);
    return false;
}

bool audit_files_sinks(const struct conf *conf, struct audit_files *out)
{
    char error[KEYFILE_ERROR];
    begin(out);
    if (conf->audit_sinks)
        open_sinks(conf, out, error);
    return out->n_sockets > 0;
}

bool audit_files_open_at(const char *path, struct audit_files *out, char error[KEYFILE_ERROR])
{
    begin(out);
    if ((size_t)snprintf(out->path, sizeof out->path, "%s", path) >= sizeof out->path) {
        snprintf(error, KEYFILE_ERROR, "that path is longer than 511 bytes");
        return false;
    }
    if (open_both(out, 0, error))
        return true;
    audit_files_close(out);
    return false;
}

void audit_files_close(struct audit_files *f)
{
    int *all[] = {&f->log, &f->key, &f->previous, &f->sockets[0], &f->sockets[1]};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (*all[i] >= 0)
            close(*all[i]);
        *all[i] = -1;
    }
    f->n_sockets = 0;
}
