/* Proofs in a trail: see proof.h. Distrusts every byte: whoever wrote the line may have wanted a
   wrong verdict, or a crash. */
#include "audit/verify/proof.h"
#include "lib/hex.h"
#include <string.h>

#define ID 16
#define SESSION 32
#define BIND 64
#define POINT 65
#define SIG 64
#define PART_FIELD 128
#define PARTS_MAX (PROOF_RECORD_MAX / PROOF_PART)

/* PROTOCOL.md 11: up to the lists; one that is added, without its name. */
#define RECORD_LISTS 119
#define ADD_FIXED (2 + 1 + 1 + POINT + 1 + 32)

/* --- fields --- */

static bool take_bytes(const struct line *l, const char *name, uint8_t *out, size_t n)
{
    size_t len;
    const char *hex = line_field(l, name, &len);
    return hex && len == 2 * n && hex_parse(hex, n, out);
}

/* Digits only, up to most. */
static bool take_number(const struct line *l, const char *name, uint32_t most, uint32_t *out)
{
    size_t len;
    uint64_t n = 0;
    const char *text = line_field(l, name, &len);
    if (!text || !len || len > 10)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(text[i] - '0');
    }
    *out = (uint32_t)n;
    return n <= most;
}

static size_t put(uint8_t *out, size_t at, const void *bytes, size_t n)
{
    memcpy(out + at, bytes, n);
    return at + n;
}

