/*
 * Questions to vitrine-verify, each an errand of its own (errand.h).
 */
#ifndef BROKER_VERIFIER_H
#define BROKER_VERIFIER_H
#include "ch_verify.h"

enum verifier_says {
    VERIFIER_NO,
    VERIFIER_YES,
    VERIFIER_SILENT /* it could not be started safely, or died over what it was given */
};

/* Checks the log of that path: see VERIFY_LOG. Takes no descriptor away. YES: *out is the verdict;
   NO: a part cannot be read, which was said in one line on standard error. require_namespaces: see
   errand_begin. */
enum verifier_says verifier_log(const char *file, const struct msg_verify_log *m,
                                bool require_namespaces, struct msg_verify_result *out);
/* Is `signature` (64 bytes) one of `set` (broker/conf_files.c) under `key` (Ed25519, PEM)? All
   three are files. */
enum verifier_says verifier_policy(int set, int key, int signature, bool require_namespaces);
/* Can somebody be certified by these authorities (PEM, a file)? */
enum verifier_says verifier_authorities(int authorities, bool require_namespaces);

#endif
