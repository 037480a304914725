/* Window frames, chips, badges, banners. vitrine-render ui; the only foreign text here goes through
 * name_clean. */
#include "render/parts.h"
#include "lib/ui/say.h"
#include "render/name.h"
#include <stdio.h>
#include <string.h>

const char *part_text(struct painter *p, char out[256], enum ui_string string, uint32_t n,
                      const char *s)
{
    ui_string_format(out, 256, string, p->c.language, &(struct ui_args){n, 0, s});
    return out;
}

static void mark(struct painter *p, double x, double y)
{
    canvas_icon(&p->c, UI_ICON_LOGO, x, y, 24, COLOUR_ACCENT, 1.75);
    canvas_text(&p->c, x + 32, y + 18, UI_STYLE_LEAD6, COLOUR_TEXT, CANVAS_LTR, "vitrine");
}

void part_why(struct painter *p, double end, double y)
{
    if (p->s->number[UI_SLOT_WHY])
        canvas_string(&p->c, end, y, p->s->number[UI_SLOT_WHY], COLOUR_TEXT, CANVAS_END,
                      &(struct ui_args){.n = p->s->number[UI_SLOT_WAIT]});
}

/* That nobody can be let in comes before why something else waits. */
static void frame_line(struct painter *p, double end)
{
    if (p->s->window == UI_HOST_PANEL && p->s->number[UI_SLOT_UNLIKE])
        canvas_string(&p->c, end, 29.5, UI_STR_HOST_UNLIKE, COLOUR_TEXT, CANVAS_END, NULL);
    else if (p->s->window != UI_VIEWER)
        part_why(p, end, 29.5);
}

void part_frame(struct painter *p, enum ui_string title)
{
    struct canvas *c = &p->c;
    double w = c->w, h = c->h, x;
    char text[256];

    canvas_fill(c, (struct place){0, 0, w, h}, 0, COLOUR_BG);
    canvas_fill(c, (struct place){0, 0, w, 48}, 0, COLOUR_SURFACE);
    canvas_line_across(c, 0, 48, w, COLOUR_LINE);
    canvas_stroke(c, (struct place){0, 0, w, h}, 0, COLOUR_CTL, 1);
    mark(p, 16, 12);
    frame_line(p, w - 96);
    if (title == UI_STR_NONE)
        return;
    x = 48 + canvas_text_width(c, UI_STYLE_LEAD6, 0, "vitrine") + 12;
    canvas_line_down(c, x, 16, 16, COLOUR_LINE);
    canvas_text(c, x + 13, 29.5, UI_STYLE_BODY, COLOUR_TEXT2, 0,
                part_text(p, text, title, 0, NULL));
}

/* ui.md 2: the case frame is to be drawn by the broker one day; nothing else of a consent window is
 * in here. */
static void case_frame(struct painter *p)
{
    struct canvas *c = &p->c;

    canvas_stroke(c, (struct place){0, 0, c->w, c->h}, 0, COLOUR_ACCENT, 3);
    canvas_stroke(c, (struct place){6, 6, c->w - 12, c->h - 12}, 0, COLOUR_ACCENT, 1);
}

/* What stands between a yes and the button above. */
static void case_line(struct painter *p)
{
    struct canvas *c = &p->c;

    if (p->s->number[UI_SLOT_UNLIKE]) {
        canvas_icon(c, UI_ICON_ALERT, 24, c->h - 26, 16, COLOUR_WARN, 1.75);
        canvas_string(c, 48, c->h - 14, UI_STR_CASE_UNLIKE, COLOUR_TEXT, 0, NULL);
    } else if (p->s->number[UI_SLOT_HANDS]) {
        canvas_string(c, 24, c->h - 14, UI_STR_CASE_HANDS, COLOUR_TEXT2, 0, NULL);
    }
}

