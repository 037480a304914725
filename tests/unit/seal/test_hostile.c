/*
 * The relay and other members as attackers on one session (e2e.md 13, 15): bytes flipped, messages
 * lost, repeated, swapped and cut short, units forged by who holds the group key. Nothing of it may
 * be shown, every outcome has its code.
 */
#include "net/seal/derive.h"
#include "net/seal/group.h"
#include "net/seal/joiner_state.h"
#include "net/seal/sig.h"
#include "policy/limits.h"
#include "tests/unit/seal/stage.h"

/* --- one byte of one message --- */

struct flip {
    unsigned message; /* counted among those that pass */
    size_t at;
    bool from_end;
    uint8_t mask;
    bool done;
    uint8_t type;
};

static bool flip_byte(struct world *w, struct world_item *i)
{
    struct flip *f = w->touch_ctx;
    if (i->kind != WORLD_TO_ORGANIZER && i->kind != WORLD_TO_JOINER)
        return true;
    if (w->msgs != f->message || f->done || f->at >= i->len)
        return true;
    f->done = true;
    f->type = i->bytes[1];
    i->bytes[f->from_end ? i->len - 1 - f->at : f->at] ^= f->mask;
    return true;
}

/* Message numbers of a join: 0 M1, 1 M2, 2 M3, then CHAN until the roster is there. Every outcome
   is a refusal with a code that fits the message, at the joiner or at the organizer, and nobody
   came in. */
static void try_flip(struct world *w, struct flip f, unsigned *accepted)
{
    w->touch = flip_byte;
    w->touch_ctx = &f;
    w->msgs = 0;
    unsigned members = w->members, wrong = w->wrong;
    struct world_peer *p = world_join_with(w, WORLD_PASSWORD, NULL);
    world_pass(w, 31000); /* whatever waits runs out of time */
    if (!f.done) {
        assert_false(p->ended);
    } else {
        assert_true(p->ended && p->cut);
        assert_int_not_equal(p->code, E_NONE);
        assert_int_equal(p->screens, 0);
        if (f.message < 2)
            assert_in_range(p->code, E_PARSE, E_AUTH);
    }
    if (!p->ended)
        (*accepted)++, joiner_leave(p->j, w->now), world_run(w);
    world_pass(w, RESUME_MEMBER_MS + 1000);
    assert_int_equal(w->members, members);
    assert_true(w->wrong >= wrong);
    world_part(w, p);
    w->touch = NULL;
    if (w->wrong > GUESS_MAX - 5) {
        assert_true(organizer_password(w->o, world_text(WORLD_PASSWORD), w->now));
        w->wrong = 0;
    }
}

static void p02_flipped_handshake(void **state)
{
    static const size_t lengths[] = {105, 169, 72};
    struct world w;
    unsigned accepted = 0;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    for (unsigned m = 0; m < 3; m++)
        for (size_t at = 0; at < lengths[m]; at += at < 9 ? 1 : 13)
            try_flip(&w, (struct flip){.message = m, .at = at, .mask = (uint8_t)(1u << (at % 8))},
                     &accepted);
    assert_int_equal(accepted, 0);
    world_finish(&w);
}

static void p02_flipped_channel(void **state)
{
    struct world w;
    unsigned accepted = 0, flips = 0;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    for (unsigned m = 3; m < 8; m++)
        for (size_t at = 0; at < 5; at++) {
            try_flip(&w, (struct flip){.message = m, .at = 9 + at * 7, .mask = 0x10}, &accepted);
            try_flip(&w, (struct flip){.message = m, .at = at, .from_end = true, .mask = 1},
                     &accepted);
            flips += 2;
        }
    assert_true(accepted < flips / 4); /* only those beyond the last message of the join */
    world_finish(&w);
}

static bool lose_m2(struct world *w, struct world_item *i)
{
    (void)w;
    return i->kind != WORLD_TO_JOINER || i->bytes[1] != 0x03;
}

