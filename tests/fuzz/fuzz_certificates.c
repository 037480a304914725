/*
 * Entrance: a chain of certificates that somebody showed, as vitrine-verify gets it. The authority
 * is the one of the seeds (tests/corpus/certificates), so that they are good until changed.
 */
#include "audit/verify/certificate.h"
#include "lib/text.h"
#include <stdlib.h>

static const char anchors[] =
#include "tests/fuzz/certificates_anchor.h"
    ;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct certificate out;
    enum chain_fault fault = certificate_check(
        (struct span){data, size}, (struct span){(const uint8_t *)anchors, sizeof anchors - 1},
        1760000000, &out);
    if (fault != CHAIN_GOOD)
        return 0;
    if (out.key[0] != 4 || (out.key_len != 65 && out.key_len != 97) || !out.name_len ||
        out.name_len > MAX_NAME || !text_valid((const uint8_t *)out.name, out.name_len))
        abort();
    return 0;
}
