/* What the windows say that ask nothing: see say.h. Pure. */
#include "lib/fail.h"
#include "lib/text.h"
#include "lib/ui/say_parts.h"
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------------- before a session */
void say_home(const struct say *s)
{
    say(s, UI_STR_HOME_TITLE);
    say(s, UI_STR_HOME_HOST_TITLE);
    say(s, UI_STR_HOME_HOST_TEXT);
    say(s, UI_STR_HOME_JOIN_TITLE);
    say(s, UI_STR_HOME_JOIN_TEXT);
    say_hint(s, UI_SLOT_FIELD_NUMBER, UI_STR_HOME_NUMBER_HINT);
    say(s, UI_STR_HOME_SCAM);
    say(s, UI_STR_FOOT_NOBODY);
}

static uint16_t look_of(const struct say *s, uint8_t control)
{
    for (unsigned i = 0; i < s->m->n_controls; i++)
        if (s->m->controls[i].control == control)
            return s->m->controls[i].look;
    return 0;
}

void say_join(const struct say *s)
{
    bool wrong = look_of(s, UI_JOIN_PASSWORD) & UI_LOOK_ERROR;
    say_digits_of(s, UI_STR_JOIN_TITLE, UI_SLOT_SID);
    say(s, wrong ? UI_STR_JOIN_WRONG : UI_STR_JOIN_HINT);
    if (wrong && say_told(s, UI_SLOT_TRIES_LEFT))
        say_with(s, UI_STR_JOIN_TRIES, (struct ui_args){.n = say_number(s, UI_SLOT_TRIES_LEFT)});
    say(s, UI_STR_FOOT_NOBODY);
    if (wrong)
        say_code(s, ui_error_get(UI_ERROR_J_PASS)->code);
}

void say_connecting(const struct say *s)
{
    bool waits = s->m->variant == UI_CONNECTING_WAIT;
    say(s, waits ? UI_STR_WAIT_ADMIT : UI_STR_WAIT_DIAL);
    say(s, waits ? UI_STR_WAIT_ADMIT_TEXT : UI_STR_WAIT_DIAL_TEXT);
    if (waits && say_has(s, UI_SLOT_NAME)) {
        say(s, UI_STR_WAIT_ADMIT_NAME);
        say_name_of(s, UI_SLOT_NAME);
    }
    say(s, UI_STR_FOOT_NOBODY);
}

void say_settings(const struct say *s)
{
    uint16_t name = look_of(s, UI_SETTINGS_YOUR_NAME), relay = look_of(s, UI_SETTINGS_RELAY);
    say(s, UI_STR_SET_TITLE);
    say(s, name & UI_LOOK_ERROR    ? UI_STR_SET_NAME_WRONG
           : relay & UI_LOOK_ERROR ? UI_STR_SET_RELAY_WRONG
                                   : UI_STR_SET_RELAY_HINT);
    say_hint(s, UI_SLOT_FIELD_NEVER, UI_STR_SET_NEVER_HINT);
    say(s, UI_STR_FOOT_NOBODY);
}

void say_new_password(const struct say *s)
{
    say(s, UI_STR_PASSWORD_TITLE);
    if (look_of(s, UI_NEW_PASSWORD_OWN) & UI_LOOK_CHOSEN)
        say_with(s, UI_STR_PASSWORD_OWN_TEXT,
                 (struct ui_args){.n = say_number(s, UI_SLOT_TRIES_LEFT)});
    else
        say(s, look_of(s, UI_NEW_PASSWORD_NONE) & UI_LOOK_CHOSEN ? UI_STR_PASSWORD_NONE_TEXT
                                                                 : UI_STR_PASSWORD_NEW_TEXT);
    if (say_number(s, UI_SLOT_HOSTED))
        say(s, UI_STR_PASSWORD_OLD);
    say_state(s);
}

