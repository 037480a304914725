/* What lib/ui/say*.c share; nobody else includes it. */
#ifndef LIB_UI_SAY_PARTS_H
#define LIB_UI_SAY_PARTS_H
#include "ch_ui.h"
#include "lib/ui/layout.h"
#include "lib/ui/say.h"
#include "lib/ui/strings.h"

struct say {
    struct ui_said *out;
    const struct msg_ui_paint *m;
    bool chat; /* what people wrote, too */
};

/* What the order holds: whether it tells that slot at all, its number, its text (terminated). */
bool say_told(const struct say *s, enum ui_slot slot);
uint32_t say_number(const struct say *s, enum ui_slot slot);
bool say_has(const struct say *s, enum ui_slot slot);
const char *say_words(const struct say *s, enum ui_slot slot, char out[257]);
const char *say_copy(char out[257], struct span words);

/* One more text: as it is, a sentence, one with something put in, one that runs. */
void say_text(const struct say *s, const char *text);
void say(const struct say *s, enum ui_string string);
void say_with(const struct say *s, enum ui_string string, struct ui_args args);
void say_running(const struct say *s, enum ui_string string, struct ui_args args);
void say_count(const struct say *s, uint32_t n);
/* A claimed name. */
void say_name(const struct say *s, const char *name);
void say_name_of(const struct say *s, enum ui_slot slot);
/* A sentence with the session's number in it. */
void say_digits_of(const struct say *s, enum ui_string string, enum ui_slot slot);
/* What an empty field shows. */
void say_hint(const struct say *s, enum ui_slot field, enum ui_string text);
/* Which of how many stand on this page. */
void say_range(const struct say *s);
/* Footers. */
void say_state(const struct say *s);
void say_code(const struct say *s, const char *code);

void say_home(const struct say *s);
void say_join(const struct say *s);
void say_connecting(const struct say *s);
void say_settings(const struct say *s);
void say_new_password(const struct say *s);
void say_host(const struct say *s);
void say_people(const struct say *s);
void say_chat(const struct say *s);
void say_sharing_bar(const struct say *s);
void say_control_bar(const struct say *s);
void say_toast(const struct say *s);
void say_viewer(const struct say *s);
void say_mirror(const struct say *s);
void say_ended(const struct say *s);
void say_error(const struct say *s);
void say_doctor(const struct say *s);
void say_admit(const struct say *s);
void say_consent_share(const struct say *s);
void say_consent_control(const struct say *s);
void say_control_whole(const struct say *s);
void say_present(const struct say *s);
void say_compare(const struct say *s);
void say_key_changed(const struct say *s);
void say_end_ask(const struct say *s);

#endif
