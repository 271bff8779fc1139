#ifndef VARVE_CARGUMENTS_H
#define VARVE_CARGUMENTS_H

/* The arguments of the process as the system gave them to it. Swift's own come from /proc, which may not be there. */
int varve_argument_count(void);

/* One of them, the program's name being the first; null after the last. */
const char *varve_argument(int index);

#endif
