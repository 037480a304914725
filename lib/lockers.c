/* Who says that the screen is locked: see lockers.h. */
#include "lib/lockers.h"

const char *locker_name(enum locker which)
{
    static const char *const names[LOCKERS] = {
        [LOCKER_FREEDESKTOP] = "org.freedesktop.ScreenSaver",
        [LOCKER_GNOME] = "org.gnome.ScreenSaver",
        [LOCKER_CINNAMON] = "org.cinnamon.ScreenSaver",
        [LOCKER_MATE] = "org.mate.ScreenSaver",
        [LOCKER_XFCE] = "org.xfce.ScreenSaver",
        [LOCKER_LOGIN1] = "org.freedesktop.login1",
    };
    return names[which];
}
