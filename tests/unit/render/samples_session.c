/* Sample scenes: a session, seen by whoever shares, looks or talks, and its end. Test code. */
#include "lib/fail.h"
#include "tests/unit/render/samples.h"
#include "tests/unit/render/samples_parts.h"

void sample_host_start(struct scene *s)
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
void sample_host_password(struct scene *s)
{
    sample_host_start(s);
    words(s, UI_SLOT_PASSWORD, 0,
          "Correct9Horse8Battery7Staple6/Munich-Moscow_Winnipeg+Wollongong?");
}

void sample_host_waiting(struct scene *s)
{
    sample_host_start(s);
    number(s, UI_SLOT_WAITING, 1);
    look(s, UI_HOST_PANEL_REFUSE, 0);
    look(s, UI_HOST_PANEL_ADMIT, 0);
    row(s, 0, 0, "Alex (support)");
}

/* Not known yet, and none. */
void sample_host_dials(struct scene *s)
{
    sample_host_start(s);
    s->words[UI_SLOT_SID][0] = '\0';
    s->words[UI_SLOT_PASSWORD][0] = '\0';
    number(s, UI_SLOT_DOOR, UI_DOOR_NUMBER);
    look(s, UI_HOST_PANEL_COPY, UI_LOOK_OFF);
    look(s, UI_HOST_PANEL_LOCK, UI_LOOK_OFF);
    look(s, UI_HOST_PANEL_SHARE, UI_LOOK_FOCUS);
}

/* The mock-up's state. */
void sample_host_sharing(struct scene *s)
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