static void lost_m2(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    w.touch = lose_m2;
    struct world_peer *p = world_join_with(&w, WORLD_PASSWORD, w.fp);
    world_pass(&w, 71000);
    assert_true(p->ended);
    assert_int_equal(w.wrong, 1);
    world_finish(&w);
}

/* Who does not know the password gets no M3 out of a joiner: confirmV is checked first. */
static bool see_m3(struct world *w, struct world_item *i)
{
    if (i->kind == WORLD_TO_ORGANIZER && i->bytes[1] == OUTER_M3)
        (*(unsigned *)w->touch_ctx)++;
    return true;
}

static void p05_no_m3_without_proof(void **state)
{
    struct world w;
    unsigned seen = 0;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    w.touch = see_m3;
    w.touch_ctx = &seen;
    assert_int_equal(world_join_with(&w, "not the password", NULL)->code, E_AUTH);
    assert_int_equal(seen, 0);
    assert_false(world_join(&w)->ended);
    assert_int_equal(seen, 1);
    world_finish(&w);
}

/* --- what a member has in its memory, and its own channel --- */

/* Opens a unit with the secret of one epoch as if it were that of the unit's. */
static bool opens_with(const struct world_peer *p, const uint8_t secret[SECRET_LEN],
                       const struct world_item *i)
{
    static uint8_t plain[UNIT_PLAIN_MAX];
    uint8_t base[SECRET_LEN], metadata[SFRAME_METADATA_MAX];
    struct unit_head h;
    struct sframe_key k;
    assert_true(unit_parse(span_of(i->bytes, i->len), &h));
    derive_frame_key(secret, p->j->sess_id, h.kid, base);
    sframe_key_init(&k, span_of(base, sizeof base), h.kid, false);
    bool ok = sframe_open(&k, h.ctr, h.header,
                          span_of(metadata, unit_metadata(p->j->sess_id, h.flags, metadata)),
                          h.cipher.data, h.cipher.len, plain);
    sframe_key_finish(&k);
    return ok;
}

static void p08_secrets_are_independent(void **state)
{
    struct world w;
    uint8_t first[SECRET_LEN], second[SECRET_LEN], third[SECRET_LEN];
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    assert_true(organizer_share(w.o, w.now));
    world_run(&w);
    w.keep_units = true;
    group_secret(a->j->group, first);
    world_screen_unit(&w, true, "of the first", 12);
    struct world_item *early = w.units;
    struct world_peer *b = world_join(&w);
    group_secret(b->j->group, second);
    world_screen_unit(&w, true, "of the second", 13);
    struct world_item *middle = w.units;
    a->deaf = true;
    organizer_remove(w.o, a->mid, w.now);
    world_run(&w);
    group_secret(b->j->group, third);
    world_screen_unit(&w, true, "of the third", 12);
    struct world_item *late = w.units;
    assert_true(opens_with(a, first, early) && opens_with(b, second, middle) &&
                opens_with(b, third, late));
    assert_false(opens_with(b, second, early)); /* nothing from before joining */
    assert_false(opens_with(a, first, late) ||
                 opens_with(a, second, late)); /* nothing after removal */
    world_finish(&w);
}

/* Which message may arrive where, written down a second time: side, stages, least and greatest
 * length. */
