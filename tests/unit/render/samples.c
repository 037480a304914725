/* Sample scenes: all of them by name, and how one is made. Test code. */
#include "tests/unit/render/samples.h"
#include "tests/unit/render/samples_parts.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct sample samples[] = {
    {"home", UI_HOME, 0, sample_home, 0, 0},
    {"home-typing", UI_HOME, 0, sample_home_typing, 0, 0},
    {"join", UI_JOIN, 0, sample_join, 0, 0},
    {"error-password", UI_JOIN, 0, sample_join_wrong, 0, 0},
    {"connecting", UI_CONNECTING, UI_CONNECTING_DIAL, sample_connecting, 0, 0},
    {"waiting", UI_CONNECTING, UI_CONNECTING_WAIT, sample_connecting, 0, 0},
    {"host-start", UI_HOST_PANEL, 0, sample_host_start, 0, 0},
    {"host-password", UI_HOST_PANEL, 0, sample_host_password, 0, 0},
    {"host-waiting", UI_HOST_PANEL, 0, sample_host_waiting, 0, 0},
    {"host-dials", UI_HOST_PANEL, 0, sample_host_dials, 0, 0},
    {"host-back", UI_HOST_PANEL, 2, sample_host_back, 0, 0},
    {"host-panel", UI_HOST_PANEL, 2, sample_host_sharing, 0, 0},
    {"host-paused", UI_HOST_PANEL, 3, sample_host_paused, 0, 0},
    {"host-names", UI_HOST_PANEL, 0, sample_host_hostile, 0, 0},
    {"admit", UI_ADMIT, 0, sample_admit, 0, 0},
    {"admit-paused", UI_ADMIT, 0, sample_admit_paused, 0, 0},
    {"admit-other", UI_ADMIT, 0, sample_admit_other, 0, 0},
    {"host-alike", UI_HOST_PANEL, 0, sample_host_alike, 0, 0},
    {"admit-alike", UI_ADMIT, 0, sample_admit_alike, 0, 0},
    {"consent-alike", UI_CONSENT_SHARE, 0, sample_consent_alike, 0, 0},
    {"control-alike", UI_CONSENT_CONTROL, 0, sample_control_alike, 0, 0},
    {"words-alike", UI_WORDS, 0, sample_words_alike, 0, 0},
    {"people-alike", UI_PEOPLE, 0, sample_people_alike, 0, 0},
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
    {"sharing-bar", UI_SHARING_BAR, UI_BAR_SHARING, sample_bar, 0, 0},
    {"sharing-bar-window", UI_SHARING_BAR, UI_BAR_SHARING, sample_bar_window, 0, 0},
    {"sharing-bar-part", UI_SHARING_BAR, UI_BAR_SHARING, sample_bar_part, 0, 0},
    {"sharing-bar-paused", UI_SHARING_BAR, UI_BAR_PAUSED, sample_bar, 0, 0},
    {"viewer", UI_VIEWER, UI_VIEWER_LIVE, sample_viewer, 0, 0},
    {"viewer-control", UI_VIEWER, UI_VIEWER_LIVE, sample_viewer_control, 0, 0},
    {"viewer-asked", UI_VIEWER, UI_VIEWER_LIVE, sample_viewer_asked, 0, 0},
    {"viewer-held", UI_VIEWER, UI_VIEWER_LIVE, sample_viewer_held, 0, 0},
    {"viewer-question", UI_VIEWER, UI_VIEWER_LIVE, sample_viewer_question, 0, 0},
    {"viewer-reach", UI_VIEWER, UI_VIEWER_LIVE, sample_viewer_reach, 0, 0},
    {"viewer-incomplete", UI_VIEWER, UI_VIEWER_EMPTY, sample_viewer_incomplete, 0, 0},
    {"viewer-mine", UI_VIEWER, UI_VIEWER_EMPTY, sample_viewer_mine, 0, 0},
    {"viewer-mine-paused", UI_VIEWER, UI_VIEWER_EMPTY, sample_viewer_mine_paused, 0, 0},
    {"viewer-control-small", UI_VIEWER, UI_VIEWER_LIVE, sample_viewer_control, 640, 480},
    {"viewer-paused", UI_VIEWER, UI_VIEWER_PAUSED, sample_viewer, 0, 0},
    {"viewer-reconnecting", UI_VIEWER, UI_VIEWER_STALE, sample_viewer_stale, 0, 0},
    {"viewer-empty", UI_VIEWER, UI_VIEWER_EMPTY, sample_viewer_empty, 0, 0},
    {"viewer-empty-reconnecting", UI_VIEWER, UI_VIEWER_STALE, sample_viewer_empty_stale, 0, 0},
    {"viewer-small", UI_VIEWER, UI_VIEWER_STALE, sample_viewer_stale, 640, 480},
    {"viewer-large", UI_VIEWER, UI_VIEWER_PAUSED, sample_viewer, 1281, 801},
    {"ended", UI_ENDED, 0, sample_ended, 0, 0},
    {"ended-log", UI_ENDED, 0, sample_ended_log, 0, 0},
    {"ended-empty", UI_ENDED, 0, sample_ended_empty, 0, 0},
    {"ended-by", UI_ENDED, 0, sample_ended_by, 0, 0},
    {"ended-left", UI_ENDED, 0, sample_ended_left, 0, 0},
    {"ended-cut", UI_ENDED, 0, sample_ended_cut, 0, 0},
    {"error", UI_ERROR, 0, sample_error_cert, 0, 0},
    {"error-none", UI_ERROR, 1, sample_error_none, 0, 0},
    {"error-details", UI_ERROR, 1, sample_error_details, 0, 0},
    {"error-stop", UI_ERROR, 2, sample_error_wait, 0, 0},
    {"error-box", UI_ERROR, 3, sample_error_box, 0, 0},
    {"error-old", UI_ERROR, 3, sample_error_old, 0, 0},
    {"toast-joined", UI_TOAST, 0, sample_toast_joined, 0, 0},
    {"toast-more", UI_TOAST, 0, sample_toast_more, 0, 0},
    {"toast-kept", UI_TOAST, 0, sample_toast_kept, 0, 0},
    {"toast-stopped", UI_TOAST, 0, sample_toast_stopped, 0, 0},
    {"toast-worker", UI_TOAST, 0, sample_toast_worker, 0, 0},
    {"toast-space", UI_TOAST, 0, sample_toast_space, 0, 0},
    {"toast-log-lost", UI_TOAST, 0, sample_toast_lost, 0, 0},
    {"toast-log-needed", UI_TOAST, 0, sample_toast_needed, 0, 0},
    {"toast-log-mine", UI_TOAST, 0, sample_toast_mine, 0, 0},
    {"toast-log-door", UI_TOAST, 0, sample_toast_door, 0, 0},
    {"toast-log-again", UI_TOAST, 0, sample_toast_again, 0, 0},
    {"toast-question", UI_TOAST, 0, sample_toast_question, 0, 0},
    {"doctor", UI_DOCTOR, 0, sample_doctor, 0, 0},
    {"doctor-begin", UI_DOCTOR, 0, sample_doctor_begins, 0, 0},
    {"doctor-control", UI_DOCTOR, 0, sample_doctor_control, 0, 0},
    {"doctor-unlocked", UI_DOCTOR, 0, sample_doctor_unlocked, 0, 0},
    {"doctor-control-unlocked", UI_DOCTOR, 0, sample_doctor_control_unlocked, 0, 0},
    {"doctor-2", UI_DOCTOR, 0, sample_doctor_page_2, 0, 0},
    {"verify-words", UI_WORDS, 0, sample_words_dialog, 0, 0},
    {"consent-control", UI_CONSENT_CONTROL, 0, sample_control, 0, 0},
    {"consent-control-hands", UI_CONSENT_CONTROL, 0, sample_control_hands, 0, 0},
    {"consent-control-unlike", UI_CONSENT_CONTROL, 0, sample_control_unlike, 0, 0},
    {"admit-unlike", UI_ADMIT, 0, sample_admit_unlike, 0, 0},
    {"consent-control-certified", UI_CONSENT_CONTROL, 0, sample_control_certified, 0, 0},
    {"key-changed", UI_KEY_CHANGED, 0, sample_key_changed, 0, 0},
    {"control-whole", UI_CONTROL_WHOLE, 0, sample_control_whole, 0, 0},
    {"sharing-bar-control", UI_SHARING_BAR_CONTROL, 0, sample_control_bar, 0, 0},
    {"sharing-bar-control-held", UI_SHARING_BAR_CONTROL, 0, sample_control_bar_held, 0, 0},
    {"present", UI_PRESENT, UI_PRESENT_GIVE, sample_present, 0, 0},
    {"present-ours", UI_PRESENT, UI_PRESENT_GIVE, sample_present_ours, 0, 0},
    {"present-other", UI_PRESENT, UI_PRESENT_GIVE, sample_present_other, 0, 0},
    {"present-you", UI_PRESENT, UI_PRESENT_TAKE, sample_present, 0, 0},
    {"present-second", UI_PRESENT, UI_PRESENT_SECOND, sample_present, 0, 0},
    {"sharing-bar-still", UI_SHARING_BAR, UI_BAR_STILL, sample_bar_still, 0, 0},
    {"sharing-bar-still-unlike", UI_SHARING_BAR, UI_BAR_STILL, sample_bar_still_unlike, 0, 0},
    {"settings", UI_SETTINGS, 0, sample_settings, 0, 0},
    {"settings-wrong", UI_SETTINGS, 0, sample_settings_wrong, 0, 0},
    {"password-new", UI_NEW_PASSWORD, 0, sample_password_new, 0, 0},
    {"password-own", UI_NEW_PASSWORD, 0, sample_password_own, 0, 0},
    {"password-sharing", UI_NEW_PASSWORD, 0, sample_password_sharing, 0, 0},
    {"password-none", UI_NEW_PASSWORD, 0, sample_password_none, 0, 0},
    {"people", UI_PEOPLE, 0, sample_people, 0, 0},
    {"people-none", UI_PEOPLE, 0, sample_people_none, 0, 0},
    {"mirror", UI_MIRROR, 0, sample_mirror, 0, 0},
    {"mirror-paused", UI_MIRROR, 0, sample_mirror_paused, 0, 0},
    {"sharing-bar-see", UI_SHARING_BAR, UI_BAR_SHARING, sample_bar_see, 0, 0},
    {"chat", UI_CHAT, 0, sample_chat, 0, 0},
    {"chat-none", UI_CHAT, 0, sample_chat_none, 0, 0},
    {"host-why", UI_HOST_PANEL, 0, sample_host_why, 0, 0},
    {"host-unlike", UI_HOST_PANEL, 2, sample_host_unlike, 0, 0},
    {"people-why", UI_PEOPLE, 0, sample_people_why, 0, 0},
    {"chat-why", UI_CHAT, 0, sample_chat_why, 0, 0},
    {"consent-why", UI_CONSENT_SHARE, 0, sample_consent_why, 0, 0},
    {"consent-control-why", UI_CONSENT_CONTROL, 0, sample_control_why, 0, 0},
    {"settings-why", UI_SETTINGS, 0, sample_settings_why, 0, 0},
    {"viewer-why", UI_VIEWER, UI_VIEWER_LIVE, sample_viewer_why, 0, 0},
    {"home-why", UI_HOME, 0, sample_home_why, 0, 0},
    {"host-panel-unread", UI_HOST_PANEL, 0, sample_host_unread, 0, 0},
    {"end-hands", UI_END_ASK, 0, sample_end_hands, 0, 0},
    {"end-ask", UI_END_ASK, 0, sample_end_ask, 0, 0},
    {"toast-hint", UI_TOAST, 0, sample_toast_hint, 0, 0},
    {"toast-control", UI_TOAST, 0, sample_toast_control, 0, 0},
    {"toast-keys", UI_TOAST, 0, sample_toast_keys, 0, 0},
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
