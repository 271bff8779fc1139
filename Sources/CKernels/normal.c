#include "CKernels.h"

#pragma clang fp contract(off)

#define UNROLL _Pragma("clang loop unroll(full)")

// S. Moshier's Cephes library, `logf`, `sinf` and `cosf`.
static const float log_series[] = {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f,
                                   -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f,
                                   2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f};
static const float sine_series[] = {-1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f};
static const float cosine_series[] = {2.443315711809948e-5f, -1.388731625493765e-3f, 4.166664568298827e-2f};

#define NAME(x) x##_generic
#define TARGET
#define LANES 4
#include "normal.h"

#if defined(__x86_64__)
#define NAME(x) x##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define LANES 8
#include "normal.h"
#endif

void varve_normals(enum varve_instruction_set set, float deviation, float *values) {
    switch (set) {
#if defined(__x86_64__)
    case varve_avx512:
    case varve_avx2: normals_avx2(deviation, values); return;
#endif
    default: normals_generic(deviation, values);
    }
}
