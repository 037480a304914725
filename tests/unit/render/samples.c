/* Sample scenes. Test code. */
#include "tests/unit/render/samples.h"
#include "lib/fail.h"
#include "lib/worker.h"
#include "tests/unit/render/samples_parts.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void home(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "Sam");
    look(s, UI_HOME_HOST, UI_LOOK_FOCUS);
}

static void home_typing(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "Sam");
    words(s, UI_SLOT_FIELD_NUMBER, 0, "482 915");
    number(s, UI_SLOT_CARET, 7);
    look(s, UI_HOME_JOIN_NUMBER, UI_LOOK_FOCUS);
    look(s, UI_HOME_HOST, UI_LOOK_HOVER);
    look(s, UI_HOME_JOIN, UI_LOOK_PRESSED);
}

static void join(struct scene *s)
{
    words(s, UI_SLOT_SID, 0, "482915306");
    look(s, UI_JOIN_PASSWORD, UI_LOOK_FOCUS);
}

static void join_wrong(struct scene *s)
{
    words(s, UI_SLOT_SID, 0, "482915306");
    words(s, UI_SLOT_FIELD_PASSWORD, 0, "amber canal violet");
    number(s, UI_SLOT_CARET, 18);
    number(s, UI_SLOT_TRIES_LEFT, 4);
    look(s, UI_JOIN_PASSWORD, UI_LOOK_FOCUS | UI_LOOK_ERROR);
}

static void host_start(struct scene *s)
{
    words(s, UI_SLOT_SID, 0, "482915306");
    words(s, UI_SLOT_PASSWORD, 0, "amber canal violet orbit");
    look(s, UI_HOST_PANEL_COPY, UI_LOOK_FOCUS);
    for (unsigned i = UI_HOST_PANEL_REFUSE; i <= UI_HOST_PANEL_NEXT; i++)
        look(s, i, UI_LOOK_HIDDEN);
    look(s, UI_HOST_PANEL_ALL, UI_LOOK_HIDDEN);
    look(s, UI_HOST_PANEL_CHANGE_PW, UI_LOOK_HIDDEN);
    look(s, UI_HOST_PANEL_PAUSE, UI_LOOK_OFF);
    row(s, 1, UI_BADGE_YOU | UI_BADGE_ORGANIZER, "Sam");
}

/* One's own, of MAX_PASSWORD letters. */
static void host_password(struct scene *s)
{
    host_start(s);
    words(s, UI_SLOT_PASSWORD, 0,
          "Correct9Horse8Battery7Staple6/Munich-Moscow_Winnipeg+Wollongong?");
}

static void host_waiting(struct scene *s)
{
    host_start(s);
    number(s, UI_SLOT_WAITING, 1);
    look(s, UI_HOST_PANEL_REFUSE, 0);
    look(s, UI_HOST_PANEL_ADMIT, 0);
    row(s, 0, 0, "Alex (support)");
}

/* Not known yet, and none. */
static void host_dials(struct scene *s)
{
    host_start(s);
    s->words[UI_SLOT_SID][0] = '\0';
    s->words[UI_SLOT_PASSWORD][0] = '\0';
    number(s, UI_SLOT_DOOR, UI_DOOR_NUMBER);
    look(s, UI_HOST_PANEL_COPY, UI_LOOK_OFF);
    look(s, UI_HOST_PANEL_LOCK, UI_LOOK_OFF);
    look(s, UI_HOST_PANEL_SHARE, UI_LOOK_FOCUS);
}

/* The mock-up's state. */
static void host_sharing(struct scene *s)
{
    words(s, UI_SLOT_SID, 0, "482915306");
    words(s, UI_SLOT_PASSWORD, 0, "amber canal violet orbit");
    number(s, UI_SLOT_SHARING, 1);
    number(s, UI_SLOT_PEOPLE, 2);
    number(s, UI_SLOT_VERIFIED, 1);
    number(s, UI_SLOT_WAITING, 1);
    number(s, UI_SLOT_WRONG, 3);
    look(s, UI_HOST_PANEL_SHARE, UI_LOOK_FOCUS);
    look(s, UI_HOST_PANEL_ALL, UI_LOOK_HIDDEN);
    look(s, UI_HOST_PANEL_PREV, UI_LOOK_HIDDEN);
    look(s, UI_HOST_PANEL_NEXT, UI_LOOK_HIDDEN);
    look(s, UI_HOST_PANEL_WORDS, UI_LOOK_HIDDEN);
    row(s, 0, 0, "Lee");
    row(s, 1, UI_BADGE_YOU | UI_BADGE_ORGANIZER | UI_BADGE_PRESENTER, "Sam");
    row(s, 1, UI_BADGE_WORDS_MATCH, "Alex (support)");
    row(s, 1, 0, "Kim");
}

static void host_paused(struct scene *s)
{
    host_sharing(s);
    number(s, UI_SLOT_SHARING, 2);
    number(s, UI_SLOT_LOCKED, 1);
    number(s, UI_SLOT_PEOPLE, 41);
    number(s, UI_SLOT_WAITING, 12);
    look(s, UI_HOST_PANEL_ALL, 0);
    look(s, UI_HOST_PANEL_PREV, UI_LOOK_OFF);
    look(s, UI_HOST_PANEL_NEXT, 0);
    look(s, UI_HOST_PANEL_CHANGE_PW, UI_LOOK_HIDDEN);
    look(s, UI_HOST_PANEL_WORDS, 0);
}

