// rms_logits: scores of all words of the vocabulary, for one token.
//
//   n = rmsnorm(x) * norm;  logits[r] = output[r] . n
//
// Shapes (Qwen2.5-0.5B): x[896], output 151,936 x 896: 272 MB of F16, a quarter of all bytes, and the one matrix that
// is large enough to run at memory speed for long.
// Bytes: every weight once; x and norm once a block, from L2; logits (0.6 MB) written once.
// Split: a warp takes 2 rows at a time (4 of types with few bytes a row, which also halves the reads of n), blocks walk
// over the rows with the grid as stride, and a warp's next rows are asked for before the last sums are folded.
#include "stage.cuh"

namespace logits_of {

constexpr int THREADS = 256;
constexpr int WARPS = THREADS / 32;

template <int TYPE>
constexpr int ROWS = Chunk<TYPE>::ELEMENTS >= 32 ? 4 : 2;

template <int TYPE>
__device__ __forceinline__ void run(
    const float* x, const float* norm, float epsilon, const Matrix& output, float* logits) {
    constexpr int R = ROWS<TYPE>;
    extern __shared__ float4 xs[];
    __shared__ float warp_sums[WARPS];
    launch_dependents();
    int lane = threadIdx.x % 32;
    int stride = gridDim.x * WARPS * R;
    int first = (blockIdx.x * WARPS + threadIdx.x / 32) * R;
    Matrix matrices[R];
    int rows[R];
#pragma unroll
    for (int r = 0; r < R; r++) {
        matrices[r] = output;
        rows[r] = min(first + r, output.rows - 1);
    }
    Tile<TYPE, R> tile;
    tile.load(matrices, rows, lane, 32);
#pragma unroll
    for (int r = 0; r < R; r++) {
        if (first + r + stride < output.rows) {
            prefetch_row(output, first + r + stride, lane);
        }
    }
    prefetch_span(norm, static_cast<size_t>(output.cols) * 4, threadIdx.x, THREADS);

    wait_for_inputs();
    float inverse = stage_normed<THREADS>(xs, warp_sums, x, norm, output.cols, epsilon);

    while (first < output.rows) {
        float sums[R];
        lane_dots(tile, matrices, rows, xs, lane, 32, sums);
        int own = first + fold_index<R>(lane);
        first += stride;
        if (first < output.rows) {
#pragma unroll
            for (int r = 0; r < R; r++) {
                rows[r] = min(first + r, output.rows - 1);
            }
            tile.load(matrices, rows, lane, 32);
        }
        fold<R>(sums, lane);
        if (lane % (32 / R) == 0 && own < output.rows) {
            logits[own] = inverse * sums[0];
        }
    }
}

} // namespace logits_of

// x[H], norm[H]; output [V x H]; logits[V] float32. Shared memory: quads_for(H) * 16 bytes.
#define DEFINE(suffix, type)                                                                                           \
    extern "C" __global__ void __launch_bounds__(logits_of::THREADS) rms_logits_##suffix(const float* x,               \
        const float* norm, float epsilon, const __grid_constant__ Matrix output, float* logits) {                      \
        logits_of::run<type>(x, norm, epsilon, output, logits);                                                        \
    }
FOR_EACH_TYPE(DEFINE)
#undef DEFINE
