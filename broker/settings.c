/* Settings and pins. Run by the broker; distrusts the file, which other programs of this user can
 * write. */
#include "broker/settings.h"
#include "lib/text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const ways[] = {"character", "position"};
static const char *const timings[] = {"quick", "even"};
static const char *const themes[] = {"desktop", "light", "dark", "contrast"};
static const char *const languages[] = {"desktop", "en", "de"};
static const char *const passwords[] = {"words", "own", "none"};
static const char *const no_yes[] = {"no", "yes"};

#define NEVER_LINE "never_share = " /* before the names, as written */

struct loading {
    struct settings *s;
    unsigned seen;
};

/* --- where --- */

static bool make_directories(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool good = mkdir(path, 0700) == 0 || errno == EEXIST;
        *slash = '/';
        if (!good)
            return false;
    }
    return true;
}

bool settings_path(bool state, const char *name, bool make, char out[512])
{
    const char *base = getenv(state ? "XDG_STATE_HOME" : "XDG_CONFIG_HOME");
    const char *below = "";
    if (!base || base[0] != '/') {
        base = getenv("HOME");
        below = state ? "/.local/state" : "/.config";
    }
    if (!base || base[0] != '/')
        return false;
    int n = snprintf(out, 512, "%s%s/vitrine/%s", base, below, name);
    return n > 0 && n < 512 && (!make || make_directories(out));
}

/* --- reading --- */

static const char *take_name(struct settings *s, const char *value)
{
    size_t len = strlen(value);
    if (len < 1 || len > MAX_NAME || !text_valid((const uint8_t *)value, len))
        return "takes 1 to 64 bytes of text";
    memcpy(s->name, value, len + 1);
    return NULL;
}

static const char *take_relay(struct settings *s, const char *value)
{
    s->has_relay = invite_parse_relay(value, &s->relay);
    return s->has_relay ? NULL : "takes HOST[:PORT][/PIN]";
}

static const char *take_proxy(struct settings *s, const char *value)
{
    const char *port = value[0] == '[' ? strstr(value, "]:") : strchr(value, ':');
    s->has_proxy = port && !strchr(value, '/') && invite_parse_relay(value, &s->proxy);
    return s->has_proxy ? NULL : "takes HOST:PORT";
}

static const char *take_credential(char out[MAX_PROXY_TEXT + 1], const char *value)
{
    size_t len = strlen(value);
    if (len < 1 || len > MAX_PROXY_TEXT)
        return "takes 1 to 128 bytes";
    memcpy(out, value, len + 1);
    return NULL;
}

static const char *take_proxy_user(struct settings *s, const char *value)
{
    return strchr(value, ':') ? "takes no colon" : take_credential(s->proxy_user, value);
}

static const char *take_proxy_password(struct settings *s, const char *value)
{
    return take_credential(s->proxy_password, value);
}

/* With its relay, so that no other one is told it. */
static const char *take_create_key(struct settings *s, const char *value)
{
    const char *key = strchr(value, ' ');
    char relay[INVITE_RELAY];
    size_t len = key ? (size_t)(key - value) : 0, key_len = key ? strlen(key + 1) : 0;
    if (!len || len >= sizeof relay || !key_len || key_len > MAX_CREATE_KEY)
        return "takes HOST[:PORT] and a key of 1 to 64 bytes";
    memcpy(relay, value, len);
    relay[len] = '\0';
    if (!invite_parse_relay(relay, &s->create_at) || s->create_at.has_pin)
        return "takes HOST[:PORT] before the key";
    memcpy(s->create_key, key + 1, key_len + 1);
    return NULL;
}

static const char *take_choice(int *out, const char *value, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(list[i], value) == 0) {
            *out = i;
            return NULL;
        }
    return "has no such value";
}

static const char *take_keys(struct settings *s, const char *value)
{
    return take_choice(&s->keys, value, ways, 2);
}

static const char *take_timing(struct settings *s, const char *value)
{
    return take_choice(&s->timing, value, timings, 2);
}

static const char *take_theme(struct settings *s, const char *value)
{
    return take_choice(&s->theme, value, themes, 4);
}

