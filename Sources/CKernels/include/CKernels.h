// Kernels in single precision that give the same bits on every machine: matrix products with a fused epilogue, and normal
// random numbers.
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

/// Turns sixteen uniform numbers of 0 ..< 1 into normal ones of mean 0 (Box and Muller, Ann. Math. Statist. 29, 1958).
///
/// With the bits of PyTorch's `Tensor.normal_` on x86: a pair comes from places i and i + 8.
void varve_normals(enum varve_instruction_set set, float deviation, float values[16]);

#endif
