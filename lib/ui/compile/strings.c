/* ui-compile: reads strings.def. */
#include "lib/ui/compile/compile.h"
#include "lib/ui/style.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const styles[] = UI_STYLE_NAMES;
static const char *const buttons[] = {"back-again", "again-back", "back", "close"};
const char *const cc_languages[CC_LANGUAGES] = {"en", "de"};
static const char *const forms[] = {"zero", "one", "other"};

struct reader {
    struct cc *c;
    const char *file;
    int line;
};

static int index_of(const char *word, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(list[i], word) == 0)
            return i;
    return -1;
}

static void read_error(struct reader *r, const char *line)
{
    struct cc *c = r->c;
    struct cc_error *e = &c->errors[c->n_errors];
    char code[CC_ID], variant[CC_ID], icon[CC_ID];

    if (c->n_errors == CC_ERRORS ||
        sscanf(line, "error %39s %39s %39s", code, variant, icon) != 3) {
        cc_complain(c, r->file, r->line, "error CODE BUTTONS ICON expected");
        return;
    }
    c->n_errors++;
    e->variant = index_of(variant, buttons, 4);
    if (e->variant < 0)
        cc_complain(c, r->file, r->line, "no such buttons: %s", variant);
    cc_copy(c, e->code, code, r->file, r->line);
    cc_copy(c, e->icon, icon, r->file, r->line);
}

static void read_head(struct reader *r, const char *line)
{
    struct cc *c = r->c;
    struct cc_string *s = &c->strings[c->n_strings];
    char id[CC_ID], style[CC_ID] = "";

    if (c->n_strings == CC_STRINGS) {
        cc_complain(c, r->file, r->line, "too many strings");
        return;
    }
    if (sscanf(line, "%39s %d %d %39s", id, &s->width, &s->lines, style) == 4) {
        s->style = index_of(style, styles, UI_STYLES);
    } else if (sscanf(line, "%39s %39s", id, style) == 2 && strcmp(style, "label") == 0) {
        s->width = s->lines = s->style = 0;
    } else {
        s->style = -1;
    }
    if (s->style < 0)
        cc_complain(c, r->file, r->line, "id WIDTH LINES STYLE or id label expected");
    if (cc_string_find(c, id) >= 0)
        cc_complain(c, r->file, r->line, "%s is there already", id);
    cc_copy(c, s->id, id, r->file, r->line);
    c->n_strings++;
}

static void read_text(struct reader *r, const char *line)
{
    struct cc *c = r->c;
    char key[16], *dot;
    int used = 0, l, f = 2;

    if (c->n_strings == 0 || sscanf(line, " %15s %n", key, &used) != 1 || !line[used]) {
        cc_complain(c, r->file, r->line, "a text without id, or an empty one");
        return;
    }
    dot = strchr(key, '.');
    if (dot) {
        *dot = '\0';
        f = index_of(dot + 1, forms, CC_FORMS);
    }
    l = index_of(key, cc_languages, CC_LANGUAGES);
    if (l < 0 || f < 0)
        cc_complain(c, r->file, r->line, "no such language or form: %s", line);
    else
        c->strings[c->n_strings - 1].text[l][f] = strdup(line + used);
}

int cc_strings_read(struct cc *c, const char *path)
{
    struct reader r = {c, path, 0};
    char line[1024];
    FILE *f = fopen(path, "r");

    if (!f) {
        perror(path);
        return -1;
    }
    snprintf(c->strings[0].id, CC_ID, "none"); /* UI_STR_NONE: the empty text */
    c->n_strings = 1;
    while (fgets(line, sizeof line, f)) {
        r.line++;
        line[strcspn(line, "\n")] = '\0';
        if (!line[0] || line[0] == '#')
            continue;
        if (strncmp(line, "error ", 6) == 0)
            read_error(&r, line);
        else if (line[0] == ' ')
            read_text(&r, line);
        else
            read_head(&r, line);
    }
    fclose(f);
    return 0;
}
