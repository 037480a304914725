/* Sources, their limits and lock-outs. Run by vitrine-relay; everything it counts is hostile. Pure.
 */
#include "net/relay/source.h"
#include "policy/limits.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 16384u
#define ROUND_MS 1000

bool sources_init(struct sources *s, uint64_t spread, source_event_fn event, void *ctx)
{
    *s = (struct sources){.spread = spread | 1, .event = event, .ctx = ctx};
    s->table = calloc(BUCKETS, sizeof *s->table);
    return s->table != NULL;
}

void sources_finish(struct sources *s)
{
    struct source *next;
    for (struct source *i = s->oldest; i != NULL; i = next) {
        next = i->newer;
        free(i);
    }
    free(s->table);
    *s = (struct sources){0};
}

/* --- keys ----------------------------------------------------------------------------------------
 */

static struct source_key key_v4(const uint8_t address[4])
{
    struct source_key k = {{0xff, 0xff, 0, 0}}; /* ffff::/16 is no unicast prefix */
    memcpy(k.bytes + 4, address, 4);
    return k;
}

struct source_key source_key_of(const struct sockaddr *a)
{
    struct source_key k = {{0}};
    if (a->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, a, sizeof in);
        return key_v4((const uint8_t *)&in.sin_addr);
    }
    if (a->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, a, sizeof in6);
        if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
            return key_v4(in6.sin6_addr.s6_addr + 12);
        memcpy(k.bytes, &in6.sin6_addr, sizeof k.bytes);
    }
    return k;
}

void source_text(const struct source_key *k, char out[SOURCE_TEXT])
{
    static const uint8_t v4[4] = {0xff, 0xff, 0, 0};
    struct in6_addr a = {0};
    if (memcmp(k->bytes, v4, 4) == 0) {
        inet_ntop(AF_INET, k->bytes + 4, out, SOURCE_TEXT);
        return;
    }
    memcpy(&a, k->bytes, sizeof k->bytes);
    inet_ntop(AF_INET6, &a, out, SOURCE_TEXT - 4);
    strcat(out, "/64");
}

/* --- the table, in order of last use -------------------------------------------------------------
 */

static struct source **bucket_of(struct sources *s, const struct source_key *key)
{
    uint64_t v;
    memcpy(&v, key->bytes, sizeof v);
    return &s->table[v * s->spread >> 50]; /* the top 14 bits */
}

static void unlink_age(struct sources *s, struct source *i)
{
    *(i->older ? &i->older->newer : &s->oldest) = i->newer;
    *(i->newer ? &i->newer->older : &s->newest) = i->older;
}

static void link_newest(struct sources *s, struct source *i)
{
    i->older = s->newest;
    i->newer = NULL;
    *(s->newest ? &s->newest->newer : &s->oldest) = i;
    s->newest = i;
}

static void tell_later(struct sources *s, struct source *i)
{
    s->n_telling += i->telling.lane == NULL;
    turns_put(&s->telling, &i->telling);
}

static void tell_no_more(struct sources *s, struct source *i)
{
    s->n_telling -= i->telling.lane != NULL;
    turns_leave(&i->telling);
}

static void forget(struct sources *s, struct source *i)
{
    struct source **at = bucket_of(s, &i->key);
    tell_no_more(s, i);
    while (*at != i)
        at = &(*at)->chain;
    *at = i->chain;
    unlink_age(s, i);
    s->used--;
    free(i);
}

/* The one heard of longest ago that has no connection and no session goes, a locked-out one too
   when there is no other. Those that have one are heard of now: else each newcomer would pass by
   all of them. */
static bool make_room(struct sources *s)
{
    struct source *i;
    for (size_t n = s->used; n > 0; n--) {
        i = s->oldest;
        if (i->live == 0 && i->sessions == 0) {
            forget(s, i);
            return true;
        }
        unlink_age(s, i);
        link_newest(s, i);
    }
    return false;
}

static struct source *find(struct sources *s, const struct source_key *key)
{
    struct source *i = *bucket_of(s, key);
    while (i != NULL && memcmp(&i->key, key, sizeof *key) != 0)
        i = i->chain;
    return i;
}

static struct source *add(struct sources *s, const struct source_key *key, uint64_t now_ms)
{
    struct source **bucket = bucket_of(s, key), *i;
    if (s->used >= RELAY_SOURCES_MAX && !make_room(s))
        return NULL;
    i = calloc(1, sizeof *i);
    if (i == NULL)
        return NULL;
    i->key = *key;
    i->tokens_milli = RELAY_SOURCE_BURST * 1000u;
    i->filled_ms = i->window_ms = now_ms;
    turns_lane_init(&i->door, &s->door);
    i->chain = *bucket;
    *bucket = i;
    link_newest(s, i);
    s->used++;
    return i;
}

/* --- intrusion events ----------------------------------------------------------------------------
 */

static void tell(struct sources *s, struct source *i, int kind, uint64_t now_ms)
{
    struct source_line *line = &i->lines[kind];
    char text[SOURCE_TEXT];
    if (line->count == 0 || (line->at_ms != 0 && now_ms - line->at_ms < RELAY_EVENT_MS))
        return;
    source_text(&i->key, text);
    if (s->event(s->ctx, (enum relay_intrusion)kind, line->count, text))
        *line = (struct source_line){now_ms, 0};
}

void source_count(struct sources *s, struct source *i, enum relay_intrusion kind, uint64_t now_ms)
{
    s->counted[kind]++;
    i->lines[kind].count++;
    tell(s, i, (int)kind, now_ms);
    if (i->lines[kind].count > 0)
        tell_later(s, i);
}

