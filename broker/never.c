/* Lists of programs whose windows are never shown: see never.h. Run by the broker; distrusts what
   programs call themselves. */
#include "broker/never.h"
#include <string.h>
#include <strings.h>

static bool is_name(const char *name, size_t len)
{
    if (len < 1 || len > NEVER_NAME || name[0] == ' ' || name[len - 1] == ' ')
        return false;
    for (size_t i = 0; i < len; i++)
        if (name[i] < ' ' || name[i] > '~' || name[i] == ',')
            return false;
    return true;
}

static bool has(const struct never *list, const char *name, size_t len)
{
    for (unsigned i = 0; i < list->n; i++)
        if (strlen(list->name[i]) == len && strncasecmp(list->name[i], name, len) == 0)
            return true;
    return false;
}

bool never_add(struct never *list, const char *name, size_t len)
{
    if (!is_name(name, len))
        return false;
    if (has(list, name, len))
        return true;
    if (list->n == NEVER_NAMES)
        return false;
    memcpy(list->name[list->n], name, len);
    list->name[list->n++][len] = '\0';
    return true;
}

static const char *trim(const char *from, size_t *len)
{
    while (*len > 0 && *from == ' ')
        from++, (*len)--;
    while (*len > 0 && from[*len - 1] == ' ')
        (*len)--;
    return from;
}

bool never_parse(const char *text, struct never *out)
{
    memset(out, 0, sizeof *out);
    size_t len = strlen(text);
    if (trim(text, &len) && len == 0)
        return true;
    for (;;) {
        const char *comma = strchr(text, ',');
        len = comma ? (size_t)(comma - text) : strlen(text);
        const char *name = trim(text, &len);
        if (!never_add(out, name, len))
            return false;
        if (!comma)
            return true;
        text = comma + 1;
    }
}

void never_format(const struct never *list, char out[NEVER_TEXT])
{
    out[0] = '\0';
    for (unsigned i = 0; i < list->n; i++) {
        if (i > 0)
            strcat(out, ",");
        strcat(out, list->name[i]);
    }
}

bool never_covers(const struct never *list, const struct never *part)
{
    for (unsigned i = 0; i < part->n; i++)
        if (!has(list, part->name[i], strlen(part->name[i])))
            return false;
    return true;
}

/* The next name of a value, *len 0 at its end; *at moves on. */
static const char *next_name(const uint8_t *value, size_t size, size_t *at, size_t *len)
{
    const char *name = (const char *)value + *at;
    *len = *at < size ? strnlen(name, size - *at) : 0;
    *at += *len + 1;
    return name;
}

bool never_matches(const struct never *list, const uint8_t *value, size_t size)
{
    size_t len;
    for (size_t at = 0; at < size;) {
        const char *name = next_name(value, size, &at, &len);
        if (len > 0 && has(list, name, len))
            return true;
    }
    return false;
}

bool never_class(const uint8_t *value, size_t size, char out[NEVER_NAME + 1])
{
    size_t len;
    out[0] = '\0';
    for (size_t at = 0; at < size;) {
        const char *name = next_name(value, size, &at, &len);
        if (!is_name(name, len))
            continue;
        memcpy(out, name, len);
        out[len] = '\0';
    }
    return out[0] != '\0';
}
