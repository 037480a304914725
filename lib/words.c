/* The word lists. Linked by the broker (passwords) and the painter (verification words). */
#include "lib/words.h"
#include <string.h>

#define W(word) #word,
const char *const words_password[WORDS_PASSWORD] = {
#include "lib/words_password.def"
};
const char *const words_verify[WORDS_VERIFY] = {
#include "lib/words_verify.def"
};
#undef W

int words_password_find(const char *word, size_t len)
{
    int low = 0, high = WORDS_PASSWORD - 1;
    while (low <= high) {
        int middle = (low + high) / 2;
        const char *there = words_password[middle];
        int order = strncmp(word, there, len);
        if (order == 0 && there[len] == '\0')
            return middle;
        if (order > 0)
            low = middle + 1;
        else
            high = middle - 1; /* also: the beginning of a longer word */
    }
    return -1;
}
