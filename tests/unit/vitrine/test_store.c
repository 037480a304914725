/*
 * A file replaced without waiting for the disk. The launcher is the test, which answers when it
 * likes: nothing has happened to the old file before, a program that ends there leaves it whole,
 * and nothing is told as done before the folder is on the disk as well. Each of these edits was
 * seen to fail: on_file_synced renames whatever the answer was; it is done after the rename, or
 * after the first folder;
 * store_start forgets what was asked for meanwhile; the lock is not given back; a call that waits
 * for the disk (fsync, flock without LOCK_NB) ends the test.
 */
#include "broker/launcher.h"
#include "broker/settings.h"
#include "broker/store.h"
#include "lib/loop.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char home[] = "/tmp/vitrine-store-XXXXXX";
static struct loop loop;
static struct store store;
static char content[16];
static int told[8];
static bool busy_then[8]; /* when it was told */
static unsigned n_told;
static bool wanted;

/* --- the disk: what was handed over, and who waits */

static struct {
    bool folder;
    ino_t which;
    launcher_synced_fn done;
    void *ctx;
} asked;
static bool launcher_gone;

bool __wrap_launcher_sync(struct launcher *l, int fd, launcher_synced_fn done, void *ctx);
bool __wrap_launcher_sync(struct launcher *l, int fd, launcher_synced_fn done, void *ctx)
{
    struct stat st;
    (void)l;
    assert_null(asked.done);
    assert_int_equal(fstat(fd, &st), 0);
    if (launcher_gone)
        return false;
    asked.folder = S_ISDIR(st.st_mode);
    asked.which = st.st_ino;
    asked.done = done;
    asked.ctx = ctx;
    return true;
}

int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    fail_msg("waits for the disk: %d", fd);
    return -1;
}

int __real_flock(int fd, int how);
int __wrap_flock(int fd, int how);
int __wrap_flock(int fd, int how)
{
    assert_true(how == LOCK_UN || (how & LOCK_NB));
    return __real_flock(fd, how);
}

static void answer(int error)
{
    launcher_synced_fn done = asked.done;
    asked.done = NULL;
    done(asked.ctx, error);
}

/* Where it is well, also for the folders above. */
static void disk_answers(bool folder, int error)
{
    assert_non_null(asked.done);
    assert_int_equal(asked.folder, folder);
    answer(error);
    while (folder && error == 0 && asked.done && asked.folder)
        answer(0);
}

/* --- the file */

static bool prepare(void *ctx)
{
    (void)ctx;
    return wanted;
}

static void put(const void *ctx, FILE *f)
{
    fputs(ctx, f);
}

static void done(void *ctx, int error)
{
    assert_ptr_equal(ctx, content);
    busy_then[n_told] = store_busy(&store);
    told[n_told++] = error;
}

static const struct store_uses uses = {"file", prepare, put, done};

static const char *where(const char *ending)
{
    static char path[512], name[32];
    snprintf(name, sizeof name, "file%s", ending);
    assert_true(settings_path(false, name, false, path));
    return path;
}

static void assert_file(const char *ending, const char *expected)
{
    char bytes[32] = "";
    FILE *f = fopen(where(ending), "r");
    assert_int_equal(f != NULL, expected != NULL);
    if (!f)
        return;
    assert_true(fread(bytes, 1, sizeof bytes - 1, f) < sizeof bytes);
    fclose(f);
    assert_string_equal(bytes, expected);
}

static void keep(const char *what)
{
    strcpy(content, what);
    store_start(&store);
}

static void keep_now(const char *what)
{
    keep(what);
    disk_answers(false, 0);
    disk_answers(true, 0);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(home + strlen(home) - 6, "XXXXXX");
    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    memset(&asked, 0, sizeof asked);
    n_told = 0;
    launcher_gone = false;
    wanted = true;
    loop_init(&loop);
    store_init(&store, &uses, &loop, NULL, content);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"vitrine/file", "vitrine/file.lock", "vitrine/file.new",
                                        "vitrine", ""};
    (void)state;
    store_finish(&store);
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", home, names[i]);
        remove(path);
    }
    return 0;
}

