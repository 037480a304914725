/* Words that windows have for numbers: see say.h. Broker and painter. */
#include "lib/fail.h"
#include "lib/text.h"
#include "lib/ui/layout.h"
#include "lib/ui/say.h"
#include "lib/ui/strings.h"
#include "lib/worker.h"
#include <stdio.h>
#include <string.h>

uint32_t ui_everybody(enum ui_window window, uint32_t people)
{
    return window == UI_HOST_PANEL ? people + 1 : people; /* there we are one of them */
}

void ui_say_name(char *out, size_t cap, const char *name, unsigned language)
{
    if (text_quote(out, cap, name) == TEXT_QUOTES)
        snprintf(out, cap, "%s", ui_string_text(UI_STR_NAME_NONE, language, 0));
}

struct badge {
    bool yes;
    enum ui_string text;
};

void ui_say_badges(char *out, size_t cap, uint16_t b, bool waiting, unsigned language)
{
    const bool in = !waiting && !(b & UI_BADGE_YOU), sure = b & UI_BADGE_CERTIFIED;
    const bool match = b & UI_BADGE_WORDS_MATCH;
    const struct badge all[] = {{waiting, UI_STR_BADGE_WAITING},
                                {b & UI_BADGE_SAME_NAME, UI_STR_BADGE_SAME},
                                {b & UI_BADGE_CONTROL, UI_STR_BADGE_CONTROL},
                                {b & UI_BADGE_ORGANIZER, UI_STR_BADGE_ORGANIZER},
                                {b & UI_BADGE_PRESENTER, UI_STR_BADGE_PRESENTER},
                                {in && sure, UI_STR_BADGE_CERTIFIED},
                                {in && !sure && match, UI_STR_BADGE_MATCH},
                                {in && !sure && !match, UI_STR_BADGE_UNCHECKED}};
    size_t n = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < sizeof all / sizeof *all && n < cap; i++)
        if (all[i].yes)
            n += (size_t)snprintf(out + n, cap - n, "%s%s", n ? ", " : "",
                                  ui_string_text(all[i].text, language, 0));
}

enum ui_string ui_group_of(enum ui_window window, uint8_t control)
{
    switch (window) {
    case UI_CONSENT_SHARE:
        return UI_STR_SHARE_WHAT;
    case UI_CONSENT_CONTROL:
        return UI_STR_CONTROL_TIME;
    case UI_NEW_PASSWORD:
        return UI_STR_PASSWORD_TITLE;
    case UI_SETTINGS:
        return control <= UI_SETTINGS_PW_NONE   ? UI_STR_SET_PASSWORD
               : control <= UI_SETTINGS_LANG_DE ? UI_STR_SET_LANGUAGE
                                                : UI_STR_SET_THEME;
    default:
        return UI_STR_NONE;
    }
}

void ui_number(const char *digits, char out[32])
{
    if (strlen(digits) == 9 && strspn(digits, "0123456789") == 9)
        snprintf(out, 32, "%.3s %.3s %.3s", digits, digits + 3, digits + 6);
    else
        snprintf(out, 32, "%.31s", digits);
}

void ui_time(uint32_t seconds, char out[16])
{
    unsigned h = seconds / 3600 % 10000, m = seconds / 60 % 60, s = seconds % 60;

    if (h > 0)
        snprintf(out, 16, "%u:%02u:%02u", h, m, s);
    else
        snprintf(out, 16, "%02u:%02u", m, s);
}

