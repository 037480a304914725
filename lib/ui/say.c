/* What a window says: see the header. Pure. */
#include "lib/ui/say_parts.h"
#include "policy/limits.h"
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------------- what the order holds */
static const struct ui_value *value(const struct say *s, enum ui_slot slot)
{
    const struct ui_value *last = NULL;
    for (unsigned i = 0; i < s->m->n_values; i++)
        if (s->m->values[i].slot == slot)
            last = &s->m->values[i];
    return last;
}

bool say_told(const struct say *s, enum ui_slot slot)
{
    return value(s, slot) != NULL;
}

uint32_t say_number(const struct say *s, enum ui_slot slot)
{
    const struct ui_value *v = value(s, slot);
    return v ? v->number : 0;
}

const char *say_copy(char out[257], struct span words)
{
    size_t len = words.len < 257 ? words.len : 256;
    memcpy(out, words.data, len);
    out[len] = '\0';
    return out;
}

const char *say_words(const struct say *s, enum ui_slot slot, char out[257])
{
    const struct ui_value *v = value(s, slot);
    return v && v->words.len ? say_copy(out, v->words) : strcpy(out, "");
}

bool say_has(const struct say *s, enum ui_slot slot)
{
    const struct ui_value *v = value(s, slot);
    return v && v->words.len > 0;
}

/* ---------------------------------------------------------------------------------- what is said
 */
/* Direction marks around what is put into a sentence are for eyes. */
static size_t without_isolates(char *out, const char *text)
{
    size_t n = 0;
    while (*text) {
        if (memcmp(text, "\xe2\x81", strnlen(text, 2)) == 0 &&
            ((uint8_t)text[2] == 0xa8 || (uint8_t)text[2] == 0xa9)) {
            text += 3;
            continue;
        }
        out[n++] = *text++;
    }
    out[n] = '\0';
    return n;
}

void say_text(const struct say *s, const char *text)
{
    struct ui_said *o = s->out;
    if (!*text || o->n == UI_SAYS || o->len + strlen(text) + 1 > sizeof o->room)
        return;
    o->text[o->n++] = o->room + o->len;
    o->len += without_isolates(o->room + o->len, text) + 1;
}

void say_with(const struct say *s, enum ui_string string, struct ui_args args)
{
    char text[512];
    ui_string_format(text, sizeof text, string, s->m->language, &args);
    say_text(s, text);
}

void say(const struct say *s, enum ui_string string)
{
    if (string != UI_STR_NONE)
        say_with(s, string, (struct ui_args){0});
}

/* The one said last changes with time. */
void say_running(const struct say *s, enum ui_string string, struct ui_args args)
{
    unsigned n = s->out->n;
    say_with(s, string, args);
    if (s->out->n > n)
        s->out->runs |= 1ull << n;
}

void say_count(const struct say *s, uint32_t n)
{
    char text[12];
    snprintf(text, sizeof text, "%u", (unsigned)n);
    say_text(s, text);
}

void say_name(const struct say *s, const char *name)
{
    char text[MAX_NAME + 16];
    ui_say_name(text, sizeof text, name, s->m->language);
    say_text(s, text);
}

void say_name_of(const struct say *s, enum ui_slot slot)
{
    char name[257];
    say_name(s, say_words(s, slot, name));
}

void say_digits_of(const struct say *s, enum ui_string string, enum ui_slot slot)
{
    char digits[257], shown[32];
    ui_number(say_words(s, slot, digits), shown);
    say_with(s, string, (struct ui_args){.s = shown});
}

/* -------------------------------------------------------------------------- frames and footers */
static void case_begins(const struct say *s)
{
    if (say_has(s, UI_SLOT_SID))
        say_digits_of(s, UI_STR_FOOT_SESSION, UI_SLOT_SID);
}

static void case_ends(const struct say *s)
{
    if (say_number(s, UI_SLOT_UNLIKE))
        say(s, UI_STR_CASE_UNLIKE);
    else if (say_number(s, UI_SLOT_HANDS))
        say(s, UI_STR_CASE_HANDS);
}

