/* The heart's words: how its enumerations are called in --events, in the audit trail and in ui.md.
 */
#include "broker/session.h"

static const char *const fault_names[FAULT_COUNT] = {
    [FAULT_NONE] = "",         [FAULT_J_PASS] = "J-PASS", [FAULT_J_STOP] = "J-STOP",
    [FAULT_J_WAIT] = "J-WAIT", [FAULT_J_NONE] = "J-NONE", [FAULT_J_LOCK] = "J-LOCK",
    [FAULT_J_NO] = "J-NO",     [FAULT_J_OUT] = "J-OUT",   [FAULT_J_ID] = "J-ID",
    [FAULT_J_LOG] = "J-LOG",   [FAULT_J_WHO] = "J-WHO",   [FAULT_J_KEY] = "J-KEY",
    [FAULT_R_NET] = "R-NET",   [FAULT_R_NO] = "R-NO",     [FAULT_R_CERT] = "R-CERT",
    [FAULT_W_DIFF] = "W-DIFF", [FAULT_V_OLD] = "V-OLD",   [FAULT_S_BOX] = "S-BOX",
    [FAULT_D_WAY] = "D-WAY",   [FAULT_POLICY] = "POLICY", [FAULT_J_LINK] = "J-LINK",
};

static const char *const why_names[WHY_COUNT] = {
    [WHY_NONE] = "",           [WHY_OWNER] = "owner",         [WHY_HOTKEY] = "hotkey",
    [WHY_COMMAND] = "command", [WHY_ORGANIZER] = "organizer", [WHY_PRESENTER] = "presenter",
    [WHY_WORKER] = "worker",   [WHY_LINE] = "line",           [WHY_EMPTY] = "empty",
    [WHY_TIME] = "time",       [WHY_SCREEN] = "screen",       [WHY_REFUSED] = "refused",
    [WHY_RULE] = "rule",       [WHY_NEWCOMER] = "newcomer",   [WHY_AUDIT] = "audit",
    [WHY_GONE] = "gone",       [WHY_TARGET] = "window-gone",  [WHY_CONTROLLER] = "controller",
    [WHY_LIMIT] = "limit",     [WHY_IDLE] = "idle",           [WHY_EXTENDED] = "extended",
    [WHY_AWAY] = "away",       [WHY_WORDS] = "words",         [WHY_DISPLAY] = "display",
    [WHY_DEVICE] = "device",
};

const char *session_fault_name(enum session_fault fault)
{
    return fault < FAULT_COUNT ? fault_names[fault] : "";
}

const char *session_why_name(enum session_why why)
{
    return why < WHY_COUNT ? why_names[why] : "";
}