/* --------------------------------------------------------------------------- a session of ours */
static const struct ui_row *first_waiting(const struct say *s)
{
    for (unsigned i = 0; i < s->m->n_rows; i++)
        if (s->m->rows[i].kind == 0)
            return &s->m->rows[i];
    return NULL;
}

static void say_newcomer(const struct say *s)
{
    const struct ui_row *r = first_waiting(s);
    char name[257];
    if (!r) {
        say(s, ui_waiting_none(say_number(s, UI_SLOT_DOOR)));
        return;
    }
    say_count(s, say_number(s, UI_SLOT_WAITING));
    say_name(s, say_copy(name, r->name));
    if (r->badges & UI_BADGE_SAME_NAME)
        say(s, UI_STR_BADGE_SAME);
}

/* The password is told once, with the session (events.h). */
void say_host(const struct say *s)
{
    struct ui_args people = {.n = say_number(s, UI_SLOT_PEOPLE),
                             .m = say_number(s, UI_SLOT_VERIFIED)};
    char digits[257], shown[32];
    ui_number(say_words(s, UI_SLOT_SID, digits), shown);
    say(s, UI_STR_HOST_TITLE);
    say(s, UI_STR_HOST_NUMBER);
    if (shown[0])
        say_text(s, shown);
    else
        say(s, UI_STR_HOST_NUMBER_WAIT);
    say(s, UI_STR_HOST_PASSWORD);
    if (!say_has(s, UI_SLOT_PASSWORD))
        say(s, UI_STR_HOST_PASSWORD_NONE);
    say(s, UI_STR_HOST_HINT);
    say(s, UI_STR_HOST_AES);
    say_with(s, people.n ? UI_STR_HOST_VERIFIED : UI_STR_HOST_ALONE, people);
    if (say_number(s, UI_SLOT_WRONG))
        say_with(s, UI_STR_HOST_WRONG, (struct ui_args){.n = say_number(s, UI_SLOT_WRONG)});
    else
        say(s, UI_STR_HOST_KEYS);
    say(s, UI_STR_HOST_WAITING);
    say_newcomer(s);
    say(s, UI_STR_HOST_MEMBERS);
    say_count(s, people.n + 1);
    say_state(s);
}

void say_people(const struct say *s)
{
    say(s, UI_STR_PEOPLE_TITLE);
    say_hint(s, UI_SLOT_FIELD_SEARCH, UI_STR_PEOPLE_HINT);
    say_range(s);
    if (s->m->n_rows == 0)
        say(s, UI_STR_PEOPLE_NONE);
    say_state(s);
}

static void say_writer(const struct say *s, const struct ui_row *r)
{
    char name[257];
    if (r->badges & UI_BADGE_YOU)
        say(s, UI_STR_HOST_YOU);
    else
        say_name(s, say_copy(name, r->name));
}

static void say_line(const struct say *s, unsigned row)
{
    enum ui_slot slot = (enum ui_slot)(UI_SLOT_CHAT_0 + row);
    uint32_t how = say_number(s, slot);
    char words[257], quoted[257 + 8];
    if (how & UI_CHAT_BEGINS)
        say_writer(s, &s->m->rows[row]);
    if (how & UI_CHAT_MISSED)
        say(s, UI_STR_CHAT_MISSED);
    text_quote(quoted, sizeof quoted, say_words(s, slot, words));
    say_text(s, quoted);
    explicit_bzero(words, sizeof words);
    explicit_bzero(quoted, sizeof quoted);
}

/* What was written is for those in the session, and read out only where its reader wants it. */
void say_chat(const struct say *s)
{
    say(s, UI_STR_CHAT_TITLE);
    for (unsigned row = 0; s->chat && row < s->m->n_rows; row++)
        say_line(s, row);
    if (s->m->n_rows == 0)
        say(s, UI_STR_CHAT_NONE);
    say(s, UI_STR_CHAT_NOTE);
    say_hint(s, UI_SLOT_FIELD_CHAT, UI_STR_CHAT_HINT);
    say_state(s);
}

