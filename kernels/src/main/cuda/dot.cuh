// Dot products of weight rows with a vector in shared memory, for every weight type.
//
// A row is cut into chunks of 16 bytes of quants, the most that one load takes: 4 elements of F32, 8 of F16 and BF16, 16
// of Q8_0, 32 of the others. Neighbouring lanes take neighbouring chunks, so a warp reads 512 bytes at a time. A chunk's
// elements lie in one or two runs of neighbours; within a run all weights are scale * q + shift with small integers q, so
// a run's sum is scale * (sum of q*x) + shift * (sum of x): q is exact in float32, no weight is ever rounded, and an
// element costs an extraction, a subtraction and a fused multiply-add. Small unsigned integers become floats by a byte
// permute into the mantissa of 2^23, which is then subtracted together with the integer's own offset.
//
// The vector lies in shared memory in quads (16 bytes) in an order that keeps the lanes of a quarter-warp, which fetch
// together, on different banks for every type's chunk; see `slot`.
#pragma once

#include "matrix.cuh"

#include <cuda_fp16.h>

// Where quad q (elements 4q..4q+3) of the vector lies. Groups of 8 quads fill all 32 banks; within group g the quads are
// permuted by XOR with a value whose three bits differ wherever lanes of a quarter-warp read from different groups: g and
// g+1 (F16), four neighbours (Q8_0), eight (Q4_0...), every second of eight (Q4_K), {0, 1, 4, 5} and {2, 3, 6, 7} (Q6_K).
__device__ __forceinline__ int slot(int quad) {
    int group = quad >> 3;
    return quad ^ (group & 3) ^ ((group & 4) != 0 ? 7 : 0);
}

// Quads of room that a vector of `cols` elements needs.
__host__ __device__ constexpr int quads_for(int cols) { return (cols + 31) / 32 * 8; }

// Byte i of v as a float, less `offset` (an integer that is exact in float32).
template <int I>
__device__ __forceinline__ float byte_less(uint32_t v, float offset) {
    return __uint_as_float(__byte_perm(v, 0x4B000000u, 0x7650u | I)) - (8388608.0f + offset);
}

__device__ __forceinline__ float4 bytes_less(uint32_t v, float offset) {
    return make_float4(
        byte_less<0>(v, offset), byte_less<1>(v, offset), byte_less<2>(v, offset), byte_less<3>(v, offset));
}

__device__ __forceinline__ uint32_t word(const uint4& v, int i) {
    return i == 0 ? v.x : i == 1 ? v.y : i == 2 ? v.z : v.w;
}

// Four low or four high nibbles of a word, a byte each.
__device__ __forceinline__ uint32_t nibbles(uint32_t v, bool high) { return (high ? v >> 4 : v) & 0x0F0F0F0Fu; }

// Bits 0..3 of v as bit 4 of bytes 0..3.
__device__ __forceinline__ uint32_t fifth_bits(uint32_t v) { return ((v & 15u) * 0x02040810u) & 0x10101010u; }

// One chunk in registers. ELEMENTS in RUNS runs; quad(run, j): elements 4j..4j+3 of a run as floats, without scale;
// at(c, run): the vector's quad with which run's first belongs; scale(run), shift(run): see above, where SCALED, SHIFTED.
// DEPTH: how many chunks a lane holds at a time.
template <int TYPE>
struct Chunk;

template <>
struct Chunk<TYPE_F32> {
    static constexpr int ELEMENTS = 4, RUNS = 1, DEPTH = 4;
    static constexpr bool SCALED = false, SHIFTED = false;
    uint4 bits;

    __device__ __forceinline__ void load(const Matrix& w, size_t row, int chunks, int c) {
        bits = load_weights(w.quants + (row * chunks + c) * 16);
    }
    __device__ __forceinline__ static int at(int c, int) { return c; }
    __device__ __forceinline__ float4 quad(int, int) const {
        return make_float4(
            __uint_as_float(bits.x), __uint_as_float(bits.y), __uint_as_float(bits.z), __uint_as_float(bits.w));
    }
};

template <>
struct Chunk<TYPE_F16> {
    static constexpr int ELEMENTS = 8, RUNS = 1, DEPTH = 4;
    static constexpr bool SCALED = false, SHIFTED = false;
    uint4 bits;

