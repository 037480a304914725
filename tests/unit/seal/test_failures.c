/*
 * e2e.md 13, all rows (tests/unit/failures.h): each is sent to a member, a joiner or the organizer
 * by a patched peer or relay; the code is seen at who was sent it, and everybody else goes on.
 */
#include "net/seal/control_state.h"
#include "net/seal/derive.h"
#include "net/seal/group_state.h"
#include "net/seal/input_record.h"
#include "net/seal/joiner_state.h"
#include "net/seal/organizer_state.h"
#include "net/seal/sig.h"
#include "tests/unit/failures.h"
#include "tests/unit/seal/control_world.h"
#include "tests/unit/seal/identities.h"
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
/* its way to sign a body */
#include "net/seal/unit.c" /* NOLINT */

static struct world w;
static const char *row;         /* that is tried */
static struct world_peer *good; /* whom all of it does not concern; NULL: nobody is in yet */

/* --- a relay that changes one message --- */

static struct {
    enum world_kind kind;
    uint8_t type; /* of what is changed; 0 any */
    unsigned skip;
    void (*edit)(uint8_t *bytes, size_t *len);
    bool done;
} patch;

static bool patching(struct world *world, struct world_item *i)
{
    static uint8_t bytes[UNIT_WIRE_MAX + 16];
    size_t len = i->len;
    bool other = i->kind != patch.kind || (patch.type && i->bytes[1] != patch.type);
    if (other || patch.done || patch.skip) {
        patch.skip -= !other && patch.skip;
        return true;
    }
    patch.done = true;
    memcpy(bytes, i->bytes, len);
    patch.edit(bytes, &len);
    struct world_peer *p = &world->peers[i->peer];
    if (i->kind == WORLD_UNIT)
        joiner_unit(p->j, span_of(bytes, len), world->now);
    else if (i->kind == WORLD_TO_JOINER)
        joiner_message(p->j, i->from, span_of(bytes, len), world->now);
    return false;
}

static void change(enum world_kind kind, uint8_t type, unsigned skip,
                   void (*edit)(uint8_t *bytes, size_t *len))
{
    patch.kind = kind, patch.type = type, patch.skip = skip, patch.edit = edit;
    patch.done = false;
    w.touch = patching;
}

static void longer(uint8_t *bytes, size_t *len)
{
    bytes[(*len)++] = 0;
}
static void shorter(uint8_t *bytes, size_t *len)
{
    (void)bytes;
    --*len;
}
static void last_bit(uint8_t *bytes, size_t *len)
{
    bytes[*len - 1] ^= 1;
}
static void second_version(uint8_t *bytes, size_t *len)
{
    (void)len;
    bytes[0] = 2;
}
static uint8_t new_head[4];

static void another_head(uint8_t *bytes, size_t *len)
{
    (void)len;
    memcpy(bytes, new_head, sizeof new_head);
}
static void no_type(uint8_t *bytes, size_t *len)
{
    (void)len;
    bytes[1] = 0x33;
}
static void off_curve(uint8_t *bytes, size_t *len)
{
    (void)len;
    bytes[40 + 64] ^= 1;
}
static void compressed(uint8_t *bytes, size_t *len)
{
    (void)len;
    bytes[40] = 2;
}

/* w0*N, by somebody who knows the password: what is left of it without the mask is infinity. */
static void only_the_mask(uint8_t *bytes, size_t *len)
{
    uint8_t salt[32], ws[2 * STRETCH_OUT], w0[PAKE_SCALAR];
    EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *n = EC_POINT_new(g);
    (void)len;
    assert_non_null(EC_POINT_hex2point(
        g, "03D8BBD6C639C62937B04D997F38C3770719C629D7014D49A24B4F98BAA1292B49", n, NULL));
    derive_salt(w.o->sess_id, w.o->pw_gen, salt);
    __wrap_stretch_password(STRETCH_SCRYPT, world_text("ambercanoefiftylemon"), salt, ws);
    assert_true(pake_reduce(ws, w0));
    BIGNUM *k = BN_bin2bn(w0, sizeof w0, NULL);
    assert_int_equal(EC_POINT_mul(g, n, NULL, n, k, NULL), 1);
    assert_int_equal(
        EC_POINT_point2oct(g, n, POINT_CONVERSION_UNCOMPRESSED, bytes + 40, POINT_LEN, NULL),
        POINT_LEN);
    BN_free(k), EC_POINT_free(n), EC_GROUP_free(g);
}

