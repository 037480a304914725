/*
 * The loop of vitrine-render view: units of the presenter's screen in, the viewer's picture out.
 * Every byte of a unit comes from another computer and is distrusted; a bad one ends the process.
 */
#ifndef RENDER_VIEW_H
#define RENDER_VIEW_H

/* The whole life of the process; returns its exit status. */
int view_run(void);

#endif
