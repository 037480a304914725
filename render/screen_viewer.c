/* Frames around a picture: the viewer's with header, toolbar, notes and footer, and that of what
 * others see. The picture itself never comes here (ui.md 2). vitrine-render ui. */
#include "lib/ui/say.h"
#include "render/parts.h"
#include "render/screens.h"

#define WHY_ROOM 220          /* between Chat and the quality of the line, in wide windows */
#define QUALITY_TEXT_FROM 800 /* narrower windows show the bars only, ui.md 3 */
#define QUALITY_ROOM 88       /* for its text; a longer one pushes all of it away from "Leave" */

static struct ui_two_lines empty(const struct painter *p)
{
    return ui_viewer_empty(p->s->number[UI_SLOT_SHARING], p->s->number[UI_SLOT_INCOMPLETE]);
}

static bool is_blank(const struct painter *p)
{
    return ui_viewer_blank(p->s->variant, p->s->words[UI_SLOT_NAME][0] != 0);
}

static void header(struct painter *p)
{
    static const enum ui_string what[] = {UI_STR_VIEW_SHOWING, UI_STR_VIEW_SHOWING_ONE,
                                          UI_STR_VIEW_SHOWING_PART, UI_STR_VIEW_SHOWING_UNKNOWN};
    uint32_t shown = p->s->number[UI_SLOT_WHAT];
    struct canvas *c = &p->c;
    double x = 120, end;
    bool control = p->facts.mine == 2 && !p->facts.sharing;
    const char *only = ui_string_text(
        ui_hands_now(p->facts.sharing, p->facts.mine, p->s->number[UI_SLOT_HELD]), c->language, 0);
    const char *text;

    end = c->w - 95 - part_badge_width(p, only, UI_ICON_EYE);
    part_badge(p, end, 12, only,
               control ? p->s->number[UI_SLOT_HELD] ? BADGE_WARN : BADGE_DANGER : BADGE_PLAIN,
               control ? UI_ICON_HAND : UI_ICON_EYE);
    text = ui_string_text(what[shown < 3 ? shown : 3], c->language, 0);
    if (is_blank(p))
        text = ui_string_text(empty(p).title, c->language, 0);
    else
        x += part_chip(p, x, 11, 260, p->s->words[UI_SLOT_NAME], COLOUR_SUNKEN) + 10;
    canvas_label(c, x, 29.5, end - 16 - x, UI_STYLE_BODY, COLOUR_TEXT2, 0, text);
}

static unsigned bars_of(uint32_t ms)
{
    return ms < 30 ? 4 : ms < 100 ? 3 : ms < 250 ? 2 : 1;
}

/* One that is not lit is empty where only its edge can tell it from one that is. */
static void bar(struct canvas *c, struct place at, bool lit, enum colour colour)
{
    if (lit || !c->theme->high_contrast)
        canvas_fill(c, at, 1, lit ? colour : COLOUR_LINE);
    else
        canvas_stroke(c, at, 1, COLOUR_LINE, 1);
}

