// Elements of a planar Matrix of any type as float32: every weight exactly as ggml's dequantize_row_* rounds it.
//
// `eight` gives elements [col, col + 8) of a row, col a multiple of 8: no block ends inside such a run and in every type
// it is one load of quants (8 B of codes; 16 or 32 B of F16, BF16, F32) and one or two of scales. `element` gives one.
//
// Why products may be contracted into FMAs here: a code has at most 8 bits, a half 11, a group scale 6 (Q4_K, Q5_K) or 8
// (Q6_K), so code x scale is exact in float32's 24 bits and only the addition of the minimum rounds, once, either way.
#pragma once

#include "matrix.cuh"

namespace element_of {

__device__ __forceinline__ float half_at(const uint8_t* at) {
    return __half2float(*reinterpret_cast<const __half*>(at));
}

// Byte `i` (0 to 7) of the 8 bytes that a run's codes lie in.
__device__ __forceinline__ int byte(uint2 bytes, int i) {
    return (i < 4 ? bytes.x >> 8 * i : bytes.y >> 8 * (i - 4)) & 255;
}

__device__ __forceinline__ uint2 load8(const uint8_t* at) {
    return *reinterpret_cast<const uint2*>(at);
}

// The 6-bit scale and minimum of group 0 to 7 in the 12 packed bytes of Q4_K and Q5_K.
__device__ __forceinline__ float2 group_scales(const uint8_t* superblock, int group) {
    const uint8_t* packed = superblock + 4;
    int scale = group < 4 ? packed[group] & 63 : (packed[group + 4] & 15) | (packed[group - 4] >> 6 << 4);
    int min = group < 4 ? packed[group + 4] & 63 : (packed[group + 4] >> 4) | (packed[group] >> 6 << 4);
    return {half_at(superblock) * scale, half_at(superblock + 2) * min};
}

// Q4_0, Q4_1, Q5_0, Q5_1: element j of a block is the low nibble of byte j, or the high one of byte j - 16.
__device__ __forceinline__ void nibbles(const Matrix& w, size_t block, int col, bool fifth, bool offset, float (&out)[8]) {
    int j = col % 32;
    uint2 codes = load8(w.quants + block * 16 + j % 16);
    uint32_t high = fifth ? reinterpret_cast<const uint32_t*>(w.highs)[block] >> j : 0;
    float scale = half_at(w.scales + block * (offset ? 4 : 2));
    float shift = offset ? half_at(w.scales + block * 4 + 2) : scale * (fifth ? -16.0f : -8.0f);
#pragma unroll
    for (int i = 0; i < 8; i++) {
        int code = (byte(codes, i) >> (j / 16 * 4) & 15) | (high >> i & 1) << 4;
        out[i] = fmaf(code, scale, shift);
    }
}

__device__ __forceinline__ void q8_0(const Matrix& w, size_t block, int col, float (&out)[8]) {
    uint2 codes = load8(w.quants + block * 32 + col % 32);
    float scale = half_at(w.scales + block * 2);
#pragma unroll
    for (int i = 0; i < 8; i++) {
        out[i] = static_cast<int8_t>(byte(codes, i)) * scale;
    }
}

// Q4_K (144 B: d, min, 12 B scales, nibbles) and Q5_K (176 B: the same with 32 B of fifth bits before the nibbles).
__device__ __forceinline__ void q45_k(const Matrix& w, size_t block, int col, bool fifth, float (&out)[8]) {
    const uint8_t* superblock = w.quants + block * (fifth ? 176 : 144);
    int group = col % 256 / 32;
    int l = col % 32;
    float2 scales = group_scales(superblock, group);
    uint2 codes = load8(superblock + (fifth ? 48 : 16) + group / 2 * 32 + l);
    uint2 high = fifth ? load8(superblock + 16 + l) : make_uint2(0, 0);
#pragma unroll
    for (int i = 0; i < 8; i++) {
        int code = (byte(codes, i) >> (group % 2 * 4) & 15) | (byte(high, i) >> group & 1) << 4;
        out[i] = fmaf(code, scales.x, -scales.y);
    }
}

// Q6_K: two halves of four groups of 32; 128 B of low nibbles, 64 B of high pairs, 16 signed scales of 16 elements each.
__device__ __forceinline__ void q6_k(const Matrix& w, size_t block, int col, float (&out)[8]) {
    const uint8_t* superblock = w.quants + block * 208;
    int part = col % 256 / 128;
    int group = col % 128 / 32;
    int l = col % 32;
    uint2 low = load8(superblock + part * 64 + group % 2 * 32 + l);
    uint2 high = load8(superblock + 128 + part * 32 + l);
    int group_scale = reinterpret_cast<const int8_t*>(superblock)[192 + part * 8 + group * 2 + l / 16];
    float scale = half_at(w.scales + block * 2) * group_scale;
#pragma unroll
    for (int i = 0; i < 8; i++) {
        int code = (byte(low, i) >> (group / 2 * 4) & 15) | (byte(high, i) >> (2 * group) & 3) << 4;
        out[i] = scale * (code - 32);
    }
}

__device__ __forceinline__ void f32(const uint8_t* at, float (&out)[8]) {
    float4 a = reinterpret_cast<const float4*>(at)[0];
    float4 b = reinterpret_cast<const float4*>(at)[1];
    out[0] = a.x, out[1] = a.y, out[2] = a.z, out[3] = a.w;
    out[4] = b.x, out[5] = b.y, out[6] = b.z, out[7] = b.w;
}

// F16 and BF16: 16-bit words, widened.
__device__ __forceinline__ void f16(const uint8_t* at, bool brain, float (&out)[8]) {
    uint4 words = *reinterpret_cast<const uint4*>(at);
    const uint32_t pairs[4] = {words.x, words.y, words.z, words.w};
#pragma unroll
    for (int i = 0; i < 8; i++) {
        uint32_t word = pairs[i / 2] >> 16 * (i % 2) & 0xffff;
        out[i] = brain ? __uint_as_float(word << 16) : __half2float(__ushort_as_half(static_cast<unsigned short>(word)));
    }
}

} // namespace element_of

