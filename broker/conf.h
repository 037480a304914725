/*
 * The organisation's policy: /etc/vitrine/vitrine.conf, then /etc/vitrine/conf.d/NAME.conf in the
 * order of their names. It can only tighten: without a file the defaults below hold, which are the
 * loosest values there are, and a later file that would loosen what an earlier one says is refused
 * (one that first names helper_certificates, too, where an earlier one wants people verified or
 * certified: it makes some so), like an unknown key, a key twice in one file, an impossible value,
 * or a file that others than root may write. No option, variable or setting changes the place or a
 * value.
 *
 * Where /etc/vitrine/policy.pub stands (an Ed25519 public key, PEM), the set as a whole has to be
 * signed: policy.sig is the signature over the text that
 *     (echo vitrine policy 1; sha256sum vitrine.conf conf.d/NAME.conf ... helpers.pem)
 * prints in that directory, the files in the order they are read, and behind them the one that
 * helper_certificates names, if it does: by its whole path where it is elsewhere. vitrine-verify
 * checks it, and that there are authorities in that file.
 */
#ifndef BROKER_CONF_H
#define BROKER_CONF_H
#include "broker/invite.h"
#include "broker/keyfile.h"
#include "broker/never.h"
#include <limits.h>

#define CONF_RELAYS 16
#define CONF_KEYS 32
#define CONF_VALUE (CONF_RELAYS * INVITE_RELAY) /* longest value, terminated */
#define CONF_WARN_FREE 64 /* MiB: several parts of a trail, of some hundred sessions each */
#define CONF_PLACE 320    /* longest "FILE:LINE" that is kept: any of conf.d, whole */
#define CONF_FILE 264     /* longest conf.d/NAME.conf, terminated */

enum conf_who { CONF_ANYONE, CONF_VERIFIED, CONF_CERTIFIED };
enum conf_sink { CONF_SYSLOG = 1, CONF_JOURNAL = 2 };

struct conf {
    /* The relays that may be used; n_relays 0: any, and with own_relay one that `vitrine host`
       starts itself. */
    struct relay_name relays[CONF_RELAYS];
    int n_relays;
    bool relays_named;
    int own_relay;
    int password_required; /* no session without one */
    int password_minimum;  /* bytes of an own password */
    int admission;         /* enum conf_who: whom the organizer may admit */
    int identity_required; /* nobody without a key or certificate */
    int waiting_room_may_be_off;
    int newcomers_ask;        /* a newcomer pauses sharing until the presenter's own yes */
    int share_whole_screen;   /* may be shared */
    struct never never_share; /* windows of these programs are never seen */
    int control;              /* may be given at all */
    int control_longest;      /* minutes */
    int control_for;          /* enum conf_who */
    int control_two_people;   /* the organizer's yes too, where the owner is somebody else */
    int clipboard, file_transfer;
    int largest_session; /* people, organizer included */
    int idle_end;        /* minutes without input by the owner */
    int assistive_may_answer;
    int audit_mandatory;           /* no record, no session */
    char audit_file[512];          /* where; "": the user's state directory */
    int audit_warn_free;           /* MiB; less where the trail is: said */
    int audit_sinks;               /* enum conf_sink, bits: where each line goes besides */
    char helper_certificates[512]; /* the CA whose certificates make "certified"; "": nobody is */
    int authorities; /* that file as it was when the set was read and its signature checked, in
                        memory, sealed; -1: none is named */
    int namespaces_required;
    int lossless_only;
    int even_timing_only;
    bool is_signed;                    /* the set was, and vitrine-verify found it right */
    char place[CONF_KEYS][CONF_PLACE]; /* by conf_key: FILE:LINE that says so; "": none */
};

struct conf_key {
    const char *name;
    const char *values;  /* as vitrine.conf describes them */
    const char *meaning; /* one sentence */
    const char *causes;  /* another: what follows where it is tightened */
    const char *about;   /* the actions of roles.def it narrows, blanks between; "": none */
};
/* The i-th key, NULL behind the last. */
const struct conf_key *conf_key(size_t i);

/* Reads everything, and has a signed set checked, for which start_init has to have been called.
   false: `error` is the one line to print, with file, line and key; exit 6. Each conf that was read
   or checked wants conf_finish, which can be called twice. */
bool conf_load(struct conf *out, char error[KEYFILE_ERROR]);
/* For commands that need nothing else of the policy: one that cannot be read requires all. After
   start_init. */
bool conf_requires_namespaces(void);
/* `vitrine policy check F`: one file over the defaults, whoever owns it. */
bool conf_check(const char *file, struct conf *out, char error[KEYFILE_ERROR]);

/* What such a file, or a folder, was judged as. */
struct conf_judged {
    unsigned files;        /* of a folder; of what is installed besides the file */
    char place[CONF_FILE]; /* which one of those installed it would be; "": behind them all */
    bool pinned;           /* there is a policy.pub, so that a change needs a new signature */
    bool installed;        /* the folder is /etc/vitrine itself: owners and modes were judged too */
};
/* After start_init: the same file among those that are installed, in the place its name has there:
   vitrine.conf, or NAME.conf in conf.d. Where one of that name is installed it stands in for it. */
bool conf_check_among(const char *file, struct conf *out, struct conf_judged *as,
                      char error[KEYFILE_ERROR]);
/* A folder made like /etc/vitrine, as a whole, with its signature if there is one, whoever owns it.
   Where a policy.pub is installed, the folder's has to be the same. After start_init. */
bool conf_check_folder(const char *folder, struct conf *out, struct conf_judged *as,
                       char error[KEYFILE_ERROR]);
/* How many files of that folder's conf.d are not read, because their names do not end in .conf; the
   first of them. */
unsigned conf_passed_over(const char *directory, char first[NAME_MAX + 1]);
/* For tests and fuzzing: one text over what is in *conf. */
bool conf_parse(struct conf *conf, const char *file, const char *text, size_t len,
                char error[KEYFILE_ERROR]);
void conf_init(struct conf *out);
void conf_finish(struct conf *conf);
/* " (FILE:LINE: KEY)", for the end of a refusal that this key causes; "" where no file names it.
   Stays until the next call. conf_blame appends it to that line. */
const char *conf_cause(const struct conf *conf, const char *key);
void conf_blame(const struct conf *conf, const char *key, char error[KEYFILE_ERROR]);
/* What the i-th key says now, as a file would; cut where it is longer than `size`. CONF_VALUE is
   always enough. */
void conf_value(const struct conf *conf, size_t i, char *out, size_t size);

/* May a session go over that relay? With a PIN in the policy, only under that PIN, which is put
   into *relay when it has none. */
bool conf_allows_relay(const struct conf *conf, struct relay_name *relay);
/* May `vitrine host` start one of its own? Such a one has no name that `relays` could hold. NULL:
   it may; else the key that says no. */
const char *conf_forbids_own_relay(const struct conf *conf);

#endif