static const struct ui_two_lines toasts[] = {
    [UI_TOAST_LEFT] = {UI_STR_NONE, UI_STR_TOAST_LEFT},
    [UI_TOAST_STOPPED] = {UI_STR_TOAST_STOPPED, UI_STR_TOAST_STOPPED_TEXT},
    [UI_TOAST_LOCKED] = {UI_STR_TOAST_LOCKED, UI_STR_TOAST_LOCKED_TEXT},
    [UI_TOAST_COPIED] = {UI_STR_TOAST_COPIED, UI_STR_TOAST_COPIED_TEXT},
    [UI_TOAST_PASSWORD] = {UI_STR_TOAST_PASSWORD, UI_STR_TOAST_PASSWORD_TEXT},
    [UI_TOAST_WORKER] = {UI_STR_TOAST_WORKER, UI_STR_TOAST_WORKER_TEXT},
    [UI_TOAST_CONTROL_ENDED] = {UI_STR_TOAST_CONTROL, UI_STR_TOAST_CONTROL_TEXT},
    [UI_TOAST_UNLOCKED] = {UI_STR_TOAST_UNLOCKED, UI_STR_TOAST_UNLOCKED_TEXT},
    [UI_TOAST_PRESENTING] = {UI_STR_NONE, UI_STR_TOAST_PRESENTING},
    [UI_TOAST_NO_PRESENTER] = {UI_STR_NONE, UI_STR_TOAST_NO_PRESENTER},
    [UI_TOAST_HINT] = {UI_STR_TOAST_HINT, UI_STR_TOAST_HINT_TEXT},
    [UI_TOAST_SAVED] = {UI_STR_TOAST_SAVED, UI_STR_TOAST_SAVED_TEXT},
    [UI_TOAST_UNSAVED] = {UI_STR_TOAST_UNSAVED, UI_STR_TOAST_UNSAVED_TEXT},
    [UI_TOAST_CONTROL_YES] = {UI_STR_TOAST_CONTROL_YES, UI_STR_TOAST_CONTROL_YES_TEXT},
    [UI_TOAST_CONTROL_NO] = {UI_STR_TOAST_CONTROL_NO, UI_STR_TOAST_CONTROL_NO_TEXT},
    [UI_TOAST_CONTROL_LATE] = {UI_STR_TOAST_CONTROL_LATE, UI_STR_TOAST_CONTROL_LATE_TEXT},
    [UI_TOAST_CONTROL_GONE] = {UI_STR_TOAST_CONTROL_GONE, UI_STR_TOAST_CONTROL_GONE_TEXT},
    [UI_TOAST_CHAT] = {UI_STR_NONE, UI_STR_TOAST_CHAT},
    [UI_TOAST_CHAT_LOST] = {UI_STR_TOAST_CHAT_LOST, UI_STR_TOAST_CHAT_LOST_TEXT},
    [UI_TOAST_CHAT_FAST] = {UI_STR_TOAST_CHAT_FAST, UI_STR_TOAST_CHAT_FAST_TEXT},
    [UI_TOAST_NOT_CERTIFIED] = {UI_STR_NONE, UI_STR_TOAST_NOT_CERTIFIED},
    [UI_TOAST_NOT_KEPT] = {UI_STR_NONE, UI_STR_TOAST_NOT_KEPT},
    [UI_TOAST_CONTROL_SCREEN] = {UI_STR_TOAST_CONTROL, UI_STR_TOAST_CONTROL_SCREEN},
    [UI_TOAST_CONTROL_CANNOT] = {UI_STR_TOAST_CONTROL_CANNOT, UI_STR_TOAST_CONTROL_CANNOT_TEXT},
    [UI_TOAST_CONTROL_INVITED] = {UI_STR_NONE, UI_STR_TOAST_CONTROL_INVITED},
    [UI_TOAST_RULE] = {UI_STR_TOAST_RULE, UI_STR_TOAST_RULE_TEXT},
    [UI_TOAST_MIRROR] = {UI_STR_TOAST_MIRROR, UI_STR_TOAST_MIRROR_TEXT},
    [UI_TOAST_REACH] = {UI_STR_TOAST_REACH, UI_STR_TOAST_REACH_TEXT},
    [UI_TOAST_KEYS] = {UI_STR_TOAST_KEYS, UI_STR_TOAST_KEYS_TEXT},
    [UI_TOAST_INVITED] = {UI_STR_NONE, UI_STR_TOAST_INVITED},
    [UI_TOAST_LOG_SPACE] = {UI_STR_TOAST_LOG_SPACE, UI_STR_TOAST_LOG_SPACE_TEXT},
    [UI_TOAST_LOG_LOST] = {UI_STR_TOAST_LOG_LOST, UI_STR_TOAST_LOG_LOST_TEXT},
    [UI_TOAST_LOG_NEEDED] = {UI_STR_TOAST_LOG_NEEDED, UI_STR_TOAST_LOG_NEEDED_TEXT},
    [UI_TOAST_LOG_MINE] = {UI_STR_TOAST_LOG_MINE, UI_STR_TOAST_LOG_NEEDED_TEXT},
    [UI_TOAST_LOG_DOOR] = {UI_STR_TOAST_LOG_DOOR, UI_STR_TOAST_LOG_NEEDED_TEXT},
    [UI_TOAST_LOG_AGAIN] = {UI_STR_TOAST_LOG_AGAIN, UI_STR_TOAST_LOG_AGAIN_TEXT},
    [UI_TOAST_QUESTION] = {UI_STR_TOAST_QUESTION, UI_STR_TOAST_QUESTION_TEXT},
};

