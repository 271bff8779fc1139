#include "CKernels.h"

#include <stdlib.h>
#include <string.h>

// a * b + c is fused only where it says so: the compiler's own choice would differ between machines.
#pragma clang fp contract(off)

#define UNROLL _Pragma("clang loop unroll(full)")

typedef float quad __attribute__((ext_vector_type(4), aligned(4)));

// Portable. On x86 without a target attribute each fused multiply-add is a call of fmaf: slow, but the same bits. On
// arm64 these are NEON instructions.
#define NAME(x) x##_generic
#define TARGET
#define LANES 4
#define ROWS 8
#define SLIM_ROWS 16
#define WIDEST 2
#include "product.h"

#if defined(__x86_64__)
// 6 × 2 of 16 registers are sums. 4 × 3 would spill.
#define NAME(x) x##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define LANES 8
#define ROWS 6
#define SLIM_ROWS 12
#define WIDEST 2
#include "product.h"

#include "tail.h"

// 8 × 3 of 32 registers are sums.
#define NAME(x) x##_avx512
#define TAIL tail
#define TARGET __attribute__((target("avx512f,avx512vl,fma")))
#define LANES 16
#define ROWS 8
#define SLIM_ROWS 16
#define WIDEST 3
#include "product.h"
#endif

enum varve_instruction_set varve_widest_instruction_set(void) {
    enum varve_instruction_set widest = varve_generic;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) widest = varve_avx2;
    if (widest == varve_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) widest = varve_avx512;
#endif
    const char *limit = getenv("VARVE_INSTRUCTION_SET");
    if (limit && strcmp(limit, "generic") == 0) return varve_generic;
    if (limit && strcmp(limit, "avx2") == 0 && widest > varve_avx2) return varve_avx2;
    return widest;
}

void varve_multiply(enum varve_instruction_set set, const varve_product *product) {
    switch (set) {
#if defined(__x86_64__)
    case varve_avx512: multiply_avx512(product); return;
    case varve_avx2: multiply_avx2(product); return;
#endif
    default: multiply_generic(product);
    }
}

void varve_multiply_transposed(enum varve_instruction_set set, const varve_product *product) {
    switch (set) {
#if defined(__x86_64__)
    case varve_avx512: multiply_transposed_avx512(product); return;
    case varve_avx2: multiply_transposed_avx2(product); return;
#endif
    default: multiply_transposed_generic(product);
    }
}

void varve_transpose(ptrdiff_t rows, ptrdiff_t columns, const float *from, ptrdiff_t from_stride, float *to,
                     ptrdiff_t to_stride) {
    for (ptrdiff_t i = 0; i < rows; i += 4) {
        for (ptrdiff_t j = 0; j < columns; j += 4) {
            const float *source = from + i * from_stride + j;
            float *target = to + j * to_stride + i;
            if (i + 4 <= rows && j + 4 <= columns) {
                const quad a = *(const quad *)source, b = *(const quad *)(source + from_stride);
                const quad c = *(const quad *)(source + 2 * from_stride), d = *(const quad *)(source + 3 * from_stride);
                const quad ac = __builtin_shufflevector(a, c, 0, 4, 1, 5), AC = __builtin_shufflevector(a, c, 2, 6, 3, 7);
                const quad bd = __builtin_shufflevector(b, d, 0, 4, 1, 5), BD = __builtin_shufflevector(b, d, 2, 6, 3, 7);
                *(quad *)target = __builtin_shufflevector(ac, bd, 0, 4, 1, 5);
                *(quad *)(target + to_stride) = __builtin_shufflevector(ac, bd, 2, 6, 3, 7);
                *(quad *)(target + 2 * to_stride) = __builtin_shufflevector(AC, BD, 0, 4, 1, 5);
                *(quad *)(target + 3 * to_stride) = __builtin_shufflevector(AC, BD, 2, 6, 3, 7);
            } else {
                for (ptrdiff_t r = 0; r < 4 && i + r < rows; r++)
                    for (ptrdiff_t c = 0; c < 4 && j + c < columns; c++)
                        target[c * to_stride + r] = source[r * from_stride + c];
            }
        }
    }
}
