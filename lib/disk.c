/* Room on a file system. Run by audit, and by the broker in `vitrine doctor`; distrusts what a file
   system says of itself. */
#include "lib/disk.h"
#include <sys/vfs.h>

bool disk_free(int fd, uint64_t *bytes)
{
    struct statfs st;
    if (fstatfs(fd, &st) != 0)
        return false;
    if (!st.f_blocks) /* without a limit, as a tmpfs of size=0: nothing is free of nothing */
        return false;
    uint64_t block = (uint64_t)(st.f_frsize ? st.f_frsize : st.f_bsize);
    return block && !__builtin_mul_overflow((uint64_t)st.f_bavail, block, bytes);
}