/* What somebody was given can be taken back. */
static void host_back(struct scene *s)
{
    host_sharing(s);
    number(s, UI_SLOT_SHARING, UI_SHARING_OTHER);
    number(s, UI_SLOT_THEIRS, 1);
    number(s, UI_SLOT_CONTROLS, 1);
    number(s, UI_SLOT_PEOPLE, 1);
    look(s, UI_HOST_PANEL_PAUSE, UI_LOOK_OFF);
    s->n_rows = 1;
    row(s, 1, UI_BADGE_YOU | UI_BADGE_ORGANIZER, "Sam");
    row(s, 1, UI_BADGE_SELECTED | UI_BADGE_WORDS_MATCH | UI_BADGE_PRESENTER | UI_BADGE_CONTROL,
        "Alex (support)");
}

static void host_hostile(struct scene *s)
{
    host_sharing(s);
    s->n_rows = 0;
    row(s, 0, 0, "\u202e\u05d0\u05d1\u05d2 Admin\u202c vitrine support team of the relay");
    row(s, 1, UI_BADGE_YOU | UI_BADGE_ORGANIZER | UI_BADGE_PRESENTER, "Sam");
    row(s, 1, UI_BADGE_SAME_NAME, "محمد علي");
    row(s, 1, UI_BADGE_WORDS_MATCH, "Z\u0310\u0311\u0312\u0313\u0314\u0315\u0316algo 山田太郎");
}

static void host_alike(struct scene *s)
{
    host_sharing(s);
    s->n_rows = 0;
    row(s, 0, 0, sample_crowd[1]);
    row(s, 1, UI_BADGE_YOU | UI_BADGE_ORGANIZER | UI_BADGE_PRESENTER, "Sam");
    row(s, 1, UI_BADGE_WORDS_MATCH, sample_crowd[0]);
    sample_two_alike(s);
}

static void bar(struct scene *s)
{
    number(s, UI_SLOT_SHARING, 1);
    number(s, UI_SLOT_PEOPLE, 2);
    number(s, UI_SLOT_SECONDS, 252);
}

static void bar_window(struct scene *s)
{
    bar(s);
    number(s, UI_SLOT_WHAT, 1);
    number(s, UI_SLOT_PEOPLE, 1);
}

static void bar_part(struct scene *s)
{
    bar(s);
    number(s, UI_SLOT_WHAT, 2);
    number(s, UI_SLOT_PEOPLE, 0);
}

static void viewer(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "Sam");
    words(s, UI_SLOT_SID, 0, "482915306");
    number(s, UI_SLOT_QUALITY, 38);
    number(s, UI_SLOT_VERIFIED, 1);
    number(s, UI_SLOT_SECONDS, 12);
    number(s, UI_SLOT_ATTEMPT, 3);
    look(s, UI_VIEWER_FIT, UI_LOOK_CHOSEN);
    look(s, UI_VIEWER_MORE, UI_LOOK_HIDDEN);
}

/* Where the footer is fullest: words to compare, more time to ask for. */
static void viewer_control(struct scene *s)
{
    viewer(s);
    number(s, UI_SLOT_MINE, 2);
    number(s, UI_SLOT_SKIPPED, 1240);
    look(s, UI_VIEWER_MORE, 0);
}

/* Asked for, and the answer is still to come; of a window, one to one. */
static void viewer_asked(struct scene *s)
{
    viewer(s);
    number(s, UI_SLOT_MINE, 1);
    number(s, UI_SLOT_WHAT, 1);
    number(s, UI_SLOT_VERIFIED, 0);
    number(s, UI_SLOT_QUALITY, 180);
    number(s, UI_SLOT_UNREAD, 12);
    look(s, UI_VIEWER_ASK, UI_LOOK_OFF);
    look(s, UI_VIEWER_FIT, UI_LOOK_FOCUS);
    look(s, UI_VIEWER_ONE, UI_LOOK_CHOSEN);
}

/* Theirs goes first; of a part. */
static void viewer_held(struct scene *s)
{
    viewer_control(s);
    number(s, UI_SLOT_HELD, 1);
    number(s, UI_SLOT_WHAT, 2);
    number(s, UI_SLOT_QUALITY, 600);
    look(s, UI_VIEWER_MORE, UI_LOOK_OFF);
}

static void viewer_question(struct scene *s)
{
    viewer_control(s);
    number(s, UI_SLOT_HELD, 2);
    number(s, UI_SLOT_WHAT, 3);
}

static void viewer_reach(struct scene *s)
{
    viewer_control(s);
    number(s, UI_SLOT_HELD, 3);
}

/* Without a picture there is nothing to ask for. */
static void viewer_empty(struct scene *s)
{
    viewer(s);
    words(s, UI_SLOT_NAME, 0, "");
    number(s, UI_SLOT_SECONDS, 0);
    look(s, UI_VIEWER_ASK, UI_LOOK_OFF);
}

static void viewer_incomplete(struct scene *s)
{
    viewer_empty(s);
    number(s, UI_SLOT_INCOMPLETE, 1);
}

static void viewer_mine(struct scene *s)
{
    viewer_incomplete(s); /* of the one before: no news beside our own share */
    number(s, UI_SLOT_SHARING, 1);
}

static void viewer_mine_paused(struct scene *s)
{
    viewer_empty(s);
    number(s, UI_SLOT_SHARING, 2);
}

