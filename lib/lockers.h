/*
 * The programs that say on a message bus (D-Bus) that the screen is locked, each by the well-known
 * name under which it is found there. Numbers are bits of BUS_LOCKED.
 */
#ifndef LIB_LOCKERS_H
#define LIB_LOCKERS_H

enum locker {
    LOCKER_FREEDESKTOP, /* KDE, light-locker and others */
    LOCKER_GNOME,
    LOCKER_CINNAMON,
    LOCKER_MATE,
    LOCKER_XFCE,
    LOCKER_LOGIN1, /* systemd-logind, on the system's bus; all others are on the desktop's */
    LOCKERS
};

/* "org.gnome.ScreenSaver"; also that of its interface, but for LOCKER_LOGIN1. */
const char *locker_name(enum locker which);

#endif
