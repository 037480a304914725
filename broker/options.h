/*
 * The command line of `vitrine` (architecture 8) as one struct. Texts point into argv.
 */
#ifndef BROKER_OPTIONS_H
#define BROKER_OPTIONS_H
#include "broker/invite.h"

enum options_command {
    COMMAND_HOME,
    COMMAND_HOST,
    COMMAND_JOIN,
    COMMAND_RELAY,
    COMMAND_STOP,
    COMMAND_DOCTOR,
    COMMAND_POLICY_SHOW,
    COMMAND_POLICY_CHECK,
    COMMAND_POLICY_EXPLAIN,
    COMMAND_AUDIT_SHOW,
    COMMAND_AUDIT_VERIFY,
    COMMAND_AUDIT_KEY,
    COMMAND_AUDIT_EXPORT,
    COMMAND_AUDIT_RECEIPT,
    COMMAND_AUDIT_SESSIONS,
    COMMAND_AUDIT_CATALOGUE,
    COMMAND_IDENTITY_NEW,
    COMMAND_IDENTITY_SHOW,
    COMMAND_VERSION,
    COMMAND_HELP
};

enum { EXIT_USAGE = 2 };

struct options {
    enum options_command command;
    bool events, events_chat; /* with the second also the first */
    bool json, lossless, no_password;
    bool ed25519; /* identity new */
    bool has_relay, has_listen, has_metrics;
    bool has_sid;    /* join: the number in invite->sid */
    bool has_invite; /* join: the whole of invite */
    /* join: given a link that is no invitation, what of it is wrong (invite_wrong). A window says
       so, because a desktop opens links and shows nobody our standard error; the status is 2. */
    const char *link_wrong;
    struct relay_name relay;
    struct relay_name listen;  /* ADDR[:PORT]; host "" and has_listen: all addresses */
    struct relay_name metrics; /* ADDR:PORT */
    struct invite *invite;     /* never NULL; in memory that children made by fork find empty */
    const char *name;          /* --name, 1 to MAX_NAME bytes of good UTF-8 */
    const char *password_file, *cert, *key, *config, *log;
    const char *format;   /* audit export: json or cef */
    const char *session;  /* audit receipt: which one, or NULL */
    const char *argument; /* F of policy check, audit; word of policy explain, or NULL */
};

/* 0, or the exit status after one line on standard error (2: usage). What is secret in a link is
   overwritten in argv: `ps` shows it no longer. The caller wipes `invite`. */
int options_parse(int argc, char **argv, struct options *out);
/* The text of --help. */
void options_print_help(void);

#endif
