/* vitrine-net, vitrine-dial and vitrine-relay together, as processes under their filters. */
#include "net/wire/wire.h"
#include "tests/unit/net/chain.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

/* The sanitizers' run-time makes calls that no policy has. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

struct trio {
    struct chain_relay relay;
    struct chain_party o, a, b;
    struct chain_party *all[3];
};

static struct trio trio;

static bool says_opened(struct chain_party *p)
{
    return chain_until(&p, 1, &p->opened);
}

static int gather(void **state)
{
    struct trio *t = &trio;
    struct chain_want want = {.pin = t->relay.pin};
    *t = (struct trio){.all = {&t->o, &t->a, &t->b}};
    chain_relay_start(&t->relay, -1, -1);
    chain_join(&t->o, &t->relay, &want);
    assert_true(says_opened(t->all[0]));
    chain_run(t->all, 1, 20);
    assert_int_equal(
        msg_link_params_send(&t->o.link,
                             &(struct msg_link_params){.params = {(const uint8_t *)"M0", 2}}),
        0);
    chain_run(t->all, 1, 20);
    want.sid = t->o.sid;
    chain_join(&t->a, &t->relay, &want);
    assert_true(says_opened(t->all[1]));
    chain_join(&t->b, &t->relay, &want);
    assert_true(says_opened(t->all[2]));
    chain_run(t->all, 3, 20);
    *state = t;
    return 0;
}

static int disperse(void **state)
{
    struct trio *t = *state;
    for (int i = 0; i < 3; i++)
        chain_leave(t->all[i]);
    chain_relay_stop(&t->relay);
    return 0;
}

static struct span text(const char *s)
{
    return (struct span){(const uint8_t *)s, strlen(s)};
}

static void send_msg(struct chain_party *p, uint32_t peer, const char *s)
{
    struct msg_link_msg m = {.peer = peer, .body = text(s)};
    assert_int_equal(msg_link_msg_send(&p->link, &m), 0);
}

static void bind_to(struct trio *t, struct chain_party *p, uint16_t mid)
{
    struct msg_link_bind m = {.handle = p->handle, .mid = mid};
    assert_int_equal(msg_link_bind_send(&t->o.link, &m), 0);
    (void)chain_until_count(t->all, 3, &p->bound, 1);
    assert_int_equal(p->bound, mid);
}

static size_t make_unit(uint8_t *out, uint16_t mid, uint8_t stream, bool key, size_t len)
{
    const uint8_t head[] = {0x40, key, 0xb0, 1, (uint8_t)(mid >> 8), (uint8_t)mid, stream};
    memcpy(out, head, sizeof head);
    for (size_t i = 0; i < len; i++)
        out[sizeof head + i] = (uint8_t)(i * 31 + len);
    return sizeof head + len;
}

static void present(struct trio *t, uint16_t mid)
{
    assert_int_equal(msg_link_present_send(&t->o.link, &(struct msg_link_present){.mid = mid}), 0);
    chain_run(t->all, 3, 20);
}

/* --- the whole way -------------------------------------------------------------------------------
 */

static void everything_arrives(void **state)
{
    static uint8_t unit[FRAME_UNIT_MAX];
    struct trio *t = *state;
    size_t len;
    assert_int_equal(t->a.n_params, 2);
    assert_memory_equal(t->a.params, "M0", 2);
    assert_string_equal(t->a.sid, t->o.sid);
    send_msg(&t->a, 1, "knock");
    assert_true(chain_until_count(t->all, 3, &t->o.n_msgs, 1));
    assert_int_equal(t->o.peer, t->a.handle);
    assert_memory_equal(t->o.last, "knock", 5);
    send_msg(&t->o, t->a.handle, "who is there");
    assert_true(chain_until_count(t->all, 3, &t->a.n_msgs, 1));
    assert_int_equal(t->a.peer, 1);
    bind_to(t, &t->a, 2);
    bind_to(t, &t->b, 3);
    present(t, 1);
    for (size_t size = 1; size <= 135260; size = size * 3 + 1000) {
        int before = t->a.n_units;
        len = make_unit(unit, 1, UNIT_SCREEN, before == 0, size);
        assert_int_equal(
            msg_link_unit_send(&t->o.link, &(struct msg_link_unit){.unit = {unit, len}}), 0);
        assert_true(chain_until_count(t->all, 3, &t->a.n_units, before + 1));
        assert_true(chain_until_count(t->all, 3, &t->b.n_units, before + 1));
        assert_int_equal(t->a.n_last, len);
        assert_memory_equal(t->a.last, unit, len);
        assert_memory_equal(t->b.last, unit, len);
    }
}

