// Causal attention of a chunk of queries over the cache: out[t][h] = softmax(q[t][h] . K^T / sqrt(headSize)) . V, where
// position base + t sees the positions up to its own, and query head h reads KV head h / (heads / kvHeads).
//
// Work for 2048 tokens from 0: 4 * headSize operations for 2.1 M pairs a head, 7.5 GFLOP a layer of Qwen2.5-0.5B; bytes are
// few (the cache of a layer is 1 MB). So it is arithmetic, and it is done the flash-attention way: a block has 64 queries
// of one head (grid x = heads, y = tiles of queries, the last and longest first), walks over tiles of 64 positions, keeps
// the running maximum m, the running sum l and the running output o of each query in registers.
//
// A query's result does not depend on which others share its tile, nor on the chunk: tiles of positions start at multiples
// of 64 from position 0; a query's scores, maximum and sums never mix with another's; and a tile that lies wholly beyond
// its position adds exactly nothing (weights 0, factor exp2(m - m) = 1). Positions from base + count on are zeros, not what
// memory holds. (Should the cache hold Inf or NaN, queries of the same 64 before it can get NaN too: 0 * Inf.)
//
// F16 cache, tensor cores: 4 warps of 16 queries. K and V are F16 as they are; the other factor is split in hi + lo
// (split.cuh) and takes two MMAs: queries scaled by a power of two each, weights exp2(score - m) * 2^10. A tile's
// weights . V starts from zero and is added to o in float32. Accuracy is float32's throughout.
// F32 cache, CUDA cores: 8 x 4 scores a thread out of shared memory, then 8 queries x headSize/16 dimensions.
//
// Scores are kept in units of log2: queries are multiplied by log2(e) / sqrt(headSize) first.
#include "matrix.cuh"
#include "mma.cuh"
#include "split.cuh"

