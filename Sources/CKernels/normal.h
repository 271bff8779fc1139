// One instruction set's normal numbers. Included once a set, with these macros:
//   NAME(x)   x with the set's suffix        TARGET   the function attribute that allows the instructions
//   LANES     floats in a vector, 4 or 8
// Where two roundings are fused into one is part of the result: it is as PyTorch's compiler fused PyTorch's source.

typedef float NAME(floats) __attribute__((ext_vector_type(LANES), aligned(4)));
typedef int NAME(ints) __attribute__((ext_vector_type(LANES), aligned(4)));
#define V NAME(floats)
#define I NAME(ints)
#define INLINE TARGET static inline __attribute__((always_inline))

// c[0] xⁿ⁻¹ + c[1] xⁿ⁻² + … + c[n - 1]
INLINE V NAME(polynomial)(V x, const float *c, const int n) {
    V y = (V)(c[0]);
    UNROLL for (int i = 1; i < n; i++) y = __builtin_elementwise_fma(y, x, (V)(c[i]));
    return y;
}

// The natural logarithm for 0 < x <= 1.
INLINE V NAME(logarithm)(V x) {
    const I bits = (I)x;
    const V fraction = (V)((bits & 0x007FFFFF) | 0x3F000000);  // 0.5 ..< 1
    const I below = fraction < 0.707106781186547524f;
    const V exponent = __builtin_convertvector((bits >> 23) - 126 + below, V);
    const V r = (below ? fraction + fraction : fraction) - 1.0f;
    const V square = r * r;
    V y = NAME(polynomial)(r, log_series, 9) * r;
    y = __builtin_elementwise_fma(y, square, exponent * -2.12194440e-4f) - square * 0.5f;
    return __builtin_elementwise_fma(exponent, (V)(0.693359375f), r + y);
}

// Sine and cosine for 0 <= x < 7.
INLINE void NAME(circle)(V x, V *sine, V *cosine) {
    // The even multiple of π/4 next to x comes off in three parts.
    const I octant = (__builtin_convertvector(x * 1.27323954473516f, I) + 1) & ~1;
    const V turns = __builtin_convertvector(octant, V);
    V r = __builtin_elementwise_fma(turns, (V)(-0.78515625f), x);
    r = __builtin_elementwise_fma(turns, (V)(-2.4187564849853515625e-4f), r);
    r = __builtin_elementwise_fma(turns, (V)(-3.77489497744594108e-8f), r);
    const V square = r * r;
    const V fourth = NAME(polynomial)(square, cosine_series, 3) * square;
    const V even = __builtin_elementwise_fma(square, fourth, square * -0.5f) + 1.0f;
    const V third = NAME(polynomial)(square, sine_series, 3) * square;
    const V odd = __builtin_elementwise_fma(r, third, r);
    const I swapped = (octant & 2) != 0;
    *sine = (V)((I)(swapped ? even : odd) ^ ((octant & 4) << 29));
    *cosine = (V)((I)(swapped ? odd : even) ^ (((octant + 2) & 4) << 29));
}

TARGET static void NAME(normals)(float deviation, float *values) {
    for (int i = 0; i < 8; i += LANES) {
        V *first = (V *)(values + i), *second = (V *)(values + 8 + i);
        const V radius = __builtin_elementwise_sqrt(NAME(logarithm)(1.0f - *first) * -2.0f);
        V sine, cosine;
        NAME(circle)(*second * 6.283185307179586f, &sine, &cosine);
        // The mean is zero, and adding it turns -0 into 0.
        *first = radius * cosine * deviation + 0.0f;
        *second = radius * sine * deviation + 0.0f;
    }
}

#undef V
#undef I
#undef INLINE
#undef NAME
#undef TARGET
#undef LANES
