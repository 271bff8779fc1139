// One instruction set's statistics, norms and updates. Included once a set, with these macros:
//   NAME(x)   x with the set's suffix        TARGET   the function attribute that allows the instructions
//   WIDEST    vectors whose sums fit in the registers beside each other, at most 4
// A vector has sixteen lanes on every set; the compiler splits it where registers are shorter.

#define INLINE TARGET static inline __attribute__((always_inline))
#define EACH UNROLL for (int v = 0; v < vectors; v++)
#define IN(x) (*(const lanes *)((x) + 16 * v))
#define OUT(x) (*(lanes *)((x) + 16 * v))

// Calls strip(vectors, j) for all columns, from the column j on.
#define STRIPS(columns, strip)                                             \
    do {                                                                   \
        ptrdiff_t j = 0, left = ((columns) + 15) / 16;                     \
        for (; left >= WIDEST; left -= WIDEST, j += 16 * WIDEST) strip(WIDEST, j); \
        if (WIDEST > 3 && left == 3) strip(WIDEST > 3 ? 3 : 1, j);         \
        if (WIDEST > 2 && left == 2) strip(WIDEST > 2 ? 2 : 1, j);         \
        if (WIDEST > 1 && left == 1) strip(1, j);                          \
    } while (0)

INLINE lanes NAME(positive)(lanes x) { return x <= 0 ? (lanes)(0.0f) : x; }

// Zero in the lanes after the last column.
INLINE lanes NAME(inside)(lanes x, ptrdiff_t column, ptrdiff_t columns) {
    const places here = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return here < (places)((int)(columns - column)) ? x : (lanes)(0.0f);
}

// The sum across the lanes, as a tree.
INLINE float NAME(tree)(lanes x) {
    const __typeof__(x.lo) eight = x.lo + x.hi;
    const __typeof__(eight.lo) four = eight.lo + eight.hi;
    const __typeof__(four.lo) two = four.lo + four.hi;
    return two.x + two.y;
}

INLINE void NAME(statistics_strip)(const int vectors, varve_shape s, const float *x, float *mean, float *variance,
                                   float *logged) {
    const lanes count = (lanes)((float)s.rows);
    lanes middle[WIDEST], squares[WIDEST], rest[WIDEST], exact[WIDEST];
    EACH middle[v] = squares[v] = rest[v] = exact[v] = (lanes)(0.0f);
    for (ptrdiff_t i = 0; i < s.rows; i++) EACH middle[v] += IN(x + i * s.stride);
    EACH middle[v] /= count;
    for (ptrdiff_t block = 0; block < s.rows; block += 16) {
        const ptrdiff_t end = block + 16 < s.rows ? block + 16 : s.rows;
        lanes block_rest[WIDEST], block_squares[WIDEST];
        EACH block_rest[v] = block_squares[v] = (lanes)(0.0f);
        for (ptrdiff_t i = block; i < end; i++) EACH {
            const lanes difference = IN(x + i * s.stride) - middle[v];
            const lanes square = difference * difference;
            squares[v] += square;
            block_rest[v] += difference;
            block_squares[v] += square;
        }
        EACH rest[v] += block_rest[v];
        EACH exact[v] += block_squares[v];
    }
    EACH {
        const lanes correction = rest[v] / count;
        OUT(logged) = squares[v] / count;
        OUT(mean) = middle[v] + correction;
        OUT(variance) = exact[v] / count - correction * correction;
    }
}

TARGET static void NAME(statistics)(varve_shape s, const float *x, float *mean, float *variance, float *logged) {
#define STRIP(vectors, j) NAME(statistics_strip)(vectors, s, x + j, mean + j, variance + j, logged + j)
    STRIPS(s.columns, STRIP);
#undef STRIP
}

INLINE void NAME(sums_strip)(const int vectors, varve_shape s, const float *x, float *sum) {
    lanes sums[WIDEST];
    EACH sums[v] = (lanes)(0.0f);
    for (ptrdiff_t i = 0; i < s.rows; i++) EACH sums[v] += IN(x + i * s.stride);
    EACH OUT(sum) = sums[v];
}

TARGET static void NAME(sums)(varve_shape s, const float *x, float *sum) {
#define STRIP(vectors, j) NAME(sums_strip)(vectors, s, x + j, sum + j)
    STRIPS(s.columns, STRIP);
#undef STRIP
}