static void off_line(struct scene *s)
{
    look(s, UI_VIEWER_ASK, UI_LOOK_OFF);
    look(s, UI_VIEWER_CHAT, UI_LOOK_OFF);
    look(s, UI_VIEWER_WORDS, UI_LOOK_HIDDEN);
}

static void viewer_stale(struct scene *s)
{
    viewer(s);
    off_line(s);
    number(s, UI_SLOT_SKIPPED, 1);
}

static void viewer_empty_stale(struct scene *s)
{
    viewer_empty(s);
    off_line(s);
}

static void ended(struct scene *s)
{
    number(s, UI_SLOT_HOSTED, 1);
    number(s, UI_SLOT_END_WHO, END_WHY_SELF);
    number(s, UI_SLOT_SECONDS, 24 * 60 + 5);
    look(s, UI_ENDED_CLOSE2, UI_LOOK_FOCUS);
}

static void ended_log(struct scene *s)
{
    ended(s);
    words(s, UI_SLOT_LOG, 0, "~/.local/state/vitrine/audit.log");
}

static void ended_empty(struct scene *s)
{
    ended(s);
    number(s, UI_SLOT_END_WHO, UI_END_EMPTY);
}

static void ended_by(struct scene *s)
{
    ended(s);
    number(s, UI_SLOT_HOSTED, 0);
    words(s, UI_SLOT_END_WHO, END_WHY_ORGANIZER, "Ada Lindqvist of the help desk");
}

static void ended_left(struct scene *s)
{
    ended(s);
    number(s, UI_SLOT_HOSTED, 0);
}

static void ended_cut(struct scene *s)
{
    ended_left(s);
    number(s, UI_SLOT_END_HOW, 1);
    number(s, UI_SLOT_SECONDS, 30);
}

static void error_cert(struct scene *s)
{
    number(s, UI_SLOT_ERROR, UI_ERROR_R_CERT);
    words(s, UI_SLOT_DETAIL, 0, "TLS alert 42 from relay.example.org:7443");
    look(s, UI_ERROR_BACK, UI_LOOK_FOCUS);
    look(s, UI_ERROR_COPY, UI_LOOK_HIDDEN);
}

static void error_none(struct scene *s)
{
    number(s, UI_SLOT_ERROR, UI_ERROR_J_NONE);
    words(s, UI_SLOT_SID, 0, "482915306");
    look(s, UI_ERROR_RETRY, UI_LOOK_FOCUS);
    look(s, UI_ERROR_COPY, UI_LOOK_HIDDEN);
}

static void error_details(struct scene *s)
{
    number(s, UI_SLOT_ERROR, UI_ERROR_R_NET);
    words(s, UI_SLOT_DETAIL, 1,
          "connect relay.example.org:7443: Connection refused (111), after 3 of 3 addresses; last "
          "answer 14:02:31; the name was looked up in 12 ms");
    look(s, UI_ERROR_RETRY, UI_LOOK_FOCUS);
}

static void error_box(struct scene *s)
{
    number(s, UI_SLOT_ERROR, UI_ERROR_S_BOX);
    look(s, UI_ERROR_CLOSE2, UI_LOOK_FOCUS);
    look(s, UI_ERROR_COPY, UI_LOOK_HIDDEN);
}

static void error_old(struct scene *s)
{
    number(s, UI_SLOT_ERROR, UI_ERROR_V_OLD);
    number(s, UI_SLOT_VERSIONS, UI_VERSIONS_PROTOCOL);
    number(s, UI_SLOT_HERE, 1);
    number(s, UI_SLOT_THERE, 2);
    look(s, UI_ERROR_CLOSE2, UI_LOOK_FOCUS);
    look(s, UI_ERROR_COPY, UI_LOOK_HIDDEN);
}

static void error_wait(struct scene *s)
{
    number(s, UI_SLOT_ERROR, UI_ERROR_J_STOP);
    look(s, UI_ERROR_BACK, UI_LOOK_FOCUS);
    look(s, UI_ERROR_COPY, UI_LOOK_HIDDEN);
}

static void toast_joined(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_JOINED);
    number(s, UI_SLOT_SHARING, 1);
    words(s, UI_SLOT_NAME, 0, "Alex (support)");
}

static void toast_more(struct scene *s)
{
    toast_joined(s);
    number(s, UI_SLOT_PEOPLE, 128);
}

static void toast_kept(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_NOT_KEPT);
    words(s, UI_SLOT_NAME, 0, "Alex (support)");
    number(s, UI_SLOT_PEOPLE, 12);
}

static void toast_stopped(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_STOPPED);
}

static void toast_space(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_LOG_SPACE);
}

static void toast_lost(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_LOG_LOST);
}

static void toast_needed(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_LOG_NEEDED);
}

static void toast_mine(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_LOG_MINE);
}

static void toast_door(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_LOG_DOOR);
}

static void toast_worker(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_WORKER);
}