void say_state(const struct say *s)
{
    static const enum ui_string what[] = {UI_STR_FOOT_SHARING, UI_STR_FOOT_SHARING_ONE,
                                          UI_STR_FOOT_SHARING_PART};
    uint32_t sharing = say_number(s, UI_SLOT_SHARING), which = say_number(s, UI_SLOT_WHAT);
    if (sharing == 1)
        say_with(s, what[which < 3 ? which : 0],
                 (struct ui_args){.n = say_number(s, UI_SLOT_PEOPLE)});
    else
        say(s, sharing == 2 ? UI_STR_FOOT_PAUSED : UI_STR_FOOT_NOBODY);
}

void say_code(const struct say *s, const char *code)
{
    say_with(s, UI_STR_FOOT_CODE, (struct ui_args){.s = code});
}

void say_hint(const struct say *s, enum ui_slot field, enum ui_string text)
{
    if (!say_has(s, field))
        say(s, text);
}

void say_range(const struct say *s)
{
    uint32_t first = say_number(s, UI_SLOT_FIRST);
    char rows[32];
    if (first == 0)
        return;
    snprintf(rows, sizeof rows, "%u–%u", (unsigned)first, (unsigned)(first + s->m->n_rows - 1));
    say_with(s, UI_STR_PEOPLE_RANGE,
             (struct ui_args){.n = say_number(s, UI_SLOT_FOUND), .s = rows});
}

/* ----------------------------------------------------------------------------------- all of them
 */
static const struct window {
    void (*say)(const struct say *s);
    bool in_case; /* a dialog: the session above, how it is answered below */
} windows[UI_WINDOWS] = {
    [UI_HOME] = {say_home, false},
    [UI_JOIN] = {say_join, false},
    [UI_HOST_PANEL] = {say_host, false},
    [UI_ADMIT] = {say_admit, true},
    [UI_CONSENT_SHARE] = {say_consent_share, true},
    [UI_SHARING_BAR] = {say_sharing_bar, false},
    [UI_VIEWER] = {say_viewer, false},
    [UI_ENDED] = {say_ended, false},
    [UI_ERROR] = {say_error, false},
    [UI_TOAST] = {say_toast, false},
    [UI_DOCTOR] = {say_doctor, false},
    [UI_CONNECTING] = {say_connecting, false},
    [UI_WORDS] = {say_compare, true},
    [UI_PRESENT] = {say_present, true},
    [UI_SETTINGS] = {say_settings, false},
    [UI_NEW_PASSWORD] = {say_new_password, false},
    [UI_PEOPLE] = {say_people, false},
    [UI_CONSENT_CONTROL] = {say_consent_control, true},
    [UI_CONTROL_WHOLE] = {say_control_whole, true},
    [UI_SHARING_BAR_CONTROL] = {say_control_bar, false},
    [UI_END_ASK] = {say_end_ask, true},
    [UI_CHAT] = {say_chat, false},
    [UI_MIRROR] = {say_mirror, false},
    [UI_KEY_CHANGED] = {say_key_changed, true},
};

void ui_say(struct ui_said *out, const struct msg_ui_paint *order, bool chat)
{
    const struct say s = {out, order, chat};
    const struct window *w = &windows[order->window < UI_WINDOWS ? order->window : UI_LABELS];
    out->n = 0;
    out->runs = 0;
    out->len = 0;
    if (!w->say)
        return;
    if (w->in_case)
        case_begins(&s);
    w->say(&s);
    if (order->window == UI_HOST_PANEL && say_number(&s, UI_SLOT_UNLIKE))
        say(&s, UI_STR_HOST_UNLIKE);
    else if (say_number(&s, UI_SLOT_WHY) && say_number(&s, UI_SLOT_WAIT))
        say_running(&s, say_number(&s, UI_SLOT_WHY),
                    (struct ui_args){.n = say_number(&s, UI_SLOT_WAIT)});
    else
        say(&s, say_number(&s, UI_SLOT_WHY));
    if (w->in_case)
        case_ends(&s);
}
