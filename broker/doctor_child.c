/*
 * Asks in a child of ours, which has a deadline: for whatever somebody else can let wait for ever.
 * Runs in `vitrine doctor`, before it locks itself in.
 */
#include "broker/doctor.h"
#include "lib/fd.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long another's process may let us wait. Half as long after each that did: they are many, if
   somebody wants. With 256, two questions about each and the end of whom was asked: ten seconds at
   the very most. */
#define LONGEST_MS 480
#define SHORTEST_MS 15

static _Noreturn void ask_and_end(doctor_ask_fn ask, const void *ctx, void *answer, size_t size,
                                  int to)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || !ask(ctx, answer))
        _exit(1);
    _exit(write(to, answer, size) != (ssize_t)size);
}

/* A killed child may be in a wait of the kernel's that no signal ends: then it is not waited for.
   Its end of the pipe is closed when it is on its way out. */
static void end_child(pid_t child, int from, int longest_ms)
{
    struct pollfd p = {.fd = from, .events = 0};
    kill(child, SIGKILL);
    waitpid(child, NULL, poll(&p, 1, longest_ms) == 1 ? 0 : WNOHANG);
}

bool doctor_in_child(doctor_ask_fn ask, const void *ctx, void *answer, size_t size, int longest_ms,
                     bool *late)
{
    int ends[2];
    *late = false;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid_t child = fork();
    if (child == 0)
        ask_and_end(ask, ctx, answer, size, ends[1]);
    fd_close(&ends[1]);
    struct pollfd p = {.fd = ends[0], .events = POLLIN};
    *late = child > 0 && poll(&p, 1, longest_ms) == 0;
    bool heard = child > 0 && !*late && read(ends[0], answer, size) == (ssize_t)size;
    if (child > 0)
        end_child(child, ends[0], *late ? longest_ms - SHORTEST_MS : LONGEST_MS);
    fd_close(&ends[0]);
    return heard;
}

bool doctor_ask_about(doctor_ask_fn ask, const void *ctx, void *answer, size_t size, bool *late)
{
    static int patience_ms = LONGEST_MS;
    bool heard = doctor_in_child(ask, ctx, answer, size, patience_ms, late);
    if (*late && patience_ms > SHORTEST_MS)
        patience_ms /= 2;
    return heard;
}
