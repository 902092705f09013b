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
//   gemm_64    64 x 64, 4 warps of 32 x 32: the usual one
//   gemm_128   128 x 128, 8 warps of 32 x 64, two sets of 64 accumulators a thread: half the traffic through L2, for
//              matrices that do not fit in it
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

// A thread's share in copying ROWS rows of an operand into the panels of a stage: the same chunks of every stage and of both
// planes of an operand, so that the loop over stages has little to compute.
template <typename T, int ROWS>
class Share {
public:
    __device__ __forceinline__ Share(int first, int rows, int cols)
        : column(threadIdx.x % WIDTH * 8), cols(cols), start(static_cast<size_t>(first + threadIdx.x / WIDTH) * cols + column) {
#pragma unroll
        for (int i = 0; i < TURNS; i++) {
            there |= (first + static_cast<int>(threadIdx.x) / WIDTH + i * STEP < rows ? 1u : 0u) << i;
        }
    }

    // k0: the stage's first k. Nothing is read where there is nothing.
    __device__ __forceinline__ void copy(uint32_t tile, const __half* from, int k0) const {
        uint32_t wanted = column + k0 < cols ? there : 0;
        int row = threadIdx.x / WIDTH;
        int chunk = threadIdx.x % WIDTH;
        uint32_t to = tile + chunk / CHUNKS * T::PANEL;
        const __half* source = from + start + k0;
#pragma unroll
        for (int i = 0; i < TURNS; i++) {
            // Where a turn is a multiple of eight rows, the swizzle repeats.
            uint32_t at = STEP % 8 == 0 ? swizzled(row, chunk % CHUNKS, CHUNKS) + i * STEP * ROW_BYTES
                                        : swizzled(row + i * STEP, chunk % CHUNKS, CHUNKS);
            copy_chunk(to + at, source + static_cast<size_t>(i * STEP) * cols, wanted >> i & 1);
        }
    }

private:
    static constexpr int WIDTH = CHUNKS * T::SPLIT;         // chunks of a row of a stage
    static constexpr int STEP = T::THREADS / WIDTH;         // rows that all threads copy in a turn
    static constexpr int TURNS = ROWS * WIDTH / T::THREADS;
    int column;
    int cols;
    size_t start;
    uint32_t there = 0; // bit i: the row of turn i exists
};

template <typename T>
using Sums = float[T::MT][T::NT][4];

template <typename T>
__device__ __forceinline__ void add_and_clear(Sums<T>& total, Sums<T>& sums) {
#pragma unroll
    for (int m = 0; m < T::MT; m++) {
#pragma unroll
        for (int n = 0; n < T::NT; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                total[m][n][i] += sums[m][n][i];
                sums[m][n][i] = 0.0f;
            }
        }
    }
}

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

constexpr int STEPS = SEGMENT / 16;

template <typename T>
__device__ __forceinline__ void load_rows(uint32_t (&w)[T::NT / 2][4], uint32_t tile, int first, int step) {
    int lane = threadIdx.x % 32;
#pragma unroll
    for (int n = 0; n < T::NT / 2; n++) {
        int row = first + n * 16 + lane / 16 * 8 + lane % 8;
        load_fragments(w[n], tile + swizzled(row, step * 2 + lane / 8 % 2, CHUNKS));
    }
}

// What a warp's part of the tile needs for a step of 16 k elements.
template <typename T>
struct Fragments {
    uint32_t hi[T::MT][4];
    uint32_t lo[T::MT][4];
    uint32_t weight[T::NT / 2][4];

    __device__ __forceinline__ void load(uint32_t panel, int first_token, int first_row, int step) {
        int lane = threadIdx.x % 32;
#pragma unroll
        for (int m = 0; m < T::MT; m++) {
            uint32_t at = panel + swizzled(first_token + m * 16 + lane % 16, step * 2 + lane / 16, CHUNKS);
            load_fragments(hi[m], at);
            load_fragments(lo[m], at + T::A_BYTES);
        }
        load_rows<T>(weight, panel + 2 * T::A_BYTES, first_row, step);
    }
};

// The ring of stages. Copies of STAGES - 1 stages are under way before the first is used.
template <typename T>
class Ring {
public:
    const int stages;

    __device__ __forceinline__ Ring(const Operands& op, uint32_t address, int token, int row)
        : stages((op.cols + DEPTH - 1) / DEPTH), op(op), address(address), tokens(token, op.count, op.cols),
          rows(row, op.rows, op.cols) {
        for (int s = 0; s < T::STAGES - 1; s++) {
            copy(s);
        }
    }

