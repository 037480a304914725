/* The files of the organisation's policy: where they are, whose they have to be, and whether the
   set is signed. Run by the broker before anything else; distrusts owner, mode and every byte. */
#include "broker/conf.h"
#include "broker/verifier.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONF_DIRECTORY "/etc/vitrine"
#define CONF_MORE CONF_DIRECTORY "/conf.d"
#define CONF_PIN CONF_DIRECTORY "/policy.pub"
#define CONF_SIGNATURE CONF_DIRECTORY "/policy.sig"
#define CONF_FILES 64

/* The set as vitrine-verify gets it: for each file its name and its bytes, each behind its length
   (4 bytes, big-endian). What is parsed and what is checked are the same bytes. -1: nobody checks.
 */
struct set {
    int fd;
};

static bool set_add(struct set *set, const void *bytes, size_t len)
{
    uint8_t head[4] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                       (uint8_t)len};
    return set->fd < 0 || (write(set->fd, head, sizeof head) == (ssize_t)sizeof head &&
                           write(set->fd, bytes, len) == (ssize_t)len);
}

static bool load_file(struct conf *conf, const char *file, struct set *set, bool must_exist,
                      char error[KEYFILE_ERROR])
{
    char *text;
    size_t len;
    const char *name = file + sizeof CONF_DIRECTORY; /* behind the slash */
    enum keyfile_result result =
        keyfile_read(file, set ? KEYFILE_ROOT : KEYFILE_ANYBODY, &text, &len, error);
    if (result == KEYFILE_MISSING && must_exist)
        snprintf(error, KEYFILE_ERROR, "%s does not exist", file);
    bool good = result == KEYFILE_READ ? conf_parse(conf, file, text, len, error)
                                       : result == KEYFILE_MISSING && !must_exist;
    if (good && result == KEYFILE_READ && set &&
        (!set_add(set, name, strlen(name)) || !set_add(set, text, len))) {
        snprintf(error, KEYFILE_ERROR, "%s cannot be handed on to be checked", file);
        good = false;
    }
    free(text);
    return good;
}

bool conf_check(const char *file, struct conf *out, char error[KEYFILE_ERROR])
{
    conf_init(out);
    return load_file(out, file, NULL, true, error);
}

/* Whoever may write a directory decides what is in it. */
static bool directory_good(const char *path, char error[KEYFILE_ERROR])
{
    struct stat st;
    if (lstat(path, &st) != 0) {
        if (errno == ENOENT)
            return true;
        snprintf(error, KEYFILE_ERROR, "%s cannot be looked at", path);
        return false;
    }
    if (S_ISDIR(st.st_mode) && st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH)))
        return true;
    snprintf(error, KEYFILE_ERROR,
             "%s is not a directory of root's that only root may write; chown root and chmod go-w "
             "it",
             path);
    return false;
}

static int is_conf(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return e->d_name[0] != '.' && n > 5 && strcmp(e->d_name + n - 5, ".conf") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool load_more(struct conf *conf, struct set *set, char error[KEYFILE_ERROR])
{
    struct dirent **names = NULL;
    int n = scandir(CONF_MORE, &names, is_conf, by_bytes);
    bool good = n >= 0 || errno == ENOENT;
    if (!good)
        snprintf(error, KEYFILE_ERROR, "%s cannot be read", CONF_MORE);
    if (n > CONF_FILES) {
        snprintf(error, KEYFILE_ERROR, "%s holds more than %d files", CONF_MORE, CONF_FILES);
        good = false;
    }
    for (int i = 0; i < n; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", CONF_MORE, names[i]->d_name);
        good = good && load_file(conf, path, set, true, error);
        free(names[i]);
    }
    free(names);
    return good;
}

/* --- the signature --- */

/* A memory file with that file's bytes; -1: it is not there (missing), or is refused. */
static int copy_of(const char *file, bool *missing, char error[KEYFILE_ERROR])
{
    char *text;
    size_t len;
    enum keyfile_result result = keyfile_read(file, KEYFILE_ROOT, &text, &len, error);
    int fd = result == KEYFILE_READ ? memfd_create("policy", MFD_CLOEXEC) : -1;
    *missing = result == KEYFILE_MISSING;
    if (fd >= 0 && write(fd, text, len) != (ssize_t)len) {
        close(fd);
        fd = -1;
    }
    if (fd < 0 && result == KEYFILE_READ)
        snprintf(error, KEYFILE_ERROR, "%s cannot be handed on to be checked", file);
    free(text);
    return fd;
}

/* The verifier runs as the files ask for that it has to check: they can only forbid more. */
static bool check_signature(const struct conf *conf, int set, int key, char error[KEYFILE_ERROR])
{
    bool missing;
    int signature = copy_of(CONF_SIGNATURE, &missing, error);
    if (missing)
        snprintf(error, KEYFILE_ERROR, "%s does not exist, and %s demands it; sign the files",
                 CONF_SIGNATURE, CONF_PIN);
    if (signature < 0)
        return false;
    enum verifier_says says = verifier_policy(set, key, signature, conf->namespaces_required != 0);
    close(signature);
    if (says == VERIFIER_NO)
        snprintf(error, KEYFILE_ERROR,
                 "%s does not fit %s and the files beside it; sign the files as they are",
                 CONF_SIGNATURE, CONF_PIN);
    if (says == VERIFIER_SILENT)
        snprintf(error, KEYFILE_ERROR,
                 "%s cannot be checked, because the verifier cannot be locked in; see vitrine "
                 "doctor",
                 CONF_SIGNATURE);
    return says == VERIFIER_YES;
}

static bool load_all(struct conf *out, struct set *set, char error[KEYFILE_ERROR])
{
    return directory_good(CONF_MORE, error) &&
           load_file(out, CONF_DIRECTORY "/vitrine.conf", set, false, error) &&
           load_more(out, set, error);
}

static bool load_signed(struct conf *out, int key, char error[KEYFILE_ERROR])
{
    struct set set = {memfd_create("policy", MFD_CLOEXEC)};
    if (set.fd < 0) {
        snprintf(error, KEYFILE_ERROR, "%s cannot be checked: no memory", CONF_DIRECTORY);
        return false;
    }
    bool good = load_all(out, &set, error) && check_signature(out, set.fd, key, error);
    out->is_signed = good;
    close(set.fd);
    return good;
}

bool conf_load(struct conf *out, char error[KEYFILE_ERROR])
{
    bool unpinned;
    struct set unsigned_set = {-1};
    conf_init(out);
    if (!directory_good(CONF_DIRECTORY, error))
        return false;
    int key = copy_of(CONF_PIN, &unpinned, error);
    if (key >= 0) {
        bool good = load_signed(out, key, error);
        close(key);
        return good;
    }
    if (!unpinned || !load_all(out, &unsigned_set, error))
        return false;
    if (access(CONF_SIGNATURE, F_OK) != 0)
        return true;
    snprintf(error, KEYFILE_ERROR,
             "%s is there, but not %s, the key to check it with; put the key there", CONF_SIGNATURE,
             CONF_PIN);
    return false;
}

bool conf_requires_namespaces(void)
{
    struct conf conf;
    char error[KEYFILE_ERROR];
    return !conf_load(&conf, error) || conf.namespaces_required != 0;
}
