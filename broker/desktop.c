/* What the desktop says about looks: see desktop.h. Run by the broker; distrusts every byte. */
#include "broker/desktop.h"
#include <string.h>
#include <strings.h>

static bool good_dpi(uint32_t dpi)
{
    return dpi >= 48 && dpi <= 960;
}

void desktop_take_resources(struct desktop *d, const char *text, size_t len)
{
    static const char key[] = "Xft.dpi:";
    uint32_t dpi = 0;
    for (size_t i = 0; i + sizeof key <= len; i++) {
        if ((i > 0 && text[i - 1] != '\n') || memcmp(text + i, key, sizeof key - 1) != 0)
            continue;
        for (i += sizeof key - 1; i < len && (text[i] == ' ' || text[i] == '\t'); i++)
            ;
        for (; i < len && text[i] >= '0' && text[i] <= '9' && dpi < 1000; i++)
            dpi = dpi * 10 + (uint32_t)(text[i] - '0');
        break;
    }
    if (good_dpi(dpi))
        d->dpi = dpi;
}

static bool contains(const char *name, size_t len, const char *part)
{
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= len; i++)
        if (strncasecmp(name + i, part, n) == 0)
            return true;
    return false;
}

enum desktop_theme desktop_theme_of(const char *name, size_t len)
{
    return contains(name, len, "contrast") ? DESKTOP_CONTRAST
           : contains(name, len, "dark")   ? DESKTOP_DARK
                                           : DESKTOP_LIGHT;
}

/* --- XSETTINGS: byte order, a serial, and settings of three types */

struct reader {
    const uint8_t *at, *end;
    bool big;
};

static size_t left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

static bool take(struct reader *r, size_t n, const uint8_t **out)
{
    if (left(r) < n)
        return false;
    *out = r->at;
    r->at += n;
    return true;
}

static bool take_u32(struct reader *r, uint32_t *out)
{
    const uint8_t *b;
    if (!take(r, 4, &b))
        return false;
    *out = r->big ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
                  : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
    return true;
}

/* Text of n bytes, padded to a multiple of four. */
static bool take_text(struct reader *r, size_t n, const uint8_t **out)
{
    const uint8_t *pad;
    return take(r, n, out) && take(r, (4 - n % 4) % 4, &pad);
}

static bool is(const uint8_t *name, size_t len, const char *wanted)
{
    return len == strlen(wanted) && memcmp(name, wanted, len) == 0;
}

static void take_number(struct desktop *d, const uint8_t *name, size_t len, uint32_t value)
{
    if (is(name, len, "Xft/DPI") && good_dpi(value / 1024))
        d->dpi = value / 1024;
    if (is(name, len, "Gtk/EnableAnimations"))
        d->still = value == 0;
}

enum { TYPE_NUMBER = 0, TYPE_TEXT = 1, TYPE_COLOUR = 2 };

static bool take_value(struct reader *r, struct desktop *d, int type, const uint8_t *name,
                       size_t len)
{
    const uint8_t *text;
    uint32_t n;
    if (type == TYPE_COLOUR)
        return take(r, 8, &text);
    if (!take_u32(r, &n))
        return false;
    if (type == TYPE_NUMBER) {
        take_number(d, name, len, n);
        return true;
    }
    if (!take_text(r, n, &text))
        return false;
    if (is(name, len, "Net/ThemeName"))
        d->theme = desktop_theme_of((const char *)text, n);
    return true;
}

static bool take_setting(struct reader *r, struct desktop *d)
{
    const uint8_t *head, *name, *serial;
    if (!take(r, 4, &head) || head[0] > TYPE_COLOUR)
        return false;
    size_t len = r->big ? (size_t)head[2] << 8 | head[3] : (size_t)head[3] << 8 | head[2];
    return take_text(r, len, &name) && take(r, 4, &serial) && take_value(r, d, head[0], name, len);
}

bool desktop_take_xsettings(struct desktop *d, const uint8_t *bytes, size_t len)
{
    struct reader r = {bytes, bytes + len, false};
    const uint8_t *head;
    uint32_t serial, n;
    if (!take(&r, 4, &head) || head[0] > 1)
        return false;
    r.big = head[0] == 1; /* MSBFirst */
    if (!take_u32(&r, &serial) || !take_u32(&r, &n))
        return false;
    for (; n > 0; n--)
        if (!take_setting(&r, d))
            return false;
    return true;
}
