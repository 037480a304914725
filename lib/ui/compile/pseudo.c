/* ui-compile: a language that nobody speaks, for tests of right-to-left windows. */
#include "lib/ui/compile/compile.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* For each of a to z the letter of the Hebrew block that is about as wide, so that what fits in
   English fits here. Two bytes each. */
static void put_letter(FILE *o, char letter)
{
    static const unsigned char wide[26] = {0xe8, 0xd0, 0xd1, 0xd4, 0xdc, 0xd2, 0xe7, 0xe4, 0xd9,
                                           0xdf, 0xe5, 0xd5, 0xea, 0xd3, 0xe2, 0xe1, 0xdd, 0xe0,
                                           0xdb, 0xd6, 0xe3, 0xd7, 0xe9, 0xe6, 0xd8, 0xda};
    unsigned code = 0x500u + wide[tolower((unsigned char)letter) - 'a'];

    fprintf(o, "%c%c", (char)(0xc0 | code >> 6), (char)(0x80 | (code & 0x3f)));
}

/* A quotation mark, as its counterpart: no font turns them, who translates into such a language
   does. How much of the text that was. */
static size_t put_quote(FILE *o, const char *text)
{
    static const char marks[2][4] = {"\xe2\x80\x9c", "\xe2\x80\x9d"};

    for (int i = 0; i < 2; i++)
        if (strncmp(text, marks[i], 3) == 0) {
            fputs(marks[!i], o);
            return 3;
        }
    return 0;
}

/* How much of it stays: a placeholder, and what stands on keys. */
static size_t kept(const char *text)
{
    if (text[0] == '{')
        return 3;
    if (strncmp(text, "Ctrl+", 5) == 0)
        return 5 + strspn(text + 5, "F0123456789Esc");
    return text[0] == 'F' ? strspn(text + 1, "0123456789") + 1 : 0;
}

static size_t put_other(FILE *o, const char *text)
{
    size_t n = kept(text);

    if (n > 1 || !isalpha((unsigned char)*text))
        fprintf(o, "%.*s", (int)(n > 0 ? n : 1), text);
    else
        put_letter(o, *text);
    return n > 0 ? n : 1;
}

static char *translated(const char *text)
{
    char *out = NULL;
    size_t len = 0;
    FILE *o = open_memstream(&out, &len);

    if (!o)
        return NULL;
    while (*text) {
        size_t n = put_quote(o, text);

        text += n > 0 ? n : put_other(o, text);
    }
    fclose(o);
    return out;
}

void cc_pseudo(struct cc *c)
{
    for (int i = 1; i < c->n_strings; i++)
        for (int f = 0; f < CC_FORMS; f++)
            if (c->strings[i].text[0][f]) {
                char *english = c->strings[i].text[0][f];
                c->strings[i].text[0][f] = translated(english);
                free(english);
            }
}