void part_case(struct painter *p)
{
    struct canvas *c = &p->c;
    char number[32], text[256];

    canvas_fill(c, (struct place){0, 0, c->w, c->h}, 0, COLOUR_SURFACE);
    case_frame(p);
    mark(p, 24, 20);
    case_line(p);
    if (!p->s->words[UI_SLOT_SID][0])
        return;
    ui_number(p->s->words[UI_SLOT_SID], number);
    canvas_text(c, c->w - 24, 37.5, UI_STYLE_CAPTION, COLOUR_TEXT2, CANVAS_END,
                part_text(p, text, UI_STR_FOOT_SESSION, 0, number));
}

void part_footer(struct painter *p, enum ui_icon icon, enum colour colour, const char *text,
                 const char *right)
{
    struct canvas *c = &p->c;
    double y = c->h - 40, room = c->w - 60;

    canvas_fill(c, (struct place){1, y, c->w - 2, 39}, 0, COLOUR_SURFACE);
    canvas_line_across(c, 1, y, c->w - 2, COLOUR_LINE);
    canvas_icon(c, icon, 16, y + 10, 20, colour, 1.75);
    if (right) {
        room -= canvas_text_width(c, UI_STYLE_CAPTION, 0, right) + 24;
        canvas_text(c, c->w - 16, y + 25, UI_STYLE_CAPTION, COLOUR_TEXT2, CANVAS_END, right);
    } else {
        room -= 148;
    }
    canvas_text_cut(c, 44, y + 25, room, UI_STYLE_FOOT, colour, 0, text);
}

void part_footer_nobody(struct painter *p, const char *right)
{
    char text[256];

    part_footer(p, UI_ICON_EYE_OFF, COLOUR_TEXT2, part_text(p, text, UI_STR_FOOT_NOBODY, 0, NULL),
                right);
}

void part_footer_state(struct painter *p, const char *right)
{
    static const enum ui_string what[] = {UI_STR_FOOT_SHARING, UI_STR_FOOT_SHARING_ONE,
                                          UI_STR_FOOT_SHARING_PART};
    char text[256];

    if (p->facts.sharing == 1)
        part_footer(p, UI_ICON_EYE, COLOUR_DANGER,
                    part_text(p, text, what[p->facts.what], p->s->number[UI_SLOT_PEOPLE], NULL),
                    right);
    else if (p->facts.sharing == 2)
        part_footer(p, UI_ICON_EYE_OFF, COLOUR_TEXT2,
                    part_text(p, text, UI_STR_FOOT_PAUSED, 0, NULL), right);
    else
        part_footer_nobody(p, right);
}

void part_card(struct painter *p, struct place at)
{
    canvas_fill(&p->c, at, 12, COLOUR_SURFACE);
    canvas_stroke(&p->c, at, 12, COLOUR_LINE, 1);
}

#define FSI "\xe2\x81\xa8"
#define PDI "\xe2\x81\xa9"
#define QUOTE_LEFT "\xe2\x80\x9c"
#define QUOTE_RIGHT "\xe2\x80\x9d"
#define ELLIPSIS "\xe2\x80\xa6"

static double quote(struct painter *p, char out[NAME_CLEAN_MAX + 32], const char *name, size_t len,
                    bool shortened, bool bare)
{
    /* Isolated: whatever direction the name has, the quotation marks stay where the window's
     * direction puts them, and the ellipsis where the name goes on. No font turns these marks
     * round: from right to left the right one comes first, or both would face away. */
    const char *first = p->c.mirrored ? QUOTE_RIGHT : QUOTE_LEFT;
    const char *last = p->c.mirrored ? QUOTE_LEFT : QUOTE_RIGHT;

    snprintf(out, NAME_CLEAN_MAX + 32, "%s" FSI "%.*s%s" PDI "%s", bare ? "" : first, (int)len,
             name, shortened ? ELLIPSIS : "", bare ? "" : last);
    return canvas_text_width(&p->c, UI_STYLE_CHIP, 0, out);
}

