/*
 * What each process may hold while it runs, for `vitrine doctor`, which compares every running one
 * with its row and names any difference. What a row does not name is 0. At the start a process has
 * its control channel (a local socket) and /dev/null; all else it is handed by the broker, and
 * cannot make itself (seccomp/). A number is the most that is ever needed at once.
 *
 *   local        sockets to other processes of this computer, the control channel included
 *   network      sockets that lead elsewhere, or listen
 *   files        open files
 *   memory       memory files
 *   polls        descriptors for waiting
 *   processes    descriptors of processes and of signals
 *   namespaces   those of others: held, they need not be taken down while a killed process dies
 *                (the kill switch waits for its death)
 *   open         RLIMIT_NOFILE
 *   keeps_net    it keeps the machine's network; all others have an empty one of their own
 *   grows_files  files may grow; for all others RLIMIT_FSIZE is 0
 *
 * The second list are the broker, its launcher and its watcher. They live where the user's other
 * programs do, without limits of their own but that they leave no core. What the broker was started
 * with as descriptors 0 to 2 is its user's and not counted.
 */
#ifndef POLICY_PROCESSES_H
#define POLICY_PROCESSES_H
#include "policy/limits.h"
#include <stdbool.h>

struct policy_process {
    unsigned local, network, files, memory, polls, processes, namespaces;
    unsigned long open;
    bool keeps_net, grows_files;
};

#define POLICY_PROCESSES(ROW)                                                                      \
    /* control, its worker, the X server */                                                        \
    ROW(GATE, .local = 3, .open = PASSER_NOFILE)                                                   \
    /* control, its gate, seal; the segment the X server makes, until it is mapped */              \
    ROW(CAPTURE, .local = 3, .memory = 2, .open = WORKER_NOFILE)                                   \
    /* control, its gate */                                                                        \
    ROW(INPUT, .local = 2, .open = WORKER_NOFILE)                                                  \
    /* control, the resolver's daemon; questions and the connection; the resolver's settings */    \
    ROW(DIAL, .local = 3, .network = 8, .files = 4, .open = PASSER_NOFILE, .keeps_net = true)      \
    /* control, seal, and seal anew after a lost line; the relay, and the relay anew */            \
    ROW(NET, .local = 3, .network = 2, .open = WORKER_NOFILE)                                      \
    /* control, net, net anew, capture, view, what others see */                                   \
    ROW(SEAL, .local = 6, .open = WORKER_NOFILE)                                                   \
    /* control; clients and what it listens on; certificate and key until they are read */         \
    ROW(RELAY, .local = 1, .network = RELAY_NOFILE, .files = 2, .polls = 1, .open = RELAY_NOFILE)  \
    /* control; fonts until they are read; windows until they are mapped */                        \
    ROW(UI, .local = 1, .files = MAX_FDS, .memory = 4, .open = WORKER_NOFILE)                      \
    /* control, seal; its window until it is mapped */                                             \
    ROW(VIEW, .local = 2, .memory = 4, .open = WORKER_NOFILE)                                      \
    /* control, two sinks; log, key file, the part before */                                       \
    ROW(AUDIT, .local = 3, .files = 3, .open = WORKER_NOFILE, .grows_files = true)                 \
    /* control; a log with its parts and its key file; a policy, its key and its signature, or     \
       the authorities a chain is judged by */                                                     \
    ROW(VERIFY, .local = 1, .files = 18, .memory = 3, .open = WORKER_NOFILE)                       \
    /* control, the desktop's message bus, the system's */                                         \
    ROW(BUS, .local = 3, .open = WORKER_NOFILE)

#define POLICY_OWN_PROCESSES(ROW)                                                                  \
    /* A channel to each worker, to launcher and watcher; the X server for windows and for what    \
       is never shown; three pairs and two message buses on their way to workers. Listening        \
       sockets on their way to a relay, a line to net. /proc of each worker, the programs'         \
       folder, anchors, fonts, the trail's files, the locks of settings and known names, one of    \
       those on its way. Two pictures of each window, a page of labels, the authorities of         \
       helpers. Each worker, the watcher's two, signals. The seven namespaces of each worker that  \
       the launcher does not start. */                                                             \
    ROW(BROKER, .local = 24 + 2 + 2 + 8, .network = 9, .files = 24 + 2 + MAX_FDS + 7,              \
        .memory = 2 * MAX_OWN_WINDOWS + 2, .processes = 24 + 3, .namespaces = 7 * 24)              \
    /* control; listening sockets, a new worker's channel; the programs' folder, and /proc and a   \
       pipe or what it syncs */                                                                    \
    ROW(LAUNCHER, .local = 3, .network = 8, .files = 3, .processes = 1)                            \
    /* control, the X server for keys, for questions; gate and input worker */                     \
    ROW(WATCH, .local = 3, .processes = 2)

#endif
