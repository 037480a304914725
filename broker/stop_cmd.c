/* `vitrine stop`: see stop_cmd.h. Reads /proc; a process that only calls itself vitrine may get the
   signal too, which it would have to be one of this user's for. */
#include "broker/stop_cmd.h"
#include "broker/proc.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_broker_of_ours(pid_t pid)
{
    char name[32], status[1024];
    return proc_read(pid, "comm", name, sizeof name) > 0 && strcmp(name, "vitrine\n") == 0 &&
           proc_read(pid, "status", status, sizeof status) > 0 && proc_is_ours(status);
}

int stop_cmd(const struct options *o)
{
    (void)o;
    DIR *dir = opendir("/proc");
    unsigned told = 0;
    for (pid_t pid = dir ? proc_next(dir) : 0; pid > 0; pid = proc_next(dir))
        if (pid > 1 && pid != getpid() && is_broker_of_ours(pid))
            told += kill(pid, SIGUSR1) == 0;
    if (dir)
        closedir(dir);
    if (told)
        printf("sharing and control stopped in %u running vitrine\n", told);
    else
        printf("no vitrine is running\n");
    return 0;
}