/* The name in quotation marks (bare: without them), as much of it as there is room for. */
static double fit_name(struct painter *p, char out[NAME_CLEAN_MAX + 32], const char *name,
                       size_t len, double room, bool bare)
{
    double width = quote(p, out, name, len, false, bare);

    for (size_t n = name_graphemes(name, len); width > room && n > 0; n--) {
        size_t bytes = name_prefix(name, len, n - 1);

        while (bytes > 0 && name[bytes - 1] == ' ')
            bytes--;
        width = quote(p, out, name, bytes, true, bare);
    }
    return width;
}

struct chip {
    double height, edge, baseline; /* edge: left and right of the name */
    enum colour fill, text, nameless;
    bool certified; /* no quotation marks, but a tick: somebody vouches for this one */
};

#define TICK 22 /* room of the tick before a name */

/* What the name begins after, or ends before. */
static double chip_edges(const struct chip *chip)
{
    return 2 * chip->edge + (chip->certified ? TICK : 0);
}

/* What is to stand on the chip; returns how wide that makes it. *named: a name does. */
static double chip_words(struct painter *p, char shown[NAME_CLEAN_MAX + 32], double room,
                         const char *untrusted_name, const struct chip *chip, bool *named)
{
    char name[NAME_CLEAN_MAX];
    size_t len = name_clean(name, untrusted_name, strlen(untrusted_name));
    double edges = chip_edges(chip);

    *named = len > 0;
    if (len > 0)
        return fit_name(p, shown, name, len, room - edges, chip->certified) + edges;
    ui_string_format(shown, NAME_CLEAN_MAX + 32, UI_STR_NAME_NONE, p->c.language, NULL);
    return canvas_text_width(&p->c, UI_STYLE_CHIP, 0, shown) + 2 * chip->edge;
}

static double draw_chip(struct painter *p, double x, double y, double room,
                        const char *untrusted_name, const struct chip *chip)
{
    struct canvas *c = &p->c;
    char shown[NAME_CLEAN_MAX + 32];
    bool named;
    struct place at = {x, y, chip_words(p, shown, room, untrusted_name, chip, &named),
                       chip->height};

    canvas_fill(c, at, 6, chip->fill);
    if (c->theme->high_contrast)
        canvas_stroke(c, at, 6, COLOUR_CTL, 1);
    if (chip->certified)
        canvas_icon(c, UI_ICON_CHECK, x + chip->edge, y + 5, 16, chip->text, 1.75);
    canvas_clip(c, at); /* piled-up marks must not reach the line above */
    canvas_text(c, x + chip_edges(chip) - chip->edge, y + chip->baseline, UI_STYLE_CHIP,
                named ? chip->text : chip->nameless, 0, shown);
    canvas_unclip(c);
    return at.w;
}

static struct chip chip_of(uint16_t badges, enum colour on)
{
    return badges & UI_BADGE_CERTIFIED
               ? (struct chip){26, 8, 18.4, COLOUR_OTINT, COLOUR_OK, COLOUR_OK, true}
               : (struct chip){26, 8, 18.4, on, COLOUR_TEXT, COLOUR_TEXT2, false};
}

double part_chip(struct painter *p, double x, double y, double room, const char *untrusted_name,
                 enum colour on)
{
    struct chip chip = chip_of(0, on);

    return draw_chip(p, x, y, room, untrusted_name, &chip);
}

double part_named_chip(struct painter *p, struct place at, const char *untrusted_name,
                       uint16_t badges, enum colour on)
{
    struct chip chip = chip_of(badges, on);

    if (at.h > 0) {
        chip.height = at.h;
        chip.baseline = at.h / 2 + 5.4;
    }
    return draw_chip(p, at.x, at.y, at.w, untrusted_name, &chip);
}

double part_named_chip_width(struct painter *p, double room, const char *untrusted_name,
                             uint16_t badges)
{
    struct chip chip = chip_of(badges, COLOUR_SUNKEN);
    char shown[NAME_CLEAN_MAX + 32];
    bool named;

    return chip_words(p, shown, room, untrusted_name, &chip, &named);
}