static const char *take_waiting_room(struct settings *s, const char *value)
{
    return take_choice(&s->waiting_room, value, no_yes, 2);
}

static const char *take_reduced_motion(struct settings *s, const char *value)
{
    return take_choice(&s->reduced_motion, value, no_yes, 2);
}

static const char *take_language(struct settings *s, const char *value)
{
    return take_choice(&s->language, value, languages, 3);
}

static const char *take_password_kind(struct settings *s, const char *value)
{
    return take_choice(&s->password, value, passwords, 3);
}

static const char *take_sound(struct settings *s, const char *value)
{
    return take_choice(&s->sound, value, no_yes, 2);
}

static const char *take_ctrl_esc(struct settings *s, const char *value)
{
    return take_choice(&s->ctrl_esc, value, no_yes, 2);
}

static const char *take_never(struct settings *s, const char *value)
{
    char text[NEVER_TEXT];
    if (!never_parse(value, &s->never_share))
        return "takes at most 32 names with commas between";
    never_format(&s->never_share, text);
    return strlen(NEVER_LINE) + strlen(text) <= KEYFILE_LINE
               ? NULL
               : "is longer than a line of this file can be";
}

static const char *take_lossless(struct settings *s, const char *value)
{
    return take_choice(&s->lossless, value, no_yes, 2);
}

static const char *take_identity(struct settings *s, const char *value)
{
    return take_choice(&s->identity, value, no_yes, 2);
}

static const char *take_pin(struct settings *s, const char *value)
{
    struct relay_name relay;
    if (!invite_parse_relay(value, &relay) || !relay.has_pin)
        return "takes HOST[:PORT]/PIN";
    if (settings_pin(s, &relay))
        return "names a relay twice";
    if (s->n_pins == SETTINGS_PINS)
        return "stands there more than 64 times";
    s->pins[s->n_pins++] = relay;
    return NULL;
}

static const struct {
    const char *key;
    const char *(*take)(struct settings *, const char *);
    bool often;
} keys[] = {
    {"name", take_name, false},
    {"relay", take_relay, false},
    {"proxy", take_proxy, false},
    {"proxy_user", take_proxy_user, false},
    {"proxy_password", take_proxy_password, false},
    {"create_key", take_create_key, false},
    {"keys", take_keys, false},
    {"timing", take_timing, false},
    {"theme", take_theme, false},
    {"waiting_room", take_waiting_room, false},
    {"reduced_motion", take_reduced_motion, false},
    {"language", take_language, false},
    {"password_kind", take_password_kind, false},
    {"sound", take_sound, false},
    {"ctrl_esc", take_ctrl_esc, false},
    {"never_share", take_never, false},
    {"identity", take_identity, false},
    {"lossless", take_lossless, false},
    {"pin", take_pin, true},
};

static const char *take(void *ctx, const struct keyfile_line *line)
{
    struct loading *l = ctx;
    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i].key, line->key) != 0)
            continue;
        if (!keys[i].often && l->seen & 1u << i)
            return "stands there twice";
        l->seen |= 1u << i;
        return keys[i].take(l->s, line->value);
    }
    return "no such setting";
}

bool settings_parse(struct settings *out, const char *file, const char *text, size_t len,
                    char error[KEYFILE_ERROR])
{
    memset(out, 0, sizeof *out);
    out->waiting_room = out->sound = out->ctrl_esc = out->identity = 1;
    struct loading l = {.s = out};
    return keyfile_parse(file, text, len, take, &l, error);
}

bool settings_load(struct settings *out, char error[KEYFILE_ERROR])
{
    char path[512], *text = NULL;
    size_t len = 0;
    settings_parse(out, "", "", 0, error);
    if (!settings_path(false, SETTINGS_FILE, false, path))
        return true; /* nowhere to remember anything: defaults */
    enum keyfile_result result = keyfile_read(path, KEYFILE_ANYBODY, &text, &len, error);
    bool good = result == KEYFILE_MISSING ||
                (result == KEYFILE_READ && settings_parse(out, path, text, len, error));
    free(text);
    return good;
}

