/* Entrance: an audit log, and its key file, given to the verifier. First byte, bit 0: what follows
   first is taken for key and heads; bit 1: there is a seal key. The verdict has to be one of the
   known ones and name a line that is there. */
#include "audit/verify/check.h"
#include "tests/fuzz/log_bytes.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trail_key key;
    struct check_result r;
    const struct check_seal seal = {.from = 1 + (size & 3)};
    if (size == 0)
        return 0;
    bool has_key = (data[0] & 1) && size > sizeof key;
    struct log_bytes log = {data + 1, size - 1};
    if (has_key) {
        memcpy(&key, data + 1, sizeof key);
        log.data = data + 1 + sizeof key;
        log.size -= sizeof key;
    }
    const struct reader_source source = {log_bytes_read, &log};
    check_log(&source, has_key ? &key : NULL, (data[0] & 2) ? &seal : NULL, &r);
    if (r.verdict > VERDICT_MANY || r.line > r.lines + 1 || r.signed_to > r.lines)
        abort();
    if (r.verdict == VERDICT_OK && r.line != 0)
        abort();
    if (r.verdict == VERDICT_OK && (data[0] & 2) && !(has_key && r.sealed))
        abort();
    bool receipt = r.verdict == VERDICT_RECEIPT || r.verdict == VERDICT_UNPROVED;
    if (receipt && (has_key || (data[0] & 2) || r.signed_to + 1 != r.lines))
        abort();
    return 0;
}
