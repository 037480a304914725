/*
 * e2e.md 14, the limits that need many: members of a session, mids ever given, records under one
 * key of a channel. Each is reached, and one more is tried.
 *
 * Seen to fail: mids_ever without the comparison in refusal; records_of_a_channel with
 * REKEY_RECORDS doubled; a_thousand_come_in with CONNS_MAX of 900. (everybody_there not without its
 * comparison there: the epoch has no room for them either.)
 */
#define WORLD_PEERS 1002
#include "net/seal/group_state.h"
#include "net/seal/joiner_state.h"
#include "net/seal/organizer_state.h"
#include "net/seal/outer.h"
#include "net/seal/sig.h"
#include "tests/hostile/opens.h"
#include "tests/unit/seal/world.h"
/* its state, for the count of records */
#include "net/seal/tls.c" /* NOLINT */

static struct world w;

/* As if that many more had come in before: a world of a thousand real ones would hold a million
   keys. */
static void fill(struct group *g, size_t upto, const uint8_t sig_pub[POINT_LEN])
{
    while (g->count < upto) {
        struct group_person *p = crypto_zalloc(sizeof *p);
        p->mid = ++g->last_mid;
        p->role = 2;
        p->name_len = 1;
        p->name[0] = 'n';
        p->since = g->epoch;
        memcpy(p->sig_pub, sig_pub, POINT_LEN);
        p->key = sig_from_public(sig_pub);
        g->people[g->count++] = p;
    }
}

/* A thousand with the organizer; the next one is refused, and comes in when somebody has left. */
static void everybody_there(void **state)
{
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    fill(w.o->group, MAX_MEMBERS - 1, group_find(w.o->group, a->mid)->sig_pub);
    struct world_peer *b = world_join(&w);
    assert_false(b->ended);
    assert_int_equal(group_count(w.o->group), MAX_MEMBERS);
    assert_int_equal(b->members, MAX_MEMBERS);
    assert_int_equal(group_count(b->j->group), MAX_MEMBERS);
    struct world_peer *late = world_join(&w);
    assert_true(late->ended);
    assert_int_equal(late->code, E_BUSY);
    assert_false(a->ended || b->ended || w.ended);
    joiner_leave(a->j, w.now);
    world_run(&w);
    world_pass(&w, 600);
    assert_int_equal(group_count(w.o->group), MAX_MEMBERS - 1);
    world_part(&w, late);
    late = world_join(&w);
    assert_false(late->ended);
    assert_int_equal(late->members, MAX_MEMBERS);
    assert_true(organizer_share(w.o, w.now));
    world_screen_unit(&w, true, "for a thousand", 14);
    assert_true(b->screens == 1 && late->screens == 1);
    world_finish(&w);
}

/* Is let in by the organizer and takes nothing from then on: a member that computes nothing, and
   needs no memory. All that the organizer does for it is done. */
static void join_for_the_organizer(void)
{
    struct world_peer *p = world_join_with(&w, WORLD_PASSWORD, w.fp);
    assert_true(p->welcomed && !p->ended);
    joiner_destroy(p->j);
    p->j = NULL;
    p->deaf = true;
}

/* The same with nobody made up at the organizer: a thousand handshakes, channels, seats, places in
   records. Only the last one looks at all of it. */
static void a_thousand_come_in(void **state)
{
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    for (unsigned i = 1; i < MAX_MEMBERS - 1; i++) {
        join_for_the_organizer();
        if (i % 100 == 0)
            world_pass(&w, JOIN_GATHER_MS + 100);
    }
    struct world_peer *last = world_join(&w);
    assert_int_equal(group_count(w.o->group), MAX_MEMBERS);
    assert_true(!last->ended && !w.ended);
    assert_int_equal(last->members, MAX_MEMBERS);
    struct world_peer *late = world_join(&w);
    assert_true(late->ended);
    assert_int_equal(late->code, E_BUSY);
    assert_true(organizer_share(w.o, w.now));
    world_screen_unit(&w, true, "for a thousand", 14);
    assert_int_equal(last->screens, 1);
    organizer_remove(w.o, 2, REMOVE_WANTED, w.now);
    world_pass(&w, JOIN_GATHER_MS + 100);
    assert_int_equal(last->members, MAX_MEMBERS - 1);
    organizer_end(w.o, END_REASON_NONE, w.now);
    world_pass(&w, END_WAIT_MS + 100);
    assert_true(last->ended && !last->cut && last->code == E_NONE);
    assert_true(w.ended);
    world_finish(&w);
}

