/*
 * What a window says besides its controls, in words and in reading order: for those who cannot see
 * it (--events). It is read from the order that its painter gets, so that both say the same;
 * tests/unit/render/test_said.c holds what is drawn against it. Runs in the broker, which draws
 * nothing; the tables that painters need as well are asked for here by both.
 */
#ifndef LIB_UI_SAY_H
#define LIB_UI_SAY_H
#include "lib/ui/scene.h"
#include "ui_layout.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ui_error_row;

struct msg_ui_paint;

#define UI_SAYS 48
#define UI_SAYS_ROOM 12288

struct ui_said {
    unsigned n;
    const char *text[UI_SAYS]; /* into room; what does not fit any more is left out */
    uint64_t runs;             /* bit n: text n changes by itself, as a clock does */
    size_t len;
    char room[UI_SAYS_ROOM];
};
/* Claimed names are texts of their own, quoted (lib/text.h). Neither the session's password nor
   what stands in a field is among them, and what people wrote only with `chat`: quoted as well,
   after its writer. Then the caller wipes *out. */
void ui_say(struct ui_said *out, const struct msg_ui_paint *order, bool chat);

/* A claimed name: quoted, or the words that stand for one of which nothing can be seen. */
void ui_say_name(char *out, size_t cap, const char *name, unsigned language);
/* What badges say (enum ui_badge), with commas between, the more important first. */
void ui_say_badges(char *out, size_t cap, uint16_t badges, bool waiting, unsigned language);
/* The {n} of a label there: how many a list has of which some are shown. people: UI_SLOT_PEOPLE. */
uint32_t ui_everybody(enum ui_window window, uint32_t people);
/* What a radio button is one of; UI_STR_NONE: it says so itself. */
enum ui_string ui_group_of(enum ui_window window, uint8_t control);

/* --- what painters use as well */
/* Nine digits as 482 915 306; anything else as it is. */
void ui_number(const char *digits, char out[32]);
/* Seconds as 04:12 or 1:04:12. */
void ui_time(uint32_t seconds, char out[16]);

struct ui_two_lines {
    enum ui_string title, text;
};
/* What this person's hands can do in the viewer: UI_SLOT_MINE, UI_SLOT_HELD; of who shares
   (UI_SLOT_SHARING), that they present. */
enum ui_string ui_hands_now(unsigned sharing, unsigned mine, unsigned held);
/* No picture of anybody else is there, also while the line is gone. named: a presenter is. */
bool ui_viewer_blank(unsigned variant, bool named);
/* In a viewer without a picture, in its header and below "You are in the session": who presents
   there shares (UI_SLOT_SHARING), else nobody does. */
struct ui_two_lines ui_viewer_empty(unsigned sharing, bool incomplete);
/* enum ui_toast; a title of UI_STR_NONE: a name stands there. sharing: UI_SLOT_SHARING; people: of
   how many it tells, put into the title. */
struct ui_two_lines ui_toast_lines(unsigned toast, unsigned sharing, uint32_t people);
/* enum worker_kind: a row of the security status; UI_STR_NONE: there is no such part. */
struct ui_two_lines ui_doctor_lines(unsigned kind);
/* How people come in (enum ui_door): where nobody waits, and in the dialog that lets one in. */
enum ui_string ui_waiting_none(unsigned door);
enum ui_string ui_admit_text(unsigned door, unsigned sharing);
/* What comes of making somebody presenter, and what a yes to sharing is not for: enum ui_sharing.
 */
enum ui_string ui_present_text(unsigned sharing);
enum ui_string ui_share_look(unsigned sharing);
/* Whom a consent to share is for: its title, and the line that stands for names where nobody is
   there. also: enum ui_also. */
enum ui_string ui_share_title(unsigned also, uint32_t people);
enum ui_string ui_share_nobody(unsigned also);
/* What is shared, in the dialog that asks for it: UI_SLOT_WHAT (not known: it has to be picked),
   enum ui_monitor. */
enum ui_string ui_share_body(unsigned what, unsigned monitor);
/* Below the title of the security status: whether somebody has control (then that one's name stands
   before it), nothing is missing. */
enum ui_string ui_doctor_now(bool control, unsigned all);
/* The title of the ended window. */
enum ui_string ui_ended_title(bool cut, bool hosted, unsigned who);
/* The footer of the ended window: how long it lasted, and who ended it (UI_SLOT_END_WHO); named:
   that one's name is known, and follows UI_STR_ENDED_FOOT_NAME. */
enum ui_string ui_ended_foot(bool cut, unsigned who, bool named);
/* What an error means: of its row, or the versions that do not fit (UI_SLOT_VERSIONS). */
enum ui_string ui_error_means(const struct ui_error_row *e, unsigned versions);
/* The first sentence of an error, and what it means. later: it came too late to say that nothing
   was sent or shown (UI_SLOT_LATER). */
struct ui_two_lines ui_error_lines(const struct ui_error_row *e, unsigned versions, bool later);
/* enum ui_holds. */
enum ui_string ui_holds_word(unsigned holds);

#endif
