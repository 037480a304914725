/* Names that look alike, in a crowd: see crowd.h. vitrine-render ui. */
#include "render/crowd.h"
#include "lib/ui/strings.h"
#include "render/name.h"
#include "render/scene.h"
#include <string.h>

_Static_assert(NAME_READINGS == 2, "crowd.h has room for two");

/* A name of signs alone looks like the same signs. */
static uint64_t look_of(const char *untrusted, size_t len, enum name_reading how)
{
    char looks[NAME_CLEAN_MAX];
    uint64_t h = 14695981039346656037u;
    size_t n = name_skeleton(looks, untrusted, len, how);

    if (n == 0)
        n = name_clean(looks, untrusted, len);
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)looks[i]) * 1099511628211u; /* FNV-1a */
    return n > 0 ? h : 0;
}

bool crowd_add(struct crowd *c, const char *untrusted, size_t len)
{
    if (c->n == MAX_CROWD)
        return false;
    for (unsigned how = 0; how < NAME_READINGS; how++)
        c->look[c->n][how] = look_of(untrusted, len, how);
    c->n++;
    return true;
}

bool crowd_confuses(const struct crowd *c, const char *untrusted)
{
    size_t len = strlen(untrusted);
    uint64_t written = look_of(untrusted, len, NAME_AS_WRITTEN);
    uint64_t small = look_of(untrusted, len, NAME_IN_SMALL);
    unsigned alike = 0;

    for (unsigned i = 0; written != 0 && i < c->n; i++)
        alike += c->look[i][NAME_AS_WRITTEN] == written || c->look[i][NAME_IN_SMALL] == small;
    return alike > 1;
}

bool crowd_marks_name(const struct crowd *c, const struct scene *s, const char *untrusted)
{
    return name_misleads(untrusted, ui_string_text(UI_STR_HOST_YOU, s->language, 0)) ||
           (c && crowd_confuses(c, untrusted));
}

uint16_t crowd_marks(const struct crowd *c, const struct scene *s)
{
    unsigned marks = 0;

    for (unsigned i = 0; i < s->n_rows && i < CROWD_ABOUT; i++)
        if (!(s->rows[i].badges & UI_BADGE_YOU) &&
            crowd_marks_name(c, s, s->rows[i].untrusted_name))
            marks |= 1u << i;
    if (crowd_marks_name(c, s, s->words[UI_SLOT_NAME]))
        marks |= 1u << CROWD_ABOUT;
    return (uint16_t)marks;
}
