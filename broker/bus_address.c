/* Addresses of message buses: see bus_address.h. Run by the broker. */
#include "broker/bus_address.h"
#include "lib/hex.h"
#include <stddef.h>
#include <string.h>

#define GUID 32 /* hexadecimal digits */

struct address {
    struct sockaddr_un at;
    size_t n; /* bytes of it; 0: none */
    bool has_guid;
};

static int digit(char c)
{
    return hex_digit(c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c);
}

/* One character of a value: itself, or two digits behind '%'. Never 0; 0: none can stand there. */
static unsigned char take_char(const char **text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/.\\*";
    const char *p = *text;
    if (*p && strchr(plain, *p)) {
        *text = p + 1;
        return (unsigned char)*p;
    }
    if (*p != '%' || digit(p[1]) < 0 || digit(p[2]) < 0)
        return 0;
    *text = p + 3;
    return (unsigned char)(digit(p[1]) * 16 + digit(p[2]));
}

/* Up to what cannot stand in a value; false: it is longer than `most`. */
static bool take_value(const char **text, char *to, size_t most, size_t *n)
{
    unsigned char c;
    for (*n = 0; (c = take_char(text)) != 0; (*n)++) {
        if (*n == most)
            return false;
        to[*n] = (char)c;
    }
    return true;
}

static bool take_key(const char **text, const char *key)
{
    size_t n = strlen(key);
    bool is = strncmp(*text, key, n) == 0;
    *text += is ? n : 0;
    return is;
}

static bool take_guid(const char **text, struct address *a)
{
    char guid[GUID];
    size_t n;
    if (a->has_guid || !take_value(text, guid, sizeof guid, &n) || n != GUID)
        return false;
    a->has_guid = true;
    for (size_t i = 0; i < n; i++)
        a->has_guid = a->has_guid && digit(guid[i]) >= 0;
    return a->has_guid;
}

/* A path ends with a 0, an abstract name begins with one. */
static bool take_place(const char **text, struct address *a)
{
    bool abstract = take_key(text, "abstract=");
    if (a->n || (!abstract && !take_key(text, "path=")))
        return false;
    char *to = a->at.sun_path;
    if (!take_value(text, to + abstract, sizeof a->at.sun_path - 1, &a->n) || a->n == 0)
        return false;
    return abstract || to[0] == '/';
}

/* One address of ours, whole. */
static bool take_address(const char **text, struct address *a)
{
    bool good = take_key(text, "unix:");
    while (good) {
        good = take_key(text, "guid=") ? take_guid(text, a) : take_place(text, a);
        if (**text != ',')
            break;
        (*text)++;
    }
    return good && a->n > 0 && (**text == ';' || **text == '\0');
}

bool bus_address_parse(const char *text, struct sockaddr_un *out, socklen_t *len)
{
    while (text && *text) {
        struct address a = {.at = {.sun_family = AF_UNIX}};
        const char *at = text;
        if (take_address(&at, &a)) {
            *out = a.at;
            *len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + a.n + 1);
            return true;
        }
        text = strchr(text, ';');
        text = text ? text + 1 : NULL;
    }
    return false;
}
