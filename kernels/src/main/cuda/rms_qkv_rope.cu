// rms_qkv_rope: from the residual stream to rotated queries and to keys and values in the cache, for one token.
//
//   n = rmsnorm(x) * norm;  q = Wq n + bq, k = Wk n + bk, v = Wv n + bv;  q and k rotated by the position's angles
//
// Shapes (Qwen2.5-0.5B): x[896], Wq 896 x 896, Wk and Wv 128 x 896; 2.06 MB of F16 a layer.
// Bytes: every weight once; x and norm (7 KB) once a block, from L2.
// Split: a warp takes a pair of rows that rotate together, (i, i + ropeSize/2) or (2i, 2i + 1) of a head, so the
// rotation needs nobody else; 4 pairs a block make 144 blocks for 132 multiprocessors. The first pair's weights are
// in registers before the wait. Norm, bias, rotation and the way into the cache cost no launch and no trip through
// memory. Every block works twice: once for nothing while it waits, which brings its code into the instruction
// cache, then for good.
#include "stage.cuh"

namespace qkv {

constexpr int THREADS = 128;
constexpr int WARPS = THREADS / 32;

// Blocks that a multiprocessor's registers should suffice for.
template <int TYPE>
constexpr int RESIDENT = TYPE == TYPE_MIXED ? 2 : Chunk<TYPE>::RUNS == 2 ? 4 : 6;

struct Layout {
    int queryRows;
    int kvRows;
    int headSize;
    int ropeSize; // dimensions that rotate, from the head's first; even
    int halfSplit;

