/*
 * Real vitrine-seal processes: what a session does under its filter, and what it does about
 * messages that are wrong.
 */
#include "lib/loop.h"
#include "tests/unit/sanitized.h"
#include "tests/unit/seal/party.h"
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
/* cmocka wants the above first */
#include <cmocka.h>

static void whole_session(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j);
    struct party *both[] = {o, j};
    (void)state;
    party_host(o);
    uint64_t began = loop_now_ms();
    party_join(j, o, "amber canoe fifty lemon");
    assert_true(party_wait(o, j, &j->me));
    printf("# join, start of the process and stretch included: %d ms\n",
           (int)(loop_now_ms() - began));
    party_share(o);
    uint8_t *content = malloc(MAX_UNIT);
    for (size_t i = 0; i < MAX_UNIT; i++)
        content[i] = (uint8_t)(i * 7 + i / 255);
    const unsigned count = 400;
    began = loop_now_ms();
    for (unsigned i = 0; i < count; i++) {
        const struct msg_share_screen m = {.key = i == 0, .content = {content, MAX_UNIT}};
        assert_int_equal(msg_share_screen_send(&o->data, &m), 0);
        party_run(both, 2, NULL, 0);
    }
    while (j->screens < count && loop_now_ms() < began + 4 * PARTY_PATIENCE_MS)
        party_run(both, 2, NULL, 1);
    uint64_t took = loop_now_ms() - began;
    assert_int_equal(j->screens, count);
    assert_int_equal(j->screen_len, MAX_UNIT);
    assert_memory_equal(j->screen, content, MAX_UNIT);
    printf("# %u units of 128 KiB sealed, passed on and opened in %d ms\n", count, (int)took);
    assert_int_equal(msg_seal_unshare_send(&o->control, &(struct msg_seal_unshare){.pause = 0}), 0);
    assert_true(party_wait(o, j, &o->unshared));
    assert_int_equal(msg_seal_end_send(&o->control, &(struct msg_seal_end){.reason = 1}), 0);
    assert_true(party_wait(o, j, &o->ended));
    assert_true(party_wait(o, j, &j->ended));
    assert_int_equal(j->end.how, 0);
    assert_int_equal(j->picture, 3); /* stopped */
    assert_true(o->net_end && o->end.how == 0);
    free(content);
    party_stop(o), party_stop(j);
    free(o), free(j);
}

static void wrong_password(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j);
    (void)state;
    party_host(o);
    party_join(j, o, "amber canoe fifty melon");
    assert_true(party_wait(o, j, &j->ended));
    assert_int_equal(j->end.code, 5);
    struct party *both[] = {o, j};
    PARTY_RUN_WHILE(both, 2, o->wrong == 0);
    party_run(both, 2, NULL, 100);
    assert_int_equal(o->wrong, 1);
    party_stop(o), party_stop(j);
    free(o), free(j);
}

/* Writes one raw message on a channel and waits for the process to say what is wrong. */
static void goes_with(struct party *p, struct chan *c, uint16_t type, unsigned code)
{
    const uint8_t bytes[] = {(uint8_t)(type >> 8), (uint8_t)type, 9, 9, 9};
    assert_int_equal(chan_send_raw(c, bytes, sizeof bytes, NULL, 0), 0);
    assert_true(party_wait(p, NULL, &p->failed));
    assert_int_equal(p->fail_code, code);
    int status;
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    chan_finish(&p->control);
    chan_finish(&p->link);
    chan_finish(&p->data);
}

static void bad_messages(void **state)
{
    struct party *o = malloc(sizeof *o);
    (void)state;
    party_host(o);
    goes_with(o, &o->control, 40, 2); /* FAIL_MESSAGE */
    party_host(o);
    goes_with(o, &o->control, 999, 2);
    party_host(o);
    goes_with(o, &o->link, 56, 3); /* FAIL_PEER_MESSAGE */
    party_host(o);
    party_share(o);
    /* a bad capture costs its share, not the session */
    const uint8_t bytes[] = {999 >> 8, 999 & 0xff, 9};
    assert_int_equal(chan_send_raw(&o->data, bytes, sizeof bytes, NULL, 0), 0);
    assert_true(party_wait(o, NULL, &o->share_bad));
    assert_false(o->failed);
    party_stop(o);
    free(o);
}

