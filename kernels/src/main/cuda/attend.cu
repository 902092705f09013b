// attend: one token's queries against all keys and values of its sequence.
//
//   out[h] = sum over p <= position of softmax(q[h] . K[p] / sqrt(headSize))[p] * V[p],  K, V of head h's KV head
//
// Shapes (Qwen2.5-0.5B): 14 heads on 2 KV heads of 64; at position 1000 512 KB of F16 keys and values a layer.
// Bytes: the cache up to the position once (all heads of a KV head share a block, so it is not read seven times).
// Split: positions in chunks of 128, counted from 0, one block a chunk and KV head; keys and values of a chunk are all
// in flight at once, 8 dimensions a lane. Each chunk leaves (m, l, acc): its largest score, the sum of 2^(score - m) and
// the values weighted with them; the block that finishes last puts a KV head's chunks together in order. So a position's
// share of the sum depends on nothing but its number and the sequence's length. Up to 128 positions there is nothing to
// put together. Scores carry a factor log2(e), so that powers are of 2.
#include "matrix.cuh"
#include "reduce.cuh"

namespace attention {

constexpr int THREADS = 256;
constexpr int WARPS = THREADS / 32;
constexpr int CHUNK = 128; // ATTEND_CHUNK of the catalogue
constexpr int TILE = 8;    // heads at a time

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
    float acc[WARPS][TILE][128];
    int last;
};

