/*
 * `vitrine doctor`, and the security status window: what this machine can enforce, measured. Each
 * kind of worker is started as for a session, handed nothing that matters, verified, looked at from
 * outside, and killed; for each role's policy children of ours try what it must not be able to do.
 * Nothing here is fixed text but the list of what a role is handed by design (architecture 2).
 */
#ifndef BROKER_DOCTOR_H
#define BROKER_DOCTOR_H
#include "broker/workers.h"
#include "lib/ui/scene.h"
#include <stdint.h>
#include <stdio.h>

enum doctor_power {
    DOCTOR_SCREEN, /* read it */
    DOCTOR_HANDS,  /* mouse and keyboard */
    DOCTOR_NET,
    DOCTOR_FILES,
    DOCTOR_OTHERS, /* look into, signal or start processes */
    DOCTOR_POWERS
};

enum doctor_result {
    DOCTOR_UNTRIED,
    DOCTOR_VERIFIED,
    DOCTOR_REFUSED, /* it could not be confined: why says how */
    DOCTOR_NO_PROGRAM,
    DOCTOR_IDLE /* none runs now, and none was started to look at it */
};

/* A worker seen from outside; -1 where Linux does not let us look, or it failed. */
struct doctor_look {
    int root_entries; /* names in its root directory */
    int descriptors;  /* open ones */
    int own_network;  /* 1: another network than ours */
    bool failed;      /* for another reason: it had ended, or no more files can be open here */
};

struct doctor_row {
    enum worker_kind kind; /* WORKER_NONE: the broker */
    enum doctor_result result;
    const char *why;
    struct proof proof;
    struct doctor_look look;
    uint32_t verified_us;               /* from clone to verified, the median of DOCTOR_STARTS */
    enum ui_holds holds[DOCTOR_POWERS]; /* for a row that is VERIFIED; the broker's always */
};

/* Of each kind; the middle time counts: a busy machine delays single ones. */
#define DOCTOR_STARTS 3
#define DOCTOR_PROCESSES 256 /* the first that /proc shows */
#define DOCTOR_WRONG 256
#define DOCTOR_SCANS 4

/* What a process is: an enum worker_kind, WORKER_NONE for a command of a moment, or one of these.
 */
enum { DOCTOR_BROKER = WORKER_KINDS, DOCTOR_LAUNCHER, DOCTOR_WATCH, DOCTOR_PARTS };

/* What of a process is compared with its rule; a bit for each, of what was not for us to see. */
enum {
    DOCTOR_DESCRIPTORS = 1,
    DOCTOR_NAMESPACES = 2,
    DOCTOR_LIMITS = 4,
    DOCTOR_FILTERS = 8,
    DOCTOR_SEEN_BITS = 4
};

/* One process of this user that runs now. */
struct doctor_process {
    pid_t pid, parent;
    char name[16]; /* vitrine, vitrine-seal, ... as it calls itself: anybody's claim, cleaned */
    unsigned part; /* by its name and first argument: its claim, too */
    uid_t user;
    bool root; /* it runs as root, whose capabilities stay */
    struct proof proof;
    unsigned unseen; /* DOCTOR_DESCRIPTORS and so on: not compared, most of it root's to see */
    /* How it differs from what its kind must be and may hold; "": in nothing that was compared. */
    char wrong[DOCTOR_WRONG];
};

enum doctor_verdict {
    DOCTOR_RIGHT,  /* all of it was compared, and is as it should be */
    DOCTOR_UNSURE, /* nothing wrong in what was compared, which was not all */
    DOCTOR_DIFFERS,
    DOCTOR_NO_RULE /* it has none: a command of a moment, or no program of vitrine */
};

struct doctor_processes {
    struct doctor_process list[DOCTOR_PROCESSES];
    unsigned n;
    bool full;   /* there are more, not in the list */
    bool hidden; /* there may be: /proc does not show this user all of its own (hidepid), or one
                    could not be looked at */
};

/* The trail that this user's sessions write, as the policy has it, and the room left for it. */
struct doctor_trail {
    char path[512];
    const char *why; /* nothing is known of its disk, because; NULL: all below is */
    uint64_t free_mib;
    unsigned wanted_mib;   /* audit_warn_free */
    bool low;              /* less is free */
    bool verification_key; /* its verification key is still in its key file */
};

struct doctor_report {
    bool seccomp, namespaces;
    int landlock; /* ABI, 0 none */
    char kernel[65];
    const char *display; /* facts about the X server in words, from the caller; NULL: not asked */
    struct doctor_row rows[WORKER_KINDS];   /* [WORKER_NONE]: the broker */
    const struct doctor_processes *running; /* NULL: not asked */
    const struct doctor_trail *trail;       /* NULL: not asked */
    const char *missing[4];                 /* confinement, namespaces, landlock, mlock */
    unsigned n_missing;
    const char *level; /* full, reduced, none: for the --events line "security" */
};

/* What the caller lends. */
struct doctor_needs {
    /* Opens the font files the painter is handed; at most `most`; returns how many. */
    unsigned (*open_fonts)(int *fds, unsigned most);
    /* Looks at what runs and starts nothing: inside a program with sessions, where a capture
       process may exist only after the owner's yes. */
    bool running_only;
};

struct doctor {
    struct doctor_report report;
    struct workers *workers;
    const struct doctor_needs *needs;
    void (*done)(void *ctx);
    void *ctx;
    enum worker_kind at;
    unsigned starts; /* of that kind, measured */
    uint32_t took_us[DOCTOR_STARTS];
    struct worker *worker;
};