/* --- joiners --- */

static int join_code(const char *password, const uint8_t *fp)
{
    struct world_peer *p = world_join_with(&w, password, fp);
    world_pass(&w, 600);
    if (!p->ended)
        fail_msg("%s: the joiner goes on", row);
    return (int)p->code;
}

static int with_m2(void (*edit)(uint8_t *bytes, size_t *len))
{
    world_init(&w, WORLD_PASSWORD, false);
    change(WORLD_TO_JOINER, OUTER_M2, 0, edit);
    return join_code(WORLD_PASSWORD, w.fp);
}

static int m2_too_long(void)
{
    return with_m2(longer);
}
static int m2_too_short(void)
{
    return with_m2(shorter);
}
static int unknown_type(void)
{
    return with_m2(no_type);
}
static int m2_version(void)
{
    return with_m2(second_version);
}
static int share_off_curve(void)
{
    return with_m2(off_curve);
}
static int share_compressed(void)
{
    return with_m2(compressed);
}
static int share_of_nothing(void)
{
    return with_m2(only_the_mask);
}
static int confirm_wrong(void)
{
    return with_m2(last_bit);
}

static int with_m0(size_t at, uint8_t value)
{
    world_init(&w, WORLD_PASSWORD, false);
    w.m0[at] = value;
    return join_code(WORLD_PASSWORD, w.fp);
}

static int m0_version(void)
{
    return with_m0(0, 2);
}
static int m0_suite(void)
{
    return with_m0(3, 2);
}
static int m0_reserved(void)
{
    return with_m0(6, 0x80);
}

static int fp_of_another(void)
{
    uint8_t fp[FP_LEN];
    world_init(&w, WORLD_PASSWORD, false);
    memcpy(fp, w.fp, FP_LEN);
    fp[15] ^= 1;
    int code = join_code(WORLD_PASSWORD, fp);
    assert_int_equal(w.msgs, 0); /* before anything was sent */
    return code;
}

static int password_wrong(void)
{
    world_init(&w, WORLD_PASSWORD, false);
    int code = join_code("amber canoe fifty lime", w.fp);
    assert_int_equal(w.wrong, 1);
    return code;
}

static int waited_too_long(void)
{
    world_init(&w, WORLD_PASSWORD, false);
    w.o->guess.tokens = 0;
    w.o->guess.refill_at_ms = UINT64_MAX;
    struct world_peer *p = world_join_with(&w, WORLD_PASSWORD, w.fp);
    assert_false(p->ended);
    world_pass(&w, HANDSHAKE_MS + 200);
    assert_true(p->ended);
    return (int)p->code;
}

static int too_many_wrong(void)
{
    world_init(&w, WORLD_PASSWORD, false);
    w.o->guess.wrong = GUESS_MAX;
    return join_code(WORLD_PASSWORD, w.fp);
}

static int session_locked(void)
{
    world_init(&w, WORLD_PASSWORD, false);
    organizer_lock(w.o, true, w.now);
    return join_code(WORLD_PASSWORD, w.fp);
}

static int channel_flipped(void)
{
    world_init(&w, WORLD_PASSWORD, false);
    change(WORLD_TO_JOINER, OUTER_CHAN, 0, last_bit);
    return join_code(WORLD_PASSWORD, w.fp);
}

/* The organizer's key is another one from M3 on. */
static EVP_PKEY *true_sig;

static bool sign_otherwise(struct world *world, struct world_item *i)
{
    if (i->kind == WORLD_TO_ORGANIZER && i->bytes[1] == OUTER_CHAN && !true_sig) {
        true_sig = world->o->sig;
        world->o->sig = sig_create();
    }
    return true;
}

