/*
 * A process whose kernel makes no new namespaces, by a filter of its own.
 */
#ifndef TESTS_UNIT_VITRINE_CLONE_RIG_H
#define TESTS_UNIT_VITRINE_CLONE_RIG_H
#include <stdbool.h>
#include <stdint.h>

/* From here on clone with namespaces fails so: EAGAIN as for a user who has too many processes,
   EPERM as a kernel without user namespaces does. For a child that tries, and exits. */
bool clone_rig_answer(uint32_t error);

#endif
