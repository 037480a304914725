/* The consent to share, the bar that stays while sharing, and toasts. vitrine-render ui. */
#include "lib/ui/say.h"
#include "render/parts.h"
#include "render/screens.h"

#define NAMES_SHOWN 2
#define ALL_SHOWN 6   /* on a page of everybody */
#define NAMES_END 346 /* right edge of the names and their badges */

static void one_name(struct painter *p, double y, const struct scene_row *r)
{
    bool certified = r->badges & UI_BADGE_CERTIFIED;
    bool match = certified || r->badges & UI_BADGE_WORDS_MATCH;
    const char *text = ui_string_text(certified ? UI_STR_BADGE_CERTIFIED
                                      : match   ? UI_STR_BADGE_MATCH
                                                : UI_STR_BADGE_UNCHECKED,
                                      p->c.language, 0);
    enum ui_icon icon = match ? UI_ICON_CHECK : UI_ICON_NONE;
    bool same = part_row_badges(p, r) & UI_BADGE_SAME_NAME;
    double room =
        NAMES_END - 24 - 8 - part_badge_width(p, text, icon) - (same ? part_same_width(p) + 6 : 0);
    double x = 24 +
               part_named_chip(p, (struct place){24, y, room, 0}, r->untrusted_name, r->badges,
                               COLOUR_SUNKEN) +
               8;

    if (same)
        x += part_same_badge(p, x, y + 1) + 6;
    part_badge(p, x, y + 1, text, match ? BADGE_OK : BADGE_WARN, icon);
}

/* Whom a yes covers without being asked again; y: the line they stand on. beside: there are names
   that it stands beside; else what stands for them says it. */
static void also(struct painter *p, double y, bool beside)
{
    double x;

    if (p->s->number[UI_SLOT_ALSO] == UI_ALSO_PASSWORD && beside)
        canvas_string(&p->c, 24, y, UI_STR_SHARE_ALSO_PASSWORD, COLOUR_TEXT, 0, NULL);
    if (p->s->number[UI_SLOT_ALSO] != UI_ALSO_LET_IN)
        return;
    x = 24 + part_chip(p, 24, y - 18, 164, p->s->words[UI_SLOT_ALSO], COLOUR_SUNKEN) + 8;
    canvas_string(&p->c, x, y, UI_STR_SHARE_ALSO_LET_IN, COLOUR_TEXT, 0, NULL);
}

static bool is_named(const struct scene_row *r)
{
    return r->kind == 1 && !(r->badges & UI_BADGE_YOU);
}

/* How many more there are than are named; they take a line, and two lines have room for three. */
static uint32_t unnamed(const struct painter *p)
{
    unsigned most = p->s->number[UI_SLOT_ALSO] ? 1 : NAMES_SHOWN, shown = 0;

    for (unsigned i = 0; i < p->s->n_rows && shown < most; i++)
        shown += is_named(&p->s->rows[i]);
    return shown > 0 && p->s->number[UI_SLOT_PEOPLE] > shown ? p->s->number[UI_SLOT_PEOPLE] - shown
                                                             : 0;
}

static void names(struct painter *p)
{
    struct ui_args more = {.n = unnamed(p)};
    bool others = p->s->number[UI_SLOT_ALSO];
    unsigned most = others ? 1 : NAMES_SHOWN, shown = 0;

    for (unsigned i = 0; i < p->s->n_rows && shown < most; i++)
        if (is_named(&p->s->rows[i]))
            one_name(p, more.n > 0 ? 313 + 30 * shown++ : 316 + 34 * shown++, &p->s->rows[i]);
    also(p, more.n > 0 ? 383 : 368, shown > 0);
    if (shown == 0)
        canvas_string(&p->c, 24, 330, ui_share_nobody(p->s->number[UI_SLOT_ALSO]), COLOUR_TEXT, 0,
                      NULL);
    if (more.n > 0)
        canvas_string(&p->c, 24, shown == 2 ? 386 : 356, UI_STR_SHARE_MORE, COLOUR_TEXT2, 0, &more);
}

