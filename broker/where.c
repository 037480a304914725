/* Computer and user: see where.h. Run by the broker. */
#include "broker/where.h"
#include "lib/text.h"
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static void take(const char *name, char out[WHERE_NAME])
{
    size_t len = strlen(name);
    out[0] = '\0';
    if (len < WHERE_NAME && text_valid((const uint8_t *)name, len))
        memcpy(out, name, len + 1);
}

void where_computer(char out[WHERE_NAME])
{
    struct utsname name;
    take(uname(&name) == 0 ? name.nodename : "", out);
}

void where_user(char out[WHERE_NAME])
{
    FILE *f = fopen("/etc/passwd", "re");
    struct passwd *p = NULL;
    while (f && (p = fgetpwent(f)) != NULL && p->pw_uid != geteuid())
        ;
    take(p ? p->pw_name : "", out);
    if (f)
        fclose(f);
}
