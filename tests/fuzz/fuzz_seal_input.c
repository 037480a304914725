/* Entrance: an INPUT record of a controller, behind its channel's MAC. What is taken is written
   again byte for byte. */
#include "net/seal/input_record.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input_event events[MAX_INPUT_EVENTS];
    uint8_t record[INPUT_RECORD_LEN] = {0}, again[INPUT_RECORD_LEN];
    unsigned n = 0;
    memcpy(record, data, size < sizeof record ? size : sizeof record);
    if (input_record_read(record, sizeof record, 0, 3, events, &n) != E_NONE)
        return 0;
    if (!input_record_write(again, 0, events, n) || memcmp(again, record, sizeof record) != 0)
        abort();
    return 0;
}
