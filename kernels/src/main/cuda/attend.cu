// attend: one token's queries against all keys and values of its sequence.
//
//   out[h] = sum over p <= position of softmax(q[h] . K[p] / sqrt(headSize))[p] * V[p],  K, V of head h's KV head
//
// Shapes (Qwen2.5-0.5B): 14 heads on 2 KV heads of 64; at position 1000 512 KB of F16 keys and values a layer.
// Bytes: the cache up to the position once (all heads of a KV head share a block, so it is not read seven times).
// Split: positions in chunks of 64, counted from 0, one block a chunk and KV head; keys and values of a chunk are
// all in flight at once, 8 dimensions a lane. Each chunk leaves (m, l, acc): its largest score, the sum of 2^(score
// - m) and the values weighted with them; the block that finishes last puts a KV head's chunks together in order. So
// a position's share of the sum depends on nothing but its number and the sequence's length. Up to 64 positions
// there is nothing to put together. Every block works twice: once for nothing while it waits for the queries, which
// brings its code into the instruction cache and its part of the cache into L2 (cold code doubles the time of a
// block), then for good. Scores carry a factor log2(e), so that powers are of 2.
#include "matrix.cuh"
#include "reduce.cuh"

namespace attending {

constexpr int THREADS = 256;
constexpr int WARPS = THREADS / 32;
constexpr int CHUNK = 64; // ATTEND_CHUNK of the catalogue
constexpr int TILE = 8;   // heads at a time
constexpr int QUAD = 4;   // of them side by side in a warp
constexpr int BATCH = 16; // chunks put together at a time

// 8 neighbouring elements of the cache.
template <typename E>
struct Eight;

template <>
struct Eight<__half> {
    uint4 bits;
    __device__ __forceinline__ void load(const __half* from) { bits = __ldcg(reinterpret_cast<const uint4*>(from)); }
    __device__ __forceinline__ void clear() { bits = uint4{}; }
    __device__ __forceinline__ void unpack(float (&v)[8]) const {
        const uint32_t words[4] = {bits.x, bits.y, bits.z, bits.w};
#pragma unroll
        for (int i = 0; i < 4; i++) {
            __half2 halves;
            memcpy(&halves, &words[i], 4);
            float2 two = __half22float2(halves);
            v[2 * i] = two.x;
            v[2 * i + 1] = two.y;
        }
    }
};

template <>
struct Eight<float> {
    float4 a, b;
    __device__ __forceinline__ void load(const float* from) {
        a = __ldcg(reinterpret_cast<const float4*>(from));
        b = __ldcg(reinterpret_cast<const float4*>(from) + 1);
    }
    __device__ __forceinline__ void clear() { a = b = float4{}; }
    __device__ __forceinline__ void unpack(float (&v)[8]) const {
        v[0] = a.x, v[1] = a.y, v[2] = a.z, v[3] = a.w;
        v[4] = b.x, v[5] = b.y, v[6] = b.z, v[7] = b.w;
    }
};

struct Shared {
    float q[TILE][128];
    float weights[TILE][CHUNK]; // scores, then 2^(score - m)
    float m[TILE];
    float l[TILE];
    float before[TILE];
    float acc[WARPS][TILE][128];
    int last;
};

// m = max, l = sum of 2^(s - m) over a head's scores of this chunk's positions; the scores become 2^(s - m).
__device__ __forceinline__ void soften(Shared& s, int head, int count, int lane) {
    float v[CHUNK / 32];
    float m = -INFINITY;
#pragma unroll
    for (int i = 0; i < CHUNK / 32; i++) {
        v[i] = i * 32 + lane < count ? s.weights[head][i * 32 + lane] : -INFINITY;
        m = fmaxf(m, v[i]);
    }
#pragma unroll
    for (int w = 16; w > 0; w /= 2) {
        m = fmaxf(m, __shfl_xor_sync(0xFFFFFFFFu, m, w));
    }
    float l = 0.0f;
#pragma unroll
    for (int i = 0; i < CHUNK / 32; i++) {
        v[i] = exp2f(v[i] - m);
        l += v[i];
        s.weights[head][i * 32 + lane] = v[i];
    }
    l = sum_over_warp(l);
    if (lane == 0) {
        s.m[head] = m;
        s.l[head] = l;
    }
}

// Adds one to a counter and gives what it was; what the block wrote before its last barrier is seen by whoever sees the
// sum, and what those wrote who added before is seen after.
__device__ __forceinline__ int count_one(int* counter) {
    int before;
    asm volatile("atom.acq_rel.gpu.global.add.s32 %0, [%1], 1;" : "=r"(before) : "l"(counter) : "memory");
    return before;
}

// Puts the chunks of up to TILE heads together, in order, BATCH of them in flight at a time. partials: the first head's
// [chunks][HEAD_SIZE + 2], heads `stride` apart.
template <int HEAD_SIZE>
__device__ __forceinline__ void combine(Shared& s, const float* partials, size_t stride, int chunks, int heads,
    float* out) {
    constexpr int WIDTH = HEAD_SIZE + 2;
    constexpr int OUTPUTS = TILE * HEAD_SIZE / THREADS; // of a thread
    constexpr int LANES = BATCH;                        // of a head, when weights are made
    static_assert(TILE * LANES <= THREADS, "one chunk a thread");
    int h = threadIdx.x / LANES;
    int c = threadIdx.x % LANES;
    float acc[OUTPUTS] = {};
    if (threadIdx.x < TILE) {
        s.m[threadIdx.x] = -INFINITY;
        s.l[threadIdx.x] = 0.0f;
    }
    __syncthreads();
    for (int first = 0; first < chunks; first += BATCH) {
        float parts[OUTPUTS][BATCH];
#pragma unroll
        for (int o = 0; o < OUTPUTS; o++) {
            int i = threadIdx.x + o * THREADS;
            const float* from = partials + i / HEAD_SIZE * stride + 2 + i % HEAD_SIZE;
#pragma unroll
            for (int b = 0; b < BATCH; b++) {
                bool is = first + b < chunks && i < heads * HEAD_SIZE;
                parts[o][b] = is ? __ldcg(from + static_cast<size_t>(first + b) * WIDTH) : 0.0f;
            }
        }
        if (h < TILE) {
            const float* from = partials + h * stride + static_cast<size_t>(first + c) * WIDTH;
            bool is = h < heads && first + c < chunks;
            float m = is ? __ldcg(from) : -INFINITY;
            float l = is ? __ldcg(from + 1) : 0.0f;
            float highest = fmaxf(s.m[h], m);
#pragma unroll
            for (int w = LANES / 2; w > 0; w /= 2) {
                highest = fmaxf(highest, __shfl_xor_sync(0xFFFFFFFFu, highest, w));
            }
            float weight = is ? exp2f(m - highest) : 0.0f;
            l *= weight;
#pragma unroll
            for (int w = LANES / 2; w > 0; w /= 2) {
                l += __shfl_xor_sync(0xFFFFFFFFu, l, w);
            }
            s.weights[h][c] = weight;
            if (c == 0 && h < heads) {
                float before = exp2f(s.m[h] - highest); // of what came in earlier batches
                s.before[h] = before;
                s.m[h] = highest;
                s.l[h] = fmaf(s.l[h], before, l);
            }
        }
        __syncthreads();
#pragma unroll
        for (int o = 0; o < OUTPUTS; o++) {
            int head = (threadIdx.x + o * THREADS) / HEAD_SIZE;
            acc[o] *= head < heads ? s.before[head] : 0.0f;
#pragma unroll
            for (int b = 0; b < BATCH; b++) {
                acc[o] = fmaf(s.weights[head][b], parts[o][b], acc[o]);
            }
        }
        __syncthreads();
    }
#pragma unroll
    for (int o = 0; o < OUTPUTS; o++) {
        int i = threadIdx.x + o * THREADS;
        if (i < heads * HEAD_SIZE) {
            out[i] = acc[o] / s.l[i / HEAD_SIZE];
        }
    }
    __syncthreads();
}

// Where a lane stands. A position's elements lie with LANES neighbouring lanes, eight each; a warp holds NEIGHBOURS
// positions at a time, the block STEP, a chunk takes ROUNDS of them.
template <int HEAD_SIZE>
struct Place {
    static constexpr int LANES = HEAD_SIZE / 8;
    static constexpr int NEIGHBOURS = 32 / LANES;
    static constexpr int STEP = WARPS * NEIGHBOURS;
    static constexpr int ROUNDS = CHUNK / STEP;

