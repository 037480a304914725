/* Entrance: everything clients say to the relay, in any order. Input: steps of u8 who | u8 what;
   what < 0xf0 begins a frame of that type, whose u8 length and body follow; else the client
   connects, leaves, listens, or time passes. */
#include "net/relay/hub.h"
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLIENTS 6

struct scene {
    struct hub hub;
    struct hub_now now;
    struct client clients[CLIENTS];
    bool is_in[CLIENTS];
    uint8_t sid[FRAME_SID]; /* of the newest session */
    uint8_t token[FRAME_TOKEN];
    uint32_t handles[CLIENTS];
};

static bool draw(uint8_t *out, size_t len)
{
    static uint32_t seed = 1;
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
    return true;
}

static bool ignore(void *ctx, enum relay_intrusion kind, uint32_t count, const char *source)
{
    (void)ctx;
    (void)kind;
    (void)count;
    (void)source;
    return true;
}

static void connect_client(struct scene *s, int who)
{
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(0xc0000200u + (uint32_t)who)};
    struct source *source;
    if (s->is_in[who])
        return;
    source = source_accept(&s->hub.sources, source_key_of((struct sockaddr *)&in), s->now.ms);
    if (source == NULL)
        return;
    hub_welcome(&s->hub, &s->clients[who], source, s->now);
    s->is_in[who] = true;
}

static void leave(struct scene *s, int who)
{
    if (!s->is_in[who])
        return;
    source_release(s->clients[who].source);
    hub_gone(&s->hub, &s->clients[who], s->now);
    s->is_in[who] = false;
}

/* Whatever the hub sends must be a frame a client would accept. */
static void listen_to(struct scene *s, int who)
{
    struct parcel *p;
    struct frame f;
    while (s->is_in[who] && (p = hub_next_parcel(&s->clients[who], s->now.ms)) != NULL) {
        if (frame_decode(p->bytes, p->len, FRAME_FROM_RELAY, &f) != FRAME_GOOD)
            abort();
        if (f.type == FRAME_OPENED) {
            s->handles[who] = f.u.opened.handle;
            memcpy(s->sid, f.u.opened.sid, FRAME_SID);
            memcpy(s->token, f.u.opened.token, FRAME_TOKEN);
        }
        hub_sent(&s->hub, &s->clients[who], 1 + p->bytes[p->len - 1] * 64u, s->now.ms);
        parcel_release(p);
    }
}

/* A first body byte of 0xee stands for what the fuzzer cannot guess: number, token, handle. */
static void fill_in(const struct scene *s, uint8_t *frame, size_t len)
{
    uint8_t *body = frame + FRAME_HEAD;
    if (len == 63 && frame[0] == FRAME_ATTACH) {
        memcpy(body + 1, s->sid, FRAME_SID);
        if (body[10] == FRAME_AS_ORGANIZER)
            memcpy(body + 11, s->token, FRAME_TOKEN);
    }
    if (len >= FRAME_HEAD + 5 && body[0] == 0xee)
        frame_put_u32(body, s->handles[body[1] % CLIENTS]);
}

static void say(struct scene *s, int who, uint8_t type, const uint8_t *body, size_t len)
{
    uint8_t frame[FRAME_HEAD + 255];
    struct client *c = &s->clients[who];
    struct parcel *p;
    frame_write_head(frame, (enum frame_type)type, len);
    memcpy(frame + FRAME_HEAD, body, len);
    fill_in(s, frame, FRAME_HEAD + len);
    if (!s->is_in[who] || c->state == CLIENT_ENDING)
        return;
    if (frame_need(frame, FRAME_HEAD, FRAME_FROM_CLIENT) == 0 || !hub_allows(c, type)) {
        hub_malformed(&s->hub, c, FRAME_ERR_BAD, s->now);
        return;
    }
    p = parcel_create(hub_account(&s->hub, c), FRAME_HEAD + len);
    memcpy(p->bytes, frame, FRAME_HEAD + len);
    hub_take(&s->hub, c, p, s->now);
}

static void step(struct scene *s, int who, uint8_t what)
{
    switch (what & 3) {
    case 0:
        connect_client(s, who);
        break;
    case 1:
        leave(s, who);
        break;
    case 2:
        listen_to(s, who);
        break;
    default:
        s->now.ms += 1u << (what & 0xc); /* 1 ms to 4 s */
        hub_tick(&s->hub, s->now);
    }
}

static void play(struct scene *s, const uint8_t *data, size_t size)
{
    while (size >= 3) {
        int who = data[0] % CLIENTS;
        uint8_t what = data[1];
        size_t len = data[2];
        data += 2;
        size -= 2;
        if (what >= 0xf0) {
            step(s, who, what);
            continue;
        }
        data++;
        size--;
        if (len > size)
            len = size;
        say(s, who, what, data, len);
        data += len;
        size -= len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scene s;
    struct hub_config config = {.random = draw, .event = ignore, .low = 10, .high = 99};
    memset(&s, 0, sizeof s);
    s.now = (struct hub_now){1000, 1700000000};
    if (!hub_init(&s.hub, &config))
        return 0;
    play(&s, data, size);
    for (int i = 0; i < CLIENTS; i++)
        leave(&s, i);
    for (int turn = 0; turn < HUB_TURNS; turn++)
        if (!turns_is_idle(&s.hub.turns[turn]))
            abort();
    if (!turns_is_idle(&s.hub.much) || s.hub.n_clients != 0 || s.hub.account.held != 0 ||
        s.hub.doomed != NULL)
        abort();
    hub_finish(&s.hub);
    return 0;
}