double part_live_chip(struct painter *p, double x, double y, double room,
                      const char *untrusted_name)
{
    static const struct chip chip = {20, 6, 15, COLOUR_ONLIVE, COLOUR_LIVE, COLOUR_LIVE, false};

    return draw_chip(p, x, y, room, untrusted_name, &chip);
}

double part_badge_width(struct painter *p, const char *text, enum ui_icon icon)
{
    return canvas_text_width(&p->c, UI_STYLE_LABEL5, 0, text) + 16 +
           (icon != UI_ICON_NONE ? 20 : 0);
}

double part_badge(struct painter *p, double x, double y, const char *text, enum part_badge kind,
                  enum ui_icon icon)
{
    return part_badge_high(p, (struct place){x, y, 0, BADGE_HIGH}, text, kind, icon);
}

double part_badge_high(struct painter *p, struct place at, const char *text, enum part_badge kind,
                       enum ui_icon icon)
{
    static const enum colour colours[][2] = {
        {COLOUR_TINT, COLOUR_ONTINT},  {COLOUR_OTINT, COLOUR_OK},
        {COLOUR_WTINT, COLOUR_WARN},   {COLOUR_SUNKEN, COLOUR_TEXT2},
        {COLOUR_DTINT, COLOUR_DANGER}, {COLOUR_SURFACE, COLOUR_ONTINT}};
    struct canvas *c = &p->c;
    double x = at.x;

    at.w = part_badge_width(p, text, icon);
    canvas_fill(c, at, 6, colours[kind][0]);
    if (c->theme->high_contrast)
        canvas_stroke(c, at, 6, colours[kind][1], 1);
    if (icon != UI_ICON_NONE)
        canvas_icon(c, icon, x + 6, at.y + at.h / 2 - 8.5, 17, colours[kind][1], 1.75);
    canvas_text(c, x + 8 + (icon != UI_ICON_NONE ? 18 : 0), at.y + at.h / 2 + 4.7, UI_STYLE_LABEL5,
                colours[kind][1], 0, text);
    return at.w;
}

void part_banner(struct painter *p, struct place at, enum part_banner kind)
{
    static const struct {
        enum colour fill, colour;
        enum ui_icon icon;
    } looks[] = {{COLOUR_TINT, COLOUR_ONTINT, UI_ICON_INFO},
                 {COLOUR_WTINT, COLOUR_WARN, UI_ICON_ALERT},
                 {COLOUR_OTINT, COLOUR_OK, UI_ICON_SHIELD},
                 {COLOUR_DTINT, COLOUR_DANGER, UI_ICON_ALERT}};

    canvas_fill(&p->c, at, 8, looks[kind].fill);
    if (p->c.theme->high_contrast)
        canvas_stroke(&p->c, at, 8, looks[kind].colour, 1);
    canvas_icon(&p->c, looks[kind].icon, at.x + 12, at.y + (at.h - 20) / 2, 20, looks[kind].colour,
                1.75);
}

void part_medal(struct painter *p, struct place at, double radius, enum colour fill,
                enum ui_icon icon, double size, enum colour colour, double stroke)
{
    canvas_fill(&p->c, at, radius, fill);
    if (p->c.theme->high_contrast && fill != COLOUR_LIVE)
        canvas_stroke(&p->c, at, radius, colour, 1);
    canvas_icon(&p->c, icon, at.x + (at.w - size) / 2, at.y + (at.h - size) / 2, size, colour,
                stroke);
}

void part_count(struct painter *p, unsigned control, uint32_t n)
{
    struct place at = part_place(p, control);
    char text[8];

    if (n == 0)
        return;
    at = (struct place){at.x + at.w - 14, at.y - 8, 20, 20};
    snprintf(text, sizeof text, n > 9 ? "9+" : "%u", (unsigned)n);
    canvas_fill(&p->c, at, 10, COLOUR_ACCENT);
    canvas_text(&p->c, at.x + 10, at.y + 14.6, UI_STYLE_LABEL5, COLOUR_ONACCENT,
                CANVAS_MIDDLE | CANVAS_TABULAR | CANVAS_LTR, text);
}
