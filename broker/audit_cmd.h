/*
 * The audit trail as the user meets it: `vitrine audit show | verify | key | export | receipt |
 * catalogue`.
 */
#ifndef BROKER_AUDIT_CMD_H
#define BROKER_AUDIT_CMD_H
#include "broker/audit_files.h"
#include "lib/runs.h"
#include <stdio.h>

/* In each of these F is a log, which is read behind the parts that were put aside beside it, or one
   of those parts alone. What is not a file is refused. Where numbers are missing between two lines
   of F, all say so, go on, and end with 1. */

/* A readable table of F. Exit status: 0; 1 when F cannot be read, or lines in it are none of a
   trail, or there is no memory for one, which is said. */
int audit_cmd_show(const char *file, FILE *out);
/* Starts vitrine-verify on F, the parts before it and F.key, and prints one line. kept: a file with
   the key that audit_cmd_key printed, NULL: not at hand; with it F.key has to be there. Exit
   status: 0 the log is whole; 1 it is not, or F or F.key cannot be opened; 2 no key is in that
   file; 5 the verifier could not be started safely; 7 all that is there is right, but F.key is not
   there: whether that was all nobody knows. F may be a receipt: then 0 says that the session it
   names is in it, whole, and nothing of the rest of that trail. After start_init. */
int audit_cmd_verify(const char *file, const char *kept, FILE *out);
/* Prints the verification key of the key file beside F, once: when that was written (to a file: is
   on its disk), it is taken out of the key file. Exit status: 0; 1 it is not there any more, or
   still, or the files cannot be used; 5 vitrine-audit could not be started safely. After
   start_init. */
int audit_cmd_key(const char *file, FILE *out);
/* F as JSON lines or in the Common Event Format; what is no line of a trail is left out and counted
   on standard error. Exit status: 0; 1 F cannot be read, or some lines were left out. */
int audit_cmd_export(const char *file, const char *format, FILE *out);
/* Each session of F that has begun, a line each: the number of its first line, when it began and
   ended, session number, role, and how it ended. Exit status: 0; 1 F cannot be read,
   or lines in it are none of a trail. */
int audit_cmd_sessions(const char *file, FILE *out);
/* A session of F that has ended: a line that names it (lib/receipt.h) and its lines, from the rules
   in force to the signature after its end. They follow each other, so they prove themselves:
   `verify` on them alone. session: its number of nine digits, or that of its first line as
   audit_cmd_sessions has it; NULL: the newest. Of one asked for whose end is not recorded and
   signed, the lines that are there, which prove nothing of its end, and standard error says so.
   Exit status: 0; 1 F cannot be read, there is no such session, it has no such end, several have
   that number, or something in it is no line of a trail, which is counted on standard error, and
   left out where it is not text; 2 that is no number. */
int audit_cmd_receipt(const char *file, const char *session, FILE *out);
int audit_cmd_catalogue(FILE *out);

/* One line of a log as the table shows it, for fuzzing: never prints a control character.
   AUDIT_STRANGE: no line of a trail, and shown as such; AUDIT_NO_MEMORY: nothing was printed. */
enum audit_shown { AUDIT_SHOWN, AUDIT_STRANGE, AUDIT_NO_MEMORY };
enum audit_shown audit_show_line(const char *line, size_t len, FILE *out);

/* Which computer and whose program wrote a run, as its first line says; escaped as there. */
#define AUDIT_WHERE 128
struct audit_wheres {
    struct run_place places[RUNS_MOST];
    struct audit_where {
        char computer[AUDIT_WHERE], user[AUDIT_WHERE], uid[AUDIT_WHERE];
    } of[RUNS_MOST];
    uint64_t now;
};

/* One line in that format, for fuzzing. false: no line of a trail; nothing is printed. all: of the
   lines before it, zeroed at first. */
bool audit_export_cef(const char *line, size_t len, struct audit_wheres *all, FILE *out);
bool audit_export_json(const char *line, size_t len, FILE *out);
/* A line that comes soon: where its run is, if it says so, because lines of that run may come
   before it. */
void audit_export_ahead(const char *line, size_t len, struct audit_wheres *all);

#endif
