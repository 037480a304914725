/*
 * The organisation's policy: /etc/vitrine/vitrine.conf, then /etc/vitrine/conf.d/NAME.conf in the
 * order of their names. It can only tighten: without a file the defaults below hold, which are the
 * loosest values there are, and a later file that would loosen what an earlier one says is refused,
 * like an unknown key, a key twice in one file, an impossible value, or a file that others than
 * root may write. No option, variable or setting changes the place or a value.
 */
#ifndef BROKER_CONF_H
#define BROKER_CONF_H
#include "broker/invite.h"
#include "broker/keyfile.h"

#define CONF_RELAYS 16

enum conf_who { CONF_ANYONE, CONF_VERIFIED, CONF_CERTIFIED };

struct conf {
    /* The relays that may be used; n_relays 0: any. own_relay: also one started by `vitrine host`
     * itself. */
    struct relay_name relays[CONF_RELAYS];
    int n_relays;
    bool relays_named;
    int own_relay;
    int password_required; /* no session without one */
    int password_minimum;  /* bytes of an own password */
    int admission;         /* enum conf_who: whom the organizer may admit */
    int waiting_room_may_be_off;
    int newcomers_ask;      /* a newcomer pauses sharing until the presenter's own yes */
    int share_whole_screen; /* may be shared */
    int control;            /* may be given at all */
    int control_longest;    /* minutes */
    int control_for;        /* enum conf_who */
    int clipboard, file_transfer;
    int largest_session; /* people, organizer included */
    int idle_end;        /* minutes without input by the owner */
    int assistive_may_answer;
    int audit_mandatory;  /* no record, no session */
    char audit_file[512]; /* where; "": the user's state directory */
    int namespaces_required;
    int lossless_only;
};

struct conf_key {
    const char *name;
    const char *values;  /* as vitrine.conf describes them */
    const char *meaning; /* one sentence */
};
/* The i-th key, NULL behind the last. */
const struct conf_key *conf_key(size_t i);

/* Reads everything. false: `error` is the one line to print, with file, line and key; exit 6. */
bool conf_load(struct conf *out, char error[KEYFILE_ERROR]);
/* `vitrine policy check F`: one file over the defaults, whoever owns it. */
bool conf_check(const char *file, struct conf *out, char error[KEYFILE_ERROR]);
/* For tests and fuzzing: one text over what is in *conf. */
bool conf_parse(struct conf *conf, const char *file, const char *text, size_t len,
                char error[KEYFILE_ERROR]);
void conf_init(struct conf *out);

/* May a session go over that relay? With a PIN in the policy, only under that PIN, which is put
   into *relay when it has none. */
bool conf_allows_relay(const struct conf *conf, struct relay_name *relay);

#endif
