/* What was written to everybody in the session. vitrine-render ui; every name and text on it is
 * somebody else's. */
#include "render/name.h"
#include "render/parts.h"
#include "render/screens.h"
#include <string.h>

#define ROWS_SHOWN 7
#define ROW_TOP 60
#define ROW_HEIGHT 44
#define LINE 19 /* from baseline to baseline of what is one text */
#define TEXT_X 184
#define TEXT_WIDTH 520
#define THEIRS (CANVAS_SECRET | CANVAS_FOREIGN)

static void author(struct painter *p, const struct scene_row *r, double y)
{
    struct canvas *c = &p->c;

    if (r->badges & UI_BADGE_YOU)
        canvas_string(c, 24, y + 18.4, UI_STR_HOST_YOU, COLOUR_TEXT2, 0, NULL);
    else
        part_chip(p, 16, y, 150, r->untrusted_name, COLOUR_SUNKEN);
}

/* How much of it stands on the first line: whole words, where there are several; else what fits. */
static size_t first_line(struct canvas *c, const char *text)
{
    char part[NAME_CLEAN_MAX];
    size_t len = strlen(text), fits = len;

    if (canvas_text_width(c, UI_STYLE_CAPTION, CANVAS_SECRET, text) <= TEXT_WIDTH)
        return len;
    for (size_t n = name_graphemes(text, len); n > 1; n--) {
        fits = name_prefix(text, len, n - 1);
        memcpy(part, text, fits);
        part[fits] = '\0';
        if (canvas_text_width(c, UI_STYLE_CAPTION, CANVAS_SECRET, part) <= TEXT_WIDTH)
            break;
    }
    for (size_t n = fits; n > 0; n--)
        if (text[n] == ' ')
            return n;
    return fits;
}

/* Returns how many lines it takes. */
static unsigned words(struct canvas *c, double y, const char *text)
{
    char first[NAME_CLEAN_MAX];
    size_t len = first_line(c, text);

    memcpy(first, text, len);
    first[len] = '\0';
    text += len;
    while (*text == ' ')
        text++;
    canvas_text_cut(c, TEXT_X, y + LINE, TEXT_WIDTH, UI_STYLE_CAPTION, COLOUR_TEXT, THEIRS, first);
    if (!*text)
        return 1;
    canvas_text_cut(c, TEXT_X, y + 2 * LINE, TEXT_WIDTH, UI_STYLE_CAPTION, COLOUR_TEXT, THEIRS,
                    text);
    return 2;
}

static unsigned line(struct painter *p, unsigned row, double y)
{
    struct canvas *c = &p->c;
    uint32_t how = p->s->number[UI_SLOT_CHAT_0 + row];
    const char *untrusted = p->s->words[UI_SLOT_CHAT_0 + row];
    struct place at = {TEXT_X, y + 4, TEXT_WIDTH, ROW_HEIGHT - 4};
    char text[NAME_CLEAN_MAX];
    unsigned lines;

    if (how & UI_CHAT_BEGINS)
        author(p, &p->s->rows[row], y + 2);
    if (how & UI_CHAT_MISSED)
        canvas_string(c, 24, y + 41, UI_STR_CHAT_MISSED, COLOUR_WARN, 0, NULL);
    name_clean_text(text, untrusted, strlen(untrusted));
    canvas_clip(c, at); /* piled-up marks must not reach the line above */
    lines = words(c, y, text);
    canvas_unclip(c);
    return lines;
}

/* A row that goes on with the one above it stands on its next line: together they are one text. */
static void lines(struct painter *p)
{
    double y = ROW_TOP;

    for (unsigned i = 0; i < p->s->n_rows && i < ROWS_SHOWN; i++) {
        unsigned taken = line(p, i, y), next = i + 1;
        bool goes_on = next < p->s->n_rows && next < ROWS_SHOWN &&
                       !(p->s->number[UI_SLOT_CHAT_0 + next] & UI_CHAT_BEGINS);

        y += goes_on ? LINE * taken : ROW_HEIGHT;
    }
}

void screen_chat(struct painter *p)
{
    struct canvas *c = &p->c;

    part_frame(p, UI_STR_CHAT_TITLE);
    lines(p);
    if (p->s->n_rows == 0)
        canvas_string(c, 24, 96, UI_STR_CHAT_NONE, COLOUR_TEXT2, 0, NULL);
    canvas_line_across(c, 16, 372, 688, COLOUR_LINE);
    canvas_string(c, 16, 405, UI_STR_CHAT_NOTE, COLOUR_TEXT2, 0, NULL);
    part_field(p, &(struct part_field){UI_CHAT_TEXT, p->s->words[UI_SLOT_FIELD_CHAT],
                                       UI_STR_CHAT_HINT, UI_STYLE_BODY, 0, false});
    part_footer_state(p, "");
    part_controls(p);
}
