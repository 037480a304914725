/* ui-compile: main program. Build tool, run by the Makefile. */
#include "lib/ui/compile/compile.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cc_complain(struct cc *c, const char *file, int line, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s:%d: ", file, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    c->wrong++;
}

void cc_copy(struct cc *c, char to[CC_ID], const char *from, const char *file, int line)
{
    if (strlen(from) >= CC_ID)
        cc_complain(c, file, line, "too long: %s", from);
    snprintf(to, CC_ID, "%s", from);
}

int cc_string_find(const struct cc *c, const char *id)
{
    for (int i = 0; i < c->n_strings; i++)
        if (strcmp(c->strings[i].id, id) == 0)
            return i;
    return -1;
}

int main(int argc, char **argv)
{
    static struct cc c;
    char layout[512], strings[512];

    c.pseudo = argc == 4 && strcmp(argv[3], "pseudo") == 0;
    if (argc != 3 && !c.pseudo) {
        fprintf(stderr, "usage: ui-compile DIR OUT [pseudo]\n");
        return 2;
    }
    snprintf(layout, sizeof layout, "%s/layout.tsv", argv[1]);
    snprintf(strings, sizeof strings, "%s/strings.def", argv[1]);
    if (cc_layout_read(&c, layout) || cc_strings_read(&c, strings))
        return 1;
    cc_check(&c);
    if (c.wrong == 0 && cc_measure(&c) < 0)
        fprintf(stderr, "ui-compile: fonts-inter is not installed, texts were not measured\n");
    if (c.wrong > 0)
        return 1;
    if (c.pseudo)
        cc_pseudo(&c);
    return cc_write(&c, argv[2]) ? 1 : 0;
}
