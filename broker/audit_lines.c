/* The lines of a trail and its parts: see audit_lines.h. Run by a vitrine of its own for one
   command; distrusts every byte of them. */
#include "broker/audit_lines.h"
#include "broker/audit_files.h"
#include "lib/receipt.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool audit_lines_open(struct audit_lines *l, const char *file)
{
    const char *why;
    *l = (struct audit_lines){.file = file};
    l->log = audit_files_read(file, &why);
    if (l->log < 0)
        fprintf(stderr, "vitrine: %s cannot be opened: %s\n", file, why);
    else
        l->newest = audit_files_newest(file);
    return l->log >= 0;
}

static void say(const struct audit_lines *l, const char *what, const char *why)
{
    if (l->quiet)
        return;
    if (l->part <= l->newest)
        fprintf(stderr, "vitrine: %s.%06u %s%s\n", l->file, l->part, what, why);
    else
        fprintf(stderr, "vitrine: %s %s%s\n", l->file, what, why);
}

static void cannot(struct audit_lines *l, const char *why)
{
    say(l, "cannot be read: ", why);
    l->failed = true;
}

/* One that is not there was taken away: whether its lines are missing, the numbers of those around
   it say. -1, with why where it is there and cannot be read. */
static int open_now(struct audit_lines *l, const char **why)
{
    *why = NULL;
    if (l->part > l->newest) {
        int fd = fcntl(l->log, F_DUPFD_CLOEXEC, 0);
        if (fd < 0 || lseek(fd, 0, SEEK_SET) != 0)
            *why = strerror(errno);
        return fd;
    }
    return audit_files_part(l->file, l->part, l->log, why);
}

/* The next file that is there; false: behind the log, or one cannot be read. */
static bool next_file(struct audit_lines *l)
{
    while (l->part <= l->newest) {
        const char *why;
        l->part++;
        int fd = open_now(l, &why);
        l->in = fd < 0 ? NULL : fdopen(fd, "r");
        if (l->in)
            return true;
        if (fd >= 0)
            close(fd);
        if (fd >= 0 || why) {
            cannot(l, why ? why : strerror(errno));
            return false;
        }
    }
    return false;
}

/* true: a line, or a piece at the end without a newline. */
static bool take_line(struct audit_lines *l)
{
    int c;
    bool any = false;
    l->len = 0;
    while ((c = getc_unlocked(l->in)) != EOF) {
        any = true;
        if (c == '\n')
            break;
        if (l->len < AUDIT_LINE)
            l->line[l->len++] = (char)c;
    }
    l->line[l->len] = '\0';
    l->n += any;
    return any;
}

/* Files that are there show no hole behind the newest of them, or where another stands in the place
   of one; numbers do. The first line may have any: older parts may have been taken away. */
static void count_number(struct audit_lines *l)
{
    char what[96];
    unsigned long long number;
    int end = 0; /* behind the comma: in a torn line the digits may be the first ones alone */
    if (sscanf(l->line, "{\"n\":%15llu,%n", &number, &end) != 1 || end == 0 ||
        !isdigit((unsigned char)l->line[5]))
        return;
    if (l->number && number > l->number + 1 && !l->hole) {
        snprintf(what, sizeof what, "follows lines that are missing: numbers %llu to %llu",
                 l->number + 1, number - 1);
        say(l, what, "; `vitrine audit verify` says what that means");
        l->hole = true;
    }
    l->number = number;
}

/* The first line of a receipt is none of the trail. */
static bool is_receipt(const struct audit_lines *l)
{
    return l->n == 1 && strncmp(l->line, RECEIPT_BEGIN, strlen(RECEIPT_BEGIN)) == 0;
}

bool audit_lines_next(struct audit_lines *l)
{
    while (!l->failed && (l->in || next_file(l))) {
        if (take_line(l)) {
            if (is_receipt(l))
                continue;
            count_number(l);
            return true;
        }
        if (ferror(l->in))
            cannot(l, strerror(errno));
        fclose(l->in);
        l->in = NULL;
    }
    return false;
}

void audit_lines_rewind(struct audit_lines *l)
{
    if (l->in)
        fclose(l->in);
    l->in = NULL;
    l->part = 0;
    l->n = 0;
    l->number = 0;
}

void audit_lines_print_strange(const struct audit_lines *l, unsigned long strange)
{
    fprintf(stderr,
            "vitrine: %lu of %lu lines of %s are none of a trail; `vitrine audit verify` says what "
            "that means\n",
            strange, l->n, l->file);
}

bool audit_lines_close(struct audit_lines *l)
{
    audit_lines_rewind(l);
    if (l->log >= 0)
        close(l->log);
    return !l->failed && !l->hole;
}
