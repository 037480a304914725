/* net/dial/connect: several addresses, one of which answers. */
#include "net/dial/connect.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

#define MAX_FILL 16

/* A port of 127.0.0.1 that accepts, refuses, or never answers. */
struct place {
    struct sockaddr_in in;
    int listener, fill[MAX_FILL];
    int n_fill;
    struct addrinfo info;
};

static void place_listen(struct place *p, int backlog)
{
    socklen_t len = sizeof p->in;
    *p = (struct place){.in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
    p->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(p->listener, (struct sockaddr *)&p->in, sizeof p->in), 0);
    if (backlog >= 0)
        assert_int_equal(listen(p->listener, backlog), 0);
    assert_int_equal(getsockname(p->listener, (struct sockaddr *)&p->in, &len), 0);
    p->info = (struct addrinfo){.ai_family = AF_INET,
                                .ai_socktype = SOCK_STREAM,
                                .ai_addr = (struct sockaddr *)&p->in,
                                .ai_addrlen = sizeof p->in};
}

/* With its queue full, the kernel lets further calls go unanswered. */
static void place_fill(struct place *p)
{
    place_listen(p, 0);
    for (int i = 0; i < MAX_FILL; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(fd, (struct sockaddr *)&p->in, sizeof p->in);
        p->fill[p->n_fill++] = fd;
    }
    usleep(20000);
}

static void place_finish(struct place *p)
{
    close(p->listener);
    while (p->n_fill > 0)
        close(p->fill[--p->n_fill]);
}

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void expect_reached(int fd, const struct place *p)
{
    struct sockaddr_in in;
    socklen_t len = sizeof in;
    assert_true(fd >= 0);
    assert_int_equal(getpeername(fd, (struct sockaddr *)&in, &len), 0);
    assert_int_equal(in.sin_port, p->in.sin_port);
    close(fd);
}

static void the_first_is_taken(void **state)
{
    struct place a, b;
    (void)state;
    place_listen(&a, 8);
    place_listen(&b, 8);
    a.info.ai_next = &b.info;
    expect_reached(connect_any(&a.info, 1000), &a);
    place_finish(&a);
    place_finish(&b);
}

static void a_refusal_leads_to_the_next_at_once(void **state)
{
    struct place refuses, answers;
    uint64_t begun = now_ms();
    (void)state;
    place_listen(&refuses, -1);
    place_listen(&answers, 8);
    refuses.info.ai_next = &answers.info;
    expect_reached(connect_any(&refuses.info, 1000), &answers);
    assert_true(now_ms() - begun < CONNECT_STAGGER_MS);
    place_finish(&refuses);
    place_finish(&answers);
}

static void silence_leads_to_the_next_soon(void **state)
{
    struct place silent, answers;
    uint64_t begun;
    (void)state;
    place_fill(&silent);
    place_listen(&answers, 8);
    silent.info.ai_next = &answers.info;
    begun = now_ms();
    expect_reached(connect_any(&silent.info, 5000), &answers);
    assert_true(now_ms() - begun >= CONNECT_STAGGER_MS - 10);
    assert_true(now_ms() - begun < 2000);
    place_finish(&silent);
    place_finish(&answers);
}

static void there_is_one_deadline(void **state)
{
    struct place silent;
    uint64_t begun;
    (void)state;
    place_fill(&silent);
    begun = now_ms();
    assert_int_equal(connect_any(&silent.info, 400), -1);
    assert_int_equal(errno, ETIMEDOUT);
    assert_true(now_ms() - begun >= 390 && now_ms() - begun < 2000);
    place_finish(&silent);
}

static void refused_everywhere_says_so(void **state)
{
    struct place a, b;
    (void)state;
    place_listen(&a, -1);
    place_listen(&b, -1);
    a.info.ai_next = &b.info;
    assert_int_equal(connect_any(&a.info, 1000), -1);
    assert_int_equal(errno, ECONNREFUSED);
    assert_int_equal(connect_any(NULL, 1000), -1);
    place_finish(&a);
    place_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_taken),
        cmocka_unit_test(a_refusal_leads_to_the_next_at_once),
        cmocka_unit_test(silence_leads_to_the_next_soon),
        cmocka_unit_test(there_is_one_deadline),
        cmocka_unit_test(refused_everywhere_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