static size_t put_number(uint8_t *out, size_t at, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        out[at + i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
    return at + bytes;
}

static unsigned get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

/* --- signatures of a session: over "e2e/1 sig ", the label with its zero, and the message --- */

#define MESSAGE_MAX 224

static bool signed_by(const uint8_t key[POINT], const char *label, const uint8_t *message, size_t n,
                      const uint8_t sig[SIG])
{
    uint8_t whole[MESSAGE_MAX];
    size_t at = put(whole, 0, "e2e/1 sig ", 10);
    at = put(whole, at, label, strlen(label) + 1);
    return at + n <= sizeof whole &&
           digest_verify_session(key, whole, put(whole, at, message, n), sig);
}

/* --- records --- */

static void use_up(struct proof_run *run)
{
    run->record[0].of = run->record[1].of = 0;
}

static struct proof_run *run_of(struct proof_book *b, uint64_t run)
{
    bool fresh;
    struct proof_run *r = &b->runs[runs_place(b->places, RUNS_MOST, run, ++b->read, &fresh)];
    if (fresh)
        use_up(r);
    return r;
}

static void begin_record(struct proof_run *r, unsigned of)
{
    r->last = !r->last;
    struct proof_record *record = &r->record[r->last];
    record->part = 0;
    record->of = of;
    record->len = put(record->text, 0, "e2e/1 sig record", PROOF_LABEL);
}

static bool take_data(const struct line *l, struct proof_record *r)
{
    static const char *const names[] = {"d1", "d2", "d3", "d4",  "d5",  "d6",
                                        "d7", "d8", "d9", "d10", "d11", "d12"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t len;
        const char *hex = line_field(l, names[i], &len);
        if (!hex)
            return i > 0;
        if (!len || len % 2 || len / 2 > PART_FIELD || len / 2 > sizeof r->text - r->len ||
            !hex_parse(hex, len / 2, r->text + r->len))
            return false;
        r->len += len / 2;
    }
    return true;
}

enum proof_says proof_part(struct proof_book *b, const struct line *l)
{
    uint32_t member, part, of;
    if (!take_number(l, "member", UINT16_MAX, &member) ||
        !take_number(l, "part", PARTS_MAX, &part) || !take_number(l, "of", PARTS_MAX, &of) ||
        !member || !part || part > of)
        return PROOF_WRONG;
    struct proof_run *run = run_of(b, l->run);
    if (part == 1)
        begin_record(run, of);
    struct proof_record *r = &run->record[run->last];
    if (r->of != of || part != r->part + 1) {
        r->of = 0; /* the disk was full in between */
        return PROOF_GOOD;
    }
    r->part = part;
    return take_data(l, r) ? PROOF_GOOD : PROOF_WRONG;
}

static bool is_whole(const struct proof_record *r)
{
    return r->of && r->part == r->of;
}

/* What the list of those who came in says of that member's key. */
static enum proof_says adds(const struct proof_record *r, unsigned member, const uint8_t key[POINT])
{
    const uint8_t *bytes = r->text + PROOF_LABEL;
    size_t end = r->len - PROOF_LABEL - SIG, at = RECORD_LISTS + 2;
    at += 3u * get16(bytes + RECORD_LISTS);
    if (at + 2 > end)
        return PROOF_WRONG;
    unsigned n = get16(bytes + at);
    at += 2;
    for (unsigned i = 0; i < n; i++) {
        if (at + ADD_FIXED > end || at + ADD_FIXED + bytes[at + 3] > end)
            return PROOF_WRONG;
        size_t name = bytes[at + 3];
        if (get16(bytes + at) == member)
            return memcmp(bytes + at + 4 + name, key, POINT) == 0 ? PROOF_GOOD : PROOF_WRONG;
        at += ADD_FIXED + name;
    }
    return PROOF_UNNAMED;
}

/* Of that session (lost lines may have left one of another), and signed as a whole by its
   organizer: then, what it says of the key. */
static enum proof_says names(const struct proof_record *r, const uint8_t organizer[POINT],
                             const uint8_t session[SESSION], unsigned member,
                             const uint8_t key[POINT])
{
    const uint8_t *bytes = r->text + PROOF_LABEL;
    if (r->len < PROOF_LABEL + RECORD_LISTS + 4 + SIG || bytes[0] != 1)
        return PROOF_WRONG;
    if (memcmp(bytes + 4, session, SESSION) != 0)
        return PROOF_UNNAMED;
    size_t n = r->len - SIG;
    return digest_verify_session(organizer, r->text, n, r->text + n) ? adds(r, member, key)
                                                                     : PROOF_WRONG;
}

/* The organizer signs the records: its key is that one. */
static enum proof_says named(const struct proof_run *run, const uint8_t organizer[POINT],
                             const uint8_t session[SESSION], unsigned member,
                             const uint8_t key[POINT])
{
    if (member == 1)
        return memcmp(key, organizer, POINT) == 0 ? PROOF_GOOD : PROOF_WRONG;
    enum proof_says says = PROOF_UNNAMED;
    for (unsigned i = 0; i < 2 && says == PROOF_UNNAMED; i++)
        if (is_whole(&run->record[i]))
            says = names(&run->record[i], organizer, session, member, key);
    return says;
}

static enum proof_says worse(enum proof_says a, enum proof_says b)
{
    return a < b ? a : b;
}

/* --- control --- */

struct control {
    uint8_t grant[ID], session[SESSION], bind[BIND], organizer[POINT];
    uint8_t key[2][POINT], sig[2][SIG]; /* controller, presenter */
    uint32_t mid[2], caps, seconds, idle;
};

static bool read_control(const struct line *l, struct control *c)
{
    return take_bytes(l, "grant", c->grant, ID) && take_bytes(l, "session", c->session, SESSION) &&
           take_bytes(l, "bind", c->bind, BIND) &&
           take_bytes(l, "organizer", c->organizer, POINT) &&
           take_bytes(l, "key_c", c->key[0], POINT) && take_bytes(l, "key_p", c->key[1], POINT) &&
           take_bytes(l, "sig_c", c->sig[0], SIG) && take_bytes(l, "sig_p", c->sig[1], SIG) &&
           take_number(l, "controller", UINT16_MAX, &c->mid[0]) &&
           take_number(l, "presenter", UINT16_MAX, &c->mid[1]) &&
           take_number(l, "caps", 7, &c->caps) && take_number(l, "idle", UINT16_MAX, &c->idle) &&
           take_number(l, "seconds", UINT32_MAX, &c->seconds) && c->mid[0] && c->mid[1] &&
           c->mid[0] != c->mid[1];
}

/* PROTOCOL.md 14: each signs its own role. */
static bool both_signed(const struct control *c)
{
    for (unsigned side = 0; side < 2; side++) {
        uint8_t m[1 + BIND + SESSION + ID + 2 + 2 + 2 + 4 + 2];
        size_t at = put_number(m, 0, side, 1);
        at = put(m, at, c->bind, BIND);
        at = put(m, at, c->session, SESSION);
        at = put(m, at, c->grant, ID);
        at = put_number(m, at, c->mid[0], 2);
        at = put_number(m, at, c->mid[1], 2);
        at = put_number(m, at, c->caps, 2);
        at = put_number(m, at, c->seconds, 4);
        at = put_number(m, at, c->idle, 2);
        if (!signed_by(c->key[side], "pair auth", m, at, c->sig[side]))
            return false;
    }
    return true;
}

enum proof_says proof_control(struct proof_book *b, const struct line *l)
{
    struct control c;
    if (!read_control(l, &c) || !both_signed(&c))
        return PROOF_WRONG;
    struct proof_run *run = run_of(b, l->run);
    enum proof_says controller = named(run, c.organizer, c.session, c.mid[0], c.key[0]);
    enum proof_says presenter = named(run, c.organizer, c.session, c.mid[1], c.key[1]);
    use_up(run);
    return worse(controller, presenter);
}

/* --- sharing --- */

enum proof_says proof_share(struct proof_book *b, const struct line *l)
{
    uint8_t session[SESSION], organizer[POINT], key[POINT], sig[SIG], m[SESSION + 6];
    uint32_t member, epoch;
    if (!take_bytes(l, "session", session, SESSION) ||
        !take_bytes(l, "organizer", organizer, POINT) || !take_bytes(l, "key", key, POINT) ||
        !take_bytes(l, "sig", sig, SIG) || !take_number(l, "member", UINT16_MAX, &member) ||
        !take_number(l, "epoch", UINT32_MAX, &epoch) || !member)
        return PROOF_WRONG;
    size_t at = put(m, 0, session, SESSION);
    at = put_number(m, at, epoch, 4);
    at = put_number(m, at, member, 2);
    if (!signed_by(key, "share", m, at, sig))
        return PROOF_WRONG;
    struct proof_run *run = run_of(b, l->run);
    enum proof_says who = named(run, organizer, session, member, key);
    use_up(run);
    return who;
}