/* ---------------------------------------------------------------------------- bars and viewers */
void say_sharing_bar(const struct say *s)
{
    static const enum ui_string what[] = {UI_STR_BAR_SHARE, UI_STR_BAR_SHARE_ONE,
                                          UI_STR_BAR_SHARE_PART};
    uint32_t which = say_number(s, UI_SLOT_WHAT), people = say_number(s, UI_SLOT_PEOPLE);
    uint32_t seconds = say_number(s, UI_SLOT_SECONDS);
    char time[16];
    ui_time(seconds, time);
    switch (s->m->variant) {
    case UI_BAR_PAUSED:
        say(s, UI_STR_BAR_PAUSED);
        say_with(s, UI_STR_BAR_WAITING, (struct ui_args){.n = people});
        break;
    case UI_BAR_STILL:
        say(s, UI_STR_BAR_STILL);
        if (say_number(s, UI_SLOT_UNLIKE))
            say(s, UI_STR_BAR_STILL_UNLIKE);
        else
            say_running(s, UI_STR_BAR_STILL_TEXT, (struct ui_args){.n = seconds});
        break;
    default:
        say(s, what[which < 3 ? which : 0]);
        say_running(s, UI_STR_BAR_PEOPLE, (struct ui_args){.n = people, .s = time});
    }
}

void say_control_bar(const struct say *s)
{
    char time[16];
    ui_time(say_number(s, UI_SLOT_SECONDS), time);
    say_name_of(s, UI_SLOT_NAME);
    say(s, UI_STR_BAR_CONTROL);
    if (say_number(s, UI_SLOT_HELD))
        say(s, UI_STR_BAR_CONTROL_HELD);
    else
        say_running(s, UI_STR_BAR_CONTROL_LEFT, (struct ui_args){.s = time});
}

void say_toast(const struct say *s)
{
    uint32_t people = say_number(s, UI_SLOT_PEOPLE);
    struct ui_two_lines t =
        ui_toast_lines(say_number(s, UI_SLOT_TOAST), say_number(s, UI_SLOT_SHARING), people);
    if (t.title == UI_STR_NONE)
        say_name_of(s, UI_SLOT_NAME);
    else
        say_with(s, t.title, (struct ui_args){.n = people});
    say(s, t.text);
}

static struct ui_two_lines empty(const struct say *s)
{
    return ui_viewer_empty(say_number(s, UI_SLOT_SHARING), say_number(s, UI_SLOT_INCOMPLETE));
}

static bool is_blank(const struct say *s)
{
    return ui_viewer_blank(s->m->variant, say_has(s, UI_SLOT_NAME));
}

static void say_shown(const struct say *s)
{
    static const enum ui_string what[] = {UI_STR_VIEW_SHOWING, UI_STR_VIEW_SHOWING_ONE,
                                          UI_STR_VIEW_SHOWING_PART, UI_STR_VIEW_SHOWING_UNKNOWN};
    uint32_t shown = say_number(s, UI_SLOT_WHAT);
    if (is_blank(s)) {
        say(s, empty(s).title);
        return;
    }
    say_name_of(s, UI_SLOT_NAME);
    say(s, what[shown < 3 ? shown : 3]);
}

static void say_quality(const struct say *s)
{
    uint32_t ms = say_number(s, UI_SLOT_QUALITY);
    if (s->m->variant == UI_VIEWER_STALE)
        say(s, UI_STR_VIEW_NONE);
    else if (say_told(s, UI_SLOT_QUALITY))
        say_running(s,
                    ms < 100   ? UI_STR_VIEW_GOOD
                    : ms < 250 ? UI_STR_VIEW_FAIR
                               : UI_STR_VIEW_POOR,
                    (struct ui_args){.n = ms});
}

