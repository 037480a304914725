/* Sample scenes: the questions. Test code. */
#include "tests/unit/render/samples.h"
#include "tests/unit/render/samples_parts.h"

const char *const sample_crowd[2] = {"Anna", "\u0410nna"};

/* Somebody in a session. */
static void about_alex(struct scene *s)
{
    words(s, UI_SLOT_SID, 0, "482915306");
    words(s, UI_SLOT_NAME, 0, "Alex (support)");
}

/* Everybody there: the two of sample_crowd, of whom the second is the one to look at. */
void sample_two_alike(struct scene *s)
{
    static struct crowd both;

    both.n = 0;
    for (unsigned i = 0; i < 2; i++)
        if (!crowd_add(&both, sample_crowd[i], strlen(sample_crowd[i])))
            abort();
    s->crowd = &both;
}

void sample_admit(struct scene *s)
{
    words(s, UI_SLOT_SID, 0, "482915306");
    words(s, UI_SLOT_NAME, 0, "Lee");
    number(s, UI_SLOT_GUARD, 300);
    look(s, UI_ADMIT_REFUSE, UI_LOOK_FOCUS);
}

void sample_admit_paused(struct scene *s)
{
    sample_admit(s);
    number(s, UI_SLOT_SHARING, UI_SHARING_PAUSED);
}

void sample_admit_other(struct scene *s)
{
    sample_admit(s);
    number(s, UI_SLOT_SHARING, UI_SHARING_OTHER);
    number(s, UI_SLOT_DOOR, UI_DOOR_NUMBER);
}

void sample_admit_alike(struct scene *s)
{
    sample_admit(s);
    words(s, UI_SLOT_NAME, 0, sample_crowd[1]);
    sample_two_alike(s);
}

void sample_consent(struct scene *s)
{
    words(s, UI_SLOT_SID, 0, "482915306");
    number(s, UI_SLOT_PEOPLE, 2);
    number(s, UI_SLOT_GUARD, 600);
    if (s->variant == UI_SHARE_CHOICE) {
        look(s, UI_CONSENT_SHARE_WHOLE, UI_LOOK_CHOSEN);
        look(s, UI_CONSENT_SHARE_ALL, UI_LOOK_HIDDEN);
    }
    look(s, UI_CONSENT_SHARE_NO, UI_LOOK_FOCUS);
    row(s, 1, UI_BADGE_WORDS_MATCH, "Alex (support)");
    row(s, 1, 0, "Kim");
}

/* Nothing moves: the guard is a pair of dots. */
void sample_consent_still(struct scene *s)
{
    sample_consent(s);
    s->still = true;
}

void sample_consent_ready(struct scene *s)
{
    sample_consent(s);
    number(s, UI_SLOT_GUARD, 1000);
    number(s, UI_SLOT_PEOPLE, 100);
    look(s, UI_CONSENT_SHARE_ALL, 0);
    look(s, UI_CONSENT_SHARE_ONE, 0);
    look(s, UI_CONSENT_SHARE_PART, UI_LOOK_HOVER);
}

void sample_consent_alike(struct scene *s)
{
    sample_consent(s);
    s->n_rows = 0;
    row(s, 1, UI_BADGE_WORDS_MATCH, sample_crowd[0]);
    row(s, 1, 0, sample_crowd[1]);
    sample_two_alike(s);
}

void sample_consent_nobody(struct scene *s)
{
    sample_consent(s);
    s->n_rows = 0;
    number(s, UI_SLOT_PEOPLE, 0);
}

/* Somebody else shares, and more people are there than are named: the lines below have least room.
 */
void sample_consent_takes(struct scene *s)
{
    sample_consent_ready(s);
    number(s, UI_SLOT_SHARING, UI_SHARING_OTHER);
}

void sample_consent_others(struct scene *s)
{
    sample_consent(s);
    s->n_rows = 1;
    number(s, UI_SLOT_PEOPLE, 12);
    words(s, UI_SLOT_ALSO, UI_ALSO_LET_IN, "Alexandra von Hohenstein");
}

/* Page two of many; long names with every badge. */
void sample_consent_all(struct scene *s)
{
    static const char *const names[] = {
        "Alex (support)",           "Alexandra von Hohenstein", "Kim",
        "\u0645\u0631\u064a\u0645", "Wolfeschlegelsteinhausen", "Jo"};

    sample_consent(s);
    s->n_rows = 0;
    number(s, UI_SLOT_PEOPLE, 17);
    number(s, UI_SLOT_FIRST, 7);
    number(s, UI_SLOT_FOUND, 17);
    number(s, UI_SLOT_ALSO, UI_ALSO_PASSWORD);
    for (unsigned i = 0; i < 6; i++)
        row(s, 1, i % 2 ? 0 : UI_BADGE_WORDS_MATCH, names[i]);
}

void sample_consent_window(struct scene *s)
{
    sample_consent(s);
    number(s, UI_SLOT_WHAT, 1);
    look(s, UI_CONSENT_SHARE_WHOLE, 0);
    look(s, UI_CONSENT_SHARE_ONE, UI_LOOK_CHOSEN);
}

