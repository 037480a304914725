/* Entrance: a line of a log, shown in a terminal: no control character may reach it. */
#include "broker/audit_cmd.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    if (!f)
        return 0;
    audit_show_line((const char *)data, size, f);
    fclose(f);
    for (size_t i = 0; i + 1 < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            abort();
    free(text);
    return 0;
}