static void choice_and_names(struct painter *p)
{
    struct canvas *c = &p->c;

    canvas_string(c, 24, 126, UI_STR_SHARE_WHAT, COLOUR_TEXT2, 0, NULL);
    part_why(p, 536, 126);
    canvas_string(c, 24, 242,
                  ui_share_body(p->s->number[UI_SLOT_WHAT], p->s->number[UI_SLOT_MONITOR]),
                  COLOUR_TEXT2, 0, &(struct ui_args){.s = p->s->words[UI_SLOT_MONITOR]});
    canvas_line_across(c, 24, 278, 512, COLOUR_LINE);
    canvas_string(c, 24, 304, UI_STR_SHARE_WHO, COLOUR_TEXT2, 0, NULL);
    names(p);
    canvas_string(c, 352, 328, UI_STR_SHARE_TYPED, COLOUR_TEXT2, 0, NULL);
}

static void everybody(struct painter *p)
{
    struct canvas *c = &p->c;

    canvas_string(c, 24, 126, UI_STR_SHARE_WHO, COLOUR_TEXT2, 0, NULL);
    for (unsigned i = 0; i < p->s->n_rows && i < ALL_SHOWN; i++)
        one_name(p, 140 + 36 * i, &p->s->rows[i]);
    also(p, 376, true);
    canvas_string(c, 352, 158, UI_STR_SHARE_TYPED, COLOUR_TEXT2, 0, NULL);
    part_range(p, 536, 316);
}

void screen_consent_share(struct painter *p)
{
    struct canvas *c = &p->c;
    bool full = p->s->variant != UI_SHARE_EVERYBODY && unnamed(p) > 0;
    bool takes = p->facts.sharing == UI_SHARING_OTHER;
    double down = full ? 2 : 0;

    part_case(p);
    canvas_string(c, 24, 92,
                  ui_share_title(p->s->number[UI_SLOT_ALSO], p->s->number[UI_SLOT_PEOPLE]),
                  COLOUR_TEXT, 0, &(struct ui_args){.n = p->s->number[UI_SLOT_PEOPLE]});
    if (p->s->variant == UI_SHARE_EVERYBODY)
        everybody(p);
    else
        choice_and_names(p);
    canvas_line_across(c, 24, 392 + 2 * down, 512, COLOUR_LINE);
    canvas_icon(c, UI_ICON_HAND, 24, 403 + down, 20, COLOUR_TEXT2, 1.75);
    canvas_string(c, 52, (takes ? 409 : 418) + down, ui_share_look(p->facts.sharing), COLOUR_TEXT2,
                  0, NULL);
    part_controls(p);
}

static void bar_sharing(struct painter *p)
{
    static const enum ui_string what[] = {UI_STR_BAR_SHARE, UI_STR_BAR_SHARE_ONE,
                                          UI_STR_BAR_SHARE_PART};
    struct canvas *c = &p->c;
    char time[16];

    canvas_stroke(c, (struct place){0, 0, c->w, c->h}, 0, COLOUR_LIVE, 2);
    canvas_fill(c, (struct place){12, 10, 28, 28}, 14, COLOUR_LIVE);
    canvas_icon(c, UI_ICON_EYE, 16, 14, 20, COLOUR_ONLIVE, 1.75);
    canvas_string(c, 52, 21, what[p->facts.what], COLOUR_TEXT, 0, NULL);
    ui_time(p->s->number[UI_SLOT_SECONDS], time);
    canvas_string(c, 52, 40, UI_STR_BAR_PEOPLE, COLOUR_TEXT2, CANVAS_TABULAR,
                  &(struct ui_args){.n = p->s->number[UI_SLOT_PEOPLE], .s = time});
}

/* Up to the button, or to that of what others see, which is there while that is open. */
#define PAUSED_ROOM 290
#define PAUSED_ROOM_SEEN 248

