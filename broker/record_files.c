/* The files and sinks of the audit trail, and what is said when they fail: see record.h. Run by the
   broker. */
#include "broker/app.h"
#include "broker/audit_files.h"
#include "broker/crew.h"
#include "broker/record.h"
#include "broker/record_parts.h"
#include "ch_audit.h"
#include "policy_tables.h"
#include <stdio.h>
#include <string.h>

/* Where no session may go without a record, it is also the reason why none begins. */
static void complain(struct app *a, const char *line)
{
    fprintf(stderr, "vitrine: %s\n", line);
    if (a->conf.audit_mandatory)
        snprintf(a->detail, sizeof a->detail, "%s", line);
}

/* Where the rules demand a record the heart says what follows. */
static void log_lost(struct app *a, const char *line)
{
    complain(a, line);
    if (!a->conf.audit_mandatory)
        windows_toast(a->windows, UI_TOAST_LOG_LOST, "");
}

int record_open(struct app *a, struct audit_files *out, bool patient)
{
    char error[KEYFILE_ERROR];
    if (!audit_files_open(&a->conf, out, error)) {
        if (!out->busy || !patient)
            log_lost(a, error);
        return -1;
    }
    if (out->missing & ~a->sinks_complained)
        complain(a, error);
    a->sinks_complained |= out->missing;
    snprintf(a->audit_path, sizeof a->audit_path, "%s", out->path);
    return 0;
}

/* Of each once, until a line arrives there. */
static void sink_trouble(struct app *a, int error, unsigned sinks)
{
    char line[KEYFILE_ERROR];
    unsigned fresh = sinks & ~a->sinks_complained;
    a->sinks_complained |= sinks;
    if (!fresh)
        return;
    snprintf(
        line, sizeof line,
        "audit sink %s has not taken a line, which stands in %.300s: %s; see that the services "
        "of audit_sinks run",
        fresh == CONF_SYSLOG    ? "syslog"
        : fresh == CONF_JOURNAL ? "journal"
                                : "syslog, and journal,",
        a->audit_path, strerror(error));
    complain(a, line);
}

void record_trouble(struct app *a, int error, unsigned sinks)
{
    char line[KEYFILE_ERROR];
    if (sinks) {
        sink_trouble(a, error, sinks);
        return;
    }
    if (error)
        snprintf(line, sizeof line,
                 "audit trail %.300s cannot be written: %s; free space or name another place",
                 a->audit_path, strerror(error));
    else
        snprintf(line, sizeof line,
                 "audit trail %.300s is not written any more: its process has ended; start vitrine "
                 "again",
                 a->audit_path);
    if (!a->audit_complained)
        log_lost(a, line);
    a->audit_complained = true;
}

static void space_line(struct app *a, const char *free_mib, const char *wanted)
{
    struct line l;
    record_begin(&l, AUDIT_LOG_SPACE);
    record_add(&l, "free", free_mib);
    record_add(&l, "wanted", wanted);
    record_write(a, &l);
}

void record_space(struct app *a, uint32_t free_mib)
{
    char left[16], wanted[16];
    snprintf(left, sizeof left, "%u", free_mib);
    snprintf(wanted, sizeof wanted, "%d", a->conf.audit_warn_free);
    fprintf(stderr,
            "vitrine: audit trail %.300s: %s MiB are free on its disk, fewer than the %s of "
            "audit_warn_free; free space, or name another place\n",
            a->audit_path, left, wanted);
    windows_toast(a->windows, UI_TOAST_LOG_SPACE, "");
    space_line(a, left, wanted);
}

bool record_sinks(struct app *a)
{
    struct chan *audit = crew_chan(a, SW_AUDIT);
    struct audit_files f;
    if (!audit || !audit_files_sinks(&a->conf, &f))
        return false; /* tried again with the next line that is lost */
    struct msg_audit_sinks m = {
        .sinks = (uint8_t)f.sinks, .stream = f.stream, .n_sockets = (uint16_t)f.n_sockets};
    memcpy(m.sockets, f.sockets, sizeof m.sockets);
    msg_audit_sinks_send(audit, &m);
    audit_files_close(&f);
    return !f.missing;
}

void record_again(struct app *a)
{
    struct line l;
    if (a->sinks_complained && !record_sinks(a))
        return;
    record_begin(&l, AUDIT_LOG_TRIED);
    record_write(a, &l);
}
