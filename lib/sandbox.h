/*
 * The single steps by which a process locks itself in. lib/start and lib/worker put them in order;
 * nobody else calls them but the broker for itself. All return 0, or -1 with errno; none can be
 * undone.
 */
#ifndef LIB_SANDBOX_H
#define LIB_SANDBOX_H
#include <stdbool.h>
#include <stdint.h>

struct policy_filter;

/* In a child with fresh namespaces, before exec: keeps the two capabilities over them that the
   worker needs for its empty root (CAP_SYS_ADMIN) and for emptying its bounding set (CAP_SETPCAP),
   as ambient ones. */
int sandbox_keep_mount_rights(void);
/* Measured: this is the first process of a pid namespace. */
bool sandbox_has_namespaces(void);
/* Replaces the root directory by an empty one that cannot be written. Needs namespaces. */
int sandbox_empty_root(void);
/* Empties the bounding set where we may, and all other capability sets. */
int sandbox_drop_capabilities(void);
/* No core dump, no other process of this user can look in (except, with a user namespace, its
   owner's privileged reach: platform.md 3). */
int sandbox_hide_memory(void);

struct sandbox_limits {
    uint32_t files; /* open descriptors; a lower hard limit stays */
    bool may_write; /* false: no file can grow (RLIMIT_FSIZE 0) */
};
/* Also: no new processes, no message queues. */
int sandbox_limit(const struct sandbox_limits *limits);

/* Landlock: every right this kernel knows is handled, none is granted, except reading below the
   paths of the NULL-terminated list (NULL: none; missing paths are skipped) and, with a list, TCP
   connections. Returns the ABI in use, 0 when the kernel has no Landlock, -1 with errno. */
int sandbox_landlock(const char *const *readable);
/* ABI of this kernel, 0: none. */
int sandbox_landlock_abi(void);

/* Puts a seccomp filter on this thread. Needs no_new_privs. */
int sandbox_filter(const struct policy_filter *policy);

#endif
