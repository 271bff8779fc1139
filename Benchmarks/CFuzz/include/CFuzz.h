#ifndef VARVE_CFUZZ_H
#define VARVE_CFUZZ_H

#include <stddef.h>
#include <stdint.h>

/// libFuzzer as a library, https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library; there is a body for it only
/// where `Scripts/fuzz` builds.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*run)(const uint8_t *bytes, size_t count));

#endif
