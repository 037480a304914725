/* ui-compile: a language that nobody speaks, for tests of right-to-left windows. */
#include "lib/ui/compile/compile.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The 26 letters to the first 26 of the Hebrew block (U+05D0 on), two bytes each. */
static void put_letter(FILE *o, char letter)
{
    unsigned code = 0x5d0u + (unsigned)(tolower((unsigned char)letter) - 'a');

    fprintf(o, "%c%c", (char)(0xc0 | code >> 6), (char)(0x80 | (code & 0x3f)));
}

static char *translated(const char *text)
{
    char *out = NULL;
    size_t len = 0;
    FILE *o = open_memstream(&out, &len);

    if (!o)
        return NULL;
    while (*text) {
        size_t kept = text[0] == '{' ? 3 : 1; /* a placeholder stays */

        if (kept == 1 && isalpha((unsigned char)*text))
            put_letter(o, *text);
        else
            fprintf(o, "%.*s", (int)kept, text);
        text += kept;
    }
    fclose(o);
    return out;
}

void cc_pseudo(struct cc *c)
{
    for (int i = 1; i < c->n_strings; i++)
        for (int f = 0; f < CC_FORMS; f++)
            if (c->strings[i].text[0][f])
                c->strings[i].text[0][f] = translated(c->strings[i].text[0][f]);
}
