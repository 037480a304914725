/* What the consent dialogs say: see say.h. Pure. */
#include "lib/ui/say_parts.h"
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------------------------- badges */
static void say_badges(const struct say *s, uint16_t badges)
{
    char text[256];
    ui_say_badges(text, sizeof text, badges, false, s->m->language);
    say_text(s, text);
}

/* Somebody on a list that is no list of rows. */
static void say_row(const struct say *s, const struct ui_row *r)
{
    char name[257];
    say_name(s, say_copy(name, r->name));
    say_badges(s, r->badges & (UI_BADGE_SAME_NAME | UI_BADGE_CERTIFIED | UI_BADGE_WORDS_MATCH));
}

/* The card of a dialog about one person. */
static void say_person(const struct say *s, enum ui_string typed)
{
    static const uint16_t known_as[] = {0, UI_BADGE_WORDS_MATCH, UI_BADGE_CERTIFIED};
    uint32_t known = say_number(s, UI_SLOT_VERIFIED);
    uint16_t badges = known_as[known < 3 ? known : 0];
    bool same = say_number(s, UI_SLOT_NAME);
    say_name_of(s, UI_SLOT_NAME);
    if (say_told(s, UI_SLOT_VERIFIED))
        say_badges(s, (uint16_t)(badges | (same ? UI_BADGE_SAME_NAME : 0)));
    else if (same)
        say(s, UI_STR_BADGE_SAME);
    say(s, badges & UI_BADGE_CERTIFIED ? UI_STR_PERSON_CERTIFIED : typed);
}

/* ------------------------------------------------------------------------------------- dialogs */
void say_admit(const struct say *s)
{
    say(s, UI_STR_ADMIT_TITLE);
    say_person(s, UI_STR_ADMIT_TYPED);
    say(s, ui_admit_text(say_number(s, UI_SLOT_DOOR), say_number(s, UI_SLOT_SHARING)));
}

/* beside: there are names that it is said beside; else what stands for them says it. */
static void say_also(const struct say *s, bool beside)
{
    uint32_t also = say_number(s, UI_SLOT_ALSO);
    if (also == UI_ALSO_PASSWORD && beside)
        say(s, UI_STR_SHARE_ALSO_PASSWORD);
    if (also != UI_ALSO_LET_IN)
        return;
    say_name_of(s, UI_SLOT_ALSO);
    say(s, UI_STR_SHARE_ALSO_LET_IN);
}

static void say_watchers(const struct say *s)
{
    bool all = s->m->variant == UI_SHARE_EVERYBODY;
    uint32_t more = say_number(s, UI_SLOT_PEOPLE);
    unsigned shown = 0;
    for (unsigned i = 0; i < s->m->n_rows; i++, shown++)
        say_row(s, &s->m->rows[i]);
    if (!all && shown == 0)
        say(s, ui_share_nobody(say_number(s, UI_SLOT_ALSO)));
    if (!all && shown > 0 && more > shown)
        say_with(s, UI_STR_SHARE_MORE, (struct ui_args){.n = more - shown});
    say_also(s, all || shown > 0);
}

void say_consent_share(const struct say *s)
{
    uint32_t people = say_number(s, UI_SLOT_PEOPLE);
    char size[257];
    say_with(s, ui_share_title(say_number(s, UI_SLOT_ALSO), people), (struct ui_args){.n = people});
    if (s->m->variant == UI_SHARE_CHOICE) {
        say(s, UI_STR_SHARE_WHAT);
        say_with(s, ui_share_body(say_number(s, UI_SLOT_WHAT), say_number(s, UI_SLOT_MONITOR)),
                 (struct ui_args){.s = say_words(s, UI_SLOT_MONITOR, size)});
    }
    say(s, UI_STR_SHARE_WHO);
    say_watchers(s);
    say(s, UI_STR_SHARE_TYPED);
    say_range(s);
    say(s, ui_share_look(say_number(s, UI_SLOT_SHARING)));
}

void say_consent_control(const struct say *s)
{
    say(s, UI_STR_CONTROL_TITLE);
    say_person(s, UI_STR_CONTROL_TYPED);
    say(s, UI_STR_CONTROL_TEXT);
    say(s, UI_STR_CONTROL_TIME);
    say(s, UI_STR_CONTROL_KEYS);
    say_text(s, s->m->language == UI_LANGUAGE_DE ? "Strg + F12" : "Ctrl + F12");
    say(s, UI_STR_CONTROL_SCAM);
}

void say_control_whole(const struct say *s)
{
    say(s, UI_STR_CONTROL_WHOLE);
    say_person(s, UI_STR_CONTROL_TYPED);
}

void say_present(const struct say *s)
{
    const struct ui_two_lines faces[] = {
        [UI_PRESENT_GIVE] = {UI_STR_PRESENT_TITLE, ui_present_text(say_number(s, UI_SLOT_SHARING))},
        [UI_PRESENT_TAKE] = {UI_STR_PRESENT_YOU_TITLE, UI_STR_PRESENT_YOU_TEXT},
        [UI_PRESENT_SECOND] = {UI_STR_SECOND_TITLE, UI_STR_SECOND_TEXT}};
    unsigned face = s->m->variant <= UI_PRESENT_SECOND ? s->m->variant : UI_PRESENT_GIVE;
    say(s, faces[face].title);
    say_person(s, UI_STR_PRESENT_TYPED);
    say(s, faces[face].text);
}

/* One text for each word: which comes where is part of what is compared. */
void say_compare(const struct say *s)
{
    char all[257], *rest, *word;
    say(s, UI_STR_WORDS_TITLE);
    say(s, UI_STR_WORDS_WITH);
    say_name_of(s, UI_SLOT_NAME);
    if (say_number(s, UI_SLOT_NAME))
        say(s, UI_STR_BADGE_SAME);
    say(s, UI_STR_WORDS_HOW);
    say_words(s, UI_SLOT_WORDS, all);
    word = strtok_r(all, " ", &rest);
    for (unsigned n = 1; word && n <= 4; n++, word = strtok_r(NULL, " ", &rest)) {
        char numbered[272];
        snprintf(numbered, sizeof numbered, "%u %s", n, word);
        say_text(s, numbered);
    }
    say(s, UI_STR_WORDS_BODY);
}

void say_key_changed(const struct say *s)
{
    char key[257];
    say(s, UI_STR_KEY_TITLE);
    say_person(s, UI_STR_KEY_TYPED);
    say(s, UI_STR_KEY_TEXT);
    say_text(s, say_words(s, UI_SLOT_KEY, key));
}

void say_end_ask(const struct say *s)
{
    say(s, UI_STR_END_TITLE);
    say_with(s, UI_STR_END_TEXT, (struct ui_args){.n = say_number(s, UI_SLOT_PEOPLE)});
}
