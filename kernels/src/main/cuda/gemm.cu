// The projections of a prefill: out (+)= A . W^T * scale + bias on tensor cores, with float32's accuracy.
//
//   A    [count][cols]   activations, (hi + lo) * scale[token], both F16 (split.cuh)
//   W    [rows][cols]    weights, F16, or hi + lo of two F16 planes (dequantize.cu)
//   out  [count][ldOut]  float32, columns [0, rows) written
//
// Work: 2 or 3 MMAs of 2 * count * rows * cols operations; bytes: 2 rows * cols (4 with weightLo) + 4 count * cols in,
// 4 count * rows out. Up to a hundred tokens that is the weights' way through memory, from a few hundred on arithmetic
// (2048 tokens of Qwen2.5-0.5B: 2.9 TFLOP, 0.7 GB). Three tiles, a block's tokens x rows:
//
//   gemm_16    16 x 16, 4 warps that share the tile's k range: for a handful of tokens; many small blocks, all loads early
//   gemm_64    64 x 64, 8 warps of 32 x 16
//   gemm_128   128 x 128, 8 warps of 64 x 32, two sets of 64 accumulators a thread
//
// One order of additions for all of them: k is cut into segments of 64; a segment's 4 steps of 16 are one chain of MMAs
// from zero (hi . w, lo . w, then hi . wLo, a step), and segment sums are added in float32 in ascending order. So an output
// depends on its token's row and its weights' row alone, whatever the tile, the chunk or the place in it. The segments also
// keep float32's accuracy (tensor cores truncate when they add to an accumulator) and let gemm_16's warps take turns.
// Token, weight row and k beyond the end are zeros in shared memory and change nothing.
//
// A block streams stages of SPLIT segments through a ring of STAGES buffers with cp.async; fragments come by ldmatrix from
// swizzled tiles (mma.cuh). A weight fragment loaded once serves hi and lo.
#include "mma.cuh"

