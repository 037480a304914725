/* `vitrine identity`: see identity_cmd.h. Run by the broker. */
#include "broker/identity_cmd.h"
#include "broker/conf.h"
#include "broker/errand.h"
#include "broker/identity.h"
#include "broker/settings.h"
#include "ch_seal.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define EXIT_SANDBOX 5

struct asking {
    struct chan chan;
    bool ready, answered;
    struct msg_seal_myself myself;
    char name[MAX_NAME + 1];
};

static int on_ready(void *ctx)
{
    struct asking *k = ctx;
    k->ready = true;
    k->chan.state = SEAL_STATE_READY;
    return 0;
}

static int on_failed(void *ctx, struct msg_failed *m)
{
    (void)ctx;
    (void)m;
    return -1;
}

static int on_seal_myself(void *ctx, struct msg_seal_myself *m)
{
    struct asking *k = ctx;
    k->answered = true;
    k->myself = *m;
    memcpy(k->name, m->name.data ? (const char *)m->name.data : "", m->name.len);
    return 0;
}

static const struct seal_at_broker handlers = {
    .on_ready = on_ready, .on_failed = on_failed, .on_seal_myself = on_seal_myself};

/* alg 0: reads it. */
static bool give(struct asking *k, int file, uint8_t alg)
{
    const struct msg_seal_key old = {.n_file = 1, .file = {file}};
    const struct msg_seal_key_new fresh = {.alg = alg, .file = file};
    return (alg ? msg_seal_key_new_send(&k->chan, &fresh) : msg_seal_key_send(&k->chan, &old)) == 0;
}

/* It reads and writes before it is locked in; that it was locked in afterwards is checked all the
   same, because what it says is printed. */
static bool converse(struct asking *k, const struct started *s, int file, uint8_t alg)
{
    return give(k, file, alg) && errand_hear_soon(&k->chan) && k->ready && errand_confined(s) &&
           errand_hear_soon(&k->chan) && k->answered;
}

static bool ask_seal(struct asking *k, int file, uint8_t alg)
{
    struct started s;
    memset(k, 0, sizeof *k);
    if (!errand_begin(WORKER_SEAL, conf_requires_namespaces(), &s))
        return false;
    seal_init_broker(&k->chan, s.control, &handlers, k);
    bool good = converse(k, &s, file, alg);
    errand_end(&s, &k->chan);
    return good;
}

static int fail(int status, const char *path, const char *what)
{
    fprintf(stderr, "vitrine: %s %s\n", path, what);
    return status;
}

static int print(const struct asking *k, FILE *out)
{
    static const char *const kinds[] = {"", "ECDSA P-256", "Ed25519", "certificate"};
    char shown[IDENTITY_KEY_SHOWN];
    identity_show_key(k->myself.fp, shown);
    fprintf(out, "%s\n%s\n", kinds[k->myself.alg], shown);
    if (k->name[0])
        fprintf(out, "%s\n", k->name);
    return 0;
}

int identity_cmd_new(bool ed25519, FILE *out)
{
    struct asking k;
    char path[512];
    if (!settings_path(false, IDENTITY_FILE, true, path))
        return fail(1, IDENTITY_FILE, "has no place: HOME is not set; set it");
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(1, path,
                    errno == EEXIST
                        ? "is there already; move it away to become somebody new"
                        : "cannot be made; look whose its folder is, and whether the disk is full");
    bool good = ask_seal(&k, fd, ed25519 ? 2 : 1) && k.myself.usable && fsync(fd) == 0;
    close(fd);
    if (good)
        return print(&k, out);
    unlink(path);
    return fail(EXIT_SANDBOX, path, "was not made; see vitrine doctor");
}

int identity_cmd_show(FILE *out)
{
    struct asking k;
    char path[512], error[KEYFILE_ERROR];
    enum keyfile_result result;
    if (!settings_path(false, IDENTITY_FILE, false, path))
        return fail(1, IDENTITY_FILE, "has no place: HOME is not set; set it");
    int fd = keyfile_open(path, KEYFILE_OURS, &result, error);
    if (result == KEYFILE_MISSING)
        return fail(1, path, "does not exist; `vitrine identity new` makes one");
    if (fd < 0) {
        fprintf(stderr, "vitrine: %s\n", error);
        return 1;
    }
    bool good = ask_seal(&k, fd, 0);
    close(fd);
    if (!good)
        return fail(EXIT_SANDBOX, path, "was not read; see vitrine doctor");
    return k.myself.usable ? print(&k, out)
                           : fail(1, path,
                                  "holds no key that can be used; move it away, and `vitrine "
                                  "identity new` makes one");
}