static void need_reaches_the_presenter(void **state)
{
    struct trio *t = *state;
    bind_to(t, &t->a, 2);
    present(t, 2);
    assert_int_equal(msg_link_need_send(&t->o.link), 0);
    assert_true(chain_until_count(t->all, 3, &t->a.n_needs, 1));
}

static void end_reaches_all(void **state)
{
    struct trio *t = *state;
    bind_to(t, &t->a, 2);
    send_msg(&t->o, t->a.handle, "signed END");
    assert_int_equal(msg_link_end_send(&t->o.link), 0);
    for (int i = 0; i < 3; i++) {
        assert_true(chain_until(t->all, 3, &t->all[i]->closed));
        assert_int_equal(t->all[i]->end.what, NET_END_CLEAN);
        assert_int_equal(t->all[i]->end.code, FRAME_ERR_ENDED);
    }
    assert_memory_equal(t->a.last, "signed END", 10);
}

static void a_leaving_seal_is_heard_out(void **state)
{
    struct trio *t = *state;
    send_msg(&t->a, 1, "LEAVE");
    chan_finish(&t->a.link);
    assert_true(chain_until_count(t->all, 3, &t->o.n_msgs, 1));
    assert_memory_equal(t->o.last, "LEAVE", 5);
    assert_true(chain_until(t->all, 3, &t->a.closed));
    assert_int_equal(t->a.end.what, NET_END_OURS);
    chain_run(t->all, 3, 50);
    assert_int_equal(t->o.peer, t->a.handle);
    assert_int_equal(t->o.peer_state, FRAME_PEER_GONE);
}

static void a_killed_organizer_is_away(void **state)
{
    struct trio *t = *state;
    chain_leave(&t->o);
    assert_true(chain_until_count(&t->all[1], 2, &t->a.away, 1));
    assert_true(chain_until_count(&t->all[1], 2, &t->b.away, 1));
}

static void a_killed_relay_is_lost(void **state)
{
    struct trio *t = *state;
    chain_relay_stop(&t->relay);
    for (int i = 0; i < 3; i++) {
        assert_true(chain_until(t->all, 3, &t->all[i]->closed));
        assert_int_equal(t->all[i]->end.what, NET_END_LOST);
    }
}

static void a_drained_relay_says_so(void **state)
{
    struct trio *t = *state;
    assert_int_equal(msg_relay_drain_send(&t->relay.control, &(struct msg_relay_drain){1}), 0);
    t->relay.control.state = RELAY_STATE_DRAINING;
    for (int i = 0; i < 3; i++) {
        assert_true(chain_until(t->all, 3, &t->all[i]->closed));
        assert_int_equal(t->all[i]->end.code, FRAME_ERR_DRAINING);
    }
    for (int i = 0; i < 2000 && !t->relay.drained; i++) {
        usleep(10000);
        if (chan_receive(&t->relay.control, 4) != CHAN_OK)
            break;
    }
    assert_true(t->relay.drained);
}