void sample_host_paused(struct scene *s)
{
    sample_host_sharing(s);
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
void sample_host_back(struct scene *s)
{
    sample_host_sharing(s);
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

void sample_host_hostile(struct scene *s)
{
    sample_host_sharing(s);
    s->n_rows = 0;
    row(s, 0, 0, "\u202e\u05d0\u05d1\u05d2 Admin\u202c vitrine support team of the relay");
    row(s, 1, UI_BADGE_YOU | UI_BADGE_ORGANIZER | UI_BADGE_PRESENTER, "Sam");
    row(s, 1, UI_BADGE_SAME_NAME, "محمد علي");
    row(s, 1, UI_BADGE_WORDS_MATCH, "Z\u0310\u0311\u0312\u0313\u0314\u0315\u0316algo 山田太郎");
}

void sample_host_alike(struct scene *s)
{
    sample_host_sharing(s);
    s->n_rows = 0;
    row(s, 0, 0, sample_crowd[1]);
    row(s, 1, UI_BADGE_YOU | UI_BADGE_ORGANIZER | UI_BADGE_PRESENTER, "Sam");
    row(s, 1, UI_BADGE_WORDS_MATCH, sample_crowd[0]);
    sample_two_alike(s);
}

void sample_bar(struct scene *s)
{
    number(s, UI_SLOT_SHARING, 1);
    number(s, UI_SLOT_PEOPLE, 2);
    number(s, UI_SLOT_SECONDS, 252);
}

void sample_bar_window(struct scene *s)
{
    sample_bar(s);
    number(s, UI_SLOT_WHAT, 1);
    number(s, UI_SLOT_PEOPLE, 1);
}

void sample_bar_part(struct scene *s)
{
    sample_bar(s);
    number(s, UI_SLOT_WHAT, 2);
    number(s, UI_SLOT_PEOPLE, 0);
}

void sample_viewer(struct scene *s)
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
void sample_viewer_control(struct scene *s)
{
    sample_viewer(s);
    number(s, UI_SLOT_MINE, 2);
    number(s, UI_SLOT_SKIPPED, 1240);
    look(s, UI_VIEWER_MORE, 0);
}

/* Asked for, and the answer is still to come; of a window, one to one. */
void sample_viewer_asked(struct scene *s)
{
    sample_viewer(s);
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
void sample_viewer_held(struct scene *s)
{
    sample_viewer_control(s);
    number(s, UI_SLOT_HELD, 1);
    number(s, UI_SLOT_WHAT, 2);
    number(s, UI_SLOT_QUALITY, 600);
    look(s, UI_VIEWER_MORE, UI_LOOK_OFF);
}

void sample_viewer_question(struct scene *s)
{
    sample_viewer_control(s);
    number(s, UI_SLOT_HELD, 2);
    number(s, UI_SLOT_WHAT, 3);
}

void sample_viewer_reach(struct scene *s)
{
    sample_viewer_control(s);
    number(s, UI_SLOT_HELD, 3);
}

/* Without a picture there is nothing to ask for. */
void sample_viewer_empty(struct scene *s)
{
    sample_viewer(s);
    words(s, UI_SLOT_NAME, 0, "");
    number(s, UI_SLOT_SECONDS, 0);
    look(s, UI_VIEWER_ASK, UI_LOOK_OFF);
}

void sample_viewer_incomplete(struct scene *s)
{
    sample_viewer_empty(s);
    number(s, UI_SLOT_INCOMPLETE, 1);
}

void sample_viewer_mine(struct scene *s)
{
    sample_viewer_incomplete(s); /* of the one before: no news beside our own share */
    number(s, UI_SLOT_SHARING, 1);
}

void sample_viewer_mine_paused(struct scene *s)
{
    sample_viewer_empty(s);
    number(s, UI_SLOT_SHARING, 2);
}

static void off_line(struct scene *s)
{
    look(s, UI_VIEWER_ASK, UI_LOOK_OFF);
    look(s, UI_VIEWER_CHAT, UI_LOOK_OFF);
    look(s, UI_VIEWER_WORDS, UI_LOOK_HIDDEN);
}

void sample_viewer_stale(struct scene *s)
{
    sample_viewer(s);
    off_line(s);
    number(s, UI_SLOT_SKIPPED, 1);
}

void sample_viewer_empty_stale(struct scene *s)
{
    sample_viewer_empty(s);
    off_line(s);
}

void sample_ended(struct scene *s)
{
    number(s, UI_SLOT_HOSTED, 1);
    number(s, UI_SLOT_END_WHO, END_WHY_SELF);
    number(s, UI_SLOT_SECONDS, 24 * 60 + 5);
    look(s, UI_ENDED_CLOSE2, UI_LOOK_FOCUS);
}

void sample_ended_log(struct scene *s)
{
    sample_ended(s);
    words(s, UI_SLOT_LOG, 0, "~/.local/state/vitrine/audit.log");
}

void sample_ended_empty(struct scene *s)
{
    sample_ended(s);
    number(s, UI_SLOT_END_WHO, UI_END_EMPTY);
}

void sample_ended_by(struct scene *s)
{
    sample_ended(s);
    number(s, UI_SLOT_HOSTED, 0);
    words(s, UI_SLOT_END_WHO, END_WHY_ORGANIZER, "Ada Lindqvist of the help desk");
}

void sample_ended_left(struct scene *s)
{
    sample_ended(s);
    number(s, UI_SLOT_HOSTED, 0);
}

void sample_ended_cut(struct scene *s)
{
    sample_ended_left(s);
    number(s, UI_SLOT_END_HOW, 1);
    number(s, UI_SLOT_SECONDS, 30);
}

void sample_control_bar(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "Alex (support)");
    number(s, UI_SLOT_SECONDS, 872);
}

void sample_control_bar_held(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "A name of somebody that is far too long for a bar");
    number(s, UI_SLOT_HELD, 1);
}

void sample_people(struct scene *s)
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

void sample_people_alike(struct scene *s)
{
    s->n_rows = 0;
    row(s, 1, UI_BADGE_YOU | UI_BADGE_ORGANIZER, "Sam");
    row(s, 1, 0, sample_crowd[0]);
    row(s, 0, 0, sample_crowd[1]);
    row(s, 1, 0, "\u3164"); /* no name: none of it can be seen */
    sample_two_alike(s);
    for (unsigned i = UI_PEOPLE_PREV; i <= UI_PEOPLE_REMOVE; i++)
        look(s, i, UI_LOOK_HIDDEN);
    look(s, UI_PEOPLE_WORDS, UI_LOOK_HIDDEN);
    look(s, UI_PEOPLE_SEARCH, UI_LOOK_FOCUS);
}

void sample_people_none(struct scene *s)
{
    words(s, UI_SLOT_FIELD_SEARCH, 0, "xyz");
    number(s, UI_SLOT_CARET, 3);
    look(s, UI_PEOPLE_SEARCH, UI_LOOK_FOCUS);
    for (unsigned i = UI_PEOPLE_PREV; i <= UI_PEOPLE_REMOVE; i++)
        look(s, i, UI_LOOK_HIDDEN);
    look(s, UI_PEOPLE_WORDS, UI_LOOK_HIDDEN);
}

void sample_chat(struct scene *s)
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

void sample_chat_none(struct scene *s)
{
    look(s, UI_CHAT_TEXT, UI_LOOK_FOCUS);
    look(s, UI_CHAT_SEND, UI_LOOK_OFF);
    look(s, UI_CHAT_PREV, UI_LOOK_HIDDEN);
    look(s, UI_CHAT_NEXT, UI_LOOK_HIDDEN);
}

void sample_host_unread(struct scene *s)
{
    sample_host_sharing(s);
    number(s, UI_SLOT_UNREAD, 3);
}

/* What others see is open. */
void sample_bar_see(struct scene *s)
{
    sample_bar(s);
    look(s, UI_SHARING_BAR_SEE, UI_LOOK_CHOSEN | UI_LOOK_FOCUS);
}

void sample_mirror(struct scene *s)
{
    number(s, UI_SLOT_SHARING, 1);
    look(s, UI_MIRROR_CLOSE, UI_LOOK_FOCUS);
}

void sample_mirror_paused(struct scene *s)
{
    number(s, UI_SLOT_SHARING, 2);
}

void sample_bar_still(struct scene *s)
{
    sample_bar(s);
    number(s, UI_SLOT_SECONDS, 60);
    number(s, UI_SLOT_GUARD, 1000);
}

void sample_host_why(struct scene *s)
{
    sample_host_start(s);
    why(s, UI_HOST_PANEL_SHARE, UI_STR_WHY_LINE);
}

void sample_host_unlike(struct scene *s)
{
    sample_host_sharing(s);
    number(s, UI_SLOT_WHY, UI_STR_WHY_MOMENT);
    number(s, UI_SLOT_UNLIKE, 1);
}

void sample_bar_still_unlike(struct scene *s)
{
    sample_bar_still(s);
    number(s, UI_SLOT_GUARD, 0);
    number(s, UI_SLOT_UNLIKE, 1);
}

void sample_people_why(struct scene *s)
{
    sample_people(s);
    number(s, UI_SLOT_CONTROLS, 0);
    s->rows[1].badges = UI_BADGE_WORDS_MATCH;
    s->rows[2].badges = UI_BADGE_SELECTED;
    look(s, UI_PEOPLE_ROW_2, 0);
    look(s, UI_PEOPLE_ROW_3, UI_LOOK_FOCUS | UI_LOOK_CHOSEN);
    look(s, UI_PEOPLE_WORDS, 0);
    why(s, UI_PEOPLE_ALLOW_CTL, UI_STR_WHY_WORDS);
}

void sample_chat_why(struct scene *s)
{
    sample_chat(s);
    why(s, UI_CHAT_SEND, UI_STR_WHY_LINE);
}

void sample_viewer_why(struct scene *s)
{
    sample_viewer(s);
    why(s, UI_VIEWER_ASK, UI_STR_WHY_LATER);
    number(s, UI_SLOT_WAIT, 58);
}
