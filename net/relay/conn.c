/* One connection of vitrine-relay. Distrusts every byte, and whether it is ever read or answered.
 */
#include "net/relay/conn.h"
#include "net/relay/proxy_head.h"
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINGER_MS 1000
#define KEY_UPDATES 64 /* of one connection in its life; ours sends none */

struct conn *conn_of(struct client *c)
{
    return (struct conn *)(void *)((char *)c - offsetof(struct conn, client));
}

bool conn_is_opening(const struct conn *c)
{
    return c->phase == CONN_PROXY || c->phase == CONN_HANDSHAKE;
}

/* SSL_read goes on for as long as nothing but KeyUpdates comes, each of them a change of keys. It
   ends at the next record once the other side counts as having shut down. */
static void on_message(int write_p, int version, int type, const void *bytes, size_t len, SSL *ssl,
                       void *arg)
{
    struct conn *c = arg;
    (void)version;
    if (write_p || type != SSL3_RT_HANDSHAKE || len == 0 ||
        *(const uint8_t *)bytes != SSL3_MT_KEY_UPDATE)
        return;
    if (++c->key_updates == KEY_UPDATES + 1) {
        source_note(&c->hub->sources, c->source, INTRUSION_MALFORMED, c->hub->now.ms);
        SSL_set_shutdown(ssl, SSL_RECEIVED_SHUTDOWN);
    }
}

struct conn *conn_create(int fd, SSL_CTX *tls, struct hub *hub, struct source *source,
                         struct source_key peer, struct hub_now now)
{
    struct conn *c = calloc(1, sizeof *c);
    if (c != NULL)
        c->ssl = SSL_new(tls);
    if (c == NULL || c->ssl == NULL || SSL_set_fd(c->ssl, fd) != 1) {
        if (c != NULL)
            SSL_free(c->ssl);
        free(c);
        close(fd);
        source_release(source);
        return NULL;
    }
    SSL_set_accept_state(c->ssl);
    SSL_set_msg_callback(c->ssl, on_message);
    SSL_set_msg_callback_arg(c->ssl, c);
    c->phase = source == NULL ? CONN_PROXY : CONN_HANDSHAKE;
    c->fd = fd;
    c->peer = peer;
    c->hub = hub;
    c->source = source;
    c->deadline_ms = now.ms + RELAY_HANDSHAKE_MS;
    return c;
}

static void leave_hub(struct conn *c, struct hub_now now)
{
    if (c->phase == CONN_OPEN)
        hub_gone(c->hub, &c->client, now);
    parcel_release(c->in);
    parcel_release(c->out);
    c->in = c->out = NULL;
}

static void wait_nowhere(struct conn *c)
{
    turns_leave(&c->client.reading);
    turns_leave(&c->client.writing);
}

void conn_destroy(struct conn *c, struct hub_now now)
{
    leave_hub(c, now);
    wait_nowhere(c);
    turns_leave(&c->opening);
    source_release(c->source);
    SSL_free(c->ssl);
    close(c->fd);
    free(c);
}

void conn_die(struct conn *c, struct hub_now now)
{
    if (c->phase == CONN_DEAD)
        return;
    leave_hub(c, now);
    wait_nowhere(c);
    c->phase = CONN_DEAD;
    c->next_dead = *c->graves;
    *c->graves = c;
}

void conn_die_slow(struct conn *c, struct hub_now now)
{
    /* Without a source it is a balancer's, who has yet to say whose it is. */
    if (c->source != NULL && c->awaited_ms != 0)
        source_count(&c->hub->sources, c->source, INTRUSION_SLOW, now.ms);
    conn_die(c, now);
}

/* Closing at once, with bytes unread, would reset the connection and could take our last word with
   it. TLS has nothing more to do: 20 KiB that many who come and go would hold. */
static void linger(struct conn *c, struct hub_now now)
{
    leave_hub(c, now);
    SSL_free(c->ssl);
    c->ssl = NULL;
    c->phase = CONN_CLOSING;
    c->deadline_ms = now.ms + LINGER_MS;
    shutdown(c->fd, SHUT_WR);
}

/* --- the head of a balancer ----------------------------------------------------------------------
 */

/* The balancer is set up wrong: the log names it, and nobody else is blamed. */
static void refuse_balancer(struct conn *c, struct hub_now now)
{
    struct source *balancer = source_accept(&c->hub->sources, c->peer, now.ms);
    if (balancer != NULL)
        source_note(&c->hub->sources, balancer, INTRUSION_MALFORMED, now.ms);
    source_release(balancer);
    conn_die(c, now);
}

static void judge_head(struct conn *c, struct hub_now now)
{
    struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
    struct source_key key = c->peer;
    if (!proxy_head_read(c->in->bytes, c->have, &from)) {
        refuse_balancer(c, now);
        return;
    }
    if (from.ss_family != AF_UNSPEC)
        key = source_key_of((struct sockaddr *)&from);
    c->source = source_accept(&c->hub->sources, key, now.ms);
    if (c->source == NULL) {
        conn_die(c, now);
        return;
    }
    parcel_release(c->in);
    c->in = NULL;
    c->have = 0;
    c->phase = CONN_HANDSHAKE;
}