static void doctor(struct scene *s)
{
    const uint32_t rows[] = {
        UI_DOCTOR_ROW(WORKER_NONE, 1, 2, 2, 2, 2),  UI_DOCTOR_ROW(WORKER_UI, 1, 0, 0, 0, 0),
        UI_DOCTOR_ROW(WORKER_NET, 1, 0, 0, 1, 0),   UI_DOCTOR_ROW(WORKER_CAPTURE, 0, 1, 0, 0, 0),
        UI_DOCTOR_ROW(WORKER_INPUT, 0, 0, 1, 0, 0), UI_DOCTOR_ROW(WORKER_VIEW, 0, 0, 0, 0, 0),
        UI_DOCTOR_ROW(WORKER_SEAL, 1, 0, 0, 0, 0),  UI_DOCTOR_ROW(WORKER_GATE, 0, 1, 1, 0, 0),
        UI_DOCTOR_ROW(WORKER_RELAY, 1, 0, 0, 1, 0), UI_DOCTOR_ROW(WORKER_AUDIT, 1, 0, 0, 0, 1)};

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        number(s, UI_SLOT_DOCTOR_0 + i, rows[i]);
    number(s, UI_SLOT_DOCTOR_ALL, 1);
    words(s, UI_SLOT_CHECKED, 0, "14:02:31");
    look(s, UI_DOCTOR_CLOSE2, UI_LOOK_FOCUS);
    look(s, UI_DOCTOR_PREV, UI_LOOK_OFF);
}

/* Nothing is measured yet. */
static void doctor_begins(struct scene *s)
{
    number(s, UI_SLOT_SHARING, 0);
    look(s, UI_DOCTOR_PREV, UI_LOOK_HIDDEN);
    look(s, UI_DOCTOR_NEXT, UI_LOOK_HIDDEN);
}

static void doctor_unlocked(struct scene *s)
{
    doctor(s);
    number(s, UI_SLOT_DOCTOR_ALL, UI_DOCTOR_UNLOCKED);
}

static void doctor_control(struct scene *s)
{
    doctor(s);
    number(s, UI_SLOT_SHARING, 1);
    number(s, UI_SLOT_PEOPLE, 2);
    number(s, UI_SLOT_CONTROLS, 1);
    words(s, UI_SLOT_NAME, 0, "Alex (support) of the desk");
}

static void doctor_control_unlocked(struct scene *s)
{
    doctor_control(s);
    number(s, UI_SLOT_DOCTOR_ALL, UI_DOCTOR_UNLOCKED);
}

static void doctor_page_2(struct scene *s)
{
    doctor(s);
    number(s, UI_SLOT_PAGE, 1);
    number(s, UI_SLOT_DOCTOR_ALL, 0);
    look(s, UI_DOCTOR_PREV, 0);
    look(s, UI_DOCTOR_NEXT, UI_LOOK_OFF);
    number(s, UI_SLOT_SHARING, 1);
    number(s, UI_SLOT_PEOPLE, 2);
}

static void connecting(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "Sam");
    look(s, UI_CONNECTING_CANCEL, UI_LOOK_FOCUS);
}

static void control_bar(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "Alex (support)");
    number(s, UI_SLOT_SECONDS, 872);
}

static void control_bar_held(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "A name of somebody that is far too long for a bar");
    number(s, UI_SLOT_HELD, 1);
}

static void settings(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "Sam");
    words(s, UI_SLOT_FIELD_RELAY, 0, "relay.example.org");
    number(s, UI_SLOT_CARET, 3);
    look(s, UI_SETTINGS_YOUR_NAME, UI_LOOK_FOCUS);
    look(s, UI_SETTINGS_PW_NEW, UI_LOOK_CHOSEN);
    look(s, UI_SETTINGS_LANG_AUTO, UI_LOOK_CHOSEN);
    look(s, UI_SETTINGS_THEME_DARK, UI_LOOK_CHOSEN);
    look(s, UI_SETTINGS_WAITING, UI_LOOK_CHOSEN);
    look(s, UI_SETTINGS_SOUND, UI_LOOK_CHOSEN | UI_LOOK_HOVER);
}

static void settings_wrong(struct scene *s)
{
    settings(s);
    words(s, UI_SLOT_FIELD_RELAY, 0, "relay:port:7443");
    words(s, UI_SLOT_FIELD_NEVER, 0, "KeePassXC, VirtualBox Machine");
    look(s, UI_SETTINGS_YOUR_NAME, 0);
    look(s, UI_SETTINGS_RELAY, UI_LOOK_ERROR | UI_LOOK_FOCUS);
    number(s, UI_SLOT_CARET, 15);
    look(s, UI_SETTINGS_PW_NONE, UI_LOOK_OFF);
    look(s, UI_SETTINGS_WAITING, UI_LOOK_CHOSEN | UI_LOOK_OFF);
}

static void password_new(struct scene *s)
{
    number(s, UI_SLOT_HOSTED, 1);
    look(s, UI_NEW_PASSWORD_NEW, UI_LOOK_CHOSEN | UI_LOOK_FOCUS);
    look(s, UI_NEW_PASSWORD_NONE, UI_LOOK_OFF);
    look(s, UI_NEW_PASSWORD_PASSWORD, UI_LOOK_HIDDEN);
}

static void password_own(struct scene *s)
{
    number(s, UI_SLOT_HOSTED, 1);
    number(s, UI_SLOT_TRIES_LEFT, 8);
    words(s, UI_SLOT_FIELD_PASSWORD, 0, "correct horse");
    number(s, UI_SLOT_CARET, 13);
    look(s, UI_NEW_PASSWORD_OWN, UI_LOOK_CHOSEN);
    look(s, UI_NEW_PASSWORD_PASSWORD, UI_LOOK_FOCUS);
}

/* Changed while the screen is shown. */
static void password_sharing(struct scene *s)
{
    password_new(s);
    number(s, UI_SLOT_SHARING, 1);
    number(s, UI_SLOT_WHAT, 2);
    number(s, UI_SLOT_PEOPLE, 2);
}

