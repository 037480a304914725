/* Sample scenes: what is told beside all that: toasts, and what is checked. Test code. */
#include "lib/worker.h"
#include "tests/unit/render/samples.h"
#include "tests/unit/render/samples_parts.h"

void sample_toast_joined(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_JOINED);
    number(s, UI_SLOT_SHARING, 1);
    words(s, UI_SLOT_NAME, 0, "Alex (support)");
}

void sample_toast_more(struct scene *s)
{
    sample_toast_joined(s);
    number(s, UI_SLOT_PEOPLE, 128);
}

void sample_toast_kept(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_NOT_KEPT);
    words(s, UI_SLOT_NAME, 0, "Alex (support)");
    number(s, UI_SLOT_PEOPLE, 12);
}

void sample_toast_stopped(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_STOPPED);
}

void sample_toast_space(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_LOG_SPACE);
}

void sample_toast_lost(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_LOG_LOST);
}

void sample_toast_needed(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_LOG_NEEDED);
}

void sample_toast_mine(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_LOG_MINE);
}

void sample_toast_door(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_LOG_DOOR);
}

void sample_toast_again(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_LOG_AGAIN);
}

void sample_toast_question(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_QUESTION);
}

void sample_toast_worker(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_WORKER);
}

void sample_doctor(struct scene *s)
{
    const uint32_t rows[] = {
        UI_DOCTOR_ROW(WORKER_NONE, 1, 2, 2, 2, 2),  UI_DOCTOR_ROW(WORKER_UI, 1, 0, 0, 0, 0),
        UI_DOCTOR_ROW(WORKER_NET, 1, 0, 0, 1, 0),   UI_DOCTOR_ROW(WORKER_CAPTURE, 0, 1, 0, 0, 0),
        UI_DOCTOR_ROW(WORKER_INPUT, 0, 0, 1, 0, 0), UI_DOCTOR_ROW(WORKER_VIEW, 0, 0, 0, 0, 0),
        UI_DOCTOR_ROW(WORKER_SEAL, 1, 0, 0, 0, 0),  UI_DOCTOR_ROW(WORKER_GATE, 0, 1, 1, 0, 3),
        UI_DOCTOR_ROW(WORKER_RELAY, 1, 0, 0, 1, 0), UI_DOCTOR_ROW(WORKER_AUDIT, 1, 0, 0, 0, 1)};

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        number(s, UI_SLOT_DOCTOR_0 + i, rows[i]);
    number(s, UI_SLOT_DOCTOR_ALL, 1);
    words(s, UI_SLOT_CHECKED, 0, "14:02:31");
    look(s, UI_DOCTOR_CLOSE2, UI_LOOK_FOCUS);
    look(s, UI_DOCTOR_PREV, UI_LOOK_OFF);
}

/* Nothing is measured yet. */
void sample_doctor_begins(struct scene *s)
{
    number(s, UI_SLOT_SHARING, 0);
    look(s, UI_DOCTOR_PREV, UI_LOOK_HIDDEN);
    look(s, UI_DOCTOR_NEXT, UI_LOOK_HIDDEN);
}

void sample_doctor_unlocked(struct scene *s)
{
    sample_doctor(s);
    number(s, UI_SLOT_DOCTOR_ALL, UI_DOCTOR_UNLOCKED);
}

void sample_doctor_control(struct scene *s)
{
    sample_doctor(s);
    number(s, UI_SLOT_SHARING, 1);
    number(s, UI_SLOT_PEOPLE, 2);
    number(s, UI_SLOT_CONTROLS, 1);
    words(s, UI_SLOT_NAME, 0, "Alex (support) of the desk");
}

void sample_doctor_control_unlocked(struct scene *s)
{
    sample_doctor_control(s);
    number(s, UI_SLOT_DOCTOR_ALL, UI_DOCTOR_UNLOCKED);
}

void sample_doctor_page_2(struct scene *s)
{
    sample_doctor(s);
    number(s, UI_SLOT_PAGE, 1);
    number(s, UI_SLOT_DOCTOR_ALL, 0);
    look(s, UI_DOCTOR_PREV, 0);
    look(s, UI_DOCTOR_NEXT, UI_LOOK_OFF);
    number(s, UI_SLOT_SHARING, 1);
    number(s, UI_SLOT_PEOPLE, 2);
}

void sample_toast_hint(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_HINT);
}

void sample_toast_keys(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_KEYS);
}

void sample_toast_control(struct scene *s)
{
    number(s, UI_SLOT_TOAST, UI_TOAST_CONTROL_ENDED);
}
