/* The relay's configuration: see relay_conf.h. Runs in `vitrine relay`; distrusts the file. */
#include "broker/relay_conf.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void relay_conf_init(struct relay_conf *c)
{
    *c = (struct relay_conf){.low = 10, .high = 99};
}

void relay_conf_wipe(struct relay_conf *c)
{
    explicit_bzero(c, sizeof *c);
}

static int two_digits(const char *s)
{
    bool good = s[0] >= '1' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9';
    return good ? (s[0] - '0') * 10 + (s[1] - '0') : -1;
}

static const char *take_range(struct relay_conf *c, const char *value)
{
    int low, high;
    if (strlen(value) != 5 || value[2] != '-' || (low = two_digits(value)) < 0 ||
        (high = two_digits(value + 3)) < low)
        return "a range of first two digits, such as 10-99";
    c->low = (unsigned)low;
    c->high = (unsigned)high;
    return NULL;
}

/* An empty key would mean none: whoever writes the line wants one. */
static const char *take_key(struct relay_conf *c, const char *value)
{
    if (!*value || strlen(value) >= sizeof c->create_key)
        return "1 to 64 bytes";
    memcpy(c->create_key, value, strlen(value) + 1);
    return NULL;
}

static bool parse_address(const char *text, uint8_t out[16])
{
    memset(out, 0, 10);
    out[10] = out[11] = 0xff;
    return inet_pton(AF_INET, text, out + 12) == 1 || inet_pton(AF_INET6, text, out) == 1;
}

static const char *take_proxies(struct relay_conf *c, const char *value)
{
    char words[1025], *rest = NULL; /* no line is longer */
    if ((size_t)snprintf(words, sizeof words, "%s", value) >= sizeof words)
        return "too long";
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (c->n_proxies == RELAY_PROXIES)
            return "at most 8 addresses";
        if (!parse_address(word, c->proxies[c->n_proxies++]))
            return "addresses, no names, separated by spaces";
    }
    return c->n_proxies > 0 ? NULL : "at least one address";
}

static const struct {
    const char *name;
    const char *(*take)(struct relay_conf *, const char *);
} keys[] = {{"numbers", take_range}, {"create_key", take_key}, {"proxy_from", take_proxies}};

static const char *take_line(void *ctx, const struct keyfile_line *line)
{
    struct relay_conf *c = ctx;
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(line->key, keys[i].name) != 0)
            continue;
        if (c->seen & 1u << i)
            return "stands here twice";
        c->seen |= 1u << i;
        return keys[i].take(c, line->value);
    }
    return "unknown key; known are numbers, create_key and proxy_from";
}

bool relay_conf_parse(struct relay_conf *c, const char *file, const char *text, size_t len,
                      char error[KEYFILE_ERROR])
{
    return keyfile_parse(file, text, len, take_line, c, error);
}

bool relay_conf_read(struct relay_conf *c, const char *file, char error[KEYFILE_ERROR])
{
    char *text = NULL;
    size_t len = 0;
    relay_conf_init(c);
    if (!file)
        return true;
    enum keyfile_result got = keyfile_read(file, KEYFILE_ANYBODY, &text, &len, error);
    if (got == KEYFILE_MISSING)
        snprintf(error, KEYFILE_ERROR, "%s: no such file", file);
    bool good = got == KEYFILE_READ && relay_conf_parse(c, file, text, len, error);
    if (text)
        explicit_bzero(text, len);
    free(text);
    return good;
}
