#include "CBench.h"

#include <time.h>

#define PEAK(name, count, target)                                                                                   \
    typedef float name##_vector __attribute__((ext_vector_type(count)));                                            \
    target static float name(long iterations) {                                                                     \
        name##_vector sums[12], a = (name##_vector)(0.999f), b = (name##_vector)(0.001f), all = (name##_vector)(0); \
        for (int i = 0; i < 12; i++) sums[i] = (name##_vector)((float)i);                                           \
        for (long k = 0; k < iterations; k++)                                                                       \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < 12; i++) sums[i] =                               \
                __builtin_elementwise_fma(sums[i], a, b);                                                           \
        for (int i = 0; i < 12; i++) all += sums[i];                                                                \
        return all[0];                                                                                              \
    }

PEAK(peak_generic, 4, )
#if defined(__x86_64__)
PEAK(peak_avx2, 8, __attribute__((target("avx2,fma"))))
PEAK(peak_avx512, 16, __attribute__((target("avx512f"))))
#endif

float varve_bench_peak(int lanes, long iterations) {
#if defined(__x86_64__)
    if (lanes == 16) return peak_avx512(iterations);
    if (lanes == 8) return peak_avx2(iterations);
#endif
    return peak_generic(iterations);
}

double varve_bench_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}
