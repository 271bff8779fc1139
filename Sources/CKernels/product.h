// One instruction set's matrix product. Included once a set, with these macros:
//   NAME(x)   x with the set's suffix        TARGET   the function attribute that allows the instructions
//   LANES     floats in a vector             WIDEST    vectors across the main tile, 2 or 3
//   TAIL      computes the last columns, where they fill at most half a vector; optional
//   ROWS      rows of the main tile          SLIM_ROWS rows of a tile of one vector, where a strip is left over: more,
//                                            because too few chains would not hide the latency of an addition
// A tile of C stays in registers while k runs; loops over constants are unrolled away.

typedef float NAME(vector) __attribute__((ext_vector_type(LANES), aligned(4)));
#define V NAME(vector)
#define INLINE TARGET static inline __attribute__((always_inline))

INLINE V NAME(positive)(V gate, V x) { return gate <= 0 ? (V)(0.0f) : x; }

// C[i + 0 ..< rows][j + 0 ..< vectors * LANES], all of k.
INLINE void NAME(tile)(const int rows, const int vectors, const int transposed, const varve_product *p, ptrdiff_t i,
                       ptrdiff_t j) {
    V sum[SLIM_ROWS][WIDEST];
#define EACH UNROLL for (int r = 0; r < rows; r++) UNROLL for (int v = 0; v < vectors; v++)
    const float *bias = p->bias, *gate = p->gate, *residual = p->residual;
    if (bias)
        EACH sum[r][v] = *(const V *)(bias + j + v * LANES);
    else
        EACH sum[r][v] = (V)(0.0f);

    const float *a = p->a + (transposed ? i : i * p->a_stride);
    const float *b = p->b + j;
    const ptrdiff_t along_k = transposed ? p->a_stride : 1, down = transposed ? 1 : p->a_stride;
    for (ptrdiff_t k = 0; k < p->k; k++, a += along_k, b += p->b_stride) {
        V row[WIDEST];
        UNROLL for (int v = 0; v < vectors; v++) row[v] = *(const V *)(b + v * LANES);
        UNROLL for (int r = 0; r < rows; r++) {
            V scale = (V)(a[r * down]);
            UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = __builtin_elementwise_fma(scale, row[v], sum[r][v]);
        }
    }

    const ptrdiff_t at = i * p->c_stride + j, stride = p->c_stride;
    float *c = p->c, *rectified = p->rectified;
#define IN(x) (*(const V *)((x) + at + r * stride + v * LANES))
#define OUT(x) (*(V *)((x) + at + r * stride + v * LANES))
    if (gate) EACH sum[r][v] = NAME(positive)(IN(gate), sum[r][v]);
    if (residual) EACH sum[r][v] = IN(residual) + sum[r][v];
    EACH OUT(c) = sum[r][v];
    if (rectified) EACH OUT(rectified) = NAME(positive)(sum[r][v], sum[r][v]);
#undef EACH
#undef IN
#undef OUT
}

// All rows of a strip of columns; B's strip stays in the first cache meanwhile.
INLINE void NAME(strip)(const int rows, const int vectors, const int transposed, const varve_product *p, ptrdiff_t j) {
    ptrdiff_t i = 0;
    for (; i + rows <= p->m; i += rows) NAME(tile)(rows, vectors, transposed, p, i, j);
    if (rows > 8 && i + 8 <= p->m) NAME(tile)(8, vectors, transposed, p, i, j), i += 8;
    if (rows > 4 && i + 4 <= p->m) NAME(tile)(4, vectors, transposed, p, i, j), i += 4;
    if (i + 2 <= p->m) NAME(tile)(2, vectors, transposed, p, i, j), i += 2;
    if (i + 1 <= p->m) NAME(tile)(1, vectors, transposed, p, i, j);
}

INLINE void NAME(product)(const int transposed, const varve_product *p) {
#ifdef TAIL
    const ptrdiff_t rest = p->n % LANES, whole = rest > 0 && rest <= LANES / 2 ? p->n - rest : p->n;
#else
    const ptrdiff_t whole = p->n;
#endif
    ptrdiff_t vectors = (whole + LANES - 1) / LANES, j = 0;
    for (; vectors >= WIDEST; vectors -= WIDEST, j += WIDEST * LANES) NAME(strip)(ROWS, WIDEST, transposed, p, j);
    if (WIDEST == 3 && vectors == 2) NAME(strip)(ROWS, 2, transposed, p, j);
    if (vectors == 1) NAME(strip)(SLIM_ROWS, 1, transposed, p, j);
#ifdef TAIL
    if (whole < p->n) TAIL(transposed, p, whole);
#endif
}

TARGET static void NAME(multiply)(const varve_product *p) { NAME(product)(0, p); }
TARGET static void NAME(multiply_transposed)(const varve_product *p) { NAME(product)(1, p); }

#undef V
#undef INLINE
#undef NAME
#undef TARGET
#undef LANES
#undef ROWS
#undef SLIM_ROWS
#undef WIDEST
#undef TAIL