    __device__ __forceinline__ int pairs() const { return queryRows / 2 + kvRows; }
};

enum Part { QUERY, KEY, VALUE };

struct Pair {
    Part part;
    int first;  // rows of the part's matrix
    int second;
    int angle; // index in the position's row of the rope table; -1: not rotated
};

// Pairs in order: queries head by head, keys, values; of a head first those that rotate.
__device__ __forceinline__ Pair locate(const Layout& layout, int pair) {
    Pair p;
    int row = pair * 2;
    p.part = row < layout.queryRows ? QUERY : row < layout.queryRows + layout.kvRows ? KEY : VALUE;
    row -= p.part == QUERY ? 0 : p.part == KEY ? layout.queryRows : layout.queryRows + layout.kvRows;
    int head = row / layout.headSize;
    int i = (row - head * layout.headSize) / 2;
    bool rotated = p.part != VALUE && i < layout.ropeSize / 2;
    bool split = rotated && layout.halfSplit != 0;
    p.angle = rotated ? i : -1;
    p.first = head * layout.headSize + (split ? i : 2 * i);
    p.second = p.first + (split ? layout.ropeSize / 2 : 1);
    return p;
}

// What happens to a pair's sums; without rotation the angle is 0.
struct Turn {
    float cosine;
    float sine;
    float biasA;
    float biasB;
};

__device__ __forceinline__ Turn turn_of(const Pair& pair, const float2* angles, const float* bias) {
    float2 turn = pair.angle >= 0 ? __ldg(angles + pair.angle) : make_float2(1.0f, 0.0f);
    bool biased = bias != nullptr;
    return {turn.x, turn.y, biased ? __ldg(bias + pair.first) : 0.0f, biased ? __ldg(bias + pair.second) : 0.0f};
}

__device__ __forceinline__ const Matrix& matrix_of(Part part, const Matrix& q, const Matrix& k, const Matrix& v) {
    return part == QUERY ? q : part == KEY ? k : v;
}

__device__ __forceinline__ void store_kv(const Step& step, int kvType, size_t element, float value) {
    if (kvType == KV_F16) {
        reinterpret_cast<__half*>(step.kv)[element] = __float2half_rn(value);
    } else {
        reinterpret_cast<float*>(step.kv)[element] = value;
    }
}

template <int TYPE>
__device__ __forceinline__ void run(const Step* step, const float* x, const float* norm, float epsilon, const Matrix& q,
    const Matrix& k, const Matrix& v, const float* biasQ, const float* biasK, const float* biasV, const float2* rope,
    int ropeSize, int halfSplit, int headSize, int layer, int kvHeads, int kvType, float* queries) {
    extern __shared__ float4 xs[];
    __shared__ float warp_sums[WARPS];
    launch_dependents();
    int lane = threadIdx.x % 32;
    Layout layout{q.rows, k.rows, headSize, ropeSize, halfSplit};
    int pairs = layout.pairs();
    int stride = gridDim.x * WARPS;
    int pair = blockIdx.x * WARPS + threadIdx.x / 32;
    Pair own = locate(layout, pair < pairs ? pair : 0);
    Tile<TYPE, 2> tile;
    {
        const Matrix& m = matrix_of(own.part, q, k, v);
        tile.load({m, m}, {own.first, own.second}, lane, 32);
    }
    prefetch_span(norm, static_cast<size_t>(q.cols) * 4, threadIdx.x, THREADS);
    Step now = read_step(step);
    const float2* angles = rope + static_cast<size_t>(now.position) * (ropeSize / 2);
        Turn turn = turn_of(own, angles, own.part == QUERY ? biasQ : own.part == KEY ? biasK : biasV);

#pragma unroll 1
    for (int pass = 0; pass < 2; pass++) {
        const bool real = pass == 1;
        if (real) {
            wait_for_inputs();
        }
        float inverse = stage_normed<THREADS>(xs, warp_sums, x, norm, q.cols, epsilon);
        while (pair < pairs) {
            const Matrix& m = matrix_of(own.part, q, k, v);
            float sums[2];
            lane_dots(tile, {m, m}, {own.first, own.second}, xs, lane, 32, sums);
            fold<2>(sums, lane);
            float a = inverse * sums[0];
            float b = __shfl_sync(0xFFFFFFFFu, a, 16) + turn.biasB;
            a += turn.biasA;
            float turnedA = a * turn.cosine - b * turn.sine;
            float turnedB = a * turn.sine + b * turn.cosine;
            if (!real) {
                break;
            }
            if (lane == 0 && own.part == QUERY) {
                queries[own.first] = turnedA;
                queries[own.second] = turnedB;
            } else if (lane == 0) {
                int head = own.first / headSize;
                size_t plane = (static_cast<size_t>(layer) * 2 + (own.part == VALUE ? 1 : 0)) * kvHeads + head;
                size_t at = (plane * now.capacity + now.position) * headSize;
                store_kv(now, kvType, at + own.first - head * headSize, turnedA);
                store_kv(now, kvType, at + own.second - head * headSize, turnedB);
            }
            pair += stride;
            if (pair < pairs) {
                own = locate(layout, pair);
                turn = turn_of(own, angles, own.part == QUERY ? biasQ : own.part == KEY ? biasK : biasV);
                const Matrix& next = matrix_of(own.part, q, k, v);
                tile.load({next, next}, {own.first, own.second}, lane, 32);
            }
        }
        if (!real) {
            renew(tile, {matrix_of(own.part, q, k, v), matrix_of(own.part, q, k, v)}, {own.first, own.second}, lane, 32);
        }
        __syncthreads(); // the second pass writes xs
    }
}

} // namespace qkv

// step; x[H], norm[H]; q[heads*headSize x H], k and v [kvHeads*headSize x H]; biases float32, null for none;
// rope: (cos, sin) [context][ropeSize/2]; queries[heads*headSize] float32. Shared memory: quads_for(H) * 16 bytes.
#define DEFINE(suffix, type)                                                                                           \
    extern "C" __global__ void __launch_bounds__(qkv::THREADS, qkv::RESIDENT<type>)                                    \
        rms_qkv_rope_##suffix(const Step* step, const float* x,                                                        \
        const float* norm, float epsilon, const __grid_constant__ Matrix q, const __grid_constant__ Matrix k,          \
        const __grid_constant__ Matrix v, const float* biasQ, const float* biasK, const float* biasV,                  \
        const float2* rope, int ropeSize, int halfSplit, int headSize, int layer, int kvHeads, int kvType,             \
        float* queries) {                                                                                              \
        qkv::run<type>(step, x, norm, epsilon, q, k, v, biasQ, biasK, biasV, rope, ropeSize, halfSplit, headSize,      \
            layer, kvHeads, kvType, queries);                                                                          \
    }
FOR_EACH_TYPE(DEFINE)
DEFINE(mixed, TYPE_MIXED)
#undef DEFINE
