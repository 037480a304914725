/*
 * For tests that start workers: the test program copies itself into a folder of its own under the
 * workers' names and runs from there, so that what is tested has to know of no test. In each test's
 * main: called vitrine-NAME: be that worker; called without argument: programs_run; else: test.
 */
#ifndef TESTS_UNIT_PROGRAMS_H
#define TESTS_UNIT_PROGRAMS_H
#include "lib/fd.h"
#include "tests/unit/sanitized.h"
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAMS_NORMAL_USER 12345

static bool programs_copy(const char *to)
{
    FD_OWNED in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    FD_OWNED out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    struct stat st;
    if (in < 0 || out < 0 || fstat(in, &st) != 0)
        return false;
    off_t done = 0;
    while (done < st.st_size)
        if (syscall(SYS_sendfile, out, in, &done, (size_t)(st.st_size - done)) <= 0)
            return false;
    return fchmod(out, 0755) == 0;
}

static int programs_run_as(uid_t user, char *program)
{
    pid_t pid = fork();
    if (pid == 0) {
        char word[] = "run";
        char *argv[] = {program, word, NULL};
        if (user != geteuid() &&
            (setresgid(user, user, user) != 0 || setresuid(user, user, user) != 0))
            _exit(1);
        execv("./test", argv);
        _exit(1);
    }
    int status = 1;
    waitpid(pid, &status, 0);
    return status;
}

/* A normal user's own build. */
static bool programs_give_away(const char *folder, const char *const *names)
{
    const uid_t user = PROGRAMS_NORMAL_USER;
    bool good = chown(folder, user, user) == 0 && chown("test", user, user) == 0;
    for (; good && *names != NULL; names++)
        good = chown(*names, user, user) == 0;
    return good;
}

/* Runs the tests from a folder with copies under these names (NULL at the end), as the caller and,
   when that is root, as a normal user too. Returns the exit status. */
static int programs_run(char *program, const char *const *names)
{
    char folder[] = "/var/tmp/vitrine-test-XXXXXX";
    if (PROGRAMS_SANITIZED) {
        printf("# skipped: a sanitized program cannot be a worker\n");
        return 0;
    }
    if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0 || chdir(folder) != 0 ||
        !programs_copy("test"))
        return 1;
    bool good = true;
    for (const char *const *name = names; good && *name != NULL; name++)
        good = programs_copy(*name);
    good = good && programs_run_as(geteuid(), program) == 0;
    if (geteuid() == 0)
        good = programs_give_away(folder, names) &&
               programs_run_as(PROGRAMS_NORMAL_USER, program) == 0 && good;
    for (const char *const *name = names; *name != NULL; name++)
        unlink(*name);
    unlink("test");
    rmdir(folder);
    return good ? 0 : 1;
}

#endif
