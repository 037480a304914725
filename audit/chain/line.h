/*
 * One line of the trail (audit/FORMAT.md):
 *   {"n":7,"time":"2026-01-31T12:00:00.123Z","event":"share_on","id":33,"run":3,"fields":{...},"prev":"64
 * hex","hash":"64 hex","seal":"64 hex"} hash is SHA-256 over the bytes before `,"hash":`, so no
 * JSON has to be brought into a canonical form. prev is the hash of the line before; 64 zeros in
 * the first. run is n of the first line its writer wrote. seal is HMAC-SHA256 over the hash, under
 * the key of that line (digest_evolve).
 */
#ifndef AUDIT_CHAIN_LINE_H
#define AUDIT_CHAIN_LINE_H
#include "audit/chain/digest.h"
#include "lib/json.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_MAX_BYTES 16384 /* 16 fields of 256 bytes, each escaped, fit */
/* ,"prev":"64 hex","hash":"64 hex","seal":"64 hex"}: length of the end, without newline */
#define LINE_TAIL 223

struct line_head {
    uint64_t n; /* of the line; 0: before the first */
    uint8_t hash[DIGEST_SIZE];
};

bool line_head_equal(const struct line_head *a, const struct line_head *b);

/* Writing: line_begin, then json_bytes(j, name, ...) for each field, then line_end. */
void line_begin(struct json *j, char buf[LINE_MAX_BYTES], uint64_t n, int64_t unix_ms,
                const char *event, unsigned id, uint64_t run);
/* Chains it to *head and seals it with `seal`, the key of this line; moves both on. Length with the
   newline; 0: too long, or no hash. */
size_t line_end(struct json *j, struct line_head *head, uint8_t seal[DIGEST_SIZE]);

/* A line read back, without its newline. Texts point into it. */
struct line {
    uint64_t n;
    unsigned id;
    uint64_t run; /* 0: of a trail written before there were any */
    uint8_t prev[DIGEST_SIZE], hash[DIGEST_SIZE], seal[DIGEST_SIZE];
    const char *fields; /* from { to } */
    size_t fields_len;
    bool hash_right; /* the hash it names is that of its bytes */
};

/* false: not of the form at all. Every byte is distrusted. */
bool line_parse(const char *text, size_t len, struct line *out);
/* A field that is text without escapes, as the trail's own lines have it; NULL: not there. */
const char *line_field(const struct line *l, const char *name, size_t *len);
/* ... or a number; 0: not there, or none. */
uint64_t line_number(const struct line *l, const char *name);

#endif
