/* ui-compile: reads layout.tsv. */
#include "lib/ui/compile/compile.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 11
#define HEADING "window\t"

struct reader {
    struct cc *c;
    const char *file;
    int line;
};

static struct cc_window *window_named(struct reader *r, const char *name)
{
    struct cc *c = r->c;

    for (int i = 0; i < c->n_windows; i++)
        if (strcmp(c->windows[i].name, name) == 0)
            return &c->windows[i];
    if (c->n_windows == CC_WINDOWS) {
        cc_complain(c, r->file, r->line, "too many windows");
        return NULL;
    }
    cc_copy(c, c->windows[c->n_windows].name, name, r->file, r->line);
    return &c->windows[c->n_windows++];
}

static int control_named(struct reader *r, struct cc_window *w, const char *id)
{
    for (int i = 0; i < w->n_controls; i++)
        if (strcmp(w->ids[i], id) == 0)
            return i;
    if (w->n_controls == CC_CONTROLS) {
        cc_complain(r->c, r->file, r->line, "too many controls");
        return -1;
    }
    cc_copy(r->c, w->ids[w->n_controls], id, r->file, r->line);
    return w->n_controls++;
}

/* One face, string@icon@kind; what is left out: no icon, the control's own kind. */
static void read_face(struct reader *r, struct cc_box *b, char *text)
{
    struct cc_face *f = &b->faces[b->n_faces++];
    char *icon = strchr(text, '@'), *kind = icon ? strchr(icon + 1, '@') : NULL;

    if (icon)
        *icon++ = '\0';
    if (kind)
        *kind++ = '\0';
    cc_copy(r->c, f->label, text, r->file, r->line);
    cc_copy(r->c, f->icon, icon ? icon : "none", r->file, r->line);
    cc_copy(r->c, f->kind, kind ? kind : b->kind, r->file, r->line);
}

static void read_faces(struct reader *r, struct cc_box *b, char *text)
{
    char *save = NULL;

    b->n_faces = 0;
    if (strcmp(text, "-") == 0)
        return;
    for (char *t = strtok_r(text, "|", &save); t; t = strtok_r(NULL, "|", &save)) {
        if (b->n_faces == 3) {
            cc_complain(r->c, r->file, r->line, "more than three faces");
            return;
        }
        read_face(r, b, t);
    }
}

static void read_size(struct cc_window *w, char **f)
{
    w->w = atoi(f[6]);
    w->h = atoi(f[7]);
    w->resizable = strcmp(f[9], "-") != 0;
}

static void read_control(struct reader *r, struct cc_window *w, int from, int to, char **f)
{
    int i = control_named(r, w, f[2]);
    struct cc_box b = {.present = true,
                       .x = atoi(f[4]),
                       .y = atoi(f[5]),
                       .w = atoi(f[6]),
                       .h = atoi(f[7]),
                       .focus = strcmp(f[8], "-") == 0 ? 0 : atoi(f[8])};

    if (i < 0)
        return;
    cc_copy(r->c, b.kind, f[3], r->file, r->line);
    snprintf(b.hold, sizeof b.hold, "%s", strcmp(f[9], "-") == 0 ? "lt" : f[9]);
    read_faces(r, &b, f[10]);
    for (int v = from; v < to; v++)
        w->box[v][i] = b;
}

static void read_row(struct reader *r, char **f)
{
    struct cc_window *w = window_named(r, f[0]);
    bool every = strcmp(f[1], "*") == 0;
    int v = every ? 0 : atoi(f[1]);

    if (!w)
        return;
    if (v < 0 || v >= CC_VARIANTS) {
        cc_complain(r->c, r->file, r->line, "no such variant: %s", f[1]);
        return;
    }
    if (v + 1 > w->n_variants)
        w->n_variants = v + 1;
    if (strcmp(f[2], "size") == 0)
        read_size(w, f);
    else
        read_control(r, w, v, every ? CC_VARIANTS : v + 1, f);
}

static void read_line(struct reader *r, char *line)
{
    char *f[FIELDS];
    int n = 0;

    line[strcspn(line, "\n")] = '\0';
    if (!line[0] || line[0] == '#' || strncmp(line, HEADING, sizeof HEADING - 1) == 0)
        return;
    for (char *p = line; p && n < FIELDS;) {
        f[n++] = p;
        p = strchr(p, '\t');
        if (p)
            *p++ = '\0';
    }
    if (n != FIELDS)
        cc_complain(r->c, r->file, r->line, "%d fields, wanted %d", n, FIELDS);
    else
        read_row(r, f);
}

int cc_layout_read(struct cc *c, const char *path)
{
    struct reader r = {c, path, 0};
    char line[512];
    FILE *f = fopen(path, "r");

    if (!f) {
        perror(path);
        return -1;
    }
    while (fgets(line, sizeof line, f)) {
        r.line++;
        read_line(&r, line);
    }
    fclose(f);
    return 0;
}
