/*
 * A log with its key file in a folder of their own, two writers of it, and what the verifier says
 * of it. Used by the tests of what the writer does when something has happened to them.
 */
#ifndef TESTS_UNIT_VERIFY_TRAIL_RIG_H
#define TESTS_UNIT_VERIFY_TRAIL_RIG_H
#include "audit/trail.h"
#include "audit/verify/check.h"
#include "policy_tables.h"
#include <sys/resource.h>

extern struct trail a, b; /* not open yet */
extern int log_fd, key_fd;
extern char log_path[64], key_path[64];
extern int part_fd;            /* what stands before the log, when it was put aside; -1: nothing */
extern struct check_seal kept; /* the verification key, kept elsewhere: take_key */

/* As cmocka fixtures: both files, empty; and gone. */
int make(void **state);
int unmake(void **state);

/* One event with that value. */
int add(struct trail *t, const char *value);
/* Killed after the key file has said where the chain will stand; of a batch of three lines behind
 * one, that many bytes written (SIZE_MAX: all). */
void crash(size_t written);
/* No file grows beyond that; RLIM_INFINITY: any does. */
void limit_files(rlim_t bytes);

/* What the verifier says, without and with a key that was kept. */
struct check_result check(void);
struct check_result check_with(const struct check_seal *seal);
void expect(enum verdict verdict, uint64_t line, uint64_t lines);
void expect_sealed(enum verdict verdict, uint64_t line); /* with `kept` */
/* Takes it from `a`, which gives it once. */
void take_key(void);
/* The run that line of the log names; the first is 1. */
uint64_t run_of_line(unsigned place);

#endif