/* A mid is given once: after the last one nobody comes in any more, and those who are in stay. */
static void mids_ever(void **state)
{
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    w.o->group->last_mid = UINT16_MAX - 2;
    struct world_peer *a = world_join(&w), *b = world_join(&w);
    assert_true(a->mid == UINT16_MAX - 1 && b->mid == UINT16_MAX);
    assert_int_equal(w.members, 3);
    struct world_peer *c = world_join(&w);
    assert_true(c->ended);
    assert_int_equal(c->code, E_LIMIT);
    joiner_leave(a->j, w.now); /* does not make room */
    world_run(&w);
    world_part(&w, c);
    c = world_join(&w);
    assert_true(c->ended && !b->ended && !w.ended);
    assert_int_equal(w.members, 2);
    world_finish(&w);
}

/* Two that knock at once for the last mid: one gets it. */
static void last_mid_for_two(void **state)
{
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    w.o->group->last_mid = UINT16_MAX - 1;
    (void)world_join_with(&w, WORLD_PASSWORD, w.fp);
    (void)world_join_with(&w, WORLD_PASSWORD, w.fp);
    world_pass(&w, 60000);
    assert_int_equal(w.members, 2);
    assert_true(w.peers[0].ended != w.peers[1].ended || w.peers[0].mid != w.peers[1].mid);
    assert_false(w.ended);
    world_finish(&w);
}

/* --- records of a channel --- */

static unsigned updates;

static void see(int sending, int version, int type, const void *bytes, size_t len, SSL *ssl,
                void *ctx)
{
    (void)version, (void)ssl, (void)ctx;
    if (sending && type == SSL3_RT_HANDSHAKE && len &&
        *(const uint8_t *)bytes == SSL3_MT_KEY_UPDATE)
        updates++;
}

static void carry(struct tls *from, struct tls *to)
{
    uint8_t bytes[4096];
    for (size_t n; (n = tls_take(from, bytes, sizeof bytes)) > 0;)
        tls_feed(to, span_of(bytes, n));
}

static void expect_text(struct tls *t, const char *text)
{
    uint8_t out[64];
    size_t n = 0;
    assert_int_equal(tls_read(t, out, sizeof out, &n), TLS_DATA);
    assert_int_equal(n, strlen(text));
    assert_memory_equal(out, text, n);
}

/* The key of a channel changes by itself at 2^20 records, in each direction; the other end reads
   on. */
static void records_of_a_channel(void **state)
{
    static const uint8_t psk[PSK_LEN] = {1};
    uint8_t out[64];
    size_t n;
    (void)state;
    struct tls *ends[2] = {tls_create(true, psk, span_of("id", 2)),
                           tls_create(false, psk, span_of("id", 2))};
    for (int i = 0; i < 6; i++) {
        (void)tls_read(ends[i % 2 == 0], out, sizeof out, &n);
        carry(ends[i % 2 == 0], ends[i % 2]);
    }
    assert_true(ends[0]->up && ends[1]->up);
    for (int i = 0; i < 2; i++) {
        struct tls *from = ends[i], *to = ends[!i];
        updates = 0;
        SSL_set_msg_callback(from->ssl, see);
        from->records = (1u << 20) - 1;
        assert_true(tls_write(from, span_of("last", 4)));
        assert_int_equal(updates, 0);
        assert_true(tls_write(from, span_of("first", 5)));
        assert_int_equal(updates, 1);
        assert_true(tls_write(from, span_of("second", 6)));
        assert_int_equal(updates, 1);
        carry(from, to);
        expect_text(to, "last");
        expect_text(to, "first");
        expect_text(to, "second");
    }
    tls_destroy(ends[0]);
    tls_destroy(ends[1]);
}

/* --- the one way a channel is made --- */

static void make_ends(struct tls *ends[2])
{
    static const uint8_t psk[PSK_LEN] = {1};
    ends[0] = tls_create(true, psk, span_of("id", 2));
    ends[1] = tls_create(false, psk, span_of("id", 2));
}

static void drop_ends(struct tls *ends[2])
{
    tls_destroy(ends[0]);
    tls_destroy(ends[1]);
}

/* Whether each end refuses, the joiner beginning; what they say is carried as far as it goes. */
static void shake_hands(struct tls *ends[2], bool refuses[2])
{
    uint8_t out[64];
    size_t n;
    for (int i = 0; i < 6; i++) {
        int at = i % 2 == 0;
        refuses[at] |= tls_read(ends[at], out, sizeof out, &n) == TLS_BAD;
        carry(ends[at], ends[!at]);
    }
}

