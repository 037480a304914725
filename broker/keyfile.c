/* Key files. Run by the broker before anything else; distrusts every byte of them. */
#include "broker/keyfile.h"
#include "lib/fd.h"
#include "lib/text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts blanks at both ends, in place. */
static char *trim(char *s)
{
    while (blank(*s))
        s++;
    size_t n = strlen(s);
    while (n > 0 && blank(s[n - 1]))
        n--;
    s[n] = '\0';
    return s;
}

static const char *take_line(struct keyfile_line *l, char *text, keyfile_fn take, void *ctx)
{
    char *start = trim(text);
    if (*start == '\0' || *start == '#')
        return NULL;
    char *equals = strchr(start, '=');
    if (!equals)
        return "a line reads KEY = VALUE; correct it, or begin it with #";
    *equals = '\0';
    l->key = trim(start);
    l->value = trim(equals + 1);
    for (const char *c = l->key; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || *c == '_'))
            return "a key consists of a-z and _; correct it";
    return *l->key ? take(ctx, l) : "a key is missing before =; write it there";
}

bool keyfile_parse(const char *file, const char *text, size_t len, keyfile_fn take, void *ctx,
                   char error[KEYFILE_ERROR])
{
    struct keyfile_line l = {.file = file};
    char copy[KEYFILE_LINE + 1];
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t n = end ? (size_t)(end - text) - at : len - at;
        const char *wrong = NULL;
        l.line++;
        l.key = NULL;
        if (n > KEYFILE_LINE) {
            wrong = "longer than 1024 bytes; shorten the line";
        } else {
            memcpy(copy, text + at, n);
            copy[n] = '\0';
            for (size_t i = 0; i < n; i++)
                if (copy[i] == '\t' || copy[i] == '\r')
                    copy[i] = ' ';
            if (!text_valid((const uint8_t *)copy, n))
                wrong = "not plain text (UTF-8 without control characters); write it anew";
        }
        if (!wrong)
            wrong = take_line(&l, copy, take, ctx);
        if (wrong) {
            snprintf(error, KEYFILE_ERROR, "%s:%d: %.64s%s%s", file, l.line, l.key ? l.key : "",
                     l.key ? ": " : "", wrong);
            return false;
        }
        at += n + 1;
    }
    return true;
}

static const char *owner_wrong(const struct stat *st, enum keyfile_owner owner)
{
    if (owner == KEYFILE_ROOT && st->st_uid != 0)
        return "does not belong to root; chown root it";
    if (owner == KEYFILE_ROOT && st->st_mode & (S_IWGRP | S_IWOTH))
        return "can be written by others than root; chmod go-w it";
    if (owner == KEYFILE_OURS && st->st_uid != geteuid())
        return "does not belong to you; look at who put it there";
    if (owner == KEYFILE_OURS && st->st_mode & (S_IRWXG | S_IRWXO))
        return "can be read or written by others; chmod go-rwx it";
    return NULL;
}

static const char *read_all(int fd, size_t size, char **text, size_t *len)
{
    *text = malloc(size + 1);
    *len = 0;
    if (!*text)
        return "cannot be read: no memory; end other programs";
    while (*len < size) {
        ssize_t n = read(fd, *text + *len, size - *len);
        if (n <= 0)
            return n == 0 ? NULL : "cannot be read: its disk fails; look at that";
        *len += (size_t)n;
    }
    return NULL;
}

static const char *look_at(int fd, enum keyfile_owner owner, struct stat *st)
{
    if (fd < 0 || fstat(fd, st) != 0)
        return errno == ELOOP ? "is a link; put the file itself there"
                              : "cannot be opened; let whoever starts vitrine read it";
    if (!S_ISREG(st->st_mode))
        return "is not a file; put one there";
    if (st->st_size > KEYFILE_MAX)
        return "is larger than 64 KiB; shorten it";
    return owner_wrong(st, owner);
}

static int open_file(const char *file, enum keyfile_owner owner, struct stat *st,
                     enum keyfile_result *result, char error[KEYFILE_ERROR])
{
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        *result = KEYFILE_MISSING;
        return -1;
    }
    const char *wrong = look_at(fd, owner, st);
    *result = wrong ? KEYFILE_REFUSED : KEYFILE_READ;
    if (!wrong)
        return fd;
    if (fd >= 0)
        close(fd);
    snprintf(error, KEYFILE_ERROR, "%s %s", file, wrong);
    return -1;
}

int keyfile_open(const char *file, enum keyfile_owner owner, enum keyfile_result *result,
                 char error[KEYFILE_ERROR])
{
    struct stat st;
    return open_file(file, owner, &st, result, error);
}

enum keyfile_result keyfile_read(const char *file, enum keyfile_owner owner, char **text,
                                 size_t *len, char error[KEYFILE_ERROR])
{
    struct stat st;
    enum keyfile_result result;
    *text = NULL;
    int fd = open_file(file, owner, &st, &result, error);
    if (fd < 0)
        return result;
    const char *wrong = read_all(fd, (size_t)st.st_size, text, len);
    close(fd);
    if (!wrong)
        return KEYFILE_READ;
    free(*text);
    *text = NULL;
    snprintf(error, KEYFILE_ERROR, "%s %s", file, wrong);
    return KEYFILE_REFUSED;
}

/* The descriptor stays open behind the stream. */
static int write_through(int fd, void (*write)(const void *ctx, FILE *f), const void *ctx)
{
    int kept = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    FILE *f = kept < 0 ? NULL : fdopen(fd, "w");
    if (!f) {
        close(fd);
        fd_close(&kept);
        return -1;
    }
    write(ctx, f);
    bool good = fflush(f) == 0 && !ferror(f); /* one that failed on the way tells so only there */
    if (fclose(f) != 0 || !good)
        fd_close(&kept);
    return kept;
}

int keyfile_write(const char *file, void (*write)(const void *ctx, FILE *f), const void *ctx)
{
    if (unlink(file) != 0 && errno != ENOENT)
        return -1;
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd < 0 ? -1 : write_through(fd, write, ctx);
}