// m = max, l = sum of 2^(s - m) over a head's scores of this chunk; the scores become 2^(s - m).
__device__ __forceinline__ void soften(Shared& s, int head, int lane) {
    float v[CHUNK / 32];
    float m = -INFINITY;
#pragma unroll
    for (int i = 0; i < CHUNK / 32; i++) {
        v[i] = s.weights[head][i * 32 + lane];
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

// Puts the chunks of one dimension of one head together, in order. partial: the head's [chunks][HEAD_SIZE + 2].
template <int HEAD_SIZE>
__device__ __forceinline__ float combine(const float* partial, int chunks, int d) {
    constexpr int WIDTH = HEAD_SIZE + 2;
    float m = -INFINITY;
#pragma unroll 4
    for (int c = 0; c < chunks; c++) {
        m = fmaxf(m, __ldcg(partial + c * WIDTH));
    }
    float l = 0.0f;
    float acc = 0.0f;
#pragma unroll 4
    for (int c = 0; c < chunks; c++) {
        const float* own = partial + static_cast<size_t>(c) * WIDTH;
        float weight = exp2f(__ldcg(own) - m);
        l = fmaf(weight, __ldcg(own + 1), l);
        acc = fmaf(weight, __ldcg(own + 2 + d), acc);
    }
    return acc / l;
}

template <int HEAD_SIZE, typename E>
__device__ __forceinline__ void run(Shared& s, const E* keys, const E* values, int position, const float* queries,
    float* out, float* partials, int* counter, int firstHead, int group) {
    constexpr int LANES = HEAD_SIZE / 8;      // of a position
    constexpr int NEIGHBOURS = 32 / LANES;    // positions of a warp at a time
    constexpr int STEP = WARPS * NEIGHBOURS;  // positions of the block at a time
    constexpr int ROUNDS = CHUNK / STEP;
    static_assert(ROUNDS == LANES / 2, "so that a fold leaves each lane one score");
    constexpr int WIDTH = HEAD_SIZE + 2;
    int lane = threadIdx.x % 32;
    int warp = threadIdx.x / 32;
    int chunks = position / CHUNK + 1;
    int chunk = blockIdx.y;
    int count = min(CHUNK, position + 1 - chunk * CHUNK); // positions of this chunk
    int place = warp * NEIGHBOURS + lane / LANES;         // position in a round
    int part = lane % LANES * 8;                          // first of the lane's dimensions

    Eight<E> k[ROUNDS];
    Eight<E> v[ROUNDS];
#pragma unroll
    for (int i = 0; i < ROUNDS; i++) {
        int p = i * STEP + place;
        size_t at = (static_cast<size_t>(chunk) * CHUNK + p) * HEAD_SIZE + part;
        if (p < count) {
            k[i].load(keys + at);
            v[i].load(values + at);
        } else {
            k[i].clear();
            v[i].clear();
        }
    }
    float scale = 1.44269504f / sqrtf(static_cast<float>(HEAD_SIZE));

    for (int tile = 0; tile < group; tile += TILE) {
        int heads = min(TILE, group - tile);
        for (int i = threadIdx.x; i < heads * HEAD_SIZE; i += THREADS) {
            s.q[i / HEAD_SIZE][i % HEAD_SIZE] =
                scale * __ldcg(queries + static_cast<size_t>(firstHead + tile) * HEAD_SIZE + i);
        }
        __syncthreads();
        for (int h = 0; h < heads; h++) {
            float scores[ROUNDS];
            float4 q0 = *reinterpret_cast<const float4*>(&s.q[h][part]);
            float4 q1 = *reinterpret_cast<const float4*>(&s.q[h][part + 4]);
#pragma unroll
            for (int i = 0; i < ROUNDS; i++) {
                float e[8];
                k[i].unpack(e);
                float low = fmaf(e[3], q0.w, fmaf(e[2], q0.z, fmaf(e[1], q0.y, e[0] * q0.x)));
                float high = fmaf(e[7], q1.w, fmaf(e[6], q1.z, fmaf(e[5], q1.y, e[4] * q1.x)));
                scores[i] = low + high;
            }
            fold<ROUNDS, LANES>(scores, lane);
            int p = fold_index<ROUNDS, LANES>(lane) * STEP + place;
            if (lane % 2 == 0) {
                s.weights[h][p] = p < count ? scores[0] : -INFINITY;
            }
        }
        __syncthreads();
        for (int h = warp; h < heads; h += WARPS) {
            soften(s, h, lane);
        }
        __syncthreads();
        for (int h = 0; h < heads; h++) {
            float acc[8] = {};
#pragma unroll
            for (int i = 0; i < ROUNDS; i++) {
                float e[8];
                v[i].unpack(e);
                float weight = s.weights[h][i * STEP + place];
#pragma unroll
                for (int d = 0; d < 8; d++) {
                    acc[d] = fmaf(weight, e[d], acc[d]);
                }
            }
            // over the warp's positions: lanes that differ in lane / LANES
#pragma unroll
            for (int w = LANES; w < 32; w *= 2) {
#pragma unroll
                for (int d = 0; d < 8; d++) {
                    acc[d] += __shfl_xor_sync(0xFFFFFFFFu, acc[d], w);
                }
            }
            if (lane < LANES) {
                float4* to = reinterpret_cast<float4*>(&s.acc[warp][h][part]);
                to[0] = make_float4(acc[0], acc[1], acc[2], acc[3]);
                to[1] = make_float4(acc[4], acc[5], acc[6], acc[7]);
            }
        }
        __syncthreads();
        for (int i = threadIdx.x; i < heads * HEAD_SIZE; i += THREADS) {
            int h = i / HEAD_SIZE;
            int d = i % HEAD_SIZE;
            float acc = 0.0f;
#pragma unroll
            for (int w = 0; w < WARPS; w++) {
                acc += s.acc[w][h][d];
            }
            size_t head = firstHead + tile + h;
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
    if (chunks == 1) {
        return;
    }
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) {
        s.last = atomicAdd(counter, 1) == chunks - 1;
    }
    __syncthreads();
    if (!s.last) {
        return;
    }
    __threadfence();
    for (int i = threadIdx.x; i < group * HEAD_SIZE; i += THREADS) {
        size_t head = firstHead + i / HEAD_SIZE;
        int d = i % HEAD_SIZE;
        out[head * HEAD_SIZE + d] = combine<HEAD_SIZE>(partials + head * gridDim.y * WIDTH, chunks, d);
    }
    if (threadIdx.x == 0) {
        *counter = 0;
    }
}

template <int HEAD_SIZE, typename E>
__device__ __forceinline__ void run(Shared& s, const Step* step, int position, const float* queries, float* out,
    float* partials, int* counters, int layer, int heads, int kvHeads) {
    int kvHead = blockIdx.x;
    int capacity = __ldcg(&step->capacity);
    auto* kv = reinterpret_cast<const E*>(__ldcg(reinterpret_cast<const unsigned long long*>(&step->kv)));
    size_t plane = static_cast<size_t>(capacity) * HEAD_SIZE;
    const E* keys = kv + (static_cast<size_t>(layer) * 2 * kvHeads + kvHead) * plane;
    int group = heads / kvHeads;
    run<HEAD_SIZE, E>(
        s, keys, keys + kvHeads * plane, position, queries, out, partials, counters + kvHead, kvHead * group, group);
}

} // namespace attention

// queries, out [heads*headSize] float32; partials float [heads][gridDim.y][headSize + 2]; counters [kvHeads], zero before
// the first launch and after every one. Grid: (kvHeads, chunks), with chunks * 128 above the step's position; headSize 64
// or 128.
extern "C" __global__ void __launch_bounds__(attention::THREADS) attend(const Step* step, const float* queries,
    float* out, float* partials, int* counters, int layer, int heads, int kvHeads, int headSize, int kvType) {
    using namespace attention;
    __shared__ Shared s;
    launch_dependents();
    wait_for_inputs();
    int position = __ldcg(&step->position);
    if (static_cast<int>(blockIdx.y) * CHUNK > position) {
        return;
    }
    if (headSize == 64 && kvType == KV_F16) {
        run<64, __half>(s, step, position, queries, out, partials, counters, layer, heads, kvHeads);
    } else if (headSize == 64) {
        run<64, float>(s, step, position, queries, out, partials, counters, layer, heads, kvHeads);
    } else if (kvType == KV_F16) {
        run<128, __half>(s, step, position, queries, out, partials, counters, layer, heads, kvHeads);
    } else {
        run<128, float>(s, step, position, queries, out, partials, counters, layer, heads, kvHeads);
    }
}