INLINE void NAME(square_sums_strip)(const int vectors, varve_shape s, const float *x, float factor, float *sum) {
    lanes sums[WIDEST];
    EACH sums[v] = (lanes)(0.0f);
    for (ptrdiff_t block = 0; block < s.rows; block += 16) {
        const ptrdiff_t end = block + 16 < s.rows ? block + 16 : s.rows;
        lanes block_sums[WIDEST];
        EACH block_sums[v] = (lanes)(0.0f);
        for (ptrdiff_t i = block; i < end; i++) EACH {
            const lanes scaled = IN(x + i * s.stride) * factor;
            block_sums[v] += scaled * scaled;
        }
        EACH sums[v] += block_sums[v];
    }
    EACH OUT(sum) = sums[v];
}

TARGET static void NAME(square_sums)(varve_shape s, const float *x, float factor, float *sum) {
#define STRIP(vectors, j) NAME(square_sums_strip)(vectors, s, x + j, factor, sum + j)
    STRIPS(s.columns, STRIP);
#undef STRIP
}

INLINE void NAME(bits_strip)(const int vectors, varve_shape s, const float *x, float *bits) {
    places all[WIDEST];
    EACH all[v] = (places)(0);
    for (ptrdiff_t i = 0; i < s.rows; i++) EACH all[v] |= (places)IN(x + i * s.stride);
    EACH OUT(bits) = (lanes)all[v];
}

TARGET static void NAME(bits)(varve_shape s, const float *x, float *bits) {
#define STRIP(vectors, j) NAME(bits_strip)(vectors, s, x + j, bits + j)
    STRIPS(s.columns, STRIP);
#undef STRIP
}

TARGET static void NAME(normalize)(varve_shape s, const float *x, const float *mean, const float *scale,
                                   const float *shift, float *y, float *rectified) {
    for (ptrdiff_t i = 0; i < s.rows; i++) {
        for (ptrdiff_t j = 0; j < s.columns; j += 16) {
            const ptrdiff_t at = i * s.stride + j;
            const int v = 0;
            const lanes normed = (IN(x + at) - IN(mean + j)) * IN(scale + j) + IN(shift + j);
            if (y) OUT(y + at) = normed;
            if (rectified) OUT(rectified + at) = NAME(positive)(normed);
        }
    }
}

INLINE void NAME(norm_sums_strip)(const int vectors, varve_shape s, const float *g, const float *x, const float *mean,
                                  float *sum, float *product) {
    lanes sums[WIDEST], products[WIDEST];
    EACH sums[v] = products[v] = (lanes)(0.0f);
    for (ptrdiff_t i = 0; i < s.rows; i++) EACH {
        const lanes gradient = IN(g + i * s.stride);
        sums[v] += gradient;
        products[v] += gradient * (IN(x + i * s.stride) - IN(mean));
    }
    EACH OUT(sum) = sums[v];
    EACH OUT(product) = products[v];
}

TARGET static void NAME(norm_sums)(varve_shape s, const float *g, const float *x, const float *mean, float *sum,
                                   float *product) {
#define STRIP(vectors, j) NAME(norm_sums_strip)(vectors, s, g + j, x + j, mean + j, sum + j, product + j)
    STRIPS(s.columns, STRIP);
#undef STRIP
}

TARGET static void NAME(norm_gradient)(varve_shape s, const float *g, const float *x, const varve_norm_terms *terms,
                                       const float *residual, float *dx) {
    for (ptrdiff_t i = 0; i < s.rows; i++) {
        for (ptrdiff_t j = 0; j < s.columns; j += 16) {
            const ptrdiff_t at = i * s.stride + j;
            const int v = 0;
            const lanes centered = IN(x + at) - IN(terms->mean + j);
            const lanes rest = IN(g + at) - IN(terms->shift + j) - centered * IN(terms->scale + j);
            const lanes change = IN(terms->factor + j) * rest;
            OUT(dx + at) = residual ? IN(residual + at) + change : change;
        }
    }
}