/* Reads not one byte more than the head: what follows is for TLS. */
static void read_head(struct conn *c, struct hub_now now)
{
    if (c->in == NULL && (c->in = parcel_create(&c->hub->account, PROXY_HEAD_MAX)) == NULL) {
        conn_die(c, now);
        return;
    }
    while (c->phase == CONN_PROXY && c->can_read) {
        size_t need = proxy_head_need(c->in->bytes, c->have);
        ssize_t n;
        if (need == 0 || need == c->have) {
            judge_head(c, now);
            return;
        }
        n = read(c->fd, c->in->bytes + c->have, need - c->have);
        c->have += n > 0 ? (size_t)n : 0;
        c->can_read = n > 0;
        if (n == 0 || (n < 0 && errno != EAGAIN)) /* a balancer looks whether we are here */
            conn_die(c, now);
    }
}

/* --- handshake -----------------------------------------------------------------------------------
 */

/* true: go on later. */
static bool is_would_block(struct conn *c, int result)
{
    int e = SSL_get_error(c->ssl, result);
    if (e == SSL_ERROR_WANT_READ)
        c->can_read = false;
    return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE;
}

static void shake_hands(struct conn *c, struct hub_now now)
{
    const unsigned char *alpn;
    unsigned n = 0;
    int r;
    ERR_clear_error();
    r = SSL_accept(c->ssl);
    if (r != 1) {
        if (!is_would_block(c, r))
            linger(c, now);
        return;
    }
    SSL_get0_alpn_selected(c->ssl, &alpn, &n);
    c->has_alpn = n > 0;
    c->can_read = true; /* TLS may have read on: of what it holds no event tells */
    c->phase = CONN_OPEN;
    hub_welcome(c->hub, &c->client, c->source, now);
}

/* --- reading -------------------------------------------------------------------------------------
 */

/* TLS has to send first (the answer to a KeyUpdate): only the peer, by reading, ends that. */
static void wait_until_writable(struct conn *c)
{
    c->can_read = false;
    c->reads_when_writable = true;
    c->client.is_blocked = true;
}

/* Bytes read, 0: none now or the connection has ended. */
static size_t read_some(struct conn *c, uint8_t *to, size_t len, struct hub_now now)
{
    size_t n = 0;
    int r;
    ERR_clear_error();
    r = SSL_read_ex(c->ssl, to, len, &n);
    if (r != 1 && SSL_get_error(c->ssl, r) == SSL_ERROR_WANT_WRITE)
        wait_until_writable(c);
    else if (r != 1 && !is_would_block(c, r))
        conn_die(c, now);
    if (n > 0)
        c->client.heard_ms = now.ms;
    return n;
}

static void stop_listening(struct conn *c, enum frame_err why, struct hub_now now)
{
    c->is_deaf = true;
    hub_malformed(c->hub, &c->client, why, now);
}

/* The head is complete: may such a frame come now? */
static void begin_frame(struct conn *c, struct hub_now now)
{
    size_t need = frame_need(c->head, FRAME_HEAD, FRAME_FROM_CLIENT);
    if (!c->has_alpn) {
        stop_listening(c, FRAME_ERR_VERSION, now);
        return;
    }
    if (need == 0 || !hub_allows(&c->client, c->head[0])) {
        stop_listening(c, FRAME_ERR_BAD, now);
        return;
    }
    /* Half a frame is the relay's own burden: nobody fills a session's memory with beginnings. */
    c->in = parcel_create(&c->hub->account, need);
    if (c->in == NULL) {
        stop_listening(c, FRAME_ERR_BUSY, now);
        return;
    }
    memcpy(c->in->bytes, c->head, FRAME_HEAD);
}

static void finish_frame(struct conn *c, struct hub_now now)
{
    struct parcel *p = c->in;
    c->in = NULL;
    c->have = 0;
    parcel_move(p, hub_account(c->hub, &c->client));
    hub_take(c->hub, &c->client, p, now);
}

static bool has_head(const struct conn *c)
{
    return c->in == NULL && c->have == FRAME_HEAD;
}

static size_t read_frame(struct conn *c, struct hub_now now)
{
    uint8_t *to = c->in != NULL ? c->in->bytes : c->head;
    size_t need = c->in != NULL ? c->in->len : FRAME_HEAD;
    size_t n = 0;
    if (has_head(c))
        begin_frame(c, now);
    else
        c->have += n = read_some(c, to + c->have, need - c->have, now);
    if (c->in != NULL && c->have == c->in->len)
        finish_frame(c, now);
    return n;
}

