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
#include "attend.cuh"

namespace attending {

constexpr int BATCH = 16; // chunks put together at a time

struct Together : Shared {
    float before[TILE];
    int last;
};

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
__device__ __forceinline__ void combine(Together& s, const float* partials, size_t stride, int chunks, int heads,
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

template <int HEAD_SIZE, typename E>
__device__ __forceinline__ void run(Together& s, const E* keys, const E* values, int position, const float* queries,
    float* out, float* partials, int* counter, int firstHead, int group) {
    using P = Place<HEAD_SIZE>;
    constexpr int WIDTH = HEAD_SIZE + 2;
    int chunks = position / CHUNK + 1;
    int chunk = blockIdx.y;
    int count = min(CHUNK, position + 1 - chunk * CHUNK); // positions of this chunk
    int busy = busy_warps<HEAD_SIZE>(count);

#pragma unroll 1
    for (int pass = 0; pass < 2; pass++) {
        const bool real = pass == 1;
        if (real) {
            wait_for_inputs();
        }
        Eight<E> k[P::ROUNDS];
        Eight<E> v[P::ROUNDS];
        load_chunk<HEAD_SIZE, E>(k, keys, chunk, count);
        load_chunk<HEAD_SIZE, E>(v, values, chunk, count);
        for (int tile = 0; tile < group; tile += TILE) {
            int heads = min(TILE, group - tile);
            load_queries<HEAD_SIZE>(s, queries + static_cast<size_t>(firstHead + tile) * HEAD_SIZE, heads);
            __syncthreads();
            chunk_of<HEAD_SIZE, E>(s, k, v, count, heads);
            for (int i = threadIdx.x; i < heads * HEAD_SIZE; i += THREADS) {
                int h = i / HEAD_SIZE;
                int d = i % HEAD_SIZE;
                float acc = sum_of_warps(s, h, d, busy);
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
__device__ __forceinline__ void run(Together& s, const Step& now, const float* queries, float* out, float* partials,
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
    __shared__ Together s;
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