static void password_none(struct scene *s)
{
    look(s, UI_NEW_PASSWORD_NONE, UI_LOOK_CHOSEN | UI_LOOK_FOCUS);
    look(s, UI_NEW_PASSWORD_PASSWORD, UI_LOOK_HIDDEN);
}

static void people(struct scene *s)
{
    number(s, UI_SLOT_SHARING, 1);
    number(s, UI_SLOT_PEOPLE, 127);
    number(s, UI_SLOT_FIRST, 8);
    number(s, UI_SLOT_FOUND, 128);
    number(s, UI_SLOT_CONTROLS, 1);
    look(s, UI_PEOPLE_WORDS, UI_LOOK_HIDDEN);
    look(s, UI_PEOPLE_ROW_2, UI_LOOK_FOCUS | UI_LOOK_CHOSEN);
    row(s, 1, UI_BADGE_YOU | UI_BADGE_ORGANIZER | UI_BADGE_PRESENTER, "Sam");
    row(s, 1, UI_BADGE_SELECTED | UI_BADGE_WORDS_MATCH | UI_BADGE_CONTROL, "Alex (support)");
    row(s, 1, 0, "Kim");
    row(s, 1, UI_BADGE_SAME_NAME, "Lee");
    row(s, 1, UI_BADGE_SAME_NAME, "Lee");
    row(s, 0, 0, "Mo");
    row(s, 1, 0, "A name that is longer than any name needs to be, honestly");
}

static void people_alike(struct scene *s)
{
    s->n_rows = 0;
    row(s, 1, UI_BADGE_YOU | UI_BADGE_ORGANIZER, "Sam");
    row(s, 1, 0, sample_crowd[0]);
    row(s, 0, 0, sample_crowd[1]);
    sample_two_alike(s);
    for (unsigned i = UI_PEOPLE_PREV; i <= UI_PEOPLE_REMOVE; i++)
        look(s, i, UI_LOOK_HIDDEN);
    look(s, UI_PEOPLE_WORDS, UI_LOOK_HIDDEN);
    look(s, UI_PEOPLE_SEARCH, UI_LOOK_FOCUS);
}

static void people_none(struct scene *s)
{
    words(s, UI_SLOT_FIELD_SEARCH, 0, "xyz");
    number(s, UI_SLOT_CARET, 3);
    look(s, UI_PEOPLE_SEARCH, UI_LOOK_FOCUS);
    for (unsigned i = UI_PEOPLE_PREV; i <= UI_PEOPLE_REMOVE; i++)
        look(s, i, UI_LOOK_HIDDEN);
    look(s, UI_PEOPLE_WORDS, UI_LOOK_HIDDEN);
}

static void chat(struct scene *s)
{
    static const char *const lines[] = {
        "Can everybody see the slides?",
        "Yes.",
        "The second one is cut at the right side, at least here, and I cannot read the ",
        "last column.",
        "Better now? \xe2\x80\x9cWider\xe2\x80\x9d is a setting.",
        "\xd8\xb4\xd9\x83\xd8\xb1\xd8\xa7",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"};
    static const char *const names[] = {"Sam",
                                        "Alex (support)",
                                        "Kim",
                                        "Kim",
                                        "Sam",
                                        "Lee",
                                        "A name that is longer than any name needs to be"};
    for (unsigned i = 0; i < 7; i++) {
        words(s, UI_SLOT_CHAT_0 + i, (i != 3 ? UI_CHAT_BEGINS : 0) | (i == 5 ? UI_CHAT_MISSED : 0),
              lines[i]);
        row(s, 1, i == 0 || i == 4 ? UI_BADGE_YOU : 0, names[i]);
    }
    words(s, UI_SLOT_FIELD_CHAT, 0, "I am at");
    number(s, UI_SLOT_CARET, 7);
    number(s, UI_SLOT_SHARING, 1);
    number(s, UI_SLOT_PEOPLE, 3);
    look(s, UI_CHAT_TEXT, UI_LOOK_FOCUS);
    look(s, UI_CHAT_NEXT, UI_LOOK_OFF);
}

static void chat_none(struct scene *s)
{
    look(s, UI_CHAT_TEXT, UI_LOOK_FOCUS);
    look(s, UI_CHAT_SEND, UI_LOOK_OFF);
    look(s, UI_CHAT_PREV, UI_LOOK_HIDDEN);
    look(s, UI_CHAT_NEXT, UI_LOOK_HIDDEN);
}

static void host_unread(struct scene *s)
{
    host_sharing(s);
    number(s, UI_SLOT_UNREAD, 3);
}

/* What others see is open. */
static void bar_see(struct scene *s)
{
    bar(s);
    look(s, UI_SHARING_BAR_SEE, UI_LOOK_CHOSEN | UI_LOOK_FOCUS);
}

static void mirror(struct scene *s)
{
    number(s, UI_SLOT_SHARING, 1);
    look(s, UI_MIRROR_CLOSE, UI_LOOK_FOCUS);
}

static void mirror_paused(struct scene *s)
{
    number(s, UI_SLOT_SHARING, 2);
}

static void bar_still(struct scene *s)
{
    bar(s);
    number(s, UI_SLOT_SECONDS, 60);
    number(s, UI_SLOT_GUARD, 1000);
}

static void toast_hint(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_HINT);
}

static void toast_keys(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_KEYS);
}