static void change(struct tls *t, const char *ciphers, const char *groups)
{
    char list[64];
    strcpy(list, groups ? groups : "P-256"); /* the macro wants writable text */
    assert_int_equal(SSL_set_ciphersuites(t->ssl, ciphers ? ciphers : "TLS_AES_256_GCM_SHA384"), 1);
    assert_int_equal(SSL_set1_groups_list(t->ssl, list), 1);
}

/* {cipher suites, groups} of an end that is not ours. */
static const char *const other_ways[][2] = {
    {"TLS_AES_128_GCM_SHA256", NULL},
    {"TLS_CHACHA20_POLY1305_SHA256", NULL},
    {NULL, "P-384"},
    {NULL, "X25519"},
};

/* Whoever offers, or agrees to, another cipher suite or group only. */
static void another_way_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * sizeof other_ways / sizeof *other_ways; i++) {
        bool refuses[2] = {false, false};
        struct tls *ends[2];
        make_ends(ends);
        change(ends[i % 2], other_ways[i / 2][0], other_ways[i / 2][1]);
        shake_hands(ends, refuses);
        assert_true(refuses[0]);
        assert_false(ends[0]->up || ends[1]->up);
        drop_ends(ends);
    }
}

/* Our own settings are not all that stands between: a handshake that both ends complete in another
   way is not taken for a channel by either. Fails without as_agreed. */
static void another_way_is_no_channel(void **state)
{
    (void)state;
    for (int same = 0; same < 2; same++) {
        bool refuses[2] = {false, false};
        struct tls *ends[2];
        make_ends(ends);
        for (int i = 0; i < 2; i++)
            change(ends[i], NULL, same ? "P-256" : "P-384");
        shake_hands(ends, refuses);
        assert_int_equal(refuses[0] && refuses[1], !same);
        assert_int_equal(ends[0]->up && ends[1]->up, same);
        drop_ends(ends);
    }
}

/* With the waiting room off somebody comes, goes and comes again, every 100 ms for 20 s: whoever
   watches gets every update all the while, and few epochs; who means to stay is in before long.
   Seen to fail: sharing_newcomers waiting for a KEY unit; epoch_join_due with JOIN_GATHER_MS
   always; epoch_make without may_join. */
static void come_and_go(void (*go)(struct world_peer *guest), uint32_t epochs_of_each)
{
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *viewer = world_join(&w);
    assert_true(organizer_share(w.o, w.now));
    world_screen_unit(&w, true, "whole", 5);
    uint32_t before = group_now_epoch(w.o->group), asked = w.need_keys;
    uint64_t begun = w.now;
    unsigned sent = viewer->screens;
    while (w.now < begun + 20000) {
        struct world_peer *guest = world_join_with(&w, WORLD_PASSWORD, NULL);
        do {
            world_screen_unit(&w, false, "part", 4);
            world_pass(&w, 100);
            sent++;
        } while (!guest->bound);
        go(guest);
        world_part(&w, guest);
    }
    assert_int_equal(viewer->screens, sent);
    assert_in_range(group_now_epoch(w.o->group) - before, epochs_of_each * SHORT_STAYS,
                    2 * (SHORT_STAYS + 2 + 20000 / JOIN_STORM_MS));
    assert_true(w.need_keys - asked <= SHORT_STAYS + 2 + 20000 / JOIN_STORM_MS);
    struct world_peer *stays = world_join_with(&w, WORLD_PASSWORD, NULL);
    world_pass(&w, JOIN_STORM_MS);
    assert_true(stays->bound);
    world_finish(&w);
}

static void leave(struct world_peer *p)
{
    joiner_leave(p->j, w.now);
    world_run(&w);
}

static void hang_up(struct world_peer *p)
{
    world_cut_member(&w, p);
}

static void comes_and_goes(void **state)
{
    (void)state;
    come_and_go(leave, 2);
}

/* Seen to fail: with the stay counted when the seat is given up, a minute after the line. */
static void comes_and_hangs_up(void **state)
{
    (void)state;
    come_and_go(hang_up, 1); /* the other one is due in a minute */
}

/* Who comes in at the same time as many others. */
static void many_come(uint16_t mids[], int n)
{
    world_init(&w, WORLD_PASSWORD, false);
    (void)world_join(&w);
    for (int i = 0; i < n; i++)
        (void)world_join_with(&w, WORLD_PASSWORD, NULL);
    world_pass(&w, JOIN_GATHER_MS + 100);
    assert_int_equal(w.members, n + 2);
    for (int i = 0; i < n; i++)
        mids[i] = (uint16_t)(3 + i);
}