/* Whoever writes out of its part: seal is broken, and net says so. */
static void a_member_cannot_give_orders(void **state)
{
    struct trio *t = *state;
    assert_int_equal(msg_link_end_send(&t->a.link), 0);
    assert_true(chain_until(t->all, 3, &t->a.link_gone));
    chain_run(t->all, 3, 50);
    assert_int_equal(t->a.failed, FAIL_PEER_MESSAGE);
    assert_false(t->a.closed); /* the relay never heard of it */
    assert_int_equal(t->b.closed, false);
    assert_int_equal(t->o.closed, false);
}

/* --- back-pressure -------------------------------------------------------------------------------
 */

static void push_unit(struct trio *t, bool key, size_t size)
{
    static uint8_t unit[FRAME_UNIT_MAX];
    size_t len = make_unit(unit, 1, UNIT_SCREEN, key, size);
    struct msg_link_unit m = {.unit = {unit, len}};
    assert_int_equal(msg_link_unit_send(&t->o.link, &m), 0);
}

/* Each unit is sent when the one before has arrived at a: however slow this machine is, a is never
   behind, and b's deafness costs a nothing or the test never ends. */
static void a_seal_that_does_not_read_slows_nobody(void **state)
{
    struct trio *t = *state;
    int before;
    bind_to(t, &t->a, 2);
    bind_to(t, &t->b, 3);
    present(t, 1);
    t->b.deaf = true;
    for (int i = 0; i < 400; i++) {
        push_unit(t, i % 50 == 0, 100000);
        assert_true(chain_until_count(t->all, 3, &t->a.n_units, i + 1));
    }
    before = t->b.n_units;
    t->b.deaf = false;
    assert_true(chain_until_count(t->all, 3, &t->b.n_units, before + 1));
    chain_run(t->all, 3, 1500);
    assert_true(t->b.n_units < 400); /* the relay skipped for it */
    assert_false(t->b.closed);
}

/* --- who the relay is ----------------------------------------------------------------------------
 */

static void join_expecting(struct chain_relay *r, const struct chain_want *want, uint8_t what,
                           uint16_t code)
{
    struct chain_party p;
    struct chain_party *all[] = {&p};
    chain_join(&p, r, want);
    assert_true(chain_until(all, 1, &p.closed));
    assert_int_equal(p.end.what, what);
    if (what == NET_END_CLEAN)
        assert_int_equal(p.end.code, code);
    if (what == NET_END_CERTIFICATE)
        assert_memory_equal(p.end.pin, r->pin, 16);
    assert_false(p.opened);
    chain_leave(&p);
}

static void a_wrong_pin_is_refused(void **state)
{
    struct trio *t = *state;
    uint8_t pin[16];
    struct chain_want want = {.pin = pin, .sid = t->o.sid};
    memcpy(pin, t->relay.pin, 16);
    pin[15] ^= 1;
    join_expecting(&t->relay, &want, NET_END_CERTIFICATE, 0);
}

static void without_pin_an_own_certificate_is_refused(void **state)
{
    struct trio *t = *state;
    join_expecting(&t->relay, &(struct chain_want){.sid = t->o.sid}, NET_END_CERTIFICATE, 0);
}

static void an_unknown_number_is_told(void **state)
{
    struct trio *t = *state;
    struct chain_want want = {.pin = t->relay.pin,
                              .sid = strcmp(t->o.sid, "123456789") ? "123456789" : "123456788"};
    join_expecting(&t->relay, &want, NET_END_CLEAN, FRAME_ERR_NONE);
    chain_run(t->all, 3, 50);
    assert_int_equal(chan_receive(&t->relay.control, 8), CHAN_OK);
    assert_int_equal(t->relay.events, 1);
}

/* How many of eight had to wait for a tick. */
static int slow_ones(struct trio *t)
{
    struct chain_want want = {.pin = t->relay.pin, .sid = t->o.sid};
    struct chain_party p, *all[] = {&p};
    int slow = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t begun;
        chain_join(&p, &t->relay, &want);
        begun = loop_now_ms();
        assert_true(chain_until(all, 1, &p.opened));
        slow += loop_now_ms() - begun >= 900;
        chain_leave(&p);
    }
    return slow;
}

