/* What the samples are made of: values, looks and rows of a scene; and each of them. */
#ifndef TESTS_UNIT_RENDER_SAMPLES_PARTS_H
#define TESTS_UNIT_RENDER_SAMPLES_PARTS_H
#include "render/scene.h"
#include <stdlib.h>
#include <string.h>

static inline void words(struct scene *s, unsigned slot, uint32_t number, const char *text)
{
    if (!scene_set_value(s, slot, number, (const uint8_t *)text, strlen(text)))
        abort();
}

static inline void number(struct scene *s, unsigned slot, uint32_t n)
{
    words(s, slot, n, "");
}

static inline void look(struct scene *s, unsigned control, unsigned bits)
{
    if (!scene_set_look(s, control, (uint16_t)bits))
        abort();
}

static inline void row(struct scene *s, unsigned kind, unsigned badges, const char *name)
{
    if (!scene_add_row(s, kind, (uint16_t)badges, (const uint8_t *)name, strlen(name)))
        abort();
}

/* A control that is off, and the line that says why. */
static inline void why(struct scene *s, unsigned control, enum ui_string text)
{
    look(s, control, UI_LOOK_OFF);
    number(s, UI_SLOT_WHY, text);
}

/* Everybody there: the two of sample_crowd, of whom the second is the one to look at. */
void sample_two_alike(struct scene *s);

/* samples_dialogs.c */
void sample_admit(struct scene *s);
void sample_admit_alike(struct scene *s);
void sample_admit_paused(struct scene *s);
void sample_admit_other(struct scene *s);
void sample_consent(struct scene *s);
void sample_consent_still(struct scene *s);
void sample_consent_ready(struct scene *s);
void sample_consent_alike(struct scene *s);
void sample_consent_nobody(struct scene *s);
void sample_consent_others(struct scene *s);
void sample_consent_takes(struct scene *s);
void sample_consent_all(struct scene *s);
void sample_consent_monitor(struct scene *s);
void sample_consent_open(struct scene *s);
void sample_words_dialog(struct scene *s);
void sample_present(struct scene *s);
void sample_present_ours(struct scene *s);
void sample_present_other(struct scene *s);
void sample_key_changed(struct scene *s);
void sample_control(struct scene *s);
void sample_control_certified(struct scene *s);
void sample_control_hands(struct scene *s);
void sample_control_unlike(struct scene *s);
void sample_admit_unlike(struct scene *s);
void sample_control_alike(struct scene *s);
void sample_words_alike(struct scene *s);
void sample_control_whole(struct scene *s);
void sample_end_ask(struct scene *s);
void sample_consent_window(struct scene *s);
void sample_end_hands(struct scene *s);
void sample_consent_why(struct scene *s);
void sample_control_why(struct scene *s);

/* samples_start.c */
void sample_home(struct scene *s);
void sample_home_typing(struct scene *s);
void sample_join(struct scene *s);
void sample_join_wrong(struct scene *s);
void sample_error_cert(struct scene *s);
void sample_error_none(struct scene *s);
void sample_error_details(struct scene *s);
void sample_error_box(struct scene *s);
void sample_error_old(struct scene *s);
void sample_error_wait(struct scene *s);
void sample_connecting(struct scene *s);
void sample_settings(struct scene *s);
void sample_settings_wrong(struct scene *s);
void sample_password_new(struct scene *s);
void sample_password_own(struct scene *s);
void sample_password_sharing(struct scene *s);
void sample_password_none(struct scene *s);
void sample_settings_why(struct scene *s);
void sample_home_why(struct scene *s);

/* samples_session.c */
void sample_host_start(struct scene *s);
void sample_host_password(struct scene *s);
void sample_host_waiting(struct scene *s);
void sample_host_dials(struct scene *s);
void sample_host_sharing(struct scene *s);
void sample_host_paused(struct scene *s);
void sample_host_back(struct scene *s);
void sample_host_hostile(struct scene *s);
void sample_host_alike(struct scene *s);
void sample_bar(struct scene *s);
void sample_bar_window(struct scene *s);
void sample_bar_part(struct scene *s);
void sample_viewer(struct scene *s);
void sample_viewer_control(struct scene *s);
void sample_viewer_asked(struct scene *s);
void sample_viewer_held(struct scene *s);
void sample_viewer_question(struct scene *s);
void sample_viewer_reach(struct scene *s);
void sample_viewer_empty(struct scene *s);
void sample_viewer_incomplete(struct scene *s);
void sample_viewer_mine(struct scene *s);
void sample_viewer_mine_paused(struct scene *s);
void sample_viewer_stale(struct scene *s);
void sample_viewer_empty_stale(struct scene *s);
void sample_ended(struct scene *s);
void sample_ended_log(struct scene *s);
void sample_ended_empty(struct scene *s);
void sample_ended_by(struct scene *s);
void sample_ended_left(struct scene *s);
void sample_ended_cut(struct scene *s);
void sample_control_bar(struct scene *s);
void sample_control_bar_held(struct scene *s);
void sample_people(struct scene *s);
void sample_people_alike(struct scene *s);
void sample_people_none(struct scene *s);
void sample_chat(struct scene *s);
void sample_chat_none(struct scene *s);
void sample_host_unread(struct scene *s);
void sample_bar_see(struct scene *s);
void sample_mirror(struct scene *s);
void sample_mirror_paused(struct scene *s);
void sample_bar_still(struct scene *s);
void sample_host_why(struct scene *s);
void sample_host_unlike(struct scene *s);
void sample_bar_still_unlike(struct scene *s);
void sample_people_why(struct scene *s);
void sample_chat_why(struct scene *s);
void sample_viewer_why(struct scene *s);

/* samples_told.c */
void sample_toast_joined(struct scene *s);
void sample_toast_more(struct scene *s);
void sample_toast_kept(struct scene *s);
void sample_toast_stopped(struct scene *s);
void sample_toast_space(struct scene *s);
void sample_toast_lost(struct scene *s);
void sample_toast_needed(struct scene *s);
void sample_toast_mine(struct scene *s);
void sample_toast_door(struct scene *s);
void sample_toast_again(struct scene *s);
void sample_toast_question(struct scene *s);
void sample_toast_worker(struct scene *s);
void sample_doctor(struct scene *s);
void sample_doctor_begins(struct scene *s);
void sample_doctor_unlocked(struct scene *s);
void sample_doctor_control(struct scene *s);
void sample_doctor_control_unlocked(struct scene *s);
void sample_doctor_page_2(struct scene *s);
void sample_toast_hint(struct scene *s);
void sample_toast_keys(struct scene *s);
void sample_toast_control(struct scene *s);

#endif
