/* Picks and fills sentences. Broker and painter; the table is ours,
   the arguments are the caller's. */
#include "lib/ui/strings.h"
#include <stdio.h>
#include <string.h>

const struct ui_string_row *ui_string_get(unsigned string)
{
    return &ui_string_table[string < UI_STRINGS ? string : UI_STR_NONE];
}

const char *ui_string_text(unsigned string, unsigned language, uint32_t n)
{
    const struct ui_string_row *r = ui_string_get(string);
    const char *const *forms = r->text[language < UI_LANGUAGES ? language : UI_LANGUAGE_EN];
    unsigned form =
        n < 2 ? n : 2; /* English and German: CLDR one is exactly 1; zero is our own extra */

    return forms[form] ? forms[form] : forms[2] ? forms[2] : "";
}

enum ui_language ui_language_of(const char *locale)
{
    size_t n = locale ? strcspn(locale, "_.@") : 0;

    for (unsigned l = 0; l < UI_LANGUAGES; l++)
        if (n > 0 && strlen(ui_language_table[l].code) == n &&
            memcmp(ui_language_table[l].code, locale, n) == 0)
            return (enum ui_language)l;
    return UI_LANGUAGE_EN;
}

struct sink {
    char *out;
    size_t cap, len;
};

static void put(struct sink *s, const char *bytes, size_t n)
{
    size_t room = s->cap - 1 - s->len;

    if (n > room) {
        n = room;
        while (n > 0 && ((unsigned char)bytes[n] & 0xc0) == 0x80)
            n--;
        s->cap = s->len + n + 1; /* nothing may follow a cut */
    }
    memcpy(s->out + s->len, bytes, n);
    s->len += n;
}

/* Isolated (U+2068 to U+2069): in a sentence that runs from right to left a number of several
   groups, a time or a path keeps its own direction. */
static void put_words(struct sink *s, const char *words)
{
    if (!words || !*words)
        return;
    put(s, "\u2068", 3);
    put(s, words, strlen(words));
    put(s, "\u2069", 3);
}

static void put_number(struct sink *s, uint32_t v)
{
    char digits[12];

    put(s, digits, (size_t)snprintf(digits, sizeof digits, "%u", (unsigned)v));
}

size_t ui_string_format(char *out, size_t cap, unsigned string, unsigned language,
                        const struct ui_args *args)
{
    static const struct ui_args none;
    const struct ui_args *a = args ? args : &none;
    struct sink s = {out, cap, 0};

    if (cap == 0)
        return 0;
    for (const char *p = ui_string_text(string, language, a->n); *p;) {
        if (p[0] == '{' && p[1] && p[2] == '}') {
            if (p[1] == 's')
                put_words(&s, a->s);
            else
                put_number(&s, p[1] == 'n' ? a->n : a->m);
            p += 3;
        } else {
            size_t run = strcspn(p + 1, "{") + 1;

            put(&s, p, run);
            p += run;
        }
    }
    out[s.len] = '\0';
    return s.len;
}

size_t ui_string_plain(char *out, size_t cap, unsigned string, unsigned language,
                       const struct ui_args *args)
{
    size_t len = ui_string_format(out, cap, string, language, args), n = 0;

    for (size_t i = 0; i < len; i++)
        if (strncmp(out + i, "\u2068", 3) == 0 || strncmp(out + i, "\u2069", 3) == 0)
            i += 2;
        else
            out[n++] = out[i];
    if (cap > 0)
        out[n] = '\0';
    return n;
}
