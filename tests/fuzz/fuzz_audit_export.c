/* Entrance: a line of a log that is exported for other programs. What comes out is one line without
   a control character, or nothing. */
#include "broker/app.h"
#include "broker/audit_cmd.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct audit_wheres wheres;

static bool cef(const char *line, size_t len, FILE *out)
{
    return audit_export_cef(line, len, &wheres, out);
}

static void check(bool (*format)(const char *, size_t, FILE *), const uint8_t *data, size_t size)
{
    char *out = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&out, &len);
    if (!f)
        abort();
    bool good = format((const char *)data, size, f);
    fclose(f);
    if (good != (len > 0) || (good && out[len - 1] != '\n'))
        abort();
    for (size_t i = 0; i + 1 < len; i++)
        if ((unsigned char)out[i] < 0x20 || out[i] == 0x7f)
            abort();
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    memset(&wheres, 0, sizeof wheres);
    check(audit_export_json, data, size);
    check(cef, data, size);
    check(cef, data, size); /* with what the first one said of its run */
    return 0;
}
