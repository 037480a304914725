/*
 * Property 6 of e2e.md 15: a unit is sealed once, for one viewer and for a hundred.
 */
#define WORLD_PEERS 104
#include "net/seal/sframe.h"
#include "tests/unit/seal/world.h"

static unsigned encryptions;

void __real_sframe_seal(struct sframe_key *k, uint64_t ctr, struct span header,
                        struct span metadata, uint8_t *data, size_t len);
void __wrap_sframe_seal(struct sframe_key *k, uint64_t ctr, struct span header,
                        struct span metadata, uint8_t *data, size_t len);
void __wrap_sframe_seal(struct sframe_key *k, uint64_t ctr, struct span header,
                        struct span metadata, uint8_t *data, size_t len)
{
    encryptions++;
    __real_sframe_seal(k, ctr, header, metadata, data, len);
}

static void share_with(unsigned viewers, unsigned *sealed, size_t *bytes)
{
    static uint8_t picture[5000];
    struct world w;
    world_init(&w, WORLD_PASSWORD, false);
    for (unsigned i = 0; i < viewers; i++)
        world_join(&w);
    assert_int_equal(w.members, viewers + 1);
    assert_true(organizer_share(w.o, w.now));
    world_run(&w);
    unsigned before = w.units_seen;
    encryptions = 0;
    *bytes = w.unit_bytes;
    for (unsigned i = 0; i < 50; i++)
        world_screen_unit(&w, i % 10 == 0, picture, sizeof picture - i * 90);
    *sealed = encryptions;
    *bytes = w.unit_bytes - *bytes;
    assert_int_equal(w.units_seen - before, 50);
    for (unsigned i = 0; i < viewers; i++)
        assert_int_equal(w.peers[i].screens, 50);
    world_finish(&w);
}

/* Seen to fail: organizer_screen seals once for each seat: 5000 encryptions of 50 pictures. */
static void p06_sealed_once(void **state)
{
    unsigned one, hundred;
    size_t bytes, bytes_hundred;
    (void)state;
    share_with(1, &one, &bytes);
    share_with(100, &hundred, &bytes_hundred);
    assert_int_equal(one, 50);
    assert_int_equal(hundred, 50);
    assert_int_equal(bytes, bytes_hundred);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p06_sealed_once),
    };
    return cmocka_run_group_tests_name("p06_sealed_once", tests, world_group_setup,
                                       world_group_teardown);
}
