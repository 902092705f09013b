// The activations of a GEMM, made and split in one pass over their row (see split.cuh):
//
//   rms_split    n = x / sqrt(mean(x^2) + epsilon) * norm      before the Q, K, V and the gate, up projections
//   split_rows   n = in                                       before the output projection
//   silu_split   n = gate / (1 + e^-gate) * up                 before the down projection
//
// in: float32 [count][cols], cols a multiple of 4; out: hi, lo F16 [count][cols], scale float32 [count]; n = (hi + lo) * scale.
// Moves 4 B an element in (8 for silu) and 4 out. One block a row, because the scale needs the row's largest magnitude
// before anything can be written; a row of up to 5120 elements waits for it in registers.
// A row's sums run in one order whatever the grid: thread t takes elements 4t.. of every 1024, then a tree over threads.
#include "split.cuh"

namespace splitting {

constexpr int THREADS = 256;

// Over all threads of the block, each of which gets the result; `shared` has a word a warp and may be used again after it.
template <typename T, typename Combine>
__device__ __forceinline__ T over_block(T v, T* shared, Combine combine) {
    for (int offset = 16; offset > 0; offset /= 2) {
        v = combine(v, __shfl_xor_sync(0xffffffff, v, offset));
    }
    __syncthreads();
    if (threadIdx.x % 32 == 0) {
        shared[threadIdx.x / 32] = v;
    }
    __syncthreads();
    v = shared[0];
    for (int warp = 1; warp < THREADS / 32; warp++) {
        v = combine(v, shared[warp]);
    }
    return v;
}

constexpr int KEPT = 5; // times 1024 elements of a row stay in registers; the rest is made a second time

// value(i) gives elements [4i, 4i + 4) of the block's row, the same each time it is asked.
template <typename Value>
__device__ __forceinline__ void write_row(Value value, int cols, __half* hi, __half* lo, float* scale) {
    __shared__ uint32_t shared[THREADS / 32];
    int fours = cols / 4;
    float4 kept[KEPT];
    uint32_t largest = 0;
    auto regard = [&](float4 v) {
        largest = max(max(largest, magnitude(v.x)), max(magnitude(v.y), max(magnitude(v.z), magnitude(v.w))));
    };
#pragma unroll
    for (int j = 0; j < KEPT; j++) {
        int i = threadIdx.x + j * THREADS;
        kept[j] = i < fours ? value(i) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        regard(kept[j]);
    }
    for (int i = threadIdx.x + KEPT * THREADS; i < fours; i += THREADS) {
        regard(value(i));
    }
    largest = over_block(largest, shared, [](uint32_t a, uint32_t b) { return max(a, b); });
    RowScale by = row_scale(largest);
    size_t row = blockIdx.x;
    uint2* hi_row = reinterpret_cast<uint2*>(hi + row * cols);
    uint2* lo_row = reinterpret_cast<uint2*>(lo + row * cols);
    auto write = [&](int i, float4 v) {
        SplitPair a = split_pair(v.x, v.y, by);
        SplitPair b = split_pair(v.z, v.w, by);
        hi_row[i] = make_uint2(a.hi, b.hi);
        lo_row[i] = make_uint2(a.lo, b.lo);
    };
#pragma unroll
    for (int j = 0; j < KEPT; j++) {
        int i = threadIdx.x + j * THREADS;
        if (i < fours) {
            write(i, kept[j]);
        }
    }
    for (int i = threadIdx.x + KEPT * THREADS; i < fours; i += THREADS) {
        write(i, value(i));
    }
    if (threadIdx.x == 0) {
        scale[row] = by.scale;
    }
}

__device__ __forceinline__ float silu(float gate, float up) {
    return gate / (1.0f + expf(-gate)) * up;
}

} // namespace splitting

extern "C" __global__ void __launch_bounds__(splitting::THREADS) rms_split(
    const float* x,    // [count][cols]
    const float* norm, // [cols]
    float epsilon,     // under the root
    int cols,          // elements a row
    __half* hi,        // [count][cols]
    __half* lo,        // [count][cols]
    float* scale)      // [count]
{
    __shared__ float shared[splitting::THREADS / 32];
    const float4* row = reinterpret_cast<const float4*>(x + static_cast<size_t>(blockIdx.x) * cols);
    const float4* weights = reinterpret_cast<const float4*>(norm);
    float squares = 0.0f;
    for (int i = threadIdx.x; i < cols / 4; i += splitting::THREADS) {
        float4 v = row[i];
        squares = fmaf(v.w, v.w, fmaf(v.z, v.z, fmaf(v.y, v.y, fmaf(v.x, v.x, squares))));
    }
    squares = splitting::over_block(squares, shared, [](float a, float b) { return a + b; });
    float factor = 1.0f / sqrtf(squares / cols + epsilon);
    auto value = [=](int i) {
        float4 v = row[i];
        float4 w = weights[i];
        return make_float4(v.x * factor * w.x, v.y * factor * w.y, v.z * factor * w.z, v.w * factor * w.w);
    };
    splitting::write_row(value, cols, hi, lo, scale);
}

extern "C" __global__ void __launch_bounds__(splitting::THREADS) split_rows(
    const float* in, // [count][cols]
    int cols,        // elements a row
    __half* hi,      // [count][cols]
    __half* lo,      // [count][cols]
    float* scale)    // [count]
{
    const float4* row = reinterpret_cast<const float4*>(in + static_cast<size_t>(blockIdx.x) * cols);
    splitting::write_row([=](int i) { return row[i]; }, cols, hi, lo, scale);
}

extern "C" __global__ void __launch_bounds__(splitting::THREADS) silu_split(
    const float* gate, // [count][cols]
    const float* up,   // [count][cols]
    int cols,          // elements a row
    __half* hi,        // [count][cols]
    __half* lo,        // [count][cols]
    float* scale)      // [count]
{
    const float4* gates = reinterpret_cast<const float4*>(gate + static_cast<size_t>(blockIdx.x) * cols);
    const float4* ups = reinterpret_cast<const float4*>(up + static_cast<size_t>(blockIdx.x) * cols);
    auto value = [=](int i) {
        float4 g = gates[i];
        float4 u = ups[i];
        return make_float4(
            splitting::silu(g.x, u.x), splitting::silu(g.y, u.y), splitting::silu(g.z, u.z), splitting::silu(g.w, u.w));
    };
    splitting::write_row(value, cols, hi, lo, scale);
}