// out[i] = w[row][col + i] for i in [0, 8); col a multiple of 8. A type that is none of matrix.cuh's gives NaN.
__device__ __forceinline__ void eight(const Matrix& w, int row, int col, float (&out)[8]) {
    size_t at = static_cast<size_t>(row) * w.cols + col; // in elements, from the matrix's first
    switch (w.type) {
        case TYPE_F32: return element_of::f32(w.quants + at * 4, out);
        case TYPE_F16: return element_of::f16(w.quants + at * 2, false, out);
        case TYPE_BF16: return element_of::f16(w.quants + at * 2, true, out);
        case TYPE_Q4_0: return element_of::nibbles(w, at / 32, col, false, false, out);
        case TYPE_Q4_1: return element_of::nibbles(w, at / 32, col, false, true, out);
        case TYPE_Q5_0: return element_of::nibbles(w, at / 32, col, true, false, out);
        case TYPE_Q5_1: return element_of::nibbles(w, at / 32, col, true, true, out);
        case TYPE_Q8_0: return element_of::q8_0(w, at / 32, col, out);
        case TYPE_Q4_K: return element_of::q45_k(w, at / 256, col, false, out);
        case TYPE_Q5_K: return element_of::q45_k(w, at / 256, col, true, out);
        case TYPE_Q6_K: return element_of::q6_k(w, at / 256, col, out);
    }
    for (float& v : out) {
        v = __uint_as_float(0x7fffffff);
    }
}

// w[row][col] for any col.
__device__ __forceinline__ float element(const Matrix& w, int row, int col) {
    float run[8];
    eight(w, row, col / 8 * 8, run);
    float v = run[0];
#pragma unroll
    for (int i = 1; i < 8; i++) {
        v = col % 8 == i ? run[i] : v;
    }
    return v;
}
