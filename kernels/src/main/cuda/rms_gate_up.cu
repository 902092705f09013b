// rms_gate_up: the first half of the feed-forward network, for one token.
//
//   n = rmsnorm(x) * norm;  h[r] = silu(gate[r] . n) * (up[r] . n)
//
// Shapes (Qwen2.5-0.5B): x[896], gate and up 4864 x 896: 17.4 MB of F16 a layer, more than half of all bytes.
// Bytes: every weight once; x and norm once a block, from L2.
// Split: a warp takes row r of both matrices, so the product needs nobody else. A block of 4 warps takes 8 rows: 608
// blocks, at most 5 a multiprocessor, all resident at once and with room left for the next kernel's blocks. A warp's
// first rows are in registers before the wait, its second ones on their way to L2.
#include "stage.cuh"

namespace gate_up {

constexpr int THREADS = 128;
constexpr int WARPS = THREADS / 32;

template <int TYPE>
__device__ __forceinline__ void run(
    const float* x, const float* norm, float epsilon, const Matrix& gate, const Matrix& up, float* h) {
    extern __shared__ float4 xs[];
    __shared__ float warp_sums[WARPS];
    launch_dependents();
    int lane = threadIdx.x % 32;
    int stride = gridDim.x * WARPS;
    int row = blockIdx.x * WARPS + threadIdx.x / 32;
    Tile<TYPE, 2> tile;
    if (row < gate.rows) {
        tile.load({gate, up}, {row, row}, lane, 32);
    }
    if (row + stride < gate.rows) {
        prefetch_row(gate, row + stride, lane);
        prefetch_row(up, row + stride, lane);
    }
    prefetch_span(norm, static_cast<size_t>(gate.cols) * 4, threadIdx.x, THREADS);

    wait_for_inputs();
    float inverse = stage_normed<THREADS>(xs, warp_sums, x, norm, gate.cols, epsilon);

    while (row < gate.rows) {
        float sums[2];
        lane_dots(tile, {gate, up}, {row, row}, xs, lane, 32, sums);
        int next = row + stride;
        if (next < gate.rows) {
            tile.load({gate, up}, {next, next}, lane, 32);
        }
        fold<2, 32>(sums, lane);
        float g = inverse * sums[0];
        float u = __shfl_sync(0xFFFFFFFFu, g, 16);
        if (lane == 0) {
            h[row] = g / (1.0f + expf(-g)) * u;
        }
        row = next;
    }
}

} // namespace gate_up

// x[H], norm[H]; gate, up [F x H]; h[F] float32. Shared memory: quads_for(H) * 16 bytes.
#define DEFINE(suffix, type)                                                                                           \
    extern "C" __global__ void __launch_bounds__(gate_up::THREADS) rms_gate_up_##suffix(const float* x,                \
        const float* norm, float epsilon, const __grid_constant__ Matrix gate, const __grid_constant__ Matrix up,      \
        float* h) {                                                                                                    \
        gate_up::run<type>(x, norm, epsilon, gate, up, h);                                                             \
    }
FOR_EACH_TYPE(DEFINE)
DEFINE(mixed, TYPE_MIXED)
#undef DEFINE
