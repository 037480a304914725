/*
 * Whether a worker that runs without namespaces has to: on a computer that gives none that is said
 * of the computer (`missing`); on one that does, of the worker. Runs in `vitrine doctor`, before it
 * locks itself in.
 */
#include "broker/doctor.h"
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

/* In a child, as that user. Some computers give namespaces in which nothing may be done: the first
   thing a worker does in its own tells. */
static bool try_some(const void *ctx, void *answer)
{
    uid_t user = *(const uid_t *)ctx;
    bool *given = answer;
    if (user == (uid_t)-1 || (geteuid() != user && setresuid(user, user, user) != 0))
        return false;
    *given = unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
                     CLONE_NEWCGROUP | CLONE_NEWNET) == 0 &&
             mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    return true;
}

bool doctor_namespaces_compare(const struct doctor_process *p, char out[DOCTOR_WRONG])
{
    bool given = false, late;
    if (p->part >= WORKER_KINDS || p->proof.namespaces)
        return true;
    if (!doctor_ask_about(try_some, &p->user, &given, sizeof given, &late))
        return false;
    if (given)
        doctor_add_wrong(out, "no namespaces of its own, and this computer gives some");
    return true;
}
