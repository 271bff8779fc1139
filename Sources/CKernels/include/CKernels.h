// Kernels in single precision that give the same bits on every machine: matrix products with a fused epilogue, statistics,
// norms, updates, and normal random numbers.
//
// Every element of a product is one chain of fused multiply-adds over k, in the order of k, started from the bias or from
// zero: whatever the vectors' width, an element sees the same roundings. All matrices are row-major; a stride counts floats between
// rows. Rows are padded: the vectors read and write up to the next multiple of 16 columns.
#ifndef VARVE_CKERNELS_H
#define VARVE_CKERNELS_H

#include <stddef.h>

enum varve_instruction_set { varve_generic = 0, varve_avx2 = 1, varve_avx512 = 2 };

/// The widest instruction set that this machine has and that the environment variable VARVE_INSTRUCTION_SET
/// (generic, avx2, avx512) allows.
enum varve_instruction_set varve_widest_instruction_set(void);

/// One product C = A B, or C = Aᵀ B, of m × k by k × n.
typedef struct {
    ptrdiff_t m, n, k;
    const float *a;
    ptrdiff_t a_stride;
    const float *b;
    ptrdiff_t b_stride;
    float *c;
    ptrdiff_t c_stride;

    /// n values from which the columns' chains start, instead of zero.
    const float *bias;

    /// What happens to each element before it is stored, in this order; null leaves a step out.
    const float *gate;      ///< like c: c = gate <= 0 ? 0 : c, the gradient of relu
    const float *residual;  ///< like c: c = residual + c
    float *rectified;       ///< like c: receives relu(c) besides
} varve_product;

/// Computes A B with A of m rows and k columns.
void varve_multiply(enum varve_instruction_set set, const varve_product *product);

/// Computes Aᵀ B with A of k rows and m columns.
void varve_multiply_transposed(enum varve_instruction_set set, const varve_product *product);

/// Copies the transpose of a rows × columns matrix; the padding of neither is touched.
void varve_transpose(ptrdiff_t rows, ptrdiff_t columns, const float *from, ptrdiff_t from_stride, float *to,
                     ptrdiff_t to_stride);

/// The size of a row-major matrix. Here rows begin at multiples of 64 bytes, and the padding up to the next multiple of 16
/// columns is read and written along.
///
/// In what follows nothing is fused. Sums over the batch go down the rows, one lane a column; sums over a row's columns leave
/// the padding out and go sixteen columns at a time, in blocks of 256 columns, and then across the lanes as a tree:
/// lane i and i + 8, then i and i + 4, i and i + 2, i and i + 1.
typedef struct {
    ptrdiff_t rows, columns, stride;
} varve_shape;

/// Mean and population variance of every column, as exactly as float32 can say, and the variance as NumPy rounds it.
///
/// The sums of the differences to a first mean, and of their squares, are taken over 16 rows and those added up; NumPy's
/// in one go.
void varve_statistics(enum varve_instruction_set set, varve_shape shape, const float *x, float *mean, float *variance,
                      float *logged);

/// The sum of every column.
void varve_column_sums(enum varve_instruction_set set, varve_shape shape, const float *x, float *sum);

/// The sum of every column's squares of x * factor, in sums of 16 rows that are added up.
void varve_square_sums(enum varve_instruction_set set, varve_shape shape, const float *x, float factor, float *sum);

/// All bits that are set anywhere in a column: +0 where every element is +0.
void varve_column_bits(enum varve_instruction_set set, varve_shape shape, const float *x, float *bits);

/// y = (x - mean) * scale + shift, with a mean, scale and shift a column; `y` or its relu `rectified` may be null.
void varve_normalize(enum varve_instruction_set set, varve_shape shape, const float *x, const float *mean,
                     const float *scale, const float *shift, float *y, float *rectified);

/// For every column the sum of g, and that of g * (x - mean).
void varve_norm_sums(enum varve_instruction_set set, varve_shape shape, const float *g, const float *x,
                     const float *mean, float *sum, float *product);

/// A value a column each.
typedef struct {
    const float *mean, *shift, *scale, *factor;
} varve_norm_terms;

/// dx = residual + factor * (g - shift - (x - mean) * scale); without the residual where that is null.
void varve_norm_gradient(enum varve_instruction_set set, varve_shape shape, const float *g, const float *x,
                         const varve_norm_terms *terms, const float *residual, float *dx);

/// Layer normalisation and the relu of it. Leaves mean and inverse deviation of every row.
void varve_layer_normalize(enum varve_instruction_set set, varve_shape shape, const float *x, const float *weight,
                           const float *bias, float *means, float *inverses, float *rectified);

/// For every column the sum of g, and that of g * (x - mean) * inverse, with a mean and an inverse deviation a row.
void varve_layer_norm_sums(enum varve_instruction_set set, varve_shape shape, const float *g, const float *x,
                           const float *means, const float *inverses, float *sum, float *product);

/// The gradient of layer normalisation's input, added to a residual.
void varve_layer_norm_gradient(enum varve_instruction_set set, varve_shape shape, const float *g, const float *x,
                               const float *weight, const float *means, const float *inverses, const float *residual,
                               float *dx);

/// One update with momentum: v = momentum * v + g, with 0 for what is closer to it than 1e-30; p = p - rate * v.
void varve_descend(enum varve_instruction_set set, ptrdiff_t count, float rate, float momentum, const float *gradients,
                   float *velocities, float *parameters);

/// Turns sixteen uniform numbers of 0 ..< 1 into normal ones of mean 0 (Box and Muller, Ann. Math. Statist. 29, 1958).
///
/// With the bits of PyTorch's `Tensor.normal_` on x86: a pair comes from places i and i + 8.
void varve_normals(enum varve_instruction_set set, float deviation, float values[16]);

#endif
