// attend_cluster: what `attend` computes, for positions below 1024 and devices that have thread block clusters (9.0).
//
// Split: as in `attend`, a block a chunk of 64 positions and KV head; the up to 16 blocks of a KV head are a cluster. Each
// writes what it has found (m, l, acc) into the shared memory of the block that will put it together, 32 dimensions of a
// head a block; one barrier later each has all it needs at hand and adds it up in order. Compared with parts in global
// memory that the last block puts together, this saves a fence, an atomic and two trips through L2. A position's share of
// the sum depends on nothing but its number and the sequence's length. Blocks work twice as in `attend`.
#include "attend.cuh"

namespace attending {

constexpr int CLUSTER = 16; // more than 8 must be allowed: CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED

#if __CUDA_ARCH__ >= 900
#define ATTEND_IN_CLUSTERS __cluster_dims__(1, attending::CLUSTER, 1)
#else
#define ATTEND_IN_CLUSTERS
#endif

// A warp's worth of outputs, 32 dimensions of a head, is an item; item i is put together by block i % CLUSTER.
constexpr int MOST_ITEMS = TILE * 128 / 32 / CLUSTER; // of a block

struct Shares : Shared {
    float parts[MOST_ITEMS][CLUSTER][32]; // written by all blocks of the cluster
    float largest[MOST_ITEMS][CLUSTER];
    float sums[MOST_ITEMS][CLUSTER];
};

// A barrier of all threads of a cluster in two halves; what was written before the first is seen after the second.
__device__ __forceinline__ void cluster_arrive() {
#if __CUDA_ARCH__ >= 900
    asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory");
#endif
}

__device__ __forceinline__ void cluster_wait() {
#if __CUDA_ARCH__ >= 900
    asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory");
#endif
}

// Writes to the place in the shared memory of the cluster's block `rank` that is `place` in this one's.
__device__ __forceinline__ void write_to_block(float* place, int rank, float value) {
#if __CUDA_ARCH__ >= 900
    uint32_t address = static_cast<uint32_t>(__cvta_generic_to_shared(place));
    asm volatile("{\n\t.reg .u32 there;\n\tmapa.shared::cluster.u32 there, %0, %1;\n\tst.shared::cluster.f32 [there], %2;\n\t}"
                 :: "r"(address), "r"(rank), "f"(value)
                 : "memory");
#endif
}

// Hands what this block has found to those that put it together.
template <int HEAD_SIZE>
__device__ __forceinline__ void hand_over(Shares& s, int rank, int heads, int busy) {
#pragma unroll
    for (int o = 0; o < TILE * HEAD_SIZE / THREADS; o++) {
        int i = threadIdx.x + o * THREADS;
        int item = i / 32;
        int h = i / HEAD_SIZE;
        int lane = i % 32;
        if (h < heads) {
            int to = item % CLUSTER;
            write_to_block(&s.parts[item / CLUSTER][rank][lane], to, sum_of_warps(s, h, i % HEAD_SIZE, busy));
            if (lane == 0) {
                write_to_block(&s.largest[item / CLUSTER][rank], to, s.m[h]);
            }
            if (lane == 1) {
                write_to_block(&s.sums[item / CLUSTER][rank], to, s.l[h]);
            }
        }
    }
}

// Puts this block's items together, a warp each, from what the first `live` blocks found.
template <int HEAD_SIZE>
__device__ __forceinline__ void put_together(const Shares& s, int rank, int live, int heads, float* out) {
    Place<HEAD_SIZE> place;
    int item = place.warp * CLUSTER + rank;
    if (item >= heads * HEAD_SIZE / 32) {
        return;
    }
    bool is = place.lane < live;
    float m = is ? s.largest[place.warp][place.lane % CLUSTER] : -INFINITY;
    float l = is ? s.sums[place.warp][place.lane % CLUSTER] : 0.0f;
    float parts[CLUSTER];
#pragma unroll
    for (int b = 0; b < CLUSTER; b++) {
        parts[b] = b < live ? s.parts[place.warp][b][place.lane] : 0.0f;
    }
    float highest = m;
#pragma unroll
    for (int w = 16; w > 0; w /= 2) {
        highest = fmaxf(highest, __shfl_xor_sync(0xFFFFFFFFu, highest, w));
    }
    float weight = is ? exp2f(m - highest) : 0.0f;
    float total = sum_over_warp(l * weight);
    float acc = 0.0f;
#pragma unroll
    for (int b = 0; b < CLUSTER; b++) {
        acc = fmaf(__shfl_sync(0xFFFFFFFFu, weight, b), parts[b], acc);
    }
    out[item * 32 + place.lane] = acc / total;
}

// Without others there is nothing to put together.
template <int HEAD_SIZE>
__device__ __forceinline__ void finish(const Shares& s, int heads, int busy, float* out) {
    for (int i = threadIdx.x; i < heads * HEAD_SIZE; i += THREADS) {
        int h = i / HEAD_SIZE;
        out[i] = sum_of_warps(s, h, i % HEAD_SIZE, busy) / s.l[h];
    }
}

template <int HEAD_SIZE, typename E>
__device__ __forceinline__ void run(Shares& s, const E* keys, const E* values, int position, const float* queries,
    float* out, int group) {
    using P = Place<HEAD_SIZE>;
    int rank = blockIdx.y;
    int live = position / CHUNK + 1;                     // blocks that have any positions
    int count = min(CHUNK, position + 1 - rank * CHUNK); // of this block
    int busy = busy_warps<HEAD_SIZE>(count);
    if (live > 1) {
        cluster_arrive();
    }
#pragma unroll 1
    for (int pass = 0; pass < 2; pass++) {
        const bool real = pass == 1;
        if (real) {
            wait_for_inputs();
        }
        Eight<E> k[P::ROUNDS];
        Eight<E> v[P::ROUNDS];
        load_chunk<HEAD_SIZE, E>(k, keys, rank, count);
        load_chunk<HEAD_SIZE, E>(v, values, rank, count);
#pragma unroll 1
        for (int tile = 0; tile < group; tile += TILE) {
            int heads = min(TILE, group - tile);
            float* own = out + static_cast<size_t>(tile) * HEAD_SIZE;
            if (rank < live) {
                load_queries<HEAD_SIZE>(s, queries + static_cast<size_t>(tile) * HEAD_SIZE, heads);
                __syncthreads();
                chunk_of<HEAD_SIZE, E>(s, k, v, count, heads);
            }
            if (live == 1) {
                if (real && rank == 0) {
                    finish<HEAD_SIZE>(s, heads, busy, own);
                }
            } else if (real) {
                cluster_wait(); // all have begun, or put the last tile together
                if (rank < live) {
                    hand_over<HEAD_SIZE>(s, rank, heads, busy);
                    __syncwarp();
                }
                cluster_arrive();
                cluster_wait();
                put_together<HEAD_SIZE>(s, rank, live, heads, own);
                if (tile + TILE < group) {
                    cluster_arrive();
                }
            }
            __syncthreads(); // the next tile writes q, weights, m and l
        }
    }
}

// Keys and values of the cluster's KV head.
template <int HEAD_SIZE, typename E>
__device__ __forceinline__ void run(Shares& s, const Step& now, const float* queries, float* out, int layer, int heads,
    int kvHeads) {
    int kvHead = blockIdx.x;
    size_t plane = static_cast<size_t>(now.capacity) * HEAD_SIZE;
    const E* keys = reinterpret_cast<const E*>(now.kv) + (static_cast<size_t>(layer) * 2 * kvHeads + kvHead) * plane;
    const E* values = keys + kvHeads * plane;
    int group = heads / kvHeads;
    size_t first = static_cast<size_t>(kvHead) * group * HEAD_SIZE;
    run<HEAD_SIZE, E>(s, keys, values, now.position, queries + first, out + first, group);
}

} // namespace attending

// queries, out [heads*headSize] float32; the step's position is below 1024. Grid: (kvHeads, 16). A kernel for each size of
// heads and type of cache: they need registers very differently, and the fewer, the more blocks of other kernels fit
// beside. Never launched on a device before 9.0, where they would not work.
#define DEFINE(headSize, suffix, element)                                                                              \
    extern "C" __global__ void ATTEND_IN_CLUSTERS __launch_bounds__(attending::THREADS)                                 \
        attend_cluster_##headSize##_##suffix(const Step* step, const float* queries, float* out, int layer, int heads,  \
            int kvHeads) {                                                                                             \
        __shared__ attending::Shares s;                                                                                \
        launch_dependents();                                                                                           \
        attending::run<headSize, element>(s, read_step(step), queries, out, layer, heads, kvHeads);                     \
    }
DEFINE(64, f16, __half)
DEFINE(64, f32, float)
DEFINE(128, f16, __half)
DEFINE(128, f32, float)
#undef DEFINE