static void in_order(void **state)
{
    struct stat st;
    (void)state;
    keep("old");
    assert_file("", NULL);
    assert_file(".new", "old");
    disk_answers(false, 0);
    assert_file("", "old");
    assert_int_equal(n_told, 0);
    disk_answers(true, 0);
    assert_int_equal(n_told, 1);
    assert_int_equal(told[0], 0);
    assert_false(store_busy(&store));
    assert_int_equal(stat(where(""), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    keep("new");
    assert_file("", "old");
    disk_answers(false, 0);
    assert_file("", "new");
    disk_answers(true, 0);
    assert_int_equal(n_told, 2);
}

/* A program that ends between writing and renaming: the old file is whole, what it left beside it
   is nothing to the next one, and its lock is nobody's. */
static void ends_in_between(void **state)
{
    int status;
    (void)state;
    keep_now("old");
    pid_t pid = fork();
    if (pid == 0) {
        keep("new");
        _exit(asked.done ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_file("", "old");
    assert_file(".new", "new");
    keep_now("next");
    assert_file("", "next");
    assert_file(".new", NULL);
}

static void failures_are_told(void **state)
{
    (void)state;
    keep_now("old");
    keep("new");
    disk_answers(false, EIO);
    assert_int_equal(told[1], EIO);
    assert_file("", "old");
    assert_file(".new", NULL);
    keep("new");
    disk_answers(false, 0);
    disk_answers(true, ENOSPC);
    assert_int_equal(told[2], ENOSPC);
    keep("newer");
    assert_int_equal(unlink(where(".new")), 0);
    disk_answers(false, 0);
    assert_int_equal(told[3], ENOENT);
    assert_file("", "new");
    launcher_gone = true;
    keep("newest");
    assert_int_equal(told[4], EPIPE);
    assert_file("", "new");
    assert_false(store_busy(&store));
}

static void assert_asked(const char *folder)
{
    struct stat st;
    assert_int_equal(stat(folder, &st), 0);
    assert_true(asked.done && asked.which == st.st_ino);
}

/* The folder may have been made just now, and that above it too: neither is on the disk by itself.
 */
static void folders_above(void **state)
{
    char folder[600];
    (void)state;
    keep("first");
    disk_answers(false, 0);
    snprintf(folder, sizeof folder, "%s/vitrine", home);
    assert_asked(folder);
    answer(0);
    assert_asked(home);
    assert_int_equal(n_told, 0);
    answer(EIO);
    assert_int_equal(n_told, 1);
    assert_int_equal(told[0], EIO);
    assert_false(store_busy(&store));
}

/* What lies where the new one is written is removed, unless it cannot be; a pipe there, which
   nobody reads, is not waited for. */
static void in_its_place(void **state)
{
    (void)state;
    keep_now("old");
    assert_int_equal(mkfifo(where(".new"), 0600), 0);
    keep_now("new");
    assert_file("", "new");
    assert_int_equal(mkdir(where(".new"), 0700), 0);
    keep("newer");
    assert_true(told[2] == EISDIR || told[2] == EPERM);
    assert_int_equal(rmdir(where(".new")), 0);
    setenv("XDG_CONFIG_HOME", "/proc", 1);
    keep("newer");
    assert_true(told[3] != 0);
    assert_null(asked.done);
}

/* Asked for again and again while one is on its way: once more, as it is then. */
static void meanwhile(void **state)
{
    (void)state;
    keep("first");
    keep("second");
    keep("third");
    assert_file(".new", "first");
    disk_answers(false, 0);
    disk_answers(true, 0);
    assert_int_equal(n_told, 1);
    assert_true(busy_then[0]); /* nobody leaves, nor takes what was asked for last for kept */
    assert_file(".new", "third");
    disk_answers(false, 0);
    disk_answers(true, 0);
    assert_int_equal(n_told, 2);
    assert_false(busy_then[1]);
    assert_null(asked.done);
    assert_file("", "third");
}

static void nothing_to_write(void **state)
{
    (void)state;
    wanted = false;
    keep("x");
    assert_int_equal(told[0], ECANCELED);
    assert_file(".new", NULL);
    wanted = true;
    keep_now("y");
    assert_file("", "y");
}

/* --- another program's lock */

/* Time passes for whoever waits by a timer. */
static void next_try(void)
{
    for (unsigned i = 0; i < LOOP_MAX; i++)
        if (loop.timers[i].at_ms) {
            struct loop_timer due = loop.timers[i];
            loop.timers[i].at_ms = 0;
            due.fire(due.ctx);
            return;
        }
    fail_msg("nobody waits");
}

static void another_program(void **state)
{
    (void)state;
    keep_now("old");
    int fd = open(where(".lock"), O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0); /* it was given back */
    keep("new");
    assert_true(store_busy(&store));
    next_try();
    next_try();
    assert_file(".new", NULL);
    assert_int_equal(flock(fd, LOCK_UN), 0);
    next_try();
    assert_file(".new", "new");
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
    disk_answers(false, 0);
    disk_answers(true, 0);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    keep("newer");
    for (unsigned i = 0; n_told == 2; i++) {
        assert_true(i < 1000);
        next_try();
    }
    assert_int_equal(told[2], EBUSY);
    assert_file("", "new");
    close(fd);
}

int main(void)
{
#define ALONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ALONE(in_order),  ALONE(ends_in_between),  ALONE(failures_are_told), ALONE(in_its_place),
        ALONE(meanwhile), ALONE(nothing_to_write), ALONE(another_program),   ALONE(folders_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
