/*
 * The spare: a painter that is confined and verified before its dialog comes, so that nobody has to
 * wait for one to start. It knows the fonts, and nothing else before it is at its post; it serves
 * one dialog, as any. While nobody has a session with us nothing is asked, and none waits. Where
 * one ends by itself there is none until the next dialog has come.
 */
#ifndef BROKER_SPARE_H
#define BROKER_SPARE_H

struct app;
struct worker;

/* One is due, unless there is one, or nobody has a session with us. */
void spare_later(struct app *a);
/* None is, and the one that waits is killed. */
void spare_end(struct app *a);
/* For the dialog that comes now; it may still be starting. NULL: there is none that lives. The next
   one is due. */
struct worker *spare_take(struct app *a);

#endif
