/* The settings window and the password window: see prefs.h. Run by the broker. */
#include "broker/prefs.h"
#include "broker/app.h"
#include "broker/looks.h"
#include "broker/share.h"
#include "lib/text.h"
#include <stdio.h>
#include <string.h>

/* Where the rules say whom an organizer may admit, somebody has to be asked: a password alone says
   nothing of who has it. */
static bool may_open(const struct app *a)
{
    return a->conf.waiting_room_may_be_off && a->conf.admission == CONF_ANYONE;
}

bool prefs_lobby(const struct app *a)
{
    return a->settings.waiting_room || !may_open(a);
}

static bool may_lack(const struct app *a)
{
    return !a->conf.password_required;
}

/* --- settings */

static void fill(struct app *a)
{
    const struct settings *s = &a->settings;
    a->model.settings = (struct ui_settings){
        .password =
            (uint8_t)(s->password == SETTINGS_NO_PASSWORD && !may_lack(a) ? 0 : s->password),
        .language = (uint8_t)s->language,
        .theme = (uint8_t)s->theme,
        .waiting_room = prefs_lobby(a),
        .sound = s->sound,
        .still = s->reduced_motion,
        .ctrl_esc = s->ctrl_esc,
        .may_open = may_open(a),
        .may_lack = may_lack(a),
        .changing = a->session.phase == PHASE_HOST,
    };
    a->model.wrong = 0;
    a->model.password_minimum =
        (uint32_t)(a->conf.password_minimum > MIN_PASSWORD ? a->conf.password_minimum
                                                           : MIN_PASSWORD);
}

void prefs_open(struct app *a)
{
    char relay[INVITE_RELAY] = "", never[NEVER_TEXT];
    fill(a);
    if (a->settings.has_relay)
        invite_format_relay(&a->settings.relay, relay);
    windows_side(a->windows, UI_SETTINGS);
    windows_set_text(a->windows, UI_SETTINGS, UI_SETTINGS_YOUR_NAME, a->my_name);
    windows_set_text(a->windows, UI_SETTINGS, UI_SETTINGS_RELAY, relay);
    never_format(&a->settings.never_share, never);
    a->never_fits = windows_set_text(a->windows, UI_SETTINGS, UI_SETTINGS_NEVER, never);
}

static bool take_relay(struct app *a, struct settings *s)
{
    const char *text = windows_text(a->windows, UI_SETTINGS, UI_SETTINGS_RELAY);
    s->has_relay = *text != '\0';
    return !s->has_relay || invite_parse_relay(text, &s->relay);
}

static bool take_name(struct app *a, struct settings *s)
{
    const char *name = windows_text(a->windows, UI_SETTINGS, UI_SETTINGS_YOUR_NAME);
    if (name[strspn(name, " ")] == '\0' || prefs_name_misleads(name))
        return false;
    snprintf(s->name, sizeof s->name, "%s", name);
    return true;
}

/* A list too long for the field is one that was written into the file: it stays. */
static bool take_never(struct app *a, struct settings *s)
{
    const char *text = windows_text(a->windows, UI_SETTINGS, UI_SETTINGS_NEVER);
    return (!a->never_fits && *text == '\0') || never_parse(text, &s->never_share);
}

static void apply_never(struct app *a)
{
    windows_never(a->windows, &a->conf.never_share, &a->settings.never_share);
    share_mask_again(a);
}

static void take_choices(struct settings *s, const struct ui_settings *u)
{
    s->password = u->password;
    s->language = u->language;
    s->theme = u->theme;
    s->sound = u->sound;
    s->reduced_motion = u->still;
    s->ctrl_esc = u->ctrl_esc;
    if (u->may_open)
        s->waiting_room = u->waiting_room;
}

/* --- into their file */