bool source_is_locked(const struct source *src, uint64_t now_ms)
{
    return now_ms < src->locked_until_ms;
}

static void lock_out(struct sources *s, struct source *i, uint64_t now_ms)
{
    uint64_t time_ms = RELAY_LOCK_MS;
    for (uint32_t n = 0; n < i->locks && time_ms < RELAY_LOCK_MAX_MS; n++)
        time_ms *= 2;
    if (time_ms > RELAY_LOCK_MAX_MS)
        time_ms = RELAY_LOCK_MAX_MS;
    i->locks++;
    i->locked_until_ms = now_ms + time_ms;
    memset(i->tries, 0, sizeof i->tries);
    source_count(s, i, INTRUSION_LOCKED, now_ms);
}

static uint32_t *tries_of(struct source *i, enum relay_intrusion kind, uint32_t *limit)
{
    switch (kind) {
    case INTRUSION_NO_NUMBER:
        *limit = RELAY_TRIES_NUMBER;
        return &i->tries[0];
    case INTRUSION_WRONG_PASSWORD:
    case INTRUSION_NONSENSE: /* by an organizer's word, who may be anybody: not so few of them */
        *limit = RELAY_TRIES_PASSWORD;
        return &i->tries[1];
    default:
        *limit = RELAY_TRIES_OTHER;
        return &i->tries[2];
    }
}

void source_note(struct sources *s, struct source *src, enum relay_intrusion kind, uint64_t now_ms)
{
    uint32_t limit, *tries;
    source_count(s, src, kind, now_ms);
    if (source_is_locked(src, now_ms))
        return;
    if (now_ms - src->window_ms >= RELAY_WINDOW_MS) {
        memset(src->tries, 0, sizeof src->tries);
        src->window_ms = now_ms;
    }
    tries = tries_of(src, kind, &limit);
    if (++*tries >= limit)
        lock_out(s, src, now_ms);
}

/* true: one of its lines is not due yet. */
static bool tell_what_is_due(struct sources *s, struct source *i, uint64_t now_ms)
{
    bool left = false;
    for (int k = 0; k < SOURCE_KINDS; k++) {
        tell(s, i, k, now_ms);
        left = left || i->lines[k].count > 0;
    }
    return left;
}

/* The one that has waited longest. */
static void look_at_one(struct sources *s, uint64_t now_ms)
{
    char *p = (char *)s->telling.first;
    struct source *i = (struct source *)(void *)(p - offsetof(struct source, telling));
    tell_no_more(s, i);
    if (tell_what_is_due(s, i, now_ms))
        tell_later(s, i);
}

bool sources_tick(struct sources *s, uint64_t now_ms)
{
    if (s->to_look == 0 && now_ms - s->round_ms >= ROUND_MS) {
        s->round_ms = now_ms;
        s->to_look = s->n_telling;
    }
    for (int n = 0; n < SOURCES_TOLD && s->to_look > 0; n++) {
        s->to_look--;
        if (s->telling.first != NULL) /* not forgotten since */
            look_at_one(s, now_ms);
    }
    return s->to_look > 0;
}

/* --- connections ---------------------------------------------------------------------------------
 */

static bool take_token(struct source *i, uint64_t now_ms)
{
    uint64_t full = RELAY_SOURCE_BURST * 1000u;
    uint64_t more = (now_ms - i->filled_ms) * RELAY_SOURCE_PER_S;
    i->tokens_milli = more >= full - i->tokens_milli ? full : i->tokens_milli + more;
    i->filled_ms = now_ms;
    if (i->tokens_milli < 1000)
        return false;
    i->tokens_milli -= 1000;
    return true;
}

/* A crowd that arrives together is refused a hundred times in one second: that is one try, not a
 * hundred. */
static void note_flood(struct sources *s, struct source *i, uint64_t now_ms)
{
    if (i->flood_ms != 0 && now_ms - i->flood_ms < 1000) {
        source_count(s, i, INTRUSION_FLOOD, now_ms);
        return;
    }
    i->flood_ms = now_ms;
    source_note(s, i, INTRUSION_FLOOD, now_ms);
}

struct source *source_accept(struct sources *s, struct source_key key, uint64_t now_ms)
{
    struct source *i = find(s, &key);
    if (i == NULL)
        i = add(s, &key, now_ms);
    if (i == NULL)
        return NULL;
    unlink_age(s, i);
    link_newest(s, i);
    if (!take_token(i, now_ms) || i->live >= RELAY_SOURCE_LIVE) {
        note_flood(s, i, now_ms);
        return NULL;
    }
    i->live++;
    return i;
}

/* --- sessions ------------------------------------------------------------------------------------
 */

bool source_may_create(struct sources *s, struct source *src, uint64_t now_ms)
{
    if (pace_take(&src->creates, RELAY_CREATES, RELAY_CREATES_MS, now_ms))
        return true;
    source_count(s, src, INTRUSION_NO_PLACE, now_ms);
    return false;
}

bool source_take_place(struct sources *s, struct source *src, uint64_t now_ms)
{
    if (src->sessions >= RELAY_SOURCE_SESSIONS) {
        source_count(s, src, INTRUSION_NO_PLACE, now_ms);
        return false;
    }
    src->sessions++;
    return true;
}

void source_leave_place(struct source *src)
{
    if (src != NULL)
        src->sessions--;
}

void source_release(struct source *src)
{
    if (src != NULL)
        src->live--;
}