/* Whom the owner throws out did not come and go: the next one is in as soon as ever. */
static void thrown_out_is_no_storm(void **state)
{
    uint16_t mids[2 * SHORT_STAYS];
    (void)state;
    many_come(mids, 2 * SHORT_STAYS);
    for (int i = 0; i < 2 * SHORT_STAYS; i++)
        organizer_remove(w.o, mids[i], REMOVE_WANTED, w.now);
    world_run(&w);
    assert_int_equal(w.members, 2);
    struct world_peer *next = world_join_with(&w, WORLD_PASSWORD, NULL);
    world_pass(&w, JOIN_GATHER_MS);
    assert_true(next->bound);
    world_finish(&w);
}

/* Nor is it one for whom a line of the organizer's own is lost, and all theirs with it. */
static void own_line_is_no_storm(void **state)
{
    uint16_t mids[2 * SHORT_STAYS];
    (void)state;
    many_come(mids, 2 * SHORT_STAYS);
    organizer_cut(w.o, w.now);
    world_lose(&w);
    organizer_back(w.o, w.now);
    assert_int_equal(w.o->short_stays.used, 0);
    world_finish(&w);
}

/* A storm is over when one more may come and go, and that is when the loop wakes up. */
static void wakes_when_the_storm_is_over(void **state)
{
    uint16_t mids[2 * SHORT_STAYS];
    (void)state;
    many_come(mids, 2 * SHORT_STAYS);
    uint64_t calm = w.now + JOIN_STORM_MS;
    for (int i = 1; i <= 2 * SHORT_STAYS; i++)
        leave(&w.peers[i]);
    struct world_peer *first = world_join_with(&w, WORLD_PASSWORD, NULL);
    while (!first->bound)
        world_pass(&w, 100);
    assert_true(w.now < calm);
    (void)world_join_with(&w, WORLD_PASSWORD, NULL);
    uint64_t gathered = w.o->join_epoch_ms + JOIN_GATHER_MS;
    assert_int_equal(epoch_join_due(w.o), calm > gathered ? calm : gathered);
    world_finish(&w);
}

/* Two who leave in turn do not bring one another in. */
static void an_epoch_brings_nobody_in_early(void **state)
{
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    struct world_peer *b = world_join_with(&w, WORLD_PASSWORD, NULL);
    assert_true(b->bound); /* the first of a while */
    struct world_peer *c = world_join_with(&w, WORLD_PASSWORD, NULL);
    joiner_leave(a->j, w.now);
    world_run(&w);
    assert_int_equal(w.gone[MEMBER_LEFT], 1);
    assert_false(c->bound);
    world_pass(&w, JOIN_GATHER_MS);
    assert_true(c->bound);
    world_finish(&w);
}

/* --- many leave --- */

enum { CROWD = 100 };
static uint32_t epochs;

static void crowd_begins(void)
{
    uint16_t mids[CROWD];
    many_come(mids, CROWD);
    assert_true(organizer_share(w.o, w.now));
    world_run(&w);
    world_pass(&w, LEAVE_GATHER_MS);
    epochs = group_now_epoch(w.o->group);
}

/* A hundred leave, 25 a second: everybody who stays is told of that by a few epochs, no later than
   the gathering time after it. Seen to fail with epoch_out that never waits: 100 epochs, not 9. */
static void a_hundred_leave(void **state)
{
    (void)state;
    crowd_begins();
    for (int i = 1; i <= CROWD; i++) {
        leave(&w.peers[i]);
        assert_int_equal(w.gone[MEMBER_LEFT] != 0, 1); /* the first of a while at once */
        world_pass(&w, 40);
    }
    world_pass(&w, LEAVE_GATHER_MS);
    unsigned made = group_now_epoch(w.o->group) - epochs;
    printf("    %d left in 4 s: %u epochs\n", CROWD, made);
    assert_int_equal(w.gone[MEMBER_LEFT], CROWD);
    assert_int_equal(w.peers[0].gone[MEMBER_LEFT], CROWD);
    assert_in_range(made, 2, 2 + 40 * CROWD / LEAVE_GATHER_MS);
    assert_int_equal(w.members, 2);
    world_screen_unit(&w, true, "for one", 7);
    assert_int_equal(w.peers[0].screens, 1);
    world_finish(&w);
}

/* Somebody is removed, or presents and leaves, while others wait: that is at once, and they go with
   it. Seen to fail: epoch_out in which everybody waits: the epoch is not there. */
