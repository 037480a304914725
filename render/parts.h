/*
 * The components of ui.md 6: what screens are put together from. All coordinates are logical, left
 * to right. vitrine-render ui.
 */
#ifndef RENDER_PARTS_H
#define RENDER_PARTS_H
#include "render/painter.h"

/* --- the window itself */
/* Header with mark, name, and a title unless it is UI_STR_NONE; background and edge. */
void part_frame(struct painter *p, enum ui_string title);
/* Why a control is grey, ending there; nothing where none is. part_frame draws it in the header. */
void part_why(struct painter *p, double end, double y);
/* Consent windows: double frame; the session number at the right. */
void part_case(struct painter *p);
/* The state line, and at its right a text or (NULL) room for a link. */
void part_footer(struct painter *p, enum ui_icon icon, enum colour colour, const char *text,
                 const char *right);
/* The line every window without something better shows. */
void part_footer_nobody(struct painter *p, const char *right);
/* The same while a session of ours runs: sharing, paused, or nobody. */
void part_footer_state(struct painter *p, const char *right);

/* --- controls of layout.tsv */
struct place part_place(const struct painter *p, unsigned control);
/* Every control but fields, rows and areas, which screens draw themselves. */
void part_controls(struct painter *p);
struct part_field {
    unsigned control;
    const char *text;
    enum ui_string hint; /* shown while the text is empty */
    enum ui_style style;
    double spacing;
    bool label; /* above it */
};
void part_field(struct painter *p, const struct part_field *f);

/* --- pieces */
void part_card(struct painter *p, struct place at);
/* A name somebody typed: cleaned, quoted, on a chip of its own at most `room` wide. Returns its
 * width. */
double part_chip(struct painter *p, double x, double y, double room, const char *untrusted_name,
                 enum colour on);
/* The same for somebody with these badges; who is named by a certificate has a chip of another
   kind: no quotation marks, a tick. at: place, room, and height; 0: the usual one. */
double part_named_chip(struct painter *p, struct place at, const char *untrusted_name,
                       uint16_t badges, enum colour on);
/* How wide it would be. */
double part_named_chip_width(struct painter *p, double room, const char *untrusted_name,
                             uint16_t badges);
/* The card of a consent dialog that names whom it is about: icon, chip, and under it `typed`. Its
   top is at y; it is 64 high. */
void part_person(struct painter *p, double y, enum ui_icon icon, enum ui_string typed);
/* "1–7 of 20", from UI_SLOT_FIRST, _FOUND and the rows, ending at x; nothing where there is nobody.
 */
void part_range(struct painter *p, double end, double y);
/* Round mark of a person, 32 wide. */
void part_person_mark(struct painter *p, double x, double y, enum colour on);
/* The badges of somebody in the session (enum ui_badge bits), the more important first: on that
   line (as wide and high as it is), and what has no room there on the one under it. */
#define NO_LINE ((struct place){0})
#define BADGE_HIGH 24
void part_badges(struct painter *p, struct place line, struct place under, uint16_t badges);
/* How wide all of them are together. */
double part_badges_width(struct painter *p, uint16_t badges);
/* The same on the red bar. */
double part_live_chip(struct painter *p, double x, double y, double room,
                      const char *untrusted_name);
/* UI_BADGE_SAME_NAME where that name looks like somebody else's, like vitrine's own or "you"; else
 * 0.
 */
uint16_t part_same_name(const struct painter *p, const char *untrusted_name);
/* The badges of a row of the scene: its own, and that one. */
uint16_t part_row_badges(const struct painter *p, const struct scene_row *row);
/* BADGE_RAISED: BADGE_TINT where the ground is that tint. */
enum part_badge { BADGE_TINT, BADGE_OK, BADGE_WARN, BADGE_PLAIN, BADGE_DANGER, BADGE_RAISED };
double part_badge_width(struct painter *p, const char *text, enum ui_icon icon);
double part_badge(struct painter *p, double x, double y, const char *text, enum part_badge kind,
                  enum ui_icon icon);
/* As high as at is. */
double part_badge_high(struct painter *p, struct place at, const char *text, enum part_badge kind,
                       enum ui_icon icon);
/* The badge of such a name, on its own. */
double part_same_width(struct painter *p);
double part_same_badge(struct painter *p, double x, double y);
/* How many of something were not read, on the upper end corner of a control; nothing where 0. */
void part_count(struct painter *p, unsigned control, uint32_t n);
enum part_banner { BANNER_INFO, BANNER_WARN, BANNER_OK, BANNER_DANGER };
/* The box and its icon; the text is the screen's, from x + 44. */
void part_banner(struct painter *p, struct place at, enum part_banner kind);
/* A round or rounded patch with an icon in its middle. */
void part_medal(struct painter *p, struct place at, double radius, enum colour fill,
                enum ui_icon icon, double size, enum colour colour, double stroke);

/* --- texts */
/* A sentence of the table filled into a buffer. */
const char *part_text(struct painter *p, char out[256], enum ui_string string, uint32_t n,
                      const char *s);

#endif