namespace attention {

constexpr int QUERIES = 64;   // a block
constexpr int POSITIONS = 64; // a tile of the cache
constexpr int THREADS = 128;
constexpr float LOG2_E = 1.44269504f;
constexpr float WEIGHT_EXPONENT = 10.0f; // weights are scaled by 2^10, so that small ones keep their bits in F16

struct Problem {
    const float* q; // of this head: the first token's
    int ldQ;
    const void* keys;   // of this KV head: [capacity][headSize]
    const void* values; // likewise
    int base;
    int count;
    int first; // the block's first token
    float* out; // of this head: the first token's
    int ldOut;
};

// Positions that the cache holds for this chunk.
__device__ __forceinline__ int positions_of(const Problem& p) {
    return p.base + p.count;
}

// Tiles that the block's last query needs.
__device__ __forceinline__ int tiles_of(const Problem& p) {
    return (p.base + min(p.first + QUERIES, p.count) - 1) / POSITIONS + 1;
}

// ---- F16 cache -------------------------------------------------------------------------------------------------------

template <int HEAD>
struct Shared {
    static constexpr int CHUNKS = HEAD / 8;
    static constexpr int TILE = 64 * HEAD * 2; // bytes of 64 rows
    static constexpr int Q_HI = 0;
    static constexpr int Q_LO = TILE;
    static constexpr int KV = 2 * TILE; // two buffers of keys and values
    static constexpr int SCALES = 6 * TILE;
};

// Scales, splits and stores the warp's 16 queries; a query beyond the chunk is zeros.
template <int HEAD>
__device__ __forceinline__ void split_queries(const Problem& p, uint8_t* shared) {
    constexpr int OWN = HEAD / 32; // elements of a lane
    int warp = threadIdx.x / 32;
    int lane = threadIdx.x % 32;
    float factor = LOG2_E / sqrtf(HEAD);
#pragma unroll 8
    for (int i = 0; i < 16; i++) {
        int row = warp * 16 + i;
        int t = p.first + row;
        float v[OWN] = {};
        uint32_t largest = 0;
        if (t < p.count) {
            const float* q = p.q + static_cast<size_t>(t) * p.ldQ + lane * OWN;
#pragma unroll
            for (int j = 0; j < OWN; j++) {
                v[j] = q[j] * factor;
                largest = max(largest, magnitude(v[j]));
            }
        }
        largest = __reduce_max_sync(0xffffffff, largest);
        RowScale by = row_scale(largest);
#pragma unroll
        for (int j = 0; j < OWN; j += 2) {
            SplitPair pair = split_pair(v[j], v[j + 1], by);
            int element = lane * OWN + j;
            uint32_t at = swizzled(row, element / 8, Shared<HEAD>::CHUNKS) + element % 8 * 2;
            *reinterpret_cast<uint32_t*>(shared + Shared<HEAD>::Q_HI + at) = pair.hi;
            *reinterpret_cast<uint32_t*>(shared + Shared<HEAD>::Q_LO + at) = pair.lo;
        }
        if (lane == 0) {
            reinterpret_cast<float*>(shared + Shared<HEAD>::SCALES)[row] = by.scale;
        }
    }
}

template <int HEAD>
__device__ __forceinline__ void copy_positions(uint32_t to, const void* plane, int first, int positions) {
    constexpr int CHUNKS = Shared<HEAD>::CHUNKS;
    const __half* from = static_cast<const __half*>(plane);
#pragma unroll
    for (int i = 0; i < POSITIONS * CHUNKS / THREADS; i++) {
        int chunk = threadIdx.x + i * THREADS;
        int row = chunk / CHUNKS;
        int at = chunk % CHUNKS;
        bool there = first + row < positions;
        const __half* source = there ? from + static_cast<size_t>(first + row) * HEAD + at * 8 : from;
        copy_chunk(to + swizzled(row, at, CHUNKS), source, there);
    }
}

// scores[n][i]: 16 queries x 64 positions, as C fragments.
template <int HEAD>
__device__ __forceinline__ void score(float (&scores)[8][4], uint32_t shared, uint32_t keys) {
    constexpr int CHUNKS = Shared<HEAD>::CHUNKS;
    int warp = threadIdx.x / 32;
    int lane = threadIdx.x % 32;
#pragma unroll
    for (int n = 0; n < 8; n++) {
        scores[n][0] = scores[n][1] = scores[n][2] = scores[n][3] = 0.0f;
    }
#pragma unroll
    for (int step = 0; step < HEAD / 16; step++) {
        uint32_t hi[4];
        uint32_t lo[4];
        uint32_t at = swizzled(warp * 16 + lane % 16, step * 2 + lane / 16, CHUNKS);
        load_fragments(hi, shared + Shared<HEAD>::Q_HI + at);
        load_fragments(lo, shared + Shared<HEAD>::Q_LO + at);
#pragma unroll
        for (int n = 0; n < 8; n += 2) {
            uint32_t k[4];
            load_fragments(k, keys + swizzled(n * 8 + lane / 16 * 8 + lane % 8, step * 2 + lane / 8 % 2, CHUNKS));
            mma(scores[n], hi, k[0], k[1]);
            mma(scores[n + 1], hi, k[2], k[3]);
            mma(scores[n], lo, k[0], k[1]);
            mma(scores[n + 1], lo, k[2], k[3]);
        }
    }
}

// Weights of 64 positions as A fragments of 4 steps.
struct Weights {
    uint32_t hi[4][4];
    uint32_t lo[4][4];
};

// Turns scores into weights and brings m and l up to date; factor: what o and l so far must be multiplied by.
__device__ __forceinline__ void weigh(
    float (&scores)[8][4], Weights& weights, float (&m)[2], float (&l)[2], float (&factor)[2]) {
    float shift[2];
#pragma unroll
    for (int half = 0; half < 2; half++) {
        float most = m[half];
#pragma unroll
        for (int n = 0; n < 8; n++) {
            most = fmaxf(most, fmaxf(scores[n][2 * half], scores[n][2 * half + 1]));
        }
        most = fmaxf(most, __shfl_xor_sync(0xffffffff, most, 1));
        most = fmaxf(most, __shfl_xor_sync(0xffffffff, most, 2));
        factor[half] = exp2f(m[half] - most);
        m[half] = most;
        shift[half] = most - WEIGHT_EXPONENT;
        l[half] *= factor[half];
    }
    RowScale as_is{1.0f, 1.0f, true};
#pragma unroll
    for (int n = 0; n < 8; n++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float a = exp2f(scores[n][2 * half] - shift[half]);
            float b = exp2f(scores[n][2 * half + 1] - shift[half]);
            l[half] += a + b;
            SplitPair pair = split_pair(a, b, as_is);
            weights.hi[n / 2][n % 2 * 2 + half] = pair.hi;
            weights.lo[n / 2][n % 2 * 2 + half] = pair.lo;
        }
    }
}

