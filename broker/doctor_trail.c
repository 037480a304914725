/*
 * The trail that this user's sessions write: the room on its disk, and whether its
 * verification key was taken away to be kept elsewhere. Runs in `vitrine doctor`, before it locks
 * itself in; a file system that never answers is not waited for.
 */
#include "broker/audit_files.h"
#include "broker/doctor.h"
#include "broker/settings.h"
#include "lib/disk.h"
#include "lib/fd.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define LONGEST_MS 480

/* What is said where it is not known. */
#define NONE_YET "none was written yet"

struct answer {
    uint64_t bytes;
    int error;
    bool says;
    bool verification_key;
};

static bool holds_verification_key(const char *log)
{
    char path[1024];
    const char *why;
    snprintf(path, sizeof path, "%s.key", log);
    FD_OWNED fd = audit_files_read(path, &why);
    bool known;
    return fd >= 0 && audit_files_hold_verification_key(fd, &known);
}

static bool look(const void *ctx, void *out)
{
    struct answer *a = out;
    FD_OWNED fd = open((const char *)ctx, O_PATH | O_CLOEXEC);
    a->error = fd < 0 ? errno : 0;
    a->says = fd >= 0 && disk_free(fd, &a->bytes);
    a->verification_key = !a->error && holds_verification_key(ctx);
    return true;
}

/* The policy's place, else this user's own. */
static bool find(struct doctor_trail *out)
{
    static struct conf conf;
    static char error[KEYFILE_ERROR];
    if (!conf_load(&conf, error)) {
        out->why = error;
        return false;
    }
    conf_finish(&conf);
    out->wanted_mib = (unsigned)conf.audit_warn_free;
    if (audit_files_path(&conf, false, out->path))
        return true;
    out->why = "HOME is not set";
    return false;
}

void doctor_look_at_trail(struct doctor_trail *out)
{
    struct answer a = {0};
    bool late;
    *out = (struct doctor_trail){0};
    if (!find(out))
        return;
    if (!doctor_in_child(look, out->path, &a, sizeof a, LONGEST_MS, &late))
        out->why = late ? "its disk does not answer" : "its disk could not be asked";
    else if (a.error)
        out->why = a.error == ENOENT ? NONE_YET : strerror(a.error);
    else if (!a.says)
        out->why = "its disk does not say how much is free";
    out->verification_key = a.verification_key;
    out->free_mib = a.says ? a.bytes / DISK_MIB : 0;
    out->low = !out->why && out->free_mib < out->wanted_mib;
}
