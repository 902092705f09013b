// rms_gate_up: the first half of the feed-forward network, for one token.
//
//   n = rmsnorm(x) * norm;  h[r] = silu(gate[r] . n) * (up[r] . n)
//
// Shapes (Qwen2.5-0.5B): x[896], gate and up 4864 x 896: 17.4 MB of F16 a layer, more than half of all bytes.
// Bytes: every weight once; x and norm once a block, from L2.
// Split: a warp takes two rows of both matrices, so the products need nobody else, and all four rows' weights are in
// registers, or on their way, before the wait. A block of 4 warps takes 8 rows: 608 blocks, at most 5 a multiprocessor,
// whose registers they just fit.
#include "stage.cuh"

namespace gate_up {

constexpr int THREADS = 128;
constexpr int WARPS = THREADS / 32;

// Rows of each matrix that a warp takes at a time.
template <int TYPE>
constexpr int PAIRS = TYPE == TYPE_MIXED ? 1 : 2;

// Whether weights wait in shared memory.
// Blocks that a multiprocessor's registers should suffice for.
template <int TYPE>
constexpr int RESIDENT = Chunk<TYPE>::RUNS == 2 ? 3 : Chunk<TYPE>::SCALED ? 6 : 5;

template <int TYPE>
__device__ __forceinline__ void run(
    const float* x, const float* norm, float epsilon, const Matrix& gate, const Matrix& up, float* h) {
    extern __shared__ float4 xs[];
    __shared__ float warp_sums[WARPS];
    launch_dependents();
    constexpr int P = PAIRS<TYPE>;
    constexpr int R = 2 * P;
    int lane = threadIdx.x % 32;
    int stride = gridDim.x * WARPS * P;
    int first = (blockIdx.x * WARPS + threadIdx.x / 32) * P;
    Matrix matrices[R];
    int rows[R];
#pragma unroll
    for (int r = 0; r < R; r++) {
        matrices[r] = r < P ? gate : up;
        rows[r] = min(first + r % P, gate.rows - 1);
    }
    Tile<TYPE, R> tile;
    tile.load(matrices, rows, lane, 32);
    prefetch_span(norm, static_cast<size_t>(gate.cols) * 4, threadIdx.x, THREADS);

    wait_for_inputs();
    float inverse = stage_normed<THREADS>(xs, warp_sums, x, norm, gate.cols, epsilon);

    while (first < gate.rows) {
        float sums[R];
        lane_dots(tile, matrices, rows, xs, lane, 32, sums);
        int own = first + fold_index<R>(lane) % P;
        first += stride;
        if (first < gate.rows) {
#pragma unroll
            for (int r = 0; r < R; r++) {
                rows[r] = min(first + r % P, gate.rows - 1);
            }
            tile.load(matrices, rows, lane, 32);
        }
        fold<R>(sums, lane);
        float g = inverse * sums[0];
        float u = __shfl_xor_sync(0xFFFFFFFFu, g, 16); // lanes below 16 hold gate's sums, the others up's
        if (lane < 16 && lane % (32 / R) == 0 && own < gate.rows) {
            h[own] = g / (1.0f + expf(-g)) * u;
        }
    }
}

} // namespace gate_up

// x[H], norm[H]; gate, up [F x H]; h[F] float32. Shared memory: quads_for(H) * 16 bytes.
#define DEFINE(suffix, type)                                                                                           \
    extern "C" __global__ void __launch_bounds__(gate_up::THREADS, gate_up::RESIDENT<type>)                              \
        rms_gate_up_##suffix(const float* x,                                                                            \
        const float* norm, float epsilon, const __grid_constant__ Matrix gate, const __grid_constant__ Matrix up,      \
        float* h) {                                                                                                    \
        gate_up::run<type>(x, norm, epsilon, gate, up, h);                                                             \
    }
FOR_EACH_TYPE(DEFINE)
DEFINE(mixed, TYPE_MIXED)
#undef DEFINE