static void toast_control(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_CONTROL_ENDED);
}

/* As above, and one line more: why something is grey. */
static void why(struct scene *s, unsigned control, enum ui_string text)
{
    look(s, control, UI_LOOK_OFF);
    number(s, UI_SLOT_WHY, text);
}

static void host_why(struct scene *s)
{
    host_start(s);
    why(s, UI_HOST_PANEL_SHARE, UI_STR_WHY_LINE);
}

static void host_unlike(struct scene *s)
{
    host_sharing(s);
    number(s, UI_SLOT_WHY, UI_STR_WHY_MOMENT);
    number(s, UI_SLOT_UNLIKE, 1);
}

static void bar_still_unlike(struct scene *s)
{
    bar_still(s);
    number(s, UI_SLOT_GUARD, 0);
    number(s, UI_SLOT_UNLIKE, 1);
}

static void people_why(struct scene *s)
{
    people(s);
    number(s, UI_SLOT_CONTROLS, 0);
    s->rows[1].badges = UI_BADGE_WORDS_MATCH;
    s->rows[2].badges = UI_BADGE_SELECTED;
    look(s, UI_PEOPLE_ROW_2, 0);
    look(s, UI_PEOPLE_ROW_3, UI_LOOK_FOCUS | UI_LOOK_CHOSEN);
    look(s, UI_PEOPLE_WORDS, 0);
    why(s, UI_PEOPLE_ALLOW_CTL, UI_STR_WHY_WORDS);
}

static void chat_why(struct scene *s)
{
    chat(s);
    why(s, UI_CHAT_SEND, UI_STR_WHY_LINE);
}

static void consent_why(struct scene *s)
{
    sample_consent(s);
    why(s, UI_CONSENT_SHARE_WHOLE, UI_STR_WHY_WHOLE);
    number(s, UI_SLOT_WHAT, 3);
    number(s, UI_SLOT_GUARD, UI_GUARD_WHOLE);
    look(s, UI_CONSENT_SHARE_YES, UI_LOOK_OFF);
}

static void control_why(struct scene *s)
{
    sample_control(s);
    why(s, UI_CONSENT_CONTROL_TINF, UI_STR_WHY_LONGER);
}

static void settings_why(struct scene *s)
{
    settings(s);
    why(s, UI_SETTINGS_PW_NONE, UI_STR_WHY_RULE);
}

static void viewer_why(struct scene *s)
{
    viewer(s);
    why(s, UI_VIEWER_ASK, UI_STR_WHY_LATER);
    number(s, UI_SLOT_WAIT, 58);
}

static void home_why(struct scene *s)
{
    home(s);
    why(s, UI_HOME_JOIN, UI_STR_WHY_NO_NUMBER);
}