enum ui_string ui_hands_now(unsigned sharing, unsigned mine, unsigned held)
{
    return sharing     ? UI_STR_VIEW_PRESENTS
           : mine != 2 ? UI_STR_VIEW_ONLY
           : held == 1 ? UI_STR_VIEW_HELD_OWNER
           : held == 3 ? UI_STR_VIEW_HELD_REACH
           : held      ? UI_STR_VIEW_HELD_QUESTION
                       : UI_STR_VIEW_CONTROL;
}

bool ui_viewer_blank(unsigned variant, bool named)
{
    return variant == UI_VIEWER_EMPTY || (variant == UI_VIEWER_STALE && !named);
}

struct ui_two_lines ui_viewer_empty(unsigned sharing, bool incomplete)
{
    static const struct ui_two_lines lines[] = {
        {UI_STR_VIEW_NOBODY, UI_STR_VIEW_EMPTY_TEXT},
        {UI_STR_VIEW_MINE, UI_STR_VIEW_MINE_TEXT},
        {UI_STR_VIEW_MINE_PAUSED, UI_STR_VIEW_MINE_PAUSED_TEXT},
        {UI_STR_VIEW_NOBODY, UI_STR_VIEW_INCOMPLETE_TEXT}};

    return lines[sharing == 1 || sharing == 2 ? sharing : incomplete ? 3 : 0];
}

/* Who joined sees the screen at once, where it is shared. */
static struct ui_two_lines joined(bool sees, uint32_t people)
{
    static const struct ui_two_lines lines[2][2] = {
        {{UI_STR_NONE, UI_STR_TOAST_JOINED}, {UI_STR_NONE, UI_STR_TOAST_JOINED_SEES}},
        {{UI_STR_TOAST_JOINED_MORE, UI_STR_TOAST_JOINED_MORE_TEXT},
         {UI_STR_TOAST_JOINED_MORE, UI_STR_TOAST_JOINED_MORE_SEES}}};

    return lines[people > 1][sees];
}

/* Of several, none is named. */
static const struct ui_two_lines several[] = {
    [UI_TOAST_NOT_CERTIFIED] = {UI_STR_TOAST_NOT_CERTIFIED_MORE,
                                UI_STR_TOAST_NOT_CERTIFIED_MORE_TEXT},
    [UI_TOAST_NOT_KEPT] = {UI_STR_TOAST_NOT_KEPT_MORE, UI_STR_TOAST_NOT_KEPT_MORE_TEXT},
};

struct ui_two_lines ui_toast_lines(unsigned toast, unsigned sharing, uint32_t people)
{
    if (toast == UI_TOAST_JOINED)
        return joined(sharing == 1, people);
    if (people > 1 && (toast == UI_TOAST_NOT_CERTIFIED || toast == UI_TOAST_NOT_KEPT))
        return several[toast];
    return toasts[toast < sizeof toasts / sizeof toasts[0] ? toast : UI_TOAST_STOPPED];
}

