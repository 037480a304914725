/* Maps memory files. Both kinds of vitrine-render; checks what it was handed. */
#include "render/target.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fits(int fd, size_t len)
{
    struct stat st;
    int seals = fcntl(fd, F_GET_SEALS);

    /* Without the seal its owner could cut it off under our feet: a bus error in the middle of a
     * picture. */
    /* The library's fstat asks by name; the policy permits the call that takes none. */
    if (seals < 0 || !(seals & F_SEAL_SHRINK) || syscall(SYS_fstat, fd, &st))
        return -1;
    return st.st_size >= 0 && (size_t)st.st_size >= len ? 0 : -1;
}

int target_map(struct target *t, int fd, uint32_t width, uint32_t height, uint32_t stride)
{
    size_t len = (size_t)stride * height;
    void *map;

    *t = (struct target){0};
    if (width == 0 || height == 0 || stride % 4 != 0 || stride / 4 < width || fits(fd, len))
        return -1;
    /* All pages at once: each of them faulting would cost more than the painting. */
    map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (map == MAP_FAILED)
        return -1;
    *t = (struct target){map, len, width, height, stride};
    return 0;
}

void target_unmap(struct target *t)
{
    if (t->pixels)
        munmap(t->pixels, t->len);
    *t = (struct target){0};
}