    __device__ __forceinline__ void load(const Matrix& w, size_t row, int chunks, int c) {
        bits = load_weights(w.quants + (row * chunks + c) * 16);
    }
    __device__ __forceinline__ static int at(int c, int) { return 2 * c; }
    __device__ __forceinline__ float4 quad(int, int j) const {
        float2 a = pair(word(bits, 2 * j));
        float2 b = pair(word(bits, 2 * j + 1));
        return make_float4(a.x, a.y, b.x, b.y);
    }
    __device__ __forceinline__ static float2 pair(uint32_t v) {
        __half2 halves;
        memcpy(&halves, &v, 4);
        return __half22float2(halves);
    }
};

template <>
struct Chunk<TYPE_BF16> {
    static constexpr int ELEMENTS = 8, RUNS = 1, DEPTH = 4;
    static constexpr bool SCALED = false, SHIFTED = false;
    uint4 bits;

    __device__ __forceinline__ void load(const Matrix& w, size_t row, int chunks, int c) {
        bits = load_weights(w.quants + (row * chunks + c) * 16);
    }
    __device__ __forceinline__ static int at(int c, int) { return 2 * c; }
    __device__ __forceinline__ float4 quad(int, int j) const {
        uint32_t a = word(bits, 2 * j);
        uint32_t b = word(bits, 2 * j + 1);
        return make_float4(__uint_as_float(a << 16), __uint_as_float(a & 0xFFFF0000u), __uint_as_float(b << 16),
            __uint_as_float(b & 0xFFFF0000u));
    }
};

template <>
struct Chunk<TYPE_Q8_0> {
    static constexpr int ELEMENTS = 16, RUNS = 1, DEPTH = 2;
    static constexpr bool SCALED = true, SHIFTED = false;
    uint4 bits;
    float d;

    __device__ __forceinline__ void load(const Matrix& w, size_t row, int chunks, int c) {
        size_t chunk = row * chunks + c;
        bits = load_weights(w.quants + chunk * 16);
        d = load_half(w.scales + chunk / 2 * 2);
    }
    __device__ __forceinline__ static int at(int c, int) { return 4 * c; }
    __device__ __forceinline__ float4 quad(int, int j) const {
        return bytes_less(word(bits, j) ^ 0x80808080u, 128.0f);
    }
    __device__ __forceinline__ float scale(int) const { return d; }
};

// Q4_0, Q4_1, Q5_0, Q5_1: one block a chunk.
template <bool FIFTH, bool MIN>
struct BlockChunk {
    static constexpr int ELEMENTS = 32, RUNS = 1, DEPTH = 1;
    static constexpr bool SCALED = true, SHIFTED = MIN;
    uint4 bits;
    uint32_t fifths;
    float d;
    float m;

    __device__ __forceinline__ void load(const Matrix& w, size_t row, int chunks, int c) {
        size_t chunk = row * chunks + c;
        bits = load_weights(w.quants + chunk * 16);
        if constexpr (FIFTH) {
            fifths = load_word<uint32_t>(w.highs + chunk * 4);
        }
        if constexpr (MIN) {
            float2 both = __half22float2(load_word<__half2>(w.scales + chunk * 4));
            d = both.x;
            m = both.y;
        } else {
            d = load_half(w.scales + chunk * 2);
        }
    }
    __device__ __forceinline__ static int at(int c, int) { return 8 * c; }
    __device__ __forceinline__ float4 quad(int, int j) const {
        uint32_t q = nibbles(word(bits, j & 3), j >= 4);
        if constexpr (FIFTH) {
            q |= fifth_bits(fifths >> (4 * j));
        }
        return bytes_less(q, MIN ? 0.0f : FIFTH ? 16.0f : 8.0f);
    }
    __device__ __forceinline__ float scale(int) const { return d; }
    __device__ __forceinline__ float shift(int) const { return m; }
};

template <>
struct Chunk<TYPE_Q4_0> : BlockChunk<false, false> {};
template <>
struct Chunk<TYPE_Q4_1> : BlockChunk<false, true> {};
template <>
struct Chunk<TYPE_Q5_0> : BlockChunk<true, false> {};
template <>
struct Chunk<TYPE_Q5_1> : BlockChunk<true, true> {};

// Q4_K, Q5_K: eight chunks a superblock of 256; chunk k holds 16 low nibbles of group k/2*2 and the 16 high ones above
// them, of group k/2*2 + 1, both from element k%2 * 16 of the group on.
template <bool FIFTH>
struct SuperChunk {
    static constexpr int ELEMENTS = 32, RUNS = 2, DEPTH = 1;
    static constexpr bool SCALED = true, SHIFTED = true;
    static constexpr int BYTES = FIFTH ? 176 : 144;
    uint4 head; // d, least scale (half each), 12 bytes of 6-bit scales and mins
    uint4 bits;
    uint4 fifths;
    int k;

