/* One line of JSON. Linked by the broker and audit; distrusts every text it is given. */
#include "lib/json.h"
#include "lib/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void put(struct json *j, const char *s, size_t len)
{
    if (j->full || len >= j->size - j->len) { /* one byte stays for the terminator */
        j->full = true;
        return;
    }
    memcpy(j->buf + j->len, s, len);
    j->len += len;
}

static void put_string(struct json *j, const char *s)
{
    put(j, s, strlen(s));
}

static void begin_value(struct json *j, const char *key)
{
    if (j->comma)
        put(j, ",", 1);
    j->comma = true;
    if (!key)
        return;
    put(j, "\"", 1);
    put_string(j, key);
    put(j, "\":", 2);
}

static void open_level(struct json *j, char opening, char closing)
{
    put(j, &opening, 1);
    j->comma = false;
    if (j->depth == JSON_DEPTH)
        j->full = true;
    else
        j->close[j->depth++] = closing;
}

void json_begin(struct json *j, char *buf, size_t size)
{
    memset(j, 0, sizeof *j);
    j->buf = buf;
    j->size = size;
    j->full = size == 0;
    open_level(j, '{', '}');
}

/* Length of the UTF-8 character at s, 0 for none; control and direction characters are judged
 * after. */
static size_t character(const uint8_t *s, size_t len)
{
    size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    return n <= len && text_valid(s, n) ? n : 0;
}

/* DEL, C1 controls and direction characters are valid JSON, but a line
   is also read in a terminal. */
static void put_escaped(struct json *j, uint8_t c)
{
    char escape[8];
    int n = snprintf(escape, sizeof escape, "\\u%04x", c);
    put(j, escape, (size_t)n);
}

static size_t put_character(struct json *j, const uint8_t *s, size_t len)
{
    if (s[0] == '"' || s[0] == '\\') {
        put(j, "\\", 1);
        put(j, (const char *)s, 1);
        return 1;
    }
    if (s[0] < 0x20 || s[0] == 0x7f) {
        put_escaped(j, s[0]);
        return 1;
    }
    size_t n = character(s, len);
    if (n)
        put(j, (const char *)s, n);
    else
        put_string(j, "\\ufffd");
    return n ? n : 1;
}

void json_bytes(struct json *j, const char *key, const void *bytes, size_t len)
{
    const uint8_t *s = bytes;
    begin_value(j, key);
    put(j, "\"", 1);
    for (size_t i = 0; i < len;)
        i += put_character(j, s + i, len - i);
    put(j, "\"", 1);
}

static void put_point(struct json *j, uint32_t point)
{
    char escape[24];
    uint32_t above = point - 0x10000;
    int n = point < 0x10000 ? snprintf(escape, sizeof escape, "\\u%04x", (unsigned)point)
                            : snprintf(escape, sizeof escape, "\\u%04x\\u%04x",
                                       (unsigned)(0xd800 + (above >> 10)),
                                       (unsigned)(0xdc00 + (above & 0x3ff)));
    put(j, escape, (size_t)n);
}

void json_foreign(struct json *j, const char *key, const void *bytes, size_t len)
{
    const uint8_t *s = bytes;
    begin_value(j, key);
    put(j, "\"", 1);
    for (size_t i = 0; i < len;) {
        uint32_t point = 0;
        size_t n = text_decode(s + i, len - i, &point);
        if (n && text_is_unseen(point))
            put_point(j, point);
        else
            n = put_character(j, s + i, len - i);
        i += n;
    }
    put(j, "\"", 1);
}

void json_text(struct json *j, const char *key, const char *text)
{
    if (text) {
        json_bytes(j, key, text, strlen(text));
        return;
    }
    begin_value(j, key);
    put_string(j, "null");
}

void json_number(struct json *j, const char *key, int64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, number);
    begin_value(j, key);
    put_string(j, digits);
}

void json_bool(struct json *j, const char *key, bool value)
{
    begin_value(j, key);
    put_string(j, value ? "true" : "false");
}

void json_object(struct json *j, const char *key)
{
    begin_value(j, key);
    open_level(j, '{', '}');
}

void json_array(struct json *j, const char *key)
{
    begin_value(j, key);
    open_level(j, '[', ']');
}

void json_close(struct json *j)
{
    if (j->depth == 0)
        return;
    put(j, &j->close[--j->depth], 1);
    j->comma = true;
}

void json_time(struct json *j, const char *key, int64_t unix_ms)
{
    char text[48];
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm tm;
    if (unix_ms < 0 || !gmtime_r(&seconds, &tm))
        memset(&tm, 0, sizeof tm);
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
             tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(unix_ms % 1000));
    json_text(j, key, text);
}

size_t json_end(struct json *j)
{
    while (j->depth)
        json_close(j);
    put(j, "\n", 1);
    if (j->size)
        j->buf[j->full ? 0 : j->len] = '\0';
    return j->full ? 0 : j->len;
}
