/* The font files handed to painters: the interface's own family first, then one for each further
 * script. */
#ifndef BROKER_FONTS_H
#define BROKER_FONTS_H

/* Opens them read-only; how many (at most `most`). 0: no font of the interface's family is
   installed. Never searches: the list is fixed, so that no name from a peer can choose a file. */
unsigned fonts_open(int *out, unsigned most);

#endif