    int lane = threadIdx.x % 32;
    int warp = threadIdx.x / 32;
    int position = warp * NEIGHBOURS + lane / LANES; // of a round
    int part = lane % LANES * 8;                     // first of the lane's dimensions
};

// Scores of QUAD heads from `first` on with this warp's positions.
template <int HEAD_SIZE, typename E>
__device__ __forceinline__ void scores(Shared& s, const Eight<E> (&k)[Place<HEAD_SIZE>::ROUNDS], int first) {
    using P = Place<HEAD_SIZE>;
    constexpr int N = QUAD * P::ROUNDS;
    P place;
    float sums[N];
#pragma unroll
    for (int h = 0; h < QUAD; h++) {
        float4 q0 = *reinterpret_cast<const float4*>(&s.q[first + h][place.part]);
        float4 q1 = *reinterpret_cast<const float4*>(&s.q[first + h][place.part + 4]);
#pragma unroll
        for (int i = 0; i < P::ROUNDS; i++) {
            float e[8];
            k[i].unpack(e);
            float low = fmaf(e[3], q0.w, fmaf(e[2], q0.z, fmaf(e[1], q0.y, e[0] * q0.x)));
            float high = fmaf(e[7], q1.w, fmaf(e[6], q1.z, fmaf(e[5], q1.y, e[4] * q1.x)));
            sums[h * P::ROUNDS + i] = low + high;
        }
    }
    fold<N, P::LANES / 2, 1>(sums, place.lane);
    constexpr int LEFT = N > P::LANES ? N / P::LANES : 1;
    int own = fold_index<N, P::LANES / 2, 1>(place.lane);
    if (place.lane % (P::LANES * LEFT / N) == 0) {
#pragma unroll
        for (int i = 0; i < LEFT; i++) {
            s.weights[first + (own + i) / P::ROUNDS][(own + i) % P::ROUNDS * P::STEP + place.position] = sums[i];
        }
    }
}

// Values of this warp's positions, weighted, for QUAD heads from `first` on.
template <int HEAD_SIZE, typename E>
__device__ __forceinline__ void mix(Shared& s, const Eight<E> (&v)[Place<HEAD_SIZE>::ROUNDS], int first) {
    using P = Place<HEAD_SIZE>;
    constexpr int N = QUAD * 8;
    P place;
    float acc[N] = {};
#pragma unroll
    for (int i = 0; i < P::ROUNDS; i++) {
        float e[8];
        v[i].unpack(e);
#pragma unroll
        for (int h = 0; h < QUAD; h++) {
            float weight = s.weights[first + h][i * P::STEP + place.position];
#pragma unroll
            for (int d = 0; d < 8; d++) {
                acc[h * 8 + d] = fmaf(weight, e[d], acc[h * 8 + d]);
            }
        }
    }
    fold<N, 16, P::LANES>(acc, place.lane); // over the warp's positions
    int own = first + fold_index<N, 16, P::LANES>(place.lane) / 8;
#pragma unroll
    for (int h = 0; h < QUAD / P::NEIGHBOURS; h++) {
        float4* to = reinterpret_cast<float4*>(&s.acc[place.warp][own + h][place.part]);
        to[0] = make_float4(acc[h * 8], acc[h * 8 + 1], acc[h * 8 + 2], acc[h * 8 + 3]);
        to[1] = make_float4(acc[h * 8 + 4], acc[h * 8 + 5], acc[h * 8 + 6], acc[h * 8 + 7]);
    }
}

template <int HEAD_SIZE, typename E>
__device__ __forceinline__ void run(Shared& s, const E* keys, const E* values, int position, const float* queries,
    float* out, float* partials, int* counter, int firstHead, int group) {
    using P = Place<HEAD_SIZE>;
    constexpr int WIDTH = HEAD_SIZE + 2;
    P place;
    int chunks = position / CHUNK + 1;
    int chunk = blockIdx.y;
    int count = min(CHUNK, position + 1 - chunk * CHUNK);             // positions of this chunk
    int busy = min(WARPS, (count + P::NEIGHBOURS - 1) / P::NEIGHBOURS); // warps that have any

    const float scale = 1.44269504f / sqrtf(static_cast<float>(HEAD_SIZE));
#pragma unroll 1
    for (int pass = 0; pass < 2; pass++) {
        const bool real = pass == 1;
        if (real) {
            wait_for_inputs();
        }
        Eight<E> k[P::ROUNDS];
        Eight<E> v[P::ROUNDS];
#pragma unroll
        for (int i = 0; i < P::ROUNDS; i++) {
            int p = i * P::STEP + place.position;
            size_t at = (static_cast<size_t>(chunk) * CHUNK + p) * HEAD_SIZE + place.part;
            if (p < count) {
                k[i].load(keys + at);
                v[i].load(values + at);
            } else {
                k[i].clear();
                v[i].clear();
            }
        }

        for (int tile = 0; tile < group; tile += TILE) {
            int heads = min(TILE, group - tile);
            int quads = (heads + QUAD - 1) / QUAD;
            const float* first = queries + static_cast<size_t>(firstHead + tile) * HEAD_SIZE;
            const float4* from = reinterpret_cast<const float4*>(first);
            for (int i = threadIdx.x; i < quads * QUAD * HEAD_SIZE / 4; i += THREADS) {
                float4 q = i < heads * HEAD_SIZE / 4 ? __ldcg(from + i) : float4{};
                *reinterpret_cast<float4*>(&s.q[i / (HEAD_SIZE / 4)][i % (HEAD_SIZE / 4) * 4]) =
                    make_float4(scale * q.x, scale * q.y, scale * q.z, scale * q.w);
            }
            __syncthreads();
            for (int h = 0; h < heads && place.warp < busy; h += QUAD) {
                scores<HEAD_SIZE, E>(s, k, h);
            }
            __syncthreads();
            for (int h = place.warp; h < quads * QUAD; h += WARPS) {
                soften(s, h, count, place.lane);
            }
            __syncthreads();
            for (int h = 0; h < heads && place.warp < busy; h += QUAD) {
                mix<HEAD_SIZE, E>(s, v, h);
            }
            __syncthreads();
            for (int i = threadIdx.x; i < heads * HEAD_SIZE; i += THREADS) {
                int h = i / HEAD_SIZE;
                int d = i % HEAD_SIZE;
                float acc = 0.0f;
#pragma unroll
                for (int w = 0; w < WARPS; w++) {
                    acc += w < busy ? s.acc[w][h][d] : 0.0f;
                }
                size_t head = firstHead + tile + h;
                if (!real) {
                    continue;
                }
                if (chunks == 1) {
                    out[head * HEAD_SIZE + d] = acc / s.l[h];
                } else {
                    float* own = partials + (head * gridDim.y + chunk) * WIDTH;
                    own[2 + d] = acc;
                    if (d < 2) {
                        own[d] = d == 0 ? s.m[h] : s.l[h];
                    }
                }
            }
            __syncthreads(); // the next tile writes q, weights, m and l
        }
    }
    if (chunks == 1) {
        return;
    }
    if (threadIdx.x == 0) {
        s.last = count_one(counter) == chunks - 1;
    }
    __syncthreads();
    if (!s.last) {
        return;
    }
    size_t stride = static_cast<size_t>(gridDim.y) * WIDTH;
    for (int tile = 0; tile < group; tile += TILE) {
        size_t head = firstHead + tile;
        combine<HEAD_SIZE>(
            s, partials + head * stride, stride, chunks, min(TILE, group - tile), out + head * HEAD_SIZE);
    }
    if (threadIdx.x == 0) {
        *counter = 0;
    }
}

// Keys and values of the block's chunk and KV head.
template <int HEAD_SIZE, typename E>
__device__ __forceinline__ void run(Shared& s, const Step& now, const float* queries, float* out, float* partials,
    int* counters, int layer, int heads, int kvHeads) {
    int kvHead = blockIdx.x;
    size_t plane = static_cast<size_t>(now.capacity) * HEAD_SIZE;
    const E* keys = reinterpret_cast<const E*>(now.kv) + (static_cast<size_t>(layer) * 2 * kvHeads + kvHead) * plane;
    const E* values = keys + kvHeads * plane;
    int group = heads / kvHeads;
    run<HEAD_SIZE, E>(s, keys, values, now.position, queries, out, partials, counters + kvHead, kvHead * group, group);
}

} // namespace attending

// queries, out [heads*headSize] float32; partials float [heads][gridDim.y][headSize + 2]; counters [kvHeads], zero
// before the first launch and after every one. Grid: (kvHeads, chunks), with chunks * 64 above the step's position;
// headSize 64 or 128.
extern "C" __global__ void __launch_bounds__(attending::THREADS) attend(const Step* step, const float* queries,
    float* out, float* partials, int* counters, int layer, int heads, int kvHeads, int headSize, int kvType) {
    using namespace attending;
    __shared__ Shared s;
    launch_dependents();
    Step now = read_step(step);
    if (static_cast<int>(blockIdx.y) * CHUNK > now.position) {
        wait_for_inputs();
    } else if (headSize == 64 && kvType == KV_F16) {
        run<64, __half>(s, now, queries, out, partials, counters, layer, heads, kvHeads);
    } else if (headSize == 64) {
        run<64, float>(s, now, queries, out, partials, counters, layer, heads, kvHeads);
    } else if (kvType == KV_F16) {
        run<128, __half>(s, now, queries, out, partials, counters, layer, heads, kvHeads);
    } else {
        run<128, float>(s, now, queries, out, partials, counters, layer, heads, kvHeads);
    }
}