/* CONN_MORE: its frame may be read. */
static enum conn_more judge_turn(const struct conn *c, uint64_t now_ms)
{
    if (!hub_may_read(&c->client, now_ms))
        return CONN_PAUSED;
    if (!has_head(c) || c->head[0] != FRAME_UNIT)
        return CONN_MORE;
    switch (hub_may_take_unit(&c->client, now_ms)) {
    case HUB_UNIT_HOLD:
        return CONN_HELD;
    case HUB_UNIT_PAUSE:
        return CONN_PAUSED;
    case HUB_UNIT_TAKE:
        break;
    }
    return CONN_MORE;
}

bool conn_is_paused(const struct conn *c, uint64_t now_ms)
{
    return judge_turn(c, now_ms) == CONN_PAUSED;
}

static size_t read_and_forget(struct conn *c, struct hub_now now)
{
    static uint8_t nowhere[16384];
    return read_some(c, nowhere, sizeof nowhere, now);
}

/* One share: reads what came, at most RELAY_READ_BURST bytes; their number in *total. */
static enum conn_more read_share(struct conn *c, size_t *total, struct hub_now now)
{
    while (c->phase == CONN_OPEN && c->can_read) {
        c->is_deaf |= c->client.state == CLIENT_ENDING;
        if (*total >= RELAY_READ_BURST || c->client.had_its_turn)
            return CONN_MORE;
        if (c->is_deaf) {
            *total += read_and_forget(c, now);
            continue;
        }
        enum conn_more turn = judge_turn(c, now.ms);
        if (turn != CONN_MORE) {
            c->client.heard_ms = now.ms; /* it is we who do not listen */
            return turn;
        }
        *total += read_frame(c, now);
    }
    return CONN_IDLE;
}

static enum conn_more read_open(struct conn *c, struct hub_now now)
{
    size_t total = 0;
    enum conn_more more = read_share(c, &total, now);
    c->client.had_its_turn = false;
    rate_take(&c->client.said, RELAY_READ_LIGHT, (uint32_t)total, now.ms);
    return more;
}

/* One share of it: the deadline is looked at between two of them. */
static enum conn_more drain_closing(struct conn *c, struct hub_now now)
{
    uint8_t nowhere[RELAY_READ_BURST];
    ssize_t n = read(c->fd, nowhere, sizeof nowhere);
    if (n > 0)
        return CONN_MORE;
    c->can_read = false;
    if (n == 0 || errno != EAGAIN)
        conn_die(c, now);
    return CONN_IDLE;
}

enum conn_more conn_read(struct conn *c, struct hub_now now)
{
    if (c->phase == CONN_PROXY)
        read_head(c, now);
    if (c->phase == CONN_HANDSHAKE)
        shake_hands(c, now);
    if (c->phase == CONN_CLOSING)
        return drain_closing(c, now);
    return c->phase == CONN_OPEN ? read_open(c, now) : CONN_IDLE;
}

/* --- writing -------------------------------------------------------------------------------------
 */

static bool write_some(struct conn *c, struct hub_now now)
{
    size_t n = 0;
    int r;
    ERR_clear_error();
    r = SSL_write_ex(c->ssl, c->out->bytes + c->sent, c->out->len - c->sent, &n);
    if (r != 1) {
        if (SSL_get_error(c->ssl, r) != SSL_ERROR_WANT_WRITE)
            conn_die(c, now);
        c->client.is_blocked = true;
        return false;
    }
    c->sent += n;
    return true;
}

static void say_goodbye(struct conn *c, struct hub_now now)
{
    SSL_shutdown(c->ssl);
    ERR_clear_error();
    linger(c, now);
}

static void next_out(struct conn *c, struct hub_now now)
{
    if (c->out != NULL && c->sent < c->out->len)
        return;
    parcel_release(c->out);
    c->out = queue_join(&c->client.queue, hub_next_parcel(&c->client, now.ms));
    c->sent = 0;
}

int conn_write(struct conn *c, struct hub_now now)
{
    int n = 0;
    while (c->phase == CONN_OPEN && !c->client.is_blocked) {
        next_out(c, now);
        if (c->out == NULL)
            break;
        if (n == RELAY_WRITE_BURST) {
            hub_mark(c->hub, &c->client);
            break;
        }
        n += write_some(c, now);
    }
    if (c->phase == CONN_OPEN && c->out == NULL && hub_is_done(&c->client))
        say_goodbye(c, now);
    return n;
}

/* --- time ----------------------------------------------------------------------------------------
 */

void conn_check(struct conn *c, struct hub_now now)
{
    if (conn_is_opening(c) && now.ms >= c->deadline_ms)
        conn_die_slow(c, now);
    if (c->phase == CONN_CLOSING && now.ms >= c->deadline_ms)
        conn_die(c, now);
    if (c->phase != CONN_OPEN)
        return;
    if (c->client.reading.lane != NULL)
        c->client.heard_ms = now.ms; /* it is we who do not listen */
    if (c->client.state == CLIENT_ENDING && now.ms >= c->client.end_ms)
        conn_die(c, now);
    else if (now.ms - c->client.heard_ms >= SILENCE_MS)
        conn_die(c, now);
}
