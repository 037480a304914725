/* The relay's table of sessions and connections. Run by vitrine-relay. Pure. */
#include "net/relay/session.h"
#include "net/relay/hub.h"
#include "net/relay/source.h"
#include <stdlib.h>
#include <string.h>

/* --- numbers and handles -------------------------------------------------------------------------
 */

uint32_t session_number_of(const uint8_t sid[FRAME_SID])
{
    uint32_t v = 0;
    for (int i = 0; i < FRAME_SID; i++)
        v = v * 10 + (uint32_t)(sid[i] - '0');
    return v;
}

static void write_sid(uint32_t number, uint8_t sid[FRAME_SID])
{
    for (int i = FRAME_SID - 1; i >= 0; i--) {
        sid[i] = (uint8_t)('0' + number % 10);
        number /= 10;
    }
}

static uint16_t scramble(uint16_t half, uint32_t key)
{
    uint32_t v = (half ^ key) * 0x85ebca6bu;
    v ^= v >> 15;
    v *= 0xc2b2ae35u;
    return (uint16_t)(v >> 16);
}

/* A keyed permutation of a counter: unpredictable from outside, and never the same twice, without a
 * list. */
static uint32_t draw_handle(struct session *s)
{
    uint32_t v = s->handle_next++;
    uint16_t left = (uint16_t)(v >> 16), right = (uint16_t)v;
    for (int i = 0; i < 4; i++) {
        uint16_t swap = right;
        right = left ^ scramble(right, s->handle_keys[i]);
        left = swap;
    }
    return (uint32_t)left << 16 | right;
}

static uint32_t fresh_handle(struct session *s)
{
    uint32_t handle = draw_handle(s);
    return handle != 0 ? handle : draw_handle(s);
}

/* --- sessions ------------------------------------------------------------------------------------
 */

static void link_session(struct hub *h, struct session *s)
{
    s->after = h->sessions;
    if (s->after != NULL)
        s->after->before = s;
    h->sessions = s;
    h->n_sessions++;
}

static void unlink_session(struct hub *h, struct session *s)
{
    *(s->before ? &s->before->after : &h->sessions) = s->after;
    if (s->after != NULL)
        s->after->before = s->before;
    h->n_sessions--;
}

static bool fill(struct session *s, struct hub *h)
{
    if (!h->config.random((uint8_t *)s->handle_keys, sizeof s->handle_keys))
        return false;
    s->account = account_create(&h->account);
    return s->account != NULL && map_set(&h->by_number, s->number, s);
}

struct session *session_create(struct hub *h, uint32_t number, const struct token *token,
                               uint64_t now_ms)
{
    struct session *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->hub = h;
    s->number = number;
    s->token = *token;
    s->alone_ms = s->traffic_ms = now_ms;
    s->ticked_ms = now_ms - number % RELAY_REPORT_MS; /* a phase of its own */
    write_sid(number, s->sid);
    turns_lane_init(&s->held, NULL);
    for (int i = 0; i < HUB_TURNS; i++)
        turns_lane_init(&s->lanes[i], &h->turns[i]);
    if (!fill(s, h)) {
        account_release(s->account);
        free(s);
        return NULL;
    }
    link_session(h, s);
    return s;
}

void session_destroy(struct session *s)
{
    map_remove(&s->hub->by_number, s->number);
    unlink_session(s->hub, s);
    map_finish(&s->handles);
    map_finish(&s->mids);
    map_finish(&s->returners);
    map_finish(&s->removed);
    account_release(s->account);
    source_leave_place(s->source);
    free(s);
}

struct session *session_find(const struct hub *h, const uint8_t sid[FRAME_SID])
{
    return map_get(&h->by_number, session_number_of(sid));
}

/* --- who is in it --------------------------------------------------------------------------------
 */

bool session_is_member(const struct client *c)
{
    return c->state == CLIENT_BOUND || c->state == CLIENT_ORGANIZER;
}

bool session_presents(const struct client *c)
{
    return c->session != NULL && c->mid != 0 && c->mid == c->session->presenter;
}

