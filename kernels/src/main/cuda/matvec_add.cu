// matvec_add: a projection back into the residual stream, for one token.
//
//   x[r] += w[r] . in
//
// Shapes (Qwen2.5-0.5B): after attention w is 896 x 896 (1.6 MB of F16 a layer), after the feed-forward network 896 x
// 4864 (8.7 MB).
// Bytes: every weight once; `in` once a block, from L2 (19 KB for the long rows).
// Split: few rows, so a row is shared by several warps: two of them where rows are short (they fill a warp's lanes
// but for one load or two), four or all eight where they are long; there a warp takes its part of 2 or 4 rows at
// once and reads its part of `in` once for them. Both ways a block makes 4 rows, 224 blocks, and all weights are in
// registers before the wait. Blocks of short rows work twice: once for nothing while they wait, which brings their
// code into the instruction cache, then for good; those of long rows start too late for that. How a row is shared
// depends on its length and type alone.
#include "stage.cuh"

namespace matvec {

constexpr int THREADS = 256;
constexpr int WARPS = THREADS / 32;
constexpr int BLOCK_ROWS = 4;
constexpr int LONG_ROW = 2048; // columns from which a row counts as long

// Warps that share a long row: with 32 elements a chunk half as many, or lanes would be idle at 4096 columns.
template <int TYPE>
constexpr int SHARERS_OF_LONG = Chunk<TYPE>::ELEMENTS == 32 ? 4 : 8;

// Chunks of a lane and row in flight: so many that 4864 columns are read at once (of F32, half of them).
template <int TYPE>
constexpr int DEPTH_OF_LONG = Chunk<TYPE>::ELEMENTS >= 16 ? 2 : 3;

// Blocks that a multiprocessor's registers should suffice for.
template <int TYPE>
constexpr int RESIDENT = Chunk<TYPE>::RUNS == 2 || !Chunk<TYPE>::SCALED ? 2 : 3;

// SHARERS warps share R rows.
template <int TYPE, int SHARERS, int R, int DEPTH>
__device__ __forceinline__ void run(const Matrix& w, const float* in, float* x) {
    static_assert(WARPS / SHARERS * R == BLOCK_ROWS, "a block makes 4 rows");
    extern __shared__ float4 xs[];
    __shared__ float parts[BLOCK_ROWS][SHARERS];
    int lane = threadIdx.x % 32;
    int warp = threadIdx.x / 32;
    int group = warp / SHARERS * R; // the first of the warp's rows in the block's
    int share = warp % SHARERS;
    int from = share * 32 + lane;
    constexpr int SPAN = SHARERS * 32;
    int stride = gridDim.x * BLOCK_ROWS;
    int first = blockIdx.x * BLOCK_ROWS;
    Matrix matrices[R];
    int rows[R];
#pragma unroll
    for (int r = 0; r < R; r++) {
        matrices[r] = w;
        rows[r] = min(first + group + r, w.rows - 1);
    }
    Tile<TYPE, R, DEPTH> tile;
    tile.load(matrices, rows, from, SPAN);

#pragma unroll 1
    for (int pass = SHARERS == 2 ? 0 : 1; pass < 2; pass++) {
        const bool real = pass == 1;
        if (real) {
            wait_for_inputs();
        }
        int own = first + threadIdx.x;
        float before = threadIdx.x < BLOCK_ROWS && own < w.rows ? __ldcg(x + own) : 0.0f;
        stage<THREADS>(xs, in, w.cols);
        __syncthreads();

        while (first < w.rows) {
            float sums[R];
            lane_dots(tile, matrices, rows, xs, from, SPAN, sums);
            fold<R>(sums, lane);
            if (lane % (32 / R) == 0) {
                parts[group + fold_index<R>(lane)][share] = sums[0];
            }
            __syncthreads();
            if (threadIdx.x < BLOCK_ROWS && own < w.rows) {
                float sum = parts[threadIdx.x][0];
#pragma unroll
                for (int s = 1; s < SHARERS; s++) {
                    sum += parts[threadIdx.x][s];
                }
                if (real) {
                    x[own] = before + sum;
                }
            }
            if (!real) {
                renew(tile, matrices, rows, from, SPAN);
                break;
            }
            first += stride;
            if (first < w.rows) {
                own = first + threadIdx.x;
                before = threadIdx.x < BLOCK_ROWS && own < w.rows ? __ldcg(x + own) : 0.0f;
#pragma unroll
                for (int r = 0; r < R; r++) {
                    rows[r] = min(first + group + r, w.rows - 1);
                }
                tile.load(matrices, rows, from, SPAN);
                __syncthreads();
            }
        }
    }
}

} // namespace matvec

// w [H x N]; in[N]; x[H]. Shared memory: quads_for(N) * 16 bytes.
#define DEFINE(suffix, type)                                                                                           \
    extern "C" __global__ void __launch_bounds__(matvec::THREADS, matvec::RESIDENT<type>) matvec_add_##suffix(            \
        const __grid_constant__ Matrix w, const float* in, float* x) {                                                 \
        launch_dependents();                                                                                           \
        if (w.cols < matvec::LONG_ROW) {                                                                               \
            matvec::run<type, 2, 1, 2>(w, in, x);                                                                         \
        } else {                                                                                                       \
            constexpr int SHARERS = matvec::SHARERS_OF_LONG<type>;                                                     \
            matvec::run<type, SHARERS, SHARERS / 2, matvec::DEPTH_OF_LONG<type>>(w, in, x);                            \
        }                                                                                                              \
    }
FOR_EACH_TYPE(DEFINE)
#undef DEFINE
