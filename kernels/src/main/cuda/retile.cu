// From GGUF blocks to the planes of a Matrix (matrix.cuh), at load: pure moving of bytes.
//
// Block sizes are 18, 20, 22, 24, 34, 144, 176 and 210 bytes and a tensor's chunk may start at any even address, so the
// reading side knows only that everything is 2-byte aligned; the planes are 16-byte aligned. A thread makes one 16-byte
// piece of the quants plane; the thread of a block's first piece also moves its scales and high bits. Neighbouring threads
// read neighbouring bytes, so the L1 makes whole lines of the 2-byte loads; where an address happens to be better aligned,
// wider loads are used. Any grid does (grid-stride).
#include "matrix.cuh"

namespace retiling {

// Where the parts of a stored block are, in bytes; `pieces` of 16 B go to the quants plane, from `quants` on.
struct Block {
    int bytes;
    int elements;
    int quants;
    int pieces;
    int highs;       // 4 B; -1: none
    int scales;      // where they start
    int scale_bytes; // 0: none of their own
};

__device__ __forceinline__ Block block_of(int type) {
    switch (type) {
        case TYPE_F32: return {16, 4, 0, 1, -1, 0, 0};
        case TYPE_F16:
        case TYPE_BF16: return {16, 8, 0, 1, -1, 0, 0};
        case TYPE_Q4_0: return {18, 32, 2, 1, -1, 0, 2};
        case TYPE_Q4_1: return {20, 32, 4, 1, -1, 0, 4};
        case TYPE_Q5_0: return {22, 32, 6, 1, 2, 0, 2};
        case TYPE_Q5_1: return {24, 32, 8, 1, 4, 0, 4};
        case TYPE_Q8_0: return {34, 32, 2, 2, -1, 0, 2};
        case TYPE_Q4_K: return {144, 256, 0, 9, -1, 0, 0};
        case TYPE_Q5_K: return {176, 256, 0, 11, -1, 0, 0};
        case TYPE_Q6_K: return {210, 256, 0, 13, -1, 208, 2};
    }
    return {0, 1, 0, 0, -1, 0, 0};
}

__device__ __forceinline__ uint32_t two_words(const uint8_t* from) {
    const uint16_t* words = reinterpret_cast<const uint16_t*>(from);
    return words[0] | static_cast<uint32_t>(words[1]) << 16;
}

__device__ __forceinline__ uint4 sixteen_bytes(const uint8_t* from) {
    size_t address = reinterpret_cast<size_t>(from);
    if (address % 16 == 0) {
        return *reinterpret_cast<const uint4*>(from);
    }
    if (address % 4 == 0) {
        const uint32_t* words = reinterpret_cast<const uint32_t*>(from);
        return make_uint4(words[0], words[1], words[2], words[3]);
    }
    return make_uint4(two_words(from), two_words(from + 4), two_words(from + 8), two_words(from + 12));
}

} // namespace retiling

extern "C" __global__ void __launch_bounds__(256) retile(
    const uint8_t* raw, // rowCount rows of blocks as in the file; any even address
    Matrix w,           // its planes are written
    int firstRow,       // where raw's first row goes
    int rowCount)       // rows in raw
{
    retiling::Block kind = retiling::block_of(w.type);
    if (kind.pieces == 0 || firstRow < 0 || firstRow + rowCount > w.rows) {
        return;
    }
    size_t blocks_a_row = w.cols / kind.elements;
    size_t first = firstRow * blocks_a_row;
    size_t pieces = rowCount * blocks_a_row * kind.pieces;
    for (size_t piece = static_cast<size_t>(blockIdx.x) * 256 + threadIdx.x; piece < pieces;
         piece += gridDim.x * size_t{256}) {
        size_t block = piece / kind.pieces;
        int part = static_cast<int>(piece % kind.pieces);
        const uint8_t* from = raw + block * kind.bytes;
        reinterpret_cast<uint4*>(const_cast<uint8_t*>(w.quants))[first * kind.pieces + piece] =
            retiling::sixteen_bytes(from + kind.quants + part * 16);
        if (part != 0) {
            continue;
        }
        if (kind.highs >= 0) {
            reinterpret_cast<uint32_t*>(const_cast<uint8_t*>(w.highs))[first + block] =
                retiling::two_words(from + kind.highs);
        }
        if (kind.scale_bytes == 2) {
            reinterpret_cast<uint16_t*>(const_cast<uint8_t*>(w.scales))[first + block] =
                *reinterpret_cast<const uint16_t*>(from + kind.scales);
        } else if (kind.scale_bytes == 4) {
            reinterpret_cast<uint32_t*>(const_cast<uint8_t*>(w.scales))[first + block] =
                retiling::two_words(from + kind.scales);
        }
    }
}