TARGET static void NAME(layer_normalize)(varve_shape s, const float *x, const float *weight, const float *bias,
                                         float *means, float *inverses, float *rectified) {
    const float count = (float)s.columns;
    for (ptrdiff_t i = 0; i < s.rows; i++, x += s.stride, rectified += s.stride) {
        const int v = 0;
        lanes total = (lanes)(0.0f);
        for (ptrdiff_t block = 0; block < s.columns; block += 256) {
            lanes sum = (lanes)(0.0f);
            for (ptrdiff_t j = block; j < s.columns && j < block + 256; j += 16)
                sum += NAME(inside)(IN(x + j), j, s.columns);
            total += sum;
        }
        const float middle = NAME(tree)(total) / count;
        lanes rest = (lanes)(0.0f), squares = (lanes)(0.0f);
        for (ptrdiff_t block = 0; block < s.columns; block += 256) {
            lanes block_rest = (lanes)(0.0f), block_squares = (lanes)(0.0f);
            for (ptrdiff_t j = block; j < s.columns && j < block + 256; j += 16) {
                const lanes difference = NAME(inside)(IN(x + j) - middle, j, s.columns);
                block_rest += difference;
                block_squares += difference * difference;
            }
            rest += block_rest;
            squares += block_squares;
        }
        const float correction = NAME(tree)(rest) / count;
        const float variance = NAME(tree)(squares) / count - correction * correction;
        const float mean = middle + correction;
        // In double, as in PyTorch.
        const float inverse = (float)(1 / __builtin_elementwise_sqrt((double)variance + 1e-5));
        means[i] = mean;
        inverses[i] = inverse;
        for (ptrdiff_t j = 0; j < s.columns; j += 16)
            OUT(rectified + j) = NAME(positive)((IN(x + j) - mean) * inverse * IN(weight + j) + IN(bias + j));
    }
}

INLINE void NAME(layer_norm_sums_strip)(const int vectors, varve_shape s, const float *g, const float *x,
                                        const float *means, const float *inverses, float *sum, float *product) {
    lanes sums[WIDEST], products[WIDEST];
    EACH sums[v] = products[v] = (lanes)(0.0f);
    for (ptrdiff_t i = 0; i < s.rows; i++) EACH {
        const lanes gradient = IN(g + i * s.stride);
        sums[v] += gradient;
        products[v] += gradient * ((IN(x + i * s.stride) - means[i]) * inverses[i]);
    }
    EACH OUT(sum) = sums[v];
    EACH OUT(product) = products[v];
}

TARGET static void NAME(layer_norm_sums)(varve_shape s, const float *g, const float *x, const float *means,
                                         const float *inverses, float *sum, float *product) {
#define STRIP(vectors, j) NAME(layer_norm_sums_strip)(vectors, s, g + j, x + j, means, inverses, sum + j, product + j)
    STRIPS(s.columns, STRIP);
#undef STRIP
}

TARGET static void NAME(layer_norm_gradient)(varve_shape s, const float *g, const float *x, const float *weight,
                                             const float *means, const float *inverses, const float *residual, float *dx) {
    const float count = (float)s.columns;
    for (ptrdiff_t i = 0; i < s.rows; i++, g += s.stride, x += s.stride, residual += s.stride, dx += s.stride) {
        const int v = 0;
        const float mean = means[i], inverse = inverses[i];
        lanes sum = (lanes)(0.0f), product = (lanes)(0.0f);
        for (ptrdiff_t block = 0; block < s.columns; block += 256) {
            lanes block_sum = (lanes)(0.0f), block_product = (lanes)(0.0f);
            for (ptrdiff_t j = block; j < s.columns && j < block + 256; j += 16) {
                const lanes weighted = IN(g + j) * IN(weight + j);
                block_sum += NAME(inside)(weighted, j, s.columns);
                block_product += NAME(inside)(weighted * ((IN(x + j) - mean) * inverse), j, s.columns);
            }
            sum += block_sum;
            product += block_product;
        }
        const float shift = NAME(tree)(sum) / count, scale = NAME(tree)(product) / count;
        for (ptrdiff_t j = 0; j < s.columns; j += 16) {
            const lanes rest = IN(g + j) * IN(weight + j) - shift - (IN(x + j) - mean) * inverse * scale;
            OUT(dx + j) = IN(residual + j) + rest * inverse;
        }
    }
}

TARGET static void NAME(descend)(ptrdiff_t count, float rate, float momentum, const float *gradients, float *velocities,
                                 float *parameters) {
    const int v = 0;
    for (ptrdiff_t i = 0; i < count; i += 16) {
        const lanes velocity = momentum * IN(velocities + i) + IN(gradients + i);
        const places tiny = (velocity < 1e-30f) & (velocity > -1e-30f);
        const lanes kept = tiny ? (lanes)(0.0f) : velocity;
        OUT(velocities + i) = kept;
        OUT(parameters + i) = IN(parameters + i) - rate * kept;
    }
}

#undef INLINE
#undef EACH
#undef IN
#undef OUT
#undef STRIPS
#undef NAME
#undef TARGET
#undef WIDEST
