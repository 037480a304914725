/* See stuck.h. Run by the broker; SIGALRM is nobody else's there. */
#include "broker/stuck.h"
#include "policy/limits.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>

enum { CONNECTIONS = 4, HALVES = 2 };

static volatile sig_atomic_t connection[CONNECTIONS]; /* descriptor + 1; 0: none */
static volatile sig_atomic_t asking, passed, was;
static bool turns;      /* the loop does not wait */
static unsigned askers; /* stuck_begin without its stuck_end */

static bool takes_more(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    return poll(&p, 1, 0) != 0;
}

static void on_half(int signal)
{
    int error = errno;
    (void)signal;
    passed = passed + 1;
    for (size_t i = 0; i < CONNECTIONS && passed >= HALVES; i++) {
        int fd = connection[i] - 1;
        if (fd < 0 || (!asking && takes_more(fd)))
            continue;
        was = 1;
        shutdown(fd, SHUT_RDWR);
    }
    errno = error;
}

static void set_timer(long ms)
{
    struct timeval half = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    setitimer(ITIMER_REAL, &(struct itimerval){half, half}, NULL);
}

/* Whoever started us may have blocked it. */
static void hear_alarm(void)
{
    static const struct sigaction act = {.sa_handler = on_half, .sa_flags = SA_RESTART};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    sigaction(SIGALRM, &act, NULL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* asks: any answer may be what is waited for, and all connections are shut down; else nothing is,
   and those are that take nothing. */
static void count(bool asks)
{
    asking = asks;
    passed = 0;
    set_timer(X_STUCK_MS / HALVES);
}

static void rest(void)
{
    if (turns)
        count(false); /* the turn goes on */
    else
        set_timer(0);
}

void stuck_begin(void)
{
    if (askers++ == 0)
        was = 0;
    hear_alarm();
    count(true);
}

void stuck_end(void)
{
    if (--askers > 0)
        count(true);
    else
        rest();
}

void stuck_turn(bool waits)
{
    turns = !waits;
    rest();
}

static void replace(int old, int new)
{
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (connection[i] == old) {
            connection[i] = new;
            return;
        }
}

void stuck_add(int fd)
{
    replace(0, fd + 1);
}

void stuck_remove(int fd)
{
    if (fd >= 0)
        replace(fd + 1, 0);
}

bool stuck_was(void)
{
    return was != 0;
}
