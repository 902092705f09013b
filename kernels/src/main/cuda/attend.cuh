// What the two kernels of a decode step's attention have in common: one block's work on a chunk of 64 positions, for up
// to 8 query heads of one KV head at a time.
#pragma once

#include "matrix.cuh"
#include "reduce.cuh"

namespace attending {

constexpr int THREADS = 256;
constexpr int WARPS = THREADS / 32;
constexpr int CHUNK = 64; // ATTEND_CHUNK of the catalogue
constexpr int TILE = 8;   // heads at a time
constexpr int QUAD = 4;   // of them side by side in a warp

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

// Warps that have any of a chunk's positions.
template <int HEAD_SIZE>
__device__ __forceinline__ int busy_warps(int count) {
    return min(WARPS, (count + Place<HEAD_SIZE>::NEIGHBOURS - 1) / Place<HEAD_SIZE>::NEIGHBOURS);
}

// Queries of `heads` heads, scaled by log2(e) / sqrt(headSize), and zeros up to the next QUAD of them.
template <int HEAD_SIZE>
__device__ __forceinline__ void load_queries(Shared& s, const float* queries, int heads) {
    const float scale = 1.44269504f / sqrtf(static_cast<float>(HEAD_SIZE));
    int quads = (heads + QUAD - 1) / QUAD;
    const float4* from = reinterpret_cast<const float4*>(queries);
    for (int i = threadIdx.x; i < quads * QUAD * HEAD_SIZE / 4; i += THREADS) {
        float4 q = i < heads * HEAD_SIZE / 4 ? __ldcg(from + i) : float4{};
        *reinterpret_cast<float4*>(&s.q[i / (HEAD_SIZE / 4)][i % (HEAD_SIZE / 4) * 4]) =
            make_float4(scale * q.x, scale * q.y, scale * q.z, scale * q.w);
    }
}

// Keys or values of this warp's positions of a chunk that has `count` of them; zeros beyond.
template <int HEAD_SIZE, typename E>
__device__ __forceinline__ void load_chunk(Eight<E> (&to)[Place<HEAD_SIZE>::ROUNDS], const E* plane, int chunk, int count) {
    using P = Place<HEAD_SIZE>;
    P place;
#pragma unroll
    for (int i = 0; i < P::ROUNDS; i++) {
        int p = i * P::STEP + place.position;
        if (p < count) {
            to[i].load(plane + (static_cast<size_t>(chunk) * CHUNK + p) * HEAD_SIZE + place.part);
        } else {
            to[i].clear();
        }
    }
}

// m, l and each warp's weighted values of a chunk, for the heads whose queries are loaded; ends with a barrier.
template <int HEAD_SIZE, typename E>
__device__ __forceinline__ void chunk_of(Shared& s, const Eight<E> (&k)[Place<HEAD_SIZE>::ROUNDS],
    const Eight<E> (&v)[Place<HEAD_SIZE>::ROUNDS], int count, int heads) {
    Place<HEAD_SIZE> place;
    int quads = (heads + QUAD - 1) / QUAD;
    int busy = busy_warps<HEAD_SIZE>(count);
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
}

// The weighted values of a head in one dimension, over the warps that had positions.
__device__ __forceinline__ float sum_of_warps(const Shared& s, int head, int dimension, int busy) {
    float acc = 0.0f;
#pragma unroll
    for (int w = 0; w < WARPS; w++) {
        acc += w < busy ? s.acc[w][head][dimension] : 0.0f;
    }
    return acc;
}

} // namespace attending
