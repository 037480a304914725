/* See the header. Run by the broker; everything in it is our own. */
#include "broker/invite_text.h"

#include "lib/ui/say.h"
#include "lib/ui/strings.h"
#include <stdio.h>
#include <string.h>

void invite_text(char out[INVITE_TEXT_MAX], unsigned language, const char *sid,
                 const char *password, const char *link)
{
    char number[32], first[128], second[MAX_PASSWORD + 160];
    ui_number(sid, number);
    ui_string_plain(first, sizeof first, UI_STR_CLIP_NUMBER, language,
                    &(struct ui_args){.s = number});
    ui_string_plain(second, sizeof second,
                    *password ? UI_STR_CLIP_PASSWORD : UI_STR_CLIP_NUMBER_ONLY, language,
                    &(struct ui_args){.s = password});
    snprintf(out, INVITE_TEXT_MAX, "%s\n%s\n%s\n", first, second, link);
    explicit_bzero(second, sizeof second);
}
