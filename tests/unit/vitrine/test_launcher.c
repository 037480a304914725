/*
 * The launcher as the one who waits for the disk, under its own filter, and the broker under its:
 * what was written is synced, in the order it was asked; a failure is told; what is no file and no
 * folder ends the launcher, an answer that nobody waits for ends it too; a disk that hangs holds up
 * nothing else. Each of these edits was seen to fail: the child answers 0 always; a stored one may
 * be anything (lib/msg.c); on_synced does not look what was asked; on_sync waits itself (the
 * test does not end then).
 */
#include "broker/launcher.h"
#include "broker/protect.h"
#include "ch_launch.h"
#include "lib/fd.h"
#include "tests/unit/sanitized.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct launcher good, refusing, lying, hanging;
static struct loop loop;
static int hang[2] = {-1, -1}; /* a disk that answers with what is written into it */
static char folder[] = "/tmp/vitrine-launcher-XXXXXX", file[64];
static int answers[4];
static unsigned n;

/* In a child of the launcher's, and under its filter. */
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    char error = 0;
    if (hang[0] < 0)
        return __real_fsync(fd);
    errno = read(hang[0], &error, 1) == 1 ? error : EIO;
    return errno == 0 ? 0 : -1;
}

static void on_synced(void *ctx, int error)
{
    assert_ptr_equal(ctx, &answers[n]);
    answers[n++] = error;
    loop_stop(&loop);
}

static void sync_soon(struct launcher *l, unsigned i, int fd)
{
    assert_true(fd >= 0);
    assert_true(launcher_sync(l, fd, on_synced, &answers[i]));
    close(fd);
}

static void run_until(unsigned answered)
{
    while (n < answered)
        assert_int_equal(loop_run(&loop), 0);
}

/* Three at once: a file that is written, its folder, and one whose kind of file cannot be. */
static void on_the_disk(void **state)
{
    (void)state;
    n = 0;
    int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, "x", 1), 1);
    sync_soon(&good, 0, fd);
    sync_soon(&good, 1, open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    sync_soon(&good, 2, open("/proc/self/status", O_RDONLY | O_CLOEXEC));
    run_until(3);
    assert_int_equal(answers[0], 0);
    assert_int_equal(answers[1], 0);
    assert_int_equal(answers[2], EINVAL);
}

/* A pipe is none of it: whoever sends one breaks the rules, and is told by the launcher's end. */
static void no_pipe(void **state)
{
    int ends[2];
    (void)state;
    n = 0;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[1]);
    sync_soon(&refusing, 0, ends[0]);
    run_until(1);
    assert_int_equal(answers[0], EPIPE);
    assert_int_equal(refusing.chan.fd, -1);
    assert_false(launcher_sync(&refusing, lying.chan.fd, on_synced, &answers[1]));
}

static void on_listening(void *ctx, const int *sockets, unsigned n_sockets, uint16_t port,
                         int error)
{
    (void)ctx;
    (void)sockets;
    (void)n_sockets;
    (void)port;
    answers[n++] = error;
    loop_stop(&loop);
}

/* SYNCED is no answer to LISTEN: a launcher that says it is ended. Here its end is ours. */
static void answer_to_another(void **state)
{
    static const struct launch_at_launcher none;
    struct chan theirs;
    int ends[2];
    (void)state;
    n = 0;
    assert_int_equal(chan_pair(ends), 0);
    launch_init_launcher(&theirs, ends[0], &none, NULL);
    assert_int_equal(dup2(ends[1], lying.chan.fd), lying.chan.fd);
    close(ends[1]);
    assert_true(launcher_listen(&lying, "", 0, on_listening, NULL));
    assert_int_equal(msg_synced_send(&theirs, &(struct msg_synced){.error = 0}), 0);
    run_until(1);
    assert_int_equal(answers[0], EPIPE);
    assert_int_equal(lying.chan.fd, -1);
    chan_finish(&theirs);
}

static int open_file(void)
{
    return open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

/* Whatever else is asked of it is done while the disk hangs; what waits for the disk is answered in
   its order, and when the launcher is gone, at once. */
static void disk_hangs(void **state)
{
    siginfo_t how;
    (void)state;
    n = 0;
    for (unsigned i = 1; i < 4; i++)
        sync_soon(&hanging, i, open_file());
    assert_true(launcher_listen(&hanging, "localhost", 0, on_listening, NULL));
    run_until(1);
    assert_int_equal(answers[0], 0);
    assert_int_equal(write(hang[1], "\0", 1), 1);
    run_until(2);
    assert_int_equal(answers[1], 0);
    assert_int_equal(write(hang[1], (char[]){ENOSPC}, 1), 1);
    run_until(3);
    assert_int_equal(answers[2], ENOSPC);
    assert_true(start_kill(&hanging.process, &how));
    run_until(4);
    assert_int_equal(answers[3], EPIPE);
}

/* Its pipe is what its children, which die with it, wait at. */
static int fork_hanging(void)
{
    if (pipe2(hang, O_CLOEXEC) != 0 || launcher_fork(&hanging) != 0)
        return -1;
    fd_close(&hang[0]);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    loop_init(&loop);
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/file", folder);
    return start_init() == 0 && launcher_fork(&good) == 0 && launcher_fork(&refusing) == 0 &&
                   launcher_fork(&lying) == 0 && fork_hanging() == 0 && protect_broker() == 0 &&
                   launcher_attach(&good, &loop) == 0 && launcher_attach(&refusing, &loop) == 0 &&
                   launcher_attach(&lying, &loop) == 0 && launcher_attach(&hanging, &loop) == 0
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    launcher_finish(&good);
    launcher_finish(&refusing);
    launcher_finish(&lying);
    launcher_finish(&hanging);
    unlink(file);
    unlinkat(AT_FDCWD, folder, AT_REMOVEDIR); /* the broker's filter has no rmdir */
    return 0;
}

int main(void)
{
    if (sanitized_skips())
        return 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_the_disk),
        cmocka_unit_test(no_pipe),
        cmocka_unit_test(answer_to_another),
        cmocka_unit_test(disk_hangs),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
