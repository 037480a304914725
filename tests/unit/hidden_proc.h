/*
 * For tests: a /proc that hides. In a child of the caller's, whose changes stay with it: it becomes
 * a normal user with a mount and a pid namespace of its own.
 */
#ifndef TESTS_UNIT_HIDDEN_PROC_H
#define TESTS_UNIT_HIDDEN_PROC_H
#include <grp.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#define HIDDEN_PROC_USER 12345
#define HIDDEN_PROC_CANNOT 99 /* this computer lets nobody mount one */

/* A member of root's group sees all. */
static bool hidden_proc_drop(void)
{
    const uid_t user = HIDDEN_PROC_USER;
    return setgroups(0, NULL) == 0 && setresgid(user, user, user) == 0 &&
           setresuid(user, user, user) == 0;
}

/* options: of the mount; NULL: nothing is there. */
static bool hidden_proc_mount(const char *options, bool root)
{
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", "/proc", options ? "proc" : "tmpfs", 0, options) == 0 &&
           (!root || hidden_proc_drop());
}

/* What `run` returns there; HIDDEN_PROC_CANNOT. */
static int hidden_proc_run(const char *options, int (*run)(void))
{
    int status;
    pid_t outer = fork();
    if (outer == 0) {
        bool root = geteuid() == 0;
        if (unshare(CLONE_NEWNS | CLONE_NEWPID | (root ? 0 : CLONE_NEWUSER)) != 0)
            _exit(HIDDEN_PROC_CANNOT);
        pid_t pid = fork();
        if (pid == 0)
            _exit(hidden_proc_mount(options, root) ? run() : HIDDEN_PROC_CANNOT);
        _exit(waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 98);
    }
    return waitpid(outer, &status, 0) == outer && WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

#endif
