/* Clients for the tests of the hub. */
#include "tests/unit/relay/cast.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
/* cmocka wants the above first */
#include <cmocka.h>

static bool count_up(uint8_t *out, size_t len)
{
    static uint32_t seed = 12345;
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        out[i] = (uint8_t)(seed >> 24);
    }
    return true;
}

static bool on_event(void *ctx, enum relay_intrusion kind, uint32_t count, const char *source)
{
    struct cast *c = ctx;
    assert_true(count > 0);
    assert_non_null(source);
    c->last_event = (uint32_t)kind;
    c->lines++;
    return true;
}

int cast_set_up(void **state)
{
    struct cast *c = calloc(1, sizeof *c);
    struct hub_config config = {
        .random = count_up, .event = on_event, .event_ctx = c, .low = 10, .high = 99};
    c->now = (struct hub_now){1000000, 1700000000};
    assert_true(hub_init(&c->hub, &config));
    memset(c->hub.tokens.current, 0x42, TOKEN_KEY);
    *state = c;
    return 0;
}

int cast_tear_down(void **state)
{
    struct cast *c = *state;
    for (int i = 0; i < CAST_CLIENTS; i++)
        if (c->is_in[i])
            cast_leave(c, i);
    assert_int_equal(c->hub.n_clients, 0);
    assert_int_equal(c->hub.account.held, 0);
    hub_finish(&c->hub);
    free(c);
    return 0;
}

struct client *cast_connect(struct cast *c, int index, int host)
{
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(0xc0000201u + (uint32_t)host)};
    struct source *s =
        source_accept(&c->hub.sources, source_key_of((struct sockaddr *)&in), c->now.ms);
    assert_non_null(s);
    assert_false(c->is_in[index]);
    hub_welcome(&c->hub, &c->clients[index], s, c->now);
    c->is_in[index] = true;
    return &c->clients[index];
}

void cast_leave(struct cast *c, int index)
{
    source_release(c->clients[index].source);
    hub_gone(&c->hub, &c->clients[index], c->now);
    c->is_in[index] = false;
}

static void say_bytes(struct cast *c, int index, const uint8_t *bytes, size_t len)
{
    struct client *me = &c->clients[index];
    struct parcel *p = parcel_create(hub_account(&c->hub, me), len);
    assert_non_null(p);
    memcpy(p->bytes, bytes, len);
    hub_take(&c->hub, me, p, c->now);
}

void cast_say(struct cast *c, int index, const struct frame *f)
{
    uint8_t bytes[FRAME_HEAD + FRAME_SMALL_MAX];
    size_t len = frame_encode(f, bytes);
    assert_true(len > 0);
    say_bytes(c, index, bytes, len);
}

void cast_say_msg(struct cast *c, int index, uint32_t peer, const char *text)
{
    uint8_t bytes[FRAME_HEAD + FRAME_SMALL_MAX];
    size_t len = strlen(text);
    frame_write_head(bytes, FRAME_MSG, 4 + len);
    frame_put_u32(bytes + FRAME_HEAD, peer);
    memcpy(bytes + FRAME_HEAD + 4, text, len);
    say_bytes(c, index, bytes, FRAME_HEAD + 4 + len);
}

void cast_say_1000(struct cast *c, int index, uint32_t peer)
{
    char text[1001];
    memset(text, 'x', 1000);
    text[1000] = 0;
    cast_say_msg(c, index, peer, text);
}

void cast_say_unit(struct cast *c, int index, uint16_t mid, uint8_t stream, bool key, size_t len)
{
    static uint8_t bytes[FRAME_HEAD + FRAME_UNIT_MAX];
    const uint8_t head[] = {0x40, key, 0xb0, 1, (uint8_t)(mid >> 8), (uint8_t)mid, stream};
    frame_write_head(bytes, FRAME_UNIT, sizeof head + len);
    memcpy(bytes + FRAME_HEAD, head, sizeof head);
    memset(bytes + FRAME_HEAD + sizeof head, 0xcc, len);
    say_bytes(c, index, bytes, FRAME_HEAD + sizeof head + len);
}