void sample_consent_monitor(struct scene *s)
{
    sample_consent(s);
    number(s, UI_SLOT_WHAT, 2);
    words(s, UI_SLOT_MONITOR, UI_MONITOR_LEFT, "1920 × 1080");
    look(s, UI_CONSENT_SHARE_WHOLE, 0);
    look(s, UI_CONSENT_SHARE_PART, UI_LOOK_CHOSEN);
}

void sample_consent_open(struct scene *s)
{
    sample_consent(s);
    s->n_rows = 1;
    number(s, UI_SLOT_ALSO, UI_ALSO_PASSWORD);
}

void sample_words_dialog(struct scene *s)
{
    about_alex(s);
    words(s, UI_SLOT_WORDS, 0, "harbor velvet pepper lantern");
    number(s, UI_SLOT_GUARD, 1000);
    look(s, UI_WORDS_LATER, UI_LOOK_FOCUS);
}

void sample_present(struct scene *s)
{
    about_alex(s);
    number(s, UI_SLOT_GUARD, 600);
    number(s, UI_SLOT_VERIFIED, 1);
    look(s, UI_PRESENT_NO, UI_LOOK_FOCUS);
}

void sample_present_ours(struct scene *s)
{
    sample_present(s);
    number(s, UI_SLOT_SHARING, UI_SHARING_ON);
}

void sample_present_other(struct scene *s)
{
    sample_present(s);
    number(s, UI_SLOT_SHARING, UI_SHARING_OTHER);
}

void sample_key_changed(struct scene *s)
{
    about_alex(s);
    words(s, UI_SLOT_KEY, 0, "9f3a 41c0 7be2 08d5 c611 4e9a 2f70 b3d8");
    number(s, UI_SLOT_GUARD, 600);
    look(s, UI_KEY_CHANGED_NO, UI_LOOK_FOCUS);
}

void sample_control(struct scene *s)
{
    about_alex(s);
    number(s, UI_SLOT_GUARD, 1000);
    number(s, UI_SLOT_VERIFIED, 1);
    number(s, UI_SLOT_WHAT, 1);
    look(s, UI_CONSENT_CONTROL_T15, UI_LOOK_CHOSEN);
    look(s, UI_CONSENT_CONTROL_NO, UI_LOOK_FOCUS);
}

void sample_control_certified(struct scene *s)
{
    sample_control(s);
    number(s, UI_SLOT_VERIFIED, 2);
}

void sample_control_hands(struct scene *s)
{
    sample_control(s);
    number(s, UI_SLOT_HANDS, 1);
}

/* The screen shows it otherwise: what to do comes before who may answer. */
void sample_control_unlike(struct scene *s)
{
    sample_control_hands(s);
    number(s, UI_SLOT_GUARD, 0);
    number(s, UI_SLOT_UNLIKE, 1);
}

void sample_admit_unlike(struct scene *s)
{
    sample_admit(s);
    number(s, UI_SLOT_GUARD, 0);
    number(s, UI_SLOT_UNLIKE, 1);
}

/* As long as a name can be, and like another all the same. */
void sample_control_alike(struct scene *s)
{
    static const char name[] = "Alexandra von Hohenstein zu Hohenburg";
    static struct crowd both;

    sample_control(s);
    number(s, UI_SLOT_VERIFIED, 0);
    words(s, UI_SLOT_NAME, 0, name);
    both.n = 0;
    for (unsigned i = 0; i < 2; i++)
        if (!crowd_add(&both, name, strlen(name)))
            abort();
    s->crowd = &both;
}

void sample_words_alike(struct scene *s)
{
    sample_words_dialog(s);
    words(s, UI_SLOT_NAME, 0, sample_crowd[1]);
    sample_two_alike(s);
}

void sample_control_whole(struct scene *s)
{
    about_alex(s);
    number(s, UI_SLOT_GUARD, 300);
    number(s, UI_SLOT_VERIFIED, 0);
    look(s, UI_CONTROL_WHOLE_NO, UI_LOOK_FOCUS);
}

void sample_end_ask(struct scene *s)
{
    words(s, UI_SLOT_SID, 0, "482915306");
    number(s, UI_SLOT_PEOPLE, 2);
    look(s, UI_END_ASK_NO, UI_LOOK_FOCUS);
}

/* Where programs may not answer it is said who may. */
void sample_end_hands(struct scene *s)
{
    sample_end_ask(s);
    number(s, UI_SLOT_HANDS, 1);
}

void sample_consent_why(struct scene *s)
{
    sample_consent(s);
    why(s, UI_CONSENT_SHARE_WHOLE, UI_STR_WHY_WHOLE);
    number(s, UI_SLOT_WHAT, 3);
    number(s, UI_SLOT_GUARD, UI_GUARD_WHOLE);
    look(s, UI_CONSENT_SHARE_YES, UI_LOOK_OFF);
}

void sample_control_why(struct scene *s)
{
    sample_control(s);
    why(s, UI_CONSENT_CONTROL_TINF, UI_STR_WHY_LONGER);
}