static void table_of_messages(void **state)
{
    enum {
        H = INNER_AT_HELLO,
        R = INNER_AT_REVEAL,
        W = INNER_AT_WAITING,
        A = INNER_AT_ADMITTED,
        M = INNER_AT_MEMBER
    };
    static const struct {
        unsigned at_organizer, stages, min, max;
    } want[256] = {
        [0x10] = {1, H, 170, 12750},  [0x11] = {0, H, 104, 12750},  [0x12] = {1, R, 32, 32},
        [0x14] = {0, W, 2, 2},        [0x15] = {0, W, 1, 1},        [0x16] = {0, M, 219, 262144},
        [0x17] = {0, A, 219, 262144}, [0x18] = {0, M, 187, 262144}, [0x19] = {1, M, 36, 36},
        [0x1a] = {1, M, 16, 16},      [0x1b] = {0, M, 56, 56},      [0x1c] = {1, R | W | M, 0, 0},
        [0x1d] = {0, A | M, 1, 1},    [0x1f] = {0, M, 0, 0},        [0x20] = {1, M, 1, 1},
        [0x21] = {1, M, 19, 19},      [0x22] = {0, M, 0, 0},        [0x23] = {1, M, 0, 0},
        [0x24] = {1, M, 2, 2},        [0x25] = {0, M, 3, 3},
    };
    (void)state;
    for (unsigned type = 0; type < 256; type++)
        for (unsigned side = 0; side < 2; side++)
            for (unsigned stage = H; stage <= M; stage <<= 1) {
                bool may = (want[type].stages & stage) && want[type].at_organizer == side;
                uint32_t least = want[type].min;
                enum e2e_code code =
                    inner_check((uint8_t)type, side, (enum inner_stage)stage, least);
                assert_int_equal(code, may ? E_NONE : E_STATE);
                if (!may)
                    continue;
                assert_int_equal(
                    inner_check((uint8_t)type, side, (enum inner_stage)stage, want[type].max + 1),
                    E_PARSE);
                if (least)
                    assert_int_equal(
                        inner_check((uint8_t)type, side, (enum inner_stage)stage, least - 1),
                        E_PARSE);
            }
}

/* A member with its own, authentic channel says what it may not: it is out, the others go on. */
static void wrong_message_of_a_member(void **state)
{
    static const uint8_t zeros[400];
    struct world w;
    unsigned thrown_out = 0;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *good = world_join(&w);
    for (unsigned type = 0x0f; type < 0x27; type++) {
        static const struct {
            uint8_t type;
            size_t len;
        } right[] = {{INNER_PING, 16}, {INNER_LEAVE, 0}, {INNER_REKEY_REQ, 0}};
        for (size_t len = 0; len < 3; len++) {
            size_t n = len == 0 ? 0 : len == 1 ? 16 : 219;
            bool allowed = false;
            for (size_t i = 0; i < sizeof right / sizeof *right; i++)
                allowed |= type == right[i].type && n == right[i].len;
            if (allowed)
                continue;
            if (w.n == WORLD_PEERS)
                world_part(&w, &w.peers[w.n - 1]);
            struct world_peer *p = world_join(&w);
            world_pass(&w, JOIN_STORM_MS); /* so many come and go */
            assert_int_equal(w.members, 3);
            assert_true(line_send(p->j->line, (enum inner_type)type, span_of(zeros, n)));
            joiner_flush(p->j);
            world_run(&w);
            assert_true(p->ended);
            assert_int_equal(w.members, 2);
            assert_false(good->ended);
            thrown_out++;
        }
    }
    assert_true(thrown_out > 60);
    assert_int_equal(good->gone[MEMBER_LOST], thrown_out);
    world_finish(&w);
}

/* --- units --- */

static void p02_flipped_unit(void **state)
{
    struct stage s;
    (void)state;
    for (size_t at = 0; at < 345; at += at < 12 ? 1 : 37) {
        stage_init(&s);
        struct world_item *i = seal_next(&s, true, "picture");
        assert_int_equal(i->len, 2 + 5 + 256 + SIG_LEN + 16);
        if (at >= i->len) {
            world_finish(&s.w);
            continue;
        }
        i->bytes[at] ^= 1;
        carry(&s, i);
        world_run(&s.w);
        assert_int_equal(s.p->screens, 0);
        i->bytes[at] ^= 1;
        if (s.p->ended) {
            assert_true(s.p->code == E_PARSE || s.p->code == E_FRAME || s.p->code == E_FORGED);
        } else { /* another epoch or another member's stream: dropped, the right one is still good
                  */
            carry(&s, i);
            assert_int_equal(s.p->screens, 1);
        }
        world_finish(&s.w);
    }
}

static void p12_replayed_unit(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    struct world_item *i = seal_next(&s, true, "one");
    carry(&s, i);
    carry(&s, i);
    assert_int_equal(s.p->screens, 1);
    assert_true(s.p->ended);
    assert_int_equal(s.p->code, E_REPLAY);
    world_finish(&s.w);
}

