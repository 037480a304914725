/* Entrance: the files of an organisation's policy and its public key, as vitrine-verify gets them.
   First byte: how much of the rest is the key. A text that is made is whole lines, a key that is
   taken stands in a file of its length. */
#include "audit/verify/policy_set.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[4096];
    uint8_t key[32];
    size_t n = 0;
    if (size == 0)
        return 0;
    size_t key_len = data[0] < size - 1 ? data[0] : size - 1;
    char *pem = malloc(key_len + 1); /* its own block: a read beyond the end is seen */
    uint8_t *set = malloc(size - 1 - key_len + 1);
    if (!pem || !set)
        abort();
    memcpy(pem, data + 1, key_len);
    memcpy(set, data + 1 + key_len, size - 1 - key_len);
    if (policy_set_key(pem, key_len, key) && key_len < 112) /* the last line may lack its end */
        abort();
    if (policy_set_text(set, size - 1 - key_len, text, sizeof text, &n) &&
        (n == 0 || n >= sizeof text || text[n - 1] != '\n'))
        abort();
    free(pem);
    free(set);
    return 0;
}
