/*
 * What the user chose and what this program remembers for them: $XDG_CONFIG_HOME/vitrine/settings
 * (by default
 * ~/.config/vitrine/settings), mode 0600. It holds a name, a relay, a proxy with its user and
 * password, the create key of a relay, looks and the keys of relays used before, never a session's
 * number or password. Strict like every key file: a broken one is refused with file and line, so
 * that a pin is never lost without a word.
 */
#ifndef BROKER_SETTINGS_H
#define BROKER_SETTINGS_H
#include "broker/invite.h"
#include "broker/keyfile.h"
#include "broker/never.h"

#define SETTINGS_FILE "settings"
#define SETTINGS_PINS 64

/* SETTINGS_OWN_PASSWORD: asked for each time; it is never kept. */
enum settings_password { SETTINGS_NEW_WORDS, SETTINGS_OWN_PASSWORD, SETTINGS_NO_PASSWORD };
enum settings_theme { THEME_DESKTOP, THEME_LIGHT, THEME_DARK, THEME_CONTRAST };

/* How keys travel while we control another computer. */
enum settings_keys { KEYS_CHARACTER, KEYS_POSITION };

/* ... and when: at once, or one record in each tick, so that the rhythm of typing does not show to
   whoever watches the line (PROTOCOL.md 14). */
enum settings_timing { TIMING_QUICK, TIMING_EVEN };

struct settings {
    char name[MAX_NAME + 1]; /* "": the login name is offered */
    bool has_relay;
    struct relay_name relay;
    bool has_proxy; /* an HTTP proxy between us and every relay but our own */
    struct relay_name proxy;
    char proxy_user[MAX_PROXY_TEXT + 1], proxy_password[MAX_PROXY_TEXT + 1];
    struct relay_name create_at;           /* the relay that asks for a key to create a session: */
    char create_key[MAX_CREATE_KEY + 1];   /* for that one alone; "": none */
    int keys;                              /* enum settings_keys */
    int timing;                            /* enum settings_timing */
    int theme;                             /* enum settings_theme */
    int waiting_room;                      /* 1: on, the default */
    int reduced_motion;                    /* 1: nothing moves */
    int language;                          /* 0: as the desktop, else 1 + enum ui_language */
    int password;                          /* of new sessions: enum settings_password */
    int sound;                             /* 1: a tone when something is asked, the default */
    int ctrl_esc;                          /* 1: Ctrl+Esc ends control too, the default */
    struct never never_share;              /* windows of these programs are never seen */
    int identity;                          /* 1: shown where there is one, the default */
    int lossless;                          /* 1: pictures we present are exact at once */
    struct relay_name pins[SETTINGS_PINS]; /* relays with the key they showed */
    int n_pins;
};

/* Path of a file of ours below the user's configuration (`state` false) or state directory; false:
   neither HOME nor the XDG variable is an absolute path, or it is too long. make: also makes the
   directory, 0700. */
bool settings_path(bool state, const char *name, bool make, char out[512]);

/* Defaults where there is no file. false: `error` is the line to print. */
bool settings_load(struct settings *out, char error[KEYFILE_ERROR]);
/* false: settings_load would refuse them, so that the program would not start any more; `error`
   says why. */
bool settings_loadable(const struct settings *s, char error[KEYFILE_ERROR]);
/* What the file is to be, of loadable ones. */
void settings_write(const struct settings *s, FILE *f);
/* For tests and fuzzing. */
bool settings_parse(struct settings *out, const char *file, const char *text, size_t len,
                    char error[KEYFILE_ERROR]);

/* What that relay asks for from whoever creates a session; "": nothing is known. */
const char *settings_create_key(const struct settings *s, const struct relay_name *relay);

/* The key remembered for that host and port, NULL: none. */
const uint8_t *settings_pin(const struct settings *s, const struct relay_name *relay);
/* Remembers it; the oldest makes room. False: it was known already. */
bool settings_remember(struct settings *s, const struct relay_name *relay);

#endif
