/*
 * vitrine-render: one program, two processes that never share memory. `ui` paints vitrine's own
 * windows, `view` decodes the presenter's picture.
 */
#include "render/ui.h"
#include "render/view.h"
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "ui") == 0)
        return ui_run();
    if (argc == 2 && strcmp(argv[1], "view") == 0)
        return view_run();
    fprintf(stderr, "vitrine-render: started by vitrine, not by hand\n");
    return 2;
}
