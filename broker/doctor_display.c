/*
 * What the security status says about the X server: see doctor.h. Opens the display as a session
 * would, in a child: a server may never answer, and what it answers is parsed by libraries.
 */
#include "broker/display.h"
#include "broker/doctor.h"
#include "broker/locker.h"
#include "lib/text.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LONGEST_MS 3000

struct words {
    char text[800];
};

static bool describe(const void *ctx, void *answer)
{
    static struct display d;
    struct words *w = answer;
    const char *what = NULL;
    (void)ctx;
    if (display_open(&d, &what) != DISPLAY_OK) {
        snprintf(w->text, sizeof w->text, "%s: no screen to share", what);
        return true;
    }
    const char *lacks = display_cannot_control(&d);
    bool session = locker_finds_session(), logind = locker_finds_system();
    snprintf(
        w->text, sizeof w->text,
        "%ux%u, depth %u, %u monitor%s; shared memory, damage, cursor, resize and input "
        "extensions are there; a locked screen is seen by %s_SCREENSAVER_STATUS, by all "
        "devices being off, by a window over a whole monitor (i3lock, slock, xtrlock)%s%s%s%s; "
        "control by others %s%s",
        d.width, d.height, d.root_depth, d.n_monitors, d.n_monitors == 1 ? "" : "s",
        d.major.saver ? "MIT-SCREEN-SAVER, " : "",
        session
            ? ", by what is said on the desktop's message bus (GNOME, KDE, Cinnamon, MATE, Xfce)"
            : "",
        logind ? ", by what logind says on the system's" : "",
        session ? "" : "; not where one says so on the desktop's message bus alone: there is none",
        logind ? "" : "; not where logind alone knows: there is no message bus of the system",
        lacks ? "is not possible without " : "is possible", lacks ? lacks : "");
    display_close(&d);
    return true;
}

const char *doctor_display(void)
{
    static struct words w;
    bool late;
    memset(&w, 0, sizeof w);
    if (geteuid() == 0)
        return "not asked: root's doctor talks to no X server; that of the screen's user does";
    if (!doctor_in_child(describe, NULL, &w, sizeof w, LONGEST_MS, &late))
        return late ? "the X server does not answer: no screen to share"
                    : "the X server could not be asked: no screen to share";
    w.text[sizeof w.text - 1] = '\0';
    text_clean(w.text);
    return w.text;
}