    __device__ __forceinline__ void load(const Matrix& w, size_t row, int chunks, int c) {
        const uint8_t* block = w.quants + (row * (chunks / 8) + c / 8) * BYTES;
        k = c & 7;
        head = load_weights(block);
        if constexpr (FIFTH) {
            fifths = load_weights(block + 16 + (k & 1) * 16);
        }
        bits = load_weights(block + (FIFTH ? 48 : 16) + k * 16);
    }
    __device__ __forceinline__ static int at(int c, int run) {
        return (c >> 3) * 64 + ((c >> 1) & 3) * 16 + run * 8 + (c & 1) * 4;
    }
    __device__ __forceinline__ float4 quad(int run, int j) const {
        uint32_t q = nibbles(word(bits, j), run == 1);
        if constexpr (FIFTH) {
            q |= (word(fifths, j) >> ((k & 6) + run) & 0x01010101u) << 4;
        }
        return bytes_less(q, 0.0f);
    }
    // Scales (from 0) or mins (from 4) of the chunk's two groups, a byte each in the low half-word. Those of the first
    // four groups are six bits of a byte of their own; the others' low four bits stand in the last word, scales in the
    // low nibbles, and their top two above the first four's.
    __device__ __forceinline__ uint32_t six_bits(bool mins) const {
        uint32_t own = (mins ? head.z : head.y) >> ((k & 2) * 8);
        uint32_t rest = head.w >> ((k & 2) * 8 + (mins ? 4 : 0));
        return (k & 4) == 0 ? own & 0x3F3Fu : (rest & 0x0F0Fu) | (own >> 2 & 0x3030u);
    }
    __device__ __forceinline__ float scale(int run) const {
        float d = __half2float(__ushort_as_half(static_cast<unsigned short>(head.x & 0xFFFFu)));
        return d * (run == 0 ? byte_less<0>(six_bits(false), 0.0f) : byte_less<1>(six_bits(false), 0.0f));
    }
    __device__ __forceinline__ float shift(int run) const {
        float least = __half2float(__ushort_as_half(static_cast<unsigned short>(head.x >> 16)));
        return -least * (run == 0 ? byte_less<0>(six_bits(true), 0.0f) : byte_less<1>(six_bits(true), 0.0f));
    }
};

template <>
struct Chunk<TYPE_Q4_K> : SuperChunk<false> {};
template <>
struct Chunk<TYPE_Q5_K> : SuperChunk<true> {};

// Q6_K: chunk k of a superblock is part k/4; its 16 bytes of ql hold the low nibbles of group h = k/2%2 and, above them,
// of group h + 2, from element k%2 * 16 on; bits 2h and 2(h + 2) of the part's qh bytes belong to them. Scales are a
// signed byte for 16 elements.
template <>
struct Chunk<TYPE_Q6_K> {
    static constexpr int ELEMENTS = 32, RUNS = 2, DEPTH = 1;
    static constexpr bool SCALED = true, SHIFTED = false;
    uint4 low;
    uint4 high;
    float d;
    signed char scales[2];
    int h;

    __device__ __forceinline__ void load(const Matrix& w, size_t row, int chunks, int c) {
        size_t superblock = row * (chunks / 8) + c / 8;
        const uint8_t* block = w.quants + superblock * 208;
        int k = c & 7;
        h = k >> 1 & 1;
        low = load_weights(block + k * 16);
        high = load_weights(block + 128 + (k >> 2) * 32 + (k & 1) * 16);
        const signed char* own = reinterpret_cast<const signed char*>(block) + 192 + (k >> 2) * 8 + h * 2 + (k & 1);
        scales[0] = __ldg(own);
        scales[1] = __ldg(own + 4);
        d = load_half(w.scales + superblock * 2);
    }
    __device__ __forceinline__ static int at(int c, int run) {
        return (c >> 3) * 64 + ((c >> 2) & 1) * 32 + ((c >> 1 & 1) + 2 * run) * 8 + (c & 1) * 4;
    }
    __device__ __forceinline__ float4 quad(int run, int j) const {
        uint32_t top = word(high, j) >> (2 * h + 4 * run) & 0x03030303u;
        return bytes_less(nibbles(word(low, j), run == 1) | top << 4, 32.0f);
    }
    __device__ __forceinline__ float scale(int run) const { return d * static_cast<float>(scales[run]); }
};