namespace gemm {

constexpr int SEGMENT = 64;              // k elements of one chain
constexpr int CHUNKS = SEGMENT / 8;      // 16-byte chunks of a segment's row
constexpr int ROW_BYTES = SEGMENT * 2;   // of a tile's row in shared memory

struct Operands {
    const __half* hi;
    const __half* lo;
    const __half* weight;
    const __half* weight_lo;
    int count;
    int rows;
    int cols;
};

// Where the results go.
struct Target {
    const float* scale;
    const float* bias;
    float* out;
    int ld;
    bool add;
};

template <int TOKENS_, int ROWS_, int WARPS_M_, int WARPS_N_, int SPLIT_, int STAGES_, bool WEIGHT_LO_>
struct Tile {
    static constexpr int TOKENS = TOKENS_;
    static constexpr int ROWS = ROWS_;
    static constexpr int WARPS_N = WARPS_N_;
    static constexpr int SPLIT = SPLIT_; // segments a stage; with more than one, each warp has its own
    static constexpr int STAGES = STAGES_;
    static constexpr bool WEIGHT_LO = WEIGHT_LO_;
    static constexpr int THREADS = 32 * WARPS_M_ * WARPS_N_ * SPLIT_;
    static constexpr int WARP_M = TOKENS / WARPS_M_;
    static constexpr int WARP_N = ROWS / WARPS_N_;
    static constexpr int MT = WARP_M / 16;
    static constexpr int NT = WARP_N / 8;
    static constexpr int A_BYTES = TOKENS * ROW_BYTES;
    static constexpr int W_BYTES = ROWS * ROW_BYTES;
    // A segment's tiles: hi, lo, weight and, with WEIGHT_LO, the weight's lo.
    static constexpr int PANEL = 2 * A_BYTES + (WEIGHT_LO ? 2 : 1) * W_BYTES;
    static constexpr int STAGE = SPLIT * PANEL;
};

// Copies rows [first, first + ROWS) of `from`, columns from k0 on, into the SPLIT panels of a stage.
template <typename T, int ROWS>
__device__ __forceinline__ void copy_tile(uint32_t to, const __half* from, int first, int rows, int k0, int cols) {
    constexpr int WIDTH = CHUNKS * T::SPLIT; // chunks of a row
#pragma unroll
    for (int i = 0; i < ROWS * WIDTH / T::THREADS; i++) {
        int chunk = threadIdx.x + i * T::THREADS;
        int row = chunk / WIDTH;
        int at = chunk % WIDTH;
        int k = k0 + at * 8;
        bool there = first + row < rows && k < cols;
        const __half* source = there ? from + static_cast<size_t>(first + row) * cols + k : from;
        copy_chunk(to + at / CHUNKS * T::PANEL + swizzled(row, at % CHUNKS, CHUNKS), source, there);
    }
}

template <typename T>
__device__ __forceinline__ void copy_stage(uint32_t to, const Operands& op, int token, int row, int k0) {
    copy_tile<T, T::TOKENS>(to, op.hi, token, op.count, k0, op.cols);
    copy_tile<T, T::TOKENS>(to + T::A_BYTES, op.lo, token, op.count, k0, op.cols);
    copy_tile<T, T::ROWS>(to + 2 * T::A_BYTES, op.weight, row, op.rows, k0, op.cols);
    if constexpr (T::WEIGHT_LO) {
        copy_tile<T, T::ROWS>(to + 2 * T::A_BYTES + T::W_BYTES, op.weight_lo, row, op.rows, k0, op.cols);
    }
}

template <typename T>
using Sums = float[T::MT][T::NT][4];

template <typename T>
__device__ __forceinline__ void multiply(Sums<T>& sums, const uint32_t (&a)[T::MT][4], const uint32_t (&w)[T::NT / 2][4]) {
#pragma unroll
    for (int m = 0; m < T::MT; m++) {
#pragma unroll
        for (int n = 0; n < T::NT; n++) {
            mma(sums[m][n], a[m], w[n / 2][n % 2 * 2], w[n / 2][n % 2 * 2 + 1]);
        }
    }
}

template <typename T>
__device__ __forceinline__ void load_weights(uint32_t (&w)[T::NT / 2][4], uint32_t tile, int first, int step) {
    int lane = threadIdx.x % 32;
#pragma unroll
    for (int n = 0; n < T::NT / 2; n++) {
        int row = first + n * 16 + lane / 16 * 8 + lane % 8;
        load_fragments(w[n], tile + swizzled(row, step * 2 + lane / 8 % 2, CHUNKS));
    }
}

// One segment of one warp's part of the tile, from zero.
template <typename T>
__device__ __forceinline__ void segment(Sums<T>& sums, uint32_t panel, int first_token, int first_row) {
    int lane = threadIdx.x % 32;
#pragma unroll
    for (int m = 0; m < T::MT; m++) {
#pragma unroll
        for (int n = 0; n < T::NT; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                sums[m][n][i] = 0.0f;
            }
        }
    }
#pragma unroll
    for (int step = 0; step < SEGMENT / 16; step++) {
        uint32_t hi[T::MT][4];
        uint32_t lo[T::MT][4];
        uint32_t w[T::NT / 2][4];
#pragma unroll
        for (int m = 0; m < T::MT; m++) {
            uint32_t at = swizzled(first_token + m * 16 + lane % 16, step * 2 + lane / 16, CHUNKS);
            load_fragments(hi[m], panel + at);
            load_fragments(lo[m], panel + T::A_BYTES + at);
        }
        load_weights<T>(w, panel + 2 * T::A_BYTES, first_row, step);
        multiply<T>(sums, hi, w);
        multiply<T>(sums, lo, w);
        if constexpr (T::WEIGHT_LO) {
            load_weights<T>(w, panel + 2 * T::A_BYTES + T::W_BYTES, first_row, step);
            multiply<T>(sums, hi, w);
        }
    }
}

