/* The loop of vitrine-render ui: scenes in, windows painted. Distrusts the scene's names and
 * nothing else. */
#ifndef RENDER_UI_H
#define RENDER_UI_H

/* The whole life of the process; returns its exit status. */
int ui_run(void);

#endif
