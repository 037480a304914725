/* When the scheduler gives this process a core. */
#ifndef LIB_TURNS_H
#define LIB_TURNS_H
#include <sys/types.h>

/* Asks for early turns of that process (0: this one) after a wake-up: short slices, no more of a
   core than before. Children inherit it. Who was started with another priority keeps it. Needs no
   privilege, and a kernel from 6.12 on (EEVDF); an older one changes nothing. For use before the
   own filter, which does not know the call. */
void turns_ask_early(pid_t pid);

#endif