static void quality(struct painter *p)
{
    static const enum ui_string words[] = {UI_STR_VIEW_NONE, UI_STR_VIEW_POOR, UI_STR_VIEW_FAIR,
                                           UI_STR_VIEW_GOOD, UI_STR_VIEW_GOOD};
    bool stale = p->s->variant == UI_VIEWER_STALE;
    uint32_t ms = p->s->number[UI_SLOT_QUALITY];
    unsigned bars = stale ? 0 : bars_of(ms);
    enum colour strength = bars > 2 ? COLOUR_OK : COLOUR_WARN;
    bool worded = p->c.w >= QUALITY_TEXT_FROM;
    struct canvas *c = &p->c;
    double x = c->w - 148;
    char text[256];

    if (!stale && !p->s->told[UI_SLOT_QUALITY])
        return;
    part_text(p, text, words[bars], ms, NULL);
    if (worded) {
        double wide = canvas_text_width(c, UI_STYLE_CAPTION, CANVAS_TABULAR, text);

        x = c->w - 244 - (wide > QUALITY_ROOM ? wide - QUALITY_ROOM : 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        double h = 5 + 4 * i;

        bar(c, (struct place){x + i * 6, 81 - h, 4, h}, i < bars, strength);
    }
    if (worded)
        canvas_text(c, x + 32, 77, UI_STYLE_CAPTION, COLOUR_TEXT2, CANVAS_TABULAR, text);
}

static void toolbar(struct painter *p)
{
    struct canvas *c = &p->c;

    canvas_fill(c, (struct place){1, 49, c->w - 2, 47}, 0, COLOUR_SURFACE);
    canvas_line_across(c, 0, 96, c->w, COLOUR_LINE);
    canvas_fill(c, (struct place){1, 97, c->w - 2, c->h - 138}, 0, COLOUR_BLACKBOARD);
    canvas_fill(c, (struct place){12, 54, 228, 36}, 8, COLOUR_SURFACE);
    quality(p);
    if (c->w - 252 >= 480 + WHY_ROOM)
        part_why(p, 480 + WHY_ROOM, 77);
}

/* Drawn after the toggles, so that a chosen one does not cover the lines. */
static void toolbar_edges(struct painter *p)
{
    canvas_stroke(&p->c, (struct place){12, 54, 228, 36}, 8, COLOUR_CTL, 1);
    canvas_line_down(&p->c, 78, 54, 36, COLOUR_CTL);
    canvas_line_down(&p->c, 134, 54, 36, COLOUR_CTL);
}

static void note(struct painter *p)
{
    static const struct {
        enum ui_icon icon;
        enum colour colour;
        enum ui_string title, text;
    } notes[] = {[UI_VIEWER_PAUSED] = {UI_ICON_PAUSE, COLOUR_TEXT2, UI_STR_VIEW_PAUSED,
                                       UI_STR_VIEW_PAUSED_TEXT},
                 [UI_VIEWER_STALE] = {UI_ICON_REFRESH, COLOUR_WARN, UI_STR_VIEW_STALE,
                                      UI_STR_VIEW_STALE_TEXT},
                 [UI_VIEWER_EMPTY] = {UI_ICON_EYE, COLOUR_ACCENT, UI_STR_VIEW_EMPTY, UI_STR_NONE}};
    unsigned v = p->s->variant;
    enum ui_string text = v == UI_VIEWER_EMPTY ? empty(p).text
                          : is_blank(p)        ? UI_STR_VIEW_STALE_NOTHING
                                               : notes[v].text;
    struct place at = part_place(p, UI_VIEWER_NOTE);
    struct canvas *c = &p->c;

    canvas_fill(c, at, 0, COLOUR_SURFACE);
    canvas_stroke(c, at, 0, COLOUR_CTL, 1);
    canvas_icon(c, notes[v].icon, at.x + 24, at.y + 26, 24, notes[v].colour, 1.75);
    canvas_string(c, at.x + 60, at.y + 44, notes[v].title, COLOUR_TEXT, 0, NULL);
    canvas_string(c, at.x + 24, at.y + 76, text, COLOUR_TEXT2, 0,
                  &(struct ui_args){.n = p->s->number[UI_SLOT_SECONDS]});
    if (v == UI_VIEWER_STALE && p->s->number[UI_SLOT_ATTEMPT] > 0)
        canvas_string(c, at.x + at.w - 24, at.y + 121, UI_STR_VIEW_ATTEMPT, COLOUR_TEXT2,
                      CANVAS_END, &(struct ui_args){.n = p->s->number[UI_SLOT_ATTEMPT]});
}

/* Of the footer, beside its links (layout.tsv): what was skipped, before the session's number. */
#define WORDS_END 450
#define MORE_END 576
#define SKIPPED_WIDE 220
#define SKIPPED_END 160 /* from the right edge */

static void footer(struct painter *p)
{
    bool stale = p->s->variant == UI_VIEWER_STALE;
    enum ui_string what = stale                                ? UI_STR_VIEW_FOOT_STALE
                          : p->s->number[UI_SLOT_VERIFIED] > 0 ? UI_STR_VIEW_FOOT_VERIFIED
                                                               : UI_STR_VIEW_FOOT;
    bool crowded = p->facts.mine == 2 && p->c.w < QUALITY_TEXT_FROM; /* More time is there */
    int links = p->s->look[UI_VIEWER_MORE] & UI_LOOK_HIDDEN ? WORDS_END : MORE_END;
    char number[32], right[256], text[256];

    ui_number(p->s->words[UI_SLOT_SID], number);
    part_text(p, right, UI_STR_FOOT_SESSION, 0, number);
    part_footer(p, stale ? UI_ICON_ALERT : UI_ICON_SHIELD, stale ? COLOUR_WARN : COLOUR_OK,
                part_text(p, text, what, 0, NULL), number[0] && !crowded ? right : "");
    if (p->s->number[UI_SLOT_SKIPPED] > 0 && p->c.w - SKIPPED_END - SKIPPED_WIDE >= links)
        canvas_string(&p->c, p->c.w - SKIPPED_END, p->c.h - 15, UI_STR_VIEW_SKIPPED, COLOUR_TEXT2,
                      CANVAS_END, &(struct ui_args){.n = p->s->number[UI_SLOT_SKIPPED]});
}

void screen_viewer(struct painter *p)
{
    part_frame(p, UI_STR_NONE);
    header(p);
    toolbar(p);
    if (p->s->variant != UI_VIEWER_LIVE)
        note(p);
    footer(p);
    part_controls(p);
    part_count(p, UI_VIEWER_CHAT, p->s->number[UI_SLOT_UNREAD]);
    toolbar_edges(p);
}

void screen_mirror(struct painter *p)
{
    bool paused = p->facts.sharing == 2;
    char text[256];

    part_frame(p, UI_STR_MIRROR_TITLE);
    canvas_fill(&p->c, part_place(p, UI_MIRROR_PICTURE), 0, COLOUR_BLACKBOARD);
    part_footer(p, paused ? UI_ICON_EYE_OFF : UI_ICON_EYE, paused ? COLOUR_TEXT2 : COLOUR_DANGER,
                part_text(p, text, paused ? UI_STR_MIRROR_PAUSED : UI_STR_MIRROR_LIVE, 0, NULL),
                "");
    part_controls(p);
}