static void p12_swapped_units(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    struct world_item *one = seal_next(&s, true, "one"), *two = seal_next(&s, true, "two");
    carry(&s, two); /* a KEY unit may jump, and says what was missed */
    assert_int_equal(s.p->missed, 1);
    carry(&s, one);
    assert_int_equal(s.p->code, E_REPLAY);
    world_finish(&s.w);
}

/* --- a member that holds the group key --- */

struct forger {
    uint8_t sess_id[SESS_ID_LEN], secret[SECRET_LEN];
    EVP_PKEY *org, *own, *other;
    struct group *author, *reader;
};

static void ignore(void *ctx, const struct group_person *p, unsigned reason)
{
    (void)ctx, (void)p, (void)reason;
}

static void add(struct put *p, uint16_t mid, uint8_t role, const char *name, EVP_PKEY *key)
{
    struct record_add a = {.mid = mid, .role = role, .name_len = (uint8_t)strlen(name)};
    memcpy(a.name, name, a.name_len);
    sig_public(key, a.sig_pub);
    record_put_add(p, &a);
}

/* Two groups of one session: the organizer's and that of member 2; member 3 is there too. */
static void forger_init(struct forger *f)
{
    uint8_t org_pub[POINT_LEN], rec[2048];
    struct record_head h;
    crypto_random(f->sess_id, sizeof f->sess_id);
    crypto_random(f->secret, sizeof f->secret);
    f->org = sig_create(), f->own = sig_create(), f->other = sig_create();
    sig_public(f->org, org_pub);
    f->author = group_create(f->sess_id, org_pub, f->org, ignore, NULL);
    f->reader = group_create(f->sess_id, org_pub, f->own, ignore, NULL);
    group_set_own_mid(f->author, 1);
    group_set_own_mid(f->reader, 2);
    group_next_head(f->author, RECORD_EPOCH, &h);
    h.presenter = 1;
    h.n_add = 3;
    derive_commit(f->secret, f->sess_id, 1, h.commit);
    struct put p = put_into(rec, sizeof rec);
    record_begin(&p, &h);
    record_put_adds(&p, &h);
    add(&p, 1, ROLE_ORGANIZER, "Olga", f->org);
    add(&p, 2, ROLE_PARTICIPANT, "Jo", f->own);
    add(&p, 3, ROLE_PARTICIPANT, "Eve", f->other);
    record_finish(&p, 0, f->org);
    assert_int_equal(group_epoch(f->author, span_of(rec, p.len), f->secret, 0), E_NONE);
    group_next_head(f->author, RECORD_SNAPSHOT, &h);
    h.n_add = 3;
    p = put_into(rec, sizeof rec);
    record_begin(&p, &h);
    record_put_adds(&p, &h);
    add(&p, 1, ROLE_ORGANIZER, "Olga", f->org);
    add(&p, 2, ROLE_PARTICIPANT, "Jo", f->own);
    add(&p, 3, ROLE_PARTICIPANT, "Eve", f->other);
    record_finish(&p, 0, f->org);
    assert_int_equal(group_snapshot(f->reader, span_of(rec, p.len), f->secret), E_NONE);
}

static void forger_finish(struct forger *f)
{
    group_destroy(f->author), group_destroy(f->reader);
    EVP_PKEY_free(f->org), EVP_PKEY_free(f->own), EVP_PKEY_free(f->other);
}

static enum e2e_code nobody_named(struct forger *f, struct group *to, uint16_t presenter)
{
    uint8_t rec[RECORD_MIN_LEN];
    struct record_head h;
    struct put p = put_into(rec, sizeof rec);
    group_next_head(f->author, RECORD_SNAPSHOT, &h);
    h.presenter = presenter;
    record_begin(&p, &h);
    record_put_adds(&p, &h);
    record_finish(&p, 0, f->org);
    return group_snapshot(to, span_of(rec, p.len), f->secret);
}