// o = o * factor + weights . V, 32 dimensions at a time.
template <int HEAD>
__device__ __forceinline__ void mix(float (&o)[HEAD / 8][4], const Weights& weights, const float (&factor)[2], uint32_t values) {
    int lane = threadIdx.x % 32;
#pragma unroll
    for (int d = 0; d < HEAD / 8; d += 4) {
        float sums[4][4] = {};
#pragma unroll
        for (int step = 0; step < POSITIONS / 16; step++) {
#pragma unroll
            for (int n = 0; n < 4; n += 2) {
                uint32_t v[4];
                load_transposed(v, values + swizzled(step * 16 + lane % 16, d + n + lane / 16, Shared<HEAD>::CHUNKS));
                mma(sums[n], weights.hi[step], v[0], v[1]);
                mma(sums[n + 1], weights.hi[step], v[2], v[3]);
                mma(sums[n], weights.lo[step], v[0], v[1]);
                mma(sums[n + 1], weights.lo[step], v[2], v[3]);
            }
        }
#pragma unroll
        for (int n = 0; n < 4; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                o[d + n][i] = fmaf(o[d + n][i], factor[i / 2], sums[n][i]);
            }
        }
    }
}

template <int HEAD>
__device__ __forceinline__ void attend_f16(const Problem& p, uint8_t* shared) {
    constexpr int TILE = Shared<HEAD>::TILE;
    uint32_t address = shared_address(shared);
    uint32_t buffers = address + Shared<HEAD>::KV;
    int tiles = tiles_of(p);
    int lane = threadIdx.x % 32;
    int row = threadIdx.x / 32 * 16 + lane / 4; // of the block's queries; the thread's other one is 8 further
    auto copy_tile = [&](int tile) {
        uint32_t to = buffers + tile % 2 * 2 * TILE;
        copy_positions<HEAD>(to, p.keys, tile * POSITIONS, positions_of(p));
        copy_positions<HEAD>(to + TILE, p.values, tile * POSITIONS, positions_of(p));
        commit_copies();
    };
    copy_tile(0);
    split_queries<HEAD>(p, shared);
    __syncwarp();
    float o[HEAD / 8][4] = {};
    float l[2] = {};
    float m[2] = {-INFINITY, -INFINITY};
    const float* scales = reinterpret_cast<const float*>(shared + Shared<HEAD>::SCALES);
    float scale[2] = {scales[row], scales[row + 8]};
    for (int tile = 0; tile < tiles; tile++) {
        await_copies<0>();
        __syncthreads(); // this tile is here, and everybody is done with the other buffer
        if (tile + 1 < tiles) {
            copy_tile(tile + 1);
        }
        uint32_t keys = buffers + tile % 2 * 2 * TILE;
        float scores[8][4];
        score<HEAD>(scores, address, keys);
        int seen = p.base + p.first + row - tile * POSITIONS; // the last position of the tile that `row` sees
        bool masked = tile * POSITIONS + POSITIONS - 1 > p.base + p.first + threadIdx.x / 32 * 16;
#pragma unroll
        for (int n = 0; n < 8; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                bool hidden = masked && n * 8 + lane % 4 * 2 + i % 2 > seen + i / 2 * 8;
                scores[n][i] = hidden ? -INFINITY : scores[n][i] * scale[i / 2];
            }
        }
        Weights weights;
        float factor[2];
        weigh(scores, weights, m, l, factor);
        mix<HEAD>(o, weights, factor, keys + TILE);
    }
