/* How much room a file system has left. */
#ifndef LIB_DISK_H
#define LIB_DISK_H
#include <stdbool.h>
#include <stdint.h>

#define DISK_MIB 1048576u

/* Of the one where that open file is: bytes that anybody but root may still take. false: it does
   not say (one without a limit has nothing to say), or in a form without a meaning. Quotas of a
   user are not in it. */
bool disk_free(int fd, uint64_t *bytes);

#endif
