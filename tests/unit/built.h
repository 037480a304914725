/*
 * For tests that run the programs of this build as they are: where they stand, starting one with a
 * control channel, ending it. Includes cmocka; a failure fails the test.
 */
#ifndef TESTS_UNIT_BUILT_H
#define TESTS_UNIT_BUILT_H
#include "lib/chan.h"
#include "lib/loop.h"
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

#define BUILT_PATH 4096

/* Beside the directory tests/ that this test is in. */
static inline void built_path(const char *name, char out[BUILT_PATH])
{
    char self[3000];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *tests;
    assert_true(n > 0);
    self[n] = 0;
    tests = strstr(self, "/tests/unit/");
    assert_non_null(tests);
    *tests = 0;
    snprintf(out, BUILT_PATH, "%s/%s", self, name);
}

/* Its end of the channel is descriptor 3, ours goes to *control. */
static inline pid_t built_start(const char *name, int *control)
{
    char path[BUILT_PATH];
    int ends[2];
    pid_t pid;
    built_path(name, path);
    assert_int_equal(chan_pair(ends), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char *args[] = {path, NULL};
        dup2(ends[1], 3);
        execv(path, args);
        _exit(127);
    }
    close(ends[1]);
    *control = ends[0];
    return pid;
}

/* Nothing when it is 0. */
static inline void built_end(pid_t *pid)
{
    int status;
    if (*pid <= 0)
        return;
    kill(*pid, SIGKILL);
    waitpid(*pid, &status, 0);
    *pid = 0;
}

/* Receives until *flag is set, the channel ends or the time is over. *flag. */
static inline bool built_hear(struct chan *c, const bool *flag, uint64_t ms)
{
    uint64_t until = loop_now_ms() + ms;
    while (!*flag && loop_now_ms() < until) {
        struct pollfd p = {.fd = c->fd, .events = POLLIN};
        poll(&p, 1, 50);
        if (chan_receive(c, 8) != CHAN_OK)
            break;
    }
    return *flag;
}

#endif