#pragma unroll
    for (int half = 0; half < 2; half++) {
        float sum = l[half];
        sum += __shfl_xor_sync(0xffffffff, sum, 1);
        sum += __shfl_xor_sync(0xffffffff, sum, 2);
        int t = p.first + row + half * 8;
        if (t >= p.count) {
            continue;
        }
        float* out = p.out + static_cast<size_t>(t) * p.ldOut + lane % 4 * 2;
#pragma unroll
        for (int d = 0; d < HEAD / 8; d++) {
            *reinterpret_cast<float2*>(out + d * 8) = make_float2(o[d][2 * half] / sum, o[d][2 * half + 1] / sum);
        }
    }
}

// ---- F32 cache -------------------------------------------------------------------------------------------------------

// Thread (x = t % 16, y = t / 16) has queries y + 8i (i < 8), positions x + 16j (j < 4) and dimensions [x * HEAD/16, ...).
// The row sums and maxima of a query are in the 16 neighbouring lanes with its y.
template <int HEAD>
__device__ __forceinline__ void copy_rows(
    float* to, int stride, const float* from, size_t ld, int first, int rows, float factor) {
    for (int i = threadIdx.x; i < 64 * HEAD / 4; i += THREADS) {
        int row = i / (HEAD / 4);
        int at = i % (HEAD / 4) * 4;
        float4 v = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        if (first + row < rows) {
            const float* source = from + (first + row) * ld + at;
            v = make_float4(source[0] * factor, source[1] * factor, source[2] * factor, source[3] * factor);
        }
        *reinterpret_cast<float4*>(to + row * stride + at) = v;
    }
}

__device__ __forceinline__ float dot4(float4 a, float4 b, float sum) {
    return fmaf(a.w, b.w, fmaf(a.z, b.z, fmaf(a.y, b.y, fmaf(a.x, b.x, sum))));
}

template <int HEAD>
__device__ __forceinline__ void attend_f32(const Problem& p, uint8_t* shared) {
    constexpr int STRIDE = HEAD + 4; // rows of neighbouring threads start four banks apart
    constexpr int WEIGHT_STRIDE = POSITIONS + 4;
    constexpr int D = HEAD / 16;
    float* queries = reinterpret_cast<float*>(shared);
    float* keys = queries + QUERIES * STRIDE; // and, once the scores are made, the weights
    float* values = keys + POSITIONS * STRIDE;
    int x = threadIdx.x % 16;
    int y = threadIdx.x / 16;
    copy_rows<HEAD>(queries, STRIDE, p.q, p.ldQ, p.first, p.count, LOG2_E / sqrtf(HEAD));
    float o[8][D] = {};
    float m[8];
    float l[8] = {};
#pragma unroll
    for (float& most : m) {
        most = -INFINITY;
    }
    int tiles = tiles_of(p);
    for (int tile = 0; tile < tiles; tile++) {
        __syncthreads();
        int first = tile * POSITIONS;
        copy_rows<HEAD>(keys, STRIDE, static_cast<const float*>(p.keys), HEAD, first, positions_of(p), 1.0f);
        copy_rows<HEAD>(values, HEAD, static_cast<const float*>(p.values), HEAD, first, positions_of(p), 1.0f);
        __syncthreads();
        float s[8][4] = {};
#pragma unroll 4
        for (int d = 0; d < HEAD; d += 4) {
            float4 k[4];
#pragma unroll
            for (int j = 0; j < 4; j++) {
                k[j] = *reinterpret_cast<const float4*>(keys + (x + 16 * j) * STRIDE + d);
            }
#pragma unroll
            for (int i = 0; i < 8; i++) {
                float4 a = *reinterpret_cast<const float4*>(queries + (y + 8 * i) * STRIDE + d);
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    s[i][j] = dot4(a, k[j], s[i][j]);
                }
            }
        }
        __syncthreads();
#pragma unroll
        for (int i = 0; i < 8; i++) {
            int seen = p.base + p.first + y + 8 * i - first;
            float most = m[i];
#pragma unroll
            for (int j = 0; j < 4; j++) {
                s[i][j] = x + 16 * j > seen ? -INFINITY : s[i][j];
                most = fmaxf(most, s[i][j]);
            }
            for (int offset = 8; offset > 0; offset /= 2) {
                most = fmaxf(most, __shfl_xor_sync(0xffffffff, most, offset));
            }
            float factor = exp2f(m[i] - most);
            m[i] = most;
            l[i] *= factor;
#pragma unroll
            for (int j = 0; j < 4; j++) {
                float weight = exp2f(s[i][j] - most);
                l[i] += weight;
                keys[(y + 8 * i) * WEIGHT_STRIDE + x + 16 * j] = weight;
            }
#pragma unroll
            for (int d = 0; d < D; d++) {
                o[i][d] *= factor;
            }
        }
        __syncthreads();
#pragma unroll 2
        for (int position = 0; position < POSITIONS; position++) {
            float v[D];
#pragma unroll
            for (int d = 0; d < D; d += 4) {
                float4 four = *reinterpret_cast<const float4*>(values + position * HEAD + x * D + d);
                v[d] = four.x, v[d + 1] = four.y, v[d + 2] = four.z, v[d + 3] = four.w;
            }
#pragma unroll
            for (int i = 0; i < 8; i++) {
                float weight = keys[(y + 8 * i) * WEIGHT_STRIDE + position];
#pragma unroll
                for (int d = 0; d < D; d++) {
                    o[i][d] = fmaf(weight, v[d], o[i][d]);
                }
            }
        }
    }
