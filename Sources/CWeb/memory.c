#include "CWeb.h"
#include <malloc.h>

void giveMemoryBack(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
