/* Theme, language, direction and motion: see looks.h. Run by the broker. */
#include "broker/looks.h"
#include "lib/ui/strings.h"
#include <stdlib.h>

enum { FLAG_RIGHT_TO_LEFT = 1, FLAG_STILL = 2 }; /* UI_PAINT.flags */

static uint8_t theme_of(const struct settings *s, const struct desktop *d)
{
    static const uint8_t chosen[] = {0, 0, 1, 2}, told[] = {0, 1, 2};
    return s->theme == THEME_DESKTOP ? told[d->theme] : chosen[s->theme];
}

void looks_apply(struct ui_model *m, const struct settings *s, const struct desktop *d,
                 const char *locale)
{
    m->theme = theme_of(s, d);
    m->language = s->language ? (uint8_t)(s->language - 1) : (uint8_t)ui_language_of(locale);
    m->sound = s->sound;
    m->flags = s->reduced_motion || d->still ? FLAG_STILL : 0;
    if (ui_language_table[m->language].right_to_left)
        m->flags |= FLAG_RIGHT_TO_LEFT;
}

const char *looks_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (unsigned i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return value;
    }
    return "";
}
