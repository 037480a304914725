/* Entrance: an invitation, relay or number from a link or the command line. What is taken must come
   back the same when it is written and read again. */
#include "broker/invite.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_invitation(const char *text)
{
    struct invite in, again;
    char back[INVITE_MAX];
    if (!invite_parse(text, &in))
        return;
    invite_format(&in, back);
    if (!invite_parse(back, &again) || memcmp(&in, &again, sizeof in) != 0)
        abort();
}

static void check_relay(const char *text)
{
    struct relay_name r, again;
    char back[INVITE_RELAY];
    if (!invite_parse_relay(text, &r))
        return;
    invite_format_relay(&r, back);
    if (!invite_parse_relay(back, &again) || memcmp(&r, &again, sizeof r) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), sid[INVITE_SID];
    struct password p;
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    check_invitation(text);
    check_relay(text);
    if (invite_parse_number(text, sid) && strlen(sid) != 9)
        abort();
    if (words_canonical(text, size, &p) && (p.len < MIN_PASSWORD || p.len > MAX_PASSWORD))
        abort();
    free(text);
    return 0;
}
