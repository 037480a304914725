/* Interprets icon paths. vitrine-render ui; reads only the compiled icon table. */
#include "render/path.h"
#include <ctype.h>
#include <math.h>

struct pen {
    cairo_t *cr;
    const char *at;
    double x, y;             /* where the pen is */
    double start_x, start_y; /* where this part began */
    double bend_x, bend_y;   /* last control point, for S; the pen's place after anything else */
};

static void skip(struct pen *p)
{
    while (*p->at == ' ' || *p->at == ',')
        p->at++;
}

/* A decimal number; locale-free, because the fraction mark is always a full stop. */
static bool number(struct pen *p, double *out)
{
    double v = 0, place = 1;
    bool minus, any = false;

    skip(p);
    minus = *p->at == '-';
    p->at += minus;
    for (; isdigit((unsigned char)*p->at); p->at++, any = true)
        v = v * 10 + (*p->at - '0');
    if (*p->at == '.')
        for (p->at++; isdigit((unsigned char)*p->at); p->at++, any = true)
            v += (*p->at - '0') * (place /= 10);
    *out = minus ? -v : v;
    return any;
}

/* Flags of an arc may stand without a space between them. */
static bool flag(struct pen *p, bool *out)
{
    skip(p);
    if (*p->at != '0' && *p->at != '1')
        return false;
    *out = *p->at++ == '1';
    return true;
}

static bool numbers(struct pen *p, double *out, int n)
{
    for (int i = 0; i < n; i++)
        if (!number(p, &out[i]))
            return false;
    return true;
}

static void go(struct pen *p, double x, double y)
{
    p->x = p->bend_x = x;
    p->y = p->bend_y = y;
}

/* Circular arc from the pen to x, y (SVG 1.1 appendix F.6.5, with equal radii and no rotation). */
static void arc(struct pen *p, double r, bool large, bool sweep, double x, double y)
{
    double dx = (p->x - x) / 2, dy = (p->y - y) / 2, d2 = dx * dx + dy * dy, k, cx, cy;

    if (d2 == 0)
        return;
    if (r * r < d2)
        r = sqrt(d2);
    k = sqrt(fmax(0, (r * r - d2) / d2)) * (large == sweep ? -1 : 1);
    cx = k * dy + (p->x + x) / 2;
    cy = -k * dx + (p->y + y) / 2;
    if (sweep)
        cairo_arc(p->cr, cx, cy, r, atan2(p->y - cy, p->x - cx), atan2(y - cy, x - cx));
    else
        cairo_arc_negative(p->cr, cx, cy, r, atan2(p->y - cy, p->x - cx), atan2(y - cy, x - cx));
    go(p, x, y);
}

static bool draw_arc(struct pen *p, double ox, double oy)
{
    double radii[3], to[2];
    bool large, sweep;

    if (!numbers(p, radii, 3) || !flag(p, &large) || !flag(p, &sweep) || !numbers(p, to, 2))
        return false;
    arc(p, radii[0], large, sweep, ox + to[0], oy + to[1]);
    return true;
}

/* C, or S whose first control point mirrors the last one. */
static bool draw_curve(struct pen *p, bool smooth, double ox, double oy)
{
    double v[6] = {2 * p->x - p->bend_x - ox, 2 * p->y - p->bend_y - oy};

    if (!numbers(p, smooth ? v + 2 : v, smooth ? 4 : 6))
        return false;
    cairo_curve_to(p->cr, ox + v[0], oy + v[1], ox + v[2], oy + v[3], ox + v[4], oy + v[5]);
    go(p, ox + v[4], oy + v[5]);
    p->bend_x = ox + v[2];
    p->bend_y = oy + v[3];
    return true;
}

static bool draw_line(struct pen *p, char what, double ox, double oy)
{
    double v[2] = {p->x, p->y};

    if (what == 'H') {
        if (!number(p, &v[0]))
            return false;
        v[0] += ox;
    } else if (what == 'V') {
        if (!number(p, &v[1]))
            return false;
        v[1] += oy;
    } else {
        if (!numbers(p, v, 2))
            return false;
        v[0] += ox;
        v[1] += oy;
    }
    go(p, v[0], v[1]);
    if (what == 'M') {
        cairo_move_to(p->cr, p->x, p->y);
        p->start_x = p->x;
        p->start_y = p->y;
    } else {
        cairo_line_to(p->cr, p->x, p->y);
    }
    return true;
}

static bool draw_step(struct pen *p, char command)
{
    char what = (char)toupper((unsigned char)command);
    bool relative = command != what;
    double ox = relative ? p->x : 0, oy = relative ? p->y : 0;

    switch (what) {
    case 'Z':
        cairo_close_path(p->cr);
        go(p, p->start_x, p->start_y);
        return true;
    case 'A':
        return draw_arc(p, ox, oy);
    case 'C':
    case 'S':
        return draw_curve(p, what == 'S', ox, oy);
    case 'M':
    case 'L':
    case 'H':
    case 'V':
        return draw_line(p, what, ox, oy);
    default:
        return false;
    }
}

bool path_draw(cairo_t *cr, const char *path)
{
    struct pen p = {.cr = cr, .at = path};
    char command = 0;

    for (skip(&p); *p.at; skip(&p)) {
        if (isalpha((unsigned char)*p.at))
            command = *p.at++;
        else if (command == 'M' || command == 'm')
            command = command == 'M' ? 'L' : 'l'; /* further pairs after a move are lines */
        if (!draw_step(&p, command))
            return false;
        if (command == 'Z' || command == 'z')
            command = 0;
    }
    return true;
}