/* --- writing --- */

void settings_write(const struct settings *s, FILE *f)
{
    char relay[INVITE_RELAY], never[NEVER_TEXT];
    fputs("# Written by vitrine.\n", f);
    if (s->name[0])
        fprintf(f, "name = %s\n", s->name);
    if (s->has_relay) {
        invite_format_relay(&s->relay, relay);
        fprintf(f, "relay = %s\n", relay);
    }
    if (s->has_proxy) {
        invite_format_relay(&s->proxy, relay);
        fprintf(f, "proxy = %s\n", relay);
    }
    if (s->proxy_user[0])
        fprintf(f, "proxy_user = %s\n", s->proxy_user);
    if (s->proxy_password[0])
        fprintf(f, "proxy_password = %s\n", s->proxy_password);
    if (s->create_key[0]) {
        invite_format_relay(&s->create_at, relay);
        fprintf(f, "create_key = %s %s\n", relay, s->create_key);
    }
    fprintf(f, "keys = %s\n", ways[s->keys]);
    fprintf(f, "timing = %s\n", timings[s->timing]);
    fprintf(f, "theme = %s\n", themes[s->theme]);
    fprintf(f, "waiting_room = %s\n", no_yes[s->waiting_room]);
    fprintf(f, "reduced_motion = %s\n", no_yes[s->reduced_motion]);
    fprintf(f, "language = %s\n", languages[s->language]);
    fprintf(f, "password_kind = %s\n", passwords[s->password]);
    fprintf(f, "sound = %s\n", no_yes[s->sound]);
    fprintf(f, "ctrl_esc = %s\n", no_yes[s->ctrl_esc]);
    never_format(&s->never_share, never);
    if (never[0])
        fprintf(f, NEVER_LINE "%s\n", never);
    fprintf(f, "identity = %s\n", no_yes[s->identity]);
    fprintf(f, "lossless = %s\n", no_yes[s->lossless]);
    for (int i = 0; i < s->n_pins; i++) {
        invite_format_relay(&s->pins[i], relay);
        fprintf(f, "pin = %s\n", relay);
    }
}

bool settings_loadable(const struct settings *s, char error[KEYFILE_ERROR])
{
    static struct settings back;
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    if (f)
        settings_write(s, f);
    bool whole = f && !ferror(f);
    bool good = f && fclose(f) == 0 && whole && text && len <= KEYFILE_MAX;
    if (!good)
        snprintf(error, KEYFILE_ERROR, "settings cannot be written: %s", strerror(ENOMEM));
    good = good && settings_parse(&back, "new settings", text, len, error);
    if (text)
        explicit_bzero(text, len);
    free(text);
    explicit_bzero(&back, sizeof back);
    return good;
}

/* --- what is known of a relay --- */

static bool is_same(const struct relay_name *a, const struct relay_name *b)
{
    return a->port == b->port && strcmp(a->host, b->host) == 0;
}

const char *settings_create_key(const struct settings *s, const struct relay_name *relay)
{
    return is_same(&s->create_at, relay) ? s->create_key : "";
}

static int pin_find(const struct settings *s, const struct relay_name *relay)
{
    for (int i = 0; i < s->n_pins; i++)
        if (is_same(&s->pins[i], relay))
            return i;
    return -1;
}

const uint8_t *settings_pin(const struct settings *s, const struct relay_name *relay)
{
    int i = pin_find(s, relay);
    return i < 0 ? NULL : s->pins[i].pin;
}

bool settings_remember(struct settings *s, const struct relay_name *relay)
{
    int i = pin_find(s, relay);
    if (i >= 0 && memcmp(s->pins[i].pin, relay->pin, sizeof relay->pin) == 0)
        return false;
    if (i < 0 && s->n_pins == SETTINGS_PINS) {
        memmove(&s->pins[0], &s->pins[1], (SETTINGS_PINS - 1) * sizeof s->pins[0]);
        s->n_pins--;
    }
    if (i < 0)
        i = s->n_pins++;
    s->pins[i] = *relay;
    return true;
}
