/*
 * Entrance: messages around the member channel, as the relay hands them to vitrine-seal (M0..M3,
 * CHAN, RESUME, ERROR). What parses must be what its builder writes.
 */
#include "net/seal/crypto.h"
#include "net/seal/outer.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(struct span in, const uint8_t *out, size_t len)
{
    if (in.len != len || memcmp(in.data, out, len) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span in = {data, size}, tls;
    struct outer_m0 m0;
    struct outer_m1 m1;
    struct outer_m2 m2;
    struct outer_m3 m3;
    struct outer_resume r;
    enum e2e_code code;
    uint8_t out[OUTER_M2_LEN], type;
    if (outer_type(in, &type) == E_NONE && size < OUTER_HEAD)
        abort();
    if (outer_m0_parse(in, &m0) == E_NONE)
        outer_m0_build(&m0, out), same(in, out, OUTER_M0_LEN);
    if (outer_m1_parse(in, &m1) == E_NONE)
        outer_m1_build(&m1, out), same(in, out, OUTER_M1_LEN);
    if (outer_m2_parse(in, &m2) == E_NONE)
        outer_m2_build(&m2, out), same(in, out, OUTER_M2_LEN);
    if (outer_m3_parse(in, &m3) == E_NONE)
        outer_m3_build(&m3, out), same(in, out, OUTER_M3_LEN);
    if (outer_resume_parse(in, &r) == E_NONE)
        outer_resume_build(&r, out), same(in, out, OUTER_RESUME_LEN);
    if (outer_error_parse(in, &code) == E_NONE)
        outer_error_build(code, out), same(in, out, OUTER_HEAD + 2);
    if (outer_chan_parse(in, &tls) == E_NONE &&
        (tls.len != size - OUTER_HEAD || tls.len > OUTER_CHAN_MAX))
        abort();
    return 0;
}