/* An answer that comes before the loop watches the socket once waited for the next tick. Of one
   that was slow, the machine may have stood still: not of another among the next. */
static void a_quick_relay_is_not_waited_for(void **state)
{
    struct trio *t = *state;
    int slow = slow_ones(t);
    for (int again = 0; slow == 1 && again < 3; again++)
        slow = slow_ones(t);
    assert_int_equal(slow, 0);
}

/* --- a certificate of an authority ---------------------------------------------------------------
 */

static X509 *make_certificate(EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, const char *san)
{
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);
    X509V3_CTX ctx;
    X509_EXTENSION *e;
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), issuer == NULL ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               (const uint8_t *)(issuer == NULL ? "test authority" : "relay"), -1,
                               -1, 0);
    X509_set_issuer_name(x, issuer == NULL ? name : X509_get_subject_name(issuer));
    X509_set_pubkey(x, key);
    X509V3_set_ctx(&ctx, issuer == NULL ? x : issuer, x, NULL, NULL, 0);
    e = issuer == NULL ? X509V3_EXT_conf_nid(NULL, &ctx, NID_basic_constraints, "critical,CA:TRUE")
                       : X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_alt_name, san);
    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
    assert_true(X509_sign(x, issuer_key, EVP_sha256()) > 0);
    return x;
}

static int pem_file(X509 *x, EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes;
    long len;
    int fd = memfd_create("pem", MFD_CLOEXEC);
    if (x != NULL)
        PEM_write_bio_X509(bio, x);
    if (key != NULL)
        PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    len = BIO_get_mem_data(bio, &bytes);
    assert_int_equal(write(fd, bytes, (size_t)len), len);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    BIO_free(bio);
    return fd;
}

static void a_chain_is_checked_with_its_host(void **state)
{
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    X509 *ca = make_certificate(ca_key, NULL, ca_key, NULL);
    X509 *leaf = make_certificate(key, ca, ca_key, "DNS:relay.example,IP:127.0.0.1");
    struct chain_relay r;
    struct chain_party p, *all[] = {&p};
    static const char *const good[] = {"relay.example", "127.0.0.1"};
    static const char *const bad[] = {"other.example", "127.0.0.2", "example"};
    (void)state;
    chain_relay_start(&r, pem_file(leaf, NULL), pem_file(NULL, key));
    for (int i = 0; i < 2; i++) {
        chain_join(&p, &r, &(struct chain_want){.host = good[i], .anchors = pem_file(ca, NULL)});
        assert_true(chain_until(all, 1, &p.opened));
        chain_leave(&p);
    }
    for (int i = 0; i < 3; i++)
        join_expecting(&r, &(struct chain_want){.host = bad[i], .anchors = pem_file(ca, NULL)},
                       NET_END_CERTIFICATE, 0);
    /* with a pin nothing else counts */
    chain_join(&p, &r, &(struct chain_want){.host = "other.example", .pin = r.pin});
    assert_true(chain_until(all, 1, &p.opened));
    chain_leave(&p);
    chain_relay_stop(&r);
    X509_free(ca);
    X509_free(leaf);
    EVP_PKEY_free(key);
    EVP_PKEY_free(ca_key);
}

/* --- a relay that runs on ------------------------------------------------------------------------
 */

static void keys_are_reloaded(void **state)
{
    struct trio *t = *state;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = make_certificate(key, NULL, key, NULL);
    struct chain_party p, *all[] = {&p};
    uint8_t old[16];
    memcpy(old, t->relay.pin, 16);
    chain_relay_reload(&t->relay, pem_file(x, NULL), pem_file(NULL, key));
    assert_memory_not_equal(t->relay.pin, old, 16);
    assert_true(t->relay.taken);
    chain_join(&p, &t->relay, &(struct chain_want){.pin = t->relay.pin, .sid = t->o.sid});
    assert_true(chain_until(all, 1, &p.opened));
    chain_leave(&p);
    assert_false(t->o.closed);
    memcpy(old, t->relay.pin, 16); /* files that are none change nothing, and that is said */
    chain_relay_reload(&t->relay, pem_file(NULL, key), pem_file(x, NULL));
    assert_memory_equal(t->relay.pin, old, 16);
    assert_false(t->relay.taken);
    X509_free(x);
    EVP_PKEY_free(key);
}