    // Waits for the next stage in turn. Whoever returns knows that all threads have read what they wanted to read before.
    __device__ __forceinline__ void await() const {
        await_copies<T::STAGES - 2>();
        __syncthreads();
    }

    // Once a stage, after its await(): starts the copies of the stage that takes the place of s - 1.
    __device__ __forceinline__ void refill(int s) const { copy(s + T::STAGES - 1); }

    __device__ __forceinline__ uint32_t stage(int s) const { return address + s % T::STAGES * T::STAGE; }

private:
    static constexpr int DEPTH = SEGMENT * T::SPLIT; // k elements a stage
    const Operands& op;
    uint32_t address;
    Share<T, T::TOKENS> tokens;
    Share<T, T::ROWS> rows;

    __device__ __forceinline__ void copy(int s) const {
        if (s < stages) {
            uint32_t to = stage(s);
            tokens.copy(to, op.hi, s * DEPTH);
            tokens.copy(to + T::A_BYTES, op.lo, s * DEPTH);
            rows.copy(to + 2 * T::A_BYTES, op.weight, s * DEPTH);
            if constexpr (T::WEIGHT_LO) {
                rows.copy(to + 2 * T::A_BYTES + T::W_BYTES, op.weight_lo, s * DEPTH);
            }
        }
        commit_copies();
    }
};

// The way out, from float sums [TOKENS][ROWS + PAD] in shared memory: a warp writes neighbours, and the code is short (a
// store per accumulator was most of the kernel's code). Scaling by a power of two is exact, so only the additions round.
constexpr int PAD = 8;

template <typename T>
__device__ __forceinline__ void write_out(const Operands& op, const Target& to, const float* sums, int token, int row) {
    constexpr int STEP = T::THREADS / T::ROWS; // tokens that all threads write in a turn
    constexpr int TURNS = T::TOKENS / STEP;
    constexpr int BATCH = TURNS < 16 ? TURNS : 16; // what is added to is read for so many at once
    int own = threadIdx.x % T::ROWS;
    if (row + own >= op.rows) {
        return;
    }
    float bias = to.bias != nullptr ? __ldg(to.bias + row + own) : 0.0f;
    for (int first = threadIdx.x / T::ROWS; first < T::TOKENS; first += BATCH * STEP) {
        float* out = to.out + static_cast<size_t>(token + first) * to.ld + row + own;
        size_t stride = static_cast<size_t>(STEP) * to.ld;
        int left = op.count - token - first;
        float before[BATCH];
#pragma unroll
        for (int i = 0; i < BATCH; i++) {
            before[i] = to.add && i * STEP < left ? out[i * stride] : 0.0f;
        }
#pragma unroll
        for (int i = 0; i < BATCH; i++) {
            if (i * STEP < left) {
                int t = first + i * STEP;
                float v = __fmul_rn(sums[t * (T::ROWS + PAD) + own], __ldg(to.scale + token + t));
                v = to.bias != nullptr ? __fadd_rn(v, bias) : v;
                out[i * stride] = to.add ? __fadd_rn(before[i], v) : v;
            }
        }
    }
}

// Writes a warp's C fragments into such sums.
template <typename T, int STRIDE>
__device__ __forceinline__ void spread(const Sums<T>& sums, float* to) {
    int lane = threadIdx.x % 32;
#pragma unroll
    for (int m = 0; m < T::MT; m++) {
#pragma unroll
        for (int n = 0; n < T::NT; n++) {
#pragma unroll
            for (int i = 0; i < 4; i += 2) {
                float* at = to + (m * 16 + lane / 4 + i / 2 * 8) * STRIDE + n * 8 + lane % 4 * 2;
                *reinterpret_cast<float2*>(at) = make_float2(sums[m][n][i], sums[m][n][i + 1]);
            }
        }
    }
}