static int opop_wrong(void)
{
    world_init(&w, WORLD_PASSWORD, false);
    true_sig = NULL;
    w.touch = sign_otherwise;
    int code = join_code(WORLD_PASSWORD, w.fp);
    EVP_PKEY_free(w.o->sig);
    w.o->sig = true_sig;
    return code;
}

/* --- members --- */

static struct world_peer *member(void)
{
    world_init(&w, WORLD_PASSWORD, false);
    good = world_join(&w);
    struct world_peer *p = world_join(&w);
    assert_true(organizer_share(w.o, w.now));
    world_run(&w);
    world_screen_unit(&w, true, "picture", 7);
    assert_int_equal(p->screens, 1);
    return p;
}

static int code_of(const struct world_peer *p)
{
    if (!p->ended || !p->cut)
        fail_msg("%s: the member goes on", row);
    return (int)p->code;
}

/* The organizer, patched, says that to p inside the channel. */
static int said_to(struct world_peer *p, enum inner_type type, struct span body)
{
    struct conn *c = conn_find(w.o, p->handle);
    assert_true(line_send(c->line, type, body));
    conn_flush(w.o, c);
    world_run(&w);
    return code_of(p);
}

static int inner_unknown_type(void)
{
    return said_to(member(), (enum inner_type)0x44, span_of("x", 1));
}
static int wrong_direction(void)
{
    return said_to(member(), INNER_PING, span_of("sixteen bytes...", 16));
}

static int out_of_state(void)
{
    struct world_peer *p = member();
    struct conn *c = conn_find(w.o, p->handle);
    assert_true(epoch_snapshot(w.o, c->line, 0));
    conn_flush(w.o, c);
    world_run(&w);
    return code_of(p);
}

static int record_flipped(void)
{
    struct world_peer *p = member();
    change(WORLD_TO_JOINER, OUTER_CHAN, 1, last_bit); /* good's is first */
    organizer_lock(w.o, true, w.now);
    world_run(&w);
    return code_of(p);
}

/* Right but for its signature: by nobody, in the organizer's channel. */
static int signed_wrong(enum record_kind kind, enum inner_type type, size_t front)
{
    static uint8_t body[SECRET_LEN + 4096];
    struct world_peer *p = member();
    struct record_head h;
    EVP_PKEY *other = sig_create();
    group_next_head(w.o->group, kind, &h);
    struct put put = put_into(body, sizeof body);
    put_room(&put, front);
    record_begin(&put, &h);
    record_put_adds(&put, &h);
    record_finish(&put, front, other);
    EVP_PKEY_free(other);
    return said_to(p, type, span_of(body, put.len));
}

static int record_signed_wrong(void)
{
    return signed_wrong(RECORD_EPOCH, INNER_EPOCH, SECRET_LEN);
}
static int end_signed_wrong(void)
{
    return signed_wrong(RECORD_END, INNER_END, 0);
}

/* --- units --- */

static size_t sealed(struct group *g, uint16_t as, uint8_t stream, const char *text, uint8_t *wire)
{
    uint16_t own = g->own_mid;
    g->own_mid = as;
    size_t len = group_seal(g, stream, UNIT_KEY, world_text(text), wire);
    g->own_mid = own;
    assert_true(len > 0);
    return len;
}

static int unit_flipped(void)
{
    struct world_peer *p = member();
    change(WORLD_UNIT, 0, 1, last_bit);
    world_screen_unit(&w, true, "more", 4);
    return code_of(p);
}

static int unit_forged(void)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    struct world_peer *p = member();
    (void)sealed(good->j->group, 1, STREAM_SCREEN, "a counter that was", wire);
    size_t len = sealed(good->j->group, 1, STREAM_SCREEN, "mine", wire);
    joiner_unit(p->j, span_of(wire, len), w.now);
    return code_of(p);
}

/* A good unit in between would begin the count anew. */
static bool only_to_good(struct world *world, struct world_item *i)
{
    return i->kind != WORLD_UNIT || &world->peers[i->peer] == good;
}

