/* Files that were handed over, read as a whole. */
#ifndef AUDIT_VERIFY_WHOLE_H
#define AUDIT_VERIFY_WHOLE_H
#include <stddef.h>
#include <stdint.h>

/* From its start; NULL: it is longer than `most`, and no more is known of it. Where it cannot be
   read, or there is no memory for it, this process ends (give_up.h). What is returned is the
   caller's to free. */
uint8_t *whole_read(int fd, size_t most, size_t *len);

#endif
