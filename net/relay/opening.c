/* How a connection gets into a session: CREATE, ATTACH, PARAMS (relay.md 3). Run by vitrine-relay;
   the frames come from anybody on the Internet. */
#include "net/relay/hub.h"
#include <openssl/crypto.h>
#include <string.h>

static void send_opened(struct hub *h, struct client *c)
{
    struct frame f = {.type = FRAME_OPENED};
    struct session *s = c->session;
    memcpy(f.u.opened.sid, s->sid, FRAME_SID);
    f.u.opened.handle = c->handle;
    if (c->state == CLIENT_ORGANIZER) {
        if (!token_write(&h->tokens, FRAME_AS_ORGANIZER, s->sid, &s->token, f.u.opened.token)) {
            hub_end(h, c, FRAME_ERR_BUSY, 0);
            return;
        }
    } else {
        f.u.opened.params = (struct span){s->params, s->n_params};
    }
    hub_send(h, c, &f);
    hub_tell_drain(h, c); /* back just now, it has not heard */
}

/* --- CREATE --------------------------------------------------------------------------------------
 */

static bool key_is_right(const struct hub *h, struct span key)
{
    const struct hub_config *c = &h->config;
    if (c->n_create_key == 0)
        return true;
    return key.len == c->n_create_key && CRYPTO_memcmp(key.data, c->create_key, key.len) == 0;
}

static enum frame_err may_create(struct hub *h, struct client *c, struct span key)
{
    if (h->drain_ms != 0)
        return FRAME_ERR_DRAINING;
    if (c->source != NULL && source_is_locked(c->source, h->now.ms))
        return FRAME_ERR_LOCKED;
    if (!key_is_right(h, key)) {
        hub_note(h, c, INTRUSION_CREATE_KEY);
        return FRAME_ERR_KEY;
    }
    if (h->n_sessions >= RELAY_SESSIONS_MAX || relief_is_short(h))
        return FRAME_ERR_BUSY;
    if (c->source != NULL && !source_may_create(&h->sources, c->source, h->now.ms))
        return FRAME_ERR_BUSY;
    return FRAME_ERR_NO;
}

static bool become_organizer(struct hub *h, struct client *c, struct session *s)
{
    c->queue.msg_limit = RELAY_QUEUE_MSG_ORGANIZER;
    if (!session_add(s, c, CLIENT_ORGANIZER))
        return false;
    queue_start_viewing(&c->queue, h->now.ms);
    s->away_ms = 0;
    send_opened(h, c);
    return true;
}

static struct session *make_session(struct hub *h, struct client *c, uint32_t number,
                                    const struct token *token)
{
    struct session *s;
    if (c->source != NULL && !source_take_place(&h->sources, c->source, h->now.ms))
        return NULL;
    s = session_create(h, number, token, h->now.ms);
    if (s == NULL)
        source_leave_place(c->source);
    else
        s->source = c->source;
    return s;
}

static enum frame_err begin(struct hub *h, struct client *c, uint32_t number,
                            const struct token *token)
{
    struct session *s = make_session(h, c, number, token);
    if (s == NULL)
        return FRAME_ERR_BUSY;
    if (!become_organizer(h, c, s)) {
        session_destroy(s);
        return FRAME_ERR_BUSY;
    }
    h->counts.sessions++;
    return FRAME_ERR_NO;
}

static enum frame_err on_create(struct hub *h, struct client *c, const struct frame *f)
{
    struct token token = {.mid = 1, .expiry = h->now.unix_s + RELAY_LIFE_S};
    enum frame_err err = may_create(h, c, f->u.create.key);
    uint32_t number;
    if (err != FRAME_ERR_NO)
        return err;
    number = numbers_draw(&h->numbers, h->now.ms);
    if (number == 0 || !h->config.random(token.instance, sizeof token.instance))
        return FRAME_ERR_BUSY;
    return begin(h, c, number, &token);
}

/* --- ATTACH --------------------------------------------------------------------------------------
 */

static enum frame_err admit(struct hub *h, struct client *c, struct session *s)
{
    struct client *before = c->returns_as != 0 ? session_returner(s, c->returns_as) : NULL;
    if (!session_add(s, c, CLIENT_ATTACHED))
        return FRAME_ERR_BUSY;
    if (before != NULL)
        hub_end(h, before, FRAME_ERR_REPLACED, 0);
    h->counts.attached++;
    send_opened(h, c);
    if (s->organizer == NULL) {
        struct frame away = {.type = FRAME_AWAY};
        away.u.away.on = 1;
        hub_send(h, c, &away);
    }
    hub_tell_peer(h, s, c->handle, FRAME_PEER_ATTACHED);
    return FRAME_ERR_NO;
}

static enum frame_err on_newcomer(struct hub *h, struct client *c, struct session *s)
{
    if (c->source != NULL && source_is_locked(c->source, h->now.ms))
        return FRAME_ERR_LOCKED;
    if (h->drain_ms != 0)
        return FRAME_ERR_DRAINING;
    if (s == NULL || s->n_params == 0) {
        hub_note(h, c, INTRUSION_NO_NUMBER);
        return FRAME_ERR_NONE;
    }
    /* While the organizer is away nobody could answer a newcomer. */
    if (s->organizer == NULL || s->newcomers >= RELAY_NEWCOMERS_MAX || relief_is_short(h))
        return FRAME_ERR_BUSY;
    return admit(h, c, s);
}