/* --- a relay that is started again
 * -----------------------------------------------------------------
 */

struct keys {
    EVP_PKEY *key;
    X509 *x;
};

static void start_with(struct chain_relay *r, const struct keys *k)
{
    chain_relay_start(r, pem_file(k->x, NULL), pem_file(NULL, k->key));
}

static void kill_relay(struct trio *t, int n)
{
    chain_relay_stop(&t->relay);
    for (int i = 0; i < n; i++) {
        assert_true(chain_until(t->all, n, &t->all[i]->closed));
        assert_true(t->all[i]->end.back);
    }
}

static void meet_again(struct trio *t, const struct chain_want *want)
{
    chain_return(&t->a, &t->relay, want);
    chain_run(t->all, 2, 100);
    assert_false(t->a.opened); /* it is kept until the organizer is there */
    chain_return(&t->o, &t->relay, want);
    assert_true(chain_until(t->all, 2, &t->o.opened));
    chain_run(t->all, 2, 20);
    assert_int_equal(
        msg_link_params_send(&t->o.link,
                             &(struct msg_link_params){.params = {(const uint8_t *)"M0", 2}}),
        0);
    assert_true(chain_until(t->all, 2, &t->a.opened));
    chain_run(t->all, 2, 20);
    assert_int_equal(t->a.n_params, 2);
    assert_int_equal(t->o.peer, t->a.handle);
    send_msg(&t->a, 1, "here I am");
    chain_run(t->all, 2, 50);
    assert_memory_equal(t->o.last, "here I am", 9);
    bind_to(t, &t->a, 2);
}

static void tokens_outlive_the_relay(void **state)
{
    struct trio *t = &trio;
    struct keys k = {.key = EVP_EC_gen("P-256")}, other = {.key = EVP_EC_gen("P-256")};
    (void)state;
    k.x = make_certificate(k.key, NULL, k.key, NULL);
    other.x = make_certificate(other.key, NULL, other.key, NULL);
    *t = (struct trio){.all = {&t->o, &t->a, &t->b}};
    start_with(&t->relay, &k);
    struct chain_want want = {.pin = t->relay.pin};
    chain_join(&t->o, &t->relay, &want);
    assert_true(says_opened(&t->o));
    assert_int_equal(
        msg_link_params_send(&t->o.link,
                             &(struct msg_link_params){.params = {(const uint8_t *)"M0", 2}}),
        0);
    chain_run(t->all, 1, 20);
    char sid[10];
    memcpy(sid, t->o.sid, sizeof sid);
    want.sid = sid;
    chain_join(&t->a, &t->relay, &want);
    assert_true(says_opened(&t->a));
    chain_run(t->all, 2, 20);
    t->all[2] = &t->a; /* nobody else is in this one */
    bind_to(t, &t->a, 2);
    for (int round = 0; round < 3; round++) {
        kill_relay(t, 2);
        start_with(&t->relay, &k);
        meet_again(t, &want);
        assert_string_equal(t->o.sid, sid);
    }
    kill_relay(t, 2);
    uint8_t pin[16];
    memcpy(pin, t->relay.pin, sizeof pin);
    want.pin = pin;
    start_with(&t->relay, &other); /* another relay in its place */
    chain_return(&t->a, &t->relay, &want);
    assert_true(chain_until(t->all, 2, &t->a.closed));
    assert_int_equal(t->a.end.what, NET_END_CERTIFICATE);
    assert_false(t->a.end.back);
    want.pin = NULL;
    chain_leave(&t->a);
    chain_leave(&t->o);
    chain_relay_stop(&t->relay);
    X509_free(k.x);
    X509_free(other.x);
    EVP_PKEY_free(k.key);
    EVP_PKEY_free(other.key);
}

