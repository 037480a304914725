/* The files of the organisation's policy: where they are, whose they have to be, and whether the
   set is signed. Run by the broker before anything else; distrusts owner, mode and every byte. */
#include "broker/conf.h"
#include "broker/verifier.h"
#include "lib/fd.h"
#include "lib/text.h"
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
#define CONF_MAIN "vitrine.conf"
#define CONF_MORE "conf.d"
#define CONF_PIN "policy.pub"
#define CONF_SIGNATURE "policy.sig"
#define CONF_FILES 64
#define NO_MEMORY "cannot be handed on to be checked: no memory; end other programs"
#define UNREADABLE "cannot be read; let whoever starts vitrine read it"
#define UNCHECKED                                                                                  \
    "cannot be checked: the verifier cannot be locked in, or could not read it for want of "       \
    "memory; end other programs, or see vitrine doctor"

/* One set being read. */
struct reading {
    const char *directory;
    enum keyfile_owner owner;
    struct conf *conf;
    /* The set as vitrine-verify gets it: for each file its name and its bytes, each behind its
       length (4 bytes, big-endian). What is parsed and what is checked are the same bytes. -1:
       nobody checks. */
    int set;
    const char *candidate; /* a file that is judged among them; NULL: none */
    const char *stands_as; /* its name there, as in the text that is signed; "": behind them all */
    unsigned files;        /* read so far, the candidate left out */
    char *error;
};

static struct reading installed(struct conf *out, char error[KEYFILE_ERROR])
{
    return (struct reading){
        .directory = CONF_DIRECTORY, .owner = KEYFILE_ROOT, .conf = out, .set = -1, .error = error};
}

static void path_of(const struct reading *r, const char *name, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s/%s", r->directory, name);
}

/* --- one file --- */

static bool set_add(int set, const void *bytes, size_t len)
{
    uint8_t head[4] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                       (uint8_t)len};
    return set < 0 || (write(set, head, sizeof head) == (ssize_t)sizeof head &&
                       write(set, bytes, len) == (ssize_t)len);
}

/* name: as in the text that is signed. */
static bool load_path(struct reading *r, const char *path, const char *name, bool must_exist)
{
    char *text;
    size_t len;
    enum keyfile_result result = keyfile_read(path, r->owner, &text, &len, r->error);
    if (result == KEYFILE_MISSING && must_exist)
        snprintf(r->error, KEYFILE_ERROR,
                 "%.900s does not exist; name one that does, or put it there", path);
    bool good = result == KEYFILE_READ ? conf_parse(r->conf, path, text, len, r->error)
                                       : result == KEYFILE_MISSING && !must_exist;
    if (good && result == KEYFILE_READ &&
        (!set_add(r->set, name, strlen(name)) || !set_add(r->set, text, len))) {
        snprintf(r->error, KEYFILE_ERROR, "%.900s " NO_MEMORY, path);
        good = false;
    }
    r->files += good && result == KEYFILE_READ;
    free(text);
    return good;
}

bool conf_check(const char *file, struct conf *out, char error[KEYFILE_ERROR])
{
    struct reading r = {.owner = KEYFILE_ANYBODY, .conf = out, .set = -1, .error = error};
    conf_init(out);
    return load_path(&r, file, file, true);
}

static bool same_file(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_ino == other.st_ino &&
           one.st_dev == other.st_dev;
}

/* The candidate is anybody's, unless it is the one that is installed. */
static bool load_candidate(struct reading *r, const char *installed)
{
    struct reading own = *r;
    if (!installed || !same_file(r->candidate, installed))
        own.owner = KEYFILE_ANYBODY;
    return load_path(&own, r->candidate, "", true);
}

static bool stands_here(const struct reading *r, const char *name)
{
    return r->candidate && strcmp(r->stands_as, name) == 0;
}

static bool load_file(struct reading *r, const char *name, bool must_exist)
{
    char path[PATH_MAX];
    path_of(r, name, path);
    return stands_here(r, name) ? load_candidate(r, path) : load_path(r, path, name, must_exist);
}