/* Of one member, only the newest connection waits: a token is no right to many places. */
static void replace_waiting(struct hub *h, const struct client *c)
{
    for (struct client *old = h->waiting; old != NULL; old = old->session_after)
        if (old->returns_as == c->returns_as &&
            memcmp(old->wait_sid, c->wait_sid, FRAME_SID) == 0 &&
            memcmp(old->wait_token.instance, c->wait_token.instance, TOKEN_INSTANCE) == 0)
            hub_end(h, old, FRAME_ERR_REPLACED, 0);
}

static enum frame_err wait_for_organizer(struct hub *h, struct client *c, const struct frame *f,
                                         const struct token *token)
{
    memcpy(c->wait_sid, f->u.attach.sid, FRAME_SID);
    c->wait_token = *token;
    replace_waiting(h, c);
    c->state = CLIENT_WAITING;
    c->since_ms = h->now.ms;
    c->session_after = h->waiting;
    if (h->waiting != NULL)
        h->waiting->session_before = c;
    h->waiting = c;
    return FRAME_ERR_NO;
}

static enum frame_err on_member_back(struct hub *h, struct client *c, struct session *s,
                                     const struct frame *f, const struct token *token)
{
    if (s != NULL && map_get(&s->removed, token->mid) != NULL)
        return FRAME_ERR_REMOVED;
    c->returns_as = token->mid;
    /* Answered while the organizer is away, it would begin to resume twice: now, and at AWAY 0. */
    if (s == NULL || s->n_params == 0 || s->organizer == NULL)
        return wait_for_organizer(h, c, f, token);
    return admit(h, c, s);
}

static bool waits_for(const struct client *c, const struct session *s)
{
    return memcmp(c->wait_sid, s->sid, FRAME_SID) == 0 &&
           memcmp(c->wait_token.instance, s->token.instance, TOKEN_INSTANCE) == 0;
}

static void admit_waiting(struct hub *h, struct session *s)
{
    struct client *next;
    for (struct client *c = h->waiting; c != NULL; c = next) {
        next = c->session_after;
        if (!waits_for(c, s))
            continue;
        hub_unlink_waiting(h, c);
        c->state = CLIENT_NEW;
        if (admit(h, c, s) != FRAME_ERR_NO)
            hub_end(h, c, FRAME_ERR_BUSY, 0);
    }
}

/* Everybody learns that the organizer's connection is another one: members RESUME on theirs. The
   organizer learns who is here; whoever is not named is gone. */
static void announce_return(struct hub *h, struct session *s, bool was_away)
{
    if (!was_away)
        hub_tell_away(h, s, 1);
    hub_tell_away(h, s, 0);
    for (struct client *c = s->clients; c != NULL; c = c->session_after)
        if (c != s->organizer)
            hub_tell_peer(h, s, c->handle, FRAME_PEER_ATTACHED);
}

static enum frame_err on_organizer_back(struct hub *h, struct client *c, struct session *s,
                                        const struct frame *f, const struct token *token)
{
    struct client *old;
    if (s == NULL) {
        uint32_t number = session_number_of(f->u.attach.sid);
        if (h->drain_ms != 0 || h->n_sessions >= RELAY_SESSIONS_MAX)
            return h->drain_ms != 0 ? FRAME_ERR_DRAINING : FRAME_ERR_BUSY;
        numbers_note(&h->numbers, number, h->now.ms);
        return begin(h, c, number, token);
    }
    old = s->organizer;
    if (old != NULL)
        hub_end(h, old, FRAME_ERR_REPLACED, 0);
    if (!become_organizer(h, c, s))
        return FRAME_ERR_BUSY;
    announce_return(h, s, old == NULL);
    admit_waiting(h, s);
    return FRAME_ERR_NO;
}

static enum frame_err on_return(struct hub *h, struct client *c, struct session *s,
                                const struct frame *f)
{
    struct token token;
    if (!token_read(&h->tokens, f->u.attach.as, f->u.attach.sid, f->u.attach.token, &token)) {
        hub_note(h, c, INTRUSION_TOKEN);
        return FRAME_ERR_NONE;
    }
    if (token.mid == 0 || token.expiry <= h->now.unix_s)
        return FRAME_ERR_NONE; /* it was a good one: no try */
    if (s != NULL && memcmp(s->token.instance, token.instance, TOKEN_INSTANCE) != 0)
        return FRAME_ERR_NONE;
    if (f->u.attach.as == FRAME_AS_ORGANIZER)
        return on_organizer_back(h, c, s, f, &token);
    return on_member_back(h, c, s, f, &token);
}

void opening_take(struct hub *h, struct client *c, const struct frame *f)
{
    struct session *s;
    enum frame_err err;
    if (f->type == FRAME_CREATE) {
        err = on_create(h, c, f);
    } else {
        s = session_find(h, f->u.attach.sid);
        err = f->u.attach.as == FRAME_AS_NEWCOMER ? on_newcomer(h, c, s) : on_return(h, c, s, f);
    }
    if (err != FRAME_ERR_NO)
        hub_end(h, c, err, 0);
}

/* --- PARAMS --------------------------------------------------------------------------------------
 */

void opening_params(struct hub *h, struct client *c, const struct frame *f)
{
    struct session *s = c->session;
    memcpy(s->params, f->u.params.m0.data, f->u.params.m0.len);
    s->n_params = (uint8_t)f->u.params.m0.len;
    admit_waiting(h, s);
}