static const struct ui_two_lines parts[WORKER_KINDS] = {
    [WORKER_NONE] = {UI_STR_ROLE_BROKER, UI_STR_ROLE_BROKER_TEXT},
    [WORKER_GATE] = {UI_STR_ROLE_GATE, UI_STR_ROLE_GATE_TEXT},
    [WORKER_CAPTURE] = {UI_STR_ROLE_CAPTURE, UI_STR_ROLE_CAPTURE_TEXT},
    [WORKER_INPUT] = {UI_STR_ROLE_INPUT, UI_STR_ROLE_INPUT_TEXT},
    [WORKER_DIAL] = {UI_STR_ROLE_DIAL, UI_STR_ROLE_DIAL_TEXT},
    [WORKER_NET] = {UI_STR_ROLE_NET, UI_STR_ROLE_NET_TEXT},
    [WORKER_SEAL] = {UI_STR_ROLE_SEAL, UI_STR_ROLE_SEAL_TEXT},
    [WORKER_RELAY] = {UI_STR_ROLE_RELAY, UI_STR_ROLE_RELAY_TEXT},
    [WORKER_UI] = {UI_STR_ROLE_UI, UI_STR_ROLE_UI_TEXT},
    [WORKER_VIEW] = {UI_STR_ROLE_VIEW, UI_STR_ROLE_VIEW_TEXT},
    [WORKER_AUDIT] = {UI_STR_ROLE_AUDIT, UI_STR_ROLE_AUDIT_TEXT},
    [WORKER_VERIFY] = {UI_STR_ROLE_VERIFY, UI_STR_ROLE_VERIFY_TEXT},
    [WORKER_BUS] = {UI_STR_ROLE_BUS, UI_STR_ROLE_BUS_TEXT},
};

struct ui_two_lines ui_doctor_lines(unsigned kind)
{
    return kind < WORKER_KINDS ? parts[kind] : (struct ui_two_lines){UI_STR_NONE, UI_STR_NONE};
}

enum ui_string ui_ended_title(bool cut, bool hosted, unsigned who)
{
    return cut                              ? UI_STR_ENDED_TITLE_CUT
           : !hosted && who == END_WHY_SELF ? UI_STR_ENDED_TITLE_LEFT
           : !hosted && who == UI_END_AWAY  ? UI_STR_ENDED_TITLE_AWAY
                                            : UI_STR_ENDED_TITLE;
}

enum ui_string ui_ended_foot(bool cut, unsigned who, bool named)
{
    return cut                   ? UI_STR_ENDED_FOOT_CUT
           : who == UI_END_EMPTY ? UI_STR_ENDED_FOOT_EMPTY
           : who == UI_END_AWAY  ? UI_STR_ENDED_FOOT_AWAY
           : who == END_WHY_SELF ? UI_STR_ENDED_FOOT_SELF
           : named               ? UI_STR_ENDED_FOOT_NAME
                                 : UI_STR_ENDED_FOOT_HOST;
}

enum ui_string ui_error_means(const struct ui_error_row *e, unsigned versions)
{
    static const enum ui_string named[] = {[UI_VERSIONS_PROTOCOL] = UI_STR_ERROR_VERSIONS,
                                           [UI_VERSIONS_SUITE] = UI_STR_ERROR_SUITES,
                                           [UI_VERSIONS_RELAY] = UI_STR_ERROR_RELAY_VERSION};
    bool known = versions > UI_VERSIONS_NONE && versions <= UI_VERSIONS_RELAY;
    return known ? named[versions] : e->means;
}

enum ui_string ui_doctor_now(bool control, unsigned all)
{
    static const enum ui_string now[2][3] = {
        {UI_STR_DOCTOR_SOME, UI_STR_DOCTOR_ALL, UI_STR_DOCTOR_UNLOCKED},
        {UI_STR_DOCTOR_CONTROL_SOME, UI_STR_DOCTOR_CONTROL_ALL, UI_STR_DOCTOR_CONTROL_UNLOCKED}};

    return now[control][all <= UI_DOCTOR_UNLOCKED ? all : UI_DOCTOR_SOME];
}

