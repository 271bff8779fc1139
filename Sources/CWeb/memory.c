#include "CWeb.h"
#include <malloc.h>

void giveMemoryBack(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void keepLittleMemory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}