__device__ __forceinline__ float dot4(const float4& q, const float4& x, float sum) {
    return fmaf(q.w, x.w, fmaf(q.z, x.z, fmaf(q.y, x.y, fmaf(q.x, x.x, sum))));
}

// Adds chunk c of R rows, times the vector, to the rows' sums; the vector is read once for all rows.
template <int TYPE, int R, typename C = Chunk<TYPE>>
__device__ __forceinline__ void add_chunk(const C (&w)[R], const float4* x, int c, float (&sums)[R]) {
    constexpr int QUADS = C::ELEMENTS / C::RUNS / 4;
#pragma unroll
    for (int run = 0; run < C::RUNS; run++) {
        int first = C::at(c, run);
        int from = slot(first); // the run's quads are aligned: quad j lies at from ^ j
        float products[R];
        float sum = 0.0f;
#pragma unroll
        for (int r = 0; r < R; r++) {
            products[r] = C::SCALED ? 0.0f : sums[r];
        }
#pragma unroll
        for (int j = 0; j < QUADS; j++) {
            float4 v = x[from ^ j];
            if constexpr (C::SHIFTED) {
                sum += (v.x + v.y) + (v.z + v.w);
            }
#pragma unroll
            for (int r = 0; r < R; r++) {
                products[r] = dot4(w[r].quad(run, j), v, products[r]);
            }
        }
#pragma unroll
        for (int r = 0; r < R; r++) {
            if constexpr (C::SCALED) {
                sums[r] = fmaf(w[r].scale(run), products[r], sums[r]);
            } else {
                sums[r] = products[r];
            }
            if constexpr (C::SHIFTED) {
                sums[r] = fmaf(w[r].shift(run), sum, sums[r]);
            }
        }
    }
}

template <int TYPE>
__device__ __forceinline__ int chunks_of(const Matrix& w) {
    return w.cols / Chunk<TYPE>::ELEMENTS;
}

// The next chunks of R rows, in registers: DEPTH of a lane and row, `span` apart (all lanes that share the rows).
template <int TYPE, int R, int DEPTH = Chunk<TYPE>::DEPTH>
struct Tile {
    Chunk<TYPE> w[DEPTH][R];

    // Loads chunks from, from + span, ... of rows[r] of matrices[r]; what lies behind the row's end is left alone.
    __device__ __forceinline__ void load(const Matrix (&matrices)[R], const int (&rows)[R], int from, int span) {
        int chunks = chunks_of<TYPE>(matrices[0]);
#pragma unroll
        for (int d = 0; d < DEPTH; d++) {
            int c = from + d * span;
            if (c < chunks) {
#pragma unroll
                for (int r = 0; r < R; r++) {
                    w[d][r].load(matrices[r], static_cast<size_t>(rows[r]), chunks, c);
                }
            }
        }
    }

    __device__ __forceinline__ void add(const float4* x, int chunks, int from, int span, float (&sums)[R]) const {
#pragma unroll
        for (int d = 0; d < DEPTH; d++) {
            int c = from + d * span;
            if (c < chunks) {
                add_chunk<TYPE, R>(w[d], x, c, sums);
            }
        }
    }
};

// This lane's share of R rows' products with the vector: chunks lane, lane + span, ...; `tile` holds the first already.
template <int TYPE, int R, int DEPTH>
__device__ __forceinline__ void lane_dots(Tile<TYPE, R, DEPTH>& tile, const Matrix (&matrices)[R], const int (&rows)[R],
    const float4* x, int lane, int span, float (&sums)[R]) {
    int chunks = chunks_of<TYPE>(matrices[0]);
#pragma unroll
    for (int r = 0; r < R; r++) {
        sums[r] = 0.0f;
    }
    for (int from = lane; from < chunks; from += DEPTH * span) {
        if (from != lane) {
            tile.load(matrices, rows, from, span);
        }
        tile.add(x, chunks, from, span, sums);
    }
}

// Loads the first chunks again where lane_dots replaced them: before the same rows are gone through a second time.
template <int TYPE, int R, int DEPTH>
__device__ __forceinline__ void renew(
    Tile<TYPE, R, DEPTH>& tile, const Matrix (&matrices)[R], const int (&rows)[R], int lane, int span) {
    if (lane + DEPTH * span < chunks_of<TYPE>(matrices[0])) {
        tile.load(matrices, rows, lane, span);
    }
}