// Each warp has a part of the tile and all of k; totals in registers. Nobody waits between stages for anything but copies:
// a step's fragments, also the first of the next stage, are loaded while the step before multiplies, and a segment's sums
// are added to the totals when the next segment's first multiplications need their place.
template <typename T>
__device__ __forceinline__ void run(const Operands& op, const Target& to, uint8_t* shared) {
    static_assert(T::TOKENS * (T::ROWS + PAD) * 4 <= T::STAGES * T::STAGE, "the sums find room in the ring");
    static_assert(STEPS % 2 == 0, "a segment begins with the first of the two sets of fragments");
    int warp = threadIdx.x / 32;
    int first_token = warp / T::WARPS_N * T::WARP_M;
    int first_row = warp % T::WARPS_N * T::WARP_N;
    int token = blockIdx.y * T::TOKENS;
    int row = blockIdx.x * T::ROWS;
    Ring<T> ring(op, shared_address(shared), token, row);
    Sums<T> total = {};
    Sums<T> sums = {};
    Fragments<T> fragments[2];
    ring.await();
    fragments[0].load(ring.stage(0), first_token, first_row, 0);
    for (int s = 0; s < ring.stages; s++) {
        uint32_t panel = ring.stage(s);
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            uint32_t weight_lo[T::NT / 2][4];
            if constexpr (T::WEIGHT_LO) {
                load_rows<T>(weight_lo, panel + 2 * T::A_BYTES + T::W_BYTES, first_row, step);
            }
            if (step + 1 < STEPS) {
                fragments[(step + 1) % 2].load(panel, first_token, first_row, step + 1);
            } else if (s + 1 < ring.stages) {
                ring.await();
                fragments[0].load(ring.stage(s + 1), first_token, first_row, 0);
            }
            const Fragments<T>& f = fragments[step % 2];
            if (step == 0) {
                add_and_clear<T>(total, sums);
            }
            multiply<T>(sums, f.hi, f.weight);
            multiply<T>(sums, f.lo, f.weight);
            if constexpr (T::WEIGHT_LO) {
                multiply<T>(sums, f.hi, weight_lo);
            }
            if (step == 0) {
                ring.refill(s);
            }
        }
    }
    add_and_clear<T>(total, sums);
    __syncthreads();
    float* out = reinterpret_cast<float*>(shared);
    spread<T, T::ROWS + PAD>(total, out + first_token * (T::ROWS + PAD) + first_row);
    __syncthreads();
    write_out<T>(op, to, out, token, row);
}

// Each warp has one segment of a stage and the whole tile; its sums go through shared memory and are added in the order of
// the segments, an element a thread and turn.
template <typename T>
__device__ __forceinline__ void run_split(const Operands& op, const Target& to, uint8_t* shared) {
    constexpr int ELEMENTS = T::TOKENS * T::ROWS;
    constexpr int OWN = ELEMENTS / T::THREADS;
    __shared__ float parts[2][T::SPLIT][ELEMENTS]; // two, so that one barrier a stage is enough
    int warp = threadIdx.x / 32;
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
    Ring<T> ring(op, shared_address(shared), token, row);
    for (int s = 0; s < ring.stages; s++) {
        ring.await();
        ring.refill(s);
        uint32_t panel = ring.stage(s) + warp * T::PANEL;
        Sums<T> sums = {};
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            Fragments<T> f;
            uint32_t weight_lo[T::NT / 2][4];
            f.load(panel, 0, 0, step);
            if constexpr (T::WEIGHT_LO) {
                load_rows<T>(weight_lo, panel + 2 * T::A_BYTES + T::W_BYTES, 0, step);
            }
            multiply<T>(sums, f.hi, f.weight);
            multiply<T>(sums, f.lo, f.weight);
            if constexpr (T::WEIGHT_LO) {
                multiply<T>(sums, f.hi, weight_lo);
            }
        }
        if (s > 0) {
            add_parts(s - 1);
        }
        spread<T, T::ROWS>(sums, parts[s % 2][warp]);
    }
    __syncthreads();
    add_parts(ring.stages - 1);
    float* out = reinterpret_cast<float*>(shared);
#pragma unroll
    for (int i = 0; i < OWN; i++) {
        int at = threadIdx.x + i * T::THREADS;
        out[at / T::ROWS * (T::ROWS + PAD) + at % T::ROWS] = total[i];
    }
    __syncthreads();
    write_out<T>(op, to, out, token, row);
}

template <int TOKENS, int ROWS, int WARPS_M, int WARPS_N, int SPLIT, int STAGES, bool WEIGHT_LO>
__device__ __forceinline__ void dispatch(const Operands& op, const Target& to) {
    extern __shared__ __align__(128) uint8_t ring[];
    using T = Tile<TOKENS, ROWS, WARPS_M, WARPS_N, SPLIT, STAGES, WEIGHT_LO>;
    if constexpr (SPLIT == 1) {
        run<T>(op, to, ring);
    } else {
        run_split<T>(op, to, ring);
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
GEMM(gemm_64, 64, 64, 2, 2, 1, 4, 3, 2)     // 4 x 24 KB or 3 x 32 KB = 96 KB
GEMM(gemm_128, 128, 128, 4, 2, 1, 3, 2, 1)  // 3 x 48 KB or 2 x 64 KB = 144 KB