static void say_note(const struct say *s)
{
    uint32_t attempt = say_number(s, UI_SLOT_ATTEMPT);
    switch (s->m->variant) {
    case UI_VIEWER_PAUSED:
        say(s, UI_STR_VIEW_PAUSED);
        say(s, UI_STR_VIEW_PAUSED_TEXT);
        break;
    case UI_VIEWER_STALE:
        say(s, UI_STR_VIEW_STALE);
        if (is_blank(s))
            say(s, UI_STR_VIEW_STALE_NOTHING);
        else
            say_running(s, UI_STR_VIEW_STALE_TEXT,
                        (struct ui_args){.n = say_number(s, UI_SLOT_SECONDS)});
        if (attempt)
            say_with(s, UI_STR_VIEW_ATTEMPT, (struct ui_args){.n = attempt});
        break;
    case UI_VIEWER_EMPTY:
        say(s, UI_STR_VIEW_EMPTY);
        say(s, empty(s).text);
        break;
    default:
        break;
    }
}

/* In full screen only the note lies above the picture. */
void say_viewer(const struct say *s)
{
    if (say_number(s, UI_SLOT_MODE) == 2) {
        say_note(s);
        return;
    }
    say_shown(s);
    say(s, ui_hands_now(say_number(s, UI_SLOT_SHARING), say_number(s, UI_SLOT_MINE),
                        say_number(s, UI_SLOT_HELD)));
    say_quality(s);
    say_note(s);
    say(s, s->m->variant == UI_VIEWER_STALE      ? UI_STR_VIEW_FOOT_STALE
           : say_number(s, UI_SLOT_VERIFIED) > 0 ? UI_STR_VIEW_FOOT_VERIFIED
                                                 : UI_STR_VIEW_FOOT);
    if (say_number(s, UI_SLOT_SKIPPED))
        say_running(s, UI_STR_VIEW_SKIPPED, (struct ui_args){.n = say_number(s, UI_SLOT_SKIPPED)});
    if (say_has(s, UI_SLOT_SID))
        say_digits_of(s, UI_STR_FOOT_SESSION, UI_SLOT_SID);
}

void say_mirror(const struct say *s)
{
    say(s, UI_STR_MIRROR_TITLE);
    say(s, say_number(s, UI_SLOT_SHARING) == 2 ? UI_STR_MIRROR_PAUSED : UI_STR_MIRROR_LIVE);
}

/* ------------------------------------------------------------------------------- afterwards */
static void say_lasted(const struct say *s, enum ui_string what)
{
    say_with(s, what, (struct ui_args){.n = say_number(s, UI_SLOT_SECONDS) / 60});
    if (what == UI_STR_ENDED_FOOT_NAME)
        say_name_of(s, UI_SLOT_END_WHO);
}

void say_ended(const struct say *s)
{
    bool cut = say_number(s, UI_SLOT_END_HOW) == 1, hosted = say_number(s, UI_SLOT_HOSTED);
    uint32_t who = say_number(s, UI_SLOT_END_WHO);
    char place[257];
    say(s, ui_ended_title(cut, hosted, who));
    say(s, cut ? UI_STR_ENDED_CUT : UI_STR_ENDED_KEPT);
    say(s, UI_STR_ENDED_NOBODY);
    say(s, UI_STR_ENDED_HANDS);
    if (say_number(s, UI_SLOT_END_HOW) == 0 && (hosted || who == END_WHY_ORGANIZER))
        say(s, UI_STR_ENDED_NUMBER);
    if (say_has(s, UI_SLOT_LOG))
        say_with(s, UI_STR_ENDED_LOG, (struct ui_args){.s = say_words(s, UI_SLOT_LOG, place)});
    if (say_told(s, UI_SLOT_SECONDS))
        say_lasted(s, ui_ended_foot(cut, who, say_has(s, UI_SLOT_END_WHO)));
    else
        say(s, UI_STR_FOOT_NOBODY);
}