static int epoch_never_known(void)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    struct world_peer *p = member();
    w.touch = only_to_good;
    for (uint64_t ms = 0; ms <= WATCH_PING_MS && !p->ended; ms += 500) {
        good->j->group->epoch++;
        size_t len = sealed(good->j->group, 1, STREAM_SCREEN, "later", wire);
        good->j->group->epoch--;
        joiner_unit(p->j, span_of(wire, len), w.now);
        world_pass(&w, 500);
    }
    return code_of(p);
}

/* As unit_seal seals it, but for one byte. */
static int unit_padded_wrong(void)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    uint8_t header[SFRAME_HEADER_MAX], metadata[SFRAME_METADATA_MAX], message[SIGNED_MAX];
    struct world_peer *p = member();
    struct group *g = w.o->group;
    struct group_sender *s = &g->senders[STREAM_SCREEN];
    struct span head = span_of(header, sframe_header_encode(s->kid, s->ctr, header));
    struct put put = put_into(wire, sizeof wire);
    put_u8(&put, UNIT_TYPE);
    put_u8(&put, UNIT_KEY);
    put_bytes(&put, head.data, head.len);
    uint8_t *body = put_room(&put, 256 + SIG_LEN + SFRAME_TAG);
    memset(body, 0, 256);
    body[3] = 1;   /* one byte of content */
    body[255] = 1; /* the last of the padding */
    sig_sign(g->own_sig, "frame",
             signed_part(g->sess_id, head, UNIT_KEY, span_of(body, 256), message), body + 256);
    size_t n = unit_metadata(g->sess_id, UNIT_KEY, metadata);
    sframe_seal(&s->key, s->ctr, head, span_of(metadata, n), body, 256 + SIG_LEN);
    joiner_unit(p->j, span_of(wire, put.len), w.now);
    return code_of(p);
}

static int unit_repeated(void)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    struct world_peer *p = member();
    size_t len = group_seal(w.o->group, STREAM_SCREEN, UNIT_KEY, world_text("next"), wire);
    joiner_unit(good->j, span_of(wire, len), w.now);
    joiner_unit(p->j, span_of(wire, len), w.now);
    joiner_unit(p->j, span_of(wire, len), w.now);
    return code_of(p);
}

static bool lose_one(struct world *world, struct world_item *i)
{
    struct world_peer *p = &world->peers[i->peer];
    bool lost = i->kind == WORLD_UNIT && p != good && !patch.done;
    patch.done |= lost;
    return !lost;
}

static int unit_missing(void)
{
    struct world_peer *p = member();
    patch.done = false;
    p->needs = 0;
    w.touch = lose_one;
    for (uint64_t end = w.now + GAP_MS + STATUS_MS; w.now < end && !p->ended;) {
        world_screen_unit(&w, false, "more", 4);
        world_pass(&w, 100);
        if (w.now + GAP_MS == end)
            assert_int_equal(p->needs, 1); /* NEED, and not with each unit */
    }
    return code_of(p);
}

/* --- what keeps everybody: the organizer is told --- */

static int chat_forged(void)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    struct world_peer *p = member();
    size_t len = sealed(p->j->group, good->mid, STREAM_CHAT, "I am good", wire);
    organizer_unit(w.o, span_of(wire, len), w.now);
    assert_int_equal(w.faults, 1);
    return (int)w.fault_code;
}

static int chat_repeated(void)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    struct world_peer *p = member();
    size_t len = sealed(p->j->group, p->mid, STREAM_CHAT, "twice", wire);
    organizer_unit(w.o, span_of(wire, len), w.now);
    assert_true(w.faults == 0 && w.c.lines == 1);
    organizer_unit(w.o, span_of(wire, len), w.now);
    assert_int_equal(w.c.lines, 1);
    assert_int_equal(w.faults, 1);
    return (int)w.fault_code;
}

/* A grant ends, and both users are told. */
static int input_code(struct world_peer *p)
{
    world_run(&w);
    assert_true(!w.c.live && !p->c.live && w.c.revoked == 1 && p->c.revoked == 1);
    assert_int_equal(w.c.events, 0);
    return (int)w.c.code;
}

/* A controller that counts otherwise; the linker puts it in place of ours. */
static uint64_t skip_inputs;
bool __real_input_record_write(uint8_t out[INPUT_RECORD_LEN], uint64_t seq,
                               const struct input_event *events, unsigned n);
