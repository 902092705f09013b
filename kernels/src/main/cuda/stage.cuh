// Brings a vector that earlier kernels wrote into a block's shared memory, in the order that dot.cuh reads.
#pragma once

#include "dot.cuh"
#include "reduce.cuh"

// Quads that a thread has in flight.
constexpr int STAGE_BATCH = 5;

// Puts in[cols] into xs[quads_for(cols)]. The caller synchronizes.
template <int THREADS>
__device__ __forceinline__ void stage(float4* xs, const float* in, int cols) {
    int quads = cols / 4;
    const float4* from = reinterpret_cast<const float4*>(in);
    for (int first = threadIdx.x; first < quads; first += THREADS * STAGE_BATCH) {
        float4 v[STAGE_BATCH];
#pragma unroll
        for (int i = 0; i < STAGE_BATCH; i++) {
            int q = first + i * THREADS;
            v[i] = q < quads ? __ldcg(from + q) : float4{};
        }
#pragma unroll
        for (int i = 0; i < STAGE_BATCH; i++) {
            int q = first + i * THREADS;
            if (q < quads) {
                xs[slot(q)] = v[i];
            }
        }
    }
}

// Puts x[cols] * norm[cols] into xs and gives 1 / rms(x), by which sums over it are to be multiplied: so one barrier
// serves both. Every block sums the squares in the same order. Synchronizes.
template <int THREADS>
__device__ __forceinline__ float stage_normed(
    float4* xs, float (&warp_sums)[THREADS / 32], const float* x, const float* norm, int cols, float epsilon) {
    int quads = cols / 4;
    const float4* from = reinterpret_cast<const float4*>(x);
    const float4* weights = reinterpret_cast<const float4*>(norm);
    float squares = 0.0f;
    for (int first = threadIdx.x; first < quads; first += THREADS * 2) {
        int second = first + THREADS;
        bool both = second < quads;
        float4 a = __ldcg(from + first);
        float4 b = both ? __ldcg(from + second) : float4{};
        float4 wa = __ldg(weights + first);
        float4 wb = both ? __ldg(weights + second) : float4{};
        squares = dot4(a, a, squares);
        squares = dot4(b, b, squares);
        xs[slot(first)] = make_float4(a.x * wa.x, a.y * wa.y, a.z * wa.z, a.w * wa.w);
        if (both) {
            xs[slot(second)] = make_float4(b.x * wb.x, b.y * wb.y, b.z * wb.z, b.w * wb.w);
        }
    }
    squares = sum_over_warp(squares);
    if (threadIdx.x % 32 == 0) {
        warp_sums[threadIdx.x / 32] = squares;
    }
    __syncthreads();
    float total = 0.0f;
#pragma unroll
    for (int w = 0; w < THREADS / 32; w++) {
        total += warp_sums[w];
    }
    return 1.0f / sqrtf(total / cols + epsilon);
}

// Defines KERNEL_<type> for every weight type through DEFINE(suffix, type).
#define FOR_EACH_TYPE(DEFINE)                                                                                          \
    DEFINE(f32, TYPE_F32)                                                                                              \
    DEFINE(f16, TYPE_F16)                                                                                              \
    DEFINE(bf16, TYPE_BF16)                                                                                            \
    DEFINE(q4_0, TYPE_Q4_0)                                                                                            \
    DEFINE(q4_1, TYPE_Q4_1)                                                                                            \
    DEFINE(q5_0, TYPE_Q5_0)                                                                                            \
    DEFINE(q5_1, TYPE_Q5_1)                                                                                            \
    DEFINE(q8_0, TYPE_Q8_0)                                                                                            \
    DEFINE(q4_k, TYPE_Q4_K)                                                                                            \
    DEFINE(q5_k, TYPE_Q5_K)                                                                                            \
    DEFINE(q6_k, TYPE_Q6_K)
