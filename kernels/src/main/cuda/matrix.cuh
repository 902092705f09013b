// What all kernels share: how a weight matrix and a decoding step lie in device memory, and how a kernel of a chain
// behaves towards its neighbours under programmatic dependent launch (PDL).
//
// Planes of a matrix ("re-tiled" from GGUF blocks at load: the same bytes, rows in order, every plane 256-byte aligned
// with at least 256 readable bytes behind it):
//
//   type       quants, a block                     highs        scales, a block
//   F32 F16 BF16   elements as stored              -            -
//   Q4_0       16 B: byte j = elements j, j+16     -            half d
//   Q4_1       16 B                                -            half d, m
//   Q5_0       16 B                                u32 qh       half d
//   Q5_1       16 B                                u32 qh       half d, m
//   Q8_0       32 B                                -            half d
//   Q4_K       144-byte superblocks as stored      -            -
//   Q5_K       176-byte superblocks as stored      -            -
//   Q6_K       ql 128 B | qh 64 B | scales 16 B    -            half d
#pragma once

#include <cstddef>
#include <cstdint>
#include <cuda_fp16.h>

// ggml's type ids.
enum WeightType : int32_t {
    TYPE_F32 = 0,
    TYPE_F16 = 1,
    TYPE_Q4_0 = 2,
    TYPE_Q4_1 = 3,
    TYPE_Q5_0 = 6,
    TYPE_Q5_1 = 7,
    TYPE_Q8_0 = 8,
    TYPE_Q4_K = 12,
    TYPE_Q5_K = 13,
    TYPE_Q6_K = 14,
    TYPE_BF16 = 30,
};

// y[rows] = W[rows x cols] . x[cols]; a row is contiguous.
struct Matrix {
    const uint8_t* quants;
    const uint8_t* highs;  // null where the type has none
    const uint8_t* scales; // null where the type has none
    int32_t type;          // WeightType
    int32_t rows;
    int32_t cols; // a multiple of the type's block; of 8 for F32, F16, BF16
    int32_t reserved;
};

// The token to take in and where it goes; `choose` turns it into the next one. Only the host and `choose`, a graph's last
// kernel, write it, and a graph's first kernel starts when all before has finished: so kernels may read it at any time.
struct Step {
    int32_t token;
    int32_t position; // of the token, from 0
    int32_t capacity; // positions for which the sequence's cache has room: the stride of its planes
    int32_t serial;   // counts the tokens chosen
    uint8_t* kv;      // [layer][K, V][kvHead][capacity][headSize], F16 or F32
    uint64_t reserved;
};

static_assert(sizeof(Matrix) == 40, "Java writes 40 bytes");
static_assert(sizeof(Step) == 32, "Java writes 32 bytes");

constexpr int KV_F16 = 0;
constexpr int KV_F32 = 1;

// PDL. A kernel says at once that its successor may be launched beside it, then loads weights, which nobody writes, and
// touches what earlier kernels wrote only after wait_for_inputs(). Every kernel of a chain must wait, because "my
// predecessor has finished" says something about the one before it only if the predecessor waited too. What earlier
// kernels wrote is read through L2 (__ldcg): the L1 of this multiprocessor may hold lines from before the wait.

__device__ __forceinline__ void launch_dependents() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

__device__ __forceinline__ void wait_for_inputs() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

// Fetches the 128-byte line of an address into L2.
__device__ __forceinline__ void prefetch_line(const void* address) {
    asm volatile("prefetch.global.L2 [%0];" ::"l"(address));
}

// Fetches [from, from + bytes) into L2, a line a thread and turn.
__device__ __forceinline__ void prefetch_span(const void* from, size_t bytes, int thread, int threads) {
    for (size_t at = static_cast<size_t>(thread) * 128; at < bytes; at += static_cast<size_t>(threads) * 128) {
        prefetch_line(static_cast<const uint8_t*>(from) + at);
    }
}

__device__ __forceinline__ Step read_step(const Step* step) {
    const int4 a = __ldcg(reinterpret_cast<const int4*>(step));
    const ulonglong2 b = __ldcg(reinterpret_cast<const ulonglong2*>(step) + 1);
    return {a.x, a.y, a.z, a.w, reinterpret_cast<uint8_t*>(b.x), b.y};
}

// 16 bytes of weights: read once, so they need no place in L1.
__device__ __forceinline__ uint4 load_weights(const void* from) {
    uint4 v;
    asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
                 : "l"(from));
    return v;
}

// The same into shared memory, without a register to wait in; `finish_copies` waits for this thread's copies.
__device__ __forceinline__ void copy_weights(void* to, const void* from) {
    uint32_t shared = static_cast<uint32_t>(__cvta_generic_to_shared(to));
    asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16;" ::"r"(shared), "l"(from) : "memory");
}

__device__ __forceinline__ void finish_copies() { asm volatile("cp.async.wait_all;" ::: "memory"); }

template <typename T>
__device__ __forceinline__ T load_word(const void* from) {
    static_assert(sizeof(T) == 4, "a word");
    uint32_t v;
    asm volatile("ld.global.nc.u32 %0, [%1];" : "=r"(v) : "l"(from));
    T out;
    memcpy(&out, &v, 4);
    return out;
}

__device__ __forceinline__ float load_half(const void* from) {
    unsigned short v;
    asm volatile("ld.global.nc.u16 %0, [%1];" : "=h"(v) : "l"(from));
    return __half2float(__ushort_as_half(v));
}
