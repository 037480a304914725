/* Chooses the screen and sets up its canvas. vitrine-render ui. */
#include "render/painter.h"
#include "render/screens.h"

typedef void (*screen_fn)(struct painter *);

static const screen_fn screens[UI_WINDOWS] = {
    [UI_HOME] = screen_home,
    [UI_JOIN] = screen_join,
    [UI_HOST_PANEL] = screen_host,
    [UI_ADMIT] = screen_admit,
    [UI_CONSENT_SHARE] = screen_consent_share,
    [UI_SHARING_BAR] = screen_bar,
    [UI_VIEWER] = screen_viewer,
    [UI_ENDED] = screen_ended,
    [UI_ERROR] = screen_error,
    [UI_TOAST] = screen_toast,
    [UI_DOCTOR] = screen_doctor,
    [UI_CONNECTING] = screen_connecting,
    [UI_WORDS] = screen_words,
    [UI_PRESENT] = screen_present,
    [UI_KEY_CHANGED] = screen_key_changed,
    [UI_SETTINGS] = screen_settings,
    [UI_NEW_PASSWORD] = screen_new_password,
    [UI_PEOPLE] = screen_people,
    [UI_CHAT] = screen_chat,
    [UI_MIRROR] = screen_mirror,
    [UI_END_ASK] = screen_end_ask,
    [UI_CONSENT_CONTROL] = screen_consent_control,
    [UI_CONTROL_WHOLE] = screen_control_whole,
    [UI_SHARING_BAR_CONTROL] = screen_control_bar,
    [UI_LABELS] = screen_labels,
};

static struct ui_facts facts_of(const struct scene *s)
{
    return (struct ui_facts){
        .sharing = (uint8_t)(s->number[UI_SLOT_SHARING] & 3),
        .locked = s->number[UI_SLOT_LOCKED] != 0,
        .theirs = s->number[UI_SLOT_THEIRS] != 0,
        .controls = s->number[UI_SLOT_CONTROLS] != 0,
        .details = s->number[UI_SLOT_DETAIL] != 0,
        .error = s->window == UI_JOIN && (s->look[UI_JOIN_PASSWORD] & UI_LOOK_ERROR),
        .what = (uint8_t)(s->number[UI_SLOT_WHAT] < 3 ? s->number[UI_SLOT_WHAT] : 0),
        .mine = (uint8_t)(s->number[UI_SLOT_MINE] < 3 ? s->number[UI_SLOT_MINE] : 0)};
}

int painter_paint(struct text *text, const struct scene *s, uint8_t *pixels, int stride)
{
    struct painter p = {.s = s, .layout = ui_layout_get(s->window, s->variant)};

    p.facts = facts_of(s);
    p.c = (struct canvas){.text = text,
                          .theme = theme_get(s->theme),
                          .scale = s->scale,
                          .language = s->language,
                          .mirrored = s->mirrored};
    /* A resizable window is as many logical pixels as fit; the others are exactly their table's. */
    p.c.w = p.layout->resizable ? (int)(s->width * 256 / s->scale) : p.layout->w;
    p.c.h = p.layout->resizable ? (int)(s->height * 256 / s->scale) : p.layout->h;
    if (canvas_begin(&p.c, pixels, (int)s->width, (int)s->height, stride))
        return -1;
    screens[s->window](&p);
    return canvas_end(&p.c);
}
