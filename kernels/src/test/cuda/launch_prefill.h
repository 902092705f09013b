// The prefill kernels in one translation unit, each with the launch that catalogue.json describes.
#pragma once

#include "check.h"

#include "attend_rows.cu"
#include "dequantize.cu"
#include "embed.cu"
#include "gemm.cu"
#include "retile.cu"
#include "rope_store.cu"
#include "split.cu"

namespace launch {

constexpr int ANY_GRID = 1056; // of the grid-stride kernels: 8 blocks a multiprocessor of an H100
constexpr int GEMM_16_SHARED = 98304;
constexpr int GEMM_64_SHARED = 98304;
constexpr int GEMM_128_SHARED = 147456;

inline int ceil_div(int a, int b) {
    return (a + b - 1) / b;
}

inline int attend_shared(int headSize) {
    return ceil_div(headSize, 64) * 51200;
}

// Once, before the first launch.
inline void allow_shared() {
    auto kind = cudaFuncAttributeMaxDynamicSharedMemorySize;
    check::cuda(cudaFuncSetAttribute(gemm_16, kind, GEMM_16_SHARED), "shared memory of gemm_16");
    check::cuda(cudaFuncSetAttribute(gemm_64, kind, GEMM_64_SHARED), "shared memory of gemm_64");
    check::cuda(cudaFuncSetAttribute(gemm_128, kind, GEMM_128_SHARED), "shared memory of gemm_128");
    check::cuda(cudaFuncSetAttribute(attend_rows, kind, attend_shared(128)), "shared memory of attend_rows");
}

// A GEMM's operands on the device; see gemm.cu.
struct Gemm {
    const __half* hi;
    const __half* lo;
    const float* scale;
    int count;
    const __half* weight_hi;
    const __half* weight_lo;
    int rows;
    int cols;
    const float* bias;
    float* out;
    int ld;
    int add;
};

inline void gemm(int tile, const Gemm& g) {
    if (tile == 16) {
        gemm_16<<<dim3(ceil_div(g.rows, 16), ceil_div(g.count, 16)), 128, GEMM_16_SHARED>>>(
            g.hi, g.lo, g.scale, g.count, g.weight_hi, g.weight_lo, g.rows, g.cols, g.bias, g.out, g.ld, g.add);
    } else if (tile == 64) {
        gemm_64<<<dim3(ceil_div(g.rows, 64), ceil_div(g.count, 64)), 128, GEMM_64_SHARED>>>(
            g.hi, g.lo, g.scale, g.count, g.weight_hi, g.weight_lo, g.rows, g.cols, g.bias, g.out, g.ld, g.add);
    } else {
        gemm_128<<<dim3(ceil_div(g.rows, 128), ceil_div(g.count, 128)), 256, GEMM_128_SHARED>>>(
            g.hi, g.lo, g.scale, g.count, g.weight_hi, g.weight_lo, g.rows, g.cols, g.bias, g.out, g.ld, g.add);
    }
}

// The shape of a model's attention and where a chunk stands in a sequence.
struct Attention {
    int heads;
    int kv_heads;
    int head_size;
    int layer;
    int capacity;
    int kv_type;
    int base;
    int count;
};

inline void attend(const Attention& a, const float* q, int ldQ, const void* kv, float* out) {
    attend_rows<<<dim3(a.heads, ceil_div(a.count, 64)), 128, attend_shared(a.head_size)>>>(
        q, ldQ, kv, a.capacity, a.kv_type, a.layer, a.heads, a.kv_heads, a.head_size, a.base, a.count, out);
}

inline void rope(
    const Attention& a, float* q, const float* k, const float* v, int ldQ, int ldK, int ldV, const float2* table,
    int ropeSize, int halfSplit, void* kv) {
    rope_store<<<a.count, 256>>>(q, k, v, ldQ, ldK, ldV, table, ropeSize, halfSplit, a.heads, a.kv_heads, a.head_size,
                                 a.layer, kv, a.capacity, a.kv_type, a.base, a.count);
}

inline void embed(const int* tokens, const Matrix& table, float* x, int count) {
    embed_rows<<<dim3(ceil_div(table.cols, 2048), count), 256>>>(tokens, table, x, count);
}

} // namespace launch