const struct sample samples[] = {
    {"home", UI_HOME, 0, home, 0, 0},
    {"home-typing", UI_HOME, 0, home_typing, 0, 0},
    {"join", UI_JOIN, 0, join, 0, 0},
    {"error-password", UI_JOIN, 0, join_wrong, 0, 0},
    {"connecting", UI_CONNECTING, UI_CONNECTING_DIAL, connecting, 0, 0},
    {"waiting", UI_CONNECTING, UI_CONNECTING_WAIT, connecting, 0, 0},
    {"host-start", UI_HOST_PANEL, 0, host_start, 0, 0},
    {"host-password", UI_HOST_PANEL, 0, host_password, 0, 0},
    {"host-waiting", UI_HOST_PANEL, 0, host_waiting, 0, 0},
    {"host-dials", UI_HOST_PANEL, 0, host_dials, 0, 0},
    {"host-back", UI_HOST_PANEL, 2, host_back, 0, 0},
    {"host-panel", UI_HOST_PANEL, 2, host_sharing, 0, 0},
    {"host-paused", UI_HOST_PANEL, 3, host_paused, 0, 0},
    {"host-names", UI_HOST_PANEL, 0, host_hostile, 0, 0},
    {"admit", UI_ADMIT, 0, sample_admit, 0, 0},
    {"admit-paused", UI_ADMIT, 0, sample_admit_paused, 0, 0},
    {"admit-other", UI_ADMIT, 0, sample_admit_other, 0, 0},
    {"host-alike", UI_HOST_PANEL, 0, host_alike, 0, 0},
    {"admit-alike", UI_ADMIT, 0, sample_admit_alike, 0, 0},
    {"consent-alike", UI_CONSENT_SHARE, 0, sample_consent_alike, 0, 0},
    {"control-alike", UI_CONSENT_CONTROL, 0, sample_control_alike, 0, 0},
    {"words-alike", UI_WORDS, 0, sample_words_alike, 0, 0},
    {"people-alike", UI_PEOPLE, 0, people_alike, 0, 0},
    {"consent-share", UI_CONSENT_SHARE, 0, sample_consent, 0, 0},
    {"consent-still", UI_CONSENT_SHARE, 0, sample_consent_still, 0, 0},
    {"consent-ready", UI_CONSENT_SHARE, 0, sample_consent_ready, 0, 0},
    {"consent-nobody", UI_CONSENT_SHARE, 0, sample_consent_nobody, 0, 0},
    {"consent-others", UI_CONSENT_SHARE, 0, sample_consent_others, 0, 0},
    {"consent-takes", UI_CONSENT_SHARE, 0, sample_consent_takes, 0, 0},
    {"consent-open", UI_CONSENT_SHARE, 0, sample_consent_open, 0, 0},
    {"consent-all", UI_CONSENT_SHARE, UI_SHARE_EVERYBODY, sample_consent_all, 0, 0},
    {"consent-window", UI_CONSENT_SHARE, 0, sample_consent_window, 0, 0},
    {"consent-monitor", UI_CONSENT_SHARE, 0, sample_consent_monitor, 0, 0},
    {"sharing-bar", UI_SHARING_BAR, UI_BAR_SHARING, bar, 0, 0},
    {"sharing-bar-window", UI_SHARING_BAR, UI_BAR_SHARING, bar_window, 0, 0},
    {"sharing-bar-part", UI_SHARING_BAR, UI_BAR_SHARING, bar_part, 0, 0},
    {"sharing-bar-paused", UI_SHARING_BAR, UI_BAR_PAUSED, bar, 0, 0},
    {"viewer", UI_VIEWER, UI_VIEWER_LIVE, viewer, 0, 0},
    {"viewer-control", UI_VIEWER, UI_VIEWER_LIVE, viewer_control, 0, 0},
    {"viewer-asked", UI_VIEWER, UI_VIEWER_LIVE, viewer_asked, 0, 0},
    {"viewer-held", UI_VIEWER, UI_VIEWER_LIVE, viewer_held, 0, 0},
    {"viewer-question", UI_VIEWER, UI_VIEWER_LIVE, viewer_question, 0, 0},
    {"viewer-reach", UI_VIEWER, UI_VIEWER_LIVE, viewer_reach, 0, 0},
    {"viewer-incomplete", UI_VIEWER, UI_VIEWER_EMPTY, viewer_incomplete, 0, 0},
    {"viewer-mine", UI_VIEWER, UI_VIEWER_EMPTY, viewer_mine, 0, 0},
    {"viewer-mine-paused", UI_VIEWER, UI_VIEWER_EMPTY, viewer_mine_paused, 0, 0},
    {"viewer-control-small", UI_VIEWER, UI_VIEWER_LIVE, viewer_control, 640, 480},
    {"viewer-paused", UI_VIEWER, UI_VIEWER_PAUSED, viewer, 0, 0},
    {"viewer-reconnecting", UI_VIEWER, UI_VIEWER_STALE, viewer_stale, 0, 0},
    {"viewer-empty", UI_VIEWER, UI_VIEWER_EMPTY, viewer_empty, 0, 0},
    {"viewer-empty-reconnecting", UI_VIEWER, UI_VIEWER_STALE, viewer_empty_stale, 0, 0},
    {"viewer-small", UI_VIEWER, UI_VIEWER_STALE, viewer_stale, 640, 480},
    {"viewer-large", UI_VIEWER, UI_VIEWER_PAUSED, viewer, 1281, 801},
    {"ended", UI_ENDED, 0, ended, 0, 0},
    {"ended-log", UI_ENDED, 0, ended_log, 0, 0},
    {"ended-empty", UI_ENDED, 0, ended_empty, 0, 0},
    {"ended-by", UI_ENDED, 0, ended_by, 0, 0},
    {"ended-left", UI_ENDED, 0, ended_left, 0, 0},
    {"ended-cut", UI_ENDED, 0, ended_cut, 0, 0},
    {"error", UI_ERROR, 0, error_cert, 0, 0},
    {"error-none", UI_ERROR, 1, error_none, 0, 0},
    {"error-details", UI_ERROR, 1, error_details, 0, 0},
    {"error-stop", UI_ERROR, 2, error_wait, 0, 0},
    {"error-box", UI_ERROR, 3, error_box, 0, 0},
    {"error-old", UI_ERROR, 3, error_old, 0, 0},
    {"toast-joined", UI_TOAST, 0, toast_joined, 0, 0},
    {"toast-more", UI_TOAST, 0, toast_more, 0, 0},
    {"toast-kept", UI_TOAST, 0, toast_kept, 0, 0},
    {"toast-stopped", UI_TOAST, 0, toast_stopped, 0, 0},
    {"toast-worker", UI_TOAST, 0, toast_worker, 0, 0},
    {"toast-space", UI_TOAST, 0, toast_space, 0, 0},
    {"toast-log-lost", UI_TOAST, 0, toast_lost, 0, 0},
    {"toast-log-needed", UI_TOAST, 0, toast_needed, 0, 0},
    {"toast-log-mine", UI_TOAST, 0, toast_mine, 0, 0},
    {"toast-log-door", UI_TOAST, 0, toast_door, 0, 0},
    {"doctor", UI_DOCTOR, 0, doctor, 0, 0},
    {"doctor-begin", UI_DOCTOR, 0, doctor_begins, 0, 0},
    {"doctor-control", UI_DOCTOR, 0, doctor_control, 0, 0},
    {"doctor-unlocked", UI_DOCTOR, 0, doctor_unlocked, 0, 0},
    {"doctor-control-unlocked", UI_DOCTOR, 0, doctor_control_unlocked, 0, 0},
    {"doctor-2", UI_DOCTOR, 0, doctor_page_2, 0, 0},
    {"verify-words", UI_WORDS, 0, sample_words_dialog, 0, 0},
    {"consent-control", UI_CONSENT_CONTROL, 0, sample_control, 0, 0},
    {"consent-control-hands", UI_CONSENT_CONTROL, 0, sample_control_hands, 0, 0},
    {"consent-control-unlike", UI_CONSENT_CONTROL, 0, sample_control_unlike, 0, 0},
    {"admit-unlike", UI_ADMIT, 0, sample_admit_unlike, 0, 0},
    {"consent-control-certified", UI_CONSENT_CONTROL, 0, sample_control_certified, 0, 0},
    {"key-changed", UI_KEY_CHANGED, 0, sample_key_changed, 0, 0},
    {"control-whole", UI_CONTROL_WHOLE, 0, sample_control_whole, 0, 0},
    {"sharing-bar-control", UI_SHARING_BAR_CONTROL, 0, control_bar, 0, 0},
    {"sharing-bar-control-held", UI_SHARING_BAR_CONTROL, 0, control_bar_held, 0, 0},
    {"present", UI_PRESENT, UI_PRESENT_GIVE, sample_present, 0, 0},
    {"present-ours", UI_PRESENT, UI_PRESENT_GIVE, sample_present_ours, 0, 0},
    {"present-other", UI_PRESENT, UI_PRESENT_GIVE, sample_present_other, 0, 0},
    {"present-you", UI_PRESENT, UI_PRESENT_TAKE, sample_present, 0, 0},
    {"present-second", UI_PRESENT, UI_PRESENT_SECOND, sample_present, 0, 0},
    {"sharing-bar-still", UI_SHARING_BAR, UI_BAR_STILL, bar_still, 0, 0},
    {"sharing-bar-still-unlike", UI_SHARING_BAR, UI_BAR_STILL, bar_still_unlike, 0, 0},
    {"settings", UI_SETTINGS, 0, settings, 0, 0},
    {"settings-wrong", UI_SETTINGS, 0, settings_wrong, 0, 0},
    {"password-new", UI_NEW_PASSWORD, 0, password_new, 0, 0},
    {"password-own", UI_NEW_PASSWORD, 0, password_own, 0, 0},
    {"password-sharing", UI_NEW_PASSWORD, 0, password_sharing, 0, 0},
    {"password-none", UI_NEW_PASSWORD, 0, password_none, 0, 0},
    {"people", UI_PEOPLE, 0, people, 0, 0},
    {"people-none", UI_PEOPLE, 0, people_none, 0, 0},
    {"mirror", UI_MIRROR, 0, mirror, 0, 0},
    {"mirror-paused", UI_MIRROR, 0, mirror_paused, 0, 0},
    {"sharing-bar-see", UI_SHARING_BAR, UI_BAR_SHARING, bar_see, 0, 0},
    {"chat", UI_CHAT, 0, chat, 0, 0},
    {"chat-none", UI_CHAT, 0, chat_none, 0, 0},
    {"host-why", UI_HOST_PANEL, 0, host_why, 0, 0},
    {"host-unlike", UI_HOST_PANEL, 2, host_unlike, 0, 0},
    {"people-why", UI_PEOPLE, 0, people_why, 0, 0},
    {"chat-why", UI_CHAT, 0, chat_why, 0, 0},
    {"consent-why", UI_CONSENT_SHARE, 0, consent_why, 0, 0},
    {"consent-control-why", UI_CONSENT_CONTROL, 0, control_why, 0, 0},
    {"settings-why", UI_SETTINGS, 0, settings_why, 0, 0},
    {"viewer-why", UI_VIEWER, UI_VIEWER_LIVE, viewer_why, 0, 0},
    {"home-why", UI_HOME, 0, home_why, 0, 0},
    {"host-panel-unread", UI_HOST_PANEL, 0, host_unread, 0, 0},
    {"end-hands", UI_END_ASK, 0, sample_end_hands, 0, 0},
    {"end-ask", UI_END_ASK, 0, sample_end_ask, 0, 0},
    {"toast-hint", UI_TOAST, 0, toast_hint, 0, 0},
    {"toast-control", UI_TOAST, 0, toast_control, 0, 0},
    {"toast-keys", UI_TOAST, 0, toast_keys, 0, 0},
};
const unsigned n_samples = sizeof samples / sizeof samples[0];

