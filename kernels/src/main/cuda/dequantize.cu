// A whole matrix as a pair of F16 planes for the tensor cores: w = hi + lo, hi = F16 nearest to w, lo = F16 nearest to
// w - hi (24 bits of mantissa together, less where lo is subnormal: below 2^-24 in absolute value).
//
// Moves 0.5 to 4 B an element in and 2 (hi) or 4 (hi, lo) out: pure bandwidth. A thread makes 8 neighbours, so that both
// stores are 16 B; neighbouring threads make neighbouring runs of the same row. Any grid does (grid-stride).
#include "element.cuh"

static __device__ __forceinline__ uint32_t pack_halves(__half a, __half b) {
    return __half_as_ushort(a) | static_cast<uint32_t>(__half_as_ushort(b)) << 16;
}

extern "C" __global__ void __launch_bounds__(256) dequantize(
    Matrix w,   // any type
    __half* hi, // [rows][cols]
    __half* lo) // [rows][cols]; null: not wanted
{
    int runs_a_row = w.cols / 8;
    size_t runs = static_cast<size_t>(w.rows) * runs_a_row;
    for (size_t run = static_cast<size_t>(blockIdx.x) * 256 + threadIdx.x; run < runs; run += gridDim.x * size_t{256}) {
        float v[8];
        eight(w, static_cast<int>(run / runs_a_row), static_cast<int>(run % runs_a_row) * 8, v);
        uint32_t highs[4];
        uint32_t lows[4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            __half a = __float2half_rn(v[2 * i]);
            __half b = __float2half_rn(v[2 * i + 1]);
            highs[i] = pack_halves(a, b);
            lows[i] = pack_halves(
                __float2half_rn(v[2 * i] - __half2float(a)), __float2half_rn(v[2 * i + 1] - __half2float(b)));
        }
        reinterpret_cast<uint4*>(hi)[run] = make_uint4(highs[0], highs[1], highs[2], highs[3]);
        if (lo != nullptr) {
            reinterpret_cast<uint4*>(lo)[run] = make_uint4(lows[0], lows[1], lows[2], lows[3]);
        }
    }
}