// total: the sum of segments. Scaling by a power of two is exact, so only the additions round.
__device__ __forceinline__ void store(const Operands& op, const Target& to, int token, int row, float total) {
    if (token >= op.count || row >= op.rows) {
        return;
    }
    float v = __fmul_rn(total, to.scale[token]);
    if (to.bias != nullptr) {
        v = __fadd_rn(v, to.bias[row]);
    }
    float* out = to.out + static_cast<size_t>(token) * to.ld + row;
    *out = to.add ? __fadd_rn(*out, v) : v;
}

// Runs the ring of stages: consume(stage, address) is called for each in order, between barriers.
template <typename T, typename Consume>
__device__ __forceinline__ void stream(const Operands& op, uint32_t ring, int token, int row, Consume consume) {
    constexpr int DEPTH = SEGMENT * T::SPLIT; // k elements a stage
    int stages = (op.cols + DEPTH - 1) / DEPTH;
    for (int s = 0; s < T::STAGES - 1; s++) {
        if (s < stages) {
            copy_stage<T>(ring + s * T::STAGE, op, token, row, s * DEPTH);
        }
        commit_copies();
    }
    for (int s = 0; s < stages; s++) {
        await_copies<T::STAGES - 2>();
        __syncthreads(); // stage s is here, and everybody is done with the buffer that is filled next
        int next = s + T::STAGES - 1;
        if (next < stages) {
            copy_stage<T>(ring + next % T::STAGES * T::STAGE, op, token, row, next * DEPTH);
        }
        commit_copies();
        consume(s, ring + s % T::STAGES * T::STAGE);
    }
}

// Each warp has a part of the tile and all of k; totals in registers.
template <typename T>
__device__ __forceinline__ void run(const Operands& op, const Target& to, uint32_t ring) {
    int warp = threadIdx.x / 32;
    int lane = threadIdx.x % 32;
    int first_token = warp / T::WARPS_N * T::WARP_M;
    int first_row = warp % T::WARPS_N * T::WARP_N;
    int token = blockIdx.y * T::TOKENS;
    int row = blockIdx.x * T::ROWS;
    Sums<T> total = {};
    stream<T>(op, ring, token, row, [&](int, uint32_t panel) {
        Sums<T> sums;
        segment<T>(sums, panel, first_token, first_row);
#pragma unroll
        for (int m = 0; m < T::MT; m++) {
#pragma unroll
            for (int n = 0; n < T::NT; n++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    total[m][n][i] += sums[m][n][i];
                }
            }
        }
    });
#pragma unroll
    for (int m = 0; m < T::MT; m++) {
#pragma unroll
        for (int n = 0; n < T::NT; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                store(op, to, token + first_token + m * 16 + lane / 4 + i / 2 * 8,
                      row + first_row + n * 8 + lane % 4 * 2 + i % 2, total[m][n][i]);
            }
        }
    }
}

// Each warp has one segment of a stage and the whole tile; its sums go through shared memory and are added in the order of
// the segments, an element a thread and turn.
template <typename T>
__device__ __forceinline__ void run_split(const Operands& op, const Target& to, uint32_t ring) {
    constexpr int ELEMENTS = T::TOKENS * T::ROWS;
    constexpr int OWN = ELEMENTS / T::THREADS;
    __shared__ float parts[2][T::SPLIT][ELEMENTS]; // two, so that one barrier a stage is enough
    int warp = threadIdx.x / 32;
    int lane = threadIdx.x % 32;
    int token = blockIdx.y * T::TOKENS;
    int row = blockIdx.x * T::ROWS;
    int segments = (op.cols + SEGMENT - 1) / SEGMENT;
    float total[OWN] = {};
    auto add_parts = [&](int stage) {
        for (int part = 0; part < T::SPLIT && stage * T::SPLIT + part < segments; part++) {
#pragma unroll
            for (int i = 0; i < OWN; i++) {
                total[i] += parts[stage % 2][part][threadIdx.x + i * T::THREADS];
            }
        }
    };
    int done = 0;
    stream<T>(op, ring, token, row, [&](int stage, uint32_t panels) {
        if (stage > 0) {
            add_parts(stage - 1);
        }
        Sums<T> sums;
        segment<T>(sums, panels + warp * T::PANEL, 0, 0);
#pragma unroll
        for (int n = 0; n < T::NT; n++) {
#pragma unroll
            for (int i = 0; i < 4; i += 2) {
                int at = (lane / 4 + i / 2 * 8) * T::ROWS + n * 8 + lane % 4 * 2;
                *reinterpret_cast<float2*>(&parts[stage % 2][warp][at]) = make_float2(sums[0][n][i], sums[0][n][i + 1]);
            }
        }
        done = stage;
    });
    __syncthreads();
    add_parts(done);
#pragma unroll
    for (int i = 0; i < OWN; i++) {
        int at = threadIdx.x + i * T::THREADS;
        store(op, to, token + at / T::ROWS, row + at % T::ROWS, total[i]);
    }
}