struct ui_two_lines ui_error_lines(const struct ui_error_row *e, unsigned versions, bool later)
{
    struct ui_two_lines lines = {e->lead, ui_error_means(e, versions)};

    if (later && e->lead_later != UI_STR_NONE)
        lines.title = e->lead_later;
    if (later && e->means_later != UI_STR_NONE)
        lines.text = e->means_later;
    return lines;
}

enum ui_string ui_holds_word(unsigned holds)
{
    static const enum ui_string words[] = {UI_STR_DOCTOR_NEVER, UI_STR_DOCTOR_MAY,
                                           UI_STR_DOCTOR_TRUSTED, UI_STR_DOCTOR_UNTRIED};

    return holds < sizeof words / sizeof words[0] ? words[holds] : UI_STR_NONE;
}

enum ui_string ui_waiting_none(unsigned door)
{
    static const enum ui_string texts[] = {UI_STR_HOST_WAITING_NONE, UI_STR_HOST_WAITING_OPEN,
                                           UI_STR_HOST_WAITING_NUMBER, UI_STR_HOST_WAITING_LOCKED,
                                           UI_STR_HOST_WAITING_SHUT};

    return door < sizeof texts / sizeof texts[0] ? texts[door] : UI_STR_HOST_WAITING_NONE;
}

enum ui_string ui_admit_text(unsigned door, unsigned sharing)
{
    static const enum ui_string texts[2][4] = {
        {UI_STR_ADMIT_LATER, UI_STR_ADMIT_NOW, UI_STR_ADMIT_PAUSED, UI_STR_ADMIT_OTHER},
        {UI_STR_ADMIT_LATER_NUMBER, UI_STR_ADMIT_NOW_NUMBER, UI_STR_ADMIT_PAUSED_NUMBER,
         UI_STR_ADMIT_OTHER_NUMBER}};

    return texts[door == UI_DOOR_NUMBER][sharing & 3];
}

enum ui_string ui_present_text(unsigned sharing)
{
    return sharing == UI_SHARING_OTHER ? UI_STR_PRESENT_TEXT_OTHER
           : sharing                   ? UI_STR_PRESENT_TEXT_OURS
                                       : UI_STR_PRESENT_TEXT;
}

enum ui_string ui_share_look(unsigned sharing)
{
    return sharing == UI_SHARING_OTHER ? UI_STR_SHARE_LOOK_OTHER : UI_STR_SHARE_LOOK;
}

enum ui_string ui_share_title(unsigned also, uint32_t people)
{
    return people == 0 && also == UI_ALSO_PASSWORD ? UI_STR_SHARE_TITLE_OPEN : UI_STR_SHARE_TITLE;
}

enum ui_string ui_share_nobody(unsigned also)
{
    return also == UI_ALSO_PASSWORD ? UI_STR_SHARE_NOBODY_OPEN : UI_STR_SHARE_NOBODY;
}

enum ui_string ui_share_body(unsigned what, unsigned monitor)
{
    static const enum ui_string bodies[] = {UI_STR_SHARE_WHOLE_BODY, UI_STR_SHARE_ONE_BODY,
                                            UI_STR_SHARE_PART_BODY, UI_STR_WHY_PICK};
    static const enum ui_string monitors[] = {
        [UI_MONITOR_NONE] = UI_STR_SHARE_PART_BODY,
        [UI_MONITOR_LEFT] = UI_STR_SHARE_LEFT_BODY,
        [UI_MONITOR_MIDDLE] = UI_STR_SHARE_MIDDLE_BODY,
        [UI_MONITOR_RIGHT] = UI_STR_SHARE_RIGHT_BODY,
        [UI_MONITOR_UPPER] = UI_STR_SHARE_UPPER_BODY,
        [UI_MONITOR_LOWER] = UI_STR_SHARE_LOWER_BODY,
        [UI_MONITOR_FRAMED] = UI_STR_SHARE_FRAMED_BODY,
    };

    if (monitor > UI_MONITOR_NONE && monitor <= UI_MONITOR_FRAMED)
        return monitors[monitor];
    return bodies[what < 4 ? what : 0];
}
