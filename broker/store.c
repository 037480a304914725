/* Files replaced without waiting for the disk: see store.h. Run by the broker; what lies in the
   folder may have been put there by other programs of this user. */
#include "broker/store.h"
#include "broker/keyfile.h"
#include "broker/launcher.h"
#include "broker/settings.h"
#include "lib/fd.h"
#include "lib/loop.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Held for as long as a disk takes: whoever holds it longer than this is broken. */
#define LOCK_TRIES 200
#define LOCK_WAIT_MS 25

static bool path_of(const struct store *s, const char *ending, char out[512])
{
    char name[64];
    snprintf(name, sizeof name, "%s%s", s->uses->name, ending);
    errno = ENOENT; /* there is no such folder, unless making it says otherwise */
    return settings_path(false, name, true, out);
}

/* Not by closing alone: a worker that is being started has a copy until it is executed. */
static void unlock(struct store *s)
{
    if (s->lock >= 0)
        flock(s->lock, LOCK_UN);
    fd_close(&s->lock);
}

/* What was asked for meanwhile is still to come: it is busy for whoever looks while it is told. */
static void over(struct store *s, int error)
{
    bool more = s->again;
    unlock(s);
    s->busy = more;
    s->again = false;
    s->uses->done(s->ctx, error);
    if (!more)
        return;
    s->busy = false;
    store_start(s);
}

/* --- beside, onto the disk, in its place, and that onto the disk */

static void on_folder_synced(void *ctx, int error);

static bool sync_folder(struct store *s, int folder)
{
    errno = EPIPE;
    return launcher_sync(s->launcher, folder, on_folder_synced, s);
}

static int open_folder_of(char path[512])
{
    *strrchr(path, '/') = '\0';
    return open(path[0] ? path : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Whatever has been made for the file is this user's. */
static bool is_ours(int folder)
{
    struct stat st;
    return folder >= 0 && fstat(folder, &st) == 0 && st.st_uid == geteuid();
}

static void on_folder_synced(void *ctx, int error)
{
    struct store *s = ctx;
    FD_OWNED above = error == 0 && s->folder[0] ? open_folder_of(s->folder) : -1;
    if (!is_ours(above))
        over(s, error);
    else if (!sync_folder(s, above))
        over(s, errno);
}

static bool put_in_place(struct store *s, const char *beside)
{
    if (rename(beside, s->folder) != 0)
        return false;
    FD_OWNED folder = open_folder_of(s->folder);
    return folder >= 0 && sync_folder(s, folder);
}

static void on_file_synced(void *ctx, int error)
{
    struct store *s = ctx;
    char beside[512];
    bool good = path_of(s, ".new", beside) && path_of(s, "", s->folder);
    if (good && error != 0) {
        unlink(beside);
        errno = error;
    }
    if (!good || error != 0 || !put_in_place(s, beside))
        over(s, errno);
}

static bool write_beside(struct store *s)
{
    char beside[512];
    FD_OWNED fd = path_of(s, ".new", beside) ? keyfile_write(beside, s->uses->write, s->ctx) : -1;
    if (fd < 0)
        return false;
    errno = EPIPE;
    return launcher_sync(s->launcher, fd, on_file_synced, s);
}

/* --- the lock */

static void locked(struct store *s)
{
    if (s->uses->prepare && !s->uses->prepare(s->ctx))
        over(s, ECANCELED);
    else if (!write_beside(s))
        over(s, errno);
}

static int open_lock(const struct store *s)
{
    char path[512];
    return path_of(s, ".lock", path)
               ? open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600)
               : -1;
}

static void try_lock(void *ctx)
{
    struct store *s = ctx;
    if (s->lock < 0)
        s->lock = open_lock(s);
    if (s->lock >= 0 && flock(s->lock, LOCK_EX | LOCK_NB) == 0)
        locked(s);
    else if (s->lock < 0 || errno != EWOULDBLOCK)
        over(s, errno);
    else if (++s->tries == LOCK_TRIES || !loop_set_timer(s->loop, LOCK_WAIT_MS, try_lock, s))
        over(s, EBUSY);
}

/* --- life */

void store_init(struct store *s, const struct store_uses *uses, struct loop *loop,
                struct launcher *launcher, void *ctx)
{
    *s = (struct store){.uses = uses, .loop = loop, .launcher = launcher, .ctx = ctx, .lock = -1};
}

void store_start(struct store *s)
{
    s->again = s->busy;
    if (s->busy)
        return;
    s->busy = true;
    s->tries = 0;
    try_lock(s);
}

bool store_busy(const struct store *s)
{
    return s->busy;
}

void store_finish(struct store *s)
{
    loop_clear_timer(s->loop, try_lock, s);
    unlock(s);
    s->busy = s->again = false;
}
