/*
 * What is said about what happens: the audit trail (policy/audit.def) and --events. Both get facts,
 * never content; the password goes to --events only.
 */
#ifndef BROKER_RECORD_H
#define BROKER_RECORD_H
#include "broker/session.h"
#include "broker/windows.h"
#include "broker/workers.h"
#include "lib/span.h"

struct app;
struct audit_files;

/* Opens files and sinks for vitrine-audit; the caller closes them. 0, or -1 after one line on
   standard error; patient: without it where they are busy. */
int record_open(struct app *a, struct audit_files *out, bool patient);
/* A line could not be written (errno), to the log or to those sinks (bits), or the writer has ended
   (0): said on standard error, of the log once, of a sink until a line arrives there. */
void record_trouble(struct app *a, int error, unsigned sinks);
#define SPACE_SAID_MS 60000 /* a writer that says it sooner again is not heard */
/* So many MiB are free where the log is, less than the policy wants: said on the screen, on
   standard error and in the trail. */
void record_space(struct app *a, uint32_t free_mib);
/* The sockets of the sinks are of no use any more: connects anew, and hands them to the writer.
   false: not all that the policy wants can be reached. */
bool record_sinks(struct app *a);
/* Lines were lost. One more shows whether that is over: not where a sink has not taken some and
   cannot be reached, so that the log does not fill with them. */
void record_again(struct app *a);

/* What people in the session have signed, as seal says it. */
struct msg_seal_record;
struct msg_seal_proof;
struct msg_seal_shown;
void record_part(struct app *a, const struct msg_seal_record *m);
void record_control_proof(struct app *a, const struct msg_seal_proof *m);
void record_share_proof(struct app *a, const struct msg_seal_shown *m);

void record_program_end(struct app *a);
/* Version, policy hash, and every key that a file of the organisation's sets, with its place. */
void record_rules(struct app *a);
/* A line the heart ordered; before that of a session's start stand the rules in force. */
void record_line(struct app *a, const struct session_effect *e);
/* What became of a worker; with the writer's own verification the trail begins, and with the first
   of all the security level is told. */
void record_worker(void *ctx, const struct worker_event *e);
/* One worker says of another, `who`, that it sent a message of that type which it may not send. */
void record_peer_violation(struct app *a, enum session_worker who, uint16_t type);
/* That worker was told to let go of keys and buttons, and has not. */
void record_deaf(struct app *a, enum session_worker who);
void record_gate_violation(struct app *a, const char *client, uint8_t major, uint8_t minor,
                           uint8_t rule);
/* Units in that member's name were wrong; code of PROTOCOL.md 16. */
void record_member_fault(struct app *a, uint16_t mid, const char *name, unsigned code);
void record_presenter(struct app *a, uint16_t mid, const char *name);
/* At the organizer: who controls another presenter's computer, by that one's word. */
void record_control_seen(struct app *a, uint16_t mid, bool on);
/* Identities (policy/audit.def 100 to 104); fingerprints are 32 bytes, fp NULL where there is none.
 */
void record_key_pinned(struct app *a, uint16_t mid, const char *name, const uint8_t *fp);
void record_key_changed(struct app *a, const char *name, const uint8_t *fp, const uint8_t *known);
/* The owner's yes to that; assistive: not by a physical device. */
void record_key_replaced(struct app *a, const char *name, const uint8_t *fp, bool assistive);
void record_identity_refused(struct app *a, const char *name, const uint8_t *fp, const char *why);
void record_identity_good(struct app *a, struct span name, const uint8_t *fp);
void record_error(struct app *a, const char *code, const char *text);
void record_relay(struct app *a);
void record_intrusion(struct app *a, uint8_t kind, uint32_t count, struct span source);

void record_tell_session(struct app *a);
void record_tell_member(struct app *a, uint16_t mid, const char *name, uint8_t role,
                        const char *state);
void record_tell_control(struct app *a, const struct session_effect *e);
/* What becomes of our events at the presenter: 0 they count, 1 the owner's hand, 2 a question. */
void record_tell_held(struct app *a, uint8_t held);
/* Somebody's wish for control came to nothing, otherwise than by the owner's no. */
void record_tell_refused(struct app *a, const struct session_effect *e);
void record_tell_share(struct app *a, uint8_t state, uint32_t why);
void record_tell_ended(struct app *a, const struct session_effect *e);
void record_tell_fault(struct app *a, uint8_t fault, uint32_t detail);
void record_tell_window(struct app *a, const struct windows_window_line *line);
void record_tell_prompt(struct app *a, const struct windows_prompt_line *line);

/* A window of a program that is never shown was kept out; of which, nobody is told. */
void record_never_shown(struct app *a, enum windows_never_why why);
/* Who would tell us that the screen is locked (bits, lib/lockers.h); why there is nobody, or "". */
void record_lock_screens(struct app *a, uint8_t there, const char *why);

#endif
