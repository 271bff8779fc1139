// The last columns of a product with AVX-512, where they fill at most half a vector. Four columns are a quad; a vector holds
// the same quad of four rows, so none of its lanes is idle. Each element is the same chain as in product.h.

#define TARGET __attribute__((target("avx512f,avx512vl,fma")))
#define INLINE TARGET static inline __attribute__((always_inline))
#define V tail_vector
typedef float tail_vector __attribute__((ext_vector_type(16), aligned(4)));

// Of four elements all of them four times, or each four times in a row; of a vector of fours the k-th of each, likewise.
#define FOURFOLD(q) (V)__builtin_shufflevector(q, q, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3)
#define STRETCHED(q) (V)__builtin_shufflevector(q, q, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3)
#define PLACE(x, k)                                                                                                       \
    (V)__builtin_shufflevector(x, x, k, k, k, k, 4 + (k), 4 + (k), 4 + (k), 4 + (k), 8 + (k), 8 + (k), 8 + (k), 8 + (k), \
                            12 + (k), 12 + (k), 12 + (k), 12 + (k))

#define LOAD(x) (*(const quad *)(x))
#define EACH UNROLL for (int r = 0; r < vectors; r++) UNROLL for (int q = 0; q < quads; q++)

// Four rows' next four elements along k.
INLINE V tail_block(const float *a, ptrdiff_t stride, ptrdiff_t last) {
    const quad first = LOAD(a), second = LOAD(a + (last < 1 ? last : 1) * stride);
    const quad third = LOAD(a + (last < 2 ? last : 2) * stride), fourth = LOAD(a + (last < 3 ? last : 3) * stride);
    const __typeof__(__builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7)) upper =
        __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7);
    const __typeof__(upper) lower = __builtin_shufflevector(third, fourth, 0, 1, 2, 3, 4, 5, 6, 7);
    return __builtin_shufflevector(upper, lower, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

// C[i + 0 ..< 4 * vectors][j + 0 ..< 4 * quads], all of k; of the last vector's rows only those up to `last`.
INLINE void tail_tile(const int vectors, const int quads, const int transposed, const varve_product *p, ptrdiff_t i,
                      ptrdiff_t j, const ptrdiff_t last) {
    V sum[5][2];
    if (p->bias)
        EACH sum[r][q] = FOURFOLD(LOAD(p->bias + j + 4 * q));
    else
        EACH sum[r][q] = (V)(0.0f);

    const float *b = p->b + j;
#define STEP(k, scale)                                                                          \
    do {                                                                                        \
        V row[2];                                                                               \
        UNROLL for (int q = 0; q < quads; q++) row[q] = FOURFOLD(LOAD(b + (k) * p->b_stride + 4 * q)); \
        EACH sum[r][q] = __builtin_elementwise_fma(scale, row[q], sum[r][q]);                   \
    } while (0)
    if (transposed) {
        const float *a = p->a + i;
        for (ptrdiff_t k = 0; k < p->k; k++, a += p->a_stride) STEP(k, STRETCHED(LOAD(a + 4 * r)));
    } else {
        const float *a = p->a + i * p->a_stride;
        V block[5];
        for (ptrdiff_t k = 0; k < p->k; k += 4) {
            UNROLL for (int r = 0; r < vectors; r++)
                block[r] = tail_block(a + 4 * r * p->a_stride + k, p->a_stride, r == vectors - 1 ? last : 3);
            STEP(k, PLACE(block[r], 0));
            if (k + 1 < p->k) STEP(k + 1, PLACE(block[r], 1));
            if (k + 2 < p->k) STEP(k + 2, PLACE(block[r], 2));
            if (k + 3 < p->k) STEP(k + 3, PLACE(block[r], 3));
        }
    }
#undef STEP

    EACH {
        float four_rows[16];
        *(V *)four_rows = sum[r][q];
        UNROLL for (int row = 0; row < 4; row++) {
            if (r == vectors - 1 && row > last) break;
            const ptrdiff_t at = (i + 4 * r + row) * p->c_stride + j + 4 * q;
            quad x = LOAD(four_rows + 4 * row);
            if (p->gate) x = LOAD(p->gate + at) <= 0 ? (quad)(0.0f) : x;
            if (p->residual) x = LOAD(p->residual + at) + x;
            *(quad *)(p->c + at) = x;
            if (p->rectified) *(quad *)(p->rectified + at) = x <= 0 ? (quad)(0.0f) : x;
        }
    }
}

INLINE void tail_strip(const int vectors, const int quads, const int transposed, const varve_product *p, ptrdiff_t j) {
    ptrdiff_t i = 0;
    for (; i + 4 * vectors <= p->m; i += 4 * vectors) tail_tile(vectors, quads, transposed, p, i, j, 3);
    for (; i + 4 <= p->m; i += 4) tail_tile(1, quads, transposed, p, i, j, 3);
    if (i < p->m) tail_tile(1, quads, transposed, p, i, j, p->m - i - 1);
}

INLINE void tail(const int transposed, const varve_product *p, ptrdiff_t j) {
    if (p->n - j > 4)
        tail_strip(5, 2, transposed, p, j);
    else
        tail_strip(5, 1, transposed, p, j);
}

#undef EACH
#undef LOAD
#undef FOURFOLD
#undef STRETCHED
#undef PLACE
#undef V
#undef INLINE
#undef TARGET