void sample_scene(const struct sample *sample, struct scene *s, unsigned scale, unsigned theme,
                  unsigned language, bool mirrored)
{
    const struct ui_layout *l = ui_layout_get(sample->window, sample->variant);

    memset(s, 0, sizeof *s);
    s->window = (uint8_t)sample->window;
    s->variant = (uint8_t)sample->variant;
    s->scale = (uint16_t)scale;
    s->theme = (uint8_t)theme;
    s->language = (uint8_t)language;
    s->mirrored = mirrored;
    s->width = (uint32_t)ui_px(sample->w ? sample->w : l->w, scale);
    s->height = (uint32_t)ui_px(sample->h ? sample->h : l->h, scale);
    sample->fill(s);
}

void sample_fonts(struct text *text)
{
    static const char *const files[] = {
        "/usr/share/fonts/opentype/inter/Inter-Regular.otf",
        "/usr/share/fonts/opentype/inter/Inter-Medium.otf",
        "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf",
        "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansArabic-Bold.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansHebrew-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansHebrew-Bold.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf",
    };

    if (text_init(text))
        abort();
    for (unsigned i = 0; i < sizeof files / sizeof files[0]; i++) {
        int fd = open(files[i], O_RDONLY | O_CLOEXEC);

        if (fd < 0)
            continue;
        font_add(&text->fonts, fd);
        close(fd);
    }
    if (text->fonts.n < 3) {
        fprintf(stderr, "fonts-inter is not installed\n");
        abort();
    }
}
