/*
 * Writes one JSON object as one line (RFC 8259) into a buffer of the caller's: for --events, the
 * audit trail and the security status. Text is escaped here and nowhere else: quotes, backslash,
 * control characters, and everything that is not valid UTF-8 (each such byte becomes U+FFFD), so
 * that a line is always a line.
 *
 *     json_begin(&j, buf, sizeof buf);
 *     json_text(&j, "event", "share");
 *     json_array(&j, "rect"); json_number(&j, NULL, 4); ... json_close(&j);
 *     size_t len = json_end(&j);      with the newline; 0: it did not fit
 *
 * A key is NULL inside an array. Keys are ours and not escaped.
 */
#ifndef LIB_JSON_H
#define LIB_JSON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH 8

struct json {
    char *buf;
    size_t size, len;
    bool full;  /* something did not fit; nothing more is written */
    bool comma; /* the next value needs one before it */
    char close[JSON_DEPTH];
    unsigned depth;
};

void json_begin(struct json *j, char *buf, size_t size);
void json_text(struct json *j, const char *key, const char *text); /* NULL text: null */
void json_bytes(struct json *j, const char *key, const void *bytes, size_t len);
/* What somebody wrote: also what is unseen (lib/text.h) is escaped, and so kept, and seen. */
void json_foreign(struct json *j, const char *key, const void *bytes, size_t len);
void json_number(struct json *j, const char *key, int64_t number);
void json_bool(struct json *j, const char *key, bool value);
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_close(struct json *j); /* the object or array opened last */
/* "2026-01-31T12:00:00.123Z" of a wall-clock time. */
void json_time(struct json *j, const char *key, int64_t unix_ms);
/* Closes everything, ends the line and the string. Its length, 0 when it did not fit. */
size_t json_end(struct json *j);

#endif