/* A SNAPSHOT without a roster is for who has one, of that epoch; and nothing else changes by it. */
static void snapshot_of_nobody(void **state)
{
    struct forger f;
    uint8_t org_pub[POINT_LEN];
    (void)state;
    forger_init(&f);
    sig_public(f.org, org_pub);
    struct group *fresh = group_create(f.sess_id, org_pub, f.own, ignore, NULL);
    group_set_own_mid(fresh, 2);
    assert_int_equal(nobody_named(&f, fresh, 1), E_CONTROL);
    assert_int_equal(nobody_named(&f, f.reader, 1), E_NONE);
    assert_int_equal(nobody_named(&f, f.reader, 3), E_CONTROL);
    assert_int_equal(group_count(f.reader), 3);
    assert_int_equal(group_presenter(f.reader), 1);
    group_destroy(fresh);
    forger_finish(&f);
}

static enum e2e_code forge(struct forger *f, uint16_t mid, uint8_t stream, EVP_PKEY *key)
{
    static uint8_t wire[UNIT_WIRE_MAX], plain[UNIT_PLAIN_MAX];
    uint8_t base[SECRET_LEN];
    uint64_t kid = sframe_kid(1, mid, stream);
    struct sframe_key k;
    struct group_unit u;
    bool newer;
    derive_frame_key(f->secret, f->sess_id, kid, base);
    sframe_key_init(&k, span_of(base, sizeof base), kid, true);
    const struct unit_sealing s = {.key = &k,
                                   .kid = kid,
                                   .flags = UNIT_KEY,
                                   .sess_id = f->sess_id,
                                   .sig = key,
                                   .content = world_text("forged")};
    size_t len = unit_seal(&s, wire);
    sframe_key_finish(&k);
    return group_open(f->reader, span_of(wire, len), 0, plain, &u, &newer);
}

static void p09_forged_units(void **state)
{
    struct forger f;
    (void)state;
    forger_init(&f);
    for (uint8_t stream = 1; stream <= STREAM_LAST; stream++) {
        assert_int_equal(forge(&f, 1, stream, f.other), E_FORGED); /* signed by another */
        if (group_is_presenter_stream(stream))
            assert_int_equal(forge(&f, 3, stream, f.other), E_FORGED); /* not the presenter */
        assert_int_equal(forge(&f, 4, stream, f.other), E_FORGED);     /* not in the roster */
        assert_int_equal(forge(&f, 2, stream, f.own), E_FORGED);       /* our own, reflected */
    }
    assert_int_equal(forge(&f, 3, STREAM_CHAT, f.other), E_NONE); /* what it may */
    assert_int_equal(forge(&f, 1, STREAM_SCREEN, f.org), E_NONE); /* the real one is still good */
    forger_finish(&f);
}

/* Changes that are signed by the organizer's key but break a rule, each refused without any trace.
 */