static void bar_paused(struct painter *p)
{
    bool seen = !(p->s->look[UI_SHARING_BAR_SEE] & UI_LOOK_HIDDEN);
    struct canvas *c = &p->c;

    canvas_dash(c, (struct place){0, 0, c->w, c->h}, COLOUR_CTL, 2, 6, 4);
    canvas_icon(c, UI_ICON_EYE_OFF, 15, 13, 22, COLOUR_TEXT, 1.75);
    canvas_string_in(c, 52, 21, seen ? PAUSED_ROOM_SEEN : PAUSED_ROOM, 1, UI_STR_BAR_PAUSED,
                     COLOUR_TEXT, 0, NULL);
    canvas_string(c, 52, 40, UI_STR_BAR_WAITING, COLOUR_TEXT2, CANVAS_TABULAR,
                  &(struct ui_args){.n = p->s->number[UI_SLOT_PEOPLE]});
}

static void bar_still(struct painter *p)
{
    struct canvas *c = &p->c;

    canvas_stroke(c, (struct place){0, 0, c->w, c->h}, 0, COLOUR_LIVE, 2);
    canvas_icon(c, UI_ICON_CLOCK, 15, 13, 22, COLOUR_TEXT, 1.75);
    canvas_string(c, 52, 21, UI_STR_BAR_STILL, COLOUR_TEXT, 0, NULL);
    if (p->s->number[UI_SLOT_UNLIKE])
        canvas_string(c, 52, 40, UI_STR_BAR_STILL_UNLIKE, COLOUR_TEXT, 0, NULL);
    else
        canvas_string(c, 52, 40, UI_STR_BAR_STILL_TEXT, COLOUR_TEXT2, CANVAS_TABULAR,
                      &(struct ui_args){.n = p->s->number[UI_SLOT_SECONDS]});
}

void screen_bar(struct painter *p)
{
    canvas_fill(&p->c, (struct place){0, 0, p->c.w, p->c.h}, 0, COLOUR_SURFACE);
    if (p->s->variant == UI_BAR_PAUSED)
        bar_paused(p);
    else if (p->s->variant == UI_BAR_STILL)
        bar_still(p);
    else
        bar_sharing(p);
    part_controls(p);
}

