/* Places for the runs of a trail: see runs.h. */
#include "lib/runs.h"

unsigned runs_place(struct run_place *places, unsigned n, uint64_t run, uint64_t now, bool *fresh)
{
    unsigned at = 0;
    *fresh = true;
    for (unsigned i = 0; i < n && *fresh; i++) {
        *fresh = !places[i].used || places[i].run != run;
        if (!*fresh || places[i].used < places[at].used)
            at = i;
    }
    places[at] = (struct run_place){run, now};
    return at;
}
