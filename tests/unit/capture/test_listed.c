/* A place is hidden from now on, and is not in what was read: no damage told of it. */
#include "tests/unit/capture/paper.h"

enum { FILM_Y = 64, FILM_END = 384 };
static const struct source_rect place = {0, 0, 60, 60};

static void paper_ask(void *ctx, uint32_t serial)
{
    (void)ctx;
    paper.question = serial;
}

static void answer(enum read_again again, const struct source_rect *places, size_t n)
{
    uint32_t question = paper.question;
    assert_int_not_equal(question, 0);
    paper.question = 0;
    sender_shade(&sender, question, again, places, n);
}

/* Nothing is hidden, nor lingers. */
static void begin(void)
{
    enum sender_next next = SENDER_AGAIN;
    sender.way.ask = paper_ask;
    for (int i = 0; i < 20 && next != SENDER_IDLE; i++) {
        next = steps(1000);
        if (paper.question == 0)
            continue;
        answer(AGAIN_NOTHING, NULL, 0);
        next = SENDER_AGAIN;
    }
    assert_exact();
}

/* Something large and something small changes, and is asked about. */
static void change(void)
{
    for (uint32_t i = FILM_Y * W; i < FILM_END * W; i++)
        paper.pixels[i] = (i * 2246822519u ^ i >> 3) & 0x7fffff;
    tile_set_add_rect(&paper.news.damaged, W, H, 0, FILM_Y, W, FILM_END - FILM_Y);
    paper_change(W - 1, H - 1, 0x123456);
    (void)sender_step(&sender, 20000);
}

static bool is_blank(const uint32_t *pixels)
{
    for (uint32_t y = 0; y < place.h; y++)
        for (uint32_t x = 0; x < place.w; x++)
            if (pixels[y * W + x] != picture_blank(24))
                return false;
    return pixels[place.w] != picture_blank(24);
}

static void step_until_asked(uint64_t now_ms)
{
    for (int i = 0; i < 40 && paper.question == 0; i++)
        (void)sender_step(&sender, now_ms);
    assert_int_not_equal(paper.question, 0);
}

/* A newcomer's picture is due when the line was too slow for what changed. Fails when it is begun
   as what was cut off has its turn. */
static void test_key_after_cut(void **state)
{
    (void)state;
    begin();
    change();
    answer(AGAIN_NOTHING, &place, 1);
    (void)sender_step(&sender, 20000);
    (void)sender_step(&sender, 20200);
    memset(viewer.pixels, 0, sizeof viewer.pixels);
    uint32_t keys = viewer.keys;
    sender_need_key(&sender);
    step_until_asked(20201);
    assert_int_equal(viewer.keys, keys); /* it is read again before */
    answer(AGAIN_NOTHING, &place, 1);
    steps(20202);
    assert_int_equal(viewer.keys, keys + 1);
    assert_true(is_blank(viewer.pixels));
}

/* From the answer on it is nowhere in what may leave, and those who saw it see it no more. */
static void test_hidden_at_once(void **state)
{
    (void)state;
    begin();
    change();
    answer(AGAIN_NOTHING, &place, 1);
    (void)sender_step(&sender, 20000);
    assert_true(is_blank(sender.picture.tiles.pixels));
    step_until_asked(20001);
    assert_true(is_blank(viewer.pixels));
}

/* Nor after an answer that says that the picture it is about cannot be used. */
static void test_hidden_by_unused_answer(void **state)
{
    (void)state;
    begin();
    change();
    answer(AGAIN_PICTURE, &place, 1);
    assert_true(is_blank(sender.picture.tiles.pixels));
    sender_need_key(&sender);
    uint32_t keys = viewer.keys;
    step_until_asked(20001);
    assert_int_equal(viewer.keys, keys);
    answer(AGAIN_NOTHING, NULL, 0); /* it lingers */
    step_until_asked(20002);
    answer(AGAIN_NOTHING, NULL, 0);
    steps(20003);
    assert_int_equal(viewer.keys, keys + 1);
    assert_true(is_blank(viewer.pixels));
}

/* It is shown again when nothing names it any more. */
static void test_shown_again(void **state)
{
    (void)state;
    begin();
    change();
    answer(AGAIN_NOTHING, &place, 1);
    steps(20001);
    for (int i = 0; i < 20; i++) {
        if (paper.question != 0)
            answer(AGAIN_NOTHING, NULL, 0);
        steps(20002 + (uint64_t)i * LINGER_MS / 10);
    }
    assert_exact();
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_key_after_cut),
        TEST(test_hidden_at_once),
        TEST(test_hidden_by_unused_answer),
        TEST(test_shown_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
