#ifndef CWEB_H
#define CWEB_H

#include <stddef.h>

/// A file of Sources/Server/Web, as it was when this was built.
typedef struct {
    const char *name;
    const unsigned char *bytes;
    size_t size;
} WebFile;

/// How many there are.
extern const size_t webFileCount;

/// One of them, from 0; NULL where there is none.
const WebFile *webFile(size_t index);

/// Gives memory that was freed back to the system, of all threads; `malloc_trim`.
void giveMemoryBack(void);

/// Lets what is large go back to the system as soon as it is freed; of the whole process, before it has further threads.
void keepLittleMemory(void);

#endif