static void p09_wrong_records(void **state)
{
    enum {
        SESSION,
        SEQ,
        PREV,
        EPOCH,
        COMMIT,
        PRESENTER,
        OLD_MID,
        SAME_MID,
        DEL_UNKNOWN,
        DEL_TWICE,
        DEL_US,
        DEL_ORGANIZER,
        ROLE,
        KIND,
        POINT,
        SIGNER,
        CASES
    };
    struct forger f;
    (void)state;
    forger_init(&f);
    uint8_t head[32];
    memcpy(head, group_head(f.reader), 32);
    for (int c = 0; c <= CASES; c++) {
        uint8_t rec[1024], secret[SECRET_LEN] = {1};
        struct record_head h;
        struct record_del d = {.mid = 3, .reason = RECORD_LEFT};
        struct record_add a = {.mid = 4, .role = ROLE_PARTICIPANT, .name_len = 2, .name = "Al"};
        group_next_head(f.author, RECORD_EPOCH, &h);
        derive_commit(secret, f.sess_id, h.epoch, h.commit);
        h.n_del = c == DEL_TWICE ? 2 : 1;
        h.n_add = 1;
        sig_public(f.other, a.sig_pub);
        h.sess_id[0] ^= c == SESSION;
        h.log_seq += c == SEQ;
        h.prev[3] ^= c == PREV;
        h.epoch += c == EPOCH;
        h.commit[9] ^= c == COMMIT;
        h.presenter = c == PRESENTER ? 3 : 1; /* 3 is just leaving */
        h.kind = c == KIND ? RECORD_SNAPSHOT : RECORD_EPOCH;
        a.mid = c == OLD_MID ? 2 : c == SAME_MID ? 3 : 4;
        a.role = c == ROLE ? ROLE_ORGANIZER : ROLE_PARTICIPANT;
        a.sig_pub[40] ^= c == POINT;
        d.mid = c == DEL_UNKNOWN ? 9 : c == DEL_US ? 2 : c == DEL_ORGANIZER ? 1 : 3;
        struct put p = put_into(rec, sizeof rec);
        record_begin(&p, &h);
        record_put_del(&p, &d);
        if (c == DEL_TWICE)
            record_put_del(&p, &d);
        record_put_adds(&p, &h);
        record_put_add(&p, &a);
        record_finish(&p, 0, c == SIGNER ? f.other : f.org);
        enum e2e_code code = group_epoch(f.reader, span_of(rec, p.len), secret, 0);
        if (c < CASES) {
            assert_int_equal(code, E_CONTROL);
            assert_int_equal(group_now_epoch(f.reader), 1);
            assert_int_equal(group_count(f.reader), 3);
            assert_memory_equal(group_head(f.reader), head, 32);
        } else { /* and the right one is taken */
            assert_int_equal(code, E_NONE);
            assert_int_equal(group_count(f.reader), 3);
            assert_null(group_find(f.reader, 3));
            assert_non_null(group_find(f.reader, 4));
        }
        if (c == CASES)
            for (size_t at = 0; at < p.len; at++) {
                rec[at] ^= 1;
                assert_int_not_equal(group_epoch(f.author, span_of(rec, p.len), secret, 0), E_NONE);
                rec[at] ^= 1;
                assert_int_not_equal(group_epoch(f.author, span_of(rec, at), secret, 0), E_NONE);
            }
    }
    forger_finish(&f);
}

/* --- RESUME by somebody else --- */

static void p17_wrong_resume(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *p = world_join(&w);
    struct world_peer *thief = world_join_with(&w, "not the password", w.fp);
    thief->dropped = false;
    thief->handle += 1;
    for (uint32_t count = 0; count < 8; count++) {
        uint8_t resume[46] = {1, 6, 0, 1};
        struct put put = put_into(resume + 4, 42);
        put_u32(&put, thief->handle);
        put_u16(&put, count == 6 ? 9 : 2);
        put_u32(&put, count % 2);
        organizer_message(w.o, thief->handle, span_of(resume, sizeof resume), w.now);
        static const uint8_t junk[] = {1, 5, 0, 1, 22, 3, 1, 0, 4, 1, 0, 0, 0};
        organizer_message(w.o, thief->handle, span_of(junk, sizeof junk), w.now);
        world_run(&w);
    }
    assert_true(organizer_share(w.o, w.now));
    world_screen_unit(&w, true, "still here", 10);
    assert_int_equal(p->screens, 1);
    assert_int_equal(w.members, 2);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p02_flipped_handshake),
        cmocka_unit_test(p02_flipped_channel),
        cmocka_unit_test(lost_m2),
        cmocka_unit_test(p05_no_m3_without_proof),
        cmocka_unit_test(p08_secrets_are_independent),
        cmocka_unit_test(table_of_messages),
        cmocka_unit_test(wrong_message_of_a_member),
        cmocka_unit_test(p02_flipped_unit),
        cmocka_unit_test(p12_replayed_unit),
        cmocka_unit_test(p12_swapped_units),
        cmocka_unit_test(snapshot_of_nobody),
        cmocka_unit_test(p09_forged_units),
        cmocka_unit_test(p09_wrong_records),
        cmocka_unit_test(p17_wrong_resume),
    };
    return cmocka_run_group_tests(tests, world_group_setup, world_group_teardown);
}
