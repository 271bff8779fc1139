#include "CKernels.h"

// Nothing is fused here: the compiler's own choice would differ between machines.
#pragma clang fp contract(off)

// Functions that take vectors are always inlined, so how a vector is passed does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#define UNROLL _Pragma("clang loop unroll(full)")

typedef float lanes __attribute__((ext_vector_type(16)));
typedef int places __attribute__((ext_vector_type(16)));

#define NAME(x) x##_generic
#define TARGET
#define WIDEST 1
#include "columns.h"

#if defined(__x86_64__)
#define NAME(x) x##_avx2
#define TARGET __attribute__((target("avx2")))
#define WIDEST 1
#include "columns.h"

#define NAME(x) x##_avx512
#define TARGET __attribute__((target("avx512f,avx512vl")))
#define WIDEST 4
#include "columns.h"

#define DISPATCH(name, ...)                                 \
    switch (set) {                                          \
    case varve_avx512: name##_avx512(__VA_ARGS__); return;  \
    case varve_avx2: name##_avx2(__VA_ARGS__); return;      \
    default: name##_generic(__VA_ARGS__);                   \
    }
#else
#define DISPATCH(name, ...) name##_generic(__VA_ARGS__)
#endif

void varve_statistics(enum varve_instruction_set set, varve_shape shape, const float *x, float *mean, float *variance,
                      float *logged) {
    DISPATCH(statistics, shape, x, mean, variance, logged)
}

void varve_column_sums(enum varve_instruction_set set, varve_shape shape, const float *x, float *sum) {
    DISPATCH(sums, shape, x, sum)
}

void varve_square_sums(enum varve_instruction_set set, varve_shape shape, const float *x, float factor, float *sum) {
    DISPATCH(square_sums, shape, x, factor, sum)
}

void varve_column_bits(enum varve_instruction_set set, varve_shape shape, const float *x, float *bits) {
    DISPATCH(bits, shape, x, bits)
}

void varve_normalize(enum varve_instruction_set set, varve_shape shape, const float *x, const float *mean,
                     const float *scale, const float *shift, float *y, float *rectified) {
    DISPATCH(normalize, shape, x, mean, scale, shift, y, rectified)
}

void varve_norm_sums(enum varve_instruction_set set, varve_shape shape, const float *g, const float *x,
                     const float *mean, float *sum, float *product) {
    DISPATCH(norm_sums, shape, g, x, mean, sum, product)
}

void varve_norm_gradient(enum varve_instruction_set set, varve_shape shape, const float *g, const float *x,
                         const varve_norm_terms *terms, const float *residual, float *dx) {
    DISPATCH(norm_gradient, shape, g, x, terms, residual, dx)
}

void varve_layer_normalize(enum varve_instruction_set set, varve_shape shape, const float *x, const float *weight,
                           const float *bias, float *means, float *inverses, float *rectified) {
    DISPATCH(layer_normalize, shape, x, weight, bias, means, inverses, rectified)
}

void varve_layer_norm_sums(enum varve_instruction_set set, varve_shape shape, const float *g, const float *x,
                           const float *means, const float *inverses, float *sum, float *product) {
    DISPATCH(layer_norm_sums, shape, g, x, means, inverses, sum, product)
}

void varve_layer_norm_gradient(enum varve_instruction_set set, varve_shape shape, const float *g, const float *x,
                               const float *weight, const float *means, const float *inverses, const float *residual,
                               float *dx) {
    DISPATCH(layer_norm_gradient, shape, g, x, weight, means, inverses, residual, dx)
}

void varve_descend(enum varve_instruction_set set, ptrdiff_t count, float rate, float momentum, const float *gradients,
                   float *velocities, float *parameters) {
    DISPATCH(descend, count, rate, momentum, gradients, velocities, parameters)
}
