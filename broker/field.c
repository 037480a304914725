/*
 * Text entry; runs in the broker. Distrusts what is pasted: any program can own the clipboard.
 */
#include "broker/field.h"

#include "broker/invite.h"
#include "lib/keys.h"
#include "lib/text.h"
#include "policy/limits.h"
#include <string.h>

static const char scheme[] = "vitrine://";
#define SCHEME_LEN (sizeof scheme - 1)
#define NUMBER_LEN 11 /* 3-3-3 with spaces */

void field_init(struct field *f, enum field_kind kind)
{
    memset(f, 0, sizeof *f);
    f->kind = kind;
}

void field_finish(struct field *f)
{
    explicit_bzero(f, sizeof *f);
}

void field_clear(struct field *f)
{
    field_init(f, f->kind);
}

/* --- what may stand */
static bool is_number(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((s[i] < '0' || s[i] > '9') && s[i] != ' ')
            return false;
    return len <= NUMBER_LEN;
}

static bool is_printable(const char *s, size_t len, char least)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] < least || s[i] > '~')
            return false;
    return true;
}

/* Also the beginning of one: it may be typed letter by letter. */
static bool is_invitation(const char *s, size_t len)
{
    return is_printable(s, len, '!') && memcmp(s, scheme, len < SCHEME_LEN ? len : SCHEME_LEN) == 0;
}

static bool fits(enum field_kind kind, const char *s, size_t len)
{
    if (len > FIELD_ROOM || !text_valid((const uint8_t *)s, len))
        return false;
    switch (kind) {
    case FIELD_NUMBER:
        return is_number(s, len) || is_invitation(s, len);
    case FIELD_NAME:
        return len <= MAX_NAME;
    case FIELD_CHAT:
        return len <= CHAT_TYPED;
    case FIELD_PASSWORD:
        return len <= MAX_PASSWORD;
    case FIELD_NEVER:
        return is_printable(s, len, ' ');
    case FIELD_RELAY:
        return len < INVITE_RELAY && is_printable(s, len, '!');
    }
    return false;
}

bool field_set(struct field *f, const char *bytes, size_t len)
{
    if (!fits(f->kind, bytes, len))
        return false;
    field_clear(f);
    memcpy(f->text, bytes, len);
    f->len = f->caret = len;
    return true;
}

/* ------------------------------------------------------------------------------------- editing */
static bool put(struct field *f, const char *bytes, size_t len)
{
    size_t keep_before = f->all ? 0 : f->caret;
    size_t keep_after = f->all ? 0 : f->len - f->caret;
    if (len > FIELD_ROOM || keep_before + len + keep_after > FIELD_ROOM)
        return false;
    char next[FIELD_ROOM + 1];
    memcpy(next, f->text, keep_before);
    memcpy(next + keep_before, bytes, len);
    memcpy(next + keep_before + len, f->text + f->len - keep_after, keep_after);
    bool ok = field_set(f, next, keep_before + len + keep_after);
    if (ok)
        f->caret = keep_before + len;
    explicit_bzero(next, sizeof next);
    return ok;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Of a text that came with an invitation, the line that it stands on. */
static const char *link_in(const char *bytes, size_t *len)
{
    const char *link = memmem(bytes, *len, scheme, SCHEME_LEN), *end;
    if (!link || (link > bytes && link[-1] != '\n'))
        return bytes;
    *len -= (size_t)(link - bytes);
    end = memchr(link, '\n', *len);
    if (end)
        *len = (size_t)(end - link);
    return link;
}

static bool put_pasted(struct field *f, const char *bytes, size_t len)
{
    if (f->kind == FIELD_NUMBER)
        bytes = link_in(bytes, &len);
    while (len > 0 && is_space(bytes[0])) {
        bytes++;
        len--;
    }
    while (len > 0 && is_space(bytes[len - 1]))
        len--;
    if (len > FIELD_ROOM)
        return false;
    char flat[FIELD_ROOM];
    for (size_t i = 0; i < len; i++)
        flat[i] = is_space(bytes[i]) ? ' ' : bytes[i];
    bool ok = put(f, flat, len);
    explicit_bzero(flat, sizeof flat);
    return ok;
}

bool field_insert(struct field *f, const char *bytes, size_t len, bool pasted)
{
    return pasted ? put_pasted(f, bytes, len) : put(f, bytes, len);
}

static bool continues(char c)
{
    return ((uint8_t)c & 0xc0) == 0x80;
}

static size_t step_left(const struct field *f, size_t at)
{
    if (at > 0)
        at--;
    while (at > 0 && continues(f->text[at]))
        at--;
    return at;
}

static size_t step_right(const struct field *f, size_t at)
{
    if (at < f->len)
        at++;
    while (at < f->len && continues(f->text[at]))
        at++;
    return at;
}

static enum field_did remove_range(struct field *f, size_t from, size_t to)
{
    if (f->all) {
        field_clear(f);
        return FIELD_CHANGED;
    }
    if (from == to)
        return FIELD_EATEN;
    memmove(f->text + from, f->text + to, f->len - to);
    explicit_bzero(f->text + f->len - (to - from), to - from);
    f->len -= to - from;
    f->caret = from;
    return FIELD_CHANGED;
}

static enum field_did move_to(struct field *f, size_t at)
{
    f->all = false;
    f->caret = at;
    return FIELD_MOVED;
}

static enum field_did control_key(struct field *f, uint32_t keysym)
{
    switch (keysym | 0x20) {
    case 'a':
        f->all = f->len > 0;
        f->caret = f->len;
        return FIELD_MOVED;
    case 'c':
        return f->all ? FIELD_COPY : FIELD_EATEN;
    case 'x':
        return f->all ? FIELD_CUT : FIELD_EATEN;
    case 'v':
        return FIELD_PASTE;
    default:
        return keysym == KEYS_INSERT && f->all ? FIELD_COPY : FIELD_NOTHING;
    }
}

static enum field_did typed(struct field *f, uint32_t keysym)
{
    char c[4];
    size_t n = keys_utf8(keysym, c);
    if (n == 0)
        return FIELD_NOTHING;
    return put(f, c, n) ? FIELD_CHANGED : FIELD_EATEN;
}

enum field_did field_key(struct field *f, uint32_t keysym, uint32_t mods)
{
    keysym = keys_plain(keysym);
    if (mods & KEYS_CTRL)
        return control_key(f, keysym);
    if (mods & KEYS_ALT)
        return FIELD_NOTHING;
    switch (keysym) {
    case KEYS_LEFT:
        return move_to(f, f->all ? 0 : step_left(f, f->caret));
    case KEYS_RIGHT:
        return move_to(f, f->all ? f->len : step_right(f, f->caret));
    case KEYS_HOME:
        return move_to(f, 0);
    case KEYS_END:
        return move_to(f, f->len);
    case KEYS_BACKSPACE:
        return remove_range(f, step_left(f, f->caret), f->caret);
    case KEYS_DELETE:
        return remove_range(f, f->caret, step_right(f, f->caret));
    case KEYS_INSERT:
        return mods & KEYS_SHIFT ? FIELD_PASTE : FIELD_NOTHING;
    default:
        return typed(f, keysym);
    }
}

const char *field_view(const struct field *f, size_t room, size_t *len, size_t *caret)
{
    size_t from = 0;
    while (f->caret - from > room)
        from = step_right(f, from);
    size_t to = from;
    while (to < f->len && step_right(f, to) - from <= room)
        to = step_right(f, to);
    *len = to - from;
    *caret = f->caret - from;
    return f->text + from;
}