// Bytes of a row's plane of quants, which are nearly all of a row.
__device__ __forceinline__ size_t row_bytes(const Matrix& w) {
    switch (w.type) {
        case TYPE_F32: return static_cast<size_t>(w.cols) * 4;
        case TYPE_F16:
        case TYPE_BF16: return static_cast<size_t>(w.cols) * 2;
        case TYPE_Q8_0: return w.cols;
        case TYPE_Q4_K: return static_cast<size_t>(w.cols) / 256 * 144;
        case TYPE_Q5_K: return static_cast<size_t>(w.cols) / 256 * 176;
        case TYPE_Q6_K: return static_cast<size_t>(w.cols) / 256 * 208;
        default: return w.cols / 2;
    }
}

// Fetches a row into L2; the lanes of a warp share the work.
__device__ __forceinline__ void prefetch_row(const Matrix& w, int row, int lane) {
    size_t bytes = row_bytes(w);
    prefetch_span(w.quants + row * bytes, bytes, lane, 32);
}

// Matrices of different types in one launch: the type is looked at row by row, and what comes before the wait is a
// prefetch. The sums are those of the type's own tile, bit for bit.
constexpr int TYPE_MIXED = -1;

template <>
struct Chunk<TYPE_MIXED> {
    static constexpr int RUNS = 2, DEPTH = 1;
    static constexpr bool SCALED = true;
};

template <int R>
struct Tile<TYPE_MIXED, R, 1> {
    static_assert(R <= 2, "a loop over the rows that is not unrolled tells the first from the last");

    __device__ __forceinline__ void load(const Matrix (&matrices)[R], const int (&rows)[R], int lane, int) {
#pragma unroll
        for (int r = 0; r < R; r++) {
            prefetch_row(matrices[r], rows[r], lane % 32);
        }
    }
};

template <int R>
__device__ __forceinline__ void renew(
    Tile<TYPE_MIXED, R, 1>&, const Matrix (&)[R], const int (&)[R], int, int) {}

template <int TYPE>
__device__ __forceinline__ float lone_dot(const Matrix& matrix, int row, const float4* x, int lane, int span) {
    const Matrix matrices[1] = {matrix};
    const int rows[1] = {row};
    float sums[1];
    Tile<TYPE, 1> tile;
    tile.load(matrices, rows, lane, span);
    lane_dots(tile, matrices, rows, x, lane, span, sums);
    return sums[0];
}

template <int R>
__device__ __forceinline__ void lane_dots(Tile<TYPE_MIXED, R, 1>&, const Matrix (&matrices)[R], const int (&rows)[R],
    const float4* x, int lane, int span, float (&sums)[R]) {
#pragma unroll 1
    for (int r = 0; r < R; r++) {
        // a loop that is not unrolled may not index registers
        Matrix matrix = r == 0 ? matrices[0] : matrices[R - 1];
        int row = r == 0 ? rows[0] : rows[R - 1];
        float sum = 0.0f;
        switch (matrix.type) {
            case TYPE_F32: sum = lone_dot<TYPE_F32>(matrix, row, x, lane, span); break;
            case TYPE_F16: sum = lone_dot<TYPE_F16>(matrix, row, x, lane, span); break;
            case TYPE_BF16: sum = lone_dot<TYPE_BF16>(matrix, row, x, lane, span); break;
            case TYPE_Q4_0: sum = lone_dot<TYPE_Q4_0>(matrix, row, x, lane, span); break;
            case TYPE_Q4_1: sum = lone_dot<TYPE_Q4_1>(matrix, row, x, lane, span); break;
            case TYPE_Q5_0: sum = lone_dot<TYPE_Q5_0>(matrix, row, x, lane, span); break;
            case TYPE_Q5_1: sum = lone_dot<TYPE_Q5_1>(matrix, row, x, lane, span); break;
            case TYPE_Q8_0: sum = lone_dot<TYPE_Q8_0>(matrix, row, x, lane, span); break;
            case TYPE_Q4_K: sum = lone_dot<TYPE_Q4_K>(matrix, row, x, lane, span); break;
            case TYPE_Q5_K: sum = lone_dot<TYPE_Q5_K>(matrix, row, x, lane, span); break;
            case TYPE_Q6_K: sum = lone_dot<TYPE_Q6_K>(matrix, row, x, lane, span); break;
            default: break;
        }
        sums[0] = r == 0 ? sum : sums[0];
        sums[R - 1] = r == 0 ? sums[R - 1] : sum;
    }
}
