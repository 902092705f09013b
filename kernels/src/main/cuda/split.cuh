// Splitting float32 for F16 tensor cores: a = (hi + lo) * scale, scale a power of two chosen per row so that the row's
// largest magnitude lands in [2^9, 2^10]. hi then carries 11 bits of a value and lo the next 11 and a sign, so nothing that
// float32 would notice is lost down to 2^-34 of the row's largest, and nothing overflows F16 (65504).
//
// Magnitudes are compared as bit patterns: they order like the values, and Inf and NaN come out on top. A row with one of
// those keeps scale 1 and lo 0, so that they reach the sums; so does a row of zeros. A row whose largest is below 2^-116
// would need a factor beyond float32: it gets the largest there is.
#pragma once

#include <cstdint>
#include <cuda_fp16.h>

__device__ __forceinline__ uint32_t magnitude(float v) {
    return __float_as_uint(v) & 0x7fffffff;
}

struct RowScale {
    float up;    // 1 / scale
    float scale; // a power of two
    bool finite;
};

// largest: the greatest magnitude() of the row.
__device__ __forceinline__ RowScale row_scale(uint32_t largest) {
    bool finite = largest < 0x7f800000;
    if (largest == 0 || !finite) {
        return {1.0f, 1.0f, finite};
    }
    int exponent = max(static_cast<int>(largest >> 23) - 127, -117); // the largest is in [2^exponent, 2^(exponent + 1))
    uint32_t up = 127 + 9 - exponent;
    return {__uint_as_float(up << 23), __uint_as_float((254 - up) << 23), true};
}

struct SplitPair {
    uint32_t hi; // two F16
    uint32_t lo;
};

__device__ __forceinline__ SplitPair split_pair(float a, float b, RowScale by) {
    a *= by.up;
    b *= by.up;
    __half2 hi = __floats2half2_rn(a, b);
    __half2 lo = by.finite ? __floats2half2_rn(a - __low2float(hi), b - __high2float(hi)) : __half2{};
    return {*reinterpret_cast<uint32_t*>(&hi), *reinterpret_cast<uint32_t*>(&lo)};
}
