/*
 * The broker put together: the pure heart (session.h) and everything that acts for it. One struct
 * for one run of `vitrine`, `vitrine host` or `vitrine join`; single thread, one loop.
 *
 *   messages, windows, timers --app_event--> queue --session_step--> effects --effects_do--> the
 * world
 *
 * Events are queued, so that an effect that causes an event at once never re-enters the heart.
 */
#ifndef BROKER_APP_H
#define BROKER_APP_H
#include "broker/audit_files.h"
#include "broker/chat.h"
#include "broker/conf.h"
#include "broker/display.h"
#include "broker/doctor.h"
#include "broker/events.h"
#include "broker/hands.h"
#include "broker/hotkey.h"
#include "broker/identity.h"
#include "broker/launcher.h"
#include "broker/locker.h"
#include "broker/options.h"
#include "broker/people.h"
#include "broker/record_left.h"
#include "broker/session.h"
#include "broker/settings_keep.h"
#include "broker/windows.h"
#include "broker/workers.h"
#include "lib/loop.h"
#include "lib/pace.h"

#define APP_QUEUE 256
#define APP_TIMERS (ST_COUNT + SESSION_SLOTS)

struct app;

/* "vitrine 0.1", as --version says it. */
extern const char app_version[];

struct app_timer {
    struct app *app;
    uint8_t kind; /* enum session_timer */
    uint8_t slot;
};

/* The way to a session: where, which, and with what (secrets are wiped by line_finish). */
struct app_line {
    struct invite to;              /* relay, number, password, fingerprint; our own session's too */
    char dial_host[MAX_HOST + 1];  /* to.relay.host, but this machine for the embedded relay */
    char shown[MAX_PASSWORD + 16]; /* our password as it is read out: words with spaces */
    struct password next;          /* asked of seal, not in force yet */
    char next_shown[MAX_PASSWORD + 16];
    unsigned next_pending; /* answers of seal still to come */
    int socket;            /* dialled; -1 */
    bool permitted;        /* by the organisation's rules */
    bool from_link;        /* an invitation filled in the form: the owner has yet to press Join */
};

struct app {
    struct loop loop;
    const struct options *options;
    struct conf conf;
    struct settings settings;
    struct settings_keep settings_keep;
    bool save_pressed; /* the owner waits for a word on that */
    struct session session;
    struct session_event queue[APP_QUEUE];
    unsigned first, n;
    bool stepping, leaving;
    int exit_status;
    struct app_timer timers[APP_TIMERS];

    struct launcher launcher;
    struct hotkey hotkey;
    struct workers workers;
    struct worker *crew[SW_COUNT];
    struct worker *spare; /* the painter of the next dialog, where it waits already (spare.h) */
    struct worker_end last_end[SW_COUNT];
    struct worker_end unstarted; /* of the last one in this session that could not be started */
    struct locker_state locker;

    struct display display;
    struct doctor doctor;
    struct ui_model model;
    struct windows *windows;
    struct people people;
    struct chat chat; /* what was written in this session */
    struct identities identities;
    struct app_line line;
    uint64_t line_tries[JOIN_TRIES_PER_MIN]; /* when a password was sent, ms; 0 never */
    unsigned n_tries;
    struct password given_password; /* of --password-file */
    struct {                        /* what the next password is to be; prefs.h */
        bool made;                  /* the owner has said */
        uint8_t kind;               /* enum ui_password */
        struct password password;
    } chosen;
    char my_name[MAX_NAME + 1];
    char organizer[MAX_NAME + 1];
    uint8_t words[4]; /* joining: to be compared with the organizer */
    char presenter[MAX_NAME + 1];
    char invitation[INVITE_MAX];
    char relay_text[INVITE_RELAY]; /* as --relay takes it */
    bool asks_password;            /* to host at once, the settings want it asked for first */
    bool own_relay;                /* this run hosts on a relay of its own */
    char detail[KEYFILE_ERROR];    /* technical line behind the last error */
    struct {
        uint8_t what; /* enum ui_versions */
        uint16_t here, there;
    } versions;        /* that do not fit */
    uint8_t own_fault; /* enum session_fault shown without a session having been tried */
    uint32_t wrong;    /* wrong tries */
    uint32_t mask_serial;
    struct pace sizes; /* of the presenter's picture */
    struct pace space; /* warnings of the writer */
    bool never_fits;   /* the list of the settings stands in their field */
    bool told_hidden;  /* the trail knows that something is hidden in what is shared */
    struct hands hands;
    struct audit_files log; /* for the writer that is being started */
    bool log_open;
    unsigned log_tries;
    uint32_t audit_serial, audit_written;
    struct record_left left; /* out of the trail */
    bool left_waits;         /* to be told */
    uint64_t session_since_ms, share_since_ms;
    uint64_t refused_since_ms; /* the last no to our wish for control, while we have to wait; 0 */
    uint64_t stale_since_ms;   /* the picture was last live; 0 it is, or there is none */
    uint32_t lasted_s;
    enum windows_hand answer_hand; /* of the last prompt answered, for the trail */
    char audit_path[512];
    bool audit_complained;
    unsigned sinks_complained; /* enum conf_sink, bits: said, and no line has arrived since */
    uint32_t sinks_renewed;    /* the last line asked for before that was tried */
    uint8_t told_level; /* of security: 0 not yet, 1 all, + 1 without namespaces, + 2 without locked
                           memory */
    int fonts[MAX_FDS];
    unsigned n_fonts;
    int anchors, signals;
};

/* Everything up to the loop; 0, or an exit status after one line on standard error. */
int app_init(struct app *a, const struct options *options);
/* Runs until the heart says exit; the exit status. */
int app_run(struct app *a);
/* Kills what is left, wipes, closes. */
void app_finish(struct app *a);

/* Queues an event for the heart and, unless one is being handled, steps until the queue is empty.
 */
void app_event(struct app *a, struct session_event ev);
/* The slot that stands for a name, or for that member's; where it stood for another one, the heart
   is told. Of a member who is not there: SESSION_SLOTS, and no slot is spent on it. */
uint32_t app_slot(struct app *a, const char *name);
uint32_t app_member_slot(struct app *a, uint16_t mid);
/* Ends the loop with that exit status, once the trail has its last line and files their last
   contents, or after a second. */
void app_leave(struct app *a, int status);
/* A file has them, or never will. */
void app_settled(struct app *a);
/* Our own mistake: says so and ends the program, and with it every worker. */
_Noreturn void app_abort(const char *what);
/* The common short form. */
void app_event_kind(struct app *a, enum session_event_kind kind);

#endif
