/* Entrance: the file of known names and their keys, as any program of the user can write it. */
#include "broker/known.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct known known;
    char error[KEYFILE_ERROR];
    if (!known_parse(&known, "F", (const char *)data, size, error))
        return 0;
    for (unsigned i = 0; i < known.n; i++)
        if (!known.list[i].name[0] || strlen(known.list[i].name) > MAX_NAME ||
            known_find(&known, known.list[i].name) != known.list[i].fp)
            abort();
    return 0;
}
