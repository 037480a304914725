/* Prints the rules that are compiled into this program, for people: `vitrine policy show` and
 * `explain`. */
#ifndef LIB_POLICY_SHOW_H
#define LIB_POLICY_SHOW_H
#include <stdio.h>

/* All tables, at most 110 columns wide. 0, or -1 with errno when writing failed. */
int policy_show(FILE *out);
/* Who may do one action of roles.def, which messages need it, and which lines say so. -1 with errno
   EINVAL: no such action (nothing is printed). */
int policy_explain(FILE *out, const char *action);
/* The catalogue of audit events: `vitrine audit catalogue`. */
int policy_show_events(FILE *out);

#endif