#pragma unroll
    for (int i = 0; i < 8; i++) {
        float sum = l[i];
        for (int offset = 8; offset > 0; offset /= 2) {
            sum += __shfl_xor_sync(0xffffffff, sum, offset);
        }
        int t = p.first + y + 8 * i;
        if (t >= p.count) {
            continue;
        }
        float* out = p.out + static_cast<size_t>(t) * p.ldOut + x * D;
#pragma unroll
        for (int d = 0; d < D; d++) {
            out[d] = o[i][d] / sum;
        }
    }
}

} // namespace attention

// Shared memory: 768 * headSize + 2048 bytes, whatever the type of the cache; the launch gives 51200 for every 64 dimensions.
extern "C" __global__ void __launch_bounds__(attention::THREADS, 3) attend_rows(
    const float* q, // [count][ldQ], rotated
    int ldQ,        // elements from a token's queries to the next one's
    const void* kv, // [layer][K, V][kvHead][capacity][headSize]; positions [0, base + count) are filled
    int capacity,   // positions
    int kvType,     // KV_F16, KV_F32
    int layer,      // of the cache
    int heads,      // query heads, a multiple of kvHeads
    int kvHeads,    // key and value heads
    int headSize,   // 64 or 128
    int base,       // the first token's position
    int count,      // tokens
    float* out)     // [count][heads * headSize]
{
    extern __shared__ __align__(128) uint8_t shared[];
    int head = blockIdx.x;
    int first = (gridDim.y - 1 - blockIdx.y) * attention::QUERIES;
    if (first >= count || base + count > capacity) {
        return;
    }
    size_t plane = (static_cast<size_t>(layer) * 2 * kvHeads + head / (heads / kvHeads)) * capacity * headSize;
    size_t to_values = static_cast<size_t>(kvHeads) * capacity * headSize;
    int bytes = kvType == KV_F32 ? 4 : 2;
    const uint8_t* keys = static_cast<const uint8_t*>(kv) + plane * bytes;
    attention::Problem p{q + static_cast<size_t>(head) * headSize, ldQ, keys, keys + to_values * bytes, base, count, first,
                         out + static_cast<size_t>(head) * headSize, heads * headSize};
    if (kvType == KV_F16) {
        headSize == 64 ? attention::attend_f16<64>(p, shared) : attention::attend_f16<128>(p, shared);
    } else {
        headSize == 64 ? attention::attend_f32<64>(p, shared) : attention::attend_f32<128>(p, shared);
    }
}
