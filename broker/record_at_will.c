/* Lines that others cause at will, within bounds (record_left.h). Run by the broker. */
#include "broker/app.h"
#include "broker/record.h"
#include "broker/record_parts.h"
#include "policy_tables.h"
#include <stdio.h>

/* As in the line itself. */
static void add_kind(struct line *l, enum audit_event event, uint32_t kind)
{
    char number[16];
    snprintf(number, sizeof number, "%u", kind);
    if (event == AUDIT_REFUSE || event == AUDIT_CONTROL_REFUSED)
        record_add(l, "kind", session_why_name((enum session_why)kind));
    else if (event == AUDIT_MEMBER_FAULT || event == AUDIT_RELAY_INTRUSION)
        record_add(l, "kind", number);
    else
        record_add(l, "kind", "");
}

static void left_line(struct app *a, enum audit_event event, uint32_t kind, uint32_t lines)
{
    struct line l;
    char number[16];
    const char *name = "";
    for (size_t i = 0; i < policy_n_events; i++)
        if (policy_events[i].number == (int)event)
            name = policy_events[i].name;
    snprintf(number, sizeof number, "%u", lines);
    record_begin(&l, AUDIT_LEFT_OUT);
    record_add(&l, "event", name);
    add_kind(&l, event, kind);
    record_add(&l, "lines", number);
    record_write(a, &l);
}

static void tell(void *ctx)
{
    struct app *a = ctx;
    enum audit_event event;
    uint32_t kind, lines;
    a->left_waits = false;
    while (record_left_next(&a->left, &event, &kind, &lines))
        left_line(a, event, kind, lines);
}

void record_tell_left(struct app *a)
{
    loop_clear_timer(&a->loop, tell, a);
    tell(a);
}

/* Without a timer what was left out is told before the session ends. */
bool record_may(struct app *a, enum audit_event event, uint32_t kind)
{
    if (record_left_take(&a->left, event, kind, loop_now_ms()))
        return true;
    if (!a->left_waits)
        a->left_waits = loop_set_timer(&a->loop, RECORD_LEFT_MS, tell, a);
    return false;
}