void say_error(const struct say *s)
{
    const struct ui_error_row *e = ui_error_get(say_number(s, UI_SLOT_ERROR));
    char detail[257];
    if (!e)
        e = ui_error_get(UI_ERROR_R_NET);
    struct ui_two_lines lines =
        ui_error_lines(e, say_number(s, UI_SLOT_VERSIONS), say_number(s, UI_SLOT_LATER));
    say(s, e->title);
    if (lines.title != UI_STR_NONE)
        say_digits_of(s, lines.title, UI_SLOT_SID);
    if (say_number(s, UI_SLOT_DETAIL)) {
        say(s, UI_STR_ERROR_DETAILS);
        say_text(s, say_words(s, UI_SLOT_DETAIL, detail));
    } else {
        if (lines.text != UI_STR_NONE)
            say(s, UI_STR_ERROR_MEANS);
        else if (e->todo != UI_STR_NONE)
            say(s, UI_STR_ERROR_TODO);
        if (lines.text != UI_STR_NONE)
            say_with(s, lines.text,
                     (struct ui_args){.n = say_number(s, UI_SLOT_HERE),
                                      .m = say_number(s, UI_SLOT_THERE)});
        say(s, e->todo);
    }
    say(s, UI_STR_FOOT_NOBODY);
    say_code(s, e->code);
}

static const enum ui_string heads[] = {UI_STR_DOCTOR_SCREEN, UI_STR_DOCTOR_HANDS, UI_STR_DOCTOR_NET,
                                       UI_STR_DOCTOR_FILES};

/* A row of the table is one text: what stands in a column is told with the column's head. */
static void say_part(const struct say *s, uint32_t row)
{
    struct ui_two_lines part = ui_doctor_lines(row & 0xff);
    unsigned language = s->m->language;
    char text[512];
    if (part.title == UI_STR_NONE)
        return;
    int n = snprintf(
        text, sizeof text, "%s (%s): %s", ui_string_text(part.title, language, 0),
        ui_string_text(part.text, language, 0),
        ui_string_text(row & 0x100 ? UI_STR_DOCTOR_RUNNING : UI_STR_DOCTOR_STOPPED, language, 0));
    for (unsigned i = 0; i < 4 && n > 0 && (size_t)n < sizeof text; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "; %s: %s",
                      ui_string_text(heads[i], language, 0),
                      ui_string_text(ui_holds_word(row >> (16 + 2 * i) & 3), language, 0));
    say_text(s, text);
}

static void say_now(const struct say *s)
{
    bool control = say_number(s, UI_SLOT_CONTROLS);
    if (control)
        say_name_of(s, UI_SLOT_NAME);
    say(s, ui_doctor_now(control, say_number(s, UI_SLOT_DOCTOR_ALL)));
}

void say_doctor(const struct say *s)
{
    bool read = say_number(s, UI_SLOT_SHARING) == 1;
    char checked[257];
    say(s, UI_STR_DOCTOR_TITLE);
    say_with(s, read ? UI_STR_DOCTOR_READ : UI_STR_DOCTOR_UNREAD,
             (struct ui_args){.n = say_number(s, UI_SLOT_PEOPLE)});
    if (say_number(s, UI_SLOT_DOCTOR_0))
        say_now(s);
    say(s, UI_STR_DOCTOR_PART);
    say(s, UI_STR_DOCTOR_NOW);
    for (unsigned i = 0; i < sizeof heads / sizeof *heads; i++)
        say(s, heads[i]);
    for (unsigned i = UI_SLOT_DOCTOR_0; i <= UI_SLOT_DOCTOR_9; i++)
        if (say_number(s, (enum ui_slot)i))
            say_part(s, say_number(s, (enum ui_slot)i));
    say(s, UI_STR_DOCTOR_KEYS);
    say(s, UI_STR_DOCTOR_FOOT);
    if (say_has(s, UI_SLOT_CHECKED))
        say_with(s, UI_STR_DOCTOR_CHECKED,
                 (struct ui_args){.s = say_words(s, UI_SLOT_CHECKED, checked)});
}