static void kept(void *ctx, const char *error)
{
    struct app *a = ctx;
    if (error)
        fprintf(stderr, "vitrine: %s\n", error);
    if (a->save_pressed)
        windows_toast(a->windows, error ? UI_TOAST_UNSAVED : UI_TOAST_SAVED, "");
    a->save_pressed = false;
    app_settled(a);
}

void prefs_init(struct app *a)
{
    settings_keep_init(&a->settings_keep, &a->settings, &a->loop, &a->launcher, kept, a);
}

void prefs_keep(struct app *a)
{
    settings_keep_start(&a->settings_keep);
}

void prefs_save(struct app *a)
{
    static struct settings next;
    struct ui_settings chosen;
    next = a->settings;
    if (!windows_settings(a->windows, &chosen))
        return;
    a->model.wrong = (uint8_t)((take_name(a, &next) ? 0 : UI_WRONG_NAME) |
                               (take_relay(a, &next) ? 0 : UI_WRONG_RELAY) |
                               (take_never(a, &next) ? 0 : UI_WRONG_NEVER));
    if (a->model.wrong) {
        windows_update(a->windows);
        return;
    }
    take_choices(&next, &chosen);
    bool others = memcmp(&a->settings.never_share, &next.never_share, sizeof next.never_share);
    a->settings = next;
    if (others)
        apply_never(a);
    snprintf(a->my_name, sizeof a->my_name, "%s", next.name);
    windows_set_text(a->windows, UI_HOME, UI_HOME_YOUR_NAME, a->my_name);
    looks_apply(&a->model, &a->settings, &a->display.desktop, looks_locale());
    windows_side_close(a->windows);
    windows_update(a->windows);
    a->save_pressed = true;
    prefs_keep(a);
}

/* --- password */

void prefs_ask_password(struct app *a)
{
    fill(a);
    if (a->model.settings.changing)
        a->model.settings.password = UI_PASSWORD_NEW;
    windows_side(a->windows, UI_NEW_PASSWORD);
}

bool prefs_password_known(const struct app *a)
{
    bool fixed = a->options->no_password || a->options->password_file;
    return a->chosen.made || fixed || a->settings.password != SETTINGS_OWN_PASSWORD;
}

static bool take_own(struct app *a)
{
    const char *text = windows_text(a->windows, UI_NEW_PASSWORD, UI_NEW_PASSWORD_PASSWORD);
    bool good = words_canonical(text, strlen(text), &a->chosen.password) &&
                a->chosen.password.len >= (size_t)a->conf.password_minimum;
    if (!good) {
        words_wipe(&a->chosen.password);
        a->model.wrong = UI_WRONG_PASSWORD;
        windows_update(a->windows);
    }
    return good;
}

bool prefs_set_password(struct app *a, unsigned kind)
{
    bool begins = a->session.phase == PHASE_HOME || a->session.phase == PHASE_OVER;
    if (kind == UI_PASSWORD_NONE && (!begins || !may_lack(a)))
        return false;
    if (kind == UI_PASSWORD_OWN && !take_own(a))
        return false;
    a->chosen.made = true;
    a->chosen.kind = (uint8_t)kind;
    windows_side_close(a->windows);
    if (!begins)
        app_event_kind(a, EV_NEW_PASSWORD);
    return begins;
}

/* --- names */

/* Letters that are drawn like these: the owner's own name is judged here, so that nobody takes one
   by mistake; what others call themselves is judged by the painter (render/name.h). */
static void plain(char out[MAX_NAME + 1], const char *name)
{
    size_t n = 0;
    for (; *name && n < MAX_NAME; name++) {
        char c = *name;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c == '1' || c == '|')
            c = 'i';
        if (c == '0')
            c = 'o';
        if (c != ' ' && c != '-' && c != '_' && c != '.')
            out[n++] = c;
    }
    out[n] = '\0';
}

bool prefs_name_misleads(const char *name)
{
    char text[MAX_NAME + 1];
    plain(text, name);
    return strstr(text, "vitrine") != NULL || strcmp(text, "you") == 0 || strcmp(text, "sie") == 0;
}