/* Peers may send what they like: the session goes on. */
static void bad_peers(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j);
    (void)state;
    party_host(o);
    for (uint32_t i = 1; i <= 300; i++) {
        uint8_t junk[200];
        for (size_t k = 0; k < sizeof junk; k++)
            junk[k] = (uint8_t)(i * 31 + k * 17);
        junk[0] = 1, junk[1] = (uint8_t)(i % 8), junk[2] = 0, junk[3] = 1;
        const struct msg_link_msg m = {.peer = i, .body = {junk, 1 + i % sizeof junk}};
        assert_int_equal(msg_link_msg_send(&o->link, &m), 0);
        const struct msg_link_unit u = {.unit = {junk, 1 + i % sizeof junk}};
        assert_int_equal(msg_link_unit_send(&o->link, &u), 0);
    }
    party_join(j, o, "amber canoe fifty lemon");
    o->other = j;
    assert_true(party_wait(o, j, &j->me));
    assert_false(o->failed);
    party_stop(o), party_stop(j);
    free(o), free(j);
}

/* Many ask and the line is slow: they wait, and the session goes on. */
static void answers_that_wait_hold_back(void **state)
{
    struct party *o = malloc(sizeof *o);
    const uint8_t nonsense[] = {1, 0x55, 0, 1};
    struct msg_link_msg m = {.peer = 1, .body = {nonsense, sizeof nonsense}};
    struct pollfd f;
    (void)state;
    party_host(o);
    f = (struct pollfd){.fd = o->link.fd, .events = POLLOUT};
    for (; poll(&f, 1, 300) > 0; m.peer++) { /* until it hears no more */
        assert_int_equal(msg_link_msg_send(&o->link, &m), 0);
        assert_true(m.peer < 1000000);
    }
    while (poll(&f, 1, 1) == 0) /* it is heard: it hears again */
        assert_int_equal(chan_receive(&o->link, 16), CHAN_OK);
    assert_false(party_run(&o, 1, &o->ended, 100));
    assert_false(o->failed);
    party_stop(o);
    free(o);
}

static void reopen(struct party *p, uint32_t handle, struct span m0)
{
    chan_finish(&p->link);
    party_give_link(p);
    const struct msg_link_opened opened = {
        .sid = span_text("123456789"), .handle = handle, .params = m0};
    assert_int_equal(msg_link_opened_send(&p->link, &opened), 0);
}

/* Two lines are lost at once and replaced; the picture goes on. */
static void lines_are_replaced(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j);
    (void)state;
    party_host(o);
    party_join(j, o, "amber canoe fifty lemon");
    assert_true(party_wait(o, j, &j->me));
    for (int round = 0; round < 3; round++) {
        struct party *both[] = {o, j};
        o->back = j->back = false;
        chan_finish(&o->link);
        chan_finish(&j->link);
        if (round > 0) /* else the new line may come before the old one's end was seen */
            party_run(both, 2, NULL, 100);
        assert_false(o->ended || j->ended);
        reopen(o, 7, span_text(""));
        assert_true(party_wait(o, NULL, &o->back));
        j->handle += 16;
        reopen(j, j->handle, (struct span){o->m0, o->m0_len});
        assert_true(party_wait(o, j, &j->back));
    }
    party_stop(o), party_stop(j);
    free(o), free(j);
}

/* Who waits for an answer cannot come back. */
static void net_goes_before_the_end_of_joining(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j);
    (void)state;
    party_host(o);
    party_join(j, o, "amber canoe fifty lemon");
    chan_finish(&j->link);
    assert_true(party_wait(j, NULL, &j->ended));
    assert_int_equal(j->end.how, 1);
    assert_int_equal(j->end.code, 19);
    party_stop(o), party_stop(j);
    free(o), free(j);
}

int main(void)
{
    if (sanitized_skips())
        return 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_session),
        cmocka_unit_test(wrong_password),
        cmocka_unit_test(bad_messages),
        cmocka_unit_test(bad_peers),
        cmocka_unit_test(lines_are_replaced),
        cmocka_unit_test(net_goes_before_the_end_of_joining),
        cmocka_unit_test(answers_that_wait_hold_back),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