/* relay.md 8: the organizer goes at once, who is bound follows, who is not stays to the end. */
static void a_drained_relay_is_left(void **state)
{
    struct trio *t = *state;
    bind_to(t, &t->a, 2);
    assert_int_equal(msg_relay_drain_send(&t->relay.control, &(struct msg_relay_drain){5}), 0);
    t->relay.control.state = RELAY_STATE_DRAINING;
    for (int i = 0; i < 2; i++) {
        assert_true(chain_until(t->all, 3, &t->all[i]->closed));
        assert_int_equal(t->all[i]->end.code, FRAME_ERR_DRAINING);
        assert_true(t->all[i]->end.back);
    }
    assert_false(t->b.closed); /* for five seconds */
}

static void metrics_are_served(void **state)
{
    struct trio *t = *state;
    char text[16384];
    size_t len = 0;
    ssize_t n;
    int stage, error, fd = chain_dial("127.0.0.1", t->relay.metrics_port, &stage, &error);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
    assert_int_equal(write(fd, "GET /metrics HTTP/1.0\r\n\r\n", 25), 25);
    while ((n = read(fd, text + len, sizeof text - 1 - len)) > 0)
        len += (size_t)n;
    text[len] = 0;
    close(fd);
    assert_int_equal(strncmp(text, "HTTP/1.0 200 OK\r\n", 17), 0);
    assert_non_null(strstr(text, "\nvitrine_relay_sessions 1\n"));
    assert_non_null(strstr(text, "\nvitrine_relay_connections 3\n"));
}

/* --- dialling ------------------------------------------------------------------------------------
 */

static void dialling_fails_in_words(void **state)
{
    struct trio *t = *state;
    int stage = -1, error = -1;
    chain_relay_stop(&t->relay);
    assert_int_equal(chain_dial("127.0.0.1", t->relay.port, &stage, &error), -1);
    assert_int_equal(stage, 1);
    assert_int_equal(error, ECONNREFUSED);
    assert_int_equal(chain_dial("no such name", 1, &stage, &error), -1);
    assert_int_equal(stage, 0);
}

static void a_name_in_the_hosts_file_is_found(void **state)
{
    struct trio *t = *state;
    int stage = -1, error = -1;
    int fd = chain_dial("localhost", t->relay.port, &stage, &error);
    assert_true(fd >= 0);
    close(fd);
}

#define TRIO(name) cmocka_unit_test_setup_teardown(name, gather, disperse)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRIO(everything_arrives),
        TRIO(need_reaches_the_presenter),
        TRIO(end_reaches_all),
        TRIO(a_leaving_seal_is_heard_out),
        TRIO(a_killed_organizer_is_away),
        TRIO(a_killed_relay_is_lost),
        TRIO(a_drained_relay_says_so),
        TRIO(a_member_cannot_give_orders),
        TRIO(a_seal_that_does_not_read_slows_nobody),
        TRIO(a_wrong_pin_is_refused),
        TRIO(without_pin_an_own_certificate_is_refused),
        TRIO(an_unknown_number_is_told),
        TRIO(a_quick_relay_is_not_waited_for),
        cmocka_unit_test(a_chain_is_checked_with_its_host),
        TRIO(keys_are_reloaded),
        cmocka_unit_test(tokens_outlive_the_relay),
        TRIO(a_drained_relay_is_left),
        TRIO(metrics_are_served),
        TRIO(dialling_fails_in_words),
        TRIO(a_name_in_the_hosts_file_is_found),
    };
    if (SANITIZED) {
        puts("# skipped: a sanitized program cannot be a worker");
        return 0;
    }
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
