/* Files that were handed over, read as a whole. */
#ifndef AUDIT_VERIFY_WHOLE_H
#define AUDIT_VERIFY_WHOLE_H
#include <stddef.h>
#include <stdint.h>

/* From its start, if it is no longer than `most`; NULL: it is, or cannot be read. What is returned
   is the caller's to free. */
uint8_t *whole_read(int fd, size_t most, size_t *len);

#endif
