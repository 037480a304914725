/* One function per window: paints it whole. painter.c chooses. vitrine-render ui. */
#ifndef RENDER_SCREENS_H
#define RENDER_SCREENS_H
#include "render/painter.h"

void screen_home(struct painter *p);
void screen_join(struct painter *p);
void screen_connecting(struct painter *p);
void screen_host(struct painter *p);
void screen_admit(struct painter *p);
void screen_consent_share(struct painter *p);
void screen_bar(struct painter *p);
void screen_toast(struct painter *p);
void screen_viewer(struct painter *p);
void screen_mirror(struct painter *p);
void screen_ended(struct painter *p);
void screen_error(struct painter *p);
void screen_doctor(struct painter *p);
void screen_words(struct painter *p);
void screen_present(struct painter *p);
void screen_key_changed(struct painter *p);
void screen_settings(struct painter *p);
void screen_new_password(struct painter *p);
void screen_people(struct painter *p);
void screen_chat(struct painter *p);
void screen_end_ask(struct painter *p);
void screen_labels(struct painter *p);

void screen_consent_control(struct painter *p);
void screen_control_whole(struct painter *p);
void screen_control_bar(struct painter *p);

#endif
