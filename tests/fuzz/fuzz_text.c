/*
 * Entrance: a claimed name, as vitrine-render ui draws it. First byte: theme, direction, way in;
 * then the name. Cleaned names must stay as they are when cleaned again, and the chip must stay
 * inside its window.
 */
#include "lib/ui/scene.h"
#include "render/name.h"
#include "render/painter.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct text text;

static void load_fonts(void)
{
    static const char *const files[] = {
        "/usr/share/fonts/opentype/inter/Inter-Regular.otf",
        "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf",
        "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansHebrew-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf",
    };

    if (text_init(&text))
        abort();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        int fd = open(files[i], O_RDONLY | O_CLOEXEC);

        if (fd >= 0)
            font_add(&text.fonts, fd);
        if (fd >= 0)
            close(fd);
    }
    if (text.fonts.n == 0)
        abort();
}

static void clean_twice(const char *name, size_t len)
{
    char once[NAME_CLEAN_MAX], twice[NAME_CLEAN_MAX];
    size_t n = name_clean(once, name, len);

    if (n != strlen(once) || name_graphemes(once, n) > NAME_GRAPHEMES)
        abort();
    if (n <= 256 && (name_clean(twice, once, n) != n || memcmp(once, twice, n) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t pixels[440 * 64 * 4];
    static struct scene s;

    if (text.fonts.n == 0)
        load_fonts();
    if (size == 0)
        return 0;
    clean_twice((const char *)data + 1, size - 1);
    memset(&s, 0, sizeof s);
    s.window = UI_TOAST;
    s.scale = 256;
    s.width = 440;
    s.height = 64;
    s.theme = data[0] % 3;
    s.mirrored = data[0] & 4;
    if (!scene_set_value(&s, UI_SLOT_NAME, 0, data + 1, size - 1))
        return 0;
    if (painter_paint(&text, &s, pixels, 440 * 4))
        abort();
    return 0;
}