bool __wrap_input_record_write(uint8_t out[INPUT_RECORD_LEN], uint64_t seq,
                               const struct input_event *events, unsigned n);
bool __wrap_input_record_write(uint8_t out[INPUT_RECORD_LEN], uint64_t seq,
                               const struct input_event *events, unsigned n)
{
    return __real_input_record_write(out, seq + skip_inputs, events, n);
}

static int input_out_of_order(void)
{
    struct world_peer *p = member();
    control_set_up(&w, p, 3, false);
    const struct input_event e = motion(1, 1);
    skip_inputs = 1;
    assert_true(control_input(joiner_control(p->j, w.now), p->c.grant, &e, 1, w.now));
    skip_inputs = 0;
    return input_code(p);
}

static int input_beyond_caps(void)
{
    struct world_peer *p = member();
    control_set_up(&w, p, CAP_POINTER, false);
    p->j->control->hold.terms.caps = 7; /* its client does not ask */
    const struct input_event e = key(INPUT_KEY_DOWN, 38);
    assert_true(control_input(joiner_control(p->j, w.now), p->c.grant, &e, 1, w.now));
    return input_code(p);
}

static int line_gone(void)
{
    struct world_peer *p = member();
    joiner_lost(p->j);
    return code_of(p);
}

/* --- the table --- */

static void all_rows(void **state)
{
    static const struct {
        int (*run)(void);
        const char *name, *sent;
        int code;
        bool admitted;
        const char *reads;
    } rows[] = {
#define ROW(function, what, number, in, fault)                                                     \
    {.run = function,                                                                              \
     .name = #function,                                                                            \
     .sent = what,                                                                                 \
     .code = number,                                                                               \
     .admitted = in,                                                                               \
     .reads = fault},
        FAILURES(ROW)};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        good = NULL;
        row = rows[i].name;
        int code = rows[i].run();
        if (code != rows[i].code)
            fail_msg("%s: %s: E %d, not %d", rows[i].name, rows[i].sent, code, rows[i].code);
        assert_false(w.ended);
        assert_int_equal(rows[i].admitted, good != NULL);
        if (good) { /* a session that goes on, for those it does not concern */
            w.touch = NULL;
            world_screen_unit(&w, true, "still here", 10);
            assert_false(good->ended);
            assert_int_equal(good->content_len, 10);
        }
        world_finish(&w);
    }
}

/* --- E_VERSION and E_SUITE name both sides. Seen to fail: tell_sides that tells nothing --- */

static void versions_are_named(void **state)
{
    static const struct {
        bool m2;
        uint8_t head[4];
        unsigned code, ours, theirs;
    } cases[] = {
        {false, {2, 1, 0, 1}, E_VERSION, 1, 2},       {false, {0, 1, 0, 9}, E_VERSION, 1, 0},
        {false, {255, 1, 0, 1}, E_VERSION, 1, 255},   {false, {1, 1, 0, 2}, E_SUITE, 1, 2},
        {false, {1, 1, 255, 254}, E_SUITE, 1, 65534}, {true, {7, 3, 0, 1}, E_VERSION, 1, 7},
        {true, {1, 3, 3, 0}, E_SUITE, 1, 768},        {true, {1, 3, 0, 1}, E_AUTH, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world_init(&w, WORLD_PASSWORD, false);
        memcpy(new_head, cases[i].head, sizeof new_head);
        if (cases[i].m2)
            change(WORLD_TO_JOINER, OUTER_M2, 0, another_head);
        else
            memcpy(w.m0, new_head, sizeof new_head);
        const char *password = cases[i].code == E_AUTH ? "not the right one" : WORLD_PASSWORD;
        const struct world_peer *p = world_join_with(&w, password, w.fp);
        assert_true(p->ended);
        assert_int_equal(p->code, cases[i].code);
        assert_int_equal(p->ours, cases[i].ours);
        assert_int_equal(p->theirs, cases[i].theirs);
        world_finish(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rows),
        cmocka_unit_test(versions_are_named),
    };
    return cmocka_run_group_tests_name("failures", tests, world_group_setup, world_group_teardown);
}