static void nobody_else_waits(void **state)
{
    (void)state;
    for (int how = 0; how < 3; how++) {
        crowd_begins();
        struct world_peer *p = &w.peers[CROWD];
        if (how == 2) {
            organizer_unshare(w.o, false, w.now);
            organizer_offer(w.o, p->mid, w.now);
            world_run(&w);
            joiner_answer(p->j, true, w.now);
            world_run(&w);
            epochs = group_now_epoch(w.o->group);
        }
        for (int i = 1; i <= 3; i++)
            leave(&w.peers[i]);
        assert_int_equal(w.gone[MEMBER_LEFT], 1);
        assert_int_equal(group_now_epoch(w.o->group), epochs + 1);
        if (how == 0)
            organizer_remove(w.o, p->mid, REMOVE_WANTED, w.now);
        else if (how == 1) /* who has just left is removed: that is a wish for now, too */
            organizer_remove(w.o, w.peers[3].mid, REMOVE_WANTED, w.now);
        else
            leave(p);
        world_run(&w);
        assert_int_equal(group_now_epoch(w.o->group), epochs + 2);
        assert_int_equal(w.gone[MEMBER_LEFT], how == 2 ? 4 : 3);
        assert_int_equal(w.gone[MEMBER_REMOVED], how == 0);
        assert_int_equal(w.presenter, how == 2 ? 0 : 1);
        world_finish(&w);
    }
}

/* Who waits to be gone has no place here any more: it cannot come back, present or be verified, and
   nobody's commands about it break anything; what is sealed after the epoch it cannot open. Seen to
   fail: seat_find that finds it: its RESUME is taken. */
static void who_has_left_has_no_place(void **state)
{
    uint8_t before[SECRET_LEN];
    (void)state;
    crowd_begins();
    struct world_peer *p = &w.peers[2];
    leave(&w.peers[1]);
    group_secret(p->j->group, before);
    uint8_t sess_id[SESS_ID_LEN];
    memcpy(sess_id, p->j->sess_id, sizeof sess_id);
    leave(p);
    assert_int_equal(w.gone[MEMBER_LEFT], 1);
    uint8_t resume[OUTER_RESUME_LEN];
    const struct outer_resume r = {.handle = 77, .mid = p->mid};
    outer_resume_build(&r, resume);
    unsigned dropped = w.others_dropped;
    organizer_message(w.o, 77, span_of(resume, sizeof resume), w.now);
    assert_int_equal(w.others_dropped, dropped + 1);
    organizer_offer(w.o, p->mid, w.now);
    assert_true(w.answers == 1 && !w.answered_yes);
    organizer_verified(w.o, p->mid, true, w.now);
    world_pass(&w, LEAVE_GATHER_MS);
    assert_int_equal(w.gone[MEMBER_LEFT], 2);
    w.keep_units = true;
    world_screen_unit(&w, true, "without them", 12);
    assert_false(secret_opens(before, sess_id, w.units));
    group_secret(w.peers[0].j->group, before);
    assert_true(secret_opens(before, sess_id, w.units)); /* control */
    assert_false(w.ended);
    world_finish(&w);
}

/* All whose time to come back is over at once: one epoch. Seen to fail with one for each: 100. */
static void a_hundred_are_lost(void **state)
{
    (void)state;
    crowd_begins();
    for (int i = 1; i <= CROWD; i++)
        world_cut_member(&w, &w.peers[i]);
    world_pass(&w, RESUME_MEMBER_MS + 100);
    assert_int_equal(w.gone[MEMBER_LOST], CROWD);
    assert_int_equal(group_now_epoch(w.o->group), epochs + 1);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_there),
        cmocka_unit_test(a_thousand_come_in),
        cmocka_unit_test(comes_and_goes),
        cmocka_unit_test(comes_and_hangs_up),
        cmocka_unit_test(thrown_out_is_no_storm),
        cmocka_unit_test(own_line_is_no_storm),
        cmocka_unit_test(wakes_when_the_storm_is_over),
        cmocka_unit_test(an_epoch_brings_nobody_in_early),
        cmocka_unit_test(a_hundred_leave),
        cmocka_unit_test(nobody_else_waits),
        cmocka_unit_test(who_has_left_has_no_place),
        cmocka_unit_test(a_hundred_are_lost),
        cmocka_unit_test(mids_ever),
        cmocka_unit_test(last_mid_for_two),
        cmocka_unit_test(records_of_a_channel),
        cmocka_unit_test(another_way_is_refused),
        cmocka_unit_test(another_way_is_no_channel),
    };
    return cmocka_run_group_tests_name("limits", tests, world_group_setup, world_group_teardown);
}