static void count(struct session *s, const struct client *c, uint32_t by)
{
    if (c->state == CLIENT_ATTACHED && c->returns_as == 0)
        s->newcomers += by;
    if (c->state == CLIENT_BOUND)
        s->members += by;
}

static void link_client(struct session *s, struct client *c)
{
    c->session_before = NULL;
    c->session_after = s->clients;
    if (s->clients != NULL)
        s->clients->session_before = c;
    s->clients = c;
}

static void unlink_client(struct session *s, struct client *c)
{
    *(c->session_before ? &c->session_before->session_after : &s->clients) = c->session_after;
    if (c->session_after != NULL)
        c->session_after->session_before = c->session_before;
    c->session_before = c->session_after = NULL;
}

struct client *session_returner(const struct session *s, uint16_t mid)
{
    return map_get(&s->returners, mid);
}

static void returns_no_more(struct session *s, const struct client *c)
{
    if (c->returns_as != 0 && session_returner(s, c->returns_as) == c)
        map_remove(&s->returners, c->returns_as);
}

static bool enter_mid(struct session *s, struct client *c, enum client_state state)
{
    if (state == CLIENT_ORGANIZER)
        return map_set(&s->mids, 1, c);
    return c->returns_as == 0 || map_set(&s->returners, c->returns_as, c);
}

bool session_add(struct session *s, struct client *c, enum client_state state)
{
    if (s->handle_next >= UINT32_MAX - 1)
        return false; /* the next ones would be given a second time */
    c->handle = fresh_handle(s);
    if (!map_set(&s->handles, c->handle, c))
        return false;
    if (!enter_mid(s, c, state)) {
        map_remove(&s->handles, c->handle);
        return false;
    }
    c->session = s;
    c->state = state;
    c->mid = state == CLIENT_ORGANIZER ? 1 : 0;
    if (state == CLIENT_ORGANIZER)
        s->organizer = c;
    link_client(s, c);
    count(s, c, 1);
    return true;
}

static void unbind(struct session *s, struct client *c)
{
    if (c->mid != 0 && session_by_mid(s, c->mid) == c)
        map_remove(&s->mids, c->mid);
    c->mid = 0;
}

void session_remove(struct session *s, struct client *c)
{
    count(s, c, (uint32_t)-1);
    map_remove(&s->handles, c->handle);
    unbind(s, c);
    returns_no_more(s, c);
    if (s->organizer == c)
        s->organizer = NULL;
    unlink_client(s, c);
    c->session = NULL;
}

struct client *session_bind(struct session *s, struct client *c, uint16_t mid, bool *ok)
{
    struct client *old = session_by_mid(s, mid);
    *ok = map_set(&s->mids, mid, c);
    if (!*ok)
        return NULL;
    count(s, c, (uint32_t)-1);
    returns_no_more(s, c);
    c->state = CLIENT_BOUND;
    c->mid = mid;
    count(s, c, 1);
    return old == c ? NULL : old;
}

struct client *session_by_handle(const struct session *s, uint32_t handle)
{
    return map_get(&s->handles, handle);
}

struct client *session_by_mid(const struct session *s, uint16_t mid)
{
    return map_get(&s->mids, mid);
}

/* --- rates ---------------------------------------------------------------------------------------
 */

static int64_t level(const struct rate *r, uint32_t per_s, uint64_t now_ms)
{
    uint64_t ms = now_ms - r->at_ms;
    int64_t more = (int64_t)(ms > 60000 ? 60000 : ms) * per_s / 1000;
    if (r->at_ms == 0 || r->left + more > per_s)
        return per_s;
    return r->left + more;
}

void rate_take(struct rate *r, uint32_t per_s, uint32_t amount, uint64_t now_ms)
{
    r->left = level(r, per_s, now_ms) - amount;
    r->at_ms = now_ms;
}

bool rate_in_debt(const struct rate *r, uint32_t per_s, uint64_t now_ms)
{
    return level(r, per_s, now_ms) < 0;
}
