/*
 * What the desktop says about looks: colours, size, motion. It is told in two places that any
 * program of this user can write: the resources on the root window (Xft.dpi) and XSETTINGS, a
 * property on the window of whoever owns _XSETTINGS_Sn. Pure parsers; the worst a wrong value does
 * is an unwanted look.
 */
#ifndef BROKER_DESKTOP_H
#define BROKER_DESKTOP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum desktop_theme { DESKTOP_LIGHT, DESKTOP_DARK, DESKTOP_CONTRAST };

struct desktop {
    unsigned dpi; /* 48..960; 0 unknown */
    enum desktop_theme theme;
    bool still; /* animations are switched off */
};

/* Takes Xft.dpi from a resource database; leaves *d alone where there is none. */
void desktop_take_resources(struct desktop *d, const char *text, size_t len);
/* Takes Xft/DPI, Net/ThemeName and Gtk/EnableAnimations from a _XSETTINGS_SETTINGS property. False:
   it is malformed; what stood before the fault has been taken. */
bool desktop_take_xsettings(struct desktop *d, const uint8_t *bytes, size_t len);
/* A theme by its name: one that says "contrast" or "dark" is that. */
enum desktop_theme desktop_theme_of(const char *name, size_t len);

#endif
