/* Starts and talks to one process of vitrine-render. Test code. */
#include "tests/unit/render/world.h"
#include "lib/fail.h"
#include "lib/sandbox.h"
#include "lib/worker.h"
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT_MS 20000
#define PROGRAM_FD 4 /* the one descriptor stage 1 lets execute */

static int on_ready(void *ctx)
{
    struct world *w = ctx;

    w->ready = true;
    w->control.state = 1;
    return 0;
}

static int on_failed(void *ctx, struct msg_failed *m)
{
    ((struct world *)ctx)->failed = *m;
    return 0;
}

static int on_ui_painted(void *ctx, struct msg_ui_painted *m)
{
    ((struct world *)ctx)->painted = m->serial;
    return 0;
}

static int on_screen_picture(void *ctx, struct msg_screen_picture *m)
{
    ((struct world *)ctx)->size = *m;
    return 0;
}

static int on_screen_changed(void *ctx, struct msg_screen_changed *m)
{
    struct world *w = ctx;

    w->changed = *m;
    w->n_changed++;
    return 0;
}

static int on_view_need_key(void *ctx)
{
    ((struct world *)ctx)->n_need_key++;
    return 0;
}

const struct ui_at_broker world_ui = {
    .on_ready = on_ready, .on_failed = on_failed, .on_ui_painted = on_ui_painted};
const struct screen_at_broker world_screen = {.on_ready = on_ready,
                                              .on_failed = on_failed,
                                              .on_screen_picture = on_screen_picture,
                                              .on_screen_changed = on_screen_changed};
const struct view_at_seal world_seal = {.on_view_need_key = on_view_need_key};

/* vitrine-render stands three folders above this program. */
static int open_program(void)
{
    char path[512];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

    assert_true(n > 0);
    path[n] = '\0';
    for (int i = 0; i < 4; i++)
        *strrchr(path, '/') = '\0';
    assert_true(strlen(path) + 16 < sizeof path);
    strcat(path, "/vitrine-render");
    return open(path, O_RDONLY | O_CLOEXEC);
}

static pid_t start(int control, const char *role)
{
    char name[] = "vitrine-render", kind[8];
    char *argv[] = {name, kind, NULL}, *envp[] = {NULL};
    int program = fcntl(open_program(), F_DUPFD_CLOEXEC, 20);
    pid_t pid;

    assert_true(program > 3);
    snprintf(kind, sizeof kind, "%s", role);
    pid = fork();
    if (pid == 0) {
        if (dup2(control, WORKER_CONTROL_FD) < 0 ||
            dup3(program, PROGRAM_FD, O_CLOEXEC) != PROGRAM_FD ||
            prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || sandbox_filter(&policy_stage1))
            _exit(101);
        syscall(SYS_execveat, PROGRAM_FD, "", argv, envp, AT_EMPTY_PATH);
        _exit(102);
    }
    close(program);
    return pid;
}

int world_start(struct world *w, const char *role)
{
    int ends[2], aside;

    *w = (struct world){.picture_way = {.fd = -1}};
    assert_int_equal(chan_pair(ends), 0);
    aside = fcntl(ends[1], F_DUPFD_CLOEXEC, 20); /* not where descriptor 3 will be */
    close(ends[1]);
    w->pid = start(aside, role);
    close(aside);
    return ends[0];
}

/* Takes what comes from one channel, at most WAIT_MS for something; false when it has ended. */
bool world_take(struct chan *c)
{
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    enum chan_result r;

    if (poll(&p, 1, WAIT_MS) != 1)
        fail_msg("nothing comes");
    r = chan_receive(c, 1);
    assert_int_not_equal(r, CHAN_BAD);
    return r == CHAN_OK;
}

int world_end(struct world *w)
{
    int status;

    chan_finish(&w->picture_way);
    chan_finish(&w->control);
    assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int world_memory(size_t size, unsigned seals)
{
    int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
    return fd;
}

uint8_t *world_map(int fd, size_t size)
{
    uint8_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    assert_true(p != MAP_FAILED);
    return p;
}
