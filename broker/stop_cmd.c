/* `vitrine stop`: see stop_cmd.h. Reads /proc; a process that only calls itself vitrine may get the
   signals too, which it would have to be one of this user's for. */
#include "broker/stop_cmd.h"
#include "broker/proc.h"
#include "lib/clock.h"
#include "lib/fd.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATIENCE_MS 2000 /* a broker at work does it within some milliseconds */
#define DEATH_MS 1000
#define LOOK_MS 10 /* between two looks: nobody tells of the end of somebody else's child */

#define LOOKS 3 /* at all processes, while one of them could not be looked at */

/* Something could not be looked at, and not because it is gone or another's: who was not found may
   be there. */
static bool blind;

static void note_error(void)
{
    blind = blind || proc_may_be_there(errno);
}

static int hold(pid_t pid)
{
    int held = (int)syscall(SYS_pidfd_open, pid, 0);
    if (held < 0)
        note_error();
    return held;
}

static bool look(pid_t pid, const char *file, char *out, size_t size)
{
    ssize_t n = proc_read(pid, file, out, size);
    if (n < 0)
        note_error();
    return n > 0;
}

static pid_t next(DIR *dir)
{
    pid_t pid = proc_next(dir);
    blind = blind || (pid == 0 && errno != 0);
    return pid;
}

static bool send_signal(int pidfd, int signal)
{
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) == 0;
}

static bool is_broker_of_ours(pid_t pid)
{
    char name[32], status[1024];
    return look(pid, "comm", name, sizeof name) && strcmp(name, "vitrine\n") == 0 &&
           look(pid, "status", status, sizeof status) && proc_is_ours(status) &&
           !proc_is_dead(status);
}

/* --- through whom the screen leaves and keys come --- */

static bool is_alive_child(const char *status, pid_t parent)
{
    const char *of = strstr(status, "\nPPid:");
    return of != NULL && !proc_is_dead(status) && strtol(of + 6, NULL, 10) == parent;
}

static bool is_reach_of(pid_t broker, pid_t pid)
{
    static const char *const names[] = {"vitrine-capture\n", "vitrine-input\n", "vitrine-gate\n"};
    char name[32], status[1024];
    bool known = false;
    if (!look(pid, "comm", name, sizeof name))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        known = known || strcmp(name, names[i]) == 0;
    return known && look(pid, "status", status, sizeof status) && is_alive_child(status, broker);
}

/* How many there are; `end`: each is killed. */
static unsigned reach_of(pid_t broker, bool end)
{
    bool before = blind;
    blind = false;
    DIR *dir = opendir("/proc");
    unsigned n = 0;
    for (pid_t pid = dir ? next(dir) : 0; pid > 0; pid = next(dir)) {
        FD_OWNED held = end ? hold(pid) : -1; /* before it is looked at: a number is used again */
        if (!is_reach_of(broker, pid))
            continue;
        n++;
        if (end)
            (void)send_signal(held, SIGKILL);
    }
    if (dir)
        closedir(dir);
    bool unknown = !dir || blind;
    blind = before; /* it is looked for again: what counts is whether it can be in the end */
    return n + unknown;
}

static bool await_none(pid_t broker, unsigned ms)
{
    uint64_t end = clock_now_us() + ms * 1000ull;
    while (reach_of(broker, false) > 0) {
        if (clock_now_us() >= end)
            return false;
        (void)poll(NULL, 0, LOOK_MS);
    }
    return true;
}

/* --- one broker, and all --- */

enum stop_how stop_broker(pid_t broker, unsigned patience_ms)
{
    FD_OWNED held = hold(broker);
    if (held < 0 || !is_broker_of_ours(broker) || !send_signal(held, SIGUSR1))
        return STOP_NOBODY;
    (void)send_signal(held, SIGCONT);
    if (await_none(broker, patience_ms))
        return STOP_DONE;
    (void)reach_of(broker, true);
    /* Of a broker that is gone nobody is the child any more: they are looked for before. */
    bool gone = await_none(broker, DEATH_MS);
    return send_signal(held, SIGKILL) && gone ? STOP_ENDED : STOP_NOT;
}

static void say(const unsigned n[STOP_NOT + 1])
{
    if (n[STOP_DONE])
        printf("sharing and control stopped in %u running vitrine\n", n[STOP_DONE]);
    if (n[STOP_ENDED])
        printf("%u running vitrine did not answer: ended, sharing and control with it\n",
               n[STOP_ENDED]);
    if (n[STOP_NOT])
        fprintf(stderr, "vitrine: %u running vitrine could not be stopped; unplug the network\n",
                n[STOP_NOT]);
}

static bool found_none(const unsigned n[STOP_NOT + 1])
{
    return !n[STOP_DONE] && !n[STOP_ENDED] && !n[STOP_NOT];
}

/* What is found is there; only that there is none cannot be known. */
static int none_found(bool sure)
{
    if (sure)
        printf("no vitrine is running\n");
    else
        fputs(
            "vitrine: none was found, but too few processes or files may be open here to be sure; "
            "press Ctrl+F12 in the session, or unplug the network\n",
            stderr);
    return sure ? 0 : 4;
}

/* None found would not be none there, and of one that is found nobody could say that it did it. */
static int cannot_look(void)
{
    fputs("vitrine: nobody could be looked for: /proc is not there, or hides this user's own "
          "processes (hidepid); press Ctrl+F12 in the session, or unplug the network\n",
          stderr);
    return 4;
}

/* Whether all processes could be looked at. At the next look who has stopped does it again, and who
   was ended is gone. */
static bool stop_all(unsigned n[STOP_NOT + 1])
{
    DIR *dir = opendir("/proc");
    n[STOP_NOBODY] = n[STOP_DONE] = n[STOP_NOT] = 0;
    blind = !dir;
    for (pid_t pid = dir ? next(dir) : 0; pid > 0; pid = next(dir))
        if (pid > 1 && pid != getpid() && is_broker_of_ours(pid))
            n[stop_broker(pid, PATIENCE_MS)]++;
    if (dir)
        closedir(dir);
    return !blind;
}

int stop_cmd(const struct options *o)
{
    (void)o;
    enum proc_view view = proc_view();
    if (view == PROC_HIDDEN)
        return cannot_look();
    unsigned n[STOP_NOT + 1] = {0};
    bool sure = false;
    for (int i = 0; i < LOOKS && !sure; i++)
        sure = stop_all(n);
    if (found_none(n))
        return none_found(view == PROC_SHOWN && sure);
    say(n);
    if (!sure)
        fputs("vitrine: not every process could be looked at; another one may be running\n",
              stderr);
    return n[STOP_NOT] || !sure ? 4 : n[STOP_ENDED] ? 1 : 0;
}