/* Begins to measure, in the loop of `workers`; `done` is called once,
   when d->report is complete. */
void doctor_begin(struct doctor *d, struct workers *workers, const struct doctor_needs *needs,
                  void (*done)(void *ctx), void *ctx);
/* Of a worker that it starts (broker/workers.h): its channel, on which only READY and FAILED are
   taken, and what its kind wants before its lock-down. */
void doctor_open_channel(struct worker *w, int fd);
void doctor_give(struct worker *w);
/* Ends it early; nothing is called back. Accepts one that is done. */
void doctor_stop(struct doctor *d);
/* Everything above in one go, for the command line: starts launcher and broker protection itself,
   measures, prints. `display` as in the report. Returns the exit status: that of what runs
   (doctor_status), or 5 when the sandbox cannot be enforced. */
int doctor_command(bool json, const struct doctor_needs *needs, const char *display);

/* Facts about the X server of $DISPLAY in words, or why it cannot be used; valid until the next
   call. Root asks none: whoever names the server would be heard with root's rights. */
const char *doctor_display(void);

/* One row as the number that lib/ui/scene.h describes. */
uint32_t doctor_ui_row(const struct doctor_report *r, enum worker_kind kind, bool running);
/* A report as text, or as one JSON object on one line. 0 or -1. */
int doctor_print(FILE *out, const struct doctor_report *r);
int doctor_print_json(FILE *out, const struct doctor_report *r);

/* Who a process says it is, by its name and command line; one that does not let it be read within
   half a second, or less if others before did not, has that added to `wrong`. DOCTOR_PARTS: nothing
   could be asked. */
unsigned doctor_part_of(pid_t pid, const char *name, char wrong[DOCTOR_WRONG]);
/* gate, ..., broker, launcher, watch; NULL for WORKER_NONE. */
const char *doctor_part_name(unsigned part);
/* The filter compiled from its policy, and for a worker the one of before that; NULL for none. */
const struct policy_filter *doctor_part_filter(unsigned part);
const struct policy_filter *doctor_part_first(unsigned part);

/* What is asked in a child: fills the answer. False: there is none. */
typedef bool (*doctor_ask_fn)(const void *ctx, void *answer);
/* Calls `ask` in a child, which is killed after longest_ms milliseconds (15 and more; `late`), and
   left to whoever inherits it where even that has to wait, about as long again. True: `answer` is
   as the child left it; its size is at most PIPE_BUF, so that it is heard whole or not at all. */
bool doctor_in_child(doctor_ask_fn ask, const void *ctx, void *answer, size_t size, int longest_ms,
                     bool *late);
/* The same about one of many processes: half a second, and half as long after each time that was
   too late. */
bool doctor_ask_about(doctor_ask_fn ask, const void *ctx, void *answer, size_t size, bool *late);
/* Adds one difference to `out`, in words. */
void doctor_add_wrong(char out[DOCTOR_WRONG], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds to `out` how p->proof differs from what its part has to be. `outer`: filters on its broker.
 */
void doctor_judge(const struct doctor_process *p, int outer, char out[DOCTOR_WRONG]);
/* Adds to `out` how a running process differs from its row in policy/processes.h: descriptors,
   namespaces, limits. Returns what of that was not for us to see: root sees more than its user. */
unsigned doctor_compare(const struct doctor_process *p, char out[DOCTOR_WRONG]);
/* Adds to `out` that a worker has no namespaces of its own, where this computer gives its user
   some: asked in a child. False: there was no answer. */
bool doctor_namespaces_compare(const struct doctor_process *p, char out[DOCTOR_WRONG]);
/* Reads the last filters of a process from the kernel, and adds to `out` which of them is not the
   program compiled from policy/seccomp. False: not for us to see, which takes root without a
   filter, or it did not stop within half a second, less if others before did not. The process
   stands still meanwhile, some ten microseconds. */
bool doctor_filters_compare(const struct doctor_process *p, char out[DOCTOR_WRONG]);
/* Every vitrine process of this user, for root of everybody, measured and compared. Before the
   lock-down: a filter would end whoever reads another's. One that is only just locking itself in
   differs for a moment: while any does, all are looked at again, DOCTOR_SCANS times at most. */
void doctor_scan_processes(struct doctor_processes *out);
enum doctor_verdict doctor_verdict(const struct doctor_process *p);
/* "wrong", ...: for programs. */
const char *doctor_verdict_word(enum doctor_verdict v);
/* "descriptors", ...: of the bits, the n-th. */
const char *doctor_seen_word(unsigned n);
/* The exit status for what runs: 0, 1 when a process differs, 7 when none does, as far as could be
   compared, but not all could. One without a rule was not: that it is a command of a moment is its
   own claim. */
int doctor_status(const struct doctor_processes *all);
/* ... and for the whole report: 7, too, when something could not be tried or looked at. */
int doctor_report_status(const struct doctor_report *r);
/* Before the lock-down, after start_init. */
void doctor_look_at_trail(struct doctor_trail *out);
/* What Linux lets us see of a process of ours. */
struct doctor_look doctor_look_at(pid_t pid);
/* Tries, in children under the filters of that kind (WORKER_NONE: those of this process), what
   `power` takes: NEVER when the kernel stopped every one of them, TRUSTED when it did not, UNTRIED
   when it stopped those that could be made. */
enum ui_holds doctor_try(enum worker_kind kind, enum doctor_power power);

#endif