template <int TOKENS, int ROWS, int WARPS_M, int WARPS_N, int SPLIT, int STAGES, bool WEIGHT_LO>
__device__ __forceinline__ void dispatch(const Operands& op, const Target& to) {
    extern __shared__ __align__(128) uint8_t ring[];
    using T = Tile<TOKENS, ROWS, WARPS_M, WARPS_N, SPLIT, STAGES, WEIGHT_LO>;
    if constexpr (SPLIT == 1) {
        run<T>(op, to, shared_address(ring));
    } else {
        run_split<T>(op, to, shared_address(ring));
    }
}

} // namespace gemm

// STAGES is for F16 weights, STAGES_LO for those with a second plane: both fill the same shared memory.
#define GEMM(NAME, TOKENS, ROWS, WARPS_M, WARPS_N, SPLIT, STAGES, STAGES_LO, BLOCKS)                                   \
    extern "C" __global__ void __launch_bounds__(32 * WARPS_M * WARPS_N * SPLIT, BLOCKS) NAME(                         \
        const __half* hi,       /* [count][cols] */                                                                    \
        const __half* lo,       /* [count][cols] */                                                                    \
        const float* scale,     /* [count] */                                                                          \
        int count,              /* tokens; any */                                                                      \
        const __half* weightHi, /* [rows][cols] */                                                                     \
        const __half* weightLo, /* [rows][cols]; null: the weights are F16 */                                          \
        int rows,               /* any */                                                                              \
        int cols,               /* a multiple of 8 */                                                                  \
        const float* bias,      /* [rows]; null: none */                                                               \
        float* out,             /* [count][ldOut] */                                                                   \
        int ldOut,              /* elements from a token's row to the next one's */                                    \
        int add)                /* 1: add to what is there */                                                          \
    {                                                                                                                  \
        gemm::Operands op{hi, lo, weightHi, weightLo, count, rows, cols};                                              \
        gemm::Target to{scale, bias, out, ldOut, add != 0};                                                            \
        if (weightLo == nullptr) {                                                                                     \
            gemm::dispatch<TOKENS, ROWS, WARPS_M, WARPS_N, SPLIT, STAGES, false>(op, to);                              \
        } else {                                                                                                       \
            gemm::dispatch<TOKENS, ROWS, WARPS_M, WARPS_N, SPLIT, STAGES_LO, true>(op, to);                            \
        }                                                                                                              \
    }

GEMM(gemm_16, 16, 16, 1, 1, 4, 4, 3, 2)     // 4 x 24 KB or 3 x 32 KB = 96 KB
GEMM(gemm_64, 64, 64, 2, 4, 1, 4, 3, 2)     // 4 x 24 KB or 3 x 32 KB = 96 KB
GEMM(gemm_128, 128, 128, 2, 4, 1, 3, 2, 1)  // 3 x 48 KB or 2 x 64 KB = 144 KB