/* Their words: ui_toast_lines. */
static const struct {
    enum ui_icon icon;
    enum colour colour;
} toasts[] = {
    [UI_TOAST_JOINED] = {UI_ICON_PERSON, COLOUR_OK},
    [UI_TOAST_LEFT] = {UI_ICON_PERSON, COLOUR_OK},
    [UI_TOAST_STOPPED] = {UI_ICON_EYE_OFF, COLOUR_OK},
    [UI_TOAST_LOCKED] = {UI_ICON_LOCK, COLOUR_OK},
    [UI_TOAST_COPIED] = {UI_ICON_COPY, COLOUR_OK},
    [UI_TOAST_PASSWORD] = {UI_ICON_LOCK, COLOUR_OK},
    [UI_TOAST_WORKER] = {UI_ICON_ALERT, COLOUR_WARN},
    [UI_TOAST_CONTROL_ENDED] = {UI_ICON_CHECK, COLOUR_OK},
    [UI_TOAST_UNLOCKED] = {UI_ICON_LOCK, COLOUR_OK},
    [UI_TOAST_PRESENTING] = {UI_ICON_SCREEN, COLOUR_OK},
    [UI_TOAST_NO_PRESENTER] = {UI_ICON_SCREEN, COLOUR_WARN},
    [UI_TOAST_HINT] = {UI_ICON_LOCK, COLOUR_LIVE},
    [UI_TOAST_SAVED] = {UI_ICON_CHECK, COLOUR_OK},
    [UI_TOAST_UNSAVED] = {UI_ICON_ALERT, COLOUR_WARN},
    [UI_TOAST_CONTROL_YES] = {UI_ICON_HAND, COLOUR_OK},
    [UI_TOAST_CONTROL_NO] = {UI_ICON_HAND, COLOUR_WARN},
    [UI_TOAST_CONTROL_LATE] = {UI_ICON_HAND, COLOUR_WARN},
    [UI_TOAST_CONTROL_GONE] = {UI_ICON_HAND, COLOUR_OK},
    [UI_TOAST_CHAT] = {UI_ICON_PERSON, COLOUR_ACCENT},
    [UI_TOAST_CHAT_LOST] = {UI_ICON_ALERT, COLOUR_WARN},
    [UI_TOAST_CHAT_FAST] = {UI_ICON_CLOCK, COLOUR_WARN},
    [UI_TOAST_NOT_CERTIFIED] = {UI_ICON_HAND, COLOUR_WARN},
    [UI_TOAST_NOT_KEPT] = {UI_ICON_ALERT, COLOUR_WARN},
    [UI_TOAST_CONTROL_SCREEN] = {UI_ICON_CHECK, COLOUR_OK},
    [UI_TOAST_CONTROL_CANNOT] = {UI_ICON_ALERT, COLOUR_WARN},
    [UI_TOAST_CONTROL_INVITED] = {UI_ICON_HAND, COLOUR_OK},
    [UI_TOAST_RULE] = {UI_ICON_LOCK, COLOUR_WARN},
    [UI_TOAST_MIRROR] = {UI_ICON_ALERT, COLOUR_WARN},
    [UI_TOAST_REACH] = {UI_ICON_LOCK, COLOUR_WARN},
    [UI_TOAST_KEYS] = {UI_ICON_EYE, COLOUR_ACCENT},
    [UI_TOAST_INVITED] = {UI_ICON_HAND, COLOUR_OK},
    [UI_TOAST_LOG_SPACE] = {UI_ICON_ALERT, COLOUR_WARN},
    [UI_TOAST_LOG_LOST] = {UI_ICON_ALERT, COLOUR_WARN},
    [UI_TOAST_LOG_NEEDED] = {UI_ICON_LOCK, COLOUR_WARN},
    [UI_TOAST_LOG_MINE] = {UI_ICON_LOCK, COLOUR_WARN},
    [UI_TOAST_LOG_DOOR] = {UI_ICON_LOCK, COLOUR_WARN},
    [UI_TOAST_LOG_AGAIN] = {UI_ICON_LOCK, COLOUR_OK},
    [UI_TOAST_QUESTION] = {UI_ICON_ALERT, COLOUR_WARN},
};

void screen_toast(struct painter *p)
{
    uint32_t which = p->s->number[UI_SLOT_TOAST], people = p->s->number[UI_SLOT_PEOPLE];
    struct canvas *c = &p->c;
    struct ui_two_lines t = ui_toast_lines(which, p->facts.sharing, people);
    enum colour colour;

    if (which >= sizeof toasts / sizeof toasts[0])
        which = UI_TOAST_STOPPED;
    colour = toasts[which].colour;
    canvas_fill(c, (struct place){0, 0, c->w, c->h}, 0, COLOUR_SURFACE);
    canvas_stroke(c, (struct place){0, 0, c->w, c->h}, 0, COLOUR_CTL, 1);
    canvas_fill(c, (struct place){0, 0, 4, c->h}, 0, colour);
    /* the red of what is live is a ground, not a line: too dark on black (ui.md 4) */
    canvas_icon(c, toasts[which].icon, 20, 21, 22, colour == COLOUR_LIVE ? COLOUR_TEXT : colour,
                1.75);
    if (t.title == UI_STR_NONE) {
        part_chip(p, 56, 8, 372, p->s->words[UI_SLOT_NAME], COLOUR_SUNKEN);
        canvas_string(c, 56, 51, t.text, COLOUR_TEXT2, 0, NULL);
        return;
    }
    canvas_string(c, 56, 28, t.title, COLOUR_TEXT, 0, &(struct ui_args){.n = people});
    canvas_string(c, 56, 48, t.text, COLOUR_TEXT2, 0, NULL);
}
