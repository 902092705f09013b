// The PTX that the tensor-core kernels stand on: sm_80's mma.sync, ldmatrix and cp.async, which sm_90 runs as well.
//
// mma (m16 n8 k16, F16 in, float32 sums), a thread of lane L holds
//   A (rows m, k contiguous)   a[0..3]: (m = L/4, k = 2(L%4)+{0,1}), (m + 8, k), (m, k + 8), (m + 8, k + 8)
//   B (rows n, k contiguous)   b[0..1]: (n = L/4, k = 2(L%4)+{0,1}), (n, k + 8)
//   C                          c[0..3]: (m = L/4, n = 2(L%4)+{0,1}), (m + 8, n)
//
// Tiles in shared memory are rows of 16-byte chunks; chunk c of row r lies at place c ^ (r % 8), so that the eight rows
// which one ldmatrix phase reads, and the chunks of a row that neighbouring threads write, never share a bank.
#pragma once

#include <cstdint>
#include <cuda_fp16.h>

__device__ __forceinline__ uint32_t shared_address(const void* p) {
    return static_cast<uint32_t>(__cvta_generic_to_shared(p));
}

// Byte offset of chunk `chunk` of row `row` in a tile with `chunks` 16-byte chunks a row (a multiple of 8).
__device__ __forceinline__ uint32_t swizzled(int row, int chunk, int chunks) {
    return (row * chunks + (chunk ^ (row & 7))) * 16;
}

// 16 bytes from global to shared memory, or zeros where there is nothing to read.
__device__ __forceinline__ void copy_chunk(uint32_t to, const void* from, bool there) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from), "r"(there ? 16 : 0) : "memory");
}

__device__ __forceinline__ void commit_copies() {
    asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits until at most `PENDING` of this thread's committed groups are still under way.
template <int PENDING>
__device__ __forceinline__ void await_copies() {
    asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory");
}

__device__ __forceinline__ void load_fragments(uint32_t (&r)[4], uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address)
                 : "memory");
}

__device__ __forceinline__ void load_transposed(uint32_t (&r)[4], uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address)
                 : "memory");
}

// c += A . B
__device__ __forceinline__ void mma(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
