/* What the security status says about the X server: see doctor.h. Opens the display as a session
 * would. */
#include "broker/display.h"
#include "broker/doctor.h"
#include <stdio.h>

const char *doctor_display(void)
{
    static struct display d;
    static char text[256];
    const char *what = NULL;
    if (display_open(&d, &what) != DISPLAY_OK) {
        snprintf(text, sizeof text, "%s: no screen to share", what);
        return text;
    }
    snprintf(text, sizeof text,
             "%ux%u, depth %u, %u monitor%s; shared memory, damage, cursor, resize and input "
             "extensions are there; "
             "injection (XTEST) %s",
             d.width, d.height, d.root_depth, d.n_monitors, d.n_monitors == 1 ? "" : "s",
             d.major.xtest ? "is there" : "is missing");
    display_close(&d);
    return text;
}