/* --- the folders --- */

/* Whoever may write a directory decides what is in it. */
static bool directory_good(const struct reading *r, const char *path)
{
    struct stat st;
    if ((r->owner == KEYFILE_ANYBODY ? stat(path, &st) : lstat(path, &st)) != 0) {
        if (errno == ENOENT)
            return true;
        snprintf(r->error, KEYFILE_ERROR, "%.900s " UNREADABLE, path);
        return false;
    }
    if (S_ISDIR(st.st_mode) &&
        (r->owner == KEYFILE_ANYBODY || (st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH)))))
        return true;
    snprintf(r->error, KEYFILE_ERROR,
             r->owner == KEYFILE_ANYBODY ? "%s is not a directory; put one there"
             : !S_ISDIR(st.st_mode)
                 ? "%s is not a directory; put one there, of root's"
                 : "%s is not a directory of root's that only root may write; chown root and chmod "
                   "go-w it",
             path);
    return false;
}

static bool named_conf(const char *name)
{
    size_t n = strlen(name);
    return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".conf") == 0;
}

static int is_conf(const struct dirent *e)
{
    return named_conf(e->d_name);
}

static int is_passed_over(const struct dirent *e)
{
    return e->d_name[0] != '.' && !named_conf(e->d_name);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* The candidate's place is before that one; NULL: behind the last. */
static bool comes_now(const struct reading *r, const char *next)
{
    return r->candidate && strncmp(r->stands_as, CONF_MORE, sizeof CONF_MORE - 1) == 0 &&
           (!next || strcmp(r->stands_as, next) < 0);
}

/* It goes to terminals, and into the text that is signed, which has a line for each file. */
static bool name_good(struct reading *r, const struct dirent *e)
{
    char clean[NAME_MAX + 1];
    if (text_valid((const uint8_t *)e->d_name, strlen(e->d_name)))
        return true;
    snprintf(clean, sizeof clean, "%s", e->d_name);
    text_clean(clean);
    snprintf(r->error, KEYFILE_ERROR,
             "%.400s/" CONF_MORE "/%s: that name is not plain text (UTF-8 without control "
             "characters; each other byte is shown as ?); rename the file",
             r->directory, clean);
    return false;
}

/* names: n files of conf.d, sorted. */
static bool load_each(struct reading *r, struct dirent *const *names, int n)
{
    char name[sizeof CONF_MORE + NAME_MAX + 1];
    bool good = true, came = false;
    for (int i = 0; i < n && good; i++) {
        if (!name_good(r, names[i]))
            return false;
        snprintf(name, sizeof name, CONF_MORE "/%s", names[i]->d_name);
        if (!came && comes_now(r, name))
            good = came = load_candidate(r, NULL);
        came = came || stands_here(r, name);
        good = good && load_file(r, name, true);
    }
    return good && (came || !comes_now(r, NULL) || load_candidate(r, NULL));
}

/* It would be one more there. */
static bool is_new(const struct reading *r, struct dirent *const *names, int n)
{
    if (!r->candidate || strcmp(r->stands_as, CONF_MAIN) == 0)
        return false;
    for (int i = 0; i < n; i++)
        if (r->stands_as[0] && strcmp(r->stands_as + sizeof CONF_MORE, names[i]->d_name) == 0)
            return false;
    return true;
}

static bool load_more(struct reading *r)
{
    char folder[PATH_MAX];
    struct dirent **names = NULL;
    path_of(r, CONF_MORE, folder);
    int n = scandir(folder, &names, is_conf, by_bytes);
    bool good = false;
    if (n < 0 && errno != ENOENT)
        snprintf(r->error, KEYFILE_ERROR, "%.400s " UNREADABLE, folder);
    else if (n > CONF_FILES)
        snprintf(r->error, KEYFILE_ERROR,
                 "%.400s holds more than %d files; put some of them together", folder, CONF_FILES);
    else if (n == CONF_FILES && is_new(r, names, n))
        snprintf(r->error, KEYFILE_ERROR,
                 "%.400s holds %d files, and no more are read; put some of them together", folder,
                 CONF_FILES);
    else
        good = load_each(r, names, n);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    return good;
}

unsigned conf_passed_over(const char *directory, char first[NAME_MAX + 1])
{
    char folder[PATH_MAX];
    struct dirent **names = NULL;
    snprintf(folder, sizeof folder, "%.4000s/" CONF_MORE, directory);
    int n = scandir(folder, &names, is_passed_over, by_bytes);
    for (int i = 0; i < n; i++) {
        if (i == 0)
            snprintf(first, NAME_MAX + 1, "%s", names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return n > 0 ? (unsigned)n : 0;
}

static bool load_all(struct reading *r)
{
    char folder[PATH_MAX];
    path_of(r, CONF_MORE, folder);
    return directory_good(r, folder) && load_file(r, CONF_MAIN, false) && load_more(r) &&
           (!r->candidate || r->stands_as[0] || load_candidate(r, NULL));
}

/* --- the authorities --- */

/* A memory file with these bytes, which who gets it cannot change. */
static int sealed_copy(const char *text, size_t len)
{
    int fd = memfd_create("policy", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 &&
        (write(fd, text, len) != (ssize_t)len ||
         fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0))
        fd_close(&fd);
    return fd;
}

/* The file that helper_certificates names, and its name in the text that is signed: of one in
   /etc/vitrine the name there, so that a folder made like it holds its own. */
static const char *name_authorities(const struct reading *r, char path[PATH_MAX])
{
    const char *name = r->conf->helper_certificates;
    size_t n = sizeof CONF_DIRECTORY - 1;
    if (strncmp(name, CONF_DIRECTORY "/", n + 1) != 0) {
        snprintf(path, PATH_MAX, "%s", name);
        return name;
    }
    name += n + strspn(name + n, "/");
    path_of(r, name, path);
    return name;
}

/* Who may write a folder on the way to it can put another file in its place. Each as it is named: a
   link would lead elsewhere. The root directory is not asked, as with /etc/vitrine: whose that is,
   theirs is everything. */
static bool way_good(const struct reading *r, const char *path)
{
    char folder[PATH_MAX];
    for (const char *end = strchr(path + 1, '/'); end; end = strchr(end + 1, '/')) {
        snprintf(folder, sizeof folder, "%.*s", (int)(end - path), path);
        if (directory_good(r, folder))
            continue;
        size_t n = strlen(r->error);
        snprintf(r->error + n, KEYFILE_ERROR - n, ", or put the certificates elsewhere");
        return false;
    }
    return true;
}

static enum keyfile_result read_authorities(const struct reading *r, const char *path, char **text,
                                            size_t *len)
{
    *text = NULL;
    if (r->owner == KEYFILE_ROOT && !way_good(r, path))
        return KEYFILE_REFUSED;
    enum keyfile_result result = keyfile_read(path, r->owner, text, len, r->error);
    if (result == KEYFILE_MISSING)
        snprintf(r->error, KEYFILE_ERROR, "%.900s does not exist; put it there", path);
    return result;
}

/* Who may exchange it says who is certified: it belongs to the set, and what is checked are the
   bytes that chains are judged by. */
static bool load_authorities(struct reading *r)
{
    char path[PATH_MAX], *text;
    size_t len;
    if (!r->conf->helper_certificates[0])
        return true;
    const char *name = name_authorities(r, path);
    bool good = read_authorities(r, path, &text, &len) == KEYFILE_READ;
    if (good) {
        r->conf->authorities = sealed_copy(text, len);
        good = r->conf->authorities >= 0 && set_add(r->set, name, strlen(name)) &&
               set_add(r->set, text, len);
        if (!good)
            snprintf(r->error, KEYFILE_ERROR, "%.900s " NO_MEMORY, path);
    }
    free(text);
    if (!good)
        conf_blame(r->conf, "helper_certificates", r->error);
    return good;
}

/* With a file that holds none of them nobody would ever be certified, and nobody told why. */
static bool authorities_usable(const struct reading *r)
{
    char path[PATH_MAX];
    if (r->conf->authorities < 0)
        return true;
    enum verifier_says says =
        verifier_authorities(r->conf->authorities, r->conf->namespaces_required != 0);
    (void)name_authorities(r, path);
    if (says == VERIFIER_NO)
        snprintf(
            r->error, KEYFILE_ERROR,
            "%.512s holds no certificate of an authority, or one that cannot be used; put those "
            "of your authorities there (PEM, ECDSA over P-256 or P-384)",
            path);
    if (says == VERIFIER_SILENT)
        snprintf(r->error, KEYFILE_ERROR, "%.512s " UNCHECKED, path);
    if (says != VERIFIER_YES)
        conf_blame(r->conf, "helper_certificates", r->error);
    return says == VERIFIER_YES;
}

/* --- the signature --- */

/* A memory file with that file's bytes; -1: it is not there (missing), or is refused. */
static int copy_of(const struct reading *r, const char *name, bool *missing)
{
    char *text, path[PATH_MAX];
    size_t len;
    path_of(r, name, path);
    enum keyfile_result result = keyfile_read(path, r->owner, &text, &len, r->error);
    int fd = result == KEYFILE_READ ? sealed_copy(text, len) : -1;
    *missing = result == KEYFILE_MISSING;
    if (fd < 0 && result == KEYFILE_READ)
        snprintf(r->error, KEYFILE_ERROR, "%.400s " NO_MEMORY, path);
    free(text);
    return fd;
}

static void say_unfit(const struct reading *r)
{
    char path[PATH_MAX] = "";
    const char *in = r->directory;
    bool more = r->conf->helper_certificates[0] != '\0';
    if (more)
        (void)name_authorities(r, path);
    snprintf(r->error, KEYFILE_ERROR,
             "%.120s/policy.sig does not fit %.120s/policy.pub and the files beside it%s%.520s%s; "
             "sign the files as they are",
             in, in, more ? ", " : "", path, more ? " of helper_certificates included" : "");
}

/* The verifier runs as the files ask for that it has to check: they can only forbid more. */
static bool check_signature(const struct reading *r, int key)
{
    bool missing;
    const char *in = r->directory;
    int signature = copy_of(r, CONF_SIGNATURE, &missing);
    if (missing)
        snprintf(r->error, KEYFILE_ERROR,
                 "%.200s/policy.sig does not exist, and %.200s/policy.pub demands it; sign the "
                 "files",
                 in, in);
    if (signature < 0)
        return false;
    enum verifier_says says =
        verifier_policy(r->set, key, signature, r->conf->namespaces_required != 0);
    close(signature);
    if (says == VERIFIER_NO)
        say_unfit(r);
    if (says == VERIFIER_SILENT)
        snprintf(r->error, KEYFILE_ERROR, "%.300s/policy.sig " UNCHECKED, in);
    return says == VERIFIER_YES;
}

static bool load_signed(struct reading *r, int key)
{
    r->set = memfd_create("policy", MFD_CLOEXEC);
    if (r->set < 0) {
        snprintf(r->error, KEYFILE_ERROR, "%.900s " NO_MEMORY, r->directory);
        return false;
    }
    bool good =
        load_all(r) && load_authorities(r) && check_signature(r, key) && authorities_usable(r);
    r->conf->is_signed = good;
    close(r->set);
    return good;
}

/* Small files: one call reads each. */
static bool same_bytes(int a, int b)
{
    char one[KEYFILE_MAX], other[KEYFILE_MAX];
    ssize_t n = pread(a, one, sizeof one, 0);
    return n >= 0 && n == pread(b, other, sizeof other, 0) && memcmp(one, other, (size_t)n) == 0;
}

/* Whose signature counts is said by what is installed: anybody can sign a set with a key of their
   own beside it. key: the set's; -1: it has none. */
static bool pin_good(const struct reading *r, int key)
{
    bool missing;
    const struct reading own = installed(r->conf, r->error);
    if (r->owner == KEYFILE_ROOT)
        return true;
    if (!directory_good(&own, CONF_DIRECTORY))
        return false;
    int pin = copy_of(&own, CONF_PIN, &missing);
    if (pin < 0)
        return missing;
    bool good = key >= 0 && same_bytes(pin, key);
    close(pin);
    if (!good)
        snprintf(r->error, KEYFILE_ERROR,
                 key < 0 ? "%.300s has no policy.pub, but " CONF_DIRECTORY
                           "/policy.pub is installed; sign the set with its key"
                         : "%.300s/policy.pub is not the key that is installed as " CONF_DIRECTORY
                           "/policy.pub; sign the set with that one",
                 r->directory);
    return good;
}

/* A link to nowhere, too. */
static bool stands(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 || errno != ENOENT;
}

/* A signature that nobody can check is none: somebody has forgotten the key, or taken it away. */
static bool none_alone(const struct reading *r)
{
    char signature[PATH_MAX];
    path_of(r, CONF_SIGNATURE, signature);
    if (!stands(signature))
        return true;
    snprintf(r->error, KEYFILE_ERROR,
             "%.200s is there, but not %.200s/policy.pub, the key to check it with; put the key "
             "there",
             signature, r->directory);
    return false;
}

static bool load_set(struct reading *r)
{
    bool unpinned;
    conf_init(r->conf);
    if (!directory_good(r, r->directory))
        return false;
    int key = copy_of(r, CONF_PIN, &unpinned);
    if ((key >= 0 || unpinned) && !pin_good(r, key)) {
        if (key >= 0)
            close(key);
        return false;
    }
    if (key >= 0) {
        bool good = load_signed(r, key);
        close(key);
        return good;
    }
    return unpinned && load_all(r) && none_alone(r) && load_authorities(r) && authorities_usable(r);
}

bool conf_load(struct conf *out, char error[KEYFILE_ERROR])
{
    struct reading r = installed(out, error);
    return load_set(&r);
}

bool conf_requires_namespaces(void)
{
    struct conf conf;
    char error[KEYFILE_ERROR];
    bool required = !conf_load(&conf, error) || conf.namespaces_required != 0;
    conf_finish(&conf);
    return required;
}

/* --- before it is installed --- */

/* What it would be called there; "": a name that is not read. */
static void place_of(const char *file, char out[CONF_FILE])
{
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    if (strcmp(name, CONF_MAIN) == 0)
        snprintf(out, CONF_FILE, CONF_MAIN);
    else if (named_conf(name))
        snprintf(out, CONF_FILE, CONF_MORE "/%.255s", name);
    else
        out[0] = '\0';
}

bool conf_check_among(const char *file, struct conf *out, struct conf_judged *as,
                      char error[KEYFILE_ERROR])
{
    struct reading r = installed(out, error);
    *as = (struct conf_judged){0};
    r.candidate = file;
    r.stands_as = as->place;
    place_of(file, as->place);
    conf_init(out);
    bool good = directory_good(&r, CONF_DIRECTORY) && load_all(&r);
    as->files = r.files;
    as->pinned = stands(CONF_DIRECTORY "/" CONF_PIN);
    return good && (as->pinned || none_alone(&r)) && load_authorities(&r) && authorities_usable(&r);
}

bool conf_check_folder(const char *folder, struct conf *out, struct conf_judged *as,
                       char error[KEYFILE_ERROR])
{
    struct reading r = installed(out, error);
    *as = (struct conf_judged){.installed = same_file(folder, CONF_DIRECTORY)};
    if (!as->installed) {
        r.directory = folder;
        r.owner = KEYFILE_ANYBODY;
    }
    bool good = load_set(&r);
    as->files = r.files;
    as->pinned = out->is_signed;
    return good;
}
