/* Lines of the trail, written and read. Run by audit and verify; distrusts every byte of a log. */
#include "audit/chain/line.h"
#include "lib/hex.h"
#include <string.h>

#define NUMBER_MAX UINT64_C(0xffffffffffff) /* of a line */

bool line_head_equal(const struct line_head *a, const struct line_head *b)
{
    return a->n == b->n && memcmp(a->hash, b->hash, DIGEST_SIZE) == 0;
}

void line_begin(struct json *j, char buf[LINE_MAX_BYTES], uint64_t n, int64_t unix_ms,
                const char *event, unsigned id, uint64_t run)
{
    json_begin(j, buf, LINE_MAX_BYTES);
    json_number(j, "n", (int64_t)n);
    json_time(j, "time", unix_ms);
    json_text(j, "event", event);
    json_number(j, "id", id);
    json_number(j, "run", (int64_t)run);
    json_object(j, "fields");
}

size_t line_end(struct json *j, struct line_head *head, uint8_t seal[DIGEST_SIZE])
{
    uint8_t mac[DIGEST_SIZE];
    char hex[HEX_SIZE(DIGEST_SIZE)];
    struct line_head next = {.n = head->n + 1};
    json_close(j);
    hex_format(head->hash, DIGEST_SIZE, hex);
    json_text(j, "prev", hex);
    if (j->full || !digest_of(j->buf, j->len, next.hash))
        return 0;
    hex_format(next.hash, DIGEST_SIZE, hex);
    json_text(j, "hash", hex);
    if (!digest_seal(seal, next.hash, mac))
        return 0;
    hex_format(mac, DIGEST_SIZE, hex);
    json_text(j, "seal", hex);
    size_t len = json_end(j);
    if (len == 0 || !digest_evolve(seal))
        return 0;
    *head = next;
    return len;
}

/* Takes `what` off the front. */
static bool skip(const char **at, const char *end, const char *what)
{
    size_t n = strlen(what);
    if ((size_t)(end - *at) < n || memcmp(*at, what, n) != 0)
        return false;
    *at += n;
    return true;
}

static bool number(const char **at, const char *end, uint64_t most, uint64_t *out)
{
    const char *start = *at;
    uint64_t value = 0;
    for (; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
        value = value * 10 + (uint64_t)(**at - '0');
        if (value > most || *at - start > 15)
            return false;
    }
    *out = value;
    return *at > start && !(*start == '0' && *at - start > 1);
}

/* Up to the closing quote; names and times hold no escapes. */
static bool plain(const char **at, const char *end, size_t most)
{
    const char *quote = memchr(*at, '"', (size_t)(end - *at));
    if (!quote || (size_t)(quote - *at) > most || memchr(*at, '\\', (size_t)(quote - *at)))
        return false;
    *at = quote;
    return true;
}

/* Trails written before there were runs have none. */
static bool run_of(const char **at, const char *end, uint64_t *run)
{
    return !skip(at, end, ",\"run\":") || number(at, end, NUMBER_MAX, run);
}

static bool parse_front(const char **at, const char *end, struct line *out)
{
    uint64_t id;
    if (!skip(at, end, "{\"n\":") || !number(at, end, NUMBER_MAX, &out->n) ||
        !skip(at, end, ",\"time\":\"") || !plain(at, end, 24) ||
        !skip(at, end, "\",\"event\":\"") || !plain(at, end, 48) || !skip(at, end, "\",\"id\":") ||
        !number(at, end, 999, &id) || !run_of(at, end, &out->run) || !skip(at, end, ",\"fields\":"))
        return false;
    out->id = (unsigned)id;
    return true;
}

static bool parse_tail(const char *tail, struct line *out)
{
    const char *at = tail, *end = tail + LINE_TAIL;
    if (!skip(&at, end, ",\"prev\":\"") || !hex_parse(at, DIGEST_SIZE, out->prev))
        return false;
    at += 2 * DIGEST_SIZE;
    if (!skip(&at, end, "\",\"hash\":\"") || !hex_parse(at, DIGEST_SIZE, out->hash))
        return false;
    at += 2 * DIGEST_SIZE;
    if (!skip(&at, end, "\",\"seal\":\"") || !hex_parse(at, DIGEST_SIZE, out->seal))
        return false;
    at += 2 * DIGEST_SIZE;
    return skip(&at, end, "\"}");
}

bool line_parse(const char *text, size_t len, struct line *out)
{
    memset(out, 0, sizeof *out);
    if (len < LINE_TAIL + 2 || len >= LINE_MAX_BYTES)
        return false;
    const char *tail = text + len - LINE_TAIL, *at = text;
    if (!parse_front(&at, tail, out) || !parse_tail(tail, out))
        return false;
    out->fields = at;
    out->fields_len = (size_t)(tail - at);
    if (out->fields_len < 2 || at[0] != '{' || tail[-1] != '}')
        return false;
    uint8_t hash[DIGEST_SIZE];
    size_t hashed = len - LINE_TAIL + 74; /* up to the end of prev */
    out->hash_right = digest_of(text, hashed, hash) && memcmp(hash, out->hash, DIGEST_SIZE) == 0;
    return true;
}

const char *line_field(const struct line *l, const char *name, size_t *len)
{
    size_t n = strlen(name);
    const char *end = l->fields + l->fields_len;
    for (const char *at = l->fields; at < end; at++) {
        if (*at != '"' || (size_t)(end - at) < n + 5 || memcmp(at + 1, name, n) != 0 ||
            memcmp(at + 1 + n, "\":\"", 3) != 0)
            continue;
        const char *value = at + n + 4, *after = value;
        if (!plain(&after, end, LINE_MAX_BYTES))
            return NULL;
        *len = (size_t)(after - value);
        return value;
    }
    return NULL;
}

uint64_t line_number(const struct line *l, const char *name)
{
    size_t len = 0;
    uint64_t value = 0;
    const char *at = line_field(l, name, &len);
    return at && number(&at, at + len, NUMBER_MAX, &value) && *at == '"' ? value : 0;
}
