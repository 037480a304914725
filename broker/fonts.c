/* Which font files painters get: see fonts.h. Run by the broker; it opens the files, only painters
 * parse them. */
#include "broker/fonts.h"
#include "policy/limits.h"
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = {
    "/usr/share/fonts/opentype/inter", "/usr/share/fonts/truetype/inter",
    "/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/noto"};

static const char *const own_family[] = {"Inter-Regular.otf", "Inter-Medium.otf",
                                         "Inter-SemiBold.otf"};

/* Every script before any bold: there is room for so many. */
static const char *const other_scripts[] = {
    "NotoSans-Regular.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansBengali-Regular.ttf",
    "NotoSansTamil-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansGeorgian-Regular.ttf",
    "NotoSansArmenian-Regular.ttf",
    "NotoSansEthiopic-Regular.ttf",
    "NotoSansSymbols2-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSans-Bold.ttf",
    "NotoSansArabic-Bold.ttf",
    "NotoSansHebrew-Bold.ttf",
    "NotoSansDevanagari-Bold.ttf",
    "NotoSansBengali-Bold.ttf",
    "NotoSansTamil-Bold.ttf",
    "NotoSansThai-Bold.ttf",
    "NotoSansGeorgian-Bold.ttf",
    "NotoSansArmenian-Bold.ttf",
};
_Static_assert(sizeof own_family / sizeof own_family[0] +
                       sizeof other_scripts / sizeof other_scripts[0] <=
                   MAX_FDS,
               "every font is sent");

static int open_one(const char *name)
{
    char path[256];
    struct stat st;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folders[i], name);
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0)
            continue;
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
            return fd;
        close(fd);
    }
    return -1;
}

static unsigned open_all(const char *const *names, size_t n, int *out, unsigned have, unsigned most)
{
    for (size_t i = 0; i < n && have < most; i++) {
        int fd = open_one(names[i]);
        if (fd >= 0)
            out[have++] = fd;
    }
    return have;
}

unsigned fonts_open(int *out, unsigned most)
{
    unsigned have = open_all(own_family, sizeof own_family / sizeof own_family[0], out, 0, most);
    if (have == 0)
        return 0;
    return open_all(other_scripts, sizeof other_scripts / sizeof other_scripts[0], out, have, most);
}