bool cast_hear(struct cast *c, int index, struct frame *out)
{
    static uint8_t bytes[FRAME_HEAD + FRAME_UNIT_MAX];
    struct parcel *p = hub_next_parcel(&c->clients[index], c->now.ms);
    size_t len;
    if (p == NULL)
        return false;
    len = p->len;
    memcpy(bytes, p->bytes, len);
    parcel_release(p);
    assert_int_equal(frame_decode(bytes, len, FRAME_FROM_RELAY, out), FRAME_GOOD);
    return true;
}

struct frame cast_expect(struct cast *c, int index, enum frame_type type)
{
    struct frame f = {0};
    if (!cast_hear(c, index, &f))
        fail_msg("client %d: silence, wanted %#x", index, type);
    if (f.type != type)
        fail_msg("client %d: %#x, wanted %#x", index, f.type, type);
    return f;
}

void cast_expect_err(struct cast *c, int index, enum frame_err code)
{
    struct frame f = cast_expect(c, index, FRAME_ERR);
    assert_int_equal(f.u.err.code, code);
    assert_true(hub_is_done(&c->clients[index]));
}

void cast_expect_msg(struct cast *c, int index, uint32_t peer, const char *text)
{
    struct frame f = cast_expect(c, index, FRAME_MSG);
    assert_int_equal(f.u.msg.peer, peer);
    assert_int_equal(f.u.msg.bytes.len, strlen(text));
    assert_memory_equal(f.u.msg.bytes.data, text, strlen(text));
}

void cast_expect_nothing(struct cast *c, int index)
{
    struct frame f;
    if (cast_hear(c, index, &f))
        fail_msg("client %d: %#x, wanted silence", index, f.type);
}

int cast_ignore(struct cast *c, int index)
{
    struct frame f;
    int n = 0;
    while (cast_hear(c, index, &f))
        n++;
    return n;
}

void cast_pass(struct cast *c, uint64_t ms)
{
    while (ms > 0) {
        uint64_t step = ms < 100 ? ms : 100;
        c->now.ms += step;
        ms -= step;
        hub_tick(&c->hub, c->now);
    }
}

void cast_create(struct cast *c)
{
    struct frame create = {.type = FRAME_CREATE}, params = {.type = FRAME_PARAMS}, f;
    cast_connect(c, 0, 0);
    cast_say(c, 0, &create);
    f = cast_expect(c, 0, FRAME_OPENED);
    memcpy(c->sid, f.u.opened.sid, FRAME_SID);
    memcpy(c->token, f.u.opened.token, FRAME_TOKEN);
    params.u.params.m0 = (struct span){(const uint8_t *)"M0", 2};
    cast_say(c, 0, &params);
}

uint32_t cast_attach(struct cast *c, int index)
{
    struct frame f = {.type = FRAME_ATTACH};
    uint32_t handle;
    cast_connect(c, index, index);
    memcpy(f.u.attach.sid, c->sid, FRAME_SID);
    cast_say(c, index, &f);
    f = cast_expect(c, index, FRAME_OPENED);
    handle = f.u.opened.handle;
    assert_int_equal(f.u.opened.params.len, 2);
    assert_memory_equal(f.u.opened.params.data, "M0", 2);
    f = cast_expect(c, 0, FRAME_PEER);
    assert_int_equal(f.u.peer.handle, handle);
    assert_int_equal(f.u.peer.state, FRAME_PEER_ATTACHED);
    return handle;
}

void cast_join_for_token(struct cast *c, int index, uint16_t mid, uint8_t token[FRAME_TOKEN])
{
    struct frame f = {.type = FRAME_BIND};
    f.u.bind.handle = cast_attach(c, index);
    f.u.bind.mid = mid;
    cast_say(c, 0, &f);
    f = cast_expect(c, index, FRAME_BOUND);
    assert_int_equal(f.u.bound.mid, mid);
    memcpy(token, f.u.bound.token, FRAME_TOKEN);
}

void cast_join(struct cast *c, int index, uint16_t mid)
{
    uint8_t token[FRAME_TOKEN];
    cast_join_for_token(c, index, mid, token);
}

void cast_present(struct cast *c, uint16_t mid)
{
    struct frame f = {.type = FRAME_PRESENT};
    f.u.present.mid = mid;
    cast_say(c, 0, &f);
}
